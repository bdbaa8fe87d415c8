"""Writes OMM: KVN, XML, JSON and CSV, in the keywords and their order of CCSDS 502.0-B, tables 4-1 to 4-3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.time import format_utc_array
from mihari.errors import InputError
from mihari.formats._elements import KEYWORDS
from mihari.model.orbit import ElementSets

__all__ = ["omm_csv", "omm_json", "omm_keyword_frame", "omm_kvn", "omm_xml"]

_VERSION: Final = "2.0"
"""Every keyword that is written exists since 2.0, which all readers know."""
_HEADER: Final = ("CREATION_DATE", "ORIGINATOR")
_NAMES: Final = ("OBJECT_NAME", "OBJECT_ID")
_FIXED: Final = (
    ("CENTER_NAME", "EARTH"),
    ("REF_FRAME", "TEME"),
    ("TIME_SYSTEM", "UTC"),
    ("MEAN_ELEMENT_THEORY", "SGP4"),
)
_MEAN: Final = (
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)
_TLE: Final = (
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "NORAD_CAT_ID",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "BSTAR",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
)
_TABLE: Final = (*_NAMES, *_MEAN, *_TLE, *_HEADER)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def omm_keyword_frame(sets: ElementSets) -> pl.DataFrame:
    """Return the sets as a table of OMM keywords, moments as UTC texts and numbers as numbers.

    Raises
    ------
    InputError
        A text has control characters, which no encoding could carry safely.
    """
    frame = sets.frame
    for name in ("object_name", "object_id", "classification", "originator"):
        bad = frame[name].str.contains(_CONTROL.pattern.replace(r"\ud800-\udfff", "")).fill_null(value=False)
        if bad.any():
            row = int(bad.arg_true()[0])
            raise InputError(
                f"{KEYWORDS[name]} {frame[name][row]!r:.60} has control characters",
                where=f"object {frame['norad_cat_id'][row]}",
                remedy="correct the text first",
            )
    columns = {KEYWORDS[name]: frame[name] for name in KEYWORDS}
    for keyword in ("EPOCH", "CREATION_DATE"):
        columns[keyword] = _moments(columns[keyword])
    return pl.DataFrame([columns[keyword].alias(keyword) for keyword in _TABLE])


def _moments(tai_ns: pl.Series) -> pl.Series:
    """Return UTC with six decimals, or nine where six do not hold the moment; no Z, as other makers write it."""
    present = tai_ns.is_not_null()
    values = tai_ns.drop_nulls().to_numpy()
    texts = np.where(_is_whole_us(values), format_utc_array(values, digits=6), format_utc_array(values, digits=9))
    stripped = pl.Series(texts.tolist(), dtype=pl.String).str.strip_suffix("Z")
    out = pl.Series([None], dtype=pl.String).new_from_index(0, len(tai_ns))
    return out.scatter(present.arg_true(), stripped) if len(stripped) else out


def _is_whole_us(tai_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    # Since 1972 UTC and TAI differ by whole seconds; before, only nine decimals are sure to hold the moment.
    return np.asarray((tai_ns % 1000 == 0) & (tai_ns > 63_072_010_000_000_000))


def omm_csv(sets: ElementSets) -> str:
    """Return OMM as CSV with a header."""
    return str(_texts(omm_keyword_frame(sets)).write_csv())


def omm_json(sets: ElementSets) -> str:
    """Return OMM as a JSON list of records."""
    fixed = {"CCSDS_OMM_VERS": _VERSION, **dict(_FIXED)}
    records = (fixed | row for row in omm_keyword_frame(sets).iter_rows(named=True))
    lines = ",\n".join(json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
    return f"[\n{lines}\n]\n"


def omm_kvn(sets: ElementSets) -> str:
    """Return OMM as KVN, one message after the other."""
    parts: list[str] = []
    for row in _rows(sets):
        parts.append(f"CCSDS_OMM_VERS = {_VERSION}\n")
        parts.append(_kvn_lines(row, _HEADER, required=_HEADER) + "\n")
        parts.append(_kvn_lines(row, _NAMES, required=_NAMES))
        parts.append("".join(f"{keyword} = {value}\n" for keyword, value in _FIXED) + "\n")
        parts.append(_kvn_lines(row, _MEAN) + "\n" + _kvn_lines(row, _TLE) + "\n")
    return "".join(parts)


def _kvn_lines(row: dict[str, str | None], keywords: tuple[str, ...], *, required: tuple[str, ...] = ()) -> str:
    return "".join(
        f"{keyword} = {row[keyword] or ''}".rstrip() + "\n"
        for keyword in keywords
        if row[keyword] or keyword in required
    )


def omm_xml(sets: ElementSets) -> str:
    """Return OMM as XML in one NDM."""
    fixed = "".join(f"<{keyword}>{value}</{keyword}>" for keyword, value in _FIXED)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<ndm>\n']
    for row in _rows(sets):
        parts.append(
            f'<omm id="CCSDS_OMM_VERS" version="{_VERSION}">'
            f"<header>{_xml_elements(row, _HEADER, required=_HEADER)}</header><body><segment>"
            f"<metadata>{_xml_elements(row, _NAMES, required=_NAMES)}{fixed}</metadata>"
            f"<data><meanElements>{_xml_elements(row, _MEAN)}</meanElements>"
            f"<tleParameters>{_xml_elements(row, _TLE)}</tleParameters></data></segment></body></omm>\n"
        )
    parts.append("</ndm>\n")
    return "".join(parts)


def _xml_elements(row: dict[str, str | None], keywords: tuple[str, ...], *, required: tuple[str, ...] = ()) -> str:
    return "".join(
        f"<{keyword}>{escape(row[keyword] or '', quote=False)}</{keyword}>"
        for keyword in keywords
        if row[keyword] or keyword in required
    )


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn numbers into the shortest texts that read back as the same numbers."""
    return frame.with_columns(pl.col(pl.Float64, pl.Int64, pl.Int32, pl.Int8).cast(pl.String))


def _rows(sets: ElementSets) -> Iterator[dict[str, str | None]]:
    frame = _texts(omm_keyword_frame(sets))
    # CCSDS has UNKNOWN stand where there is no name or designator.
    return frame.with_columns(pl.col(*_NAMES).fill_null("UNKNOWN")).iter_rows(named=True)
