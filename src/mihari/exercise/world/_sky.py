"""Where the mean Sun and the sidereal angle stand at the world's epoch, good to a hundredth of a degree.

The world only needs a plausible layout (local times of sun-synchronous orbits, slots over their longitudes); anything
that is shown goes through `mihari.astro.frames` with its Earth orientation table.

References
----------
Sun: U.S. Naval Observatory, Astronomical Almanac, section C, low-precision formulas.
"""

from __future__ import annotations

from typing import Final

import erfa

from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = ["decimal_year", "sidereal_angle_rad", "sun_right_ascension_rad"]

_J2000_TAI_NS: Final = 946_727_967_816_000_000  # 2000-01-01T12:00 TT
_DAY_NS: Final = 86_400_000_000_000
_TAI_MINUS_UT1_NS: Final = 37_000_000_000  # since 2017; a second more or less turns the layout by 0.004 degrees
_JD_1970: Final = 2_440_587.5


def decimal_year(epoch_tai_ns: int) -> float:
    """Return the Julian decimal year."""
    return 2000.0 + (epoch_tai_ns - _J2000_TAI_NS) / (365.25 * _DAY_NS)


def sun_right_ascension_rad(epoch_tai_ns: int) -> float:
    """Return the mean longitude of the Sun: the right ascension of the mean Sun, which local times count from."""
    days = (epoch_tai_ns - _J2000_TAI_NS) / _DAY_NS
    return (280.460 + 0.9856474 * days) % 360.0 * RAD_PER_DEG


def sidereal_angle_rad(epoch_tai_ns: int) -> float:
    """Return Greenwich mean sidereal time (IAU 1982): the angle from TEME's axis to the Greenwich meridian."""
    return float(erfa.gmst82(_JD_1970, (epoch_tai_ns - _TAI_MINUS_UT1_NS) / _DAY_NS)) % TWO_PI
