"""The record store: append-only, two times on every record, whole after any crash."""

from __future__ import annotations

from mihari.store._compaction import Compaction
from mihari.store._doctor import DoctorReport, Treatment
from mihari.store._embedded import EmbeddedStore, examine, revision_of
from mihari.store._kinds import (
    ASSESSMENTS,
    CONJUNCTION_MESSAGES,
    CONJUNCTIONS,
    ELEMENT_SETS,
    EVENT_RECORDS,
    MANOEUVRES,
    POLICY_RECORDS,
    RECEIVED_RELEASES,
    RECORD_KINDS,
    RELEASE_STEPS,
    REQUESTS,
    SCREENING_RUNS,
    SPACE_EVENTS,
    SPACE_OBJECTS,
    RecordKind,
    record_kind,
)
from mihari.store._runs import StoredRun
from mihari.store._sight import Sight
from mihari.store._store import AppendReceipt, Holding, JournalKind, Store, StoreMode, Transaction

__all__ = [
    "ASSESSMENTS",
    "CONJUNCTIONS",
    "CONJUNCTION_MESSAGES",
    "ELEMENT_SETS",
    "EVENT_RECORDS",
    "MANOEUVRES",
    "POLICY_RECORDS",
    "RECEIVED_RELEASES",
    "RECORD_KINDS",
    "RELEASE_STEPS",
    "REQUESTS",
    "SCREENING_RUNS",
    "SPACE_EVENTS",
    "SPACE_OBJECTS",
    "AppendReceipt",
    "Compaction",
    "DoctorReport",
    "EmbeddedStore",
    "Holding",
    "JournalKind",
    "RecordKind",
    "Sight",
    "Store",
    "StoreMode",
    "StoredRun",
    "Transaction",
    "Treatment",
    "examine",
    "record_kind",
    "revision_of",
]
