"""Where a burn moves the primary at each closest approach, and how near it then passes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.kepler import propagate_kepler
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.constants import EARTH_MU_M3_S2

__all__ = ["advanced_gcrf", "closest_of_flown", "closest_of_straight_lines", "displaced_gcrf_m", "keep_out_ratio"]

Floats = NDArray[np.float64]

_ROUNDS: Final = 4


def displaced_gcrf_m(linear_m: Floats, position_gcrf_m: Floats, velocity_gcrf_m_s: Floats) -> Floats:
    """Bend a linear displacement along the orbit, (..., 3).

    A transition matrix moves the object along the tangent. An along-track shift is really an arc: after s metres the
    tangent is s^2/2r too high, 29 m at 20 km. The shift is taken as an angle at the Earth's centre instead.
    """
    basis = rtn_basis(position_gcrf_m, velocity_gcrf_m_s)
    radius = np.linalg.norm(position_gcrf_m, axis=-1)
    radial, along, normal = np.moveaxis(np.einsum("...ij,...j->...i", basis, linear_m), -1, 0)
    angle = along / radius
    bent = np.stack(
        [radius * (np.cos(angle) - 1.0) + radial * np.cos(angle), (radius + radial) * np.sin(angle), normal], axis=-1
    )
    return np.asarray(np.einsum("...ji,...j->...i", basis, bent))


def closest_of_straight_lines(separation_gcrf_m: Floats, speed_gcrf_m_s: Floats) -> tuple[Floats, Floats]:
    """Return the separation at closest approach, (..., 3), and its delay, s, for straight relative motion."""
    delay = -np.sum(separation_gcrf_m * speed_gcrf_m_s, axis=-1) / np.sum(speed_gcrf_m_s**2, axis=-1)
    return separation_gcrf_m + speed_gcrf_m_s * delay[..., np.newaxis], delay


def closest_of_flown(
    primary_gcrf: Floats, secondary_gcrf: Floats, *, tca_tai_ns: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return separation and relative velocity at closest approach, (..., 3), its delay, s, and the primary then.

    Both move on their orbits.

    Parameters
    ----------
    primary_gcrf, secondary_gcrf : float64 arrays, (..., 6)
        States at `tca_tai_ns`, m and m/s. Both are moved by two-body motion over the delay, which is seconds.
    """
    mine, other = (np.array(np.broadcast_to(s, primary_gcrf.shape)) for s in (primary_gcrf, secondary_gcrf))
    delay = np.zeros(mine.shape[:-1])
    for _ in range(_ROUNDS):
        separation, speed, _ = _relative(mine, other, delay, tca_tai_ns)
        delay = delay - np.sum(separation * speed, axis=-1) / np.sum(speed**2, axis=-1)
    separation, speed, primary = _relative(mine, other, delay, tca_tai_ns)
    return separation, speed, delay, primary


def advanced_gcrf(state_gcrf: Floats, delay_s: Floats) -> Floats:
    """Return states (..., 6) some seconds later, the Earth's pull taken as constant: for axes, not for distances."""
    position, velocity, delay = state_gcrf[..., :3], state_gcrf[..., 3:], delay_s[..., np.newaxis]
    pull = -EARTH_MU_M3_S2 * position / np.linalg.norm(position, axis=-1, keepdims=True) ** 3
    moved = position + delay * (velocity + 0.5 * delay * pull)
    return np.concatenate([moved, velocity + delay * pull], axis=-1)


def _relative(mine: Floats, other: Floats, delay_s: Floats, tca: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    epoch = np.broadcast_to(tca, delay_s.shape)
    moved = [
        propagate_kepler(StateVectors(Frame.GCRF, epoch, state[..., :3], state[..., 3:]), delay_s)
        for state in (mine, other)
    ]
    primary = np.concatenate([moved[0].position_m, moved[0].velocity_m_s], axis=-1)
    return moved[1].position_m - primary[..., :3], moved[1].velocity_m_s - primary[..., 3:], primary


def keep_out_ratio(miss_rtn_m: Floats, semi_axes_m: Floats) -> Floats:
    """Return how many times the separation is the keep-out ellipsoid's radius in that direction; above one is clear."""
    return np.asarray(np.sqrt(np.sum((miss_rtn_m / semi_axes_m) ** 2, axis=-1)))
