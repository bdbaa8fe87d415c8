"""What a store holds, and what went into it of late: the account that a node gives of its memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from mihari.store import Holding, JournalKind, Store

__all__ = ["Intake", "StoreAccount", "StoreNote", "account_of"]

_INTAKES: Final = 50
_NOTES: Final = 20
_NOTED: Final = (JournalKind.CLOCK.value, JournalKind.COMPACTION.value, JournalKind.DOCTOR.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One transaction that took records in.

    Attributes
    ----------
    learned_tai_ns : int
    files : tuple of mapping
        What was read: file, format, digest, element sets, objects, rejected. Empty for records made by this node.
    kept : mapping
        Records by kind that were new and were stored.
    """

    learned_tai_ns: int
    files: tuple[Mapping[str, Any], ...]
    kept: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreNote:
    """What the journal says besides intakes: a clock set back, segments merged, something mended."""

    learned_tai_ns: int
    entry: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccount:
    """The store's account of itself; intakes and notes newest first, the last few of each."""

    holdings: tuple[Holding, ...]
    disk_bytes: int
    unreadable_records: int
    last_learned_tai_ns: int | None
    intakes: tuple[Intake, ...]
    notes: tuple[StoreNote, ...]


def account_of(store: Store) -> StoreAccount:
    """Return the account of a store; reads manifest and journal, no records."""
    journal = store.journal()
    notes = journal.filter(pl.col("entry").is_in(_NOTED)).reverse().head(_NOTES)
    return StoreAccount(
        holdings=store.holdings(),
        disk_bytes=store.disk_bytes(),
        unreadable_records=store.unreadable_records(),
        last_learned_tai_ns=store.last_learned_tai_ns(),
        intakes=_intakes(journal),
        notes=tuple(
            StoreNote(learned_tai_ns=row["learned_tai_ns"], entry=row["entry"], detail=json.loads(row["detail"]))
            for row in notes.iter_rows(named=True)
        ),
    )


def _intakes(journal: pl.DataFrame) -> tuple[Intake, ...]:
    """Group what one transaction wrote: the account of each file, then the commit; runs are no intake."""
    written = journal.filter(pl.col("entry").is_in((JournalKind.INGEST.value, JournalKind.COMMIT.value)))
    found: list[Intake] = []
    for (learned,), lines in written.reverse().group_by(["learned_tai_ns"], maintain_order=True):
        files: list[Mapping[str, Any]] = []
        kept: dict[str, int] = {}
        for entry, detail in lines.reverse().select("entry", "detail").iter_rows():
            told = json.loads(detail)
            if entry == JournalKind.INGEST.value:
                files.append(told)
            else:
                for stem, records in told.items():
                    kind = stem.rpartition("-")[0]
                    kept[kind] = kept.get(kind, 0) + records
        if files or "element_set" in kept or "space_object" in kept or "conjunction_message" in kept:
            assert isinstance(learned, int)
            found.append(Intake(learned_tai_ns=learned, files=tuple(files), kept=kept))
        if len(found) == _INTAKES:
            break
    return tuple(found)
