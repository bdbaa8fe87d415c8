"""The node: every verb of Mihari in Python, over a record store or over catalogue files in hand."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, final

import polars as pl

from mihari.app.answers import moment_of, picture_of, screening_of, where_is
from mihari.app.catalogue import Catalogue, FileCatalogue, StoreCatalogue
from mihari.app.clock import Clock, system_clock_tai_ns
from mihari.app.intake import ingest_results, read_for_ingest
from mihari.app.labels import PUBLIC_TEXT, Operators, expiries_of, nobody_knows
from mihari.app.moment import Moment, moment_tai_ns
from mihari.app.settings import DEFAULT_RADIUS_M, DEFAULT_SCREEN_S, store_path
from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.states import Frame
from mihari.compute import AnswerMemory, Executor, ThreadExecutor
from mihari.errors import AccessError, NotFoundError, StoreAccessError, UsageError
from mihari.model.conjunction import ScreeningResult
from mihari.model.intake import IngestSummary
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.picture import Picture, find_object
from mihari.policy.access import Viewer, is_at_least_as_wide, may_count_withheld
from mihari.store import ELEMENT_SETS, DoctorReport, EmbeddedStore, Sight, StoredRun, StoreMode, examine, revision_of

if TYPE_CHECKING:
    from mihari.app.avoid import AvoidanceAnswer, AvoidanceQuestion
    from mihari.app.events import EventFile
    from mihari.app.keep_messages import KeptMessages
    from mihari.app.store_account import StoreAccount
    from mihari.conjunction.assessment import AssessmentRequest
    from mihari.conjunction.screening import Volume
    from mihari.model.assessment import DecisionKind, EventRecord

__all__ = ["Node", "PictureAnswer", "ScreeningAnswer", "node_over", "open_files", "open_node"]

_KEPT_ANSWERS: Final = 12
"""Catalogues, lists of screenings and screenings that a store's next reader may ask for again."""


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """States with the moment they are for, why that moment, and whose knowledge at what time they are."""

    picture: Picture
    moment: Moment
    as_of_tai_ns: int


@dataclass(frozen=True, slots=True)
class ScreeningAnswer:
    """A screening with the moment it starts at and why, and the names of the objects by catalogue number."""

    result: ScreeningResult
    moment: Moment
    names: dict[int, str]


def open_node(path: str | Path | None = None, *, create: bool = True, clock: Clock = system_clock_tai_ns) -> Node:
    """Open the node over the record store in a folder.

    Parameters
    ----------
    path : str or Path, optional
        Folder of the store. Default: MIHARI_STORE, else the platform's user data folder.
    create : bool
        Make the store when there is none.
    clock : Clock
        Gives the present moment, TAI ns.

    Raises
    ------
    StoreAccessError
        There is no store and `create` is false, or the folder cannot be used.
    StoreVersionError
        The store was made by a newer version.
    """
    folder = store_path(path)
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE if create else StoreMode.READ):
        pass
    return Node(folder=folder, files=None, clock=clock)


def node_over(path: str | Path | None = None, *, clock: Clock = system_clock_tai_ns) -> Node:
    """Return the node over a folder without touching it: the first thing that is written makes the store."""
    return Node(folder=store_path(path), files=None, clock=clock)


def open_files(
    paths: Sequence[str | Path], *, satcat: Sequence[str | Path] = (), clock: Clock = system_clock_tai_ns
) -> Node:
    """Open a node over catalogue files; it answers like any other and keeps nothing."""
    return Node(folder=None, files=(tuple(paths), tuple(satcat)), clock=clock)


