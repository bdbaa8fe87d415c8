"""Events over HTTP: kept once, refused with a place, and never taken from a page of another origin."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mihari.app.node import open_node
from mihari.server import create_app
from policy_support import NOW, report

API = "/api/v1"


@pytest.fixture
def desk(tmp_path: Path) -> TestClient:
    with open_node(tmp_path / "store", clock=lambda: NOW) as node:
        return TestClient(create_app(node), raise_server_exceptions=False)


def test_a_report_is_kept_once_listed_and_briefed(desk: TestClient) -> None:
    sent = desk.post(f"{API}/space-events", json=report())
    assert (sent.status_code, sent.json()["outcome"]) == (200, "recorded")
    assert desk.post(f"{API}/space-events", json=report()).json()["outcome"] == "duplicate"
    listed = desk.get(f"{API}/space-events").json()
    assert [each["event_id"] for each in listed["events"]] == ["SIM-BREAKUP-1"]
    assert desk.get(f"{API}/space-events", params={"kind": "LAUNCH"}).json()["events"] == []
    assert desk.get(f"{API}/space-events/SIM-BREAKUP-1").json()["newest"]["record_id"] == sent.json()["record_id"]
    brief = desk.get(f"{API}/policy/brief", params={"event": "SIM-BREAKUP-1"}).json()
    assert brief["next_rung"]["rung_id"] == "OPERATOR_CONTACT"
    assets = desk.get(f"{API}/policy/assets", params={"object": [900_000_002]}).json()["assets"]
    assert assets[0]["asset_id"] == "NORAD-900000002"
    assert len(desk.get(f"{API}/policy/instruments").json()["instruments"]) >= 40
    assert desk.get(f"{API}/policy/protection").json()["statements"] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_foreign_page_could_send_is_not_taken(desk: TestClient, kind: str) -> None:
    import json

    sent = desk.post(f"{API}/space-events", content=json.dumps(report()), headers={"content-type": kind})
    assert (sent.status_code, sent.json()["where"]) == (400, "content-type")
    assert desk.get(f"{API}/space-events").json()["events"] == []


def test_a_refusal_names_the_member(desk: TestClient) -> None:
    refused = desk.post(f"{API}/space-events", json=report(summary_ja="敵対的な行為"))
    assert (refused.status_code, refused.json()["where"]) == (400, "summary_ja")
    refused = desk.post(f"{API}/space-events", json=report(), params={"mode": "REAL"})
    assert (refused.status_code, refused.json()["where"]) == (400, "data_mode")
    assert desk.get(f"{API}/space-events/NOPE").status_code == 404
    assert desk.get(f"{API}/policy/brief", params={"event": "NOPE"}).status_code == 404
