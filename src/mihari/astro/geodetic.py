"""Geodetic latitude, longitude and altitude on the WGS-84 ellipsoid."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_FLATTENING
from mihari.errors import InputError

__all__ = [
    "geodetic_from_itrf",
    "geodetic_rates_from_itrf",
    "itrf_from_geodetic",
    "ned_basis",
    "ned_rate_rad_s",
]

Floats = NDArray[np.float64]

_A: Final = EARTH_EQUATORIAL_RADIUS_M
_E2: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
_ONE_LESS_E2: Final = (1.0 - EARTH_FLATTENING) ** 2
_CHUNK: Final = 1 << 14


def geodetic_from_itrf(position_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return geodetic coordinates of Earth-fixed positions.

    Parameters
    ----------
    position_m : float array, (..., 3), ITRF

    Returns
    -------
    latitude_rad, longitude_rad, altitude_m : float64 arrays, (...)
        Latitude in [-pi/2, pi/2], longitude in [-pi, pi] and 0 on the axis, height over the ellipsoid. The nearest
        point of the ellipsoid is meant, also deep inside the Earth; in the equatorial plane within 43 km of the centre
        there are two, and the northern one is given. NaN gives NaN.

    References
    ----------
    Vermeille, J. Geodesy 85, 105 (2011), in the arrangement of Karney, arXiv:1102.1215, appendix B: closed form, no
    iteration, good everywhere. ERFA's `eraGc2gd` makes one step of an iteration and is 1.5 mm off at GEO.

    Validation
    ----------
    tests/unit/test_geodetic.py, tests/property/test_geodetic_round_trip.py.
    """
    position = np.asarray(position_m, dtype=np.float64)
    if position.shape[-1:] != (3,):
        raise InputError(f"positions {position.shape} must be (..., 3)")
    flat = position.reshape(-1, 3)
    out = np.empty((3, flat.shape[0]))
    for start in range(0, flat.shape[0], _CHUNK):
        rows = slice(start, start + _CHUNK)
        out[0, rows], out[1, rows], out[2, rows] = _nearest_point(*flat[rows].T)
    latitude, longitude, altitude = out.reshape(3, *position.shape[:-1])
    return latitude, longitude, altitude


def _nearest_point(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    axis_distance = np.hypot(x, y)
    p = (axis_distance / _A) ** 2
    q = _ONE_LESS_E2 * (z / _A) ** 2
    r = (p + q - _E2**2) / 6.0
    is_disc = (q == 0.0) & (r <= 0.0)
    s = _E2**2 * p * q / 4.0
    discriminant = s * (2.0 * r**3 + s)
    root = np.sqrt(np.abs(discriminant))
    sum_ = s + r**3
    t = np.cbrt(sum_ + np.copysign(root, sum_))
    # Outside the evolute one real root; inside it three, of which the cosine gives the one wanted.
    outside = t + np.divide(r**2, t, out=np.zeros_like(t), where=t != 0.0)
    u = r + np.where(discriminant >= 0.0, outside, 2.0 * r * np.cos(np.arctan2(root, -sum_) / 3.0))
    v = np.where(is_disc, 1.0, np.sqrt(u**2 + _E2**2 * q))
    uv = np.where(u < 0.0, _E2**2 * q / np.where(u < 0.0, v - u, 1.0), u + v)
    w = np.maximum(0.0, _E2 * (uv - q) / (2.0 * v))
    k = np.where(is_disc, 1.0, uv / np.where(is_disc, 1.0, np.sqrt(uv + w**2) + w))
    north, out = z / k, axis_distance / (k + _E2)
    latitude = np.arctan2(north, out)
    altitude = (1.0 - _ONE_LESS_E2 / k) * np.hypot(k * out, z)
    if is_disc.any():
        height = np.sqrt(np.maximum(_E2**2 - p[is_disc], 0.0) / _ONE_LESS_E2)
        width = np.sqrt(p[is_disc])
        latitude[is_disc] = np.arctan2(height, width)
        altitude[is_disc] = -_A * _ONE_LESS_E2 * np.hypot(height, width) / _E2
    return latitude, np.arctan2(y, x), altitude


def itrf_from_geodetic(latitude_rad: ArrayLike, longitude_rad: ArrayLike, altitude_m: ArrayLike) -> Floats:
    """Return Earth-fixed positions, (..., 3), of geodetic coordinates; the three broadcast."""
    latitude, longitude, altitude = np.broadcast_arrays(
        np.asarray(latitude_rad, dtype=np.float64), longitude_rad, altitude_m
    )
    normal = _A / np.sqrt(1.0 - _E2 * np.sin(latitude) ** 2)
    out = (normal + altitude) * np.cos(latitude)
    return np.stack(
        (
            out * np.cos(longitude),
            out * np.sin(longitude),
            (_ONE_LESS_E2 * normal + altitude) * np.sin(latitude),
        ),
        axis=-1,
    )


def geodetic_rates_from_itrf(position_m: ArrayLike, velocity_m_s: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the rates of geodetic coordinates of Earth-fixed states.

    Returns
    -------
    latitude_rate_rad_s, longitude_rate_rad_s, altitude_rate_m_s : float64 arrays, (...)
        The longitude's rate is not finite on the axis.
    """
    latitude, longitude, altitude = geodetic_from_itrf(position_m)
    north, east, down = np.moveaxis(
        np.einsum("...ij,...j->...i", ned_basis(latitude, longitude), np.asarray(velocity_m_s, dtype=np.float64)), -1, 0
    )
    root = np.sqrt(1.0 - _E2 * np.sin(latitude) ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        longitude_rate = east / ((_A / root + altitude) * np.cos(latitude))
    return north / (_A * _ONE_LESS_E2 / root**3 + altitude), longitude_rate, -down


def ned_basis(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> Floats:
    """Return matrices, (..., 3, 3), that turn ITRF vectors into north, east, down: the rows are those directions."""
    latitude, longitude = np.broadcast_arrays(np.asarray(latitude_rad, dtype=np.float64), longitude_rad)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    rows = (
        (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        (-sin_lon, cos_lon, np.zeros_like(latitude)),
        (-cos_lat * cos_lon, -cos_lat * sin_lon, -sin_lat),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def ned_rate_rad_s(position_m: ArrayLike, velocity_m_s: ArrayLike) -> Floats:
    """Return the angular velocity, (..., 3), of a moving object's north-east-down axes against ITRF, in those axes."""
    latitude_rate, longitude_rate, _ = geodetic_rates_from_itrf(position_m, velocity_m_s)
    latitude, _, _ = geodetic_from_itrf(position_m)
    return np.stack((longitude_rate * np.cos(latitude), -latitude_rate, -longitude_rate * np.sin(latitude)), axis=-1)
