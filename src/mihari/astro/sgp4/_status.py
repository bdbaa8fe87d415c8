"""The closed sets: status codes and operation modes."""

from __future__ import annotations

from enum import Enum, IntEnum

__all__ = ["OperationMode", "Sgp4Status"]


class Sgp4Status(IntEnum):
    """What became of one object at one time; 1 to 6 are the reference's error codes.

    Two are ours, for what the reference answers with code 0. NOT_FINITE: such elements (a negative mean motion, a
    number that is none) give NaN, and an answer without a number must not be called good. OUT_OF_RANGE: far from its
    epoch the drag series of a low object passes through zero or runs away, and what comes out, up to 1e18 km from the
    Earth, is no orbit of that object. The reference's numbers are handed on, and nobody should go by them.
    """

    OK = 0
    MEAN_ECCENTRICITY = 1
    MEAN_MOTION = 2
    PERTURBED_ECCENTRICITY = 3
    SEMILATUS_RECTUM = 4
    SUBORBITAL_EPOCH = 5
    DECAYED = 6
    NOT_FINITE = 7
    OUT_OF_RANGE = 8

    @property
    def reason(self) -> str:
        """The code in plain words."""
        return _REASONS[self]


_REASONS = {
    Sgp4Status.OK: "propagated",
    Sgp4Status.MEAN_ECCENTRICITY: "mean eccentricity left the range 0 <= e < 1",
    Sgp4Status.MEAN_MOTION: "mean motion is not above zero",
    Sgp4Status.PERTURBED_ECCENTRICITY: "perturbed eccentricity left the range 0 <= e <= 1",
    Sgp4Status.SEMILATUS_RECTUM: "semi-latus rectum is below zero",
    Sgp4Status.SUBORBITAL_EPOCH: "epoch elements are sub-orbital",
    Sgp4Status.DECAYED: "decayed: the orbit is below the Earth's surface",
    Sgp4Status.NOT_FINITE: "the elements give no finite state",
    Sgp4Status.OUT_OF_RANGE: "too far from the epoch: the drag terms have left their range",
}


class OperationMode(Enum):
    """How angles are reduced in the low-inclination branch of the lunar and solar terms."""

    IMPROVED = "i"
    AFSPC = "a"
