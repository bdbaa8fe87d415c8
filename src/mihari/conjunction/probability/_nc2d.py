"""2-D-Nc: the collisions expected of one isolated encounter on curved orbits, its time integral taken analytically.

About the time at which the modified Mahalanobis distance Q(t) = r^T A^-1 r + ln det A of the two orbits is least, the
exponent on the collision sphere is expanded to second order in time; the integral over time is then a Gaussian one and
only the sphere is left for quadrature. The same expansion tells how far the flat 2-D formula can be trusted.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._overlap import OVERLAP_OK, overlap
from mihari.conjunction.probability._rate import MOST_NODES, directions, inward_speed, log_bound, split

__all__ = [
    "NC2D_FIELDS",
    "NC2D_NO_MINIMUM",
    "NC2D_NO_OVERLAP",
    "NC2D_OK",
    "distance_and_state",
    "find_minimum",
    "nc2d",
    "other_peaks",
]

NC2D_OK: Final = 0
NC2D_NO_OVERLAP: Final = 1
NC2D_NO_MINIMUM: Final = 2

NC2D_FIELDS: Final = (
    "sphere",  # probability by the sphere
    "time",  # of least Q
    "sigma",  # of the Gaussian in time there
    "least",  # Q there
    "speed",  # relative speed there
    "mean",  # mean time of the collisions
    "deviation",  # their standard deviation
    "doubt",  # relative change of the sphere with three quarters of the nodes
    "imaginary",  # directions with no minimum in time
    "plane_time",  # closest approach of the effective straight line, from `time`
    "rx", "ry", "rz", "vx", "vy", "vz",  # effective miss and velocity
    "cxx", "cxy", "cxz", "cyy", "cyz", "czz",  # effective covariance
    "lifted",
)  # fmt: skip
ROOT_2: Final = math.sqrt(2.0)


@kernel()
def distance_and_state(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity):  # type: ignore[no-untyped-def]
    """Return code, Q(t), the logarithm of the determinant and the eigenvalues lifted; fill all that belongs to t."""
    code = overlap(t, pair, radius, relative, factor, j1, j2)
    if code != OVERLAP_OK:
        return code, math.nan, math.nan, 0
    determinant, lifted = split(relative, factor, radius, inverse, gain, spread, velocity)
    value = 0.0
    for i in range(3):
        for j in range(3):
            value += relative[i] * inverse[i, j] * relative[j]
    log_determinant = math.log(determinant)
    return OVERLAP_OK, value + log_determinant, log_determinant, lifted


@kernel()
def _value(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity):  # type: ignore[no-untyped-def]
    code, value, _, _ = distance_and_state(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
    return value if code == OVERLAP_OK else math.nan


@kernel()
def find_minimum(pair, radius, start, sigma, reach):  # type: ignore[no-untyped-def]
    """Return code, the time of the nearest minimum of Q downhill from `start`, and its Gaussian width.

    Parameters
    ----------
    pair : (26, 12) float64
    radius : float
    start, sigma : float
        First guess of the time and of the width.
    reach : float
        The search does not leave (-reach, reach).
    """
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    inverse = np.empty((3, 3))
    gain = np.empty((3, 3))
    spread = np.empty((3, 3))
    velocity = np.empty(3)
    start = min(max(start, -reach), reach)
    step = min(sigma, 0.1 * reach)
    middle = start
    at_middle = _value(middle, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
    if math.isnan(at_middle):
        middle = 0.0
        at_middle = _value(middle, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        if math.isnan(at_middle):
            return NC2D_NO_OVERLAP, math.nan, math.nan
    low = middle - step
    high = middle + step
    at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
    at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
    # Halve where the overlap is lost, walk downhill in growing steps where it is not.
    tries = 0
    while (math.isnan(at_low) or math.isnan(at_high)) and tries < 20:
        step *= 0.5
        low = middle - step
        high = middle + step
        at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        tries += 1
    if math.isnan(at_low) or math.isnan(at_high):
        return NC2D_NO_OVERLAP, math.nan, math.nan
    tries = 0
    while not (at_middle <= at_low and at_middle <= at_high) and tries < 200:
        tries += 1
        step = min(1.3 * step, 0.05 * reach)
        if at_low < at_high:
            high, at_high = middle, at_middle
            middle, at_middle = low, at_low
            low = middle - step
            at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        else:
            low, at_low = middle, at_middle
            middle, at_middle = high, at_high
            high = middle + step
            at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        if math.isnan(at_low) or math.isnan(at_high):
            return NC2D_NO_OVERLAP, math.nan, math.nan
        if abs(middle) > reach:
            return NC2D_NO_MINIMUM, math.nan, math.nan
    if tries >= 200:
        return NC2D_NO_MINIMUM, math.nan, math.nan
    # Parabolas through the bracket, golden sections where they stray.
    for _ in range(60):
        left = middle - low
        right = high - middle
        if left + right <= 2.0e-3 * sigma:
            break
        slope_l = (at_middle - at_low) / left
        slope_r = (at_high - at_middle) / right
        curve = (slope_r - slope_l) / (left + right)
        guess = middle - 0.5 * (slope_l * right + slope_r * left) / (left + right) / curve if curve > 0.0 else middle
        edge = 0.05 * (left + right)
        if not low + 0.3 * edge < guess < high - 0.3 * edge:
            guess = middle
        if abs(guess - middle) < 1.0e-4 * sigma:
            # Close in on the minimum from the wider side.
            guess = middle - 0.38 * left if left > right else middle + 0.38 * right
        at = _value(guess, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        if math.isnan(at):
            return NC2D_NO_OVERLAP, math.nan, math.nan
        if at <= at_middle:
            if guess < middle:
                high, at_high = middle, at_middle
            else:
                low, at_low = middle, at_middle
            middle, at_middle = guess, at
        elif guess < middle:
            low, at_low = guess, at
        else:
            high, at_high = guess, at
    # Width from the second difference over one width either side.
    width = sigma
    for _ in range(20):
        at_low = _value(middle - width, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        at_high = _value(middle + width, pair, radius, relative, factor, j1, j2, inverse, gain, spread, velocity)
        if math.isnan(at_low) or math.isnan(at_high):
            return NC2D_NO_OVERLAP, middle, math.nan
        curve = (at_high - 2.0 * at_middle + at_low) / (width * width)
        if not curve > 0.0:
            return NC2D_NO_MINIMUM, middle, math.nan
        old = width
        width = min(math.sqrt(2.0 / curve), 3.0 * width)
        if abs(width - old) < 1.0e-3 * width:
            return NC2D_OK, middle, width
    return NC2D_NO_MINIMUM, middle, math.nan


@kernel()
def nc2d(pair, radius, start, sigma, reach, out):  # type: ignore[no-untyped-def]
    """Fill the fields of NC2D_FIELDS; returns a code.

    Parameters
    ----------
    pair : (26, 12) float64
        See `_overlap`.
    radius, start, sigma, reach : float
        See `find_minimum`.
    out : (len(NC2D_FIELDS),) float64
        Filled with NaN where not reached.

    References
    ----------
    D. T. Hall, L. Baars, S. Casali, "A multistep probability of collision algorithm", AAS 23-398, 2023.

    Validation
    ----------
    tests/validation/test_probability_cara.py: 27 CDMs of CARA.
    """
    for i in range(out.shape[0]):
        out[i] = math.nan
    code, middle, width = find_minimum(pair, radius, start, sigma, reach)
    out[1] = middle
    out[2] = width
    if code != NC2D_OK:
        return code
    states = np.empty((3, 6))
    factors = np.empty((3, 6, 12))
    inverses = np.empty((3, 3, 3))
    q = np.empty(3)
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    gain = np.empty((3, 3))
    spread = np.empty((3, 3))
    velocity = np.empty(3)
    log_determinant = 0.0
    lifted = 0
    for row in (0, 2, 1):  # the middle last: its gain, spread and velocity stay
        code, q[row], log_determinant, lifted = distance_and_state(
            middle + (row - 1) * width,
            pair,
            radius,
            states[row],
            factors[row],
            j1,
            j2,
            inverses[row],
            gain,
            spread,
            velocity,
        )
        if code != OVERLAP_OK:
            return NC2D_NO_OVERLAP
    q_dot = (q[2] - q[0]) / (2.0 * width)
    q_dot_dot = (q[2] - 2.0 * q[1] + q[0]) / (width * width)
    ru = states[1]
    inverse = inverses[1]
    r_dot = np.empty(3)
    r_dot_dot = np.empty(3)
    i_dot = np.empty((3, 3))
    i_dot_dot = np.empty((3, 3))
    for i in range(3):
        r_dot[i] = (states[2, i] - states[0, i]) / (2.0 * width)
        r_dot_dot[i] = (states[2, i] - 2.0 * ru[i] + states[0, i]) / (width * width)
        for j in range(3):
            i_dot[i, j] = (inverses[2, i, j] - inverses[0, i, j]) / (2.0 * width)
            i_dot_dot[i, j] = (inverses[2, i, j] - 2.0 * inverse[i, j] + inverses[0, i, j]) / (width * width)
    # Linear terms in the direction, at order zero to two of time.
    linear = np.empty((3, 3))
    for i in range(3):
        a = 0.0
        b = 0.0
        c = 0.0
        for j in range(3):
            a += inverse[i, j] * ru[j]
            b += i_dot[i, j] * ru[j] + inverse[i, j] * r_dot[j]
            c += i_dot_dot[i, j] * ru[j] + 2.0 * i_dot[i, j] * r_dot[j] + inverse[i, j] * r_dot_dot[j]
        linear[0, i] = a
        linear[1, i] = b
        linear[2, i] = c
    q_star = q[1] - 0.5 * q_dot * q_dot / q_dot_dot
    rr = radius * radius
    curves = (q[1], q_dot, q_dot_dot, q_star, log_determinant, middle)
    total, first, second, imaginary, need = _sphere(
        radius, ru, velocity, gain, spread, inverse, i_dot, i_dot_dot, linear, curves, 1.0
    )
    doubt = 0.0
    if need > 1.0 and total > 0.0:
        coarse, _, _, _, _ = _sphere(
            radius, ru, velocity, gain, spread, inverse, i_dot, i_dot_dot, linear, curves, 0.75
        )
        doubt = abs(coarse - total) / total
    out[0] = total * rr / (2.0 * math.pi) * math.exp(-0.5 * q_star)
    out[3] = q_star
    out[4] = math.sqrt(ru[3] ** 2 + ru[4] ** 2 + ru[5] ** 2)
    if total > 0.0:
        out[5] = first / total
        out[6] = math.sqrt(max(second / total - out[5] * out[5], 0.0))
    out[7] = doubt
    out[8] = imaginary
    square = velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2
    lead = 0.0
    for i in range(3):
        lead += ru[i] * velocity[i]
    moment = -lead / square if square > 0.0 else 0.0
    out[9] = moment
    for i in range(3):
        out[10 + i] = ru[i] + moment * velocity[i]
        out[13 + i] = velocity[i]
    place = 16
    for i in range(3):
        for j in range(i, 3):
            total = 0.0
            for k in range(12):
                total += factors[1, i, k] * factors[1, j, k]
            out[place] = total
            place += 1
    out[22] = lifted
    return NC2D_OK


@kernel()
def other_peaks(pair, radius, middle, half, low, high, count):  # type: ignore[no-untyped-def]
    """Return about the most that the rate can add over a segment outside `half` about the middle.

    A coarse search: what has no minimum of distance of its own is as wide as the orbit's own changes.
    """
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    total = 0.0
    step = (high - low) / count
    for k in range(count):
        t = low + (k + 0.5) * step
        if abs(t - middle) < half + 0.5 * step or overlap(t, pair, radius, relative, factor, j1, j2) != OVERLAP_OK:
            continue
        total += math.exp(min(log_bound(relative, factor, radius), 700.0)) * step
    return total


@kernel()
def _sphere(radius, ru, velocity, gain, spread, inverse, i_dot, i_dot_dot, linear, curves, share):  # type: ignore[no-untyped-def]
    """Return the sum over the sphere, its first two moments in time, directions without a minimum, need of nodes.

    `linear` has the terms linear in the direction at order zero to two of time; `curves` Q and its derivatives at the
    middle, its least value, the logarithm of the determinant and the middle itself.
    """
    at, at_dot, at_dot_dot, q_star, log_determinant, middle = curves
    rr = radius * radius
    axes = np.empty((3, 3))
    mu = np.empty(MOST_NODES)
    weight = np.empty(MOST_NODES)
    nodes, need = directions(inverse, ru, velocity, radius, share, mu, weight, axes)
    around = 2 * nodes
    total = 0.0
    first = 0.0
    second = 0.0
    imaginary = 0
    for side in range(2):
        for i in range(nodes):
            c = mu[i] if side == 0 else -mu[i]
            s = math.sqrt(1.0 - c * c)
            for m in range(around):
                angle = 2.0 * math.pi * (m + 0.5 * (i % 2)) / around
                cosine = s * math.cos(angle)
                sine = s * math.sin(angle)
                r0 = c * axes[0, 0] + cosine * axes[1, 0] + sine * axes[2, 0]
                r1 = c * axes[0, 1] + cosine * axes[1, 1] + sine * axes[2, 1]
                r2 = c * axes[0, 2] + cosine * axes[1, 2] + sine * axes[2, 2]
                sigma2 = _form(spread, r0, r1, r2)
                w = (
                    r0 * (velocity[0] + radius * (gain[0, 0] * r0 + gain[0, 1] * r1 + gain[0, 2] * r2))
                    + r1 * (velocity[1] + radius * (gain[1, 0] * r0 + gain[1, 1] * r1 + gain[1, 2] * r2))
                    + r2 * (velocity[2] + radius * (gain[2, 0] * r0 + gain[2, 1] * r1 + gain[2, 2] * r2))
                )
                inward = inward_speed(w, sigma2)
                if inward <= 0.0:
                    continue
                value = at - 2.0 * radius * (linear[0, 0] * r0 + linear[0, 1] * r1 + linear[0, 2] * r2)
                value += rr * _form(inverse, r0, r1, r2)
                slope = at_dot - 2.0 * radius * (linear[1, 0] * r0 + linear[1, 1] * r1 + linear[1, 2] * r2)
                slope += rr * _form(i_dot, r0, r1, r2)
                curve = at_dot_dot - 2.0 * radius * (linear[2, 0] * r0 + linear[2, 1] * r1 + linear[2, 2] * r2)
                curve += rr * _form(i_dot_dot, r0, r1, r2)
                if not curve > 0.0:
                    imaginary += 1
                    continue
                star = max(value - 0.5 * slope * slope / curve, log_determinant)
                moment = middle - slope / curve
                part = weight[i] * inward * math.exp(0.5 * (q_star - star)) * math.sqrt(2.0 / curve)
                total += part
                first += part * moment
                second += part * (moment * moment + 2.0 / curve)
    total *= 2.0 * math.pi / around
    first *= 2.0 * math.pi / around
    second *= 2.0 * math.pi / around
    return total, first, second, imaginary, need


@kernel(inline="always")
def _form(m, x, y, z):  # type: ignore[no-untyped-def]
    return (
        x * (m[0, 0] * x + 2.0 * (m[0, 1] * y + m[0, 2] * z)) + y * (m[1, 1] * y + 2.0 * m[1, 2] * z) + z * m[2, 2] * z
    )
