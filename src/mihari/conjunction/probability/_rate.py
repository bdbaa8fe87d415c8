"""The rate of collisions at a moment, and what the 2-D-Nc and 3-D-Nc methods integrate over the collision sphere."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._overlap import invert_3

__all__ = ["LEAST_NODES", "MOST_NODES", "collision_rate", "directions", "inward_speed", "log_bound", "split"]

LEAST_NODES: Final = 8
MOST_NODES: Final = 96
ROOT_2: Final = math.sqrt(2.0)
ROOT_PI: Final = math.sqrt(math.pi)


@kernel()
def inward_speed(along, sigma2):  # type: ignore[no-untyped-def]
    """Return the mean of max(0, -w) for a Gaussian w with this mean and variance: Coppola, AAS 12-247, eq. 36-39."""
    if sigma2 <= 0.0:
        return max(0.0, -along)
    sigma = math.sqrt(sigma2)
    x = along / (sigma * ROOT_2)
    if x > 26.0:
        return 0.0
    if x < -6.0:
        return -along
    return sigma * (math.exp(-x * x) - ROOT_PI * x * math.erfc(x)) / (ROOT_2 * ROOT_PI)


@kernel()
def _covariance_part(factor, i, j):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(12):
        total += factor[i, k] * factor[j, k]
    return total


@kernel()
def split(relative, factor, radius, inverse, gain, spread, velocity):  # type: ignore[no-untyped-def]
    """Fill the parts of a relative Gaussian: inverse position covariance, gain of velocity, what is left of its spread.

    Returns the determinant of the position covariance and how many eigenvalues were lifted; `velocity` is the mean
    velocity given contact of the centres. Householder's place is taken by Gram-Schmidt, twice, on the rows of the
    factor: positions to an orthonormal base, velocities to what lies across it.
    """
    position = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            position[i, j] = _covariance_part(factor, i, j)
    determinant, lifted = invert_3(position, (1.0e-4 * radius) ** 2, inverse)
    if lifted:
        for i in range(3):
            for j in range(3):
                total = 0.0
                for k in range(3):
                    total += _covariance_part(factor, 3 + i, k) * inverse[k, j]
                gain[i, j] = total
        for i in range(3):
            for j in range(3):
                left = _covariance_part(factor, 3 + i, 3 + j)
                for k in range(3):
                    left -= gain[i, k] * _covariance_part(factor, 3 + j, k)
                spread[i, j] = left
    else:
        base = np.empty((3, 12))
        lower = np.zeros((3, 3))
        across = np.zeros((3, 3))
        rest = np.empty((3, 12))
        for i in range(6):
            row = factor[i].copy()
            for _ in range(2):
                for j in range(min(i, 3)):
                    part = 0.0
                    for k in range(12):
                        part += row[k] * base[j, k]
                    for k in range(12):
                        row[k] -= part * base[j, k]
                    if i < 3:
                        lower[i, j] += part
                    else:
                        across[i - 3, j] += part
            if i < 3:
                length = 0.0
                for k in range(12):
                    length += row[k] * row[k]
                length = math.sqrt(length)
                lower[i, i] = length
                for k in range(12):
                    base[i, k] = row[k] / length
            else:
                for k in range(12):
                    rest[i - 3, k] = row[k]
        # Inverse of the lower triangle; with it the inverse covariance and the gain.
        l00, l11, l22 = 1.0 / lower[0, 0], 1.0 / lower[1, 1], 1.0 / lower[2, 2]
        l10 = -lower[1, 0] * l00 * l11
        l21 = -lower[2, 1] * l11 * l22
        l20 = -(lower[2, 0] * l00 + lower[2, 1] * l10) * l22
        for i in range(3):
            gain[i, 0] = across[i, 0] * l00 + across[i, 1] * l10 + across[i, 2] * l20
            gain[i, 1] = across[i, 1] * l11 + across[i, 2] * l21
            gain[i, 2] = across[i, 2] * l22
            for j in range(3):
                total = 0.0
                for k in range(12):
                    total += rest[i, k] * rest[j, k]
                spread[i, j] = total
        inverse[0, 0] = l00 * l00 + l10 * l10 + l20 * l20
        inverse[0, 1] = inverse[1, 0] = l10 * l11 + l20 * l21
        inverse[0, 2] = inverse[2, 0] = l20 * l22
        inverse[1, 1] = l11 * l11 + l21 * l21
        inverse[1, 2] = inverse[2, 1] = l21 * l22
        inverse[2, 2] = l22 * l22
        determinant = (lower[0, 0] * lower[1, 1] * lower[2, 2]) ** 2
    for i in range(3):
        total = relative[3 + i]
        for j in range(3):
            total -= gain[i, j] * relative[j]
        velocity[i] = total
    return determinant, lifted


@kernel()
def directions(inverse, relative, velocity, radius, share, nodes_of, weights_of, axes):  # type: ignore[no-untyped-def]
    """Fill axes whose first points against the velocity; returns the number of Gauss nodes per hemisphere and the need.

    Enough nodes for the growth of the exponent over the sphere, times `share`; more than MOST_NODES are not taken.
    """
    steep = 0.0
    largest = 0.0
    for i in range(3):
        total = 0.0
        row = 0.0
        for j in range(3):
            total += inverse[i, j] * relative[j]
            row += abs(inverse[i, j])
        steep += total * total
        largest = max(largest, row)
    need = radius * math.sqrt(steep) + radius * radius * largest
    nodes = max(int(share * min(LEAST_NODES + 1.2 * need, float(MOST_NODES))), 2)
    speed = math.sqrt(velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2)
    if speed > 0.0:
        for i in range(3):
            axes[0, i] = -velocity[i] / speed
    else:
        axes[0, 0], axes[0, 1], axes[0, 2] = 1.0, 0.0, 0.0
    least = 0
    for i in range(1, 3):
        if abs(axes[0, i]) < abs(axes[0, least]):
            least = i
    length = 0.0
    for i in range(3):
        axes[1, i] = (1.0 if i == least else 0.0) - axes[0, least] * axes[0, i]
        length += axes[1, i] ** 2
    length = math.sqrt(length)
    for i in range(3):
        axes[1, i] /= length
    axes[2, 0] = axes[0, 1] * axes[1, 2] - axes[0, 2] * axes[1, 1]
    axes[2, 1] = axes[0, 2] * axes[1, 0] - axes[0, 0] * axes[1, 2]
    axes[2, 2] = axes[0, 0] * axes[1, 1] - axes[0, 1] * axes[1, 0]
    _gauss(nodes, nodes_of, weights_of)
    return nodes, need


@kernel()
def _gauss(n, nodes, weights):  # type: ignore[no-untyped-def]
    """Fill Gauss-Legendre nodes and weights on (0, 1) by Newton's method on the recurrence."""
    for i in range(n):
        x = math.cos(math.pi * (i + 0.75) / (n + 0.5))
        slope = 1.0
        for _ in range(20):
            p0 = 1.0
            p1 = x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2.0 * k - 1.0) * x * p1 - (k - 1.0) * p0) / k
            slope = n * (x * p1 - p0) / (x * x - 1.0)
            step = p1 / slope
            x -= step
            if abs(step) < 1.0e-15:
                break
        nodes[i] = 0.5 * (1.0 + x)
        weights[i] = 1.0 / ((1.0 - x * x) * slope * slope)


