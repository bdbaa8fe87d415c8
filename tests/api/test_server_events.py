"""Events over HTTP: the documents of the command line, what needs a person first, and figures that are images."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from assessment_support import START, request, warnings_of
from mihari.app.assessment_documents import event_document, events_document
from mihari.app.node import Node, open_node
from mihari.model.provenance import DataMode
from mihari.server._assessment_models import Event, Events

API = "/api/v1"
FIGURES = (
    "encounter-plane",
    "probability-history",
    "miss-history",
    "dilution",
    "radius-sensitivity",
    "covariance-sensitivity",
)


@pytest.fixture
def event_id(client: TestClient) -> str:
    return str(client.get(f"{API}/events").json()["events"][0]["event_id"])


def test_the_list_is_the_document_of_the_command_line(client: TestClient, kept_node: Node) -> None:
    found = client.get(f"{API}/events").json()
    assert found == json.loads(json.dumps(events_document(kept_node.events())))
    Events.model_validate(found)
    assert len(found["events"]) == found["coverage"]["events"] == 6
    assert {each["data_mode"] for each in found["events"]} == {"SIMULATED"}
    assert {each["updates"] for each in found["events"]} == {8}


def test_what_needs_a_person_comes_first(client: TestClient) -> None:
    levels = [each["action_level"] for each in client.get(f"{API}/events").json()["events"]]
    ranks = [{"action": 0, "watch": 1}.get(level, 2) for level in levels]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_pages_are_of_one_list(client: TestClient) -> None:
    whole = client.get(f"{API}/events").json()["events"]
    pages = [client.get(f"{API}/events", params={"limit": 4, "offset": offset}).json() for offset in (0, 4, 8)]
    assert [each for page in pages for each in page["events"]] == whole
    assert [page["coverage"]["events"] for page in pages] == [6, 6, 6]


def test_what_was_known_then_and_in_which_mode(client: TestClient, event_id: str) -> None:
    assert client.get(f"{API}/events", params={"mode": "REAL"}).json()["events"] == []
    before = {"as_of": "2025-02-28"}  # the messages were learned on 1 March
    assert client.get(f"{API}/events", params=before).json()["events"] == []
    for query in ({"mode": "REAL"}, before):
        refused = client.get(f"{API}/events/{event_id}", params=query)
        assert refused.status_code == 404
        assert (refused.json()["where"], refused.json()["remedy"]) == (
            "event_id",
            "ask events, perhaps in another mode",
        )


def test_one_event_is_the_document_of_the_command_line(client: TestClient, kept_node: Node, event_id: str) -> None:
    found = client.get(f"{API}/events/{event_id}").json()
    assert found == json.loads(json.dumps(event_document(kept_node.event(event_id))))
    Event.model_validate(found)
    assert found["assessment"]["data_mode"] == "SIMULATED"
    assert len(found["history"]) == 8
    assert [each["kind"] for each in found["records"]] == ["recommendation", "decision", "outcome"]


def test_a_name_with_a_slash_is_found(client: TestClient, small_node: Any, tmp_path: Any) -> None:
    text = warnings_of(1_500, 1, 6)[7].text
    first = next(line for line in text.splitlines() if line.startswith("OBJECT_DESIGNATOR"))
    (tmp_path / "one.cdm").write_text(text.replace(first, "OBJECT_DESIGNATOR = A/B"))
    with open_node(tmp_path / "store", clock=lambda: START) as node:
        node.keep_messages([tmp_path / "one.cdm"], request())
        small_node.memory = node
    (event,) = client.get(f"{API}/events").json()["events"]
    assert "/" in event["event_id"]
    assert client.get(f"{API}/events/{event['event_id']}").json()["event_id"] == event["event_id"]
    assert client.get(f"{API}/events/{quote(event['event_id'], safe='')}").json()["event_id"] == event["event_id"]
    assert client.get(f"{API}/events/{event['event_id']}/figures/miss-history.svg").status_code == 404


def test_nobody_writes_here(client: TestClient, event_id: str) -> None:
    for path in ("events", f"events/{event_id}", f"events/{event_id}/records"):
        assert client.post(f"{API}/{path}", json={}).status_code == 405


# Figures


def is_svg(content: bytes) -> bool:
    root = ElementTree.fromstring(content)
    return root.tag.endswith("svg") and len(list(root.iter())) > 50


def is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    ("ending", "media_type", "is_image"), [("svg", "image/svg+xml", is_svg), ("png", "image/png", is_png)]
)
def test_every_figure_is_an_image(
    client: TestClient, event_id: str, ending: str, media_type: str, is_image: Callable[[bytes], bool]
) -> None:
    seen = set()
    for name in FIGURES:
        answer = client.get(f"{API}/events/{event_id}/figures/{name}.{ending}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == media_type
        assert answer.headers["x-data-mode"] == "SIMULATED"
        assert "script" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert is_image(answer.content)
        seen.add(answer.content)
    assert len(seen) == len(FIGURES)


def test_a_figure_is_the_one_of_the_report(client: TestClient, kept_node: Node, event_id: str) -> None:
    from mihari.app.report import draw_plot
    from mihari.picture import ImageFormat

    event = kept_node.event(event_id)
    expected = draw_plot(event.assessment, "miss-history", history=event.history.to_dicts(), image=ImageFormat.PNG)
    assert client.get(f"{API}/events/{event_id}/figures/miss-history.png").content == expected


@pytest.mark.parametrize(
    ("name", "status", "where"),
    [("no-such.svg", 404, "name"), ("encounter-plane.pdf", 422, "image"), ("..%2fx.svg", 404, None)],
)
def test_other_figures_are_refused(
    client: TestClient, event_id: str, name: str, status: int, where: str | None
) -> None:
    answer = client.get(f"{API}/events/{event_id}/figures/{name}")
    assert answer.status_code == status
    assert where is None or answer.json()["where"] == where


def test_a_figure_without_its_data_says_what_lacks(client: TestClient, small_node: Any, tmp_path: Any) -> None:
    (tmp_path / "one.cdm").write_text(warnings_of(1_500, 1, 6)[7].text)
    with open_node(tmp_path / "store", clock=lambda: START) as node:
        node.keep_messages([tmp_path / "one.cdm"], request())
        small_node.memory = node
        name = node.events(mode=DataMode.SIMULATED)["event_id"][0]
    answer = client.get(f"{API}/events/{name}/figures/miss-history.svg")
    assert answer.status_code == 404
    assert "one message so far" in answer.json()["detail"]


def test_figures_of_no_event(client: TestClient) -> None:
    answer = client.get(f"{API}/events/none/figures/dilution.svg")
    assert answer.status_code == 404
    assert answer.json()["where"] == "event_id"
