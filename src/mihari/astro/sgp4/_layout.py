"""Columns of the two constant tables: what initialisation writes and the kernels read.

One row per object; a kernel loads a row into scalars once and then runs over times, so a row is what must lie
together in memory. Numba treats these integers as compile-time constants. Names follow the reference code of
Vallado, Crawford, Hujsak and Kelso, AIAA 2006-6753, so that the kernels can be read beside it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mihari.constants import WGS72_EARTH_RADIUS_M, WGS72_J2, WGS72_J3, WGS72_J4, WGS72_MU_M3_S2

__all__ = ["DEEP_COLUMNS", "NEAR_COLUMNS", "Sgp4Tables"]

# WGS-72 as the reference derives it: kilometres, minutes, Earth radii.
RADIUS_KM: Final = WGS72_EARTH_RADIUS_M / 1000.0
RADIUS_M: Final = WGS72_EARTH_RADIUS_M
XKE: Final = 60.0 / float(np.sqrt(RADIUS_KM * RADIUS_KM * RADIUS_KM / (WGS72_MU_M3_S2 / 1.0e9)))
SPEED_M_S: Final = RADIUS_M * XKE / 60.0
J2: Final = WGS72_J2
J4: Final = WGS72_J4
J3OJ2: Final = WGS72_J3 / WGS72_J2

# All objects.
MO: Final = 0
MDOT: Final = 1
ARGPO: Final = 2
ARGPDOT: Final = 3
NODEO: Final = 4
NODEDOT: Final = 5
NODECF: Final = 6
CC1: Final = 7
BCC4: Final = 8  # bstar * cc4
T2COF: Final = 9
OMGCOF: Final = 10
XMCOF: Final = 11
ETA: Final = 12
DELMO: Final = 13
D2: Final = 14
D3: Final = 15
D4: Final = 16
BCC5: Final = 17  # bstar * cc5
SINMAO: Final = 18
T3COF: Final = 19
T4COF: Final = 20
T5COF: Final = 21
ECCO: Final = 22
NO: Final = 23  # mean motion without Kozai's correction, rad/min
AO: Final = 24  # (xke / no) ** (2/3), Earth radii
AYCOF: Final = 25
XLCOF: Final = 26
CON41: Final = 27
X1MTH2: Final = 28
X7THM1: Final = 29
INCLO: Final = 30
SINIO: Final = 31
COSIO: Final = 32
ISIMP: Final = 33  # 1: simplified drag
NEAR_COLUMNS: Final = 34

# Objects with a period of 225 minutes or more.
SE2: Final = 0
SE3: Final = 1
SI2: Final = 2
SI3: Final = 3
SL2: Final = 4
SL3: Final = 5
SL4: Final = 6
SGH2: Final = 7
SGH3: Final = 8
SGH4: Final = 9
SH2: Final = 10
SH3: Final = 11
EE2: Final = 12
E3: Final = 13
XI2: Final = 14
XI3: Final = 15
XL2: Final = 16
XL3: Final = 17
XL4: Final = 18
XGH2: Final = 19
XGH3: Final = 20
XGH4: Final = 21
XH2: Final = 22
XH3: Final = 23
ZMOS: Final = 24
ZMOL: Final = 25
DEDT: Final = 26
DIDT: Final = 27
DMDT: Final = 28
DNODT: Final = 29
DOMDT: Final = 30
IREZ: Final = 31  # 0 none, 1 one day, 2 half a day
GSTO: Final = 32
XFACT: Final = 33
XLAMO: Final = 34
DEL1: Final = 35
DEL2: Final = 36
DEL3: Final = 37
D2201: Final = 38
D2211: Final = 39
D3210: Final = 40
D3222: Final = 41
D4410: Final = 42
D4422: Final = 43
D5220: Final = 44
D5232: Final = 45
D5421: Final = 46
D5433: Final = 47
AFSPC: Final = 48  # 1: operation mode "a"
DEEP_COLUMNS: Final = 49


class Sgp4Tables(NamedTuple):
    """The initialised constants of a batch; numba kernels take it as one argument.

    Attributes
    ----------
    near : (n, NEAR_COLUMNS) float64
        Constants of every object.
    deep : (d, DEEP_COLUMNS) float64
        Further constants of the deep-space objects.
    deep_row : (n,) int64
        Row in `deep`, or -1 for a near-Earth object.
    """

    near: NDArray[np.float64]
    deep: NDArray[np.float64]
    deep_row: NDArray[np.int64]
