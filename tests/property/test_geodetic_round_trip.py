from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.astro.geodetic import geodetic_from_itrf, itrf_from_geodetic

STEADY = settings(deadline=None, derandomize=True)
COORDINATE = st.one_of(st.floats(-5e7, 5e7), st.floats(-1e5, 1e5), st.sampled_from([0.0, -0.0, 1e-300, 6378137.0]))


@STEADY
@given(COORDINATE, COORDINATE, COORDINATE)
def test_any_position_comes_back(x: float, y: float, z: float) -> None:
    latitude, longitude, altitude = geodetic_from_itrf([x, y, z])
    assert abs(latitude) <= np.pi / 2
    assert abs(longitude) <= np.pi
    assert altitude >= -6_378_137.0
    assert np.abs(itrf_from_geodetic(latitude, longitude, altitude) - [x, y, z]).max() < 1e-7


@STEADY
@given(st.floats(-np.pi / 2, np.pi / 2), st.floats(-3.14, 3.14), st.floats(-5e6, 5e7))
def test_any_place_comes_back(latitude: float, longitude: float, altitude: float) -> None:
    got = geodetic_from_itrf(itrf_from_geodetic(latitude, longitude, altitude))
    assert abs(got[0] - latitude) < 1e-13
    assert abs(got[2] - altitude) < 1e-7
    assert abs(got[1] - longitude) * np.cos(latitude) < 1e-12
