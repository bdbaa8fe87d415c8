"""Many objects at many times, into planes: the kernel that screening and `propagate` share."""

from __future__ import annotations

import numpy as np
from numba import njit

from mihari.astro.sgp4._exact import state_at

__all__ = ["fill_pairs", "fill_planes"]

MINUTES_PER_NS = 1.0 / 60.0e9


@njit(cache=True, nogil=True, error_model="numpy")
def fill_planes(tables, epoch_tai_ns, times_tai_ns, first, last, out, status, march):  # type: ignore[no-untyped-def]
    """States of objects [first, last) at all times.

    Parameters
    ----------
    tables : Sgp4Tables
    epoch_tai_ns : (n,) int64 array
        Epoch of every object of the tables.
    times_tai_ns : (t,) int64 array
    first, last : int
        Slice of objects.
    out : (last - first, 6, t) or (last - first, 3, t) float64 array, C-contiguous
        Receives x, y, z (m) and, with six planes, vx, vy, vz (m/s), TEME. NaN where the status is not zero.
    status : (last - first, t) uint8 array
        Receives `Sgp4Status`.
    march : (n, 3) float64 array
        Where the resonance integrators stand: zeros at first; hand the same array to later calls to spare the march
        from the epoch. Results do not depend on it.
    """
    planes = out.shape[1]
    for i in range(first, last):
        k = i - first
        for j in range(times_tai_ns.shape[0]):
            minutes = float(times_tai_ns[j] - epoch_tai_ns[i]) * MINUTES_PER_NS
            code, x, y, z, vx, vy, vz = state_at(tables, i, minutes, march[i])
            status[k, j] = code
            out[k, 0, j] = x
            out[k, 1, j] = y
            out[k, 2, j] = z
            if planes == 6:
                out[k, 3, j] = vx
                out[k, 4, j] = vy
                out[k, 5, j] = vz


@njit(cache=True, nogil=True, error_model="numpy")
def fill_pairs(tables, epoch_tai_ns, index, times_tai_ns, first, last, out, status):  # type: ignore[no-untyped-def]
    """State of object `index[k]` at `times_tai_ns[k]` for k in [first, last), into `out[k]` (6) and `status[k]`."""
    march = np.zeros(3)
    for k in range(first, last):
        i = index[k]
        minutes = float(times_tai_ns[k] - epoch_tai_ns[i]) * MINUTES_PER_NS
        march[:] = 0.0
        code, x, y, z, vx, vy, vz = state_at(tables, i, minutes, march)
        status[k] = code
        out[k, 0] = x
        out[k, 1] = y
        out[k, 2] = z
        out[k, 3] = vx
        out[k, 4] = vy
        out[k, 5] = vz
