"""Route: the trade space of an event, worked out in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Response

from mihari.app.assess import assessment_request
from mihari.app.avoid import AvoidanceQuestion
from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.events import EventFile
from mihari.app.moment import moment_tai_ns
from mihari.app.trade_space import check_trade_space, trade_space_document
from mihari.conjunction.assessment import AssessmentRequest
from mihari.errors import NotFoundError, UsageError
from mihari.model.assessment import HardBodyRadius
from mihari.model.provenance import DataMode
from mihari.policy import threshold_profiles
from mihari.server._avoidance_models import AvoidanceProgress, AvoidanceRequest
from mihari.server._background import BackgroundWork, Work
from mihari.server._node import ServedNode
from mihari.server._responses import json_response

__all__ = ["avoidance_routes"]

_WAITING: Final = 3
_KEPT_NS: Final = 600 * 10**9
_FINALISTS: Final = 8
"""So many burns are flown and screened: what a person compares, not what a search would take."""


def avoidance_routes(node: ServedNode) -> APIRouter:
    """Return the route that works out what may be done about an event."""
    router = APIRouter(tags=["events"])
    background = BackgroundWork(waiting=_WAITING, kept_ns=_KEPT_NS, of="trade spaces")

    @router.post("/avoidance", response_model=AvoidanceProgress)
    def avoidance(question: AvoidanceRequest) -> Response:
        """Work out burns against all conjunctions of one object of an event: ask again until `answer` is there.

        It takes from seconds to minutes, one event at a time; the answer stays for ten minutes. Nothing of it is kept
        or sent. Only a burn that was flown and screened against the catalogue is called recommended, and the decision
        is the operator's. Events from public element sets have no covariance and are refused.
        """

        def prepare() -> Work:
            asked = _asked(question, _event(node, question))
            return lambda tell: trade_space_document(node.avoid(asked, progress=tell))

        found = background.ask(question.model_dump_json(), prepare, now_tai_ns=node.now_tai_ns())
        return json_response({"done": found.document is not None, "fraction": found.fraction, "answer": found.document})

    return router


def _event(node: ServedNode, question: AvoidanceRequest) -> EventFile:
    try:
        return node.event(question.event_id, mode=None if question.mode is None else DataMode(question.mode))
    except NotFoundError as error:
        raise NotFoundError(error.what, where="event_id", remedy="ask events, perhaps in another mode") from None


def _asked(question: AvoidanceRequest, event: EventFile) -> AvoidanceQuestion:
    assessment = event.assessment
    primary = check_trade_space(assessment, question.primary)
    profile = question.profile or str(assessment["profile"]).rpartition(" ")[0]
    if profile not in threshold_profiles():
        raise UsageError(
            f"the event was assessed by a profile of its own, {profile}", where="profile", remedy="name a shipped one"
        )
    constraints = AvoidanceConstraints(source="as asked")
    if question.maximum_delta_v_m_s is not None:
        constraints = replace(constraints, greatest_delta_v_m_s=question.maximum_delta_v_m_s)
    if question.latest_utc is not None:
        constraints = replace(constraints, latest_tai_ns=moment_tai_ns(question.latest_utc, option="latest_utc"))
    start = None if question.start_utc is None else moment_tai_ns(question.start_utc, option="start_utc")
    return AvoidanceQuestion(
        primary=primary,
        event_id=event.event_id,
        request=_request(assessment, profile, question.hard_body_radius_m),
        constraints=constraints,
        start_tai_ns=start,
        finalists=_FINALISTS,
        mode=DataMode(assessment["data_mode"]),
    )


def _request(assessment: Mapping[str, Any], profile: str, radius_m: float | None) -> AssessmentRequest:
    """The radius is that of the assessment, whoever gave it, unless another one is asked for."""
    request = assessment_request(profile=profile, hard_body_radius_m=radius_m)
    told = assessment["hard_body_radius"]
    if radius_m is not None or told is None:
        return request
    radius = HardBodyRadius(value_m=told["value_m"], source=told["source"], is_default=told["is_default"])
    return replace(request, hard_body_radius=radius)
