"""Gravity fields as tables of normalised coefficients, and how much of one an orbit needs."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.errors import InputError

__all__ = ["GravityField", "degree_for_radius", "egm2008"]

# Perigee radius, m, and the degree and order from which on the rest of the field moves an orbit less than the models
# of drag and radiation pressure are wrong; docs/explanation/numerical-dynamics.md has the errors.
_DEGREES: Final = ((6.95e6, 36), (7.4e6, 24), (9.0e6, 20), (1.6e7, 12), (3.0e7, 8), (float("inf"), 6))


@dataclass(frozen=True, slots=True, eq=False)
class GravityField:
    """Spherical harmonics of a gravity field, fixed to the Earth.

    Attributes
    ----------
    name : str
    mu_m3_s2, radius_m : float
        The scale that the coefficients belong to.
    coefficients : float64 array, ((d + 1)(d + 2)/2, 2)
        Fully normalised C and S, by degree and then order, from degree 0 to d.
    """

    name: str
    mu_m3_s2: float
    radius_m: float
    coefficients: NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = self.coefficients.shape[0] if self.coefficients.ndim == 2 else 0
        if rows == 0 or self.coefficients.shape[1] != 2 or rows != (self.degree + 1) * (self.degree + 2) // 2:
            raise InputError(
                f"coefficients of shape {self.coefficients.shape} are not a triangle of degrees and orders",
                where=self.name,
                remedy="give rows (C, S) by degree and order from degree 0, or use GravityField.from_terms",
            )
        if not (np.isfinite(self.coefficients).all() and self.mu_m3_s2 > 0.0 and self.radius_m > 0.0):
            raise InputError("a gravity field needs finite coefficients and a positive scale", where=self.name)
        self.coefficients.setflags(write=False)

    @classmethod
    def from_terms(
        cls, name: str, *, mu_m3_s2: float, radius_m: float, terms: Iterable[tuple[int, int, float, float]]
    ) -> GravityField:
        """Build a field from (degree, order, C, S) in any order; what is missing is zero, C00 is one unless given."""
        given = list(terms)
        degree = max((n for n, _, _, _ in given), default=0)
        table = np.zeros(((degree + 1) * (degree + 2) // 2, 2))
        table[0, 0] = 1.0
        for n, m, c, s in given:
            if not 0 <= m <= n:
                raise InputError(f"no term of degree {n} and order {m}", where=name)
            table[n * (n + 1) // 2 + m] = c, s
        return cls(name, mu_m3_s2, radius_m, table)

    @property
    def degree(self) -> int:
        """Greatest degree in the table."""
        return int((np.sqrt(8 * self.coefficients.shape[0] + 1) - 3) // 2)


@functools.lru_cache(maxsize=1)
def egm2008() -> GravityField:
    """Return EGM2008, tide-free, as far as heyoka carries it: degree and order 150.

    References
    ----------
    Pavlis, Holmes, Kenyon, Factor, J. Geophys. Res. 117, B04406, 2012.

    Validation
    ----------
    tests/validation/test_numerical_trajectories.py: acceleration of the shared 5 x 5 case; STK's trajectories.
    """
    from heyoka import model

    head = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    table = np.concatenate([head, np.asarray(model.get_egm2008_CS())])
    return GravityField("EGM2008", float(model.get_egm2008_mu()), float(model.get_egm2008_a()), table)


def degree_for_radius(perigee_radius_m: float) -> int:
    """Return degree and order of the field that an orbit with this perigee radius is worth.

    What is left out moves a circular orbit in a day by 60 m at 400 km, 17 m at 800 km, less than 20 m at 1,400 km and
    less than 1 m from 8,000 km on (medians); docs/explanation/numerical-dynamics.md has the figures and the costs.
    """
    if not perigee_radius_m > 0.0:
        raise InputError(f"a perigee radius of {perigee_radius_m} m", remedy="give the distance from the centre")
    return next(degree for radius, degree in _DEGREES if perigee_radius_m < radius)
