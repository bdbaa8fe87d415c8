"""Axes that hang on an object, and states relative to it.

========  =====================================================  ====================================================
frame     axes                                                   also called
========  =====================================================  ====================================================
RTN       R away from the Earth, N along the orbit normal,       RSW, RIC, UVW; LVLH in STK and in the Clohessy-
          T = N x R                                              Wiltshire literature
TNW       T along the velocity, W along the orbit normal,        NTW with other axis order
          N = W x T
VVLH      z to the Earth, y against the orbit normal, x = y x z  LVLH of the CCSDS
========  =====================================================  ====================================================

The axes are built from the inertial position and velocity of the object. A relative velocity is either the difference
of the inertial velocities in these axes, which is what conjunction messages carry, or what an observer sees who turns
with the axes: `VelocityKind` says which.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.states import Frame, StateVectors
from mihari.constants import EARTH_MU_M3_S2
from mihari.errors import FrameMismatchError, InputError

__all__ = [
    "VelocityKind",
    "absolute_states",
    "local_basis",
    "local_rate_rad_s",
    "relative_states",
    "rtn_basis",
    "tnw_basis",
    "to_local",
    "to_rtn",
    "vvlh_basis",
]

Floats = NDArray[np.float64]


class VelocityKind(Enum):
    """How a relative velocity is meant."""

    INERTIAL = "inertial"
    ROTATING = "rotating"


def rtn_basis(position_m: ArrayLike, velocity_m_s: ArrayLike) -> Floats:
    """Return matrices, (..., 3, 3), that turn inertial vectors into radial, transverse, normal: the rows are the axes.

    NaN where position and velocity are parallel or not finite.
    """
    position, velocity = _pair(position_m, velocity_m_s)
    radial, normal = _unit(position), _unit(np.cross(position, velocity))
    return np.stack((radial, np.cross(normal, radial), normal), axis=-2)


def tnw_basis(position_m: ArrayLike, velocity_m_s: ArrayLike) -> Floats:
    """Return matrices, (..., 3, 3), that turn inertial vectors into TNW: along the velocity, in plane, orbit normal."""
    position, velocity = _pair(position_m, velocity_m_s)
    along, normal = _unit(velocity), _unit(np.cross(position, velocity))
    return np.stack((along, np.cross(normal, along), normal), axis=-2)


def vvlh_basis(position_m: ArrayLike, velocity_m_s: ArrayLike) -> Floats:
    """Return matrices, (..., 3, 3), that turn inertial vectors into VVLH: x forward, y against the normal, z down."""
    rtn = rtn_basis(position_m, velocity_m_s)
    return np.stack((rtn[..., 1, :], -rtn[..., 2, :], -rtn[..., 0, :]), axis=-2)


def local_basis(frame: Frame, position_m: ArrayLike, velocity_m_s: ArrayLike) -> Floats:
    """Return the basis of RTN, TNW or VVLH.

    Raises
    ------
    FrameMismatchError
        The frame does not hang on an object.
    """
    builders = {Frame.RTN: rtn_basis, Frame.TNW: tnw_basis, Frame.VVLH: vvlh_basis}
    if frame not in builders:
        raise FrameMismatchError(f"{frame.value} does not hang on an object", remedy="take RTN, TNW or VVLH")
    return builders[frame](position_m, velocity_m_s)


def local_rate_rad_s(
    frame: Frame,
    position_m: ArrayLike,
    velocity_m_s: ArrayLike,
    *,
    acceleration_m_s2: ArrayLike | None = None,
) -> Floats:
    """Return the angular velocity of the axes against inertial space, in the axes themselves, (..., 3).

    Parameters
    ----------
    frame : Frame
        RTN, TNW or VVLH.
    position_m, velocity_m_s : float arrays, (..., 3), inertial
    acceleration_m_s2 : float array, (..., 3), optional
        Inertial acceleration; the Earth's central attraction when left out. RTN and VVLH then turn about the normal by
        h/r^2; a force across the orbit adds a turn about the radius.

    References
    ----------
    Schaub, Junkins, Analytical Mechanics of Space Systems, 4th ed., section 14.3, generalised to any acceleration.

    Validation
    ----------
    tests/unit/test_relative.py: differences; tests/validation/test_relative_stk.py: STK's rates.
    """
    position, velocity = _pair(position_m, velocity_m_s)
    if acceleration_m_s2 is None:
        acceleration = -EARTH_MU_M3_S2 * position / np.linalg.norm(position, axis=-1, keepdims=True) ** 3
    else:
        acceleration = np.asarray(acceleration_m_s2, dtype=np.float64)
    basis = local_basis(frame, position, velocity)
    momentum = np.linalg.norm(np.cross(position, velocity), axis=-1)
    if frame is Frame.TNW:
        speed = np.linalg.norm(velocity, axis=-1)
        _, across, out = np.moveaxis(to_local(basis, acceleration), -1, 0)
        torque = to_local(basis, np.cross(position, acceleration))[..., 1]
        return np.stack((-torque / momentum, -out / speed, across / speed), axis=-1)
    rtn = basis if frame is Frame.RTN else rtn_basis(position, velocity)
    radius = np.linalg.norm(position, axis=-1)
    about_radius = radius * to_local(rtn, acceleration)[..., 2] / momentum
    about_normal = momentum / radius**2
    zero = np.zeros_like(radius)
    if frame is Frame.RTN:
        return np.stack((about_radius, zero, about_normal), axis=-1)
    return np.stack((zero, -about_normal, -about_radius), axis=-1)


def to_local(basis: Floats, vectors: ArrayLike) -> Floats:
    """Turn inertial vectors, (..., 3), by a basis, (..., 3, 3)."""
    return np.asarray(np.einsum("...ij,...j->...i", basis, np.asarray(vectors, dtype=np.float64)))


def to_rtn(position_m: ArrayLike, velocity_m_s: ArrayLike, vectors: ArrayLike) -> Floats:
    """Turn inertial vectors, (..., 3), into the RTN axes of the object with that inertial state."""
    return to_local(rtn_basis(position_m, velocity_m_s), vectors)


def relative_states(
    reference: StateVectors,
    other: StateVectors,
    frame: Frame,
    *,
    velocity_kind: VelocityKind = VelocityKind.INERTIAL,
) -> StateVectors:
    """Return the other object's states less the reference's, in the reference's axes.

    Parameters
    ----------
    reference, other : StateVectors
        In one inertial frame, at the same epochs; the shapes broadcast.
    frame : Frame
        RTN, TNW or VVLH.
    velocity_kind : VelocityKind
        INERTIAL: difference of inertial velocities, turned. ROTATING: its rate of change in the turning axes, that is
        less the axes' angular velocity (two-body) times the relative position.

    Raises
    ------
    FrameMismatchError
        Two frames, or ITRF, or axes that do not hang on an object.
    InputError
        Epochs that differ.
    """
    _require_inertial_pair(reference, other)
    basis = local_basis(frame, reference.position_m, reference.velocity_m_s)
    position = to_local(basis, other.position_m - reference.position_m)
    velocity = to_local(basis, other.velocity_m_s - reference.velocity_m_s)
    if velocity_kind is VelocityKind.ROTATING:
        rate = local_rate_rad_s(frame, reference.position_m, reference.velocity_m_s)
        velocity = velocity - np.cross(rate, position)
    return StateVectors(frame, reference.epoch_tai_ns, position, velocity)


def absolute_states(
    reference: StateVectors, relative: StateVectors, *, velocity_kind: VelocityKind = VelocityKind.INERTIAL
) -> StateVectors:
    """Return inertial states from states relative to a reference; the inverse of `relative_states`."""
    _require_same_epochs(reference, relative)
    _require_inertial(reference)
    basis = local_basis(relative.frame, reference.position_m, reference.velocity_m_s)
    velocity = relative.velocity_m_s
    if velocity_kind is VelocityKind.ROTATING:
        rate = local_rate_rad_s(relative.frame, reference.position_m, reference.velocity_m_s)
        velocity = velocity + np.cross(rate, relative.position_m)
    back = np.swapaxes(basis, -1, -2)
    return StateVectors(
        reference.frame,
        reference.epoch_tai_ns,
        reference.position_m + to_local(back, relative.position_m),
        reference.velocity_m_s + to_local(back, velocity),
    )


def _require_inertial_pair(reference: StateVectors, other: StateVectors) -> None:
    other.require(reference.frame)
    _require_inertial(reference)
    _require_same_epochs(reference, other)


def _require_inertial(states: StateVectors) -> None:
    if states.frame in (Frame.ITRF, Frame.RTN, Frame.TNW, Frame.VVLH):
        raise FrameMismatchError(
            f"{states.frame.value} turns, an inertial frame is needed", remedy="convert to GCRF or TEME first"
        )


def _require_same_epochs(first: StateVectors, second: StateVectors) -> None:
    if not np.all(np.asarray(first.epoch_tai_ns) == np.asarray(second.epoch_tai_ns)):
        raise InputError("relative states need both objects at the same epochs")


def _pair(position_m: ArrayLike, velocity_m_s: ArrayLike) -> tuple[Floats, Floats]:
    position, velocity = np.asarray(position_m, dtype=np.float64), np.asarray(velocity_m_s, dtype=np.float64)
    if position.shape[-1:] != (3,) or velocity.shape[-1:] != (3,):
        raise InputError(f"positions {position.shape} and velocities {velocity.shape} must be (..., 3)")
    return position, velocity


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.full(vectors.shape, np.nan), where=length > 0.0))
