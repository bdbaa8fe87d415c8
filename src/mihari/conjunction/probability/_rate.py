"""The rate of collisions at a moment, and what the 2-D-Nc and 3-D-Nc methods integrate over the collision sphere."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._overlap import invert_3

__all__ = ["LEAST_NODES", "MOST_NODES", "collision_rate", "directions", "inward_speed", "log_bound", "split"]

LEAST_NODES: Final = 8
MOST_NODES: Final = 48
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
def split(relative, covariance, radius, inverse, gain, spread, velocity):  # type: ignore[no-untyped-def]
    """Fill the parts of a relative Gaussian: inverse position covariance, gain of velocity, what is left of its spread.

    Returns the determinant of the position covariance and how many eigenvalues were lifted; `velocity` is the mean
    velocity given contact of the centres.
    """
    determinant, lifted = invert_3(covariance[:3, :3], (1.0e-4 * radius) ** 2, inverse)
    for i in range(3):
        for j in range(3):
            total = 0.0
            for k in range(3):
                total += covariance[3 + i, k] * inverse[k, j]
            gain[i, j] = total
    for i in range(3):
        total = relative[3 + i]
        for j in range(3):
            total -= gain[i, j] * relative[j]
            left = covariance[3 + i, 3 + j]
            for k in range(3):
                left -= gain[i, k] * covariance[3 + j, k]
            spread[i, j] = left
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
def collision_rate(relative, covariance, radius, share):  # type: ignore[no-untyped-def]
    """Return the expected number of entries into the sphere per unit of time, as a value and a logarithmic scale.

    Parameters
    ----------
    relative : (6,) float64
    covariance : (6, 6) float64
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
    determinant, lifted = split(relative, covariance, radius, inverse, gain, spread, velocity)
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
def log_bound(relative, covariance, radius):  # type: ignore[no-untyped-def]
    """Return a bound from above of the logarithm of the rate, cheap beside the quadrature."""
    inverse = np.empty((3, 3))
    determinant, _ = invert_3(covariance[:3, :3], (1.0e-4 * radius) ** 2, inverse)
    centre = 0.0
    largest = 0.0
    for i in range(3):
        row = 0.0
        for j in range(3):
            centre += relative[i] * inverse[i, j] * relative[j]
            row += abs(inverse[i, j])
        largest = max(largest, row)
    lift = 0.5 * max(0.0, math.sqrt(centre) - radius * math.sqrt(largest)) ** 2
    # Speeds stay below the mean by far more than its own size and ten sigmas only where nothing counts any more.
    speed = 0.0
    for i in range(3):
        speed += relative[3 + i] ** 2 + 400.0 * covariance[3 + i, 3 + i]
    speed = 2.0 * math.sqrt(speed) + 1.0e-12
    return math.log(4.0 * math.pi * radius * radius * speed / math.sqrt((2.0 * math.pi) ** 3 * determinant)) - lift
