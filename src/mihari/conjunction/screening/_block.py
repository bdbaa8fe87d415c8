"""One block of steps: nodes, tables, pairs, candidates. This is what an executor runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._lanes import LANES
from mihari.conjunction.screening._plan import SievePlan
from mihari.conjunction.screening._propagator import Propagator
from mihari.conjunction.screening._refine import refine
from mihari.conjunction.screening._sieve import CLASSES, PLANES, join_across, join_within, line_limits, place, prepare
from mihari.conjunction.screening._tessellation import Neighbours

__all__ = ["SURFACE_M", "Candidates", "sieve_block"]

SURFACE_M = 6.379e6
"""SGP4 gives an object up below 6378.135 km; one that may have been lower between nodes is looked at closely."""
_TILE_OBJECTS = 512
_ROOM = 1 << 14
_LOWEST_RADIUS_M = 6.3e6  # chords of a step's length pass a little below the surface


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs that may be inside a volume during a step.

    Attributes
    ----------
    pair : (m, 2) int32
        Object indices, ascending.
    tca_tai_ns : (m,) int64
        Predicted minimum of range of a fast passage; the node of a slow one.
    kind : (m,) uint8
        `FAST` or `SLOW`.
    node : (m,) int32
    lost : (l, 2) int32
        Objects without a state at some node of the block, and the first such node.
    low : (w,) int32
        Objects that may have been lower than `SURFACE_M` between nodes.
    """

    pair: NDArray[np.int32]
    tca_tai_ns: NDArray[np.int64]
    kind: NDArray[np.uint8]
    node: NDArray[np.int32]
    lost: NDArray[np.int32]
    low: NDArray[np.int32]


def sieve_block(propagator: Propagator, plan: SievePlan, first_node: int, last_node: int) -> Candidates:
    """Return the candidates of the steps [first_node, last_node)."""
    try:
        work = plan.spare.pop()
    except IndexError:
        work = _Work(plan, propagator.size)
    table, kind, lost, low = _nodes(propagator, plan, first_node, last_node, work)
    step = work.step
    parts = [step.run(plan, table[k], kind[k], first_node + k) for k in range(last_node - first_node)]
    plan.spare.append(work)
    return Candidates(
        pair=np.concatenate([p[0] for p in parts]),
        tca_tai_ns=np.concatenate([p[1] for p in parts]),
        kind=np.concatenate([p[2] for p in parts]),
        node=np.repeat(np.arange(first_node, last_node, dtype=np.int32), [p[1].size for p in parts]),
        lost=lost,
        low=low,
    )


def _nodes(
    propagator: Propagator, plan: SievePlan, first_node: int, last_node: int, work: _Work
) -> tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.int32], NDArray[np.int32]]:
    """Propagate tile by tile, so that the float64 states stay in cache and only float32 planes are kept."""
    n = propagator.size
    own = last_node - first_node
    lead = min(first_node, 1)
    times = np.ascontiguousarray(plan.node_tai_ns[first_node - lead : last_node + 1])
    table = work.table[:own]
    kind = work.kind[:own]
    bad = np.empty(n, np.int32)
    lowest = np.empty(n, np.float32)
    states = np.empty((min(_TILE_OBJECTS, n), 6, times.size))
    status = np.empty((states.shape[0], times.size), np.uint8)
    for first in range(0, n, _TILE_OBJECTS):
        last = min(first + _TILE_OBJECTS, n)
        m = last - first
        propagator.fill(first, last, times, states[:m], status[:m])
        prepare(
            states[:m], status[:m], first, lead, own, plan.step_s, plan.tau_s, plan.limits, table, kind, bad, lowest
        )
    for index, node in plan.gone[plan.gone[:, 1] < last_node]:
        kind[max(node - first_node, 0) :, index] = -1
    lost = np.flatnonzero(bad < own)
    low = np.flatnonzero(lowest < SURFACE_M).astype(np.int32)
    return table, kind, np.stack([lost, bad[lost] + first_node], axis=1).astype(np.int32), low


