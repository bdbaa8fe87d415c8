"""Parquet with OMM-named columns, TLE-line columns, SGP4-initial columns, or the columns of our own table.

Where a file has both SGP4-initial columns and TLE lines, the columns count for every row: lines may be null, and the
columns may carry more digits. The lines then lend what the columns lack (derivatives, element set and revolution
numbers), after a check that both speak of the same object and epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.time import NS_PER_DAY, tai_ns_from_utc_day
from mihari.errors import FormatError
from mihari.formats._elements import element_frame, keep_sound_rows
from mihari.formats._limits import Limits
from mihari.formats._object_table import OBJECT_KEYWORDS, object_frame
from mihari.formats._omm_table import is_omm_table, read_omm_table
from mihari.formats._parquet_load import load_parquet
from mihari.formats._rejections import RejectionLog, one_line
from mihari.formats._tle import read_tle_lines
from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.model.space_object import SPACE_OBJECT_SCHEMA
from mihari.units import TWO_PI

__all__ = ["read_parquet"]

_MIN_PER_DAY: Final = 1440.0
_JD_1970: Final = 2_440_587.5
_INITIAL: Final = ("norad_id", "epoch_jd1", "epoch_jd2", "n0", "e0", "i0", "node0", "omega0", "m0", "bstar")
_INITIAL_KEYWORD: Final = dict(
    zip(
        (
            "norad_cat_id",
            "epoch_tai_ns",
            "mean_motion_rev_day",
            "eccentricity",
            "inclination_deg",
            "ra_of_asc_node_deg",
            "arg_of_pericenter_deg",
            "mean_anomaly_deg",
            "bstar_per_earth_radius",
        ),
        ("norad_id", "epoch_jd1", "n0", "e0", "i0", "node0", "omega0", "m0", "bstar"),
        strict=True,
    )
)
_FROM_LINES: Final = (
    "object_id",
    "mean_motion_dot_rev_day2",
    "mean_motion_ddot_rev_day3",
    "ephemeris_type",
    "classification",
    "element_set_no",
    "rev_at_epoch",
)
_AGREEMENT_NS: Final = NS_PER_DAY // 100_000_000
"""Lines print epochs to 1e-8 day; columns that differ by more are of another set."""


def read_parquet(data: bytes, *, log: RejectionLog, limits: Limits) -> tuple[str, pl.DataFrame, pl.DataFrame]:
    """Read a Parquet file of any of the known layouts.

    Returns
    -------
    format, element sets, objects

    Raises
    ------
    FormatError
        Damaged, larger than `limits` allow, or without the columns of any known layout.
    """
    table = _load(data, log.file, limits)
    lower = {name.lower() for name in table.columns}
    if set(ELEMENT_SET_SCHEMA) <= set(table.columns):
        return "Parquet (Mihari)", *_read_own(table, log)
    if set(_INITIAL) <= lower:
        table.columns = [name.lower() for name in table.columns]
        return "Parquet (SGP4 initial)", *_read_initial(table, log)
    table.columns = [name.upper() for name in table.columns]
    if is_omm_table(table.columns):
        return "Parquet (OMM)", *read_omm_table(table, line_of=_record_number, log=log)
    if {"TLE_LINE1", "TLE_LINE2"} <= set(table.columns):
        return "Parquet (TLE lines)", *_read_lines(table, log)
    if "NORAD_CAT_ID" in table.columns and any(
        keyword in table.columns for keywords in OBJECT_KEYWORDS.values() for keyword in keywords
    ):
        return "Parquet (SATCAT)", pl.DataFrame(schema=dict(ELEMENT_SET_SCHEMA)), _read_objects(table, log)
    raise FormatError(
        f"Parquet columns are {one_line(', '.join(table.columns[:8]))}: none of the known layouts",
        where=log.file,
        remedy="OMM keywords, tle_line1 and tle_line2, or norad_id, epoch_jd1, epoch_jd2, n0, e0, i0, node0, omega0, "
        "m0, bstar are needed",
    )


def _record_number(_name: str, row: int) -> int:
    return row + 1


def _load(data: bytes, name: str, limits: Limits) -> pl.DataFrame:
    table = load_parquet(data, name=name, limits=limits)
    seen = [column.lower() for column in table.columns]
    repeated = sorted({column for column in seen if seen.count(column) > 1})
    if repeated:
        raise FormatError(
            f"has the column {one_line(repeated[0])} twice", where=name, remedy="give every column its own name"
        )
    return table


def _read_own(table: pl.DataFrame, log: RejectionLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        frame = table.select(pl.col(name).cast(dtype) for name, dtype in ELEMENT_SET_SCHEMA.items())
    except pl.exceptions.PolarsError as error:
        raise FormatError(
            f"columns have other types than they should: {str(error).splitlines()[0][:200]}", where=log.file
        ) from error
    needed = [name for name in _INITIAL_KEYWORD if frame[name].null_count()]
    bad = np.zeros(frame.height, dtype=np.bool_)
    for name in needed:
        for row in frame[name].is_null().arg_true().to_list():
            if not bad[row]:
                log.add(row + 1, name, "is missing")
                bad[row] = True
    columns = {name: frame[name].fill_null(0).to_numpy() for name in _INITIAL_KEYWORD}
    sound = keep_sound_rows(columns, line_of=_record_number, log=log, already_bad=bad)
    return frame.filter(pl.Series(sound)), pl.DataFrame(schema=dict(SPACE_OBJECT_SCHEMA))


def _read_lines(table: pl.DataFrame, log: RejectionLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = [table[name].cast(pl.String).to_list() for name in ("TLE_LINE1", "TLE_LINE2")]
    frame = read_tle_lines(lines[0], lines[1], log=log)
    kept = table[frame["_row"].to_list()]
    names = next(
        (kept[name].cast(pl.String) for name in ("OBJECT_NAME", "NAME", "TLE_LINE0") if name in kept.columns), None
    )
    if names is not None:
        frame = frame.with_columns(names.str.strip_prefix("0 ").str.strip_chars().alias("object_name"))
    return frame, object_frame(kept, frame["norad_cat_id"])


def _read_objects(table: pl.DataFrame, log: RejectionLog) -> pl.DataFrame:
    number = table["NORAD_CAT_ID"].cast(pl.String).cast(pl.Int64, strict=False)
    good = ((number >= 1) & (number <= 999_999_999)).fill_null(value=False)
    for row in (~good).arg_true().to_list():
        log.add(row + 1, "NORAD_CAT_ID", f"{table['NORAD_CAT_ID'][row]} is not a catalogue number")
    return object_frame(table.filter(good), number.filter(good))


def _read_initial(table: pl.DataFrame, log: RejectionLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    numbers: dict[str, NDArray[Any]] = {}
    bad = np.zeros(table.height, dtype=np.bool_)
    for name in _INITIAL:
        given = table[name]
        values = given.cast(pl.Int64 if name == "norad_id" else pl.Float64, strict=False)
        for row in values.is_null().arg_true().to_list():
            if not bad[row]:
                log.add(row + 1, name, "is missing" if given[row] is None else f"{given[row]} is not a number")
                bad[row] = True
        numbers[name] = values.fill_null(0).to_numpy()
    epoch_tai_ns, bad_epoch = _epoch_from_jd(numbers["epoch_jd1"], numbers["epoch_jd2"])
    for row in np.flatnonzero(bad_epoch & ~bad).tolist():
        log.add(row + 1, "epoch_jd1", "is not a Julian date of the years 1957 to 2099")
    bad |= bad_epoch
    with np.errstate(over="ignore", invalid="ignore"):
        columns: dict[str, NDArray[Any]] = {
            "norad_cat_id": numbers["norad_id"],
            "epoch_tai_ns": epoch_tai_ns,
            "mean_motion_rev_day": _printed(numbers["n0"], _MIN_PER_DAY / TWO_PI, 8, _rad_min_from_rev_day),
            "eccentricity": numbers["e0"],
            "bstar_per_earth_radius": numbers["bstar"],
        }
        for name in ("inclination_deg", "ra_of_asc_node_deg", "arg_of_pericenter_deg", "mean_anomaly_deg"):
            angle_rad = numbers[_INITIAL_KEYWORD[name]]
            columns[name] = _printed(angle_rad, 360.0 / TWO_PI, 4, np.deg2rad)

    def line_of(_name: str, row: int) -> int:
        return row + 1

    sound = keep_sound_rows(columns, line_of=line_of, log=log, already_bad=bad)
    if {"tle_line1", "tle_line2"} <= set(table.columns):
        extra, disagreeing = _from_lines(table, columns, sound, log)
        sound &= ~disagreeing
    else:
        extra = {}
    kept = pl.Series(sound)
    found: dict[str, Any] = {name: values[sound] for name, values in columns.items()}
    found |= {name: series.filter(kept) for name, series in extra.items()}
    for name, keyword in (("object_name", "name"), ("object_id", "cospar_id")):
        if keyword in table.columns:
            text = table[keyword].cast(pl.String).str.strip_chars().filter(kept)
            found[name] = text.set((text == "").fill_null(value=False), None)
    elements = element_frame(found, size=int(sound.sum()))
    upper = table.filter(kept).rename({name: name.upper() for name in table.columns})
    return elements, object_frame(upper, elements["norad_cat_id"])


def _epoch_from_jd(jd1: NDArray[np.float64], jd2: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Turn two-part Julian dates of UTC into TAI, days counted as 86,400 s as in TLEs; say which are out of range.

    Such files come from TLEs. A fraction within 1e-12 day of what a TLE can print is that print, so that the same set
    read from its lines has the same epoch.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.floor(jd1 - _JD_1970)
        fraction = (jd1 - _JD_1970 - whole) + jd2
        carry = np.floor(fraction)
        whole, fraction = whole + carry, fraction - carry
        bad = ~((whole > -5000) & (whole < 50_000))
    day = np.where(bad, 0, whole).astype(np.int64)
    fraction = np.where(bad, 0.0, fraction)
    printed = np.rint(fraction * 1e8)
    ns = np.where(
        np.abs(fraction - printed / 1e8) < 1e-12,
        printed * (NS_PER_DAY // 100_000_000),
        np.rint(fraction * NS_PER_DAY),
    ).astype(np.int64)
    day, ns = day + ns // NS_PER_DAY, ns % NS_PER_DAY
    return tai_ns_from_utc_day(day, np.minimum(ns, NS_PER_DAY - 100_000_001 * (day < 1000))), bad


def _rad_min_from_rev_day(rate_rev_day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert as the reference SGP4 does: divide by xpdotp."""
    return rate_rev_day / (_MIN_PER_DAY / TWO_PI)


