"""Time: one int64 of TAI nanoseconds inside, the other scales at the edges.

A moment is the number of nanoseconds since 1970-01-01T00:00:00 TAI (1677 to 2262). UTC follows the leap second table
that came with the installed IERS data and, from 1958 to 1972, the drifting UTC of those years; after the table's
expiry it goes on without further leap seconds. UT1 needs Earth orientation: see `mihari.astro.earth`.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro._interpolation import through_grid
from mihari.astro._julian import JD_1970, day_and_fraction
from mihari.astro._leap_seconds import (
    NS_PER_DAY,
    NS_PER_S,
    LeapSeconds,
    packaged_leap_seconds,
    read_leap_seconds,
)
from mihari.astro._utc import tai_ns_from_utc_day, utc_day_from_tai_ns
from mihari.astro._utc_text import (
    format_utc,
    format_utc_array,
    parse_utc,
    parse_utc_array,
    read_clock,
    unit_ns,
    write_clock,
)
from mihari.errors import InputError

__all__ = [
    "GPS_EPOCH_TAI_NS",
    "J2000_TAI_NS",
    "NS_PER_DAY",
    "NS_PER_S",
    "LeapSeconds",
    "TimeScale",
    "format_time",
    "format_utc",
    "format_utc_array",
    "gps_week_from_tai_ns",
    "packaged_leap_seconds",
    "parse_time",
    "parse_utc",
    "parse_utc_array",
    "read_leap_seconds",
    "tai_ns_from_gps_week",
    "tai_ns_from_tdb_jd",
    "tai_ns_from_tt_jd",
    "tai_ns_from_utc_day",
    "tai_ns_from_utc_jd",
    "tdb_jd_from_tai_ns",
    "tt_jd_from_tai_ns",
    "utc_day_from_tai_ns",
    "utc_jd_from_tai_ns",
]


class TimeScale(Enum):
    """The scales in which a text may give a moment without further data; UT1 needs Earth orientation."""

    UTC = "UTC"
    TAI = "TAI"
    TT = "TT"
    TDB = "TDB"
    GPS = "GPS"


J2000_TAI_NS: Final = 946_727_967_816_000_000
"""J2000.0, 2000-01-01T12:00:00 TT."""
GPS_EPOCH_TAI_NS: Final = 315_964_819_000_000_000
"""Zero of GPS time, 1980-01-06T00:00:00 UTC, when TAI was 19 s ahead."""

_TT_TAI_NS: Final = 32_184_000_000
_AHEAD_OF_TAI_NS: Final = {
    TimeScale.TAI: 0,
    TimeScale.TT: _TT_TAI_NS,
    TimeScale.GPS: -19 * NS_PER_S,
}
_NS_PER_WEEK: Final = 7 * NS_PER_DAY


def parse_time(text: str, *, scale: TimeScale) -> int:
    """Read one moment of the given scale, written as `parse_utc` takes it; returns TAI nanoseconds.

    Raises
    ------
    InputError
        As `parse_utc`; scales other than UTC have no leap seconds and no Z.
    """
    if scale is TimeScale.UTC:
        return parse_utc(text)
    day, ns_of_day, is_rounded_up = read_clock(text)
    if text.strip()[-1:] in "Zz" or (ns_of_day >= NS_PER_DAY and not is_rounded_up):
        raise InputError(f"'{text}': only UTC has a Z and leap seconds", remedy=f"the scale given is {scale.value}")
    moment_ns = day * NS_PER_DAY + ns_of_day
    if scale is TimeScale.TDB:
        return int(tai_ns_from_tdb_jd(day + JD_1970, ns_of_day / NS_PER_DAY))
    return moment_ns - _AHEAD_OF_TAI_NS[scale]


def format_time(tai_ns: int, *, scale: TimeScale, digits: int = 6) -> str:
    """Write one moment in the given scale, rounded to `digits` decimals of a second; only UTC ends in Z."""
    if scale is TimeScale.UTC:
        return format_utc(tai_ns, digits=digits)
    if scale is TimeScale.TDB:
        jd1, jd2 = tt_jd_from_tai_ns(tai_ns)
        moment_ns = int(tai_ns) + _TT_TAI_NS + round(float(_tdb_tt_s(jd1, jd2)) * NS_PER_S)
    else:
        moment_ns = int(tai_ns) + _AHEAD_OF_TAI_NS[scale]
    unit = unit_ns(digits)
    return write_clock(*divmod((moment_ns + unit // 2) // unit * unit, NS_PER_DAY), digits=digits)


def tai_ns_from_utc_jd(jd1: ArrayLike, jd2: ArrayLike) -> NDArray[np.int64]:
    """Turn a two-part Julian date of UTC into TAI nanoseconds, rounded to the nearest.

    The parts may be split in any way. As in ERFA, the day's fraction is that of the day's own length, so a day with a
    leap second has 86,401 s; on other days there is no difference.

    Raises
    ------
    InputError
        Not finite, or outside 1678 to 2261.
    """
    day, fraction = day_and_fraction(jd1, jd2)
    length = packaged_leap_seconds().day_length_ns(day)
    ns = np.rint(fraction * length).astype(np.int64)
    over = ns >= length
    return tai_ns_from_utc_day(day + over, np.where(over, 0, ns))


def utc_jd_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return UTC as a two-part Julian date: 0h of the day, and the fraction of the day's own length."""
    day, ns = utc_day_from_tai_ns(tai_ns)
    return np.asarray(day + JD_1970), ns / packaged_leap_seconds().day_length_ns(day)


