"""Ephemerides made ready: spans, breaks, interpolation as recommended, frames, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ephemeris_support import ORIENTATION, S, Segment, prepared, write_oem
from mihari.astro.frames import convert, rotation_matrix
from mihari.astro.kepler import propagate_kepler
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import OperatorEphemeris, prepare_ephemeris
from mihari.errors import FormatError
from mihari.formats.ccsds import ephemeris, parse_messages
from numerical_support import one

START = parse_utc("2024-11-01T00:00:00Z")


CLOSE_M = 0.003
"""Over 60 s Hermite of degree 7 is exact to micrometres; velocities in TEME leave out its motion (5e-5 m/s): 2 mm."""


def orbit(first: int, last: int, step_s: int = 60, *, frame: Frame = Frame.GCRF) -> StateVectors:
    """A Keplerian ellipse in low orbit, every `step_s` between seconds from START."""
    node = START + np.arange(first, last + 1, step_s) * S
    return convert(truth(node), frame, orientation=ORIENTATION)


def truth(node: np.ndarray) -> StateVectors:
    start = one([7_000e3, 100e3, 0.0], [0.0, 3_000.0, 6_950.0], START)
    moved = propagate_kepler(start, (node - START) * 1e-9)
    return StateVectors(Frame.GCRF, node, moved.position_m, moved.velocity_m_s)


def ready(folder: Path, *segments: Segment) -> OperatorEphemeris:
    return prepared(write_oem(folder / "case.oem", *segments))


def worst_m(given: OperatorEphemeris, first: int, last: int) -> float:
    times = START + np.random.default_rng(5).integers(first * S, last * S, 300)
    found = convert(given.states_at(times), Frame.GCRF, orientation=ORIENTATION)
    return float(np.linalg.norm(found.position_m - truth(times).position_m, axis=1).max())


def test_it_goes_as_the_message_recommends(tmp_path: Path) -> None:
    """The words tell method and degree; the stated error is that against the truth, to a factor of two."""
    cases = [
        ("HERMITE", 7, 180, "HERMITE of degree 7, as the message recommends"),
        ("LAGRANGE", 5, 180, "LAGRANGE of degree 5, as the message recommends"),
        ("Lagrange", 9, 180, "LAGRANGE of degree 9, as the message recommends"),
        ("HERMITE", 3, 180, "HERMITE of degree 3, as the message recommends"),
        (None, None, 180, "HERMITE of degree 7: the message recommends nothing"),
        ("LINEAR", 1, 180, "HERMITE of degree 7: the message recommends LINEAR of degree 1"),
        ("HERMITE", 4, 180, "HERMITE of degree 5: the message recommends HERMITE of degree 4"),
    ]
    for method, degree, step_s, words in cases:
        given = ready(tmp_path, Segment(orbit(0, 7_200, step_s), interpolation=method, degree=degree))
        assert given.coverage.interpolation == words
        told = given.coverage.interpolation_error_m
        assert told is not None
        assert worst_m(given, 0, 7_200) == pytest.approx(told, rel=1.0, abs=1e-5), words
    assert given.coverage.frame == "GCRF"


def test_few_states_lower_the_degree_and_leave_the_error_open(tmp_path: Path) -> None:
    given = ready(tmp_path, Segment(orbit(0, 120)))
    assert given.coverage.interpolation == "HERMITE of degree 5: the message recommends HERMITE of degree 7"
    assert given.coverage.interpolation_error_m is None


@pytest.mark.parametrize("frame", [Frame.EME2000, Frame.ITRF, Frame.TEME, Frame.TOD, Frame.MOD])
def test_frames_are_turned(tmp_path: Path, frame: Frame) -> None:
    """Every frame ends in the same curve."""
    given = ready(tmp_path, Segment(orbit(0, 7_200, frame=frame)))
    assert worst_m(given, 0, 7_200) < CLOSE_M


def test_a_frame_of_date_that_is_frozen_is_that_of_its_epoch(tmp_path: Path) -> None:
    states, epoch = orbit(0, 7_200), START - 40 * 86_400 * S
    matrix = rotation_matrix(Frame.GCRF, Frame.TEME, epoch_tai_ns=epoch, orientation=ORIENTATION)
    frozen = StateVectors(Frame.TEME, states.epoch_tai_ns, states.position_m @ matrix.T, states.velocity_m_s @ matrix.T)
    assert worst_m(ready(tmp_path, Segment(frozen, frame_epoch_tai_ns=epoch)), 0, 7_200) < CLOSE_M
    # Taken as TEME of date it would be 30 m off: the epoch matters.
    assert worst_m(ready(tmp_path, Segment(frozen)), 0, 7_200) > 10.0


def test_the_useable_span_holds(tmp_path: Path) -> None:
    useable = (START + 600 * S, START + 3_000 * S)
    given = ready(tmp_path, Segment(orbit(0, 7_200), useable=useable))
    assert given.coverage.spans_tai_ns == (useable,)
    inside = given.states_at(np.array([useable[0], useable[1], useable[0] - 1, useable[1] + 1]))
    assert np.isfinite(inside.position_m[:2]).all()
    assert np.isnan(inside.position_m[2:]).all()


def test_two_states_at_one_moment_are_a_break(tmp_path: Path) -> None:
    """A burn of 10 m/s: velocities step there and the curve before it knows nothing of what comes."""
    before, after = orbit(0, 3_600), orbit(3_600, 7_200)
    after.velocity_m_s[:] += [10.0, 0.0, 0.0]
    both = StateVectors(
        Frame.GCRF,
        np.concatenate([before.epoch_tai_ns, after.epoch_tai_ns]),
        np.concatenate([before.position_m, after.position_m]),
        np.concatenate([before.velocity_m_s, after.velocity_m_s]),
    )
    given = ready(tmp_path, Segment(both))
    assert len(given.spans) == 1
    assert worst_m(given, 0, 3_600) < CLOSE_M
    at = START + 3_600 * S
    speeds = convert(given.states_at(np.array([at - 1, at])), Frame.GCRF, orientation=ORIENTATION).velocity_m_s
    assert np.diff(speeds, axis=0)[0] == pytest.approx([10.0, 0.0, 0.0], abs=1e-4)


def test_states_too_far_apart_are_a_gap(tmp_path: Path) -> None:
    """Twenty minutes in low orbit: 77 degrees."""
    first, second = orbit(0, 3_000), orbit(4_200, 7_200)
    both = StateVectors(
        Frame.GCRF,
        np.concatenate([first.epoch_tai_ns, second.epoch_tai_ns]),
        np.concatenate([first.position_m, second.position_m]),
        np.concatenate([first.velocity_m_s, second.velocity_m_s]),
    )
    given = ready(tmp_path, Segment(both))
    assert given.coverage.spans_tai_ns == (
        (START, START + 3_000 * S),
        (START + 4_200 * S, START + 7_200 * S),
    )
    assert given.span_at(START + 3_600 * S) is None
    assert worst_m(given, 4_200, 7_200) < CLOSE_M


def test_positions_without_velocities_go_by_lagrange() -> None:
    """An OCM with CARTP lines."""
    states = orbit(0, 3_600)
    lines = "\n".join(
        f"{(epoch - START) // S} " + " ".join(f"{x / 1e3:.12f}" for x in place)
        for epoch, place in zip(states.epoch_tai_ns.tolist(), states.position_m, strict=True)
    )
    text = f"""CCSDS_OCM_VERS = 3.0
