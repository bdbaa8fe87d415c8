from __future__ import annotations

import numpy as np
import pytest

from mihari.astro.relative import (
    VelocityKind,
    absolute_states,
    local_basis,
    local_rate_rad_s,
    relative_states,
    rtn_basis,
    tnw_basis,
    to_rtn,
    vvlh_basis,
)
from mihari.astro.states import Frame, StateVectors
from mihari.constants import EARTH_MU_M3_S2
from mihari.errors import FrameMismatchError, InputError

LOCAL = [Frame.RTN, Frame.TNW, Frame.VVLH]


def _orbit(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    position = rng.normal(size=(size, 3)) * 3e6 + 7e6
    return position, rng.normal(size=(size, 3)) * 4e3


def _states(position: np.ndarray, velocity: np.ndarray, frame: Frame = Frame.GCRF) -> StateVectors:
    return StateVectors(frame, np.zeros(len(position), dtype=np.int64), position, velocity)


def test_axes_of_a_circular_equatorial_orbit() -> None:
    position, velocity = np.array([7e6, 0.0, 0.0]), np.array([0.0, 7.5e3, 0.0])
    assert rtn_basis(position, velocity).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert tnw_basis(position, velocity).tolist() == [[0, 1, 0], [-1, 0, 0], [0, 0, 1]]
    assert vvlh_basis(position, velocity).tolist() == [[0, 1, 0], [0, 0, -1], [-1, 0, 0]]
    assert to_rtn(position, velocity, [[1.0, 2.0, 3.0]]).tolist() == [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("frame", LOCAL)
def test_bases_are_right_handed_and_orthonormal(rng, frame: Frame) -> None:
    basis = local_basis(frame, *_orbit(rng, 100))
    assert np.allclose(basis @ np.swapaxes(basis, -1, -2), np.eye(3), rtol=0, atol=1e-14)
    assert np.allclose(np.linalg.det(basis), 1.0)


@pytest.mark.parametrize("frame", LOCAL)
def test_axes_turn_as_the_rate_says_under_any_force(rng, frame: Frame) -> None:
    position, velocity = _orbit(rng, 50)
    acceleration = rng.normal(size=(50, 3)) * 3.0
    step_s = 1e-2

    def basis(at_s: float) -> np.ndarray:
        return local_basis(
            frame, position + at_s * velocity + at_s**2 / 2 * acceleration, velocity + at_s * acceleration
        )

    skew = (basis(step_s) - basis(-step_s)) / (2 * step_s) @ np.swapaxes(basis(0.0), -1, -2)
    turning = -np.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]), axis=-1)
    rate = local_rate_rad_s(frame, position, velocity, acceleration_m_s2=acceleration)
    assert np.allclose(rate, turning, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("frame", LOCAL)
def test_left_out_acceleration_is_central_attraction(rng, frame: Frame) -> None:
    position, velocity = _orbit(rng, 20)
    central = -EARTH_MU_M3_S2 * position / np.linalg.norm(position, axis=1, keepdims=True) ** 3
    assert np.allclose(
        local_rate_rad_s(frame, position, velocity),
        local_rate_rad_s(frame, position, velocity, acceleration_m_s2=central),
        rtol=1e-12,
        atol=1e-18,
    )


@pytest.mark.parametrize("kind", list(VelocityKind))
@pytest.mark.parametrize("frame", LOCAL)
def test_relative_and_back(rng, frame: Frame, kind: VelocityKind) -> None:
    reference, other = _states(*_orbit(rng, 30)), _states(*_orbit(rng, 30))
    relative = relative_states(reference, other, frame, velocity_kind=kind)
    assert relative.frame is frame
    back = absolute_states(reference, relative, velocity_kind=kind)
    assert back.frame is Frame.GCRF
    assert np.abs(back.position_m - other.position_m).max() < 1e-7
    assert np.abs(back.velocity_m_s - other.velocity_m_s).max() < 1e-10


def test_rotating_velocity_is_the_rate_of_the_relative_position(rng) -> None:
    """Two bodies on straight lines for 20 ms; central attraction bends the reference's axes."""
    (position, velocity), (other_position, other_velocity) = _orbit(rng, 20), _orbit(rng, 20)
    step_s = 1e-2
    bend = -EARTH_MU_M3_S2 * position / np.linalg.norm(position, axis=1, keepdims=True) ** 3

    def relative(at_s: float, kind: VelocityKind) -> StateVectors:
        reference = _states(position + at_s * velocity + at_s**2 / 2 * bend, velocity + at_s * bend)
        other = _states(other_position + at_s * other_velocity + at_s**2 / 2 * bend, other_velocity + at_s * bend)
        return relative_states(reference, other, Frame.TNW, velocity_kind=kind)

    rotating = relative(0.0, VelocityKind.ROTATING).velocity_m_s
    before, after = (relative(at_s, VelocityKind.ROTATING).position_m for at_s in (-step_s, step_s))
    assert np.allclose(rotating, (after - before) / (2 * step_s), rtol=1e-5, atol=1e-3)
    inertial = relative(0.0, VelocityKind.INERTIAL).velocity_m_s
    assert np.allclose(np.linalg.norm(inertial, axis=1), np.linalg.norm(other_velocity - velocity, axis=1), rtol=1e-12)


def test_states_without_an_orbit_have_no_axes() -> None:
    rows = rtn_basis([[7e6, 0.0, 0.0], [7e6, 0.0, 0.0], [np.nan] * 3], [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0] * 3])
    assert np.isfinite(rows[0]).all()
    assert np.isnan(rows[1:, 1:]).all()


def test_what_does_not_fit_is_refused(rng) -> None:
    gcrf, teme = _states(*_orbit(rng, 2)), _states(*_orbit(rng, 2), Frame.TEME)
    itrf = _states(*_orbit(rng, 2), Frame.ITRF)
    later = StateVectors(Frame.GCRF, np.ones(2, dtype=np.int64), gcrf.position_m, gcrf.velocity_m_s)
    with pytest.raises(FrameMismatchError, match="TEME, GCRF"):
        relative_states(gcrf, teme, Frame.RTN)
    with pytest.raises(FrameMismatchError, match="ITRF turns"):
        relative_states(itrf, itrf, Frame.RTN)
    with pytest.raises(FrameMismatchError, match="does not hang"):
        relative_states(gcrf, gcrf, Frame.TOD)
    with pytest.raises(InputError, match="same epochs"):
        relative_states(gcrf, later, Frame.RTN)
    with pytest.raises(InputError, match="must be"):
        rtn_basis(np.zeros(4), np.zeros(4))
