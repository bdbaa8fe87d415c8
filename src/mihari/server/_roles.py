"""What needs a role: labels say which records are seen, roles what a person may ask the node about itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import HTTPException, Request

from mihari.policy.access import Role, Viewer
from mihari.server._node import ServedNode

__all__ = ["ASKER", "asker_name", "require_role"]

ASKER: Final = "mihari.asker"
"""Under this name the gate writes who asks into the scope of a request; no header reaches it."""


def asker_name(request: Request) -> str | None:
    """Return the name of the user who asks; None where the node has no users."""
    name = request.scope.get(ASKER)
    return name if isinstance(name, str) else None


def require_role(node: ServedNode, *roles: Role) -> None:
    """Raise 403 unless the node's own staff ask, or a person with one of the roles."""
    viewer: Viewer | None = getattr(node, "viewer", None)
    if viewer is not None and viewer.roles.isdisjoint(roles):
        names = " or ".join(sorted(role.value for role in roles))
        raise HTTPException(HTTPStatus.FORBIDDEN, f"it needs the role {names}")
