"""The 2-D probability of a circle for batches of rows: the default method and the fastest."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.errors import InputError

__all__ = ["CircleProbabilities", "CircleStatus", "circle_probability"]

Floats = NDArray[np.float64]


class CircleStatus(IntEnum):
    """What became of a row."""

    OK = 0
    REPAIRED = 1
    """An eigenvalue was not positive or below (1e-4 radius)^2 and was lifted to that."""
    NEGATIVE = 2
    """No eigenvalue is positive; the probability is NaN."""
    NOT_FINITE = 3
    """NaN or infinity in a row, or a negative radius; the probability is NaN."""


@dataclass(frozen=True, slots=True)
class CircleProbabilities:
    """Probability and `CircleStatus` per row."""

    probability: Floats
    status: NDArray[np.uint8]


def circle_probability(
    miss_m: ArrayLike, covariance_m2: ArrayLike, radius_m: ArrayLike, *, threads: int = 1
) -> CircleProbabilities:
    """Return the probability that the miss lies within the radius, in the plane of the encounter.

    Parameters
    ----------
    miss_m : (..., 2) float array
        Miss in the plane across the relative velocity.
    covariance_m2 : (..., 2, 2) float array
        Combined position covariance in that plane.
    radius_m : (...) float array
        Combined hard-body radius; zero gives 0, infinity gives 1. The shapes broadcast.
    threads : int
        The kernel holds no interpreter lock.

    Returns
    -------
    CircleProbabilities
        One bad row does not raise: see `status`.

    References
    ----------
    See `_series` (positive power series) and `_quadrature` (adaptive, for very small covariances).

    Validation
    ----------
    tests/validation/test_probability_circle.py: relative error below 1e-11 against adaptive quadrature and the
    non-central chi-square law; CARA and Alfano within their rounding.
    """
    from mihari.conjunction.probability._series import circle_rows

    miss = np.asarray(miss_m, dtype=np.float64)
    covariance = np.asarray(covariance_m2, dtype=np.float64)
    if miss.shape[-1:] != (2,) or covariance.shape[-2:] != (2, 2):
        raise InputError(f"misses {miss.shape} must be (..., 2), covariances {covariance.shape} (..., 2, 2)")
    radius = np.asarray(radius_m, dtype=np.float64)
    try:
        shape = np.broadcast_shapes(miss.shape[:-1], covariance.shape[:-2], radius.shape)
    except ValueError:
        raise InputError(
            f"misses {miss.shape}, covariances {covariance.shape} and radii {radius.shape} do not fit together"
        ) from None
    parts = (
        miss[..., 0],
        miss[..., 1],
        covariance[..., 0, 0],
        0.5 * (covariance[..., 0, 1] + covariance[..., 1, 0]),
        covariance[..., 1, 1],
        radius,
    )
    columns = [np.ascontiguousarray(np.broadcast_to(part, shape)).ravel() for part in parts]
    size = columns[0].size
    probability, status = np.empty(size), np.empty(size, dtype=np.uint8)
    if threads <= 1 or size < 4096:
        circle_rows(*columns, probability, status)
    else:

        def run(arrays: list[Any]) -> None:
            circle_rows(*arrays)

        edges = np.linspace(0, size, threads + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            jobs = [
                pool.submit(run, [*(c[a:b] for c in columns), probability[a:b], status[a:b]])
                for a, b in itertools.pairwise(edges.tolist())
            ]
            for job in jobs:
                job.result()
    return CircleProbabilities(probability.reshape(shape), status.reshape(shape))
