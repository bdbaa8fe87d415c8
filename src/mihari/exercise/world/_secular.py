"""Secular rates of SGP4's own theory, on arrays.

The world is laid out at one epoch, while published sets have epochs of their own. To move the layout to those epochs
without losing the phase of a constellation, the rates must be SGP4's: zonal terms to J4 and the linear drag term.

References
----------
Hoots, Roehrich, Spacetrack Report No. 3, 1980, section 6; Vallado, Crawford, Hujsak, Kelso, AIAA 2006-6753.

Validation
----------
tests/validation/test_world_truth.py: the layout moved back by days and propagated forward again with SGP4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from mihari.constants import (
    WGS72_EARTH_RADIUS_M,
    WGS72_J2,
    WGS72_J4,
    WGS72_MU_M3_S2,
)
from mihari.exercise.world._orbits import Floats

__all__ = ["SecularRates", "kozai_mean_motion_rad_s", "mean_motion_rad_s", "secular_rates"]

_SHELL_BASE_M: Final = 78_000.0
_SHELL_TOP_M: Final = 120_000.0


@dataclass(frozen=True, slots=True)
class SecularRates:
    """Rates of the mean elements; `drag_rate_per_bstar_s` times B* is SGP4's C1 per second."""

    node_rad_s: Floats
    perigee_argument_rad_s: Floats
    mean_anomaly_rad_s: Floats
    drag_rate_per_bstar_s: Floats


def mean_motion_rad_s(semi_major_axis_m: Floats) -> Floats:
    """Return the Kepler mean motion of Brouwer's semi-major axis."""
    motion: Floats = np.sqrt(WGS72_MU_M3_S2 / semi_major_axis_m**3)
    return motion


def kozai_mean_motion_rad_s(semi_major_axis_m: Floats, eccentricity: Floats, inclination_rad: Floats) -> Floats:
    """Return the mean motion that an element set carries; SGP4's initialisation undoes the correction."""
    axis = semi_major_axis_m / WGS72_EARTH_RADIUS_M
    cosine = np.cos(inclination_rad)
    correction = 0.75 * WGS72_J2 * (3.0 * cosine**2 - 1.0) / (1.0 - eccentricity**2) ** 1.5 / axis**2
    motion: Floats = mean_motion_rad_s(semi_major_axis_m) * (1.0 + correction)
    return motion


def secular_rates(semi_major_axis_m: Floats, eccentricity: Floats, inclination_rad: Floats) -> SecularRates:
    """Return the secular rates of SGP4 for mean orbits given as arrays."""
    motion = mean_motion_rad_s(semi_major_axis_m)
    axis = semi_major_axis_m / WGS72_EARTH_RADIUS_M
    cosine = np.cos(inclination_rad)
    c2, c4 = cosine**2, cosine**4
    one_less_e2 = 1.0 - eccentricity**2
    inverse_p2 = 1.0 / (axis * one_less_e2) ** 2
    first = 1.5 * WGS72_J2 * inverse_p2 * motion
    second = 0.5 * first * WGS72_J2 * inverse_p2
    fourth = -0.46875 * WGS72_J4 * inverse_p2**2 * motion
    root = np.sqrt(one_less_e2)
    return SecularRates(
        node_rad_s=-first * cosine + (0.5 * second * (4.0 - 19.0 * c2) + 2.0 * fourth * (3.0 - 7.0 * c2)) * cosine,
        perigee_argument_rad_s=-0.5 * first * (1.0 - 5.0 * c2)
        + 0.0625 * second * (7.0 - 114.0 * c2 + 395.0 * c4)
        + fourth * (3.0 - 36.0 * c2 + 49.0 * c4),
        mean_anomaly_rad_s=motion
        + 0.5 * first * root * (3.0 * c2 - 1.0)
        + 0.0625 * second * root * (13.0 - 78.0 * c2 + 137.0 * c4),
        drag_rate_per_bstar_s=_drag_rate(axis, eccentricity, 3.0 * c2 - 1.0, motion),
    )


def _drag_rate(axis: Floats, eccentricity: Floats, con41: Floats, motion: Floats) -> Floats:
    radius_m = WGS72_EARTH_RADIUS_M
    perigee_m = (axis * (1.0 - eccentricity) - 1.0) * radius_m
    low = np.maximum(perigee_m - _SHELL_BASE_M, 20_000.0)
    base_m = np.where(perigee_m < 156_000.0, low, _SHELL_BASE_M)
    shell = ((_SHELL_TOP_M - base_m) / radius_m) ** 4
    xi = 1.0 / (axis - (base_m / radius_m + 1.0))
    eta = axis * eccentricity * xi
    eta2, e_eta = eta**2, eccentricity * eta
    psi2 = np.abs(1.0 - eta2)
    rate: Floats = (
        shell
        * xi**4
        / psi2**3.5
        * motion
        * (
            axis * (1.0 + 1.5 * eta2 + e_eta * (4.0 + eta2))
            + 0.375 * WGS72_J2 * xi / psi2 * con41 * (8.0 + 3.0 * eta2 * (8.0 + eta2))
        )
    )
    return rate
