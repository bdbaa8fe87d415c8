"""3-D-Nc: the collisions expected over a whole encounter segment, the rate integrated numerically over time.

For a short encounter the rate is a bell of known place and width, for which equal steps are exact to rounding. For a
long one the segment between the two greatest distances about closest approach is searched for every bell, and the
integral is adaptive, so that slow pairs, several minima and geostationary neighbours are taken as they are.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._elements import state_from_elements
from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._nc2d import NC2D_OK, find_minimum
from mihari.conjunction.probability._overlap import FIRST, OVERLAP_OK, SECOND, overlap
from mihari.conjunction.probability._rate import collision_rate, log_bound

__all__ = [
    "NC3D_FIELDS",
    "NC3D_NOT_CONVERGED",
    "NC3D_NO_OVERLAP",
    "NC3D_OK",
    "encounter_segment",
    "nc3d",
]

NC3D_OK: Final = 0
NC3D_NO_OVERLAP: Final = 1
NC3D_NOT_CONVERGED: Final = 2

NC3D_FIELDS: Final = ("number", "start", "end", "peak", "doubt", "evaluations", "lost", "maxima", "lifted")

COARSE: Final = 96  # nodes in which a long segment is searched
MOST_PANELS: Final = 600
TOLERANCE: Final = 1.0e-5  # of the whole, per panel
NEGLIGIBLE: Final = 45.0  # in the logarithm below the peak
SPAN: Final = 8.3  # half width of a bell in sigmas: sqrt(2) erfcinv(1e-16)
CUT: Final = (
    2.57e-6  # of the greatest rate: exp(-x^2/2)/sqrt(2 pi), x = sqrt(2) erfcinv(1e-6), CARA's effective duration
)


@kernel()
def _distance2(t, pair, x1, x2, unused):  # type: ignore[no-untyped-def]
    state_from_elements(pair[FIRST], t, x1, unused, False)
    state_from_elements(pair[SECOND], t, x2, unused, False)
    return (x2[0] - x1[0]) ** 2 + (x2[1] - x1[1]) ** 2 + (x2[2] - x1[2]) ** 2


@kernel()
def encounter_segment(pair, offset):  # type: ignore[no-untyped-def]
    """Return the times of greatest two-body distance that enclose closest approach, or half a period either side.

    `offset` is the middle of the straight-line encounter: the segment encloses it too.
    """
    period_1 = 2.0 * math.pi / pair[FIRST, 0]
    period_2 = 2.0 * math.pi / pair[SECOND, 0]
    shortest = min(period_1, period_2)
    span = min(1.1 * max(period_1, period_2), 2.2 * shortest)
    x1 = np.empty(6)
    x2 = np.empty(6)
    unused = np.empty((6, 6))
    count = 101
    value = np.empty(count)
    step = 2.0 * span / (count - 1)
    for i in range(count):
        value[i] = _distance2(-span + i * step, pair, x1, x2, unused)
    low = math.nan
    high = math.nan
    for i in range(1, count - 1):
        if value[i] > value[i - 1] and value[i] >= value[i + 1]:
            # Golden sections within the bracket; a percent of a period is enough.
            a = -span + (i - 1) * step
            b = -span + (i + 1) * step
            for _ in range(12):
                c = a + 0.381966 * (b - a)
                d = a + 0.618034 * (b - a)
                if _distance2(c, pair, x1, x2, unused) > _distance2(d, pair, x1, x2, unused):
                    b = d
                else:
                    a = c
            t = 0.5 * (a + b)
            if t < min(0.0, offset):
                low = t
            elif t > max(0.0, offset) and math.isnan(high):
                high = t
    if math.isnan(low) or math.isnan(high):
        return -0.5 * shortest, 0.5 * shortest
    return low, high


@kernel()
def _log_rate(t, pair, radius, relative, factor, j1, j2, tally, floor):  # type: ignore[no-untyped-def]
    """Return the logarithm of the rate; -inf where it is below `floor`, NaN where the overlap is lost."""
    tally[0] += 1.0
    if overlap(t, pair, radius, relative, factor, j1, j2) != OVERLAP_OK:
        tally[1] += 1.0
        return math.nan
    if log_bound(relative, factor, radius) < floor:
        return -math.inf
    rate, lift, lifted = collision_rate(relative, factor, radius, 1.0)
    if not rate > 0.0:
        return -math.inf
    tally[3] = max(tally[3], float(lifted))
    return math.log(rate) - lift


@kernel()
def _short(pair, radius, middle, width, pad, out, tally):  # type: ignore[no-untyped-def]
    """Integrate one bell by equal steps; the rate there is smooth and dies out at both ends."""
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    half = SPAN * width + pad
    steps = min(math.ceil(2.0 * half / (0.6 * width)), 400)
    step = 2.0 * half / steps
    logs = np.empty(steps + 1)
    most = -math.inf
    peak = middle
    for i in range(steps + 1):
        logs[i] = _log_rate(middle - half + i * step, pair, radius, relative, factor, j1, j2, tally, most - NEGLIGIBLE)
        if logs[i] > most:
            most = logs[i]
            peak = middle - half + i * step
    if math.isinf(most):
        return _finish(0.0, math.nan, math.nan, middle, 0, out)
    total = 0.0
    lost = False
    start = math.nan
    end = math.nan
    for i in range(steps + 1):
        if math.isnan(logs[i]):
            beside = max(logs[max(i - 1, 0)], logs[min(i + 1, steps)])
            lost = lost or not beside < most + math.log(CUT)
            continue
        part = math.exp(logs[i] - most)
        total += part
        if part >= CUT:
            end = middle - half + i * step
            if math.isnan(start):
                start = end
    _finish(total * step * math.exp(most), start, end, peak, 1, out)
    return NC3D_NO_OVERLAP if lost else NC3D_OK


@kernel()
def _finish(number, start, end, peak, maxima, out):  # type: ignore[no-untyped-def]
    out[0] = number
    out[1] = start
    out[2] = end
    out[3] = peak
    out[7] = maxima
    return NC3D_OK


@kernel()
def _simpson(pair, radius, low, high, middle, width, out, tally):  # type: ignore[no-untyped-def]
    """Search a segment for every bell and integrate it adaptively: Simpson's rule on halved panels."""
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    edges = np.empty(COARSE + 1 + 24)
    for i in range(COARSE + 1):
        edges[i] = low + (high - low) * i / COARSE
    count = COARSE + 1
    if width > 0.0:
        for k in range(12):
            at = width * (0.35 * 1.35**k)
            for side in range(2):
                t = middle - at if side == 0 else middle + at
                if low < t < high:
                    edges[count] = t
                    count += 1
    edges = np.sort(edges[:count])
    # Panels: edges and the logarithms at both ends and in the middle.
    t0 = np.empty(MOST_PANELS)
    t1 = np.empty(MOST_PANELS)
    f = np.empty((3, MOST_PANELS))
    most = -math.inf
    peak = 0.0
    used = 0
    # The likely peak first: what is far below it needs no quadrature.
    if width > 0.0:
        most = _log_rate(middle, pair, radius, relative, factor, j1, j2, tally, -math.inf)
        most = _known(most)
    floor = most - NEGLIGIBLE
    left = _log_rate(edges[0], pair, radius, relative, factor, j1, j2, tally, floor)
    for i in range(count - 1):
        right = _log_rate(edges[i + 1], pair, radius, relative, factor, j1, j2, tally, floor)
        t0[used] = edges[i]
        t1[used] = edges[i + 1]
        f[0, used] = left
        f[1, used] = _log_rate(0.5 * (edges[i] + edges[i + 1]), pair, radius, relative, factor, j1, j2, tally, floor)
        f[2, used] = right
        left = right
        used += 1
    done = np.zeros(MOST_PANELS, np.bool_)
    code = NC3D_NOT_CONVERGED
    while True:
        for i in range(used):
            for k in range(3):
                if f[k, i] > most:
                    most = f[k, i]
                    peak = t0[i] + 0.5 * k * (t1[i] - t0[i])
        if math.isinf(most):
            return _finish(0.0, math.nan, math.nan, middle, 0, out)
        floor = most - NEGLIGIBLE
        total = 0.0
        for i in range(used):
            total += (t1[i] - t0[i]) / 6.0 * _weighted(f, i, most)
        # Halve every panel that counts, until halving it changes nothing.
        before = used
        for i in range(before):
            if done[i] or used >= MOST_PANELS:
                continue
            length = t1[i] - t0[i]
            value = length / 6.0 * _weighted(f, i, most)
            highest = max(_plain(f[0, i], most), _plain(f[2, i], most), _plain(f[1, i], most)) * length
            if highest < 1.0e-8 * total:
                done[i] = True
                continue
            centre = 0.5 * (t0[i] + t1[i])
            t0[used] = centre
            t1[used] = t1[i]
            f[0, used] = f[1, i]
            f[2, used] = f[2, i]
            t1[i] = centre
            f[2, i] = f[1, i]
            f[1, i] = _log_rate(0.5 * (t0[i] + centre), pair, radius, relative, factor, j1, j2, tally, floor)
            f[1, used] = _log_rate(0.5 * (centre + t1[used]), pair, radius, relative, factor, j1, j2, tally, floor)
            halves = 0.5 * length / 6.0 * (_weighted(f, i, most) + _weighted(f, used, most))
            # The halves are fifteen times closer to the truth than this difference.
            if abs(halves - value) < TOLERANCE * total:
                done[i] = True
                done[used] = True
            used += 1
        if used == before:
            code = NC3D_OK
            break
        if used >= MOST_PANELS:
            break
    order = np.argsort(t0[:used])
    total = 0.0
    start = math.nan
    end = math.nan
    maxima = 0
    threshold = most + math.log(CUT)
    lost = False
    last = -math.inf
    rising = True
    for place in range(used):
        i = order[place]
        total += (t1[i] - t0[i]) / 6.0 * _weighted(f, i, most)
        highest = max(_known(f[0, i]), _known(f[1, i]), _known(f[2, i]))
        if highest >= threshold:
            end = t1[i]
            if math.isnan(start):
                start = t0[i]
            lost = lost or math.isnan(f[0, i] + f[1, i] + f[2, i])
        for k in range(2):
            here = _known(f[k, i])
            if here < last - 1.0e-3 and rising and last >= threshold:
                maxima += 1
            if abs(here - last) > 1.0e-3:
                rising = here > last
            last = here
    _finish(total * math.exp(most), start, end, peak, max(maxima, 1), out)
    return NC3D_NO_OVERLAP if lost else code


