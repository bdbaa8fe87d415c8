from __future__ import annotations

import erfa
import numpy as np
import pytest

from mihari.astro.geodetic import (
    geodetic_from_itrf,
    geodetic_rates_from_itrf,
    itrf_from_geodetic,
    ned_basis,
    ned_rate_rad_s,
)
from mihari.errors import InputError

EQUATOR_M, POLE_M = 6378137.0, 6356752.314245179


@pytest.mark.parametrize(
    ("position", "latitude", "longitude", "altitude"),
    [
        ([EQUATOR_M, 0.0, 0.0], 0.0, 0.0, 0.0),
        ([0.0, EQUATOR_M + 5.0, 0.0], 0.0, np.pi / 2, 5.0),
        ([-EQUATOR_M, 0.0, 0.0], 0.0, np.pi, 0.0),
        ([0.0, 0.0, POLE_M], np.pi / 2, 0.0, 0.0),
        ([0.0, 0.0, -POLE_M - 7.0], -np.pi / 2, 0.0, 7.0),
        ([0.0, 0.0, 0.0], np.pi / 2, 0.0, -POLE_M),
    ],
)
def test_known_points(position, latitude: float, longitude: float, altitude: float) -> None:
    got = geodetic_from_itrf(position)
    assert got == pytest.approx((latitude, longitude, altitude), abs=2e-9)


def test_angles_and_heights_come_back(rng: np.random.Generator) -> None:
    size = 100_000
    latitude = rng.uniform(-np.pi / 2, np.pi / 2, size)
    latitude[:1000] = np.pi / 2 - 10.0 ** rng.uniform(-15, -3, 1000)
    longitude, altitude = rng.uniform(-np.pi, np.pi, size), rng.uniform(-1e4, 4.5e7, size)
    got = geodetic_from_itrf(itrf_from_geodetic(latitude, longitude, altitude))
    assert np.abs(got[0] - latitude).max() < 1e-15
    assert np.abs(got[1] - longitude)[1000:].max() < 1e-11
    assert np.abs(got[2] - altitude).max() < 3e-8


@pytest.mark.parametrize("shell", [(1e-3, 1.0), (1.0, 4.2e4), (4.2e4, 4.4e4), (1e5, 6e6), (6e6, 5e7), (5e7, 1e9)])
def test_positions_come_back_from_centre_to_beyond_the_moon(rng: np.random.Generator, shell) -> None:
    direction = rng.normal(size=(50_000, 3))
    direction[:1000, 2] *= 1e-12
    direction[1000:2000, :2] *= 1e-12
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    position = direction * np.exp(rng.uniform(*np.log(shell), 50_000))[:, None]
    back = itrf_from_geodetic(*geodetic_from_itrf(position))
    miss_m = np.linalg.norm(back - position, axis=1)
    assert miss_m.max() < 1e-8 + 1e-15 * shell[1]


def test_it_is_the_nearest_point_inside_the_evolute() -> None:
    for position in ([1e4, 0.0, 0.0], [1e4, 0.0, 2e4], [-2e4, 1e4, -1e3]):
        latitude, longitude, altitude = geodetic_from_itrf(position)
        grid = itrf_from_geodetic(np.linspace(-np.pi / 2, np.pi / 2, 20_001), longitude, 0.0)
        assert -altitude <= np.linalg.norm(grid - position, axis=1).min() + 1e-6
        assert np.sign(latitude) == (np.sign(position[2]) or 1.0)


def test_agrees_with_erfa_near_the_ground(rng: np.random.Generator) -> None:
    """ERFA makes one step of an iteration: good to 5 nm between 100 km below and above the ellipsoid."""
    direction = rng.normal(size=(10_000, 3))
    position = direction / np.linalg.norm(direction, axis=1, keepdims=True) * rng.uniform(6.35e6, 6.4e6, (10_000, 1))
    longitude, latitude, altitude = erfa.gc2gde(EQUATOR_M, 1 / 298.257223563, position)
    got = geodetic_from_itrf(position)
    assert np.abs(got[0] - latitude).max() < 2e-15
    assert np.abs(got[1] - longitude).max() < 1e-15
    assert np.abs(got[2] - altitude).max() < 1e-8


def test_shapes_and_missing_rows() -> None:
    latitude, longitude, altitude = geodetic_from_itrf(np.full((2, 4, 3), np.nan))
    assert latitude.shape == longitude.shape == altitude.shape == (2, 4)
    assert np.isnan(altitude).all()
    assert geodetic_from_itrf(np.zeros((0, 3)))[0].shape == (0,)
    with pytest.raises(InputError, match="must be"):
        geodetic_from_itrf(np.zeros((3, 2)))


def test_rates_are_differences(rng: np.random.Generator) -> None:
    position, velocity = rng.normal(size=(50, 3)) * 1e7 + 7e6, rng.normal(size=(50, 3)) * 5e3
    step_s = 0.05
    before, after = (np.array(geodetic_from_itrf(position + sign * step_s * velocity)) for sign in (-1, 1))
    rates = np.array(geodetic_rates_from_itrf(position, velocity))
    assert np.allclose(rates, (after - before) / (2 * step_s), rtol=2e-6, atol=1e-10)


def test_ned_turns_as_its_rate_says(rng: np.random.Generator) -> None:
    position, velocity = rng.normal(size=(20, 3)) * 1e7 + 7e6, rng.normal(size=(20, 3)) * 5e3
    step_s = 0.05

    def basis(at_s: float) -> np.ndarray:
        latitude, longitude, _ = geodetic_from_itrf(position + at_s * velocity)
        return ned_basis(latitude, longitude)

    change = (basis(step_s) - basis(-step_s)) / (2 * step_s)
    skew = change @ np.swapaxes(basis(0.0), -1, -2)
    turning = -np.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]), axis=-1)
    assert np.allclose(ned_rate_rad_s(position, velocity), turning, rtol=1e-5, atol=1e-10)
