"""Screening of random subsets of real catalogues against brute force: every pair, every second, python-sgp4."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mihari.astro.time import parse_utc
from mihari.compute import Executor, ProcessExecutor, SerialExecutor, ThreadExecutor
from mihari.conjunction.screening import Sgp4Propagator, Volume, find_approaches, screen
from mihari.formats import read_file
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from screening_support import BruteForce, assert_same


def catalogue(shared_data: Path, name: str = "full_20250108_named_rcs.parquet") -> ElementSets:
    return read_file(shared_data / "catalogues" / name).element_sets


def subset(sets: ElementSets, count: int, seed: int, *, only: pl.Expr | None = None) -> ElementSets:
    frame = sets.frame if only is None else sets.frame.filter(only)
    return ElementSets(frame.unique("norad_cat_id", maintain_order=True).sample(count, seed=seed))


def run(
    sets: ElementSets,
    start: int,
    span_s: float,
    radius_m: float,
    executor: Executor | None = None,
    primaries: list[int] | None = None,
) -> ScreeningResult:
    return screen(
        sets,
        start_tai_ns=start,
        end_tai_ns=start + round(span_s * 1e9),
        volume=Volume.sphere(radius_m),
        executor=executor or SerialExecutor(),
        data_mode=DataMode.REAL,
        primaries=primaries,
    )


def compare(sets: ElementSets, start: int, span_s: float, radius_m: float) -> int:
    truth = BruteForce(sets, start_tai_ns=start, span_s=span_s, radius_m=radius_m).events()
    assert_same(run(sets, start, span_s, radius_m).conjunctions, truth, start_tai_ns=start)
    return len(truth)


@pytest.mark.parametrize(("seed", "count", "hours", "radius_m"), [(1, 150, 5.0, 100_000.0), (2, 60, 3.0, 200_000.0)])
def test_a_random_subset_of_the_catalogue(
    shared_data: Path, seed: int, count: int, hours: float, radius_m: float
) -> None:
    sets = subset(catalogue(shared_data), count, seed)
    assert compare(sets, parse_utc("2025-01-08T00:00:00Z"), 3600.0 * hours, radius_m) > 5


def test_eccentric_orbits_against_low_ones(shared_data: Path) -> None:
    sets = catalogue(shared_data)
    eccentric = subset(sets, 30, 5, only=(pl.col("eccentricity") > 0.5) & (pl.col("mean_motion_rev_day") < 6))
    low = subset(sets, 80, 6, only=pl.col("mean_motion_rev_day") > 14)
    both = ElementSets(pl.concat([eccentric.frame, low.frame]))
    assert compare(both, parse_utc("2025-01-08T06:00:00Z"), 4 * 3600.0, 150_000.0) > 3


def test_neighbours_in_the_geostationary_belt(shared_data: Path) -> None:
    belt = pl.col("mean_motion_rev_day").is_between(0.99, 1.01) & (pl.col("inclination_deg") < 1.0)
    sets = subset(catalogue(shared_data), 60, 8, only=belt)
    assert compare(sets, parse_utc("2025-01-08T00:00:00Z"), 4 * 3600.0, 60_000.0) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("full_20250108_named_rcs.parquet", "2025-01-08T00:00:00Z"),
        ("archive/20090531.tle.xz", "2009-05-31T00:00:00Z"),
        ("active_20260822.tle.xz", "2026-08-22T00:00:00Z"),
    ],
)
def test_larger_subsets(shared_data: Path, seed: int, name: str, moment: str) -> None:
    sets = subset(catalogue(shared_data, name), 400, seed)
    assert compare(sets, parse_utc(moment), 86_400.0, 20_000.0) > 20


def test_the_answer_does_not_depend_on_executor_or_blocks(shared_data: Path) -> None:
    sets = subset(catalogue(shared_data), 400, 21)
    start = parse_utc("2025-01-08T00:00:00Z")
    with ThreadExecutor(2) as threads, ProcessExecutor(2) as processes:
        tables = [run(sets, start, 7200.0, 30_000.0, e).conjunctions for e in (SerialExecutor(), threads, processes)]
    assert tables[0].height > 10
    assert_frame_equal(tables[0], tables[1])
    assert_frame_equal(tables[0], tables[2])


@pytest.mark.parametrize(("step_s", "nodes"), [(20.0, 7), (60.0, 1), (200.0, 30)])
def test_the_answer_does_not_depend_on_the_step(shared_data: Path, step_s: float, nodes: int) -> None:
    sets = subset(catalogue(shared_data), 300, 22)
    from mihari.astro.sgp4 import Sgp4Batch

    names = [
        "mean_motion_rev_day",
        "eccentricity",
        "inclination_deg",
        "ra_of_asc_node_deg",
        "arg_of_pericenter_deg",
        "mean_anomaly_deg",
        "bstar_per_earth_radius",
    ]
    batch = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=sets.frame["epoch_tai_ns"].to_numpy(), **{n: sets.frame[n].to_numpy() for n in names}
    )
    start = parse_utc("2025-01-08T00:00:00Z")
    answers = [
        find_approaches(
            Sgp4Propagator(batch),
            start_tai_ns=start,
            end_tai_ns=start + 7200 * 10**9,
            semi_axes_m=np.full((300, 3), 30_000.0),
            executor=SerialExecutor(),
            step_s=step,
            nodes_per_block=block,
        ).approaches
        for step, block in ((step_s, nodes), (None, None))
    ]
    assert answers[0].count == answers[1].count > 5
    assert (answers[0].pair == answers[1].pair).all()
    assert np.abs(answers[0].miss_distance_m - answers[1].miss_distance_m).max() < 1e-3


def test_some_on_all_is_all_on_all_with_a_primary(shared_data: Path) -> None:
    sets = subset(catalogue(shared_data), 400, 23)
    start = parse_utc("2025-01-08T00:00:00Z")
    everything = run(sets, start, 7200.0, 30_000.0).conjunctions
    primaries = everything["norad_cat_id_2"].unique().sort().to_list()[:7]
    some = run(sets, start, 7200.0, 30_000.0, primaries=primaries).conjunctions
    with_one = everything.filter(pl.col("norad_cat_id_1").is_in(primaries) | pl.col("norad_cat_id_2").is_in(primaries))
    keys = ["norad_cat_id_1", "norad_cat_id_2", "kind"]
    assert some.height == with_one.height > 0
    assert_frame_equal(some.select(keys), with_one.select(keys))
    assert np.abs((some["miss_distance_m"] - with_one["miss_distance_m"]).to_numpy()).max() < 1e-6
    assert some["primary_id"].is_in(primaries).all()
