"""Routes: the two that partners' nodes use, which know them by their signatures, and what this node's people ask."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from mihari.app.exchange_node import ExchangeNode, open_exchange
from mihari.app.exchange_requests import chain_document, requests
from mihari.app.exchange_wire import answer_pull, answer_push
from mihari.astro.time import format_utc
from mihari.errors import NotFoundError
from mihari.policy.access import Role
from mihari.release.exchange import partner_document
from mihari.release.signing import parsed_document
from mihari.server._node import ServedNode
from mihari.server._parameters import Limit, ModeQuery, Offset
from mihari.server._problems import BODY_RESPONSES
from mihari.server._responses import json_response
from mihari.server._roles import require_role
from mihari.server._work import BoundedWork

__all__ = ["PARTNER_PATHS", "exchange_routes"]

PARTNER_PATHS: Final = frozenset({"/api/v1/exchange/bundles", "/api/v1/exchange/pull"})
"""Partners' nodes have no token: what they send is signed, and only what is signed is looked at."""
_PLACES: Final = 4
_MOST_QUESTION_BYTES: Final = 64 << 10
_BYTES: Final = "application/octet-stream"
_BUNDLE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A bundle as it was exported: lines of canonical JSON, the first signed. At most 64 MiB.",
        "content": {_BYTES: {"schema": {"type": "string", "minLength": 1}}},
    }
}
_QUESTION: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A signed question for the next bundle: `pull` and `signatures`.",
        "content": {_BYTES: {"schema": {"type": "string", "minLength": 1}}},
    }
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The bundle.", "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "There is nothing new for whoever asks."},
    **BODY_RESPONSES,
}


class PushAnswer(BaseModel):
    """What became of a bundle, with this node's signed receipt."""

    accepted: int
    duplicates: int
    quarantined: int
    rejected: int
    partner: str
    sequence: int | None
    outcome: str
    conflicts: int
    reasons: dict[str, int] = Field(description="How many were set aside or rejected, by reason.")
    alarms: list[str]
    isolated: bool
    skew_s: float | None = Field(description="How long before its arrival the bundle says it was written, s.")
    receipt: dict[str, Any] | None
    signatures: list[dict[str, Any]]


class PartnerRow(BaseModel):
    """A partner's node and what passed both ways."""

    node_id: str
    party: str
    url: str
    status: str = Field(description="ACTIVE or ISOLATED.")
    reason: str
    sends: list[str]
    takes: list[str]
    bundles_per_minute: int
    bytes_per_hour: int
    sent_bundles: int
    sent_records: int
    not_acknowledged: int
    received_bundles: int
    received: dict[str, int]
    missing_sequences: list[int]
    last_skew_s: float | None


class AlarmRow(BaseModel):
    """Something that a person must see."""

    number: int
    partner: str
    kind: str
    words: str
    at_utc: str
    seen_by: str | None


class ExchangeState(BaseModel):
    """This node among nodes; empty where it has no name yet."""

    node_id: str | None
    party: str | None
    partners: list[PartnerRow]
    alarms: list[AlarmRow]
    conflicts: int = Field(description="About how many things records contradict each other; all are kept.")
    quarantined: int


class RequestRow(BaseModel):
    """A request with its steps."""

    request_id: str
    status: str | None = Field(description="None while its proposal has not come.")
    steps: list[dict[str, Any]]
    aside: list[dict[str, Any]] = Field(description="Steps that contradict these, or came before their forerunner.")


class RequestRows(BaseModel):
    """Requests, the newest first."""

    requests: list[RequestRow]
    total: int


def exchange_routes(node: ServedNode) -> APIRouter:
    """Return the routes of the exchange; a node without a store or a name exchanges nothing."""
    router = APIRouter(tags=["exchange"])
    arriving = BoundedWork(workers=1, places=_PLACES, of="bundles")

    def own() -> ExchangeNode:
        if node.folder is None:
            raise NotFoundError("this node exchanges nothing", where="exchange")
        return open_exchange(node.folder, clock=node.now_tai_ns)

    @router.post("/exchange/bundles", response_model=PushAnswer, responses=BODY_RESPONSES, openapi_extra=_BUNDLE)
    async def push(request: Request) -> Response:
        """Take a bundle from a partner's node. Whatever it is, the answer says what became of it."""
        return json_response(await arriving.on_body(request, lambda body: answer_push(own(), body)))

    @router.post("/exchange/pull", response_class=Response, responses=_ANSWERS, openapi_extra=_QUESTION)
    async def pull(request: Request) -> Response:
        """Give a partner's node the bundle that it asks for by number, signed for it alone."""

        def work(body: bytes) -> bytes | None:
            return answer_pull(own(), parsed_document(body, where="body", largest=_MOST_QUESTION_BYTES))

        data = await arriving.on_body(request, work)
        return Response(status_code=204) if data is None else Response(data, media_type=_BYTES)

    @router.get("/exchange", response_model=ExchangeState)
    def state() -> Response:
        """Tell of this node's partners, alarms and contradictions."""
        require_role(node, Role.ADMIN, Role.AUDITOR, Role.WATCH_OFFICER)
        try:
            mine = own()
        except NotFoundError:
            empty: dict[str, Any] = {"partners": [], "alarms": [], "conflicts": 0, "quarantined": 0}
            return json_response({"node_id": None, "party": None, **empty})
        memory = mine.state
        return json_response(
            {
                "node_id": mine.node_id,
                "party": mine.party,
                "partners": [{**partner_document(each), **memory.account(each.node_id)} for each in memory.partners()],
                "alarms": [
                    {
                        "number": each.number,
                        "partner": each.partner,
                        "kind": each.kind,
                        "words": each.words,
                        "at_utc": format_utc(each.at_tai_ns, digits=3),
                        "seen_by": each.seen_by,
                    }
                    for each in memory.alarms()
                ],
                "conflicts": len(memory.conflicts()),
                "quarantined": len(memory.quarantined()),
            }
        )

    @router.get("/exchange/requests", response_model=RequestRows)
    def listed(mode: ModeQuery = None, limit: Limit = 1000, offset: Offset = 0) -> Response:
        """List requests for information and collection requests, with every step of the answer."""
        require_role(node, Role.ADMIN, Role.ANALYST, Role.WATCH_OFFICER)
        try:
            found = requests(own(), mode=mode)
        except NotFoundError:
            found = []
        rows = [chain_document(each) for each in found[offset : offset + limit]]
        return json_response({"requests": rows, "total": len(found)})

    return router
