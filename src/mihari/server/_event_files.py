"""Routes: what an operator mails of an event, its plots and its report."""

from __future__ import annotations

import threading
from enum import Enum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response

from mihari.app.events import EventFile
from mihari.app.report import ReportForm, draw_plot, plot_names, plots_left_out, render_report
from mihari.errors import NotFoundError
from mihari.server._assessment_models import EventPlots
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, ModeQuery
from mihari.server._responses import json_response

__all__ = ["event_file_routes"]

EventName = Annotated[str, Query(min_length=1, max_length=300, description="Name of the event, as `events` gives it.")]

_MEDIA_TYPES: Final = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Names in them come from messages: whatever they are, nothing in these files may run or load.
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
}


class PlotImage(Enum):
    """What a plot can be."""

    SVG = "svg"
    PNG = "png"


class ReportFile(Enum):
    """What a report can be here: the forms that stand alone."""

    HTML = "html"
    PDF = "pdf"


def event_file_routes(node: ServedNode) -> APIRouter:
    """Return the routes that draw plots and write reports of kept events."""
    router = APIRouter(tags=["events"])
    # Matplotlib draws in one thread at a time.
    drawing = threading.Lock()

    def found(event: str, as_of: str | None, mode: Any) -> EventFile:
        try:
            return node.event(event, as_of=as_of, mode=mode)
        except NotFoundError as error:
            raise NotFoundError(error.what, where="event", remedy="ask events, perhaps in another mode") from None

    @router.get("/plots", response_model=EventPlots)
    def plots(event: EventName, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Say which plots of an event can be drawn, and why the others cannot."""
        one = found(event, as_of, mode)
        document, history = _document(one), one.history.to_dicts()
        return json_response(
            {
                "event_id": one.event_id,
                "plots": plot_names(document, history=history),
                "left_out": plots_left_out(document, history=history),
            }
        )

    @router.get(
        "/plots/{name}.{image}", response_class=Response, responses={200: _content("image/svg+xml", "image/png")}
    )
    def plot(
        name: Annotated[str, Path(max_length=40, description="Name of the plot, as `plots` gives it.")],
        image: Annotated[PlotImage, Path(description="Form of the image.")],
        event: EventName,
        mode: ModeQuery = None,
        as_of: AsOf = None,
    ) -> Response:
        """Draw one plot of an event."""
        from mihari.picture import ImageFormat

        one = found(event, as_of, mode)
        with drawing:
            content = draw_plot(_document(one), name, history=one.history.to_dicts(), image=ImageFormat(image.value))
        return Response(content, media_type=_MEDIA_TYPES[image.value], headers=_HEADERS)

    @router.get("/report.{form}", response_class=Response, responses={200: _content("text/html", "application/pdf")})
    def report(
        form: Annotated[ReportFile, Path(description="Form of the report.")],
        event: EventName,
        mode: ModeQuery = None,
        as_of: AsOf = None,
    ) -> Response:
        """Write the one-page report of an event."""
        one = found(event, as_of, mode)
        with drawing:
            content, _ = render_report(
                _document(one),
                ReportForm(form.value),
                history=one.history.to_dicts(),
                made_tai_ns=node.now_tai_ns(),
            )
        return Response(content, media_type=_MEDIA_TYPES[form.value], headers=_HEADERS)

    return router


def _content(*media_types: str) -> dict[str, Any]:
    return {"description": "The file.", "content": {each.partition(";")[0]: _BINARY for each in media_types}}


def _document(event: EventFile) -> dict[str, Any]:
    return {**event.assessment, "stale": event.stale or event.assessment.get("stale")}
