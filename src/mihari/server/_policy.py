"""Routes: events that are reported, the asset register, instruments, and the brief of who is concerned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from mihari.app.asset_register import asset_register_document, protection_document
from mihari.app.json_files import json_object
from mihari.app.moment import moment_tai_ns
from mihari.app.policy_desk import brief_document
from mihari.app.space_event_documents import all_events_document, space_event_file_document
from mihari.app.space_event_intake import report_event
from mihari.app.space_events import space_event_file
from mihari.errors import AccessError, UsageError
from mihari.ids import MAX_NORAD_CAT_ID
from mihari.model.space_event import EventKind
from mihari.policy.access import Role, load_parties
from mihari.policy.instruments import instrument_document, load_instruments
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, Limit, ModeQuery, Offset
from mihari.server._policy_models import (
    AssetRegister,
    Brief,
    Instruments,
    Protection,
    ReportAnswer,
    SpaceEventAnswer,
    SpaceEventList,
)
from mihari.server._problems import BODY_RESPONSES
from mihari.server._responses import json_response
from mihari.server._roles import asker_name, require_role
from mihari.server._work import BoundedWork
from mihari.store import SPACE_EVENTS, EmbeddedStore, StoreMode

__all__ = ["policy_routes"]

_PLACES: Final = 16
_JSON: Final = "application/json"
_REPORTERS: Final = (Role.WATCH_OFFICER, Role.ANALYST, Role.POLICY_ADVISER, Role.RELEASE_OFFICER, Role.ADMIN)
_REPORT_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One report as a JSON object: a new event, an update of one, or its cancellation.",
        "content": {_JSON: {"schema": {"type": "object", "minProperties": 1}}},
    }
}
EventId = Annotated[str, Path(min_length=1, max_length=300, description="Name of the event.")]
EventName = Annotated[str, Query(min_length=1, max_length=300, description="Name of the event.")]
Kinds = Annotated[list[EventKind] | None, Query(description="Only events of these kinds. Default: all.", max_length=10)]
Objects = Annotated[
    list[Annotated[int, Query(ge=1, le=MAX_NORAD_CAT_ID)]] | None,
    Query(alias="object", description="Catalogue numbers. Default: what people entered.", max_length=100),
]


def policy_routes(node: ServedNode) -> APIRouter:
    """Return the routes of events and of the policy desk."""
    router = APIRouter(tags=["policy"])
    reports = BoundedWork(workers=1, places=_PLACES, of="reports")
    book = load_parties()

    @router.get("/space-events", response_model=SpaceEventList)
    def listed(
        mode: ModeQuery = None, as_of: AsOf = None, kind: Kinds = None, limit: Limit = 1000, offset: Offset = 0
    ) -> Response:
        """List reported events and conjunctions, the one that began last first; `coverage` counts them all."""
        with node.open_store(StoreMode.READ) as store:
            document = all_events_document(
                store, now_tai_ns=node.now_tai_ns(), as_of_tai_ns=_known_at(as_of), data_mode=mode, kinds=kind or ()
            )
        return json_response(document | {"events": document["events"][offset : offset + limit]})

    @router.post("/space-events", response_model=ReportAnswer, responses=BODY_RESPONSES, openapi_extra=_REPORT_BODY)
    async def report(request: Request, mode: ModeQuery = None) -> Response:
        """Take in a report; the same report twice is kept once. An update carries the event_id of the one before.

        Where the node has users, the report is written by the one who asks, whoever it names.
        """
        require_role(node, *_REPORTERS)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            # A page of another origin cannot send this type without asking first, and is not answered.
            raise UsageError("is not application/json", where="content-type", remedy="send JSON and say so")

        def work(body: bytes) -> dict[str, Any]:
            document = json_object(body, name="body")
            with _written(node, document) as store:
                return report_event(
                    store, document, now_tai_ns=node.now_tai_ns(), written_by=asker_name(request), data_mode=mode
                ).document()

        return json_response(await reports.on_body(request, work))

    @router.get("/space-events/{event_id:path}", response_model=SpaceEventAnswer)
    def one(event_id: EventId, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Return one event with every report about it; reports that contradict each other stand side by side."""
        with node.open_store(StoreMode.READ) as store:
            file = space_event_file(store, event_id, as_of_tai_ns=_known_at(as_of), data_mode=mode)
        return json_response(space_event_file_document(file, now_tai_ns=node.now_tai_ns()))

    @router.get("/policy/brief", response_model=Brief)
    def brief(event: EventName, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Say whose assets an event concerns, what may be relevant, and which rung of consultation is next."""
        with node.open_store(StoreMode.READ) as store:
            document = brief_document(
                store,
                event,
                book=book,
                now_tai_ns=node.now_tai_ns(),
                as_of_tai_ns=_known_at(as_of),
                data_mode=mode,
            )
        return json_response(document)

    @router.get("/policy/assets", response_model=AssetRegister)
    def assets(objects: Objects = None, mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Return the asset register; what is unknown is listed as unknown."""
        with node.open_store(StoreMode.READ) as store:
            document = asset_register_document(store, objects=objects, as_of_tai_ns=_known_at(as_of), data_mode=mode)
        return json_response(document)

    @router.get("/policy/protection", response_model=Protection)
    def protection(mode: ModeQuery = None, as_of: AsOf = None) -> Response:
        """Return protection statements beside each other; the node weighs none of them."""
        with node.open_store(StoreMode.READ) as store:
            document = protection_document(store, as_of_tai_ns=_known_at(as_of), data_mode=mode)
        return json_response(document)

    @router.get("/policy/instruments", response_model=Instruments)
    def instruments() -> Response:
        """List instruments with nature, source, and whether the source was checked."""
        known = load_instruments()
        told = [instrument_document(each) for each in known.instruments.values()]
        return json_response({"version": known.version, "instruments": told})

    return router


def _written(node: ServedNode, document: Mapping[str, Any]) -> EmbeddedStore:
    """Open the store for a report; a user adds to what it sees, and does not learn of the rest by trying names."""
    if getattr(node, "viewer", None) is None or node.folder is None:
        return node.open_store(StoreMode.WRITE)
    name = str(document.get("event_id", ""))
    with node.open_store(StoreMode.READ) as seen:
        is_seen = _is_reported(seen, name)
    store = EmbeddedStore.open(node.folder, mode=StoreMode.WRITE)
    if not is_seen and _is_reported(store, name):
        store.close()
        raise AccessError("this name cannot be used", remedy="report it under another event_id")
    return store


def _is_reported(store: EmbeddedStore, name: str) -> bool:
    return any(
        name in store.records(SPACE_EVENTS, data_mode=mode, columns=("event_id",))["event_id"]
        for mode in store.data_modes(kind=SPACE_EVENTS)
    )


def _known_at(as_of: str | None) -> int | None:
    return None if as_of is None else moment_tai_ns(as_of, option="--as-of")
