"""Screening runs as records: the coverage statement as JSON beside the table of conjunctions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np
import polars as pl

from mihari.errors import InputError
from mihari.model.conjunction import (
    CONJUNCTION_SCHEMA,
    CoverageStatement,
    EphemerisCoverage,
    ScreeningResult,
    Unscreened,
)
from mihari.model.provenance import DataMode

__all__ = ["FIRST_UNCOUNTED_RUN", "StoredRun", "coverage_from_json", "coverage_to_json", "run_records"]

FIRST_UNCOUNTED_RUN: Final = 2**51
"""Runs that are not public have numbers from here to twice as much, which no counter gives and JSON still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A screening as it was kept: the whole result, with its inputs and the moment that the node learned it."""

    run_id: int
    learned_tai_ns: int
    inputs: Mapping[str, Any]
    result: ScreeningResult


def coverage_to_json(coverage: CoverageStatement) -> str:
    """Return the statement as JSON with all digits."""
    told = {field.name: getattr(coverage, field.name) for field in fields(coverage)}
    told |= {"volume": dict(coverage.volume), "cost": dict(coverage.cost), "data_mode": coverage.data_mode.value}
    told["ephemerides"] = [asdict(one) for one in coverage.ephemerides]
    return _json({**told, "unscreened": [asdict(one) for one in coverage.unscreened]})


def coverage_from_json(text: str) -> CoverageStatement:
    """Return the statement that `coverage_to_json` wrote."""
    told = json.loads(text)
    told["data_mode"] = DataMode(told["data_mode"])
    told["unscreened"] = tuple(Unscreened(**one) for one in told["unscreened"])
    told["ephemerides"] = tuple(
        EphemerisCoverage(**{**one, "spans_tai_ns": tuple((first, last) for first, last in one["spans_tai_ns"])})
        for one in told.get("ephemerides", ())
    )
    return CoverageStatement(**told)


def run_records(
    run_id: int, result: ScreeningResult, *, inputs: Mapping[str, Any]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the row of the run and the rows of its conjunctions, these with their labels."""
    run = pl.DataFrame(
        {
            "run_id": [run_id],
            "start_tai_ns": [result.coverage.start_tai_ns],
            "end_tai_ns": [result.coverage.end_tai_ns],
            "conjunctions": [result.conjunctions.height],
            "coverage_json": [coverage_to_json(result.coverage)],
            "inputs_json": [_json(dict(inputs))],
        }
    )
    own = result.conjunctions
    label = pl.lit(result.coverage.label).alias("label") if "label" not in own.columns else pl.col("label")
    own = own.select(*CONJUNCTION_SCHEMA, label)
    return run, own.select(pl.lit(run_id, dtype=pl.Int64).alias("run_id"), pl.all())


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Return NumPy's scalars and arrays as plain numbers and lists."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise InputError(f"a value of type {type(value).__name__} cannot be kept with a run", remedy="give plain data")
