"""The gate: who asks is known before anything is answered, and everyone is answered by an application of their own.

An application is made over the node as one viewer sees it, so nothing that it keeps can reach another viewer. Without
users the node's own staff are answered, on the loopback alone (`mihari.server._serve` sees to that).
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, final

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mihari.app.identity import User, UserFile, viewer_of
from mihari.astro.time import format_utc
from mihari.errors import MihariError
from mihari.model.party import PartyBook
from mihari.policy.access import Viewer
from mihari.server._exchange import PARTNER_PATHS
from mihari.server._node import ServedNode
from mihari.server._roles import ASKER

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Audit", "Gate", "ViewedNode"]

Audit = Callable[[dict[str, Any]], object]
"""Takes one entry of plain JSON data; what it raises stops the answer: what cannot be written down is not told."""

_API: Final = "/api/"
_OPEN: Final = frozenset({"/api/v1/health"}) | PARTNER_PATHS
_MOST_APPS: Final = 16
_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class ViewedNode(ServedNode, Protocol):
    """A node that can be seen with a viewer's eyes."""

    def seen_by(self, viewer: Viewer) -> Self:
        """Return the node as the viewer may see it."""
        ...

    def protected_labels(self) -> frozenset[str]:
        """Return the labels, other than public ones, of what it may answer from."""
        ...


@final
class Gate:
    """An ASGI application before the others.

    Parameters
    ----------
    node : ViewedNode
    users : UserFile
    book : PartyBook
    application : callable
        Makes the application over a node.
    audit : callable
        Told of every answer that may rest on protected data, and of every refusal.
    """

    def __init__(
        self,
        node: ViewedNode,
        *,
        users: UserFile,
        book: PartyBook,
        application: Callable[[ViewedNode], ASGIApp],
        audit: Audit,
    ) -> None:
        self._node = node
        self._users = users
        self._book = book
        self._application = application
        self._audit = audit
        self._lock = threading.Lock()
        self._own = application(node)
        self._made: OrderedDict[Hashable, tuple[ViewedNode, ASGIApp]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or not."""
        if scope["type"] != "http":
            return
        try:
            # A look at the folder: a node without users answers as fast as one without a gate.
            if not self._users.path.exists() or not await run_in_threadpool(self._users.users):
                await self._own(scope, receive, send)
                return
            user = await run_in_threadpool(self._asker, scope)
        except MihariError:
            await _problem(scope, send, HTTPStatus.SERVICE_UNAVAILABLE, "users", "the node's users cannot be read")
            return
        path = scope["path"]
        if user is None:
            if path in _OPEN or not path.startswith(_API):
                _, application = self._of(Viewer.public())
                await application(scope, receive, send)
                return
            await run_in_threadpool(self._note, scope, None, HTTPStatus.UNAUTHORIZED, ())
            detail = "who asks? give a token: Authorization: Bearer TOKEN"
            await _problem(scope, send, HTTPStatus.UNAUTHORIZED, "unauthorized", detail)
            return
        await self._answer(scope, receive, send, user)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, user: User) -> None:
        node, application = await run_in_threadpool(self._of, viewer_of(user, book=self._book))
        labels = await run_in_threadpool(node.protected_labels)

        async def noted(message: Message) -> None:
            # Written down before the first byte leaves.
            if message["type"] == "http.response.start" and (labels or message["status"] in _REFUSED):
                await run_in_threadpool(self._note, scope, user, message["status"], labels)
            await send(message)

        await application({**scope, ASKER: user.name}, receive, noted)

    def _asker(self, scope: Scope) -> User | None:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(given) != 1:
            return None
        scheme, _, token = given[0].decode("latin-1").partition(" ")
        return self._users.of_token(token.strip()) if scheme.lower() == "bearer" else None

    def _of(self, viewer: Viewer) -> tuple[ViewedNode, ASGIApp]:
        with self._lock:
            if viewer not in self._made:
                node = self._node.seen_by(viewer)
                self._made[viewer] = (node, self._application(node))
            self._made.move_to_end(viewer)
            while len(self._made) > _MOST_APPS:
                self._made.popitem(last=False)
            return self._made[viewer]

    def _note(self, scope: Scope, user: User | None, status: int, labels: Iterable[str]) -> None:
        told: Mapping[str, Any] = {
            "kind": "access.denied" if status in _REFUSED else "access.read",
            "at_utc": format_utc(self._node.now_tai_ns(), digits=3),
            "actor": None if user is None else user.name,
            "party": None if user is None else user.party,
            "roles": [] if user is None else list(user.roles),
            "method": scope["method"],
            "path": scope["path"][:1_000],
            "query": scope["query_string"].decode("latin-1")[:1_000],
            "status": int(status),
            "labels": sorted(labels),
        }
        self._audit(dict(told))


async def _problem(scope: Scope, send: Send, status: HTTPStatus, kind: str, detail: str) -> None:
    body = json.dumps(
        {
            "type": f"urn:mihari:problem:{kind}",
            "title": status.phrase,
            "status": int(status),
            "detail": detail,
            "instance": scope["path"],
        }
    ).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
