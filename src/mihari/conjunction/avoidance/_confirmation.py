"""The probabilities of a plan: the 2-D integral for the many, the ladder of methods for those to be recommended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame
from mihari.conjunction.avoidance._plan import AvoidancePlan
from mihari.conjunction.avoidance._records import Candidate, EventOutcome, Standing
from mihari.conjunction.probability import (
    LadderOptions,
    LadderResult,
    ObjectEstimate,
    circle_probability,
    encounter_plane,
    move_to_closest_approach,
    probability_ladder,
)
from mihari.errors import InputError
from mihari.model.assessment import HardBodyRadius

__all__ = ["confirm_by_ladder", "probability_in_plane"]

Floats = NDArray[np.float64]


def probability_in_plane(
    miss_gcrf_m: Floats, speed_gcrf_m_s: Floats, covariance_gcrf_m2: Floats, radius_m: Floats
) -> Floats:
    """Return the 2-D probability of many encounters; a `ProbabilityFunction`.

    Parameters
    ----------
    miss_gcrf_m, speed_gcrf_m_s : (m, 3) float64
    covariance_gcrf_m2 : (m, 3, 3) float64
        Combined.
    radius_m : (m,) float64

    Validation
    ----------
    tests/unit/test_avoidance_confirmation.py: integration of its own; tests/validation/test_probability_circle.py.
    """
    plane = encounter_plane(move_to_closest_approach(miss_gcrf_m, speed_gcrf_m_s), covariance_gcrf_m2)
    return circle_probability(plane.miss_m, plane.covariance_m2, radius_m).probability


def confirm_by_ladder(
    plan: AvoidancePlan,
    *,
    primary_covariance_gcrf: Floats,
    secondary_covariance_gcrf: Floats,
    options: LadderOptions | None = None,
) -> AvoidancePlan:
    """Climb the ladder for every conjunction with a covariance of every candidate that would be recommended.

    The 2-D method assumes a short, straight encounter. Where it cannot be trusted after a burn, a higher rung answers;
    where none can, the candidate is no longer recommended. Where doing nothing is, no burn is.

    Parameters
    ----------
    primary_covariance_gcrf, secondary_covariance_gcrf : (k, 6, 6) float64
        At the conjunctions, m and m/s, without a burn. What the execution error adds comes from the transition
        matrices.
    options : LadderOptions, optional

    Returns
    -------
    AvoidancePlan
        With the ladder's probabilities and methods; recommended burns first, the others after them in their order.

    References
    ----------
    Hall, Baars, Casali, "A multistep probability of collision algorithm", AAS 23-398, 2023.

    Validation
    ----------
    tests/unit/test_avoidance_confirmation.py.
    """
    count = plan.space.problem.encounters.count
    for name, matrix in (("primary", primary_covariance_gcrf), ("secondary", secondary_covariance_gcrf)):
        if matrix.shape != (count, 6, 6):
            raise InputError(f"the {name} covariances have shape {matrix.shape}", remedy=f"give ({count}, 6, 6)")
    parts = (primary_covariance_gcrf, secondary_covariance_gcrf, options or LadderOptions())
    nothing = _confirmed(plan, plan.nothing, 0, *parts)
    burns = [_confirmed(plan, burn, row, *parts) for burn, row in zip(plan.burns, plan.burn_rows, strict=True)]
    if nothing.standing is Standing.RECOMMENDED:
        burns = [
            replace(burn, standing=Standing.NOT_NEEDED) if burn.standing is Standing.RECOMMENDED else burn
            for burn in burns
        ]
    order = sorted(range(len(burns)), key=lambda place: burns[place].standing is not Standing.RECOMMENDED)
    return replace(
        plan,
        nothing=nothing,
        burns=tuple(burns[place] for place in order),
        burn_rows=tuple(plan.burn_rows[place] for place in order),
    )


def _confirmed(
    plan: AvoidancePlan, candidate: Candidate, row: int, primary: Floats, secondary: Floats, options: LadderOptions
) -> Candidate:
    if candidate.standing is not Standing.RECOMMENDED:
        return candidate
    problem = plan.space.problem
    added = _execution(plan, row)
    outcomes: list[EventOutcome] = []
    words: list[str] = []
    is_trusted = True
    for k, outcome in enumerate(candidate.outcomes):
        if outcome.probability is None:
            outcomes.append(outcome)
            continue
        found = _climb(plan, row, k, primary[k] + added[k], secondary[k], options)
        if found.probability is None or found.method is None:
            is_trusted = False
            words.append(f"{outcome.secondary_id}: {found.reason}")
            outcomes.append(outcome)
            continue
        avoided = found.probability <= problem.goal.probability
        if not avoided:
            words.append(f"{outcome.secondary_id}: {found.method.value} gives {found.probability:.1e}, above the goal")
        outcomes.append(replace(outcome, probability=found.probability, is_avoided=avoided, method=found.method.value))
    standing: Standing = candidate.standing
    if not is_trusted:
        standing = Standing.NOT_CONFIRMED
    elif not all(outcome.is_avoided for outcome in outcomes):
        standing = Standing.NOT_AVOIDING
    known = np.array([each.probability for each in outcomes if each.probability is not None])
    return replace(
        candidate,
        standing=standing,
        outcomes=tuple(outcomes),
        total_probability=float(-np.expm1(np.sum(np.log1p(-np.minimum(known, 1.0 - 1e-16))))) if known.size else None,
        note="; ".join(text for text in (candidate.note, *words) if text),
    )


def _climb(
    plan: AvoidancePlan, row: int, k: int, primary: Floats, secondary: Floats, options: LadderOptions
) -> LadderResult:
    mine = plan.flown.primary_gcrf[row, k]
    other = mine + plan.flown.relative_gcrf[row, k]
    first, second = (
        ObjectEstimate(
            frame=Frame.GCRF,
            position_m=state[:3],
            velocity_m_s=state[3:],
            covariance=0.5 * (covariance + covariance.T),
            covariance_frame=Frame.GCRF,
        )
        for state, covariance in ((mine, primary), (other, secondary))
    )
    radius = float(plan.space.problem.encounters.hard_body_radius_m[k])
    return probability_ladder(first, second, HardBodyRadius(value_m=radius, source="the conjunction"), options=options)


def _execution(plan: AvoidancePlan, row: int) -> Floats:
    """What the execution error adds to the primary's covariance at each conjunction, (k, 6, 6)."""
    space, reference = plan.flown.space, plan.reference
    problem = space.problem
    moment = space.burn_tai_ns[row : row + 1]
    state = reference.gcrf[reference.at(moment)]
    direction = np.einsum("nji,nj->ni", rtn_basis(state[:, :3], state[:, 3:]), space.direction_rtn[row : row + 1])
    error = problem.execution.covariance(direction, space.delta_v_m_s[row : row + 1])[0]
    response = reference.between(moment, problem.encounters.tca_tai_ns)[0][:, :, 3:]
    return np.asarray(response @ error @ np.swapaxes(response, -1, -2))
