"""Treaties, statements, guidelines and laws as data: what each says in one line, and nothing about what follows.

An instrument is shown beside an event because its kind of event and its parties fit. Whether it has any bearing is for
people and States; no entry, reason or output here says that it does. `quotation_*` holds an instrument's own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import FormatError, NotFoundError
from mihari.model.space_event import EventKind
from mihari.policy.language import Language

__all__ = [
    "ANY_PARTY",
    "EntryStatus",
    "Instrument",
    "InstrumentBook",
    "LegalNature",
    "Version",
    "instrument_document",
    "load_instruments",
    "nature_words",
]

ANY_PARTY: Final = "*"
"""Stands for parties too many to list; whether a given State is one has to be looked up."""


class LegalNature(Enum):
    """What kind of text it is; the kinds are marked so that they look different."""

    BINDING = "BINDING"
    POLITICAL = "POLITICAL"
    SOFT = "SOFT"
    DOMESTIC = "DOMESTIC"
    FACT = "FACT"


class EntryStatus(Enum):
    """Whether an entry stands alone; superseded and disputed ones stay visible."""

    CURRENT = "CURRENT"
    SUPERSEDED = "SUPERSEDED"
    DISPUTED = "DISPUTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of several things that sources say about an entry."""

    says_en: str
    says_ja: str
    source: str
    source_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One provision.

    Attributes
    ----------
    parties : frozenset of str
        Party ids and groups, or `ANY_PARTY`.
    event_kinds : frozenset of EventKind
        Kinds of events beside which it is shown.
    trigger_facts_en, trigger_facts_ja : tuple of str
        Facts that a reader would look for first; not conditions that anything here evaluates.
    source_checked : bool
        The source, or a page that quotes it, was read when the entry was written; `source_note` says what.
    reviewer : str
        A person, or "unreviewed".
    versions : tuple of Version
        What sources say differently.
    """

    instrument_id: str
    name_en: str
    name_ja: str
    provision: str
    date: str
    parties: frozenset[str]
    parties_en: str
    nature: LegalNature
    line_en: str
    line_ja: str
    event_kinds: frozenset[EventKind]
    source: str
    source_checked: bool
    source_note: str = ""
    quotation_en: str = ""
    quotation_ja: str = ""
    trigger_facts_en: tuple[str, ...] = ()
    trigger_facts_ja: tuple[str, ...] = ()
    open_questions_en: tuple[str, ...] = ()
    open_questions_ja: tuple[str, ...] = ()
    status: EntryStatus = EntryStatus.CURRENT
    versions: tuple[Version, ...] = ()
    reviewer: str = "unreviewed"
    review_date: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentBook:
    """All entries by id."""

    instruments: Mapping[str, Instrument]
    version: str

    def get(self, instrument_id: str) -> Instrument:
        """Return one entry, or raise NotFoundError."""
        try:
            return self.instruments[instrument_id]
        except KeyError:
            raise NotFoundError(
                f"there is no instrument {instrument_id[:80]!r}", where="instrument", remedy="mihari policy instruments"
            ) from None

    def of_kind(self, kind: EventKind) -> tuple[Instrument, ...]:
        """Return the entries that are shown beside a kind of event, in the order of their nature, then their id."""
        order = list(LegalNature)
        found = [each for each in self.instruments.values() if kind in each.event_kinds]
        return tuple(sorted(found, key=lambda each: (order.index(each.nature), each.instrument_id)))


@lru_cache(maxsize=1)
def load_instruments() -> InstrumentBook:
    """Return the packaged entries."""
    found: dict[str, Instrument] = {}
    versions: list[str] = []
    folder = files("mihari.policy.instruments") / "data"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".json") and path.name != "natures.json":
            data = json.loads(path.read_text(encoding="utf-8"))
            versions.append(data["version"])
            for row in data["instruments"]:
                each = _instrument(row, defaults=data.get("defaults", {}), where=path.name)
                if each.instrument_id in found:
                    raise FormatError(f"{each.instrument_id} stands twice", where=path.name)
                found[each.instrument_id] = each
    return InstrumentBook(found, max(versions))


def nature_words(nature: LegalNature, *, lang: Language) -> str:
    """Return how a nature is written, with its mark."""
    path = files("mihari.policy.instruments") / "data" / "natures.json"
    row = json.loads(path.read_text(encoding="utf-8"))[nature.value]
    return f"{row['mark']} {row[lang.value]}"


def instrument_document(instrument: Instrument) -> dict[str, Any]:
    """Return an entry as plain JSON data."""
    return {
        "instrument_id": instrument.instrument_id,
        "name_en": instrument.name_en,
        "name_ja": instrument.name_ja,
        "provision": instrument.provision,
        "date": instrument.date,
        "parties": sorted(instrument.parties),
        "parties_en": instrument.parties_en,
        "legal_nature": instrument.nature.value,
        "legal_nature_en": nature_words(instrument.nature, lang=Language.EN),
        "legal_nature_ja": nature_words(instrument.nature, lang=Language.JA),
        "line_en": instrument.line_en,
        "line_ja": instrument.line_ja,
        "quotation_en": instrument.quotation_en or None,
        "quotation_ja": instrument.quotation_ja or None,
        "trigger_facts_en": list(instrument.trigger_facts_en),
        "trigger_facts_ja": list(instrument.trigger_facts_ja),
        "open_questions_en": list(instrument.open_questions_en),
        "open_questions_ja": list(instrument.open_questions_ja),
        "event_kinds": sorted(each.value for each in instrument.event_kinds),
        "status": instrument.status.value,
        "versions": [
            {
                "says_en": each.says_en,
                "says_ja": each.says_ja,
                "source": each.source,
                "source_checked": each.source_checked,
            }
            for each in instrument.versions
        ],
        "source": instrument.source,
        "source_checked": instrument.source_checked,
        "source_note": instrument.source_note or ("" if instrument.source_checked else "source not checked"),
        "reviewer": instrument.reviewer,
        "review_date": instrument.review_date or None,
    }


_LISTS: Final = ("trigger_facts_en", "trigger_facts_ja", "open_questions_en", "open_questions_ja")


def _instrument(row: Mapping[str, Any], *, defaults: Mapping[str, Any], where: str) -> Instrument:
    told: dict[str, Any] = {**defaults, **row}
    try:
        told["nature"] = LegalNature(told["nature"])
        told["status"] = EntryStatus(told.get("status", "CURRENT"))
        told["parties"] = frozenset(told["parties"])
        told["event_kinds"] = _kinds(told["event_kinds"])
        told["versions"] = tuple(Version(**each) for each in told.get("versions", ()))
        told |= {name: tuple(told.get(name, ())) for name in _LISTS}
        return Instrument(**told)
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{row.get('instrument_id')}: {error}", where=where) from None


def _kinds(given: Sequence[str]) -> frozenset[EventKind]:
    every: Iterable[str] = [each.value for each in EventKind] if list(given) == [ANY_PARTY] else given
    return frozenset(EventKind(each) for each in every)
