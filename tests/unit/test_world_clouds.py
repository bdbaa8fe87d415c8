"""Clouds: two-body round trips, ageing by drag, and the shape of a fresh and an old cloud."""

import dataclasses

import numpy as np
import pytest

from mihari.exercise.world import load_populations
from mihari.exercise.world._clouds import elements_from_state, sample_cloud, state_from_elements
from mihari.exercise.world._decay import age_orbits

EARTH_M = 6_378_135.0
ONE = np.ones(1)


def cloud(name):
    return next(c for c in load_populations().clouds if c.name == name)


def test_elements_to_state_and_back(rng):
    count = 500
    axis = rng.uniform(6.8e6, 4.5e7, count)
    e = rng.uniform(0.01, 0.8, count)
    angles = rng.uniform(0.05, 3.0, (4, count))
    position, velocity = state_from_elements(axis, e, *angles)
    back = elements_from_state(position, velocity)
    np.testing.assert_allclose(back[0], axis, rtol=1e-11)
    np.testing.assert_allclose(back[1], e, rtol=1e-10)
    for ours, given in zip(back[2:], angles[:3], strict=True):
        np.testing.assert_allclose(np.mod(ours, 2 * np.pi), given, atol=1e-9)


def aged(height_km, ratio, years, e=0.001):
    return age_orbits(
        ONE * (EARTH_M + height_km * 1e3),
        ONE * e,
        ONE * np.radians(98.0),
        area_to_mass_m2_kg=ONE * ratio,
        years=ONE * years,
    )


def test_low_and_light_pieces_fall_high_and_heavy_ones_stay():
    assert aged(400.0, 0.02, 10.0).is_lost
    assert aged(600.0, 1.0, 10.0).is_lost
    assert not aged(850.0, 0.02, 20.0).is_lost
    assert not aged(400.0, 0.0, 50.0).is_lost


def test_drag_lowers_and_rounds_an_orbit():
    old = aged(900.0, 0.1, 10.0, e=0.03)
    assert old.semi_major_axis_m < EARTH_M + 900e3 - 10e3
    assert old.eccentricity < 0.029
    # Perigee falls far less than apogee.
    perigee_loss = (EARTH_M + 900e3) * 0.97 - old.semi_major_axis_m * (1 - old.eccentricity)
    apogee_loss = (EARTH_M + 900e3) * 1.03 - old.semi_major_axis_m * (1 + old.eccentricity)
    assert 0.0 <= perigee_loss < 0.3 * apogee_loss


def test_finer_steps_change_little():
    arguments = (ONE * (EARTH_M + 700e3), ONE * 0.01, ONE * 1.7)
    coarse, fine = (
        age_orbits(*arguments, area_to_mass_m2_kg=ONE * 0.01, years=ONE * 15.0, steps=steps) for steps in (40, 4000)
    )
    lost_m = EARTH_M + 700e3 - fine.semi_major_axis_m
    assert lost_m > 5e3
    assert coarse.semi_major_axis_m == pytest.approx(fine.semi_major_axis_m, abs=0.15 * float(lost_m[0]))


def test_the_node_of_a_sun_synchronous_orbit_turns_once_a_year():
    turned = age_orbits(
        ONE * (EARTH_M + 800e3),
        ONE * 0.001,
        ONE * np.radians(98.6),
        area_to_mass_m2_kg=ONE * 0.0,
        years=ONE * 1.0,
    ).node_turn_rad
    assert turned / (2 * np.pi) == pytest.approx(1.0, abs=0.01)


def test_an_old_cloud_has_spread_its_nodes_and_a_fresh_one_has_not():
    row = dataclasses.replace(cloud("FENGYUN-1C-LIKE"), dates=(2020.0, 2020.0))

    def spread(year):
        pieces = sample_cloud(np.random.default_rng(2), row, 600, year=year)
        return abs(np.mean(np.exp(1j * pieces.node_rad)))

    assert spread(2020.01) > 0.95
    assert spread(2035.0) < 0.5


def test_a_fresh_cloud_keeps_its_parents_height_and_grows_older_downwards():
    row = cloud("FENGYUN-1C-LIKE")
    fresh = sample_cloud(np.random.default_rng(2), row, 800, year=2007.05)
    old = sample_cloud(np.random.default_rng(2), row, 800, year=2040.0)
    height = [np.median(c.semi_major_axis_m) - EARTH_M for c in (fresh, old)]
    assert height[0] == pytest.approx(853e3, abs=30e3)
    # High area-to-mass pieces are gone.
    light = [np.mean(c.area_to_mass_m2_kg > 0.3) for c in (fresh, old)]
    assert light[1] < 0.6 * light[0]
    assert np.all(old.perigee_altitude_m > 180e3)


def test_before_its_event_a_cloud_is_empty():
    assert len(sample_cloud(np.random.default_rng(2), cloud("COSMOS-1408-LIKE"), 50, year=2021.0)) == 0


def test_gabbard_shape_of_a_fresh_cloud():
    """Apogee or perigee of each piece stays near the parent's height: the two arms of a Gabbard diagram."""
    row = dataclasses.replace(cloud("IRIDIUM-33-LIKE"), speed_factor=1.0)
    pieces = sample_cloud(np.random.default_rng(5), row, 500, year=2009.1105)
    perigee = pieces.perigee_altitude_m
    apogee = pieces.semi_major_axis_m * (1 + pieces.eccentricity) - EARTH_M
    assert np.all(perigee < 777e3 + 15e3)
    # A few with a very low perigee have come down within these hours.
    assert np.mean(apogee > 777e3 - 15e3) > 0.99
