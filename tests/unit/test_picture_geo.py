"""The belt against the `sgp4` package with ERFA's sidereal time, secular rates, and a search by hand."""

from __future__ import annotations

from pathlib import Path

import erfa
import numpy as np
import polars as pl
import pytest
from sgp4.api import WGS72, Satrec

from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.time import parse_utc, utc_jd_from_tai_ns
from mihari.formats import read_file
from mihari.model.orbit import ElementSets
from mihari.picture import DRIFTING_FROM_RAD_S, GEO_SCHEMA, geo_belt, longitude_series_rad

AT = parse_utc("2025-01-12T00:00:00")
DAY_NS = 86_400_000_000_000


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


@pytest.fixture(scope="module")
def real(shared_data: Path) -> ElementSets:
    return read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets.latest_at(AT)


def reference(row: dict[str, float]) -> Satrec:
    jd1, jd2 = utc_jd_from_tai_ns(int(row["epoch_tai_ns"]))
    one = Satrec()
    angles = ("arg_of_pericenter_deg", "inclination_deg", "mean_anomaly_deg")
    pericentre, inclination, anomaly = (np.radians(row[name]) for name in angles)
    rate = row["mean_motion_rev_day"] * 2 * np.pi / 1440.0
    node = np.radians(row["ra_of_asc_node_deg"])
    epoch = float(jd1) - 2_433_281.5 + float(jd2)
    one.sgp4init(
        WGS72, "i", 0, epoch, row["bstar_per_earth_radius"], 0, 0, row["eccentricity"], pericentre, inclination,
        anomaly, rate, node,
    )  # fmt: skip
    return one


def longitude_deg(record: Satrec, epoch_tai_ns: int, at_tai_ns: int) -> float:
    """TEME and Greenwich mean sidereal time of 1982, UTC for UT1: the whole of a longitude but polar motion."""
    code, (x, y, _), _ = record.sgp4_tsince((at_tai_ns - epoch_tai_ns) / 60e9)
    assert code == 0
    jd1, jd2 = (float(part) for part in utc_jd_from_tai_ns(at_tai_ns))
    return float(np.degrees(np.arctan2(y, x) - erfa.gmst82(jd1, jd2)))


def difference_deg(a: float, b: float) -> float:
    return abs((a - b + 180.0) % 360.0 - 180.0)


def test_longitudes_and_drifts_of_the_real_belt_are_those_of_the_reference(
    real: ElementSets, orientation: EarthOrientation
) -> None:
    belt = geo_belt(real, at_tai_ns=AT, orientation=orientation)
    assert dict(belt.objects.schema) == dict(GEO_SCHEMA)
    assert 1_000 < belt.objects.height < 2_500
    told = belt.objects.join(belt.sets.frame.drop("inclination_deg", "eccentricity"), on="norad_cat_id")
    told = told.join(real.frame.select("norad_cat_id", "inclination_deg", "eccentricity"), on="norad_cat_id")
    drifts = []
    for row in told.filter(pl.col("longitude_rad").is_not_null())[::7].iter_rows(named=True):
        record = reference({**row, "eccentricity": row["eccentricity_right"]})
        epoch = row["epoch_tai_ns"]
        # |UT1 - UTC| below 0.1 s in 2025 is 0.0004 degrees, polar motion less.
        assert difference_deg(np.degrees(row["longitude_rad"]), longitude_deg(record, epoch, AT)) < 1e-3
        half_ns = round(0.5 * DAY_NS / row["mean_motion_rev_day"])
        swing = longitude_deg(record, epoch, AT + half_ns) - longitude_deg(record, epoch, AT - half_ns)
        expected = ((swing + 180.0) % 360.0 - 180.0) * DAY_NS / (2 * half_ns)
        ours = np.degrees(row["drift_rad_s"]) * 86_400.0
        assert ours == pytest.approx(expected, abs=1e-3)
        # By the mean motion alone: J2, Sun and Moon change the sum of the secular rates by hundredths of a degree.
        drifts.append(ours - (row["mean_motion_rev_day"] * 360.0 - 360.98564737))
    assert len(drifts) > 150
    assert np.median(np.abs(drifts)) < 0.05


