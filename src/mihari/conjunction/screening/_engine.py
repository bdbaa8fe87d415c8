"""The numeric core: from a propagator, a window and volumes to close approaches. No tables, no words."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mihari.compute import Executor
from mihari.conjunction.screening._approaches import Approaches
from mihari.conjunction.screening._bands import objects_in_reach
from mihari.conjunction.screening._block import Candidates, sieve_block
from mihari.conjunction.screening._passages import find_minima, measure_passages
from mihari.conjunction.screening._plan import SievePlan, build_plan
from mihari.conjunction.screening._propagator import Propagator
from mihari.conjunction.screening._refine import SLOW
from mihari.conjunction.screening._runs import Runs, measure_runs
from mihari.conjunction.screening._validity import Validity, find_gone, find_validity

__all__ = ["Outcome", "find_approaches"]

_PASSAGES_PER_CHUNK = 16_384
_SAMPLES_PER_CHUNK = 65_536
_PASSAGE_MARGIN_NS = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Approaches, until when each object lasted, and what it cost (seconds, counts)."""

    approaches: Approaches
    validity: Validity
    cost: dict[str, float]


def find_approaches(
    propagator: Propagator,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    semi_axes_m: NDArray[np.float64],
    executor: Executor,
    owner: NDArray[np.bool_] | None = None,
    between_owners: bool = True,
    rank: NDArray[np.int64] | None = None,
    identity: NDArray[np.int64] | None = None,
    step_s: float | None = None,
    nodes_per_block: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    """Find every close approach in a window.

    Parameters
    ----------
    propagator : Propagator
        The objects.
    start_tai_ns, end_tai_ns : int
    semi_axes_m : (n, 3) float64
        Volume of each object: radial, transverse, normal semi-axes; zeros for none.
    executor : Executor
        Where blocks run. The answer does not depend on it.
    owner : (n,) bool, optional
        Only these objects' volumes count, and only pairs with one of them (some on all). All on all when left out.
    between_owners : bool
        Whether pairs of two owners count: not when they are variants of one object.
    rank : (n,) int64, optional
        Which of a pair comes first, and whose volume counts when both are equal: the lesser. Indices when left out.
    identity : (n,) int64, optional
        Pairs of equal numbers do not count: states of one and the same object.
    step_s : float, optional
        Length of a step; chosen from the number of objects when left out. The answer does not depend on it.
    nodes_per_block : int, optional
    progress : callable, optional
        Gets the fraction done, in this thread.

    Returns
    -------
    Outcome

    Validation
    ----------
    tests/validation/test_screening_truth.py, tests/validation/test_screening_brute_force.py.
    """
    began = time.perf_counter()
    if owner is not None and not owner.all():
        size_m = float(semi_axes_m[owner].max(initial=0.0))
        near = objects_in_reach(
            propagator, start_tai_ns=start_tai_ns, end_tai_ns=end_tai_ns, owner=owner, size_m=size_m
        )
        if near.size < propagator.size:
            part = find_approaches(
                propagator.take(near),
                start_tai_ns=start_tai_ns,
                end_tai_ns=end_tai_ns,
                semi_axes_m=semi_axes_m[near],
                executor=executor,
                owner=owner[near],
                between_owners=between_owners,
                rank=near if rank is None else rank[near],
                identity=None if identity is None else identity[near],
                step_s=step_s,
                nodes_per_block=nodes_per_block,
                progress=progress,
            )
            return _in_whole(part, near, propagator.size, end_tai_ns)
    n = propagator.size
    if n == 0:
        validity = Validity(np.zeros(0, np.int64), np.zeros(0, np.uint8))
        return Outcome(Approaches.empty(), validity, {"wall_s": time.perf_counter() - began})
    plan = build_plan(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=semi_axes_m,
        owner=np.ones(n, dtype=bool) if owner is None else owner,
        only_owners=owner is not None,
        step_s=step_s,
        nodes_per_block=nodes_per_block,
    )
    plan = replace(plan, gone=find_gone(propagator, plan.node_tai_ns))
    parts: list[Candidates] = []
    blocks = plan.blocks
    for found in executor.map(partial(_sieve_item, propagator, plan), blocks):
        parts.append(found)
        if progress is not None:
            progress(0.95 * len(parts) / len(blocks))
    sieved = time.perf_counter()
    candidates = _join(parts)
    if owner is not None and not between_owners:
        candidates = _kept(candidates, np.asarray(~owner[candidates.pair].all(axis=1)))
    if identity is not None:
        first, second = identity[candidates.pair].T
        candidates = _kept(candidates, np.asarray(first != second))
    if rank is not None:
        backwards = rank[candidates.pair[:, 0]] > rank[candidates.pair[:, 1]]
        candidates.pair[backwards] = candidates.pair[backwards][:, ::-1]
    validity = find_validity(
        propagator,
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        bad=candidates.lost,
        node_tai_ns=plan.node_tai_ns,
        low=candidates.low,
    )
    work = _Narrow(propagator, plan, start_tai_ns, end_tai_ns, validity)
    rows, short = work.passages(candidates, executor)
    runs = work.runs(short)
    rows.extend(executor.map(partial(measure_runs, propagator), _chunks(runs)))
    approaches = Approaches.concatenate(rows).in_order()
    if progress is not None:
        progress(1.0)
    done = time.perf_counter()
    cost = {
        "wall_s": done - began,
        "sieve_s": sieved - began,
        "narrow_s": done - sieved,
        "steps": float(plan.node_tai_ns.size),
        "step_s": plan.step_s,
        "blocks": float(len(blocks)),
        "candidates": float(candidates.kind.size),
        "runs": float(runs.pair.shape[0]),
    }
    return Outcome(approaches, validity, cost)


def _in_whole(part: Outcome, near: NDArray[np.int64], count: int, end_tai_ns: int) -> Outcome:
    """Return an answer for some objects as one for all; the others never come near, and were up when last asked."""
    until = np.full(count, end_tai_ns, dtype=np.int64)
    status = np.zeros(count, dtype=np.uint8)
    until[near] = part.validity.until_tai_ns
    status[near] = part.validity.status
    approaches = replace(part.approaches, pair=near[part.approaches.pair].astype(np.int32))
    cost = {**part.cost, "objects_out_of_reach": float(count - near.size)}
    return Outcome(approaches, Validity(until, status), cost)


def _sieve_item(propagator: Propagator, plan: SievePlan, nodes: tuple[int, int]) -> Candidates:
    return sieve_block(propagator, plan, *nodes)


def _join(parts: list[Candidates]) -> Candidates:
    return Candidates(
        pair=np.concatenate([p.pair for p in parts]),
        tca_tai_ns=np.concatenate([p.tca_tai_ns for p in parts]),
        kind=np.concatenate([p.kind for p in parts]),
        node=np.concatenate([p.node for p in parts]),
        lost=np.concatenate([p.lost for p in parts]),
        low=np.concatenate([p.low for p in parts]),
    )


def _kept(candidates: Candidates, kept: NDArray[np.bool_]) -> Candidates:
    return replace(
        candidates,
        pair=candidates.pair[kept],
        tca_tai_ns=candidates.tca_tai_ns[kept],
        kind=candidates.kind[kept],
        node=candidates.node[kept],
    )


class _Narrow:
    """Groups of candidates, and the way each goes.

    Candidates of one pair in successive steps are one group. A group with a slow member is a run; the others are
    passages: through spheres they are measured at once, through ellipsoids they become short runs.
    """

    def __init__(
        self, propagator: Propagator, plan: SievePlan, start_tai_ns: int, end_tai_ns: int, validity: Validity
    ) -> None:
        self.propagator = propagator
        self.plan = plan
        self.start = start_tai_ns
        self.end = end_tai_ns
        self.until = validity.until_tai_ns
        self.axes = np.where(plan.owner[:, None], plan.semi_axes_m, 0.0)
        self.size = self.axes.max(axis=1)
        self.is_sphere = np.ptp(self.axes, axis=1) == 0.0

    def passages(self, candidates: Candidates, executor: Executor) -> tuple[list[Approaches], Runs]:
        """Measure passages; return rows, and runs for those that need the general path."""
        self.order = np.lexsort((candidates.node, candidates.pair[:, 1], candidates.pair[:, 0]))
        pair = candidates.pair[self.order].astype(np.int64)
        node = candidates.node[self.order].astype(np.int64)
        new = np.ones(node.size, dtype=bool)
        new[1:] = (pair[1:] != pair[:-1]).any(axis=1) | (np.diff(node) > 1)
        self.group = np.cumsum(new) - 1
        self.first = np.flatnonzero(new)
        self.last = np.append(self.first[1:], node.size) - 1 if node.size else self.first
        is_slow = candidates.kind[self.order] == SLOW
        self.group_is_slow = np.zeros(self.first.size, dtype=bool)
        self.group_is_slow[self.group[is_slow]] = True
        self.group_pair = pair[self.first]
        half = np.int64(np.ceil(self.plan.step_s * 0.5e9)) + 2
        nodes = self.plan.node_tai_ns
        self.group_start = np.maximum(nodes[node[self.first]] - half, self.start)
        self.group_end = nodes[node[self.last]] + half

        fast = np.flatnonzero(~self.group_is_slow[self.group])
        guesses = candidates.tca_tai_ns[self.order][fast]
        rows: list[Approaches] = []
        undecided: list[NDArray[np.int64]] = []
        spans: list[Runs] = []
        # Whole groups only: a passage met in several steps is told once, by the chunk that has them all.
        cuts = [0]
        while cuts[-1] < fast.size:
            wanted = min(cuts[-1] + _PASSAGES_PER_CHUNK, fast.size)
            last = self.group[fast[wanted - 1]]
            cuts.append(int(np.searchsorted(self.group[fast], last, side="right")))
        spots = list(itertools.pairwise(cuts))
        items = [(pair[fast[a:b]], guesses[a:b], self.group[fast[a:b]]) for a, b in spots]
        for found, groups, short in executor.map(self.measure, items):
            rows.append(found)
            undecided.append(groups)
            spans.append(short)
        if undecided:
            self.group_is_slow[np.concatenate(undecided)] = True
        return rows, _join_runs(spans)

    def measure(
        self, item: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
    ) -> tuple[Approaches, NDArray[np.int64], Runs]:
        """Measure one chunk of passages: rows, groups that are undecided, short runs through ellipsoids.

        A group with an undecided passage goes the general way as a whole: none of its passages is told here.
        """
        pair, guess, group = item
        size = self.size[pair]
        is_second = size[:, 1] > size[:, 0]
        radius = size.max(axis=1)
        until = np.minimum(np.minimum(self.until[pair[:, 0]], self.until[pair[:, 1]]), self.end)
        begin = np.full(until.size, self.start)
        round_ = np.flatnonzero(self.is_sphere[pair].all(axis=1))
        found, origin, open_round = measure_passages(
            self.propagator,
            pair[round_],
            guess[round_],
            radius[round_],
            is_second[round_],
            begin[round_],
            until[round_],
        )
        oval = np.flatnonzero(~self.is_sphere[pair].all(axis=1))
        short, short_origin, open_oval = self._short_runs(pair[oval], guess[oval], radius[oval], until[oval])
        undecided = np.unique(group[np.concatenate([round_[open_round], oval[open_oval]])])
        if undecided.size:
            found = found.take(np.flatnonzero(~np.isin(group[round_[origin]], undecided)))
            short = short.take(np.flatnonzero(~np.isin(group[oval[short_origin]], undecided)))
        return found, undecided, short

    def _short_runs(
        self,
        pair: NDArray[np.int64],
        guess: NDArray[np.int64],
        radius: NDArray[np.float64],
        until: NDArray[np.int64],
    ) -> tuple[Runs, NDArray[np.int64], NDArray[np.int64]]:
        minima = find_minima(self.propagator, pair, guess, np.full(guess.size, 250_000_000))
        miss = minima.states.range_m
        near = np.flatnonzero(minima.is_found & (miss <= radius))
        order = near[np.lexsort((minima.tca_tai_ns[near], pair[near, 1], pair[near, 0]))]
        same = np.zeros(order.size, dtype=bool)
        same[1:] = (pair[order[1:]] == pair[order[:-1]]).all(axis=1) & (
            np.diff(minima.tca_tai_ns[order]) < _PASSAGE_MARGIN_NS
        )
        rows = order[~same]
        half = np.sqrt(radius[rows] ** 2 - miss[rows] ** 2) / minima.states.relative_speed_m_s[rows]
        half_ns = np.rint(1.02 * half * 1e9).astype(np.int64) + _PASSAGE_MARGIN_NS
        start = np.maximum(minima.tca_tai_ns[rows] - half_ns, self.start)
        end = np.minimum(minima.tca_tai_ns[rows] + half_ns, until[rows])
        rows, start, end = rows[start <= end], start[start <= end], end[start <= end]
        return self._runs(pair[rows], start, end), rows, np.flatnonzero(~minima.is_found)

    def runs(self, short: Runs) -> Runs:
        """Return the runs of slow groups after the short ones."""
        slow = np.flatnonzero(self.group_is_slow)
        pair = self.group_pair[slow]
        start = self.group_start[slow]
        end = np.minimum(self.group_end[slow], np.minimum(self.until[pair[:, 0]], self.until[pair[:, 1]]))
        end = np.minimum(end, self.end)
        good = start <= end
        return _join_runs([short, self._runs(pair[good], start[good], end[good])])

    def _runs(self, pair: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]) -> Runs:
        return Runs(pair, start, end, self.axes[pair[:, 0]], self.axes[pair[:, 1]])


def _join_runs(parts: list[Runs]) -> Runs:
    if not parts:
        none = np.zeros((0, 3))
        return Runs(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), none, none)
    return Runs(
        np.concatenate([p.pair for p in parts]),
        np.concatenate([p.start_tai_ns for p in parts]),
        np.concatenate([p.end_tai_ns for p in parts]),
        np.concatenate([p.first_axes_m for p in parts]),
        np.concatenate([p.second_axes_m for p in parts]),
    )


def _chunks(runs: Runs) -> Iterator[Runs]:
    """Cut runs into chunks of bounded memory."""
    ends = np.cumsum(runs.sample_counts())
    first = 0
    while first < ends.size:
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + _SAMPLES_PER_CHUNK, side="right")), first + 1)
        yield runs.take(np.arange(first, last))
        first = last
