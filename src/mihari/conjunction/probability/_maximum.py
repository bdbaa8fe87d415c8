"""How high the probability could be: over the size of the covariance, and with one covariance unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.probability._circle import circle_probability
from mihari.conjunction.probability._cross_checks import square_probability

__all__ = ["Dilution", "Scaled", "dilution", "maximum_with_one_covariance", "small_circle_maximum"]

Floats = NDArray[np.float64]
DILUTION_TOLERANCE: Final = 1.0e-3


class Scaled(Enum):
    """Which covariance is taken smaller or larger."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dilution:
    """Where a conjunction stands on the curve of probability over covariance scale.

    Attributes
    ----------
    diluted : bool
        A smaller covariance would give a higher probability (by more than 0.1 %): a low value is then no evidence of
        safety.
    maximum_probability : float
        Over all scales.
    scale : float
        Of the sigmas, at the maximum; zero when it is reached only in the limit.
    """

    diluted: bool
    maximum_probability: float
    scale: float


def dilution(
    miss_m: ArrayLike,
    covariance_1_m2: ArrayLike,
    covariance_2_m2: ArrayLike,
    radius_m: float,
    *,
    scaled: Scaled = Scaled.BOTH,
) -> Dilution:
    """Return the maximum of the 2-D probability over the scale of one or both covariances.

    Parameters
    ----------
    miss_m : (2,) float array
    covariance_1_m2, covariance_2_m2 : (2, 2) float arrays
        In the plane of the encounter.
    radius_m : float
    scaled : Scaled

    References
    ----------
    S. Alfano, "Relating position uncertainty to maximum conjunction probability", J. Astronautical Sciences 53(2),
    2005; M. D. Hejduk, D. E. Snow, STM Conference 2019.

    Validation
    ----------
    tests/validation/test_probability_units.py: CARA's dilution cases.
    """
    miss = np.asarray(miss_m, dtype=np.float64)
    one, two = np.asarray(covariance_1_m2, dtype=np.float64), np.asarray(covariance_2_m2, dtype=np.float64)
    moving, still = {
        Scaled.BOTH: (one + two, np.zeros((2, 2))),
        Scaled.FIRST: (one, two),
        Scaled.SECOND: (two, one),
    }[scaled]

    def at(logarithms: Floats) -> Floats:
        covariances = moving * np.exp(2.0 * logarithms)[:, None, None] + still
        return np.nan_to_num(circle_probability(miss, covariances, radius_m).probability)

    now = float(at(np.zeros(1))[0])
    distance = float(np.linalg.norm(miss))
    if scaled is Scaled.BOTH and distance <= radius_m * (1.0 + 1.0e-8):
        # The smaller, the surer: one inside the circle, one half on its edge.
        limit = 0.5 if distance >= radius_m * (1.0 - 1.0e-8) else 1.0
        return Dilution(diluted=limit > now * (1.0 + DILUTION_TOLERANCE), maximum_probability=limit, scale=0.0)
    wide = np.linspace(np.log(1.0e-5), np.log(1.0e3), 369)
    grid = _about_peak(miss, moving, radius_m) if scaled is Scaled.BOTH else wide
    if grid is wide or not 0 < int(np.argmax(at(grid))) < grid.size - 1:
        grid = wide
    values = at(grid)
    best = int(np.argmax(values))
    for _ in range(2):
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
        grid = np.linspace(low, high, 33)
        values = at(grid)
        best = int(np.argmax(values))
    maximum, scale = float(values[best]), float(np.exp(grid[best]))
    if now >= maximum:
        maximum, scale = now, 1.0
    return Dilution(
        diluted=scale < 1.0 and maximum > now * (1.0 + DILUTION_TOLERANCE), maximum_probability=maximum, scale=scale
    )


def _about_peak(miss: Floats, covariance: Floats, radius: float) -> Floats:
    """Return logarithms of scales about the peak: between what a point asks for and the nearest point of the circle."""
    angle = np.linspace(0.0, 2.0 * np.pi, 73)
    edge = miss + radius * np.stack((np.cos(angle), np.sin(angle)), axis=-1)
    try:
        inverse = np.linalg.inv(covariance)
    except np.linalg.LinAlgError:
        return np.zeros(1)
    nearest = float(np.einsum("ni,ij,nj->n", edge, inverse, edge).min())
    centre = float(miss @ inverse @ miss)
    if not 0.0 < nearest <= centre:
        return np.zeros(1)
    return np.linspace(0.5 * np.log(0.1 * nearest), 0.5 * np.log(2.0 * centre), 49)


def maximum_with_one_covariance(
    miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: float, *, equal_area_square: bool = False
) -> float:
    """Return the highest 2-D probability when the covariance of one object is unknown.

    The worst unknown covariance lies along the miss. With K the Mahalanobis distance in the known covariance, its
    variance is d^2 (1 - 1/K^2) if K > 1; otherwise any addition lowers the probability.

    Parameters
    ----------
    miss_m : (2,) float array
    covariance_m2 : (2, 2) float array
        The known one, in the plane of the encounter.
    radius_m : float
    equal_area_square : bool
        Integrate over the square of equal area instead of the circle, as CARA's reference figures do.

    References
    ----------
    J. H. Frisbee, "An upper bound on high speed satellite collision probability when only one object has position
    uncertainty information", AAS 15-717, 2015.

    Validation
    ----------
    tests/validation/test_probability_units.py: CARA's 14 single-covariance messages.
    """
    miss, known = np.asarray(miss_m, dtype=np.float64), np.asarray(covariance_m2, dtype=np.float64)
    distance2 = float(miss @ miss)
    square = float(miss @ np.linalg.solve(known, miss))
    total = known
    if square > 1.0 and distance2 > 0.0:
        total = known + (1.0 - 1.0 / square) * np.outer(miss, miss)
    if equal_area_square:
        return float(square_probability(miss, total, radius_m * np.sqrt(np.pi) / 2.0))
    return float(circle_probability(miss, total, radius_m).probability)


def small_circle_maximum(miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: ArrayLike) -> Floats:
    """Return the closed form of the maximum over scale for circles far smaller than sigmas and miss.

    P = R^2 / (e M^2 sqrt(det C)), with M^2 the squared Mahalanobis distance.

    References
    ----------
    Alfano 2005, as above; Alfriend et al., Space Debris 1, 1999.
    """
    miss, covariance = np.asarray(miss_m, dtype=np.float64), np.asarray(covariance_m2, dtype=np.float64)
    square = np.einsum("...i,...i->...", miss, np.linalg.solve(covariance, miss[..., None])[..., 0])
    return np.asarray(np.asarray(radius_m) ** 2 / (np.e * square * np.sqrt(np.linalg.det(covariance))))