def test_a_station_keeper_stands_where_its_operator_says(real: ElementSets, orientation: EarthOrientation) -> None:
    """Himawari-9 is kept at 140.7 degrees east (Japan Meteorological Agency), QZS-3 at 127 (Cabinet Office)."""
    belt = geo_belt(real, at_tai_ns=AT, orientation=orientation).objects
    for number, at_deg in ((41836, 140.7), (42917, 127.0)):
        row = belt.row(by_predicate=pl.col("norad_cat_id") == number, named=True)
        assert np.degrees(row["longitude_rad"]) == pytest.approx(at_deg, abs=0.15)
        assert not row["drifting"]


def test_neighbours_are_those_of_a_search_by_hand(real: ElementSets, orientation: EarthOrientation) -> None:
    belt = geo_belt(real, at_tai_ns=AT, orientation=orientation).objects
    placed = belt.filter(pl.col("longitude_rad").is_not_null())
    longitude = np.degrees(placed["longitude_rad"].to_numpy())
    apart = np.abs((longitude[:, None] - longitude + 180.0) % 360.0 - 180.0)
    np.fill_diagonal(apart, np.inf)
    assert placed["near_0_1"].to_list() == (apart <= 0.1).sum(axis=1).tolist()
    assert placed["near_0_5"].to_list() == (apart <= 0.5).sum(axis=1).tolist()
    assert np.degrees(placed["nearest_rad"].to_numpy()) == pytest.approx(apart.min(axis=1), abs=1e-9)
    numbers = placed["norad_cat_id"].to_numpy()
    index = {number: place for place, number in enumerate(numbers.tolist())}
    reached = [apart[place, index[each]] for place, each in enumerate(placed["nearest_id"].to_list())]
    assert reached == pytest.approx(apart.min(axis=1), abs=1e-9)


def test_series_passes_through_the_moment_and_follows_the_drift(
    real: ElementSets, orientation: EarthOrientation
) -> None:
    belt = geo_belt(real, at_tai_ns=AT, orientation=orientation)
    times = AT + np.array([-DAY_NS, 0, DAY_NS])
    series = longitude_series_rad(belt.sets, times_tai_ns=times, orientation=orientation)
    now = belt.objects["longitude_rad"].to_numpy()
    whole = np.isfinite(now)
    assert series[whole, 1] == pytest.approx(now[whole], abs=1e-9)
    moved = np.degrees((series[:, 2] - series[:, 0] + np.pi) % (2 * np.pi) - np.pi) / 2.0
    drift = np.degrees(belt.objects["drift_rad_s"].to_numpy()) * 86_400.0
    # Two days are 8 minutes more than two revolutions: of the daily swing, 0.1 degrees at most here, 0.002 remain.
    small = (belt.objects["eccentricity"].to_numpy() < 1e-3) & (
        np.degrees(belt.objects["inclination_rad"].to_numpy()) < 1.0
    )
    kept = whole & small & (np.abs(drift) < 0.05)
    assert kept.sum() > 200
    assert np.abs(moved[kept] - drift[kept]).max() < 0.005


def test_drifting_begins_at_a_tenth_of_a_degree_a_day(real: ElementSets, orientation: EarthOrientation) -> None:
    belt = geo_belt(real, at_tai_ns=AT, orientation=orientation).objects
    assert np.degrees(DRIFTING_FROM_RAD_S) * 86_400 == pytest.approx(0.1)
    told = belt.filter(pl.col("drift_rad_s").is_not_null())
    assert told["drifting"].to_list() == (told["drift_rad_s"].abs() >= DRIFTING_FROM_RAD_S).to_list()
    assert 0 < told["drifting"].sum() < told.height


def test_an_empty_belt_has_no_rows(real: ElementSets, orientation: EarthOrientation) -> None:
    low = ElementSets(real.frame.filter(pl.col("mean_motion_rev_day") > 10).head(20))
    belt = geo_belt(low, at_tai_ns=AT, orientation=orientation)
    assert (belt.objects.height, belt.without_state, belt.inclined) == (0, 0, 0)
