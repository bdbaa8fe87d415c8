"""CARA's messages with five methods each: 2-D as given and at the true closest approach, 2-D-Nc, 3-D-Nc, the trust.

Tolerances: 2-D 1e-6 relative from 1e-12 on, 1e-12 absolute below; 2-D-Nc 1e-4 and 3-D-Nc 1e-3 relative (the goal is
1 %), both or 1e-12. CARA's 3-D-Nc lies 8e-4 above its own 2-D-Nc on every message with a short encounter; ours agrees
with 2-D-Nc to 1e-5. `test_which_rate_is_right` shows by a fine quadrature that the offset is CARA's: Lebedev's points
meet the kink of the inward speed at the sphere's rim.

On one message CARA's 2-D-Nc settles at no minimum (1.8e-11, and its own tests reject it); ours finds the minimum, and
the value lies within 2 % of CARA's Monte Carlo. The expected figures are of covariances as they stand in the message,
without the consider parameters.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mihari.conjunction.probability import (
    Effort,
    LadderOptions,
    LadderResult,
    Method,
    circle_probability,
    probability_ladder,
)
from mihari.model.assessment import HardBodyRadius
from probability_support import as_given, cara_cases, estimates_of, inertial

STRAY = "000048901_conj_000048903_20211219"
"""The message on which CARA's 2-D-Nc is not at a minimum."""


@pytest.fixture(scope="module")
def ladders(shared_cases: Path) -> list[tuple[dict[str, Any], LadderResult]]:
    found = []
    for case in cara_cases(shared_cases):
        radius = HardBodyRadius(value_m=case["hbr_m"], source="message")
        options = LadderOptions(effort=Effort.ALL)
        found.append((case, probability_ladder(*estimates_of(shared_cases / case["cdm"]), radius, options=options)))
    return found


def value(result: LadderResult, method: Method) -> float:
    rung = result.rung(method)
    assert rung is not None
    assert rung.value is not None
    return rung.value


def off(got: float, expected: float) -> float:
    """Return the error as a share of what is allowed at 1e-12 absolute or one relative."""
    return 0.0 if abs(got - expected) <= 1e-12 else abs(got / expected - 1.0)


def test_the_circle_as_given(shared_cases: Path) -> None:
    worst = 0.0
    for case in cara_cases(shared_cases):
        first, second = estimates_of(shared_cases / case["cdm"])
        relative = second.state_inertial - first.state_inertial
        got = circle_probability(*as_given(relative, inertial(first) + inertial(second)), case["hbr_m"])
        expected = case["expected"]["Pc2D_NoAdj"]
        worst = max(worst, off(float(got.probability[0]), expected))
        # Even 1e-81 and 1e-168 keep their digits.
        assert got.probability[0] == pytest.approx(expected, rel=1e-6), case["id"]
    assert worst < 1e-6


