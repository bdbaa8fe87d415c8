"""Interpolation of tabulated states: polynomials come back exactly, orbits with the order that theory says."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.astro.interpolate import HIGHEST_DEGREE, InterpolatedCurve, JoinedCurves
from mihari.astro.kepler import propagate_kepler
from mihari.astro.states import Frame, StateVectors
from mihari.errors import FrameMismatchError, InputError
from numerical_support import one

S = 10**9
START = 1_800_000_000 * S


def polynomial_states(degree: int, node_tai_ns: np.ndarray, seed: int = 4) -> tuple[StateVectors, np.ndarray]:
    factors = np.random.default_rng(seed).normal(size=(degree + 1, 3)) * 100.0
    t = ((node_tai_ns - START) / S)[:, None] / 100.0
    powers = np.arange(degree + 1)
    position = (t[:, :, None] ** powers[None, None, :] @ factors[None])[:, 0, :]
    rate = np.where(powers > 0, powers * t**0 * t ** np.maximum(powers - 1, 0), 0.0)
    return StateVectors(Frame.GCRF, node_tai_ns, position, rate @ factors / 100.0), factors


@pytest.mark.parametrize("degree", [3, 5, 7, 11])
@pytest.mark.parametrize("kind", ["hermite", "lagrange"])
def test_a_polynomial_of_that_degree_is_met_everywhere(kind: str, degree: int) -> None:
    """Uneven nodes; positions and velocities to rounding (1e-9 of the greatest value)."""
    steps = np.random.default_rng(1).uniform(10.0, 40.0, 19)
    node = START + np.concatenate([[0], np.cumsum(steps * S)]).astype(np.int64)
    states, _ = polynomial_states(degree, node)
    curve = getattr(InterpolatedCurve, kind)(states, degree=degree)
    assert curve.degree == degree
    times = np.random.default_rng(2).integers(node[0], node[-1], 500)
    truth, _ = polynomial_states(degree, times)
    found = curve.states(times)
    scale = np.abs(truth.position_m).max()
    assert np.abs(found[:, :3] - truth.position_m).max() < 1e-9 * scale
    assert np.abs(found[:, 3:] - truth.velocity_m_s).max() < 1e-9 * scale
    if degree > 3:
        # A lower degree does not meet it: the bound above can fail.
        lower = getattr(InterpolatedCurve, kind)(states, degree=degree - 2).states(times)
        worst = np.abs(lower[:, :3] - truth.position_m).max()
        assert worst > 1e3 * np.abs(found[:, :3] - truth.position_m).max()


def orbit(node_tai_ns: np.ndarray) -> StateVectors:
    start = one([7_000e3, 0.0, 0.0], [0.0, 2_000.0, 7_280.0], START)
    moved = propagate_kepler(start, (node_tai_ns - START) * 1e-9)
    return StateVectors(Frame.GCRF, node_tai_ns, moved.position_m, moved.velocity_m_s)


@pytest.mark.parametrize(("kind", "degree", "order"), [("hermite", 3, 4), ("hermite", 7, 8), ("lagrange", 5, 6)])
def test_the_error_falls_with_the_power_of_the_step_that_theory_says(kind: str, degree: int, order: int) -> None:
    errors = []
    for step_s in (240, 120):
        node = START + np.arange(0, 12_000, step_s) * S
        curve = getattr(InterpolatedCurve, kind)(orbit(node), degree=degree)
        times = node[8:-8] + step_s * S // 2
        errors.append(np.linalg.norm(curve.states(times)[:, :3] - orbit(times).position_m, axis=1).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_nodes_are_met_exactly_and_few_nodes_lower_the_degree() -> None:
    node = START + np.arange(4) * 60 * S
    states = orbit(node)
    curve = InterpolatedCurve.hermite(states, degree=11)
    assert curve.degree == 7
    assert np.abs(curve.states(node)[:, :3] - states.position_m).max() < 1e-6
    assert InterpolatedCurve.hermite(states, degree=4).degree == 5
    assert InterpolatedCurve.lagrange(orbit(START + np.arange(40) * 60 * S), degree=30).degree == HIGHEST_DEGREE
    assert np.isnan(curve.states(np.array([node[0] - 1, node[-1] + 1]))).all()
    assert np.isfinite(curve.states(node)).all()


def test_joined_curves_break_at_their_limits() -> None:
    first = orbit(START + np.arange(11) * 60 * S)
    second = orbit(START + np.arange(5, 21) * 60 * S)
    second.velocity_m_s[:] += 10.0
    limit = START + 480 * S
    joined = JoinedCurves(
        np.array([START, limit, START + 1_200 * S]),
        (InterpolatedCurve.hermite(first), InterpolatedCurve.hermite(second)),
    )
    before, at = joined.states(np.array([limit - 1, limit]))
    assert np.abs(at[3:] - before[3:]).min() > 9.0
    assert np.isnan(joined.states(np.array([START - 1]))).all()
    assert (joined.start_tai_ns, joined.end_tai_ns, joined.frame) == (START, START + 1_200 * S, Frame.GCRF)


def test_what_cannot_be_interpolated_is_refused() -> None:
    node = START + np.arange(5) * 60 * S
    good = orbit(node)
    with pytest.raises(FrameMismatchError, match="ITRF turns"):
        InterpolatedCurve.hermite(StateVectors(Frame.ITRF, node, good.position_m, good.velocity_m_s))
    with pytest.raises(InputError, match="ascend"):
        InterpolatedCurve.hermite(StateVectors(Frame.GCRF, node[::-1].copy(), good.position_m, good.velocity_m_s))
    with pytest.raises(InputError, match="2 or more"):
        InterpolatedCurve.hermite(StateVectors(Frame.GCRF, node[:1], good.position_m[:1], good.velocity_m_s[:1]))
    without = np.full((5, 3), np.nan)
    with pytest.raises(InputError, match="missing state"):
        InterpolatedCurve.hermite(StateVectors(Frame.GCRF, node, good.position_m, without))
    positions_only = InterpolatedCurve.lagrange(StateVectors(Frame.GCRF, node, good.position_m, without), degree=3)
    assert np.isfinite(positions_only.states(node)).all()
    curve = InterpolatedCurve.hermite(good)
    with pytest.raises(InputError, match="does not reach"):
        JoinedCurves(np.array([START - 1, START + 60 * S]), (curve,))
    with pytest.raises(InputError, match="one more limit"):
        JoinedCurves(np.array([START]), (curve,))
    other = InterpolatedCurve.hermite(StateVectors(Frame.TEME, node, good.position_m, good.velocity_m_s))
    with pytest.raises(FrameMismatchError, match="GCRF and TEME"):
        JoinedCurves(np.array([START, START + 60 * S, START + 120 * S]), (curve, other))
