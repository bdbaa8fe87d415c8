"""The verbs of Mihari over HTTP: thin routes from a question to the node and from its answer to a document."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from mihari import __version__
from mihari.server._audit import audit_routes
from mihari.server._avoidance import avoidance_routes
from mihari.server._encounter import encounter_routes
from mihari.server._ephemeris import ephemeris_routes
from mihari.server._event_files import event_file_routes
from mihari.server._events import event_routes
from mihari.server._exchange import exchange_routes
from mihari.server._health import health_routes
from mihari.server._index import index_page
from mihari.server._messages import message_routes
from mihari.server._node import ServedNode
from mihari.server._objects import object_routes
from mihari.server._page import page_routes
from mihari.server._policy import policy_routes
from mihari.server._problems import PROBLEM_RESPONSES, Problem, install_problem_handlers
from mihari.server._releases import release_routes
from mihari.server._screening import screening_routes
from mihari.server._states import state_routes
from mihari.server._status import status_routes

__all__ = ["API_PREFIX", "create_app"]

API_PREFIX: Final = "/api/v1"

_DESCRIPTION: Final = (
    "What is where at what coordinates at any point in time, and who comes close to whom. "
    "Every answer names its data mode (REAL, TEST, SIMULATED, EXERCISE); they never mix. "
    "States from public element sets carry no covariance and support no manoeuvre decision. "
    "Errors are problem documents (RFC 9457)."
)


def create_app(node: ServedNode) -> FastAPI:
    """Return the HTTP application of a node, all under `/api/v1`.

    The documentation is served by the application itself and loads nothing from elsewhere: `/api/v1/openapi.json`
    (OpenAPI 3.1) and a plain page at `/api/v1/`.

    Parameters
    ----------
    node : ServedNode
        Usually a `mihari.app.node.Node`.
    """
    app = FastAPI(
        title="Mihari",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        redirect_slashes=False,
    )
    install_problem_handlers(app)
    for routes in (
        status_routes,
        health_routes,
        state_routes,
        object_routes,
        screening_routes,
        encounter_routes,
        avoidance_routes,
        event_routes,
        event_file_routes,
        message_routes,
        ephemeris_routes,
        policy_routes,
        release_routes,
        exchange_routes,
        audit_routes,
    ):
        app.include_router(routes(node), prefix=API_PREFIX)
    app.include_router(page_routes())

    @app.get(API_PREFIX, include_in_schema=False)
    @app.get(f"{API_PREFIX}/", include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(index_page(app.openapi()))

    _publish_problem(app)
    return app


def _publish_problem(app: FastAPI) -> None:
    """Put the problem document's schema into the OpenAPI document; no route has it as its model."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(FastAPI.openapi(app))
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            # FastAPI's own form of a validation error is never sent.
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return made

    app.openapi = openapi  # type: ignore[method-assign]
