"""The sieve: from states at nodes to the few pairs that may come close, step by step.

A step is the time within `tau` of a node. For each step the objects are placed in a table that is sorted by class,
column and layer of radius; a pair can meet only if its columns are neighbours and its radii overlap, and what is left
takes a vectorised straight-line test over blocks of sixteen. docs/decisions/0007 has the proof that no pair is lost.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.screening._kernel import kernel
from mihari.conjunction.screening._lanes import LANES, line_mask
from mihari.conjunction.screening._motion import FLAGS, J2_RADIUS2, MU, acceleration, jerk, snap

__all__ = ["CLASSES", "join_across", "join_within", "line_limits", "place", "prepare"]

CLASSES: Final = 4
"""Objects are handled in classes of how far their radius reaches in one step: near-circular ones first, then eccentric
ones, last the few whose motion is hardly known (falling, or next to a node without a state)."""
TILE: Final = 16
PLANES: Final = 8  # x, y, z, vx, vy, vz, radial reach, pad

# Columns of the limits of a class.
RADIAL_REACH: Final = 0
PAD: Final = 1
ANGULAR_REACH: Final = 2
LAYER_LOW: Final = 3
LAYER_HEIGHT: Final = 4
LAYER_COUNT: Final = 5
LAYER_HIGH: Final = 6
LAYER_HIGH_HEIGHT: Final = 7
LAYER_HIGH_COUNT: Final = 8

FLOAT32_ROUNDING: Final = 1.2e-7  # two roundings of a position, over its length, generously
UNKNOWN_GAP_M: Final = 1.0e4  # beside a node without a state nothing can be measured
CANCELLATION: Final = 1.0e-6  # of d² w² - (d·w)² in float32: eight roundings of 6e-8, and some
GRADIENT: Final = 2.1  # bound of the gravity gradient, in mu / r³: 2 for two bodies, 2.5 % for J2


@kernel(fastmath=FLAGS)
def prepare(states, status, first, lead, own, step_s, tau_s, limits, table, kind, bad, lowest):  # type: ignore[no-untyped-def]
    """Turn a tile of node states into float32 planes, reaches, measured pads and classes.

    Parameters
    ----------
    states : (m, 6, t) float64, m and m/s
    status : (m, t) uint8
    first : int
        Slot of the tile's first object.
    lead : int
        Nodes before the block's own (0 or 1).
    own : int
        Nodes of the block; one more may follow.
    limits : (CLASSES, ...) float64
    table : (own, PLANES, n) float32
        Receives the planes.
    kind : (own, n) int8
        Receives the class, -1 where there is no state.
    bad : (n,) int32
        Receives the first own node without a state, or `own`.
    lowest : (n,) float32
        Receives the least radius that the object may have had within its steps, m.
    """
    m = states.shape[0]
    t = states.shape[2]
    # Rows of `part`: the planes, then class and least radius.
    part = np.empty((PLANES + 2, TILE, own), np.float32)
    gap = np.zeros(t + 1)  # gap[q]: departure between node q - 1 and node q
    near_pad = limits[0, PAD]
    near_turn = limits[0, ANGULAR_REACH]
    reach_0 = limits[0, RADIAL_REACH]
    reach_1 = limits[1, RADIAL_REACH]
    reach_2 = limits[2, RADIAL_REACH]
    wide_pad = limits[2, PAD]
    wide_turn = limits[2, ANGULAR_REACH]
    for j0 in range(0, m, TILE):
        width = min(TILE, m - j0)
        for jj in range(width):
            j = j0 + jj
            x = states[j, 0]
            y = states[j, 1]
            z = states[j, 2]
            vx = states[j, 3]
            vy = states[j, 4]
            vz = states[j, 5]
            gap[0] = 0.0
            gap[t] = 0.0
            h = step_s
            for q in range(t - 1):
                ax, ay, az = acceleration(x[q], y[q], z[q])
                jx, jy, jz = jerk(x[q], y[q], z[q], vx[q], vy[q], vz[q])
                sx, sy, sz = snap(x[q], y[q], z[q], vx[q], vy[q], vz[q])
                ex = x[q] + h * (vx[q] + h * (0.5 * ax + h * (jx / 6.0 + h * sx / 24.0))) - x[q + 1]
                ey = y[q] + h * (vy[q] + h * (0.5 * ay + h * (jy / 6.0 + h * sy / 24.0))) - y[q + 1]
                ez = z[q] + h * (vz[q] + h * (0.5 * az + h * (jz / 6.0 + h * sz / 24.0))) - z[q + 1]
                gap[q + 1] = math.sqrt(ex * ex + ey * ey + ez * ez)
            all_good = True
            for q in range(t):
                all_good &= status[j, q] == 0
            if not all_good:
                for q in range(1, t):
                    if status[j, q] != 0 or status[j, q - 1] != 0:
                        gap[q] = UNKNOWN_GAP_M
            # Views that begin at the first own node: their indices are plainly not negative.
            xo = x[lead : lead + own]
            yo = y[lead : lead + own]
            zo = z[lead : lead + own]
            vxo = vx[lead : lead + own]
            vyo = vy[lead : lead + own]
            vzo = vz[lead : lead + own]
            before = gap[lead : lead + own]
            after = gap[lead + 1 : lead + 1 + own]
            for k in range(own):
                r2 = xo[k] * xo[k] + yo[k] * yo[k] + zo[k] * zo[k]
                r = math.sqrt(r2)
                v2 = vxo[k] * vxo[k] + vyo[k] * vyo[k] + vzo[k] * vzo[k]
                rate = (xo[k] * vxo[k] + yo[k] * vyo[k] + zo[k] * vzo[k]) / r
                across2 = max(v2 - rate * rate, 0.0)
                g = MU / r2
                pad = max(before[k], after[k]) + FLOAT32_ROUNDING * r
                reach = (
                    1.02 * tau_s * (abs(rate) + 0.5 * tau_s * abs(across2 / r - g))
                    + 2.0 * tau_s * tau_s * g * J2_RADIUS2 / r2
                    + pad
                )
                low = max(r - reach, 1.0e6)
                turn = (tau_s * math.sqrt(across2) * r / low + pad) / low
                part[0, jj, k] = xo[k]
                part[1, jj, k] = yo[k]
                part[2, jj, k] = zo[k]
                part[3, jj, k] = vxo[k]
                part[4, jj, k] = vyo[k]
                part[5, jj, k] = vzo[k]
                part[6, jj, k] = reach
                part[7, jj, k] = pad
                excess = max(pad - near_pad, turn - near_turn)
                beyond = max(max(pad - wide_pad, turn - wide_turn), reach - reach_2)
                c = 2.0 if beyond <= 0.0 else 3.0
                c = 1.0 if max(excess, reach - reach_1) <= 0.0 else c
                c = 0.0 if max(excess, reach - reach_0) <= 0.0 else c
                part[8, jj, k] = c
                part[9, jj, k] = low
            bad[first + j] = own
            if not all_good:
                for k in range(own - 1, -1, -1):
                    if status[j, k + lead] != 0:
                        bad[first + j] = k
                        for c in range(PLANES + 2):
                            part[c, jj, k] = 0.0
                        part[0, jj, k] = 1.0e7
                        part[8, jj, k] = -1.0
                        part[9, jj, k] = 1.0e7
            least = np.float32(1.0e30)
            for k in range(own):
                least = min(least, part[9, jj, k])
            lowest[first + j] = least
        for k in range(own):
            for c in range(PLANES):
                row = table[k, c]
                for jj in range(width):
                    row[first + j0 + jj] = part[c, jj, k]
            for jj in range(width):
                kind[k, first + j0 + jj] = np.int8(part[8, jj, k])


@kernel(inline="always")
def layer_scale(limits):  # type: ignore[no-untyped-def]
    """Return a class's layers as float32 for `layer_of`: everyone must compute them alike."""
    return (
        np.float32(limits[LAYER_LOW]),
        np.float32(1.0 / limits[LAYER_HEIGHT]),
        np.float32(limits[LAYER_COUNT]),
        np.float32(limits[LAYER_HIGH]),
        np.float32(1.0 / limits[LAYER_HIGH_HEIGHT]),
        np.float32(limits[LAYER_HIGH_COUNT]),
    )


