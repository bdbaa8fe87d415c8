"""The conjunctions of one object in a window, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.errors import InputError

__all__ = ["Encounters"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Encounters:
    """All conjunctions of the primary in the window, in order of time. Everything in GCRF.

    Attributes
    ----------
    secondary_id : int64 array, (k,)
    tca_tai_ns : int64 array, (k,)
        Closest approach without a manoeuvre, on the trajectories given.
    secondary_position_gcrf_m, secondary_velocity_gcrf_m_s : float64 arrays, (k, 3)
        The other object then.
    primary_covariance_gcrf_m2, secondary_covariance_gcrf_m2 : float64 arrays, (k, 3, 3)
        Of position then. NaN where there is none, which is the case of every public element set.
    hard_body_radius_m : float64 array, (k,)
        Sum of both radii.
    keep_out_m : float64 array, (k, 3)
        Semi-axes, in the primary's RTN, of the volume that must stay empty where a covariance is missing.
    is_from_element_set : bool array, (k,)
        Either state comes from a public element set: advisory only.
    """

    secondary_id: NDArray[np.int64]
    tca_tai_ns: NDArray[np.int64]
    secondary_position_gcrf_m: Floats
    secondary_velocity_gcrf_m_s: Floats
    primary_covariance_gcrf_m2: Floats
    secondary_covariance_gcrf_m2: Floats
    hard_body_radius_m: Floats
    keep_out_m: Floats
    is_from_element_set: NDArray[np.bool_]

    def __post_init__(self) -> None:
        count = self.secondary_id.shape[0]
        shapes = {
            "secondary_id": (count,),
            "tca_tai_ns": (count,),
            "secondary_position_gcrf_m": (count, 3),
            "secondary_velocity_gcrf_m_s": (count, 3),
            "primary_covariance_gcrf_m2": (count, 3, 3),
            "secondary_covariance_gcrf_m2": (count, 3, 3),
            "hard_body_radius_m": (count,),
            "keep_out_m": (count, 3),
            "is_from_element_set": (count,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise InputError(f"{name} has shape {getattr(self, name).shape}, {shape} is needed", where="encounters")
        if np.any(np.diff(self.tca_tai_ns) < 0):
            raise InputError("encounters must be in order of time", where="encounters")
        states = (self.secondary_position_gcrf_m, self.secondary_velocity_gcrf_m_s)
        if not all(np.isfinite(state).all() for state in states):
            raise InputError("a secondary has no finite state", where="encounters")
        if not (np.all(self.hard_body_radius_m > 0.0) and np.all(self.keep_out_m > 0.0)):
            raise InputError("hard-body radii and keep-out volumes must be above zero", where="encounters")
        covariance = self.covariance_gcrf_m2()
        known = covariance[self.has_covariance]
        if known.size and float(np.linalg.eigvalsh(known).min()) <= 0.0:
            raise InputError(
                "a combined covariance is not positive definite", where="encounters", remedy="remedy it before planning"
            )

    @property
    def count(self) -> int:
        """Number of conjunctions."""
        return int(self.secondary_id.shape[0])

    @property
    def has_covariance(self) -> NDArray[np.bool_]:
        """Where both objects have one, (k,): only there is a probability computed."""
        return np.asarray(np.isfinite(self.covariance_gcrf_m2()).all(axis=(1, 2)))

    def covariance_gcrf_m2(self) -> Floats:
        """Return the combined covariance without a manoeuvre, (k, 3, 3); NaN where either is missing."""
        return np.asarray(self.primary_covariance_gcrf_m2 + self.secondary_covariance_gcrf_m2)

    def advisory_reasons(self) -> tuple[str, ...]:
        """Return why what follows from these encounters is advisory only; empty when it is not."""
        reasons = []
        sets, bare = int(np.count_nonzero(self.is_from_element_set)), int(np.count_nonzero(~self.has_covariance))
        if sets:
            reasons.append(f"{sets} of {self.count} conjunctions rest on public element sets, which have no covariance")
        if bare:
            reasons.append(f"{bare} of {self.count} secondaries are kept away from by volume, not by probability")
        return tuple(reasons)
