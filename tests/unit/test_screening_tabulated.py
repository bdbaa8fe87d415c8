"""Trajectories given as tables beside a catalogue: interpolation, the seam, and answers like those of element sets."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.astro.earth import load_earth_orientation
from mihari.astro.frames import Frame, gcrf_to_teme, teme_to_gcrf
from mihari.astro.kepler import period_s, propagate_kepler
from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.states import StateVectors
from mihari.astro.time import parse_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import CatalogueWithEphemerides, Propagator, find_approaches
from mihari.errors import FrameMismatchError, InputError
from numerical_support import one
from screening_support import make_sets

START = parse_utc("2024-11-01T00:00:00Z")
HOUR_NS = 3_600 * 10**9
ORIENTATION = load_earth_orientation()


def batch(count: int, seed: int) -> Sgp4Batch:
    """Return low orbits that cross each other's heights, and no drag."""
    rng = np.random.default_rng(seed)
    frame = make_sets(
        norad_cat_id=np.arange(count) + 1,
        epoch_tai_ns=START,
        mean_motion_rev_day=rng.uniform(14.20, 14.24, count),
        eccentricity=rng.uniform(0.0, 0.003, count),
        inclination_deg=rng.uniform(60.0, 110.0, count),
        ra_of_asc_node_deg=rng.uniform(0.0, 360.0, count),
        arg_of_pericenter_deg=rng.uniform(0.0, 360.0, count),
        mean_anomaly_deg=rng.uniform(0.0, 360.0, count),
        bstar_per_earth_radius=0.0,
    ).frame
    names = ("mean_motion_rev_day", "eccentricity", "inclination_deg", "ra_of_asc_node_deg")
    names += ("arg_of_pericenter_deg", "mean_anomaly_deg", "bstar_per_earth_radius")
    columns = {name: frame[name].to_numpy() for name in names}
    return Sgp4Batch.from_mean_elements(epoch_tai_ns=frame["epoch_tai_ns"].to_numpy(), **columns)


def tables(sets: Sgp4Batch, nodes: np.ndarray) -> StateVectors:
    return teme_to_gcrf(sets.propagate(nodes).state_vectors(), orientation=ORIENTATION)


@pytest.fixture(scope="module")
def nodes() -> np.ndarray:
    step = round(float(period_s(batch(1, 0).propagate(np.array([START])).state_vectors())[0, 0]) / 200 * 1e9)
    return np.arange(START - HOUR_NS, START + 13 * HOUR_NS, step)


def test_between_nodes_the_table_follows_the_element_set(nodes: np.ndarray) -> None:
    sets = batch(5, 3)
    both = CatalogueWithEphemerides.from_gcrf(sets, tables(sets, nodes), orientation=ORIENTATION)
    assert isinstance(both, Propagator)
    assert both.size == 10
    times = START + np.random.default_rng(1).integers(0, 12 * HOUR_NS, 400)
    index = np.arange(400) % 5
    truth, _ = both.states(index, times)
    ours, status = both.states(index + 5, times)
    assert not status.any()
    # SGP4's velocity is not the derivative of its position, which costs some centimetres more.
    assert np.linalg.norm(ours[:, :3] - truth[:, :3], axis=-1).max() < 0.15
    assert np.linalg.norm(ours[:, 3:] - truth[:, 3:], axis=-1).max() < 0.1


def test_a_table_of_200_nodes_a_revolution_is_right_to_centimetres() -> None:
    for radius_m, bound in ((7_000e3, 0.025), (42_164e3, 0.15)):
        start = one([radius_m, 0.0, 0.0], [0.0, 0.0, (3.986004418e14 / radius_m) ** 0.5], START)
        step = round(float(period_s(start)[0]) / 200 * 1e9)
        nodes = START + np.arange(201) * step
        rows = propagate_kepler(start, (nodes - START) * 1e-9)
        table = StateVectors(Frame.GCRF, nodes, rows.position_m[np.newaxis], rows.velocity_m_s[np.newaxis])
        both = CatalogueWithEphemerides.from_gcrf(batch(1, 0), table, orientation=ORIENTATION)
        times = nodes[:-1] + step // 2
        ours, _ = both.states(np.ones(200, dtype=np.int64), times)
        truth = gcrf_to_teme(propagate_kepler(start, (times - START) * 1e-9), orientation=ORIENTATION)
        assert np.linalg.norm(ours[:, :3] - truth.position_m, axis=-1).max() < bound


def test_rows_of_both_kinds_are_filled(nodes: np.ndarray) -> None:
    both = CatalogueWithEphemerides.from_gcrf(batch(5, 3), tables(batch(4, 4), nodes), orientation=ORIENTATION)
    times = np.sort(START + np.arange(0, 60) * 60 * 10**9)
    for first, last in ((0, 9), (2, 5), (3, 7), (5, 9), (8, 9)):
        out, status = np.empty((last - first, 6, 60)), np.full((last - first, 60), 9, dtype=np.uint8)
        both.fill(first, last, times, out, status)
        assert not status.any()
        for row in range(first, last):
            exact, _ = both.states(np.full(60, row), times)
            assert np.abs(out[row - first].T - exact).max() < 1e-3
    part = both.take(np.array([1, 4, 6, 8]))
    whole, _ = both.states(np.array([1, 4, 6, 8]), times[:4])
    assert np.array_equal(part.states(np.arange(4), times[:4])[0], whole)
    with pytest.raises(InputError, match="after the element sets"):
        both.take(np.array([6, 1]))


