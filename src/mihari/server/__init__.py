"""The verbs of Mihari over HTTP. A thin edge: no physics, no SQL, no state of its own but a shelf of ephemerides."""

from __future__ import annotations

from mihari.server._app import API_PREFIX, create_app
from mihari.server._node import ServedNode
from mihari.server._serve import check_exposure, check_port, serve

__all__ = ["API_PREFIX", "ServedNode", "check_exposure", "check_port", "create_app", "serve"]
