"""Topocentric azimuth, elevation and range with their rates, from a site fixed to the Earth.

Geometric: neither refraction nor light time nor aberration. Azimuth runs from north over east.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.geodetic import itrf_from_geodetic, ned_basis
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError

__all__ = ["Site", "TopocentricStates", "itrf_from_topocentric", "topocentric_from_itrf"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Site:
    """A point fixed to the Earth, on WGS-84."""

    latitude_rad: float
    longitude_rad: float
    altitude_m: float = 0.0

    def __post_init__(self) -> None:
        if not abs(self.latitude_rad) <= math.pi / 2 or not math.isfinite(self.longitude_rad + self.altitude_m):
            raise InputError(f"{self} is no place on Earth", remedy="give radians and metres")

    def position_m(self) -> Floats:
        """Return the site in ITRF, (3,)."""
        return itrf_from_geodetic(self.latitude_rad, self.longitude_rad, self.altitude_m)


@dataclass(frozen=True, slots=True, eq=False)
class TopocentricStates:
    """Directions, ranges and rates from a site; every array has the states' shape.

    Attributes
    ----------
    azimuth_rad : float64 array
        In [0, 2 pi), 0 at the zenith.
    elevation_rad, range_m : float64 arrays
    azimuth_rate_rad_s, elevation_rate_rad_s, range_rate_m_s : float64 arrays
        At the zenith itself the angles have no rates: NaN.
    """

    azimuth_rad: Floats
    elevation_rad: Floats
    range_m: Floats
    azimuth_rate_rad_s: Floats
    elevation_rate_rad_s: Floats
    range_rate_m_s: Floats


def topocentric_from_itrf(states: StateVectors, *, site: Site) -> TopocentricStates:
    """Return where ITRF states stand as seen from a site.

    Raises
    ------
    FrameMismatchError
        The states are not in ITRF.

    References
    ----------
    Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., algorithm 27 (RAZEL).

    Validation
    ----------
    tests/unit/test_topocentric.py: differences, round trips; tests/validation/test_frames_peers.py: skyfield.
    """
    states.require(Frame.ITRF)
    basis = ned_basis(site.latitude_rad, site.longitude_rad)
    line = (states.position_m - site.position_m()) @ basis.T
    rate = states.velocity_m_s @ basis.T
    north, east, up = line[..., 0], line[..., 1], -line[..., 2]
    north_rate, east_rate, up_rate = rate[..., 0], rate[..., 1], -rate[..., 2]
    horizontal2 = north**2 + east**2
    horizontal = np.sqrt(horizontal2)
    range_m = np.sqrt(horizontal2 + up**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        range_rate = (north * north_rate + east * east_rate + up * up_rate) / range_m
        azimuth_rate = (east_rate * north - north_rate * east) / horizontal2
        elevation_rate = (up_rate - range_rate * up / range_m) / horizontal
    is_zenith = horizontal2 == 0.0
    azimuth = np.where(is_zenith, 0.0, np.arctan2(east, north) % (2.0 * np.pi))
    return TopocentricStates(
        azimuth_rad=np.where(azimuth >= 2.0 * np.pi, 0.0, azimuth),
        elevation_rad=np.arctan2(up, horizontal),
        range_m=range_m,
        azimuth_rate_rad_s=np.where(is_zenith, np.nan, azimuth_rate),
        elevation_rate_rad_s=np.where(is_zenith, np.nan, elevation_rate),
        range_rate_m_s=range_rate,
    )


def itrf_from_topocentric(observed: TopocentricStates, *, site: Site, epoch_tai_ns: NDArray[np.int64]) -> StateVectors:
    """Return the ITRF states that stand as observed from a site; the inverse of `topocentric_from_itrf`."""
    sin_az, cos_az = np.sin(observed.azimuth_rad), np.cos(observed.azimuth_rad)
    sin_el, cos_el = np.sin(observed.elevation_rad), np.cos(observed.elevation_rad)
    away = np.stack((cos_el * cos_az, cos_el * sin_az, -sin_el), axis=-1)
    by_azimuth = np.stack((-cos_el * sin_az, cos_el * cos_az, np.zeros_like(sin_el)), axis=-1)
    by_elevation = np.stack((-sin_el * cos_az, -sin_el * sin_az, -cos_el), axis=-1)
    turning = (
        np.asarray(observed.azimuth_rate_rad_s)[..., np.newaxis] * by_azimuth
        + np.asarray(observed.elevation_rate_rad_s)[..., np.newaxis] * by_elevation
    )
    range_m = np.asarray(observed.range_m)[..., np.newaxis]
    basis = ned_basis(site.latitude_rad, site.longitude_rad)
    return StateVectors(
        Frame.ITRF,
        epoch_tai_ns,
        (range_m * away) @ basis + site.position_m(),
        (np.asarray(observed.range_rate_m_s)[..., np.newaxis] * away + range_m * turning) @ basis,
    )
