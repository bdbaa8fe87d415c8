"""Messages kept, each with its assessment, in one transaction; duplicates and late ones are known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from mihari.app.assess import AssessmentBatch, by_attention, read_conjunction_messages
from mihari.app.assessment_documents import assessment_document
from mihari.conjunction.assessment import (
    AssessmentRequest,
    EventKey,
    assess_message,
    data_mode_of,
    event_key,
    match_event,
)
from mihari.errors import MihariError
from mihari.formats.ccsds import Message, MessageForm, format_message
from mihari.model.assessment import ASSESSMENT_SCHEMA, MESSAGE_SCHEMA, Assessment
from mihari.model.conjunction_message import ConjunctionMessage
from mihari.model.intake import Rejection
from mihari.model.provenance import DataMode, Provenance
from mihari.policy.access import is_at_least_as_wide
from mihari.store import ASSESSMENTS, CONJUNCTION_MESSAGES, EmbeddedStore, Transaction

__all__ = ["KeptMessages", "assessment_frame", "keep_files", "keep_read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessages:
    """What keeping messages did.

    Attributes
    ----------
    accepted : int
        Kept, `late` ones among them.
    duplicates : int
        Known already; nothing was written for them.
    late : int
        Older than another message of their event.
    events : int
        Events that were new.
    batch : AssessmentBatch
    """

    accepted: int
    duplicates: int
    late: int
    events: int
    batch: AssessmentBatch


def keep_files(
    store: EmbeddedStore,
    paths: Sequence[str | Path],
    request: AssessmentRequest,
    *,
    learned_tai_ns: int,
    provenance: Provenance,
) -> KeptMessages:
    """Assess messages and keep both in one transaction; duplicates are known again, late ones are kept as such.

    Parameters
    ----------
    store : EmbeddedStore
        Opened for writing.
    provenance : Provenance
        Of the messages; its data mode is that of the assessments.
    """
    read, rejected = read_conjunction_messages(paths)
    with store.transaction(learned_tai_ns=learned_tai_ns) as transaction:
        return keep_read(store, transaction, read, request, provenance=provenance, rejected=rejected)


def keep_read(
    store: EmbeddedStore,
    transaction: Transaction,
    read: Sequence[tuple[Message, str, ConjunctionMessage]],
    request: AssessmentRequest,
    *,
    provenance: Provenance,
    rejected: Sequence[Rejection] = (),
) -> KeptMessages:
    """Keep messages that were read, with their assessments, in a transaction that holds more; see `keep_files`."""
    rejected = list(rejected)
    # What arrives together is taken in the order in which it was made: late is only what is older than what was kept.
    read = sorted(read, key=lambda each: each[2].creation_tai_ns)
    modes = [data_mode_of(record, otherwise=provenance.data_mode) for _, _, record in read]
    shelves = {mode: _Shelf.of(store, mode, label=provenance.label) for mode in dict.fromkeys(modes)}
    duplicates = late = 0
    for (message, name, record), mode in zip(read, modes, strict=True):
        shelf = shelves[mode]
        text = format_message(message, form=MessageForm.JSON)
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if shelf.holds(record, digest):
            duplicates += 1
            continue
        key = event_key(record)
        event_id = match_event(key, shelf.keys.get((key.first, key.second), ())) or key.event_id
        try:
            assessment = assess_message(record, request, event_id=event_id)
        except MihariError as error:
            rejected.append(Rejection(name, None, None, error.what))
            continue
        late += shelf.put(record, assessment, key, digest, text)
    assessed = [each for shelf in shelves.values() for each in shelf.assessed]
    batch = AssessmentBatch(
        assessments=by_attention(assessed), rejected=tuple(rejected), messages=len(read) + len(rejected)
    )
    coverage = batch.coverage()
    for mode, shelf in shelves.items():
        if not shelf.assessed:
            continue
        stamp = replace(provenance, data_mode=mode)
        rows = pl.DataFrame(shelf.rows, schema=dict(MESSAGE_SCHEMA))
        transaction.append_records(CONJUNCTION_MESSAGES, rows, provenance=stamp)
        transaction.append_records(
            ASSESSMENTS,
            assessment_frame(shelf.assessed, coverage=coverage),
            provenance=replace(stamp, source="this node", method="probability ladder"),
        )
    return KeptMessages(
        accepted=len(assessed),
        duplicates=duplicates,
        late=late,
        events=sum(shelf.new_events for shelf in shelves.values()),
        batch=batch,
    )


@dataclass(slots=True)
class _Shelf:
    """What the store knows of messages of one data mode, and what is being added."""

    digests: set[str]
    names: set[tuple[str, str]]
    keys: dict[tuple[str, str], list[tuple[str, EventKey]]]
    newest: dict[str, int]
    new_events: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    assessed: list[Assessment] = field(default_factory=list)

    @classmethod
    def of(cls, store: EmbeddedStore, mode: DataMode, *, label: str) -> _Shelf:
        columns = (*(name for name in MESSAGE_SCHEMA if name != "text"), "label")
        known = store.records(CONJUNCTION_MESSAGES, data_mode=mode, columns=columns)
        # A message is no duplicate, and joins no event, of which those who may see it know nothing.
        wide = [each for each in known["label"].unique() if each is not None and is_at_least_as_wide(each, label)]
        known = known.filter(pl.col("label").is_in(wide))
        shelf = cls(
            digests=set(known["digest"].to_list()),
            names=set(zip(known["originator"].to_list(), known["message_id"].to_list(), strict=True)),
            keys={},
            newest={},
        )
        told = ("event_id", "designator_1", "designator_2", "tca_tai_ns", "is_slow", "creation_tai_ns")
        for event_id, first, second, tca, slow, creation in known.select(told).iter_rows():
            shelf.keys.setdefault((first, second), []).append((event_id, EventKey(first, second, tca, slow)))
            shelf.newest[event_id] = max(shelf.newest.get(event_id, creation), creation)
        return shelf

    def holds(self, record: ConjunctionMessage, digest: str) -> bool:
        """Say whether a message is known: the same text, or the same sender's name for it."""
        return digest in self.digests or (record.originator, record.message_id) in self.names

    def put(self, record: ConjunctionMessage, assessment: Assessment, key: EventKey, digest: str, text: str) -> bool:
        """Add a message with its assessment; return whether it is late."""
        event_id = assessment.event_id
        self.new_events += event_id not in self.newest
        is_late = record.creation_tai_ns < self.newest.get(event_id, record.creation_tai_ns)
        self.digests.add(digest)
        self.names.add((record.originator, record.message_id))
        self.keys.setdefault((key.first, key.second), []).append((event_id, key))
        self.newest[event_id] = max(self.newest.get(event_id, record.creation_tai_ns), record.creation_tai_ns)
        self.assessed.append(assessment)
        self.rows.append(
            {
                "event_id": event_id,
                "message_id": record.message_id,
                "originator": record.originator,
                "creation_tai_ns": record.creation_tai_ns,
                "tca_tai_ns": record.tca_tai_ns,
                "designator_1": key.first,
                "designator_2": key.second,
                "is_slow": key.is_slow,
                "digest": digest,
                "text": text,
            }
        )
        return is_late


def assessment_frame(assessed: Sequence[Assessment], *, coverage: dict[str, Any]) -> pl.DataFrame:
    """Return assessments as rows of `ASSESSMENT_SCHEMA`."""
    rows = []
    for each in assessed:
        first, second = each.objects
        sigma = each.geometry.sigma_rtn_m or (None, None, None)
        rows.append(
            (
                each.event_id,
                each.message_id,
                each.creation_tai_ns,
                each.tca_tai_ns,
                first.designator,
                second.designator,
                first.norad_cat_id,
                second.norad_cat_id,
                each.geometry.miss_distance_m,
                each.geometry.relative_speed_m_s,
                *each.geometry.miss_rtn_m,
                *sigma,
                each.probability,
                None if each.maximum is None else each.maximum.value,
                each.method,
                each.action_level.value,
                each.profile,
                first.last_observation_tai_ns,
                second.last_observation_tai_ns,
                json.dumps(assessment_document(each, coverage=coverage), allow_nan=False),
            )
        )
    return pl.DataFrame(rows, schema=dict(ASSESSMENT_SCHEMA), orient="row")
