"""Encounters, plots and reports over HTTP, and what lists of events need besides."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi.testclient import TestClient

from mihari.app.assess_screening import screening_bounds
from mihari.app.encounter import encounter_document, encounter_of
from mihari.app.node import Node
from mihari.app.report import plot_names
from mihari.model.provenance import DataMode
from mihari.server._assessment_models import EventPlots, Events
from mihari.server._models import Conjunctions, EncounterAnswer

API = "/api/v1"
PAIR = {"first": 900_000_003, "second": 900_000_004, "tca": "2025-03-01T12:10:00Z"}


@pytest.fixture
def event_id(kept_node: Node) -> str:
    return str(kept_node.events(mode=DataMode.SIMULATED)["event_id"][0])


def test_encounter_is_the_use_cases(client: TestClient, small_node) -> None:  # type: ignore[no-untyped-def]
    document = client.get(f"{API}/encounter", params={**PAIR, "span_s": 20, "step_s": 1}).json()
    EncounterAnswer.model_validate(document)
    assert document == encounter_document(encounter_of(small_node.catalogue(), **PAIR, span_s=20.0, step_s=1.0))
    assert (document["offset_s"][0], document["offset_s"][10], document["offset_s"][-1]) == (-10.0, 0.0, 10.0)


@pytest.mark.parametrize(
    ("changed", "status", "where"),
    [
        ({"second": 900_000_003}, 400, "second"),
        ({"second": 5}, 404, "first and second"),
        ({"second": 0}, 422, "second"),
        ({"tca": "tomorrow"}, 422, "tca"),
        ({"span_s": 1e6}, 422, "span_s"),
        ({"span_s": "nan"}, 422, "span_s"),
        ({"step_s": 1e-4}, 400, "step_s"),
    ],
)
def test_encounters_that_cannot_be_told_are_problems(
    client: TestClient, changed: dict[str, object], status: int, where: str
) -> None:
    answer = client.get(f"{API}/encounter", params={**PAIR, **changed})
    assert answer.status_code == status
    assert answer.json()["where"] == where


def test_events_tell_numbers_ages_and_the_update_before(client: TestClient, event_id: str) -> None:
    document = client.get(f"{API}/events").json()
    Events.model_validate(document)
    row = document["events"][0]
    assert row["event_id"] == event_id
    whole = client.get(f"{API}/events/{event_id}").json()
    history, objects = whole["history"], whole["assessment"]["objects"]
    assert row["names"] == [each["name"] for each in objects]
    assert row["maneuverable"] == [each["maneuverable"] for each in objects]
    assert all(row["names"])
    assert all(row["maneuverable"])
    assert row["updates"] == len(history) > 1
    assert row["previous_probability"] == history[-2]["probability"]
    assert row["previous_maximum_probability"] == history[-2]["maximum_probability"]
    assert row["norad_cat_ids"] == [int(each) for each in row["objects"]]
    assert all(each < row["creation_utc"] for each in row["last_observations_utc"])


def test_plots_and_reports_can_be_had(client: TestClient, kept_node: Node, event_id: str) -> None:
    told = client.get(f"{API}/plots", params={"event": event_id}).json()
    EventPlots.model_validate(told)
    event = kept_node.event(event_id, mode=DataMode.SIMULATED)
    assert told["plots"] == plot_names(event.assessment, history=event.history.to_dicts())
    assert "encounter-plane" in told["plots"]
    begins = {
        "plots/encounter-plane.svg": b"<?xml",
        "plots/encounter-plane.png": b"\x89PNG",
        "report.html": b"<!doctype html>",
        "report.pdf": b"%PDF",
    }
    for path, head in begins.items():
        answer = client.get(f"{API}/{path}", params={"event": event_id})
        assert answer.status_code == 200, path
        assert answer.content.lower().startswith(head.lower()), path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path


def test_what_cannot_be_drawn_is_a_problem(client: TestClient, event_id: str) -> None:
    for path, event, status, where in (
        ("plots/encounter-plane.svg", "no such event", 404, "event"),
        ("plots/nonsense.svg", event_id, 404, event_id),
        ("plots/encounter-plane.tiff", event_id, 422, "image"),
        ("report.docx", event_id, 422, "form"),
        ("report.html", "", 422, "event"),
    ):
        answer = client.get(f"{API}/{path}", params={"event": event})
        assert (answer.status_code, answer.json()["where"]) == (status, where), path


def test_conjunctions_have_a_bound_when_a_radius_is_stated(client: TestClient) -> None:
    plain = client.get(f"{API}/conjunctions").json()
    assert plain["hard_body_radius_m"] is plain["maximum_probability_meaning"] is None
    assert all("maximum_probability" not in row for row in plain["conjunctions"])
    told = client.get(f"{API}/conjunctions", params={"hard_body_radius_m": 15}).json()
    Conjunctions.model_validate(told)
    assert "round covariance" in told["maximum_probability_meaning"]
    misses_m = np.array([row["miss_distance_km"] for row in told["conjunctions"]]) * 1e3
    assert [row["maximum_probability"] for row in told["conjunctions"]] == screening_bounds(misses_m, 15.0).tolist()
    assert client.get(f"{API}/conjunctions", params={"hard_body_radius_m": 0}).status_code == 422
