"""The embedded store: one folder, many readers, one writer at a time."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import Any, Final, Self, TypeVar, final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.errors import AmbiguousError, NotFoundError, StoreAccessError, UsageError
from mihari.model.conjunction import CONJUNCTION_SCHEMA, ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects
from mihari.policy.access import is_at_least_as_wide
from mihari.store._compaction import Compaction, compact
from mihari.store._doctor import DoctorReport, Treatment, examine_layout
from mihari.store._files import Layout, explained, fsync_folder
from mihari.store._index import ElementIndex, gather
from mihari.store._kinds import CONJUNCTIONS, ELEMENT_SETS, SCREENING_RUNS, SPACE_OBJECTS, RecordKind
from mihari.store._latest import (
    FOREVER_TAI_NS,
    IndexedSegment,
    Winners,
    choice_span_tai_ns,
    latest,
    objects_of,
    rows_of_object,
)
from mihari.store._lock import WriterLock
from mihari.store._manifest import Manifest, SegmentRow, Snapshot
from mihari.store._runs import StoredRun, coverage_from_json
from mihari.store._segments import DamagedSegmentError, labels_of, open_index, read_segment
from mihari.store._sight import Sight
from mihari.store._store import AppendReceipt, Holding, StoreMode
from mihari.store._transaction import EmbeddedTransaction, Known, coalesced_objects

__all__ = ["EmbeddedStore", "examine", "revision_of"]

Answer = TypeVar("Answer")

_WAIT_FOR_WRITER_S: Final = 2.0
_MOST_THREADS: Final = 8


@final
class EmbeddedStore:
    """A record store in a folder; see `Store` for what it answers.

    Readers never wait. A writer holds the store from the beginning of a transaction to its end, not longer, so a
    running node and a command can take turns. Safe to use from several threads.

    Open it with `EmbeddedStore.open`.
    """

    def __init__(
        self,
        layout: Layout,
        manifest: Manifest,
        *,
        mode: StoreMode,
        threads: int,
        compaction: Compaction,
        sight: Sight | None = None,
    ) -> None:
        self._layout = layout
        self._manifest = manifest
        self._mode = mode
        self._threads = threads
        self._compaction = compaction
        self._sight = sight
        self._guard = threading.RLock()
        self._snapshot = manifest.snapshot()
        self._indexes: dict[str, ElementIndex] = {}
        self._object_ids: dict[tuple[int, DataMode], NDArray[np.int32]] = {}

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        mode: StoreMode,
        threads: int | None = None,
        compaction: Compaction | None = None,
        sight: Sight | None = None,
    ) -> Self:
        """Open a store.

        Parameters
        ----------
        path : path
            The folder.
        mode : StoreMode
            READ never writes anything into the folder that another reader or writer would see.
        threads : int, optional
            For the search over all objects; one for every processor, at most 8, when left out.
        compaction : Compaction, optional
            When small segments are merged.
        sight : Sight, optional
            The eyes of a viewer: every answer is then what a store would give that holds only what the viewer may see.
            For reading only. Default: the node's own, which sees all.

        Raises
        ------
        UsageError
            A viewer other than the node itself is to write.
        StoreAccessError
            There is no store, the folder is something else, cannot be written, or its manifest is damaged.
        StoreVersionError
            A newer version of Mihari made it.
        StoreBusyError
            Another process is making a store here at this moment.
        """
        layout = Layout(Path(path))
        if sight is not None and mode is not StoreMode.READ:
            raise UsageError("a viewer only reads", where=str(layout.root))
        if mode is StoreMode.CREATE and not layout.is_store():
            _create(layout)
        if not layout.is_store():
            raise _no_store(layout)
        writable = mode is not StoreMode.READ
        if writable:
            with explained(doing="opening the store for writing", path=layout.root):
                os.close(os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
        manifest = Manifest.open(layout.manifest, writable=writable)
        try:
            return cls(
                layout,
                manifest,
                mode=mode,
                threads=threads or min(_MOST_THREADS, os.cpu_count() or 1),
                compaction=compaction or Compaction(),
                sight=sight,
            )
        except BaseException:
            manifest.close()
            raise

    @property
    def path(self) -> Path:
        """The folder."""
        return self._layout.root

    @property
    def mode(self) -> StoreMode:
        """How the store was opened."""
        return self._mode

    def close(self) -> None:
        """Close the store."""
        self._manifest.close()
        self._indexes.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    @contextmanager
    def transaction(self, *, learned_tai_ns: int, wait_s: float = _WAIT_FOR_WRITER_S) -> Iterator[EmbeddedTransaction]:
        """Begin to write: all that is appended in the block becomes visible at its end, or, after an error, nothing.

        Parameters
        ----------
        learned_tai_ns : int
            The moment now. It is forced to go forward: when it is not later than the store's last one, the records
            get the moment just after that one, and a clock that was set back is noted in the journal.
        wait_s : float
            How long to wait for another writer.

        Raises
        ------
        StoreBusyError
            Another writer holds the store.
        StoreSpaceError
            No space left; nothing was committed.
        StoreAccessError
            The folder cannot be written.
        UsageError
            The store was opened for reading.
        """
        with self.writing(wait_s=wait_s):
            known = Known(self._indexed, self._known_objects)
            pending = EmbeddedTransaction(self._layout, self._manifest, known, learned_tai_ns=learned_tai_ns)
            yield pending
            pending.commit()
            compact(self._layout, self._manifest, self._compaction)

    @contextmanager
    def writing(self, *, wait_s: float = _WAIT_FOR_WRITER_S) -> Iterator[None]:
        """Hold the writer's lock."""
        if self._mode is StoreMode.READ:
            raise UsageError("the store is open for reading only", where=self.path)
        lock = WriterLock(self._layout.lock)
        lock.acquire(wait_s=wait_s)
        try:
            yield
        finally:
            lock.release()

    def append_element_sets(self, sets: ElementSets, *, provenance: Provenance, learned_tai_ns: int) -> AppendReceipt:
        """Add element sets in a transaction of their own; see `transaction`."""
        with self.transaction(learned_tai_ns=learned_tai_ns) as pending:
            return pending.append_element_sets(sets, provenance=provenance)

    def append_objects(self, objects: SpaceObjects, *, provenance: Provenance, learned_tai_ns: int) -> AppendReceipt:
        """Add what is known of objects in a transaction of its own; see `transaction`."""
        with self.transaction(learned_tai_ns=learned_tai_ns) as pending:
            return pending.append_objects(objects, provenance=provenance)

    def save_run(
        self,
        result: ScreeningResult,
        *,
        learned_tai_ns: int,
        inputs: Mapping[str, Any] | None = None,
        provenance: Provenance | None = None,
    ) -> int:
        """Add a screening run in a transaction of its own; return its number."""
        with self.transaction(learned_tai_ns=learned_tai_ns) as pending:
            return pending.save_run(result, inputs=inputs, provenance=provenance)

    # Element sets

    def latest_element_sets(
        self, *, at_tai_ns: int, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
    ) -> ElementSets:
        """Return the best set of every object at a moment.

        Parameters
        ----------
        at_tai_ns : int
            The moment asked about: for each object the set with the last epoch at or before it, else the earliest
            after; of equal epochs the one learned last.
        as_of_tai_ns : int, optional
            Only sets learned at or before this moment take part.
        data_mode : DataMode, optional
            See `Store`.

        Returns
        -------
        ElementSets
            With provenance columns, catalogue numbers ascending.
        """

        def answer() -> ElementSets:
            segments, won = self._winners(at_tai_ns=at_tai_ns, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
            return _element_sets(segments, won.segment, won.row)

        return self._answered(answer)

    def choice_span_tai_ns(self, *, at_tai_ns: int, data_mode: DataMode | None = None) -> tuple[int, int]:
        """Return the first and the last moment around one for which `latest_element_sets` chooses alike.

        No set's epoch lies between them, whenever it was learned; without any, all of time.
        """
        return self._answered(lambda: choice_span_tai_ns(self._indexed_or_default(data_mode, None), at_tai_ns))

    def history(
        self, norad_cat_id: int, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
    ) -> ElementSets:
        """Return all sets of one object with provenance, by epoch, then by the moment of learning."""

        def answer() -> ElementSets:
            segments = self._indexed_or_default(data_mode, as_of_tai_ns)
            return _element_sets(segments, *rows_of_object(segments, norad_cat_id, as_of_tai_ns=as_of_tai_ns))

        return self._answered(answer)

    def median_epoch_tai_ns(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> int | None:
        """Return the median epoch (the lower one of two) of the newest sets of all objects, None without any."""

        def answer() -> int | None:
            _, won = self._winners(at_tai_ns=FOREVER_TAI_NS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
            if not won.row.size:
                return None
            middle = (won.row.size - 1) // 2
            return int(np.partition(won.epoch_tai_ns, middle)[middle])

        return self._answered(answer)

    # Other kinds

    def objects(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> SpaceObjects:
        """Return what is known of every object, numbers ascending: of each field the value stated last."""
        rows = self.records(SPACE_OBJECTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
        return SpaceObjects(coalesced_objects(rows).select(list(SPACE_OBJECT_SCHEMA)))

    def runs(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> pl.DataFrame:
        """Return one row per screening run with provenance, by number."""
        return self.records(SCREENING_RUNS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode).sort("run_id")

    def run(self, run_id: int) -> StoredRun:
        """Return one screening run, of whatever data mode.

        Raises
        ------
        NotFoundError
            There is no such run.
        """

        def answer() -> StoredRun:
            rows = self._read(SCREENING_RUNS, self._segments(SCREENING_RUNS)).filter(pl.col("run_id") == run_id)
            if not rows.height:
                raise NotFoundError(f"no screening run {run_id}", where=self.path)
            row = rows.row(0, named=True)
            learned = row["learned_tai_ns"]
            near = [
                segment
                for segment in self._segments(CONJUNCTIONS)
                if segment.learned_min_tai_ns <= learned <= segment.learned_max_tai_ns
            ]
            conjunctions = self._read(CONJUNCTIONS, near).filter(pl.col("run_id") == run_id)
            own = ["label"] if (conjunctions["label"] != row["label"]).any() else []
            return StoredRun(
                run_id=run_id,
                learned_tai_ns=learned,
                inputs=json.loads(row["inputs_json"]),
                result=ScreeningResult(
                    coverage_from_json(row["coverage_json"]), conjunctions.select([*CONJUNCTION_SCHEMA, *own])
                ),
            )

        return self._answered(answer)

    def records(
        self,
        kind: RecordKind,
        *,
        as_of_tai_ns: int | None = None,
        data_mode: DataMode | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Return all records of a kind with their provenance, or only some columns, in the order of learning."""
        wanted = None if columns is None else list(dict.fromkeys([*columns, "learned_tai_ns"]))

        def answer() -> pl.DataFrame:
            mode = data_mode or self._default_data_mode(as_of_tai_ns)
            segments = [segment for segment in self._segments(kind) if mode and segment.data_mode == mode.value]
            if as_of_tai_ns is None:
                return self._read(kind, segments, wanted)
            known = [segment for segment in segments if segment.learned_min_tai_ns <= as_of_tai_ns]
            return self._read(kind, known, wanted).filter(pl.col("learned_tai_ns") <= as_of_tai_ns)

        return self._answered(answer)

    def journal(self) -> pl.DataFrame:
        """Return the journal: seq, learned_tai_ns, entry, detail (JSON), oldest first."""
        self._for_own_staff("the journal")
        schema = {"seq": pl.Int64, "learned_tai_ns": pl.Int64, "entry": pl.String, "detail": pl.String}
        return pl.DataFrame(self._manifest.journal(), schema=schema, orient="row")

    # What there is

    def counts(self, kind: RecordKind) -> dict[DataMode, int]:
        """Return how many records of a kind there are in each data mode; reads the manifest alone."""
        self._refresh()
        totals: dict[DataMode, int] = {}
        for segment in self._described(self._segments(kind)):
            mode = DataMode(segment.data_mode)
            totals[mode] = totals.get(mode, 0) + segment.records
        return totals

    def holdings(self) -> tuple[Holding, ...]:
        """Return what the store holds, by kind and data mode; reads the manifest alone."""
        self._for_own_staff("the account of what it holds")
        rows: dict[tuple[str, str], list[SegmentRow]] = {}
        for segment in self._refresh().segments:
            rows.setdefault((segment.kind, segment.data_mode), []).append(segment)
        return tuple(
            Holding(
                kind=kind,
                data_mode=DataMode(mode),
                segments=len(segments),
                records=sum(each.records for each in segments),
                damaged=sum(each.records for each in segments if each.damaged),
                size_bytes=sum(each.size_bytes for each in segments),
            )
            for (kind, mode), segments in sorted(rows.items())
        )

    def disk_bytes(self) -> int:
        """Return the space that the folder takes up in all; a file that goes away meanwhile counts as nothing."""
        self._for_own_staff("its size")
        total = 0
        for path in self._layout.root.rglob("*"):
            with suppress(FileNotFoundError):
                status = path.lstat()
                total += status.st_size if S_ISREG(status.st_mode) else 0
        return total

    def data_modes(self, *, kind: RecordKind | None = None, as_of_tai_ns: int | None = None) -> tuple[DataMode, ...]:
        """Return the modes of which there are records (of one kind, or of any), REAL first."""
        self._refresh()
        present = self._present(as_of_tai_ns, kind=kind)
        return tuple(mode for mode in DataMode if mode.value in present)

    def default_data_mode(self, *, as_of_tai_ns: int | None = None) -> DataMode | None:
        """Return the mode that ``data_mode=None`` means, None for an empty store.

        Raises
        ------
        AmbiguousError
            The store holds several modes and none of them is REAL.
        """
        self._refresh()
        return self._default_data_mode(as_of_tai_ns)

    def labels(self) -> frozenset[str]:
        """Return the distinct labels of all records, for a viewer of those that it sees."""
        found: set[str] = set()
        for row in self._opened([row for row in self._refresh().segments if not row.damaged]):
            found |= labels_of(self._layout, row) if self._sight is None else self._sight.labels(self._layout, row)
        return frozenset(found)

    def last_learned_tai_ns(self) -> int | None:
        """Return the moment of the newest record: asking as of it repeats today's answers for ever."""
        if self._sight is None:
            return self._manifest.last_learned_tai_ns()
        opened = [row for row in self._refresh().segments if not row.damaged]
        return max((row.learned_max_tai_ns for row in self._described(self._opened(opened))), default=None)

    def unreadable_records(self) -> int:
        """Return how many acknowledged records the doctor found damaged: they are missing from every answer."""
        self._for_own_staff("the account of what is damaged")
        return sum(segment.records for segment in self._refresh().segments if segment.damaged)

    # Inside

    def _present(self, as_of_tai_ns: int | None, *, kind: RecordKind | None = None) -> set[str]:
        segments = [
            segment
            for segment in self._snapshot.segments
            if (as_of_tai_ns is None or segment.learned_min_tai_ns <= as_of_tai_ns)
            and (kind is None or segment.kind == kind.name)
        ]
        if self._sight is None:
            return {segment.data_mode for segment in segments}
        return {
            segment.data_mode
            for segment in self._described(self._opened([each for each in segments if not each.damaged]))
            if as_of_tai_ns is None or segment.learned_min_tai_ns <= as_of_tai_ns
        }

    def _default_data_mode(self, as_of_tai_ns: int | None) -> DataMode | None:
        present = self._present(as_of_tai_ns)
        if DataMode.REAL.value in present:
            return DataMode.REAL
        if len(present) > 1:
            raise AmbiguousError(
                f"the store holds records of the modes {', '.join(sorted(present))}, and they never mix",
                candidates=sorted(present),
                where=self.path,
                remedy="say which data mode is meant",
            )
        return DataMode(present.pop()) if present else None

    def _refresh(self) -> Snapshot:
        with self._guard:
            if self._manifest.generation() != self._snapshot.generation:
                self._snapshot = self._manifest.snapshot()
                there = {segment.stem for segment in self._snapshot.segments}
                self._indexes = {stem: index for stem, index in self._indexes.items() if stem in there}
                self._object_ids.clear()
            return self._snapshot

    def _answered(self, answer: Callable[[], Answer]) -> Answer:
        """Answer from the newest snapshot; again when a writer merged segments away meanwhile."""
        while True:
            snapshot = self._refresh()
            try:
                return answer()
            except DamagedSegmentError:
                if self._refresh().generation == snapshot.generation:
                    raise

    def _segments(self, kind: RecordKind) -> list[SegmentRow]:
        return self._opened([row for row in self._snapshot.segments if row.kind == kind.name and not row.damaged])

    def _opened(self, segments: list[SegmentRow]) -> list[SegmentRow]:
        """Leave out segments of which the viewer sees nothing."""
        sight = self._sight
        return segments if sight is None else [row for row in segments if sight.opens(self._layout, row)]

    def _described(self, segments: list[SegmentRow]) -> list[SegmentRow]:
        """Describe segments as if they held nothing but what the viewer sees."""
        sight = self._sight
        if sight is None:
            return segments
        return [seen for row in segments if (seen := sight.described(self._layout, row)) is not None]

    def _for_own_staff(self, what: str) -> None:
        if self._sight is not None:
            raise StoreAccessError(
                f"{what} is for the node's own staff: it would tell of what others may not see", where="store"
            )

    def _read(
        self, kind: RecordKind, segments: Sequence[SegmentRow], columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        sight = self._sight
        frames = [
            read_segment(self._layout, segment, columns)
            if sight is None
            else sight.read(self._layout, segment, columns)
            for segment in segments
        ]
        if not frames:
            return pl.DataFrame(schema={name: kind.columns[name] for name in columns or kind.columns})
        return pl.concat(frames).sort("learned_tai_ns", maintain_order=True)

    def _known_objects(self, data_mode: DataMode, label: str) -> pl.DataFrame:
        self._refresh()
        rows = self._read(SPACE_OBJECTS, [s for s in self._segments(SPACE_OBJECTS) if s.data_mode == data_mode.value])
        wide = [each for each in rows["label"].unique() if each is not None and is_at_least_as_wide(each, label)]
        rows = rows.filter(pl.col("label").is_in(wide))
        return coalesced_objects(rows).select(list(SPACE_OBJECT_SCHEMA))

    def _indexed(self, data_mode: DataMode) -> list[IndexedSegment]:
        with self._guard:
            self._refresh()
            found = []
            for row in self._segments(ELEMENT_SETS):
                if row.data_mode == data_mode.value:
                    if row.stem not in self._indexes:
                        index = open_index(self._layout, row)
                        self._indexes[row.stem] = index if self._sight is None else self._sight.index(index)
                    index = self._indexes[row.stem]
                    last = int(index.batch_learned_tai_ns.max())
                    found.append(IndexedSegment(index, row.learned_min_tai_ns, max(row.learned_max_tai_ns, last)))
            return found

    def _indexed_or_default(self, data_mode: DataMode | None, as_of_tai_ns: int | None) -> list[IndexedSegment]:
        mode = data_mode or self._default_data_mode(as_of_tai_ns)
        return self._indexed(mode) if mode else []

    def _winners(
        self, *, at_tai_ns: int, as_of_tai_ns: int | None, data_mode: DataMode | None
    ) -> tuple[list[IndexedSegment], Winners]:
        with self._guard:
            mode = data_mode or self._default_data_mode(as_of_tai_ns)
            segments = self._indexed(mode) if mode else []
            key = (self._snapshot.generation, mode or DataMode.REAL)
            if key not in self._object_ids:
                self._object_ids[key] = objects_of(segments)
            objects = self._object_ids[key]
        won = latest(segments, objects, at_tai_ns=at_tai_ns, as_of_tai_ns=as_of_tai_ns, threads=self._threads)
        return segments, won


def revision_of(path: Path | str) -> tuple[int, int]:
    """Return what changes whenever the store in a folder learns or merges something; cheaper than opening it.

    Raises
    ------
    StoreAccessError, StoreVersionError
        As `EmbeddedStore.open` for reading.
    """
    layout = Layout(Path(path))
    if not layout.is_store():
        raise _no_store(layout)
    manifest = Manifest.open(layout.manifest, writable=False)
    try:
        # The doctor makes a damaged manifest again, and its count begins anew in another file.
        return layout.manifest.stat().st_ino, manifest.generation()
    finally:
        manifest.close()


def examine(
    path: Path | str, *, treatment: Treatment = Treatment.MEND, compaction: Compaction | None = None
) -> DoctorReport:
    """Examine the store in a folder, whatever state it is in, and mend what can be mended.

    No store has to be open, because a damaged one may not open. Acknowledged records are never deleted.

    Parameters
    ----------
    path : path
        The folder.
    treatment : Treatment
        EXAMINE only looks and needs no right to write; MEND also mends and holds the store while it does.
    compaction : Compaction, optional
        What small segments are merged by.

    Raises
    ------
    StoreAccessError, StoreVersionError, StoreBusyError, StoreSpaceError
        As in `EmbeddedStore.open` and `EmbeddedStore.transaction`.
    """
    layout = Layout(Path(path))
    if not layout.is_store() and not layout.has_segments():
        raise _no_store(layout)
    if treatment is Treatment.EXAMINE:
        return examine_layout(layout, compaction=None)
    lock = WriterLock(layout.lock)
    lock.acquire(wait_s=_WAIT_FOR_WRITER_S)
    try:
        return examine_layout(layout, compaction=compaction or Compaction())
    finally:
        lock.release()


def _element_sets(
    segments: Sequence[IndexedSegment], segment: NDArray[np.int32], row: NDArray[np.int64]
) -> ElementSets:
    if not row.size:
        return ElementSets(pl.DataFrame(schema=ELEMENT_SETS.columns))
    return ElementSets(gather([one.index for one in segments], segment, row))


def _create(layout: Layout) -> None:
    if not layout.may_become_store():
        raise _no_store(layout)
    with explained(doing="making a store", path=layout.root):
        layout.root.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(layout.lock)
    lock.acquire(wait_s=_WAIT_FOR_WRITER_S)
    try:
        if not layout.is_store():
            with explained(doing="making a store", path=layout.root):
                for folder in layout.folders:
                    folder.mkdir(exist_ok=True)
                fsync_folder(layout.root)
            Manifest.create(layout.manifest)
    finally:
        lock.release()


def _no_store(layout: Layout) -> StoreAccessError:
    if not layout.root.exists():
        what, remedy = "there is no store here", "make one with mihari up or mihari ingest"
    elif layout.has_segments():
        what, remedy = "the manifest is missing", "run mihari doctor"
    else:
        what, remedy = "this is not a Mihari store", "choose an empty or new folder with --store"
    return StoreAccessError(what, where=layout.root, remedy=remedy)
