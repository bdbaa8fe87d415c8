"""Close approaches from element sets, told with a bound: they have no probability and may raise no action."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.conjunction.assessment import AssessmentRequest
from mihari.conjunction.probability import dilution
from mihari.errors import FormatError, InputError
from mihari.model.assessment import ActionLevel, StateSource
from mihari.policy import judge

__all__ = ["BOUND_MEANING", "assess_screening", "read_screening", "screening_bounds"]

_NEEDED: Final = ("norad_cat_id_1", "norad_cat_id_2", "tca_utc", "miss_distance_km", "relative_speed_km_s")
_FAR: Final = 100.0
"""Misses of so many radii and more: the closed form is exact to (R / d)², here 1e-4 of itself."""
_CURVE_FROM: Final = 3.0
_RTN: Final = ("radial_km", "transverse_km", "normal_km")
BOUND_MEANING: Final = (
    "the most that the probability can be, for any size of a round covariance; element sets carry none of their own"
)


def read_screening(path: str | Path) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Read what `screen --out` or `screen --json` wrote: the table in kilometres and UTC, and its coverage statement.

    Raises
    ------
    InputError
        There is no such file.
    FormatError
        It is no screening, or its coverage statement is missing.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError("is not a file", where=str(path), remedy="name what mihari screen --out wrote")
    try:
        if file.suffix == ".parquet":
            table = pl.read_parquet(file)
            coverage = _embedded_coverage(file)
        elif file.suffix == ".json":
            document = json.loads(file.read_text(encoding="utf-8"))
            table = pl.DataFrame(document["conjunctions"], infer_schema_length=None)
            coverage = document["coverage"]
        else:
            table = pl.read_csv(file, infer_schema_length=None)
            beside = file.with_name(file.name + ".coverage.json")
            coverage = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else None
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise FormatError(
            f"is no screening: {str(error).splitlines()[0][:120]}",
            where=str(path),
            remedy="run mihari screen --out again",
        ) from None
    if not isinstance(coverage, dict):
        raise FormatError(
            "comes without its coverage statement", where=str(path), remedy=f"keep {file.name}.coverage.json beside it"
        )
    if table.is_empty() and not table.columns:
        table = pl.DataFrame(schema=dict.fromkeys(_NEEDED, pl.Float64))
    for name in _NEEDED:
        if name not in table.columns:
            raise FormatError(f"has no column {name}", where=str(path), remedy="run mihari screen --out again")
    return table, coverage


def _embedded_coverage(file: Path) -> dict[str, Any] | None:
    told = pl.read_parquet_metadata(file).get("coverage")
    return None if told is None else json.loads(told)


def assess_screening(path: str | Path, request: AssessmentRequest) -> dict[str, Any]:
    """Return the conjunctions of a screening with a bound each, the likeliest first, as a document.

    No row can reach the action level: `judge` caps what rests on element sets, whatever its numbers are.
    """
    table, coverage = read_screening(path)
    radius = request.hard_body_radius
    radius_m = None if radius is None else radius.value_m
    label = None if radius is None else radius.source
    if radius_m is None and request.use_default_radius:
        radius_m = request.profile.default_hard_body_radius_m
        label = f"default of profile {request.profile.name}"
    miss_m = table["miss_distance_km"].to_numpy() * 1e3
    bounds = [None if radius_m is None else _bound(float(miss), radius_m) for miss in miss_m]
    sources = (StateSource.ELEMENT_SET, StateSource.ELEMENT_SET)
    rows = []
    for row, bound in zip(table.iter_rows(named=True), bounds, strict=True):
        judgement = judge(
            request.profile,
            probability=None,
            maximum_probability=bound,
            miss_distance_m=row["miss_distance_km"] * 1e3,
            lead_time_s=None,
            is_deep_space=False,
            sources=sources,
        )
        reason = judgement.reason
        if judgement.level is ActionLevel.NOT_ASSESSED:
            reason = "element sets have no covariance, so no probability"
        rows.append(
            {
                "event_id": f"{row['norad_cat_id_1']}-{row['norad_cat_id_2']}-{_minute(row['tca_utc'])}",
                "objects": [{"norad_cat_id": row["norad_cat_id_1"]}, {"norad_cat_id": row["norad_cat_id_2"]}],
                "advisory": True,
                "tca_utc": row["tca_utc"],
                "miss_distance_m": row["miss_distance_km"] * 1e3,
                "relative_speed_m_s": row["relative_speed_km_s"] * 1e3,
                "miss_rtn_m": [row[name] * 1e3 for name in _RTN] if set(_RTN) <= set(table.columns) else None,
                "hard_body_radius_m": radius_m,
                "probability": None,
                "method": None,
                "methods": {},
                "maximum_probability": bound,
                "action_level": judgement.level.value,
                "action_reason": reason,
            }
        )
    order = sorted(rows, key=lambda each: (each["miss_distance_m"], each["tca_utc"]))
    return {
        "assessments": order,
        "hard_body_radius_source": label,
        "maximum_probability_meaning": BOUND_MEANING,
        "profile": f"{request.profile.name} {request.profile.version}",
        "coverage": coverage,
    }


def _minute(tca_utc: str) -> str:
    return tca_utc.replace("-", "").replace(":", "")[:13]


def _bound(miss_m: float, radius_m: float) -> float:
    """Greatest 2-D probability over the size of a round covariance; R² / (e d²) where the radius is small."""
    if miss_m > _FAR * radius_m:
        return float(radius_m**2 / (np.e * miss_m**2))
    return dilution(
        (miss_m, 0.0), np.eye(2) * max(miss_m, radius_m) ** 2, np.zeros((2, 2)), radius_m
    ).maximum_probability


def screening_bounds(miss_m: NDArray[np.float64], radius_m: float) -> NDArray[np.float64]:
    """Return the most that the probability of each approach can be for one combined radius, (n,).

    The same as `assess_screening` gives, to 1e-5 of itself; a curve through exact values serves many rows at once.

    Parameters
    ----------
    miss_m : (n,) float64
    radius_m : float
        Combined radius of both objects.

    Raises
    ------
    InputError
        The radius is not above zero.

    Validation
    ----------
    tests/unit/test_app_assess_screening.py: row by row.
    """
    if not 0.0 < radius_m < np.inf:
        raise InputError(f"a radius of {radius_m} m", where="hard_body_radius_m", remedy="give one above zero")
    ratio = np.asarray(miss_m, dtype=np.float64) / radius_m
    bound: NDArray[np.float64] = np.exp(-1.0) / np.maximum(ratio, _FAR) ** 2
    between = (ratio >= _CURVE_FROM) & (ratio <= _FAR)
    log_ratio, log_bound = _bound_curve()
    bound[between] = np.exp(np.interp(np.log(ratio[between]), log_ratio, log_bound)) / ratio[between] ** 2
    near = ratio < _CURVE_FROM
    bound[near] = [_bound(float(each), 1.0) for each in ratio[near]]
    return bound


@cache
def _bound_curve() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bound times (d / R)², which hardly bends, over d / R; both as logarithms."""
    ratio = np.geomspace(_CURVE_FROM, _FAR, 60)
    return np.log(ratio), np.log([_bound(float(each), 1.0) * each**2 for each in ratio])
