"""SATCAT: the catalogue of what objects are, by CelesTrak and Space-Track, each as CSV or JSON.

Source: CelesTrak, "Satellite Catalog (SATCAT) Data Format", updated 7 May 2023; Space-Track, API documentation, class
satcat. Their names of the same things stand side by side in `OBJECT_KEYWORDS`.

Validation
----------
tests/validation/test_formats_satcat.py: whole catalogues of both in every form that is read.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from mihari.formats._object_table import object_frame
from mihari.formats._rejections import RejectionLog
from mihari.ids import MAX_NORAD_CAT_ID

__all__ = ["is_satcat_table", "read_satcat_table"]

_OF_OBJECTS = {"OBJECT_TYPE", "OWNER", "COUNTRY", "COUNTRY_CODE", "OPS_STATUS_CODE", "RCS", "RCS_SIZE", "LAUNCH_DATE"}


def is_satcat_table(columns: list[str]) -> bool:
    """Say whether these column names (upper case) are those of a satellite catalogue."""
    return "NORAD_CAT_ID" in columns and bool(_OF_OBJECTS & set(columns))


def read_satcat_table(
    table: pl.DataFrame, *, line_of: Callable[[str, int], int | None], log: RejectionLog
) -> pl.DataFrame:
    """Turn a SATCAT table into objects; rows without a catalogue number are rejected.

    Returns
    -------
    DataFrame
        Columns of `SPACE_OBJECT_SCHEMA`.
    """
    given = table["NORAD_CAT_ID"].cast(pl.String).str.strip_chars()
    number = given.cast(pl.Int64, strict=False)
    good = ((number >= 1) & (number <= MAX_NORAD_CAT_ID)).fill_null(value=False)
    for row in (~good).arg_true().to_list():
        reason = "is missing" if not given[row] else f"{given[row]!r:.40} is not a catalogue number"
        log.add(line_of("NORAD_CAT_ID", row), "NORAD_CAT_ID", reason)
    return object_frame(table.filter(good), number.filter(good))
