"""What an operator's ephemeris says of its own error at a moment: covariance blocks, turned to RTN and interpolated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert, rotation_matrix
from mihari.astro.kepler import period_s
from mihari.astro.relative import local_basis, rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.conjunction.screening import OperatorEphemeris
from mihari.model.ephemeris import EphemerisSegment

__all__ = ["CovarianceAt", "covariance_at"]

Floats = NDArray[np.float64]

_HANGING: Final = (Frame.RTN, Frame.TNW, Frame.VVLH)
_WIDEST_REVOLUTIONS: Final = 1.0
_NEAREST_REVOLUTIONS: Final = 0.125
"""An error's ellipsoid swings within a revolution: beyond an eighth of one a block says nothing of another moment."""


@dataclass(frozen=True, slots=True, eq=False)
class CovarianceAt:
    """A covariance, (6, 6), m and m/s, in the object's own RTN, or None, and in words where from or why."""

    rtn: Floats | None
    words: str


def covariance_at(ephemeris: OperatorEphemeris, at_tai_ns: int, *, orientation: EarthOrientation) -> CovarianceAt:
    """Return an ephemeris' covariance at a moment.

    Blocks are those of the segment that holds the moment. Between two of them, at most a revolution apart, each element
    in RTN goes linearly, which keeps the matrix positive; else the nearest holds for an eighth of a revolution. Nothing
    is propagated.

    Parameters
    ----------
    ephemeris : OperatorEphemeris
    at_tai_ns : int
        Within one of its spans.
    orientation : EarthOrientation
        Must cover the blocks.

    Validation
    ----------
    tests/unit/test_assessment_ephemeris.py: frames against Monte Carlo and against each other.
    """
    segment = _segment_at(ephemeris, at_tai_ns)
    if segment is None or segment.covariance_epoch_tai_ns.size == 0:
        return CovarianceAt(None, "no covariance in the segment that holds closest approach")
    here = ephemeris.states_at(np.array([at_tai_ns]))
    revolution_ns = float(period_s(here)[0]) * 1e9
    epochs = segment.covariance_epoch_tai_ns
    before = _last(epochs <= at_tai_ns, epochs)
    after = _last(epochs >= at_tai_ns, -epochs)
    if before is not None and after is not None and epochs[before] == epochs[after]:
        return _told(ephemeris, segment, before, orientation, "stated at closest approach")
    if before is not None and after is not None:
        gap_ns = int(epochs[after] - epochs[before])
        if gap_ns <= _WIDEST_REVOLUTIONS * revolution_ns:
            pair = [_block_in_rtn(ephemeris, segment, k, orientation) for k in (before, after)]
            if pair[0] is not None and pair[1] is not None:
                share = (at_tai_ns - int(epochs[before])) / gap_ns
                words = f"interpolated in RTN between {_utc(epochs[before])} and {_utc(epochs[after])}"
                return CovarianceAt(pair[0] * (1.0 - share) + pair[1] * share, words)
    nearest = int(np.argmin(np.abs(epochs - at_tai_ns)))
    away_s = abs(int(epochs[nearest]) - at_tai_ns) * 1e-9
    if away_s * 1e9 > _NEAREST_REVOLUTIONS * revolution_ns:
        return CovarianceAt(None, f"the nearest covariance is {away_s:,.0f} s away: too far to stand for it")
    return _told(ephemeris, segment, nearest, orientation, f"the nearest, {away_s:,.0f} s away, as it stands in RTN")


def _utc(moment: np.int64) -> str:
    return format_utc(int(moment), digits=0)


def _segment_at(ephemeris: OperatorEphemeris, at_tai_ns: int) -> EphemerisSegment | None:
    """Return the segment that holds a moment, the later one where two meet."""
    held = [s for s in ephemeris.segments if s.useable_start_tai_ns <= at_tai_ns <= s.useable_stop_tai_ns]
    return max(held, key=lambda s: s.useable_start_tai_ns, default=None)


def _last(fits: NDArray[np.bool_], key: NDArray[np.int64]) -> int | None:
    """Return the row with the greatest key among those that fit."""
    rows = np.flatnonzero(fits)
    return int(rows[np.argmax(key[rows])]) if rows.size else None


def _told(
    ephemeris: OperatorEphemeris, segment: EphemerisSegment, row: int, orientation: EarthOrientation, words: str
) -> CovarianceAt:
    matrix = _block_in_rtn(ephemeris, segment, row, orientation)
    if matrix is None:
        return CovarianceAt(
            None, f"the covariance of {_utc(segment.covariance_epoch_tai_ns[row])} is outside the states"
        )
    return CovarianceAt(matrix, words)


def _block_in_rtn(
    ephemeris: OperatorEphemeris, segment: EphemerisSegment, row: int, orientation: EarthOrientation
) -> Floats | None:
    """Return a block in RTN; None where the object's state at its epoch is not known."""
    frame, matrix = segment.covariance_frame[row], segment.covariance[row]
    if frame is Frame.RTN:
        return np.asarray(matrix)
    epoch = segment.covariance_epoch_tai_ns[row : row + 1]
    state = ephemeris.states_at(epoch)
    position, velocity = state.position_m[0], state.velocity_m_s[0]
    if not np.isfinite(position).all():
        return None
    if frame in _HANGING:
        inertial = np.kron(np.eye(2), local_basis(frame, position, velocity).T)
    else:
        frozen = segment.frame_epoch_tai_ns if frame is segment.frame else None
        inertial = _to_teme(frame, int(epoch[0]), frozen, orientation)
    turn = np.kron(np.eye(2), rtn_basis(position, velocity)) @ inertial
    return np.asarray(turn @ matrix @ turn.T)


def _to_teme(frame: Frame, epoch_tai_ns: int, frozen_tai_ns: int | None, orientation: EarthOrientation) -> Floats:
    """Return the (6, 6) matrix that turns states at a moment: in Earth-fixed axes position feeds into velocity."""
    if frozen_tai_ns is not None:
        first = rotation_matrix(frame, Frame.GCRF, epoch_tai_ns=frozen_tai_ns, orientation=orientation)
        then = rotation_matrix(Frame.GCRF, Frame.TEME, epoch_tai_ns=epoch_tai_ns, orientation=orientation)
        return np.asarray(np.kron(np.eye(2), then @ first), dtype=np.float64)
    one = np.eye(6)
    units = StateVectors(frame, np.full(6, epoch_tai_ns, dtype=np.int64), one[:, :3].copy(), one[:, 3:].copy())
    turned = convert(units, Frame.TEME, orientation=orientation)
    return np.concatenate([turned.position_m, turned.velocity_m_s], axis=1).T
