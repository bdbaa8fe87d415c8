"""Sine and cosine that LLVM can vectorise: straight-line code, no branch, no table, no call.

The fast-math flags leave out `reassoc`, which would cancel the argument reduction, and `nnan`, which would let the
kernels' own checks for NaN be dropped.

Source: reduction in three parts after Cody and Waite, Software Manual for the Elementary Functions, 1980; minimax
coefficients of Moshier's Cephes library (sin.c) on [-pi/4, pi/4]. Validation: tests/unit/test_sgp4_trigonometry.py.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

__all__ = ["FAST", "arctangent2", "rotate_small", "sincos", "sincos_reduced"]

FAST: Final = {"contract", "nsz", "arcp"}

_TWO_OVER_PI = 0.6366197723675814
_PIO2_1 = 1.5707963267341256e00
_PIO2_2 = 6.0771005063039600e-11
_PIO2_3 = 2.0222662487959506e-21
# Adding and taking away 1.5 * 2**52 rounds to an integer.
_ROUND = 6755399441055744.0


@njit(fastmath=FAST, inline="always")
def sincos(x):  # type: ignore[no-untyped-def]
    """Sine and cosine for |x| < 1e5, to 2e-16 plus the rounding of the argument."""
    n = (x * _TWO_OVER_PI + _ROUND) - _ROUND
    r = ((x - n * _PIO2_1) - n * _PIO2_2) - n * _PIO2_3
    q = np.int64(n)
    z = r * r
    s = r + r * z * (
        -1.66666666666666307295e-1
        + z
        * (
            8.33333333332211858878e-3
            + z
            * (
                -1.98412698295895385996e-4
                + z * (2.75573136213857245213e-6 + z * (-2.50507477628578072866e-8 + z * 1.58962301576546568060e-10))
            )
        )
    )
    c = (1.0 - 0.5 * z) + z * z * (
        4.16666666666665929218e-2
        + z
        * (
            -1.38888888888730564116e-3
            + z
            * (
                2.48015872888517045348e-5
                + z * (-2.75573141792967388112e-7 + z * (2.08757008419747316778e-9 + z * -1.13585365213876817300e-11))
            )
        )
    )
    odd = (q & 1) != 0
    ss = c if odd else s
    cc = s if odd else c
    ss = -ss if (q & 2) != 0 else ss
    cc = -cc if ((q + 1) & 2) != 0 else cc
    return ss, cc


@njit(fastmath=FAST, inline="always")
def sincos_reduced(d):  # type: ignore[no-untyped-def]
    """Sine and cosine for |d| < 0.12, to 1.5e-14 at the end and 2e-16 at half of it: Taylor."""
    z = d * d
    s = d + d * z * (-1.6666666666666666e-1 + z * (8.333333333333333e-3 + z * -1.984126984126984e-4))
    c = 1.0 + z * (-0.5 + z * (4.1666666666666664e-2 + z * (-1.3888888888888889e-3 + z * 2.48015873015873e-5)))
    return s, c


@njit(fastmath=FAST, inline="always")
def rotate_small(s, c, d):  # type: ignore[no-untyped-def]
    """Sine and cosine of (angle + d) from those of the angle, |d| < 0.002."""
    z = d * d
    sd = d - d * z * 0.16666666666666666
    cd = 1.0 - z * (0.5 - z * 0.041666666666666664)
    return s * cd + c * sd, c * cd - s * sd


@njit(fastmath=FAST, inline="always")
def arctangent2(y, x):  # type: ignore[no-untyped-def]
    """Angle of (x, y) in [-pi, pi], to 2e-16; not for (0, 0)."""
    ax = abs(x)
    ay = abs(y)
    steep = ay > ax
    top = ax if steep else ay
    base = ay if steep else ax
    # atan(top / base) = pi/4 + atan((top - base) / (top + base)) when the ratio is above tan(pi/8)
    beyond = top > 0.41421356237309503 * base
    r = ((top - base) if beyond else top) / ((top + base) if beyond else base)
    z = r * r
    numerator = z * (
        -6.485021904942025371773e1
        + z
        * (
            -1.228866684490136173410e2
            + z * (-7.500855792314704667340e1 + z * (-1.615753718733365076637e1 + z * -8.750608600031904122785e-1))
        )
    )
    denominator = 1.945506571482613964425e2 + z * (
        4.853903996359136964868e2
        + z * (4.328810604912902668951e2 + z * (1.650270098316988542046e2 + z * (2.485846490142306297962e1 + z)))
    )
    angle = r + r * (numerator / denominator)
    angle = angle + 0.7853981633974483 if beyond else angle
    angle = 1.5707963267948966 - angle if steep else angle
    angle = 3.141592653589793 - angle if x < 0.0 else angle
    return -angle if y < 0.0 else angle
