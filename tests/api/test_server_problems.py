"""Every error is a problem document of RFC 9457, and says what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mihari.errors import StoreBusyError, StoreSpaceError, StoreVersionError

API = "/api/v1"


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["type"].startswith("urn:mihari:problem:")
    assert document["title"]
    assert document["detail"]
    assert document["instance"].startswith("/")
    return document


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/where?object=no-such-thing", 404),
        ("/where?object=twin", 409),
        ("/where", 422),
        ("/where?object=", 422),
        ("/where?object=iss&frame=RTN", 422),
        ("/where?object=iss&frame=nonsense", 422),
        ("/where?object=iss&mode=MAYBE", 422),
        ("/where?object=iss&mode=REAL", 404),
        ("/where?object=1234567890", 400),
        ("/where?object=iss&at=yesterday", 422),
        ("/where?object=iss&at=2120-01-01", 400),
        ("/where?object=iss&at=2025-02-31", 400),
        ("/where?object=iss&as_of=2025-13-01", 400),
        ("/picture?limit=0", 422),
        ("/picture?offset=-1", 422),
        ("/picture?format=xlsx", 422),
        ("/objects?query=", 422),
        ("/runs/99", 404),
        ("/runs/first", 422),
        ("/conjunctions?run=99", 404),
        ("/conjunctions?max_miss_km=nan", 422),
        ("/ephemeris/" + "0123456789abcdef" * 4 + ".json", 404),
        ("/ephemeris/" + "0123456789abcdef" * 4 + "/1.f32", 404),
        ("/ephemeris/short/1.f32", 422),
        ("/events?as_of=yesterday", 422),
        ("/events?limit=0", 422),
        ("/events?mode=MAYBE", 422),
        ("/events/", 422),
        ("/events/no-such-event", 404),
        ("/events/no-such-event/figures/dilution.svg", 404),
        ("/events/no-such-event/figures/dilution.gif", 422),
        ("/ephemeris/" + "0123456789abcdef" * 4 + "/99999999999999999999.f32", 422),
        ("/no/such/path", 404),
    ],
)
def test_each_fault_has_its_status_and_words(client: TestClient, path: str, status: int) -> None:
    problem(client.get(API + path), status)


def test_ambiguous_names_list_their_candidates(client: TestClient) -> None:
    document = problem(client.get(f"{API}/where?object=twin"), 409)
    assert document["candidates"] == ["900000003 TWIN (SIM)", "900000004 TWIN (SIM)"]


def test_a_fault_names_the_parameter_of_this_door(client: TestClient) -> None:
    assert problem(client.get(f"{API}/where?object=iss&at=2025-02-31"), 400)["where"] == "at"
    assert problem(client.get(f"{API}/where?object=iss&as_of=2025-13-01"), 400)["where"] == "as_of"
    assert problem(client.get(f"{API}/picture?limit=0"), 422)["where"] == "limit"


@pytest.mark.parametrize(
    ("path", "where", "detail", "remedy"),
    [
        ("/where?object=iss&at=yesterday", "at", "at: this is not a UTC time", "write it like 2025-01-08T03:58:00"),
        ("/picture?at=2025-01-08%0A", "at", "at: this is not a UTC time", "write it like 2025-01-08T03:58:00"),
        ("/events?as_of=12:00", "as_of", "as_of: this is not a UTC time", "write it like 2025-01-08T03:58:00"),
        ("/ephemeris/short/1.f32", "catalogue_version", "64 hexadecimal digits", "ask ephemeris/latest.json"),
    ],
)
def test_a_wrong_form_is_told_in_words(client: TestClient, path: str, where: str, detail: str, remedy: str) -> None:
    document = problem(client.get(API + path), 422)
    assert document["where"] == where
    assert detail in document["detail"]
    assert remedy in document["remedy"]
    assert not set("^$\\{}") & set(document["detail"] + document["remedy"])


def test_a_wrong_form_in_a_body_is_told_in_words(client: TestClient) -> None:
    document = problem(client.post(f"{API}/screen", json={"start": "soon"}), 422)
    assert (document["where"], document["detail"]) == ("start", "start: this is not a UTC time")
    assert document["remedy"].startswith("write it like")


def test_the_forms_are_published_for_machines(client: TestClient) -> None:
    published = client.get(f"{API}/openapi.json").json()
    (at,) = (each for each in published["paths"][f"{API}/where"]["get"]["parameters"] if each["name"] == "at")
    (pattern,) = (option["pattern"] for option in at["schema"]["anyOf"] if "pattern" in option)
    assert re.fullmatch(pattern, "2025-01-08T03:58:00Z")
    assert not re.fullmatch(pattern, "yesterday")


def test_outside_earth_orientation_names_the_span(client: TestClient) -> None:
    document = problem(client.get(f"{API}/where?object=iss&at=2120-01-01"), 400)
    assert document["type"].endswith("data-gap")
    assert "to 20" in document["detail"] or "20" in document["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_wrong_methods_say_which_are_right(client: TestClient, method: str) -> None:
    answer = getattr(client, method)(f"{API}/where")
    problem(answer, 405)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"hours": -1}', b'{"hours": 1e9}', b'{"radius_km": 0}', b'{"surprise": 1}']
)
def test_bad_questions_to_screen_are_refused(client: TestClient, body: bytes) -> None:
    problem(client.post(f"{API}/screen", content=body, headers={"content-type": "application/json"}), 422)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreBusyError("another writer holds the store"), 503),
        (StoreSpaceError("no space left"), 507),
        (StoreVersionError("made by a newer version"), 500),
    ],
)
def test_faults_of_the_store_pass_on_their_words(
    client: TestClient, small_node: Any, error: Exception, status: int
) -> None:
    small_node.fails_with = error
    assert problem(client.get(f"{API}/picture"), status)["detail"] == str(error)


def test_an_unforeseen_fault_gives_away_nothing(client: TestClient, small_node: Any) -> None:
    small_node.fails_with = RuntimeError("secret path /home/somebody")
    document = problem(client.get(f"{API}/picture"), 500)
    assert "secret" not in str(document)


def test_conjunctions_before_any_screening(client: TestClient, small_node: Any) -> None:
    small_node.kept.clear()
    document = problem(client.get(f"{API}/conjunctions"), 404)
    assert "no screening" in document["detail"]
    assert document["remedy"]
