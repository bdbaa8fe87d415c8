"""What every store promises: the embedded one now, a server's later. One contract suite tests them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, runtime_checkable

import polars as pl

from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SpaceObjects
from mihari.store._kinds import RecordKind
from mihari.store._runs import StoredRun

__all__ = ["AppendReceipt", "Holding", "JournalKind", "Store", "StoreMode", "Transaction"]


class StoreMode(Enum):
    """How a store is opened. `CREATE` makes it when there is none and writes."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"


class JournalKind(Enum):
    """What the journal tells."""

    COMMIT = "commit"  # written with every transaction: what was appended
    INGEST = "ingest"  # the app's account of one file: accepted, rejected, digest
    RUN = "run"  # a screening run
    CLOCK = "clock"  # the clock was set back
    COMPACTION = "compaction"  # small segments were merged
    DOCTOR = "doctor"  # something was found and mended


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendReceipt:
    """What became of one batch of records.

    `accepted` were stored; `duplicates` were known already (in the same data mode) and were not stored again;
    `superseded` of the accepted are older than another one known for the same object, in the store or in the batch.
    """

    accepted: int
    duplicates: int
    superseded: int
    learned_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a store holds of one kind in one data mode, as its manifest knows it.

    `size_bytes` is that of the records alone, without indexes; `damaged` of the `records` cannot be read any more.
    """

    kind: str
    data_mode: DataMode
    segments: int
    records: int
    damaged: int
    size_bytes: int


class Transaction(Protocol):
    """Records that become visible together, when the ``with`` block ends without an error, or not at all."""

    @property
    def learned_tai_ns(self) -> int:
        """The moment of learning that these records get."""
        ...

    def append_element_sets(self, sets: ElementSets, *, provenance: Provenance) -> AppendReceipt:
        """Add element sets."""
        ...

    def append_objects(self, objects: SpaceObjects, *, provenance: Provenance) -> AppendReceipt:
        """Add what is known of objects."""
        ...

    def append_records(self, kind: RecordKind, frame: pl.DataFrame, *, provenance: Provenance) -> AppendReceipt:
        """Add records of any kind, without a search for duplicates."""
        ...

    def save_run(
        self,
        result: ScreeningResult,
        *,
        inputs: Mapping[str, Any] | None = None,
        provenance: Provenance | None = None,
    ) -> int:
        """Add a screening run; return its number."""
        ...

    def note(self, kind: JournalKind, detail: Mapping[str, Any]) -> None:
        """Add a line to the journal, of plain JSON data."""
        ...


@runtime_checkable
class Store(Protocol):
    """An append-only record store with two times on every record.

    ``data_mode=None`` means the default rule: REAL once the store holds any REAL record, else the one mode that it
    holds. ``as_of_tai_ns=None`` means all that is known; another moment gives what was known then.
    """

    def transaction(self, *, learned_tai_ns: int) -> AbstractContextManager[Transaction]:
        """Begin to write."""
        ...

    def append_element_sets(self, sets: ElementSets, *, provenance: Provenance, learned_tai_ns: int) -> AppendReceipt:
        """Add element sets in a transaction of their own."""
        ...

    def append_objects(self, objects: SpaceObjects, *, provenance: Provenance, learned_tai_ns: int) -> AppendReceipt:
        """Add what is known of objects in a transaction of its own."""
        ...

    def save_run(
        self,
        result: ScreeningResult,
        *,
        learned_tai_ns: int,
        inputs: Mapping[str, Any] | None = None,
        provenance: Provenance | None = None,
    ) -> int:
        """Add a screening run in a transaction of its own; return its number."""
        ...

    def latest_element_sets(
        self, *, at_tai_ns: int, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
    ) -> ElementSets:
        """Return the best set of every object at a moment: the rule of `ElementSets.latest_at`."""
        ...

    def choice_span_tai_ns(self, *, at_tai_ns: int, data_mode: DataMode | None = None) -> tuple[int, int]:
        """Return the first and the last moment around one for which `latest_element_sets` chooses alike."""
        ...

    def history(
        self, norad_cat_id: int, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
    ) -> ElementSets:
        """Return all sets of one object, by epoch, then by the moment of learning."""
        ...

    def objects(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> SpaceObjects:
        """Return what is known of every object."""
        ...

    def runs(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> pl.DataFrame:
        """Return one row per screening run, by number."""
        ...

    def run(self, run_id: int) -> StoredRun:
        """Return one screening run."""
        ...

    def records(
        self,
        kind: RecordKind,
        *,
        as_of_tai_ns: int | None = None,
        data_mode: DataMode | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Return all records of a kind with their provenance, or only some columns and the moment of learning."""
        ...

    def journal(self) -> pl.DataFrame:
        """Return the journal: seq, learned_tai_ns, entry, detail (JSON), oldest first."""
        ...

    def counts(self, kind: RecordKind) -> dict[DataMode, int]:
        """Return how many records of a kind there are in each data mode."""
        ...

    def holdings(self) -> tuple[Holding, ...]:
        """Return what the store holds, by kind and data mode."""
        ...

    def disk_bytes(self) -> int:
        """Return the space that the store takes up in all: records, indexes, journal, what was set aside."""
        ...

    def data_modes(self, *, kind: RecordKind | None = None, as_of_tai_ns: int | None = None) -> tuple[DataMode, ...]:
        """Return the modes of which there are records (of one kind, or of any), REAL first."""
        ...

    def default_data_mode(self, *, as_of_tai_ns: int | None = None) -> DataMode | None:
        """Return the mode that ``data_mode=None`` means, None for an empty store."""
        ...

    def median_epoch_tai_ns(self, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None) -> int | None:
        """Return the median epoch of the newest sets of all objects, None without any."""
        ...

    def last_learned_tai_ns(self) -> int | None:
        """Return the moment of the newest record: asking as of it repeats today's answers for ever."""
        ...

    def unreadable_records(self) -> int:
        """Return how many acknowledged records cannot be read any more: they are missing from every answer."""
        ...

    def close(self) -> None:
        """Close the store."""
        ...
