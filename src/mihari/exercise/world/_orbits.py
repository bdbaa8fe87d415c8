"""Mean orbits at the epoch of the world: what every population sampler returns."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mihari.constants import WGS72_EARTH_RADIUS_M

__all__ = ["Floats", "MeanOrbits", "join"]


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOrbits:
    """Orbits in SGP4's mean elements, all at one epoch; row i of every array is one object.

    The semi-major axis is Brouwer's (un-Kozai), angles are TEME. `birth_year` is the decimal year of the event that
    made a fragment, NaN for everything else.
    """

    semi_major_axis_m: Floats
    eccentricity: Floats
    inclination_rad: Floats
    node_rad: Floats
    perigee_argument_rad: Floats
    mean_anomaly_rad: Floats
    area_to_mass_m2_kg: Floats
    rcs_m2: Floats
    birth_year: Floats

    def __len__(self) -> int:
        return int(self.semi_major_axis_m.size)

    @property
    def perigee_altitude_m(self) -> Floats:
        """Height of the mean perigee above the equatorial radius."""
        return self.semi_major_axis_m * (1.0 - self.eccentricity) - WGS72_EARTH_RADIUS_M

    def take(self, index: NDArray[np.intp] | slice) -> MeanOrbits:
        """Return the rows of `index`."""
        return MeanOrbits(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def join(parts: list[MeanOrbits]) -> MeanOrbits:
    """Return one table of all the rows, in order."""
    return MeanOrbits(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(MeanOrbits)})
