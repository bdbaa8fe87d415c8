"""Many messages at once: work is bounded, who finds no place is told when to ask again, and the rest is answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
import uvicorn

import mihari.server._messages as messages
from assessment_support import request, warnings_of
from mihari.app.assessment_documents import assessment_document
from mihari.app.received import assess_received
from mihari.server import create_app

API = "/api/v1"
LONG_S = 60.0

Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Answer]


@pytest.fixture
def port(small_node: Any) -> Iterator[int]:
    """Port of a server that listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port: int = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(small_node), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()

        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(LONG_S)
            assert not thread.is_alive()


@pytest.fixture
def ask(port: int) -> Ask:
    """Ask the server, every question on a connection of its own."""

    def asked(method: str, path: str, body: str | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", port, timeout=LONG_S)
        try:
            connection.request(method, API + path, body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    return asked


class Gate:
    """Stands in the place of an assessment: each waits until it is opened; `most` is how many waited at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.most = 0
        self.begun = threading.Semaphore(0)
        self._inside = 0
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any, **words: Any) -> Any:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self.begun.release()
        assert self.opened.wait(LONG_S)
        with self._lock:
            self._inside -= 1
        return assess_received(*arguments, **words)


def test_full_of_work_the_server_still_answers(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr(messages, "assess_received", gate)
    text = warnings_of(1_500, 1, 6)[7].text
    answers: list[Answer] = []
    refused = threading.Semaphore(0)

    def send() -> None:
        answer = ask("POST", "/assessments", text)
        answers.append(answer)
        if answer[0] != 200:
            refused.release()

    too_many = 5
    senders = [threading.Thread(target=send) for _ in range(messages._PLACES + too_many)]
    try:
        for sender in senders:
            sender.start()
        for _ in range(messages._WORKERS):
            assert gate.begun.acquire(timeout=LONG_S)
        for _ in range(too_many):
            assert refused.acquire(timeout=LONG_S)
        # Every worker is held, every place is taken, and nothing ends before the gate opens.
        assert not gate.opened.is_set()
        status, _, body = ask("GET", "/health")
        assert (status, json.loads(body)["name"]) == (200, "Mihari")
        for path in ("/where?object=iss", "/events", "/status", "/profiles"):
            assert ask("GET", path)[0] == 200, path
        status, headers, body = ask("POST", "/messages/check", text)
        assert (status, headers["retry-after"]) == (503, "5")
        assert headers["content-type"] == "application/problem+json"
        assert "ask again" in json.loads(body)["detail"]
    finally:
        gate.opened.set()
        for sender in senders:
            sender.join(LONG_S)
    assert sorted(status for status, _, _ in answers) == [200] * messages._PLACES + [503] * too_many
    assert gate.most == messages._WORKERS
    # All places are free again.
    assert ask("POST", "/assessments", text)[0] == 200


def test_work_that_fails_gives_its_place_back(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(messages, "assess_received", fails)
    text = warnings_of(1_500, 1, 6)[7].text
    for _ in range(messages._PLACES + 2):
        status, _, body = ask("POST", "/assessments", text)
        assert status == 500
        assert b"secret" not in body


def test_a_sender_who_is_slow_holds_one_place_and_no_worker(ask: Ask, port: int) -> None:
    text = warnings_of(1_500, 1, 6)[7].text
    slow = [HTTPConnection("127.0.0.1", port, timeout=LONG_S) for _ in range(messages._PLACES - 1)]
    try:
        for connection in slow:
            connection.putrequest("POST", f"{API}/assessments")
            connection.putheader("Content-Length", "1000")
            connection.endheaders()
            connection.send(b"CCSDS_CDM_VERS")
        assert ask("POST", "/assessments", text)[0] == 200
    finally:
        for connection in slow:
            connection.close()


def test_many_at_once_are_all_assessed_alike(ask: Ask) -> None:
    """Real work on every thread: each of forty messages gets the answer that it gets alone."""
    texts = [each.text for each in warnings_of(1_500, 1, 6)][:40]
    expected = []
    for text in texts:
        batch = assess_received(text.encode(), request(), name="body")
        expected.append(json.loads(json.dumps(assessment_document(batch.assessments[0], coverage=batch.coverage()))))

    def patient(text: str) -> Any:
        while True:
            status, headers, body = ask("POST", "/assessments", text)
            if status == 200:
                return json.loads(body)
            assert status == 503
            assert int(headers["retry-after"]) > 0

    with ThreadPoolExecutor(16) as senders:
        assert list(senders.map(patient, texts)) == expected
