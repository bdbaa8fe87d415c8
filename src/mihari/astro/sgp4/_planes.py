"""Many objects at many times, into planes: the kernel that screening and `propagate` share."""

from __future__ import annotations

import numpy as np

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._deep import (
    deep_direct_positions,
    deep_direct_states,
    deep_lyddane_positions,
    deep_lyddane_states,
    march_block,
)
from mihari.astro.sgp4._exact import state_at
from mihari.astro.sgp4._kernel import kernel
from mihari.astro.sgp4._near import (
    NEAR_SMALL_ECCENTRICITY,
    near_small_positions,
    near_small_states,
    near_wide_positions,
    near_wide_states,
)

__all__ = ["fill_pairs", "fill_planes"]

NS_PER_MINUTE = 60.0e9
_BLOCK = 128
_VECTORS = 32
"""LLVM takes four vectors of eight times at once, and what does not fill them one by one, eight times slower. So blocks
are filled up with copies of their last time."""
_LEAST = 3
"""Fewer times than this are quicker one by one."""
# The slow angles (perigee, node, Moon) turn less than the kernels' 0.12 rad within half of this.
_SPAN_NS = 1400 * 60_000_000_000


@kernel()
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
        Receives x, y, z (m) and, with six planes, vx, vy, vz (m/s), TEME. NaN where the status is neither OK nor
        OUT_OF_RANGE.
    status : (last - first, t) uint8 array
        Receives `Sgp4Status`.
    march : (last - first, 3) float64 array
        Where the resonance integrators stand: zeros at first; hand the same array to later calls to spare the march
        from the epoch. Results do not depend on it.
    """
    block = np.empty(6 * _BLOCK)
    scratch = np.empty((2, _BLOCK))
    starts, counts, centres = _blocks(times_tai_ns)
    when = np.empty((starts.shape[0], _BLOCK), dtype=np.int64)
    for b in range(starts.shape[0]):
        for j in range(_BLOCK):
            when[b, j] = times_tai_ns[starts[b] + min(j, counts[b] - 1)]
    for i in range(first, last):
        k = i - first
        epoch = epoch_tai_ns[i]
        for b in range(starts.shape[0]):
            centre = float(centres[b] - epoch) / NS_PER_MINUTE
            _fill_block(
                tables, i, epoch, when[b], starts[b], counts[b], centre, out[k], status[k], march[k], block, scratch
            )


@kernel()
def _blocks(times):  # type: ignore[no-untyped-def]
    """Cut the times into blocks that span less than a day: first index, length, middle moment."""
    t = times.shape[0]
    starts = np.empty(t // _LEAST + 1, dtype=np.int64)
    counts = np.empty_like(starts)
    centres = np.empty_like(starts)
    blocks = 0
    start = 0
    while start < t:
        count = min(_BLOCK, t - start)
        while True:
            earliest = times[start]
            latest = times[start]
            for j in range(start + 1, start + count):
                earliest = min(earliest, times[j])
                latest = max(latest, times[j])
            if count <= _LEAST or latest - earliest <= _SPAN_NS:
                break
            count = max(_LEAST, count // 2)
        starts[blocks] = start
        counts[blocks] = count
        centres[blocks] = earliest + (latest - earliest) // 2
        blocks += 1
        start += count
    return starts[:blocks], counts[:blocks], centres[:blocks]


@kernel()
def _fill_block(  # type: ignore[no-untyped-def]
    tables, i, epoch, when, start, count, centre, out, status, march, block, scratch
):
    """One object over one block: the fast kernel where it vouches for every row, else the exact one.

    `when` holds the block's `count` times and goes on with copies of the last one.
    """
    stop = start + count
    if count >= _LEAST:
        full = min(_BLOCK, (count + _VECTORS - 1) // _VECTORS * _VECTORS)
        velocities = out.shape[0] == 6
        if tables.deep_row[i] < 0:
            bad = _near(tables.near[i], epoch, when[:full], centre, velocities, block)
        else:
            row = tables.deep[tables.deep_row[i]]
            bad = _deep(tables.near[i], row, epoch, when[:full], centre, velocities, march, scratch, block)
        if bad == 0:
            # Written side by side, six rows wait for memory at every line; written in the cache first and copied in
            # order they do not, a tenth to a fifth faster where `out` is larger than the cache.
            if full == out.shape[1]:
                flat = out.reshape(-1)
                for j in range(flat.shape[0]):
                    flat[j] = block[j]
            else:
                for c in range(out.shape[0]):
                    target = out[c, start:stop]
                    source = block[c * full : c * full + count]
                    for j in range(count):
                        target[j] = source[j]
            status[start:stop] = 0
            return
    for j in range(count):
        minutes = float(when[j] - epoch) / NS_PER_MINUTE
        code, x, y, z, vx, vy, vz = state_at(tables, i, minutes, march)
        status[start + j] = code
        out[0, start + j] = x
        out[1, start + j] = y
        out[2, start + j] = z
        if out.shape[0] == 6:
            out[3, start + j] = vx
            out[4, start + j] = vy
            out[5, start + j] = vz


@kernel()
def _near(el, epoch, times, centre, velocities, block):  # type: ignore[no-untyped-def]
    bad = 1
    if el[lay.ECCO] < NEAR_SMALL_ECCENTRICITY:
        if velocities:
            bad = near_small_states(el, epoch, times, centre, block)
        else:
            bad = near_small_positions(el, epoch, times, centre, block)
    # Drag turns the perigee of some nearly circular orbits by more than the small kernel allows; the wide one does.
    if bad != 0:
        if velocities:
            bad = near_wide_states(el, epoch, times, centre, block)
        else:
            bad = near_wide_positions(el, epoch, times, centre, block)
    return bad


@kernel()
def _deep(el, row, epoch, times, centre, velocities, march, scratch, block):  # type: ignore[no-untyped-def]
    longitude = scratch[0]
    motion = scratch[1]
    march_block(row, el, epoch, times, march, longitude, motion)
    # The lunar and solar terms may carry the inclination over the border: then the other kernel is right.
    lyddane = el[lay.INCLO] + row[lay.DIDT] * centre < 0.2
    bad = 1
    for _ in range(2):
        if velocities:
            if lyddane:
                bad = deep_lyddane_states(el, row, epoch, times, centre, longitude, motion, block)
            else:
                bad = deep_direct_states(el, row, epoch, times, centre, longitude, motion, block)
        elif lyddane:
            bad = deep_lyddane_positions(el, row, epoch, times, centre, longitude, motion, block)
        else:
            bad = deep_direct_positions(el, row, epoch, times, centre, longitude, motion, block)
        if bad == 0 or abs(el[lay.INCLO] - 0.2) > 0.03:
            break
        lyddane = not lyddane
    return bad


@kernel()
def fill_pairs(tables, epoch_tai_ns, index, times_tai_ns, first, last, out, status):  # type: ignore[no-untyped-def]
    """State of object `index[k]` at `times_tai_ns[k]` for k in [first, last), into `out[k]` (6) and `status[k]`."""
    march = np.zeros(3)
    for k in range(first, last):
        i = index[k]
        minutes = float(times_tai_ns[k] - epoch_tai_ns[i]) / NS_PER_MINUTE
        march[:] = 0.0
        code, x, y, z, vx, vy, vz = state_at(tables, i, minutes, march)
        status[k] = code
        out[k, 0] = x
        out[k, 1] = y
        out[k, 2] = z
        out[k, 3] = vx
        out[k, 4] = vy
        out[k, 5] = vz
