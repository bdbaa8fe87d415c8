"""What the mission allows, what the spacecraft can do, how well it does it, and what is to be reached."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.errors import InputError

__all__ = ["STANDARD_GRAVITY_M_S2", "ExecutionError", "Goal", "MissionConstraints", "Spacecraft"]

Floats = NDArray[np.float64]

STANDARD_GRAVITY_M_S2 = 9.80665
"""By definition; turns specific impulse into exhaust velocity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacecraft:
    """What bears on a burn.

    Attributes
    ----------
    mass_kg : float
    thrust_n : float
        Infinite: burns are impulses.
    specific_impulse_s : float
    """

    mass_kg: float
    thrust_n: float = math.inf
    specific_impulse_s: float = 220.0

    def __post_init__(self) -> None:
        if not (self.mass_kg > 0.0 and self.thrust_n > 0.0 and self.specific_impulse_s > 0.0):
            raise InputError("mass, thrust and specific impulse must be above zero", where="spacecraft")

    def propellant_kg(self, delta_v_m_s: Floats) -> Floats:
        """Return what a burn uses. Tsiolkovsky's equation."""
        exhaust = self.specific_impulse_s * STANDARD_GRAVITY_M_S2
        return np.asarray(-self.mass_kg * np.expm1(-np.asarray(delta_v_m_s) / exhaust))

    def burn_duration_s(self, delta_v_m_s: Floats) -> Floats:
        """Return how long a burn takes; zero for impulses."""
        exhaust = self.specific_impulse_s * STANDARD_GRAVITY_M_S2
        return np.asarray(self.propellant_kg(delta_v_m_s) * exhaust / self.thrust_n)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionConstraints:
    """What a manoeuvre may do to the mission. A limit left out does not bind.

    Attributes
    ----------
    earliest_tai_ns, latest_tai_ns : int
        Burns lie wholly between them.
    forbidden_tai_ns : tuple of (start, end)
        No part of a burn may lie in one.
    greatest_delta_v_m_s, greatest_propellant_kg : float
    semi_major_axis_change_m : (low, high)
        Station-keeping box, as changes against the present orbit.
    along_track_offset_m : float
        At the end of the window, either way.
    longitude_drift_rad_s : (low, high)
        For geosynchronous orbits: change of the drift, east positive.
    longitude_change_rad : (west, east)
        For geosynchronous orbits: shift of longitude at the end of the window against flying on, east positive.
    """

    earliest_tai_ns: int
    latest_tai_ns: int
    forbidden_tai_ns: tuple[tuple[int, int], ...] = ()
    greatest_delta_v_m_s: float = math.inf
    greatest_propellant_kg: float = math.inf
    semi_major_axis_change_m: tuple[float, float] = (-math.inf, math.inf)
    along_track_offset_m: float = math.inf
    longitude_drift_rad_s: tuple[float, float] = (-math.inf, math.inf)
    longitude_change_rad: tuple[float, float] = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        if self.latest_tai_ns <= self.earliest_tai_ns:
            raise InputError("the latest burn lies before the earliest", where="constraints")
        if any(end <= start for start, end in self.forbidden_tai_ns):
            raise InputError("a forbidden time ends before it starts", where="constraints")
        limits = (self.greatest_delta_v_m_s, self.greatest_propellant_kg, self.along_track_offset_m)
        if not all(limit > 0.0 for limit in limits):
            raise InputError("a greatest value must be above zero", where="constraints")
        boxes = (self.semi_major_axis_change_m, self.longitude_drift_rad_s, self.longitude_change_rad)
        if not all(low <= 0.0 <= high for low, high in boxes):
            raise InputError("a box must hold the present orbit", where="constraints", remedy="give low <= 0 <= high")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionError:
    """How a burn departs from the one commanded: Gates' model, one sigma.

    Attributes
    ----------
    magnitude_m_s, magnitude_share : float
        Fixed and proportional error along the burn.
    pointing_m_s, pointing_rad : float
        Fixed and proportional error across it, per axis.

    References
    ----------
    Gates, "A Simplified Model of Midcourse Maneuver Execution Errors", JPL TR 32-504, 1963.
    """

    magnitude_m_s: float = 0.0
    magnitude_share: float = 0.0
    pointing_m_s: float = 0.0
    pointing_rad: float = 0.0

    def __post_init__(self) -> None:
        parts = (self.magnitude_m_s, self.magnitude_share, self.pointing_m_s, self.pointing_rad)
        if not all(math.isfinite(part) and part >= 0.0 for part in parts):
            raise InputError("execution errors must be finite and not negative", where="execution error")

    def covariance(self, direction: Floats, delta_v_m_s: Floats) -> Floats:
        """Return the covariance of the velocity added, (n, 3, 3), m2/s2, in the axes of the unit vectors (n, 3).

        Zero for a burn of zero: what is not flown has no error.
        """
        size = np.asarray(delta_v_m_s, dtype=np.float64)
        along = self.magnitude_m_s**2 + (self.magnitude_share * size) ** 2
        across = self.pointing_m_s**2 + (self.pointing_rad * size) ** 2
        outer = direction[:, :, np.newaxis] * direction[:, np.newaxis, :]
        matrix = along[:, None, None] * outer + across[:, None, None] * (np.eye(3) - outer)
        return np.asarray(np.where((size > 0.0)[:, None, None], matrix, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What counts as avoided.

    Attributes
    ----------
    threshold : float
        Probability at which the mission acts.
    share : float
        Each conjunction is to come down to this share of it. NASA practice aims at 1.5 orders of magnitude, 0.03.
    volume_sigmas : float
        Keep-out volumes are widened by this many sigmas of the execution error.
    """

    threshold: float = 1e-4
    share: float = 0.03
    volume_sigmas: float = 3.0

    def __post_init__(self) -> None:
        if not (0.0 < self.threshold < 1.0 and 0.0 < self.share <= 1.0 and self.volume_sigmas >= 0.0):
            raise InputError("a goal needs a threshold and a share between 0 and 1", where="goal")

    @property
    def probability(self) -> float:
        """Greatest probability per conjunction that counts as avoided."""
        return self.threshold * self.share