class _Step:
    """Buffers of a step."""

    def __init__(self, plan: SievePlan, count: int) -> None:
        self.key = np.empty(count, np.int32)
        self.start = np.empty(int(plan.base[-1]) + 2, np.int32)
        self.table = np.zeros((PLANES, count + LANES), np.float32)
        self.slot = np.zeros(count + LANES, np.int32)
        self.extent = np.zeros((CLASSES, 4))
        self.hits = np.empty((_ROOM, 2), np.int32)
        self.pair = np.empty((_ROOM, 2), np.int32)
        self.shift_s = np.empty(_ROOM)
        self.kind = np.empty(_ROOM, np.uint8)

    def run(
        self, plan: SievePlan, planes: NDArray[np.float32], kind: NDArray[np.int8], node: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.uint8]]:
        """Return pairs, times and kinds of the candidates of one step."""
        tiles = plan.tessellation
        place(
            planes,
            kind,
            plan.limits,
            tiles.ring_count,
            tiles.tiles_in_ring,
            tiles.first_tile,
            plan.base,
            plan.tau_s,
            self.key,
            self.start,
            self.table,
            self.slot,
            self.extent,
        )
        loose = plan.far
        if self.extent[-1, 3] > plan.far_turn_rad:  # faster than anything in orbit: look everywhere
            loose = _everywhere(tiles.tile_count)
        count = self._join(plan, loose)
        while count > self.hits.shape[0]:
            self.hits = np.empty((count + count // 4, 2), np.int32)
            count = self._join(plan, loose)
        if count > self.shift_s.size:
            self.pair = np.empty((count + count // 4, 2), np.int32)
            self.shift_s = np.empty(self.pair.shape[0])
            self.kind = np.empty(self.pair.shape[0], np.uint8)
        made = refine(
            self.hits,
            count,
            self.table,
            self.slot,
            plan.semi_axes_m,
            plan.owner,
            plan.only_owners,
            plan.tau_s,
            self.pair,
            self.shift_s,
            self.kind,
            0,
        )
        times = plan.node_tai_ns[node] + np.rint(self.shift_s[:made] * 1e9).astype(np.int64)
        return self.pair[:made].copy(), times, self.kind[:made].copy()

    def _join(self, plan: SievePlan, loose: Neighbours) -> int:
        found = 0
        bounds = self.start[plan.base]
        for home in range(CLASSES):
            places = np.arange(bounds[home], bounds[home + 1], dtype=np.int32)
            if plan.only_owners:
                places = places[plan.owner[self.slot[places]]]
            if places.size == 0:
                continue
            for other in range(CLASSES if plan.only_owners else home):
                far = loose if CLASSES - 1 in (home, other) else plan.far
                found = join_across(
                    places,
                    home,
                    other,
                    self.table,
                    self.slot,
                    self.key,
                    self.start,
                    plan.base,
                    plan.limits,
                    plan.near.full_start,
                    plan.near.full_tiles,
                    far.full_start,
                    far.full_tiles,
                    plan.tau_s,
                    plan.radial_size_m,
                    self.extent[other, 1],
                    self._tests(plan, home, other),
                    self.hits,
                    found,
                )
            if not plan.only_owners:
                around = (plan.near, plan.near, plan.far, loose)[home]
                found = join_within(
                    home,
                    self.table,
                    self.start,
                    plan.base,
                    plan.limits,
                    around.half_start,
                    around.half_tiles,
                    plan.radial_size_m,
                    self.extent[home, 1],
                    self._tests(plan, home, home),
                    self.hits,
                    found,
                )
        return int(found)

    def _tests(self, plan: SievePlan, home: int, other: int) -> tuple[np.float32, ...]:
        speed_m_s = self.extent[home, 0] + self.extent[other, 0]
        pads_m = self.extent[home, 2] + self.extent[other, 2]
        return line_limits(_LOWEST_RADIUS_M, plan.size_m, speed_m_s, pads_m, plan.tau_s)  # type: ignore[no-any-return]


class _Work:
    """Work memory of one block: some 33 bytes per object and node, plus a sorted table."""

    def __init__(self, plan: SievePlan, count: int) -> None:
        self.table = np.empty((plan.nodes_per_block, PLANES, count), np.float32)
        self.kind = np.empty((plan.nodes_per_block, count), np.int8)
        self.step = _Step(plan, count)


def _everywhere(tile_count: int) -> Neighbours:
    tiles = np.arange(tile_count, dtype=np.int32)
    half = np.concatenate([tiles[c + 1 :] for c in range(tile_count)])
    return Neighbours(
        full_start=np.arange(tile_count + 1, dtype=np.int32) * tile_count,
        full_tiles=np.tile(tiles, tile_count),
        half_start=np.concatenate([[0], np.cumsum(tile_count - 1 - tiles)]).astype(np.int32),
        half_tiles=half,
    )
