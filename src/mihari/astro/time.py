"""Time: one int64 of TAI nanoseconds inside, the other scales at the edges.

A moment is the number of nanoseconds since 1970-01-01T00:00:00 TAI (1677 to 2262). UTC follows the leap second table
that came with the installed IERS data and, from 1958 to 1972, the drifting UTC of those years; after the table's
expiry it goes on without further leap seconds. UT1 needs Earth orientation: see `mihari.astro.earth`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro._leap_seconds import (
    MJD_1970,
    NS_PER_DAY,
    NS_PER_S,
    LeapSeconds,
    packaged_leap_seconds,
    read_leap_seconds,
)
from mihari.astro._utc import tai_ns_from_utc_day, utc_day_from_tai_ns
from mihari.astro._utc_text import format_utc, format_utc_array, parse_utc, parse_utc_array
from mihari.errors import InputError

__all__ = [
    "NS_PER_DAY",
    "NS_PER_S",
    "LeapSeconds",
    "format_utc",
    "format_utc_array",
    "packaged_leap_seconds",
    "parse_utc",
    "parse_utc_array",
    "read_leap_seconds",
    "tai_ns_from_utc_day",
    "tai_ns_from_utc_jd",
    "utc_day_from_tai_ns",
    "utc_jd_from_tai_ns",
]

_JD_1970: Final = 2_400_000.5 + MJD_1970


def tai_ns_from_utc_jd(jd1: ArrayLike, jd2: ArrayLike) -> NDArray[np.int64]:
    """Turn a two-part Julian date of UTC into TAI nanoseconds, rounded to the nearest.

    The parts may be split in any way. As in ERFA, the day's fraction is that of the day's own length, so a day with a
    leap second has 86,401 s; on other days there is no difference.

    Raises
    ------
    InputError
        Not finite, or outside 1678 to 2261.
    """
    day, fraction = _day_and_fraction(jd1, jd2)
    length = packaged_leap_seconds().day_length_ns(day)
    ns = np.rint(fraction * length).astype(np.int64)
    over = ns >= length
    return tai_ns_from_utc_day(day + over, np.where(over, 0, ns))


def utc_jd_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return UTC as a two-part Julian date: 0h of the day, and the fraction of the day's own length."""
    day, ns = utc_day_from_tai_ns(tai_ns)
    return day + _JD_1970, ns / packaged_leap_seconds().day_length_ns(day)


def _day_and_fraction(jd1: ArrayLike, jd2: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Split a two-part Julian date into days since 1970 and a fraction in [0, 1), without loss."""
    first, second = np.broadcast_arrays(np.asarray(jd1, dtype=np.float64), np.asarray(jd2, dtype=np.float64))
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError("a Julian date is not a finite number", remedy="give both parts as finite days")
    whole = np.rint(first) + np.rint(second)
    fraction = (first - np.rint(first)) + (second - np.rint(second)) + 0.5
    carry = np.floor(fraction)
    day = whole + carry - (_JD_1970 + 0.5)
    if day.size and np.abs(day).max() > 200_000:
        raise InputError("a Julian date lies outside the years 1678 to 2261", remedy="give days, not seconds")
    return day.astype(np.int64), fraction - carry
