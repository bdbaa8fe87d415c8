"""The trade space: burn time x direction x size against all conjunctions at once, by transition matrices."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis
from mihari.conjunction.avoidance._effects import Effects, find_violations, orbit_effects
from mihari.conjunction.avoidance._geometry import advanced_gcrf, closest_of_straight_lines, displaced_gcrf_m
from mihari.conjunction.avoidance._problem import AvoidanceProblem, Judgement, judge
from mihari.conjunction.avoidance._records import Candidate, CandidateKind, EventOutcome, Standing, StationKeepingEffect
from mihari.conjunction.avoidance._reference import ReferenceFlight
from mihari.errors import InputError

__all__ = ["ALL_DIRECTIONS", "ALONG_TRACK", "TradeSpace", "burn_times", "evaluate", "explore"]

Floats = NDArray[np.float64]

_APART: Final = 1.0 / 60.0
"""Of a revolution: burns nearer to each other are the same."""

ALONG_TRACK = np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
"""Forwards and backwards: the cheapest way to open a distance half a revolution and more ahead."""

ALL_DIRECTIONS = np.array(
    sorted(
        (
            [c / math.sqrt(sum(x * x for x in triple)) for c in triple]
            for triple in itertools.product((-1.0, 0.0, 1.0), repeat=3)
            if any(triple)
        ),
        key=lambda v: (abs(v[1]) < 0.99, v),
    )
)
"""The 26 directions to the faces, edges and corners of a cube in RTN, along-track first."""


@dataclass(frozen=True, slots=True, eq=False)
class TradeSpace:
    """Candidates, n rows, against the k conjunctions of a problem.

    Attributes
    ----------
    problem : AvoidanceProblem
    burn_tai_ns : int64 array, (n,)
    direction_rtn : float64 array, (n, 3)
    delta_v_m_s : float64 array, (n,)
    tca_delay_s : float64 array, (n, k)
        By how much closest approach comes later than without a burn.
    miss_rtn_m : float64 array, (n, k, 3)
    relative_speed_m_s : float64 array, (n, k)
    probability, keep_out_ratio : float64 arrays, (n, k)
        NaN where the other one judges.
    is_avoided : bool array, (n, k)
    total_probability : float64 array, (n,)
        NaN when no conjunction has a covariance.
    effects : Effects
    violations : tuple of tuples of str, n
    standing : Standing
    """

    problem: AvoidanceProblem
    burn_tai_ns: NDArray[np.int64]
    direction_rtn: Floats
    delta_v_m_s: Floats
    tca_delay_s: Floats
    miss_rtn_m: Floats
    relative_speed_m_s: Floats
    probability: Floats
    keep_out_ratio: Floats
    is_avoided: NDArray[np.bool_]
    total_probability: Floats
    effects: Effects
    violations: tuple[tuple[str, ...], ...]
    standing: Standing = Standing.GRID

    @property
    def count(self) -> int:
        """Number of candidates."""
        return int(self.burn_tai_ns.size)

    @property
    def is_allowed(self) -> NDArray[np.bool_]:
        """Which candidates break no constraint, (n,)."""
        return np.array([not broken for broken in self.violations], dtype=bool)

    @property
    def is_avoiding(self) -> NDArray[np.bool_]:
        """Which candidates avoid every conjunction and break no constraint, (n,)."""
        return self.is_allowed & self.is_avoided.all(axis=1)

    def ranking(self) -> NDArray[np.int64]:
        """Return rows from best to worst.

        Allowed before forbidden; then by how many conjunctions are left; among those that avoid all, the smallest burn,
        then the lesser probability; among the others, the lesser probability and the wider berth first.
        """
        left = np.count_nonzero(~self.is_avoided, axis=1)
        risk = np.nan_to_num(self.total_probability, nan=0.0)
        berth = np.where(np.isnan(self.keep_out_ratio), np.inf, self.keep_out_ratio).min(axis=1, initial=np.inf)
        size = np.where(left == 0, self.delta_v_m_s, 0.0)
        return np.lexsort(
            (self.burn_tai_ns, self.delta_v_m_s, -np.minimum(berth, 1e9), risk, size, left, ~self.is_allowed)
        )

    def finalists(self, count: int = 20) -> NDArray[np.int64]:
        """Return the rows worth flying: the best of each burn time in turn, so that they differ in more than size.

        Raises
        ------
        InputError
            Fewer than one is asked for.
        """
        if count < 1:
            raise InputError(f"{count} finalists were asked for", remedy="give one or more")
        order = self.ranking()[: int(np.count_nonzero(self.is_allowed))]
        # The turn of a row: how many better ones have its burn time and direction.
        seen: dict[tuple[int, bytes], int] = {}
        turn = np.empty(order.size, dtype=np.int64)
        for place, row in enumerate(order):
            key = (int(self.burn_tai_ns[row]), self.direction_rtn[row].tobytes())
            turn[place] = seen.get(key, 0)
            seen[key] = int(turn[place]) + 1
        left = np.count_nonzero(~self.is_avoided[order], axis=1)
        return np.asarray(order[np.lexsort((np.arange(order.size), turn, left))][:count])

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> TradeSpace:
        """Return some of the candidates, in the order given."""
        index = np.asarray(rows, dtype=np.int64)
        whole = {"problem", "standing", "violations", "effects"}
        arrays = {f.name: getattr(self, f.name)[index] for f in fields(self) if f.name not in whole}
        return TradeSpace(
            problem=self.problem,
            effects=self.effects.take(index),
            violations=tuple(self.violations[k] for k in index),
            standing=self.standing,
            **arrays,
        )

    def candidate(self, row: int, *, standing: Standing | None = None, note: str = "") -> Candidate:
        """Return one candidate as a record."""
        size = float(self.delta_v_m_s[row])
        total = float(self.total_probability[row])
        return Candidate(
            kind=CandidateKind.BURN if size > 0.0 else CandidateKind.DO_NOTHING,
            standing=self.standing if standing is None else standing,
            burn_tai_ns=int(self.burn_tai_ns[row]),
            direction_rtn=_triple(self.direction_rtn[row] if size > 0.0 else np.zeros(3)),
            delta_v_m_s=size,
            outcomes=tuple(self._outcome(row, k) for k in range(self.problem.encounters.count)),
            total_probability=None if math.isnan(total) else total,
            effect=StationKeepingEffect(
                semi_major_axis_change_m=float(self.effects.semi_major_axis_change_m[row]),
                period_change_s=float(self.effects.period_change_s[row]),
                longitude_drift_rad_s=float(self.effects.longitude_drift_rad_s[row]),
                along_track_offset_m=float(self.effects.along_track_offset_m[row]),
            ),
            propellant_kg=float(self.problem.spacecraft.propellant_kg(self.delta_v_m_s[row])),
            burn_duration_s=float(self.problem.spacecraft.burn_duration_s(self.delta_v_m_s[row])),
            violations=self.violations[row],
            note=note,
        )

    def _outcome(self, row: int, k: int) -> EventOutcome:
        encounters = self.problem.encounters
        probability, ratio = float(self.probability[row, k]), float(self.keep_out_ratio[row, k])
        return EventOutcome(
            secondary_id=int(encounters.secondary_id[k]),
            tca_tai_ns=int(encounters.tca_tai_ns[k]) + round(float(self.tca_delay_s[row, k]) * 1e9),
            miss_rtn_m=_triple(self.miss_rtn_m[row, k]),
            miss_distance_m=float(np.linalg.norm(self.miss_rtn_m[row, k])),
            relative_speed_m_s=float(self.relative_speed_m_s[row, k]),
            probability=None if math.isnan(probability) else probability,
            keep_out_ratio=None if math.isnan(ratio) else ratio,
            is_avoided=bool(self.is_avoided[row, k]),
        )


def burn_times(problem: AvoidanceProblem, *, half_revolutions: int = 12, per_revolution: int = 0) -> NDArray[np.int64]:
    """Return moments worth burning at: N + 1/2 revolutions before each conjunction, and an even grid if asked for.

    Half a revolution before, and any whole number more, an along-track burn opens the most radial distance per metre
    a second. Only moments that the constraints leave open are returned, and of several within a sixtieth of a
    revolution, as conjunctions of one pair in successive revolutions have them, the first.

    Parameters
    ----------
    problem : AvoidanceProblem
    half_revolutions : int
        How many of those moments per conjunction, the latest first; the earliest possible one besides.
    per_revolution : int
        Further moments, evenly over the time that is open.
    """
    constraints, period_ns = problem.constraints, problem.primary.period_s * 1e9
    before = (np.arange(half_revolutions) + 0.5) * period_ns
    times = (problem.encounters.tca_tai_ns[:, np.newaxis] - np.rint(before).astype(np.int64)).reshape(-1)
    times = np.append(times, constraints.earliest_tai_ns)
    if per_revolution:
        step = max(1, round(period_ns / per_revolution))
        times = np.append(times, np.arange(constraints.earliest_tai_ns, constraints.latest_tai_ns, step))
    open_ = (times >= constraints.earliest_tai_ns) & (times <= constraints.latest_tai_ns)
    for start, end in constraints.forbidden_tai_ns:
        open_ &= (times < start) | (times >= end)
    if problem.encounters.count:
        open_ &= times < problem.encounters.tca_tai_ns[-1]
    found = np.unique(times[open_]).astype(np.int64)
    apart = round(period_ns * _APART)
    kept: list[int] = []
    for moment in found.tolist():
        if not kept or moment - kept[-1] > apart:
            kept.append(moment)
    return np.array(kept, dtype=np.int64)


def evaluate(
    problem: AvoidanceProblem,
    reference: ReferenceFlight,
    *,
    burn_tai_ns: NDArray[np.int64],
    direction_rtn: Floats,
    delta_v_m_s: Floats,
) -> TradeSpace:
    """Evaluate candidates row by row, (n,), (n, 3), (n,); the reference reaches all burns, conjunctions and the end.

    Burns are impulses here. Displacements follow from transition matrices and are bent along the orbit; relative motion
    at an encounter is straight, which slow encounters (below some 10 m/s) are not: finalists are flown.

    References
    ----------
    NASA Spacecraft Conjunction Assessment and Collision Avoidance Best Practices Handbook, 2023, appendix on risk
    mitigation manoeuvres: trade space against all conjunctions at once.

    Validation
    ----------
    tests/unit/test_avoidance_grid.py: Clohessy-Wiltshire, and the same burns in full dynamics.
    """
    encounters = problem.encounters
    tca, end = encounters.tca_tai_ns, np.array([problem.end_tai_ns])
    moments, which = np.unique(burn_tai_ns, return_inverse=True)
    states = reference.gcrf[reference.at(moments)]
    basis = rtn_basis(states[:, :3], states[:, 3:])
    burn = np.einsum("nji,nj->ni", basis[which], direction_rtn) * delta_v_m_s[:, np.newaxis]
    matrix = reference.between(moments, np.concatenate([tca, end]))[..., 3:]

    moved = np.einsum("nkij,nj->nki", matrix[which], burn)
    mine = reference.gcrf[reference.at(tca)]
    shift = displaced_gcrf_m(moved[:, :-1, :3], mine[:, :3], mine[:, 3:])
    separation = encounters.secondary_position_gcrf_m - mine[:, :3] - shift
    speed = encounters.secondary_velocity_gcrf_m_s - mine[:, 3:] - moved[:, :-1, 3:]
    miss, delay = closest_of_straight_lines(separation, speed)

    error = problem.execution.covariance(burn / np.maximum(delta_v_m_s, 1e-300)[:, np.newaxis], delta_v_m_s)
    response = matrix[which][:, :-1, :3]
    execution = np.einsum("nkij,njl,nkml->nkim", response, error, response)
    displaced = np.concatenate([mine[:, :3] + shift, mine[:, 3:] + moved[:, :-1, 3:]], axis=-1)
    judgement = judge(
        problem,
        primary_gcrf=advanced_gcrf(displaced, delay),
        miss_gcrf_m=miss,
        speed_gcrf_m_s=speed,
        execution_gcrf_m2=execution,
    )
    last = reference.gcrf[reference.at(end)][0]
    along = np.einsum("j,nj->n", rtn_basis(last[:3], last[3:])[1], moved[:, -1, :3])
    effects = orbit_effects(states[which], burn, along_track_offset_m=along)
    return assemble(
        problem,
        burn_tai_ns=burn_tai_ns,
        direction_rtn=direction_rtn,
        delta_v_m_s=delta_v_m_s,
        delay_s=delay,
        relative_speed_m_s=np.linalg.norm(speed, axis=-1),
        judgement=judgement,
        effects=effects,
        standing=Standing.GRID,
    )


def assemble(
    problem: AvoidanceProblem,
    *,
    burn_tai_ns: NDArray[np.int64],
    direction_rtn: Floats,
    delta_v_m_s: Floats,
    delay_s: Floats,
    relative_speed_m_s: Floats,
    judgement: Judgement,
    effects: Effects,
    standing: Standing,
) -> TradeSpace:
    """Put a trade space together, with the constraints that each candidate breaks."""
    return TradeSpace(
        problem=problem,
        burn_tai_ns=burn_tai_ns,
        direction_rtn=direction_rtn,
        delta_v_m_s=delta_v_m_s,
        tca_delay_s=delay_s,
        miss_rtn_m=judgement.miss_rtn_m,
        relative_speed_m_s=relative_speed_m_s,
        probability=judgement.probability,
        keep_out_ratio=judgement.ratio,
        is_avoided=judgement.is_avoided,
        total_probability=judgement.total_probability,
        effects=effects,
        violations=find_violations(problem, burn_tai_ns=burn_tai_ns, delta_v_m_s=delta_v_m_s, effects=effects),
        standing=standing,
    )


def explore(
    problem: AvoidanceProblem,
    reference: ReferenceFlight,
    *,
    burn_tai_ns: NDArray[np.int64],
    sizes_m_s: Floats,
) -> TradeSpace:
    """Evaluate the grid: along-track burns first; all directions when none of those avoids everything.

    Parameters
    ----------
    reference : ReferenceFlight
        Flown to every burn time, every conjunction and the end of the window.
    burn_tai_ns : (t,) int64
    sizes_m_s : (s,) float64
        Above zero.
    """
    if burn_tai_ns.size == 0:
        raise InputError("no moment is open for a burn", where="constraints", remedy="widen the times allowed")
    if sizes_m_s.size == 0 or not np.all(sizes_m_s > 0.0):
        raise InputError("sizes of burns must be above zero", where="avoidance")
    space = _grid(problem, reference, burn_tai_ns, ALONG_TRACK, sizes_m_s)
    return space if space.is_avoiding.any() else _grid(problem, reference, burn_tai_ns, ALL_DIRECTIONS, sizes_m_s)


def _grid(
    problem: AvoidanceProblem, reference: ReferenceFlight, times: NDArray[np.int64], directions: Floats, sizes: Floats
) -> TradeSpace:
    t, d, s = (a.reshape(-1) for a in np.indices((times.size, directions.shape[0], sizes.size)))
    return evaluate(
        problem, reference, burn_tai_ns=times[t], direction_rtn=directions[d], delta_v_m_s=sizes[s].astype(np.float64)
    )


def _triple(vector: Floats) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
