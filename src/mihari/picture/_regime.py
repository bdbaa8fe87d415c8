"""Orbit regimes from mean elements: a closed set with stated bounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, WGS72_MU_M3_S2
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = ["MeanOrbits", "Regime", "classify_regimes", "mean_orbits", "regime_names"]


class Regime(Enum):
    """Where an orbit lies, in the order in which reports list them.

    Near-circular orbits (eccentricity below 0.25, the bound that the 18/19 SDS volumes and ESA's geosynchronous
    classes use) are named after their semi-major axis, the others after perigee and apogee:

    ========  ==========================================================================================
    LEO       e < 0.25, a - R below 2,000 km
    MEO       e < 0.25, a - R from 2,000 km up to a = 37,948 km; the navigation satellites are here
    GEO       e < 0.25, a within 37,948 ... 46,380 km, inclination below 25 deg: ESA's GEO and EGO
    IGSO      the same with inclination of 25 deg or more: ESA's IGO
    HAO       e < 0.25, a above 46,380 km
    GTO       e >= 0.25, perigee below 2,000 km, apogee at 31,570 ... 40,002 km, inclination below 55 deg
    HEO       every other orbit with e >= 0.25: Molniya, Tundra, science orbits, decaying transfer stages
    UNKNOWN   the elements describe no closed orbit
    ========  ==========================================================================================

    The numbers are those of ESA's Annual Space Environment Report (GEN-DB-LOG-00288-OPS-SD, section 1.1), which
    CCSDS 502.0-B-3 repeats for OCM; ESA's boundary-crossing classes (LMO, MGO, GHO) are joined as the table says,
    and the inclination bound of GTO keeps Molniya orbits out of it.
    """

    LEO = "LEO"
    MEO = "MEO"
    GEO = "GEO"
    IGSO = "IGSO"
    HAO = "HAO"
    GTO = "GTO"
    HEO = "HEO"
    UNKNOWN = "UNKNOWN"


_REGIMES: Final = tuple(Regime)
_NEAR_CIRCULAR_BELOW: Final = 0.25
_LEO_ALTITUDE_M: Final = 2_000e3
_GEOSYNCHRONOUS_SEMI_MAJOR_AXIS_M: Final = (37_948e3, 46_380e3)
_GTO_APOGEE_ALTITUDE_M: Final = (31_570e3, 40_002e3)
_GEO_INCLINATION_RAD: Final = 25.0 * RAD_PER_DEG
_GTO_INCLINATION_RAD: Final = 55.0 * RAD_PER_DEG


@dataclass(frozen=True, slots=True)
class MeanOrbits:
    """Shape and size of orbits from their mean elements; altitudes are above the equatorial radius.

    All arrays are float64, one entry per object; what is not a closed orbit is NaN throughout.
    """

    semi_major_axis_m: NDArray[np.float64]
    eccentricity: NDArray[np.float64]
    inclination_rad: NDArray[np.float64]
    perigee_altitude_m: NDArray[np.float64]
    apogee_altitude_m: NDArray[np.float64]
    period_s: NDArray[np.float64]


def mean_orbits(*, mean_motion_rev_day: ArrayLike, eccentricity: ArrayLike, inclination_deg: ArrayLike) -> MeanOrbits:
    """Return semi-major axis, perigee, apogee and period of mean elements.

    The Kozai mean motion of the message is taken as the two-body one. The difference to SGP4's own semi-major axis
    stays below 10 km, which is the accuracy at which regimes and perigee classes mean anything.

    Parameters
    ----------
    mean_motion_rev_day, eccentricity, inclination_deg : array_like, (n,)

    Returns
    -------
    MeanOrbits
    """
    rate_rev_day = np.asarray(mean_motion_rev_day, dtype=np.float64)
    shape = np.asarray(eccentricity, dtype=np.float64)
    tilt_rad = np.asarray(inclination_deg, dtype=np.float64) * RAD_PER_DEG
    closed = np.isfinite(rate_rev_day) & (rate_rev_day > 0) & (shape >= 0) & (shape < 1) & np.isfinite(tilt_rad)
    rate_rad_s = np.where(closed, rate_rev_day, np.nan) * (TWO_PI / 86_400.0)
    axis_m = np.cbrt(WGS72_MU_M3_S2 / rate_rad_s**2)
    return MeanOrbits(
        semi_major_axis_m=axis_m,
        eccentricity=np.where(closed, shape, np.nan),
        inclination_rad=np.where(closed, tilt_rad, np.nan),
        perigee_altitude_m=axis_m * (1.0 - shape) - EARTH_EQUATORIAL_RADIUS_M,
        apogee_altitude_m=axis_m * (1.0 + shape) - EARTH_EQUATORIAL_RADIUS_M,
        period_s=TWO_PI / rate_rad_s,
    )


def classify_regimes(orbits: MeanOrbits) -> NDArray[np.uint8]:
    """Return the regime of each orbit as its position in `tuple(Regime)`.

    The bounds and their source stand in `Regime`; tests/unit/test_picture_regime.py walks them.
    """
    axis_m = orbits.semi_major_axis_m
    low_m, high_m = _GEOSYNCHRONOUS_SEMI_MAJOR_AXIS_M
    circular = orbits.eccentricity < _NEAR_CIRCULAR_BELOW
    synchronous = circular & (axis_m >= low_m) & (axis_m <= high_m)
    transfer = (
        (orbits.perigee_altitude_m < _LEO_ALTITUDE_M)
        & (orbits.apogee_altitude_m >= _GTO_APOGEE_ALTITUDE_M[0])
        & (orbits.apogee_altitude_m <= _GTO_APOGEE_ALTITUDE_M[1])
        & (orbits.inclination_rad < _GTO_INCLINATION_RAD)
    )
    choices: list[tuple[NDArray[np.bool_], Regime]] = [
        (np.isnan(axis_m), Regime.UNKNOWN),
        (synchronous & (orbits.inclination_rad < _GEO_INCLINATION_RAD), Regime.GEO),
        (synchronous, Regime.IGSO),
        (circular & (axis_m - EARTH_EQUATORIAL_RADIUS_M < _LEO_ALTITUDE_M), Regime.LEO),
        (circular & (axis_m < low_m), Regime.MEO),
        (circular, Regime.HAO),
        (transfer, Regime.GTO),
    ]
    codes = np.select(
        [condition for condition, _ in choices],
        [np.uint8(_REGIMES.index(regime)) for _, regime in choices],
        default=np.uint8(_REGIMES.index(Regime.HEO)),
    )
    return codes.astype(np.uint8)


def regime_names(codes: NDArray[np.uint8]) -> NDArray[Any]:
    """Return the names that belong to the codes of `classify_regimes`, as strings."""
    return np.array([regime.value for regime in _REGIMES])[codes]
