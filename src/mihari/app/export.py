"""From SI records to what leaves the node: tables in kilometres and UTC, documents for JSON, files written whole.

The command line and the server say the same things in the same words, so both take them from here.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import polars as pl

from mihari.astro.time import format_utc, format_utc_array
from mihari.errors import InputError, UsageError
from mihari.formats import ElementSetFormat, write_atomically, write_together
from mihari.model.conjunction import CoverageStatement, ScreeningResult
from mihari.picture import (
    COVARIANCE_NOTE,
    STATUS_OK,
    TYPICAL_SOURCE,
    Match,
    Picture,
    count_by_age,
    count_by_regime,
    count_by_type,
    count_without_state,
)
from mihari.units import RAD_PER_DEG

__all__ = [
    "ELEMENT_SET_SUFFIXES",
    "TABLE_SUFFIXES",
    "counts_document",
    "coverage_document",
    "element_set_format",
    "match_document",
    "picture_frame_edge",
    "screening_document",
    "screening_frame_edge",
    "table_format",
    "where_document",
    "write_document",
    "write_table",
]

TABLE_SUFFIXES: Final = (".csv", ".parquet", ".json")
ELEMENT_SET_SUFFIXES: Final = {
    ".json": ElementSetFormat.OMM_JSON,
    ".csv": ElementSetFormat.OMM_CSV,
    ".xml": ElementSetFormat.OMM_XML,
    ".kvn": ElementSetFormat.OMM_KVN,
    ".parquet": ElementSetFormat.PARQUET_OMM,
    ".tle": ElementSetFormat.TLE,
}
_M_PER_KM: Final = 1_000.0
_DAY_S: Final = 86_400.0
_DAY_NS: Final = 86_400_000_000_000
_POSITION: Final = {"x_km": "x_m", "y_km": "y_m", "z_km": "z_m"}
_VELOCITY: Final = {"vx_km_s": "vx_m_s", "vy_km_s": "vy_m_s", "vz_km_s": "vz_m_s"}


def _utc(frame: pl.DataFrame, column: str, name: str) -> pl.Series:
    """Turn a column of TAI ns into UTC text with six decimals; repeated moments are formatted once."""
    moments = frame[column]
    lost = moments.null_count() > 0
    distinct, place = np.unique((moments.fill_null(0) if lost else moments).to_numpy(), return_inverse=True)
    texts = format_utc_array(distinct).astype(object)[place]
    if lost:
        texts[moments.is_null().to_numpy()] = None
    return pl.Series(name, texts.tolist(), dtype=pl.String)


def _divided(frame: pl.DataFrame, column: str, name: str, by: float) -> pl.Series:
    # By numpy: polars multiplies by the reciprocal, which makes 0.7000000000000001 km of 700 m.
    return pl.Series(name, frame[column].to_numpy() / by, nan_to_null=True)


def _km(frame: pl.DataFrame, name: str, column: str) -> pl.Series:
    return _divided(frame, column, name, _M_PER_KM)


def _deg(frame: pl.DataFrame, name: str, column: str) -> pl.Series:
    return _divided(frame, column, name, RAD_PER_DEG)


def picture_frame_edge(picture: Picture) -> pl.DataFrame:
    """Return a picture in kilometres, degrees, days and UTC, the contractual columns first.

    Where there is no state the cells are null and `status` says why.
    """
    states = picture.states
    return states.select(
        "norad_cat_id",
        _utc(states, "epoch_tai_ns", "epoch_utc"),
        "frame",
        *(_km(states, name, column) for name, column in (_POSITION | _VELOCITY).items()),
        "status",
        "object_name",
        "object_id",
        "object_type",
        "object_type_inferred",
        "owner",
        "regime",
        _deg(states, "latitude_deg", "latitude_rad"),
        _deg(states, "longitude_deg", "longitude_rad"),
        _km(states, "altitude_km", "altitude_m"),
        _utc(states, "element_set_epoch_tai_ns", "element_set_epoch_utc"),
        _divided(states, "age_s", "age_days", _DAY_S),
        "extrapolated",
        _km(states, "typical_radial_km", "typical_radial_m"),
        _km(states, "typical_transverse_km", "typical_transverse_m"),
        _km(states, "typical_normal_km", "typical_normal_m"),
        _km(states, "perigee_altitude_km", "perigee_altitude_m"),
        _km(states, "apogee_altitude_km", "apogee_altitude_m"),
        _deg(states, "inclination_deg", "inclination_rad"),
        _divided(states, "period_s", "period_min", 60.0),
        "rcs_m2",
        "size",
        "source",
        "data_mode",
    )


def where_document(picture: Picture, *, as_of_tai_ns: int, moment_reason: str | None = None) -> dict[str, Any]:
    """Return the answer to "where is it" as a document, for a picture of one object.

    Parameters
    ----------
    picture : Picture
        Of exactly one object.
    as_of_tai_ns : int
        The moment whose knowledge this is.
    moment_reason : str, optional
        Why this moment was chosen.

    Raises
    ------
    InputError
        The picture has another number of objects than one.
    """
    if len(picture) != 1:
        raise InputError(f"one object was asked for, the picture has {len(picture)}")
    row = picture_frame_edge(picture).row(0, named=True)
    has_state = row["status"] == STATUS_OK
    typical = None
    if row["typical_radial_km"] is not None:
        typical = {
            "radial_km": row["typical_radial_km"],
            "transverse_km": row["typical_transverse_km"],
            "normal_km": row["typical_normal_km"],
            "sigma": 1,
            "typical": True,
            "source": TYPICAL_SOURCE,
        }
    geodetic = {name: row[name] for name in ("latitude_deg", "longitude_deg", "altitude_km")}
    return {
        "object": {
            "norad_cat_id": row["norad_cat_id"],
            "name": row["object_name"],
            "object_id": row["object_id"],
        },
        "object_type": row["object_type"],
        "object_type_inferred": row["object_type_inferred"],
        "owner": row["owner"],
        "epoch_utc": row["epoch_utc"],
        "epoch_reason": moment_reason,
        "frame": row["frame"],
        "position_km": [row[name] for name in _POSITION] if has_state else None,
        "velocity_km_s": [row[name] for name in _VELOCITY] if has_state else None,
        "geodetic": geodetic if has_state else None,
        "regime": row["regime"],
        "element_set_epoch_utc": row["element_set_epoch_utc"],
        "age_days": row["age_days"],
        "source": row["source"],
        "data_mode": row["data_mode"],
        "as_of_utc": format_utc(as_of_tai_ns),
        "covariance": None,
        "covariance_note": COVARIANCE_NOTE,
        "uncertainty_typical": typical,
        "extrapolated": row["extrapolated"],
        "status": row["status"],
    }


def match_document(match: Match) -> dict[str, Any]:
    """Return one hit of a search as a document."""
    return {
        "norad_cat_id": match.norad_cat_id,
        "name": match.object_name,
        "object_id": match.object_id,
        "found_by": match.rule.value,
    }


def counts_document(picture: Picture) -> dict[str, Any]:
    """Return the counts of a picture by regime, type and age, and what has no state."""
    return {
        "objects": len(picture),
        "by_regime": count_by_regime(picture).to_dicts(),
        "by_type": count_by_type(picture).to_dicts(),
        "by_age": count_by_age(picture).to_dicts(),
        "without_state": count_without_state(picture).to_dicts(),
    }


def screening_frame_edge(result: ScreeningResult) -> pl.DataFrame:
    """Return conjunctions in kilometres and UTC, the contractual columns first; ages are at closest approach.

    An ephemeris has no age; where there are any, `ephemeris_1` and `ephemeris_2` stand last.
    """
    found = result.conjunctions

    def age_days(place: int) -> pl.Series:
        age_ns = found["tca_tai_ns"] - found[f"element_set_epoch_{place}_tai_ns"]
        ages = pl.Series(f"age_{place}_days", age_ns.fill_null(0).to_numpy() / _DAY_NS)
        return ages.set(age_ns.is_null(), None)

    return found.select(
        "norad_cat_id_1",
        "norad_cat_id_2",
        _utc(found, "tca_tai_ns", "tca_utc"),
        _km(found, "miss_distance_km", "miss_distance_m"),
        _km(found, "relative_speed_km_s", "relative_speed_m_s"),
        "kind",
        _utc(found, "interval_start_tai_ns", "interval_start_utc"),
        _utc(found, "interval_end_tai_ns", "interval_end_utc"),
        _km(found, "radial_km", "radial_m"),
        _km(found, "transverse_km", "transverse_m"),
        _km(found, "normal_km", "normal_m"),
        "primary_id",
        age_days(1),
        age_days(2),
        *(name for name in ("ephemeris_1", "ephemeris_2") if name in found.columns),
    )


def coverage_document(coverage: CoverageStatement) -> dict[str, Any]:
    """Return what a screening looked at, and what it did not, as a document."""

    def utc(moment_tai_ns: int | None) -> str | None:
        return None if moment_tai_ns is None else format_utc(moment_tai_ns)

    return {
        "start_utc": utc(coverage.start_tai_ns),
        "end_utc": utc(coverage.end_tai_ns),
        "hours": (coverage.end_tai_ns - coverage.start_tai_ns) / 3.6e12,
        "volume": dict(coverage.volume),
        "objects_given": coverage.objects_given,
        "objects_screened": coverage.objects_screened,
        "primaries": coverage.primaries,
        "unscreened": [
            {
                "norad_cat_id": each.norad_cat_id,
                "reason": each.reason,
                "from_utc": utc(each.from_tai_ns),
                "until_utc": utc(each.until_tai_ns),
            }
            for each in coverage.unscreened
        ],
        "stale_count": coverage.stale_count,
        "stale_after_days": coverage.stale_after_s / _DAY_S,
        "oldest_epoch_utc": utc(coverage.oldest_epoch_tai_ns),
        "newest_epoch_utc": utc(coverage.newest_epoch_tai_ns),
        "median_epoch_utc": utc(coverage.median_epoch_tai_ns),
        "catalogue_version": coverage.catalogue_version,
        "data_mode": coverage.data_mode.value,
        "method": coverage.method,
        "cost": dict(coverage.cost),
        "ephemerides": [
            {
                "norad_cat_id": each.norad_cat_id,
                "number_source": each.number_source,
                "label": each.label,
                "object_name": each.object_name,
                "object_id": each.object_id,
                "kind": each.kind,
                "originator": each.originator,
                "creation_utc": utc(each.creation_tai_ns),
                "frame": each.frame,
                "spans_utc": [[utc(first), utc(last)] for first, last in each.spans_tai_ns],
                "interpolation": each.interpolation,
                "interpolation_error_m": each.interpolation_error_m,
                "states": each.states,
                "covariances": each.covariances,
                "sha256": each.digest,
            }
            for each in coverage.ephemerides
        ],
    }


def screening_document(result: ScreeningResult) -> dict[str, Any]:
    """Return `{coverage, conjunctions}`: neither leaves without the other."""
    return {
        "coverage": coverage_document(result.coverage),
        "conjunctions": screening_frame_edge(result).to_dicts(),
    }


def table_format(path: str | Path) -> str:
    """Return "csv", "parquet" or "json" for a file name.

    Raises
    ------
    UsageError
        Another ending: asked before long work begins, so that it is not lost.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        raise UsageError(
            f"cannot tell the format of the table from {suffix or 'no ending'}",
            where=str(path),
            remedy=f"end the name in {', '.join(TABLE_SUFFIXES)}",
        )
    return suffix[1:]


