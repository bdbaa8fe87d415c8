"""Legal unit suffixes of public names, and the few exact conversions.

Every public field, column and parameter that is a physical quantity ends in one of the suffixes below;
``tests/arch/test_unit_suffixes.py`` walks the code and enforces it.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = ["EDGE_SUFFIXES", "RAD_PER_DEG", "SI_SUFFIXES", "TWO_PI"]

TWO_PI: Final = 2.0 * math.pi
RAD_PER_DEG: Final = math.pi / 180.0

SI_SUFFIXES: Final = tuple("_m _m_s _m_s2 _m2 _m3_s2 _s _rad _rad_s _rad_s2 _kg _hz _w _k _m2_kg _tai_ns _ns".split())
"""Suffixes that may appear anywhere."""

EDGE_SUFFIXES: Final = tuple(
    "_km _km_s _deg _deg_s _utc _min _h _days _rev_day _rev_day2 _rev_day3 _per_earth_radius _jd _mjd".split()
)
"""Suffixes of the edges: element sets as messages carry them, `formats`, `cli`, `server`, the SGP4 wrapper."""