def _printed(
    values: NDArray[np.float64],
    factor: float,
    decimals: int,
    back: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Convert to message units; where the decimals that a TLE prints give back the very value, return those."""
    converted = values * factor
    rounded = np.round(converted, decimals)
    return np.where(back(rounded) == values, rounded, converted)


def _from_lines(
    table: pl.DataFrame, columns: dict[str, NDArray[Any]], sound: NDArray[np.bool_], log: RejectionLog
) -> tuple[dict[str, pl.Series], NDArray[np.bool_]]:
    """Take from the lines what the columns lack; reject rows whose lines are of another object or epoch."""
    has_lines = (table["tle_line1"].is_not_null() & table["tle_line2"].is_not_null()).to_numpy() & sound
    rows = np.flatnonzero(has_lines)
    own = RejectionLog(log.file, log.limits)
    lines = [table[name].cast(pl.String).gather(rows).to_list() for name in ("tle_line1", "tle_line2")]
    frame = read_tle_lines(lines[0], lines[1], log=own)
    disagreeing = np.zeros(table.height, dtype=np.bool_)
    for fault in own.in_order():
        row = int(rows[(fault.line or 1) - 1])
        disagreeing[row] = True
        log.add(row + 1, fault.field, f"in the TLE lines: {fault.reason}")
    at = rows[frame["_row"].to_numpy()]
    other_id = frame["norad_cat_id"].to_numpy() != columns["norad_cat_id"][at]
    other_epoch = np.abs(frame["epoch_tai_ns"].to_numpy() - columns["epoch_tai_ns"][at]) > _AGREEMENT_NS
    for name, wrong in (("norad_id", other_id), ("epoch_jd1", other_epoch & ~other_id)):
        for row in at[wrong].tolist():
            log.add(row + 1, name, "the columns and the TLE lines are of different sets")
            disagreeing[row] = True
    scattered = pl.Series(np.full(table.height, -1, dtype=np.int64))
    scattered[at.tolist()] = np.arange(at.size)
    index = scattered.set(scattered < 0, None)
    return {name: frame[name].gather(index) for name in _FROM_LINES}, disagreeing
