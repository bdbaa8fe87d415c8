"""Screening runs as records: the coverage statement as JSON beside the table of conjunctions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from mihari.model.conjunction import CONJUNCTION_SCHEMA, CoverageStatement, ScreeningResult, Unscreened
from mihari.model.provenance import DataMode

__all__ = ["StoredRun", "coverage_from_json", "coverage_to_json", "run_records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A screening as it was kept: the whole result, with its inputs and the moment that the node learned it."""

    run_id: int
    learned_tai_ns: int
    inputs: Mapping[str, Any]
    result: ScreeningResult


def coverage_to_json(coverage: CoverageStatement) -> str:
    """Return the statement as JSON with all digits."""
    return json.dumps({**asdict(coverage), "data_mode": coverage.data_mode.value}, ensure_ascii=False)


def coverage_from_json(text: str) -> CoverageStatement:
    """Return the statement that `coverage_to_json` wrote."""
    fields = json.loads(text)
    fields["data_mode"] = DataMode(fields["data_mode"])
    fields["unscreened"] = tuple(Unscreened(**one) for one in fields["unscreened"])
    return CoverageStatement(**fields)


def run_records(
    run_id: int, result: ScreeningResult, *, inputs: Mapping[str, Any]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the row of the run and the rows of its conjunctions."""
    run = pl.DataFrame(
        {
            "run_id": [run_id],
            "start_tai_ns": [result.coverage.start_tai_ns],
            "end_tai_ns": [result.coverage.end_tai_ns],
            "conjunctions": [result.conjunctions.height],
            "coverage_json": [coverage_to_json(result.coverage)],
            "inputs_json": [json.dumps(dict(inputs), ensure_ascii=False)],
        }
    )
    own = result.conjunctions.select(list(CONJUNCTION_SCHEMA))
    return run, own.select(pl.lit(run_id, dtype=pl.Int64).alias("run_id"), pl.all())
