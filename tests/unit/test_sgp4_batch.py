"""The batch: shapes, buffers, order, threads, codes of strange elements, and the numba-callable functions."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from sgp4.api import WGS72, Satrec
from sgp4.model import Satrec as PlainSatrec

from mihari.astro.sgp4 import OperationMode, Sgp4Batch, Sgp4Status, fill_planes, state_at
from mihari.astro.states import Frame
from mihari.astro.time import tai_ns_from_utc_jd, utc_jd_from_tai_ns
from mihari.errors import InputError

EPOCH_TAI_NS = int(tai_ns_from_utc_jd(2460684.5, 0.25))
MINUTE_NS = 60 * 10**9


def _columns(rng, n):
    """All regimes: LEO, eccentric, half-day and one-day resonance, low inclination, far out."""
    kind = np.arange(n) % 6
    motions = [(12.0, 16.0), (7.0, 12.0), (1.95, 2.05), (0.98, 1.02), (0.2, 3.0), (14.0, 16.0)]
    eccentricities = [(0.0, 0.02), (0.0, 0.3), (0.5, 0.74), (0.0, 0.1), (0.0, 0.7), (1e-7, 1e-3)]
    motion = np.choose(kind, [rng.uniform(*span, n) for span in motions])
    eccentricity = np.choose(kind, [rng.uniform(*span, n) for span in eccentricities])
    inclination = np.where(kind == 3, rng.uniform(0, 15, n), rng.uniform(0, 180, n))
    return {
        "epoch_tai_ns": EPOCH_TAI_NS + rng.integers(-(10**14), 10**14, n),
        "mean_motion_rev_day": motion,
        "eccentricity": eccentricity,
        "inclination_deg": inclination,
        "ra_of_asc_node_deg": rng.uniform(0, 360, n),
        "arg_of_pericenter_deg": rng.uniform(0, 360, n),
        "mean_anomaly_deg": rng.uniform(0, 360, n),
        "bstar_per_earth_radius": 10.0 ** rng.uniform(-6, -3.5, n),
    }


@pytest.fixture
def columns(rng):
    return _columns(rng, 120)


@pytest.fixture
def batch(columns):
    return Sgp4Batch.from_mean_elements(**columns)


def _times(count, step_min):
    return EPOCH_TAI_NS + (np.arange(count, dtype=np.int64) - count // 2) * step_min * MINUTE_NS


def _reference(columns, k, mode=OperationMode.IMPROVED, kind=Satrec):
    jd1, jd2 = utc_jd_from_tai_ns(columns["epoch_tai_ns"][k])
    angle = np.pi / 180.0
    record = kind()
    record.sgp4init(
        WGS72,
        mode.value,
        1,
        float((jd1 + jd2) - 2433281.5),
        columns["bstar_per_earth_radius"][k],
        0.0,
        0.0,
        columns["eccentricity"][k],
        columns["arg_of_pericenter_deg"][k] * angle,
        columns["inclination_deg"][k] * angle,
        columns["mean_anomaly_deg"][k] * angle,
        columns["mean_motion_rev_day"][k] / (1440.0 / (2.0 * np.pi)),
        columns["ra_of_asc_node_deg"][k] * angle,
    )
    return record


def _drag_root(columns, k, mode, minutes):
    """Root of the semi-major axis over its first value, from the package's plain build, which shows its terms."""
    record = _reference(columns, k, mode, kind=PlainSatrec)
    root = 1.0 - record.cc1 * minutes
    if record.isimp != 1:
        root -= record.d2 * minutes**2 + record.d3 * minutes**3 + record.d4 * minutes**4
    return root


