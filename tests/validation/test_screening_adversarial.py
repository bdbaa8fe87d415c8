"""Screening of cases built to break it, against brute force and against what geometry says."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.time import parse_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume, screen
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from screening_support import BruteForce, assert_same, make_sets

START = parse_utc("2025-03-01T00:00:00Z")
MU = 398600.8
ISS = {
    "mean_motion_rev_day": 15.5,
    "eccentricity": 0.0005,
    "inclination_deg": 51.6,
    "ra_of_asc_node_deg": 40.0,
    "arg_of_pericenter_deg": 30.0,
    "mean_anomaly_deg": 60.0,
    "bstar_per_earth_radius": 1e-4,
}


def elements(ids: list[int], *orbits: dict[str, float]) -> ElementSets:
    columns = {name: [orbit[name] for orbit in orbits] for name in ISS}
    epochs = [orbit.get("epoch_tai_ns", START) for orbit in orbits]
    return make_sets(norad_cat_id=ids, epoch_tai_ns=epochs, **columns)


def run(
    sets: ElementSets,
    span_s: float,
    radius_m: float,
    *,
    start: int = START,
    primaries: list[int] | None = None,
    volume: Volume | None = None,
) -> ScreeningResult:
    return screen(
        sets,
        start_tai_ns=start,
        end_tai_ns=start + round(span_s * 1e9),
        volume=volume or Volume.sphere(radius_m),
        executor=SerialExecutor(),
        data_mode=DataMode.TEST,
        primaries=primaries,
    )


def check(sets: ElementSets, span_s: float, radius_m: float, *, start: int = START) -> pl.DataFrame:
    table = run(sets, span_s, radius_m, start=start).conjunctions
    truth = BruteForce(sets, start_tai_ns=start, span_s=span_s, radius_m=radius_m).events()
    assert_same(table, truth, start_tai_ns=start)
    return table


def crossing(
    *, perigee_km: float, eccentricity: float, target_inclination_deg: float, retrograde: bool = True
) -> tuple[dict[str, float], dict[str, float]]:
    """An eccentric orbit whose perigee is met head on by a circular one."""
    semi_km = perigee_km / (1.0 - eccentricity)
    motion = math.sqrt(MU / semi_km**3) * 86400 / (2 * math.pi)
    eccentric = {**ISS, "mean_motion_rev_day": motion, "eccentricity": eccentricity, "bstar_per_earth_radius": 0.0}
    eccentric |= {"inclination_deg": 10.0, "ra_of_asc_node_deg": 0.0, "arg_of_pericenter_deg": 0.0}
    eccentric["mean_anomaly_deg"] = -motion * 360.0 * 1800.0 / 86400.0 % 360.0
    circular_motion = math.sqrt(MU / perigee_km**3) * 86400 / (2 * math.pi)
    circular = {**ISS, "mean_motion_rev_day": circular_motion, "eccentricity": 1e-4, "bstar_per_earth_radius": 0.0}
    circular |= {"inclination_deg": target_inclination_deg, "arg_of_pericenter_deg": 0.0}
    circular["ra_of_asc_node_deg"] = 180.0 if retrograde else 0.0
    phase = 180.0 if retrograde else 0.0
    circular["mean_anomaly_deg"] = (phase - circular_motion * 360.0 * 1800.0 / 86400.0) % 360.0
    return eccentric, circular


def test_eccentric_against_low_orbit_at_more_than_16_km_s() -> None:
    eccentric, circular = crossing(perigee_km=6700.0, eccentricity=0.73, target_inclination_deg=170.0)
    table = check(elements([1, 2], eccentric, circular), 3600.0, 60_000.0)
    assert table.height >= 1
    assert table["relative_speed_m_s"].max() > 16_800.0


def test_hyper_eccentric_orbit_against_low_ones() -> None:
    orbits = []
    for phase in np.arange(0.0, 360.0, 3.0):
        _, circular = crossing(perigee_km=6650.0, eccentricity=0.93, target_inclination_deg=170.0)
        orbits.append({**circular, "mean_anomaly_deg": float(phase)})
    eccentric, _ = crossing(perigee_km=6650.0, eccentricity=0.93, target_inclination_deg=170.0)
    table = check(elements(list(range(1, len(orbits) + 2)), eccentric, *orbits), 3600.0, 100_000.0)
    with_it = table.filter(pl.col("norad_cat_id_1") == 1)
    assert with_it.height >= 3
    assert with_it["relative_speed_m_s"].max() > 17_000.0


def test_transfer_orbit_through_a_shell_at_perigee() -> None:
    rng = np.random.default_rng(4)
    shell = [
        {**ISS, "mean_motion_rev_day": float(m), "ra_of_asc_node_deg": float(n), "mean_anomaly_deg": float(a)}
        for m, n, a in zip(
            rng.uniform(15.6, 16.3, 400), rng.uniform(0, 360, 400), rng.uniform(0, 360, 400), strict=True
        )
    ]
    transfer, _ = crossing(perigee_km=6600.0, eccentricity=0.72, target_inclination_deg=90.0)
    sets = elements(list(range(1, 402)), transfer, *shell)
    span_s, radius_m = 5 * 3600.0, 300_000.0
    table = run(sets, span_s, radius_m, primaries=[1]).conjunctions
    truth = BruteForce(sets, start_tai_ns=START, span_s=span_s, radius_m=radius_m, homes=1).events()
    assert len(truth) >= 2
    assert_same(table, truth, start_tai_ns=START)


@pytest.fixture(scope="module")
def pass_by() -> tuple[ElementSets, float, float]:
    """Two orbits, the time of their closest approach and its distance."""
    eccentric, circular = crossing(perigee_km=6800.0, eccentricity=0.01, target_inclination_deg=120.0)
    sets = elements([10, 20], eccentric, circular)
    table = run(sets, 3600.0, 300_000.0).conjunctions
    best = table.sort("miss_distance_m").row(0, named=True)
    return sets, (best["tca_tai_ns"] - START) * 1e-9, best["miss_distance_m"]


@pytest.mark.parametrize("margin_m", [0.5, 0.01, -0.01, -0.5])
def test_grazing_the_radius(pass_by: tuple[ElementSets, float, float], margin_m: float) -> None:
    sets, _, miss_m = pass_by
    rows = run(sets, 3600.0, miss_m + margin_m).conjunctions
    assert rows.height == (1 if margin_m > 0.0 else 0)


@pytest.mark.parametrize("offset_s", [-0.3, -0.001, 0.001, 0.3])
@pytest.mark.parametrize("at_end", [False, True])
def test_closest_approach_at_the_edge_of_the_window(
    pass_by: tuple[ElementSets, float, float], offset_s: float, at_end: bool
) -> None:
    sets, tca_s, miss_m = pass_by
    radius_m = miss_m + 20_000.0
    edge = START + round((tca_s + offset_s) * 1e9)
    start = edge - 600 * 10**9 if at_end else edge
    table = check(sets, 600.0, radius_m, start=start)
    holds_minimum = (offset_s > 0.0) if at_end else (offset_s < 0.0)
    assert table["kind"].to_list() == (["minimum"] if holds_minimum else ["edge"])
    if not holds_minimum:
        assert abs(table["tca_tai_ns"][0] - edge) <= 1


@pytest.mark.parametrize("span_s", [1.0, 0.01, 37.0])
def test_windows_shorter_than_a_step(pass_by: tuple[ElementSets, float, float], span_s: float) -> None:
    sets, tca_s, miss_m = pass_by
    start = START + round((tca_s - 0.3 * span_s) * 1e9)
    table = run(sets, span_s, miss_m + 10.0, start=start).conjunctions
    assert table["kind"].to_list() == ["minimum"]
    assert run(sets, span_s, miss_m + 10.0, start=start + 2000 * 10**9).conjunctions.height == 0


def test_long_window_of_ten_days() -> None:
    rng = np.random.default_rng(9)
    orbits = [
        {**ISS, "ra_of_asc_node_deg": float(n), "mean_anomaly_deg": float(a), "bstar_per_earth_radius": 1e-5}
        for n, a in rng.uniform(0, 360, (4, 2))
    ]
    check(elements(list(range(1, 5)), *orbits), 10 * 86_400.0, 150_000.0)


def test_identical_element_sets_give_one_row() -> None:
    table = run(elements([7, 9], ISS, ISS), 86_400.0, 5_000.0).conjunctions
    assert table.height == 1
    row = table.row(0, named=True)
    assert row["miss_distance_m"] == 0.0
    assert row["relative_speed_m_s"] == 0.0
    assert row["kind"] == "edge"
    assert row["interval_start_tai_ns"] == row["tca_tai_ns"] == START
    assert row["interval_end_tai_ns"] == START + 86_400 * 10**9


def test_two_numbers_for_one_object_give_no_noise() -> None:
    """Elements that differ in the last printed digit: a handful of true minima, not one per step."""
    other = {**ISS, "mean_anomaly_deg": ISS["mean_anomaly_deg"] + 1e-4}
    table = check(elements([7, 9], ISS, other), 6 * 3600.0, 1_000.0)
    assert 0 < table.height < 30
    almost = {**ISS, "mean_anomaly_deg": math.nextafter(ISS["mean_anomaly_deg"], 360.0)}
    assert run(elements([7, 9], ISS, almost), 86_400.0, 1_000.0).conjunctions.height == 1


def test_docked_and_trailing_objects_stay_one_interval() -> None:
    trailing = {**ISS, "mean_anomaly_deg": ISS["mean_anomaly_deg"] + 0.02, "eccentricity": 0.0006}
    table = check(elements([7, 9], ISS, trailing), 6 * 3600.0, 10_000.0)
    assert table["interval_start_tai_ns"].n_unique() == 1
    assert (table["interval_start_tai_ns"] == START).all()
    assert 3 <= table.height <= 20


def test_geostationary_neighbours_have_slow_minima() -> None:
    belt = {**ISS, "mean_motion_rev_day": 1.0027, "eccentricity": 2e-4, "inclination_deg": 0.05}
    belt["bstar_per_earth_radius"] = 0.0
    neighbour = {**belt, "mean_anomaly_deg": belt["mean_anomaly_deg"] + 0.01, "arg_of_pericenter_deg": 29.99}
    neighbour |= {"eccentricity": 3e-4, "inclination_deg": 0.06}
    table = check(elements([7, 9], belt, neighbour), 2 * 86_400.0, 40_000.0)
    assert 1 <= table.height <= 10
    assert table["relative_speed_m_s"].max() < 10.0


def doomed() -> dict[str, float]:
    """An orbit that decays within hours under its drag term."""
    return {**ISS, "mean_motion_rev_day": 16.35, "eccentricity": 0.001, "bstar_per_earth_radius": 0.03}


def first_error_s(orbit: dict[str, float], span_s: float) -> float:
    sets = elements([1], orbit)
    return BruteForce(sets, start_tai_ns=START, span_s=span_s, radius_m=1.0).until_s[0]


def test_passages_of_half_an_hour_in_high_orbits_are_told_once() -> None:
    """A few m/s are fast for gravity that high, and the interval spans a dozen steps."""
    base = {**ISS, "mean_motion_rev_day": 1.0027, "eccentricity": 1e-4, "inclination_deg": 2.0}
    base |= {"bstar_per_earth_radius": 0.0}
    rng = np.random.default_rng(5)
    others = [
        {**base, "inclination_deg": 2.0 + tilt, "mean_anomaly_deg": 60.0 + gap}
        for tilt, gap in zip(rng.uniform(0.04, 0.12, 9), rng.uniform(-0.006, 0.006, 9), strict=True)
    ]
    table = check(elements(list(range(1, 11)), base, *others), 30_000.0, 5_000.0)
    length_s = (table["interval_end_tai_ns"] - table["interval_start_tai_ns"]).cast(pl.Float64) * 1e-9
    is_fast = table["relative_speed_m_s"].is_between(3.3, 8.0)
    assert (is_fast & (length_s > 1000.0)).sum() >= 3


def test_an_object_that_decays_half_way_is_screened_until_then() -> None:
    span_s = 5 * 86_400.0
    until_s = first_error_s(doomed(), span_s)
    assert 600.0 < until_s < span_s
    companion = {**doomed(), "mean_anomaly_deg": 60.05}
    sets = elements([3, 4, 5], doomed(), companion, ISS)
    window_s = min(until_s + 3600.0, span_s)
    start = START + round(max(until_s - 4 * 3600.0, 0.0) * 1e9)
    result = run(sets, (START + round(window_s * 1e9) - start) * 1e-9, 30_000.0, start=start)
    lost = {entry.norad_cat_id: entry for entry in result.coverage.unscreened}
    assert set(lost) == {3, 4}
    assert result.coverage.objects_screened == 3
    for number in (3, 4):
        assert lost[number].from_tai_ns is not None
        assert lost[number].reason
    assert abs((lost[3].from_tai_ns - START) * 1e-9 - until_s) < 1e-3
    pair = result.conjunctions.filter((pl.col("norad_cat_id_1") == 3) & (pl.col("norad_cat_id_2") == 4))
    assert pair.height > 0
    last = min(lost[3].from_tai_ns, lost[4].from_tai_ns)
    assert pair["interval_end_tai_ns"].max() <= last
    truth = BruteForce(sets, start_tai_ns=start, span_s=(window_s * 1e9 - start + START) * 1e-9, radius_m=30_000.0)
    assert_same(result.conjunctions, truth.events(), start_tai_ns=start)


def test_an_object_that_fell_long_ago_does_no_harm_and_is_named() -> None:
    """The drag series of a fallen object has run away; the reference still calls some of its states good."""
    others = [{**ISS, "mean_anomaly_deg": 3.0 * k, "ra_of_asc_node_deg": 7.0 * k} for k in range(40)]
    reasons = []
    for hours in (130, 150, 170, 190, 212, 216, 220, 230):
        fallen = {**ISS, "mean_motion_rev_day": 16.1, "bstar_per_earth_radius": 6e-3, "eccentricity": 0.002}
        fallen |= {"inclination_deg": 97.4, "arg_of_pericenter_deg": 270.0, "mean_anomaly_deg": 90.0}
        fallen["epoch_tai_ns"] = START - hours * 3_600 * 10**9
        result = run(elements(list(range(1, 42)), fallen, *others), 3 * 3600.0, 5_000.0)
        named = {each.norad_cat_id: each.reason for each in result.coverage.unscreened}
        assert set(named) == {1}
        assert result.coverage.cost["candidates"] < 2_000
        reasons.append(named[1])
    assert any("drag terms" in reason for reason in reasons)


def test_an_object_decayed_before_the_start_is_named() -> None:
    until_s = first_error_s(doomed(), 5 * 86_400.0)
    late = START + round((until_s + 7200.0) * 1e9)
    result = run(elements([3, 5], doomed(), ISS), 3600.0, 5_000.0, start=late)
    assert [(e.norad_cat_id, e.from_tai_ns) for e in result.coverage.unscreened] == [(3, None)]
    assert result.coverage.objects_screened == 1
    assert result.coverage.objects_given == 2


def test_impossible_elements_are_named_and_do_no_harm() -> None:
    broken = {**ISS, "mean_motion_rev_day": -1.0}
    near = {**ISS, "mean_anomaly_deg": ISS["mean_anomaly_deg"] + 0.01}
    result = run(elements([3, 5, 6], broken, ISS, near), 3600.0, 5_000.0)
    assert [e.norad_cat_id for e in result.coverage.unscreened] == [3]
    assert result.conjunctions.height >= 1


@pytest.mark.parametrize("radius_m", [1.0, 50.0])
def test_small_radii(radius_m: float) -> None:
    other = {**ISS, "ra_of_asc_node_deg": 40.0 + 1e-6, "mean_anomaly_deg": 60.0 + 1e-6}
    cross = {**ISS, "inclination_deg": 51.6, "ra_of_asc_node_deg": 220.0}
    table = check(elements([1, 2, 3], ISS, other, cross), 3 * 3600.0, radius_m)
    assert table.height >= 1


def test_every_radius_counts_what_a_larger_one_counts() -> None:
    rng = np.random.default_rng(12)
    orbits = [
        {**ISS, "ra_of_asc_node_deg": float(n), "mean_anomaly_deg": float(a), "inclination_deg": float(i)}
        for n, a, i in zip(rng.uniform(0, 360, 80), rng.uniform(0, 360, 80), rng.uniform(40, 100, 80), strict=True)
    ]
    sets = elements(list(range(1, 81)), *orbits)
    big = run(sets, 7200.0, 80_000.0).conjunctions
    small = run(sets, 7200.0, 25_000.0).conjunctions
    inside = big.filter(pl.col("miss_distance_m") <= 25_000.0)
    assert small.height == inside.height > 0
    assert np.abs((small["miss_distance_m"] - inside["miss_distance_m"]).to_numpy()).max() < 1e-3


def test_several_sets_of_one_object_are_chosen_once() -> None:
    old = {**ISS, "epoch_tai_ns": START - 86_400 * 10**9}
    sets = elements([5, 5, 6], old, ISS, {**ISS, "mean_anomaly_deg": 60.01})
    result = run(sets, 3600.0, 5_000.0)
    assert result.coverage.objects_given == 2
    assert (result.conjunctions["element_set_epoch_1_tai_ns"] == START).all()


def test_states_of_the_batch_stay_inside_the_interval() -> None:
    """The interval's ends lie on the sphere, as the propagator itself says."""
    trailing = {**ISS, "mean_anomaly_deg": 59.8, "ra_of_asc_node_deg": 40.3}
    sets = elements([7, 9], ISS, trailing)
    table = run(sets, 6 * 3600.0, 20_000.0).conjunctions
    assert table.height > 3
    columns = {name: sets.frame[name].to_numpy() for name in ISS}
    batch = Sgp4Batch.from_mean_elements(epoch_tai_ns=sets.frame["epoch_tai_ns"].to_numpy(), **columns)
    for name in ("interval_start_tai_ns", "interval_end_tai_ns"):
        moments = table[name].to_numpy()
        inner = moments[(moments > START) & (moments < START + 6 * 3600 * 10**9)]
        place = batch.propagate(inner).position_m
        distance = np.linalg.norm(place[0] - place[1], axis=1)
        assert np.abs(distance - 20_000.0).max() < 0.1