@kernel()
def collision_rate(relative, factor, radius, share):  # type: ignore[no-untyped-def]
    """Return the expected number of entries into the sphere per unit of time, as a value and a logarithmic scale.

    Parameters
    ----------
    relative : (6,) float64
    factor : (6, 12) float64
        Of the relative covariance; see `_overlap`.
    radius : float
    share : float
        Of the nodes: one, or less to learn how well the quadrature has converged.

    Returns
    -------
    tuple
        rate times exp(lift); lift; eigenvalues lifted.

    References
    ----------
    V. Coppola, AAS 12-247, 2012, eq. 31-39; D. T. Hall, J. Spacecraft and Rockets 58(3), 2021.
    """
    inverse = np.empty((3, 3))
    gain = np.empty((3, 3))
    spread = np.empty((3, 3))
    velocity = np.empty(3)
    axes = np.empty((3, 3))
    mu = np.empty(MOST_NODES)
    weight = np.empty(MOST_NODES)
    determinant, lifted = split(relative, factor, radius, inverse, gain, spread, velocity)
    nodes, _ = directions(inverse, relative, velocity, radius, share, mu, weight, axes)
    total = 0.0
    # The least exponent that the sphere can have keeps tiny rates from underflow.
    centre = 0.0
    largest = 0.0
    for i in range(3):
        row = 0.0
        for j in range(3):
            centre += relative[i] * inverse[i, j] * relative[j]
            row += abs(inverse[i, j])
        largest = max(largest, row)
    lift = 0.5 * max(0.0, math.sqrt(centre) - radius * math.sqrt(largest)) ** 2
    around = 2 * nodes
    for side in range(2):
        for i in range(nodes):
            c = mu[i] if side == 0 else -mu[i]
            s = math.sqrt(1.0 - c * c)
            for m in range(around):
                angle = 2.0 * math.pi * (m + 0.5 * (i % 2)) / around
                cosine = s * math.cos(angle)
                sine = s * math.sin(angle)
                rx = c * axes[0, 0] + cosine * axes[1, 0] + sine * axes[2, 0]
                ry = c * axes[0, 1] + cosine * axes[1, 1] + sine * axes[2, 1]
                rz = c * axes[0, 2] + cosine * axes[1, 2] + sine * axes[2, 2]
                sigma2 = (
                    rx * (spread[0, 0] * rx + 2.0 * (spread[0, 1] * ry + spread[0, 2] * rz))
                    + ry * (spread[1, 1] * ry + 2.0 * spread[1, 2] * rz)
                    + rz * spread[2, 2] * rz
                )
                wx = velocity[0] + radius * (gain[0, 0] * rx + gain[0, 1] * ry + gain[0, 2] * rz)
                wy = velocity[1] + radius * (gain[1, 0] * rx + gain[1, 1] * ry + gain[1, 2] * rz)
                wz = velocity[2] + radius * (gain[2, 0] * rx + gain[2, 1] * ry + gain[2, 2] * rz)
                inward = inward_speed(rx * wx + ry * wy + rz * wz, sigma2)
                if inward <= 0.0:
                    continue
                dx = radius * rx - relative[0]
                dy = radius * ry - relative[1]
                dz = radius * rz - relative[2]
                distance = (
                    dx * (inverse[0, 0] * dx + 2.0 * (inverse[0, 1] * dy + inverse[0, 2] * dz))
                    + dy * (inverse[1, 1] * dy + 2.0 * inverse[1, 2] * dz)
                    + dz * inverse[2, 2] * dz
                )
                total += weight[i] * inward * math.exp(lift - 0.5 * distance)
    total *= 2.0 * math.pi / around
    scale = radius * radius / math.sqrt((2.0 * math.pi) ** 3 * determinant)
    return total * scale, lift, lifted


@kernel()
def log_bound(relative, factor, radius):  # type: ignore[no-untyped-def]
    """Return about the most that the logarithm of the rate can be, cheap beside the quadrature.

    The density at the sphere's point nearest to the mean, everywhere, and the root mean square speed.
    """
    inverse = np.empty((3, 3))
    position = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            position[i, j] = _covariance_part(factor, i, j)
    determinant, _ = invert_3(position, (1.0e-4 * radius) ** 2, inverse)
    centre = 0.0
    largest = 0.0
    for i in range(3):
        row = 0.0
        for j in range(3):
            centre += relative[i] * inverse[i, j] * relative[j]
            row += abs(inverse[i, j])
        largest = max(largest, row)
    lift = 0.5 * max(0.0, math.sqrt(centre) - radius * math.sqrt(largest)) ** 2
    speed = 1.0e-24
    for i in range(3):
        speed += relative[3 + i] ** 2 + _covariance_part(factor, 3 + i, 3 + i)
    speed = math.sqrt(speed)
    return math.log(4.0 * math.pi * radius * radius * speed / math.sqrt((2.0 * math.pi) ** 3 * determinant)) - lift
