"""One object over time, and how far two objects are from each other: from element sets, by SGP4."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.geodetic import geodetic_from_itrf
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError
from mihari.model.orbit import ElementSets
from mihari.picture._propagation import batch_of

__all__ = ["Separation", "Track", "separation_of", "track_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The way of one object.

    Attributes
    ----------
    states : StateVectors, (t, 3)
        NaN where there is no state.
    latitude_rad, longitude_rad, altitude_m : float64 arrays, (t,)
        Geodetic, WGS-84.
    status : uint8 array, (t,)
        `mihari.astro.sgp4.Sgp4Status`.
    """

    states: StateVectors
    latitude_rad: NDArray[np.float64]
    longitude_rad: NDArray[np.float64]
    altitude_m: NDArray[np.float64]
    status: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """Range and relative speed of two objects, (t,) each; NaN where one of them has no state."""

    times_tai_ns: NDArray[np.int64]
    range_m: NDArray[np.float64]
    relative_speed_m_s: NDArray[np.float64]


def track_of(one: ElementSets, *, times_tai_ns: ArrayLike, frame: Frame, orientation: EarthOrientation) -> Track:
    """Propagate one element set to many moments.

    Parameters
    ----------
    one : ElementSets
        A single set.
    times_tai_ns : (t,) int64
    frame : Frame
        GCRF, ITRF, TEME, EME2000, TOD or MOD.
    orientation : EarthOrientation
        Must cover the moments.

    Raises
    ------
    InputError
        There is not exactly one set.
    DataGapError
        A moment lies outside `orientation`.

    Validation
    ----------
    tests/unit/test_picture_track.py: each row against `build_picture` at its moment.
    """
    _require(one, 1)
    times = np.asarray(times_tai_ns, dtype=np.int64)
    states = _teme(one, times)
    teme = StateVectors(Frame.TEME, times, states.position_m[0], states.velocity_m_s[0])
    itrf = convert(teme, Frame.ITRF, orientation=orientation)
    asked = {Frame.TEME: teme, Frame.ITRF: itrf}.get(frame) or convert(teme, frame, orientation=orientation)
    latitude_rad, longitude_rad, altitude_m = geodetic_from_itrf(itrf.position_m)
    return Track(
        states=asked,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        altitude_m=altitude_m,
        status=states.status[0],
    )


def separation_of(two: ElementSets, *, times_tai_ns: ArrayLike) -> Separation:
    """Return how far two objects are from each other at many moments.

    Both are taken in TEME, which turns by less than 8e-12 rad/s: what that adds to a relative speed at GEO distance
    is 0.3 mm/s.

    Parameters
    ----------
    two : ElementSets
        Two sets.
    times_tai_ns : (t,) int64

    Raises
    ------
    InputError
        There are not exactly two sets.

    Validation
    ----------
    tests/unit/test_picture_track.py: the `sgp4` package.
    """
    _require(two, 2)
    times = np.asarray(times_tai_ns, dtype=np.int64)
    states = _teme(two, times)
    return Separation(
        times_tai_ns=times,
        range_m=np.linalg.norm(states.position_m[1] - states.position_m[0], axis=-1),
        relative_speed_m_s=np.linalg.norm(states.velocity_m_s[1] - states.velocity_m_s[0], axis=-1),
    )


@dataclass(frozen=True, slots=True)
class _Teme:
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64]
    status: NDArray[np.uint8]


def _teme(sets: ElementSets, times_tai_ns: NDArray[np.int64]) -> _Teme:
    """States that nobody should go by, out of the range of the drag series too, are NaN: a line has gaps there."""
    states = batch_of(sets).propagate(times_tai_ns)
    assert states.velocity_m_s is not None  # they were asked for
    bad = (states.status != 0)[..., None]
    return _Teme(np.where(bad, np.nan, states.position_m), np.where(bad, np.nan, states.velocity_m_s), states.status)


def _require(sets: ElementSets, count: int) -> None:
    if len(sets) != count:
        raise InputError(f"{count} element set(s) are needed, {len(sets)} were given")
