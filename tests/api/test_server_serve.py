"""Listening: a free port is taken and named, a port in use is refused in plain words."""

from __future__ import annotations

import json
import socket
import threading
import urllib.request
from typing import Any

import pytest
import uvicorn

from mihari.errors import UsageError
from mihari.server import check_port, serve


def test_serves_on_a_free_port_and_says_where(small_node: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[uvicorn.Server] = []
    made = uvicorn.Server.__init__

    def remember(self: uvicorn.Server, config: uvicorn.Config) -> None:
        made(self, config)
        servers.append(self)

    monkeypatch.setattr(uvicorn.Server, "__init__", remember)
    said: list[str] = []
    heard = threading.Event()

    def say(text: str) -> None:
        said.append(text)
        heard.set()

    thread = threading.Thread(target=serve, args=(small_node,), kwargs={"host": "127.0.0.1", "port": 0, "say": say})
    thread.start()
    try:
        assert heard.wait(10)
        address = next(word for word in said[0].split() if word.startswith("http://")).rstrip(",")
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert "Mihari" in answer.read().decode()
        with urllib.request.urlopen(f"{address}api/v1/status", timeout=10) as answer:
            assert json.load(answer)["name"] == "Mihari"
    finally:
        while not servers:
            pass
        servers[0].should_exit = True
        thread.join(10)
    assert not thread.is_alive()


def test_a_port_in_use_is_refused_before_any_work() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is in use"):
            check_port(host="127.0.0.1", port=port)
        with pytest.raises(UsageError, match="is in use"):
            serve(None, host="127.0.0.1", port=port, say=print)  # type: ignore[arg-type]
    check_port(host="127.0.0.1", port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", -1), ("127.0.0.1", 70_000), ("256.0.0.1", 0)])
def test_impossible_addresses_are_refused(host: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("unknown name")

    if host == "256.0.0.1":  # a look-up by name would leave this machine
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UsageError):
        check_port(host=host, port=port)