@kernel(inline="always")
def layer_of(r, scale):  # type: ignore[no-untyped-def]
    """Layer of a radius (float32) within a class: fine ones below, coarse ones above; never falls as r grows."""
    low = min(max((r - scale[0]) * scale[1], np.float32(0.0)), scale[2])
    high = min(max((r - scale[3]) * scale[4], np.float32(0.0)), scale[5])
    return np.int32(low) + np.int32(high)


@kernel(fastmath=FLAGS)
def place(planes, kind, limits, ring_count, tiles_in_ring, first_tile, base, tau_s, key, start, table, slot, extent):  # type: ignore[no-untyped-def]
    """Sort the objects of one step by class, column and layer.

    Parameters
    ----------
    planes : (PLANES, n) float32
    kind : (n,) int8
    base : (CLASSES + 1,) int64
        First bin of each class; bins of a class are column * layers + layer.
    key : (n,) int32
        Scratch.
    start : (bins + 1,) int32
        Receives where each bin starts.
    table : (PLANES, n + LANES) float32
        Receives the sorted planes.
    slot : (n + LANES,) int32
        Receives which object stands where.
    extent : (CLASSES, 4) float64
        Receives the greatest speed, radial reach, pad and turn of each class.
    """
    n = planes.shape[1]
    x = planes[0]
    y = planes[1]
    z = planes[2]
    rings = np.float32(ring_count)
    ring_scale = np.float32(ring_count / math.pi)
    layers = np.empty(CLASSES, np.int32)
    for c in range(CLASSES):
        layers[c] = np.int32(limits[c, LAYER_COUNT] + limits[c, LAYER_HIGH_COUNT]) + 1
    scale = np.empty((CLASSES, 6), np.float32)
    for c in range(CLASSES):
        numbers = layer_scale(limits[c])
        for q in range(6):
            scale[c, q] = numbers[q]
    half_pi = np.float32(0.5 * math.pi)
    pi = np.float32(math.pi)
    per_turn = np.float32(0.5 / math.pi)
    one = np.float32(1.0)
    tiny = np.float32(1e-20)
    tau32 = np.float32(tau_s)
    ring_place = np.empty(n, np.float32)
    turn_place = np.empty(n, np.float32)
    radius = np.empty(n, np.float32)
    for j in range(n):
        r = math.sqrt(x[j] * x[j] + y[j] * y[j] + z[j] * z[j])
        radius[j] = r
        # Latitude: Abramowitz and Stegun 4.4.45, error below 7e-5 rad. Longitude: 4.4.49, below 1e-5 rad.
        s = z[j] / r
        a = abs(s)
        p = math.sqrt(max(one - a, np.float32(0.0))) * (
            np.float32(1.5707288)
            + a * (np.float32(-0.2121144) + a * (np.float32(0.0742610) + a * np.float32(-0.0187293)))
        )
        latitude = half_pi - p
        latitude = latitude if s >= np.float32(0.0) else -latitude
        ax = abs(x[j])
        ay = abs(y[j])
        ratio = min(ax, ay) / (max(ax, ay) + tiny)
        w = ratio * ratio
        angle = ratio * (
            np.float32(0.9998660)
            + w
            * (
                np.float32(-0.3302995)
                + w * (np.float32(0.1801410) + w * (np.float32(-0.0851330) + w * np.float32(0.0208351)))
            )
        )
        angle = half_pi - angle if ay > ax else angle
        angle = pi - angle if x[j] < np.float32(0.0) else angle
        turn = angle * per_turn
        turn_place[j] = one - turn if y[j] < np.float32(0.0) else turn
        ring_place[j] = min(max((latitude + half_pi) * ring_scale, np.float32(0.0)), rings - one)
    for j in range(n):
        # Clamped at both ends: a place that is no number must not leave the table.
        ring = min(max(np.int32(ring_place[j]), np.int32(0)), np.int32(ring_count - 1))
        tiles = tiles_in_ring[ring]
        tile = min(max(np.int32(turn_place[j] * np.float32(tiles)), np.int32(0)), tiles - np.int32(1))
        own_kind = kind[j]
        known = max(own_kind, np.int8(0))
        layer = layer_of(radius[j], scale[known])
        column = first_tile[ring] + tile
        key[j] = base[known] + column * layers[known] + layer if own_kind >= 0 else base[CLASSES]
    bins = base[CLASSES] + 1
    start[: bins + 1] = 0
    for j in range(n):
        start[key[j] + 1] += 1
    for b in range(bins):
        start[b + 1] += start[b]
    for j in range(n):
        k = key[j]
        place_ = start[k]
        start[k] = place_ + 1
        slot[place_] = j
    start[1 : bins + 1] = start[:bins].copy()
    start[0] = 0
    for c in range(PLANES):
        row = table[c]
        source = planes[c]
        for q in range(n):
            row[q] = source[slot[q]]
    for c in range(CLASSES):
        speed2 = np.float32(0.0)
        reach = np.float32(0.0)
        pad = np.float32(0.0)
        turn = np.float32(0.0)
        for q in range(start[base[c]], start[base[c + 1]]):
            vx = table[3, q]
            vy = table[4, q]
            vz = table[5, q]
            v2 = vx * vx + vy * vy + vz * vz
            r2 = table[0, q] * table[0, q] + table[1, q] * table[1, q] + table[2, q] * table[2, q]
            r = math.sqrt(r2)
            low = max(r - table[6, q], np.float32(1.0e6))
            rate = (table[0, q] * vx + table[1, q] * vy + table[2, q] * vz) / r
            turn = max(turn, (tau32 * math.sqrt(max(v2 - rate * rate, np.float32(0.0))) * r / low + table[7, q]) / low)
            speed2 = max(speed2, v2)
            reach = max(reach, table[6, q])
            pad = max(pad, table[7, q])
        extent[c, 0] = math.sqrt(speed2) * 1.0001
        extent[c, 1] = reach
        extent[c, 2] = pad
        extent[c, 3] = turn * 1.0001


