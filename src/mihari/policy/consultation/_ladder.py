"""The ladder of consultation as data, and which rung comes next: owner, clock and record of each. It sends nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import NotFoundError
from mihari.model.party import PartyBook
from mihari.model.space_event import EventKind, SpaceEvent

__all__ = ["ConsultationStep", "Rung", "RungState", "StepAction", "ladder", "next_rung", "rung_of", "rung_states"]

_NS: Final = 1_000_000_000


class StepAction(Enum):
    """What a person did about a rung."""

    OPENED = "OPENED"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung.

    Attributes
    ----------
    owner : str
        Role that has to act, as `mihari.policy.access.Role` names it.
    within_s : float
        Default clock from the first report on.
    parties_all, parties_any : frozenset of str
        Parties or groups that must be concerned; empty for whoever is.
    """

    rung_id: str
    name_en: str
    name_ja: str
    owner: str
    within_s: float
    instruments: tuple[str, ...]
    event_kinds: frozenset[EventKind]
    parties_all: frozenset[str]
    parties_any: frozenset[str]
    entry_facts_en: tuple[str, ...]
    entry_facts_ja: tuple[str, ...]
    record_en: str
    record_ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationStep:
    """What a named person recorded about a rung."""

    rung_id: str
    action: StepAction
    text: str
    written_by: str
    written_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RungState:
    """A rung for one event: whether it is open to it, when it is due, and what was recorded.

    `standing` is ``done``, ``skipped``, ``open``, ``waiting`` or ``not for this event``, with the reason.
    """

    rung: Rung
    standing: str
    reason_en: str
    due_tai_ns: int
    is_overdue: bool
    steps: tuple[ConsultationStep, ...]


@lru_cache(maxsize=1)
def ladder() -> tuple[Rung, ...]:
    """Return the packaged rungs, lowest first."""
    path = files("mihari.policy.consultation") / "data" / "ladder.json"
    return tuple(_rung(row) for row in json.loads(path.read_text(encoding="utf-8"))["rungs"])


def rung_of(rung_id: str) -> Rung:
    """Return one rung, or raise NotFoundError."""
    for each in ladder():
        if each.rung_id == rung_id:
            return each
    known = ", ".join(each.rung_id for each in ladder())
    raise NotFoundError(f"there is no rung {rung_id[:60]!r}", where="--rung", remedy=f"there are {known}")


def rung_states(
    event: SpaceEvent,
    *,
    first_written_tai_ns: int,
    concerned: frozenset[str],
    steps: Sequence[ConsultationStep],
    book: PartyBook,
    now_tai_ns: int,
) -> tuple[RungState, ...]:
    """Return how each rung stands for an event.

    Parameters
    ----------
    first_written_tai_ns : int
        When the first report was written: clocks run from there.
    concerned : frozenset of str
        Parties that own, operate, register, rely on or say to protect an affected asset.
    steps : sequence of ConsultationStep
        Oldest first.
    """
    groups = {name for party in concerned for name in book.groups_of(party)}
    found = []
    for rung in ladder():
        own = tuple(each for each in steps if each.rung_id == rung.rung_id)
        standing, reason = _standing(rung, event, groups, own)
        due = first_written_tai_ns + round(rung.within_s * _NS)
        found.append(
            RungState(
                rung=rung,
                standing=standing,
                reason_en=reason,
                due_tai_ns=due,
                is_overdue=standing in ("open", "waiting") and now_tai_ns > due,
                steps=own,
            )
        )
    return tuple(found)


def next_rung(states: Iterable[RungState]) -> RungState | None:
    """Return the lowest rung that is for this event and is neither done nor skipped; None when none is left."""
    return next((each for each in states if each.standing in ("open", "waiting")), None)


def _standing(rung: Rung, event: SpaceEvent, groups: set[str], steps: Sequence[ConsultationStep]) -> tuple[str, str]:
    if steps and steps[-1].action is StepAction.DONE:
        return "done", f"recorded by {steps[-1].written_by}"
    if steps and steps[-1].action is StepAction.SKIPPED:
        return "skipped", f"by {steps[-1].written_by}: {steps[-1].text}"
    if steps:
        return "open", f"opened by {steps[-1].written_by}"
    if event.kind not in rung.event_kinds:
        return "not for this event", f"it is not for events of kind {event.kind.value}"
    missing = rung.parties_all - groups
    if missing:
        return "not for this event", f"{', '.join(sorted(missing))} not among the parties concerned, as far as is known"
    if rung.parties_any and not rung.parties_any & groups:
        return "not for this event", f"no party of {' or '.join(sorted(rung.parties_any))} is known to be concerned"
    return "waiting", "nobody recorded anything yet"


def _rung(row: Mapping[str, Any]) -> Rung:
    kinds = [each.value for each in EventKind] if row["event_kinds"] == ["*"] else row["event_kinds"]
    return Rung(
        **{
            **row,
            "event_kinds": frozenset(EventKind(each) for each in kinds),
            **{name: frozenset(row[name]) for name in ("parties_all", "parties_any")},
            **{name: tuple(row[name]) for name in ("instruments", "entry_facts_en", "entry_facts_ja")},
        }
    )
