"""The catalogue that a question is asked of: files in hand, or the record store.

Both answer the same three things, so that no use case needs to know which it has.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol, final

import polars as pl

from mihari.compute import AnswerMemory
from mihari.errors import InputError, NotFoundError
from mihari.formats import read_path
from mihari.ids import SIMULATED_NAME_END, SIMULATED_NORAD_FROM
from mihari.model.intake import ReadResult, Rejection
from mihari.model.orbit import ElementSets
from mihari.model.provenance import PROVENANCE_SCHEMA, DataMode, Provenance
from mihari.model.space_object import SpaceObjects
from mihari.store import EmbeddedStore

__all__ = [
    "Catalogue",
    "FileCatalogue",
    "StoreCatalogue",
    "median_epoch_tai_ns",
    "provenance_of",
    "read_catalogue_files",
    "split_by_data_mode",
]


_KEPT_CHOICES: Final = 4


class Catalogue(Protocol):
    """Element sets and objects that answers are made from."""

    @property
    def data_mode(self) -> DataMode:
        """The one mode of everything that this catalogue answers."""

    @property
    def as_of_tai_ns(self) -> int | None:
        """The moment whose knowledge answers, None for "all that is known"."""

    def sets_at(self, at_tai_ns: int) -> ElementSets:
        """Return one element set per object: the last at or before the moment, else the earliest after."""

    def objects(self) -> SpaceObjects:
        """Return what is known of the objects' types, owners and sizes."""

    def history(self, norad_cat_id: int) -> ElementSets:
        """Return all element sets of one object, by epoch, then by the moment of learning."""


def median_epoch_tai_ns(sets: ElementSets) -> int:
    """Return the median epoch of element sets, TAI ns.

    Raises
    ------
    NotFoundError
        There are no element sets.
    """
    median = sets.median_epoch_tai_ns
    if median is None:
        raise NotFoundError("the catalogue has no element sets", remedy="ingest a file, or give --catalogue FILE")
    return median


def split_by_data_mode(frame: pl.DataFrame, *, otherwise: DataMode) -> dict[DataMode, pl.DataFrame]:
    """Part records into simulated ones, which carry their mark, and the others.

    A catalogue exported from the simulated world stays simulated wherever it is read again: its numbers begin at
    900,000,000 **and** its names end in "(SIM)". Either alone is not enough, for nodes number their own objects high.
    """
    marked = (pl.col("norad_cat_id") >= SIMULATED_NORAD_FROM) & pl.col("object_name").fill_null("").str.ends_with(
        SIMULATED_NAME_END
    )
    simulated = frame.filter(marked)
    rest = frame.filter(~marked)
    parts = {DataMode.SIMULATED: simulated, otherwise: rest}
    if otherwise is DataMode.SIMULATED:
        parts = {DataMode.SIMULATED: frame}
    return {mode: part for mode, part in parts.items() if part.height}


def provenance_of(result: ReadResult, *, data_mode: DataMode, given: Provenance | None = None) -> Provenance:
    """Return the provenance of what a file holds: what the caller knows of it, else its name; always its digest."""
    if given is None:
        given = Provenance(source=f"file:{Path(result.file).name}", data_mode=data_mode)
    return replace(
        given, data_mode=data_mode, method=f"read as {result.format}", derived_from=f"sha256:{result.digest}"
    )


def read_catalogue_files(paths: Sequence[str | Path], *, option: str = "FILE") -> list[ReadResult]:
    """Read every file, folder or "-" given; a path without anything readable raises InputError."""
    results: list[ReadResult] = []
    for path in paths:
        results.extend(read_path(path))
    if not results:
        raise InputError("no file given", where=option, remedy="name at least one catalogue file")
    return results


