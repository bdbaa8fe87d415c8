from __future__ import annotations

import numpy as np
import pytest

from mihari.astro.geodetic import itrf_from_geodetic
from mihari.astro.states import Frame, StateVectors
from mihari.astro.topocentric import Site, itrf_from_topocentric, topocentric_from_itrf
from mihari.errors import FrameMismatchError, InputError

SITE = Site(latitude_rad=0.6, longitude_rad=2.4, altitude_m=120.0)
ZERO = np.int64(0)


def _itrf(position, velocity) -> StateVectors:
    return StateVectors(Frame.ITRF, ZERO, np.asarray(position, dtype=float), np.asarray(velocity, dtype=float))


def test_zenith_north_and_east() -> None:
    above = itrf_from_geodetic(0.6, 2.4, 120.0 + 5e5)
    seen = topocentric_from_itrf(_itrf(above, np.zeros(3)), site=SITE)
    assert seen.elevation_rad == pytest.approx(np.pi / 2, abs=1e-9)
    assert seen.range_m == pytest.approx(5e5, abs=1e-6)
    north = topocentric_from_itrf(_itrf(itrf_from_geodetic(0.60001, 2.4, 120.0), np.zeros(3)), site=SITE)
    assert np.cos(north.azimuth_rad) == pytest.approx(1.0, abs=1e-12)
    east = topocentric_from_itrf(_itrf(itrf_from_geodetic(0.6, 2.40001, 120.0), np.zeros(3)), site=SITE)
    assert east.azimuth_rad == pytest.approx(np.pi / 2, abs=1e-5)
    assert 0.0 > east.elevation_rad > -1e-5


def test_exact_zenith_has_azimuth_zero_and_no_angle_rates() -> None:
    site = Site(latitude_rad=0.0, longitude_rad=0.0)
    seen = topocentric_from_itrf(_itrf(site.position_m() + np.array([1e5, 0.0, 0.0]), [3.0, 1.0, 0.0]), site=site)
    assert (seen.azimuth_rad, seen.range_rate_m_s) == (0.0, 3.0)
    assert np.isnan(seen.azimuth_rate_rad_s)
    assert np.isnan(seen.elevation_rate_rad_s)


def test_rates_are_differences(rng: np.random.Generator) -> None:
    position = rng.normal(size=(200, 3)) * 1e7
    velocity = rng.normal(size=(200, 3)) * 5e3
    step_s = 1e-2
    seen = topocentric_from_itrf(_itrf(position, velocity), site=SITE)
    before, after = (
        topocentric_from_itrf(_itrf(position + sign * step_s * velocity, velocity), site=SITE) for sign in (-1, 1)
    )
    turn = (after.azimuth_rad - before.azimuth_rad + np.pi) % (2 * np.pi) - np.pi
    assert np.allclose(seen.azimuth_rate_rad_s, turn / (2 * step_s), rtol=1e-4, atol=1e-9)
    climb = (after.elevation_rad - before.elevation_rad) / (2 * step_s)
    assert np.allclose(seen.elevation_rate_rad_s, climb, rtol=1e-4, atol=1e-9)
    assert np.allclose(seen.range_rate_m_s, (after.range_m - before.range_m) / (2 * step_s), rtol=1e-6, atol=1e-5)


def test_there_and_back(rng: np.random.Generator) -> None:
    states = _itrf(rng.normal(size=(2, 50, 3)) * 2e7, rng.normal(size=(2, 50, 3)) * 5e3)
    back = itrf_from_topocentric(topocentric_from_itrf(states, site=SITE), site=SITE, epoch_tai_ns=states.epoch_tai_ns)
    assert np.abs(back.position_m - states.position_m).max() < 1e-7
    assert np.abs(back.velocity_m_s - states.velocity_m_s).max() < 1e-9


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(FrameMismatchError, match="ITRF is needed"):
        topocentric_from_itrf(StateVectors(Frame.TEME, ZERO, np.ones(3), np.ones(3)), site=SITE)
    for latitude in (1.6, float("nan")):
        with pytest.raises(InputError, match="no place"):
            Site(latitude_rad=latitude, longitude_rad=0.0)
