"""The answers of the server against the node's own."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from mihari.app.export import screening_frame_edge
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import Volume
from mihari.picture import KNOT_EPOCH_TAI_NS, KNOT_STEP_NS
from mihari.server._models import (
    Conjunctions,
    EphemerisSidecar,
    Health,
    Objects,
    PicturePage,
    RunList,
    Screening,
    Status,
    Where,
)

API = "/api/v1"


def test_where_says_everything_the_contract_asks_for(client: TestClient) -> None:
    answer = client.get(f"{API}/where", params={"object": "iss", "at": "2025-03-01T13:00:00"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["object"]["norad_cat_id"] == 900_000_001
    assert document["object"]["name"] == "ISS-LIKE STATION (SIM)"
    assert document["epoch_utc"] == "2025-03-01T13:00:00.000000Z"
    assert document["frame"] == "GCRF"
    assert 6_600 < np.linalg.norm(document["position_km"]) < 6_900
    assert 7 < np.linalg.norm(document["velocity_km_s"]) < 8
    assert document["age_days"] == pytest.approx(1 / 24)
    assert (document["covariance"], document["data_mode"], document["status"]) == (None, "SIMULATED", "ok")
    assert document["uncertainty_typical"]["typical"] is True
    assert document["extrapolated"] is False
    assert set(document["geodetic"]) == {"latitude_deg", "longitude_deg", "altitude_km"}


@pytest.mark.parametrize("frame", ["GCRF", "ITRF", "TEME", "EME2000", "TOD", "MOD"])
def test_where_answers_in_every_frame(client: TestClient, frame: str) -> None:
    document = client.get(f"{API}/where", params={"object": "himawari", "frame": frame}).json()
    assert document["frame"] == frame
    assert np.linalg.norm(document["position_km"]) == pytest.approx(42_165, abs=30)


def test_where_without_a_state_says_why(client: TestClient) -> None:
    document = client.get(f"{API}/where", params={"object": "fallen", "at": "2025-03-20"}).json()
    assert document["position_km"] is None
    assert document["geodetic"] is None
    assert document["status"].startswith("no state: SGP4 error")
    assert document["extrapolated"] is True


def test_picture_comes_in_pages_of_one_and_the_same_moment(client: TestClient) -> None:
    rows: list[dict[str, Any]] = []
    path: str | None = f"{API}/picture?limit=2&frame=ITRF"
    pages = 0
    while path:
        page = client.get(path).json()
        assert (page["total"], page["data_mode"], page["frame"]) == (5, "SIMULATED", "ITRF")
        assert page["counts"]["objects"] == 5
        rows += page["rows"]
        path = page["next"]
        pages += 1
    assert pages == 3
    assert [row["norad_cat_id"] for row in rows] == list(range(900_000_001, 900_000_006))
    assert {row["epoch_utc"] for row in rows} == {"2025-03-01T12:00:00.000000Z"}


def test_picture_as_csv_begins_with_the_contract_columns(client: TestClient) -> None:
    answer = client.get(f"{API}/picture", params={"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    table = pl.read_csv(io.StringIO(answer.text))
    expected = "norad_cat_id epoch_utc frame x_km y_km z_km vx_km_s vy_km_s vz_km_s status".split()
    assert table.columns[:10] == expected
    page = client.get(f"{API}/picture").json()["rows"]
    assert table["x_km"].to_list() == [row["x_km"] for row in page]


def test_picture_filters(client: TestClient) -> None:
    found = client.get(f"{API}/picture", params={"regime": "GEO"}).json()
    assert [row["object_name"] for row in found["rows"]] == ["HIMAWARI-LIKE (SIM)"]
    assert client.get(f"{API}/picture", params={"object_type": "DEBRIS"}).json()["total"] == 0


def test_objects_are_searched(client: TestClient) -> None:
    found = client.get(f"{API}/objects", params={"query": "twin"}).json()
    assert found["data_mode"] == "SIMULATED"
    assert [each["norad_cat_id"] for each in found["objects"]] == [900_000_003, 900_000_004]
    assert client.get(f"{API}/objects", params={"query": "nothing"}).json()["objects"] == []


def test_status_names_mode_versions_and_the_last_screening(client: TestClient) -> None:
    status = client.get(f"{API}/status").json()
    assert status["catalogue"]["data_mode"] == "SIMULATED"
    assert status["catalogue"]["objects"] == 5
    assert status["catalogue"]["median_epoch_utc"] == "2025-03-01T10:00:00.000000Z"
    assert status["runs"] == 2
    assert status["latest_run"]["run_id"] == 2
    assert status["latest_coverage"]["objects_screened"] == 4


def test_health_asks_nothing_of_the_store(client: TestClient, small_node: Any) -> None:
    small_node.fails_with = RuntimeError("the store is gone")
    found = client.get(f"{API}/health")
    assert (found.status_code, found.json()["now_utc"]) == (200, "2025-03-01T12:00:00.000000Z")
    assert client.get(f"{API}/status").status_code == 500


def test_status_of_an_empty_node_is_no_error(client: TestClient, small_node: Any) -> None:
    small_node.element_sets = type(small_node.element_sets)(small_node.element_sets.frame.head(0))
    status = client.get(f"{API}/status")
    assert status.status_code == 200
    assert status.json()["catalogue"] is None
    assert "no element sets" in status.json()["catalogue_note"]


def test_runs_newest_first_and_whole(client: TestClient) -> None:
    runs = client.get(f"{API}/runs").json()["runs"]
    assert [run["run_id"] for run in runs] == [2, 1]
    whole = client.get(f"{API}/runs/1").json()
    assert [row["miss_distance_km"] for row in whole["conjunctions"]] == [0.9]
    assert whole["coverage"]["unscreened"][0]["from_utc"] == "2025-03-01T12:01:00.000000Z"


def test_conjunctions_closest_first_with_their_coverage(client: TestClient, small_node: Any) -> None:
    page = client.get(f"{API}/conjunctions", params={"limit": 2}).json()
    assert [row["miss_distance_km"] for row in page["conjunctions"]] == [0.01, 0.7]
    assert (page["total"], page["run"]["run_id"]) == (3, 2)
    assert page["coverage"]["data_mode"] == "SIMULATED"
    assert list(page["conjunctions"][0]) == screening_frame_edge(small_node.kept[1]).columns
    near = client.get(f"{API}/conjunctions", params={"max_miss_km": 0.5}).json()
    assert near["total"] == 1
    other = client.get(f"{API}/conjunctions", params={"object": 900_000_001}).json()
    assert other["conjunctions"] == []
    assert other["coverage"]["objects_given"] == 5
    text = client.get(f"{API}/conjunctions", params={"format": "csv", "run": 1}).text
    assert pl.read_csv(io.StringIO(text)).height == 1


def test_screening_on_demand_asks_the_node_in_si(client: TestClient, small_node: Any) -> None:
    answer = client.post(f"{API}/screen", json={"hours": 2, "radius_km": 1.5, "primaries": [900_000_001]})
    assert answer.status_code == 200
    assert answer.json()["conjunctions"][0]["miss_distance_km"] == 0.042
    asked = small_node.asked[0]
    assert asked["span_s"] == 7_200.0
    assert asked["volume"] == Volume.sphere(1_500.0)
    assert asked["primaries"] == [900_000_001]
    assert len(small_node.kept) == 2


def test_knots_can_be_read_as_the_sidecar_says(client: TestClient) -> None:
    sidecar = client.get(f"{API}/ephemeris/latest.json").json()
    assert sidecar["count"] == len(sidecar["norad_cat_id"]) == 5
    assert sidecar["data_mode"] == "SIMULATED"
    assert parse_utc(sidecar["knot_epoch_utc"]) == KNOT_EPOCH_TAI_NS
    k = (parse_utc("2025-03-01T12:00:00") - KNOT_EPOCH_TAI_NS) // KNOT_STEP_NS
    answer = client.get(f"{API}/{sidecar['knot_path'].format(k=k)}")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-data-mode"] == "SIMULATED"
    table = np.frombuffer(answer.content, dtype="<f4").reshape(sidecar["count"], 6)
    assert np.linalg.norm(table[1, :3]) == pytest.approx(42_165, abs=30)
    same = client.get(f"{API}/ephemeris/{sidecar['catalogue_version']}.json").json()
    assert same == sidecar


def test_an_older_catalogue_version_stays_at_hand(client: TestClient, small_node: Any) -> None:
    old = client.get(f"{API}/ephemeris/latest.json").json()
    knot = client.get(f"{API}/{old['knot_path'].format(k=270000)}").content
    frame = small_node.element_sets.frame
    small_node.element_sets = type(small_node.element_sets)(frame.with_columns(pl.col("mean_anomaly_deg") + 1.0))
    new = client.get(f"{API}/ephemeris/latest.json").json()
    assert new["catalogue_version"] != old["catalogue_version"]
    assert client.get(f"{API}/{old['knot_path'].format(k=270000)}").content == knot
    assert client.get(f"{API}/{new['knot_path'].format(k=270000)}").content != knot


def test_numbers_keep_all_their_digits(client: TestClient, small_node: Any) -> None:
    text = client.get(f"{API}/where", params={"object": "iss"}).text
    position_m = small_node.where("iss").picture.states.select("x_m", "y_m", "z_m").row(0)
    assert json.loads(text)["position_km"] == [value / 1000.0 for value in position_m]


def test_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get(f"{API}/")
    assert "/api/v1/where" in page.text
    for forbidden in ("<script", "src=", "@import", "url(", "https://", "http://"):
        assert forbidden not in page.text


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/health", Health),
        ("/status", Status),
        ("/where?object=iss", Where),
        ("/where?object=fallen&at=2025-03-20", Where),
        ("/picture?limit=2", PicturePage),
        ("/objects?query=sim", Objects),
        ("/runs", RunList),
        ("/runs/1", Screening),
        ("/conjunctions", Conjunctions),
        ("/ephemeris/latest.json", EphemerisSidecar),
    ],
)
def test_answers_have_exactly_the_published_members(client: TestClient, path: str, model: type[BaseModel]) -> None:
    model.model_validate(client.get(API + path).json())


def test_conjunctions_of_several_objects_are_one_question(client: TestClient) -> None:
    whole = client.get(f"{API}/conjunctions").json()["conjunctions"]
    ids = (900_000_003, 900_000_004)
    commas = client.get(f"{API}/conjunctions", params={"object": f"{ids[0]},{ids[1]}"}).json()
    repeated = client.get(f"{API}/conjunctions", params={"object": [str(each) for each in ids]}).json()
    assert commas["conjunctions"] == repeated["conjunctions"] == whole
    assert client.get(f"{API}/conjunctions", params={"object": "900000001,900000002"}).json()["total"] == 0
    nearest = client.get(f"{API}/conjunctions", params={"object": f"{ids[0]},900000001", "each": 2}).json()
    assert nearest["conjunctions"] == whole[:2]
    assert nearest["total"] == 2


@pytest.mark.parametrize(
    ("query", "status", "where"),
    [
        ("object=iss", 422, "0"),
        ("object=0", 422, "0"),
        ("object=" + ",".join(str(number) for number in range(1, 1_002)), 400, "object"),
        ("each=3", 400, "each"),
    ],
)
def test_numbers_that_are_none_are_refused(client: TestClient, query: str, status: int, where: str) -> None:
    answer = client.get(f"{API}/conjunctions?{query}")
    assert answer.status_code == status, answer.text
    assert answer.json()["where"] == where
    assert answer.json()["remedy"]