@final
@dataclass(frozen=True, slots=True)
class FileCatalogue:
    """A catalogue read from files, without a store."""

    element_sets: ElementSets
    space_objects: SpaceObjects
    data_mode: DataMode
    rejected: tuple[Rejection, ...] = ()
    as_of_tai_ns: int | None = None

    @classmethod
    def read(
        cls,
        paths: Sequence[str | Path],
        *,
        satcat: Sequence[str | Path] = (),
        learned_tai_ns: int,
        data_mode: DataMode | None = None,
    ) -> FileCatalogue:
        """Read element sets from `paths` and objects from both `paths` and `satcat`.

        When the files hold records of several data modes, the default answer is the REAL ones; `data_mode` chooses.

        Raises
        ------
        InputError
            A file cannot be used at all, or no element set is left.
        """
        results = read_catalogue_files(paths, option="--catalogue")
        parts: dict[DataMode, list[pl.DataFrame]] = {}
        for result in results:
            split = split_by_data_mode(result.element_sets.frame, otherwise=DataMode.REAL)
            for mode, frame in split.items():
                stamped = _stamp(frame, provenance_of(result, data_mode=mode), learned_tai_ns)
                parts.setdefault(mode, []).append(stamped)
        rejected = tuple(rejection for result in results for rejection in result.rejected)
        mode = data_mode or (DataMode.REAL if DataMode.REAL in parts or not parts else DataMode.SIMULATED)
        if mode not in parts:
            first = f"; first: {rejected[0].text()}" if rejected else ""
            raise InputError(
                f"no usable {mode.value} element set ({len(rejected)} rejected{first})",
                where=", ".join(str(path) for path in paths),
            )
        objects = [result.objects.frame for result in results if len(result.objects)]
        if satcat:
            extra = read_catalogue_files(satcat, option="--satcat")
            objects = [result.objects.frame for result in extra if len(result.objects)] + objects
            rejected += tuple(rejection for result in extra for rejection in result.rejected)
        table = pl.concat(objects).unique("norad_cat_id", keep="first", maintain_order=True) if objects else None
        return cls(
            ElementSets(pl.concat(parts[mode])),
            SpaceObjects(table) if table is not None else SpaceObjects.empty(),
            mode,
            rejected,
            learned_tai_ns,
        )

    def sets_at(self, at_tai_ns: int) -> ElementSets:
        """Return one element set per object for the moment."""
        return self.element_sets.latest_at(at_tai_ns)

    def objects(self) -> SpaceObjects:
        """Return what is known of the objects."""
        return self.space_objects

    def history(self, norad_cat_id: int) -> ElementSets:
        """Return all element sets of one object, oldest epoch first."""
        table = self.element_sets.frame
        return ElementSets(table.filter(table["norad_cat_id"] == norad_cat_id).sort("epoch_tai_ns"))


@final
@dataclass(frozen=True, slots=True, eq=False)
class StoreCatalogue:
    """The catalogue of a record store, as it was known at `as_of_tai_ns`.

    It keeps its last answers: ask the node for another one when the store may have learned something.
    """

    open_reader: Callable[[], EmbeddedStore]
    data_mode: DataMode
    as_of_tai_ns: int | None = None
    _memory: AnswerMemory = field(default_factory=lambda: AnswerMemory(most=_KEPT_CHOICES + 1), init=False)
    _spans: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_KEPT_CHOICES), init=False)

    def sets_at(self, at_tai_ns: int) -> ElementSets:
        """Return one element set per object for the moment."""
        # Time goes on with every question, the choice only from one epoch of a set to the next.
        span = next((each for each in tuple(self._spans) if each[0] <= at_tai_ns <= each[1]), None)
        if span is None:
            with self.open_reader() as store:
                span = store.choice_span_tai_ns(at_tai_ns=at_tai_ns, data_mode=self.data_mode)
            self._spans.append(span)

        def choose() -> ElementSets:
            with self.open_reader() as store:
                return store.latest_element_sets(
                    at_tai_ns=at_tai_ns, as_of_tai_ns=self.as_of_tai_ns, data_mode=self.data_mode
                )

        return self._memory.answer(span, choose)

    def objects(self) -> SpaceObjects:
        """Return what is known of the objects."""

        def read() -> SpaceObjects:
            with self.open_reader() as store:
                return store.objects(as_of_tai_ns=self.as_of_tai_ns, data_mode=self.data_mode)

        return self._memory.answer("objects", read)

    def history(self, norad_cat_id: int) -> ElementSets:
        """Return all element sets of one object, oldest epoch first."""
        with self.open_reader() as store:
            return store.history(norad_cat_id, as_of_tai_ns=self.as_of_tai_ns, data_mode=self.data_mode)


def _stamp(frame: pl.DataFrame, provenance: Provenance, learned_tai_ns: int) -> pl.DataFrame:
    values = {
        "learned_tai_ns": learned_tai_ns,
        "source": provenance.source,
        "origin": provenance.origin,
        "method": provenance.method,
        "data_mode": provenance.data_mode.value,
        "label": provenance.label,
        "licence": provenance.licence,
        "derived_from": provenance.derived_from,
    }
    return frame.with_columns(
        pl.lit(values[name], dtype=dtype).alias(name) for name, dtype in PROVENANCE_SCHEMA.items()
    )
