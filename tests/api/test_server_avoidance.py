"""The trade space over HTTP: begun once, asked for until it is done, refused where it cannot be."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient

from mihari.astro.time import format_utc, parse_utc
from mihari.server._avoidance_models import AvoidanceProgress
from mihari.server._background import BackgroundWork

API = "/api/v1"
NOW = 0


def events_by(client: TestClient, *, moves: bool) -> list[dict[str, Any]]:
    found = client.get(f"{API}/events").json()["events"]
    return [each for each in found if ("YES" in each["maneuverable"]) is moves]


def test_a_trade_space_is_worked_out_while_one_asks(client: TestClient) -> None:
    event = events_by(client, moves=True)[0]
    start = format_utc(parse_utc(event["tca_utc"].removesuffix("Z")) - 86_400_000_000_000)
    question = {"event_id": event["event_id"], "maximum_delta_v_m_s": 0.2, "start_utc": start}
    first = client.post(f"{API}/avoidance", json=question)
    assert first.status_code == 200, first.text
    until = time.monotonic() + 300.0
    document = first.json()
    seen = [document["fraction"]]
    while not document["done"] and time.monotonic() < until:
        time.sleep(0.5)
        again = client.post(f"{API}/avoidance", json=question)
        assert again.status_code == 200, again.text
        document = again.json()
        seen.append(document["fraction"])
    assert document["done"]
    assert seen == sorted(seen)
    answer = AvoidanceProgress.model_validate(document).answer
    assert answer is not None
    assert answer.event_id == event["event_id"]
    assert answer.data_mode == "SIMULATED"
    assert answer.grid.delta_v_m_s[-1] == 0.2
    # The node of this test holds messages and no element sets.
    assert answer.rescreening["done"] is False
    assert answer.recommended == 0
    assert client.post(f"{API}/avoidance", json=question).json() == document


@pytest.mark.parametrize(
    ("question", "status", "where"),
    [
        ({"event_id": "no-such-event"}, 404, "event_id"),
        ({"primary": "1"}, 400, "primary"),
        ({"profile": "no-such"}, 400, "profile"),
        ({"maximum_delta_v_m_s": -1.0}, 422, "maximum_delta_v_m_s"),
        ({"latest_utc": "soon"}, 422, "latest_utc"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_at_once(
    client: TestClient, question: dict[str, Any], status: int, where: str
) -> None:
    event_id = events_by(client, moves=True)[0]["event_id"]
    answer = client.post(f"{API}/avoidance", json={"event_id": event_id, **question})
    assert answer.status_code == status, answer.text
    assert answer.json()["where"] == where
    assert status == 422 or answer.json()["remedy"]


def test_nobody_who_cannot_manoeuvre_is_planned_for(client: TestClient) -> None:
    answer = client.post(f"{API}/avoidance", json={"event_id": events_by(client, moves=False)[0]["event_id"]})
    assert answer.status_code == 400
    assert "manoeuvre" in answer.json()["detail"]


def test_one_piece_at_a_time_and_each_question_once() -> None:
    work, gate = BackgroundWork(waiting=1, kept_ns=10, of="pieces"), threading.Event()
    begun: list[str] = []

    def piece(name: str) -> Any:
        def run(tell: Any) -> dict[str, Any]:
            begun.append(name)
            tell(0.5)
            gate.wait(10.0)
            return {"name": name}

        return run

    for _ in range(3):
        assert work.ask("a", lambda: piece("a"), now_tai_ns=NOW).document is None
    assert work.ask("b", lambda: piece("b"), now_tai_ns=NOW).document is None
    with pytest.raises(HTTPException) as full:
        work.ask("c", lambda: piece("c"), now_tai_ns=NOW)
    assert full.value.headers == {"Retry-After": "10"}
    gate.set()
    assert _done(work, "a", piece("a")) == {"name": "a"}
    assert _done(work, "b", piece("b")) == {"name": "b"}
    assert begun == ["a", "b"]
    # After a while the answer is old, and the question is worked on anew.
    work.ask("a", lambda: piece("a"), now_tai_ns=NOW + 11)
    assert _done(work, "a", piece("a"), now_tai_ns=NOW + 11) == {"name": "a"}
    assert begun == ["a", "b", "a"]


def test_a_failure_is_told_once() -> None:
    work = BackgroundWork(waiting=1, kept_ns=10, of="pieces")

    def fails(tell: Any) -> dict[str, Any]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        _done(work, "a", fails)
    assert _done(work, "a", lambda _: {"ok": True}) == {"ok": True}


def _done(work: BackgroundWork, question: str, piece: Any, *, now_tai_ns: int = NOW) -> dict[str, Any]:
    until = time.monotonic() + 20.0
    while time.monotonic() < until:
        found = work.ask(question, lambda: piece, now_tai_ns=now_tai_ns)
        if found.document is not None:
            return found.document
        time.sleep(0.01)
    raise AssertionError("not done")