def _assert_agrees(columns, times, position_m, velocity_m_s, status, mode=OperationMode.IMPROVED):
    """Same codes, same numbers; a code of ours only where the reference has no number either."""
    for k in range(len(columns["epoch_tai_ns"])):
        record = _reference(columns, k, mode)
        for j, minutes in enumerate((times - columns["epoch_tai_ns"][k]) / 60e9):
            code, r, v = record.sgp4_tsince(minutes)
            if status[k, j] == Sgp4Status.NOT_FINITE:
                assert code == 0
                assert not np.isfinite(np.sum(r) + np.sum(v))
                continue
            if status[k, j] == Sgp4Status.OUT_OF_RANGE:
                assert code == 0
                assert not 0.0 < _drag_root(columns, k, mode, minutes) < np.sqrt(2.0)
                assert position_m[k, j] / 1e3 == pytest.approx(r, rel=1e-9)
                continue
            assert status[k, j] == code, (k, minutes)
            if code == 0:
                bound_km = max(1e-6, 1e-14 * np.linalg.norm(r))
                assert np.linalg.norm(position_m[k, j] / 1e3 - r) < bound_km, (k, minutes)
                assert np.linalg.norm(velocity_m_s[k, j] / 1e3 - v) < 1e-9, (k, minutes)
            else:
                assert np.isnan(position_m[k, j]).all()
                assert np.isnan(velocity_m_s[k, j]).all()


def test_shapes_frame_and_views(batch):
    states = batch.propagate(_times(11, 7))
    assert batch.size == 120
    assert states.position_m.shape == states.velocity_m_s.shape == (120, 11, 3)
    assert states.status.shape == (120, 11)
    assert states.status.dtype == np.uint8
    assert states.state_vectors().frame is Frame.TEME
    assert batch.is_deep.sum() == 60
    assert (batch.init_status == 0).all()


@pytest.mark.parametrize(
    ("count", "step_min"),
    [(1, 1), (2, 3), (3, 3), (8, 3), (31, 3), (32, 3), (33, 3), (97, 2), (131, 2), (300, 1), (40, 120), (30, 700)],
)
def test_every_length_and_step_agrees_with_the_reference(columns, batch, count, step_min):
    times = _times(count, step_min)
    states = batch.propagate(times)
    some = slice(None) if count < 50 else slice(0, 18)
    fewer = {name: values[some] for name, values in columns.items()}
    _assert_agrees(fewer, times, states.position_m[some], states.velocity_m_s[some], states.status[some])


@pytest.mark.parametrize("mode", list(OperationMode))
def test_strange_elements_get_the_codes_of_the_reference(rng, mode):
    n = 400
    columns = _columns(rng, n)
    pick = rng.integers(0, 12, n)
    columns["mean_motion_rev_day"][pick == 0] = 0.0
    columns["mean_motion_rev_day"][pick == 1] = -1.0
    columns["mean_motion_rev_day"][pick == 2] = rng.uniform(16.5, 18.0, n)[pick == 2]
    columns["eccentricity"][pick == 3] = 0.0
    columns["eccentricity"][pick == 4] = rng.uniform(0.9, 1.1, n)[pick == 4]
    columns["eccentricity"][pick == 5] = 1.0 - 10.0 ** rng.uniform(-6, -2, n)[pick == 5]
    columns["eccentricity"][pick == 6] = rng.uniform(-0.01, 0.0, n)[pick == 6]
    columns["inclination_deg"][pick == 7] = 180.0
    columns["inclination_deg"][pick == 8] = rng.uniform(-10.0, 0.0, n)[pick == 8]
    columns["bstar_per_earth_radius"][pick == 9] = rng.normal(0.0, 0.3, n)[pick == 9]
    columns["inclination_deg"][pick == 10] = 0.0
    columns["mean_anomaly_deg"][pick == 11] = np.nan
    batch = Sgp4Batch.from_mean_elements(**columns, mode=mode)
    for times in (_times(16, 5), _times(16, 1200)):
        states = batch.propagate(times)
        _assert_agrees(columns, times, states.position_m, states.velocity_m_s, states.status, mode)
        assert len(np.unique(states.status)) >= 4
    for k in np.flatnonzero(batch.init_status != Sgp4Status.NOT_FINITE):
        assert batch.init_status[k] == _reference(columns, k, mode).error


