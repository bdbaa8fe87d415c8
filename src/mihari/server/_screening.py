"""Routes: kept screenings, their conjunctions, and a screening on demand."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

import polars as pl
from fastapi import APIRouter, HTTPException, Path, Query, Response
from pydantic import AfterValidator, WithJsonSchema

from mihari.app.assess_screening import BOUND_MEANING, screening_bounds
from mihari.app.export import coverage_document, screening_frame_edge
from mihari.astro.time import format_utc
from mihari.compute import AnswerMemory
from mihari.conjunction.screening import Volume
from mihari.errors import NotFoundError, UsageError
from mihari.model.conjunction import ScreeningResult
from mihari.model.provenance import DataMode
from mihari.server._models import Conjunctions, RunList, Screening, ScreeningRequest
from mihari.server._node import ServedNode
from mihari.server._parameters import Limit, ModeQuery, Offset, TableFormat, spelt
from mihari.server._responses import CSV_RESPONSE, json_response, json_with_rows, text_response
from mihari.store import StoredRun

__all__ = ["run_document", "screening_routes"]

_M_PER_KM: Final = 1_000.0
_DAY_S: Final = 86_400.0
_KEPT: Final = 4
RunId = Annotated[int, Path(ge=0, le=2**62, description="Number of the screening.")]
_MOST_OBJECTS: Final = 1_000
_numbers = spelt(
    r"[1-9]\d{0,8}(,[1-9]\d{0,8})*",
    kind="no_numbers",
    what="these are not catalogue numbers",
    remedy="write them like 25544 or 25544,48274",
)
Numbers = Annotated[
    str, AfterValidator(_numbers), WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d{0,8}(,[1-9]\d{0,8})*$"})
]
ObjectIds = Annotated[
    list[Numbers] | None,
    Query(description=f"Only conjunctions of these objects: repeated, or with commas; {_MOST_OBJECTS} at most."),
]


def run_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of the store's runs as a document."""
    return {
        "run_id": row["run_id"],
        "learned_utc": format_utc(row["learned_tai_ns"]),
        "start_utc": format_utc(row["start_tai_ns"]),
        "end_utc": format_utc(row["end_tai_ns"]),
        "conjunctions": row["conjunctions"],
        "data_mode": row["data_mode"],
    }


