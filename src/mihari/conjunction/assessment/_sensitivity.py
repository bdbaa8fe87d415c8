"""How the 2-D probability of one event changes with the radius and with the size of the covariances."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.assessment._geometry import EncounterPlane
from mihari.conjunction.probability import circle_probability, sensitivity
from mihari.model.assessment import HardBodyRadius, Sensitivity

__all__ = ["sensitivity_of"]

_DILUTION_SCALES: Final = np.geomspace(0.02, 50.0, 41)
"""Of the sigmas; wide enough to show the peak of an event that is diluted tenfold either way."""


def sensitivity_of(plane: EncounterPlane | None, radius: HardBodyRadius | None) -> Sensitivity | None:
    """Return curves and a grid of the 2-D probability, None where it has no plane or no radius.

    They are 2-D whatever rung answers: they show a trend, and say so.
    """
    if plane is None or radius is None or not 0.0 < radius.value_m < np.inf:
        return None
    grid = sensitivity(
        plane.miss_m, plane.covariance_1_m2, plane.covariance_2_m2, radius.value_m, radius_sigma_m=radius.sigma_m
    )
    squares = _DILUTION_SCALES[:, None, None] ** 2
    curve = circle_probability(
        plane.miss_m, squares * (plane.covariance_1_m2 + plane.covariance_2_m2), radius.value_m
    ).probability
    return Sensitivity(
        radius_m=_numbers(grid.radius_m),
        probability_by_radius=_numbers(grid.by_radius),
        scale=_numbers(grid.scale),
        probability_by_scale=tuple(_numbers(row) for row in grid.by_scale),
        dilution_scale=_numbers(_DILUTION_SCALES),
        dilution_probability=_numbers(curve),
        mean_probability=grid.mean_probability,
    )


def _numbers(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(float(f"{value:.6g}") if np.isfinite(value) else None for value in values)
