"""OMM keywords as columns of a table: what CSV, JSON, KVN, XML and Parquet all end in.

References
----------
CCSDS 502.0-B-3, table 4-3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.formats._elements import KEYWORDS, element_frame, keep_sound_rows
from mihari.formats._epoch import parse_epochs
from mihari.formats._object_table import object_frame
from mihari.formats._rejections import RejectionLog, shown
from mihari.formats._tle_record import catalogue_number_from_tle

__all__ = ["READ_KEYWORDS", "SGP4_THEORIES", "is_omm_table", "read_omm_table"]

SGP4_THEORIES: Final = ("SGP4", "SGP", "SGP/SGP4", "TLE")
"""Values of MEAN_ELEMENT_THEORY that mean element sets for SGP4; Space-Track and early books wrote TLE."""

_FIXED: Final = (
    ("MEAN_ELEMENT_THEORY", SGP4_THEORIES, "cannot be propagated with SGP4"),
    ("CENTER_NAME", ("EARTH",), "SGP4 elements are about the EARTH"),
    ("REF_FRAME", ("TEME", "TEMEOFDATE", "TEME OF DATE"), "SGP4 elements are in TEME"),
    ("TIME_SYSTEM", ("UTC",), "epochs of SGP4 elements are in UTC"),
)
_REQUIRED: Final = (
    "norad_cat_id",
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
)
_OPTIONAL_FLOATS: Final = ("mean_motion_dot_rev_day2", "mean_motion_ddot_rev_day3")
_OPTIONAL_INTEGERS: Final = ("ephemeris_type", "element_set_no", "rev_at_epoch")
_TEXTS: Final = ("object_name", "object_id", "classification", "originator")
_INTEGER_SPAN: Final = {"ephemeris_type": 127, "element_set_no": 2**31 - 1, "rev_at_epoch": 2**31 - 1}


READ_KEYWORDS: Final = frozenset(KEYWORDS.values())
"""Keywords whose values `read_omm_table` reads and judges."""


def is_omm_table(columns: list[str]) -> bool:
    """Say whether these column names (upper case) are those of element sets."""
    return {"EPOCH", "ECCENTRICITY", "INCLINATION"} <= set(columns) and bool(
        {"NORAD_CAT_ID", "TLE_LINE1"} & set(columns)
    )


def read_omm_table(
    table: pl.DataFrame, *, line_of: Callable[[str, int], int | None], log: RejectionLog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Turn a table of OMM keywords into element sets and, where rows say more of the object, objects.

    Parameters
    ----------
    table : DataFrame
        Columns named by upper-case keywords; texts or numbers. Blank texts count as missing.
    line_of : callable
        Line or record number of a keyword in a row.

    Returns
    -------
    element sets, objects : DataFrame
        Columns of `ELEMENT_SET_SCHEMA` and `SPACE_OBJECT_SCHEMA`.
    """
    table = _blank_to_null(table)
    if "NORAD_CAT_ID" not in table.columns and "TLE_LINE1" in table.columns:
        # Some cuttings of Space-Track's tables have the number in the TLE line only.
        table = table.with_columns(NORAD_CAT_ID=pl.Series(_numbers_from_lines(table["TLE_LINE1"]), dtype=pl.String))
    reader = _Rows(table, line_of, log)
    for keyword, allowed, reason in _FIXED:
        reader.require_one_of(keyword, allowed, reason)
    columns: dict[str, Any] = {}
    for name in _REQUIRED:
        kind = pl.Int64 if name == "norad_cat_id" else pl.Float64
        columns[name] = reader.numbers(KEYWORDS[name], kind, required=_Need.REQUIRED)
    columns["epoch_tai_ns"] = reader.moments("EPOCH", required=_Need.REQUIRED)
    for name in _OPTIONAL_FLOATS:
        columns[name] = reader.numbers(KEYWORDS[name], pl.Float64, required=_Need.OPTIONAL)
    arrays = {name: series.to_numpy() for name, series in columns.items()}

    def line_of_column(name: str, row: int) -> int | None:
        return line_of(KEYWORDS[name], row)

    for name in _OPTIONAL_INTEGERS:
        columns[name] = reader.numbers(KEYWORDS[name], pl.Int64, required=_Need.OPTIONAL)
        reader.require_span(KEYWORDS[name], columns[name], _INTEGER_SPAN[name])
    arrays["ephemeris_type"] = columns["ephemeris_type"].to_numpy()
    columns["creation_tai_ns"] = reader.moments("CREATION_DATE", required=_Need.OPTIONAL)
    for name in _TEXTS:
        columns[name] = reader.texts(KEYWORDS[name])
    sound = keep_sound_rows(arrays, line_of=line_of_column, log=log, already_bad=reader.bad)
    kept = pl.Series(sound)
    for name in _OPTIONAL_FLOATS:
        columns[name] = columns[name].fill_nan(None)
    for name in ("object_name", "object_id"):
        # CCSDS has UNKNOWN stand where there is no name or designator.
        is_unknown = (columns[name].str.to_uppercase() == "UNKNOWN").fill_null(value=False)
        columns[name] = columns[name].set(is_unknown, None)
    elements = element_frame({name: series.filter(kept) for name, series in columns.items()}, size=int(sound.sum()))
    return elements.with_columns(_row=pl.Series(np.flatnonzero(sound))), object_frame(
        reader.table.filter(kept), columns["norad_cat_id"].filter(kept)
    )


