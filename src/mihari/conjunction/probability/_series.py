"""The 2-D integral as a series of positive terms: the fast path, for blocks of rows at once.

With the combined covariance in principal axes (variances s1 >= s2, miss components x1, x2) let f be the density of the
squared distance q. Its Laplace transform is elementary, and after a shift by p = 1 / (2 s2) a function of 1/t alone::

    L[exp(p q) f](t) = a0 u (1 - a u)^(-1/2) exp(b u + c u / (1 - a u)),   u = 1 / t
    a = p (1 - s2 / s1),  b = x2^2 / (4 s2^2),  c = x1^2 / (4 s1^2)
    a0 = exp(-x1^2 / (2 s1) - x2^2 / (2 s2)) / (2 sqrt(s1 s2))

Its power series has positive coefficients h[k] with a recurrence of three terms, and the probability is

    P = a0 exp(-p R^2) sum G[k] R^(2 k + 2) / (k + 1)!,   G[k] = p G[k - 1] + h[k]

without cancellation. The same idea as Serra et al.; the recurrence here is derived from the transform above.

References
----------
R. Serra, D. Arzelier, M. Joldes, J.-B. Lasserre, A. Rondepierre, B. Salvy, "Fast and accurate computation of orbital
collision probability for short-term encounters", J. Guidance, Control, and Dynamics 39(5), 2016.

Validation
----------
tests/validation/test_probability_circle.py: adaptive quadrature, the non-central chi-square law, CARA and Alfano.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._quadrature import circle_by_quadrature

__all__ = ["CLIP", "NEGATIVE", "NOT_FINITE", "OK", "REPAIRED", "circle_rows"]

OK: Final = 0
REPAIRED: Final = 1
NEGATIVE: Final = 2
NOT_FINITE: Final = 3

CLIP: Final = 1.0e-4
"""Eigenvalues of a projected covariance are lifted to (CLIP radius)^2: CARA's stated repair."""
LANES: Final = 32
TERMS: Final = 160
MOST_Z: Final = 40.0  # R^2 / (2 s2) above which the quadrature takes over
MOST_GROWTH: Final = 900.0  # (b + c) R^2 likewise: terms grow like exp(2 sqrt(...))
LEAST_EXPONENT: Final = -650.0

# Rows of the scratch, each of LANES doubles; one flat array, so that the compiler sees that they do not overlap.
Z: Final = 0 * LANES
A: Final = 1 * LANES
D: Final = 2 * LANES  # A / 2 + b + c
AB: Final = 3 * LANES  # 2 A b
AAB: Final = 4 * LANES  # A^2 b
E0: Final = 5 * LANES
E1: Final = 6 * LANES
E2: Final = 7 * LANES
G: Final = 8 * LANES
SUM: Final = 9 * LANES
LEAD: Final = 10 * LANES
EXPONENT: Final = 11 * LANES
S1: Final = 12 * LANES
S2: Final = 13 * LANES
Q1: Final = 14 * LANES  # squared miss components
Q2: Final = 15 * LANES
ROWS: Final = 16


@kernel(fastmath={"contract", "nsz", "arcp", "nnan", "ninf"})
def _terms(w, k0, k1, first, second, third):  # type: ignore[no-untyped-def]
    """Add the terms k0 + 1 to k1 to the sums of a block; returns how many lanes have not converged."""
    for k in range(k0, k1):
        r0 = first[k]
        r1 = second[k]
        r2 = third[k]
        two_k = 2.0 * k
        half = k - 0.5
        z_over = 1.0 / (k + 2.0)
        for i in range(LANES):
            a = w[A + i]
            e0 = w[E0 + i]
            e1 = w[E1 + i]
            e = r0 * (two_k * a + w[D + i]) * e0 - r1 * (a * a * half + w[AB + i]) * e1 + r2 * w[AAB + i] * w[E2 + i]
            g = z_over * w[Z + i] * w[G + i] + e
            w[E2 + i] = e1
            w[E1 + i] = e0
            w[E0 + i] = e
            w[G + i] = g
            w[SUM + i] += g
    open_lanes = 0
    for i in range(LANES):
        open_lanes += 1 if w[G + i] > 1.0e-17 * w[SUM + i] else 0
    return open_lanes


