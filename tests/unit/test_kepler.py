"""Closed-form motion: closure, the numerical sibling, secular rates, and partial derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.astro.earth import load_earth_orientation
from mihari.astro.kepler import period_s, propagate_j2, propagate_kepler, semi_major_axis_m, transition_matrix_j2
from mihari.astro.numerical import ForceModel, GravityField, propagate
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2
from mihari.errors import FrameMismatchError, InputError
from numerical_support import EPOCH_TAI_NS, one

DAY_S = 86_400.0
LEO = ([-4283387.4, -4451426.8, -2967617.9], [4948.07, -957.34, -5721.17])
GEO = ([42164e3, 0.0, 0.0], [0.0, 3074.66, 10.0])
GTO = ([6778e3, 0.0, 0.0], [0.0, 10_000.0, 1_000.0])
POLAR = ([7178e3, 0.0, 0.0], [0.0, 10.0, 7_450.0])
CIRCULAR_EQUATORIAL = ([7000e3, 0.0, 0.0], [0.0, math.sqrt(EARTH_MU_M3_S2 / 7000e3), 0.0])
ORBITS = (LEO, GEO, GTO, POLAR, CIRCULAR_EQUATORIAL)


def states(orbits: tuple = ORBITS) -> StateVectors:
    rows = np.array(orbits)
    return StateVectors(Frame.GCRF, np.full(len(rows), EPOCH_TAI_NS), rows[:, 0], rows[:, 1])


def test_an_orbit_closes_after_its_period() -> None:
    start = states()
    for count in (1, -1, 100):
        moved = propagate_kepler(start, count * period_s(start))
        assert np.abs(moved.position_m - start.position_m).max() < 1e-6 * 1e6 * abs(count)
        assert np.array_equal(
            moved.epoch_tai_ns, EPOCH_TAI_NS + np.rint(count * period_s(start) * 1e9).astype(np.int64)
        )


def test_two_bodies_are_those_of_the_numerical_sibling() -> None:
    point = GravityField.from_terms("point mass", mu_m3_s2=EARTH_MU_M3_S2, radius_m=EARTH_EQUATORIAL_RADIUS_M, terms=[])
    model = ForceModel(degree=0, gravity=point, sun=False, moon=False)
    times_s = np.array([100.0, 7_000.0, DAY_S])
    flown = propagate(
        states(), EPOCH_TAI_NS + (times_s * 1e9).astype(np.int64), model=model, orientation=load_earth_orientation()
    )
    for k, time_s in enumerate(times_s):
        moved = propagate_kepler(states(), time_s)
        assert np.linalg.norm(moved.position_m - flown.states.position_m[:, k], axis=-1).max() < 1e-3
        assert np.linalg.norm(moved.velocity_m_s - flown.states.velocity_m_s[:, k], axis=-1).max() < 1e-6


def test_what_is_no_ellipse_is_nan() -> None:
    pair = states((LEO, ([7000e3, 0.0, 0.0], [0.0, 12_000.0, 0.0])))
    moved = propagate_kepler(pair, 100.0)
    assert np.isfinite(moved.position_m[0]).all()
    assert np.isnan(moved.position_m[1]).all()
    assert semi_major_axis_m(pair)[1] < 0.0
    assert np.isnan(period_s(pair)[1])


def test_the_node_turns_as_the_flattening_wants() -> None:
    """-1.5 n J2 (R/p)^2 cos i. Vallado, 4th ed., eq. 9-37."""
    start = one(*POLAR[:1], [0.0, 1_300.0, 7_340.0])
    moved = propagate_j2(start, 10 * DAY_S)

    def node(which: StateVectors) -> tuple[float, float, float]:
        normal = np.cross(which.position_m[0], which.velocity_m_s[0])
        return math.atan2(normal[0], -normal[1]), normal[2] / np.linalg.norm(normal), float(normal @ normal)

    first, cosine, square = node(start)
    motion = math.sqrt(EARTH_MU_M3_S2 / semi_major_axis_m(start)[0] ** 3)
    rate = -1.5 * motion * EARTH_J2 * (EARTH_EQUATORIAL_RADIUS_M / (square / EARTH_MU_M3_S2)) ** 2 * cosine
    turned = (node(moved)[0] - first + math.pi) % (2 * math.pi) - math.pi
    assert turned == pytest.approx(rate * 10 * DAY_S, rel=3e-3)


def test_a_low_orbit_stays_within_tens_of_kilometres_for_a_week() -> None:
    """Against 8 x 8 with Sun and Moon; without the flattening it would be off by thousands."""
    chosen = states((LEO, POLAR))
    flown = propagate(
        chosen,
        [EPOCH_TAI_NS + 7 * 86_400 * 10**9],
        model=ForceModel(degree=8),
        orientation=load_earth_orientation(),
    )
    truth = flown.states.position_m[:, 0]
    assert np.linalg.norm(propagate_j2(chosen, 7 * DAY_S).position_m - truth, axis=-1).max() < 60e3
    assert np.linalg.norm(propagate_kepler(chosen, 7 * DAY_S).position_m - truth, axis=-1).min() > 600e3


def test_the_matrix_is_the_derivative_of_the_motion() -> None:
    start = states()
    for elapsed_s in (-4_000.0, 1_000.0, 2 * DAY_S):
        matrix = transition_matrix_j2(start, elapsed_s)
        for column in range(6):
            step = 20.0 if column < 3 else 0.02
            ends = []
            for sign in (1.0, -1.0):
                shifted = np.concatenate([start.position_m, start.velocity_m_s], axis=-1)
                shifted[:, column] += sign * step
                moved = propagate_j2(
                    StateVectors(Frame.GCRF, start.epoch_tai_ns, shifted[:, :3], shifted[:, 3:]), elapsed_s
                )
                ends.append(np.concatenate([moved.position_m, moved.velocity_m_s], axis=-1))
            slope = (ends[0] - ends[1]) / (2.0 * step)
            scale = np.abs(matrix).max(axis=-1)
            assert np.all(np.abs(matrix[..., column] - slope) < 1e-4 * scale)


@pytest.mark.parametrize(("orbit", "bound"), [(LEO, 0.004), (POLAR, 0.004), (GEO, 0.001), (GTO, 0.01)])
def test_the_displacement_after_a_burn(orbit: tuple, bound: float) -> None:
    """1 cm/s along the track against full dynamics a day later: 0.1 to 0.8 % of the displacement."""
    start, orientation = one(*orbit), load_earth_orientation()
    burn = rtn_basis(start.position_m[0], start.velocity_m_s[0]).T @ np.array([0.0, 0.01, 0.0])
    model = ForceModel(degree=8)
    ends = [
        propagate(
            StateVectors(Frame.GCRF, start.epoch_tai_ns, start.position_m, start.velocity_m_s + sign * burn),
            [EPOCH_TAI_NS + 86_400 * 10**9],
            model=model,
            orientation=orientation,
        ).states.position_m[0, 0]
        for sign in (1.0, -1.0)
    ]
    truth = (ends[0] - ends[1]) / 2.0
    ours = transition_matrix_j2(start, DAY_S)[0, :3, 3:] @ burn
    assert np.linalg.norm(truth) > 2_000.0
    assert np.linalg.norm(ours - truth) < bound * np.linalg.norm(truth)


def test_frames_and_shapes_are_checked() -> None:
    start = states()
    with pytest.raises(FrameMismatchError, match="ITRF turns"):
        propagate_kepler(StateVectors(Frame.ITRF, start.epoch_tai_ns, start.position_m, start.velocity_m_s), 1.0)
    with pytest.raises(InputError, match="do not fit"):
        propagate_kepler(start, np.zeros(3))
