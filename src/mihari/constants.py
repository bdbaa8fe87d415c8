"""Physical constants, each with its source. SI units stand in the names."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ASTRONOMICAL_UNIT_M",
    "EARTH_EQUATORIAL_RADIUS_M",
    "EARTH_FLATTENING",
    "EARTH_J2",
    "EARTH_MU_M3_S2",
    "EARTH_ROTATION_RATE_RAD_S",
    "MOON_MU_M3_S2",
    "SPEED_OF_LIGHT_M_S",
    "SUN_MU_M3_S2",
    "SUN_RADIUS_M",
    "WGS72_EARTH_RADIUS_M",
    "WGS72_J2",
    "WGS72_J3",
    "WGS72_J4",
    "WGS72_MU_M3_S2",
]

EARTH_MU_M3_S2: Final = 3.986004418e14
"""Gravitational parameter of the Earth with its atmosphere. WGS-84, NGA.STND.0036, 2014."""
EARTH_EQUATORIAL_RADIUS_M: Final = 6378137.0
"""Semi-major axis of the WGS-84 ellipsoid. NGA.STND.0036, 2014."""
EARTH_FLATTENING: Final = 1.0 / 298.257223563
"""Flattening of the WGS-84 ellipsoid. NGA.STND.0036, 2014."""
EARTH_J2: Final = 1.0826266835531513e-3
"""Second zonal harmonic, from EGM96 and WGS-84 as NIMA TR8350.2, 3rd ed., table 3.4 gives C20."""
EARTH_ROTATION_RATE_RAD_S: Final = 7.292115146706979e-5
"""Rotation rate of the Earth, IAU 2000 Earth rotation angle rate over UT1. IERS Conventions 2010, eq. 5.15."""

SUN_MU_M3_S2: Final = 1.32712440041279419e20
"""Gravitational parameter of the Sun. DE440: Park, Folkner, Williams, Boggs, Astron. J. 161:105, 2021, table 2."""
MOON_MU_M3_S2: Final = 4.902800118e12
"""Gravitational parameter of the Moon, same source."""
SUN_RADIUS_M: Final = 6.957e8
"""Nominal radius of the Sun. IAU 2015 resolution B3."""
ASTRONOMICAL_UNIT_M: Final = 149_597_870_700.0
"""Exact. IAU 2012 resolution B2."""
SPEED_OF_LIGHT_M_S: Final = 299_792_458.0
"""Exact, by the definition of the metre."""

WGS72_MU_M3_S2: Final = 3.986008e14
"""SGP4's gravitational parameter. Vallado et al., AIAA 2006-6753, appendix."""
WGS72_EARTH_RADIUS_M: Final = 6378135.0
"""SGP4's Earth radius, same source."""
WGS72_J2: Final = 0.001082616
WGS72_J3: Final = -0.00000253881
WGS72_J4: Final = -0.00000165597
