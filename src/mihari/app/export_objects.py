"""Documents of one object, its way, its distance from another, and of the geosynchronous belt."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.app.export import screening_frame_edge, where_document
from mihari.app.geo import GeoAnswer
from mihari.app.moment import Moment
from mihari.app.object_card import ObjectCard, ObjectTrack, PairRange
from mihari.astro.time import format_utc, format_utc_array
from mihari.model.conjunction import ScreeningResult
from mihari.model.provenance import DataMode
from mihari.picture import DRIFTING_FROM_RAD_S, orbits_of, validity_s
from mihari.units import RAD_PER_DEG

__all__ = ["card_document", "geo_frame_edge", "geo_head", "range_document", "track_document"]

_HISTORY: Final = 30
_APPROACHES: Final = 200
_KM: Final = 1e-3
_ELEMENTS: Final = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
    "mean_motion_dot_rev_day2",
    "element_set_no",
    "rev_at_epoch",
    "classification",
)
_FACTS: Final = ("ops_status", "launch_date_utc", "decay_date_utc", "rcs_m2", "size")
_PROVENANCE: Final = ("source", "origin", "method", "label", "licence", "derived_from")
_SERIES_DIGITS: Final = 4
"""A ten-thousandth of a degree is 70 m at GEO: below what a public set of that kind knows."""


def _plain(value: float) -> float | None:
    return None if not np.isfinite(value) else float(value)


def _list(values: NDArray[np.float64]) -> list[float | None]:
    return [value if value == value else None for value in values.tolist()]


def card_document(card: ObjectCard, *, moment: Moment, as_of_tai_ns: int) -> dict[str, Any]:
    """Return everything of one object as a document."""
    state = where_document(card.picture, as_of_tai_ns=as_of_tai_ns, moment_reason=moment.reason)
    chosen = card.elements.frame.row(0, named=True)
    orbit = orbits_of(card.elements)
    covered_s = float(validity_s(orbit)[0])
    facts = card.facts.frame.row(0, named=True) if len(card.facts) else {}
    learned = chosen.get("learned_tai_ns")
    return {
        "object": state["object"],
        "object_type": state["object_type"],
        "object_type_inferred": state["object_type_inferred"],
        "owner": state["owner"],
        "facts": {name: facts.get(name) for name in _FACTS},
        "state": state,
        "elements": {
            "epoch_utc": format_utc(chosen["epoch_tai_ns"]),
            **{name: chosen[name] for name in _ELEMENTS},
            "theory": "SGP4 mean elements, WGS-72, TEME of date",
        },
        "orbit": {
            "regime": state["regime"],
            "perigee_km": _plain(orbit.perigee_altitude_m[0] * _KM),
            "apogee_km": _plain(orbit.apogee_altitude_m[0] * _KM),
            "inclination_deg": chosen["inclination_deg"],
            "period_min": _plain(orbit.period_s[0] / 60.0),
            "semi_major_axis_km": _plain(orbit.semi_major_axis_m[0] * _KM),
        },
        "covered_until_utc": format_utc(chosen["epoch_tai_ns"] + round(covered_s * 1e9)) if covered_s > 0 else None,
        "history": _history(card),
        "history_total": len(card.history),
        "approaches": _approaches(card),
        "provenance": {
            **{name: chosen.get(name) or None for name in _PROVENANCE},
            "learned_utc": None if learned is None else format_utc(learned),
        },
        "data_mode": state["data_mode"],
    }


def _history(card: ObjectCard) -> list[dict[str, Any]]:
    """The last few sets, newest epoch first."""
    recent = card.history.frame.reverse().head(_HISTORY)
    used = card.elements.frame["epoch_tai_ns"][0]
    orbits = orbits_of(type(card.history)(recent))
    return [
        {
            "epoch_utc": format_utc(row["epoch_tai_ns"]),
            "learned_utc": None if row.get("learned_tai_ns") is None else format_utc(row["learned_tai_ns"]),
            "source": row.get("source"),
            "element_set_no": row["element_set_no"],
            "perigee_km": _plain(orbits.perigee_altitude_m[place] * _KM),
            "apogee_km": _plain(orbits.apogee_altitude_m[place] * _KM),
            "inclination_deg": row["inclination_deg"],
            "mean_motion_rev_day": row["mean_motion_rev_day"],
            "used": row["epoch_tai_ns"] == used,
        }
        for place, row in enumerate(recent.iter_rows(named=True))
    ]


def _approaches(card: ObjectCard) -> dict[str, Any] | None:
    """Close approaches of the newest screening, and whether the object was screened at all; None without a run."""
    if card.run is None:
        return None
    coverage = card.run.result.coverage
    number = int(card.elements.frame["norad_cat_id"][0])
    missed = next((each.reason for each in coverage.unscreened if each.norad_cat_id == number), None)
    edge = screening_frame_edge(ScreeningResult(coverage, card.approaches.head(_APPROACHES)))
    rows = []
    for row in edge.iter_rows(named=True):
        other = row["norad_cat_id_2"] if row["norad_cat_id_1"] == number else row["norad_cat_id_1"]
        rows.append({**row, "other_norad_cat_id": other, "other_name": card.names.get(other)})
    return {
        "run_id": card.run.run_id,
        "start_utc": format_utc(coverage.start_tai_ns),
        "end_utc": format_utc(coverage.end_tai_ns),
        "volume": dict(coverage.volume),
        "unscreened_reason": missed,
        "total": card.approaches.height,
        "rows": rows,
    }


def track_document(answer: ObjectTrack, *, data_mode: DataMode) -> dict[str, Any]:
    """Return the way of one object as a document; rows without a state are null but for their moment."""
    track = answer.track
    good = np.asarray(np.isfinite(track.states.position_m).all(axis=-1))
    columns = zip(
        format_utc_array(track.states.epoch_tai_ns).tolist(),
        good.tolist(),
        (track.states.position_m * _KM).tolist(),
        (track.states.velocity_m_s * _KM).tolist(),
        _list(track.latitude_rad / RAD_PER_DEG),
        _list(track.longitude_rad / RAD_PER_DEG),
        _list(track.altitude_m * _KM),
        strict=True,
    )
    return {
        "norad_cat_id": answer.norad_cat_id,
        "data_mode": data_mode.value,
        "frame": track.states.frame.value,
        "element_set_epoch_utc": format_utc(answer.elements.frame["epoch_tai_ns"][0]),
        "rows": [
            {
                "utc": utc,
                "position_km": position if has_state else None,
                "velocity_km_s": velocity if has_state else None,
                "latitude_deg": latitude,
                "longitude_deg": longitude,
                "altitude_km": altitude,
            }
            for utc, has_state, position, velocity, latitude, longitude, altitude in columns
        ],
    }


def range_document(answer: PairRange, *, data_mode: DataMode) -> dict[str, Any]:
    """Return the distance of two objects as a document."""
    separation = answer.separation
    good = np.isfinite(separation.range_m)
    closest = int(np.argmin(np.where(good, separation.range_m, np.inf))) if good.any() else None
    utc = format_utc_array(separation.times_tai_ns).tolist()
    ranges, speeds = _list(separation.range_m * _KM), _list(separation.relative_speed_m_s * _KM)
    frame = answer.elements.frame
    return {
        "norad_cat_ids": frame["norad_cat_id"].to_list(),
        "data_mode": data_mode.value,
        "element_set_epochs_utc": format_utc_array(frame["epoch_tai_ns"].to_numpy()).tolist(),
        "closest": None
        if closest is None
        else {
            "utc": utc[closest],
            "range_km": ranges[closest],
            "note": "the least of the rows, no minimum between them: ask the screening for close approaches",
        },
        "rows": [
            {"utc": moment, "range_km": distance, "relative_speed_km_s": speed}
            for moment, distance, speed in zip(utc, ranges, speeds, strict=True)
        ],
    }


def geo_head(answer: GeoAnswer, *, moment: Moment, data_mode: DataMode) -> dict[str, Any]:
    """Return what stands over the rows of the belt."""
    return {
        "data_mode": data_mode.value,
        "catalogue_version": answer.catalogue_version,
        "epoch_utc": format_utc(moment.at_tai_ns),
        "epoch_reason": moment.reason,
        "drifting_from_deg_day": round(DRIFTING_FROM_RAD_S / RAD_PER_DEG * 86_400.0, 9),
        "counts": {
            "geo": answer.belt.objects.height,
            "shown": answer.rows.height,
            "without_state": answer.belt.without_state,
            "drifting": int(answer.belt.objects["drifting"].sum()),
            "inclined_left_out": answer.belt.inclined,
        },
        "series_utc": format_utc_array(answer.times_tai_ns).tolist(),
        "series_note": "each from the one element set that stands at the moment, also before its epoch",
    }


def geo_frame_edge(answer: GeoAnswer, *, at_tai_ns: int) -> pl.DataFrame:
    """Return the rows of the belt in degrees, degrees a day and kilometres."""
    rows = answer.rows

    def scaled(name: str, column: str, by: float) -> pl.Series:
        return pl.Series(name, rows[column].to_numpy() / by, nan_to_null=True)

    series = np.round(answer.series_rad / RAD_PER_DEG, _SERIES_DIGITS)
    return rows.select(
        "norad_cat_id",
        "object_name",
        "object_type",
        "owner",
        scaled("longitude_deg", "longitude_rad", RAD_PER_DEG),
        scaled("latitude_deg", "latitude_rad", RAD_PER_DEG),
        scaled("altitude_km", "altitude_m", 1e3),
        scaled("drift_deg_day", "drift_rad_s", RAD_PER_DEG / 86_400.0),
        "drifting",
        scaled("inclination_deg", "inclination_rad", RAD_PER_DEG),
        "eccentricity",
        pl.Series("age_days", (at_tai_ns - rows["epoch_tai_ns"].to_numpy()) / 86_400e9),
        pl.col("near_0_1").alias("neighbours_0_1_deg"),
        pl.col("near_0_5").alias("neighbours_0_5_deg"),
        pl.col("nearest_id").alias("nearest_norad_cat_id"),
        scaled("nearest_separation_deg", "nearest_rad", RAD_PER_DEG),
        "source",
        pl.Series("series_deg", [_list(line) for line in series], dtype=pl.List(pl.Float64)),
    )