def screening_routes(node: ServedNode) -> APIRouter:
    """Return the routes that say who comes close to whom."""
    router = APIRouter(tags=["screening"])
    one_at_a_time = threading.Lock()
    told = AnswerMemory(most=_KEPT)

    @router.get("/runs", response_model=RunList)
    def runs(mode: ModeQuery = None, limit: Limit = 100) -> Response:
        """List the kept screenings, newest first."""
        table = node.runs(mode=mode).reverse().head(limit)
        return json_response({"runs": [run_document(row) for row in table.iter_rows(named=True)]})

    @router.get("/runs/{run_id}", response_model=Screening)
    def run(run_id: RunId) -> Response:
        """Return one kept screening whole: its coverage and every conjunction."""
        return _whole(node.run(run_id).result)

    @router.get("/conjunctions", response_model=Conjunctions, responses={200: CSV_RESPONSE})
    def conjunctions(
        run: Annotated[
            int | None, Query(ge=0, le=2**62, description="Number of a screening. Default: the last.")
        ] = None,
        object: ObjectIds = None,  # noqa: A002
        each: Annotated[
            int | None, Query(ge=1, le=10_000, description="With `object`: of each one only so many, closest first.")
        ] = None,
        max_miss_km: Annotated[float | None, Query(gt=0.0, le=1e6, description="Only misses up to this.")] = None,
        hard_body_radius_m: Annotated[
            float | None,
            Query(gt=0.0, le=1e4, description="Combined radius, m: adds to each row the most its probability can be."),
        ] = None,
        mode: ModeQuery = None,
        format: Annotated[TableFormat, Query(description="JSON page, or CSV of the same rows.")] = TableFormat.JSON,  # noqa: A002
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """Return the conjunctions of a kept screening, closest first, with what was looked at."""
        stored = node.run(_latest_run_id(node, mode) if run is None else run)
        # A kept screening never changes, nor another one takes its number.
        rows = told.answer((stored.run_id, stored.learned_tai_ns), lambda: _closest_first(stored.result))
        if object is not None:
            rows = _of_objects(rows, _numbers_of(object), each)
        elif each is not None:
            raise UsageError("each of which objects?", where="each", remedy="name them with object")
        if max_miss_km is not None:
            rows = rows.filter(pl.col("miss_distance_km") <= max_miss_km)
        page = rows.slice(offset, limit)
        if hard_body_radius_m is not None:
            bounds = screening_bounds(page["miss_distance_km"].to_numpy() * _M_PER_KM, hard_body_radius_m)
            page = page.with_columns(pl.Series("maximum_probability", bounds))
        if format is TableFormat.CSV:
            return text_response(page.write_csv(), media_type="text/csv")
        head = {
            "run": run_document(_row_of(stored)),
            "coverage": coverage_document(stored.result.coverage),
            "total": rows.height,
            "offset": offset,
            "hard_body_radius_m": hard_body_radius_m,
            "maximum_probability_meaning": None if hard_body_radius_m is None else BOUND_MEANING,
        }
        return json_with_rows(head, "conjunctions", page)

    @router.post("/screen", response_model=Screening)
    def screen(question: ScreeningRequest) -> Response:
        """Screen now and answer with the result, which is not kept. One such question is worked on at a time."""
        if not one_at_a_time.acquire(blocking=False):
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE, "another screening is being worked on", headers={"Retry-After": "10"}
            )
        try:
            answer = node.screen(
                start=question.start,
                span_s=question.hours * 3_600.0,
                volume=Volume.sphere(question.radius_km * _M_PER_KM),
                primaries=question.primaries,
                max_age_s=None if question.max_age_days is None else question.max_age_days * _DAY_S,
                mode=None if question.mode is None else DataMode(question.mode),
            )
        finally:
            one_at_a_time.release()
        return _whole(answer.result)

    return router


def _closest_first(result: ScreeningResult) -> pl.DataFrame:
    return screening_frame_edge(result).sort("miss_distance_km", "tca_utc")


def _whole(result: ScreeningResult) -> Response:
    return json_with_rows(
        {"coverage": coverage_document(result.coverage)}, "conjunctions", screening_frame_edge(result)
    )


def _latest_run_id(node: ServedNode, mode: DataMode | None) -> int:
    runs = node.runs(mode=mode)
    if not runs.height:
        raise NotFoundError("no screening has been kept yet", remedy="screen first, or wait for the node's own")
    return int(runs["run_id"][-1])


def _numbers_of(texts: Sequence[str]) -> list[int]:
    found = sorted({int(number) for text in texts for number in text.split(",")})
    if len(found) > _MOST_OBJECTS:
        raise UsageError(
            f"{len(found)} objects are asked about", where="object", remedy=f"ask about {_MOST_OBJECTS} at a time"
        )
    return found


def _of_objects(rows: pl.DataFrame, numbers: Sequence[int], each: int | None) -> pl.DataFrame:
    """Rows of some objects in their order; a pair of two of them is one row and counts for both."""
    sides = ("norad_cat_id_1", "norad_cat_id_2")
    rows = rows.filter(pl.any_horizontal(pl.col(side).is_in(numbers) for side in sides))
    if each is None:
        return rows
    placed = rows.with_row_index("place")
    both = pl.concat([placed.select("place", number=side) for side in sides])
    both = both.filter(pl.col("number").is_in(numbers)).sort("place")
    near = both.filter(pl.int_range(pl.len()).over("number") < each)["place"].unique()
    return placed.filter(pl.col("place").is_in(near.implode())).drop("place")


def _row_of(stored: StoredRun) -> dict[str, Any]:
    coverage = stored.result.coverage
    return {
        "run_id": stored.run_id,
        "learned_tai_ns": stored.learned_tai_ns,
        "start_tai_ns": coverage.start_tai_ns,
        "end_tai_ns": coverage.end_tai_ns,
        "conjunctions": stored.result.conjunctions.height,
        "data_mode": coverage.data_mode.value,
    }
