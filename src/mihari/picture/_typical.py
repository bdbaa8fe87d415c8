"""How wrong public element sets typically are: never a covariance, always labelled as typical.

A public element set carries no statement of its own accuracy. What can honestly be said is how far such sets were
found to be off for orbits of that kind and age, by people who had something better to compare with.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.picture._regime import MeanOrbits
from mihari.units import RAD_PER_DEG

__all__ = [
    "COVARIANCE_NOTE",
    "GROWTH_M_PER_DAY",
    "TYPICAL_SOURCE",
    "TypicalUncertainty",
    "is_extrapolated",
    "typical_uncertainty",
    "validity_s",
]

GROWTH_M_PER_DAY: Final = 1_500.0
"""Growth of the along-track error with age: about 1.5 km a day against laser ranging of four satellites at
800 ... 19,100 km, 0.1 ... 3 km a day in the literature. Levit and Marshall, Adv. Space Res. 47 (2011) 1107,
arXiv:1002.2277 [secondary]."""

TYPICAL_SOURCE: Final = (
    "typical 1-sigma of public element sets for this class of orbit: at epoch Flohrer, Krag, Klinkrad, AMOS 2008, "
    "tables 1 and 2 (a lower bound: residuals of a refit); along-track growth 1.5 km/day, Levit and Marshall, 2011 "
    "(of satellites at 800 to 19,100 km; 0.1 to 3 km/day in the literature; worse below 500 km, in storms and after "
    "manoeuvres)"
)

COVARIANCE_NOTE: Final = (
    "none: public element sets carry no covariance; uncertainty_typical says how wrong such sets are known to be, "
    "it is no property of this one and supports no probability and no manoeuvre decision"
)

_DAY_S: Final = 86_400.0
_FITTED_S: Final = 0.5 * _DAY_S
_DEEP_SPACE_PERIOD_S: Final = 225.0 * 60.0
_VALIDITY_NEAR_EARTH_S: Final = 5.0 * _DAY_S
_VALIDITY_DEEP_SPACE_S: Final = 10.0 * _DAY_S


@dataclass(frozen=True, slots=True)
class TypicalUncertainty:
    """Typical 1-sigma position errors in the object's own RTN frame, m; NaN where the orbit has no class."""

    radial_m: NDArray[np.float64]
    transverse_m: NDArray[np.float64]
    normal_m: NDArray[np.float64]


@cache
def _classes() -> NDArray[np.float64]:
    text = resources.files("mihari.picture").joinpath("_data/typical_uncertainty.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    table = np.array([[float(cell) for cell in row] for row in list(csv.reader(lines))[1:]])
    table.setflags(write=False)
    return table


def typical_uncertainty(orbits: MeanOrbits, *, age_s: ArrayLike) -> TypicalUncertainty:
    """Return the typical errors of public element sets for orbits of that kind and age.

    At the epoch the class averages of the source hold; with age, before or after the epoch alike, the transverse
    error grows linearly by `GROWTH_M_PER_DAY` (added, not in quadrature: it is mostly a bias of one object).

    Parameters
    ----------
    orbits : MeanOrbits, (n,)
    age_s : array_like, (n,)
        Moment minus epoch.

    References
    ----------
    `TYPICAL_SOURCE`; the class table with its remarks is `_data/typical_uncertainty.csv`.

    Validation
    ----------
    tests/unit/test_picture_typical.py.
    """
    table = _classes()
    altitude_km = orbits.perigee_altitude_m / 1e3
    inclination_deg = orbits.inclination_rad / RAD_PER_DEG
    inside = (
        (orbits.eccentricity[:, None] >= table[:, 1])
        & (orbits.eccentricity[:, None] < table[:, 2])
        & (altitude_km[:, None] >= table[:, 3])
        & (altitude_km[:, None] < table[:, 4])
        & (inclination_deg[:, None] >= table[:, 5])
        & (inclination_deg[:, None] < table[:, 6])
    )
    has_class: NDArray[np.bool_] = np.asarray(inside.any(axis=1))
    sigma_m = np.where(has_class[:, None], table[inside.argmax(axis=1), 7:10], np.nan)
    growth_m = np.abs(np.asarray(age_s, dtype=np.float64)) / _DAY_S * GROWTH_M_PER_DAY
    return TypicalUncertainty(sigma_m[:, 0], sigma_m[:, 1] + growth_m, sigma_m[:, 2])


def validity_s(orbits: MeanOrbits) -> NDArray[np.float64]:
    """Return how long after its epoch a set still counts as covering the moment, s.

    Five days for near-Earth orbits (period below 225 minutes) and ten for deep space: the windows over which the
    18/19 SDS screen such orbits (Spaceflight Safety Handbook 1.7 [secondary]). NaN where there is no orbit.
    """
    span_s = np.where(orbits.period_s < _DEEP_SPACE_PERIOD_S, _VALIDITY_NEAR_EARTH_S, _VALIDITY_DEEP_SPACE_S)
    return np.where(np.isnan(orbits.period_s), np.nan, span_s)


def is_extrapolated(orbits: MeanOrbits, *, age_s: ArrayLike) -> NDArray[np.bool_]:
    """Say which states lie outside what their element set covers.

    A set is fitted to observations of the days before its epoch. So a state is extrapolated when the moment is more
    than half a day before the epoch (the set is then the earliest one known, for otherwise an earlier one would have
    been chosen), or later than the epoch by more than `validity_s`.
    """
    age = np.asarray(age_s, dtype=np.float64)
    return (age < -_FITTED_S) | ~(age <= validity_s(orbits))
