"""Route: two objects around their closest approach, relative to each other and in double precision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mihari.app.encounter import LONGEST_SPAN_S, encounter_document, encounter_of
from mihari.server._models import EncounterAnswer
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, ModeQuery, UtcText
from mihari.server._responses import json_response

__all__ = ["encounter_routes"]

CatalogueNumber = Annotated[int, Query(ge=1, le=999_999_999, description="Catalogue number.")]


def encounter_routes(node: ServedNode) -> APIRouter:
    """Return the route that tells how two objects pass each other."""
    router = APIRouter(tags=["screening"])

    @router.get("/encounter", response_model=EncounterAnswer)
    def encounter(
        first: CatalogueNumber,
        second: CatalogueNumber,
        tca: Annotated[UtcText, Query(description="UTC: the middle of the window.")],
        span_s: Annotated[
            float | None, Query(gt=0.0, le=LONGEST_SPAN_S, description="Window, s. Default: 120.")
        ] = None,
        step_s: Annotated[float | None, Query(gt=0.0, le=LONGEST_SPAN_S, description="Default: 121 samples.")] = None,
        as_of: AsOf = None,
        mode: ModeQuery = None,
    ) -> Response:
        """Return the second object relative to the first around a moment, and their closest approach in that window.

        From element sets: advisory, without a covariance. Axes: radial, transverse, normal of the first object.
        """
        catalogue = node.catalogue(as_of=as_of, mode=mode)
        answer = encounter_of(catalogue, first=first, second=second, tca=tca, span_s=span_s, step_s=step_s)
        return json_response(encounter_document(answer))

    return router
