"""The picture of a small world: states, descriptions, counts, knots, and what has no state."""

from __future__ import annotations

import erfa
import numpy as np
import polars as pl
import pytest
from sgp4.api import WGS72, Satrec

from mihari.astro.earth import load_earth_orientation
from mihari.astro.sgp4 import Sgp4Status
from mihari.astro.states import Frame
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import catalogue_digest
from mihari.errors import DataGapError, InputError
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects
from mihari.picture import (
    KNOT_EPOCH_TAI_NS,
    KNOT_STEP_NS,
    PICTURE_SCHEMA,
    STATUS_OK,
    KnotSource,
    Picture,
    batch_of,
    build_picture,
    catalogue_version,
    count_by_age,
    count_by_regime,
    count_by_type,
    count_without_state,
    knot_time_tai_ns,
    knots,
)
from mihari.picture._propagation import status_texts, teme_states

AT = parse_utc("2025-03-01T12:00:00")
ORIENTATION = load_earth_orientation()
DAY_NS = 86_400_000_000_000


def world(count: int = 60) -> ElementSets:
    """Return LEO, MEO, GEO and eccentric objects; the last but one decays, the last is no orbit."""
    rng = np.random.default_rng(11)
    kind = np.arange(count) % 4
    motion = np.choose(kind, [rng.uniform(12.5, 15.8, count), np.full(count, 2.0056), np.full(count, 1.0027), 2.006])
    eccentricity = np.choose(kind, [1e-3, 5e-3, 2e-4, 0.72])
    drag = np.full(count, 2e-5)
    motion[-2], eccentricity[-2], drag[-2] = 16.45, 2e-4, 0.3
    eccentricity[-1] = 0.9999
    columns = {name: pl.Series(name, [None] * count, dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series(range(900_000_000, 900_000_000 + count), dtype=pl.Int32),
        "object_name": pl.Series(["ALPHA DEB", "BETA R/B", "GAMMA", None] * (count // 4)),
        "epoch_tai_ns": pl.Series(AT - (np.arange(count) - 5) * DAY_NS // 4),
        "mean_motion_rev_day": pl.Series(motion),
        "eccentricity": pl.Series(eccentricity),
        "inclination_deg": pl.Series(np.choose(kind, [97.6, 55.0, 0.1, 63.4])),
        "ra_of_asc_node_deg": pl.Series(rng.uniform(0, 360, count)),
        "arg_of_pericenter_deg": pl.Series(rng.uniform(0, 360, count)),
        "mean_anomaly_deg": pl.Series(rng.uniform(0, 360, count)),
        "bstar_per_earth_radius": pl.Series(drag),
    }
    frame = pl.DataFrame(columns).with_columns(
        pl.lit("made up").alias("source"), pl.lit("SIMULATED").alias("data_mode")
    )
    return ElementSets(frame)


def facts() -> SpaceObjects:
    columns = {name: pl.Series(name, [None, None], dtype=dtype) for name, dtype in SPACE_OBJECT_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series([900_000_000, 900_000_003], dtype=pl.Int32),
        "object_name": pl.Series(["ANOTHER NAME", "DELTA"]),
        "object_type": pl.Series(["PAYLOAD", "UNKNOWN"]),
        "owner": pl.Series(["JPN", None], dtype=pl.String),
        "rcs_m2": pl.Series([1.5, None], dtype=pl.Float64),
    }
    return SpaceObjects(pl.DataFrame(columns))


@pytest.fixture(scope="module")
def picture() -> Picture:
    return build_picture(world(), facts(), at_tai_ns=AT, frame=Frame.TEME, orientation=ORIENTATION)


def reference(sets: ElementSets) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    codes, positions, velocities = [], [], []
    for row in sets.frame.iter_rows(named=True):
        one = Satrec()
        one.sgp4init(
            WGS72,
            "i",
            1,
            20_000.0,
            row["bstar_per_earth_radius"],
            0.0,
            0.0,
            row["eccentricity"],
            np.radians(row["arg_of_pericenter_deg"]),
            np.radians(row["inclination_deg"]),
            np.radians(row["mean_anomaly_deg"]),
            row["mean_motion_rev_day"] * 2 * np.pi / 1440.0,
            np.radians(row["ra_of_asc_node_deg"]),
        )
        # Only deep space looks at the date, for Sun and Moon: give it the true one.
        jd_utc = 2_440_587.5 + (row["epoch_tai_ns"] / 1e9 - 37.0) / 86_400.0
        one.sgp4init(
            WGS72, "i", 1, jd_utc - 2_433_281.5, one.bstar, 0.0, 0.0, one.ecco, one.argpo, one.inclo, one.mo,
            one.no_kozai, one.nodeo,
        )  # fmt: skip
        code, position, velocity = one.sgp4_tsince((AT - row["epoch_tai_ns"]) / 60e9)
        codes.append(code)
        positions.append(position)
        velocities.append(velocity)
    return np.array(codes), np.array(positions), np.array(velocities)


def test_states_are_those_of_the_reference(picture: Picture) -> None:
    codes, position_km, velocity_km_s = reference(world())
    good = codes == 0
    assert good.sum() >= 55
    ours_km = picture.states.select("x_m", "y_m", "z_m").to_numpy() / 1e3
    ours_km_s = picture.states.select("vx_m_s", "vy_m_s", "vz_m_s").to_numpy() / 1e3
    # The date of Sun and Moon above is a float of days, good to microseconds.
    assert np.abs(ours_km - position_km)[good].max() < 2e-6
    assert np.abs(ours_km_s - velocity_km_s)[good].max() < 2e-9
    assert ((picture.states["status"] == STATUS_OK).to_numpy() == good).all()


def test_one_object_alone_has_the_state_it_has_among_many(picture: Picture) -> None:
    sets = world()
    alone = pl.concat(
        build_picture(
            ElementSets(sets.frame.slice(place, 1)), facts(), at_tai_ns=AT, frame=Frame.TEME, orientation=ORIENTATION
        ).states
        for place in range(len(sets))
    )
    state = ["x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s"]
    difference = alone.select(state).to_numpy() - picture.states.select(state).to_numpy()
    assert np.nanmax(np.abs(difference)) < 1e-4
    assert alone["status"].to_list() == picture.states["status"].to_list()
    assert alone.drop(*state, "altitude_m", "latitude_rad", "longitude_rad").equals(
        picture.states.drop(*state, "altitude_m", "latitude_rad", "longitude_rad")
    )


def test_elements_without_any_finite_state_are_not_called_good() -> None:
    broken = ElementSets(world(4).frame.with_columns(mean_motion_rev_day=pl.Series([15.0, -3.0, np.nan, 1.0])))
    few = build_picture(broken, at_tai_ns=AT, frame=Frame.TEME, orientation=ORIENTATION)
    many = build_picture(
        ElementSets(pl.concat([broken.frame, world(20).frame.slice(4)])),
        at_tai_ns=AT,
        frame=Frame.TEME,
        orientation=ORIENTATION,
    )
    assert few.states["status"].to_list() == many.states["status"].to_list()[:4]
    assert [text == STATUS_OK for text in few.states["status"]] == [True, False, False, False]


def test_where_there_is_no_state_the_cells_are_empty_and_the_reason_is_given(picture: Picture) -> None:
    missing = picture.states.filter(pl.col("status") != STATUS_OK)
    assert missing.height == 2
    assert missing["status"].str.starts_with("no state: SGP4 error ").all()
    state = ["x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s", "latitude_rad", "longitude_rad", "altitude_m"]
    assert missing.select(state).null_count().row(0) == (2,) * len(state)
    there = picture.states.filter(pl.col("status") == STATUS_OK)
    assert there.select(state).null_count().row(0) == (0,) * len(state)
    assert not there.select(pl.any_horizontal(pl.col(state).is_nan())).to_series().any()


def test_frames_agree_with_each_other_and_with_the_geodetic_point(picture: Picture) -> None:
    itrf = build_picture(world(), facts(), at_tai_ns=AT, frame=Frame.ITRF, orientation=ORIENTATION)
    gcrf = build_picture(world(), facts(), at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION)
    good = (picture.states["status"] == STATUS_OK).to_numpy()
    at = {each.frame: each.states.select("x_m", "y_m", "z_m").to_numpy()[good] for each in (picture, itrf, gcrf)}
    norms = [np.linalg.norm(position_m, axis=1) for position_m in at.values()]
    assert np.abs(norms[1] - norms[0]).max() < 1e-6
    assert np.abs(norms[2] - norms[0]).max() < 1e-6
    longitude, latitude, height = erfa.gc2gd(1, at[Frame.ITRF])
    for name, expected in (("longitude_rad", longitude), ("latitude_rad", latitude), ("altitude_m", height)):
        assert np.abs(gcrf.states[name].to_numpy()[good] - expected).max() < 1e-6
    assert set(itrf.states["frame"]) == {"ITRF"}


def test_descriptions_come_from_the_satellite_catalogue_before_the_name(picture: Picture) -> None:
    rows = picture.states.head(4).rows(named=True)
    assert (rows[0]["object_type"], rows[0]["object_type_inferred"]) == ("PAYLOAD", False)
    assert (rows[0]["object_name"], rows[0]["owner"], rows[0]["rcs_m2"]) == ("ALPHA DEB", "JPN", 1.5)
    assert (rows[1]["object_type"], rows[1]["object_type_inferred"]) == ("ROCKET BODY", True)
    # The catalogue does not know the type; its name for the object suggests one.
    assert (rows[3]["object_name"], rows[3]["object_type"], rows[3]["object_type_inferred"]) == (
        "DELTA",
        "PAYLOAD",
        True,
    )
    assert (picture.states["object_type"][7], picture.states["object_type_inferred"][7]) == ("UNKNOWN", False)
    assert set(picture.states["source"]) == {"made up"}


def test_ages_and_extrapolation(picture: Picture) -> None:
    age_days = picture.states["age_s"].to_numpy() / 86_400.0
    assert age_days == pytest.approx((np.arange(60) - 5) / 4)
    assert picture.states["extrapolated"].to_list()[:7] == [True] * 3 + [False] * 4
    old_leo = (age_days > 5) & (picture.states["regime"] == "LEO").to_numpy()
    assert old_leo.any()
    assert picture.states["extrapolated"].to_numpy()[old_leo].all()


def test_counts_add_up(picture: Picture) -> None:
    regimes, kinds, ages = count_by_regime(picture), count_by_type(picture), count_by_age(picture)
    assert regimes["objects"].sum() == kinds["objects"].sum() == ages["objects"].sum() == 60
    assert regimes["regime"].to_list() == ["LEO", "MEO", "GEO", "HEO"]
    assert regimes["without_state"].sum() == count_without_state(picture)["objects"].sum() == 2
    assert sum(regimes[name].sum() for name in ("PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN")) == 60
    assert ages.rows()[0] == ("after the moment", 5, 3)


def test_rows_come_in_order_with_exactly_the_declared_columns() -> None:
    shuffled = ElementSets(world().frame.sample(fraction=1.0, shuffle=True, seed=1))
    made = build_picture(shuffled, at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION, threads=2)
    assert made.states["norad_cat_id"].is_sorted()
    assert dict(made.states.schema) == dict(PICTURE_SCHEMA)
    again = build_picture(world(), at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION)
    assert made.states.equals(again.states)
    assert made.catalogue_version == again.catalogue_version


def test_an_empty_world_has_an_empty_picture() -> None:
    nothing = ElementSets(world().frame.head(0))
    made = build_picture(nothing, at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION, data_mode=DataMode.SIMULATED)
    assert len(made) == 0
    assert count_by_regime(made).height == 0
    assert count_by_age(made)["objects"].sum() == 0


def test_version_names_the_orbits_and_nothing_else() -> None:
    sets = world()
    renamed = ElementSets(sets.frame.with_columns(pl.lit("OTHER").alias("object_name")).reverse())
    moved = ElementSets(sets.frame.with_columns(pl.col("mean_anomaly_deg") + 1e-9))
    assert catalogue_version(renamed) == catalogue_version(sets)
    assert catalogue_version(moved) != catalogue_version(sets)
    assert catalogue_version(sets) == catalogue_digest(sets)


def test_modes_never_mix_and_are_never_guessed() -> None:
    sets = world(8)
    mixed = ElementSets(
        sets.frame.with_columns(pl.Series("data_mode", ["REAL"] * 4 + ["SIMULATED"] * 4, dtype=pl.String))
    )
    unsaid = ElementSets(sets.frame.drop("data_mode"))
    for wrong, stated in ((mixed, None), (sets, DataMode.REAL), (unsaid, None)):
        with pytest.raises(InputError, match="data mode"):
            build_picture(wrong, at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION, data_mode=stated)
    made = build_picture(unsaid, at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION, data_mode=DataMode.TEST)
    assert made.data_mode is DataMode.TEST
    assert set(made.states["data_mode"]) == {"TEST"}


def test_several_sets_of_one_object_are_refused() -> None:
    twice = ElementSets(pl.concat([world(8).frame, world(8).frame]))
    with pytest.raises(InputError, match="one element set per object"):
        build_picture(twice, at_tai_ns=AT, frame=Frame.GCRF, orientation=ORIENTATION)


def test_a_moment_outside_earth_orientation_names_the_span() -> None:
    with pytest.raises(DataGapError, match=r"\d{4}-\d{2}-\d{2}"):
        build_picture(world(8), at_tai_ns=parse_utc("2120-01-01"), frame=Frame.GCRF, orientation=ORIENTATION)


def test_knots_are_the_states_of_the_picture_in_float32() -> None:
    k = (AT - KNOT_EPOCH_TAI_NS) // KNOT_STEP_NS
    sets = world()
    source = KnotSource.of(sets, facts())
    table = np.frombuffer(source.knot_bytes(k, orientation=ORIENTATION), dtype="<f4").reshape(-1, 6)
    there = build_picture(sets, at_tai_ns=knot_time_tai_ns(k), frame=Frame.GCRF, orientation=ORIENTATION).states
    expected = there.select("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s").to_numpy() / 1e3
    assert (np.isnan(table) == np.isnan(expected)).all()
    assert np.nanmax(np.abs(table - expected) / np.linalg.norm(expected[:, :3], axis=1)[:, None]) < 1e-7
    assert source.rows["norad_cat_id"].to_list() == there["norad_cat_id"].to_list()
    assert source.rows["regime"].to_list() == there["regime"].to_list()
    assert source.catalogue_version == catalogue_version(sets)


def test_knots_over_a_range_stand_one_after_the_other() -> None:
    batch = batch_of(world(8))
    several = knots(batch, 1000, 1002, orientation=ORIENTATION)
    assert several.shape == (3, 8, 6)
    assert np.array_equal(several[1], knots(batch, 1001, 1001, orientation=ORIENTATION)[0], equal_nan=True)
    with pytest.raises(InputError, match="last comes before"):
        knots(batch, 5, 4, orientation=ORIENTATION)


def test_knot_zero_is_a_round_utc_moment() -> None:
    assert knot_time_tai_ns(0) == parse_utc("2020-01-01T00:00:00Z")
    assert knot_time_tai_ns(-1) == parse_utc("2019-12-31T23:50:00Z")


@pytest.mark.parametrize("count", [1, 20])
def test_the_state_of_a_fallen_object_is_called_doubtful_whoever_is_asked(count: int) -> None:
    """One object takes the scalar path, many the batch kernel; both say that the drag terms have left their range."""
    fallen = (
        world()
        .frame[:1]
        .with_columns(
            mean_motion_rev_day=pl.lit(16.1),
            eccentricity=pl.lit(1e-3),
            bstar_per_earth_radius=pl.lit(2e-3),
            epoch_tai_ns=pl.lit(AT - 30 * 86_400 * 10**9),
        )
    )
    sets = ElementSets(pl.concat([fallen, *[world().frame[1:2]] * (count - 1)]))
    states, codes = teme_states(sets, at_tai_ns=AT)
    assert codes[0] == Sgp4Status.OUT_OF_RANGE
    assert np.isfinite(states.position_m[0]).all()
    assert "doubtful state: too far from the epoch" in status_texts(codes)[0]
