"""Element sets of any origin: the limits that hold for all, and the table they end in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.formats._epoch import EPOCH_SPAN_TEXT, epoch_in_span
from mihari.formats._rejections import RejectionLog
from mihari.ids import MAX_NORAD_CAT_ID
from mihari.model.orbit import ELEMENT_SET_SCHEMA

__all__ = ["KEYWORDS", "SGP4_XP", "element_frame", "keep_sound_rows"]

KEYWORDS: Final[Mapping[str, str]] = {
    "norad_cat_id": "NORAD_CAT_ID",
    "object_name": "OBJECT_NAME",
    "object_id": "OBJECT_ID",
    "epoch_tai_ns": "EPOCH",
    "mean_motion_rev_day": "MEAN_MOTION",
    "eccentricity": "ECCENTRICITY",
    "inclination_deg": "INCLINATION",
    "ra_of_asc_node_deg": "RA_OF_ASC_NODE",
    "arg_of_pericenter_deg": "ARG_OF_PERICENTER",
    "mean_anomaly_deg": "MEAN_ANOMALY",
    "bstar_per_earth_radius": "BSTAR",
    "mean_motion_dot_rev_day2": "MEAN_MOTION_DOT",
    "mean_motion_ddot_rev_day3": "MEAN_MOTION_DDOT",
    "ephemeris_type": "EPHEMERIS_TYPE",
    "classification": "CLASSIFICATION_TYPE",
    "element_set_no": "ELEMENT_SET_NO",
    "rev_at_epoch": "REV_AT_EPOCH",
    "creation_tai_ns": "CREATION_DATE",
    "originator": "ORIGINATOR",
}
"""Columns of `ELEMENT_SET_SCHEMA` and the CCSDS keywords that name them in messages to people."""

_Array = NDArray[Any]
_Check = tuple[str, Callable[[_Array], NDArray[np.bool_]], str]


def _angle_is_sound(angle_deg: _Array) -> NDArray[np.bool_]:
    return np.asarray(np.abs(angle_deg) <= 360.0)


# Comparisons are false for NaN, so a number that is none never passes.
_CHECKS: Final[tuple[_Check, ...]] = (
    (
        "norad_cat_id",
        lambda number: np.asarray((number >= 1) & (number <= MAX_NORAD_CAT_ID)),
        "is outside 1 to 999999999",
    ),
    ("epoch_tai_ns", epoch_in_span, f"is outside {EPOCH_SPAN_TEXT}"),
    ("mean_motion_rev_day", lambda rate: np.asarray((rate > 0.0) & np.isfinite(rate)), "must be positive and finite"),
    ("eccentricity", lambda e: np.asarray((e >= 0.0) & (e < 1.0)), "must lie in 0 to 1, 1 excluded"),
    ("inclination_deg", lambda i: np.asarray((i >= 0.0) & (i <= 180.0)), "must lie in 0 to 180 degrees"),
    ("ra_of_asc_node_deg", _angle_is_sound, "must lie within 360 degrees"),
    ("arg_of_pericenter_deg", _angle_is_sound, "must lie within 360 degrees"),
    ("mean_anomaly_deg", _angle_is_sound, "must lie within 360 degrees"),
    ("bstar_per_earth_radius", np.isfinite, "must be finite"),
)
SGP4_XP: Final = 4
"""EPHEMERIS_TYPE of element sets that only the extended theory may interpret."""
_OPTIONAL_FINITE: Final = ("mean_motion_dot_rev_day2", "mean_motion_ddot_rev_day3")


def keep_sound_rows(
    columns: Mapping[str, _Array],
    *,
    line_of: Callable[[str, int], int | None],
    log: RejectionLog,
    already_bad: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Find the rows whose numbers an element set can have; note the others with their first fault.

    Parameters
    ----------
    columns : mapping of arrays
        The required columns of `ELEMENT_SET_SCHEMA`, and the optional derivatives and type if present. A missing
        derivative is NaN there and passes; everything else must be a number.
    line_of : callable
        Line or record number of a column's value in a row.
    already_bad : bool array, optional
        Rows that were rejected before and are not looked at.

    Returns
    -------
    bool array
    """
    size = len(columns["norad_cat_id"])
    sound = np.ones(size, dtype=np.bool_) if already_bad is None else ~already_bad
    for name, is_sound, reason in _CHECKS:
        values = columns[name]
        bad = np.flatnonzero(sound & ~is_sound(values))
        for row in bad.tolist():
            value = "" if name == "epoch_tai_ns" else f"{values[row]} "
            log.add(line_of(name, row), KEYWORDS[name], value + reason)
        sound[bad] = False
    for name in _OPTIONAL_FINITE:
        if name not in columns:
            continue
        bad = np.flatnonzero(sound & np.isinf(columns[name]))
        for row in bad.tolist():
            log.add(line_of(name, row), KEYWORDS[name], "must be finite")
        sound[bad] = False
    kind = columns.get("ephemeris_type")
    if kind is not None:
        bad = np.flatnonzero(sound & (np.asarray(kind) == SGP4_XP))
        for row in bad.tolist():
            reason = "4 is SGP4-XP, which is not SGP4 and would be kilometres off under it"
            log.add(line_of("ephemeris_type", row), KEYWORDS["ephemeris_type"], reason)
        sound[bad] = False
    return sound


def element_frame(columns: Mapping[str, Any], *, size: int) -> pl.DataFrame:
    """Build the table of `ELEMENT_SET_SCHEMA` from arrays; columns that are not given are null."""
    series = []
    for name, dtype in ELEMENT_SET_SCHEMA.items():
        values = columns.get(name)
        if values is None:
            series.append(pl.Series(name, [None], dtype=dtype).new_from_index(0, size))
        elif isinstance(values, pl.Series):
            series.append(values.cast(dtype).alias(name))
        else:
            series.append(pl.Series(name, values).cast(dtype))
    return pl.DataFrame(series)
