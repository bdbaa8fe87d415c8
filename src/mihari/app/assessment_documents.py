"""Assessments as documents for `--json`, HTTP and the store, in the units and names of the machine contract."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mihari.astro.time import format_utc
from mihari.model.assessment import Assessment, Bound, Consequence, EncounterGeometry, MethodResult, ObjectAssessment

if TYPE_CHECKING:
    import polars as pl

    from mihari.app.events import EventFile

__all__ = ["assessment_document", "batch_document", "event_document", "events_document"]


def assessment_document(assessment: Assessment, *, coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Return one assessment; nothing that is not a number is written as one.

    Parameters
    ----------
    coverage : mapping
        What was looked at and what was not, without which no assessment is told.
    """
    radius = assessment.hard_body_radius
    return {
        "event_id": assessment.event_id,
        "message_id": assessment.message_id,
        "creation_utc": format_utc(assessment.creation_tai_ns, digits=3),
        "data_mode": assessment.data_mode.value,
        "advisory": assessment.advisory,
        "action_level": assessment.action_level.value,
        "action_reason": assessment.level_reason,
        "profile": assessment.profile,
        "stale": assessment.stale_reason or None,
        "tca_utc": format_utc(assessment.tca_tai_ns, digits=6),
        "miss_distance_m": _number(assessment.geometry.miss_distance_m),
        "relative_speed_m_s": _number(assessment.geometry.relative_speed_m_s),
        "hard_body_radius_m": None if radius is None else radius.value_m,
        "hard_body_radius": None
        if radius is None
        else {
            "value_m": radius.value_m,
            "sigma_m": radius.sigma_m,
            "source": radius.source,
            "is_default": radius.is_default,
        },
        "probability": _number(assessment.probability),
        "method": assessment.method,
        "methods": _methods(assessment.methods),
        "probability_shared_error_removed": _number(assessment.probability_shared_error_removed),
        "methods_shared_error_removed": _methods(assessment.methods_shared_error_removed),
        "maximum_probability": None if assessment.maximum is None else _number(assessment.maximum.value),
        "maximum": _bound(assessment.maximum),
        "dilution": assessment.is_diluted,
        "flags": list(assessment.flags),
        "geometry": _geometry(assessment.geometry),
        "objects": [_object(each) for each in assessment.objects],
        "consequence": _consequence(assessment.consequence),
        "message_probability": _number(assessment.message_probability),
        "message_method": assessment.message_method or None,
        "latest_decision_utc": None
        if assessment.latest_decision_tai_ns is None
        else format_utc(assessment.latest_decision_tai_ns, digits=0),
        "not_understood": [{"name": name, "value": value} for name, value in assessment.kept],
        "coverage": dict(coverage),
    }


def batch_document(documents: Sequence[Mapping[str, Any]], *, coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Return several assessments under one coverage statement."""
    return {"assessments": list(documents), "coverage": dict(coverage)}


def events_document(table: pl.DataFrame) -> dict[str, Any]:
    """Return the newest assessment of every event, what needs a person first, as `events_table` sorts them."""
    return {
        "events": [
            {**_history_row(row), "event_id": row["event_id"], "updates": row["updates"], "stale": row["stale"] or None}
            for row in table.iter_rows(named=True)
        ],
        "coverage": {"scope": "events that kept messages tell of, and no others", "events": table.height},
    }


def event_document(event: EventFile) -> dict[str, Any]:
    """Return everything that the node knows of one event."""
    return {
        "event_id": event.event_id,
        "stale": event.stale or None,
        "assessment": dict(event.assessment),
        "history": [{**_history_row(row), "moved_by": row["moved_by"]} for row in event.history.iter_rows(named=True)],
        "records": [
            {
                "kind": row["kind"],
                "author": row["author"],
                "text": row["text"],
                "written_utc": format_utc(row["written_tai_ns"], digits=0),
                "message_id": row["message_id"],
            }
            for row in event.records.iter_rows(named=True)
        ],
    }


def _history_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "message_id": row["message_id"],
        "creation_utc": format_utc(row["creation_tai_ns"], digits=3),
        "tca_utc": format_utc(row["tca_tai_ns"], digits=6),
        "objects": [row["designator_1"], row["designator_2"]],
        "miss_distance_m": _number(row["miss_distance_m"]),
        "relative_speed_m_s": _number(row["relative_speed_m_s"]),
        "miss_rtn_m": [_number(row[name]) for name in ("radial_m", "transverse_m", "normal_m")],
        "sigma_rtn_m": [_number(row[name]) for name in ("radial_sigma_m", "transverse_sigma_m", "normal_sigma_m")],
        "probability": _number(row["probability"]),
        "maximum_probability": _number(row["maximum_probability"]),
        "method": row["probability_method"],
        "action_level": row["action_level"],
        "profile": row["profile"],
        "data_mode": row["data_mode"],
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _methods(methods: Sequence[MethodResult]) -> dict[str, Any]:
    return {
        each.name: {
            "value": _number(each.value),
            "interval": None if each.interval is None else list(each.interval),
            "trusted": each.trusted,
            "reason": each.reason,
        }
        for each in methods
    }


def _bound(bound: Bound | None) -> dict[str, Any] | None:
    if bound is None:
        return None
    return {"value": _number(bound.value), "covariance_scale": _number(bound.scale), "meaning": bound.words}


def _geometry(geometry: EncounterGeometry) -> dict[str, Any]:
    return {
        "miss_rtn_m": list(geometry.miss_rtn_m),
        "sigma_rtn_m": None if geometry.sigma_rtn_m is None else list(geometry.sigma_rtn_m),
        "approach_angle_deg": math.degrees(geometry.approach_angle_rad),
        "plane_covariance_m2": None
        if geometry.plane_covariance_m2 is None
        else [list(row) for row in geometry.plane_covariance_m2],
        "mahalanobis_distance": _number(geometry.mahalanobis),
        "altitude_km": geometry.altitude_m / 1e3,
    }


def _object(each: ObjectAssessment) -> dict[str, Any]:
    seen = each.last_observation_tai_ns
    return {
        "designator": each.designator,
        "norad_cat_id": each.norad_cat_id,
        "name": each.name,
        "object_type": each.object_type,
        "state_source": each.state_source.value,
        "sigma_rtn_m": None if each.sigma_rtn_m is None else list(each.sigma_rtn_m),
        "covariance_flags": list(each.covariance_flags),
        "orbit_quality": {"grade": _number(each.quality.grade), "reasons": list(each.quality.reasons)},
        "mass_kg": each.mass_kg,
        "maneuverable": each.maneuverable,
        "operator": each.operator or None,
        "contact": each.contact or None,
        "ephemeris": each.ephemeris or None,
        "last_observation_utc": None if seen is None else format_utc(seen, digits=0),
    }


def _consequence(consequence: Consequence | None) -> dict[str, Any] | None:
    if consequence is None:
        return None
    return {
        "catastrophic": consequence.is_catastrophic,
        "fragments_above_10_cm": consequence.fragments_above_10_cm,
        "mass_source": consequence.mass_source,
        "model": consequence.model,
    }