CREATION_DATE = 2024-11-01T00:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = CASE ONE
OBJECT_DESIGNATOR = 70001
TIME_SYSTEM = UTC
EPOCH_TZERO = 2024-11-01T00:00:00
META_STOP
TRAJ_START
CENTER_NAME = EARTH
TRAJ_REF_FRAME = GCRF
TRAJ_TYPE = CARTP
{lines}
TRAJ_STOP
"""
    message = ephemeris(parse_messages(text.encode(), name="x"), name="x")
    given = prepare_ephemeris(
        message, message.segments, norad_cat_id=1, number_source="", label="x", orientation=ORIENTATION
    )
    assert given.coverage.interpolation.startswith("LAGRANGE of degree 7")
    assert given.coverage.kind == "OCM"
    assert worst_m(given, 300, 3_300) < 0.01


def test_what_is_not_clear_is_refused(tmp_path: Path) -> None:
    cases: list[tuple[list[Segment], str]] = [
        ([Segment(orbit(0, 600), center="MOON")], "centre is MOON"),
        ([Segment(orbit(0, 600), frame_name="RTN")], "hang on an object"),
        ([Segment(orbit(0, 0))], "has 1 state"),
        ([Segment(orbit(0, 7_200, 1_200))], "no span can be used"),
        ([Segment(orbit(0, 600)), Segment(orbit(300, 900))], "both hold from 2024-11-01T00:05:00Z"),
        ([Segment(orbit(0, 600, frame=Frame.ITRF), frame_epoch_tai_ns=START)], "frozen"),
    ]
    for segments, words in cases:
        with pytest.raises(FormatError, match=words) as caught:
            ready(tmp_path, *segments)
        assert caught.value.where == "case.oem"
        assert caught.value.remedy
    fast = orbit(0, 600)
    fast.velocity_m_s[:] *= 3.0
    with pytest.raises(FormatError, match="no closed orbit"):
        ready(tmp_path, Segment(fast))


def test_overlap_is_cleared_by_useable_spans(tmp_path: Path) -> None:
    limit = START + 450 * S
    given = ready(
        tmp_path,
        Segment(orbit(0, 600), useable=(START, limit)),
        Segment(orbit(300, 900), useable=(limit, START + 900 * S)),
    )
    assert given.coverage.spans_tai_ns == ((START, START + 900 * S),)
