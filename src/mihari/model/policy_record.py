"""What people enter at the policy desk: one append-only kind of record for assets, statements, consultations, reviews.

A new record with the same subject supersedes the one before; nothing is changed in place, and everything names who
wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.errors import InputError
from mihari.model.label import Label
from mihari.model.provenance import DataMode
from mihari.model.space_event import MACHINE_NAMES

__all__ = ["POLICY_RECORD_SCHEMA", "IntentStatement", "PolicyRecord", "PolicyRecordKind", "check_person"]


class PolicyRecordKind(Enum):
    """What a record of the policy desk is."""

    ASSET = "ASSET"
    PROTECTION_STATEMENT = "PROTECTION_STATEMENT"
    INTENT_STATEMENT = "INTENT_STATEMENT"
    CONSULTATION = "CONSULTATION"
    PROFILE_CHANGE = "PROFILE_CHANGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRecord:
    """One record; `document` is plain JSON data, its form a matter of the kind."""

    kind: PolicyRecordKind
    subject_id: str
    document: Mapping[str, Any]
    written_tai_ns: int
    written_by: str
    label: Label
    data_mode: DataMode
    supersedes: str = ""

    def __post_init__(self) -> None:
        if not self.subject_id.strip() or len(self.subject_id) > 300:
            raise InputError("a record of the policy desk needs a subject", where=self.kind.value)
        if not self.written_by.strip():
            raise InputError("a record of the policy desk needs who wrote it", where=self.kind.value)

    @property
    def record_id(self) -> str:
        """Name of this very record: the first 32 digits of a SHA-256 over all of it."""
        parts = [self.kind.value, self.subject_id, dict(self.document), self.written_tai_ns, self.written_by]
        text = json.dumps([*parts, str(self.label), self.data_mode.value, self.supersedes], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentStatement:
    """What a named person holds to be the reason for something: theirs alone, dated, with its grounds, withdrawable.

    It is never made by the machine, never merged into an event, and shown with its author's name.
    """

    statement_id: str
    event_id: str
    author: str
    quotation: str
    grounds: str
    written_tai_ns: int
    label: Label
    data_mode: DataMode
    withdrawn: bool = False
    supersedes: str = ""

    def __post_init__(self) -> None:
        check_person(self.author, where="author")
        for name in ("statement_id", "event_id", "quotation", "grounds"):
            if not getattr(self, name).strip():
                raise InputError("is empty", where=name, remedy="a statement needs it")


def check_person(name: str, *, where: str) -> str:
    """Return the name of a person, or raise InputError: the machine writes no statements and approves nothing."""
    folded = name.strip().casefold()
    if not folded:
        raise InputError("names nobody", where=where, remedy="give the name of who is answerable")
    if folded in MACHINE_NAMES:
        raise InputError(f"{name!r} is no person", where=where, remedy="name who is answerable")
    return name.strip()


POLICY_RECORD_SCHEMA: Final[Mapping[str, Any]] = {
    "record_kind": pl.String,  # a PolicyRecordKind value
    "subject_id": pl.String,
    "record_id": pl.String,
    "written_tai_ns": pl.Int64,
    "written_by": pl.String,
    "supersedes": pl.String,
    "document": pl.String,  # JSON
}