@kernel(inline="always")
def _known(value):  # type: ignore[no-untyped-def]
    return -math.inf if math.isnan(value) else value


@kernel(inline="always")
def _plain(value, most):  # type: ignore[no-untyped-def]
    return 0.0 if math.isnan(value) else math.exp(value - most)


@kernel(inline="always")
def _weighted(f, i, most):  # type: ignore[no-untyped-def]
    return _plain(f[0, i], most) + 4.0 * _plain(f[1, i], most) + _plain(f[2, i], most)


@kernel()
def _doubt(pair, radius, first, second, third):  # type: ignore[no-untyped-def]
    """Return how much the rate changes, relatively, with three quarters of the nodes: the worst of three moments."""
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    worst = 0.0
    greatest = 0.0
    for k in range(3):
        t = first if k == 0 else second if k == 1 else third
        if math.isnan(t) or overlap(t, pair, radius, relative, factor, j1, j2) != OVERLAP_OK:
            continue
        fine, lift, _ = collision_rate(relative, factor, radius, 1.0)
        coarse, _, _ = collision_rate(relative, factor, radius, 0.75)
        greatest = max(greatest, fine * math.exp(-lift))
        worst = max(worst, abs(fine - coarse) * math.exp(-lift))
    return worst / greatest if greatest > 0.0 else 0.0


