"""The one clock of Mihari. Everything below this floor is told the time."""

from __future__ import annotations

import time
from collections.abc import Callable

from mihari.astro.time import parse_utc

__all__ = ["Clock", "system_clock_tai_ns"]

Clock = Callable[[], int]
"""Gives the present moment as TAI nanoseconds since 1970-01-01T00:00:00 TAI."""


def system_clock_tai_ns() -> int:
    """Return the system's present moment, TAI nanoseconds.

    The system clock counts UTC without leap seconds; whole seconds go through the leap-second table, the fraction
    is added. During an inserted leap second the answer is ambiguous by one second, as the system clock itself is.
    """
    seconds, fraction_ns = divmod(time.time_ns(), 1_000_000_000)
    return parse_utc(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))) + fraction_ns
