"""Frames: states from one set of axes to another.

Celestial frames are GCRF, EME2000, MOD, TOD and TEME; ITRF turns with the Earth. `convert` goes from any to any; named
functions stand for the common ones. Axes that hang on an object (RTN, TNW, VVLH) are in `mihari.astro.relative`.

Velocities follow the practice of ERFA, Vallado and the CCSDS: only the Earth's daily rotation is differentiated. The
motion of the pole and the equinox themselves, 8e-12 rad/s, is left out: 5e-5 m/s in low orbit, 3e-4 m/s at GEO.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro import _rotations as rotations
from mihari.astro._rotations import Moments
from mihari.astro.earth import EarthOrientation
from mihari.astro.states import Frame, StateVectors
from mihari.errors import FrameMismatchError

__all__ = [
    "Frame",
    "PrecessionNutation",
    "StateVectors",
    "convert",
    "eme2000_to_gcrf",
    "gcrf_to_eme2000",
    "gcrf_to_itrf",
    "gcrf_to_teme",
    "itrf_to_gcrf",
    "itrf_to_teme",
    "rotation_matrix",
    "teme_to_gcrf",
    "teme_to_itrf",
]

Floats = NDArray[np.float64]

_Step = Callable[[Moments], Floats]
# Epochs worked on at a time: the matrices of so many stay in the processor's cache.
_CHUNK = 1 << 14


class PrecessionNutation(Enum):
    """Which theory ties MOD, TOD and EME2000 to the Earth.

    IAU_2006_2000A is the present one: MOD and TOD follow from the GCRF by bias, precession and nutation with the
    observed pole offsets; EME2000 is the GCRF less the frame bias.

    IAU_1976_1980 is that of older messages and of the AAS 06-134 example: TOD follows from the Earth-fixed axes by
    apparent sidereal time, MOD and EME2000 from it by nutation 1980 and precession 1976. The table's `dpsi80_rad` and
    `deps80_rad` correct the nutation; with them EME2000 lies on the GCRF to centimetres in low orbit, without them it
    is the J2000 of FK5 practice, 1 to 2 m off in low orbit.

    GCRF, TEME and ITRF are the same in both.
    """

    IAU_2006_2000A = "IAU 2006/2000A"
    IAU_1976_1980 = "IAU 1976/1980"


def convert(
    states: StateVectors,
    frame: Frame,
    *,
    orientation: EarthOrientation,
    model: PrecessionNutation = PrecessionNutation.IAU_2006_2000A,
) -> StateVectors:
    """Turn states into another frame.

    Parameters
    ----------
    states : StateVectors
        (..., 3) positions, m, and velocities, m/s. The matrices are worked out once per epoch, so give many
        states of one moment one epoch. Rows of NaN stay NaN.
    frame : Frame
        GCRF, EME2000, MOD, TOD, TEME or ITRF.
    orientation : EarthOrientation
        Must cover every epoch, except between frames of the sky that are tied together by theory alone.
    model : PrecessionNutation
        Matters for EME2000, MOD and TOD.

    Returns
    -------
    StateVectors
        Same shape and order.

    Raises
    ------
    FrameMismatchError
        Either frame hangs on an object (RTN, TNW, VVLH).
    DataGapError
        An epoch lies outside `orientation`.

    References
    ----------
    IERS Conventions 2010, chapter 5. Vallado, Seago, Seidelmann, AAS 06-134. TEME: Vallado, Crawford, Hujsak, Kelso,
    AIAA 2006-6753, appendix C.

    Validation
    ----------
    tests/validation/test_frames_vallado.py, tests/validation/test_frames_stk.py, tests/validation/test_frames_peers.py.
    """
    _require_axes(states.frame)
    _require_axes(frame)
    if states.frame is frame:
        return states
    road = _Road.between(states.frame, frame, model)
    moments = Moments(np.asarray(states.epoch_tai_ns, dtype=np.int64), orientation)
    position, velocity = road.turn_in_parts(moments, states.position_m, states.velocity_m_s)
    return StateVectors(frame, states.epoch_tai_ns, position, velocity)


def rotation_matrix(
    source: Frame,
    target: Frame,
    *,
    epoch_tai_ns: ArrayLike,
    orientation: EarthOrientation,
    model: PrecessionNutation = PrecessionNutation.IAU_2006_2000A,
) -> Floats:
    """Return the matrices that turn vectors of one frame into another: positions, directions and covariances.

    A velocity relative to the turning Earth needs `convert` instead.

    Returns
    -------
    float64 array, (*n, 3, 3)
        ``target = matrix @ source``; n is the shape of the epochs.
    """
    _require_axes(source)
    _require_axes(target)
    epoch = np.asarray(epoch_tai_ns, dtype=np.int64)
    matrix = _Road.between(source, target, model).matrix(Moments(epoch, orientation))
    return np.array(np.broadcast_to(matrix, (*epoch.shape, 3, 3)))


def teme_to_gcrf(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Rotate TEME states, which SGP4 returns, to GCRF.

    The path goes over Earth-fixed axes, so no convention for the equation of the equinoxes is needed; the length of day
    and the pole's coordinates cancel. Raises as `convert`.
    """
    return _named(states, Frame.TEME, Frame.GCRF, orientation)


