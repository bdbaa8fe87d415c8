"""Screening volumes from options: kilometres at the edge, metres inside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mihari.errors import UsageError

if TYPE_CHECKING:
    from mihari.conjunction.screening import Volume

__all__ = ["radius_m_of", "volume_of"]

_DEFAULT_RADIUS_KM = 5.0


def volume_of(*, radius_km: float | None, profile: str | None) -> Volume:
    """Return the sphere or the profile of ellipsoids that was asked for.

    Raises
    ------
    UsageError
        Both were given, or the radius is not positive.
    """
    from mihari.conjunction.screening import Volume

    if profile is not None:
        if radius_km is not None:
            raise UsageError("--radius-km and --volumes exclude each other", remedy="give one of them")
        return Volume.profile(profile)
    return Volume.sphere(radius_m_of(_DEFAULT_RADIUS_KM if radius_km is None else radius_km))


def radius_m_of(radius_km: float) -> float:
    """Return a radius in metres; raise UsageError unless it is positive."""
    if not (math.isfinite(radius_km) and radius_km > 0.0):
        raise UsageError(f"a radius of {radius_km:g} km is none", where="--radius-km", remedy="give a positive number")
    return radius_km * 1000.0
