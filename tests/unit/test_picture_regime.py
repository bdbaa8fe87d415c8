"""Regimes: every bound from both sides, famous orbits, and what is no orbit."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.picture import Regime, classify_regimes, mean_orbits, regime_names

MU_M3_S2 = 3.986008e14
EARTH_RADIUS_KM = 6378.137


def rev_day(semi_major_axis_km: float) -> float:
    return float(86_400.0 / (2 * np.pi) * np.sqrt(MU_M3_S2 / (semi_major_axis_km * 1e3) ** 3))


def regime(semi_major_axis_km: float, eccentricity: float, inclination_deg: float) -> str:
    orbits = mean_orbits(
        mean_motion_rev_day=[rev_day(semi_major_axis_km)],
        eccentricity=[eccentricity],
        inclination_deg=[inclination_deg],
    )
    return str(regime_names(classify_regimes(orbits))[0])


def from_heights(perigee_km: float, apogee_km: float, inclination_deg: float) -> str:
    low, high = perigee_km + EARTH_RADIUS_KM, apogee_km + EARTH_RADIUS_KM
    return regime((low + high) / 2, (high - low) / (high + low), inclination_deg)


@pytest.mark.parametrize(
    ("perigee_km", "apogee_km", "inclination_deg", "expected"),
    [
        (415, 421, 51.6, "LEO"),  # a space station
        (250, 600, 97.0, "LEO"),
        (1_999, 1_999, 99.0, "LEO"),
        (2_001, 2_001, 99.0, "MEO"),
        (20_180, 20_220, 55.0, "MEO"),  # GPS
        (35_780, 35_792, 0.05, "GEO"),
        (36_100, 36_150, 14.0, "GEO"),  # graveyard
        (32_600, 39_000, 41.0, "IGSO"),  # QZS
        (35_786, 35_786, 24.9, "GEO"),
        (35_786, 35_786, 25.1, "IGSO"),
        (250, 35_700, 27.0, "GTO"),
        (250, 35_700, 54.9, "GTO"),
        (600, 39_700, 63.4, "HEO"),  # Molniya
        (250, 20_000, 28.0, "HEO"),  # a transfer stage on its way down
        (108_000, 375_000, 37.0, "HEO"),  # TESS
        (100_000, 120_000, 30.0, "HAO"),
    ],
)
def test_known_orbits_have_their_names(
    perigee_km: float, apogee_km: float, inclination_deg: float, expected: str
) -> None:
    assert from_heights(perigee_km, apogee_km, inclination_deg) == expected


@pytest.mark.parametrize(
    ("semi_major_axis_km", "expected"), [(37_947.0, "MEO"), (37_949.0, "GEO"), (46_379.0, "GEO"), (46_381.0, "HAO")]
)
def test_geosynchronous_bounds_are_those_of_esa(semi_major_axis_km: float, expected: str) -> None:
    assert regime(semi_major_axis_km, 0.01, 5.0) == expected


def test_eccentricity_bound_parts_near_circular_from_eccentric() -> None:
    assert regime(42_164.0, 0.249, 10.0) == "GEO"
    assert regime(42_164.0, 0.251, 10.0) == "HEO"


def test_what_is_no_closed_orbit_is_unknown() -> None:
    orbits = mean_orbits(
        mean_motion_rev_day=[0.0, -1.0, np.nan, 15.0, 15.0, 15.0],
        eccentricity=[0.0, 0.0, 0.0, 1.0, np.nan, 0.001],
        inclination_deg=[0.0, 0.0, 0.0, 0.0, 0.0, np.inf],
    )
    assert set(regime_names(classify_regimes(orbits))) == {"UNKNOWN"}
    assert np.isnan(orbits.period_s).all()


def test_every_code_is_a_regime() -> None:
    rng = np.random.default_rng(7)
    orbits = mean_orbits(
        mean_motion_rev_day=rng.uniform(0.01, 17, 5_000),
        eccentricity=rng.uniform(0, 0.99, 5_000),
        inclination_deg=rng.uniform(0, 180, 5_000),
    )
    names = regime_names(classify_regimes(orbits))
    assert set(names) == {each.value for each in Regime} - {"UNKNOWN"}


def test_sizes_follow_kepler() -> None:
    orbits = mean_orbits(mean_motion_rev_day=[1.0027379], eccentricity=[0.1], inclination_deg=[90.0])
    assert orbits.period_s[0] == pytest.approx(86_164.09, abs=0.1)
    assert orbits.semi_major_axis_m[0] == pytest.approx(42_164.1e3, rel=1e-5)
    assert orbits.apogee_altitude_m[0] - orbits.perigee_altitude_m[0] == pytest.approx(
        0.2 * orbits.semi_major_axis_m[0]
    )
    assert orbits.inclination_rad[0] == pytest.approx(np.pi / 2)