def test_the_end_of_a_table_is_told(nodes: np.ndarray) -> None:
    both = CatalogueWithEphemerides.from_gcrf(batch(2, 3), tables(batch(1, 4), nodes), orientation=ORIENTATION)
    states, status = both.states(np.array([2, 2, 0]), np.array([nodes[0] - 1, nodes[-1] + 1, START]))
    assert status[2] == 0
    assert np.isnan(states[:2]).all()
    assert [both.reason(int(code)) for code in status[:2]] == ["the given trajectory ends"] * 2


def test_a_table_screens_like_the_element_set_that_it_was_made_from(nodes: np.ndarray) -> None:
    """Three objects as sets and as tables on the same 150: the same approaches, a metre and a millisecond apart."""
    sets, chosen = batch(150, 7), np.array([10, 60, 110])
    others = np.setdiff1d(np.arange(150), chosen)
    end = START + 12 * HOUR_NS
    axes = np.full((150, 3), 60e3)
    plain = find_approaches(
        _sets_last(sets, others, chosen),
        start_tai_ns=START,
        end_tai_ns=end,
        semi_axes_m=axes,
        executor=SerialExecutor(),
        owner=np.arange(150) >= 147,
        between_owners=False,
    ).approaches
    given = tables(sets.take(chosen), nodes)
    both = CatalogueWithEphemerides.from_gcrf(sets.take(others), given, orientation=ORIENTATION)
    found = find_approaches(
        both,
        start_tai_ns=START,
        end_tai_ns=end,
        semi_axes_m=axes,
        executor=SerialExecutor(),
        owner=np.arange(150) >= 147,
        between_owners=False,
    ).approaches
    assert plain.count > 20
    assert np.array_equal(found.pair, plain.pair)
    assert np.abs(found.tca_tai_ns - plain.tca_tai_ns).max() < 1e6
    assert np.abs(found.miss_distance_m - plain.miss_distance_m).max() < 1.0


def _sets_last(sets: Sgp4Batch, others: np.ndarray, chosen: np.ndarray):  # type: ignore[no-untyped-def]
    from mihari.conjunction.screening import Sgp4Propagator

    return Sgp4Propagator(sets.take(np.concatenate([others, chosen])))


def test_variants_of_one_object_are_not_paired(nodes: np.ndarray) -> None:
    """Two tables of one object are always together; that is no conjunction."""
    sets = batch(306, 7)
    twice = tables(sets.take(np.array([5, 5])), nodes)
    twice.position_m[1] += 10.0
    both = CatalogueWithEphemerides.from_gcrf(sets.take(np.arange(6, 306)), twice, orientation=ORIENTATION)
    arguments = {
        "start_tai_ns": START,
        "end_tai_ns": START + 6 * HOUR_NS,
        "semi_axes_m": np.full((both.size, 3), 150e3),
        "executor": SerialExecutor(),
        "owner": np.arange(both.size) >= 300,
    }
    apart = find_approaches(both, **arguments, between_owners=False).approaches
    with_variants = find_approaches(both, **arguments).approaches
    mine = (with_variants.pair >= 300).all(axis=1)
    assert mine.any()
    assert not (apart.pair >= 300).all(axis=1).any()
    assert apart.count == np.count_nonzero(~mine) > 0


def test_tables_that_cannot_be_used_are_refused(nodes: np.ndarray) -> None:
    sets = batch(2, 3)
    good = tables(sets, nodes)
    with pytest.raises(InputError, match="common epochs"):
        CatalogueWithEphemerides.from_gcrf(
            sets,
            StateVectors(Frame.GCRF, nodes[:-1], good.position_m[0, :-1], good.velocity_m_s[0, :-1]),
            orientation=ORIENTATION,
        )
    backwards = StateVectors(Frame.GCRF, nodes[::-1].copy(), good.position_m, good.velocity_m_s)
    with pytest.raises(InputError, match="ascend"):
        CatalogueWithEphemerides.from_gcrf(sets, backwards, orientation=ORIENTATION)
    broken = good.position_m.copy()
    broken[0, 3] = np.nan
    with pytest.raises(InputError, match="missing state"):
        CatalogueWithEphemerides.from_gcrf(
            sets, StateVectors(Frame.GCRF, nodes, broken, good.velocity_m_s), orientation=ORIENTATION
        )
    with pytest.raises(FrameMismatchError):
        CatalogueWithEphemerides.from_gcrf(
            sets, StateVectors(Frame.TEME, nodes, good.position_m, good.velocity_m_s), orientation=ORIENTATION
        )