@kernel()
def _prepare(w, x, y, cxx, cxy, cyy, radius, start, width):  # type: ignore[no-untyped-def]
    """Turn a block into principal axes and constants of the series; lanes past `width` repeat the first row."""
    for i in range(LANES):
        j = start + (i if i < width else 0)
        half = 0.5 * (cxx[j] - cyy[j])
        spread = math.sqrt(half * half + cxy[j] * cxy[j])
        large = 0.5 * (cxx[j] + cyy[j]) + spread
        determinant = cxx[j] * cyy[j] - cxy[j] * cxy[j]
        small = determinant / large if large > 0.0 else large - 2.0 * spread
        tilt = abs(half) / spread if spread > 0.0 else 1.0
        big = math.sqrt(0.5 * (1.0 + tilt))
        little = 0.5 * cxy[j] / (spread * big) if spread > 0.0 else 0.0
        c = big if half >= 0.0 else little
        s = little if half >= 0.0 else big
        u = x[j] * c + y[j] * s
        v = y[j] * c - x[j] * s
        rr = radius[j] * radius[j]
        least = CLIP * CLIP * rr
        s1 = max(large, least)
        s2 = max(small, least)
        w[S1 + i] = s1
        w[S2 + i] = s2
        w[Q1 + i] = u * u
        w[Q2 + i] = v * v
        z = 0.5 * rr / s2
        a = z * (1.0 - s2 / s1)
        b = 0.25 * v * v * rr / (s2 * s2)
        d = 0.25 * u * u * rr / (s1 * s1)
        w[Z + i] = z
        w[A + i] = a
        w[D + i] = 0.5 * a + b + d
        w[AB + i] = 2.0 * a * b
        w[AAB + i] = a * a * b
        w[LEAD + i] = 0.5 * rr / math.sqrt(s1 * s2)
        w[EXPONENT + i] = -0.5 * (u * u / s1 + v * v / s2) - z


@kernel()
def circle_rows(x, y, cxx, cxy, cyy, radius, probability, status):  # type: ignore[no-untyped-def]
    """Fill probability and status per row; see `circle_probability`.

    Parameters
    ----------
    x, y : (n,) float64, m
        Miss vector in the plane.
    cxx, cxy, cyy : (n,) float64, m^2
    radius : (n,) float64, m
    probability : (n,) float64
        Filled.
    status : (n,) uint8
        Filled.
    """
    n = x.shape[0]
    w = np.empty(ROWS * LANES)
    by_quadrature = np.empty(LANES, np.bool_)
    first = np.empty(TERMS)
    second = np.empty(TERMS)
    third = np.empty(TERMS)
    for k in range(TERMS):
        first[k] = 1.0 / ((k + 1.0) * (k + 2.0))
        second[k] = first[k] / (k + 1.0)
        third[k] = second[k] / k if k > 0 else 0.0
    for start in range(0, n, LANES):
        width = min(LANES, n - start)
        _prepare(w, x, y, cxx, cxy, cyy, radius, start, width)
        for i in range(LANES):
            # Written so that NaN takes the scalar way too.
            series = w[Z + i] <= MOST_Z and w[D + i] <= MOST_GROWTH and w[EXPONENT + i] >= LEAST_EXPONENT
            by_quadrature[i] = not series
            if not series:
                for row in range(5):
                    w[row * LANES + i] = 0.0
            w[E0 + i] = 1.0
            w[E1 + i] = 0.0
            w[E2 + i] = 0.0
            w[G + i] = 1.0
            w[SUM + i] = 1.0
        k = 0
        while k < TERMS - 4 and _terms(w, k, k + 4, first, second, third) > 0:
            k += 4
        exhausted = k >= TERMS - 4
        for i in range(width):
            j = start + i
            rr = radius[j] * radius[j]
            least = CLIP * CLIP * rr
            finite = math.isfinite(x[j] + y[j] + cxx[j] + cxy[j] + cyy[j]) and not math.isnan(radius[j])
            code = OK
            if not finite or radius[j] < 0.0:
                p = math.nan
                code = NOT_FINITE
            elif math.isinf(radius[j]):
                p = 1.0
            elif radius[j] == 0.0:
                p = 0.0
            elif cxx[j] + cyy[j] <= 0.0:
                p = math.nan
                code = NEGATIVE
            else:
                determinant = cxx[j] * cyy[j] - cxy[j] * cxy[j]
                if w[S2 + i] <= least or determinant <= 0.0:
                    code = REPAIRED
                if by_quadrature[i] or (exhausted and w[G + i] > 1.0e-17 * w[SUM + i]):
                    p = circle_by_quadrature(
                        math.sqrt(w[Q1 + i]),
                        math.sqrt(w[Q2 + i]),
                        math.sqrt(w[S1 + i]),
                        math.sqrt(w[S2 + i]),
                        radius[j],
                    )
                else:
                    p = w[LEAD + i] * w[SUM + i] * math.exp(w[EXPONENT + i])
                p = min(p, 1.0)
            probability[j] = p
            status[j] = code
