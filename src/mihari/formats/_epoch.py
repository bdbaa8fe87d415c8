"""Epochs of element sets: the form TLEs print, many texts of which some may be bad, and the span that makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.time import (
    NS_PER_DAY,
    packaged_leap_seconds,
    parse_utc,
    parse_utc_array,
    tai_ns_from_utc_day,
    utc_day_from_tai_ns,
)
from mihari.errors import InputError

__all__ = [
    "EPOCH_SPAN_TEXT",
    "epoch_in_span",
    "parse_epochs",
    "tai_ns_from_year_day",
    "year_day_from_tai_ns",
]

EPOCH_SPAN_TEXT: Final = "the years 1957 to 2099"
_STEP_NS: Final = NS_PER_DAY // 100_000_000
_CHUNK: Final = 2048


def epoch_in_span(epoch_tai_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which epochs lie in 1957 to 2099, outside of which no element set can be meant."""
    first, end = parse_utc("1957-01-01T00:00:00Z"), parse_utc("2100-01-01T00:00:00Z")
    return np.asarray((epoch_tai_ns >= first) & (epoch_tai_ns < end))


def parse_epochs(texts: Sequence[str]) -> tuple[NDArray[np.int64], dict[int, str]]:
    """Read many moments of UTC of which some may be bad.

    Returns
    -------
    epoch_tai_ns : int64 array
        Zero where the text is bad.
    faults : dict
        Position and reason of each bad text.
    """
    epoch_tai_ns = np.zeros(len(texts), dtype=np.int64)
    faults: dict[int, str] = {}
    for start in range(0, len(texts), _CHUNK):
        part = texts[start : start + _CHUNK]
        try:
            epoch_tai_ns[start : start + _CHUNK] = parse_utc_array(np.array(part, dtype=np.str_))
        except InputError:
            for offset, text in enumerate(part):
                try:
                    epoch_tai_ns[start + offset] = parse_utc(text)
                except InputError as error:
                    faults[start + offset] = error.what
    return epoch_tai_ns, faults


def tai_ns_from_year_day(
    year: NDArray[np.int64], day_of_year: NDArray[np.int64], fraction_1e8: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Turn a TLE's epoch into TAI nanoseconds.

    Parameters
    ----------
    year : int64 array
        Four digits.
    day_of_year : int64 array
        1 on 1 January.
    fraction_1e8 : int64 array
        Fraction of a day of 86,400 UTC seconds, in units of 1e-8 day (864 microseconds): the TLE's own resolution.

    Returns
    -------
    int64 array
        TAI nanoseconds. On a day with a leap second the fraction still counts 86,400 s, as the makers of TLEs do.
    """
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    days = first + day_of_year - 1
    # Some days of the 1960s were cut by up to 0.1 s; a fraction beyond such a day's end is its last nanosecond.
    last_ns = packaged_leap_seconds().day_length_ns(days) - 1
    return tai_ns_from_utc_day(days, np.minimum(fraction_1e8 * _STEP_NS, last_ns))


def year_day_from_tai_ns(
    epoch_tai_ns: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return year, day of year and fraction in 1e-8 day, rounded to the nearest: the inverse of the above."""
    days, ns = utc_day_from_tai_ns(epoch_tai_ns)
    fraction = (ns + _STEP_NS // 2) // _STEP_NS
    carry = fraction >= 100_000_000
    days, fraction = days + carry, np.where(carry, 0, fraction)
    years = days.astype("datetime64[D]").astype("datetime64[Y]")
    first = years.astype("datetime64[D]").astype(np.int64)
    return years.astype(np.int64) + 1970, days - first + 1, fraction
