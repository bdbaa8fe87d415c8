"""When an orbit is likely to be tracked again: an estimate from how often it was, and labelled so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from mihari.model.assessment import NextTracking
from mihari.model.conjunction_message import ConjunctionObject

__all__ = ["count_before", "next_tracking_of_history", "next_tracking_of_message"]

_DAY_S: Final = 86_400.0
_FEWEST_TRACKS: Final = 2


def next_tracking_of_message(each: ConjunctionObject, *, creation_tai_ns: int) -> NextTracking | None:
    """Return the estimate from one message: its orbit rests on so many tracks over so long a span.

    None where the message leaves out the tracks, the span or the last observation: observations alone tell nothing,
    because they come in passes.
    """
    tracks, span_s, last = each.tracks_used, each.actual_od_span_s, each.last_observation_end_tai_ns
    if tracks is None or tracks < _FEWEST_TRACKS or span_s is None or not span_s > 0.0 or last is None:
        return None
    basis = f"{tracks} tracks in the {span_s / _DAY_S:.1f} d of its orbit determination"
    return _after(last, span_s / tracks, creation_tai_ns, basis)


def next_tracking_of_history(last_observations_tai_ns: Sequence[int], *, now_tai_ns: int) -> NextTracking | None:
    """Return the estimate from the updates of an event: how often the last observation moved on.

    None with fewer than two different times of last observation.
    """
    seen = sorted(set(last_observations_tai_ns))
    if len(seen) < _FEWEST_TRACKS:
        return None
    interval_s = (seen[-1] - seen[0]) * 1e-9 / (len(seen) - 1)
    return _after(seen[-1], interval_s, now_tai_ns, f"{len(seen)} times of last observation in its messages")


def _after(last_tai_ns: int, interval_s: float, now_tai_ns: int, basis: str) -> NextTracking:
    """The first multiple of the interval after now: what was missed was missed, the next is as far as ever."""
    missed = max(1, math.floor((now_tai_ns - last_tai_ns) * 1e-9 / interval_s) + 1)
    return NextTracking(
        expected_tai_ns=last_tai_ns + round(missed * interval_s * 1e9), interval_s=interval_s, basis=basis
    )


def count_before(tracking: NextTracking | None, until_tai_ns: int) -> int | None:
    """Return how many trackings are to be expected before a moment; None where nothing is known."""
    if tracking is None:
        return None
    left_s = (until_tai_ns - tracking.expected_tai_ns) * 1e-9
    return 0 if left_s < 0.0 else 1 + math.floor(left_s / tracking.interval_s)
