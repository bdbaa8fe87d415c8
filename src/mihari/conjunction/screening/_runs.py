"""The general path: pairs that stay near each other, and every passage through an ellipsoid.

A run is a span of time outside of which the pair is known to be outside the volume. It is sampled on the exact
propagator, traced, and what is found is polished there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._approaches import Approaches
from mihari.conjunction.screening._pairs import PairStates, pair_states
from mihari.conjunction.screening._passages import find_minima
from mihari.conjunction.screening._propagator import Propagator
from mihari.conjunction.screening._trace import LEAVE, MINIMUM, trace_events

__all__ = ["Runs", "measure_runs"]

_SPACING_NS = 20_000_000_000
_ELLIPSOID_SPACING_NS = 10_000_000_000
_LEAST_INTERVALS = 12
_STENCIL_LENGTH_M = 50.0
_STENCIL_NS = (250_000_000, 10_000_000_000)
_CLOSE_NS = 1_000_000
"""A minimum this close to an interval's end belongs to it: both are known to about a microsecond, or less well when
slow; see docs/decisions/0007."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Spans of time of pairs.

    Attributes
    ----------
    pair : (r, 2) int64
    start_tai_ns, end_tai_ns : (r,) int64
    first_axes_m, second_axes_m : (r, 3) float64
        Volumes that count, zeros for none.
    """

    pair: NDArray[np.int64]
    start_tai_ns: NDArray[np.int64]
    end_tai_ns: NDArray[np.int64]
    first_axes_m: NDArray[np.float64]
    second_axes_m: NDArray[np.float64]

    def sample_counts(self) -> NDArray[np.int64]:
        """Return how many samples each run takes."""
        isotropic = (np.ptp(self.first_axes_m, axis=1) == 0.0) & (np.ptp(self.second_axes_m, axis=1) == 0.0)
        spacing = np.where(isotropic, _SPACING_NS, _ELLIPSOID_SPACING_NS)
        length = self.end_tai_ns - self.start_tai_ns
        return np.asarray(np.maximum(-(-length // spacing), _LEAST_INTERVALS) + 1)

    def take(self, index: NDArray[np.int64]) -> Runs:
        """Return the runs at `index`."""
        return Runs(
            self.pair[index],
            self.start_tai_ns[index],
            self.end_tai_ns[index],
            self.first_axes_m[index],
            self.second_axes_m[index],
        )


def measure_runs(propagator: Propagator, runs: Runs) -> Approaches:
    """Return the approaches within the runs: one row per minimum inside the volume, one per interval without any."""
    if runs.pair.shape[0] == 0:
        return Approaches.empty()
    counts = runs.sample_counts()
    start = np.concatenate([[0], np.cumsum(counts)])
    which = np.repeat(np.arange(counts.size), counts)
    place = np.arange(which.size) - start[which]
    length = (runs.end_tai_ns - runs.start_tai_ns)[which]
    times = runs.start_tai_ns[which] + np.rint(length * (place / (counts[which] - 1))).astype(np.int64)
    samples = pair_states(propagator, runs.pair[which, 0], runs.pair[which, 1], times)
    nobody = np.zeros(which.size, dtype=bool)
    events, types, places, starts_inside = _trace(
        start, samples.seen_from(nobody), samples.seen_from(~nobody), runs.first_axes_m, runs.second_axes_m
    )
    spacing = (runs.end_tai_ns - runs.start_tai_ns) / (counts - 1)
    moments = runs.start_tai_ns[events] + np.rint(places * spacing[events]).astype(np.int64)
    moments = _polish(propagator, runs, events, types, moments, spacing)
    rows = _rows(runs, events, types, moments, starts_inside)
    return _measure(propagator, runs, rows)


def _trace(
    start: NDArray[np.int64],
    mine: NDArray[np.float64],
    other: NDArray[np.float64],
    first_axes_m: NDArray[np.float64],
    second_axes_m: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.float64], NDArray[np.bool_]]:
    with np.errstate(divide="ignore"):
        my_inverse = np.where(first_axes_m > 0.0, 1.0 / first_axes_m, 0.0)
        other_inverse = np.where(second_axes_m > 0.0, 1.0 / second_axes_m, 0.0)
    inside = np.zeros(start.size - 1, dtype=bool)
    room = 16 * start.size
    while True:
        events = np.empty(room, np.int64)
        types = np.empty(room, np.uint8)
        places = np.empty(room)
        made = trace_events(start, mine, other, my_inverse, other_inverse, events, types, places, inside)
        if made <= room:
            return events[:made], types[:made], places[:made], inside
        room = made


def _polish(
    propagator: Propagator,
    runs: Runs,
    events: NDArray[np.int64],
    types: NDArray[np.uint8],
    moments: NDArray[np.int64],
    spacing_ns: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Move minima and crossings from the trace to the exact propagator."""
    polished = moments.copy()
    minima = np.flatnonzero(types == MINIMUM)
    pair = runs.pair[events[minima]]
    states = pair_states(propagator, pair[:, 0], pair[:, 1], moments[minima])
    speed = np.maximum(states.relative_speed_m_s, 1e-6)
    preferred = np.clip(_STENCIL_LENGTH_M / speed * 1e9, *_STENCIL_NS)
    # Where the pair hardly moves, distant moments tell the minimum best; never farther than the trace's own.
    stencil = np.minimum(preferred, np.maximum(0.5 * spacing_ns[events[minima]], 1e3)).astype(np.int64)
    found = find_minima(propagator, pair, moments[minima], stencil)
    near = found.is_found & (np.abs(found.tca_tai_ns - moments[minima]) <= spacing_ns[events[minima]])
    polished[minima[near]] = found.tca_tai_ns[near]
    polished[minima] = np.clip(polished[minima], runs.start_tai_ns[events[minima]], runs.end_tai_ns[events[minima]])

    crossings = np.flatnonzero(types != MINIMUM)
    polished[crossings] = _polish_crossings(propagator, runs.take(events[crossings]), moments[crossings])
    return polished


