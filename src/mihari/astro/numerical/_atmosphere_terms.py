"""Drag as an expression of heyoka: density at the place, and the wind of the turning Earth."""

from __future__ import annotations

import math
from typing import Any

from mihari.astro.numerical._density import DensitySource, ExponentialAtmosphere
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_FLATTENING

__all__ = ["drag_acceleration"]


def drag_acceleration(
    density: DensitySource,
    position_terms: list[Any],
    velocity_terms: list[Any],
    *,
    pole: list[Any],
    turn_term: Any,
    area_term: Any,
    length_m: float,
    fixed: list[Any] | None,
    indices: dict[str, Any],
) -> list[Any]:
    """Return the acceleration in the units of the equations. Vallado, Fundamentals of Astrodynamics, eq. 8-28.

    `pole` is X and Y of the Earth's axis, `turn_term` its rate, `fixed` the ITRF position_terms that the network needs.
    """
    import heyoka as hy

    x, y = pole
    axis = [x, y, hy.sqrt(1.0 - x * x - y * y)]
    wind = [
        turn_term * (axis[1] * position_terms[2] - axis[2] * position_terms[1]),
        turn_term * (axis[2] * position_terms[0] - axis[0] * position_terms[2]),
        turn_term * (axis[0] * position_terms[1] - axis[1] * position_terms[0]),
    ]
    relative = [v - w for v, w in zip(velocity_terms, wind, strict=True)]
    speed = hy.sqrt(sum(component * component for component in relative[1:]) + relative[0] * relative[0])
    if isinstance(density, ExponentialAtmosphere):
        height = _altitude(position_terms, axis, length_m)
        rho = _banded(density, height)
    else:
        assert fixed is not None
        flat = EARTH_FLATTENING
        geodetic = hy.model.cart2geo(
            [component * (length_m / 1e3) for component in fixed],
            ecc2=flat * (2.0 - flat),
            R_eq=EARTH_EQUATORIAL_RADIUS_M / 1e3,
            n_iters=2,
        )
        rho = hy.model.nrlmsise00_tn(
            geodetic, indices["f107"], indices["f107_mean"], indices["ap"], indices["day_of_year"]
        )
    factor = -0.5 * length_m * rho * area_term * speed
    return [factor * component for component in relative]


def _altitude(position_terms: list[Any], axis: list[Any], length_m: float) -> Any:
    """Geodetic altitude, m: distance from the ellipsoid along the radius, less what the slant adds.

    To 0.1 m up to 2,000 km, without the iteration, and smooth at the poles.
    """
    import heyoka as hy

    square = sum(component * component for component in position_terms[1:]) + position_terms[0] * position_terms[0]
    radius = hy.sqrt(square)
    along = sum(a * p for a, p in zip(axis[1:], position_terms[1:], strict=True)) + axis[0] * position_terms[0]
    sine2 = along * along / square
    e2 = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
    equator = EARTH_EQUATORIAL_RADIUS_M / length_m
    surface = equator * hy.sqrt((1.0 - e2) / (1.0 - e2 * (1.0 - sine2)))
    height = radius - surface
    # The vertical leans by f sin 2B against the radius; seen from the height h the foot moves by its share R/r.
    lean2 = 4.0 * EARTH_FLATTENING**2 * sine2 * (1.0 - sine2)
    return (height - 0.5 * lean2 * height * surface / radius) * length_m


def _banded(density: ExponentialAtmosphere, height: Any) -> Any:
    import heyoka as hy

    bands = list(zip(density.base_altitude_m, density.base_density_kg_m3, density.scale_height_m, strict=True))
    constants = [(math.log(rho) + base / scale, 1.0 / scale) for base, rho, scale in bands]
    offset, slope = hy.expression(constants[-1][0]), hy.expression(constants[-1][1])
    for (above, _, _), (a, b) in zip(reversed(bands[1:]), reversed(constants[:-1]), strict=True):
        below = hy.lt(height, hy.expression(above))
        offset = hy.select(below, hy.expression(a), offset)
        slope = hy.select(below, hy.expression(b), slope)
    return hy.exp(offset - slope * height)
