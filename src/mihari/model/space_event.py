"""What happened in space, as a person, an operator, a partner or a detector reports it: one record for all kinds.

An event keeps its name for life. Every report about it is a record of its own that supersedes the one before and
overwrites nothing; a cancellation is such a record too. What was measured (`facts`, `evidence`), what it may mean
(`alternatives` with probabilities) and how good the sources are (`confidence`) stand apart. Why somebody did something
has no field here: intent is a statement by a named person (`mihari.model.statement`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.errors import InputError
from mihari.ids import check_norad_cat_id
from mihari.model._space_event_form import document_of, fields_of, record_digest
from mihari.model.label import Label
from mihari.model.provenance import DataMode

__all__ = [
    "MACHINE_NAMES",
    "SPACE_EVENT_SCHEMA",
    "Alternative",
    "Confidence",
    "EventKind",
    "EventStatus",
    "Evidence",
    "EvidenceKind",
    "LikelihoodTerm",
    "SpaceEvent",
    "event_document",
    "event_from_document",
]

MACHINE_NAMES: Final = frozenset({"mihari", "machine", "system", "auto", "automatic", "bot", "detector"})
"""Writers that are no person."""

_EVENT_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")
_MOST_TEXT: Final = 4_000
_MOST_PARTS: Final = 200
_MOST_OBJECTS: Final = 10_000
_ROUNDING: Final = 1e-9


class EventKind(Enum):
    """What happened; a conjunction's own records are messages and assessments, and stay apart."""

    CONJUNCTION = "CONJUNCTION"
    BREAKUP = "BREAKUP"
    INTERFERENCE = "INTERFERENCE"
    REENTRY = "REENTRY"
    MANOEUVRE = "MANOEUVRE"
    PROXIMITY = "PROXIMITY"
    LAUNCH = "LAUNCH"
    SPACE_WEATHER = "SPACE_WEATHER"
    GROUND_OUTAGE = "GROUND_OUTAGE"
    CYBER_OUTAGE = "CYBER_OUTAGE"


class EventStatus(Enum):
    """Where an event stands: a first report, a later one, taken back, or over."""

    NEW = "NEW"
    UPDATED = "UPDATED"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is expected."""
        return self in (EventStatus.CANCELLED, EventStatus.CLOSED)


class LikelihoodTerm(Enum):
    """The seven terms of ICD 203; `mihari.policy.language` has their ranges and their words in Japanese."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN_CHANCE = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


