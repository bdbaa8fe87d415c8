"""Screening against the shared truth sets: brute force over every pair, made with the sgp4 package."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mihari.astro.time import parse_utc, parse_utc_array
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume, screen
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode

CASES = ("leo_770_860_12h", "geo_24h")


def read_sets(path: Path) -> ElementSets:
    """Read the OMM columns without the product's readers: this test is about screening alone."""
    raw = pl.read_csv(path, infer_schema_length=None)
    columns = {
        "norad_cat_id": raw["NORAD_CAT_ID"],
        "object_name": raw["OBJECT_NAME"],
        "epoch_tai_ns": pl.Series(parse_utc_array(raw["EPOCH"].to_list())),
        "mean_motion_rev_day": raw["MEAN_MOTION"],
        "eccentricity": raw["ECCENTRICITY"],
        "inclination_deg": raw["INCLINATION"],
        "ra_of_asc_node_deg": raw["RA_OF_ASC_NODE"],
        "arg_of_pericenter_deg": raw["ARG_OF_PERICENTER"],
        "mean_anomaly_deg": raw["MEAN_ANOMALY"],
        "bstar_per_earth_radius": raw["BSTAR"],
    }
    frame = pl.DataFrame(
        [
            (columns[name].cast(dtype) if name in columns else pl.Series([None] * raw.height, dtype=dtype)).alias(name)
            for name, dtype in ELEMENT_SET_SCHEMA.items()
        ]
    )
    return ElementSets(frame)


def run(folder: Path, name: str) -> tuple[dict[str, object], pl.DataFrame, ScreeningResult]:
    meta = next(m for m in json.loads((folder / "meta.json").read_text()) if m["name"] == name)
    truth = pl.read_csv(folder / f"{name}_truth.csv")
    start = parse_utc(meta["start_utc"])
    result = screen(
        read_sets(folder / f"{name}_catalogue.csv"),
        start_tai_ns=start,
        end_tai_ns=start + round(meta["span_s"] * 1e9),
        volume=Volume.sphere(1e3 * meta["threshold_km"]),
        executor=SerialExecutor(),
        data_mode=DataMode.REAL,
    )
    return meta, truth, result


@pytest.mark.parametrize("name", CASES)
def test_every_event_of_the_truth_and_no_other(shared_cases: Path, name: str) -> None:
    meta, truth, result = run(shared_cases / "screening", name)
    assert result.coverage.objects_screened == meta["n_objects"] == result.coverage.objects_given
    minima = result.conjunctions.filter(pl.col("kind") == "minimum")
    start = parse_utc(meta["start_utc"])
    found = minima.with_columns(tca_s=(pl.col("tca_tai_ns") - start) * 1e-9).sort(
        "norad_cat_id_1", "norad_cat_id_2", "tca_s"
    )
    truth = truth.sort("norad_1", "norad_2", "tca_s_from_start")
    assert found.height == truth.height == meta["n_conjunctions"]
    assert found["norad_cat_id_1"].to_list() == truth["norad_1"].to_list()
    assert found["norad_cat_id_2"].to_list() == truth["norad_2"].to_list()
    miss_m = np.abs(found["miss_distance_m"].to_numpy() - 1e3 * truth["miss_km"].to_numpy())
    assert miss_m.max() < 1.0
    late_s = np.abs(found["tca_s"].to_numpy() - truth["tca_s_from_start"].to_numpy())
    fast = truth["rel_speed_km_s"].to_numpy() > 0.1
    assert late_s[fast].max(initial=0.0) < 1e-3
    # The truth's slow minima are zeros of r·v with SGP4's velocity, which is not quite the rate of its position.
    assert late_s[~fast].max(initial=0.0) < 0.15
    speed = np.abs(found["relative_speed_m_s"].to_numpy() - 1e3 * truth["rel_speed_km_s"].to_numpy())
    assert speed.max() < 0.1
    # The truth's components belong to the first of the pair; ours to the primary, the first when equal.
    assert (minima["primary_id"] == minima["norad_cat_id_1"]).all()
    rtn = found.select("radial_m", "transverse_m", "normal_m").to_numpy()
    true_rtn = 1e3 * truth.select("radial_km", "intrack_km", "crosstrack_km").to_numpy()
    assert np.abs(rtn - true_rtn)[fast].max(initial=0.0) < 20.0


@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_their_minima_and_edges_are_those_of_the_window(shared_cases: Path, name: str) -> None:
    meta, _, result = run(shared_cases / "screening", name)
    table = result.conjunctions
    assert (table["interval_start_tai_ns"] <= table["tca_tai_ns"]).all()
    assert (table["tca_tai_ns"] <= table["interval_end_tai_ns"]).all()
    start = parse_utc(meta["start_utc"])
    end = start + round(meta["span_s"] * 1e9)
    for edge in meta["inside_threshold_at_window_edge"]:
        moment = start + round(edge["t_s"] * 1e9)
        rows = table.filter(
            (pl.col("norad_cat_id_1") == edge["norad_1"])
            & (pl.col("norad_cat_id_2") == edge["norad_2"])
            & (pl.col("interval_start_tai_ns") <= moment)
            & (pl.col("interval_end_tai_ns") >= moment)
        )
        assert rows.height >= 1
        if (rows["kind"] == "edge").any():
            assert rows.height == 1
            assert abs(rows["miss_distance_m"][0] - 1e3 * edge["range_km"]) < 1.0
    edges = table.filter(pl.col("kind") == "edge")
    assert ((edges["tca_tai_ns"] == start) | (edges["tca_tai_ns"] == end)).all()
