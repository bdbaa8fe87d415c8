"""How the 2-D probability changes with the radius and with the size of the covariances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.probability._circle import circle_probability
from mihari.errors import InputError

__all__ = ["COVARIANCE_SCALES", "RADIUS_FACTORS", "SensitivityGrid", "sensitivity"]

Floats = NDArray[np.float64]

RADIUS_FACTORS: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
COVARIANCE_SCALES: Final = (0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75, 2.0)
"""Of the sigmas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityGrid:
    """Curves and a grid of the 2-D probability.

    Attributes
    ----------
    radius_m : (r,) float64
    by_radius : (r,) float64
        Probability per radius.
    scale : (s,) float64
        Factor of the sigmas.
    by_scale : (s, s) float64
        Probability per factor of the first (rows) and of the second object (columns).
    by_radius_and_scale : (r, s) float64
        Both covariances scaled alike.
    mean_over_radius : float or None
        Over a normal distribution of the radius, cut at zero, when its sigma is given.
    """

    radius_m: Floats
    by_radius: Floats
    scale: Floats
    by_scale: Floats
    by_radius_and_scale: Floats
    mean_over_radius: float | None


def sensitivity(
    miss_m: ArrayLike,
    covariance_1_m2: ArrayLike,
    covariance_2_m2: ArrayLike,
    radius_m: float,
    *,
    radius_sigma_m: float | None = None,
    radius_factors: ArrayLike = RADIUS_FACTORS,
    covariance_scales: ArrayLike = COVARIANCE_SCALES,
) -> SensitivityGrid:
    """Return the probability over grids of radius and covariance scale.

    Parameters
    ----------
    miss_m : (2,) float array
        In the plane of the encounter.
    covariance_1_m2, covariance_2_m2 : (2, 2) float arrays
    radius_m : float
    radius_sigma_m : float, optional
    radius_factors, covariance_scales : float arrays
    """
    factors = np.asarray(radius_factors, dtype=np.float64)
    scales = np.asarray(covariance_scales, dtype=np.float64)
    if not ((factors >= 0.0).all() and (scales > 0.0).all()):
        raise InputError("radius factors must not be negative, covariance scales must be positive")
    miss = np.asarray(miss_m, dtype=np.float64)
    one, two = np.asarray(covariance_1_m2, dtype=np.float64), np.asarray(covariance_2_m2, dtype=np.float64)
    squares = scales[:, None, None] ** 2
    radii = factors * radius_m
    pairs = squares[:, None] * one + squares[None, :] * two
    mean = None
    if radius_sigma_m is not None and radius_sigma_m > 0.0:
        node, weight = np.polynomial.hermite_e.hermegauss(32)
        at = radius_m + radius_sigma_m * node
        weight = np.where(at > 0.0, weight, 0.0)
        values = circle_probability(miss, one + two, np.maximum(at, 0.0)).probability
        mean = float(weight @ values / weight.sum())
    return SensitivityGrid(
        radius_m=radii,
        by_radius=circle_probability(miss, one + two, radii).probability,
        scale=scales,
        by_scale=circle_probability(miss, pairs, radius_m).probability,
        by_radius_and_scale=circle_probability(miss, squares * (one + two), radii[:, None]).probability,
        mean_over_radius=mean,
    )
