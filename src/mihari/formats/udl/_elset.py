"""Element sets in the shape of the library's `elset`. Its units are those of the message, as ours are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats.udl._common import UdlSource, catalogue_number, header, integer, moment, number, read_header, told
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

__all__ = ["elsets_of", "read_elsets"]

_NUMBERS: Final = {
    "mean_motion_rev_day": "meanMotion",
    "eccentricity": "eccentricity",
    "inclination_deg": "inclination",
    "ra_of_asc_node_deg": "raan",
    "arg_of_pericenter_deg": "argOfPerigee",
    "mean_anomaly_deg": "meanAnomaly",
    "bstar_per_earth_radius": "bStar",
    "mean_motion_dot_rev_day2": "meanMotionDot",
    "mean_motion_ddot_rev_day3": "meanMotionDDot",
}
_OPTIONAL: Final = frozenset({"mean_motion_dot_rev_day2", "mean_motion_ddot_rev_day3"})
_SGP4_KOZAI: Final = 0


def elsets_of(sets: ElementSets, *, source: UdlSource) -> list[dict[str, Any]]:
    """Return element sets as records; epochs to the microsecond, as the library has them."""
    records = []
    for row in sets.frame.iter_rows(named=True):
        record = header(source) | {"epoch": told(row["epoch_tai_ns"]), "satNo": row["norad_cat_id"]}
        record |= {name: row[column] for column, name in _NUMBERS.items() if row[column] is not None}
        record["ephemType"] = row["ephemeris_type"] or _SGP4_KOZAI
        if row["rev_at_epoch"] is not None:
            record["revNo"] = row["rev_at_epoch"]
        records.append(record)
    return records


def read_elsets(records: Sequence[Mapping[str, Any]]) -> list[tuple[UdlSource, ElementSets]]:
    """Read records, one element set each with its source.

    Raises
    ------
    FormatError
        A needed member is missing; the set is not of SGP4 with Kozai mean motion; the object is uncorrelated.
    """
    return [(read_header(record), ElementSets(_row(record))) for record in records]


def _row(record: Mapping[str, Any]) -> pl.DataFrame:
    kind = integer(record, "ephemType") or _SGP4_KOZAI
    if kind != _SGP4_KOZAI:
        raise FormatError(f"type {kind} is not SGP4 with Kozai mean motion", where="ephemType")
    satellite = catalogue_number(record)
    if satellite is None or record.get("uct") is True:
        raise FormatError("is correlated to no object", where="satNo", remedy="an element set here has a number")
    row: dict[str, Any] = dict.fromkeys(ELEMENT_SET_SCHEMA)
    row |= {
        "norad_cat_id": satellite,
        "epoch_tai_ns": moment(record, "epoch", needed=True),
        "ephemeris_type": kind,
        "classification": "U",
        "rev_at_epoch": integer(record, "revNo"),
        "originator": record.get("origin") or record.get("source"),
    }
    row |= {column: number(record, name, needed=column not in _OPTIONAL) for column, name in _NUMBERS.items()}
    if not 0.0 <= row["eccentricity"] < 1.0 or row["mean_motion_rev_day"] <= 0.0:
        raise FormatError("is no closed orbit", where="eccentricity")
    return pl.DataFrame([row], schema=dict(ELEMENT_SET_SCHEMA))
