"""Frames and topocentric angles against skyfield, which shares no code with ERFA."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mihari.astro.earth import EarthOrientation, load_earth_orientation, ut1_jd_from_tai_ns
from mihari.astro.frames import Frame, StateVectors, convert, rotation_matrix
from mihari.astro.time import parse_utc, tdb_jd_from_tai_ns, tt_jd_from_tai_ns
from mihari.astro.topocentric import Site, topocentric_from_itrf

skyfield_api = pytest.importorskip("skyfield.api", reason="skyfield is not installed: it comes with the bench extra")
MAS = np.pi / 648_000_000


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    """Skyfield has no celestial pole offsets, and no polar motion unless told."""
    table = load_earth_orientation()
    none = np.zeros_like(table.dx_rad)
    return replace(table, dx_rad=none, dy_rad=none, x_pole_rad=none, y_pole_rad=none)


@pytest.fixture(scope="module")
def epochs() -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.sort(rng.integers(parse_utc("1990-01-01"), parse_utc("2020-01-01"), 100))


@pytest.fixture(scope="module")
def moments(epochs):
    return skyfield_api.load.timescale(builtin=True).tt_jd(*tt_jd_from_tai_ns(epochs))


def _turns_rad(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the small rotation vectors between two stacks of matrices."""
    change = theirs @ np.swapaxes(ours, -1, -2)
    skew = (change - np.swapaxes(change, -1, -2)) / 2
    return np.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]), axis=-1)


def test_teme(orientation, epochs, moments) -> None:
    """0.1 mas, 3 mm in low orbit: skyfield's precession is that of IAU 2000 with other constants."""
    from skyfield.sgp4lib import TEME

    theirs = np.moveaxis(TEME.rotation_at(moments), -1, 0)
    ours = rotation_matrix(Frame.GCRF, Frame.TEME, epoch_tai_ns=epochs, orientation=orientation)
    turns = np.abs(_turns_rad(ours, theirs)) / MAS
    assert np.quantile(turns, 0.5) < 0.05
    assert turns.max() < 0.12


def test_itrf(orientation, epochs, moments) -> None:
    """The pole agrees as in TEME; about it skyfield's packaged UT1, rounded and linear, is up to 0.1 ms off."""
    from skyfield.framelib import itrs

    theirs = np.moveaxis(itrs.rotation_at(moments), -1, 0)
    ours = rotation_matrix(Frame.GCRF, Frame.ITRF, epoch_tai_ns=epochs, orientation=orientation)
    turns = _turns_rad(ours, theirs) / MAS
    assert np.abs(turns[:, :2]).max() < 0.12
    theirs_s = (moments.ut1_fraction - moments.tt_fraction) * 86_400.0
    ours_s = (ut1_jd_from_tai_ns(epochs, orientation=orientation)[1] - tt_jd_from_tai_ns(epochs)[1]) * 86_400.0
    assert np.abs(theirs_s - ours_s).max() < 1e-4
    by_ut1_mas = -(theirs_s - ours_s) * 15_041.07
    assert np.abs(turns[:, 2] - by_ut1_mas).max() < 0.02


def test_tdb(epochs, moments) -> None:
    """Skyfield has seven terms of the series: good to 10 us."""
    tt1, tt2 = tt_jd_from_tai_ns(epochs)
    tdb1, tdb2 = tdb_jd_from_tai_ns(epochs)
    theirs_s = (moments.tdb_fraction - moments.tt_fraction) * 86_400.0
    assert np.abs(((tdb1 - tt1) + (tdb2 - tt2)) * 86_400.0 - theirs_s).max() < 1e-5


def test_azimuth_elevation_and_range(orientation, epochs, moments) -> None:
    """One GCRS point from one site: the difference is that of UT1 and the pole, under 1e-8 rad and 0.1 m here."""
    from skyfield.positionlib import Geocentric
    from skyfield.units import Distance

    position = np.array([2.1e7, 1.4e7, 0.9e7])
    states = StateVectors(Frame.GCRF, epochs, np.tile(position, (epochs.size, 1)), np.zeros((epochs.size, 3)))
    seen = topocentric_from_itrf(
        convert(states, Frame.ITRF, orientation=orientation), site=Site(0.6214, 2.4412, altitude_m=51.0)
    )
    site = skyfield_api.wgs84.latlon(np.degrees(0.6214), np.degrees(2.4412), elevation_m=51.0)
    place = site.at(moments)
    line_au = Distance(m=position).au[:, None] - place.position.au
    altitude, azimuth, distance = Geocentric(line_au, np.zeros_like(line_au), moments, center=site, target=0).altaz()
    assert np.abs(seen.elevation_rad - altitude.radians).max() < 1e-8
    turn = (seen.azimuth_rad - azimuth.radians + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn * np.cos(seen.elevation_rad)).max() < 1e-8
    assert np.abs(seen.range_m - distance.m).max() < 0.1
