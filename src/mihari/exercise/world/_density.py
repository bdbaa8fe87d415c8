"""How crowded the shells are: time-averaged number of objects per volume, for comparing worlds with catalogues.

References
----------
Kepler's equation gives the share of a revolution that an object spends below a radius; shells are spherical, all
latitudes taken together, as in the usual spatial density plots (e.g. Kessler, Cour-Palais, JGR 83, 1978, figure 1).
"""

from __future__ import annotations

import numpy as np

from mihari.errors import InputError
from mihari.exercise.world._orbits import Floats

__all__ = ["spatial_density_per_m3"]


def spatial_density_per_m3(semi_major_axis_m: Floats, eccentricity: Floats, *, edges_m: Floats) -> Floats:
    """Return the mean number of objects per cubic metre between consecutive radii.

    Parameters
    ----------
    semi_major_axis_m, eccentricity : (n,)
    edges_m : (k + 1,) rising distances from the centre of the Earth

    Returns
    -------
    (k,) float64

    Raises
    ------
    InputError
        The edges do not rise from zero or more.
    """
    edges = np.asarray(edges_m, dtype=np.float64)
    if edges.size < 2 or edges[0] < 0.0 or not np.all(np.diff(edges) > 0.0):
        raise InputError("shell edges must rise from zero or more", remedy="give at least two rising radii")
    below = np.empty(edges.size)
    spread = np.maximum(eccentricity, 1e-12)
    for k, radius_m in enumerate(edges):
        cosine = np.clip((1.0 - radius_m / semi_major_axis_m) / spread, -1.0, 1.0)
        eccentric_anomaly = np.arccos(cosine)
        below[k] = np.sum(eccentric_anomaly - spread * np.sin(eccentric_anomaly)) / np.pi
    density: Floats = np.diff(below) / (4.0 / 3.0 * np.pi * np.diff(edges**3))
    return density
