"""Routes: the events that kept messages tell of, and one of them whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from mihari.app.assessment_documents import event_document, events_document
from mihari.errors import NotFoundError
from mihari.server._assessment_models import Event, Events
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, Limit, ModeQuery, Offset
from mihari.server._responses import json_response

__all__ = ["event_routes"]

# Designators are free text in a message and may hold a slash.
EventId = Annotated[str, Path(min_length=1, max_length=300, description="Name of the event, as `events` gives it.")]


def event_routes(node: ServedNode) -> APIRouter:
    """Return the routes that tell of events."""
    router = APIRouter(tags=["events"])

    @router.get("/events", response_model=Events)
    def events(mode: ModeQuery = None, as_of: AsOf = None, limit: Limit = 1000, offset: Offset = 0) -> Response:
        """List the newest assessment of every event, what needs a person now first; `coverage` counts them all."""
        document = events_document(node.events(as_of=as_of, mode=mode))
        return json_response(document | {"events": document["events"][offset : offset + limit]})

    @router.get("/events/{event_id:path}", response_model=Event)
    def event(event_id: EventId, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Return one event: its newest assessment, how it developed, and what people wrote about it."""
        try:
            found = node.event(event_id, as_of=as_of, mode=mode)
        except NotFoundError as error:
            raise NotFoundError(error.what, where="event_id", remedy="ask events, perhaps in another mode") from None
        return json_response(event_document(found))

    return router