def test_a_drag_series_that_ran_away_is_no_state():
    """A low object weeks after it fell: the reference says 0 and puts it thousands of kilometres up."""
    columns = {name: values[:1] for name, values in _columns(np.random.default_rng(1), 6).items()}
    columns |= {"mean_motion_rev_day": np.array([16.1]), "eccentricity": np.array([1e-3])}
    columns |= {"bstar_per_earth_radius": np.array([2e-3])}
    fallen = Sgp4Batch.from_mean_elements(**columns)
    record = _reference(columns, 0)
    days = np.arange(-40, 41)
    times = columns["epoch_tai_ns"][0] + days * 86_400 * 10**9
    block, codes = fallen.planes(times)
    pairs = fallen.propagate_pairs(np.zeros(times.size, dtype=np.int64), times)[2]
    assert (codes[0] == pairs).all()
    reference = [record.sgp4_tsince(float(day) * 1440.0) for day in days]
    heights_km = np.array([np.linalg.norm(r) for _, r, _ in reference]) - 6378.135
    called_good = np.array([code == 0 for code, _, _ in reference])
    ours = codes[0] == Sgp4Status.OK
    lost = codes[0] == Sgp4Status.OUT_OF_RANGE
    assert (called_good == (ours | lost)).all()
    assert heights_km[called_good].max() > 3_000.0
    assert heights_km[ours].max() < 500.0
    assert lost.sum() > 10
    expected_m = np.array([r for _, r, _ in reference])[lost] * 1e3
    assert block[0, :3, lost] == pytest.approx(expected_m, rel=1e-9)


def test_order_of_times_changes_nothing_but_last_digits(batch, rng):
    times = _times(200, 37)
    shuffled = rng.permutation(times.size)
    straight = batch.propagate(times)
    mixed = batch.propagate(times[shuffled])
    again = batch.propagate(times[shuffled])
    assert np.array_equal(mixed.position_m, again.position_m, equal_nan=True)
    assert np.nanmax(np.abs(straight.position_m[:, shuffled] - mixed.position_m)) < 1e-3
    assert np.array_equal(straight.status[:, shuffled], mixed.status)


def test_threads_give_the_same_bits(columns):
    times = _times(64, 2)
    one = Sgp4Batch.from_mean_elements(**columns)
    two = Sgp4Batch.from_mean_elements(**columns, threads=2)
    assert np.array_equal(one.tables.near, two.tables.near)
    assert np.array_equal(one.tables.deep, two.tables.deep)
    assert np.array_equal(one.planes(times)[0], two.planes(times, threads=3)[0], equal_nan=True)


def test_positions_alone_are_the_same_positions(batch):
    times = _times(50, 3)
    alone = batch.propagate(times, velocities=False)
    assert alone.velocity_m_s is None
    # The compiler may contract other products when the velocities are left out.
    assert np.nanmax(np.abs(alone.position_m - batch.propagate(times).position_m)) < 1e-5
    with pytest.raises(InputError, match="velocities"):
        alone.state_vectors()


def test_buffers_are_used_and_checked(batch):
    times = _times(16, 1)
    out, status = np.empty((120, 6, 16)), np.empty((120, 16), dtype=np.uint8)
    same_out, same_status = batch.planes(times, out=out, status=status)
    assert same_out is out
    assert same_status is status
    assert np.array_equal(out.transpose(0, 2, 1)[:, :, :3], batch.propagate(times).position_m, equal_nan=True)
    with pytest.raises(InputError, match="out is float64 of shape"):
        batch.planes(times, out=np.empty((120, 16, 6)))
    with pytest.raises(InputError, match="C-contiguous"):
        batch.planes(times, out=np.empty((16, 6, 120)).T)
    with pytest.raises(InputError, match="status"):
        batch.planes(times, status=np.empty((120, 16)))


