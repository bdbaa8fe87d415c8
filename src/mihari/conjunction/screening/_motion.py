"""Numba pieces for one object or one pair around one moment: gravity, its rates, and what follows from them.

Gravity here is two-body plus J2; it only predicts where to look, over at most a few minutes. What is found is worked
out on the exact propagator.
"""

from __future__ import annotations

import math
from typing import Any, Final

from mihari.conjunction.screening._kernel import kernel
from mihari.constants import WGS72_EARTH_RADIUS_M, WGS72_J2, WGS72_MU_M3_S2

__all__ = ["acceleration", "jerk", "snap"]

MU: Final = WGS72_MU_M3_S2
J2_RADIUS2: Final = 1.5 * WGS72_J2 * WGS72_EARTH_RADIUS_M**2
FLAGS: Final = {"contract", "nsz", "arcp"}


@kernel(fastmath=FLAGS, inline="always")
def acceleration(x: float, y: float, z: float) -> Any:
    """Two-body and J2 acceleration, m/s². Vallado, Fundamentals of Astrodynamics, 4th ed., eq. 8-28 ff."""
    r2 = x * x + y * y + z * z
    inverse2 = 1.0 / r2
    g = -MU * inverse2 * math.sqrt(inverse2)
    k = J2_RADIUS2 * inverse2
    s = 5.0 * z * z * inverse2
    across = g * (1.0 + k * (1.0 - s))
    return across * x, across * y, g * (1.0 + k * (3.0 - s)) * z


@kernel(fastmath=FLAGS, inline="always")
def jerk(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> Any:
    """Rate of the two-body acceleration, m/s³."""
    inverse2 = 1.0 / (x * x + y * y + z * z)
    g = -MU * inverse2 * math.sqrt(inverse2)
    s = -3.0 * (x * vx + y * vy + z * vz) * inverse2
    return g * (vx + s * x), g * (vy + s * y), g * (vz + s * z)


@kernel(fastmath=FLAGS, inline="always")
def snap(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> Any:
    """Second rate of the two-body acceleration, m/s⁴."""
    inverse2 = 1.0 / (x * x + y * y + z * z)
    g = -MU * inverse2 * math.sqrt(inverse2)
    rv = (x * vx + y * vy + z * vz) * inverse2
    v2 = (vx * vx + vy * vy + vz * vz) * inverse2
    along = -2.0 * g - 3.0 * v2 + 15.0 * rv * rv
    return g * (along * x - 6.0 * rv * vx), g * (along * y - 6.0 * rv * vy), g * (along * z - 6.0 * rv * vz)
