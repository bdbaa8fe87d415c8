"""UTC as day number and nanoseconds of the day, to and from TAI. Integers only; exact both ways."""

from __future__ import annotations

import functools
from bisect import bisect_right
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro._leap_seconds import NS_PER_DAY, NS_PER_S, packaged_leap_seconds
from mihari.errors import InputError

__all__ = [
    "END_DAY",
    "FIRST_DAY",
    "FIRST_YEAR",
    "LAST_YEAR",
    "tai_ns_from_utc_day",
    "tai_ns_from_utc_day_scalar",
    "utc_day_from_tai_ns",
    "utc_day_from_tai_ns_scalar",
]

FIRST_YEAR: Final = 1678
LAST_YEAR: Final = 2261
# 1678-01-01 and 2262-01-01: whole years that an int64 of nanoseconds holds.
FIRST_DAY: Final = -106_650
END_DAY: Final = 106_651


def tai_ns_from_utc_day(day: ArrayLike, ns_of_day: ArrayLike) -> NDArray[np.int64]:
    """Turn UTC days and nanoseconds of the day into TAI nanoseconds.

    Parameters
    ----------
    day : int array
        Days since 1970-01-01.
    ns_of_day : int array
        UTC nanoseconds since 0h of that day; 86,400 s and more only inside a leap second.

    Returns
    -------
    int64 array
        TAI nanoseconds since 1970-01-01T00:00:00 TAI.

    Raises
    ------
    InputError
        A day outside 1678 to 2261, or a time of day that the day does not have.
    """
    days, ns = np.broadcast_arrays(np.asarray(day, dtype=np.int64), np.asarray(ns_of_day, dtype=np.int64))
    table = packaged_leap_seconds()
    if days.size == 0:
        return np.zeros(days.shape, dtype=np.int64)
    if days.min() < FIRST_DAY or days.max() >= END_DAY:
        raise InputError(
            f"a date lies outside the years {FIRST_YEAR} to {LAST_YEAR}", remedy="64-bit nanoseconds reach no further"
        )
    late = ns >= NS_PER_DAY - NS_PER_S
    if ns.min() < 0 or (late.any() and np.any(ns[late] >= table.day_length_ns(days[late]))):
        raise InputError("a time of day is not within its UTC day", remedy="only a day with a leap second has 23:59:60")
    segment = np.searchsorted(table.first_day, days, side="right") - 1
    tai = days * NS_PER_DAY + ns + table.offset_ns[segment]
    drift = table.drift_ppb[segment]
    if drift.any():
        elapsed = (days - table.first_day[segment]) * NS_PER_DAY + ns
        tai += (elapsed * drift + NS_PER_S // 2) // NS_PER_S
    return np.asarray(tai, dtype=np.int64)


def utc_day_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn TAI nanoseconds into UTC days since 1970-01-01 and nanoseconds of the day.

    Inside a leap second the nanoseconds of the day are 86,400 s and more.
    """
    tai = np.asarray(tai_ns, dtype=np.int64)
    table = packaged_leap_seconds()
    segment = np.searchsorted(table.start_tai_ns, tai, side="right") - 1
    utc = tai - table.offset_ns[segment]
    drift = table.drift_ppb[segment]
    if drift.any():
        elapsed = tai - np.where(drift > 0, table.start_tai_ns[segment], tai)
        utc -= (elapsed * drift + (NS_PER_S + drift) // 2) // (NS_PER_S + drift)
    day = utc // NS_PER_DAY
    # The time inserted at a segment's end counts on beyond 86,400 s of the segment's last day.
    following = np.append(table.first_day[1:], END_DAY * 2)
    day = np.minimum(day, following[segment] - 1)
    return np.asarray(day, dtype=np.int64), np.asarray(utc - day * NS_PER_DAY, dtype=np.int64)


@functools.cache
def _scalar_table() -> tuple[list[int], list[int], list[int], list[int]]:
    """Return the packaged table as lists: Python's own integers are the faster ones for a single moment."""
    table = packaged_leap_seconds()
    return table.first_day.tolist(), table.offset_ns.tolist(), table.drift_ppb.tolist(), table.start_tai_ns.tolist()


def tai_ns_from_utc_day_scalar(day: int, ns_of_day: int) -> int | None:
    """Return TAI nanoseconds of one moment, or None when the UTC day has no such moment. The day is not checked."""
    first_day, offset_ns, drift_ppb, start_tai_ns = _scalar_table()
    index = bisect_right(first_day, day) - 1
    elapsed = (day - first_day[index]) * NS_PER_DAY + ns_of_day
    tai = day * NS_PER_DAY + ns_of_day + offset_ns[index] + (elapsed * drift_ppb[index] + NS_PER_S // 2) // NS_PER_S
    if index + 1 < len(first_day) and first_day[index + 1] == day + 1:
        return tai if tai < start_tai_ns[index + 1] else None
    return tai if ns_of_day < NS_PER_DAY else None


def utc_day_from_tai_ns_scalar(tai_ns: int) -> tuple[int, int]:
    """Return UTC day and nanoseconds of the day of one moment."""
    first_day, offset_ns, drift_ppb, start_tai_ns = _scalar_table()
    index = bisect_right(start_tai_ns, tai_ns) - 1
    rate = drift_ppb[index]
    utc = tai_ns - offset_ns[index]
    if rate:
        utc -= ((tai_ns - start_tai_ns[index]) * rate + (NS_PER_S + rate) // 2) // (NS_PER_S + rate)
    day = utc // NS_PER_DAY
    if index + 1 < len(first_day):
        day = min(day, first_day[index + 1] - 1)
    return day, utc - day * NS_PER_DAY