def element_set_format(path: str | Path) -> ElementSetFormat:
    """Return the form of element sets that a file name's ending asks for: OMM in five encodings, or TLE.

    Raises
    ------
    UsageError
        Another ending: asked before long work begins.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in ELEMENT_SET_SUFFIXES:
        raise UsageError(
            f"cannot tell the form of element sets from {suffix or 'no ending'}",
            where=str(path),
            remedy=f"end the name in {', '.join(ELEMENT_SET_SUFFIXES)}",
        )
    return ELEMENT_SET_SUFFIXES[suffix]


def write_table(
    frame: pl.DataFrame,
    path: str | Path,
    *,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
    rows_name: str = "rows",
) -> list[Path]:
    """Write a table to a file, whole or not at all; the name's ending chooses CSV, Parquet or JSON.

    Parameters
    ----------
    frame : polars.DataFrame
    path : str or Path
    metadata : mapping, optional
        Named documents that belong to the table, such as the coverage statement. Beside `x.csv` the document
        `coverage` becomes `x.csv.coverage.json`, which names the SHA-256 of the table it belongs to; in
        Parquet it becomes file metadata as JSON text, in JSON a member of the document.
    rows_name : str
        Name of the member of the JSON document that holds the rows.

    Returns
    -------
    list of Path
        The files written, the table last.

    Raises
    ------
    UsageError
        Another ending.
    InputError
        The place cannot be written or has no space left; what was there stays.
    """
    target = Path(path)
    kind = table_format(target)
    documents = dict(metadata or {})
    written: list[Path] = []
    if kind == "csv":
        content = io.BytesIO()
        frame.write_csv(content)
        table = content.getvalue()
        digest = hashlib.sha256(table).hexdigest()
        files: list[tuple[Path | str, bytes]] = []
        for name, document in documents.items():
            beside = target.with_name(f"{target.name}.{name}.json")
            files.append((beside, _document_bytes({**document, "table_sha256": digest})))
            written.append(beside)
        write_together([*files, (target, table)])
    elif kind == "parquet":
        texts = {name: _json_text(document) for name, document in documents.items()}
        _write_whole(target, lambda file: frame.write_parquet(file, metadata=texts))
    else:
        _write_whole(target, lambda file: _write_json(file, frame, documents, rows_name))
    return [*written, target]


def write_document(document: Mapping[str, Any], path: str | Path) -> None:
    """Write a document as JSON, whole or not at all. Errors as in `write_table`."""
    write_atomically(Path(path), _document_bytes(document))


def _document_bytes(document: Mapping[str, Any]) -> bytes:
    return (_json_text(document, indent=2) + "\n").encode()


def _json_text(document: Mapping[str, Any], *, indent: int | None = None) -> str:
    return json.dumps(_finite(document), ensure_ascii=False, indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    """Replace what JSON has no word for: a number that is not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _finite(member) for key, member in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(member) for member in value]
    return value


def _write_json(file: IO[bytes], frame: pl.DataFrame, documents: Mapping[str, Any], rows_name: str) -> None:
    head = "".join(f"{json.dumps(name)}: {_json_text(document)},\n" for name, document in documents.items())
    file.write(f"{{{head}{json.dumps(rows_name)}: ".encode())
    file.write(f"{frame.write_json()}}}\n".encode())


def _write_whole(target: Path, write: Callable[[IO[bytes]], object]) -> None:
    content = io.BytesIO()
    write(content)
    write_atomically(target, content.getvalue())
