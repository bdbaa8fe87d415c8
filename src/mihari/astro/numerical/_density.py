"""Sources of atmospheric density: an exponential table, and the thermosphere as a network.

A source is data. How its numbers become an equation of motion stands in `_atmosphere_terms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.time import format_utc
from mihari.errors import DataGapError, InputError

__all__ = ["CIRA_72", "DensitySource", "ExponentialAtmosphere", "ThermosphereNetwork"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialAtmosphere:
    """Density that falls exponentially within bands of altitude, the same everywhere and always.

    Attributes
    ----------
    base_altitude_m : tuple of float
        Lower edges of the bands, ascending. The first is where propagation stops, the last band has no end.
    base_density_kg_m3 : tuple of float
        Density at each lower edge.
    scale_height_m : tuple of float

    Notes
    -----
    At the edges of bands the density jumps by up to 1 %. Integration does not stop there, so a step that crosses one
    takes the band it began in: a few centimetres a day at 500 km.
    """

    base_altitude_m: tuple[float, ...]
    base_density_kg_m3: tuple[float, ...]
    scale_height_m: tuple[float, ...]

    def __post_init__(self) -> None:
        count = len(self.base_altitude_m)
        if not count or len(self.base_density_kg_m3) != count or len(self.scale_height_m) != count:
            raise InputError("an exponential atmosphere needs one density and one scale height per band")
        if any(np.diff(self.base_altitude_m) <= 0.0):
            raise InputError("the bands of an exponential atmosphere must ascend")
        if min(self.base_density_kg_m3) <= 0.0 or min(self.scale_height_m) <= 0.0:
            raise InputError("densities and scale heights must be positive")

    @property
    def lowest_altitude_m(self) -> float:
        """Altitude from which on the source may be used."""
        return self.base_altitude_m[0]

    def density_kg_m3(self, altitude_m: ArrayLike) -> Floats:
        """Return the density at geodetic altitudes. Vallado, Fundamentals of Astrodynamics, 4th ed., eq. 8-33."""
        altitude = np.asarray(altitude_m, dtype=np.float64)
        band = np.clip(np.searchsorted(self.base_altitude_m, altitude, side="right") - 1, 0, None)
        base, density, scale = (
            np.asarray(column)[band] for column in (self.base_altitude_m, self.base_density_kg_m3, self.scale_height_m)
        )
        return np.asarray(density * np.exp(-(altitude - base) / scale))


_ROWS: Final = (
    (0, 1.225, 7.249),
    (25, 3.899e-2, 6.349),
    (30, 1.774e-2, 6.682),
    (40, 3.972e-3, 7.554),
    (50, 1.057e-3, 8.382),
    (60, 3.206e-4, 7.714),
    (70, 8.770e-5, 6.549),
    (80, 1.905e-5, 5.799),
    (90, 3.396e-6, 5.382),
    (100, 5.297e-7, 5.877),
    (110, 9.661e-8, 7.263),
    (120, 2.438e-8, 9.473),
    (130, 8.484e-9, 12.636),
    (140, 3.845e-9, 16.149),
    (150, 2.070e-9, 22.523),
    (180, 5.464e-10, 29.740),
    (200, 2.789e-10, 37.105),
    (250, 7.248e-11, 45.546),
    (300, 2.418e-11, 53.628),
    (350, 9.518e-12, 53.298),
    (400, 3.725e-12, 58.515),
    (450, 1.585e-12, 60.828),
    (500, 6.967e-13, 63.822),
    (600, 1.454e-13, 71.835),
    (700, 3.614e-14, 88.667),
    (800, 1.170e-14, 124.64),
    (900, 5.245e-15, 181.05),
    (1000, 3.019e-15, 268.00),
)

CIRA_72: Final = ExponentialAtmosphere(
    base_altitude_m=tuple(1e3 * row[0] for row in _ROWS),
    base_density_kg_m3=tuple(row[1] for row in _ROWS),
    scale_height_m=tuple(1e3 * row[2] for row in _ROWS),
)
"""US Standard Atmosphere 1976 and CIRA-72 in bands. Vallado, Fundamentals of Astrodynamics, 4th ed., table 8-4."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ThermosphereNetwork:
    """NRLMSISE-00 as a small neural network, driven by daily indices.

    The network comes with heyoka and needs no file. It is a fit, made for 180 to 1,000 km: within 11 % of NRLMSISE-00
    on the driver's cases at 400 km, 3 % in the mean, without the history of Ap that a storm needs (28 % low there), and
    useless below 180 km, where propagation stops with `BELOW_FLOOR`. NRLMSISE-00 itself is off by 10 to 20 % and more.

    Attributes
    ----------
    day_tai_ns : int64 array, (d,)
        Beginnings of days, ascending; each row holds until the next one, the last for a day.
    f107 : float64 array, (d,)
        Solar flux at 10.7 cm of the day before, solar flux units.
    f107_mean : float64 array, (d,)
        The flux's 81-day mean.
    ap : float64 array, (d,)
        Daily geomagnetic index.

    References
    ----------
    Picone, Hedin, Drob, Aikin, J. Geophys. Res. 107(A12), 2002. Izzo, Acciarini, Biscani, "NeuralODEs for VLEO
    simulations", 2024.

    Validation
    ----------
    tests/validation/test_numerical_density.py; tests/validation/test_numerical_trajectories.py: Orekit's two runs.
    """

    day_tai_ns: NDArray[np.int64]
    f107: Floats
    f107_mean: Floats
    ap: Floats

    def __post_init__(self) -> None:
        columns = (self.day_tai_ns, self.f107, self.f107_mean, self.ap)
        if self.day_tai_ns.ndim != 1 or self.day_tai_ns.size == 0 or np.any(np.diff(self.day_tai_ns) <= 0):
            raise InputError("indices of the thermosphere need one row or more, in order of time")
        if any(c.shape != self.day_tai_ns.shape or not np.isfinite(c).all() for c in columns):
            raise InputError("indices of the thermosphere have a missing value")
        for column in columns:
            column.setflags(write=False)

    @classmethod
    def held(
        cls, *, start_tai_ns: int, end_tai_ns: int, f107: float, f107_mean: float, ap: float
    ) -> ThermosphereNetwork:
        """Hold one set of indices from start to end."""
        day = np.arange(start_tai_ns, max(end_tai_ns, start_tai_ns + 1), 86_400 * 10**9, dtype=np.int64)
        return cls(
            day_tai_ns=day,
            f107=np.full(day.size, f107),
            f107_mean=np.full(day.size, f107_mean),
            ap=np.full(day.size, ap),
        )

    @property
    def lowest_altitude_m(self) -> float:
        """Altitude from which on the source may be used."""
        return 180e3

    def indices_at(self, tai_ns: NDArray[np.int64]) -> Floats:
        """Return F10.7, its mean and Ap at given moments, (m, 3).

        Raises
        ------
        DataGapError
            A moment lies outside the rows.
        """
        row = np.searchsorted(self.day_tai_ns, tai_ns, side="right") - 1
        end = int(self.day_tai_ns[-1]) + 86_400 * 10**9
        if np.any(row < 0) or np.any(tai_ns > end):
            outside = int(tai_ns.min() if np.any(row < 0) else tai_ns.max())
            span = f"{format_utc(int(self.day_tai_ns[0]), digits=0)} to {format_utc(end, digits=0)}"
            raise DataGapError(
                f"{format_utc(outside)} lies outside the indices of the thermosphere, {span}",
                remedy="give indices that reach there, or ThermosphereNetwork.held",
            )
        return np.stack([self.f107[row], self.f107_mean[row], self.ap[row]], axis=-1)


DensitySource = ExponentialAtmosphere | ThermosphereNetwork
"""What the atmosphere of a force model may be."""
