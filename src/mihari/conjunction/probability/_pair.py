"""Two estimates at one moment as the kernels take them: canonical units, elements, covariances of elements."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.constants import EARTH_MU_M3_S2

__all__ = ["CanonicalPair", "canonical_pair", "covariance_factor"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CanonicalPair:
    """The (26, 12) array of `_overlap`, and the units in which it stands."""

    rows: Floats
    unit_m: float
    unit_s: float
    period_s: float  # the shorter one
    axes: Floats  # (3, 3) rows: the turned axes, which keep both orbits away from an inclination of 180 degrees


def canonical_pair(
    state_1_inertial: Floats,
    covariance_1_inertial: Floats,
    state_2_inertial: Floats,
    covariance_2_inertial: Floats,
    *,
    shared_1_inertial: Floats | None = None,
    shared_2_inertial: Floats | None = None,
) -> CanonicalPair | None:
    """Return the pair in canonical units, or None where an orbit is open.

    Parameters
    ----------
    state_1_inertial, state_2_inertial : (6,) float64, m and m/s
    covariance_1_inertial, covariance_2_inertial : (6, 6) float64
    shared_1_inertial, shared_2_inertial : (6,) float64, optional
        Sensitivity to the shared error, each times its sigma.
    """
    from mihari.conjunction.probability._elements import elements_from_state, invert_6, state_from_elements

    unit = float(np.linalg.norm(state_1_inertial[:3]))
    if not (unit > 0.0 and np.isfinite(unit)):
        return None
    moment = math.sqrt(unit**3 / EARTH_MU_M3_S2)
    axes = _away_from_retrograde(state_1_inertial, state_2_inertial)
    turn = np.kron(np.eye(2), axes)
    scale = np.r_[np.full(3, 1.0 / unit), np.full(3, moment / unit)]
    rows = np.zeros((26, 12))
    sensitivity = np.zeros(12)
    back_to_elements = np.zeros((12, 12))
    joint = np.zeros((12, 12))
    longest_motion = 0.0
    given = (
        (0, state_1_inertial, covariance_1_inertial, shared_1_inertial),
        (1, state_2_inertial, covariance_2_inertial, shared_2_inertial),
    )
    for number, state, covariance, shared in given:
        x = scale * (turn @ state)
        elements, back, jacobian = np.empty(6), np.empty(6), np.empty((6, 6))
        if not elements_from_state(x, elements):
            return None
        state_from_elements(elements, 0.0, back, jacobian, True)
        inverse = invert_6(jacobian)
        part = slice(6 * number, 6 * number + 6)
        joint[part, part] = (turn @ covariance @ turn.T) * np.outer(scale, scale)
        back_to_elements[part, part] = inverse
        rows[7 * number, :6] = elements
        carried = inverse @ joint[part, part] @ inverse.T
        rows[7 * number + 1 : 7 * number + 7, :6] = 0.5 * (carried + carried.T)
        if shared is not None:
            sensitivity[part] = scale * (turn @ shared)
        longest_motion = max(longest_motion, float(elements[0]))
    joint[:6, 6:] = np.outer(sensitivity[:6], sensitivity[6:])
    joint[6:, :6] = joint[:6, 6:].T
    rows[14:26] = back_to_elements @ covariance_factor(joint)
    return CanonicalPair(rows, unit, moment, 2.0 * math.pi / longest_motion * moment, axes)


def covariance_factor(covariance: Floats) -> Floats:
    """Return F with F F^T the covariance; eigenvalues below zero, of the correlations, count as zero."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    safe = np.where(scale > 0.0, scale, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) * safe[:, None])


def _away_from_retrograde(state_1: Floats, state_2: Floats) -> Floats:
    """Return axes (rows) about whose third both orbits run forward as far as can be; the given ones when they do."""
    poles = [np.cross(s[:3], s[3:]) for s in (state_1, state_2)]
    poles = [pole / max(float(np.linalg.norm(pole)), 1.0e-300) for pole in poles]
    identity = np.eye(3)
    if min(float(pole[2]) for pole in poles) > -0.9:
        return identity
    turns = [np.roll(identity, shift, axis=0) for shift in range(3)]
    turns += [np.diag([1.0, -1.0, -1.0]) @ turn for turn in turns]
    return max(turns, key=lambda turn: min(float(turn[2] @ pole) for pole in poles))
