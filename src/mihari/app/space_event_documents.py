"""Events as documents: one list of reported events and of conjunctions, and one event whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mihari.app.events import events_table
from mihari.app.space_events import SpaceEventFile, space_events
from mihari.astro.time import format_utc
from mihari.model.provenance import DataMode
from mihari.model.space_event import EventKind, EventStatus, event_document
from mihari.store import Store

__all__ = ["all_events_document", "space_event_file_document"]


def all_events_document(
    store: Store,
    *,
    now_tai_ns: int,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
    kinds: Iterable[EventKind] = (),
) -> dict[str, Any]:
    """Return one list of reported events and of conjunctions, the one that began last first."""
    wanted = set(kinds) or set(EventKind)
    files = space_events(store, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    rows = [_row(each, now_tai_ns) for each in files if each.newest.kind in wanted]
    reported = len(rows)
    if EventKind.CONJUNCTION in wanted:
        table = events_table(store, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
        rows += [_conjunction_row(row, now_tai_ns) for row in table.iter_rows(named=True)]
    rows.sort(key=lambda each: each["start_utc"], reverse=True)
    return {
        "events": rows,
        "coverage": {
            "scope": "events that were reported to this node, and conjunctions that kept messages tell of",
            "reported": reported,
            "conjunctions": len(rows) - reported,
        },
    }


def space_event_file_document(file: SpaceEventFile, *, now_tai_ns: int) -> dict[str, Any]:
    """Return one event with all reports about it."""
    return {
        **_row(file, now_tai_ns),
        "newest": event_document(file.newest),
        "heads": [each.record_id for each in file.heads],
        "reports": [event_document(each) for each in file.reports],
    }


def _row(file: SpaceEventFile, now_tai_ns: int) -> dict[str, Any]:
    event = file.newest
    due = event.next_update_tai_ns
    return {
        "event_id": event.event_id,
        "kind": event.kind.value,
        "status": event.status.value,
        "start_utc": format_utc(event.start_tai_ns, digits=3),
        "end_utc": None if event.end_tai_ns is None else format_utc(event.end_tai_ns, digits=3),
        "objects": list(event.objects),
        "summary_en": event.summary_en,
        "summary_ja": event.summary_ja,
        "data_mode": event.data_mode.value,
        "label": str(event.label),
        "reports": len(file.reports),
        "conflicts": len(file.heads) - 1,
        "written_utc": format_utc(event.written_tai_ns, digits=3),
        "written_by": event.written_by,
        "next_update_utc": None if due is None else format_utc(due, digits=3),
        "is_overdue": due is not None and due < now_tai_ns and not event.status.is_over,
        "record_id": event.record_id,
    }


def _conjunction_row(row: Mapping[str, Any], now_tai_ns: int) -> dict[str, Any]:
    status = EventStatus.NEW if row["updates"] == 1 else EventStatus.UPDATED
    if row["tca_tai_ns"] < now_tai_ns:
        status = EventStatus.CLOSED
    return {
        "event_id": row["event_id"],
        "kind": EventKind.CONJUNCTION.value,
        "status": status.value,
        "start_utc": format_utc(row["tca_tai_ns"], digits=3),
        "end_utc": format_utc(row["tca_tai_ns"], digits=3),
        "objects": sorted({row["norad_cat_id_1"], row["norad_cat_id_2"]} - {None}),
        "summary_en": f"{row['name_1'] or '?'} and {row['name_2'] or '?'}: level {row['action_level']}",
        "summary_ja": f"{row['name_1'] or '?'} と {row['name_2'] or '?'}: 判断レベル {row['action_level']}",
        "data_mode": row["data_mode"],
        "label": row.get("label") or "PUBLIC",
        "reports": row["updates"],
        "conflicts": 0,
        "written_utc": format_utc(row["creation_tai_ns"], digits=3),
        "written_by": "assessment",
        "next_update_utc": None,
        "is_overdue": False,
        "record_id": row["message_id"],
    }
