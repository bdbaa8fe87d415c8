"""Spatial density: against shares worked out by hand and against a walk along the orbit."""

import numpy as np
import pytest

from mihari.errors import InputError
from mihari.exercise.world import spatial_density_per_m3


def volume(low, high):
    return 4.0 / 3.0 * np.pi * (high**3 - low**3)


def test_a_circular_orbit_is_all_in_its_shell():
    edges = np.array([6.9e6, 7.0e6, 7.1e6])
    density = spatial_density_per_m3(np.array([7.05e6, 7.05e6]), np.array([0.0, 1e-6]), edges_m=edges)
    np.testing.assert_allclose(density, [0.0, 2.0 / volume(7.0e6, 7.1e6)], rtol=1e-12)


def test_an_eccentric_orbit_spends_its_time_as_keplers_equation_says():
    axis, e = 2.4e7, 0.72
    mean = np.linspace(0.0, 2.0 * np.pi, 400_001)[:-1]
    anomaly = mean.copy()
    for _ in range(60):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    radius = axis * (1.0 - e * np.cos(anomaly))
    edges = np.linspace(6.5e6, 4.3e7, 20)
    walked = np.histogram(radius, edges)[0] / radius.size / volume(edges[:-1], edges[1:])
    density = spatial_density_per_m3(np.array([axis]), np.array([e]), edges_m=edges)
    np.testing.assert_allclose(density, walked, rtol=2e-3)
    assert (density * volume(edges[:-1], edges[1:])).sum() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("edges", [[7e6], [7e6, 6e6], [-1.0, 7e6]])
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(InputError):
        spatial_density_per_m3(np.array([7e6]), np.array([0.0]), edges_m=np.array(edges))
