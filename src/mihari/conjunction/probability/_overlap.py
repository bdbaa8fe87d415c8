"""Where the position densities of two curved orbits overlap most at a moment, and the relative state about that point.

Both orbits are Gaussian in equinoctial elements. Their Cartesian densities are expanded about the peak of the overlap,
not about the means, which is what makes long thin curved covariances come out right (Hall 2021, "peak overlap point").

A pair is a (26, 12) array in canonical units: elements of the first object, their covariance (six rows), the same of
the second, all in the first six columns, and a (12, 12) factor of the joint covariance of both, which holds the shared
error. What is left of the velocity's spread once the position is known may be a millionth of the spread itself, so it
is taken from the factor by orthogonal steps and never as a difference of squares.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._elements import elements_from_state, state_from_elements, wrap
from mihari.conjunction.probability._kernel import kernel

__all__ = ["FACTOR", "FIRST", "OVERLAP_LOST", "OVERLAP_OK", "OVERLAP_UNBOUND", "SECOND", "invert_3", "overlap"]

FIRST: Final = 0
SECOND: Final = 7
FACTOR: Final = 14

OVERLAP_OK: Final = 0
OVERLAP_UNBOUND: Final = 1
OVERLAP_LOST: Final = 2

ITERATIONS: Final = 100
TIGHT: Final = 1.0e-10
LOOSE: Final = 1.0e-5


@kernel()
def invert_3(a, least, out):  # type: ignore[no-untyped-def]
    """Fill the inverse of a symmetric (3, 3) matrix, eigenvalues lifted to `least`; returns determinant and lifts."""
    m00, m11, m22 = a[0, 0] - least, a[1, 1] - least, a[2, 2] - least
    minor = m00 * m11 - a[0, 1] * a[0, 1]
    whole = (
        m00 * (m11 * m22 - a[1, 2] * a[1, 2])
        - a[0, 1] * (a[0, 1] * m22 - a[1, 2] * a[0, 2])
        + a[0, 2] * (a[0, 1] * a[1, 2] - m11 * a[0, 2])
    )
    # Far from the limit, past all rounding, the plain inverse will do.
    safe = 1.0e-10 * abs(m00 * m11)
    if m00 > 0.0 and minor > safe and whole > safe * abs(m22):
        c00 = a[1, 1] * a[2, 2] - a[1, 2] * a[1, 2]
        c01 = a[0, 2] * a[1, 2] - a[0, 1] * a[2, 2]
        c02 = a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]
        determinant = a[0, 0] * c00 + a[0, 1] * c01 + a[0, 2] * c02
        scale = 1.0 / determinant
        out[0, 0] = c00 * scale
        out[0, 1] = out[1, 0] = c01 * scale
        out[0, 2] = out[2, 0] = c02 * scale
        out[1, 1] = (a[0, 0] * a[2, 2] - a[0, 2] * a[0, 2]) * scale
        out[1, 2] = out[2, 1] = (a[0, 1] * a[0, 2] - a[0, 0] * a[1, 2]) * scale
        out[2, 2] = (a[0, 0] * a[1, 1] - a[0, 1] * a[0, 1]) * scale
        return determinant, 0
    values, vectors = _jacobi(a)
    lifted = 0
    determinant = 1.0
    for k in range(3):
        if values[k] < least:
            values[k] = least
            lifted += 1
        determinant *= values[k]
    for i in range(3):
        for j in range(3):
            total = 0.0
            for k in range(3):
                total += vectors[i, k] * vectors[j, k] / values[k]
            out[i, j] = total
    return determinant, lifted


@kernel()
def _jacobi(a):  # type: ignore[no-untyped-def]
    """Return eigenvalues and eigenvectors (columns) of a symmetric (3, 3) matrix by Jacobi's rotations."""
    m = a.copy()
    v = np.eye(3)
    for _ in range(30):
        off = abs(m[0, 1]) + abs(m[0, 2]) + abs(m[1, 2])
        if off <= 1.0e-300:
            break
        for p in range(2):
            for q in range(p + 1, 3):
                if m[p, q] == 0.0:
                    continue
                theta = (m[q, q] - m[p, p]) / (2.0 * m[p, q])
                t = (1.0 if theta >= 0.0 else -1.0) / (abs(theta) + math.sqrt(theta * theta + 1.0))
                c = 1.0 / math.sqrt(t * t + 1.0)
                s = t * c
                for k in range(3):
                    x, y = m[k, p], m[k, q]
                    m[k, p], m[k, q] = c * x - s * y, s * x + c * y
                for k in range(3):
                    x, y = m[p, k], m[q, k]
                    m[p, k], m[q, k] = c * x - s * y, s * x + c * y
                    x, y = v[k, p], v[k, q]
                    v[k, p], v[k, q] = c * x - s * y, s * x + c * y
    values = np.empty(3)
    for k in range(3):
        values[k] = m[k, k]
    return values, v


@kernel()
def _carry(jacobian, covariance, out):  # type: ignore[no-untyped-def]
    """Fill J Q J^T, kept symmetric."""
    half = np.empty((6, 6))
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += jacobian[i, k] * covariance[k, j]
            half[i, j] = total
    for i in range(6):
        for j in range(i, 6):
            total = 0.0
            for k in range(6):
                total += half[i, k] * jacobian[j, k]
            out[i, j] = total
            out[j, i] = total


