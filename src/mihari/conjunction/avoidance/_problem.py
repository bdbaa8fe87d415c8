"""The question that a planner answers, and how conjunctions are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis
from mihari.conjunction.avoidance._constraints import ExecutionError, Goal, MissionConstraints, Spacecraft
from mihari.conjunction.avoidance._encounters import Encounters
from mihari.conjunction.avoidance._geometry import keep_out_ratio
from mihari.conjunction.avoidance._reference import Primary
from mihari.errors import InputError

__all__ = ["AvoidanceProblem", "Judgement", "ProbabilityFunction", "judge"]

Floats = NDArray[np.float64]

ProbabilityFunction = Callable[[Floats, Floats, Floats, Floats], Floats]
"""Probability of collision from miss (m, 3) m, relative velocity (m, 3) m/s, combined covariance (m, 3, 3) m2 and
hard-body radius (m,) m, all in one frame: (m,)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AvoidanceProblem:
    """Everything that a plan depends on.

    Attributes
    ----------
    primary : Primary
    encounters : Encounters
        All conjunctions of the primary in the window.
    end_tai_ns : int
        End of the window, after the last conjunction.
    constraints : MissionConstraints
    spacecraft : Spacecraft
    execution : ExecutionError
    goal : Goal
    probability : callable
        See `ProbabilityFunction`.
    """

    primary: Primary
    encounters: Encounters
    end_tai_ns: int
    constraints: MissionConstraints
    spacecraft: Spacecraft
    execution: ExecutionError
    goal: Goal
    probability: ProbabilityFunction

    def __post_init__(self) -> None:
        if self.encounters.count and int(self.encounters.tca_tai_ns[-1]) >= self.end_tai_ns:
            raise InputError("the window ends before its last conjunction", where="avoidance")
        if self.constraints.earliest_tai_ns < self.primary.epoch_tai_ns:
            raise InputError(
                "a burn may come before the primary's state",
                where="constraints",
                remedy="give a state from before the earliest burn",
            )
        if self.constraints.latest_tai_ns > self.end_tai_ns:
            raise InputError("a burn may come after the window", where="constraints")


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Conjunctions of n candidates, (n, k, ...)."""

    miss_rtn_m: Floats
    probability: Floats
    ratio: Floats
    is_avoided: NDArray[np.bool_]
    total_probability: Floats


def judge(
    problem: AvoidanceProblem,
    *,
    primary_gcrf: Floats,
    miss_gcrf_m: Floats,
    speed_gcrf_m_s: Floats,
    execution_gcrf_m2: Floats,
) -> Judgement:
    """Judge conjunctions: by probability where there is a covariance, by volume elsewhere.

    Parameters
    ----------
    primary_gcrf : (n, k, 6)
        The primary at its closest approaches, for its axes.
    miss_gcrf_m, speed_gcrf_m_s : (n, k, 3)
    execution_gcrf_m2 : (n, k, 3, 3)
        Covariance of position that the execution error adds.
    """
    encounters, goal = problem.encounters, problem.goal
    shape = miss_gcrf_m.shape[:2]
    basis = rtn_basis(primary_gcrf[..., :3], primary_gcrf[..., 3:])
    miss = np.einsum("nkij,nkj->nki", basis, miss_gcrf_m)
    known = encounters.has_covariance
    probability, ratio = np.full(shape, np.nan), np.full(shape, np.nan)
    if known.any():
        covariance = encounters.covariance_gcrf_m2()[known] + execution_gcrf_m2[:, known]
        count = shape[0] * int(np.count_nonzero(known))
        radius = np.broadcast_to(encounters.hard_body_radius_m[known], (shape[0], int(np.count_nonzero(known))))
        found = problem.probability(
            np.ascontiguousarray(miss_gcrf_m[:, known]).reshape(count, 3),
            np.ascontiguousarray(speed_gcrf_m_s[:, known]).reshape(count, 3),
            np.ascontiguousarray(covariance).reshape(count, 3, 3),
            np.ascontiguousarray(radius).reshape(count),
        )
        probability[:, known] = np.asarray(found).reshape(shape[0], -1)
        if not np.all((probability[:, known] >= 0.0) & (probability[:, known] <= 1.0)):
            raise InputError("the probability function returned something else", where="avoidance")
    if not known.all():
        bare = ~known
        spread = np.einsum("nkij,nkjl,nkml->nkim", basis[:, bare], execution_gcrf_m2[:, bare], basis[:, bare])
        sigma = np.sqrt(np.maximum(np.diagonal(spread, axis1=-2, axis2=-1), 0.0))
        axes = encounters.keep_out_m[bare] + goal.volume_sigmas * sigma
        ratio[:, bare] = keep_out_ratio(miss[:, bare], axes)
    avoided = np.where(known, probability <= goal.probability, ratio >= 1.0)
    total = -np.expm1(np.sum(np.log1p(-np.where(known, np.minimum(probability, 1.0 - 1e-16), 0.0)), axis=1))
    return Judgement(miss, probability, ratio, avoided, np.where(known.any(), total, np.nan))