@kernel()
def line_limits(low_m, size_m, speed_m_s, pads_m, tau_s):  # type: ignore[no-untyped-def]
    """Limits of the straight-line test for pairs above `low_m`, of relative speeds up to `speed_m_s`.

    A pair that comes within `size_m` at some time of the step departs from its straight line by at most
    K (size tau²/2 + V tau³/3): the difference of two gravities is at most K times the distance, and the distance s
    before the encounter is at most size + V s. What else moves the two, `pads_m` covers.

    Returns
    -------
    tuple of float32
        Loose limit² and slacks of the vector test, limit² of the exact line, tau. |w| <= (w²/c + c)/2 for any c > 0
        spares the square root in the vector test.
    """
    gradient = GRADIENT * MU / low_m**3
    limit = size_m + 1.01 * gradient * tau_s * tau_s * (0.5 * size_m + speed_m_s * tau_s / 3.0) + pads_m + 1.0
    far = limit + speed_m_s * tau_s
    c = 0.5 * speed_m_s + 1.0
    return (
        np.float32(limit * limit * 1.0001 + CANCELLATION * far * far),
        np.float32((tau_s + 0.5 * limit / c) * 1.0001),
        np.float32(0.5 * limit * c * 1.0001 + CANCELLATION * far * speed_m_s),
        np.float32(limit * limit * 1.0001),
        np.float32(tau_s * 1.00001),
    )


