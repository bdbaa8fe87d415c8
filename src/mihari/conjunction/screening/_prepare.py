"""An operator's ephemeris made ready to screen: turned to TEME, interpolated, cut to the spans in which it holds.

States are turned before they are interpolated: in turning axes the path bends more, and its derivative is not the
inertial velocity. TEME's own motion, which velocities leave out, costs 1 mm over 60 s in low orbit and 1 cm over 300 s
at GEO. What a message leaves open is not guessed: overlapping segments, frames that hang on an object and
states too far apart are refused or left out in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert, rotation_matrix
from mihari.astro.interpolate import HIGHEST_DEGREE, InterpolatedCurve, JoinedCurves
from mihari.astro.kepler import period_s
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.errors import FormatError
from mihari.model.conjunction import EphemerisCoverage
from mihari.model.ephemeris import Ephemeris, EphemerisSegment

__all__ = ["OperatorEphemeris", "prepare_ephemeris"]

_DEGREE: Final = 7
_WIDEST_TURN_RAD: Final = 1.0472
"""States farther apart than a sixth of a revolution are not interpolated between."""
_OF_DATE: Final = (Frame.TEME, Frame.TOD, Frame.MOD)
_METHODS: Final = ("HERMITE", "LAGRANGE")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OperatorEphemeris:
    """One object's ephemeris, ready.

    Attributes
    ----------
    coverage : EphemerisCoverage
        What is told of it.
    spans : tuple of JoinedCurves, TEME
        In order of time; a gap lies between any two.
    segments : tuple of EphemerisSegment
        As the message has them; they hold the covariances.
    comments : tuple of str
        Of the message and of the segments.
    """

    coverage: EphemerisCoverage
    spans: tuple[JoinedCurves, ...]
    segments: tuple[EphemerisSegment, ...]
    comments: tuple[str, ...]

    @property
    def norad_cat_id(self) -> int:
        """Catalogue number."""
        return self.coverage.norad_cat_id

    @property
    def label(self) -> str:
        """What it is called in the rows."""
        return self.coverage.label

    def span_at(self, at_tai_ns: int) -> JoinedCurves | None:
        """Return the span that holds a moment, if any."""
        return next((s for s in self.spans if s.start_tai_ns <= at_tai_ns <= s.end_tai_ns), None)

    def states_at(self, at_tai_ns: NDArray[np.int64]) -> StateVectors:
        """Return states at moments, (n,), TEME; NaN where no span holds them."""
        out = np.full((at_tai_ns.size, 6), np.nan)
        for span in self.spans:
            rows = (at_tai_ns >= span.start_tai_ns) & (at_tai_ns <= span.end_tai_ns)
            out[rows] = span.states(at_tai_ns[rows])
        return StateVectors(Frame.TEME, at_tai_ns, out[:, :3], out[:, 3:])


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """States without a break, and what is to be said of the way between them."""

    curve: InterpolatedCurve
    start_tai_ns: int
    end_tai_ns: int
    words: str
    error_m: float | None


def prepare_ephemeris(
    ephemeris: Ephemeris,
    segments: Sequence[EphemerisSegment],
    *,
    norad_cat_id: int,
    number_source: str,
    label: str,
    orientation: EarthOrientation,
) -> OperatorEphemeris:
    """Make the segments of one object ready to screen.

    Between states it goes as the message recommends: HERMITE or LAGRANGE with its degree; HERMITE of degree 7 where
    it recommends nothing, or a method (LINEAR, PROPAGATE) that is not used here; LAGRANGE where there are no
    velocities. Two states at one moment are a break (a manoeuvre): nothing is interpolated across it, nor between
    states more than a sixth of a revolution apart. Segments whose spans meet are joined.

    Parameters
    ----------
    ephemeris : Ephemeris
        The message, for its header.
    segments : sequence of EphemerisSegment
        Those of the object.
    norad_cat_id : int
    number_source : str
        Where the number comes from.
    label : str
        Name in the rows and in errors.
    orientation : EarthOrientation
        Must cover the states.

    Raises
    ------
    FormatError
        Another centre than the Earth, a frame that hangs on an object or a frozen Earth-fixed one, fewer than two
        states, states too far apart, an open orbit, or segments that overlap.
    DataGapError
        An epoch lies outside `orientation`.

    References
    ----------
    CCSDS 502.0-B-3, section 5.2.4 (spans, interpolation).

    Validation
    ----------
    tests/unit/test_screening_prepare.py; tests/validation/test_ephemeris_states.py: Orekit's and GMAT's trajectories.
    """
    pieces: list[_Piece] = []
    for segment in segments:
        pieces += _pieces(segment, label, orientation)
    pieces.sort(key=lambda piece: (piece.start_tai_ns, piece.end_tai_ns))
    for before, after in pairwise(pieces):
        if after.start_tai_ns < before.end_tai_ns:
            raise FormatError(
                f"two segments both hold from {_utc(after.start_tai_ns)} to "
                f"{_utc(min(before.end_tai_ns, after.end_tai_ns))}",
                where=label,
                remedy="state USEABLE_START_TIME and USEABLE_STOP_TIME so that one of them holds",
            )
    spans = tuple(_joined(pieces))
    first = spans[0].states(np.array([spans[0].start_tai_ns]))[0]
    opening = StateVectors(Frame.TEME, np.array(spans[0].start_tai_ns), first[:3], first[3:])
    if not np.isfinite(period_s(opening)):
        raise FormatError("its first state is on no closed orbit", where=label, remedy="give an Earth satellite")
    errors = [piece.error_m for piece in pieces]
    coverage = EphemerisCoverage(
        norad_cat_id=norad_cat_id,
        number_source=number_source,
        label=label,
        object_name=segments[0].object_name,
        object_id=segments[0].object_id,
        kind=ephemeris.kind,
        originator=ephemeris.originator,
        creation_tai_ns=ephemeris.creation_tai_ns,
        frame=", ".join(dict.fromkeys(segment.frame_name for segment in segments)),
        spans_tai_ns=tuple((span.start_tai_ns, span.end_tai_ns) for span in spans),
        interpolation="; ".join(dict.fromkeys(piece.words for piece in pieces)),
        interpolation_error_m=None if None in errors else max(error for error in errors if error is not None),
        states=sum(segment.epoch_tai_ns.size for segment in segments),
        covariances=sum(segment.covariance_epoch_tai_ns.size for segment in segments),
        digest=_digest(segments),
    )
    comments = (*ephemeris.comments, *(comment for segment in segments for comment in segment.comments))
    return OperatorEphemeris(coverage=coverage, spans=spans, segments=tuple(segments), comments=comments)


def _utc(moment_tai_ns: int) -> str:
    return format_utc(moment_tai_ns, digits=0)


def _digest(segments: Sequence[EphemerisSegment]) -> str:
    digest = hashlib.sha256()
    for segment in segments:
        digest.update(segment.frame_name.encode())
        for array in (segment.epoch_tai_ns, segment.position_m, segment.velocity_m_s):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _pieces(segment: EphemerisSegment, label: str, orientation: EarthOrientation) -> list[_Piece]:
    """Return the stretches of a segment that lie in its useable span."""
    _check(segment, label)
    states, rate_known = _in_teme(segment, orientation)
    epoch = np.asarray(states.epoch_tai_ns)
    found: list[_Piece] = []
    for rows in _stretches(states, rate_known=rate_known):
        if rows.size < 2:
            continue
        start = max(int(epoch[rows[0]]), segment.useable_start_tai_ns)
        end = min(int(epoch[rows[-1]]), segment.useable_stop_tai_ns)
        if end <= start:
            continue
        part = StateVectors(Frame.TEME, epoch[rows], states.position_m[rows], states.velocity_m_s[rows])
        curve, words = _curve(part, segment, rate_known=rate_known)
        found.append(_Piece(curve, start, end, words, _error_m(part, curve, rate_known=rate_known)))
    if not found:
        widest_s = float(np.diff(epoch).max()) * 1e-9
        raise FormatError(
            f"no span can be used: {epoch.size} states up to {widest_s:,.0f} s apart, useable from "
            f"{_utc(segment.useable_start_tai_ns)} to {_utc(segment.useable_stop_tai_ns)}",
            where=label,
            remedy="states must lie within the useable span, closer than a sixth of a revolution",
        )
    return found


def _check(segment: EphemerisSegment, label: str) -> None:
    if segment.center_name != "EARTH":
        raise FormatError(f"its centre is {segment.center_name}", where=label, remedy="give states about the Earth")
    if segment.frame in (Frame.RTN, Frame.TNW, Frame.VVLH):
        raise FormatError(
            f"states in {segment.frame_name} hang on an object", where=label, remedy="give GCRF, EME2000, ITRF or TEME"
        )
    if segment.frame is Frame.ITRF and segment.frame_epoch_tai_ns is not None:
        raise FormatError(
            f"{segment.frame_name} frozen at {_utc(segment.frame_epoch_tai_ns)} is not computed with",
            where=label,
            remedy="give GCRF, EME2000, ITRF or TEME",
        )
    if segment.epoch_tai_ns.size < 2:
        raise FormatError(
            f"has {segment.epoch_tai_ns.size} state, an ephemeris has two or more",
            where=label,
            remedy="give states over the window",
        )
    if not np.isfinite(segment.position_m).all():
        raise FormatError("a position is no number", where=label, remedy="ask the sender")


def _in_teme(segment: EphemerisSegment, orientation: EarthOrientation) -> tuple[StateVectors, bool]:
    """Return states in TEME, and whether there are velocities."""
    rate_known = bool(np.isfinite(segment.velocity_m_s).all())
    epoch, position, velocity = segment.epoch_tai_ns, segment.position_m, segment.velocity_m_s
    frame = segment.frame
    if frame in _OF_DATE and segment.frame_epoch_tai_ns is not None:
        matrix = rotation_matrix(frame, Frame.GCRF, epoch_tai_ns=segment.frame_epoch_tai_ns, orientation=orientation)
        position, velocity, frame = position @ matrix.T, velocity @ matrix.T, Frame.GCRF
    given = StateVectors(frame, epoch, position, velocity)
    return convert(given, Frame.TEME, orientation=orientation), rate_known


def _stretches(states: StateVectors, *, rate_known: bool) -> Iterator[NDArray[np.int64]]:
    """Yield the rows between breaks: two states at one moment, or too long a way. Repeated states are told once."""
    epoch = np.asarray(states.epoch_tai_ns)
    position, velocity = states.position_m, states.velocity_m_s
    repeated = np.zeros(epoch.size, dtype=bool)
    same = (np.diff(epoch) == 0) & (np.diff(position, axis=0) == 0.0).all(axis=1)
    repeated[1:] = same & ((np.diff(velocity, axis=0) == 0.0).all(axis=1) | (not rate_known))
    rows = np.flatnonzero(~repeated)
    step_s = np.diff(epoch[rows]) * 1e-9
    radius = np.linalg.norm(position[rows], axis=1)[:-1]
    if rate_known:
        turn_rad_s = np.linalg.norm(np.cross(position[rows], velocity[rows]), axis=1)[:-1] / radius**2
        turn = turn_rad_s * step_s
    else:
        chord = np.linalg.norm(np.diff(position[rows], axis=0), axis=1)
        turn = 2.0 * np.arcsin(np.minimum(0.5 * chord / radius, 1.0))
    yield from np.split(rows, np.flatnonzero((step_s <= 0.0) | (turn > _WIDEST_TURN_RAD)) + 1)


def _curve(part: StateVectors, segment: EphemerisSegment, *, rate_known: bool) -> tuple[InterpolatedCurve, str]:
    told = (segment.interpolation or "").strip().upper()
    degree = segment.interpolation_degree if told in _METHODS and segment.interpolation_degree else _DEGREE
    method = told if told in _METHODS else "HERMITE"
    if not rate_known:
        method = "LAGRANGE"
    curve = _through(part, method, degree)
    words = f"{method} of degree {curve.degree}"
    if not told:
        return curve, f"{words}: the message recommends nothing"
    asked = f"{told} of degree {segment.interpolation_degree}" if segment.interpolation_degree else told
    if method == told and curve.degree == (segment.interpolation_degree or curve.degree):
        return curve, f"{words}, as the message recommends"
    why = "" if rate_known else " without giving velocities"
    return curve, f"{words}: the message recommends {asked}{why}"


def _through(part: StateVectors, method: str, degree: int) -> InterpolatedCurve:
    build = InterpolatedCurve.hermite if method == "HERMITE" else InterpolatedCurve.lagrange
    return build(part, degree=degree)


def _error_m(part: StateVectors, curve: InterpolatedCurve, *, rate_known: bool) -> float | None:
    """Return how much midway between states another degree differs: the higher one, which errs far less."""
    wanted = curve.degree + 2 if curve.degree + 2 <= HIGHEST_DEGREE else curve.degree - 2
    # The same nodes with their velocities are the better judge of a curve through positions too.
    other = _through(part, "HERMITE" if rate_known else "LAGRANGE", wanted)
    if wanted > curve.degree >= other.degree:
        return None
    node = np.asarray(part.epoch_tai_ns)
    midway = node[:-1] + np.diff(node) // 2
    return float(np.linalg.norm(other.states(midway)[:, :3] - curve.states(midway)[:, :3], axis=1).max())


def _joined(pieces: Sequence[_Piece]) -> Iterator[JoinedCurves]:
    """Yield spans: pieces that meet are one."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and piece.start_tai_ns > group[-1].end_tai_ns:
            yield _span(group)
            group = []
        group.append(piece)
    yield _span(group)


def _span(group: Sequence[_Piece]) -> JoinedCurves:
    limits = np.array([group[0].start_tai_ns, *(piece.end_tai_ns for piece in group)], dtype=np.int64)
    return JoinedCurves(limits, tuple(piece.curve for piece in group))
