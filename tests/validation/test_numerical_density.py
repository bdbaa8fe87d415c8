"""Density, height and sunlight as the equations of motion have them, against tables and exact formulas."""

from __future__ import annotations

import json
from pathlib import Path

import heyoka as hy
import numpy as np
import pytest

from mihari.astro.geodetic import geodetic_from_itrf
from mihari.astro.numerical import CIRA_72
from mihari.astro.numerical._atmosphere_terms import _altitude, _banded
from mihari.astro.numerical._shadow import LIGHT, PENUMBRA, UMBRA, shadow_mode, sunlit_share
from mihari.constants import ASTRONOMICAL_UNIT_M, EARTH_EQUATORIAL_RADIUS_M, SUN_RADIUS_M


def test_the_table_of_vallado(shared_cases: Path) -> None:
    for case in json.loads((shared_cases / "07_atmosphere.json").read_text())["exponential"]:
        found = float(CIRA_72.density_kg_m3(case["alt_km"] * 1e3))
        assert found == pytest.approx(case["expected_rho_kg_m3"], rel=case["rel_tol"])


def test_the_equations_have_the_same_table() -> None:
    height = hy.make_vars("h")
    function = hy.cfunc([_banded(CIRA_72, height)], [height])
    heights = np.linspace(10e3, 1_200e3, 997)
    assert function(heights[np.newaxis])[0] == pytest.approx(CIRA_72.density_kg_m3(heights), rel=1e-12)


def test_height_above_the_ellipsoid(rng: np.random.Generator) -> None:
    """To 0.3 m up to 2,000 km, also over the poles."""
    place = hy.make_vars("x", "y", "z")
    function = hy.cfunc([_altitude(list(place), [0.0, 0.0, 1.0], 1.0)], place)
    directions = rng.standard_normal((500, 3))
    directions[:2] = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    points = directions * (EARTH_EQUATORIAL_RADIUS_M + rng.uniform(100e3, 2_000e3, (500, 1)))
    _, _, height = geodetic_from_itrf(points)
    assert np.abs(function(np.ascontiguousarray(points.T))[0] - height).max() < 0.3


def test_the_network_is_near_nrlmsise(shared_cases: Path) -> None:
    """The driver's cases at 400 km: mean of the ratio within 5 %, each within 12 %.

    Cases 16 and 17 are driven by a history of Ap, which the network does not take (28 % low at 400 km).

    The local time of a case is given apart from its longitude; the network wants the longitude that belongs to it.
    """
    cases = json.loads((shared_cases / "07_atmosphere.json").read_text())["nrlmsise00"]["cases"]
    arguments = hy.make_vars("h", "lat", "lon", "f107", "mean", "ap", "day")
    function = hy.cfunc([hy.model.nrlmsise00_tn(arguments[:3], *arguments[3:])], arguments)
    ratios = []
    for case in cases:
        if case["alt_km"] != 400.0 or case["id"].endswith(("-16", "-17")):
            continue
        hours = case["sec"] / 3600.0
        longitude = (case["lst"] - hours) * 15.0 if "lst" in case else case["lon"]
        values = [case["alt_km"], np.radians(case["lat"]), np.radians(longitude), case["f107"], case["f107a"]]
        found = function(np.array([*values, case["ap"], case["doy"] - 1 + hours / 24.0]))[0]
        ratios.append(found / (case["expected"]["rho_g_cm3"] * 1e3))
    assert len(ratios) == 8
    assert abs(np.mean(ratios) - 1.0) < 0.05
    assert np.abs(np.array(ratios) - 1.0).max() < 0.12


def test_the_visible_share_of_the_sun() -> None:
    """Against the overlap of two discs, 7e-4 of the disc. Montenbruck, Gill, Satellite Orbits, eq. 3.92 ff."""
    sun = np.array([ASTRONOMICAL_UNIT_M, 0.0, 0.0])
    mode = hy.make_vars("mode")
    place = hy.make_vars("x", "y", "z")
    share = sunlit_share(mode, list(place), [sun[0] - place[0], -place[1], -place[2]], length_m=1.0)
    function = hy.cfunc([share], [mode, *place])
    for behind_m in (2.5e6, 6e6):
        modes, found, expected = [], [], []
        for across_m in np.linspace(6.30e6, 6.45e6, 200):
            position = np.array([-behind_m, across_m, 0.0])
            modes.append(shadow_mode(position, sun))
            found.append(function(np.array([modes[-1], *position]))[0])
            expected.append(_visible(position, sun))
        assert set(modes) == {UMBRA, PENUMBRA, LIGHT}
        assert modes == sorted(modes)
        assert np.abs(np.array(found) - expected).max() < 4e-3
        assert abs(np.mean(found) - np.mean(expected)) < 2e-4


def _visible(position: np.ndarray, sun: np.ndarray) -> float:
    to_sun = sun - position
    a = np.arcsin(SUN_RADIUS_M / np.linalg.norm(to_sun))
    b = np.arcsin(EARTH_EQUATORIAL_RADIUS_M / np.linalg.norm(position))
    c = np.arccos(-position @ to_sun / np.linalg.norm(position) / np.linalg.norm(to_sun))
    if c >= a + b:
        return 1.0
    if c <= b - a:
        return 0.0
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = np.sqrt(a * a - x * x)
    return float(1.0 - (a * a * np.arccos(x / a) + b * b * np.arccos((c - x) / b) - c * y) / (np.pi * a * a))
