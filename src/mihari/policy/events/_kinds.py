"""What each kind of event must and may tell, read from data: names, types, words in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from mihari.model.space_event import EventKind, EventStatus, EvidenceKind
from mihari.policy.language import Language

__all__ = ["EventRule", "FactRule", "FactType", "event_rule", "status_words"]


class FactType(Enum):
    """What a fact is."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    NUMBERS = "numbers"
    FLAG = "flag"
    MOMENT = "moment"
    RECORD = "record"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRule:
    """One fact that a kind of event has.

    Attributes
    ----------
    least, most : float or None
        Of a number, or how many a list has at least.
    count : int or None
        How many numbers there must be.
    members : mapping
        Of records: name to type; a question mark marks what may be left out.
    pattern : str
        That a text must match; empty for any.
    default : str
        What stands where nothing is told, such as "unknown".
    """

    name: str
    type: FactType
    words: Mapping[Language, str]
    is_needed: bool = False
    least: float | None = None
    most: float | None = None
    count: int | None = None
    members: Mapping[str, str]
    pattern: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """What one kind of event must tell.

    Attributes
    ----------
    is_reported : bool
        People may report it; conjunctions come as messages instead.
    needs_window, needs_next_update, needs_alternatives : bool
    evidence_of : EvidenceKind or None
        A piece of this kind must be among the evidence.
    facts : tuple of FactRule
        No others may be told.
    """

    kind: EventKind
    words: Mapping[Language, str]
    is_reported: bool
    least_objects: int
    least_evidence: int
    needs_window: bool
    needs_next_update: bool
    needs_alternatives: bool
    evidence_of: EvidenceKind | None
    facts: tuple[FactRule, ...]


@lru_cache(maxsize=1)
def _data() -> Any:
    return json.loads((files("mihari.policy.events") / "data" / "kinds.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=len(EventKind))
def event_rule(kind: EventKind) -> EventRule:
    """Return what a kind of event must tell."""
    row = _data()["kinds"][kind.value]
    evidence_of = row.get("evidence_of")
    return EventRule(
        kind=kind,
        words=_words(row),
        is_reported=row["reported"],
        least_objects=row["least_objects"],
        least_evidence=row["least_evidence"],
        needs_window=row["window"],
        needs_next_update=row["next_update"],
        needs_alternatives=row.get("alternatives", False),
        evidence_of=None if evidence_of is None else EvidenceKind(evidence_of),
        facts=tuple(_fact(name, fact) for name, fact in row["facts"].items()),
    )


def status_words(status: EventStatus, *, lang: Language) -> str:
    """Return a status as it is written in a language."""
    return str(_data()["statuses"][status.value][lang.value])


def _fact(name: str, row: Mapping[str, Any]) -> FactRule:
    return FactRule(
        name=name,
        type=FactType(row["type"]),
        words=_words(row),
        is_needed=row.get("needed", False),
        least=row.get("least"),
        most=row.get("most"),
        count=row.get("count"),
        members=row.get("members", {}),
        pattern=row.get("pattern", ""),
        default=row.get("default", ""),
    )


def _words(row: Mapping[str, Any]) -> Mapping[Language, str]:
    return {lang: row[lang.value] for lang in Language}
