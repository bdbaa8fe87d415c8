"""The 2-D kernel against quadrature of scipy, the non-central chi-square law, other methods, CARA and 1,447 encounters.

mpmath is no dependency; scipy's adaptive quadrature at 1e-13 of the integral with an exponential factored out serves as
the reference, and the chi-square law is an independent special function.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import ncx2

from mihari.conjunction.probability import (
    CircleStatus,
    chan_probability,
    circle_probability,
    elrod_probability,
    foster_probability,
    square_probability,
)
from probability_support import armellin_planes, as_given, load


def reference(u: float, v: float, s1: float, s2: float, radius: float) -> float:
    """Integrate along the first axis, exact across it."""

    def integrand(angle: float) -> float:
        x, half = (u + radius * math.sin(angle)) / s1, radius * math.cos(angle)
        low, high = (v - half) / s2, (v + half) / s2
        if low > 0.0:
            low, high = -high, -low
        return math.exp(-0.5 * x * x) * float(ndtr(high) - ndtr(low)) * half

    edge = math.pi / 2
    points = sorted({math.asin(min(max((k * s1 - u) / radius, -1.0), 1.0)) for k in (-6, -3, -1, 0, 1, 3, 6)})
    value, _ = quad(integrand, -edge, edge, points=points, limit=2000, epsabs=0.0, epsrel=1e-13)
    return value / (s1 * math.sqrt(2.0 * math.pi))


def test_the_series_reaches_scipy_quadrature(rng: np.random.Generator) -> None:
    # Axis-aligned, so that no rotation loses digits of the smaller variance.
    count = 400
    s1, s2 = 10.0 ** rng.uniform(0.5, 4.0, count), 10.0 ** rng.uniform(0.0, 3.0, count)
    u, v = rng.normal(size=(2, count)) * 2.5 * (s1, s2)
    radius = 10.0 ** rng.uniform(-0.5, 2.3, count)
    covariance = np.zeros((count, 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = s1**2, s2**2
    got = circle_probability(np.stack((u, v), axis=-1), covariance, radius)
    assert (got.status == CircleStatus.OK).all()
    expected = np.array([reference(*row) for row in zip(u, v, s1, s2, radius, strict=True)])
    worth = expected > 1e-12
    assert worth.sum() > 300
    assert np.abs(got.probability[worth] / expected[worth] - 1.0).max() < 1e-11
    assert np.abs(got.probability[~worth] - expected[~worth]).max() < 1e-12


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 1.0, 3.0, 8.0, 10.0, 30.0, 300.0, 3000.0])
def test_equal_sigmas_follow_the_chi_square_law(ratio: float, rng: np.random.Generator) -> None:
    # Series below a ratio of radius to sigma of about 9, adaptive quadrature above.
    sigma = 10.0
    radius = ratio * sigma
    distance = np.concatenate((rng.uniform(0.0, radius + 5.0 * sigma, 40), [0.0, radius]))
    angle = rng.uniform(0.0, 2.0 * np.pi, distance.size)
    miss = np.stack((distance * np.cos(angle), distance * np.sin(angle)), axis=-1)
    got = circle_probability(miss, np.eye(2) * sigma**2, radius)
    expected = ncx2.cdf(ratio**2, 2, (distance / sigma) ** 2)
    np.testing.assert_allclose(got.probability, expected, rtol=3e-9, atol=1e-13)


def test_long_thin_covariances_and_large_circles(rng: np.random.Generator) -> None:
    for _ in range(60):
        s1 = 10.0 ** rng.uniform(0.0, 3.0)
        s2 = s1 * 10.0 ** rng.uniform(-4.0, 0.0)
        radius = s2 * 10.0 ** rng.uniform(0.5, 3.5)
        u, v = rng.normal() * (s1 + radius), rng.normal() * (2.0 * s2 + 0.7 * radius)
        got = float(circle_probability((u, v), np.diag((s1**2, s2**2)), radius).probability)
        expected = reference(abs(u), abs(v), s1, s2, radius)
        if s2 > 1.0e-4 * radius:
            assert abs(got - expected) <= 1e-9 * expected + 1e-12, (u, v, s1, s2, radius)


def test_turning_the_plane_changes_nothing(rng: np.random.Generator) -> None:
    angle = rng.uniform(0.0, 2.0 * np.pi, 50)
    turn = np.stack((np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)), axis=-1).reshape(-1, 2, 2)
    miss, covariance = np.array([120.0, -40.0]), np.array([[9e4, 2e4], [2e4, 8e3]])
    got = circle_probability(turn @ miss, turn @ covariance @ np.swapaxes(turn, -1, -2), 15.0).probability
    np.testing.assert_allclose(got, got[0], rtol=1e-12)


def test_cross_checks_agree_with_the_default(rng: np.random.Generator) -> None:
    for _ in range(5):
        a = rng.normal(size=(2, 2)) * 200.0
        covariance, miss = a @ a.T + 2000.0 * np.eye(2), rng.normal(size=2) * 150.0
        value = float(circle_probability(miss, covariance, 12.0).probability)
        assert foster_probability(miss, covariance, 12.0) == pytest.approx(value, rel=1e-9)
        # Gauss-Chebyshev is of the second order in the end points: 64 nodes, about 1e-9 here.
        assert elrod_probability(miss, covariance, 12.0) == pytest.approx(value, rel=1e-8)
        assert chan_probability(miss, covariance, 12.0) == pytest.approx(value, rel=2e-2)
        encloses = float(square_probability(miss, covariance, 12.0))
        same_area = float(square_probability(miss, covariance, 12.0 * math.sqrt(math.pi) / 2.0))
        assert value < encloses < 1.35 * value
        assert same_area == pytest.approx(value, rel=2e-3)


def test_bad_rows_are_flagged_and_the_others_stand() -> None:
    miss = np.array([[10.0, 0.0], [math.nan, 0.0], [10.0, 0.0], [10.0, 0.0], [10.0, 0.0], [10.0, 0.0], [10.0, 0.0]])
    covariance = np.repeat(np.array([[[400.0, 0.0], [0.0, 100.0]]]), 7, axis=0)
    covariance[2] = -np.eye(2)
    covariance[3] = [[400.0, 0.0], [0.0, -5.0]]
    radius = np.array([5.0, 5.0, 5.0, 5.0, -1.0, 0.0, math.inf])
    got = circle_probability(miss, covariance, radius)
    assert got.status.tolist() == [0, 3, 2, 1, 3, 0, 0]
    assert np.isnan(got.probability[[1, 2, 4]]).all()
    assert got.probability[5] == 0.0
    assert got.probability[6] == 1.0
    assert got.probability[0] == pytest.approx(reference(10.0, 0.0, 20.0, 10.0, 5.0), rel=1e-11)
    # The repair: the negative eigenvalue becomes (1e-4 radius)^2, so the miss along the first axis decides alone.
    assert got.probability[3] == pytest.approx(ndtr(15.0 / 20.0) - ndtr(5.0 / 20.0), rel=1e-5)


def test_threads_give_the_same(rng: np.random.Generator) -> None:
    miss = rng.normal(size=(10_000, 2)) * 100.0
    one = circle_probability(miss, np.diag((1e4, 2e3)), 10.0)
    two = circle_probability(miss, np.diag((1e4, 2e3)), 10.0, threads=2)
    assert np.array_equal(one.probability, two.probability)


def test_cara_unit_cases(shared_cases: Path) -> None:
    cases = {case["id"]: case for case in load(shared_cases, "03_pc_cara_unit.json")["state_cases"]}
    done = 0
    for name, case in cases.items():
        if case["method"] != "2D circular HBR" and name != "npd-covariance":
            continue
        scale = 1e3 if case["units"] == "km" else 1.0
        state = [np.r_[case[f"r{k}"], case[f"v{k}"]] * scale for k in (1, 2)]
        covariance = (np.array(case["C1"]) + np.array(case["C2"])) * scale**2
        got = circle_probability(*as_given(state[1] - state[0], covariance), float(case["hbr"]) * scale)
        # `converged_pc` where CARA's printed figure is its own 64-node rounding (up to 3e-4).
        expected = case.get("converged_pc", case["expected_pc"])
        assert got.probability[0] == pytest.approx(expected, rel=1e-10, abs=1e-12), name
        done += 1
    assert done == 11
    square = cases["omitron-1-circle"]["also"]
    state = [np.r_[cases["omitron-1-circle"][f"r{k}"], cases["omitron-1-circle"][f"v{k}"]] * 1e3 for k in (1, 2)]
    covariance = (np.array(cases["omitron-1-circle"]["C1"]) + np.array(cases["omitron-1-circle"]["C2"])) * 1e6
    miss, plane = as_given(state[1] - state[0], covariance)
    # CARA's square lies along the miss, ours along the principal axes; the density is flat over 20 m, hence 1e-8.
    assert square_probability(miss[0], plane[0], 20.0) == pytest.approx(square["foster_square_hbr"], rel=1e-8)
    assert elrod_probability(miss[0], plane[0], 20.0) == pytest.approx(square["PcElrod"], rel=square["elrod_rel_tol"])


def test_armellin(shared_cases: Path) -> None:
    """1,447 encounters; the file's own sum is good to about 1e-3 (its INDEX), and our median shows that offset."""
    miss_m, covariance_m2, radius_m, expected = armellin_planes(shared_cases)
    got = circle_probability(miss_m, covariance_m2, radius_m)
    error = np.abs(got.probability / expected["Pc"] - 1.0)
    assert error.size > 1400
    assert error.max() < 5e-3
    assert np.median(error) < 1.2e-3