@kernel(fastmath=FLAGS)
def _run_blocks(table, blocks, count, tests, hits, found):  # type: ignore[no-untyped-def]
    """Test every block (home, first neighbour, end of neighbours); append what passes, count on when room is short."""
    loose2, slack_s, slack_m2_s, limit2, tau = tests
    room = hits.shape[0]
    for m in range(np.uint64(count)):
        a = blocks[np.uint64(0), m]
        q0 = blocks[np.uint64(1), m]
        p = np.uint64(a)
        x = table[np.uint64(0), p]
        y = table[np.uint64(1), p]
        z = table[np.uint64(2), p]
        vx = table[np.uint64(3), p]
        vy = table[np.uint64(4), p]
        vz = table[np.uint64(5), p]
        mask: int = line_mask(table, np.int64(q0), x, y, z, vx, vy, vz, loose2, slack_s, slack_m2_s)  # type: ignore[call-arg]
        if mask != 0:
            for lane in range(min(LANES, blocks[np.uint64(2), m] - q0)):
                if (mask >> lane) & 1:
                    q = q0 + lane
                    dx = table[0, q] - x
                    dy = table[1, q] - y
                    dz = table[2, q] - z
                    ex = table[3, q] - vx
                    ey = table[4, q] - vy
                    ez = table[5, q] - vz
                    v2 = ex * ex + ey * ey + ez * ez + np.float32(1e-12)
                    t = -(dx * ex + dy * ey + dz * ez) / v2
                    t = min(max(t, -tau), tau)
                    dx += t * ex
                    dy += t * ey
                    dz += t * ez
                    if dx * dx + dy * dy + dz * dz < limit2:
                        if found < room:
                            hits[found, 0] = a
                            hits[found, 1] = q
                        found += 1
    return found


