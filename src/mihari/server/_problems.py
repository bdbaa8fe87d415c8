"""Every error as a problem document (RFC 9457): what, where, what to do, and a stable name."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from mihari.errors import (
    AccessError,
    AmbiguousError,
    DataGapError,
    InputError,
    MihariError,
    NotFoundError,
    StoreBusyError,
    StoreError,
    StoreSpaceError,
)

__all__ = ["BODY_RESPONSES", "PROBLEM_MEDIA_TYPE", "PROBLEM_RESPONSES", "Problem", "install_problem_handlers"]

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"

_OPTION: Final = re.compile(r"(?<!\S)--([a-z][a-z-]*)")
_STATUS: Final[tuple[tuple[type[MihariError], HTTPStatus, str], ...]] = (
    (NotFoundError, HTTPStatus.NOT_FOUND, "not-found"),
    (AccessError, HTTPStatus.FORBIDDEN, "forbidden"),
    (AmbiguousError, HTTPStatus.CONFLICT, "ambiguous"),
    (DataGapError, HTTPStatus.BAD_REQUEST, "data-gap"),
    (InputError, HTTPStatus.BAD_REQUEST, "bad-input"),
    (StoreBusyError, HTTPStatus.SERVICE_UNAVAILABLE, "store-busy"),
    (StoreSpaceError, HTTPStatus.INSUFFICIENT_STORAGE, "store-full"),
    (StoreError, HTTPStatus.INTERNAL_SERVER_ERROR, "store"),
    (MihariError, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
)
"""The first class that fits decides."""


class Problem(BaseModel):
    """A problem document, RFC 9457."""

    type: str = Field(description="Stable name of the kind of problem, a URN.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time.")
    instance: str = Field(description="The path that was asked.")
    where: str | None = Field(default=None, description="The parameter or place it was found in.")
    remedy: str | None = Field(default=None, description="What the reader can do about it.")
    candidates: list[str] | None = Field(default=None, description="What an ambiguous name can mean.")


def _response(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}


PROBLEM_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: _response("A parameter cannot be used."),
    401: _response("The node has users, and the request has no token of one."),
    403: _response("Whoever asks may not do that."),
    404: _response("Nothing of that name or number."),
    409: _response("Several things carry that name."),
    422: _response("A parameter has the wrong form."),
    500: _response("The node failed; nothing was changed."),
    503: _response("The node is busy; ask again."),
}
BODY_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    408: _response("The body did not come in good time."),
    413: _response("The body is longer than a message may be."),
}
"""What can go wrong besides where a message is posted."""
_STABLE_KINDS: Final = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body-too-long"}
"""Where the phrase of a status, which a kind is else named after, changed between versions of Python."""


def _problem(
    request: Request,
    status: int,
    kind: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    problem = Problem(
        type=f"urn:mihari:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        **more,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status_code=status, media_type=PROBLEM_MEDIA_TYPE, headers=headers
    )


def _as_parameters(text: str | None) -> str | None:
    """Options of the command line read "--as-of"; the parameter here is "as_of"."""
    return None if text is None else _OPTION.sub(lambda found: found[1].replace("-", "_"), text)


def install_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""

    @app.exception_handler(MihariError)
    def known(request: Request, error: MihariError) -> JSONResponse:
        status, kind = next((status, kind) for base, status, kind in _STATUS if isinstance(error, base))
        candidates = error.candidates if isinstance(error, AmbiguousError) else None
        return _problem(
            request,
            status,
            kind,
            error.what,
            where=_as_parameters(error.public_where),
            remedy=_as_parameters(error.remedy),
            candidates=candidates,
        )

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = error.errors()
        texts = [f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in faults]
        where = str(faults[0]["loc"][-1]) if faults else None
        remedies = dict.fromkeys(text for fault in faults if (text := fault.get("ctx", {}).get("remedy")))
        return _problem(
            request,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid-parameter",
            "; ".join(texts),
            where=where,
            remedy="; ".join(remedies) or None,
        )

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        kind = _STABLE_KINDS.get(status) or status.phrase.lower().replace(" ", "-")
        detail = f"{request.method} {request.url.path}: {error.detail}"
        headers = dict(error.headers) if error.headers else None
        return _problem(request, error.status_code, kind, detail, headers=headers)

    @app.exception_handler(Exception)
    def unknown(request: Request, error: Exception) -> JSONResponse:
        # The reader gets no trace: it may hold paths and data that are not theirs. Uvicorn writes all of it to its log.
        return _problem(
            request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the node failed on this request; see its log"
        )
