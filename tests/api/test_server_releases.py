"""Releases over HTTP: list, one, every form, and the feed of the public."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mihari.app.node import Node, open_files, open_node
from mihari.policy.access import Viewer
from mihari.release.signing import verify_release
from mihari.server import create_app
from release_support import EVENT, HOUR, NOW, Clock, breakup, desk_over, keep, published


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    """A node with a public release that was withdrawn, and one for a party."""
    folder = tmp_path_factory.mktemp("releases") / "store"
    keep(folder, breakup())
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    first = published(desk)
    clock.now += HOUR
    last = desk.withdraw(first.release_id, by="B. Ito", reason="wrong object")
    protected = published(desk, audience="US")
    node = open_node(folder, clock=lambda: clock.now)
    return desk, TestClient(create_app(node), raise_server_exceptions=False), first, last, protected


def test_the_feed_holds_what_the_public_was_told_and_nothing_else(told) -> None:
    desk, client, first, last, _ = told
    feed = client.get("/api/v1/bulletin").json()["releases"]
    assert [each["release_id"] for each in feed] == [last.release_id, first.release_id]
    assert all(each["audience"] == "PUBLIC" for each in feed)
    assert all(verify_release(each, keys=desk.keys.ring(), at_tai_ns=NOW + HOUR).valid for each in feed)


def test_the_list_tells_what_became_of_each(told) -> None:
    _, client, first, last, protected = told
    answer = client.get("/api/v1/releases").json()
    assert {each["release_id"]: each["status"] for each in answer["releases"]} == {
        first.release_id: "WITHDRAWN",
        last.release_id: "PUBLISHED",
        protected.release_id: "PUBLISHED",
    }
    assert answer["total"] == 3
    assert client.get("/api/v1/releases", params={"mode": "REAL"}).json()["total"] == 0
    assert len(client.get("/api/v1/releases", params={"limit": 1, "offset": 1}).json()["releases"]) == 1


def test_one_release_says_whether_its_signatures_hold(told) -> None:
    desk, client, _, last, _ = told
    held = client.get(f"/api/v1/releases/{last.release_id}").json()["verification"]
    assert held["valid"]
    assert {each["algorithm"] for each in held["signatures"]} == {"Ed25519", "ML-DSA-65"}
    draft = desk.draft(EVENT, audiences=["AU"], product="breakup-notice", by="A. Mori")[0]
    assert client.get(f"/api/v1/releases/{draft.release_id}").json()["verification"] is None


@pytest.mark.parametrize(
    ("form", "media"),
    [("html", "text/html"), ("md", "text/markdown"), ("xml", "application/cap+xml"), ("pdf", "application/pdf")],
)
def test_every_form(told, form: str, media: str) -> None:
    _, client, _, last, _ = told
    answer = client.get(f"/api/v1/releases/{last.release_id}/document.{form}", params={"lang": "ja"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(media)
    assert "sandbox" in answer.headers["content-security-policy"]
    if form == "xml":
        assert f",{told[2].release_id}," in answer.text


def test_what_is_not_there(told, tmp_path: Path) -> None:
    _, client, *_ = told
    answer = client.get("/api/v1/releases/R-none")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/releases/R-none/document.exe").status_code == 422


def test_a_node_over_files_has_no_releases(tmp_path: Path) -> None:
    node: Node = open_files([tmp_path / "x.tle"])
    client = TestClient(create_app(node))
    assert client.get("/api/v1/releases").json() == {"releases": [], "total": 0}
    assert client.get("/api/v1/bulletin").json() == {"releases": []}


@pytest.fixture
def guest(told) -> TestClient:
    desk, *_ = told
    node = open_node(desk.folder, clock=desk.clock).seen_by(Viewer.public())
    return TestClient(create_app(node), raise_server_exceptions=False)


def test_a_guest_reads_what_the_public_was_told_and_learns_of_nothing_else(told, guest: TestClient) -> None:
    _, client, first, last, protected = told
    assert guest.get("/api/v1/bulletin").json() == client.get("/api/v1/bulletin").json()
    for public in (first, last):
        assert guest.get(f"/api/v1/releases/{public.release_id}/document.md").status_code == 200
    hidden = guest.get(f"/api/v1/releases/{protected.release_id}/document.md")
    absent = guest.get("/api/v1/releases/R-none/document.md")
    assert hidden.status_code == absent.status_code == 403
    assert hidden.json()["detail"].replace(protected.release_id, "R-none") == absent.json()["detail"]
    listed = guest.get("/api/v1/releases").json()
    assert [each["release_id"] for each in listed["releases"]] == [first.release_id, last.release_id]
    assert listed["total"] == 2
    # The ledger says who else was told, and the event's own name is for those who may know the event.
    for each in listed["releases"]:
        assert each["recipients"] == each["needs"] == each["alarms"] == []
        assert each["event_id"] != EVENT
        assert not each["drafted_by"]
    assert guest.get(f"/api/v1/releases/{last.release_id}").json()["release"] == last.published


@pytest.mark.parametrize("party", ["PUBLIC", "AU", "US"])
def test_what_others_were_told_changes_no_byte_of_what_one_reads(tmp_path: Path, party: str) -> None:
    """Drafts, releases to others, their withdrawal, approvals and go: none of it shows."""
    folder = tmp_path / "store"
    keep(folder, breakup())
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    open_ones = [published(desk), published(desk, audience="US")]
    open_ids = [each.release_id for each in open_ones]
    viewer = Viewer.public() if party == "PUBLIC" else Viewer.of(party, book=desk.book, operators={})
    client = TestClient(create_app(open_node(folder, clock=clock).seen_by(viewer)), raise_server_exceptions=False)

    def answers() -> list[tuple[int, str]]:
        forms = [f"/releases/{name}{form}" for name in open_ids for form in ("", "/document.md", "/document.html")]
        paths = ["/releases", "/releases?limit=1&offset=1", "/bulletin", *forms, "/releases/R-0000000000000009"]
        found = [client.get(f"/api/v1{path}") for path in paths]
        return [(each.status_code, each.text) for each in found]

    before = answers()
    assert sum(code == 200 for code, _ in before) == (9 if party == "US" else 6)
    clock.now += HOUR
    for_japan = published(desk, audience="JP", product="diplomatic-pack")
    group = desk.draft(EVENT, audiences=["PUBLIC", "US"], product="breakup-notice", by="A. Mori", needs=["US"])[0]
    desk.approve(group.group_id, by="B. Ito")
    desk.withdraw(for_japan.release_id, by="B. Ito", reason="wrong")
    assert answers() == before
    if party != "AU":
        published(desk, audience=party)
        assert answers() != before, "the comparison can fail"