@kernel(fastmath=FLAGS, inline="always")
def _add_blocks(blocks, count, a, lo, hi):  # type: ignore[no-untyped-def]
    """List the blocks of [lo, hi) for home `a`. The usual none, one or two are written without a branch."""
    wanted = (hi - lo + (LANES - 1)) >> 3
    m = np.uint64(count)
    blocks[np.uint64(0), m] = a
    blocks[np.uint64(1), m] = lo
    blocks[np.uint64(2), m] = hi
    m1 = m + np.uint64(1)
    blocks[np.uint64(0), m1] = a
    blocks[np.uint64(1), m1] = lo + LANES
    blocks[np.uint64(2), m1] = hi
    count += min(max(wanted, 0), 2)
    if wanted > 2:
        for extra in range(2, wanted):
            blocks[0, count] = a
            blocks[1, count] = lo + LANES * extra
            blocks[2, count] = hi
            count += 1
    return count


@kernel(fastmath=FLAGS)
def join_within(c, table, start, base, limits, half_start, half_tiles, radial_size, reach, tests, hits, found):  # type: ignore[no-untyped-def]
    """Pairs of one class: each column with itself and with the later half of its neighbours.

    Parameters
    ----------
    radial_size : float
        How far apart two radii can be inside any volume, m.
    reach : float
        Greatest radial reach in the class, m.
    tests : tuple
        From `line_limits`.
    hits : (room, 2) int32
        Receives places in the table.

    Returns
    -------
    int
        Number of hits; when above `room` the caller gives more room and calls again.
    """
    layers = np.int32(limits[c, LAYER_COUNT] + limits[c, LAYER_HIGH_COUNT]) + 1
    columns = (base[c + 1] - base[c]) // layers
    first_bin = base[c]
    scale = layer_scale(limits[c])
    most = (start[base[c + 1]] - start[base[c]]) // LANES + 3
    blocks = np.empty((3, most * 8 + 4096), np.int32)
    flush = blocks.shape[1] - most
    count = 0
    margin = np.float32(radial_size + reach)
    for column in range(columns):
        b0 = first_bin + column * layers
        w0 = half_start[column]
        w1 = half_start[column + 1]
        for a in range(start[b0], start[b0 + layers]):
            x = table[0, a]
            y = table[1, a]
            z = table[2, a]
            r = math.sqrt(x * x + y * y + z * z)
            window = margin + table[6, a] + np.float32(1e-6) * r
            l0 = layer_of(r - window, scale)
            l1 = layer_of(r + window, scale) + 1
            if count > flush:
                found = _run_blocks(table, blocks, count, tests, hits, found)
                count = 0
            count = _add_blocks(blocks, count, a, a + 1, start[b0 + l1])
            for w in range(w0, w1):
                if count > flush:
                    found = _run_blocks(table, blocks, count, tests, hits, found)
                    count = 0
                b1 = first_bin + half_tiles[w] * layers
                count = _add_blocks(blocks, count, a, start[b1 + l0], start[b1 + l1])
        if count > 2048:
            found = _run_blocks(table, blocks, count, tests, hits, found)
            count = 0
    return _run_blocks(table, blocks, count, tests, hits, found)


