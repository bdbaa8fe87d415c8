"""A small node with keys, a reported event and a desk, at a moment that stands still."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from mihari.app.releases import ReleaseDesk
from mihari.astro.time import parse_utc
from mihari.model.label import parse_label
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_event import (
    Alternative,
    Confidence,
    EventKind,
    EventStatus,
    Evidence,
    EvidenceKind,
    LikelihoodTerm,
    SpaceEvent,
    event_document,
)
from mihari.store import SPACE_EVENTS, EmbeddedStore, StoreMode

NOW_UTC = "2026-11-30T05:00:00Z"
NOW = parse_utc(NOW_UTC)
HOUR = 3_600_000_000_000
DAY = 24 * HOUR
EVENT = "SIM-BREAKUP-1"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


def breakup(**other: Any) -> SpaceEvent:
    """A breakup as an operator reports it."""
    told: dict[str, Any] = {
        "event_id": EVENT,
        "kind": EventKind.BREAKUP,
        "status": EventStatus.NEW,
        "start_tai_ns": NOW - 2 * HOUR,
        "sources": ("operator",),
        "label": parse_label("REL:JP+US//BY:JP"),
        "data_mode": DataMode.SIMULATED,
        "written_tai_ns": NOW - HOUR,
        "written_by": "A. Mori",
        "objects": (900000001,),
        "summary_en": "A satellite broke up at 03:00 UTC; 57 pieces are tracked.",
        "summary_ja": "03:00 UTCに衛星が破砕し、57個の破片を追跡中。",
        "facts": {
            "regime": "LEO",
            "time_uncertainty_s": 120.0,
            "piece_counts": [{"count": 57, "source": "radar K", "at_utc": "2026-11-30T03:40:00Z"}],
            "cause": "unknown",
        },
        "evidence": (
            Evidence(kind=EvidenceKind.OBSERVATION, text="57 echoes", source="radar K", observed_tai_ns=NOW - HOUR),
        ),
        "alternatives": (
            Alternative(text_en="battery", text_ja="電池", probability=0.6),
            Alternative(text_en="collision", text_ja="衝突", probability=0.4),
        ),
        "likelihood": LikelihoodTerm.LIKELY,
        "confidence": Confidence.MODERATE,
        "confidence_basis": "one radar",
        "contact": "ops@example.org",
        "next_update_tai_ns": NOW + 7 * HOUR,
    }
    return SpaceEvent(**{**told, **other})


def keep(folder: Path, event: SpaceEvent, *, label: str | None = None) -> None:
    """Keep a report as the store has it; `label` replaces the column, readable or not."""
    document = event_document(event)
    row = {
        "event_id": event.event_id,
        "record_id": document["record_id"],
        "kind": event.kind.value,
        "status": event.status.value,
        "norad_cat_ids": list(event.objects),
        "start_tai_ns": event.start_tai_ns,
        "end_tai_ns": event.end_tai_ns,
        "next_update_tai_ns": event.next_update_tai_ns,
        "written_tai_ns": event.written_tai_ns,
        "written_by": event.written_by,
        "supersedes": event.supersedes,
        "document": json.dumps(document),
    }
    stamp = Provenance(source="test", data_mode=event.data_mode, label=label or str(event.label))
    frame = pl.DataFrame([row], schema=dict(SPACE_EVENTS.schema))
    with (
        EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store,
        store.transaction(learned_tai_ns=event.written_tai_ns) as transaction,
    ):
        transaction.append_records(SPACE_EVENTS, frame, provenance=stamp)


def desk_over(folder: Path, *, party: str = "JP", clock: Clock | None = None, **more: Any) -> ReleaseDesk:
    """A desk with keys; names of releases count upwards."""
    numbers = itertools.count(1)
    desk = ReleaseDesk(folder=folder, clock=clock or Clock(), chance=lambda: f"{next(numbers):016x}", **more)
    if not (folder / "keys").exists():
        desk.new_keys(party, validity_s=365 * 86_400)
    return desk


def published(desk: ReleaseDesk, audience: str = "PUBLIC", product: str = "breakup-notice", **more: Any) -> Any:
    """Draft, approve and publish one release; return its state."""
    state = desk.draft(EVENT, audiences=[audience], product=product, by="A. Mori", **more)[0]
    desk.approve(state.release_id, by="B. Ito")
    return desk.publish(state.release_id, by="B. Ito")[0]
