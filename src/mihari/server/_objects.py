"""Routes: one object whole, its way, its distance from another, and the geosynchronous belt."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from mihari.app.export_objects import card_document, geo_frame_edge, geo_head, range_document, track_document
from mihari.app.geo import LongitudeWindow, geo_of
from mihari.app.object_card import LONGEST_SPAN_S, object_card, object_track, pair_range
from mihari.astro.states import Frame
from mihari.compute import AnswerMemory
from mihari.errors import UsageError
from mihari.model.provenance import DataMode
from mihari.server._node import ServedNode
from mihari.server._object_models import Geo, ObjectCardAnswer, RangeAnswer, TrackAnswer
from mihari.server._parameters import AsOf, At, FrameName, FrameQuery, ModeQuery, UtcText
from mihari.server._responses import json_response, rows_written, written_response
from mihari.store import StoredRun
from mihari.units import RAD_PER_DEG

__all__ = ["object_routes"]

_DAY_S: Final = 86_400.0
_KEPT_BELTS: Final = 8
Number = Annotated[int, Path(ge=1, le=999_999_999, description="Catalogue number.")]
Start = Annotated[UtcText | None, Query(description="UTC. Default: the moment that `where` would choose.")]
Span = Annotated[float | None, Query(ge=1.0, le=LONGEST_SPAN_S, description="Length, s.")]
Step = Annotated[float | None, Query(ge=0.1, le=LONGEST_SPAN_S, description="Step, s; 2,000 rows are the most.")]
Longitude = Annotated[float | None, Query(ge=-180.0, le=180.0, description="End of a window, degrees east.")]


def object_routes(node: ServedNode) -> APIRouter:
    """Return the routes that tell of single objects and of the belt."""
    router = APIRouter(tags=["objects"])
    belts = AnswerMemory(most=_KEPT_BELTS)

    @router.get("/objects/{norad_cat_id}", response_model=ObjectCardAnswer)
    def card(
        norad_cat_id: Number,
        at: At = None,
        as_of: AsOf = None,
        frame: FrameQuery = FrameName.GCRF,
        mode: ModeQuery = None,
    ) -> Response:
        """Say everything of one object: state, elements, history, close approaches, where it comes from."""
        catalogue = node.catalogue(as_of=as_of, mode=mode)
        moment = node.moment(at, catalogue=catalogue)
        found = object_card(
            catalogue,
            norad_cat_id,
            at_tai_ns=moment.at_tai_ns,
            frame=Frame(frame.value),
            orientation=node.orientation,
            run=_newest_run(node, catalogue.data_mode, known_at_tai_ns=catalogue.as_of_tai_ns),
        )
        known_at = node.now_tai_ns() if catalogue.as_of_tai_ns is None else catalogue.as_of_tai_ns
        return json_response(card_document(found, moment=moment, as_of_tai_ns=known_at))

    @router.get("/objects/{norad_cat_id}/track", response_model=TrackAnswer)
    def track(
        norad_cat_id: Number,
        start: Start = None,
        span_s: Span = None,
        step_s: Step = None,
        frame: FrameQuery = FrameName.GCRF,
        mode: ModeQuery = None,
    ) -> Response:
        """Return the way of one object, one revolution unless said otherwise."""
        catalogue = node.catalogue(mode=mode)
        moment = node.moment(start, catalogue=catalogue)
        found = object_track(
            catalogue,
            norad_cat_id,
            start_tai_ns=moment.at_tai_ns,
            span_s=span_s,
            step_s=step_s,
            frame=Frame(frame.value),
            orientation=node.orientation,
        )
        return json_response(track_document(found, data_mode=catalogue.data_mode))

    @router.get("/objects/{norad_cat_id}/range/{other}", response_model=RangeAnswer)
    def distance(
        norad_cat_id: Number,
        other: Number,
        start: Start = None,
        span_s: Span = None,
        step_s: Step = None,
        mode: ModeQuery = None,
    ) -> Response:
        """Return how far two objects are from each other, a day in steps of a minute unless said otherwise."""
        catalogue = node.catalogue(mode=mode)
        moment = node.moment(start, catalogue=catalogue)
        found = pair_range(catalogue, norad_cat_id, other, start_tai_ns=moment.at_tai_ns, span_s=span_s, step_s=step_s)
        return json_response(range_document(found, data_mode=catalogue.data_mode))

    @router.get("/geo", response_model=Geo)
    def geo(
        at: At = None,
        days: Annotated[
            float, Query(ge=0.0, le=30.0, description="The series reaches so far before and after; 0 for none.")
        ] = 0.0,
        step_h: Annotated[float, Query(ge=0.5, le=48.0, description="Step of the series, h.")] = 6.0,
        west_deg: Longitude = None,
        east_deg: Longitude = None,
        as_of: AsOf = None,
        mode: ModeQuery = None,
    ) -> Response:
        """Return the geosynchronous belt: longitude, drift and neighbours of every object of the regime GEO.

        A window from `west_deg` to `east_deg` may cross the date line. Neighbours are counted over the whole belt.
        """
        revision = node.revision()
        catalogue = node.catalogue(as_of=as_of, mode=mode)
        moment = node.moment(at, catalogue=catalogue)
        window = _window(west_deg, east_deg)

        def write() -> bytes:
            answer = geo_of(
                catalogue,
                at_tai_ns=moment.at_tai_ns,
                reach_s=days * _DAY_S,
                step_s=step_h * 3_600.0,
                window=window,
                orientation=node.orientation,
            )
            head = geo_head(answer, moment=moment, data_mode=catalogue.data_mode)
            return rows_written(head, "rows", geo_frame_edge(answer, at_tai_ns=moment.at_tai_ns))

        question = (revision, catalogue.data_mode, catalogue.as_of_tai_ns, moment, days, step_h, window)
        return written_response(belts.answer(question, write))

    return router


def _newest_run(node: ServedNode, mode: DataMode, *, known_at_tai_ns: int | None) -> StoredRun | None:
    runs = node.runs(mode=mode)
    if known_at_tai_ns is not None:
        runs = runs.filter(runs["learned_tai_ns"] <= known_at_tai_ns)
    return node.run(int(runs["run_id"][-1])) if runs.height else None


def _window(west_deg: float | None, east_deg: float | None) -> LongitudeWindow | None:
    if west_deg is None and east_deg is None:
        return None
    if west_deg is None or east_deg is None:
        missing = "west_deg" if west_deg is None else "east_deg"
        raise UsageError("a window needs both ends", where=missing, remedy="give west_deg and east_deg")
    return LongitudeWindow(west_deg * RAD_PER_DEG, east_deg * RAD_PER_DEG)
