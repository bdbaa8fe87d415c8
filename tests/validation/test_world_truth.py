"""The truth of the simulated world: it propagates, keeps its phase, and the published sets err by what they should."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sgp4.api import WGS72, Satrec, SatrecArray

from mihari.astro.states import Frame
from mihari.exercise.world import generate_world, load_populations
from mihari.exercise.world._publish import bstar_of, elements_at_own_epoch
from mihari.exercise.world._samplers import sample_constellation, sample_scatter
from mihari.exercise.world._sky import sidereal_angle_rad

EPOCH = 1_767_225_637_000_000_000  # 2026-01-01T00:00:00 UTC
DAY_NS = 86_400_000_000_000
TAI_MINUS_UTC_NS = 37_000_000_000
ELEMENTS = (
    "eccentricity",
    "arg_of_pericenter_deg",
    "inclination_deg",
    "mean_anomaly_deg",
    "mean_motion_rev_day",
    "ra_of_asc_node_deg",
    "bstar_per_earth_radius",
)


@pytest.fixture(scope="module")
def world():
    return generate_world(seed=1, size=30_000, epoch_tai_ns=EPOCH)


def reference_positions_km(columns, epoch_tai_ns, times_tai_ns):
    """Propagate with the sgp4 package; errors (n, t) and positions (n, t, 3)."""
    records = []
    e, w, i, m, n, node, bstar = (np.asarray(columns[name], dtype=np.float64) for name in ELEMENTS)
    # The reference counts UTC; no leap second falls between these epochs and times.
    days = (np.asarray(epoch_tai_ns) - TAI_MINUS_UTC_NS) / DAY_NS
    for k in range(e.size):
        record = Satrec()
        record.sgp4init(
            WGS72,
            "i",
            1,
            days[k] + 7306.0,  # days since 1949-12-31 at 1970-01-01
            bstar[k],
            0.0,
            0.0,
            e[k],
            np.radians(w[k]),
            np.radians(i[k]),
            np.radians(m[k]),
            n[k] * 2.0 * np.pi / 1440.0,
            np.radians(node[k]),
        )
        records.append(record)
    times = (np.asarray(times_tai_ns) - TAI_MINUS_UTC_NS) / DAY_NS
    errors, positions, _ = SatrecArray(records).sgp4(np.full(times.size, 2440587.5), times)
    return errors, positions


@pytest.mark.parametrize("table", ["truth", "element_sets"])
def test_everything_stays_up_for_ten_days_but_the_few_that_are_flagged(world, table):
    frame = getattr(world, table).frame
    times = EPOCH + DAY_NS * np.array([-1, 0, 1, 3, 6, 8, 10])
    errors, _ = reference_positions_km(frame, frame["epoch_tai_ns"].to_numpy(), times)
    flagged = world.truth.frame["is_reentering"].to_numpy()
    assert 5 <= flagged.sum() <= 30
    assert not (errors != 0).any(axis=1)[~flagged].any()
    # The flag means something: most of these do fall.
    assert (errors[:, -1] != 0)[flagged].mean() > 0.5


def test_truth_states_are_those_of_the_reference(world):
    index = np.arange(0, 30_000, 613)
    times = EPOCH + DAY_NS * np.array([0, 1])
    states = world.truth.states(index, times)
    assert states.frame is Frame.TEME
    frame = world.truth.frame[index]
    errors, positions = reference_positions_km(frame, frame["epoch_tai_ns"].to_numpy(), times)
    fine = (errors == 0).all(axis=1)
    # Days as one float64 are good to 5e-7 s, a centimetre at orbital speed.
    np.testing.assert_allclose(states.position_m[fine], positions[fine] * 1e3, atol=0.1)


def test_the_layout_survives_the_way_back_to_each_epoch():
    """Laid out at the world's epoch, moved back by up to four days, propagated forward by SGP4: back in place."""
    known = load_populations()
    shell = next(c for c in known.constellations if c.name == "STARLINK-LIKE B")
    debris = next(s for s in known.scatters if s.name == "SSO EO")
    for row, limit_km in ((shell, 3.0), (debris, 8.0)):
        rng = np.random.default_rng(8)
        if row is shell:
            orbits = sample_constellation(rng, shell, 300)
        else:
            orbits = sample_scatter(rng, debris, 300, epoch_tai_ns=EPOCH)
        bstar = bstar_of(orbits, may_fall=np.zeros(300, dtype=bool))
        places = []
        for age_s in (np.zeros(300), rng.uniform(0.0, 4.0, 300) * 86_400.0):
            sets = elements_at_own_epoch(orbits, bstar, epoch_tai_ns=EPOCH, age_s=age_s)
            columns = {name: getattr(sets, name) for name in ELEMENTS}
            errors, positions = reference_positions_km(columns, sets.epoch_tai_ns, [EPOCH])
            assert not errors.any()
            places.append(positions[:, 0])
        apart_km = np.linalg.norm(places[0] - places[1], axis=1)
        assert np.quantile(apart_km, 0.95) < limit_km, row.name


