"""From the layout to element sets: the noiseless truth at each object's own epoch, and what a catalogue would print.

The truth *is* SGP4: an object's true motion is the propagation of its true mean elements. A published set is those
elements at the same epoch, with an error drawn for the regime and rounded to the digits that a message carries.

References
----------
Orders of magnitude of the errors: Flohrer, Krag, Klinkrad, "Assessment and categorization of TLE orbit errors for the
US SSN catalogue", AMOS 2008; Vallado, Cefola, "Two-line element sets: practice and use", IAC 2012.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.constants import WGS72_EARTH_RADIUS_M
from mihari.exercise.world._decay import DRAG_COEFFICIENT
from mihari.exercise.world._orbits import Floats, MeanOrbits
from mihari.exercise.world._secular import kozai_mean_motion_rad_s, secular_rates
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = ["Care", "MeanElements", "bstar_of", "draw_ages_s", "elements_at_own_epoch", "with_errors"]

DAY_S: Final = 86_400.0
_RHO_PER_EARTH_RADIUS: Final = 0.1570
"""Spacetrack Report No. 3: B* = Cd (A/m) rho0 / 2, rho0 = 0.1570 kg/m2 per Earth radius."""
_DENSITY_SHARE: Final = 0.09
"""SGP4's fixed density is high at 500 to 900 km, so that fitted B* are a tenth of the formula's."""
_VALID_DAYS: Final = 14.0
_FLOOR_M: Final = 130e3


class Care(Enum):
    """How well an object is looked after by those who track it: median age of its sets in days, spread of its log."""

    ACTIVE = (0.35, 0.5)
    INACTIVE = (0.5, 0.6)
    DEBRIS = (0.7, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanElements:
    """Element sets as numbers, in the units of the message; row i of every array is one object."""

    epoch_tai_ns: NDArray[np.int64]
    mean_motion_rev_day: Floats
    eccentricity: Floats
    inclination_deg: Floats
    ra_of_asc_node_deg: Floats
    arg_of_pericenter_deg: Floats
    mean_anomaly_deg: Floats
    bstar_per_earth_radius: Floats


def bstar_of(orbits: MeanOrbits, *, may_fall: NDArray[np.bool_]) -> Floats:
    """Return B*, lowered where it would bring an object down within two weeks, except where it `may_fall`."""
    bstar = 0.5 * _RHO_PER_EARTH_RADIUS * DRAG_COEFFICIENT * orbits.area_to_mass_m2_kg * _DENSITY_SHARE
    rates = secular_rates(orbits.semi_major_axis_m, orbits.eccentricity, orbits.inclination_rad)
    room_m = np.maximum(orbits.perigee_altitude_m - _FLOOR_M, 1e3)
    most = 0.3 * room_m / (2.0 * orbits.semi_major_axis_m * _VALID_DAYS * DAY_S * rates.drag_rate_per_bstar_s)
    high = orbits.semi_major_axis_m * (1.0 - orbits.eccentricity) > WGS72_EARTH_RADIUS_M + 3_000e3
    kept: Floats = np.where(high, 0.0, np.where(may_fall, bstar, np.minimum(bstar, most)))
    return kept


def draw_ages_s(rng: np.random.Generator, count: int, care: Care) -> Floats:
    """Draw ages of newest sets: log-normal, a few days at most, and for debris a tail of weeks."""
    median_days, spread = care.value
    days = np.minimum(median_days * np.exp(spread * rng.standard_normal(count)), 4.0)
    old = rng.random(count) < (0.015 if care is Care.DEBRIS else 0.0)
    days = np.where(old, 3.0 + 25.0 * rng.random(count) ** 2, days)
    ages: Floats = days * DAY_S
    return ages


def elements_at_own_epoch(
    orbits: MeanOrbits, bstar_per_earth_radius: Floats, *, epoch_tai_ns: int, age_s: Floats
) -> MeanElements:
    """Move the layout back by each object's age with SGP4's secular rates; this is the truth, rounded to 1e-6 degrees.

    The rounding, a tenth of a metre in low orbit, keeps the last bit of a machine's sine out of the numbers.
    """
    age_ns = np.round(age_s * 1e3).astype(np.int64) * 1_000_000
    age = age_ns / 1e9
    rates = secular_rates(orbits.semi_major_axis_m, orbits.eccentricity, orbits.inclination_rad)
    drag = bstar_per_earth_radius * rates.drag_rate_per_bstar_s
    axis = orbits.semi_major_axis_m * (1.0 + drag * age) ** 2
    anomaly = orbits.mean_anomaly_rad - rates.mean_anomaly_rad_s * age * (1.0 - 1.5 * drag * age)
    motion = kozai_mean_motion_rad_s(axis, orbits.eccentricity, orbits.inclination_rad)
    return MeanElements(
        epoch_tai_ns=np.int64(epoch_tai_ns) - age_ns,
        mean_motion_rev_day=np.round(motion * DAY_S / TWO_PI, 10),
        eccentricity=np.round(orbits.eccentricity, 9),
        inclination_deg=np.round(orbits.inclination_rad / RAD_PER_DEG, 6),
        ra_of_asc_node_deg=_degrees(orbits.node_rad - rates.node_rad_s * age, 6),
        arg_of_pericenter_deg=_degrees(orbits.perigee_argument_rad - rates.perigee_argument_rad_s * age, 6),
        mean_anomaly_deg=_degrees(anomaly, 6),
        bstar_per_earth_radius=_significant(bstar_per_earth_radius, 7),
    )


def with_errors(
    rng: np.random.Generator, truth: MeanElements, *, semi_major_axis_m: Floats, is_debris: NDArray[np.bool_]
) -> MeanElements:
    """Return the sets as published: the error of a fit of the regime added, rounded to the digits of a message.

    Standard deviations (m): radial, in-track and cross-track at epoch, and the in-track growth per day, interpolated
    from low to geosynchronous orbit; half as much again for debris.
    """
    count = truth.epoch_tai_ns.size
    height_km = (semi_major_axis_m - WGS72_EARTH_RADIUS_M) / 1e3
    worse = np.where(is_debris, 1.5, 1.0)
    radial, along, across, growth = (
        worse * np.interp(height_km, (400.0, 900.0, 2_000.0, 20_000.0, 35_786.0), sizes)
        for sizes in (
            (90.0, 90.0, 110.0, 300.0, 350.0),
            (350.0, 250.0, 250.0, 900.0, 1_200.0),
            (110.0, 110.0, 130.0, 300.0, 350.0),
            (900.0, 250.0, 150.0, 300.0, 350.0),
        )
    )
    draw = rng.standard_normal((7, count))
    axis = semi_major_axis_m
    eccentricity = truth.eccentricity
    # A circular orbit's perigee is poorly known, its argument of latitude is not: the two angles err together.
    perigee_error = draw[0] * np.minimum(radial / axis / np.maximum(eccentricity, 1e-5), 0.5)
    latitude_error = draw[1] * along / axis
    sine = np.maximum(np.sin(truth.inclination_deg * RAD_PER_DEG), 0.05)
    # So do node and argument of latitude: what is measured is the cross-track offset.
    node_error = draw[3] * across / axis / sine
    latitude_error -= node_error * np.cos(truth.inclination_deg * RAD_PER_DEG)
    motion_error = draw[4] * growth / axis / TWO_PI
    return MeanElements(
        epoch_tai_ns=truth.epoch_tai_ns,
        mean_motion_rev_day=np.round(truth.mean_motion_rev_day + motion_error, 8),
        eccentricity=np.clip(np.round(eccentricity + draw[5] * radial / axis, 7), 1e-7, None),
        inclination_deg=np.round(np.abs(truth.inclination_deg + draw[2] * across / axis / RAD_PER_DEG), 4),
        ra_of_asc_node_deg=_degrees(truth.ra_of_asc_node_deg * RAD_PER_DEG + node_error, 4),
        arg_of_pericenter_deg=_degrees(truth.arg_of_pericenter_deg * RAD_PER_DEG + perigee_error, 4),
        mean_anomaly_deg=_degrees(truth.mean_anomaly_deg * RAD_PER_DEG - perigee_error + latitude_error, 4),
        bstar_per_earth_radius=_significant(
            # A draw of four sigma must not turn drag into thrust.
            truth.bstar_per_earth_radius * np.maximum(1.0 + np.where(is_debris, 0.25, 0.1) * draw[6], 0.05),
            5,
        ),
    )


def _degrees(angle_rad: Floats, digits: int) -> Floats:
    rounded = np.round(np.mod(angle_rad / RAD_PER_DEG, 360.0), digits)
    wrapped: Floats = np.where(rounded >= 360.0, 0.0, rounded)
    return wrapped


def _significant(number: Floats, digits: int) -> Floats:
    """Round to significant digits, as the exponent form of B* does."""
    magnitude = np.floor(np.log10(np.where(number == 0.0, 1.0, np.abs(number))))
    scale = 10.0 ** (digits - 1 - magnitude)
    rounded: Floats = np.round(number * scale) / scale
    return rounded