class Confidence(Enum):
    """How good sources and reasoning are; never in one sentence with a likelihood."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class EvidenceKind(Enum):
    """What a piece of evidence is."""

    OBSERVATION = "OBSERVATION"
    OPERATOR_STATEMENT = "OPERATOR_STATEMENT"
    TELEMETRY = "TELEMETRY"
    MESSAGE = "MESSAGE"
    PUBLIC_NOTICE = "PUBLIC_NOTICE"
    ANALYSIS = "ANALYSIS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence: what it says, whose it is, when it was observed, and where it can be found."""

    kind: EvidenceKind
    text: str
    source: str
    observed_tai_ns: int | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        _needed_text(self.text, "evidence")
        _needed_text(self.source, "the source of evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One explanation in both languages; the probabilities of all alternatives of an event sum to one."""

    text_en: str
    text_ja: str
    probability: float

    def __post_init__(self) -> None:
        _needed_text(self.text_en, "an alternative")
        _needed_text(self.text_ja, "an alternative in Japanese")
        if isinstance(self.probability, bool) or not 0.0 <= self.probability <= 1.0:
            raise InputError(f"a probability of {self.probability}", where="alternatives", remedy="give 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEvent:
    """One report about one event.

    Attributes
    ----------
    event_id : str
        Letters, digits and ``. _ : -``, at most 100; the same for every report about the event.
    objects : tuple of int
        Catalogue numbers of the objects that the event is about, ascending; maybe none.
    start_tai_ns, end_tai_ns : int
        When it happened, or the window that it lies in; no end while it lasts or where none is known.
    facts : mapping
        What the kind of event has of its own; names, units and which are needed stand in `mihari.policy.events`.
    alternatives : tuple of Alternative
        None, or explanations whose probabilities sum to one.
    likelihood : LikelihoodTerm or None
        Of the first alternative, or of the event itself where there are none. Never of a collision probability.
    confidence_basis : str
        Why the confidence is what it is.
    contact : str
        Whom to ask.
    next_update_tai_ns : int or None
    supersedes : str
        `record_id` of the report before, empty for the first.
    """

    event_id: str
    kind: EventKind
    status: EventStatus
    start_tai_ns: int
    sources: tuple[str, ...]
    label: Label
    data_mode: DataMode
    written_tai_ns: int
    written_by: str
    objects: tuple[int, ...] = ()
    end_tai_ns: int | None = None
    summary_en: str = ""
    summary_ja: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    likelihood: LikelihoodTerm | None = None
    confidence: Confidence | None = None
    confidence_basis: str = ""
    contact: str = ""
    next_update_tai_ns: int | None = None
    supersedes: str = ""

    def __post_init__(self) -> None:
        if not _EVENT_ID.match(self.event_id):
            raise InputError(
                f"{self.event_id[:120]!r} is no name of an event",
                where="event_id",
                remedy="letters, digits and . _ : -, at most 100, for example SIM-BREAKUP-2026-01",
            )
        _needed_text(self.written_by, "who wrote it", where="written_by")
        if not self.sources:
            raise InputError("an event without a source", where="sources", remedy="say who or what told it")
        for name in ("sources", "evidence", "alternatives", "facts"):
            if len(getattr(self, name)) > _MOST_PARTS:
                raise InputError(f"more than {_MOST_PARTS} {name}", where=name, remedy="sum them up")
        for text in (*self.sources, self.summary_en, self.summary_ja, self.confidence_basis, self.contact):
            _short(text)
        self._check_objects()
        if self.end_tai_ns is not None and self.end_tai_ns < self.start_tai_ns:
            raise InputError("the end is before the start", where="end_utc", remedy="swap them")
        if self.next_update_tai_ns is not None and self.status.is_over:
            raise InputError(
                f"a {self.status.value.lower()} event announces an update",
                where="next_update_utc",
                remedy="leave it out",
            )
        total = math.fsum(each.probability for each in self.alternatives)
        if self.alternatives and abs(total - 1.0) > _ROUNDING:
            raise InputError(
                f"the probabilities of the alternatives sum to {total:.6g}",
                where="alternatives",
                remedy="they must sum to 1; add one for what else it may be",
            )
        if self.likelihood is not None and self.kind is EventKind.CONJUNCTION:
            raise InputError(
                "a collision probability is never put into words of likelihood",
                where="likelihood",
                remedy="leave it out: the probability stands in the assessment as a number",
            )

    def _check_objects(self) -> None:
        if len(self.objects) > _MOST_OBJECTS:
            raise InputError(f"more than {_MOST_OBJECTS:,} objects", where="objects")
        for number in self.objects:
            check_norad_cat_id(number)
        if tuple(sorted(set(self.objects))) != self.objects:
            raise InputError("objects are not ascending and distinct", where="objects", remedy="sort them")

    @property
    def record_id(self) -> str:
        """Name of this very report: the first 32 digits of the SHA-256 of its document."""
        return record_digest(document_of(self))


def event_document(event: SpaceEvent) -> dict[str, Any]:
    """Return a report as plain JSON data, moments as UTC text to the nanosecond, with its `record_id`."""
    document = document_of(event)
    return {**document, "record_id": record_digest(document)}


def event_from_document(document: Mapping[str, Any]) -> SpaceEvent:
    """Read a report from its JSON form; a `record_id` in it must be its own.

    Raises
    ------
    InputError
        A member is missing, unknown, or cannot be used; `where` names it.
    """
    event = SpaceEvent(
        **fields_of(
            document,
            enums={"kind": EventKind, "status": EventStatus, "likelihood": LikelihoodTerm, "confidence": Confidence},
            evidence=lambda given: Evidence(**{**given, "kind": EvidenceKind(given["kind"])}),
            alternative=lambda given: Alternative(**given),
        )
    )
    told = document.get("record_id")
    if told is not None and told != event.record_id:
        raise InputError("record_id is not of this content", where="record_id", remedy="leave it out, or send it whole")
    return event


def _needed_text(text: str, what: str, *, where: str | None = None) -> None:
    if not text.strip():
        raise InputError(f"{what} is empty", where=where, remedy="say it in words")
    _short(text)


def _short(text: str) -> None:
    if len(text) > _MOST_TEXT:
        raise InputError(f"a text of {len(text):,} characters", remedy=f"at most {_MOST_TEXT:,}")


SPACE_EVENT_SCHEMA: Final[Mapping[str, Any]] = {
    "event_id": pl.String,
    "record_id": pl.String,
    "kind": pl.String,  # an EventKind value
    "status": pl.String,  # an EventStatus value
    "norad_cat_ids": pl.List(pl.Int32),
    "start_tai_ns": pl.Int64,
    "end_tai_ns": pl.Int64,
    "next_update_tai_ns": pl.Int64,
    "written_tai_ns": pl.Int64,
    "written_by": pl.String,
    "supersedes": pl.String,  # record_id of the report before
    "document": pl.String,  # the whole, as `event_document`
}
"""A report as the node keeps it; its label and data mode stand in the provenance."""
