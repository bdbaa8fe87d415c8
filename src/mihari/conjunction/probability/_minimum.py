"""When the modified Mahalanobis distance of two curved orbits is least, and how wide that minimum is in time."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel
from mihari.conjunction.probability._overlap import OVERLAP_OK, overlap
from mihari.conjunction.probability._rate import split

__all__ = ["NC2D_NO_MINIMUM", "NC2D_NO_OVERLAP", "NC2D_OK", "distance_and_state", "find_minimum"]

NC2D_OK: Final = 0
NC2D_NO_OVERLAP: Final = 1
NC2D_NO_MINIMUM: Final = 2


@kernel()
def distance_and_state(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach):  # type: ignore[no-untyped-def]
    """Return code, Q(t), the logarithm of the determinant and the eigenvalues lifted; fill all that belongs to t."""
    code = overlap(t, pair, radius, relative, factor, j1, j2)
    if code != OVERLAP_OK:
        return code, math.nan, math.nan, 0
    determinant, lifted = split(relative, factor, radius, inverse, gain, spread, approach)
    value = 0.0
    for i in range(3):
        for j in range(3):
            value += relative[i] * inverse[i, j] * relative[j]
    log_determinant = math.log(determinant)
    return OVERLAP_OK, value + log_determinant, log_determinant, lifted


@kernel()
def _value(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach):  # type: ignore[no-untyped-def]
    code, value, _, _ = distance_and_state(t, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
    return value if code == OVERLAP_OK else math.nan


@kernel()
def find_minimum(pair, radius, start, sigma, reach):  # type: ignore[no-untyped-def]
    """Return code, the time of the nearest minimum of Q downhill from `start`, and its Gaussian width.

    Parameters
    ----------
    pair : (26, 12) float64
    radius : float
    start, sigma : float
        First guess of the time and of the width.
    reach : float
        The search does not leave (-reach, reach).
    """
    relative = np.empty(6)
    factor = np.empty((6, 12))
    j1 = np.empty((6, 6))
    j2 = np.empty((6, 6))
    inverse = np.empty((3, 3))
    gain = np.empty((3, 3))
    spread = np.empty((3, 3))
    approach = np.empty(3)
    start = min(max(start, -reach), reach)
    step = min(sigma, 0.1 * reach)
    middle = start
    at_middle = _value(middle, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
    if math.isnan(at_middle):
        middle = 0.0
        at_middle = _value(middle, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        if math.isnan(at_middle):
            return NC2D_NO_OVERLAP, math.nan, math.nan
    low = middle - step
    high = middle + step
    at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
    at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
    # Halve where the overlap is lost, walk downhill in growing steps where it is not.
    tries = 0
    while (math.isnan(at_low) or math.isnan(at_high)) and tries < 20:
        step *= 0.5
        low = middle - step
        high = middle + step
        at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        tries += 1
    if math.isnan(at_low) or math.isnan(at_high):
        return NC2D_NO_OVERLAP, math.nan, math.nan
    tries = 0
    while not (at_middle <= at_low and at_middle <= at_high) and tries < 200:
        tries += 1
        step = min(1.3 * step, 0.05 * reach)
        if at_low < at_high:
            high, at_high = middle, at_middle
            middle, at_middle = low, at_low
            low = middle - step
            at_low = _value(low, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        else:
            low, at_low = middle, at_middle
            middle, at_middle = high, at_high
            high = middle + step
            at_high = _value(high, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        if math.isnan(at_low) or math.isnan(at_high):
            return NC2D_NO_OVERLAP, math.nan, math.nan
        if abs(middle) > reach:
            return NC2D_NO_MINIMUM, math.nan, math.nan
    if tries >= 200:
        return NC2D_NO_MINIMUM, math.nan, math.nan
    # Parabolas through the bracket, golden sections where they stray.
    for _ in range(60):
        left = middle - low
        right = high - middle
        if left + right <= 2.0e-3 * sigma:
            break
        slope_l = (at_middle - at_low) / left
        slope_r = (at_high - at_middle) / right
        curve = (slope_r - slope_l) / (left + right)
        guess = middle - 0.5 * (slope_l * right + slope_r * left) / (left + right) / curve if curve > 0.0 else middle
        edge = 0.05 * (left + right)
        if not low + 0.3 * edge < guess < high - 0.3 * edge:
            guess = middle
        if abs(guess - middle) < 1.0e-4 * sigma:
            # Close in on the minimum from the wider side.
            guess = middle - 0.38 * left if left > right else middle + 0.38 * right
        at = _value(guess, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        if math.isnan(at):
            return NC2D_NO_OVERLAP, math.nan, math.nan
        if at <= at_middle:
            if guess < middle:
                high, at_high = middle, at_middle
            else:
                low, at_low = middle, at_middle
            middle, at_middle = guess, at
        elif guess < middle:
            low, at_low = guess, at
        else:
            high, at_high = guess, at
    # Width from the second difference over one width either side.
    width = sigma
    for _ in range(20):
        at_low = _value(middle - width, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        at_high = _value(middle + width, pair, radius, relative, factor, j1, j2, inverse, gain, spread, approach)
        if math.isnan(at_low) or math.isnan(at_high):
            return NC2D_NO_OVERLAP, middle, math.nan
        curve = (at_high - 2.0 * at_middle + at_low) / (width * width)
        if not curve > 0.0:
            return NC2D_NO_MINIMUM, middle, math.nan
        old = width
        width = min(math.sqrt(2.0 / curve), 3.0 * width)
        if abs(width - old) < 1.0e-3 * width:
            return NC2D_OK, middle, width
    return NC2D_NO_MINIMUM, middle, math.nan
