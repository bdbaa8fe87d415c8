"""Frames against ERFA's own one-call routines, epoch by epoch, and the SOFA cookbook."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import erfa
import numpy as np
import pytest

from mihari.astro._interpolation import through_grid
from mihari.astro.earth import EarthOrientation, load_earth_orientation, ut1_jd_from_tai_ns
from mihari.astro.frames import Frame, PrecessionNutation, StateVectors, convert, rotation_matrix
from mihari.astro.time import parse_utc, tt_jd_from_tai_ns

ARCSEC = np.pi / 648_000
GEO_M = 42_164_000.0
MM = 1e-3


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


@pytest.fixture(scope="module")
def epochs() -> np.ndarray:
    """More epochs than half-days between them, so that the series are interpolated."""
    rng = np.random.default_rng(11)
    return np.sort(rng.integers(parse_utc("2020-01-01"), parse_utc("2026-06-01"), 8_000))


def test_series_over_the_grid(rng: np.random.Generator) -> None:
    days = np.sort(rng.uniform(8_000.0, 10_000.0, 10_000))
    for series in (erfa.xys06a, erfa.nut80):
        values = through_grid(lambda d, s=series: np.array(s(erfa.DJ00, d)), days)
        some = rng.integers(0, days.size, 3_000)
        assert np.abs(values[:, some] - np.array(series(erfa.DJ00, days[some]))).max() < 5e-13


def test_gcrf_to_itrf_is_c2t06a_but_for_the_pole_offsets(orientation, epochs) -> None:
    zero = np.zeros_like(orientation.dx_rad)
    table = replace(orientation, dx_rad=zero, dy_rad=zero)
    ours = rotation_matrix(Frame.GCRF, Frame.ITRF, epoch_tai_ns=epochs, orientation=table)
    values = table.at(epochs)
    ut1 = ut1_jd_from_tai_ns(epochs, orientation=table)
    erfas = erfa.c2t06a(*tt_jd_from_tai_ns(epochs), *ut1, values.x_pole_rad, values.y_pole_rad)
    miss_m = np.linalg.norm(ours - erfas, axis=(-2, -1)) * GEO_M
    assert np.quantile(miss_m, [0.5, 0.99, 1.0]).max() < 0.05 * MM


def test_gcrf_to_itrf_with_pole_offsets_is_xy06_corrected(orientation, epochs) -> None:
    some = epochs[::40]
    values = orientation.at(some)
    tt = tt_jd_from_tai_ns(some)
    x, y, s = erfa.xys06a(*tt)
    celestial = erfa.c2ixys(x + values.dx_rad, y + values.dy_rad, s)
    polar = erfa.pom00(values.x_pole_rad, values.y_pole_rad, erfa.sp00(*tt))
    erfas = erfa.c2tcio(celestial, erfa.era00(*ut1_jd_from_tai_ns(some, orientation=orientation)), polar)
    ours = rotation_matrix(Frame.GCRF, Frame.ITRF, epoch_tai_ns=some, orientation=orientation)
    assert np.linalg.norm(ours - erfas, axis=(-2, -1)).max() * GEO_M < 0.05 * MM


def test_tod_is_on_the_equinox_road_to_the_same_itrf(orientation, epochs) -> None:
    """GST 2006 on TOD gives what the CIO road gives; the offsets are in the nutation."""
    some = epochs[::40]
    values, tt = orientation.at(some), tt_jd_from_tai_ns(some)
    tod = rotation_matrix(Frame.GCRF, Frame.TOD, epoch_tai_ns=some, orientation=orientation)
    sidereal = erfa.gst06(*ut1_jd_from_tai_ns(some, orientation=orientation), *tt, tod)
    polar = erfa.pom00(values.x_pole_rad, values.y_pole_rad, erfa.sp00(*tt))
    by_equinox = erfa.c2teqx(tod, sidereal, polar)
    ours = rotation_matrix(Frame.GCRF, Frame.ITRF, epoch_tai_ns=some, orientation=orientation)
    assert np.linalg.norm(ours - by_equinox, axis=(-2, -1)).max() * GEO_M < MM


def test_old_theory_is_pnm80_and_eqeq94(orientation, epochs) -> None:
    some = epochs[::40]
    tt = tt_jd_from_tai_ns(some)
    table, old = orientation, PrecessionNutation.IAU_1976_1980
    j2000_to_tod = rotation_matrix(Frame.EME2000, Frame.TOD, epoch_tai_ns=some, orientation=table, model=old)
    assert np.abs(j2000_to_tod - erfa.pnm80(*tt)).max() < 1e-12
    teme_to_tod = rotation_matrix(Frame.TEME, Frame.TOD, epoch_tai_ns=some, orientation=table, model=old)
    assert np.abs(teme_to_tod - erfa.rz(-erfa.eqeq94(*tt), np.eye(3))).max() < 1e-13


def test_velocity_of_itrf_by_hand(orientation, epochs) -> None:
    """Kaplan, USNO Circular 179: v_ITRF = W (R v - omega x R r), the rate slowed by the excess length of day."""
    some = epochs[::400]
    rng = np.random.default_rng(3)
    position, velocity = rng.normal(size=(some.size, 3)) * 2e7, rng.normal(size=(some.size, 3)) * 4e3
    got = convert(StateVectors(Frame.GCRF, some, position, velocity), Frame.ITRF, orientation=orientation)
    values, tt = orientation.at(some), tt_jd_from_tai_ns(some)
    x, y, s = erfa.xys06a(*tt)
    turn = erfa.rz(
        erfa.era00(*ut1_jd_from_tai_ns(some, orientation=orientation)),
        erfa.c2ixys(x + values.dx_rad, y + values.dy_rad, s),
    )
    polar = erfa.pom00(values.x_pole_rad, values.y_pole_rad, erfa.sp00(*tt))
    rate = np.zeros((some.size, 3))
    rate[:, 2] = 7.292115146706979e-5 * (1.0 - values.lod_s / 86_400.0)
    position_tirs = np.einsum("nij,nj->ni", turn, position)
    velocity_tirs = np.einsum("nij,nj->ni", turn, velocity) - np.cross(rate, position_tirs)
    assert np.abs(got.position_m - np.einsum("nij,nj->ni", polar, position_tirs)).max() < 0.05 * MM
    assert np.abs(got.velocity_m_s - np.einsum("nij,nj->ni", polar, velocity_tirs)).max() < 1e-8


def test_sofa_cookbook(shared_cases: Path) -> None:
    """SOFA "Earth Attitude", section 5: the whole GCRS to ITRS matrix of 2007-04-05 with IAU 2006/2000A offsets."""
    document = json.loads((shared_cases / "02_frames_states.json").read_text())
    case = next(case for case in document["cases"] if case["id"] == "SOFA-cookbook-2007-04-05")
    eop, epoch = case["eop"], parse_utc(case["epoch_utc"])
    table = EarthOrientation.held(
        start_tai_ns=epoch - 1,
        end_tai_ns=epoch + 1,
        ut1_tai_s=eop["ut1_utc_s"] - eop["tai_utc_s"],
        x_pole_rad=eop["xp_arcsec"] * ARCSEC,
        y_pole_rad=eop["yp_arcsec"] * ARCSEC,
        dx_rad=eop["dX2006_arcsec"] * ARCSEC,
        dy_rad=eop["dY2006_arcsec"] * ARCSEC,
    )
    matrix = rotation_matrix(Frame.GCRF, Frame.ITRF, epoch_tai_ns=epoch, orientation=table)
    # pyerfa itself reaches 1.39e-12 on these numbers: 0.01 mm in low orbit.
    assert np.abs(matrix - np.array(case["W_RC"])).max() < 1.5e-12
    assert ut1_jd_from_tai_ns(epoch, orientation=table)[1] == pytest.approx(case["ut1_day_fraction"], abs=1e-14)


def test_sofa_pnm80(shared_cases: Path) -> None:
    document = json.loads((shared_cases / "02_frames_states.json").read_text())
    case = next(case for case in document["cases"] if case["id"] == "SOFA-pnm80")
    epoch = parse_utc("2004-02-14T00:00:00")
    table = EarthOrientation.held(start_tai_ns=epoch - 1, end_tai_ns=epoch + 1, ut1_tai_s=-32.5)
    assert np.allclose(np.array(tt_jd_from_tai_ns(epoch)).sum(), np.sum(case["tt_jd"]), rtol=0, atol=1e-9)
    old = PrecessionNutation.IAU_1976_1980
    for target, source, key in ((Frame.TOD, Frame.EME2000, "pnm80"), (Frame.TOD, Frame.MOD, "nutm80")):
        matrix = rotation_matrix(source, target, epoch_tai_ns=epoch, orientation=table, model=old)
        assert np.abs(matrix - np.array(case[key])).max() < 5e-13
