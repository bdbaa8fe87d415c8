"""No test reaches the network, and only `app.fetch` and the exchange with partners can."""

from __future__ import annotations

import ast
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

import mihari

ROOT = Path(mihari.__file__).parent
CLIENTS = {"httpx2", "httpcore2", "requests", "urllib3", "aiohttp", "urllib.request", "http.client", "ftplib", "socket"}
MAY_SPEAK = ("app/fetch/", "app/exchange_wire.py")
MAY_LISTEN = ("server/", "cli/", "app/")


def test_sockets_reach_the_loopback_only() -> None:
    # 192.0.2.1 is set aside for documentation (RFC 5737): nothing answers there even if the block were gone.
    with socket.socket() as outward:
        outward.settimeout(0.1)
        with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
            outward.connect(("192.0.2.1", 80))


def imported(source: str) -> set[str]:
    """Return every module that a source imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("module", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py")))
def test_only_fetch_speaks_to_sources(module: str) -> None:
    used = imported((ROOT / module).read_text(encoding="utf-8")) & CLIENTS
    if module.startswith(MAY_SPEAK):
        return
    if module.startswith(MAY_LISTEN):
        used -= {"socket"}  # to find out whether a port is free
    assert used == set()


@pytest.mark.parametrize(
    "source", ["import httpx2", "def f():\n    from urllib import request", "from http.client import X"]
)
def test_a_planted_client_is_found(source: str) -> None:
    assert imported(source) & CLIENTS
