"""Two-body motion, and with it the secular part of the Earth's flattening, in closed form.

Fast and without a step: for planning, first guesses and partial derivatives. `mihari.astro.numerical` is the accurate
sibling. Everything is told in the orbit's own vectors, so that circular and equatorial orbits are no special case.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.states import Frame, StateVectors
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2
from mihari.errors import FrameMismatchError, InputError

__all__ = ["period_s", "propagate_j2", "propagate_kepler", "semi_major_axis_m", "transition_matrix_j2"]

Floats = NDArray[np.float64]

_INERTIAL: Final = (Frame.GCRF, Frame.EME2000, Frame.MOD, Frame.TOD, Frame.TEME)
_STEP: Final = 1e-60
_ROUNDS: Final = 60


def semi_major_axis_m(states: StateVectors) -> Floats:
    """Return the osculating semi-major axis, (...); negative for hyperbolas."""
    _require_inertial(states)
    radius = np.linalg.norm(states.position_m, axis=-1)
    square = np.sum(states.velocity_m_s**2, axis=-1)
    return np.asarray(1.0 / (2.0 / radius - square / EARTH_MU_M3_S2))


def period_s(states: StateVectors) -> Floats:
    """Return the osculating Keplerian period, (...); NaN for hyperbolas."""
    axis = semi_major_axis_m(states)
    with np.errstate(invalid="ignore"):
        return np.asarray(2.0 * np.pi * np.sqrt(axis**3 / EARTH_MU_M3_S2))


def propagate_kepler(states: StateVectors, elapsed_s: ArrayLike) -> StateVectors:
    """Move elliptic orbits by a time, (...), two bodies alone. Rows that are not ellipses become NaN.

    References
    ----------
    Battin, An Introduction to the Mathematics and Methods of Astrodynamics, revised ed., eqs. 4.42 to 4.44.

    Validation
    ----------
    tests/unit/test_kepler.py; tests/validation/test_numerical_trajectories.py: GMAT's and Orekit's point masses.
    """
    return _moved(states, elapsed_s, flattened=False)


def propagate_j2(states: StateVectors, elapsed_s: ArrayLike) -> StateVectors:
    """Move elliptic orbits by a time, (...), with the secular rates of the Earth's flattening about the frame's z axis.

    Mean motion follows from the energy with the flattening in it, so that it is that of the mean orbit although the
    state is osculating. The periodic part is left out: a low orbit is some 10 km off at any time, and some km a day
    more along the track.

    References
    ----------
    Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., eqs. 9-37, 9-39, 9-41 (secular rates).

    Validation
    ----------
    tests/unit/test_kepler.py.
    """
    return _moved(states, elapsed_s, flattened=True)


def transition_matrix_j2(states: StateVectors, elapsed_s: ArrayLike) -> Floats:
    """Return the partial derivatives of `propagate_j2`, (..., 6, 6), exact for that model; m, m/s, s, 1/s.

    Against the integrated variational equations (gravity 8 x 8, Sun, Moon) the displacement that follows a burn is
    right to about 1 % over three days in low orbit: tests/unit/test_kepler.py, docs/explanation/numerical-dynamics.md.

    Notes
    -----
    The complex step: the formulas are evaluated at a state with an imaginary part so small that its square is nothing,
    which then carries the derivative. Squire, Trapp, SIAM Rev. 40, 110, 1998.
    """
    _require_inertial(states)
    elapsed, position, velocity = _shaped(states, elapsed_s)
    state = np.concatenate([position, velocity], axis=-1)
    out = np.empty((*state.shape, 6))
    for column in range(6):
        shifted = state.astype(np.complex128)
        shifted[..., column] += 1j * _STEP
        moved = _advance(shifted[..., :3], shifted[..., 3:], elapsed, flattened=True)
        out[..., column] = np.concatenate(moved, axis=-1).imag / _STEP
    return out


def _moved(states: StateVectors, elapsed_s: ArrayLike, *, flattened: bool) -> StateVectors:
    _require_inertial(states)
    elapsed, position, velocity = _shaped(states, elapsed_s)
    new_position, new_velocity = _advance(position, velocity, elapsed, flattened=flattened)
    epoch = np.asarray(states.epoch_tai_ns) + np.rint(elapsed * 1e9).astype(np.int64)
    return StateVectors(states.frame, epoch, new_position, new_velocity)


def _shaped(states: StateVectors, elapsed_s: ArrayLike) -> tuple[Floats, Floats, Floats]:
    elapsed = np.asarray(elapsed_s, dtype=np.float64)
    try:
        shape = np.broadcast_shapes(elapsed.shape, states.position_m.shape[:-1])
    except ValueError as error:
        raise InputError(f"times {elapsed.shape} do not fit states {states.position_m.shape[:-1]}") from error
    return (
        np.array(np.broadcast_to(elapsed, shape)),
        np.array(np.broadcast_to(states.position_m, (*shape, 3))),
        np.array(np.broadcast_to(states.velocity_m_s, (*shape, 3))),
    )


def _advance(position: Any, velocity: Any, elapsed: Floats, *, flattened: bool) -> tuple[Any, Any]:
    """Move states; the arrays may be complex, real arithmetic apart from the first solution of Kepler's equation."""
    mu = EARTH_MU_M3_S2
    with np.errstate(invalid="ignore", divide="ignore"):
        radius = np.sqrt(_dot(position, position))
        square = _dot(velocity, velocity)
        axis = 1.0 / (2.0 / radius - square / mu)
        axis = np.where(axis.real > 0.0, axis, np.nan)
        motion = np.sqrt(mu / axis**3)
        momentum = np.cross(position, velocity)
        node_angle, perigee_angle, anomaly = 0.0 * motion, 0.0 * motion, motion * elapsed
        if flattened:
            node_rate, perigee_rate, anomaly_rate = _secular(position, velocity, radius, square, momentum)
            node_angle, perigee_angle, anomaly = node_rate * elapsed, perigee_rate * elapsed, anomaly_rate * elapsed
        turn = _eccentric_turn(radius / axis, _dot(position, velocity) / np.sqrt(mu * axis), anomaly)
        sine, cosine = np.sin(turn), np.cos(turn)
        drift = _dot(position, velocity) / np.sqrt(mu)
        new_radius = axis + (radius - axis) * cosine + drift * np.sqrt(axis) * sine
        f = 1.0 - axis / radius * (1.0 - cosine)
        g = (anomaly - turn + sine) / motion
        f_rate = -np.sqrt(mu * axis) * sine / (new_radius * radius)
        g_rate = 1.0 - axis / new_radius * (1.0 - cosine)
        moved = f[..., None] * position + g[..., None] * velocity
        speed = f_rate[..., None] * position + g_rate[..., None] * velocity
    if not flattened:
        return moved, speed
    pole = np.zeros(3)
    pole[2] = 1.0
    normal = momentum / np.sqrt(_dot(momentum, momentum))[..., None]
    turned = [_turned(_turned(v, normal, perigee_angle), pole, node_angle) for v in (moved, speed)]
    return turned[0], turned[1]


