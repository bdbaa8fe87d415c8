"""States: arrays of position and velocity that cannot exist without epoch and frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from mihari.errors import FrameMismatchError, InputError

__all__ = ["Frame", "StateVectors"]


class Frame(Enum):
    """The closed set of frames. Nothing defaults to "unspecified"."""

    GCRF = "GCRF"
    EME2000 = "EME2000"
    MOD = "MOD"
    TOD = "TOD"
    TEME = "TEME"
    ITRF = "ITRF"
    RTN = "RTN"
    TNW = "TNW"
    VVLH = "VVLH"


@dataclass(frozen=True, slots=True)
class StateVectors:
    """Positions and velocities in one frame, each at its own epoch.

    Attributes
    ----------
    frame : Frame
    epoch_tai_ns : int64 array
        Broadcasts against the leading shape of the positions.
    position_m, velocity_m_s : float64 arrays, (..., 3)
        Component axis last. Rows without a valid state are NaN.
    """

    frame: Frame
    epoch_tai_ns: NDArray[np.int64]
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.position_m.shape != self.velocity_m_s.shape or self.position_m.shape[-1:] != (3,):
            raise InputError(
                f"positions {self.position_m.shape} and velocities {self.velocity_m_s.shape} must both be (..., 3)"
            )
        try:
            np.broadcast_shapes(np.shape(self.epoch_tai_ns), self.position_m.shape[:-1])
        except ValueError as error:
            raise InputError(
                f"epochs {np.shape(self.epoch_tai_ns)} do not fit states {self.position_m.shape[:-1]}"
            ) from error

    def require(self, frame: Frame) -> None:
        """Raise FrameMismatchError unless the states are in `frame`."""
        if self.frame is not frame:
            raise FrameMismatchError(f"states are in {self.frame.value}, {frame.value} is needed")