@kernel(fastmath=FLAGS)
def join_across(  # type: ignore[no-untyped-def]
    homes,
    c_home,
    c,
    table,
    slot,
    key,
    start,
    base,
    limits,
    near_start,
    near_tiles,
    far_start,
    far_tiles,
    tau,
    radial_size,
    reach,
    tests,
    hits,
    found,
):
    """Pairs of the objects at the places `homes` of the table (class `c_home`) with all of a class `c`.

    An object that turns no farther than near-circular ones looks into the near neighbours, others into the far ones.
    """
    layers = np.int32(limits[c, LAYER_COUNT] + limits[c, LAYER_HIGH_COUNT]) + 1
    home_layers = np.int32(limits[c_home, LAYER_COUNT] + limits[c_home, LAYER_HIGH_COUNT]) + 1
    if start[base[c]] == start[base[c + 1]]:
        return found
    first_bin = base[c]
    scale = layer_scale(limits[c])
    most = (start[base[c + 1]] - start[base[c]]) // LANES + 3
    blocks = np.empty((3, most * 8 + 4096), np.int32)
    flush = blocks.shape[1] - most
    count = 0
    margin = np.float32(radial_size + reach)
    for h in range(homes.shape[0]):
        a = homes[h]
        x = table[0, a]
        y = table[1, a]
        z = table[2, a]
        r = math.sqrt(x * x + y * y + z * z)
        is_near = False
        if c < 2:
            is_near = c_home < 2
            if not is_near:
                vx = table[3, a]
                vy = table[4, a]
                vz = table[5, a]
                v2 = vx * vx + vy * vy + vz * vz
                rate = (x * vx + y * vy + z * vz) / r
                low = max(r - table[6, a], np.float32(1.0e6))
                turn = (tau * math.sqrt(max(v2 - rate * rate, np.float32(0.0))) * r / low + table[7, a]) / low
                is_near = turn * 1.0001 <= limits[0, ANGULAR_REACH]
        window = margin + table[6, a] + np.float32(1e-6) * r
        l0 = layer_of(r - window, scale)
        l1 = layer_of(r + window, scale) + 1
        column = (key[slot[a]] - base[c_home]) // home_layers
        tiles = near_tiles if is_near else far_tiles
        first = near_start[column] if is_near else far_start[column]
        last = near_start[column + 1] if is_near else far_start[column + 1]
        for w in range(first, last):
            if count > flush:
                found = _run_blocks(table, blocks, count, tests, hits, found)
                count = 0
            b1 = first_bin + tiles[w] * layers
            count = _add_blocks(blocks, count, a, start[b1 + l0], start[b1 + l1])
        if count > 2048:
            found = _run_blocks(table, blocks, count, tests, hits, found)
            count = 0
    return _run_blocks(table, blocks, count, tests, hits, found)
