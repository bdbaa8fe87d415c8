"""One object, its way, its distance from another, the belt and the health of the catalogue, over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from mihari.model.orbit import ElementSets
from mihari.server._health import CatalogueHealthAnswer
from mihari.server._object_models import Geo, ObjectCardAnswer, RangeAnswer, TrackAnswer

API = "/api/v1"
STATION, HIMAWARI, TWIN, OTHER_TWIN, FALLEN = range(900_000_001, 900_000_006)
AT = "2025-03-01T13:00:00"


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (f"/objects/{STATION}", ObjectCardAnswer),
        (f"/objects/{FALLEN}?at=2025-03-20", ObjectCardAnswer),
        (f"/objects/{STATION}/track", TrackAnswer),
        (f"/objects/{FALLEN}/track?start=2025-03-20", TrackAnswer),
        (f"/objects/{TWIN}/range/{OTHER_TWIN}", RangeAnswer),
        ("/geo", Geo),
        ("/geo?days=1", Geo),
        ("/catalogue/health", CatalogueHealthAnswer),
    ],
)
def test_answers_have_exactly_the_published_members(client: TestClient, path: str, model: type[BaseModel]) -> None:
    model.model_validate(client.get(API + path).json())


def test_card_repeats_where_and_adds_orbit_and_approaches(client: TestClient) -> None:
    card = client.get(f"{API}/objects/{TWIN}", params={"at": AT, "frame": "ITRF"}).json()
    where = client.get(f"{API}/where", params={"object": TWIN, "at": AT, "frame": "ITRF"}).json()
    assert card["state"] == where
    assert card["elements"]["mean_motion_rev_day"] == 14.2
    assert card["orbit"]["period_min"] == pytest.approx(1440 / 14.2)
    assert [each["used"] for each in card["history"]] == [True]
    assert card["provenance"]["source"] == "made up"
    approaches = card["approaches"]
    assert approaches["run_id"] == 2
    assert approaches["total"] == 3
    assert [each["miss_distance_km"] for each in approaches["rows"]] == [0.01, 0.7, 3.0]
    assert {each["other_norad_cat_id"] for each in approaches["rows"]} == {OTHER_TWIN}
    assert approaches["unscreened_reason"] is None


def test_card_says_that_an_object_was_not_screened(client: TestClient) -> None:
    approaches = client.get(f"{API}/objects/{FALLEN}").json()["approaches"]
    assert (approaches["total"], approaches["unscreened_reason"]) == (0, "SGP4 error 6")


def test_card_without_a_screening_says_so(client: TestClient, small_node: Any) -> None:
    small_node.kept.clear()
    assert client.get(f"{API}/objects/{STATION}").json()["approaches"] is None


@pytest.mark.parametrize("path", ["objects/42", "objects/42/track", f"objects/{STATION}/range/42"])
def test_an_unknown_number_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 404
    assert "42" in answer.json()["detail"]


def test_track_is_one_revolution_and_agrees_with_where(client: TestClient) -> None:
    rows = client.get(f"{API}/objects/{STATION}/track", params={"start": AT}).json()["rows"]
    assert len(rows) == 181
    for place in (0, 90, 180):
        there = client.get(f"{API}/where", params={"object": STATION, "at": rows[place]["utc"]}).json()
        # `where` takes its moment from text with six decimals: 8 km/s times half a microsecond.
        assert rows[place]["position_km"] == pytest.approx(there["position_km"], abs=1e-5)
        assert rows[place]["latitude_deg"] == pytest.approx(there["geodetic"]["latitude_deg"], abs=1e-6)
    first, last = (np.array(rows[place]["position_km"]) for place in (0, 180))
    assert np.linalg.norm(last - first) < 100


def test_track_without_a_state_has_moments_and_nothing_else(client: TestClient) -> None:
    rows = client.get(f"{API}/objects/{FALLEN}/track", params={"start": "2025-03-20"}).json()["rows"]
    assert all(row["utc"] and row["position_km"] is None and row["longitude_deg"] is None for row in rows)


@pytest.mark.parametrize("path", [f"objects/{STATION}/track", f"objects/{TWIN}/range/{OTHER_TWIN}"])
def test_more_rows_than_allowed_are_refused_with_words(client: TestClient, path: str) -> None:
    assert len(client.get(f"{API}/{path}", params={"span_s": 1999, "step_s": 1}).json()["rows"]) == 2_000
    answer = client.get(f"{API}/{path}", params={"span_s": 2000, "step_s": 1})
    assert (answer.status_code, answer.json()["where"]) == (400, "step_s")


def test_range_is_the_distance_of_two_wheres(client: TestClient) -> None:
    path = f"{API}/objects/{TWIN}/range/{OTHER_TWIN}"
    document = client.get(path, params={"start": AT, "span_s": 600}).json()
    assert len(document["rows"]) == 11
    assert document["norad_cat_ids"] == [TWIN, OTHER_TWIN]
    pair = [client.get(f"{API}/where", params={"object": each, "at": AT}).json() for each in (TWIN, OTHER_TWIN)]
    apart = np.linalg.norm(np.subtract(pair[0]["position_km"], pair[1]["position_km"]))
    assert document["rows"][0]["range_km"] == pytest.approx(apart, abs=1e-6)
    assert document["closest"]["range_km"] == min(row["range_km"] for row in document["rows"])
    backwards = client.get(f"{API}/objects/{OTHER_TWIN}/range/{TWIN}", params={"start": AT, "span_s": 600}).json()
    assert backwards["rows"] == document["rows"]
    assert client.get(f"{API}/objects/{TWIN}/range/{TWIN}").status_code == 400


def belt_node(small_node: Any, anomalies_deg: list[float]) -> None:
    """Give the node a belt of objects that differ in their place on one circle alone."""
    frame = small_node.element_sets.frame.filter(pl.col("object_name").str.starts_with("HIMAWARI")).head(1)
    count = len(anomalies_deg)
    many = pl.concat([frame] * count).with_columns(
        pl.Series("norad_cat_id", range(1, count + 1), dtype=pl.Int32),
        pl.Series("mean_anomaly_deg", anomalies_deg),
        pl.lit(0.0).alias("eccentricity"),
    )
    small_node.element_sets = ElementSets(many)


def test_belt_counts_neighbours_across_the_date_line(client: TestClient, small_node: Any) -> None:
    belt_node(small_node, [0.0, 0.05, 0.4, 90.0])
    start = client.get(f"{API}/geo").json()["rows"][0]["longitude_deg"]
    belt_node(small_node, [(180.0 - start - 0.02 + each) % 360.0 for each in (0.0, 0.05, 0.4, 90.0)])
    answer = client.get(f"{API}/geo").json()
    rows = answer["rows"]
    assert rows[0]["longitude_deg"] == pytest.approx(179.98, abs=1e-3)
    assert rows[1]["longitude_deg"] == pytest.approx(-179.97, abs=1e-3)
    assert [row["neighbours_0_1_deg"] for row in rows] == [1, 1, 0, 0]
    assert [row["neighbours_0_5_deg"] for row in rows] == [2, 2, 2, 0]
    assert [row["nearest_norad_cat_id"] for row in rows] == [2, 1, 2, 3]
    assert rows[0]["nearest_separation_deg"] == pytest.approx(0.05, abs=1e-4)
    assert answer["counts"] == {"geo": 4, "shown": 4, "without_state": 0, "drifting": 0, "inclined_left_out": 0}
    window = client.get(f"{API}/geo", params={"west_deg": 179.9, "east_deg": -179.9, "days": 1, "step_h": 12}).json()
    assert [row["norad_cat_id"] for row in window["rows"]] == [1, 2]
    assert len(window["series_utc"]) == len(window["rows"][0]["series_deg"]) == 5
    assert window["rows"][0]["series_deg"][2] == pytest.approx(rows[0]["longitude_deg"], abs=1e-4)


def test_belt_leaves_inclined_orbits_out_and_counts_them(client: TestClient, small_node: Any) -> None:
    frame = small_node.element_sets.frame
    tilted = pl.when(pl.col("norad_cat_id") == TWIN).then(1.0027).otherwise(pl.col("mean_motion_rev_day"))
    small_node.element_sets = ElementSets(frame.with_columns(tilted.alias("mean_motion_rev_day")))
    answer = client.get(f"{API}/geo").json()
    assert [row["norad_cat_id"] for row in answer["rows"]] == [HIMAWARI]
    assert answer["counts"]["inclined_left_out"] == 1


def test_a_belt_of_too_many_longitudes_is_refused_with_words(client: TestClient, small_node: Any) -> None:
    belt_node(small_node, [0.1 * place for place in range(700)])
    answer = client.get(f"{API}/geo", params={"days": 30})
    assert (answer.status_code, answer.json()["where"]) == (400, "days")
    assert client.get(f"{API}/geo", params={"days": 10}).status_code == 200


def test_half_a_window_is_refused(client: TestClient) -> None:
    answer = client.get(f"{API}/geo", params={"west_deg": 1})
    assert (answer.status_code, answer.json()["where"]) == (400, "east_deg")


def test_health_names_what_is_wrong_first(client: TestClient) -> None:
    health = client.get(f"{API}/catalogue/health").json()
    assert health["objects"] == 5
    assert sum(band["objects"] for band in health["ages"]) == 5
    names = {each["name"]: each for each in health["findings"]}
    assert names["unscreened"]["count"] == 1
    assert names["unscreened"]["severity"] == "problem"
    order = [each["severity"] for each in health["findings"]]
    assert order == sorted(order, key=lambda each: each != "problem")
    assert health["screening"]["unscreened"] == [
        {"reason": "SGP4 error 6", "objects": 1, "norad_cat_ids": [FALLEN]},
    ]
    assert [run["run_id"] for run in health["runs"]] == [2, 1]
    assert health["sources"][0]["objects"] == 5
    assert health["store"]["disk_bytes"] > 0


def test_health_of_a_late_catalogue_says_so(client: TestClient) -> None:
    health = client.get(f"{API}/catalogue/health", params={"at": "2025-03-20"}).json()
    names = {each["name"]: each for each in health["findings"]}
    assert names["median_age"]["span_s"] == pytest.approx(18.5 * 86_400 + 7_200)
    assert names["extrapolated"]["count"] == 5
    assert names["without_state"]["count"] == 1
    assert health["without_state"][0]["objects"] == 1


def test_health_without_a_screening_is_a_problem(client: TestClient, small_node: Any) -> None:
    small_node.kept.clear()
    health = client.get(f"{API}/catalogue/health").json()
    assert health["findings"][0]["name"] == "never_screened"
    assert health["screening"] is None
