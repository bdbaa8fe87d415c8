"""User, password and session never appear in a log, an error, a report, a repr or a state file that others can read."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
import types
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from mihari.app.fetch import Credentials, fetch, find_credentials, space_track_object
from mihari.errors import SourceError

USER, PASSWORD, COOKIE = "zz-user-zz@example.org", "zz-password-zz&=%", "zz-cookie-zz"
BODY = json.dumps([{"NORAD_CAT_ID": 1}]).encode()


class _SpaceTrack(BaseHTTPRequestHandler):
    """A server of our own on the loopback that plays Space-Track in several moods."""

    mood = "good"
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None: ...

    def _answer(self, status: int, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.mood == "echo":  # a careless server that repeats what it was sent
            self._answer(500, b"cannot log in " + f"{USER} {PASSWORD} ".encode() + sent)
        elif self.mood == "refuse":
            self._answer(200, b'{"Login":"Failed"}')
        elif self.mood == "drop":
            self.close_connection = True
        else:
            self._answer(200, b'""', Set_Cookie=f"chocolatechip={COOKIE}; path=/")

    def do_GET(self) -> None:
        if f"chocolatechip={COOKIE}" not in self.headers.get("Cookie", ""):
            self._answer(401, b"log in first")
        elif self.mood == "truncate":
            self._answer(200, BODY[:5], length=len(BODY))
            self.close_connection = True
        else:
            self._answer(200, BODY)


class _ToLoopback(httpx2.HTTPTransport):
    """The real transport, with every request led to the server of our own."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        led = httpx2.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return super().handle_request(led)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SpaceTrack)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(_SpaceTrack, "mood", "good")
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("good", None),
        ("echo", "status 500"),
        ("refuse", "refused the login"),
        ("drop", "broke"),
        ("truncate", "cut short"),
    ],
)
def test_no_secret_leaves(
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    mood: str,
    error: str | None,
) -> None:
    monkeypatch.setattr(_SpaceTrack, "mood", mood)
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    errors: list[str] = []
    for number in (1, 2):  # the second question uses the kept session
        try:
            with _ToLoopback(port) as transport:
                report = fetch(
                    space_track_object(number),
                    state_dir=tmp_path,
                    transport=transport,
                    credentials=lambda: Credentials(USER, PASSWORD),
                    sleep=lambda wait_s: None,
                )
            seen += [report.text(), repr(report)]
        except SourceError as caught:
            errors.append(str(caught))
            seen += [repr(caught), "".join(traceback.format_exception(caught))]
    assert (error is None and not errors) or (error is not None and error in errors[0])
    seen += [*errors, caplog.text, *(repr(record.__dict__) for record in caplog.records)]
    assert "httpcore2" in caplog.text  # the HTTP library did log what it does
    for secret in ("zz-user-zz", "zz-password-zz", COOKIE):
        for text in seen:
            assert secret not in text
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        for secret in (b"zz-user-zz", b"zz-password-zz"):
            assert secret not in path.read_bytes(), path
        if COOKIE.encode() in path.read_bytes():
            assert path.name == "space-track.session"
            assert path.stat().st_mode & 0o077 == 0


def test_credentials_have_no_telling_repr() -> None:
    known = Credentials(USER, PASSWORD)
    for text in (repr(known), str(known), f"{known}", f"{[known]}"):
        assert USER not in text
        assert PASSWORD not in text


def test_credentials_come_from_the_environment() -> None:
    given = {"MIHARI_SPACETRACK_USER": USER, "MIHARI_SPACETRACK_PASSWORD": PASSWORD}
    assert find_credentials(given) == Credentials(USER, PASSWORD)


@pytest.mark.parametrize("half", ["MIHARI_SPACETRACK_USER", "MIHARI_SPACETRACK_PASSWORD"])
def test_half_of_the_credentials_names_the_missing_half(half: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_credentials({half: "something"})
    missing = {"MIHARI_SPACETRACK_USER", "MIHARI_SPACETRACK_PASSWORD"} - {half}
    assert f"set {missing.pop()}" in str(caught.value)
    assert "something" not in str(caught.value)


def _keyring(monkeypatch: pytest.MonkeyPatch, get_password) -> None:
    class KeyringError(Exception):
        pass

    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = KeyringError
    keyring = types.ModuleType("keyring")
    keyring.errors = errors
    keyring.get_password = get_password
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_credentials_come_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {("mihari-space-track", "user"): USER, ("mihari-space-track", USER): PASSWORD}
    _keyring(monkeypatch, lambda service, name: entries.get((service, name)))
    assert find_credentials({}) == Credentials(USER, PASSWORD)


def test_a_locked_keyring_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, name: str) -> str:
        raise sys.modules["keyring.errors"].KeyringError(f"cannot give {PASSWORD}")

    _keyring(monkeypatch, locked)
    with pytest.raises(SourceError, match="the keyring cannot be read") as caught:
        find_credentials({})
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_without_any_credentials_the_ways_to_give_them_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SourceError, match="MIHARI_SPACETRACK_USER and MIHARI_SPACETRACK_PASSWORD"):
        find_credentials({})


def test_missing_credentials_cost_no_turn(tmp_path: Path) -> None:
    def nothing() -> Credentials:
        raise SourceError("none")

    for _ in range(2):
        with pytest.raises(SourceError, match="none"):
            fetch(space_track_object(1), state_dir=tmp_path, credentials=nothing)
