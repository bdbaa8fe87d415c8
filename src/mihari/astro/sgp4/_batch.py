"""A batch of element sets, initialised once and propagated to any times."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._initialise import initialise_deep, initialise_near
from mihari.astro.sgp4._planes import fill_pairs, fill_planes
from mihari.astro.sgp4._status import OperationMode
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import utc_jd_from_tai_ns
from mihari.errors import InputError
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = ["Sgp4Batch", "TemeStates"]

_MINUTES_PER_DAY: Final = 1440.0
_JD_1950_JANUARY_0: Final = 2433281.5
_BLOCKS_PER_THREAD: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class TemeStates:
    """States of n objects at t common times, TEME.

    Attributes
    ----------
    epoch_tai_ns : (t,) int64 array
    position_m : (n, t, 3) float64 array
        A strided view of planes (n, 3 or 6, t). NaN where the status is neither OK nor OUT_OF_RANGE.
    velocity_m_s : (n, t, 3) float64 array or None
        None when velocities were not asked for.
    status : (n, t) uint8 array
        `Sgp4Status`.
    """

    epoch_tai_ns: NDArray[np.int64]
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64] | None
    status: NDArray[np.uint8]

    def state_vectors(self) -> StateVectors:
        """Return the states with their frame, for conversion.

        Raises
        ------
        InputError
            The batch was propagated without velocities.
        """
        if self.velocity_m_s is None:
            raise InputError("these states have no velocities", remedy="propagate with velocities=True")
        return StateVectors(Frame.TEME, self.epoch_tai_ns, self.position_m, self.velocity_m_s)


@dataclass(frozen=True, slots=True, eq=False)
class Sgp4Batch:
    """Initialised element sets, WGS-72. Build with `from_mean_elements`.

    Attributes
    ----------
    tables : Sgp4Tables
        Constants for the numba-callable kernels.
    epoch_tai_ns : (n,) int64 array
    init_status : (n,) uint8 array
        `Sgp4Status` at the epoch. An object that fails there may still succeed at another time, as in the reference.
    mode : OperationMode
    """

    tables: lay.Sgp4Tables
    epoch_tai_ns: NDArray[np.int64]
    init_status: NDArray[np.uint8]
    mode: OperationMode

    @classmethod
    def from_mean_elements(
        cls,
        *,
        epoch_tai_ns: ArrayLike,
        mean_motion_rev_day: ArrayLike,
        eccentricity: ArrayLike,
        inclination_deg: ArrayLike,
        ra_of_asc_node_deg: ArrayLike,
        arg_of_pericenter_deg: ArrayLike,
        mean_anomaly_deg: ArrayLike,
        bstar_per_earth_radius: ArrayLike,
        mode: OperationMode = OperationMode.IMPROVED,
        threads: int = 1,
    ) -> Sgp4Batch:
        """Initialise element sets as their messages carry them.

        Parameters
        ----------
        epoch_tai_ns : (n,) int64
        mean_motion_rev_day : (n,) float64
            Kozai mean motion.
        eccentricity : (n,) float64
        inclination_deg, ra_of_asc_node_deg, arg_of_pericenter_deg, mean_anomaly_deg : (n,) float64
        bstar_per_earth_radius : (n,) float64
        mode : OperationMode
        threads : int

        Returns
        -------
        Sgp4Batch
            In the order given. No row is refused: `init_status` tells which do not propagate.

        Raises
        ------
        InputError
            The arrays are not one-dimensional and of one length.

        References
        ----------
        Vallado, Crawford, Hujsak, Kelso, AIAA 2006-6753.
        """
        epochs = _integers(np.atleast_1d(np.asarray(epoch_tai_ns)))
        columns = {
            "mean_motion_rev_day": mean_motion_rev_day,
            "eccentricity": eccentricity,
            "inclination_deg": inclination_deg,
            "ra_of_asc_node_deg": ra_of_asc_node_deg,
            "arg_of_pericenter_deg": arg_of_pericenter_deg,
            "mean_anomaly_deg": mean_anomaly_deg,
            "bstar_per_earth_radius": bstar_per_earth_radius,
        }
        if epochs.ndim != 1:
            raise InputError(f"epoch_tai_ns has shape {epochs.shape}", remedy="give one-dimensional arrays")
        elements = np.empty((epochs.size, len(columns)))
        for position, (name, values) in enumerate(columns.items()):
            column = np.atleast_1d(np.asarray(values, dtype=np.float64))
            if column.shape != epochs.shape:
                raise InputError(
                    f"{name} has shape {column.shape}, epoch_tai_ns {epochs.shape}", remedy="give arrays of one length"
                )
            elements[:, position] = column
        elements[:, 0] /= _MINUTES_PER_DAY / TWO_PI
        elements[:, 2:6] *= RAD_PER_DEG
        return cls._initialise(elements, epochs, mode, _threads(threads))

    @classmethod
    def _initialise(
        cls, elements: NDArray[np.float64], epochs: NDArray[np.int64], mode: OperationMode, threads: int
    ) -> Sgp4Batch:
        n = epochs.size
        near = np.empty((n, lay.NEAR_COLUMNS))
        _over_blocks(n, threads, lambda first, last: initialise_near(elements, near, first, last))
        motion = near[:, lay.NO]
        with np.errstate(divide="ignore", invalid="ignore"):
            objects = np.flatnonzero(TWO_PI / motion >= 225.0)
        deep_row = np.full(n, -1, dtype=np.int64)
        deep_row[objects] = np.arange(objects.size)
        deep = np.empty((objects.size, lay.DEEP_COLUMNS))
        if objects.size:
            day, fraction = utc_jd_from_tai_ns(epochs)
            # One double, as the reference's element-set reader hands it on: 40 microseconds coarse, and its own.
            epoch_days = (np.asarray(day) + fraction) - _JD_1950_JANUARY_0
            afspc = 1.0 if mode is OperationMode.AFSPC else 0.0
            _over_blocks(
                objects.size,
                threads,
                lambda first, last: initialise_deep(near, epoch_days, objects, afspc, deep, first, last),
            )
        tables = lay.Sgp4Tables(near, deep, deep_row)
        status = np.empty(n, dtype=np.uint8)
        out = np.empty((n, 6))
        everyone = np.arange(n)
        _over_blocks(
            n, threads, lambda first, last: fill_pairs(tables, epochs, everyone, epochs, first, last, out, status)
        )
        return cls(tables, epochs, status, mode)

    @property
    def size(self) -> int:
        """Number of objects."""
        return int(self.epoch_tai_ns.size)

    @property
    def is_deep(self) -> NDArray[np.bool_]:
        """Which objects have a period of 225 minutes or more, (n,)."""
        return np.asarray(self.tables.deep_row >= 0)

    def take(self, index: ArrayLike) -> Sgp4Batch:
        """Return the objects at `index` (integers or a boolean mask), in that order."""
        chosen = np.arange(self.size)[np.asarray(index)]
        if chosen.ndim != 1:
            raise InputError(f"index has shape {chosen.shape}", remedy="give a one-dimensional index or mask")
        old_rows = self.tables.deep_row[chosen]
        is_deep = old_rows >= 0
        deep_row = np.full(chosen.size, -1, dtype=np.int64)
        deep_row[is_deep] = np.arange(np.count_nonzero(is_deep))
        tables = lay.Sgp4Tables(self.tables.near[chosen], self.tables.deep[old_rows[is_deep]], deep_row)
        return Sgp4Batch(tables, self.epoch_tai_ns[chosen], self.init_status[chosen], self.mode)

    def propagate(self, times_tai_ns: ArrayLike, *, threads: int = 1, velocities: bool = True) -> TemeStates:
        """States of every object at every time.

        Parameters
        ----------
        times_tai_ns : (t,) int64
            In any order.
        threads : int
        velocities : bool
            Positions alone are cheaper.

        Returns
        -------
        TemeStates
            Rows with a non-zero status are NaN, code 6 (decayed) too, where the reference's arrays still carry numbers;
            OUT_OF_RANGE alone has the numbers that the reference calls good.

        Raises
        ------
        InputError
            Times are not one-dimensional.
        """
        times = _times(times_tai_ns)
        planes, status = self.planes(times, threads=threads, velocities=velocities)
        components = planes.transpose(0, 2, 1)
        velocity = components[:, :, 3:] if velocities else None
        return TemeStates(times, components[:, :, :3], velocity, status)

    def planes(
        self,
        times_tai_ns: ArrayLike,
        *,
        out: NDArray[np.float64] | None = None,
        status: NDArray[np.uint8] | None = None,
        threads: int = 1,
        velocities: bool = True,
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """States in the layout the kernel writes: one contiguous row of times per object and component.

        Parameters
        ----------
        times_tai_ns : (t,) int64
        out : (n, 6, t) or (n, 3, t) float64 array, C-contiguous
            Reused instead of fresh memory; its second axis then says whether velocities are computed.
        status : (n, t) uint8 array, C-contiguous
            Reused likewise.
        threads : int
        velocities : bool
            Used when `out` is not given.

        Returns
        -------
        out : x, y, z (m), vx, vy, vz (m/s), TEME, NaN where the status is neither OK nor OUT_OF_RANGE
        status : `Sgp4Status`

        Raises
        ------
        InputError
            A buffer has the wrong shape, type or order.
        """
        times = _times(times_tai_ns)
        n, t = self.size, times.size
        if out is None:
            out = np.empty((n, 6 if velocities else 3, t))
        if status is None:
            status = np.empty((n, t), dtype=np.uint8)
        _buffer("out", out, np.float64, ((n, 6, t), (n, 3, t)))
        _buffer("status", status, np.uint8, ((n, t),))
        march = np.zeros((n, 3))
        tables, epochs = self.tables, self.epoch_tai_ns

        def block(first: int, last: int) -> None:
            fill_planes(tables, epochs, times, first, last, out[first:last], status[first:last], march[first:last])

        _over_blocks(n, _threads(threads), block)
        return out, status

    def propagate_pairs(
        self, index: ArrayLike, times_tai_ns: ArrayLike, *, threads: int = 1
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]:
        """States of m (object, time) pairs, each object at its own time.

        Parameters
        ----------
        index : (m,) int
            Row of the object in this batch.
        times_tai_ns : (m,) int64

        Returns
        -------
        position_m, velocity_m_s : (m, 3) float64 arrays, TEME, NaN where the status is neither OK nor OUT_OF_RANGE
        status : (m,) uint8 array

        Raises
        ------
        InputError
            The arrays differ in shape, or an index is outside the batch.
        """
        times = _times(times_tai_ns)
        rows = _integers(np.atleast_1d(np.asarray(index)))
        if rows.shape != times.shape:
            raise InputError(
                f"index {rows.shape} and times_tai_ns {times.shape} differ", remedy="give one time per index"
            )
        if rows.size and not (rows.min() >= 0 and rows.max() < self.size):
            raise InputError(
                f"index runs from {rows.min()} to {rows.max()}, the batch has {self.size} objects",
                remedy="give rows of this batch, counted from 0",
            )
        out = np.empty((rows.size, 6))
        status = np.empty(rows.size, dtype=np.uint8)
        tables, epochs = self.tables, self.epoch_tai_ns

        def block(first: int, last: int) -> None:
            fill_pairs(tables, epochs, rows, times, first, last, out, status)

        _over_blocks(rows.size, _threads(threads), block)
        return out[:, :3], out[:, 3:], status


def _times(times_tai_ns: ArrayLike) -> NDArray[np.int64]:
    times = np.atleast_1d(np.asarray(times_tai_ns))
    if times.ndim != 1 or not (np.issubdtype(times.dtype, np.integer) or times.size == 0):
        raise InputError(
            f"times_tai_ns is {times.dtype} of shape {times.shape}", remedy="give one-dimensional int64 TAI nanoseconds"
        )
    return _integers(times)


def _integers(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return int64, contiguous and writable: for a read-only array numba would compile everything anew."""
    return np.require(values, dtype=np.int64, requirements=["C", "A", "W"])


def _threads(threads: int) -> int:
    if threads < 1:
        raise InputError(f"threads is {threads}", remedy="give 1 or more")
    return threads


def _buffer(name: str, array: NDArray[Any], dtype: type, shapes: tuple[tuple[int, ...], ...]) -> None:
    if array.dtype != dtype or array.shape not in shapes or not array.flags.c_contiguous:
        raise InputError(
            f"{name} is {array.dtype} of shape {array.shape}",
            remedy=f"give a C-contiguous {np.dtype(dtype)} array of shape {' or '.join(map(str, shapes))}",
        )


def _over_blocks(count: int, threads: int, block: Callable[[int, int], object]) -> None:
    """Run `block(first, last)` over slices of `count` rows, in threads; the kernels release the GIL."""
    if threads == 1 or count < 2:
        block(0, count)
        return
    edges = np.linspace(0, count, min(count, threads * _BLOCKS_PER_THREAD) + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(block, edges[:-1], edges[1:]):
            pass
