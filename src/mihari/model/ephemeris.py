"""Ephemerides: states in time with the frame they are in and what is known of their error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import InputError

__all__ = ["Ephemeris", "EphemerisSegment", "PlannedManoeuvre"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedManoeuvre:
    """A manoeuvre that a message announces.

    Attributes
    ----------
    ignition_tai_ns : int
    duration_s : float
        0 for an impulse.
    delta_mass_kg : float, optional
        Negative when propellant is used.
    frame : Frame
        Of the change of velocity.
    delta_velocity_m_s : float64 array, (3,)
    """

    ignition_tai_ns: int
    duration_s: float
    delta_mass_kg: float | None
    frame: Frame
    delta_velocity_m_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EphemerisSegment:
    """States of one object in one frame, in order of time.

    Attributes
    ----------
    object_name, object_id : str
        `object_id` mostly is the international designator.
    center_name : str
        The body at the origin, in capitals.
    frame : Frame
    frame_name : str
        As the message names it (ITRF-97, J2000, ...); `frame` is what it is taken as.
    frame_epoch_tai_ns : int, optional
        Epoch of a frame of date that the message freezes.
    epoch_tai_ns : int64 array, (n,)
        Not descending.
    position_m, velocity_m_s : float64 arrays, (n, 3)
        Velocities are NaN where the message has positions only.
    acceleration_m_s2 : float64 array, (n, 3), or None
    start_tai_ns, stop_tai_ns, useable_start_tai_ns, useable_stop_tai_ns : int
        Spans that the message states; the useable span is the whole one when it states none.
    interpolation : str, optional
        Method that the message recommends, with `interpolation_degree`.
    covariance_epoch_tai_ns : int64 array, (k,)
    covariance : float64 array, (k, 6, 6)
        m and m/s.
    covariance_frame : tuple of Frame, k long
    manoeuvres : tuple of PlannedManoeuvre
    comments : tuple of str
    """

    object_name: str
    object_id: str
    center_name: str
    frame: Frame
    frame_name: str
    frame_epoch_tai_ns: int | None
    epoch_tai_ns: NDArray[np.int64]
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64]
    acceleration_m_s2: NDArray[np.float64] | None
    start_tai_ns: int
    stop_tai_ns: int
    useable_start_tai_ns: int
    useable_stop_tai_ns: int
    interpolation: str | None
    interpolation_degree: int | None
    covariance_epoch_tai_ns: NDArray[np.int64]
    covariance: NDArray[np.float64]
    covariance_frame: tuple[Frame, ...]
    manoeuvres: tuple[PlannedManoeuvre, ...]
    comments: tuple[str, ...]

    def __post_init__(self) -> None:
        n, k = len(self.epoch_tai_ns), len(self.covariance_epoch_tai_ns)
        if self.position_m.shape != (n, 3) or self.velocity_m_s.shape != (n, 3):
            raise InputError(
                f"{n} epochs need positions and velocities ({n}, 3), "
                f"not {self.position_m.shape} and {self.velocity_m_s.shape}"
            )
        if self.acceleration_m_s2 is not None and self.acceleration_m_s2.shape != (n, 3):
            raise InputError(f"{n} epochs need accelerations ({n}, 3), not {self.acceleration_m_s2.shape}")
        if self.covariance.shape != (k, 6, 6) or len(self.covariance_frame) != k:
            raise InputError(f"{k} epochs of covariance need ({k}, 6, 6) and {k} frames, not {self.covariance.shape}")
        if np.any(np.diff(self.epoch_tai_ns) < 0):
            raise InputError(f"the epochs of {self.object_name} are not in order", remedy="sort them by time")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ephemeris:
    """What an OEM, OPM or OCM says of the motion of its object.

    Attributes
    ----------
    kind : str
        OEM, OPM or OCM.
    creation_tai_ns : int
    originator : str
    message_id : str, optional
    segments : tuple of EphemerisSegment
        In the order of the message.
    comments : tuple of str
        Of the header.
    unknown : tuple of (str, str)
        Keywords that the message's version does not define.
    unused : tuple of (str, str)
        Parts of the message that are not in `segments`, and why.
    """

    kind: str
    creation_tai_ns: int
    originator: str
    message_id: str | None
    segments: tuple[EphemerisSegment, ...]
    comments: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]
    unused: tuple[tuple[str, str], ...]
