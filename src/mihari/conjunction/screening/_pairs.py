"""Exact states of pairs, and what one reads from them: range, components in RTN, place within a volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._propagator import Propagator

__all__ = ["PairStates", "pair_states", "rtn_components"]


@dataclass(frozen=True, slots=True, eq=False)
class PairStates:
    """States of m pairs, each at its own moment: `first` and `second` are (m, 6), m and m/s; NaN where one is lost."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]

    @property
    def separation_m(self) -> NDArray[np.float64]:
        """(m, 3), the second relative to the first."""
        return self.second[:, :3] - self.first[:, :3]

    @property
    def range_m(self) -> NDArray[np.float64]:
        """(m,)."""
        return np.asarray(np.sqrt((self.separation_m**2).sum(axis=1)))

    @property
    def relative_speed_m_s(self) -> NDArray[np.float64]:
        """(m,), from the propagator's velocities."""
        return np.asarray(np.sqrt(((self.second[:, 3:] - self.first[:, 3:]) ** 2).sum(axis=1)))

    def take(self, rows: NDArray[np.int64]) -> PairStates:
        """Return copies of the states of some pairs."""
        return PairStates(self.first[rows], self.second[rows])

    def replace(self, rows: NDArray[np.int64], states: PairStates) -> None:
        """Write other states over those of some pairs."""
        self.first[rows] = states.first
        self.second[rows] = states.second

    def seen_from(self, second: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(m, 3) radial, transverse, normal components of the other object from the second where True, else first."""
        primary = np.where(second[:, None], self.second, self.first)
        sign = np.where(second, -1.0, 1.0)[:, None]
        return rtn_components(primary, sign * self.separation_m)

    def depth(
        self,
        first_axes_m: NDArray[np.float64],
        second_axes_m: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return how deep each pair is in a volume (1 on its surface, squared), and whether it is the second's.

        Semi-axes are (m, 3); zeros mean that the object owns none. In both volumes the one it is deeper in counts,
        the first's when equal.
        """
        nobody = np.zeros(self.first.shape[0], dtype=bool)
        with np.errstate(divide="ignore", invalid="ignore"):
            mine = ((self.seen_from(nobody) / first_axes_m) ** 2).sum(axis=1)
            others = ((self.seen_from(~nobody) / second_axes_m) ** 2).sum(axis=1)
        mine = np.where(first_axes_m[:, 0] > 0.0, mine, np.inf)
        others = np.where(second_axes_m[:, 0] > 0.0, others, np.inf)
        # Equal spheres differ in the last digits only.
        belongs_to_second = others < mine * (1.0 - 1e-9)
        return np.where(belongs_to_second, others, mine), belongs_to_second


def pair_states(
    propagator: Propagator, first: NDArray[np.int64], second: NDArray[np.int64], times_tai_ns: NDArray[np.int64]
) -> PairStates:
    """Return the exact states of object `first[k]` and `second[k]` at `times_tai_ns[k]`."""
    states, _ = propagator.states(np.concatenate([first, second]), np.concatenate([times_tai_ns, times_tai_ns]))
    return PairStates(states[: first.size], states[first.size :])


def rtn_components(primary: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return radial, transverse, normal components (m, 3) of `vector` in the frame of `primary` (m, 6).

    Radial along the position, normal along position x inertial velocity, transverse completes.
    """
    position = primary[:, :3]
    normal = np.cross(position, primary[:, 3:])
    with np.errstate(invalid="ignore", divide="ignore"):
        radial = position / np.sqrt((position**2).sum(axis=1))[:, None]
        normal = normal / np.sqrt((normal**2).sum(axis=1))[:, None]
    transverse = np.cross(normal, radial)
    return np.stack([(vector * axis).sum(axis=1) for axis in (radial, transverse, normal)], axis=1)
