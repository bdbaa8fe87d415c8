"""What leaves the node: kilometres and UTC with all digits, files whole or not at all, coverage beside every table."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mihari.app.export import (
    counts_document,
    coverage_document,
    picture_frame_edge,
    screening_document,
    screening_frame_edge,
    table_format,
    where_document,
    write_table,
)
from mihari.astro.earth import load_earth_orientation
from mihari.astro.states import Frame
from mihari.astro.time import parse_utc
from mihari.errors import InputError, UsageError
from mihari.model.conjunction import CONJUNCTION_SCHEMA, CoverageStatement, ScreeningResult, Unscreened
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode
from mihari.picture import Picture, build_picture

AT = parse_utc("2025-03-01T12:00:00")
FIRST = "norad_cat_id epoch_utc frame x_km y_km z_km vx_km_s vy_km_s vz_km_s status".split()


def element_sets() -> ElementSets:
    columns = {name: pl.Series(name, [None] * 3, dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series([5, 25544, 999_100_101], dtype=pl.Int32),
        "object_name": pl.Series(["ONE", "ひまわり", None], dtype=pl.String),
        "epoch_tai_ns": pl.Series([AT, AT - 86_400_000_000_000, AT - 864_000_000]),
        "mean_motion_rev_day": pl.Series([14.0, 15.5, 16.45]),
        "eccentricity": pl.Series([0.01, 0.001, 0.999]),
        **{
            name: pl.Series([10.0, 20.0, 30.0])
            for name in ("inclination_deg", "ra_of_asc_node_deg", "arg_of_pericenter_deg", "mean_anomaly_deg")
        },
        "bstar_per_earth_radius": pl.Series([0.0, 1e-4, 0.0]),
    }
    return ElementSets(pl.DataFrame(columns))


@pytest.fixture(scope="module")
def picture() -> Picture:
    return build_picture(
        element_sets(),
        at_tai_ns=AT,
        frame=Frame.TEME,
        orientation=load_earth_orientation(),
        data_mode=DataMode.TEST,
    )


def screening(count: int) -> ScreeningResult:
    values: dict[str, Any] = {
        "norad_cat_id_1": [5] * count,
        "norad_cat_id_2": [999_100_101] * count,
        "tca_tai_ns": [AT + 123_456_000] * count,
        "miss_distance_m": [700.0] * count,
        "relative_speed_m_s": [14_123.456789012345] * count,
        "kind": ["minimum"] * count,
        "interval_start_tai_ns": [AT] * count,
        "interval_end_tai_ns": [AT + 10**9] * count,
        "primary_id": [5] * count,
        "radial_m": [-0.1] * count,
        "transverse_m": [300.0] * count,
        "normal_m": [1e-7] * count,
        "element_set_epoch_1_tai_ns": [AT - 43_200_000_000_000] * count,
        "element_set_epoch_2_tai_ns": [AT + 86_400_000_000_000] * count,
    }
    coverage = CoverageStatement(
        start_tai_ns=AT,
        end_tai_ns=AT + 7_200_000_000_000,
        volume={"shape": "sphere", "radius_m": 5_000.0},
        objects_given=3,
        objects_screened=2,
        primaries=None,
        unscreened=(Unscreened(999_100_101, "SGP4 error 1"),),
        stale_count=1,
        stale_after_s=172_800.0,
        oldest_epoch_tai_ns=None,
        newest_epoch_tai_ns=AT,
        median_epoch_tai_ns=AT,
        catalogue_version="0" * 16,
        data_mode=DataMode.TEST,
        method="made up",
        cost={"wall_s": float("inf")},
    )
    return ScreeningResult(coverage, pl.DataFrame(values, schema=dict(CONJUNCTION_SCHEMA)))


def test_picture_in_kilometres_begins_with_the_contract(picture: Picture) -> None:
    table = picture_frame_edge(picture)
    assert table.columns[:10] == FIRST
    assert table["norad_cat_id"].to_list() == [5, 25544, 999_100_101]
    assert set(table["epoch_utc"]) == {"2025-03-01T12:00:00.000000Z"}
    assert table["x_km"].to_list()[:2] == [value / 1000.0 for value in picture.states["x_m"].to_list()[:2]]
    assert table.row(2)[3:9] == (None,) * 6
    assert table["status"][2].startswith("no state")
    assert table["element_set_epoch_utc"][2] == "2025-03-01T11:59:59.136000Z"
    assert table["age_days"].to_list() == pytest.approx([0.0, 1.0, 1e-5], rel=1e-12)


def test_where_documents_are_of_one_object(picture: Picture) -> None:
    with pytest.raises(InputError, match="3"):
        where_document(picture, as_of_tai_ns=AT)
    one = build_picture(
        ElementSets(element_sets().frame.slice(2, 1)),
        at_tai_ns=AT,
        frame=Frame.ITRF,
        orientation=load_earth_orientation(),
        data_mode=DataMode.TEST,
    )
    document = where_document(one, as_of_tai_ns=AT, moment_reason="as asked")
    assert document["object"]["norad_cat_id"] == 999_100_101
    assert isinstance(document["object"]["norad_cat_id"], int)
    assert document["position_km"] is document["velocity_km_s"] is document["geodetic"] is None
    assert document["covariance"] is None
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_counts_are_plain_json(picture: Picture) -> None:
    document = counts_document(picture)
    assert document["objects"] == 3
    assert sum(row["objects"] for row in document["by_regime"]) == 3
    assert json.loads(json.dumps(document)) == document


def test_conjunctions_at_the_edge() -> None:
    table = screening_frame_edge(screening(1))
    assert (
        table.columns
        == (
            "norad_cat_id_1 norad_cat_id_2 tca_utc miss_distance_km relative_speed_km_s kind interval_start_utc "
            "interval_end_utc radial_km transverse_km normal_km primary_id age_1_days age_2_days"
        ).split()
    )
    row = table.row(0, named=True)
    assert row["tca_utc"] == "2025-03-01T12:00:00.123456Z"
    assert row["miss_distance_km"] == 0.7
    assert row["relative_speed_km_s"] == 14_123.456789012345 / 1000.0
    assert row["age_1_days"] == pytest.approx(0.5, abs=1e-5)
    assert row["age_2_days"] == pytest.approx(-1.0, abs=1e-5)
    assert screening_frame_edge(screening(0)).height == 0


def test_coverage_goes_with_every_answer() -> None:
    document = screening_document(screening(0))
    assert document["conjunctions"] == []
    assert document["coverage"]["unscreened"] == [
        {"norad_cat_id": 999_100_101, "reason": "SGP4 error 1", "from_utc": None, "until_utc": None}
    ]
    assert document["coverage"]["hours"] == 2.0
    assert document["coverage"]["stale_after_days"] == 2.0
    assert document["coverage"]["oldest_epoch_utc"] is None


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_tables_come_back_with_all_their_digits_and_their_coverage(tmp_path: Path, ending: str) -> None:
    result = screening(2)
    table = screening_frame_edge(result)
    path = tmp_path / f"ca.{ending}"
    written = write_table(
        table, path, metadata={"coverage": coverage_document(result.coverage)}, rows_name="conjunctions"
    )
    assert written[-1] == path
    if ending == "csv":
        back = pl.read_csv(path)
        coverage = json.loads((tmp_path / "ca.csv.coverage.json").read_text())
    elif ending == "parquet":
        back = pl.read_parquet(path)
        coverage = json.loads(pl.read_parquet_metadata(path)["coverage"])
    else:
        document = json.loads(path.read_text())
        back, coverage = pl.DataFrame(document["conjunctions"]), document["coverage"]
    for name in table.columns:
        assert back[name].to_list() == table[name].to_list(), name
    assert coverage["objects_given"] == 3
    assert coverage["cost"]["wall_s"] is None  # JSON has no infinity
    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in written}


def test_floats_of_every_size_survive_csv_and_json(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_normal(2_000) * 10.0 ** rng.integers(-12, 12, 2_000)
    table = pl.DataFrame({"x_km": values})
    write_table(table, tmp_path / "x.csv")
    write_table(table, tmp_path / "x.json")
    assert pl.read_csv(tmp_path / "x.csv")["x_km"].to_list() == values.tolist()
    assert [row["x_km"] for row in json.loads((tmp_path / "x.json").read_text())["rows"]] == values.tolist()


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"(?i)no space left"):
        write_table(pl.DataFrame({"a": [1]}), path)
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]
    assert path.read_text() == "old"


def test_wrong_endings_and_places_say_so(tmp_path: Path) -> None:
    assert table_format("a/b.CSV") == "csv"
    for name in ("x.xlsx", "x"):
        with pytest.raises(UsageError, match=r"\.csv, \.parquet, \.json"):
            table_format(name)
    with pytest.raises(InputError, match="does not exist"):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / "no such folder" / "x.parquet")
