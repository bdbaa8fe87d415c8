"""Typical errors of public element sets: the published classes, their growth, and when a state is extrapolated."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.picture import (
    COVARIANCE_NOTE,
    GROWTH_M_PER_DAY,
    TYPICAL_SOURCE,
    MeanOrbits,
    is_extrapolated,
    mean_orbits,
    typical_uncertainty,
)

DAY_S = 86_400.0


def orbit(perigee_km: float, apogee_km: float, inclination_deg: float) -> MeanOrbits:
    low, high = perigee_km + 6378.137, apogee_km + 6378.137
    axis_m = (low + high) / 2 * 1e3
    return mean_orbits(
        mean_motion_rev_day=[86_400.0 / (2 * np.pi) * np.sqrt(3.986008e14 / axis_m**3)],
        eccentricity=[(high - low) / (high + low)],
        inclination_deg=[inclination_deg],
    )


@pytest.mark.parametrize(
    ("perigee_km", "apogee_km", "inclination_deg", "expected_m"),
    [
        (415, 421, 51.6, (107, 308, 169)),
        (540, 560, 97.5, (115, 517, 137)),
        (20_180, 20_220, 55.0, (71, 228, 95)),
        (35_786, 35_786, 0.1, (357, 432, 83)),
        (32_600, 39_000, 41.0, (359, 432, 86)),
        (250, 35_700, 27.0, (2252, 4270, 1421)),
        (600, 39_700, 63.4, (494, 814, 1337)),
    ],
)
def test_at_the_epoch_the_published_class_holds(
    perigee_km: float, apogee_km: float, inclination_deg: float, expected_m: tuple[float, float, float]
) -> None:
    found = typical_uncertainty(orbit(perigee_km, apogee_km, inclination_deg), age_s=[0.0])
    assert (found.radial_m[0], found.transverse_m[0], found.normal_m[0]) == expected_m


def test_only_the_transverse_error_grows_and_as_stated() -> None:
    station = orbit(415, 421, 51.6)
    fresh = typical_uncertainty(station, age_s=[0.0])
    for age_s in (3 * DAY_S, -3 * DAY_S):
        old = typical_uncertainty(station, age_s=[age_s])
        assert old.transverse_m[0] - fresh.transverse_m[0] == pytest.approx(3 * GROWTH_M_PER_DAY)
        assert old.radial_m[0] == fresh.radial_m[0]
        assert old.normal_m[0] == fresh.normal_m[0]


def test_every_closed_orbit_has_exactly_one_class() -> None:
    rng = np.random.default_rng(3)
    many = mean_orbits(
        mean_motion_rev_day=rng.uniform(0.01, 17, 20_000),
        eccentricity=rng.uniform(0, 0.999, 20_000),
        inclination_deg=rng.uniform(0, 180, 20_000),
    )
    found = typical_uncertainty(many, age_s=np.zeros(20_000))
    assert np.isfinite(found.radial_m).all()


def test_no_orbit_no_claim() -> None:
    none = mean_orbits(mean_motion_rev_day=[np.nan], eccentricity=[0.0], inclination_deg=[0.0])
    assert np.isnan(typical_uncertainty(none, age_s=[0.0]).transverse_m).all()
    assert is_extrapolated(none, age_s=[0.0]).all()


def test_words_say_typical_and_no_covariance() -> None:
    assert "typical" in TYPICAL_SOURCE
    assert "Flohrer" in TYPICAL_SOURCE
    assert COVARIANCE_NOTE.startswith("none")


@pytest.mark.parametrize(
    ("perigee_km", "apogee_km", "age_days", "expected"),
    [
        (415, 421, 0.0, False),
        (415, 421, 4.99, False),
        (415, 421, 5.01, True),
        (415, 421, -0.49, False),
        (415, 421, -0.51, True),
        (35_786, 35_786, 9.99, False),
        (35_786, 35_786, 10.01, True),
    ],
)
def test_extrapolated_before_the_epoch_and_after_the_span(
    perigee_km: float, apogee_km: float, age_days: float, *, expected: bool
) -> None:
    assert is_extrapolated(orbit(perigee_km, apogee_km, 50.0), age_s=[age_days * DAY_S])[0] == expected