def _polish_crossings(propagator: Propagator, runs: Runs, moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Newton steps, their slope from two exact depths, until the depth is one."""
    times = moments.copy()
    width_ns = 1_000_000
    for _ in range(2):
        both = []
        for offset in (0, width_ns):
            moment = np.clip(times + offset, runs.start_tai_ns, runs.end_tai_ns)
            states = pair_states(propagator, runs.pair[:, 0], runs.pair[:, 1], moment)
            both.append(np.sqrt(states.depth(runs.first_axes_m, runs.second_axes_m)[0]) - 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -both[0] * width_ns / (both[1] - both[0])
        usable = np.isfinite(step) & (np.abs(step) < 5e8)
        times[usable] += np.rint(step[usable]).astype(np.int64)
    return np.clip(times, runs.start_tai_ns, runs.end_tai_ns)


@dataclass(frozen=True, slots=True, eq=False)
class _RunRows:
    run: NDArray[np.int64]
    moment: NDArray[np.int64]
    is_edge: NDArray[np.bool_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def _rows(
    runs: Runs,
    events: NDArray[np.int64],
    types: NDArray[np.uint8],
    moments: NDArray[np.int64],
    starts_inside: NDArray[np.bool_],
) -> _RunRows:
    """Cut each run into intervals inside the volume and give every interval its minima, or one edge.

    An edge row has no moment yet: it stands twice, at both ends, and the closer one stays.
    """
    rows: list[tuple[int, int, bool, int, int]] = []
    order = np.lexsort((moments, events))
    bounds = np.searchsorted(events[order], np.arange(starts_inside.size + 1))
    for run in np.flatnonzero(starts_inside | (np.diff(bounds) > 0)):
        mine = order[bounds[run] : bounds[run + 1]]
        minima = moments[mine[types[mine] == MINIMUM]]
        intervals: list[tuple[int, int]] = []
        begin = int(runs.start_tai_ns[run]) if starts_inside[run] else None
        for event in mine[types[mine] != MINIMUM]:
            if types[event] == LEAVE:
                if begin is not None:
                    intervals.append((begin, int(moments[event])))
                begin = None
            elif begin is None:
                begin = int(moments[event])
        if begin is not None:
            intervals.append((begin, int(runs.end_tai_ns[run])))
        for first, last in intervals:
            within = minima[(minima >= first - _CLOSE_NS) & (minima <= last + _CLOSE_NS)]
            if within.size:
                rows.extend((int(run), int(t), False, min(first, int(t)), max(last, int(t))) for t in within)
            else:
                rows.append((int(run), first, True, first, last))
                rows.append((int(run), last, True, first, last))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), (), ()]
    return _RunRows(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=bool),
        np.array(columns[3], dtype=np.int64),
        np.array(columns[4], dtype=np.int64),
    )


def _measure(propagator: Propagator, runs: Runs, rows: _RunRows) -> Approaches:
    pair = runs.pair[rows.run]
    states: PairStates = pair_states(propagator, pair[:, 0], pair[:, 1], rows.moment)
    depth, is_second = states.depth(runs.first_axes_m[rows.run], runs.second_axes_m[rows.run])
    distance = states.range_m
    # Of the two ends of an interval without a minimum the closer counts, the earlier when equal.
    edges = np.flatnonzero(rows.is_edge)
    keep = np.ones(rows.moment.size, dtype=bool)
    if edges.size:
        first, last = edges[::2], edges[1::2]
        first_closer = distance[first] <= distance[last]
        keep[first[~first_closer]] = False
        keep[last[first_closer]] = False
    # The trace is good to a millimetre: what the exact depth puts outside, by more than its ends can err, is outside.
    keep &= rows.is_edge | (np.sqrt(depth) <= 1.0 + 1e-9)
    keep &= np.isfinite(distance)
    return Approaches(
        pair=pair.astype(np.int32),
        tca_tai_ns=rows.moment,
        miss_distance_m=distance,
        relative_speed_m_s=states.relative_speed_m_s,
        is_edge=rows.is_edge,
        interval_start_tai_ns=rows.start,
        interval_end_tai_ns=rows.end,
        is_second=is_second,
        rtn_m=states.seen_from(is_second),
    ).take(keep)
