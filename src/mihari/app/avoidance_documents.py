"""Plans as documents for `--json` and HTTP, in the units and names of the machine contract."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mihari.astro.time import format_utc
from mihari.conjunction.avoidance import Candidate, CandidateKind, EventOutcome, Standing
from mihari.units import RAD_PER_DEG

if TYPE_CHECKING:
    from mihari.app.avoid import AvoidanceAnswer
    from mihari.app.avoidance_problem import LaidConjunction

__all__ = ["avoidance_document"]

_DECIDES = "The decision is the operator's."


def avoidance_document(
    answer: AvoidanceAnswer, *, files: Mapping[int, Sequence[Path]] | None = None, plot: Path | None = None
) -> dict[str, Any]:
    """Return a plan; nothing that is not a number is written as one.

    `candidates` holds the burns, best first, then doing nothing, then what may be waited for.

    Parameters
    ----------
    answer : AvoidanceAnswer
    files : mapping, optional
        Messages written, by the place of their burn.
    plot : Path, optional
        The figure written.

    Validation
    ----------
    tests/e2e/test_cli_avoid.py.
    """
    plan, posed = answer.plan, answer.posed
    problem, space = plan.space.problem, plan.space
    primary = posed.conjunctions[0].warned.primary
    burns = [
        _candidate(answer, each, is_screened=_is_screened(answer, plan.burn_rows[place]))
        for place, each in enumerate(plan.burns)
    ]
    for place, paths in (files or {}).items():
        burns[place]["files"] = [str(path) for path in paths]
    nothing = _candidate(answer, plan.nothing, is_screened=_is_screened(answer, 0))
    waits = []
    for option, words in zip(plan.waits, answer.wait_words, strict=True):
        one = _candidate(answer, option.candidate, is_screened=False)
        one["wait_until_utc"] = _utc(option.candidate.burn_tai_ns)
        one["smallest_delta_v_m_s"] = option.smallest_delta_v_m_s
        one["smallest_delta_v_at_once_m_s"] = option.smallest_delta_v_at_once_m_s
        one["basis"] = words
        waits.append(one)
    profile = answer.question.request.profile
    return {
        "event_id": answer.event_id,
        "primary": {
            "designator": primary.designator,
            "norad_cat_id": primary.norad_cat_id,
            "name": primary.name,
            "state_message_id": posed.state_message_id,
            "assumed": list(posed.assumed),
        },
        "data_mode": posed.data_mode.value,
        "advisory": bool(answer.advisory),
        "advisory_reasons": list(answer.advisory),
        "window": {
            "start_utc": answer.coverage["start_utc"],
            "start_reason": answer.start_reason,
            "end_utc": answer.coverage["end_utc"],
        },
        "goal": {
            "profile": f"{profile.name} {profile.version}",
            "threshold": problem.goal.threshold,
            "share": problem.goal.share,
            "probability": problem.goal.probability,
        },
        "recommended": sum(each["recommended"] for each in burns),
        "conjunctions": [_conjunction(each) for each in posed.conjunctions],
        "candidates": [*burns, nothing, *waits],
        "trade_space": {
            "candidates": space.count,
            "avoiding": int(space.is_avoiding.sum()),
            "smallest_delta_v_m_s": float(space.delta_v_m_s[space.is_avoiding].min())
            if space.is_avoiding.any()
            else None,
            "figure": None if plot is None else str(plot),
        },
        "rescreening": _rescreening(answer),
        "execution_error": {
            "magnitude_m_s": problem.execution.magnitude_m_s,
            "magnitude_share": problem.execution.magnitude_share,
            "pointing_m_s": problem.execution.pointing_m_s,
            "pointing_deg": problem.execution.pointing_rad / RAD_PER_DEG,
            "default": answer.question.constraints.is_default_execution,
        },
        "constraints": _constraints(answer),
        "dynamics": plan.dynamics,
        "coverage": dict(answer.coverage),
        "decision": _DECIDES,
    }


def _is_screened(answer: AvoidanceAnswer, row: int) -> bool:
    return bool(answer.plan.rescreening.is_screened[row])


def _candidate(answer: AvoidanceAnswer, each: Candidate, *, is_screened: bool) -> dict[str, Any]:
    is_burn = each.kind is CandidateKind.BURN
    return {
        "kind": each.kind.value,
        "burn_utc": format_utc(each.burn_tai_ns, digits=3) if is_burn else None,
        "direction_rtn": list(each.direction_rtn) if is_burn else None,
        "delta_v_m_s": each.delta_v_m_s,
        "events": [
            _outcome(laid, outcome) for laid, outcome in zip(answer.posed.conjunctions, each.outcomes, strict=True)
        ],
        "rescreened": is_screened,
        "recommended": each.standing is Standing.RECOMMENDED,
        "advisory": bool(answer.advisory),
        "standing": each.standing.value,
        "violations": list(each.violations),
        "note": each.note,
        "total_probability": _number(each.total_probability),
        "station_keeping": {
            "semi_major_axis_change_m": each.effect.semi_major_axis_change_m,
            "period_change_s": each.effect.period_change_s,
            "longitude_drift_deg_day": each.effect.longitude_drift_rad_s * 86_400.0 / RAD_PER_DEG,
            "along_track_offset_m": each.effect.along_track_offset_m,
        },
        "propellant_kg": each.propellant_kg if answer.posed.is_mass_known else None,
        "burn_duration_s": each.burn_duration_s,
    }


def _outcome(laid: LaidConjunction, outcome: EventOutcome) -> dict[str, Any]:
    method = outcome.method or ("2d" if outcome.probability is not None else None)
    return {
        "event_id": laid.warned.event_id,
        "tca_utc": format_utc(outcome.tca_tai_ns, digits=3),
        "miss_distance_m": outcome.miss_distance_m,
        "miss_rtn_m": list(outcome.miss_rtn_m),
        "relative_speed_m_s": outcome.relative_speed_m_s,
        "probability": _number(outcome.probability),
        "method": method,
        "keep_out_ratio": _number(outcome.keep_out_ratio),
        "avoided": outcome.is_avoided,
    }


def _conjunction(each: LaidConjunction) -> dict[str, Any]:
    warned, radius = each.warned, each.radius
    return {
        "event_id": warned.event_id,
        "message_id": warned.message.message_id,
        "creation_utc": format_utc(warned.message.creation_tai_ns, digits=3),
        "tca_utc": format_utc(warned.message.tca_tai_ns, digits=3),
        "secondary": {
            "designator": warned.secondary.designator,
            "norad_cat_id": warned.secondary.norad_cat_id,
            "name": warned.secondary.name,
        },
        "miss_distance_m": warned.message.miss_distance_m,
        "judged_by": "volume" if each.by_volume else "probability",
        "reason": each.by_volume or None,
        "element_set": each.is_from_element_set,
        "hard_body_radius_m": None if radius is None else radius.value_m,
        "hard_body_radius_source": None if radius is None else radius.source,
        "primary_difference_m": each.primary_difference_m,
        "stale": warned.stale or None,
    }


def _rescreening(answer: AvoidanceAnswer) -> dict[str, Any]:
    found = answer.plan.rescreening
    still = found.new_of(0)
    return {
        "done": not answer.not_screened,
        "reason": answer.not_screened or None,
        "objects": found.objects_screened,
        "lost": [int(number) for number in found.lost_id],
        "volume_rtn_m": list(found.semi_axes_m),
        "start_utc": _utc(found.start_tai_ns),
        "end_utc": _utc(found.end_tai_ns),
        "passages_without_a_burn": [
            {
                "norad_cat_id": int(found.secondary_id[row]),
                "tca_utc": format_utc(int(found.tca_tai_ns[row]), digits=3),
                "miss_distance_m": float(found.miss_distance_m[row]),
                "miss_rtn_m": found.miss_rtn_m[row].tolist(),
            }
            for row in still
        ],
        "catalogue": dict(answer.catalogue) or None,
    }


def _constraints(answer: AvoidanceAnswer) -> dict[str, Any]:
    problem, given = answer.plan.space.problem, answer.question.constraints
    limits = problem.constraints
    day = 86_400.0 / RAD_PER_DEG
    return {
        "source": given.source,
        "earliest_utc": _utc(limits.earliest_tai_ns),
        "latest_utc": _utc(limits.latest_tai_ns),
        "forbidden_utc": [[_utc(start), _utc(end)] for start, end in limits.forbidden_tai_ns],
        "maximum_delta_v_m_s": _number(limits.greatest_delta_v_m_s),
        "propellant_kg": _number(limits.greatest_propellant_kg),
        "semi_major_axis_box_m": _box(limits.semi_major_axis_change_m, 1.0),
        "along_track_offset_m": _number(limits.along_track_offset_m),
        "longitude_box_deg": _box(limits.longitude_change_rad, 1.0 / RAD_PER_DEG),
        "longitude_drift_box_deg_day": _box(limits.longitude_drift_rad_s, day),
        "mass_kg": problem.spacecraft.mass_kg if answer.posed.is_mass_known else None,
        "thrust_n": _number(problem.spacecraft.thrust_n),
        "specific_impulse_s": problem.spacecraft.specific_impulse_s,
        "keep_out_rtn_m": list(given.keep_out_m),
        "screening_volume_rtn_m": list(given.screening_m),
    }


def _box(limits: tuple[float, float], unit: float) -> list[float | None] | None:
    if not any(math.isfinite(limit) for limit in limits):
        return None
    return [_number(limit * unit) for limit in limits]


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _utc(tai_ns: int) -> str:
    return format_utc(tai_ns, digits=0)