def test_stationary_objects_stand_where_they_were_put(world):
    names = world.objects.frame["object_name"].to_list()
    for name, longitude_deg in (("HIMAWARI-LIKE 9 (SIM)", 140.75), ("QZS-LIKE 3 (SIM)", 127.0)):
        times = EPOCH + np.arange(0, 3 * 24) * 3600 * 10**9
        position = world.truth.states(np.array([names.index(name)]), times).position_m[0]
        angle = np.array([sidereal_angle_rad(int(t)) for t in times])
        seen_deg = np.degrees(np.mod(np.arctan2(position[:, 1], position[:, 0]) - angle, 2 * np.pi))
        assert np.abs(seen_deg - longitude_deg).max() < 0.12, name
        assert np.linalg.norm(position, axis=1).mean() == pytest.approx(42_165e3, abs=20e3)


def test_the_quasi_zenith_orbit_stands_high_over_japan(world):
    row = world.objects.frame["object_name"].to_list().index("QZS-LIKE 2 (SIM)")
    times = EPOCH + np.arange(0, 24 * 6) * 600 * 10**9
    position = world.truth.states(np.array([row]), times).position_m[0]
    angle = np.array([sidereal_angle_rad(int(t)) for t in times])
    longitude = np.degrees(np.mod(np.arctan2(position[:, 1], position[:, 0]) - angle, 2 * np.pi))
    latitude = np.degrees(np.arcsin(position[:, 2] / np.linalg.norm(position, axis=1)))
    north = latitude > 0.0
    # Slow at its northern apogee: well over half of the day in the north, and there near the central longitude.
    assert north.mean() > 0.53
    assert np.abs(longitude[north] - 135.5).max() < 20.0
    assert latitude.max() == pytest.approx(41.0, abs=0.5)


def test_published_sets_err_by_what_their_regime_does(world):
    frame, truth = world.element_sets.frame, world.truth
    motion = frame["mean_motion_rev_day"].to_numpy()
    low = (motion > 13.9) & (motion < 14.6)  # about 700 to 900 km
    ring = np.abs(motion - 1.0027) < 0.02
    debris = world.objects.frame["object_type"].to_numpy() == "DEBRIS"
    flagged = truth.frame["is_reentering"].to_numpy()
    medians = {}
    for name, rows in (
        ("low active", low & ~debris & ~flagged),
        ("low debris", low & debris & ~flagged),
        ("geostationary", ring & ~debris),
    ):
        index = np.flatnonzero(rows)[:400]
        offsets = []
        for days in (0, 3):
            times = truth.frame["epoch_tai_ns"].to_numpy()[index] + days * DAY_NS
            published = _at_own_times(frame[index], times)
            real = _at_own_times(truth.frame[index], times)
            offsets.append(np.linalg.norm(published - real, axis=1) * 1e3)
        medians[name] = tuple(np.median(o) for o in offsets)
    assert 100.0 < medians["low active"][0] < 1_000.0
    assert medians["low active"][0] < medians["low debris"][0]
    assert 500.0 < medians["geostationary"][0] < 4_000.0
    # Low orbits lose their in-track place by the day.
    assert medians["low active"][1] > 2.0 * medians["low active"][0]
    assert medians["low active"][1] < 10_000.0


def _at_own_times(frame, times_tai_ns):
    _, positions = reference_positions_km(frame, frame["epoch_tai_ns"].to_numpy(), times_tai_ns)
    rows = np.arange(len(frame))
    return positions[rows, rows]


@pytest.mark.parametrize(("name", "limit_km"), [("STARLINK-LIKE B", 30.0), ("STARLINK-LIKE D", 45.0)])
def test_a_full_shell_never_meets_itself(name, limit_km):
    """All seats taken and nobody off his seat: the closest pair of a revolution under SGP4 stays tens of km apart."""
    shell = next(c for c in load_populations().constellations if c.name == name)
    count = shell.planes * shell.per_plane
    ideal = dataclasses.replace(shell, raising=0.0, seat_spread_rad=0.0)
    orbits = sample_constellation(np.random.default_rng(3), ideal, count)
    bstar = bstar_of(orbits, may_fall=np.zeros(count, dtype=bool))
    sets = elements_at_own_epoch(orbits, bstar, epoch_tai_ns=EPOCH, age_s=np.zeros(count))
    columns = {column: getattr(sets, column) for column in ELEMENTS}
    _, positions = reference_positions_km(columns, sets.epoch_tai_ns, EPOCH + np.arange(0, 96, 2) * 60 * 10**9)
    least_km = min(
        cKDTree(positions[:, k]).query(positions[:, k], k=2)[0][:, 1].min() for k in range(positions.shape[1])
    )
    # Sampled every two minutes, so a pair may come a little nearer between.
    assert least_km > limit_km
