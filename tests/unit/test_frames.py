from __future__ import annotations

import itertools

import numpy as np
import pytest

from mihari.astro import frames
from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.frames import Frame, PrecessionNutation, StateVectors, convert, rotation_matrix
from mihari.astro.time import NS_PER_DAY, NS_PER_S, parse_utc
from mihari.errors import DataGapError, FrameMismatchError

AXES = [Frame.GCRF, Frame.EME2000, Frame.MOD, Frame.TOD, Frame.TEME, Frame.ITRF]
MODELS = list(PrecessionNutation)
NOON = parse_utc("2024-03-20T12:00:00")


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


def _states(rng: np.random.Generator, frame: Frame, shape: tuple[int, ...], epoch: np.ndarray) -> StateVectors:
    return StateVectors(frame, epoch, rng.normal(size=(*shape, 3)) * 2e7, rng.normal(size=(*shape, 3)) * 5e3)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(AXES, 2)))
def test_there_and_back(orientation, rng, source: Frame, target: Frame, model: PrecessionNutation) -> None:
    epoch = rng.integers(parse_utc("1975-01-01"), parse_utc("2026-12-01"), 50)
    states = _states(rng, source, (50,), epoch)
    there = convert(states, target, orientation=orientation, model=model)
    assert there.frame is target
    back = convert(there, source, orientation=orientation, model=model)
    assert np.abs(back.position_m - states.position_m).max() < 1e-7
    assert np.abs(back.velocity_m_s - states.velocity_m_s).max() < 1e-10


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("middle", AXES)
def test_any_detour_gives_the_same(orientation, rng, middle: Frame, model: PrecessionNutation) -> None:
    states = _states(rng, Frame.TEME, (20,), rng.integers(parse_utc("1975-01-01"), parse_utc("2026-12-01"), 20))
    for target in AXES:
        direct = convert(states, target, orientation=orientation, model=model)
        detour = convert(
            convert(states, middle, orientation=orientation, model=model), target, orientation=orientation, model=model
        )
        assert np.abs(direct.position_m - detour.position_m).max() < 1e-7
        assert np.abs(direct.velocity_m_s - detour.velocity_m_s).max() < 1e-10


def test_velocity_in_itrf_is_the_rate_of_position(orientation) -> None:
    """A point at rest in the sky: its ITRF position differentiated over 2 s, pole and equinox at rest."""
    fixed = np.array([2.6e7, -1.1e7, 3.1e7])
    step = NS_PER_S
    epochs = np.array([NOON - step, NOON, NOON + step])
    turned = convert(
        StateVectors(Frame.GCRF, epochs, np.tile(fixed, (3, 1)), np.zeros((3, 3))), Frame.ITRF, orientation=orientation
    )
    difference = (turned.position_m[2] - turned.position_m[0]) / 2.0
    # The motion of pole and equinox, 8e-12 rad/s, is left out of velocities: 3.5e-4 m/s here.
    assert np.abs(turned.velocity_m_s[1] - difference).max() < 4e-4
    assert np.linalg.norm(difference) > 2e3


def test_a_point_at_rest_on_the_ground_moves_east_in_the_sky(orientation) -> None:
    ground = StateVectors(Frame.ITRF, np.int64(NOON), np.array([6378137.0, 0.0, 0.0]), np.zeros(3))
    sky = frames.itrf_to_gcrf(ground, orientation=orientation)
    assert np.linalg.norm(sky.velocity_m_s) == pytest.approx(465.1, abs=0.05)
    assert np.cross(sky.position_m, sky.velocity_m_s)[2] > 0


def test_shapes_broadcast(orientation, rng) -> None:
    times = NOON + np.arange(4) * NS_PER_S
    per_time = _states(rng, Frame.TEME, (3, 4), times)
    expected = convert(
        StateVectors(Frame.TEME, np.broadcast_to(times, (3, 4)), per_time.position_m, per_time.velocity_m_s),
        Frame.ITRF,
        orientation=orientation,
    )
    assert np.array_equal(convert(per_time, Frame.ITRF, orientation=orientation).position_m, expected.position_m)
    per_object = StateVectors(Frame.TEME, times[:3, None], per_time.position_m, per_time.velocity_m_s)
    assert convert(per_object, Frame.ITRF, orientation=orientation).velocity_m_s.shape == (3, 4, 3)
    one = StateVectors(Frame.TEME, np.int64(NOON), per_time.position_m[0, 0], per_time.velocity_m_s[0, 0])
    assert np.array_equal(convert(one, Frame.ITRF, orientation=orientation).position_m, expected.position_m[0, 0])
    none = StateVectors(Frame.TEME, np.zeros(0, dtype=np.int64), np.zeros((0, 3)), np.zeros((0, 3)))
    for target in AXES[:-1]:
        assert convert(none, target, orientation=orientation).position_m.shape == (0, 3)