def _secular(position: Any, velocity: Any, radius: Any, square: Any, momentum: Any) -> tuple[Any, Any, Any]:
    """Return the rates of node, perigee and mean anomaly."""
    mu, flat = EARTH_MU_M3_S2, EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2
    squared = _dot(momentum, momentum)
    cosine2 = momentum[..., 2] ** 2 / squared
    semilatus = squared / mu
    axis = 1.0 / (2.0 / radius - square / mu)
    root = np.sqrt(semilatus / axis)  # of 1 - e^2
    sine = position[..., 2] / radius
    energy = square / 2.0 - mu / radius + mu * flat / (2.0 * radius**3) * (3.0 * sine**2 - 1.0)
    averaged = mu * flat / (2.0 * axis**3 * root**3) * (1.5 * (1.0 - cosine2) - 1.0)
    mean_axis = -mu / (2.0 * (energy - averaged))
    motion = np.sqrt(mu / mean_axis**3)
    rate = 1.5 * flat / semilatus**2 * motion
    cosine = momentum[..., 2] / np.sqrt(squared)
    node = -rate * cosine
    perigee = rate * (2.0 - 2.5 * (1.0 - cosine2))
    return node, perigee, motion + rate * root * (1.0 - 1.5 * (1.0 - cosine2))


def _eccentric_turn(scaled: Any, radial: Any, anomaly: Any) -> Any:
    """Return by how much the eccentric anomaly grows while the mean anomaly grows by `anomaly`.

    `scaled` is r/a = 1 - e cos E, `radial` is e sin E. Solved for real numbers first; two rounds more carry what is
    imaginary.
    """
    e_cosine, e_sine = 1.0 - scaled, radial
    eccentricity, start = np.hypot(e_cosine.real, e_sine.real), np.arctan2(e_sine.real, e_cosine.real)
    mean = start - e_sine.real + anomaly.real
    eccentric = mean + np.where(np.sin(mean) < 0.0, -0.85, 0.85) * eccentricity
    for _ in range(_ROUNDS):
        step = (eccentric - eccentricity * np.sin(eccentric) - mean) / (1.0 - eccentricity * np.cos(eccentric))
        eccentric = eccentric - step
        if not np.any(np.abs(step) > 1e-14 * np.maximum(1.0, np.abs(mean))):
            break
    turn = (eccentric - start).astype(anomaly.dtype)
    for _ in range(2):
        miss = turn - e_cosine * np.sin(turn) + e_sine * (1.0 - np.cos(turn)) - anomaly
        turn = turn - miss / (1.0 - e_cosine * np.cos(turn) + e_sine * np.sin(turn))
    return turn


def _turned(vectors: Any, axis: Any, angle: Any) -> Any:
    """Turn vectors about unit axes; Rodrigues' formula."""
    sine, cosine = np.sin(angle)[..., None], np.cos(angle)[..., None]
    along = np.sum(axis * vectors, axis=-1)[..., None]
    return cosine * vectors + sine * np.cross(axis, vectors) + (1.0 - cosine) * along * axis


def _dot(first: Any, second: Any) -> Any:
    return np.sum(first * second, axis=-1)


def _require_inertial(states: StateVectors) -> None:
    if states.frame not in _INERTIAL:
        raise FrameMismatchError(
            f"{states.frame.value} turns, an inertial frame is needed", remedy="convert to GCRF or TEME first"
        )
