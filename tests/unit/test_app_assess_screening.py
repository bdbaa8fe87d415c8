"""The bound of many close approaches at once, against the bound of one and against an integral by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import chndtr

from mihari.app.assess_screening import screening_bounds
from mihari.errors import InputError


def greatest(ratio: float) -> float:
    """The probability of a round bell inside the circle is a non-central chi-square; its maximum over the size."""

    def less(log_sigma: float) -> float:
        sigma = np.exp(log_sigma)
        return -float(chndtr(1.0 / sigma**2, 2.0, (ratio / sigma) ** 2))

    middle = np.log(ratio / np.sqrt(2.0))
    return -minimize_scalar(less, bounds=(middle - 2.0, middle + 2.0), method="bounded", options={"xatol": 1e-10}).fun


def test_bounds_are_the_greatest_probability_over_the_size_of_a_round_covariance() -> None:
    ratio = np.concatenate([np.linspace(1.2, 4.0, 15), np.geomspace(2.9, 130.0, 40)])
    expected = [greatest(each) for each in ratio]
    # 1e-4: what the closed form leaves out where it takes over.
    assert screening_bounds(ratio * 12.0, 12.0) == pytest.approx(expected, rel=1e-4)


def test_a_miss_inside_the_radius_has_no_bound_below_one() -> None:
    assert screening_bounds(np.array([0.0, 3.0, 9.99]), 10.0) == pytest.approx(1.0)


def test_far_away_it_falls_with_the_square_of_the_miss() -> None:
    near, far = screening_bounds(np.array([5_000.0, 50_000.0]), 10.0)
    assert near == pytest.approx(100.0 / (np.e * 5_000.0**2), rel=1e-12)
    assert near / far == pytest.approx(100.0)


@pytest.mark.parametrize("radius_m", [0.0, -1.0, float("nan"), float("inf")])
def test_a_radius_must_be_above_zero(radius_m: float) -> None:
    with pytest.raises(InputError, match="a radius of"):
        screening_bounds(np.array([10.0]), radius_m)
