"""Assessments as documents for `--json`, HTTP and the store, in the units and names of the machine contract."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mihari.astro.time import format_utc
from mihari.model.assessment import (
    Assessment,
    Bound,
    Consequence,
    DensitySensitivity,
    EncounterGeometry,
    MethodResult,
    NextTracking,
    ObjectAssessment,
    Sensitivity,
)

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
        "trackings_expected_before_decision": list(assessment.trackings_before_decision),
        "sensitivity": _sensitivity(assessment.sensitivity),
        "dilution_curve": _dilution_curve(assessment.sensitivity),
        "density_sensitivity": _density(assessment.density_sensitivity),
        "coordination": None
        if assessment.coordination is None
        else {"text": assessment.coordination.text, "source": assessment.coordination.source},
        "not_understood": [{"name": name, "value": value} for name, value in assessment.kept],
        "coverage": dict(coverage),
    }


def batch_document(documents: Sequence[Mapping[str, Any]], *, coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Return several assessments under one coverage statement."""
    return {"assessments": list(documents), "coverage": dict(coverage)}


def events_document(table: pl.DataFrame) -> dict[str, Any]:
    """Return the newest assessment of every event, what needs a person first, as `events_table` sorts them."""
    return {
        "events": [_event_row(row) for row in table.iter_rows(named=True)],
        "coverage": {"scope": "events that kept messages tell of, and no others", "events": table.height},
    }


def _event_row(row: Mapping[str, Any]) -> dict[str, Any]:
    seen = [row["last_observation_1_tai_ns"], row["last_observation_2_tai_ns"]]
    return {
        **_history_row(row),
        "event_id": row["event_id"],
        "updates": row["updates"],
        "stale": row["stale"] or None,
        "norad_cat_ids": [row["norad_cat_id_1"], row["norad_cat_id_2"]],
        "names": [row["name_1"], row["name_2"]],
        "maneuverable": [row["maneuverable_1"], row["maneuverable_2"]],
        "last_observations_utc": [None if each is None else format_utc(each, digits=0) for each in seen],
        "previous_probability": _number(row["previous_probability"]),
        "previous_maximum_probability": _number(row["previous_maximum_probability"]),
    }


def event_document(event: EventFile) -> dict[str, Any]:
    """Return everything that the node knows of one event."""
    return {
        "event_id": event.event_id,
        "stale": event.stale or None,
        "assessment": _with_tracking(event),
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


def _with_tracking(event: EventFile) -> dict[str, Any]:
    """The newest assessment with what the history adds: tracking since the update before, and when to expect more."""
    objects = []
    for each, tracking, words in zip(
        event.assessment["objects"], event.next_tracking, event.tracking_since_update, strict=True
    ):
        # The message's own estimate rests on more tracks than a handful of updates.
        known = {} if each.get("expected_next_tracking_utc") else tracking_fields(tracking)
        objects.append({**each, **known, "tracking_since_update": words})
    return {**event.assessment, "objects": objects}


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
        "observations_used": each.observations_used,
        "tracks_used": each.tracks_used,
        **tracking_fields(each.next_tracking),
    }


def tracking_fields(tracking: NextTracking | None) -> dict[str, Any]:
    """Return when an object is likely to be tracked next, and how that is known."""
    if tracking is None:
        return {"expected_next_tracking_utc": None, "expected_next_tracking_basis": None}
    return {
        "expected_next_tracking_utc": format_utc(tracking.expected_tai_ns, digits=0),
        "expected_next_tracking_basis": tracking.basis,
    }


def _sensitivity(found: Sensitivity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "method": "2d",
        "radius_m": list(found.radius_m),
        "probability_by_radius": list(found.probability_by_radius),
        "scale_1": list(found.scale),
        "scale_2": list(found.scale),
        "probability_by_scale": [list(row) for row in found.probability_by_scale],
        "mean_probability_over_radius": found.mean_probability,
    }


def _dilution_curve(found: Sensitivity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"method": "2d", "scale": list(found.dilution_scale), "probability": list(found.dilution_probability)}


def _density(found: DensitySensitivity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "class": found.name.value,
        "greatest_probability": _number(found.greatest_probability),
        "at_density_error": found.density_error,
        "forecast_sigma": found.forecast_sigma,
        "basis": found.basis,
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
