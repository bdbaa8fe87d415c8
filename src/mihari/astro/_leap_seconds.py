"""The table that ties UTC to TAI: drift segments before 1972, leap seconds since.

UTC is kept as a day number (days since 1970-01-01) and the nanoseconds since that day's 0h. Everything is integer
arithmetic, so that UTC to TAI and back is exact to the nanosecond on every day, those with a leap second included.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import astropy_iers_data
import numpy as np
from numpy.typing import NDArray

from mihari.errors import FormatError

__all__ = [
    "MJD_1970",
    "NS_PER_DAY",
    "NS_PER_S",
    "LeapSeconds",
    "days_from_civil",
    "packaged_leap_seconds",
    "read_leap_seconds",
]

NS_PER_S: Final = 1_000_000_000
NS_PER_DAY: Final = 86_400 * NS_PER_S
MJD_1970: Final = 40587

# From 1960 to 1972 UTC ran at its own rate: TAI - UTC = a + (MJD - m) r. The rows are those of ERFA's `eraDat` and of
# the USNO's tai-utc.dat: MJD of the row, a in microseconds, m, r in units of 86.4 us/day. In that unit every rate is a
# whole number of nanoseconds per second: 15, 13 and 30, which is what makes exact integer arithmetic possible.
# The first row carries the rate of 1960 back to the day on which it meets TAI = UTC, 1958-01-04; before that day there
# was no TAI and the two are taken as one. ERFA puts zero before 1960, a jump of 0.94 s that never happened.
_DRIFT_ROWS: Final = (
    (36207, 1_417_818, 37300, 15),
    (37300, 1_422_818, 37300, 15),
    (37512, 1_372_818, 37300, 15),
    (37665, 1_845_858, 37665, 13),
    (38334, 1_945_858, 37665, 13),
    (38395, 3_240_130, 38761, 15),
    (38486, 3_340_130, 38761, 15),
    (38639, 3_440_130, 38761, 15),
    (38761, 3_540_130, 38761, 15),
    (38820, 3_640_130, 38761, 15),
    (38942, 3_740_130, 38761, 15),
    (39004, 3_840_130, 38761, 15),
    (39126, 4_313_170, 39126, 30),
    (39887, 4_213_170, 39126, 30),
)
# One day before the first moment an int64 of nanoseconds can hold, so that every representable moment has a segment.
_FIRST_DAY: Final = -106_753


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a date of the proleptic Gregorian calendar, unchecked."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


@dataclass(frozen=True, slots=True, eq=False)
class LeapSeconds:
    """TAI - UTC as segments, each from 0h UTC of its first day on.

    Attributes
    ----------
    first_day : int64 array, (n,)
        Days since 1970-01-01, ascending.
    offset_ns : int64 array, (n,)
        TAI - UTC at the segment's first moment.
    drift_ppb : int64 array, (n,)
        Nanoseconds that the offset grows per UTC second; 0 since 1972.
    expires_day : int
        Day until which the table is known to be complete. Later moments are converted as if no leap second followed.
    """

    first_day: NDArray[np.int64]
    offset_ns: NDArray[np.int64]
    drift_ppb: NDArray[np.int64]
    expires_day: int

    def __post_init__(self) -> None:
        for column in (self.first_day, self.offset_ns, self.drift_ppb):
            column.setflags(write=False)

    @property
    def start_tai_ns(self) -> NDArray[np.int64]:
        """First moment of each segment; the first one is the least int64, for nothing lies before it."""
        start = np.clip(self.first_day, -106_751, None) * NS_PER_DAY + self.offset_ns
        start[0] = np.iinfo(np.int64).min
        return start

    @property
    def expires_tai_ns(self) -> int:
        """Moment from which an unannounced leap second may be missing."""
        return self.expires_day * NS_PER_DAY + int(self.offset_ns[-1])

    def day_length_ns(self, day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the length of UTC days in UTC nanoseconds: 86,400 s, and more or less at the end of a segment."""
        length = np.full(np.shape(day), NS_PER_DAY, dtype=np.int64)
        index = np.searchsorted(self.first_day, day, side="right")
        last = self.first_day.size - 1
        ends = (index <= last) & (self.first_day[np.minimum(index, last)] == np.asarray(day) + 1)
        length[ends] += self._step_ns()[index[ends] - 1]
        return length

    def _step_ns(self) -> NDArray[np.int64]:
        """Return the UTC time inserted at the end of each segment but the last."""
        elapsed_s = np.diff(self.first_day) * 86_400
        grown = self.offset_ns[:-1] + elapsed_s * self.drift_ppb[:-1]
        return np.asarray(np.diff(self.offset_ns) - (grown - self.offset_ns[:-1]), dtype=np.int64)


def read_leap_seconds(path: Path) -> LeapSeconds:
    """Read the IERS file Leap_Second.dat and put the drift segments of 1958 to 1972 before it.

    Raises
    ------
    FormatError
        The file has no table or does not say when it expires.
    """
    months = "January February March April May June July August September October November December".split()
    expires_day: int | None = None
    rows: list[tuple[int, int, int]] = [(_FIRST_DAY, 0, 0)]
    rows += [(mjd - MJD_1970, a * 1000 + (mjd - m) * r * 86_400, r) for mjd, a, m, r in _DRIFT_ROWS]
    steps = 0
    for line in path.read_text(encoding="ascii").splitlines():
        words = line.split()
        if line.startswith("#") and "expires" in words:
            day, month, year = words[-3:]
            expires_day = days_from_civil(int(year), months.index(month) + 1, int(day))
        elif words and not line.startswith("#"):
            rows.append((int(float(words[0])) - MJD_1970, int(words[-1]) * NS_PER_S, 0))
            steps += 1
    if expires_day is None or steps == 0:
        raise FormatError("is not an IERS leap second table", where=str(path), remedy="expected Leap_Second.dat")
    table = np.array(rows, dtype=np.int64).T.copy()
    return LeapSeconds(first_day=table[0], offset_ns=table[1], drift_ppb=table[2], expires_day=expires_day)


@functools.cache
def packaged_leap_seconds() -> LeapSeconds:
    """Return the table that came with the installed IERS data; read once, never changed."""
    return read_leap_seconds(Path(astropy_iers_data.IERS_LEAP_SECOND_FILE))
