"""The machine contract: what other programs may build on."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests_support import make_tle, run_mihari

_NINE_DIGITS = 999100101


def _json(*arguments: str) -> Any:
    result = run_mihari(*arguments)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def omm_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two neighbours, one of them with nine digits."""
    records = [
        {
            "OBJECT_NAME": name,
            "OBJECT_ID": "2024-001A",
            "EPOCH": "2024-11-01T00:00:00",
            "MEAN_MOTION": 15.2,
            "ECCENTRICITY": 0.001,
            "INCLINATION": 53.0,
            "RA_OF_ASC_NODE": 10.0,
            "ARG_OF_PERICENTER": 20.0,
            "MEAN_ANOMALY": anomaly,
            "NORAD_CAT_ID": number,
            "BSTAR": 0.0001,
            "MEAN_MOTION_DOT": 0.0,
            "MEAN_MOTION_DDOT": 0.0,
            "EPHEMERIS_TYPE": 0,
            "CLASSIFICATION_TYPE": "U",
            "ELEMENT_SET_NO": 1,
            "REV_AT_EPOCH": 1,
        }
        for name, number, anomaly in (("NEAR", 70005, 30.0), ("NINE DIGITS", _NINE_DIGITS, 30.005))
    ]
    path = tmp_path_factory.mktemp("omm") / "two.json"
    path.write_text(json.dumps(records))
    return path


def test_where_has_every_promised_key(small_store: Path) -> None:
    answer = _json("where", "70001", "--store", str(small_store), "--at", "2024-11-01T03:58:00", "--json")
    promised = {
        "object",
        "epoch_utc",
        "frame",
        "position_km",
        "velocity_km_s",
        "geodetic",
        "regime",
        "element_set_epoch_utc",
        "age_days",
        "source",
        "data_mode",
        "as_of_utc",
        "covariance",
        "covariance_note",
        "uncertainty_typical",
        "extrapolated",
        "status",
    }
    assert promised <= set(answer)
    assert answer["object"] == {"norad_cat_id": 70001, "name": "CASE ONE", "object_id": "2024-001A"}
    assert answer["frame"] == "GCRF"
    assert answer["covariance"] is None
    assert set(answer["geodetic"]) == {"latitude_deg", "longitude_deg", "altitude_km"}
    assert answer["epoch_utc"].startswith("2024-11-01T03:58:00")
    assert answer["data_mode"] == "REAL"
    assert 6500 < sum(x * x for x in answer["position_km"]) ** 0.5 < 7000


def test_where_agrees_with_the_reference_in_teme(tmp_path: Path) -> None:
    from sgp4.api import Satrec, jday

    text = make_tle(norad_cat_id=70001, name="CASE ONE")
    file = tmp_path / "one.tle"
    file.write_text(text)
    answer = _json(
        "where", "70001", "--catalogue", str(file), "--at", "2024-11-02T03:58:00", "--frame", "TEME", "--json"
    )
    satellite = Satrec.twoline2rv(*text.splitlines()[1:])
    error, position, velocity = satellite.sgp4(*jday(2024, 11, 2, 3, 58, 0))
    assert error == 0
    assert answer["position_km"] == pytest.approx(position, abs=1e-6)
    assert answer["velocity_km_s"] == pytest.approx(velocity, abs=1e-9)


def test_where_lists_equal_candidates(tmp_path: Path) -> None:
    file = tmp_path / "twins.tle"
    file.write_text(make_tle(norad_cat_id=70001, name="TWIN") + make_tle(norad_cat_id=70002, name="TWIN"))
    result = run_mihari("where", "twin", "--catalogue", str(file))
    assert result.returncode == 4
    assert "70001" in result.stderr
    assert "70002" in result.stderr


def test_picture_csv_columns(small_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "picture.csv"
    for frame in ("TEME", "GCRF", "ITRF"):
        result = run_mihari(
            "picture", "--store", str(small_store), "--at", "2024-11-01T00:00:00", "--frame", frame, "--out", str(out)
        )
        assert result.returncode == 0, result.stderr
        rows = list(csv.reader(out.read_text().splitlines()))
        assert rows[0][:10] == ("norad_cat_id epoch_utc frame x_km y_km z_km vx_km_s vy_km_s vz_km_s status".split())
        assert [row[0] for row in rows[1:]] == ["70001", "70002", "70003", "70004"]
        assert {row[2] for row in rows[1:]} == {frame}
        assert all(float(row[3]) ** 2 > 1 for row in rows[1:])


def test_screen_outputs_agree_and_carry_coverage(small_store: Path, tmp_path: Path) -> None:
    common = [
        "screen",
        "--store",
        str(small_store),
        "--start",
        "2024-11-01T00:00:00",
        "--hours",
        "3",
        "--radius-km",
        "20",
    ]
    table = tmp_path / "close.csv"
    result = run_mihari(*common, "--out", str(table))
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(table.read_text().splitlines()))
    header = table.read_text().splitlines()[0].split(",")
    assert header[:6] == ("norad_cat_id_1 norad_cat_id_2 tca_utc miss_distance_km relative_speed_km_s kind".split())
    assert rows
    assert all(int(row["norad_cat_id_1"]) < int(row["norad_cat_id_2"]) for row in rows)
    coverage = json.loads((tmp_path / "close.csv.coverage.json").read_text())
    assert coverage["objects_screened"] == 4
    document = _json(*common, "--json")
    assert set(document) == {"coverage", "conjunctions"}
    assert len(document["conjunctions"]) == len(rows)
    assert [c["miss_distance_km"] for c in document["conjunctions"]] == [float(r["miss_distance_km"]) for r in rows]
    parquet = tmp_path / "close.parquet"
    assert run_mihari(*common, "--out", str(parquet)).returncode == 0
    assert pl.read_parquet(parquet).height == len(rows)
    assert any("coverage" in key for key in pl.read_parquet_metadata(parquet))


