"""Which messages speak of the same event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from mihari.astro.time import format_utc
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject

__all__ = ["EventKey", "event_key", "match_event", "name_in_events"]

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
    first, second = sorted(map(name_in_events, message.objects), key=lambda text: (len(text), text))
    one, two = message.objects
    speed_m_s = float(np.linalg.norm(two.velocity_m_s - one.velocity_m_s)) if one.frame is two.frame else np.inf
    return EventKey(first, second, message.tca_tai_ns, speed_m_s < _SLOW_M_S)


def name_in_events(each: ConjunctionObject) -> str:
    """Return what an object is called in events: its catalogue number, else the designator of its message."""
    return str(each.norad_cat_id) if each.norad_cat_id is not None else each.designator.strip().replace(" ", "_")


def match_event(key: EventKey, known: Iterable[tuple[str, EventKey]]) -> str | None:
    """Return the id of the known event that a key belongs to: the nearest in time, else None."""
    near = [(abs(key.tca_tai_ns - other.tca_tai_ns), event_id) for event_id, other in known if key.is_same_event(other)]
    return min(near)[1] if near else None