@kernel()
def nc3d(pair, radius, start, sigma, low, high, whole, speed, out):  # type: ignore[no-untyped-def]
    """Fill the fields of NC3D_FIELDS; returns a code.

    Parameters
    ----------
    pair : (26, 12) float64
        See `_overlap`.
    radius : float
    start, sigma : float
        First guess of the time of least Q and of its width.
    low, high : float
        The encounter segment.
    whole : bool
        Search the whole segment instead of the one bell.
    speed : float
        Relative speed: for the time that the sphere itself takes to pass.
    out : (len(NC3D_FIELDS),) float64

    References
    ----------
    D. T. Hall, "Expected collision rates for tracked satellites", J. Spacecraft and Rockets 58(3), 2021.

    Validation
    ----------
    tests/validation/test_probability_cara.py, tests/validation/test_probability_alfano.py.
    """
    tally = np.zeros(4)
    for i in range(out.shape[0]):
        out[i] = math.nan
    code, middle, width = find_minimum(pair, radius, start, sigma, max(-low, high))
    if code == NC2D_OK and not whole and speed > 0.0:
        pad = 2.0 * radius / speed
        code = _short(pair, radius, middle, width, pad, out, tally)
    else:
        if code != NC2D_OK:
            middle = 0.0
            width = 0.0
        code = _simpson(pair, radius, low, high, middle, width, out, tally)
    out[4] = _doubt(pair, radius, out[3], 0.5 * (out[1] + out[3]), 0.5 * (out[2] + out[3]))
    out[5] = tally[0]
    out[6] = tally[1]
    out[8] = tally[3]
    return code
