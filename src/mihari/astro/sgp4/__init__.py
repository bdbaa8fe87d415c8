"""SGP4 and SDP4 for whole catalogues: what is where, from element sets, in numba.

WGS-72, float64, the algorithm of Vallado, Crawford, Hujsak and Kelso, AIAA 2006-6753, and its error codes.

For Python callers there is `Sgp4Batch`. For other nogil kernels there are numba-callable functions that work on
`batch.tables` and write into the caller's memory:

``fill_planes(tables, epoch_tai_ns, times_tai_ns, first, last, out, status, march)``
    Objects [first, last) at all times into `out` (last - first, 6 or 3, t) and `status` (last - first, t).
``state_at(tables, i, minutes, march) -> (status, x, y, z, vx, vy, vz)``
    One object at one moment, near or deep, in m and m/s. `march` is (3,) float64, zeros to begin with.
``fill_pairs(tables, epoch_tai_ns, index, times_tai_ns, first, last, out, status)``
    Object `index[k]` at `times_tai_ns[k]` into `out[k]` (6) and `status[k]`.

Minutes after the epoch are elapsed SI time, ``(time_tai_ns - epoch_tai_ns) / 60e9``. The reference counts UTC days
of 86,400 s instead, and so is a second (up to 8 km) off after a leap second.
"""

from __future__ import annotations

from mihari.astro.sgp4._batch import Sgp4Batch, TemeStates
from mihari.astro.sgp4._exact import state_at
from mihari.astro.sgp4._layout import Sgp4Tables
from mihari.astro.sgp4._planes import fill_pairs, fill_planes
from mihari.astro.sgp4._status import OperationMode, Sgp4Status

__all__ = [
    "OperationMode",
    "Sgp4Batch",
    "Sgp4Status",
    "Sgp4Tables",
    "TemeStates",
    "fill_pairs",
    "fill_planes",
    "state_at",
]
