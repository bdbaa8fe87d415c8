"""One transaction of the embedded store: records gather in memory, then become durable and visible at one stroke."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.errors import InputError
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ELEMENT_SET_KEY, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects
from mihari.policy.access import is_at_least_as_wide, joined_text, resolved_label
from mihari.store._files import Layout, explained, fsync_folder
from mihari.store._index import sorted_keys
from mihari.store._kernels import match_known
from mihari.store._kinds import CONJUNCTIONS, ELEMENT_SETS, SCREENING_RUNS, SPACE_OBJECTS, RecordKind
from mihari.store._latest import IndexedSegment
from mihari.store._manifest import JournalEntry, Manifest, SegmentRow
from mihari.store._runs import FIRST_UNCOUNTED_RUN, run_records
from mihari.store._segments import sliced, sorted_records, stage, unstage
from mihari.store._store import AppendReceipt, JournalKind

__all__ = ["EmbeddedTransaction", "Known"]

_PUBLIC: Final = "PUBLIC"


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows when the transaction begins, as far as appending has to ask."""

    indexed: Callable[[DataMode], Sequence[IndexedSegment]]
    objects: Callable[[DataMode, str], pl.DataFrame]
    """What is known to everyone who sees a label."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of sorted element sets: of a batch of this transaction, or of a segment."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    epoch_tai_ns: NDArray[np.int64]
    numbers: NDArray[np.float64]
    label: str


@final
class EmbeddedTransaction:
    """See `mihari.store.Transaction`. Made by `EmbeddedStore.transaction`, which holds the writer's lock."""

    def __init__(self, layout: Layout, manifest: Manifest, known: Known, *, learned_tai_ns: int) -> None:
        self._layout = layout
        self._manifest = manifest
        self._known = known
        last = manifest.last_learned_tai_ns()
        self._learned_tai_ns = learned_tai_ns if last is None else max(learned_tai_ns, last + 1)
        self._journal: list[JournalEntry] = []
        if last is not None and learned_tai_ns < last:
            self.note(JournalKind.CLOCK, {"given_tai_ns": learned_tai_ns, "last_tai_ns": last})
        self._rows: dict[tuple[str, DataMode], list[pl.DataFrame]] = defaultdict(list)
        self._kinds: dict[str, RecordKind] = {}
        self._own_keys: dict[DataMode, list[_Keys]] = defaultdict(list)
        self._objects: dict[tuple[DataMode, str], pl.DataFrame] = {}
        self._runs = 0

    @property
    def learned_tai_ns(self) -> int:
        """The moment of learning that these records get: the given one, or just after the last when that is later."""
        return self._learned_tai_ns

    def append_element_sets(self, sets: ElementSets, *, provenance: Provenance) -> AppendReceipt:
        """Add element sets; see `AppendReceipt` for what counts as duplicate and superseded.

        A set that is known under a narrower label only is no duplicate: who may see the new one would else miss it.
        """
        given = ELEMENT_SETS.checked(sets.frame)
        fresh = given.unique(ELEMENT_SET_KEY, keep="first", maintain_order=True)
        fresh = fresh.sort(list(ELEMENT_SETS.order), maintain_order=True)
        ids, epochs = fresh["norad_cat_id"].to_numpy(), fresh["epoch_tai_ns"].to_numpy()
        numbers = fresh.select(ELEMENT_SET_KEY[2:]).fill_null(float("nan")).to_numpy(order="c")
        known = np.zeros(ids.size, dtype=np.bool_)
        newest = np.full(ids.size, np.iinfo(np.int64).min)
        mode = provenance.data_mode
        for segment in self._known.indexed(mode):
            index = segment.index
            counts = index.batches_where({each for each in index.labels if is_at_least_as_wide(each, provenance.label)})
            own = (index.ids, index.starts, index.epoch_tai_ns, index.numbers, index.batch, counts)
            match_known(*own, ids, epochs, numbers, known, newest)
        for keys in self._own_keys[mode]:
            batch = np.zeros(keys.epoch_tai_ns.size, dtype=np.int32)
            counts = np.array([is_at_least_as_wide(keys.label, provenance.label)])
            own = (keys.ids, keys.starts, keys.epoch_tai_ns, keys.numbers, batch, counts)
            match_known(*own, ids, epochs, numbers, known, newest)
        accepted = fresh.filter(pl.Series(~known))
        if accepted.height:
            kept = ~known
            distinct, starts = sorted_keys(ids[kept])
            self._own_keys[mode].append(_Keys(distinct, starts, epochs[kept], numbers[kept], provenance.label))
            newest_now = np.maximum(newest[kept], np.repeat(epochs[kept][starts[1:] - 1], np.diff(starts)))
            superseded = int(np.count_nonzero(epochs[kept] < newest_now))
        else:
            superseded = 0
        self._take(ELEMENT_SETS, accepted, provenance)
        return self._receipt(accepted.height, given.height - accepted.height, superseded)

    def append_objects(self, objects: SpaceObjects, *, provenance: Provenance) -> AppendReceipt:
        """Add what is known of objects.

        A row is a duplicate when every field that it states is what the store says of the object already, to everyone
        who may see the row.
        """
        given = SPACE_OBJECTS.checked(objects.frame)
        mode = provenance.data_mode
        key = (mode, provenance.label)
        if key not in self._objects:
            self._objects[key] = self._known_objects(mode, provenance.label)
        facts = list(SPACE_OBJECT_SCHEMA)[1:]
        fresh = given.unique(maintain_order=True)
        beside = fresh.join(self._objects[key], on="norad_cat_id", how="left", suffix="_known", maintain_order="left")
        news = pl.any_horizontal(
            pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}_known")) for name in facts
        )
        unknown = ~pl.col("norad_cat_id").is_in(self._objects[key]["norad_cat_id"].implode())
        accepted = beside.filter(news | unknown).select(list(SPACE_OBJECT_SCHEMA))
        for other in self._objects:
            if other[0] is mode and is_at_least_as_wide(provenance.label, other[1]):
                self._objects[other] = coalesced_objects(pl.concat([self._objects[other], accepted]))
        self._take(SPACE_OBJECTS, accepted, provenance)
        return self._receipt(accepted.height, given.height - accepted.height, 0)

    def append_records(self, kind: RecordKind, frame: pl.DataFrame, *, provenance: Provenance) -> AppendReceipt:
        """Add records of any kind, without a search for duplicates."""
        if kind in (ELEMENT_SETS, SPACE_OBJECTS):
            raise InputError(f"records of kind {kind.name} have a door of their own that knows duplicates")
        given = kind.checked(frame)
        self._take(kind, given, provenance)
        return self._receipt(given.height, 0, 0)

    def save_run(
        self,
        result: ScreeningResult,
        *,
        inputs: Mapping[str, Any] | None = None,
        provenance: Provenance | None = None,
    ) -> int:
        """Add a screening run; return its number.

        Parameters
        ----------
        result : ScreeningResult
            Its coverage statement says the data mode, the method and the cost.
        inputs : mapping, optional
            Plain JSON data: what the run was asked with, beyond what its coverage says.
        provenance : Provenance, optional
            Made by this node from the catalogue that the coverage names, when left out. The run's label is the joint
            of its own and the coverage's, a row's that of its own and the row's.
        """
        coverage = result.coverage
        if provenance is None:
            provenance = Provenance(
                source="this node",
                origin="this node",
                method=coverage.method,
                data_mode=coverage.data_mode,
                derived_from=coverage.catalogue_version,
            )
        if provenance.data_mode is not coverage.data_mode:
            raise InputError(f"the run is {coverage.data_mode.value}, its provenance says {provenance.data_mode.value}")
        provenance_label = provenance.label
        provenance = replace(provenance, label=_narrowed(provenance.label, coverage.label))
        if is_at_least_as_wide(provenance.label, _PUBLIC):
            self._runs += 1
            run_id = self._manifest.runs() + self._runs
        else:
            # Counted with the others, it would leave a gap that tells of it to those who may not know.
            run_id = FIRST_UNCOUNTED_RUN + uuid.uuid4().int % FIRST_UNCOUNTED_RUN
        run, conjunctions = run_records(run_id, result, inputs=inputs or {})
        own = {each: _narrowed(provenance_label, each) for each in conjunctions["label"].unique()}
        labels = conjunctions["label"].replace_strict(own, return_dtype=pl.String)
        self._take(SCREENING_RUNS, run, provenance)
        self._take(CONJUNCTIONS, CONJUNCTIONS.checked(conjunctions), provenance, labels=labels)
        self.note(JournalKind.RUN, {"run_id": run_id, "conjunctions": conjunctions.height})
        return run_id

    def note(self, kind: JournalKind, detail: Mapping[str, Any]) -> None:
        """Add a line to the journal, of plain JSON data."""
        self._journal.append(JournalEntry(kind.value, detail))

    def commit(self) -> None:
        """Make everything durable, then visible. After an error nothing of it is there.

        Raises
        ------
        StoreSpaceError
            No space; nothing was committed.
        """
        staged: list[SegmentRow] = []
        self._manifest.commit_in_doubt = False
        try:
            for (name, mode), frames in self._rows.items():
                kind = self._kinds[name]
                for piece in sliced(kind, sorted_records(kind, pl.concat(frames))):
                    staged.append(stage(self._layout, kind, mode.value, piece))
            if staged:
                with explained(doing="writing records", path=self._layout.root):
                    fsync_folder(self._layout.segments)
                    fsync_folder(self._layout.indexes)
                self.note(JournalKind.COMMIT, {row.stem: row.records for row in staged})
            if self._journal:
                self._manifest.commit(
                    learned_tai_ns=self._learned_tai_ns,
                    new=staged,
                    journal=self._journal,
                    runs=self._runs,
                    learned=bool(staged),
                )
        except BaseException:
            if not self._manifest.commit_in_doubt:
                for row in staged:
                    unstage(self._layout, row.stem)
            raise

    def _known_objects(self, mode: DataMode, label: str) -> pl.DataFrame:
        """Return what the store and this transaction say of objects to everyone who sees a label."""
        earlier = [
            rows.select(list(SPACE_OBJECT_SCHEMA))
            for rows in self._rows.get((SPACE_OBJECTS.name, mode), ())
            if is_at_least_as_wide(rows["label"][0], label)
        ]
        return coalesced_objects(pl.concat([self._known.objects(mode, label), *earlier]))

    def _take(
        self, kind: RecordKind, rows: pl.DataFrame, provenance: Provenance, *, labels: pl.Series | None = None
    ) -> None:
        if not rows.height:
            return
        self._kinds[kind.name] = kind
        self._rows[kind.name, provenance.data_mode].append(
            rows.with_columns(
                pl.lit(self._learned_tai_ns, dtype=pl.Int64).alias("learned_tai_ns"),
                pl.lit(provenance.source).alias("source"),
                pl.lit(provenance.origin).alias("origin"),
                pl.lit(provenance.method).alias("method"),
                pl.lit(provenance.data_mode.value).alias("data_mode"),
                (pl.lit(provenance.label) if labels is None else labels).alias("label"),
                pl.lit(provenance.licence).alias("licence"),
                pl.lit(provenance.derived_from).alias("derived_from"),
            )
        )

    def _receipt(self, accepted: int, duplicates: int, superseded: int) -> AppendReceipt:
        return AppendReceipt(
            accepted=accepted, duplicates=duplicates, superseded=superseded, learned_tai_ns=self._learned_tai_ns
        )


def _narrowed(first: str, second: str) -> str:
    """Return the joint of two labels as text; one that names OPERATOR, unresolved, lets nobody in."""
    if first == second or second == _PUBLIC:
        return first
    if first == _PUBLIC:
        return second
    return joined_text(resolved_label(text, frozenset()) for text in (first, second))


def coalesced_objects(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per object, numbers ascending: of every field the last stated value.

    `rows` stand in the order of learning. A null is silence, not a statement, and does not replace a known value.
    """
    facts = [name for name in rows.columns if name != "norad_cat_id"]
    return (
        rows.group_by("norad_cat_id", maintain_order=True)
        .agg([pl.col(name).drop_nulls().last() for name in facts])
        .sort("norad_cat_id")
    )
