"""Numba: where along a sampled relative motion the range is least and a volume is entered and left.

A trace is a run of samples of the separation in the rotating RTN frames of both objects. Between samples it is the
cubic through the four nearest: at the spacing used that is exact to less than a millimetre, so what is found here only
needs polishing.
"""

from __future__ import annotations

import math
from typing import Any, Final

from mihari.conjunction.screening._kernel import kernel

__all__ = ["ENTER", "LEAVE", "MINIMUM", "trace_events"]

MINIMUM: Final = 0
ENTER: Final = 1
LEAVE: Final = 2
SUBSTEPS: Final = 4
GOLDEN: Final = 0.6180339887498949
RISE_M: Final = 1.0e-3
"""Two minima are two only if the range rises by more than this between them: rounding noise is smaller."""


@kernel(inline="always")
def _weights(x: float) -> Any:
    return (
        -(x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0,
        x * (x - 2.0) * (x - 3.0) / 2.0,
        -x * (x - 1.0) * (x - 3.0) / 2.0,
        x * (x - 1.0) * (x - 2.0) / 6.0,
    )


@kernel()
def _place(trace, first, count, s):  # type: ignore[no-untyped-def]
    """Cubic through the four samples around `s`, of the first three columns."""
    i = min(max(math.floor(s) - 1, 0), count - 4)
    a, b, c, d = _weights(s - i)
    i += first
    x = a * trace[i, 0] + b * trace[i + 1, 0] + c * trace[i + 2, 0] + d * trace[i + 3, 0]
    y = a * trace[i, 1] + b * trace[i + 1, 1] + c * trace[i + 2, 1] + d * trace[i + 3, 1]
    z = a * trace[i, 2] + b * trace[i + 1, 2] + c * trace[i + 2, 2] + d * trace[i + 3, 2]
    return x, y, z


@kernel()
def _slope(trace, first, count, s):  # type: ignore[no-untyped-def]
    """Half the rate of range² along the trace, per sample."""
    e = 1e-4
    i = min(max(math.floor(s) - 1, 0), count - 4)
    x0, y0, z0 = 0.0, 0.0, 0.0
    x1, y1, z1 = 0.0, 0.0, 0.0
    a = _weights(s - i - e)
    b = _weights(s - i + e)
    for q in range(4):
        x0 += a[q] * trace[first + i + q, 0]
        y0 += a[q] * trace[first + i + q, 1]
        z0 += a[q] * trace[first + i + q, 2]
        x1 += b[q] * trace[first + i + q, 0]
        y1 += b[q] * trace[first + i + q, 1]
        z1 += b[q] * trace[first + i + q, 2]
    return 0.25 * ((x1 + x0) * (x1 - x0) + (y1 + y0) * (y1 - y0) + (z1 + z0) * (z1 - z0)) / e


@kernel()
def _depth(mine, other, first, count, s, my_inverse, other_inverse):  # type: ignore[no-untyped-def]
    """The lesser of the two squared depths; infinite where nobody owns a volume."""
    depth = math.inf
    if my_inverse[0] > 0.0:
        x, y, z = _place(mine, first, count, s)
        depth = (x * my_inverse[0]) ** 2 + (y * my_inverse[1]) ** 2 + (z * my_inverse[2]) ** 2
    if other_inverse[0] > 0.0:
        x, y, z = _place(other, first, count, s)
        depth = min(depth, (x * other_inverse[0]) ** 2 + (y * other_inverse[1]) ** 2 + (z * other_inverse[2]) ** 2)
    return depth


@kernel()
def _bisect_slope(trace, first, count, low, high):  # type: ignore[no-untyped-def]
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _slope(trace, first, count, middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel()
def _bisect_depth(mine, other, first, count, inside, outside, my_inverse, other_inverse):  # type: ignore[no-untyped-def]
    for _ in range(40):
        middle = 0.5 * (inside + outside)
        if _depth(mine, other, first, count, middle, my_inverse, other_inverse) <= 1.0:
            inside = middle
        else:
            outside = middle
    return inside


@kernel()
def _golden(mine, other, first, count, low, high, my_inverse, other_inverse, sign):  # type: ignore[no-untyped-def]
    """Place of the least `sign * depth` within [low, high]."""
    a = high - GOLDEN * (high - low)
    b = low + GOLDEN * (high - low)
    fa = sign * _depth(mine, other, first, count, a, my_inverse, other_inverse)
    fb = sign * _depth(mine, other, first, count, b, my_inverse, other_inverse)
    for _ in range(40):
        if fa < fb:
            high, b, fb = b, a, fa
            a = high - GOLDEN * (high - low)
            fa = sign * _depth(mine, other, first, count, a, my_inverse, other_inverse)
        else:
            low, a, fa = a, b, fb
            b = low + GOLDEN * (high - low)
            fb = sign * _depth(mine, other, first, count, b, my_inverse, other_inverse)
    return 0.5 * (low + high)


@kernel()
def trace_events(start, mine, other, my_inverse, other_inverse, out_run, out_type, out_place, starts_inside):  # type: ignore[no-untyped-def]
    """List the minima of range and the crossings of volume surfaces of every run, each run in order of time.

    Parameters
    ----------
    start : (runs + 1,) int64
        First sample of each run; at least four samples each.
    mine, other : (samples, 3) float64
        The second as seen from the first, and the first as seen from the second, RTN, m.
    my_inverse, other_inverse : (runs, 3) float64
        Inverse semi-axes, zeros for no volume.
    out_run : (room,) int64
    out_type : (room,) uint8
        MINIMUM, ENTER, LEAVE.
    out_place : (room,) float64
        Samples from the run's first.
    starts_inside : (runs,) bool

    Returns
    -------
    int
        Number of events; above the room the caller calls again with more.
    """
    made = 0
    room = out_run.shape[0]
    for run in range(start.shape[0] - 1):
        first = start[run]
        count = start[run + 1] - first
        e1 = my_inverse[run]
        e2 = other_inverse[run]
        steps = (count - 1) * SUBSTEPS
        end = float(count - 1)
        last_minimum = -1
        peak = 0.0
        last_range = 0.0
        slope = _slope(mine, first, count, 0.0)
        d0 = math.inf
        d1 = _depth(mine, other, first, count, 0.0, e1, e2)
        starts_inside[run] = d1 <= 1.0
        inside = d1 <= 1.0
        for k in range(steps):
            s0 = k / SUBSTEPS
            s1 = (k + 1) / SUBSTEPS
            x, y, z = _place(mine, first, count, s0)
            peak = max(peak, math.sqrt(x * x + y * y + z * z))
            next_slope = _slope(mine, first, count, s1)
            if slope < 0.0 and next_slope >= 0.0:
                s = _bisect_slope(mine, first, count, s0, s1)
                x, y, z = _place(mine, first, count, s)
                least = math.sqrt(x * x + y * y + z * z)
                if last_minimum >= 0 and peak - max(least, last_range) <= RISE_M:
                    if least < last_range:
                        if last_minimum < room:
                            out_place[last_minimum] = s
                        last_range = least
                else:
                    if made < room:
                        out_run[made] = run
                        out_type[made] = MINIMUM
                        out_place[made] = s
                    last_minimum = made
                    last_range = least
                    made += 1
                peak = least
            slope = next_slope

            d2 = _depth(mine, other, first, count, s1, e1, e2)
            # A dip below, or a peak above, the surface between samples.
            turning = s0
            looks = False
            if d1 > 1.0 and d2 > 1.0 and d1 <= d0 and d1 <= d2:
                turning = _golden(mine, other, first, count, max(s0 - 1.0 / SUBSTEPS, 0.0), s1, e1, e2, 1.0)
                looks = _depth(mine, other, first, count, turning, e1, e2) <= 1.0
            elif d1 <= 1.0 and d2 <= 1.0 and d1 >= d0 and d1 >= d2 and k > 0:
                turning = _golden(mine, other, first, count, s0 - 1.0 / SUBSTEPS, s1, e1, e2, -1.0)
                looks = _depth(mine, other, first, count, turning, e1, e2) > 1.0
            if looks:
                before = max(s0 - 1.0 / SUBSTEPS, 0.0)
                for side in range(2):
                    far = before if side == 0 else s1
                    if inside:
                        s = _bisect_depth(mine, other, first, count, far, turning, e1, e2)
                    else:
                        s = _bisect_depth(mine, other, first, count, turning, far, e1, e2)
                    if made < room:
                        out_run[made] = run
                        out_type[made] = (LEAVE if side == 0 else ENTER) if inside else (ENTER if side == 0 else LEAVE)
                        out_place[made] = s
                    made += 1
            if (d1 <= 1.0) != (d2 <= 1.0):
                if made < room:
                    out_run[made] = run
                    out_type[made] = ENTER if d2 <= 1.0 else LEAVE
                    out_place[made] = (
                        _bisect_depth(mine, other, first, count, s1, s0, e1, e2)
                        if d2 <= 1.0
                        else _bisect_depth(mine, other, first, count, s0, s1, e1, e2)
                    )
                made += 1
                inside = d2 <= 1.0
            if k == steps - 1 and d1 > 1.0 and d2 > 1.0 and d2 <= d1:
                turning = _golden(mine, other, first, count, s0, end, e1, e2, 1.0)
                if _depth(mine, other, first, count, turning, e1, e2) <= 1.0:
                    for side in range(2):
                        if made < room:
                            out_run[made] = run
                            out_type[made] = ENTER if side == 0 else LEAVE
                            out_place[made] = _bisect_depth(
                                mine, other, first, count, turning, s0 if side == 0 else end, e1, e2
                            )
                        made += 1
            d0 = d1
            d1 = d2
    return made
