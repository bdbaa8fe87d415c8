"""The covariance of an ephemeris at a moment: frames, interpolation, the nearest block, and none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ephemeris_support import ORIENTATION, S, Segment, prepared, write_oem
from mihari.astro.frames import convert
from mihari.astro.kepler import propagate_kepler
from mihari.astro.relative import rtn_basis, tnw_basis
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import parse_utc
from mihari.conjunction.assessment import covariance_at
from numerical_support import one

START = parse_utc("2024-11-01T00:00:00Z")
REVOLUTION_S = 5_880.0


def orbit(node: np.ndarray) -> StateVectors:
    start = one([7_000e3, 100e3, 0.0], [0.0, 3_000.0, 6_950.0], START)
    moved = propagate_kepler(start, (node - START) * 1e-9)
    return StateVectors(Frame.GCRF, node, moved.position_m, moved.velocity_m_s)


def some_covariance(seed: int) -> np.ndarray:
    """RTN, hundreds of metres and tenths of a metre a second, correlated."""
    scales = np.array([100.0, 800.0, 60.0, 0.8, 0.1, 0.06])
    random = np.random.default_rng(seed).normal(size=(6, 12)) * scales[:, None]
    return random @ random.T / 12.0


def at(folder: Path, blocks: list[tuple[int, np.ndarray, str | None]], second: float, *, frame: Frame = Frame.GCRF):  # type: ignore[no-untyped-def]
    states = convert(orbit(START + np.arange(0, 12_001, 60) * S), frame, orientation=ORIENTATION)
    told = [(START + when * S, matrix, name) for when, matrix, name in blocks]
    given = prepared(write_oem(folder / "case.oem", Segment(states, covariances=told)))
    return covariance_at(given, START + round(second * S), orientation=ORIENTATION)


def partials(frame: Frame, epoch: int) -> np.ndarray:
    """Derivatives of a state in `frame` by the state in GCRF, from differences of the conversion itself."""
    middle = orbit(np.array([epoch]))
    steps = np.array([10.0] * 3 + [0.01] * 3)
    columns = []
    for axis in range(6):
        ends = []
        for sign in (1.0, -1.0):
            shift = np.zeros(6)
            shift[axis] = sign * steps[axis]
            moved = StateVectors(
                Frame.GCRF, middle.epoch_tai_ns, middle.position_m + shift[:3], middle.velocity_m_s + shift[3:]
            )
            turned = convert(moved, frame, orientation=ORIENTATION)
            ends.append(np.concatenate([turned.position_m[0], turned.velocity_m_s[0]]))
        columns.append((ends[0] - ends[1]) / (2.0 * steps[axis]))
    return np.array(columns).T


@pytest.mark.parametrize("frame", [Frame.GCRF, Frame.EME2000, Frame.ITRF, Frame.TEME, Frame.TOD])
def test_blocks_in_frames_of_earth_and_sky_are_turned(tmp_path: Path, frame: Frame) -> None:
    """A covariance put into the frame by differences of the conversion comes back in RTN, to 1e-5 of its deviations."""
    rtn = some_covariance(1)
    epoch = START + 3_600 * S
    state = orbit(np.array([epoch]))
    inertial = np.kron(np.eye(2), rtn_basis(state.position_m[0], state.velocity_m_s[0]).T)
    turn = partials(frame, epoch) @ inertial
    found = at(tmp_path, [(3_600, turn @ rtn @ turn.T, frame.value)], 3_600.0)
    sigma = np.sqrt(np.diag(rtn))
    assert found.words == "stated at closest approach"
    assert np.abs((found.rtn - rtn) / np.outer(sigma, sigma)).max() < 1e-5


def test_a_block_without_a_frame_is_in_that_of_the_states(tmp_path: Path) -> None:
    rtn, epoch = some_covariance(2), START + 3_600 * S
    state = orbit(np.array([epoch]))
    turn = partials(Frame.ITRF, epoch) @ np.kron(np.eye(2), rtn_basis(state.position_m[0], state.velocity_m_s[0]).T)
    found = at(tmp_path, [(3_600, turn @ rtn @ turn.T, None)], 3_600.0, frame=Frame.ITRF)
    sigma = np.sqrt(np.diag(rtn))
    assert np.abs((found.rtn - rtn) / np.outer(sigma, sigma)).max() < 1e-5


def test_tnw_is_turned_and_rtn_is_not(tmp_path: Path) -> None:
    rtn, epoch = some_covariance(3), START + 3_600 * S
    state = orbit(np.array([epoch]))
    place, rate = state.position_m[0], state.velocity_m_s[0]
    turn = np.kron(np.eye(2), tnw_basis(place, rate) @ rtn_basis(place, rate).T)
    found = at(tmp_path, [(3_600, turn @ rtn @ turn.T, "TNW")], 3_600.0)
    assert found.rtn == pytest.approx(rtn, rel=1e-6, abs=1e-9)
    assert at(tmp_path, [(3_600, rtn, "RTN")], 3_600.0).rtn == pytest.approx(rtn, rel=1e-12)


def test_between_blocks_it_goes_linearly_in_rtn(tmp_path: Path) -> None:
    first, second = some_covariance(4), some_covariance(5)
    found = at(tmp_path, [(3_000, first, "RTN"), (4_200, second, "RTN"), (6_000, first * 9.0, "RTN")], 3_300.0)
    assert found.rtn == pytest.approx(0.75 * first + 0.25 * second, rel=1e-9)
    assert "interpolated in RTN between 2024-11-01T00:50:00Z and 2024-11-01T01:10:00Z" in found.words
    assert np.linalg.eigvalsh(found.rtn)[0] > 0.0


def test_beyond_the_blocks_the_nearest_holds_for_an_eighth_of_a_revolution(tmp_path: Path) -> None:
    one_block = [(3_000, some_covariance(6), "RTN")]
    near = at(tmp_path, one_block, 3_000.0 + 0.12 * REVOLUTION_S)
    assert near.rtn == pytest.approx(one_block[0][1], rel=1e-12)
    assert near.words.startswith("the nearest, 706 s away")
    far = at(tmp_path, one_block, 3_000.0 + 0.13 * REVOLUTION_S)
    assert far.rtn is None
    assert "too far to stand for it" in far.words


def test_blocks_more_than_a_revolution_apart_are_not_interpolated(tmp_path: Path) -> None:
    blocks = [(1_000, some_covariance(7), "RTN"), (9_000, some_covariance(8), "RTN")]
    assert at(tmp_path, blocks, 5_000.0).rtn is None
    assert at(tmp_path, blocks, 1_100.0).rtn == pytest.approx(blocks[0][1], rel=1e-12)


def test_blocks_of_another_segment_do_not_count(tmp_path: Path) -> None:
    """What was known before a manoeuvre says nothing of what comes after it."""
    node = START + np.arange(0, 12_001, 60) * S
    first = Segment(orbit(node[:51]), covariances=[(int(node[49]), some_covariance(9), "RTN")])
    second = Segment(orbit(node[50:]))
    given = prepared(write_oem(tmp_path / "two.oem", first, second))
    before = covariance_at(given, int(node[49]) + 10 * S, orientation=ORIENTATION)
    after = covariance_at(given, int(node[51]), orientation=ORIENTATION)
    assert before.rtn is not None
    assert after.rtn is None
    assert "no covariance in the segment" in after.words
