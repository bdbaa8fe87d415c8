"""What people write about events: recommendations, decisions, outcomes, and manoeuvres that make messages stale."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from mihari.errors import InputError, NotFoundError
from mihari.model.assessment import DecisionKind, EventRecord
from mihari.model.provenance import Provenance
from mihari.policy.access import joined_text, resolved_label
from mihari.store import ASSESSMENTS, EVENT_RECORDS, MANOEUVRES, EmbeddedStore

__all__ = ["note_manoeuvre", "write_event_record"]


def write_event_record(
    store: EmbeddedStore,
    *,
    kind: DecisionKind,
    event_id: str,
    author: str,
    text: str,
    now_tai_ns: int,
    provenance: Provenance,
) -> EventRecord:
    """Keep what a person recommends, decides or reports about an event, on its newest assessment.

    Raises
    ------
    NotFoundError
        There is no such event.
    InputError
        No author or no text, or the author is no person.
    """
    history = store.records(
        ASSESSMENTS, data_mode=provenance.data_mode, columns=("event_id", "message_id", "creation_tai_ns", "label")
    ).filter(pl.col("event_id") == event_id)
    if history.is_empty():
        raise NotFoundError(f"there is no event {event_id!r}", where="--event", remedy="mihari assess lists them")
    newest = history.sort("creation_tai_ns").row(-1, named=True)
    record = EventRecord(
        kind=kind,
        event_id=event_id,
        author=author,
        text=text,
        written_tai_ns=now_tai_ns,
        message_id=str(newest["message_id"]),
    )
    frame = pl.DataFrame(
        {
            "event_id": [record.event_id],
            "kind": [record.kind.value],
            "author": [record.author],
            "text": [record.text],
            "written_tai_ns": [record.written_tai_ns],
            "message_id": [record.message_id],
        },
        schema=dict(EVENT_RECORDS.schema),
    )
    # What is written about an event tells of it, so it is for those who may see all of it.
    labels = {provenance.label, *history["label"].unique().to_list()}
    label = provenance.label if len(labels) == 1 else joined_text(resolved_label(each, frozenset()) for each in labels)
    stamp = replace(provenance, source=author, origin=author, label=label)
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        transaction.append_records(EVENT_RECORDS, frame, provenance=stamp)
    return record


def note_manoeuvre(
    store: EmbeddedStore,
    *,
    norad_cat_id: int,
    epoch_tai_ns: int,
    words: str,
    now_tai_ns: int,
    provenance: Provenance,
) -> None:
    """Keep a planned or detected manoeuvre: messages about its object made before it are stale from now on.

    Raises
    ------
    InputError
        Nothing says what kind of manoeuvre it is.
    """
    if not words.strip():
        raise InputError("a manoeuvre needs words", remedy="say whether it is planned or detected, and by whom")
    frame = pl.DataFrame(
        {"norad_cat_id": [norad_cat_id], "epoch_tai_ns": [epoch_tai_ns], "words": [words]},
        schema=dict(MANOEUVRES.schema),
    )
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        transaction.append_records(MANOEUVRES, frame, provenance=provenance)
