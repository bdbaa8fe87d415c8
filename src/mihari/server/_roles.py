"""What needs a role: labels say which records are seen, roles what a person may ask the node about itself."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import HTTPException

from mihari.policy.access import Role, Viewer
from mihari.server._node import ServedNode

__all__ = ["require_role"]


def require_role(node: ServedNode, *roles: Role) -> None:
    """Raise 403 unless the node's own staff ask, or a person with one of the roles."""
    viewer: Viewer | None = getattr(node, "viewer", None)
    if viewer is not None and viewer.roles.isdisjoint(roles):
        names = " or ".join(sorted(role.value for role in roles))
        raise HTTPException(HTTPStatus.FORBIDDEN, f"it needs the role {names}")