def _numbers_from_lines(lines: pl.Series) -> list[str | None]:
    return [str(number) if (number := catalogue_number_from_tle(line or "")) else None for line in lines.to_list()]


def _blank_to_null(table: pl.DataFrame) -> pl.DataFrame:
    texts = [
        pl.col(name).cast(pl.String).str.strip_chars()
        for name, dtype in table.schema.items()
        if dtype in (pl.String, pl.Categorical)
    ]
    table = table.with_columns(texts)
    return table.with_columns(
        [
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)
            for name, t in table.schema.items()
            if t == pl.String
        ]
    )


class _Need:
    REQUIRED = True
    OPTIONAL = False


class _Rows:
    """Takes columns out of the table; rows with a bad field are noted once and marked in `bad`."""

    def __init__(self, table: pl.DataFrame, line_of: Callable[[str, int], int | None], log: RejectionLog) -> None:
        self.table = table
        self.bad: NDArray[np.bool_] = np.zeros(table.height, dtype=np.bool_)
        self._line_of = line_of
        self._log = log

    def _reject(self, rows: NDArray[np.int64], keyword: str, reason: Callable[[int], str]) -> None:
        for row in rows.tolist():
            if not self.bad[row]:
                self._log.add(self._line_of(keyword, row), keyword, reason(row))
                self.bad[row] = True

    def require_one_of(self, keyword: str, allowed: tuple[str, ...], why: str) -> None:
        """Reject rows whose text is given and is none of the allowed ones."""
        if keyword not in self.table.columns:
            return
        given = self.table[keyword].cast(pl.String)
        wrong = given.is_not_null() & ~given.str.to_uppercase().is_in(allowed)
        self._reject(wrong.arg_true().to_numpy(), keyword, lambda row: f"{shown(given[row])}: {why}")

    def numbers(self, keyword: str, dtype: Any, *, required: bool) -> pl.Series:
        """Return numbers; missing ones are null when optional, else their rows are rejected."""
        size = self.table.height
        if keyword not in self.table.columns:
            if required:
                self._reject(np.arange(size), keyword, lambda _: "is missing")
                return pl.Series(keyword, np.zeros(size)).cast(dtype)
            return pl.Series(keyword, [None], dtype=dtype).new_from_index(0, size)
        given = self.table[keyword]
        if dtype == pl.Int64 and given.dtype.is_float():
            wrong_whole = given.is_not_null() & ~(given == given.floor())
            self._reject(wrong_whole.arg_true().to_numpy(), keyword, lambda row: f"{given[row]} is not a whole number")
        values = given.cast(dtype, strict=False) if given.dtype.is_numeric() or given.dtype == pl.String else None
        if values is None:
            self._reject(np.arange(size), keyword, lambda _: f"a column of {given.dtype} where numbers belong")
            return pl.Series(keyword, np.zeros(size)).cast(dtype)
        wrong = given.is_not_null() & values.is_null()
        what = "a whole number" if dtype == pl.Int64 else "a number"
        self._reject(wrong.arg_true().to_numpy(), keyword, lambda row: f"{shown(str(given[row]))} is not {what}")
        if required:
            self._reject(values.is_null().arg_true().to_numpy(), keyword, lambda _: "is missing")
            return values.fill_null(0)
        return values

    def require_span(self, keyword: str, values: pl.Series, largest: int) -> None:
        """Reject rows with negative or huge whole numbers."""
        wrong = values.is_not_null() & ((values < 0) | (values > largest))
        self._reject(
            wrong.fill_null(value=False).arg_true().to_numpy(), keyword, lambda row: f"{values[row]} is out of range"
        )

    def moments(self, keyword: str, *, required: bool) -> pl.Series:
        """Return TAI nanoseconds of UTC texts or of timestamps."""
        size = self.table.height
        if keyword not in self.table.columns:
            if required:
                self._reject(np.arange(size), keyword, lambda _: "is missing")
                return pl.Series(keyword, np.zeros(size, dtype=np.int64))
            return pl.Series(keyword, [None], dtype=pl.Int64).new_from_index(0, size)
        given = self.table[keyword]
        if given.dtype.is_temporal():
            given = given.cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S%.9f")
        given = given.cast(pl.String)
        present = given.is_not_null().arg_true().to_numpy()
        epoch_tai_ns, faults = parse_epochs(given.drop_nulls().to_list())
        self._reject(present[sorted(faults)], keyword, lambda row: faults[int(np.searchsorted(present, row))])
        values = np.zeros(size, dtype=np.int64)
        values[present] = epoch_tai_ns
        series = pl.Series(keyword, values)
        if required:
            self._reject(given.is_null().arg_true().to_numpy(), keyword, lambda _: "is missing")
            return series
        return series.set(given.is_null(), None)

    def texts(self, keyword: str) -> pl.Series:
        """Return texts, null where there are none."""
        if keyword not in self.table.columns:
            return pl.Series(keyword, [None], dtype=pl.String).new_from_index(0, self.table.height)
        return self.table[keyword].cast(pl.String)
