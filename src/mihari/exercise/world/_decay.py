"""Years of air drag on orbits, fast and coarse: enough to say which pieces of a cloud are still up.

References
----------
King-Hele, Satellite Orbits in an Atmosphere, 1987, chapter 4: changes per revolution in an exponential atmosphere.
Densities: round numbers for the mean of a solar cycle of the last decades, somewhat below the exponential table for
moderate activity in Vallado, Fundamentals of Astrodynamics and Applications, table 8-4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import i0e, i1e

from mihari.constants import WGS72_EARTH_RADIUS_M, WGS72_J2
from mihari.exercise.world._orbits import Floats
from mihari.exercise.world._secular import mean_motion_rad_s

__all__ = ["DRAG_COEFFICIENT", "YEAR_S", "Aged", "age_orbits"]

YEAR_S: Final = 365.25 * 86_400.0
DRAG_COEFFICIENT: Final = 2.2
_LOST_BELOW_M: Final = 190_000.0

_BASE_M: Final = np.array([150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000, 1500]) * 1e3
_BELOW_500_KG_M3: Final = (2.1e-9, 2.7e-10, 6.6e-11, 2.2e-11, 8.3e-12, 3.3e-12, 1.4e-12)
_FROM_500_KG_M3: Final = (5.8e-13, 1.2e-13, 3.0e-14, 1.0e-14, 4.5e-15, 2.5e-15, 3.0e-16)
_PARKED_AXIS_M: Final = WGS72_EARTH_RADIUS_M + 1_500e3
_LOG_DENSITY: Final = np.log(np.array(_BELOW_500_KG_M3 + _FROM_500_KG_M3))
_SCALE_M: Final = np.diff(_BASE_M) / -np.diff(_LOG_DENSITY)


@dataclass(frozen=True, slots=True)
class Aged:
    """Orbits after their years. Rows that fell are marked in `is_lost`; their numbers mean nothing."""

    semi_major_axis_m: Floats
    eccentricity: Floats
    node_turn_rad: Floats
    perigee_turn_rad: Floats
    is_lost: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def age_orbits(
    semi_major_axis_m: Floats,
    eccentricity: Floats,
    inclination_rad: Floats,
    *,
    area_to_mass_m2_kg: Floats,
    years: Floats,
    steps: int = 40,
) -> Aged:
    """Let drag act for `years` on each orbit, with the node and perigee turned by the zonal field on the way."""
    axis, e = semi_major_axis_m.copy(), eccentricity.copy()
    node, perigee = np.zeros_like(axis), np.zeros_like(axis)
    lost = axis * (1.0 - e) - WGS72_EARTH_RADIUS_M < _LOST_BELOW_M
    ballistic = DRAG_COEFFICIENT * area_to_mass_m2_kg
    cosine = np.cos(inclination_rad)
    step_s = years * YEAR_S / steps
    for _ in range(steps):
        motion = mean_motion_rad_s(axis)
        turn = 1.5 * WGS72_J2 * motion * step_s * (WGS72_EARTH_RADIUS_M / (axis * (1.0 - e * e))) ** 2
        node -= turn * cosine
        perigee += turn * (2.5 * cosine * cosine - 0.5)
        density, scale_m = _air(axis * (1.0 - e) - WGS72_EARTH_RADIUS_M)
        z = axis * e / scale_m
        zeroth, first = i0e(z), i1e(z)
        common = ballistic * density * axis * motion * step_s
        # King-Hele's I1 + e (I0 + I2) / 2, with I2 = I0 - 2 I1 / z.
        e_loss = common * (first + e * zeroth - first * scale_m / axis)
        axis = np.maximum(axis - common * axis * (zeroth + 2.0 * e * first), WGS72_EARTH_RADIUS_M)
        e = np.maximum(e - e_loss, 1e-5)
        lost |= axis * (1.0 - e) - WGS72_EARTH_RADIUS_M < _LOST_BELOW_M
        # A lost row is parked where the formulas stay finite.
        axis[lost] = _PARKED_AXIS_M
        e[lost] = 1e-5
    return Aged(axis, e, node, perigee, lost)


def _air(height_m: Floats) -> tuple[Floats, Floats]:
    """Return density in kg/m3 and scale height in m."""
    slot = np.searchsorted(_BASE_M[1:-1], height_m)
    scale_m = _SCALE_M[slot]
    density: Floats = np.exp(_LOG_DENSITY[slot] - (height_m - _BASE_M[slot]) / scale_m)
    return density, scale_m