@kernel()
def _offset(state, jacobian, mean, centre, out):  # type: ignore[no-untyped-def]
    """Fill where the mean lies in the linear map about an expansion centre."""
    for i in range(6):
        total = state[i] + jacobian[i, 5] * wrap(mean[5] - centre[5])
        for k in range(5):
            total += jacobian[i, k] * (mean[k] - centre[k])
        out[i] = total


@kernel()
def overlap(t, pair, radius, relative, factor, jacobian_1, jacobian_2):  # type: ignore[no-untyped-def]
    """Fill the relative mean state and covariance at a moment, expanded about the peak overlap point.

    Parameters
    ----------
    t : float
        Time since the epoch of the elements.
    pair : (26, 12) float64
        See the module.
    radius : float
        Eigenvalues of position covariances are lifted to (1e-4 radius)^2.
    relative : (6,) float64
        Filled: second less first.
    factor : (6, 12) float64
        Filled: its product with its transpose is the covariance of the relative state, shared error taken out.
    jacobian_1, jacobian_2 : (6, 6) float64
        Filled: states by epoch elements about the point.

    Returns
    -------
    int
        OVERLAP_OK, OVERLAP_UNBOUND (the point asks for an open orbit), OVERLAP_LOST (no convergence).

    References
    ----------
    D. T. Hall, "Expected collision rates for tracked satellites", J. Spacecraft and Rockets 58(3), 2021, section on
    peak overlap and eq. 57 (shared error); V. Coppola, AAS 12-247, 2012.
    """
    mean_1 = pair[FIRST, :6]
    mean_2 = pair[SECOND, :6]
    q1 = pair[FIRST + 1 : FIRST + 7, :6]
    q2 = pair[SECOND + 1 : SECOND + 7, :6]
    e1 = mean_1.copy()
    e2 = mean_2.copy()
    s1 = np.empty(6)
    s2 = np.empty(6)
    u1 = np.empty(6)
    u2 = np.empty(6)
    p1 = np.empty((6, 6))
    p2 = np.empty((6, 6))
    i1 = np.empty((3, 3))
    i2 = np.empty((3, 3))
    both = np.empty((3, 3))
    sigma = np.empty((3, 3))
    point = np.empty(3)
    pull = np.empty(3)
    old = np.zeros(3)
    gap = np.empty(3)
    least = (1.0e-4 * radius) ** 2
    converged = False
    for iteration in range(ITERATIONS + 1):
        state_from_elements(e1, t, s1, jacobian_1, True)
        state_from_elements(e2, t, s2, jacobian_2, True)
        _offset(s1, jacobian_1, mean_1, e1, u1)
        _offset(s2, jacobian_2, mean_2, e2, u2)
        _carry(jacobian_1, q1, p1)
        _carry(jacobian_2, q2, p2)
        if converged:
            break
        if iteration == ITERATIONS:
            return OVERLAP_LOST
        invert_3(p1[:3, :3], least, i1)
        invert_3(p2[:3, :3], least, i2)
        for i in range(3):
            total = 0.0
            for j in range(3):
                both[i, j] = i1[i, j] + i2[i, j]
                total += i1[i, j] * u1[j] + i2[i, j] * u2[j]
            pull[i] = total
        invert_3(both, 0.0, sigma)
        for i in range(3):
            total = 0.0
            for j in range(3):
                total += sigma[i, j] * pull[j]
            point[i] = total
        # Plain steps may swing between two points: halve them.
        if iteration > 8:
            for i in range(3):
                point[i] = 0.5 * (point[i] + old[i])
        for i in range(3):
            s1[i] = point[i]
            s2[i] = point[i]
        _conditional(u1, p1, i1, point, s1)
        _conditional(u2, p2, i2, point, s2)
        if not (elements_from_state(s1, e1) and elements_from_state(s2, e2)):
            return OVERLAP_UNBOUND
        e1[5] = e1[5] - e1[0] * t
        e2[5] = e2[5] - e2[0] * t
        if iteration > 0:
            for i in range(3):
                sigma[i, i] += radius * radius
            invert_3(sigma, 0.0, both)
            change = _squared(both, point, old, gap)
            converged = change <= (TIGHT if iteration <= 60 else LOOSE)
        for i in range(3):
            old[i] = point[i]
    for i in range(6):
        relative[i] = u2[i] - u1[i]
        for j in range(12):
            total = 0.0
            for k in range(6):
                total += jacobian_2[i, k] * pair[FACTOR + 6 + k, j] - jacobian_1[i, k] * pair[FACTOR + k, j]
            factor[i, j] = total
    return OVERLAP_OK


@kernel()
def _conditional(mean, covariance, inverse, point, out):  # type: ignore[no-untyped-def]
    """Fill the velocity part of `out` with the mean velocity given the position."""
    for i in range(3):
        total = mean[3 + i]
        for j in range(3):
            for k in range(3):
                total += covariance[3 + i, j] * inverse[j, k] * (point[k] - mean[k])
        out[3 + i] = total


@kernel()
def _squared(inverse, a, b, gap):  # type: ignore[no-untyped-def]
    for i in range(3):
        gap[i] = a[i] - b[i]
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += gap[i] * inverse[i, j] * gap[j]
    return total
