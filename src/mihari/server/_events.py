"""Routes: the events that kept messages tell of, one of them whole, and its figures."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from mihari.app.assessment_documents import event_document, events_document
from mihari.app.events import EventFile
from mihari.app.report import draw_plot
from mihari.errors import NotFoundError
from mihari.model.provenance import DataMode
from mihari.server._assessment_models import Event, Events
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, ImageName, Limit, ModeQuery, Offset
from mihari.server._responses import json_response
from mihari.server._work import BoundedWork

__all__ = ["event_routes"]

_FIGURE_PLACES: Final = 24
_MEDIA_TYPES: Final = {ImageName.SVG: "image/svg+xml", ImageName.PNG: "image/png"}
_IMAGE_RESPONSE: Final[dict[str, Any]] = {
    "description": "The figure; its data mode stands in it, and in the header X-Data-Mode.",
    "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in _MEDIA_TYPES.values()},
}
_NO_SCRIPT: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""An SVG holds names from messages of others; a browser runs nothing of it."""

# Designators are free text in a message and may hold a slash.
EventId = Annotated[str, Path(min_length=1, max_length=300, description="Name of the event, as `events` gives it.")]
FigureName = Annotated[
    str, Path(min_length=1, max_length=100, description="encounter-plane, probability-history, ... as reports name it.")
]
Image = Annotated[ImageName, Path(description="Form of the image.")]


def event_routes(node: ServedNode) -> APIRouter:
    """Return the routes that tell of events."""
    router = APIRouter(tags=["events"])
    # One at a time: Matplotlib promises nothing to threads. A page asks for all figures of an event at once.
    figures = BoundedWork(workers=1, places=_FIGURE_PLACES, of="figures")

    @router.get("/events", response_model=Events)
    def events(mode: ModeQuery = None, as_of: AsOf = None, limit: Limit = 1000, offset: Offset = 0) -> Response:
        """List the newest assessment of every event, what needs a person now first; `coverage` counts them all."""
        document = events_document(node.events(as_of=as_of, mode=mode))
        return json_response(document | {"events": document["events"][offset : offset + limit]})

    # Before the route of one event, whose name may hold slashes.
    @router.get(
        "/events/{event_id:path}/figures/{name}.{image}", response_class=Response, responses={200: _IMAGE_RESPONSE}
    )
    async def figure(
        event_id: EventId, name: FigureName, image: Image, mode: ModeQuery = None, as_of: AsOf = None
    ) -> Response:
        """Draw one figure of an event; 404 says why where its newest assessment lacks the data."""

        def work() -> tuple[bytes, str]:
            from mihari.picture import ImageFormat  # loads Matplotlib

            found = one(event_id, mode, as_of)
            document = {**found.assessment, "stale": found.stale or found.assessment.get("stale")}
            try:
                drawn = draw_plot(document, name, history=found.history.to_dicts(), image=ImageFormat(image.value))
            except NotFoundError as error:
                raise NotFoundError(error.what, where="name", remedy=error.remedy) from None
            return drawn, str(document["data_mode"])

        content, data_mode = await figures.run(work)
        headers = {"Cache-Control": "no-store", "X-Data-Mode": data_mode, "Content-Security-Policy": _NO_SCRIPT}
        return Response(content, media_type=_MEDIA_TYPES[image], headers=headers)

    @router.get("/events/{event_id:path}", response_model=Event)
    def event(event_id: EventId, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Return one event: its newest assessment, how it developed, and what people wrote about it."""
        return json_response(event_document(one(event_id, mode, as_of)))

    def one(event_id: str, mode: DataMode | None, as_of: str | None) -> EventFile:
        try:
            return node.event(event_id, as_of=as_of, mode=mode)
        except NotFoundError as error:
            raise NotFoundError(error.what, where="event_id", remedy="ask events, perhaps in another mode") from None

    return router
