"""Which moment a question is about, and why that one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError, UsageError

__all__ = ["NOW_WHEN_YOUNGER_THAN_S", "Moment", "choose_moment", "moment_tai_ns"]

NOW_WHEN_YOUNGER_THAN_S: Final = 7 * 86_400.0
"""Element sets older than this say little about now, so an archive is shown at its own time."""
_SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with the reason for its choice in words."""

    at_tai_ns: int
    reason: str


def moment_tai_ns(given: str | int, *, option: str) -> int:
    """Read a moment from UTC text or take TAI nanoseconds as they are.

    Raises
    ------
    UsageError
        The text is not a UTC time; `option` is named.
    """
    if isinstance(given, int):
        return given
    try:
        return parse_utc(given)
    except InputError as error:
        raise UsageError(
            f"{given!r} is not a UTC time", where=option, remedy="write it like 2025-01-08T03:58:00 or 2025-01-08"
        ) from error


def choose_moment(given: str | int | None, *, median_epoch_tai_ns: int, now_tai_ns: int, option: str) -> Moment:
    """Choose the moment: the one given; now, when the element sets are fresh; else their median epoch.

    Now is the second that has begun, so that many who ask at once ask the same.
    """
    if given is not None:
        return Moment(moment_tai_ns(given, option=option), "as asked")
    age_days = (now_tai_ns - median_epoch_tai_ns) / 86_400e9
    now_tai_ns -= now_tai_ns % _SECOND_NS
    if age_days * 86_400.0 <= NOW_WHEN_YOUNGER_THAN_S:
        return Moment(now_tai_ns, f"now: the median age of the element sets is {age_days:.1f} days")
    return Moment(
        median_epoch_tai_ns,
        f"the median epoch of the element sets, which at {age_days:.0f} days of age say little about now "
        f"({format_utc(now_tai_ns, digits=0)})",
    )
