"""Whether a report tells what its kind of event must tell, and nothing that it must not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mihari.astro.time import parse_utc
from mihari.errors import InputError
from mihari.model.space_event import EventKind, EventStatus, SpaceEvent
from mihari.policy.events._kinds import EventRule, FactRule, FactType, event_rule
from mihari.policy.language import Language

__all__ = ["check_event", "event_faults", "evidence_lines", "standing_words"]

_SHOWN: Final = 6
_LINES_OF_A_BREAKUP: Final = 2


def check_event(event: SpaceEvent) -> None:
    """Raise InputError with everything that is wrong with a report; `where` names the first member."""
    faults = list(event_faults(event))
    if not faults:
        return
    rest = "; ".join(f"{where}: {what}" for where, what in faults[1:_SHOWN])
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    raise InputError(
        f"{faults[0][1]}" + (f"; {rest}{more}" if rest else ""),
        where=faults[0][0],
        remedy=f"docs/how-to/policy-desk lists what a report of kind {event.kind.value} needs",
    )


def event_faults(event: SpaceEvent) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a report: the member and why. A cancellation need not tell more than that it is one."""
    rule = event_rule(event.kind)
    if event.status is not EventStatus.CANCELLED:
        yield from _missing(event, rule)
    known = {fact.name: fact for fact in rule.facts}
    for name, value in event.facts.items():
        if name not in known:
            yield f"facts.{name}", f"is no fact of kind {event.kind.value}; there are {', '.join(known)}"
        elif (fault := _fact_fault(value, known[name])) is not None:
            yield f"facts.{name}", fault


def evidence_lines(event: SpaceEvent) -> int:
    """Return how many independent lines of evidence a report has: pieces of the same source count once."""
    return len({each.source.strip().casefold() for each in event.evidence})


def standing_words(event: SpaceEvent, *, lang: Language) -> str:
    """Return how firmly an event may be told: a breakup on one line of evidence alone is "possible"."""
    if event.kind is EventKind.CONJUNCTION:
        return "assessed" if lang is Language.EN else "評価済み"
    is_possible = event.kind is EventKind.BREAKUP and evidence_lines(event) < _LINES_OF_A_BREAKUP
    if lang is Language.EN:
        return "possible: one line of evidence" if is_possible else "reported"
    return "可能性あり (証拠は一系統)" if is_possible else "報告あり"


def _missing(event: SpaceEvent, rule: EventRule) -> Iterator[tuple[str, str]]:
    if len(event.objects) < rule.least_objects:
        yield "objects", f"{rule.least_objects} needed, {len(event.objects)} given"
    if rule.needs_window and event.end_tai_ns is None:
        yield "end_utc", "is missing: this kind of event has a window"
    if len(event.evidence) < rule.least_evidence:
        yield "evidence", f"{rule.least_evidence} needed, {len(event.evidence)} given"
    if rule.evidence_of is not None and all(each.kind is not rule.evidence_of for each in event.evidence):
        yield "evidence", f"a piece of kind {rule.evidence_of.value} is needed"
    if rule.needs_alternatives and len(event.alternatives) < 2:
        yield "alternatives", "two or more explanations are needed"
    if rule.needs_next_update and event.next_update_tai_ns is None and not event.status.is_over:
        yield "next_update_utc", "is missing: say when the next report comes"
    for fact in rule.facts:
        if fact.is_needed and event.facts.get(fact.name) in (None, "", [], {}):
            yield f"facts.{fact.name}", "is missing"


def _fact_fault(value: Any, rule: FactRule) -> str | None:
    if value is None:
        return None
    if not _FITS[rule.type](value):
        return f"is not {_NAMES[rule.type]}"
    if rule.type is FactType.NUMBER and (
        (rule.least is not None and value < rule.least) or (rule.most is not None and value > rule.most)
    ):
        return f"is out of range: {rule.least} to {'any' if rule.most is None else rule.most}"
    if rule.type in (FactType.RECORDS, FactType.TEXTS) and len(value) < (rule.least or 1):
        return f"needs {rule.least or 1:g} or more entries: one alone says too little"
    if rule.count is not None and len(value) != rule.count:
        return f"needs {rule.count} numbers"
    if rule.pattern and not re.match(rule.pattern, value):
        return f"does not match {rule.pattern}"
    if rule.type in (FactType.RECORD, FactType.RECORDS):
        for each in [value] if rule.type is FactType.RECORD else value:
            if (fault := _record_fault(each, rule)) is not None:
                return fault
    return None


def _record_fault(given: Mapping[str, Any], rule: FactRule) -> str | None:
    for name in given:
        if name not in rule.members:
            return f"{name[:60]!r} is no member; there are {', '.join(rule.members)}"
    for name, kind in rule.members.items():
        value = given.get(name)
        if value is None:
            if not kind.endswith("?"):
                return f"{name} is missing in an entry"
        elif not _FITS[FactType(kind.rstrip("?"))](value):
            return f"{name} is not {_NAMES[FactType(kind.rstrip('?'))]}"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_moment(value: Any) -> bool:
    try:
        parse_utc(value)
    except (InputError, TypeError, AttributeError):
        return False
    return True


def _is_list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(fits(each) for each in value)


_FITS: Final[Mapping[FactType, Callable[[Any], bool]]] = {
    FactType.TEXT: _is_text,
    FactType.TEXTS: _is_list_of(_is_text),
    FactType.NUMBER: _is_number,
    FactType.NUMBERS: _is_list_of(_is_number),
    FactType.FLAG: lambda value: isinstance(value, bool),
    FactType.MOMENT: _is_moment,
    FactType.RECORD: lambda value: isinstance(value, Mapping),
    FactType.RECORDS: _is_list_of(lambda value: isinstance(value, Mapping)),
}
_NAMES: Final[Mapping[FactType, str]] = {
    FactType.TEXT: "text",
    FactType.TEXTS: "a list of texts",
    FactType.NUMBER: "a number",
    FactType.NUMBERS: "a list of numbers",
    FactType.FLAG: "true or false",
    FactType.MOMENT: "a UTC moment like 2026-01-02T03:04:05Z",
    FactType.RECORD: "an object",
    FactType.RECORDS: "a list of objects",
}
