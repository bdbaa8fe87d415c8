"""Which messages speak of the same event, which are duplicates, late or stale, and how an event develops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mihari.astro.time import format_utc
from mihari.model.assessment import Assessment
from mihari.model.conjunction_message import ConjunctionMessage

__all__ = ["EventKey", "event_key", "match_event", "stale_reason", "trend_of"]

_SAME_EVENT_NS: Final = 600 * 10**9
"""Updates of one event differ by seconds in their closest approach; the next passage is half an orbit away, more than
forty minutes. Ten minutes lie between."""
_SLOW_SAME_EVENT_NS: Final = 6 * 3600 * 10**9
"""Below 100 m/s objects travel together and the closest approach wanders by hours."""
_SLOW_M_S: Final = 100.0


@dataclass(frozen=True, slots=True)
class EventKey:
    """What tells one event from another: the pair, in order, and the time."""

    first: str
    second: str
    tca_tai_ns: int
    is_slow: bool

    @property
    def event_id(self) -> str:
        """Name of an event that this key is the first of: both designators and the minute."""
        minute = format_utc(self.tca_tai_ns, digits=0).replace("-", "").replace(":", "")[:13]
        return f"{self.first}-{self.second}-{minute}"

    def is_same_event(self, other: EventKey) -> bool:
        """Say whether two keys speak of one event."""
        if (self.first, self.second) != (other.first, other.second):
            return False
        within = _SLOW_SAME_EVENT_NS if self.is_slow and other.is_slow else _SAME_EVENT_NS
        return abs(self.tca_tai_ns - other.tca_tai_ns) <= within


def event_key(message: ConjunctionMessage) -> EventKey:
    """Return the key of a message; it does not depend on which object comes first."""
    first, second = sorted((_name(message, 0), _name(message, 1)), key=lambda text: (len(text), text))
    speed = message.relative_speed_m_s
    return EventKey(first, second, message.tca_tai_ns, speed is not None and speed < _SLOW_M_S)


def _name(message: ConjunctionMessage, which: int) -> str:
    each = message.objects[which]
    return str(each.norad_cat_id) if each.norad_cat_id is not None else each.designator.strip().replace(" ", "_")


def match_event(key: EventKey, known: Iterable[tuple[str, EventKey]]) -> str | None:
    """Return the id of the known event that a key belongs to: the nearest in time, else None."""
    near = [(abs(key.tca_tai_ns - other.tca_tai_ns), event_id) for event_id, other in known if key.is_same_event(other)]
    return min(near)[1] if near else None


def stale_reason(
    assessment: Assessment, *, newer: Sequence[Assessment], manoeuvres: Sequence[tuple[int, int, str]]
) -> str:
    """Say why an assessment is no longer what one should go by; empty while it stands.

    Parameters
    ----------
    newer : sequence of Assessment
        Others of the same event.
    manoeuvres : sequence of (norad_cat_id, epoch_tai_ns, words)
        Planned or detected. One before the closest approach and after the message was made makes the message stale.
    """
    numbers = {each.norad_cat_id for each in assessment.objects}
    for number, epoch_tai_ns, words in manoeuvres:
        if number in numbers and assessment.creation_tai_ns <= epoch_tai_ns <= assessment.tca_tai_ns:
            when = format_utc(epoch_tai_ns, digits=0)
            return f"{number} manoeuvres at {when} ({words}), after this message was made"
    later = [other for other in newer if other.creation_tai_ns > assessment.creation_tai_ns]
    if later:
        latest = max(later, key=lambda other: other.creation_tai_ns)
        return f"superseded by {latest.message_id}"
    return ""


def trend_of(history: Sequence[Assessment]) -> list[dict[str, object]]:
    """Return an event's updates, oldest message first, each with what moved it.

    Every row has the message, its time, TCA, miss distance, probability, level, and `moved_by`: which object was
    observed anew since the update before, or that none was.
    """
    ordered = sorted(history, key=lambda each: (each.creation_tai_ns, each.message_id))
    rows: list[dict[str, object]] = []
    before: Assessment | None = None
    for now in ordered:
        moved = "first message"
        if before is not None:
            seen = [
                each.designator
                for each, old in zip(now.objects, _aligned(before, now), strict=True)
                if (each.last_observation_tai_ns or 0) > (old.last_observation_tai_ns or 0)
            ]
            moved = f"new observations of {', '.join(seen)}" if seen else "no new observations: another prediction only"
        rows.append(
            {
                "message_id": now.message_id,
                "creation_tai_ns": now.creation_tai_ns,
                "tca_tai_ns": now.tca_tai_ns,
                "miss_distance_m": now.geometry.miss_distance_m,
                "probability": now.probability,
                "maximum_probability": None if now.maximum is None else now.maximum.value,
                "action_level": now.action_level.value,
                "moved_by": moved,
            }
        )
        before = now
    return rows


def _aligned(old: Assessment, new: Assessment):  # type: ignore[no-untyped-def]
    if old.objects[0].designator == new.objects[1].designator:
        return old.objects[::-1]
    return old.objects