def test_pairs_are_the_states_of_each_object_at_its_own_time(batch, rng):
    index = rng.integers(0, batch.size, 500)
    times = EPOCH_TAI_NS + rng.integers(-3 * 1440, 3 * 1440, 500) * MINUTE_NS
    position, velocity, status = batch.propagate_pairs(index, times, threads=2)
    assert (status == 0).all()
    for k in range(0, 500, 25):
        alone = batch.take([index[k]]).propagate(times[k])
        assert np.array_equal(alone.position_m[0, 0], position[k])
        assert np.array_equal(alone.velocity_m_s[0, 0], velocity[k])
    with pytest.raises(InputError, match="the batch has 120 objects"):
        batch.propagate_pairs([120], [EPOCH_TAI_NS])
    with pytest.raises(InputError, match="differ"):
        batch.propagate_pairs([0, 1], [EPOCH_TAI_NS])


def test_take_by_index_and_by_mask(batch):
    times = _times(16, 10)
    whole = batch.propagate(times).position_m
    order = np.array([7, 3, 3, 110, 0])
    assert np.array_equal(batch.take(order).propagate(times).position_m, whole[order])
    deep = batch.take(batch.is_deep)
    assert deep.is_deep.all()
    assert np.array_equal(deep.propagate(times).position_m, whole[batch.is_deep])


def test_nothing_to_do_gives_empty_answers(batch):
    assert batch.propagate(np.empty(0, dtype=np.int64)).position_m.shape == (120, 0, 3)
    nobody = batch.take(np.empty(0, dtype=np.int64))
    assert nobody.propagate(_times(9, 1)).position_m.shape == (0, 9, 3)
    assert nobody.propagate_pairs([], [])[0].shape == (0, 3)


def test_wrong_arguments_are_refused(columns, batch):
    with pytest.raises(InputError, match="eccentricity has shape"):
        Sgp4Batch.from_mean_elements(**{**columns, "eccentricity": np.zeros(3)})
    with pytest.raises(InputError, match="one-dimensional"):
        Sgp4Batch.from_mean_elements(**{**columns, "epoch_tai_ns": np.zeros((2, 2), dtype=np.int64)})
    with pytest.raises(InputError, match="int64 TAI nanoseconds"):
        batch.propagate([2460000.5])
    with pytest.raises(InputError, match="threads"):
        batch.propagate(_times(1, 1), threads=0)


def test_the_march_of_the_integrator_does_not_depend_on_its_past(batch):
    """March far out, back over the epoch and between: each time the answer of a fresh start."""
    minutes = [50_000.0, 3_000.0, -20_000.0, -19_000.0, 0.0, 720.0, -720.0, 719.9, 60_000.0]
    for i in np.flatnonzero(batch.tables.deep_row >= 0)[:20]:
        march = np.zeros(3)
        for t in minutes:
            assert state_at(batch.tables, i, t, march) == state_at(batch.tables, i, t, np.zeros(3))


@njit(nogil=True)
def _sum_of_radii(tables, epochs, times, march):
    out = np.empty((1, 6, times.size))
    status = np.empty((1, times.size), dtype=np.uint8)
    total = 0.0
    single = 0.0
    for i in range(epochs.size):
        fill_planes(tables, epochs, times, i, i + 1, out, status, march[i : i + 1])
        for j in range(times.size):
            code, x, y, z, _, _, _ = state_at(tables, i, (times[j] - epochs[i]) / 60e9, np.zeros(3))
            if code == 0 and status[0, j] == 0:
                total += np.sqrt(out[0, 0, j] ** 2 + out[0, 1, j] ** 2 + out[0, 2, j] ** 2)
                single += np.sqrt(x**2 + y**2 + z**2)
    return total, single


def test_other_kernels_can_call_ours(batch):
    total, single = _sum_of_radii(batch.tables, batch.epoch_tai_ns, _times(40, 2), np.zeros((batch.size, 3)))
    assert total == pytest.approx(single, rel=1e-12)
    assert total > 100 * 40 * 6.4e6


def test_every_code_has_words():
    assert len({status.reason for status in Sgp4Status}) == len(Sgp4Status) == 9
