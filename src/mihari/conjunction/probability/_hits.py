"""Which sampled pairs of orbits come within the radius: two-body motion, every minimum within a window."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._elements import elements_from_state, state_from_elements
from mihari.conjunction.probability._kernel import kernel

__all__ = ["HIT", "INSIDE", "MISS", "OPEN", "elements_of_states", "hits_of_elements", "hits_of_nodes", "tilt"]

MISS: Final = 0
HIT: Final = 1  # entered the sphere within the window
INSIDE: Final = 2  # already inside when the window opens
OPEN: Final = 3  # no ellipse


@kernel()
def _relative(t, e1, e2, x1, x2, unused, out):  # type: ignore[no-untyped-def]
    state_from_elements(e1, t, x1, unused, False)
    state_from_elements(e2, t, x2, unused, False)
    for i in range(6):
        out[i] = x2[i] - x1[i]


@kernel()
def _lead(x):  # type: ignore[no-untyped-def]
    return x[0] * x[3] + x[1] * x[4] + x[2] * x[5]


@kernel()
def _square(x):  # type: ignore[no-untyped-def]
    return x[0] * x[0] + x[1] * x[1] + x[2] * x[2]


@kernel()
def hits_of_elements(elements, start, end, steps, radius, code, distance):  # type: ignore[no-untyped-def]
    """Fill what became of each sampled pair, and the least distance.

    Between equal steps the sign of r.v tells of a minimum; it is closed in on by Newton's method with the line's slope,
    kept within its bracket. Steps of a sixtieth of a period leave one minimum per bracket.

    Parameters
    ----------
    elements : (n, 12) float64
        Elements of both at the origin of time.
    start, end : float
    steps : int
    radius : float
    code : (n,) uint8
        Filled.
    distance : (n,) float64
        Filled.
    """
    x1 = np.empty(6)
    x2 = np.empty(6)
    unused = np.empty((6, 6))
    here = np.empty(6)
    there = np.empty(6)
    at = np.empty(6)
    rr = radius * radius
    step = (end - start) / steps
    for n in range(elements.shape[0]):
        e1 = elements[n, :6]
        e2 = elements[n, 6:]
        if not (e1[0] > 0.0 and e2[0] > 0.0 and e1[1] ** 2 + e1[2] ** 2 < 0.999 and e2[1] ** 2 + e2[2] ** 2 < 0.999):
            code[n] = OPEN
            distance[n] = math.nan
            continue
        _relative(start, e1, e2, x1, x2, unused, here)
        least = _square(here)
        outside = least > rr
        hit = False
        for k in range(steps):
            low = start + k * step
            high = low + step
            _relative(high, e1, e2, x1, x2, unused, there)
            inside_before = _square(here) <= rr
            if _lead(here) < 0.0 and _lead(there) > 0.0:
                # The whole step is far off: no need to know how far.
                fastest = max(
                    math.sqrt(here[3] ** 2 + here[4] ** 2 + here[5] ** 2),
                    math.sqrt(there[3] ** 2 + there[4] ** 2 + there[5] ** 2),
                )
                nearest = 0.5 * (math.sqrt(_square(here)) + math.sqrt(_square(there)) - 2.0 * fastest * step)
                if nearest < radius + fastest * step:
                    a, b = low, high
                    t = low - _lead(here) / (here[3] ** 2 + here[4] ** 2 + here[5] ** 2)
                    if not a < t < b:
                        t = 0.5 * (a + b)
                    closest = min(_square(here), _square(there))
                    for _ in range(40):
                        _relative(t, e1, e2, x1, x2, unused, at)
                        closest = min(closest, _square(at))
                        slope = at[3] ** 2 + at[4] ** 2 + at[5] ** 2
                        # Plus the difference of the pulls, which matters where the relative speed is small.
                        c1 = 1.0 / _square(x1) ** 1.5
                        c2 = 1.0 / _square(x2) ** 1.5
                        for i in range(3):
                            slope += at[i] * (c1 * x1[i] - c2 * x2[i])
                        lead = _lead(at)
                        if lead < 0.0:
                            a = t
                        else:
                            b = t
                        move = -lead / slope if slope > 0.0 else 2.0 * (b - a)
                        new = t + move
                        if not a < new < b:
                            new = 0.5 * (a + b)
                        # Whether hit or miss is settled when the rest of the way cannot change it.
                        if abs(new - t) <= 1.0e-12 * (1.0 + abs(t)) or closest <= 0.81 * rr:
                            break
                        if abs(new - t) < 1.0e-9 * (b - a + 1.0e-30) + 1.0e-14:
                            break
                        t = new
                    least = min(least, closest)
                    if closest <= rr and not inside_before:
                        hit = True
            elif _square(there) <= rr and not inside_before:
                hit = True
            least = min(least, _square(there))
            for i in range(6):
                here[i] = there[i]
            if hit:
                break
        code[n] = HIT if hit else (MISS if outside else INSIDE)
        distance[n] = math.sqrt(least)


@kernel()
def hits_of_nodes(relative, step, radius, code, distance):  # type: ignore[no-untyped-def]
    """The same from relative states at equal steps, by cubic Hermite polynomials between them.

    Parameters
    ----------
    relative : (n, t, 6) float64
    step : float
    radius : float
    code : (n,) uint8
        Filled.
    distance : (n,) float64
        Filled.
    """
    at = np.empty(6)
    rr = radius * radius
    for n in range(relative.shape[0]):
        least = _square(relative[n, 0])
        outside = least > rr
        hit = False
        for k in range(relative.shape[1] - 1):
            here = relative[n, k]
            there = relative[n, k + 1]
            inside_before = _square(here) <= rr
            least = min(least, _square(there))
            if _lead(here) < 0.0 and _lead(there) > 0.0:
                a, b = 0.0, 1.0
                for _ in range(45):
                    s = 0.5 * (a + b)
                    _hermite(here, there, step, s, at)
                    if _lead(at) < 0.0:
                        a = s
                    else:
                        b = s
                least = min(least, _square(at))
                hit = hit or (_square(at) <= rr and not inside_before)
            elif _square(there) <= rr and not inside_before:
                hit = True
        if not math.isfinite(least):
            code[n] = OPEN
        else:
            code[n] = HIT if hit else (MISS if outside else INSIDE)
        distance[n] = math.sqrt(least)


@kernel()
def _hermite(here, there, step, s, out):  # type: ignore[no-untyped-def]
    for i in range(3):
        p0, p1 = here[i], there[i]
        m0, m1 = step * here[i + 3], step * there[i + 3]
        c = 3.0 * (p1 - p0) - 2.0 * m0 - m1
        d = 2.0 * (p0 - p1) + m0 + m1
        out[i] = p0 + s * (m0 + s * (c + s * d))
        out[i + 3] = (m0 + s * (2.0 * c + 3.0 * s * d)) / step


@kernel()
def elements_of_states(states, elements):  # type: ignore[no-untyped-def]
    """Fill (n, 12) elements from (n, 12) states; mean motion zero where an orbit is open."""
    for n in range(states.shape[0]):
        if not elements_from_state(states[n, :6], elements[n, :6]):
            elements[n, 0] = 0.0
        if not elements_from_state(states[n, 6:], elements[n, 6:]):
            elements[n, 6] = 0.0


@kernel()
def tilt(offsets, maps, means, precisions, logs, out):  # type: ignore[no-untyped-def]
    """Fill how much the proposal favours each sample over the given density.

    Parameters
    ----------
    offsets : (n, 12) float64
        Elements less their means.
    maps : (m, 3, 12) float64
        Relative position by elements at each time of the proposal.
    means : (m, 3) float64
    precisions : (m, 3, 3) float64
        Of the tube about contact.
    logs : (m,) float64
        Logarithm of each component's factor.
    out : (n,) float64
    """
    y = np.empty(3)
    for n in range(offsets.shape[0]):
        total = 0.0
        for m in range(maps.shape[0]):
            for i in range(3):
                value = means[m, i]
                for k in range(12):
                    value += maps[m, i, k] * offsets[n, k]
                y[i] = value
            square = 0.0
            for i in range(3):
                for j in range(3):
                    square += y[i] * precisions[m, i, j] * y[j]
            if square < 1400.0:
                total += math.exp(logs[m] - 0.5 * square)
        out[n] = total
