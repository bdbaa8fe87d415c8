"""Until when each object can be screened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._propagator import Propagator

__all__ = ["Validity", "find_gone", "find_validity"]

_LOOK_NS = 1_000_000_000
_PRECISION_NS = 1_000
_FIRST_LOOKS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Validity:
    """When objects are lost.

    Attributes
    ----------
    until_tai_ns : (n,) int64
        Last moment with a state; before the window's start for objects that have none there.
    status : (n,) uint8
        Why, from the propagator; 0 for objects that last.
    """

    until_tai_ns: NDArray[np.int64]
    status: NDArray[np.uint8]

    @property
    def lost(self) -> NDArray[np.int64]:
        """Indices of the objects that are not screened to the end."""
        return np.flatnonzero(self.status != 0)


def find_gone(propagator: Propagator, node_tai_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return objects that are lost for good and the first node at which they are, (g, 2).

    What a propagator says of an object after it was lost is not believed; it would only fill the sieve with nonsense.
    Objects are asked at a few nodes, those without an answer at all: who is missed here is told by the sieve.
    """
    everyone = np.arange(propagator.size)
    wrong = np.zeros(propagator.size, dtype=bool)
    for node in np.unique(np.linspace(0, node_tai_ns.size - 1, _FIRST_LOOKS).astype(int)):
        _, status = propagator.states(everyone, np.full(everyone.size, node_tai_ns[node], dtype=np.int64))
        wrong |= status != 0
    found = []
    for index in np.flatnonzero(wrong):
        _, status = propagator.states(np.full(node_tai_ns.size, index, dtype=np.int64), node_tai_ns)
        found.append((index, np.flatnonzero(status)[0]))
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def find_validity(
    propagator: Propagator,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    bad: NDArray[np.int32],
    node_tai_ns: NDArray[np.int64],
    low: NDArray[np.int32],
) -> Validity:
    """Find the first moment without a state, to a microsecond.

    Parameters
    ----------
    bad : (l, 2) int32
        Objects and nodes without a state.
    node_tai_ns : (nodes,) int64
    low : (w,) int32
        Objects to be looked at every second: they may be lost between nodes and found again.
    """
    n = propagator.size
    until = np.full(n, end_tai_ns, dtype=np.int64)
    everyone = np.arange(n)
    _, at_start = propagator.states(everyone, np.full(n, start_tai_ns, dtype=np.int64))
    _, at_end = propagator.states(everyone, np.full(n, end_tai_ns, dtype=np.int64))

    first_bad = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first_bad, bad[:, 0], node_tai_ns[bad[:, 1]])
    first_bad = np.where((at_end != 0) & (first_bad > end_tai_ns), end_tai_ns, first_bad)
    for index in np.unique(low):
        times = np.append(np.arange(start_tai_ns, end_tai_ns, _LOOK_NS), end_tai_ns).astype(np.int64)
        _, status = propagator.states(np.full(times.size, index, dtype=np.int64), times)
        wrong = np.flatnonzero(status)
        if wrong.size:
            first_bad[index] = min(first_bad[index], times[wrong[0]])

    failing = np.flatnonzero((first_bad <= end_tai_ns) & (at_start == 0))
    high = first_bad[failing]
    # The last node before the first bad one was good, and so was the start.
    place = np.searchsorted(node_tai_ns, high, side="left") - 1
    good = np.where(place >= 0, node_tai_ns[np.maximum(place, 0)], start_tai_ns)
    good = np.where(np.isin(failing, low), np.maximum(good, high - _LOOK_NS), good)
    good = np.clip(good, start_tai_ns, high)
    while failing.size and int((high - good).max()) > _PRECISION_NS:
        middle = good + (high - good) // 2
        _, status = propagator.states(failing, middle)
        high = np.where(status != 0, middle, high)
        good = np.where(status == 0, middle, good)
    status = at_start.copy()
    until[at_start != 0] = start_tai_ns - 1
    if failing.size:
        until[failing] = good
        status[failing] = propagator.states(failing, high)[1]
    return Validity(until, status)
