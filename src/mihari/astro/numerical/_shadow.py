"""Sunlight and the Earth's conical shadow, with stops of the integrator at the edges of the penumbra.

A Taylor series in full light knows nothing of a shadow ahead, so its step would run through the edge. Light is
therefore told by a parameter of each lane, `LIGHT`, `PENUMBRA` or `UMBRA`, which changes at events where the integrator
stops and begins a new series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, SUN_RADIUS_M

__all__ = ["LIGHT", "PENUMBRA", "UMBRA", "shadow_events", "shadow_mode", "sunlit_share"]

UMBRA: Final = 0.0
PENUMBRA: Final = 1.0
LIGHT: Final = 2.0

# Share of the Sun's disc beyond a straight edge, less one half, in odd powers of the edge's distance in solar radii:
# a fit of (x sqrt(1 - x^2) + asin x)/pi that ends at 1/2, right to 7e-4 of the disc.
_OVERLAP: Final = (0.63804865, -0.12318373, 0.03388929, -0.04875421)


def sunlit_share(mode: Any, position_terms: list[Any], to_sun: list[Any], *, length_m: float) -> Any:
    """Return the visible share of the Sun's disc as an expression of heyoka."""
    import heyoka as hy

    beyond, scale = _beyond(position_terms, to_sun, length_m=length_m)
    x = beyond / scale
    square = x * x
    share = hy.expression(_OVERLAP[-1])
    for coefficient in reversed(_OVERLAP[:-1]):
        share = coefficient + square * share
    return hy.select(hy.eq(mode, hy.expression(PENUMBRA)), 0.5 + x * share, 0.5 * mode)


def shadow_events(place: int, position_terms: list[Any], to_sun: list[Any], *, length_m: float) -> list[Any]:
    """Return events at both edges of the penumbra, which write the parameter at `place`."""
    import heyoka as hy

    beyond, scale = _beyond(position_terms, to_sun, length_m=length_m)
    return [
        hy.t_event_batch(beyond - scale, callback=_Edge(place, PENUMBRA, LIGHT)),
        hy.t_event_batch(beyond + scale, callback=_Edge(place, UMBRA, PENUMBRA)),
    ]


def shadow_mode(position_gcrf_m: NDArray[np.float64], sun_gcrf_m: NDArray[np.float64]) -> float:
    """Return the mode at a place."""
    to_sun = sun_gcrf_m - position_gcrf_m
    radius, distance = float(np.linalg.norm(position_gcrf_m)), float(np.linalg.norm(to_sun))
    earth = EARTH_EQUATORIAL_RADIUS_M / radius
    beyond = np.sqrt(max(0.0, 1.0 - earth**2)) + float(position_gcrf_m @ to_sun) / (radius * distance)
    scale = SUN_RADIUS_M / distance * earth
    return LIGHT if beyond > scale else UMBRA if beyond < -scale else PENUMBRA


def _beyond(position_terms: list[Any], to_sun: list[Any], *, length_m: float) -> tuple[Any, Any]:
    """Return how far the Sun's centre stands beyond the Earth's limb, and the Sun's radius on the same scale.

    Both are differences of cosines rather than of angles, which have no singular place; at GEO that shifts the edge by
    1 % of the Sun's radius. Montenbruck, Gill, Satellite Orbits, eqs. 3.85 to 3.87.
    """
    import heyoka as hy

    radius = hy.sqrt(_square(position_terms))
    distance = hy.sqrt(_square(to_sun))
    earth = EARTH_EQUATORIAL_RADIUS_M / length_m / radius
    along = position_terms[0] * to_sun[0] + position_terms[1] * to_sun[1] + position_terms[2] * to_sun[2]
    beyond = hy.sqrt(1.0 - earth * earth) + along / (radius * distance)
    return beyond, SUN_RADIUS_M / length_m / distance * earth


def _square(vector: list[Any]) -> Any:
    return vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]


@dataclass(frozen=True, slots=True)
class _Edge:
    """Writes the new mode when a lane crosses an edge, and lets it go on."""

    place: int
    inside: float
    outside: float

    def __call__(self, integrator: Any, slope: int, lane: int) -> bool:
        outwards = slope * np.sign(integrator.last_h[lane])
        if outwards:
            integrator.pars[self.place, lane] = self.outside if outwards > 0 else self.inside
        return True
