"""The 2-D integral by adaptive Gauss-Kronrod quadrature: for the few rows where the series would be long."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel

__all__ = ["circle_by_quadrature", "gauss_difference"]

# Kronrod's 15 points with Gauss's 7; QUADPACK, R. Piessens et al., 1983, routine qk15.
NODES: Final = np.array(
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691258386,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
        0.0,
    ]
)
KRONROD: Final = np.array(
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
        0.209482141084727828012999174891714,
    ]
)
GAUSS: Final = np.array(
    [
        0.129484966168869693270611432679082,
        0.279705391489276667901467771423780,
        0.381830050505118944950369775488975,
        0.417959183673469387755102040816327,
    ]
)
MOST_PANELS: Final = 400
ROOT_2: Final = math.sqrt(2.0)


@kernel()
def gauss_difference(low, high):  # type: ignore[no-untyped-def]
    """Return the standard normal probability of (low, high) without cancellation in the tails."""
    if low > 0.0:
        return 0.5 * (math.erfc(low / ROOT_2) - math.erfc(high / ROOT_2))
    if high < 0.0:
        return 0.5 * (math.erfc(-high / ROOT_2) - math.erfc(-low / ROOT_2))
    return 0.5 * (math.erf(high / ROOT_2) - math.erf(low / ROOT_2))


@kernel()
def _integrand(angle, u, v, sigma_1, sigma_2, radius):  # type: ignore[no-untyped-def]
    """Return the density along the major axis times the chance across it, per angle on the circle."""
    sine = math.sin(angle)
    cosine = math.cos(angle)
    along = (u + radius * sine) / sigma_1
    half = radius * cosine
    across = gauss_difference((v - half) / sigma_2, (v + half) / sigma_2)
    return math.exp(-0.5 * along * along) * across * half


@kernel()
def _panel(low, high, u, v, sigma_1, sigma_2, radius):  # type: ignore[no-untyped-def]
    centre = 0.5 * (low + high)
    half = 0.5 * (high - low)
    value = KRONROD[7] * _integrand(centre, u, v, sigma_1, sigma_2, radius)
    coarse = GAUSS[3] / KRONROD[7] * value
    for i in range(7):
        pair = _integrand(centre - half * NODES[i], u, v, sigma_1, sigma_2, radius) + _integrand(
            centre + half * NODES[i], u, v, sigma_1, sigma_2, radius
        )
        value += KRONROD[i] * pair
        if i % 2 == 1:
            coarse += GAUSS[i // 2] * pair
    return value * half, abs(value - coarse) * half


@kernel()
def circle_by_quadrature(u, v, sigma_1, sigma_2, radius):  # type: ignore[no-untyped-def]
    """Return the probability that a Gaussian at (u, v), in principal axes, lies within `radius` of the origin.

    Along the major axis numerically, with the angle on the circle as variable (no root at the ends); across it by the
    error function. First panels lie about the two places where the integrand may peak, so that a peak far narrower than
    the circle is not missed. Relative error about 1e-12, as far as double precision carries.

    References
    ----------
    S. Alfano, "A numerical implementation of spherical object collision probability", J. Astronautical Sciences 53(1),
    2005, eq. 7, with another variable.
    """
    edges = np.empty(64)
    count = 0
    quarter = 0.5 * math.pi
    # Centre of the Gaussian along the axis, and the point of the circle that is nearest to it in standard deviations.
    nearest = 0.0
    best = math.inf
    for i in range(257):
        angle = -quarter + i * (math.pi / 256.0)
        du = (u + radius * math.sin(angle)) / sigma_1
        dv = max(0.0, v - radius * math.cos(angle)) / sigma_2
        if du * du + dv * dv < best:
            best = du * du + dv * dv
            nearest = angle
    edges[0] = -quarter
    edges[1] = quarter
    edges[2] = nearest
    count = 3
    for place in range(2):
        middle = -u / radius if place == 0 else math.sin(nearest)
        step = 0.7 * min(sigma_1, sigma_2) / radius if place == 1 else 0.7 * sigma_1 / radius
        for _ in range(6):
            for side in range(2):
                at = middle + (step if side == 0 else -step)
                if -1.0 < at < 1.0:
                    edges[count] = math.asin(at)
                    count += 1
            step *= 2.5
    ordered = np.sort(edges[:count])
    low = np.empty(MOST_PANELS)
    high = np.empty(MOST_PANELS)
    value = np.empty(MOST_PANELS)
    error = np.empty(MOST_PANELS)
    used = 0
    for i in range(count - 1):
        if ordered[i + 1] > ordered[i]:
            low[used] = ordered[i]
            high[used] = ordered[i + 1]
            value[used], error[used] = _panel(low[used], high[used], u, v, sigma_1, sigma_2, radius)
            used += 1
    while used < MOST_PANELS:
        total = 0.0
        doubt = 0.0
        worst = 0
        for i in range(used):
            total += value[i]
            doubt += error[i]
            if error[i] > error[worst]:
                worst = i
        if doubt <= 1.0e-12 * total:
            break
        middle = 0.5 * (low[worst] + high[worst])
        low[used] = middle
        high[used] = high[worst]
        high[worst] = middle
        value[used], error[used] = _panel(low[used], high[used], u, v, sigma_1, sigma_2, radius)
        value[worst], error[worst] = _panel(low[worst], high[worst], u, v, sigma_1, sigma_2, radius)
        used += 1
    total = 0.0
    for i in range(used):
        total += value[i]
    return total / (sigma_1 * math.sqrt(2.0 * math.pi))