@final
class Node:
    """Every verb of Mihari; make one with `mihari.open` or `open_files`."""

    def __init__(
        self,
        *,
        folder: Path | None,
        files: tuple[tuple[str | Path, ...], tuple[str | Path, ...]] | None,
        clock: Clock,
        viewer: Viewer | None = None,
        operators: Operators = nobody_knows,
    ) -> None:
        self.folder = folder
        self.viewer = viewer
        self._operators = operators
        self._files = files
        self._clock = clock
        self._file_catalogues: dict[DataMode | None, FileCatalogue] = {}
        self._memory = AnswerMemory(most=_KEPT_ANSWERS)

    def __enter__(self) -> Node:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between questions."""

    @cached_property
    def orientation(self) -> EarthOrientation:
        """The packaged Earth orientation table."""
        return load_earth_orientation()

    def seen_by(self, viewer: Viewer) -> Node:
        """Return this node as a viewer may see it; it answers as if the rest had never been there, and keeps nothing.

        Without a viewer a node is its own staff's, who see all.
        """
        return Node(folder=self.folder, files=self._files, clock=self._clock, viewer=viewer, operators=self._operators)

    def revision(self) -> Hashable:
        """Return what changes whenever the node learns something: answers of one revision may be kept.

        For a viewer it changes also when a label expires.
        """
        if self.folder is None:
            return None
        written = revision_of(self.folder)
        if self.viewer is None:
            return written
        ends = self._memory.answer(("expiries", written), self._expiries)
        return written, bisect_right(ends, self._clock())

    def protected_labels(self) -> frozenset[str]:
        """Return the labels, other than public ones, of what this node may answer from."""
        if self.folder is None:
            return frozenset()

        def read() -> frozenset[str]:
            with self.reader() as store:
                return frozenset(each for each in store.labels() if not is_at_least_as_wide(each, PUBLIC_TEXT))

        return self._memory.answer(("labels", self.revision()), read)

    def withheld_objects(self, *, mode: DataMode | None = None) -> int | None:
        """Return how many objects have element sets of which the viewer sees none; None where it may not know that."""
        if self.viewer is None or not may_count_withheld(self.viewer) or self.folder is None:
            return None
        mode = self.catalogue(mode=mode).data_mode
        now_tai_ns = self._clock()
        with EmbeddedStore.open(self.folder, mode=StoreMode.READ) as store, self.reader() as seen:
            every = store.latest_element_sets(at_tai_ns=now_tai_ns, data_mode=mode)
            return len(every) - len(seen.latest_element_sets(at_tai_ns=now_tai_ns, data_mode=mode))

    def _expiries(self) -> list[int]:
        assert self.folder is not None
        with EmbeddedStore.open(self.folder, mode=StoreMode.READ) as store:
            return expiries_of(store.labels())

    def now_tai_ns(self) -> int:
        """Return the present moment of this node's clock."""
        return self._clock()

    def catalogue(self, *, as_of: str | int | None = None, mode: DataMode | None = None) -> Catalogue:
        """Return the catalogue that answers are made from.

        REAL and the other data modes never mix: `mode` chooses, the default is REAL once there is any.
        """
        if self._files is not None:
            if as_of is not None:
                raise UsageError(
                    "a catalogue file has no memory of what was known when", where="--as-of", remedy="ask a store"
                )
            if mode not in self._file_catalogues:
                paths, satcat = self._files
                self._file_catalogues[mode] = FileCatalogue.read(
                    paths, satcat=satcat, learned_tai_ns=self._clock(), data_mode=mode
                )
            return self._file_catalogues[mode]
        as_of_tai_ns = None if as_of is None else moment_tai_ns(as_of, option="--as-of")
        key = ("catalogue", self.revision(), as_of_tai_ns, mode)
        return self._memory.answer(key, lambda: self._store_catalogue(as_of_tai_ns, mode))

    def _store_catalogue(self, as_of_tai_ns: int | None, mode: DataMode | None) -> StoreCatalogue:
        with self.reader() as store:
            present = store.data_modes(kind=ELEMENT_SETS, as_of_tai_ns=as_of_tai_ns)
            chosen = mode or store.default_data_mode(as_of_tai_ns=as_of_tai_ns)
        if chosen is None or not present:
            raise NotFoundError(
                "the store holds no element sets" + ("" if as_of_tai_ns is None else " that were known then"),
                where=self.folder,
                remedy="run mihari ingest FILE, or mihari up for the simulated world",
            )
        if chosen not in present:
            held = ", ".join(each.value for each in present)
            raise NotFoundError(f"the store holds no {chosen.value} element sets, only {held}", where="--mode")
        return StoreCatalogue(self.reader, chosen, as_of_tai_ns)

    def moment(
        self, at: str | int | None = None, *, catalogue: Catalogue | None = None, option: str = "--at"
    ) -> Moment:
        """Choose the moment that a question is about; see `choose_moment`."""
        return moment_of(catalogue or self.catalogue(), at, now_tai_ns=self._clock(), option=option)

    def where(
        self,
        name: str | int,
        *,
        at: str | int | None = None,
        as_of: str | int | None = None,
        frame: Frame = Frame.GCRF,
        mode: DataMode | None = None,
    ) -> PictureAnswer:
        """Say where one object is.

        Parameters
        ----------
        name : str or int
            Catalogue number, international designator or name.
        at : str or int, optional
            UTC text or TAI ns. Default: now for fresh element sets, else their median epoch.
        as_of : str or int, optional
            Answer with what was known at this moment.
        frame : Frame
            GCRF, ITRF, TEME, EME2000, TOD or MOD.
        mode : DataMode, optional
            Default: REAL once there is any.

        Returns
        -------
        PictureAnswer
            Its picture has one row.
        """
        catalogue = self.catalogue(as_of=as_of, mode=mode)
        moment = self.moment(at, catalogue=catalogue)
        picture = where_is(catalogue, name, at_tai_ns=moment.at_tai_ns, frame=frame, orientation=self.orientation)
        return PictureAnswer(picture, moment, self._as_of(catalogue))

    def picture(
        self,
        *,
        at: str | int | None = None,
        as_of: str | int | None = None,
        frame: Frame = Frame.GCRF,
        mode: DataMode | None = None,
        threads: int | None = None,
    ) -> PictureAnswer:
        """Return every object's best state; arguments as in `where`."""
        catalogue = self.catalogue(as_of=as_of, mode=mode)
        moment = self.moment(at, catalogue=catalogue)
        picture = picture_of(
            catalogue,
            at_tai_ns=moment.at_tai_ns,
            frame=frame,
            orientation=self.orientation,
            threads=threads or os.cpu_count() or 1,
        )
        return PictureAnswer(picture, moment, self._as_of(catalogue))

    def element_sets(
        self, *, at: str | int | None = None, as_of: str | int | None = None, mode: DataMode | None = None
    ) -> ElementSets:
        """Return the element set that each object's state at a moment is made from; arguments as in `where`."""
        catalogue = self.catalogue(as_of=as_of, mode=mode)
        return catalogue.sets_at(self.moment(at, catalogue=catalogue).at_tai_ns)

    def screen(
        self,
        *,
        start: str | int | None = None,
        span_s: float = DEFAULT_SCREEN_S,
        volume: Volume | None = None,
        primaries: Sequence[int] | None = None,
        max_age_s: float | None = None,
        ephemerides: Sequence[str | Path] = (),
        same_number: bool = False,
        alone: bool = False,
        as_of: str | int | None = None,
        mode: DataMode | None = None,
        executor: Executor | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> ScreeningAnswer:
        """Find who comes close to whom.

        Parameters
        ----------
        start : str or int, optional
            UTC text or TAI ns; default as in `where`.
        span_s : float
            Length of the window, s.
        volume : Volume, optional
            Sphere or ellipsoids by regime. Default: a sphere of 5 km.
        primaries : sequence of int, optional
            Screen these against all. Default: all against all.
        max_age_s : float, optional
            Leave out objects whose element set is older. Default: age never excludes.
        ephemerides : sequence of str or Path
            OEMs and OCMs (FILE or ID=FILE): screen these against all, and against each other.
        same_number : bool
            Pair an ephemeris with the element set and the ephemerides of its own number too.
        alone : bool
            Screen the ephemerides against each other only: no catalogue is asked.
        executor : Executor, optional
            Where blocks of work run. Default: threads on all processors.
        progress : callable, optional
            Told the fraction done.
        """
        if volume is None:
            from mihari.conjunction.screening import Volume

            volume = Volume.sphere(DEFAULT_RADIUS_M)
        if ephemerides:
            from mihari.app.ephemerides import screen_given

            if alone and as_of is not None:
                raise UsageError("ephemerides alone have no memory of what was known when", where="--as-of")
            answer, moment, sets = screen_given(
                ephemerides,
                catalogue=None if alone else self.catalogue(as_of=as_of, mode=mode),
                start=start,
                span_s=span_s,
                volume=volume,
                executor=executor or ThreadExecutor(os.cpu_count() or 1),
                orientation=self.orientation,
                now_tai_ns=self._clock(),
                mode=mode,
                primaries=primaries,
                same_number=same_number,
                max_age_s=max_age_s,
                progress=progress,
                operators=self._operators,
            )
            told = {each.norad_cat_id: each.object_name for each in answer.coverage.ephemerides}
            return ScreeningAnswer(answer, moment, told | _names(sets))
        if alone or same_number:
            raise UsageError("there is no ephemeris", where="--alone, --same-number", remedy="give --ephemeris FILE")
        catalogue = self.catalogue(as_of=as_of, mode=mode)
        moment = self.moment(start, catalogue=catalogue, option="--start")
        sets = catalogue.sets_at(moment.at_tai_ns)
        result = screening_of(
            sets,
            data_mode=catalogue.data_mode,
            start_tai_ns=moment.at_tai_ns,
            span_s=span_s,
            volume=volume,
            executor=executor or ThreadExecutor(os.cpu_count() or 1),
            primaries=primaries,
            max_age_s=max_age_s,
            progress=progress,
            operators=self._operators,
        )
        return ScreeningAnswer(result, moment, _names(sets))

    def history(self, name: str | int, *, as_of: str | int | None = None, mode: DataMode | None = None) -> ElementSets:
        """Return all element sets of one object, oldest epoch first."""
        catalogue = self.catalogue(as_of=as_of, mode=mode)
        sets = catalogue.sets_at(self._clock())
        return catalogue.history(find_object(name, sets, catalogue.objects()).norad_cat_id)

    def ingest(
        self,
        *paths: str | Path,
        mode: DataMode = DataMode.REAL,
        provenance: Provenance | None = None,
        strict: bool = False,
    ) -> IngestSummary:
        """Read files into the store in one transaction; see `read_for_ingest` and `ingest_results`."""
        self._check_writing()
        results = read_for_ingest(paths, strict=strict)
        with self._writer(StoreMode.CREATE) as store:
            # The moment of learning is read when the writer's lock is held: two writers learn one after the other.
            return ingest_results(store, results, learned_tai_ns=self._clock(), data_mode=mode, provenance=provenance)

    def keep_run(self, result: ScreeningResult, *, inputs: Mapping[str, Any] | None = None) -> int:
        """Keep a screening in the store with its inputs and cost; return its number."""
        with self._writer() as store:
            return store.save_run(result, learned_tai_ns=self._clock(), inputs=inputs)

    def runs(self, *, mode: DataMode | None = None) -> pl.DataFrame:
        """Return one row per screening that the store keeps, oldest first."""

        def read() -> pl.DataFrame:
            with self.reader() as store:
                return store.runs(data_mode=mode)

        return read() if self.folder is None else self._memory.answer(("runs", self.revision(), mode), read)

    def run(self, run_id: int) -> StoredRun:
        """Return one kept screening, whole."""

        def read() -> StoredRun:
            with self.reader() as store:
                return store.run(run_id)

        return read() if self.folder is None else self._memory.answer(("run", self.revision(), run_id), read)

    def keep_messages(
        self,
        paths: Sequence[str | Path],
        request: AssessmentRequest,
        *,
        provenance: Provenance | None = None,
    ) -> KeptMessages:
        """Assess conjunction messages and keep both; see `mihari.app.keep_messages.keep_files`."""
        from mihari.app.keep_messages import keep_files

        stamp = provenance or Provenance(source="file", data_mode=request.data_mode)
        with self._writer(StoreMode.CREATE) as store:
            return keep_files(store, paths, request, learned_tai_ns=self._clock(), provenance=stamp)

    def events(self, *, as_of: str | int | None = None, mode: DataMode | None = None) -> pl.DataFrame:
        """Return the newest assessment of every event, what needs a person now first; see `events_table`."""
        from mihari.app.events import events_table

        with self.reader() as store:
            return events_table(store, as_of_tai_ns=_known_at(as_of), data_mode=mode)

    def event(self, event_id: str, *, as_of: str | int | None = None, mode: DataMode | None = None) -> EventFile:
        """Return one event with its history and what people wrote about it."""
        from mihari.app.events import event_file

        with self.reader() as store:
            return event_file(store, event_id, as_of_tai_ns=_known_at(as_of), data_mode=mode)

    def write_event_record(
        self, *, kind: DecisionKind, event_id: str, author: str, text: str, mode: DataMode = DataMode.REAL
    ) -> EventRecord:
        """Keep what a person recommends, decides or reports about an event."""
        from mihari.app.event_records import write_event_record

        stamp = Provenance(source=author, data_mode=mode, method="written by a person", licence="this node's own")
        with self._writer() as store:
            return write_event_record(
                store,
                kind=kind,
                event_id=event_id,
                author=author,
                text=text,
                now_tai_ns=self._clock(),
                provenance=stamp,
            )

    def note_manoeuvre(self, norad_cat_id: int, *, at: str | int, words: str, mode: DataMode = DataMode.REAL) -> None:
        """Keep a planned or detected manoeuvre: messages about its object made before it are stale from now on."""
        from mihari.app.event_records import note_manoeuvre

        stamp = Provenance(source=words, data_mode=mode, method="told to the node", licence="this node's own")
        with self._writer() as store:
            note_manoeuvre(
                store,
                norad_cat_id=norad_cat_id,
                epoch_tai_ns=moment_tai_ns(at, option="--manoeuvre"),
                words=words,
                now_tai_ns=self._clock(),
                provenance=stamp,
            )

    def avoid(
        self,
        question: AvoidanceQuestion,
        *,
        executor: Executor | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> AvoidanceAnswer:
        """Plan the avoidance of all conjunctions of an object; candidates are screened against this node's catalogue.

        Parameters
        ----------
        question : AvoidanceQuestion
        executor : Executor, optional
            Of the screening. Default: threads on all processors.
        progress : callable, optional
            Told the fraction done.
        """
        from mihari.app.avoid import avoid

        threads = os.cpu_count() or 1
        return avoid(
            question,
            node=self,
            catalogue=lambda mode: self.catalogue(as_of=question.as_of_tai_ns, mode=mode),
            now_tai_ns=self._clock(),
            executor=executor or ThreadExecutor(threads),
            threads=threads,
            progress=progress,
        )

    def store_account(self) -> StoreAccount | None:
        """Return what the store holds and what went in of late; None over catalogue files, and for viewers."""
        from mihari.app.store_account import account_of

        if self.folder is None or self.viewer is not None:
            return None
        with self.reader() as store:
            return account_of(store)

    def open_store(self, mode: StoreMode) -> EmbeddedStore:
        """Open this node's store for a use case that takes one, with the viewer's eyes; the caller closes it.

        Raises
        ------
        StoreAccessError
            The node reads catalogue files, or there is no store and `mode` does not make one.
        AccessError
            A viewer is to write.
        """
        return self.reader() if mode is StoreMode.READ else self._writer(mode)

    def doctor(self) -> DoctorReport:
        """Examine the store and mend what can be mended."""
        return examine(self._check_writing())

    def reader(self) -> EmbeddedStore:
        """Open the store for reading with the viewer's eyes; the caller closes it."""
        viewer = self.viewer
        sight = None if viewer is None else Sight(viewer=viewer, at_tai_ns=self._clock())
        return EmbeddedStore.open(self._store_folder(), mode=StoreMode.READ, sight=sight)

    def _writer(self, mode: StoreMode = StoreMode.WRITE) -> EmbeddedStore:
        return EmbeddedStore.open(self._check_writing(), mode=mode)

    def _check_writing(self) -> Path:
        if self.viewer is not None:
            raise AccessError("this view of the node is for reading", remedy="write as the node's own staff")
        return self._store_folder()

    def _store_folder(self) -> Path:
        if self.folder is None:
            raise StoreAccessError("this node reads catalogue files and has no store", remedy="open it over a folder")
        return self.folder

    def _as_of(self, catalogue: Catalogue) -> int:
        return self._clock() if catalogue.as_of_tai_ns is None else catalogue.as_of_tai_ns


def _known_at(as_of: str | int | None) -> int | None:
    return None if as_of is None else moment_tai_ns(as_of, option="--as-of")


def _names(sets: ElementSets) -> dict[int, str]:
    return dict(sets.frame.select("norad_cat_id", "object_name").drop_nulls().iter_rows())
