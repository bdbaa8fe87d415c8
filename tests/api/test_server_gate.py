"""The gate: without users as before; with them a token for everyone, answers by viewer, and a note of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from access_support import BOOK
from mihari.app.identity import UserFile
from mihari.app.node import Node
from mihari.errors import UsageError
from mihari.policy.access import Role
from mihari.server import check_exposure, create_app
from mihari.server._gate import Gate
from mihari.store import EmbeddedStore, StoreMode
from store_support import REAL
from tests_support import make_tle

NOW = 1_767_225_637_000_000_000  # 2026-01-01


class Served:
    def __init__(self, folder: Path) -> None:
        self.node = Node(folder=folder, files=None, clock=lambda: NOW)
        self.users = UserFile(folder / "access" / "users.json")
        self.told: list[dict[str, Any]] = []
        gate = Gate(self.node, users=self.users, book=BOOK, application=create_app, audit=self.told.append)
        self.client = TestClient(gate, raise_server_exceptions=False)

    def get(self, path: str, token: str | None = None) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.client.get(f"/api/v1{path}", headers=headers)


def fill(folder: Path, *, protected: bool) -> Path:
    for number, label in ((70001, "PUBLIC"), (70002, "REL:JP"), (70003, "REL:PAIR")):
        if label == "PUBLIC" or protected:
            file = folder.with_suffix(f".{number}.tle")
            file.write_text(make_tle(norad_cat_id=number, name=f"N{number}", mean_anomaly_deg=number % 7))
            node = Node(folder=folder, files=None, clock=lambda: NOW)
            node.ingest(file, provenance=replace(REAL, label=label))
    return folder


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(fill(tmp_path / "store", protected=True))


def test_without_users_nothing_is_asked(served: Served) -> None:
    assert served.get("/status").json()["catalogue"]["objects"] == 3
    assert served.told == []


def test_with_users_everyone_needs_a_token(served: Served) -> None:
    token = served.users.add("sato", party="JP", roles=[Role.ANALYST], now_tai_ns=1)
    for wrong in (None, "", "x", token[:-1], token + "0"):
        answer = served.get("/status", wrong)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert "70001" not in answer.text
    basic = served.client.get("/api/v1/status", headers={"Authorization": f"Basic {token}"})
    assert basic.status_code == 401
    assert served.get("/status", token).json()["catalogue"]["objects"] == 3
    assert served.get("/health").status_code == 200
    assert [each["kind"] for each in served.told] == ["access.denied"] * 6 + ["access.read"]
    assert served.told[-1]["labels"] == ["REL:JP", "REL:PAIR"]
    assert served.told[-1]["actor"] == "sato"
    assert token not in str(served.told)


def test_each_is_answered_by_what_it_may_see(served: Served) -> None:
    tokens = {party: served.users.add(party, party=party, roles=[], now_tai_ns=1) for party in ("JP", "US", "PH")}
    counts = {party: served.get("/status", token).json()["catalogue"]["objects"] for party, token in tokens.items()}
    assert counts == {"JP": 3, "US": 2, "PH": 1}
    assert served.get("/objects/70002", tokens["JP"]).status_code == 200
    hidden, absent = served.get("/objects/70002", tokens["PH"]), served.get("/objects/70009", tokens["PH"])
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace("70002", "70009") == absent.text
    assert [each["actor"] for each in served.told if each["kind"] == "access.denied"] == ["PH", "PH"]


def test_partners_need_no_token_for_what_they_sign_themselves(served: Served) -> None:
    served.users.add("sato", party="JP", roles=[Role.ANALYST], now_tai_ns=1)
    for path in ("/exchange/bundles", "/exchange/pull"):
        answer = served.client.post(f"/api/v1{path}", content=b"anything")
        assert answer.status_code != 401
        assert "70001" not in answer.text
    for path in ("/exchange", "/audit", "/audit/entries", "/exchange/requests"):
        assert served.get(path).status_code == 401
    analyst = served.users.add("mori", party="JP", roles=[Role.ANALYST], now_tai_ns=1)
    auditor = served.users.add("ito", party="JP", roles=[Role.AUDITOR], now_tai_ns=1)
    assert served.get("/audit/entries", analyst).status_code == 403
    assert served.get("/audit/entries", auditor).status_code == 200


def test_a_revoked_token_is_refused_at_the_next_question(served: Served) -> None:
    token = served.users.add("sato", party="JP", roles=[], now_tai_ns=1)
    assert served.get("/status", token).status_code == 200
    served.users.revoke("sato", now_tai_ns=2)
    assert served.get("/status", token).status_code == 401
    assert served.get("/status").status_code == 401


def test_users_that_cannot_be_read_open_nothing(served: Served) -> None:
    token = served.users.add("sato", party="JP", roles=[], now_tai_ns=1)
    served.users.path.write_text("?")
    assert served.get("/status", token).status_code == 503
    assert served.get("/status").status_code == 503


def test_an_answer_that_cannot_be_noted_is_not_given(served: Served) -> None:
    token = served.users.add("sato", party="JP", roles=[], now_tai_ns=1)

    def full(entry: dict[str, Any]) -> None:
        raise OSError("no space left")

    gate = Gate(served.node, users=served.users, book=BOOK, application=create_app, audit=full)
    client = TestClient(gate, raise_server_exceptions=False)
    answer = client.get("/api/v1/status", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 500
    assert "N7000" not in answer.text


PATHS = (
    "/status",
    "/catalogue/health",
    "/objects?limit=50",
    "/objects/70001",
    "/objects/70002",
    "/objects/N70003",
    "/states?limit=50",
    "/runs",
    "/conjunctions",
    "/events",
    "/ephemeris/latest.json",
    "/search?q=N7000",
    "/space-events",
)


def test_over_http_protected_records_leave_no_trace(tmp_path: Path) -> None:
    told = []
    for name, protected in (("with", True), ("without", False)):
        each = Served(fill(tmp_path / name, protected=protected))
        if protected:
            found = each.node.screen(span_s=600.0)
            assert found.result.coverage.label == "REL:JP&PAIR"
            each.node.keep_run(found.result)
        token = each.users.add("ph", party="PH", roles=[], now_tai_ns=1)
        answers = [(path, each.get(path, token)) for path in PATHS]
        told.append([(path, answer.status_code, answer.text) for path, answer in answers])
    for seen, never_there in zip(*told, strict=True):
        assert seen == never_there
    assert sum(status == 200 for _, status, _ in told[0]) >= 6


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_the_loopback_needs_nothing(host: str) -> None:
    check_exposure(host=host, users=None, tls=None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", ""])
def test_others_are_let_near_only_with_users_and_tls(tmp_path: Path, host: str) -> None:
    users = UserFile(tmp_path / "users.json")
    tls = (tmp_path / "c", tmp_path / "k")
    with pytest.raises(UsageError, match=r"no users .* and no TLS"):
        check_exposure(host=host, users=users, tls=None)
    with pytest.raises(UsageError, match="no users"):
        check_exposure(host=host, users=None, tls=tls)
    users.add("sato", party="JP", roles=[], now_tai_ns=1)
    with pytest.raises(UsageError, match="no TLS"):
        check_exposure(host=host, users=users, tls=None)
    check_exposure(host=host, users=users, tls=tls)
    users.revoke("sato", now_tai_ns=2)
    with pytest.raises(UsageError, match="no users"):
        check_exposure(host=host, users=users, tls=tls)


def test_a_run_of_the_public_is_counted_alone(served: Served) -> None:
    served.node.keep_run(served.node.screen(span_s=600.0).result)
    public = EmbeddedStore.open(served.node.folder or "", mode=StoreMode.READ)
    with public as store:
        assert store.runs()["label"].to_list() == ["REL:JP&PAIR"]


REPORT: dict[str, Any] = {
    "event_id": "E-1",
    "kind": "GROUND_OUTAGE",
    "data_mode": "REAL",
    "label": "REL:JP",
    "objects": [],
    "start_utc": "2025-12-31T20:10:00Z",
    "facts": {"system": "radar", "effect": "no tracks"},
    "evidence": [{"kind": "OPERATOR_STATEMENT", "text": "No tracks since 20:10 UTC.", "source": "OP-X"}],
    "sources": ["OP-X"],
    "written_by": "Somebody Else",
}


def test_a_report_is_written_by_the_user_who_sends_it(served: Served) -> None:
    sato = served.users.add("sato", party="JP", roles=[Role.WATCH_OFFICER], now_tai_ns=1)
    hill = served.users.add("hill", party="US", roles=[Role.WATCH_OFFICER], now_tai_ns=1)
    guest = served.users.add("guest", party="JP", roles=[Role.GUEST], now_tai_ns=1)

    def send(token: str, **other: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", "mihari.asker": "forged"}
        return served.client.post("/api/v1/space-events", json={**REPORT, **other}, headers=headers)

    assert send(guest).status_code == 403
    assert send(sato).status_code == 200, send(sato).text
    told = served.get("/space-events/E-1", sato)
    assert told.json()["newest"]["written_by"] == "sato", told.text
    # The other party sees nothing of it, and does not write over it either.
    assert served.get("/space-events/E-1", hill).status_code == 404
    assert "E-1" not in served.get("/space-events", hill).text
    assert served.get("/policy/brief?event=E-1", hill).status_code == 404
    assert send(hill, label="PUBLIC").status_code == 403
    assert send(hill, event_id="E-2", label="PUBLIC").status_code == 200
    assert served.get("/space-events/E-2", sato).json()["newest"]["written_by"] == "hill"