def tt_jd_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return TT = TAI + 32.184 s as a two-part Julian date: 0h of the TAI day, and days since."""
    day, ns = np.divmod(np.asarray(tai_ns, dtype=np.int64), NS_PER_DAY)
    return np.asarray(day + JD_1970), (ns + _TT_TAI_NS) / NS_PER_DAY


def tai_ns_from_tt_jd(jd1: ArrayLike, jd2: ArrayLike) -> NDArray[np.int64]:
    """Turn a two-part Julian date of TT into TAI nanoseconds, rounded to the nearest."""
    day, fraction = day_and_fraction(jd1, jd2)
    return np.asarray(day * NS_PER_DAY + np.rint(fraction * NS_PER_DAY).astype(np.int64) - _TT_TAI_NS)


def tdb_jd_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return TDB as a two-part Julian date: 0h of the TAI day, and days since.

    At the geocentre: the topocentric terms, up to 2 us, are left out.

    References
    ----------
    Fairhead, Bretagnon, Astron. Astrophys. 229, 240 (1990), as in ERFA's `eraDtdb`.
    """
    jd1, jd2 = tt_jd_from_tai_ns(tai_ns)
    return jd1, jd2 + _tdb_tt_s(jd1, jd2) / 86_400.0


def tai_ns_from_tdb_jd(jd1: ArrayLike, jd2: ArrayLike) -> NDArray[np.int64]:
    """Turn a two-part Julian date of TDB into TAI nanoseconds, rounded to the nearest."""
    tai = tai_ns_from_tt_jd(jd1, jd2)
    # TDB - TT changes by 3e-10 s/s at most: evaluated 2 ms off it is wrong by less than 1e-12 s.
    return np.asarray(tai - np.rint(_tdb_tt_s(*tt_jd_from_tai_ns(tai)) * NS_PER_S).astype(np.int64))


def _tdb_tt_s(jd1: NDArray[np.float64], jd2: NDArray[np.float64]) -> NDArray[np.float64]:
    days = (jd1 - erfa.DJ00) + jd2
    offset_s = through_grid(lambda d: erfa.dtdb(erfa.DJ00, d, 0.0, 0.0, 0.0, 0.0)[np.newaxis], days.reshape(-1))
    return np.asarray(offset_s[0].reshape(days.shape))


def gps_week_from_tai_ns(tai_ns: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return full GPS weeks since 1980-01-06 (no rollover) and the nanoseconds of the week."""
    week, ns = np.divmod(np.asarray(tai_ns, dtype=np.int64) - GPS_EPOCH_TAI_NS, _NS_PER_WEEK)
    return np.asarray(week), np.asarray(ns)


def tai_ns_from_gps_week(week: ArrayLike, ns_of_week: ArrayLike) -> NDArray[np.int64]:
    """Turn full GPS weeks and nanoseconds of the week into TAI nanoseconds."""
    weeks, ns = np.asarray(week, dtype=np.int64), np.asarray(ns_of_week, dtype=np.int64)
    return np.asarray(weeks * _NS_PER_WEEK + ns + GPS_EPOCH_TAI_NS)
