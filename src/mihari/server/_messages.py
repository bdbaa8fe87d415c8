"""Routes: what is posted is assessed or checked, and nothing of it is kept; the profiles that assess."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mihari.app.assess import assessment_request
from mihari.app.assessment_documents import assessment_document
from mihari.app.messages import check_document, check_message
from mihari.app.profiles import profiles_document
from mihari.app.received import assess_received
from mihari.conjunction.assessment import AssessmentRequest
from mihari.model.provenance import DataMode
from mihari.policy import threshold_profiles
from mihari.server._assessment_models import AssessmentAnswer, MessageVerdict, Profiles
from mihari.server._bodies import MESSAGE_BODY
from mihari.server._node import ServedNode
from mihari.server._problems import BODY_RESPONSES
from mihari.server._responses import json_response
from mihari.server._work import BoundedWork

__all__ = ["message_routes"]

_WORKERS: Final = max(1, min(4, (os.cpu_count() or 1) // 2))
"""An assessment may take seconds of one core; half of them stay free for every other question."""
_PLACES: Final = _WORKERS + 7
_NAME: Final = "body"
"""What a posted message is called, which has no file name."""
_PROFILES: Final = threshold_profiles()
_LONGEST_RADIUS_M: Final = 1.0e5


def _shipped(name: str) -> str:
    """Only shipped profiles: a name from outside never opens a file of the node."""
    if name not in _PROFILES:
        raise PydanticCustomError(
            "no_profile",
            "there is no threshold profile of that name",
            {"remedy": f"there are {', '.join(_PROFILES)}; profiles tells of them"},
        )
    return name


ProfileName = Annotated[str, AfterValidator(_shipped), WithJsonSchema({"type": "string", "enum": list(_PROFILES)})]
Profile = Annotated[ProfileName, Query(description="Threshold profile, by the name of a shipped one.")]
Radius = Annotated[
    float | None,
    Query(gt=0.0, lt=_LONGEST_RADIUS_M, description="Combined radius of both, m. Default: as the message says."),
]
DefaultRadius = Annotated[bool, Query(description="Where no radius is known, take the profile's default, labelled.")]
AllMethods = Annotated[bool, Query(description="Evaluate every rung of the ladder, Monte Carlo too: takes seconds.")]
MessageMode = Annotated[
    DataMode | None, Query(description="Data mode of the message. Default: REAL, or SIMULATED for objects so marked.")
]


def message_routes(node: ServedNode) -> APIRouter:
    """Return the routes that take a message."""
    router = APIRouter(tags=["messages"])
    posted = BoundedWork(workers=_WORKERS, places=_PLACES)

    @lru_cache(maxsize=32)
    def asked(
        profile: str,
        radius_m: float | None,
        use_default_radius: bool,  # noqa: FBT001
        all_methods: bool,  # noqa: FBT001
        mode: DataMode | None,
    ) -> AssessmentRequest:
        # Kept, because a request reads the Earth orientation from files; the node has that table already.
        request = assessment_request(
            profile=profile,
            hard_body_radius_m=radius_m,
            use_default_radius=use_default_radius,
            all_methods=all_methods,
            data_mode=mode,
        )
        return replace(request, orientation=node.orientation)

    @router.post("/assessments", response_model=AssessmentAnswer, responses=BODY_RESPONSES, openapi_extra=MESSAGE_BODY)
    async def assess(
        request: Request,
        profile: Profile = "cara",
        hard_body_radius_m: Radius = None,
        default_radius: DefaultRadius = False,  # noqa: FBT002
        all_methods: AllMethods = False,  # noqa: FBT002
        mode: MessageMode = None,
    ) -> Response:
        """Assess the conjunction message (CDM) in the body and answer with the assessment; neither is kept."""

        def work(body: bytes) -> dict[str, Any]:
            question = asked(profile, hard_body_radius_m, default_radius, all_methods, mode)
            batch = assess_received(body, question, name=_NAME)
            return assessment_document(batch.assessments[0], coverage=batch.coverage())

        return json_response(await posted.on_body(request, work))

    @router.post("/messages/check", response_model=MessageVerdict, responses=BODY_RESPONSES, openapi_extra=MESSAGE_BODY)
    async def check(request: Request) -> Response:
        """Say what the body is and what is wrong with it, by the book of the version that it claims.

        What cannot be understood is an answer like any other: `valid` is false, and `faults` say why.
        """

        def work(body: bytes) -> dict[str, Any]:
            return check_document(check_message(body, name=_NAME))

        return json_response(await posted.on_body(request, work))

    @router.get("/profiles", response_model=Profiles)
    def profiles() -> Response:
        """List the threshold profiles that assess, each with its version and where its numbers come from."""
        return json_response(profiles_document())

    return router