def test_parts_give_what_the_whole_gives(orientation, rng) -> None:
    """More epochs than one part holds, against each part alone: the grid of the series differs, to 1e-12 rad."""
    epochs = np.sort(rng.integers(parse_utc("2024-01-01"), parse_utc("2024-02-01"), 40_000))
    states = _states(rng, Frame.TEME, (40_000,), epochs)
    whole = convert(states, Frame.GCRF, orientation=orientation)
    for rows in (slice(0, 5), slice(16_380, 16_390), slice(39_990, 40_000)):
        part = StateVectors(Frame.TEME, epochs[rows], states.position_m[rows], states.velocity_m_s[rows])
        alone = convert(part, Frame.GCRF, orientation=orientation)
        assert np.abs(whole.position_m[rows] - alone.position_m).max() < 1e-4
        assert np.abs(whole.position_m[rows] - alone.position_m).max() / 4e7 < 1e-12


def test_rows_without_a_state_stay_so(orientation) -> None:
    position = np.array([[7e6, 0.0, 0.0], [np.nan] * 3])
    states = StateVectors(Frame.TEME, np.int64(NOON), position, np.zeros((2, 3)))
    turned = convert(states, Frame.ITRF, orientation=orientation)
    assert np.isfinite(turned.position_m[0]).all()
    assert np.isnan(turned.position_m[1]).all()


def test_frames_that_do_not_fit_are_refused(orientation) -> None:
    states = StateVectors(Frame.GCRF, np.int64(NOON), np.ones(3), np.ones(3))
    with pytest.raises(FrameMismatchError, match="GCRF, TEME is needed"):
        frames.teme_to_itrf(states, orientation=orientation)
    with pytest.raises(FrameMismatchError, match="RTN hangs on an object"):
        convert(states, Frame.RTN, orientation=orientation)
    assert convert(states, Frame.GCRF, orientation=orientation) is states


def test_an_epoch_outside_the_table_is_refused_except_where_no_table_is_needed(orientation) -> None:
    far = StateVectors(Frame.GCRF, np.int64(parse_utc("2100-01-01")), np.ones(3), np.ones(3))
    with pytest.raises(DataGapError, match="2100-01-01"):
        frames.gcrf_to_itrf(far, orientation=orientation)
    assert frames.gcrf_to_eme2000(far, orientation=orientation).frame is Frame.EME2000


def test_named_functions_are_the_general_one(orientation, rng) -> None:
    for source, target in itertools.permutations((Frame.GCRF, Frame.TEME, Frame.ITRF), 2):
        states = _states(rng, source, (2,), np.int64(NOON))
        named = getattr(frames, f"{source.value.lower()}_to_{target.value.lower()}")
        expected = convert(states, target, orientation=orientation)
        assert np.array_equal(named(states, orientation=orientation).velocity_m_s, expected.velocity_m_s)


def test_rotation_matrices_turn_positions(orientation, rng) -> None:
    epochs = NOON + np.arange(6).reshape(2, 3) * NS_PER_DAY
    states = _states(rng, Frame.ITRF, (2, 3), epochs)
    for target in AXES:
        matrix = rotation_matrix(Frame.ITRF, target, epoch_tai_ns=epochs, orientation=orientation)
        assert matrix.shape == (2, 3, 3, 3)
        assert np.allclose(matrix @ np.swapaxes(matrix, -1, -2), np.eye(3), rtol=0, atol=1e-14)
        turned = convert(states, target, orientation=orientation).position_m
        assert np.allclose(np.einsum("...ij,...j->...i", matrix, states.position_m), turned, rtol=0, atol=1e-7)
    bias = rotation_matrix(Frame.GCRF, Frame.EME2000, epoch_tai_ns=epochs, orientation=orientation)
    assert bias.shape == (2, 3, 3, 3)


def test_the_models_differ_by_what_is_documented(orientation) -> None:
    """Old and new theory of MOD, TOD and EME2000: metres in low orbit, and the sky frames close to one another."""
    state = StateVectors(Frame.GCRF, np.int64(NOON), np.array([7e6, 1e6, -2e6]), np.array([1.0, 7e3, 2e3]))
    for frame, most in ((Frame.EME2000, 5.0), (Frame.TOD, 5.0), (Frame.MOD, 5.0), (Frame.TEME, 0.0)):
        old, new = (convert(state, frame, orientation=orientation, model=model).position_m for model in MODELS)
        assert np.linalg.norm(old - new) <= most
