"""The body of a request that is a message: raw bytes, whole, no longer than a message may be, and in good time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from mihari.errors import UsageError
from mihari.formats.ccsds import MESSAGE_LIMITS

__all__ = ["MESSAGE_BODY", "read_body"]

_WHOLE_WITHIN_S: Final = 60.0
"""A slow sender must not keep a place for ever."""
_REMEDY: Final = "send the message itself as the body, not a form"
_MEDIA_TYPES: Final = ("application/octet-stream", "application/xml", "text/plain")

MESSAGE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One message as it is: KVN, XML, JSON, also compressed. It is known by its content; the media "
        f"type is not looked at. At most {MESSAGE_LIMITS.file_bytes >> 20} MiB.",
        "content": {name: {"schema": {"type": "string", "minLength": 1}} for name in _MEDIA_TYPES},
    }
}
"""For the OpenAPI document, which cannot see a body that is read by hand."""


async def read_body(request: Request) -> bytes:
    """Return the whole body.

    Raises
    ------
    HTTPException
        413 when it is longer than `MESSAGE_LIMITS` say, known from its head or from counting; 408 when it does not
        come in good time; 400 when the sender leaves before its end.
    UsageError
        It is empty, or a form with a file in it.
    """
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise UsageError("the body is a form", where="body", remedy=_REMEDY)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MESSAGE_LIMITS.file_bytes:
        raise _too_long()
    chunks: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(_WHOLE_WITHIN_S):
            async for chunk in request.stream():
                length += len(chunk)
                if length > MESSAGE_LIMITS.file_bytes:
                    raise _too_long()
                chunks.append(chunk)
    except TimeoutError:
        what = f"the body was not whole within {_WHOLE_WITHIN_S:.0f} s"
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, what) from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the sender left before the body was whole") from None
    if not length:
        raise UsageError("the body is empty", where="body", remedy=_REMEDY)
    return b"".join(chunks)


def _too_long() -> HTTPException:
    what = f"the body is longer than the {MESSAGE_LIMITS.file_bytes} bytes that a message may have"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what)
