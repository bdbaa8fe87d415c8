"""Routes: the state knots that a map moves its points with, and what each row is."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, WithJsonSchema

from mihari.server._models import EphemerisSidecar
from mihari.server._node import ServedNode
from mihari.server._parameters import spelt
from mihari.server._shelf import EphemerisShelf

__all__ = ["ephemeris_routes"]

_MOST_KNOTS: Final = 5_000_000
"""95 years to either side of the knot epoch; Earth orientation ends the useful span long before."""
_FOREVER: Final = "public, max-age=31536000, immutable"
_FLOATS_MEDIA_TYPE: Final = "application/octet-stream"
_FLOATS_RESPONSE: Final[dict[str, Any]] = {
    "description": "n x 6 float32, little-endian, in the row order of the sidecar; NaN rows have no valid state.",
    "content": {_FLOATS_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
_VERSION_PATTERN: Final = "^[0-9a-f]{64}$"
_version = spelt(
    _VERSION_PATTERN,
    kind="no_version",
    what="a catalogue version is 64 hexadecimal digits",
    remedy="ask ephemeris/latest.json for the current one",
)
Version = Annotated[
    str,
    AfterValidator(_version),
    WithJsonSchema({"type": "string", "pattern": _VERSION_PATTERN}),
    Path(description="Catalogue version: 64 hexadecimal digits."),
]


def ephemeris_routes(node: ServedNode) -> APIRouter:
    """Return the routes that give state knots."""
    router = APIRouter(tags=["ephemeris"])
    shelf = EphemerisShelf(node)

    @router.get("/ephemeris/latest.json", response_model=EphemerisSidecar)
    def latest(request: Request) -> Response:
        """Describe the rows of the current catalogue version."""
        return shelf.current().sidecar.response(request)

    @router.get("/ephemeris/{catalogue_version}.json", response_model=EphemerisSidecar)
    def sidecar(catalogue_version: Version, request: Request) -> Response:
        """Describe the rows of a catalogue version that is at hand: the current one or one of the last few."""
        return shelf.version(catalogue_version).sidecar.response(request)

    @router.get("/ephemeris/{catalogue_version}/{k}.f32", response_class=Response, responses={200: _FLOATS_RESPONSE})
    def knot(
        catalogue_version: Version,
        k: Annotated[int, Path(ge=-_MOST_KNOTS, le=_MOST_KNOTS, description="Number of the knot.")],
    ) -> Response:
        """Return all states at knot k, 600 k s after the knot epoch: km and km/s."""
        shelved = shelf.version(catalogue_version)
        headers = {"Cache-Control": _FOREVER, "X-Data-Mode": shelved.data_mode.value}
        return Response(shelf.knot_bytes(shelved, k), media_type=_FLOATS_MEDIA_TYPE, headers=headers)

    return router
