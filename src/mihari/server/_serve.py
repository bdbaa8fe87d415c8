"""Listening: one socket, opened before the work begins, and words for when that fails."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from mihari.app.identity import UserFile
from mihari.errors import UsageError
from mihari.model.party import PartyBook
from mihari.policy.access import load_parties
from mihari.server._app import API_PREFIX, create_app
from mihari.server._gate import Audit, Gate, ViewedNode

__all__ = ["check_exposure", "check_port", "serve"]

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


def _no_audit(entry: dict[str, Any]) -> None:
    """Take no note."""


def check_port(*, host: str, port: int) -> None:
    """Raise UsageError when `serve` could not listen there."""
    _listen(host, port).close()


def check_exposure(*, host: str, users: UserFile | None, tls: tuple[Path, Path] | None) -> None:
    """Raise UsageError when a node would be open to others without knowing them, or in clear text.

    Parameters
    ----------
    host : str
        Address to listen on; what is no address of the loopback is reached by others.
    users : UserFile, optional
        None, or one without a user that is let in, knows nobody.
    tls : (path, path), optional
        Certificate and key.
    """
    if _is_loopback(host):
        return
    known = () if users is None else users.users()
    missing = [
        *(() if any(each.revoked_tai_ns is None for each in known) else ("users (mihari policy user add)",)),
        *(() if tls else ("TLS (--certificate and --key)",)),
    ]
    if missing:
        raise UsageError(
            f"{host} can be reached by others, and there is no {' and no '.join(missing)}",
            where="--host",
            remedy="set that up, or serve on 127.0.0.1",
        )


def _is_loopback(host: str) -> bool:
    try:
        found = {each[4][0] for each in socket.getaddrinfo(host or None, None, flags=socket.AI_PASSIVE)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(each).partition("%")[0]).is_loopback for each in found)


def serve(
    node: ViewedNode,
    *,
    host: str,
    port: int,
    say: Callable[[str], None],
    users: UserFile | None = None,
    book: PartyBook | None = None,
    audit: Audit | None = None,
    tls: tuple[Path, Path] | None = None,
) -> None:
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
    users : UserFile, optional
        Who may ask; once there is one, everyone needs a token. Default: the node's own staff alone.
    book : PartyBook, optional
        The parties that users belong to. Default: the packaged ones.
    audit : callable, optional
        Told of reads of protected data and of refusals. Default: nobody is told.
    tls : (path, path), optional
        Certificate and key.

    Raises
    ------
    UsageError
        The port is in use or may not be used, the host is no address of this machine, or others would reach the node
        without users and TLS.
    """
    check_exposure(host=host, users=users, tls=tls)
    listener = _listen(host, port)
    try:
        bound = listener.getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        scheme = "https" if tls else "http"
        say(f"serving on {scheme}://{name}:{bound[1]}/, the API under {API_PREFIX}/ (Ctrl-C stops)")
        parties, told = book or load_parties(), audit or _no_audit
        application: ASGIApp = (
            create_app(node)
            if users is None
            else Gate(node, users=users, book=parties, application=create_app, audit=told)
        )
        certificate, key = tls or (None, None)
        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        # Being interrupted is how a server is meant to end.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