def test_the_circle_at_true_closest_approach(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    for case, result in ladders:
        assert value(result, Method.CIRCLE) == pytest.approx(case["expected"]["Pc2D"], rel=1e-6), case["id"]
        assert result.miss_distance_m <= case["expected"]["MissDist_m"] * (1.0 + 1e-9)
        assert result.relative_speed_m_s == pytest.approx(case["expected"]["Vrel_mps"], rel=1e-9)


def test_moving_to_closest_approach_matters(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    moved = [
        abs(value(result, Method.CIRCLE) / case["expected"]["Pc2D_NoAdj"] - 1.0)
        for case, result in ladders
        if case["expected"]["Pc2D"] > 1e-12
    ]
    assert max(moved) > 1e-3


def test_nc_2d(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    errors = {}
    for case, result in ladders:
        got = value(result, Method.NC_2D)
        if case["id"].startswith(STRAY):
            assert result.rung(Method.NC_2D).trusted is False  # type: ignore[union-attr]
            assert got == pytest.approx(case["expected"]["PcSDMC"], rel=0.02)
            continue
        errors[case["id"]] = off(got, case["expected"]["Nc2D"])
    assert max(errors.values()) < 1e-4, errors
    assert np.median(list(errors.values())) < 1e-5


def test_nc_3d(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    errors = {case["id"]: off(value(result, Method.NC_3D), case["expected"]["Nc3D"]) for case, result in ladders}
    assert max(errors.values()) < 1e-3, errors


def test_nc_3d_lies_within_cara_monte_carlo(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    # 27 intervals at 95 %: one or two may miss; none by more than its own width.
    missed = 0
    for case, result in ladders:
        low, high = case["expected"]["PcSDMCLo"], case["expected"]["PcSDMCHi"]
        got = value(result, Method.NC_3D)
        assert low - (high - low) < got < high + (high - low), case["id"]
        missed += not low <= got <= high
    assert missed <= 0.15 * len(ladders)


def test_which_rate_is_right(shared_cases: Path) -> None:
    """The rate at its peak by scipy's double quadrature: ours within 1e-6, so that CARA's +8e-4 is its own."""
    from scipy.integrate import dblquad

    from mihari.conjunction.probability._overlap import overlap
    from mihari.conjunction.probability._pair import canonical_pair
    from mihari.conjunction.probability._rate import collision_rate, inward_speed, split

    case = cara_cases(shared_cases)[0]
    first, second = estimates_of(shared_cases / case["cdm"])
    pair = canonical_pair(first.state_inertial, inertial(first), second.state_inertial, inertial(second))
    assert pair is not None
    radius = case["hbr_m"] / pair.unit_m
    relative, factor = np.empty(6), np.empty((6, 12))
    overlap(0.0, pair.rows, radius, relative, factor, np.empty((6, 6)), np.empty((6, 6)))
    rate, lift, _ = collision_rate(relative, factor, radius, 1.0)
    inverse, gain, spread, velocity = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3)), np.empty(3)
    determinant, _ = split(relative, factor, radius, inverse, gain, spread, velocity)
    axis = -velocity / np.linalg.norm(velocity)
    one = np.cross(axis, [0.0, 0.0, 1.0])
    one /= np.linalg.norm(one)
    two = np.cross(axis, one)

    def integrand(mu: float, angle: float) -> float:
        s = math.sqrt(1.0 - mu * mu)
        r = mu * axis + s * (math.cos(angle) * one + math.sin(angle) * two)
        d = radius * r - relative[:3]
        return inward_speed(r @ (velocity + radius * gain @ r), r @ spread @ r) * math.exp(-0.5 * d @ inverse @ d)

    parts = [
        dblquad(integrand, 0.0, 2.0 * math.pi, low, high, epsabs=0.0, epsrel=1e-9)[0]
        for low, high in ((-1.0, -0.05), (-0.05, 0.05), (0.05, 1.0))
    ]
    expected = sum(parts) * radius**2 / math.sqrt((2.0 * math.pi) ** 3 * determinant)
    assert rate * math.exp(-lift) == pytest.approx(expected, rel=1e-6)


def test_trust_as_cara(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    """The bits of CARA's violations are inaccurate, offset, extended."""
    for case, result in ladders:
        told = case["expected"]
        assert _bits(result, Method.CIRCLE) == told["ViolationsPc2D"], case["id"]
        if not case["id"].startswith(STRAY):
            assert _bits(result, Method.NC_2D) == told["ViolationsNc2D"], case["id"]
        assert _bits(result, Method.NC_3D) == told["ViolationsNc3D"], case["id"]
        wanted = next(
            (
                method
                for method, key in (
                    (Method.CIRCLE, "ViolationsPc2D"),
                    (Method.NC_2D, "ViolationsNc2D"),
                    (Method.NC_3D, "ViolationsNc3D"),
                )
                if told[key] == 0
            ),
            None,
        )
        assert result.method is wanted, case["id"]
        assert (result.probability is None) == (wanted is None)
        if wanted is None:
            assert result.reason.startswith("not assessed")


def _bits(result: LadderResult, method: Method) -> int:
    rung = result.rung(method)
    assert rung is not None
    return sum(weight for name, weight in (("inaccurate", 100), ("offset", 10), ("extended", 1)) if name in rung.reason)


def test_the_chosen_value_lies_near_monte_carlo(ladders: list[tuple[dict[str, Any], LadderResult]]) -> None:
    for case, result in ladders:
        if result.probability is not None:
            assert result.probability == pytest.approx(case["expected"]["PcSDMC"], rel=0.10), case["id"]
