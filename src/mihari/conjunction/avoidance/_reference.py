"""The primary's trajectory without a manoeuvre, with its partial derivatives: flown once, used for every candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.kepler import period_s
from mihari.astro.numerical import AreaToMass, ForceModel, propagate
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError

__all__ = ["Primary", "ReferenceFlight"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Primary:
    """The object that may manoeuvre, and the dynamics that it is flown with.

    Attributes
    ----------
    object_id : int
    state : StateVectors, GCRF
        One state, (1, 3), at its epoch.
    model : ForceModel
    area_to_mass : AreaToMass
    orientation : EarthOrientation
    """

    object_id: int
    state: StateVectors
    model: ForceModel
    area_to_mass: AreaToMass
    orientation: EarthOrientation

    def __post_init__(self) -> None:
        self.state.require(Frame.GCRF)
        if self.state.position_m.shape != (1, 3):
            raise InputError(f"the primary's state has shape {self.state.position_m.shape}", remedy="give (1, 3)")

    @property
    def epoch_tai_ns(self) -> int:
        """Epoch of the state."""
        return int(np.broadcast_to(self.state.epoch_tai_ns, (1,))[0])

    @property
    def period_s(self) -> float:
        """Osculating period at the epoch."""
        return float(period_s(self.state)[0])

    @property
    def semi_major_axis_m(self) -> float:
        """Osculating semi-major axis at the epoch."""
        square = float(np.sum(self.state.velocity_m_s[0] ** 2))
        return 1.0 / (2.0 / float(np.linalg.norm(self.state.position_m[0])) - square / self.model.field.mu_m3_s2)


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceFlight:
    """States and transition matrices from the epoch, at moments in ascending order.

    Attributes
    ----------
    tai_ns : int64 array, (m,)
    gcrf : float64 array, (m, 6)
    transition : float64 array, (m, 6, 6)
    """

    tai_ns: NDArray[np.int64]
    gcrf: Floats
    transition: Floats

    @classmethod
    def fly(cls, primary: Primary, times_tai_ns: NDArray[np.int64]) -> ReferenceFlight:
        """Fly the primary to the moments.

        Raises
        ------
        InputError
            It does not last so long.
        """
        times = np.unique(times_tai_ns)
        flown = propagate(
            primary.state,
            times,
            model=primary.model,
            orientation=primary.orientation,
            area_to_mass=primary.area_to_mass,
            transition=True,
        )
        if flown.status.any():
            raise InputError("the primary comes down before the last conjunction", where=f"object {primary.object_id}")
        assert flown.transition is not None
        states = np.concatenate([flown.states.position_m[0], flown.states.velocity_m_s[0]], axis=-1)
        return cls(times, states, flown.transition[0])

    def at(self, tai_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of moments.

        Raises
        ------
        InputError
            One was not flown to.
        """
        rows = np.clip(np.searchsorted(self.tai_ns, tai_ns), 0, self.tai_ns.size - 1)
        if not np.array_equal(self.tai_ns[rows], tai_ns):
            raise InputError("a moment that the reference was not flown to", where="avoidance")
        return rows

    def between(self, start_tai_ns: NDArray[np.int64], end_tai_ns: NDArray[np.int64]) -> Floats:
        """Return matrices from each start to each end, (s, e, 6, 6); zero where the end does not come later."""
        start, end = self.at(start_tai_ns), self.at(end_tai_ns)
        inverse = np.linalg.inv(self.transition[start])
        matrix = np.einsum("eij,sjk->seik", self.transition[end], inverse)
        later = end_tai_ns[np.newaxis, :] > start_tai_ns[:, np.newaxis]
        return np.asarray(np.where(later[..., np.newaxis, np.newaxis], matrix, 0.0))
