"""A catalogue under SGP4, and beside it trajectories given as tables: planned ones, or those of an operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import gcrf_to_teme
from mihari.astro.interpolate import InterpolatedCurve, JoinedCurves
from mihari.astro.sgp4 import Sgp4Batch, Sgp4Status
from mihari.astro.states import Frame, StateVectors
from mihari.conjunction.screening._propagator import Sgp4Propagator
from mihari.errors import FrameMismatchError, InputError

__all__ = ["CatalogueWithEphemerides"]

Floats = NDArray[np.float64]

OUTSIDE_TABLE = 200
"""Status of a moment that a table does not reach; SGP4's end at 6."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class CatalogueWithEphemerides:
    """A `Propagator` of n element sets and, after them, e tabulated trajectories.

    `from_gcrf` makes cubic Hermite polynomials of tables with common nodes. With 200 nodes in a revolution they are
    2 cm off in low orbit and 0.1 m at GEO (h^4/384 times the fourth derivative);
    tests/unit/test_screening_tabulated.py.

    Attributes
    ----------
    catalogue : Sgp4Batch
    trajectories : tuple of JoinedCurves, TEME
        Each with nodes and a span of its own.
    """

    catalogue: Sgp4Batch
    trajectories: tuple[JoinedCurves, ...]

    def __post_init__(self) -> None:
        for each in self.trajectories:
            if each.frame is not Frame.TEME:
                raise FrameMismatchError(f"trajectories are in {each.frame.value}, TEME is needed")

    @classmethod
    def from_gcrf(
        cls, catalogue: Sgp4Batch, ephemerides: StateVectors, *, orientation: EarthOrientation
    ) -> CatalogueWithEphemerides:
        """Put trajectories beside a catalogue.

        Parameters
        ----------
        catalogue : Sgp4Batch
        ephemerides : StateVectors, GCRF
            (e, t, 3), all finite, at common epochs (t,), ascending.
        orientation : EarthOrientation
            Turns them into TEME, where the catalogue is.

        Raises
        ------
        FrameMismatchError
            The ephemerides are not in GCRF.
        InputError
            Not of that shape, not ascending, or not finite.
        DataGapError
            An epoch lies outside `orientation`.
        """
        position = ephemerides.position_m
        node = np.asarray(ephemerides.epoch_tai_ns, dtype=np.int64)
        if position.ndim != 3 or node.shape != position.shape[1:2] or node.size < 2:
            raise InputError(
                f"ephemerides {position.shape} at epochs {node.shape}", remedy="give (e, t, 3) at common epochs (t,)"
            )
        if np.any(np.diff(node) <= 0):
            raise InputError("the epochs of an ephemeris must ascend")
        if not (np.isfinite(position).all() and np.isfinite(ephemerides.velocity_m_s).all()):
            raise InputError("an ephemeris has a missing state", remedy="leave out trajectories that ended early")
        teme = gcrf_to_teme(ephemerides, orientation=orientation)
        curves = (
            InterpolatedCurve.hermite(StateVectors(Frame.TEME, node, place, rate))
            for place, rate in zip(teme.position_m, teme.velocity_m_s, strict=True)
        )
        return cls(catalogue, tuple(JoinedCurves.of(curve) for curve in curves))

    @property
    def size(self) -> int:
        """Number of objects, element sets first."""
        return self.catalogue.size + len(self.trajectories)

    def fill(
        self,
        first: int,
        last: int,
        times_tai_ns: NDArray[np.int64],
        out: NDArray[np.float64],
        status: NDArray[np.uint8],
    ) -> None:
        """Write states of the objects [first, last); see `Propagator.fill`."""
        split = min(max(self.catalogue.size, first), last)
        if split > first:
            Sgp4Propagator(self.catalogue).fill(
                first, split, times_tai_ns, out[: split - first], status[: split - first]
            )
        for row in range(split, last):
            values = self.trajectories[row - self.catalogue.size].states(times_tai_ns)
            out[row - first] = values.T
            status[row - first] = _status(values)

    def states(
        self, index: NDArray[np.int64], times_tai_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Return exact states; see `Propagator.states`."""
        out = np.empty((index.size, 6))
        status = np.empty(index.size, dtype=np.uint8)
        in_table = index >= self.catalogue.size
        sets = ~in_table
        if sets.any():
            out[sets], status[sets] = Sgp4Propagator(self.catalogue).states(
                np.ascontiguousarray(index[sets]), np.ascontiguousarray(times_tai_ns[sets])
            )
        for row in np.unique(index[in_table]):
            mine = index == row
            out[mine] = self.trajectories[row - self.catalogue.size].states(times_tai_ns[mine])
            status[mine] = _status(out[mine])
        return out, status

    def reason(self, status: int) -> str:
        """Return what a status means."""
        return "the given trajectory ends" if status == OUTSIDE_TABLE else Sgp4Status(status).reason

    def take(self, index: NDArray[np.int64]) -> Self:
        """Return the objects at `index`, in that order; element sets must come before tables."""
        in_table = index >= self.catalogue.size
        if np.any(np.diff(in_table.astype(np.int8)) < 0):
            raise InputError("tabulated trajectories must stand after the element sets")
        chosen = tuple(self.trajectories[row] for row in index[in_table] - self.catalogue.size)
        return type(self)(self.catalogue.take(index[~in_table]), chosen)


def _status(states: Floats) -> NDArray[np.uint8]:
    return np.where(np.isnan(states[:, 0]), np.uint8(OUTSIDE_TABLE), np.uint8(0))
