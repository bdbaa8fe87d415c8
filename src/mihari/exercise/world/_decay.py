"""Years of air drag on orbits, fast and coarse: enough to say which pieces of a cloud are still up.

References
----------
King-Hele, Satellite Orbits in an Atmosphere, 1987, chapter 4: changes per revolution in an exponential atmosphere.
Densities: round numbers at moderate solar activity after CIRA-72 as tabulated in Vallado, Fundamentals of
Astrodynamics and Applications, table 8-4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ive

from mihari.constants import WGS72_EARTH_RADIUS_M
from mihari.exercise.world._orbits import Floats
from mihari.exercise.world._secular import mean_motion_rad_s, secular_rates

__all__ = ["DRAG_COEFFICIENT", "YEAR_S", "Aged", "age_orbits"]


YEAR_S: Final = 365.25 * 86_400.0
DRAG_COEFFICIENT: Final = 2.2
_LOST_BELOW_M: Final = 190_000.0

_BASE_M: Final = np.array([150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000, 1500]) * 1e3
_DENSITY_KG_M3: Final = np.array(
    "2.1e-9 2.8e-10 7.2e-11 2.4e-11 9.5e-12 3.7e-12 1.6e-12 7e-13 1.45e-13 3.6e-14 1.2e-14 5.2e-15 3e-15 4e-16".split(),
    dtype=np.float64,
)
_LOG_DENSITY: Final = np.log(_DENSITY_KG_M3)


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
    steps: int = 60,
) -> Aged:
    """Let drag act for `years` on each orbit, with the node and perigee turned by the zonal field on the way."""
    axis, e = semi_major_axis_m.copy(), eccentricity.copy()
    node, perigee = np.zeros_like(axis), np.zeros_like(axis)
    lost = axis * (1.0 - e) - WGS72_EARTH_RADIUS_M < _LOST_BELOW_M
    ballistic = DRAG_COEFFICIENT * area_to_mass_m2_kg
    step_s = years * YEAR_S / steps
    for _ in range(steps):
        rates = secular_rates(axis, e, inclination_rad)
        node += rates.node_rad_s * step_s
        perigee += rates.perigee_argument_rad_s * step_s
        height = axis * (1.0 - e) - WGS72_EARTH_RADIUS_M
        density, scale_m = _air(height)
        z = axis * e / scale_m
        i0, i1, i2 = ive(0, z), ive(1, z), ive(2, z)
        common = ballistic * density * axis * mean_motion_rad_s(axis) * step_s
        axis_loss = common * axis * (i0 + 2.0 * e * i1)
        e_loss = common * (i1 + 0.5 * e * (i0 + i2))
        axis = np.maximum(axis - axis_loss, WGS72_EARTH_RADIUS_M)
        e = np.clip(e - e_loss, 1e-5, None)
        lost |= axis * (1.0 - e) - WGS72_EARTH_RADIUS_M < _LOST_BELOW_M
        # A lost row is parked where the formulas stay finite.
        axis = np.where(lost, WGS72_EARTH_RADIUS_M + _BASE_M[-1], axis)
        e = np.where(lost, 1e-5, e)
    return Aged(axis, e, node, perigee, lost)


def _air(height_m: Floats) -> tuple[Floats, Floats]:
    """Return density in kg/m3 and scale height in m."""
    slot = np.clip(np.searchsorted(_BASE_M, height_m) - 1, 0, _BASE_M.size - 2)
    scale_m = (_BASE_M[slot + 1] - _BASE_M[slot]) / (_LOG_DENSITY[slot] - _LOG_DENSITY[slot + 1])
    density: Floats = np.exp(_LOG_DENSITY[slot] - (height_m - _BASE_M[slot]) / scale_m)
    return density, scale_m
