"""Listening: one socket, opened before the work begins, and words for when that fails."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from mihari.errors import UsageError
from mihari.server._app import API_PREFIX, create_app
from mihari.server._node import ServedNode

__all__ = ["check_port", "serve"]

_BACKLOG: Final = 128


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise UsageError(f"{port} is no port", where="--port", remedy="give 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UsageError(f"{host!r} is no address of this machine", where="--host", remedy="try 127.0.0.1") from error
    listener = socket.socket(family, kind, protocol)
    try:
        # A server that was just stopped must not keep its own port from the next one.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"port {port} on {host} is in use", where="--port", remedy="stop the other program, or give another port"
        )
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} is not ours to use", where="--port", remedy="give one above 1023")
    return UsageError(f"cannot listen on {host} port {port}: {error.strerror}", where="--host", remedy="try 127.0.0.1")


def check_port(*, host: str, port: int) -> None:
    """Raise UsageError when `serve` could not listen there."""
    _listen(host, port).close()


def serve(node: ServedNode, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve a node until it is interrupted.

    Parameters
    ----------
    node : ServedNode
    host : str
        Address of this machine to listen on.
    port : int
        0 takes a free one.
    say : callable
        Told the address once the server listens.

    Raises
    ------
    UsageError
        The port is in use or may not be used, or the host is no address of this machine.
    """
    listener = _listen(host, port)
    try:
        bound = listener.getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        say(f"serving on http://{name}:{bound[1]}/, the API under {API_PREFIX}/ (Ctrl-C stops)")
        config = uvicorn.Config(create_app(node), log_level="warning", access_log=False, lifespan="off")
        # Being interrupted is how a server is meant to end.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
