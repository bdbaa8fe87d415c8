"""Waiting for tracking as something that may be done: until when, and what would then be known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mihari.app.avoidance_problem import PosedProblem
from mihari.astro.time import format_utc
from mihari.conjunction.assessment import next_tracking_of_message
from mihari.conjunction.avoidance import Wait
from mihari.errors import UsageError

__all__ = ["WaitFor", "read_waits", "waits_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    """Tracking to wait for; the share of the covariance that is expected to be left, where somebody says it."""

    until_tai_ns: int
    covariance_share: float | None = None


def waits_of(
    given: Sequence[WaitFor], posed: PosedProblem, *, event_id: str, start_tai_ns: int, lead_time_s: float
) -> tuple[tuple[Wait, ...], tuple[str, ...]]:
    """Return what may be waited for, and in words where the figures come from.

    Parameters
    ----------
    given : sequence of WaitFor
        Empty: the next tracking of the secondary that can be expected, and the last moment of a decision.
    posed : PosedProblem
    event_id : str
    start_tai_ns : int
    lead_time_s : float
        Of a decision, before closest approach.

    Raises
    ------
    UsageError
        A moment given does not lie between start and closest approach.

    Validation
    ----------
    tests/unit/test_app_avoid.py.
    """
    laid = next((each for each in posed.conjunctions if each.warned.event_id == event_id), posed.conjunctions[0])
    message, secondary = laid.warned.message, laid.warned.secondary
    asked: list[tuple[WaitFor, str]] = [(each, "as asked") for each in given]
    if not asked:
        tracking = next_tracking_of_message(secondary, creation_tai_ns=message.creation_tai_ns)
        if tracking is not None:
            until = WaitFor(until_tai_ns=tracking.expected_tai_ns)
            asked.append((until, f"next tracking of the secondary, an estimate from {tracking.basis}"))
        decide = message.tca_tai_ns - round(lead_time_s * 1e9)
        asked.append((WaitFor(until_tai_ns=decide), "the last moment of a decision, by the profile's lead time"))
        asked = [each for each in asked if start_tai_ns < each[0].until_tai_ns < message.tca_tai_ns]
    waits, words = [], []
    seen = secondary.last_observation_end_tai_ns or message.creation_tai_ns
    for each, reason in asked:
        if not start_tai_ns <= each.until_tai_ns < message.tca_tai_ns:
            raise UsageError(
                f"waiting until {format_utc(each.until_tai_ns, digits=0)} is not between start and closest approach",
                where="--wait",
            )
        share = each.covariance_share
        if share is None:
            share = min(1.0, ((message.tca_tai_ns - each.until_tai_ns) / (message.tca_tai_ns - seen)) ** 2)
            reason += "; assumed: sigmas shrink with the time from the last observation to closest approach"
        waits.append(Wait(until_tai_ns=each.until_tai_ns, covariance_share=share))
        words.append(reason)
    return tuple(waits), tuple(words)


def read_waits(texts: Sequence[str], moment: Callable[[str], int]) -> tuple[WaitFor, ...]:
    """Read waits as people write them: UTC, or UTC@SHARE of the covariance that is expected to be left.

    Raises
    ------
    UsageError
        The share is no number above 0 and up to 1.
    """
    found = []
    for text in texts:
        when, _, share = text.partition("@")
        try:
            value = float(share) if share else None
        except ValueError:
            value = math.nan
        if value is not None and not 0.0 < value <= 1.0:
            raise UsageError(f"a covariance share of {share!r}", where="--wait", remedy="give UTC@SHARE, above 0 to 1")
        found.append(WaitFor(until_tai_ns=moment(when), covariance_share=value))
    return tuple(found)
