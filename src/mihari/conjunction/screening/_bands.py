"""Some on all: leave out objects whose heights never come near those of a primary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._propagator import Propagator
from mihari.constants import WGS72_MU_M3_S2

__all__ = ["objects_in_reach", "radial_bands"]

_SAMPLES = 13
_MARGIN_M = 40e3
_MARGIN_HIGH_M = 150e3
_HIGH_AXIS_M = 12.8e6  # a period of four hours: lunar and solar terms, samples hours apart


def radial_bands(
    propagator: Propagator, *, start_tai_ns: int, end_tai_ns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds of each object's distance from the Earth's centre over a window, (n,) each, m.

    The least osculating perigee and greatest osculating apogee of a few moments of the window, with a margin: 40 km, or
    150 km for high orbits, and half of what the moments differ by. Whatever is lost or unbound at one of them is
    unbounded. tests/validation/test_screening_bands.py holds the bounds against dense sampling of a whole catalogue.
    """
    n = propagator.size
    everyone = np.arange(n)
    perigees = np.empty((_SAMPLES, n))
    apogees = np.empty((_SAMPLES, n))
    axis = np.empty(n)
    # Uneven moments: no orbit is seen at the same phase each time.
    places = (np.linspace(0.0, 1.0, _SAMPLES) ** 1.03 * (end_tai_ns - start_tai_ns)).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        for k, place in enumerate(places):
            states, status = propagator.states(everyone, np.full(n, start_tai_ns + place, dtype=np.int64))
            position, velocity = states[:, :3], states[:, 3:]
            r = np.sqrt((position**2).sum(axis=1))
            axis = 1.0 / (2.0 / r - (velocity**2).sum(axis=1) / WGS72_MU_M3_S2)
            momentum2 = (np.cross(position, velocity) ** 2).sum(axis=1)
            eccentricity = np.sqrt(np.maximum(1.0 - momentum2 / (WGS72_MU_M3_S2 * axis), 0.0))
            bound = (status == 0) & (axis > 0.0)
            perigees[k] = np.where(bound, axis * (1.0 - eccentricity), -np.inf)
            apogees[k] = np.where(bound, axis * (1.0 + eccentricity), np.inf)
        margin = np.where(axis < _HIGH_AXIS_M, _MARGIN_M, _MARGIN_HIGH_M)
        low, high = perigees.min(axis=0), apogees.max(axis=0)
        low = low - margin - np.nan_to_num(0.5 * (perigees.max(axis=0) - low), nan=0.0, posinf=0.0)
        high = high + margin + np.nan_to_num(0.5 * (high - apogees.min(axis=0)), nan=0.0, posinf=0.0)
    return low, high


def objects_in_reach(
    propagator: Propagator, *, start_tai_ns: int, end_tai_ns: int, owner: NDArray[np.bool_], size_m: float
) -> NDArray[np.int64]:
    """Return the owners, and all objects whose band comes within `size_m` of the band of one of them."""
    low, high = radial_bands(propagator, start_tai_ns=start_tai_ns, end_tai_ns=end_tai_ns)
    order = np.argsort(low[owner], kind="stable")
    starts = low[owner][order] - size_m
    ends = np.maximum.accumulate(high[owner][order] + size_m)
    # The owners whose bands begin below this one's end: one of them reaches up to its beginning, or none does.
    before = np.searchsorted(starts, high, side="right")
    reaches = np.where(before > 0, ends[np.maximum(before - 1, 0)] >= low, False) if starts.size else owner
    return np.flatnonzero(owner | reaches)
