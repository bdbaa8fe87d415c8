"""Routes: where one object is, the whole picture, and the search for objects."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Query, Request, Response

from mihari.app.documents import picture_document
from mihari.app.export import counts_document, match_document, picture_frame_edge, where_document
from mihari.astro.states import Frame
from mihari.astro.time import format_utc
from mihari.model.space_object import ObjectType
from mihari.picture import Regime, search_objects
from mihari.server._models import Objects, PicturePage, Where
from mihari.server._node import ServedNode
from mihari.server._parameters import AsOf, At, FrameName, FrameQuery, Limit, ModeQuery, Offset, TableFormat
from mihari.server._responses import CSV_RESPONSE, json_response, json_with_rows, text_response

__all__ = ["state_routes"]


def state_routes(node: ServedNode) -> APIRouter:
    """Return the routes that say where objects are."""
    router = APIRouter(tags=["picture"])

    @router.get("/where", response_model=Where)
    def where(
        object: Annotated[  # noqa: A002
            str, Query(min_length=1, max_length=200, description="Catalogue number, international designator or name.")
        ],
        at: At = None,
        as_of: AsOf = None,
        frame: FrameQuery = FrameName.GCRF,
        mode: ModeQuery = None,
    ) -> Response:
        """Say where one object is, how old that knowledge is and how well it is known."""
        answer = node.where(object, at=at, as_of=as_of, frame=Frame(frame.value), mode=mode)
        document = where_document(answer.picture, as_of_tai_ns=answer.as_of_tai_ns, moment_reason=answer.moment.reason)
        return json_response(document)

    @router.get("/picture", response_model=PicturePage, responses={200: CSV_RESPONSE})
    def picture(
        request: Request,
        at: At = None,
        as_of: AsOf = None,
        frame: FrameQuery = FrameName.GCRF,
        mode: ModeQuery = None,
        regime: Annotated[Regime | None, Query(description="Only objects of this regime.")] = None,
        object_type: Annotated[ObjectType | None, Query(description="Only objects of this type.")] = None,
        format: Annotated[TableFormat, Query(description="JSON page, or CSV of the same rows.")] = TableFormat.JSON,  # noqa: A002
        limit: Limit = 1000,
        offset: Offset = 0,
    ) -> Response:
        """Return every object's best state, a page at a time; `next` leads through one and the same picture."""
        answer = node.picture(at=at, as_of=as_of, frame=Frame(frame.value), mode=mode)
        rows = picture_frame_edge(answer.picture)
        for column, wanted in (("regime", regime), ("object_type", object_type)):
            if wanted is not None:
                rows = rows.filter(pl.col(column) == wanted.value)
        page = rows.slice(offset, limit)
        if format is TableFormat.CSV:
            return text_response(page.write_csv(), media_type="text/csv")
        # The next page must be of this picture, not of one a moment later with what was learned meanwhile.
        asked: dict[str, Any] = {**request.query_params, "at": format_utc(answer.picture.at_tai_ns, digits=9)}
        asked |= {"limit": limit, "offset": offset + limit}
        following = f"{request.url.path}?{urlencode(asked)}" if offset + limit < rows.height else None
        document = picture_document(answer)
        counts = counts_document(answer.picture)
        head = {key: value for key, value in document.items() if key not in counts}
        head |= {"counts": counts, "total": rows.height, "offset": offset, "next": following}
        return json_with_rows(head, "rows", page)

    @router.get("/objects", response_model=Objects)
    def objects(
        query: Annotated[str, Query(min_length=1, max_length=200, description="Number, designator or part of a name.")],
        mode: ModeQuery = None,
        limit: Annotated[int, Query(ge=1, le=200, description="Hits at most.")] = 20,
    ) -> Response:
        """Search for objects by number, designator, well-known name or part of a name."""
        catalogue = node.catalogue(mode=mode)
        moment = node.moment(catalogue=catalogue)
        found = search_objects(query, catalogue.sets_at(moment.at_tai_ns), catalogue.objects(), limit=limit)
        return json_response(
            {"data_mode": catalogue.data_mode.value, "objects": [match_document(match) for match in found]}
        )

    return router