def gcrf_to_teme(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Rotate GCRF states to TEME; the inverse of `teme_to_gcrf`."""
    return _named(states, Frame.GCRF, Frame.TEME, orientation)


def teme_to_itrf(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Turn TEME states into ITRF by Greenwich mean sidereal time 1982 and polar motion. Raises as `convert`."""
    return _named(states, Frame.TEME, Frame.ITRF, orientation)


def itrf_to_teme(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Turn ITRF states into TEME; the inverse of `teme_to_itrf`."""
    return _named(states, Frame.ITRF, Frame.TEME, orientation)


def gcrf_to_itrf(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Turn GCRF states into ITRF by IAU 2006/2000A, the Earth rotation angle and polar motion. Raises as `convert`."""
    return _named(states, Frame.GCRF, Frame.ITRF, orientation)


def itrf_to_gcrf(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Turn ITRF states into GCRF; the inverse of `gcrf_to_itrf`."""
    return _named(states, Frame.ITRF, Frame.GCRF, orientation)


def gcrf_to_eme2000(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Rotate GCRF states to EME2000 by the frame bias, 0.02 arc seconds. Raises as `convert`."""
    return _named(states, Frame.GCRF, Frame.EME2000, orientation)


def eme2000_to_gcrf(states: StateVectors, *, orientation: EarthOrientation) -> StateVectors:
    """Rotate EME2000 states to GCRF; the inverse of `gcrf_to_eme2000`."""
    return _named(states, Frame.EME2000, Frame.GCRF, orientation)


def _named(states: StateVectors, source: Frame, target: Frame, orientation: EarthOrientation) -> StateVectors:
    states.require(source)
    return convert(states, target, orientation=orientation)


# The way of each frame to the root, the terrestrial intermediate axes: the next frame (None: the root) and the matrix.
_COMMON: dict[Frame, tuple[Frame | None, _Step]] = {
    Frame.GCRF: (None, rotations.gcrf_to_tirs),
    Frame.TEME: (None, rotations.teme_to_tirs),
    Frame.ITRF: (None, rotations.itrf_to_tirs),
}
_NEXT = {
    PrecessionNutation.IAU_2006_2000A: {
        **_COMMON,
        Frame.EME2000: (Frame.GCRF, rotations.eme2000_to_gcrf),
        Frame.MOD: (Frame.GCRF, rotations.mod_to_gcrf_2006),
        Frame.TOD: (Frame.GCRF, rotations.tod_to_gcrf_2006),
    },
    PrecessionNutation.IAU_1976_1980: {
        **_COMMON,
        Frame.EME2000: (Frame.MOD, rotations.eme2000_to_mod_1976),
        Frame.MOD: (Frame.TOD, rotations.mod_to_tod_1980),
        Frame.TOD: (None, rotations.tod_to_tirs_1980),
    },
}


def _require_axes(frame: Frame) -> None:
    if frame not in _NEXT[PrecessionNutation.IAU_2006_2000A]:
        raise FrameMismatchError(
            f"{frame.value} hangs on an object, a frame of the Earth or the sky is needed",
            remedy="turn relative states with mihari.astro.relative",
        )


def _steps(frame: Frame, model: PrecessionNutation) -> list[tuple[Frame, _Step]]:
    steps: list[tuple[Frame, _Step]] = []
    here: Frame | None = frame
    while here is not None:
        following, step = _NEXT[model][here]
        steps.append((here, step))
        here = following
    return steps


@dataclass(frozen=True, slots=True)
class _Road:
    """The way from one frame to another: up to the first frame that both lead to, then down."""

    source: Frame
    target: Frame
    up: tuple[_Step, ...]
    down: tuple[_Step, ...]

    @classmethod
    def between(cls, source: Frame, target: Frame, model: PrecessionNutation) -> _Road:
        up, down = _steps(source, model), _steps(target, model)
        while up and down and up[-1][0] is down[-1][0]:
            up.pop()
            down.pop()
        return cls(source, target, tuple(step for _, step in up), tuple(step for _, step in down))

    def matrix(self, moments: Moments) -> Floats:
        """Return the matrices; (3, 3) where they do not depend on the epoch."""
        up, down = _product(self.up, moments), _product(self.down, moments)
        if down is None:
            return np.eye(3) if up is None else up
        down = np.swapaxes(down, -1, -2)
        return down if up is None else np.asarray(erfa.rxr(down, up))

    def turn(self, moments: Moments, position_m: Floats, velocity_m_s: Floats) -> tuple[Floats, Floats]:
        """Turn positions and velocities."""
        matrix = self.matrix(moments)
        position = _apply(matrix, position_m)
        if Frame.ITRF not in (self.source, self.target):
            return position, _apply(matrix, velocity_m_s)
        # The Earth's rotation vector in ITRF: along the z axis of TIRS.
        axis = rotations.itrf_to_tirs(moments)[..., 2, :]
        spin = axis * np.asarray(rotations.rotation_rate_rad_s(moments))[..., np.newaxis]
        if self.target is Frame.ITRF:
            return position, _apply(matrix, velocity_m_s) - erfa.pxp(spin, position)
        return position, _apply(matrix, velocity_m_s + erfa.pxp(spin, position_m))

    def turn_in_parts(self, moments: Moments, position_m: Floats, velocity_m_s: Floats) -> tuple[Floats, Floats]:
        """Turn many states with an epoch each, a cacheful at a time; the dear series span all epochs."""
        shape = position_m.shape
        if moments.tai_ns.size <= _CHUNK or moments.tai_ns.shape != shape[:-1]:
            return self.turn(moments, position_m, velocity_m_s)
        flat = Moments(moments.tai_ns.reshape(-1), moments.orientation)
        for step in (*self.up, *self.down):
            if step in rotations.SERIES_OF:
                flat.series(rotations.SERIES_OF[step])
        position_in, velocity_in = position_m.reshape(-1, 3), velocity_m_s.reshape(-1, 3)
        position, velocity = np.empty(position_in.shape), np.empty(position_in.shape)
        for start in range(0, len(position), _CHUNK):
            rows = slice(start, start + _CHUNK)
            position[rows], velocity[rows] = self.turn(flat.part(rows), position_in[rows], velocity_in[rows])
        return position.reshape(shape), velocity.reshape(shape)


def _product(steps: tuple[_Step, ...], moments: Moments) -> Floats | None:
    """Return the product of the steps' matrices, the first step on the right."""
    product: Floats | None = None
    for step in steps:
        matrix = step(moments)
        product = matrix if product is None else np.asarray(erfa.rxr(matrix, product))
    return product


def _apply(matrix: Floats, vectors: Floats) -> Floats:
    # Not `@`: for a million states of one epoch it wakes the threads of BLAS and is no faster.
    return np.asarray(erfa.rxp(matrix, vectors))
