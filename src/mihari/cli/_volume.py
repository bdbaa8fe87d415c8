"""Screening volumes from options: kilometres at the edge, metres inside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mihari.errors import UsageError

if TYPE_CHECKING:
    from mihari.conjunction.screening import Volume

__all__ = ["volume_of"]

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
    radius = _DEFAULT_RADIUS_KM if radius_km is None else radius_km
    if not (math.isfinite(radius) and radius > 0.0):
        raise UsageError(f"a radius of {radius:g} km is none", where="--radius-km", remedy="give a positive number")
    return Volume.sphere(radius * 1000.0)
