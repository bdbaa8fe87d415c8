"""Events that people, operators and partners reported, read from the store.

Conjunctions keep records of their own (messages, assessments); here they are made into the same noun for whoever
consults or releases, and nothing of them is merged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from mihari.errors import NotFoundError
from mihari.model.label import Label, parse_label
from mihari.model.provenance import DataMode
from mihari.model.space_event import EventKind, EventStatus, SpaceEvent, event_from_document
from mihari.store import ASSESSMENTS, SPACE_EVENTS, Store

__all__ = ["SpaceEventFile", "conjunction_as_event", "file_of", "space_event_file", "space_events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEventFile:
    """All reports about one event, oldest first.

    Attributes
    ----------
    reports : tuple of SpaceEvent
    heads : tuple of SpaceEvent
        Reports that none supersedes: more than one when sources contradict each other.
    """

    reports: tuple[SpaceEvent, ...]
    heads: tuple[SpaceEvent, ...]

    @property
    def newest(self) -> SpaceEvent:
        """The report to go by: of several heads the one written last."""
        return self.heads[-1]


def space_events(
    store: Store, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
) -> tuple[SpaceEventFile, ...]:
    """Return every reported event, the one that began last first."""
    rows = store.records(SPACE_EVENTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    files = [file_of(group) for _, group in rows.group_by("event_id", maintain_order=True)]
    return tuple(sorted(files, key=lambda each: (-each.newest.start_tai_ns, each.newest.event_id)))


def space_event_file(
    store: Store, event_id: str, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
) -> SpaceEventFile:
    """Return all reports about one event; a conjunction is shown as one whose report is its newest assessment.

    Raises
    ------
    NotFoundError
        There is no such event in this data mode.
    """
    rows = store.records(SPACE_EVENTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    rows = rows.filter(pl.col("event_id") == event_id)
    if rows.height:
        return file_of(rows)
    found = store.records(ASSESSMENTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    found = found.filter(pl.col("event_id") == event_id).sort("creation_tai_ns", "learned_tai_ns")
    if not found.height:
        raise NotFoundError(
            f"there is no event {event_id!r}", where="event_id", remedy="mihari events list shows them; another mode?"
        )
    reports = tuple(
        conjunction_as_event(row, updates=number) for number, row in enumerate(found.iter_rows(named=True), 1)
    )
    return SpaceEventFile(reports=reports, heads=reports[-1:])


def conjunction_as_event(row: Mapping[str, Any], *, updates: int) -> SpaceEvent:
    """Return a kept assessment as an event, for consultation and release; nothing of it is kept as a report.

    Parameters
    ----------
    row : mapping
        A record of `ASSESSMENTS` with its provenance.
    updates : int
        How many assessments the event has.
    """
    facts = {
        "miss_distance_m": row["miss_distance_m"],
        "probability": row["probability"],
        "action_level": row["action_level"],
    }
    numbers = {row["norad_cat_id_1"], row["norad_cat_id_2"]} - {None}
    return SpaceEvent(
        event_id=_safe_id(row["event_id"]),
        kind=EventKind.CONJUNCTION,
        status=EventStatus.NEW if updates == 1 else EventStatus.UPDATED,
        start_tai_ns=row["tca_tai_ns"],
        end_tai_ns=row["tca_tai_ns"],
        objects=tuple(sorted(numbers)),
        facts={name: value for name, value in facts.items() if value is not None},
        sources=(str(row.get("origin") or row.get("source") or "conjunction message"),),
        label=parse_label(row["label"]) if row.get("label") else Label(),
        data_mode=DataMode(row["data_mode"]),
        written_tai_ns=row["creation_tai_ns"],
        written_by="assessment",
    )


def file_of(rows: pl.DataFrame) -> SpaceEventFile:
    """Return the reports that records of one event hold, as they were written; one that came twice counts once."""
    ordered = rows.unique("record_id", keep="first", maintain_order=True).sort("written_tai_ns", "learned_tai_ns")
    reports = tuple(event_from_document(json.loads(text)) for text in ordered["document"])
    superseded = {each.supersedes for each in reports}
    heads = tuple(each for each in reports if each.record_id not in superseded)
    return SpaceEventFile(reports=reports, heads=heads or reports[-1:])


def _safe_id(text: str) -> str:
    """Names of conjunctions may hold letters that names of reported events do not."""
    return "".join(each if each.isascii() and (each.isalnum() or each in "._:-") else "-" for each in text)[:100]
