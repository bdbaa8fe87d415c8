"""Lagrange interpolation on a grid, for slowly varying functions that are dear to evaluate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["lagrange_weights", "through_grid"]

Floats = NDArray[np.float64]

_POINTS = 8
_STEP_DAYS = 0.5


def lagrange_weights(x: Floats, nodes: Sequence[Floats | float]) -> list[Floats]:
    """Return the weight of each node for the polynomial through all of them, evaluated at `x`."""
    weights = []
    for i, here in enumerate(nodes):
        weight = np.ones_like(x)
        for j, there in enumerate(nodes):
            if i != j:
                weight *= (x - there) / (here - there)
        weights.append(weight)
    return weights


def through_grid(function: Callable[[Floats], Floats], days: Floats) -> Floats:
    """Evaluate `function` at many moments, over a half-day grid when that takes fewer evaluations.

    Parameters
    ----------
    function : callable
        Takes days, (n,), returns (k, n).
    days : float64 array, (n,)
        Days since J2000.0.

    Returns
    -------
    float64 array, (k, n)

    Notes
    -----
    Eight points half a day apart reproduce the IAU 2006/2000A X, Y, s, the nutation angles of IAU 1980 and 2000A to
    3e-13 rad and TDB - TT to 2e-15 s: the shortest terms in them last some five days. Whether the grid is used
    depends on the epochs alone, never on the machine.

    Validation
    ----------
    tests/validation/test_time_erfa.py, tests/validation/test_frames_erfa.py.
    """
    if days.size == 0:
        return function(np.zeros(1))[:, :0]
    cell = np.floor(days / _STEP_DAYS).astype(np.int64)
    before = _POINTS // 2 - 1
    first = int(cell.min()) - before
    count = int(cell.max()) + _POINTS - before - first
    if count >= days.size:
        return function(days)
    values = function(np.asarray((first + np.arange(count)) * _STEP_DAYS, dtype=np.float64))
    x = days / _STEP_DAYS - cell
    start = cell - before - first
    out = np.zeros((values.shape[0], days.size))
    for node, weight in enumerate(lagrange_weights(x, [float(k - before) for k in range(_POINTS)])):
        for row, value in zip(out, values, strict=True):
            row += weight * value[start + node]
    return out