def test_nine_digits_end_to_end(omm_file: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    assert _json("ingest", str(omm_file), "--store", store, "--json")["accepted"] == 2
    where = _json("where", str(_NINE_DIGITS), "--store", store, "--json")
    assert where["object"]["norad_cat_id"] == _NINE_DIGITS
    assert where["data_mode"] == "REAL"
    for name in ("picture.csv", "picture.parquet", "picture.json"):
        assert run_mihari("picture", "--store", store, "--out", str(tmp_path / name)).returncode == 0
    assert str(_NINE_DIGITS) in (tmp_path / "picture.csv").read_text()
    assert _NINE_DIGITS in pl.read_parquet(tmp_path / "picture.parquet")["norad_cat_id"].to_list()
    for ending in ("json", "csv", "xml", "kvn", "parquet"):
        sets = tmp_path / f"sets.{ending}"
        result = run_mihari("picture", "--store", store, "--elements", str(sets))
        assert result.returncode == 0, result.stderr
        again = _json("where", str(_NINE_DIGITS), "--catalogue", str(sets), "--at", where["epoch_utc"], "--json")
        assert again["object"] == where["object"]
        assert again["position_km"] == where["position_km"]
    refused = run_mihari("picture", "--store", store, "--elements", str(tmp_path / "sets.tle"))
    assert refused.returncode == 2
    assert str(_NINE_DIGITS) in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "sets.tle").exists()
    screen = _json("screen", "--store", store, "--hours", "2", "--radius-km", "50", "--json")
    assert {c["norad_cat_id_2"] for c in screen["conjunctions"]} == {_NINE_DIGITS}
    primaries = _json(
        "screen", "--store", store, "--hours", "2", "--radius-km", "50", "--primary", str(_NINE_DIGITS), "--json"
    )
    assert {c["primary_id"] for c in primaries["conjunctions"]} == {_NINE_DIGITS}


def test_ingest_twice_finds_only_duplicates(omm_file: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    first = _json("ingest", str(omm_file), "--store", store, "--json")
    second = _json("ingest", str(omm_file), "--store", store, "--json")
    assert (first["accepted"], first["duplicates"]) == (2, 0)
    assert (second["accepted"], second["duplicates"], second["superseded"]) == (0, 2, 0)
    assert second["rejected"] == []


def test_ingest_rejections_name_line_field_reason(tmp_path: Path) -> None:
    lines = make_tle(norad_cat_id=70001, name="BAD").splitlines()
    file = tmp_path / "bad.tle"
    file.write_text(
        make_tle(norad_cat_id=70002, name="GOOD") + "\n".join([lines[0], lines[1][:-1] + "x", lines[2], ""])
    )
    summary = _json("ingest", str(file), "--store", str(tmp_path / "store"), "--json")
    assert summary["accepted"] == 1
    (rejection,) = summary["rejected"]
    assert set(rejection) == {"file", "line", "field", "reason"}
    assert rejection["line"] == 5


def test_ingest_from_standard_input(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    result = run_mihari("ingest", "-", "--store", store, "--json", stdin=make_tle(norad_cat_id=70001, name="PIPED"))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["accepted"] == 1


def test_doctor_finds_nothing_wrong(small_store: Path) -> None:
    report = _json("doctor", "--store", str(small_store), "--json")
    assert report["faults"] == []
    assert report["objects"] == 4
    assert report["records"] >= 4


def test_as_of_answers_with_what_was_known(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    for epoch in ("24306.00000000", "24307.00000000"):
        file = tmp_path / f"{epoch}.tle"
        file.write_text(make_tle(norad_cat_id=70001, name="CASE", epoch=epoch))
        assert run_mihari("ingest", str(file), "--store", store).returncode == 0
        if epoch.startswith("24306"):
            between = _json("where", "70001", "--store", store, "--json")["as_of_utc"]
    at = ["--at", "2024-11-03T00:00:00"]
    now = _json("where", "70001", "--store", store, *at, "--json")
    then = _json("where", "70001", "--store", store, *at, "--as-of", between, "--json")
    assert now["element_set_epoch_utc"].startswith("2024-11-02")
    assert then["element_set_epoch_utc"].startswith("2024-11-01")


def test_moment_is_the_median_epoch_of_an_old_catalogue(small_store: Path) -> None:
    result = run_mihari("where", "70001", "--store", str(small_store))
    assert result.returncode == 0, result.stderr
    assert "median epoch" in result.stdout + result.stderr
    assert _json("where", "70001", "--store", str(small_store), "--json")["epoch_utc"].startswith("2024-11-01")


def test_help_and_version_answer() -> None:
    assert run_mihari("--help").returncode == 0
    assert "screen" in run_mihari("--help").stdout
    assert run_mihari("--version").stdout.strip() == "0.1.0"
    for verb in ("up", "where", "picture", "screen", "ingest", "fetch", "serve", "doctor"):
        result = run_mihari(verb, "--help")
        assert result.returncode == 0, (verb, result.stderr)
