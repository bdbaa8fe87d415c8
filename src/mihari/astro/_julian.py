"""Two-part Julian dates without loss. They exist at the edges only; inside, time is integer nanoseconds."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.errors import InputError

__all__ = ["JD_1970", "day_and_fraction"]

JD_1970: Final = 2_440_587.5


def day_and_fraction(jd1: ArrayLike, jd2: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Split a two-part Julian date into days since 1970 and a fraction in [0, 1), without loss."""
    first, second = np.broadcast_arrays(np.asarray(jd1, dtype=np.float64), np.asarray(jd2, dtype=np.float64))
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError("a Julian date is not a finite number", remedy="give both parts as finite days")
    whole = np.rint(first) + np.rint(second)
    fraction = (first - np.rint(first)) + (second - np.rint(second)) + 0.5
    carry = np.floor(fraction)
    day = whole + carry - (JD_1970 + 0.5)
    if day.size and np.abs(day).max() > 200_000:
        raise InputError("a Julian date lies outside the years 1678 to 2261", remedy="give days, not seconds")
    return day.astype(np.int64), fraction - carry
