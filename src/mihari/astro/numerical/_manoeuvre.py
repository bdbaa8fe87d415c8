"""Manoeuvres: impulses, and arcs of constant thrust."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis, tnw_basis
from mihari.astro.states import Frame
from mihari.errors import FrameMismatchError, InputError

__all__ = ["THRUST_FRAMES", "Impulse", "Manoeuvre", "ThrustArc", "apply_impulse", "impulse_jacobian"]

THRUST_FRAMES = (Frame.RTN, Frame.TNW, Frame.GCRF)
"""Axes that a burn may be given in. RTN and TNW follow the object through the burn, GCRF stays fixed."""

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impulse:
    """A change of velocity at one moment. The state at that very moment is the one after it.

    Attributes
    ----------
    at_tai_ns : int
    delta_v_m_s : (x, y, z) in `frame`
        The axes are those of the state before the burn.
    frame : Frame
        RTN, TNW or GCRF.
    """

    at_tai_ns: int
    delta_v_m_s: Triple
    frame: Frame = Frame.RTN

    def __post_init__(self) -> None:
        _require(self.delta_v_m_s, self.frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrustArc:
    """A constant thrust from one moment to another.

    Attributes
    ----------
    start_tai_ns, end_tai_ns : int
    acceleration_m_s2 : (x, y, z) in `frame`
        Force over the object's mass at the beginning of the propagation.
    frame : Frame
        RTN, TNW or GCRF; axes of the moment.
    mass_flow_per_s : float
        Propellant used per second over that mass. The object grows lighter, and what else acts on it per mass grows.
    """

    start_tai_ns: int
    end_tai_ns: int
    acceleration_m_s2: Triple
    frame: Frame = Frame.RTN
    mass_flow_per_s: float = 0.0

    def __post_init__(self) -> None:
        _require(self.acceleration_m_s2, self.frame)
        if self.end_tai_ns <= self.start_tai_ns:
            raise InputError("a thrust arc ends before it starts")
        burnt = self.mass_flow_per_s * (self.end_tai_ns - self.start_tai_ns) * 1e-9
        if not 0.0 <= burnt < 1.0:
            raise InputError(f"a thrust arc uses {burnt:.3g} of the object's mass", remedy="give a share below one")


Manoeuvre = Impulse | ThrustArc
"""What may be done to an object on its way."""


def apply_impulse(state: Floats, impulse: Impulse, *, backwards: bool) -> Floats:
    """Return the state (6,) after an impulse, or before it when time runs backwards."""
    position, velocity = state[:3], state[3:]
    delta = np.array(impulse.delta_v_m_s)
    if not backwards:
        return np.concatenate([position, velocity + _to_gcrf(position, velocity, delta, impulse.frame)])
    before = velocity - _to_gcrf(position, velocity, delta, impulse.frame)
    # The axes are those of the velocity before, which is sought: each round gains a factor delta-v over speed.
    for _ in range(20):
        new = velocity - _to_gcrf(position, before, delta, impulse.frame)
        if np.allclose(new, before, rtol=0.0, atol=1e-12):
            break
        before = new
    return np.concatenate([position, new])


def impulse_jacobian(state: Floats, impulse: Impulse) -> Floats:
    """Return d(state after)/d(state before), (6, 6), at the state before: the axes turn with the state.

    Central differences of an exact function; the burn's axes depend on the state smoothly.
    """
    matrix = np.eye(6)
    if impulse.frame is Frame.GCRF:
        return matrix
    delta = np.array(impulse.delta_v_m_s)
    for column in range(6):
        step = np.zeros(6)
        step[column] = 1e-5 * float(np.linalg.norm(state[:3] if column < 3 else state[3:]))
        up, down = state + step, state - step
        change = _to_gcrf(up[:3], up[3:], delta, impulse.frame) - _to_gcrf(down[:3], down[3:], delta, impulse.frame)
        matrix[3:, column] += change / (2.0 * step[column])
    return matrix


def _to_gcrf(position: Floats, velocity: Floats, vector: Floats, frame: Frame) -> Floats:
    if frame is Frame.GCRF:
        return vector
    basis = (rtn_basis if frame is Frame.RTN else tnw_basis)(position, velocity)
    return np.asarray(basis.T @ vector)


def _require(vector: Triple, frame: Frame) -> None:
    if frame not in THRUST_FRAMES:
        raise FrameMismatchError(f"a burn in {frame.value}", remedy="give it in RTN, TNW or GCRF")
    if len(vector) != 3 or not all(math.isfinite(x) for x in vector):
        raise InputError(f"a burn of {vector}", remedy="give three finite components")
