"""What near-Earth and deep-space kernels share: Kepler's equation and the short-period terms, vectorisable.

Kepler's equation is solved for w = E - u, where u is the mean longitude from the node: with a = e sin and b = e cos
of the mean anomaly, w = a cos w + b sin w. No sine or cosine of a whole angle is needed, and w itself is e sin E.
Each solver says how large its last correction was; beyond the bound the caller takes the exact path.
"""

from __future__ import annotations

import math

from numba import njit

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._trigonometry import FAST, rotate_small

__all__ = ["kepler_small", "kepler_wide", "place"]

_J2H = 0.5 * lay.J2


@njit(fastmath=FAST, inline="always")
def kepler_small(a, b):  # type: ignore[no-untyped-def]
    """Eccentricity below 0.08: a third-order guess and one Newton step.

    Return w, sin w, cos w, 1 - e cos E and whether the last correction was too large.
    """
    r = 1.0 / (1.0 - b)
    w = a * r
    z = w * w
    w = r * (a - z * (0.5 * a + b * w * 0.16666666666666666))
    z = w * w
    sw = w - w * z * (0.16666666666666666 - z * (8.333333333333333e-3 - z * 1.984126984126984e-4))
    cw = 1.0 - z * (0.5 - z * (4.1666666666666664e-2 - z * (1.3888888888888889e-3 - z * 2.48015873015873e-5)))
    f1 = 1.0 - b * cw + a * sw
    r = r * (2.0 - f1 * r)
    d = (w - a * cw - b * sw) * (r * (2.0 - f1 * r))
    w = w - d
    sn = sw - d * (cw + 0.5 * d * sw)
    cn = cw + d * (sw - 0.5 * d * cw)
    return w, sn, cn, 1.0 - b * cn + a * sn, abs(d) > 3.0e-5


@njit(fastmath=FAST, inline="always")
def _sincos_unit(w):  # type: ignore[no-untyped-def]
    """Sine and cosine for |w| <= 1.1, to 2e-16: Taylor, no reduction."""
    z = w * w
    s = w + w * z * (
        -1.6666666666666666e-1
        + z
        * (
            8.333333333333333e-3
            + z
            * (
                -1.984126984126984e-4
                + z
                * (
                    2.7557319223985893e-6
                    + z
                    * (
                        -2.505210838544172e-8
                        + z * (1.6059043836821613e-10 + z * (-7.647163731819816e-13 + z * 2.8114572543455206e-15))
                    )
                )
            )
        )
    )
    c = 1.0 + z * (
        -0.5
        + z
        * (
            4.1666666666666664e-2
            + z
            * (
                -1.3888888888888889e-3
                + z
                * (
                    2.48015873015873e-5
                    + z
                    * (
                        -2.755731922398589e-7
                        + z * (2.08767569878681e-9 + z * (-1.1470745597729725e-11 + z * 4.779477332387385e-14))
                    )
                )
            )
        )
    )
    return s, c


@njit(fastmath=FAST, inline="always")
def _halley(w, sw, cw, a, b):  # type: ignore[no-untyped-def]
    """Correction of Halley's method, third order."""
    f = w - a * cw - b * sw
    f1 = 1.0 - b * cw + a * sw
    return f * f1 / (f1 * f1 - 0.5 * f * (a * cw + b * sw))


@njit(fastmath=FAST, inline="always")
def kepler_wide(a, b, el2):  # type: ignore[no-untyped-def]
    """Eccentricity up to 0.95 or so: three Halley steps; same return as `kepler_small`."""
    w = a / math.sqrt(1.0 - 2.0 * b + el2)
    sw, cw = _sincos_unit(w)
    w = w - _halley(w, sw, cw, a, b)
    sw, cw = _sincos_unit(w)
    w = w - _halley(w, sw, cw, a, b)
    sw, cw = _sincos_unit(w)
    d = _halley(w, sw, cw, a, b)
    w = w - d
    sn = sw - d * (cw + 0.5 * d * sw)
    cn = cw + d * (sw - 0.5 * d * cw)
    return w, sn, cn, 1.0 - b * cn + a * sn, (abs(d) > 1.0e-5) | (abs(w) > 1.1)


@njit(fastmath=FAST, inline="always")
def place(  # type: ignore[no-untyped-def]
    am, iam, sqam, axn, ayn, s, c, w, sw, cw, f1, q, betal, ib2, con41, x1mth2, x7thm1, sini, cosi
):
    """Short-period terms, up to the angles' rotation.

    Return radius, sine and cosine of the argument of latitude and of the inclination, the change of the node, the
    radial and transverse speeds (Earth radii, xke units) and whether a bound was broken.
    """
    se = s * cw + c * sw
    ce = c * cw - s * sw
    ir = 1.0 / f1
    tq = w * q
    su = ir * (se - ayn - axn * tq)
    cu = ir * (ce - axn + ayn * tq)
    s2u = (cu + cu) * su
    c2u = 1.0 - 2.0 * su * su
    ipl = iam * ib2
    k1 = _J2H * ipl
    k2 = k1 * ipl
    k3 = 1.5 * k2 * cosi
    mrt = am * f1 * (1.0 - 1.5 * k2 * betal * con41) + 0.5 * k1 * x1mth2 * c2u
    ssu, csu = rotate_small(su, cu, -0.25 * k2 * x7thm1 * s2u)
    si, ci = rotate_small(sini, cosi, k3 * sini * c2u)
    isq = sqam * iam
    nk1 = k1 * iam * isq
    isq = isq * ir
    mv = isq * w - nk1 * x1mth2 * s2u
    rv = isq * betal + nk1 * (x1mth2 * c2u + 1.5 * con41)
    return mrt, ssu, csu, si, ci, k3 * s2u, mv, rv, (mrt < 1.0) | (k2 > 1.0e-3)
