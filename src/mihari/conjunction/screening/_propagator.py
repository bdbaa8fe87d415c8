"""The seam between screening and whatever says where objects are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self, final, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mihari.astro.sgp4 import Sgp4Batch, Sgp4Status, fill_pairs, fill_planes

__all__ = ["Propagator", "Sgp4Propagator"]


@runtime_checkable
class Propagator(Protocol):
    """Says where each of `size` objects is; everything in one Earth-centred frame of fixed orientation, SI units.

    Positions must be continuous; velocities may depart from their derivative (SGP4's do): screening measures the
    departure and makes room for it. Must be picklable when blocks run in processes.
    """

    @property
    def size(self) -> int:
        """Number of objects."""
        ...

    def fill(
        self,
        first: int,
        last: int,
        times_tai_ns: NDArray[np.int64],
        out: NDArray[np.float64],
        status: NDArray[np.uint8],
    ) -> None:
        """Write states of the objects [first, last) at uniform times.

        Parameters
        ----------
        times_tai_ns : (t,) int64
        out : (last - first, 6, t) float64, C-contiguous
            Receives x, y, z (m), vx, vy, vz (m/s).
        status : (last - first, t) uint8
            Receives 0 where the state is good; elsewhere `out` is not read.
        """
        ...

    def states(
        self, index: NDArray[np.int64], times_tai_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Return (m, 6) exact states, m and m/s, of object `index[k]` at `times_tai_ns[k]`, and (m,) status.

        Rows whose status is not zero are NaN.
        """
        ...

    def reason(self, status: int) -> str:
        """Return what a status means, in plain words."""
        ...

    def take(self, index: NDArray[np.int64]) -> Self:
        """Return the objects at `index`, in that order."""
        ...


@final
@dataclass(frozen=True, slots=True, eq=False)
class Sgp4Propagator:
    """Element sets under SGP4, TEME. TEME turns by 1e-7 rad a day against inertial axes: nothing for a pair's RTN."""

    batch: Sgp4Batch

    @property
    def size(self) -> int:
        """Number of objects."""
        return self.batch.size

    def fill(
        self,
        first: int,
        last: int,
        times_tai_ns: NDArray[np.int64],
        out: NDArray[np.float64],
        status: NDArray[np.uint8],
    ) -> None:
        """Write states of the objects [first, last); see `Propagator.fill`."""
        march = np.zeros((last - first, 3))
        fill_planes(self.batch.tables, self.batch.epoch_tai_ns, times_tai_ns, first, last, out, status, march)

    def states(
        self, index: NDArray[np.int64], times_tai_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Return exact states; see `Propagator.states`."""
        out = np.empty((index.size, 6))
        status = np.empty(index.size, dtype=np.uint8)
        fill_pairs(self.batch.tables, self.batch.epoch_tai_ns, index, times_tai_ns, 0, index.size, out, status)
        return out, status

    def reason(self, status: int) -> str:
        """Return what an SGP4 status means."""
        return Sgp4Status(status).reason

    def take(self, index: NDArray[np.int64]) -> Self:
        """Return the objects at `index`, in that order."""
        return type(self)(self.batch.take(index))
