"""Other ways to the 2-D probability, kept as checks of the default: none shares code with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.errors import InputError

__all__ = ["chan_probability", "elrod_probability", "foster_probability", "square_probability"]

Floats = NDArray[np.float64]


def foster_probability(
    miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: float, *, relative: float = 1e-10
) -> float:
    """Return the probability by two-dimensional quadrature in polar coordinates: slow, plain, independent.

    References
    ----------
    J. L. Foster, H. S. Estes, "A parametric analysis of orbital debris collision probability and maneuver rate for
    space vehicles", NASA JSC-25898, 1992.
    """
    from scipy.integrate import dblquad

    (m1, m2), (s1, s2) = _principal(miss_m, covariance_m2)

    def density(distance: float, angle: float) -> float:
        x, y = m1 + distance * np.cos(angle), m2 + distance * np.sin(angle)
        return float(distance * np.exp(-0.5 * ((x / s1) ** 2 + (y / s2) ** 2)))

    value, _ = dblquad(density, 0.0, 2.0 * np.pi, 0.0, radius_m, epsabs=0.0, epsrel=relative)
    return float(value / (2.0 * np.pi * s1 * s2))


def chan_probability(miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: float, *, terms: int = 60) -> float:
    """Return Chan's approximation: the ellipse of equal area after scaling to unit variances, a Rician integral.

    Good to a percent or so where the radius is small beside the sigmas.

    References
    ----------
    F. K. Chan, "Spacecraft Collision Probability", Aerospace Press, 2008, chapter 4.
    """
    (m1, m2), (s1, s2) = _principal(miss_m, covariance_m2)
    u = radius_m**2 / (s1 * s2)
    v = (m1 / s1) ** 2 + (m2 / s2) ** 2
    weight, inner, total = np.exp(-0.5 * v), np.exp(-0.5 * u), 0.0
    tail, term = 1.0 - inner, inner
    for k in range(terms):
        total += weight * tail
        weight *= 0.5 * v / (k + 1.0)
        term *= 0.5 * u / (k + 1.0)
        tail -= term
    return float(total)


def elrod_probability(miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: float, *, order: int = 64) -> float:
    """Return the probability by Gauss-Chebyshev quadrature of the second kind with error functions.

    References
    ----------
    C. Elrod, method of NASA CARA's tools since 2019 (PcElrod); S. Alfano, J. Astronautical Sciences 53(1), 2005, eq. 7.
    """
    from scipy.special import ndtr

    (m1, m2), (s1, s2) = _principal(miss_m, covariance_m2)
    k = np.arange(1, order + 1)
    node = np.cos(k * np.pi / (order + 1))
    weight = np.pi / (order + 1) * np.sin(k * np.pi / (order + 1))
    half = radius_m * np.sqrt(1.0 - node**2)
    across = ndtr((m2 + half) / s2) - ndtr((m2 - half) / s2)
    along = np.exp(-0.5 * ((m1 + radius_m * node) / s1) ** 2)
    return float(radius_m / (s1 * np.sqrt(2.0 * np.pi)) * np.sum(weight * along * across))


def square_probability(miss_m: ArrayLike, covariance_m2: ArrayLike, half_width_m: ArrayLike) -> Floats:
    """Return the probability of a square whose sides lie along the principal axes.

    With half width R the square encloses the circle and the value is an upper bound; with sqrt(pi) R / 2 it has the
    circle's area.

    Parameters
    ----------
    miss_m : (..., 2) float array
    covariance_m2 : (..., 2, 2) float array
    half_width_m : (...) float array
    """
    from scipy.special import ndtr

    miss, covariance = np.asarray(miss_m, dtype=np.float64), np.asarray(covariance_m2, dtype=np.float64)
    half = np.asarray(half_width_m, dtype=np.float64)
    values, vectors = np.linalg.eigh(covariance)
    centre = np.abs(np.einsum("...ji,...j->...i", vectors, miss))
    sigma = np.sqrt(np.where(values > 0.0, values, np.nan))
    # In the upper tail the lower one of the mirrored variable keeps its digits.
    low = (-centre - half[..., None]) / sigma
    high = (-centre + half[..., None]) / sigma
    return np.asarray(np.prod(ndtr(high) - ndtr(low), axis=-1))


def _principal(miss_m: ArrayLike, covariance_m2: ArrayLike) -> tuple[Floats, Floats]:
    values, vectors = np.linalg.eigh(np.asarray(covariance_m2, dtype=np.float64))
    if not values[0] > 0.0:
        raise InputError("the covariance is not positive definite", remedy="see clip_eigenvalues")
    return (np.asarray(miss_m, dtype=np.float64) @ vectors)[::-1], np.sqrt(values[::-1])
