"""What SATCATs and OMM rows say of an object beyond its orbit: type, owner, size, dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from mihari.model.space_object import SPACE_OBJECT_SCHEMA

__all__ = ["OBJECT_KEYWORDS", "OBJECT_TYPES", "object_frame"]

OBJECT_TYPES: Final[Mapping[str, str]] = {
    "PAY": "PAYLOAD",
    "PAYLOAD": "PAYLOAD",
    "R/B": "ROCKET BODY",
    "ROCKET BODY": "ROCKET BODY",
    "DEB": "DEBRIS",
    "DEBRIS": "DEBRIS",
    "UNK": "UNKNOWN",
    "UNKNOWN": "UNKNOWN",
    "TBA": "UNKNOWN",
    "OTHER": "UNKNOWN",
}
"""CelesTrak's and Space-Track's words for the types; anything else that is given is UNKNOWN."""

OBJECT_KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "object_name": ("OBJECT_NAME", "SATNAME", "NAME"),
    "object_id": ("OBJECT_ID", "INTLDES", "COSPAR_ID"),
    "object_type": ("OBJECT_TYPE",),
    "owner": ("OWNER", "COUNTRY_CODE", "COUNTRY"),
    "ops_status": ("OPS_STATUS_CODE", "OPS_CODE"),
    "launch_date_utc": ("LAUNCH_DATE", "LAUNCH"),
    "decay_date_utc": ("DECAY_DATE", "DECAY"),
    "rcs_m2": ("RCS", "RCSVALUE", "RCS_M2"),
    "size": ("RCS_SIZE",),
}
_TELLING: Final = ("object_type", "owner", "ops_status", "launch_date_utc", "decay_date_utc", "rcs_m2", "size")


def object_frame(table: pl.DataFrame, norad_cat_id: pl.Series) -> pl.DataFrame:
    """Take what a table of upper-case keywords says of objects; rows that say nothing beyond a name are left out.

    Returns
    -------
    DataFrame
        Columns of `SPACE_OBJECT_SCHEMA`, one row per object: the last that speaks of it.
    """
    columns: dict[str, pl.Series] = {"norad_cat_id": norad_cat_id.cast(pl.Int32)}
    for name, keywords in OBJECT_KEYWORDS.items():
        given = [table[keyword] for keyword in keywords if keyword in table.columns]
        columns[name] = _take(name, given, table.height)
    frame = pl.DataFrame([columns[name].alias(name) for name in SPACE_OBJECT_SCHEMA])
    telling = frame.select(pl.any_horizontal(pl.col(name).is_not_null() for name in _TELLING)).to_series()
    return frame.filter(telling).unique("norad_cat_id", keep="last", maintain_order=True)


def _take(name: str, given: list[pl.Series], size: int) -> pl.Series:
    dtype: Any = SPACE_OBJECT_SCHEMA[name]
    if not given:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, size)
    if name == "rcs_m2":
        rcs = given[0].cast(pl.Float64, strict=False)
        # Space-Track prints 0 where it no longer tells the value.
        return rcs.set((~(rcs.is_finite() & (rcs > 0.0))).fill_null(value=False), None)
    text, *others = (_stated(series) for series in given)
    for other in others:
        text = text.fill_null(other)
    if name == "object_type":
        kind = text.str.to_uppercase().replace_strict(OBJECT_TYPES, default="UNKNOWN", return_dtype=pl.String)
        return kind.set(text.is_null(), None)
    if name.endswith("_date_utc"):
        return text.str.slice(0, 10)
    return text


def _stated(given: pl.Series) -> pl.Series:
    """Return texts, null where they are blank; dates as YYYY-MM-DD."""
    text = given.cast(pl.Date).cast(pl.String) if given.dtype.is_temporal() else given.cast(pl.String).str.strip_chars()
    return text.set((text == "").fill_null(value=False), None)
