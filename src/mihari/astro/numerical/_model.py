"""What moves an object: the force model, and what belongs to each object."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from mihari.astro.numerical._density import DensitySource
from mihari.astro.numerical._gravity import GravityField, degree_for_radius, egm2008
from mihari.errors import InputError

__all__ = ["FLOOR_ALTITUDE_M", "AreaToMass", "ForceModel", "Parameter", "Shadow"]

FLOOR_ALTITUDE_M = 80e3
"""Propagation stops at this height above the equatorial radius: nothing flies on an orbit below it."""


class Shadow(Enum):
    """How the Earth shades an object from the Sun.

    CONICAL: a spherical Earth of the equatorial radius, with penumbra; the integrator stops at the penumbra's edges.
    NONE: always in the light.
    """

    CONICAL = "conical"
    NONE = "none"


class Parameter(Enum):
    """What partial derivatives may be taken of, besides the state."""

    DRAG = "drag_m2_kg"
    RADIATION = "radiation_m2_kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceModel:
    """The forces of a propagation. Compiled once per process and kept on disk by heyoka.

    Attributes
    ----------
    degree, order : int
        Of the gravity field; 0 is a point mass. Order follows degree when left out.
    gravity : GravityField, optional
        EGM2008 when left out.
    sun, moon : bool
        Their attraction on the object and the Earth.
    density : DensitySource, optional
        Drag, with the air turning with the Earth; none when left out.
    radiation : bool
        Pressure of sunlight.
    solar_flux_w_m2 : float
        At one astronomical unit. Kopp, Lean, Geophys. Res. Lett. 38, L01706, 2011.
    shadow : Shadow
    relativity : bool
        Schwarzschild's term. IERS Conventions 2010, eq. 10.12, first line.
    partials_degree : int
        Degree and order of gravity for partial derivatives, when it is less than `degree`; see `companion`.
    """

    degree: int
    order: int = -1
    gravity: GravityField | None = None
    sun: bool = True
    moon: bool = True
    density: DensitySource | None = None
    radiation: bool = False
    solar_flux_w_m2: float = 1361.0
    shadow: Shadow = Shadow.CONICAL
    relativity: bool = False
    partials_degree: int = 8

    def __post_init__(self) -> None:
        if self.order == -1:
            object.__setattr__(self, "order", self.degree)
        if not 0 <= self.order <= self.degree:
            raise InputError(
                f"gravity of degree {self.degree} and order {self.order}", remedy="give 0 <= order <= degree"
            )
        if self.degree > self.field.degree:
            raise InputError(f"{self.field.name} ends at degree {self.field.degree}, {self.degree} was asked for")
        if self.partials_degree < 0:
            raise InputError(f"partials of gravity to degree {self.partials_degree}", remedy="give zero or more")
        if not (math.isfinite(self.solar_flux_w_m2) and self.solar_flux_w_m2 > 0.0):
            raise InputError(f"a solar flux of {self.solar_flux_w_m2} W/m2")

    @classmethod
    def for_radius(
        cls,
        perigee_radius_m: float,
        *,
        density: DensitySource | None = None,
        radiation: bool = True,
        relativity: bool = False,
    ) -> ForceModel:
        """Return the model for an orbit with this perigee radius: gravity by `degree_for_radius`, Sun and Moon."""
        degree = degree_for_radius(perigee_radius_m)
        return cls(degree=degree, density=density, radiation=radiation, relativity=relativity)

    @property
    def field(self) -> GravityField:
        """The gravity field, EGM2008 unless given."""
        return egm2008() if self.gravity is None else self.gravity

    @property
    def floor_altitude_m(self) -> float:
        """Height above the equatorial radius at which propagation stops."""
        return FLOOR_ALTITUDE_M if self.density is None else max(FLOOR_ALTITUDE_M, self.density.lowest_altitude_m)

    def companion(self) -> ForceModel:
        """Return the model whose motion the partial derivatives belong to: this one with less gravity.

        The derivatives of a slightly different motion are nearly right for a week (1e-3 with 8 x 8). Derivatives of low
        degree along the motion of high degree are not, although that looks closer: they belong to no motion at all, and
        the period's error grows with the square of time (1 to 2 % in a week). tests/unit/test_numerical_propagate.py.
        """
        degree = min(self.degree, self.partials_degree)
        return replace(self, degree=degree, order=min(self.order, degree))

    def describe(self) -> str:
        """Return the model in one line, for provenance."""
        parts = [f"{self.field.name} {self.degree}x{self.order}"]
        parts += [name for name, wanted in (("Sun", self.sun), ("Moon", self.moon)) if wanted]
        if self.density is not None:
            parts.append(f"drag ({type(self.density).__name__})")
        if self.radiation:
            parts.append(f"radiation pressure ({self.shadow.value} shadow)")
        if self.relativity:
            parts.append("relativity")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AreaToMass:
    """What drag and sunlight act on, per object.

    Attributes
    ----------
    drag_m2_kg : float64 array, (n,) or scalar
        Drag coefficient times area over mass.
    radiation_m2_kg : float64 array, (n,) or scalar
        Radiation pressure coefficient (1 absorbs, up to 2 reflects) times area over mass.
    """

    drag_m2_kg: NDArray[np.float64] | float = 0.0
    radiation_m2_kg: NDArray[np.float64] | float = 0.0

    def columns(self, count: int) -> NDArray[np.float64]:
        """Return both for `count` objects, (2, count).

        Raises
        ------
        InputError
            A shape does not fit, or a value is negative or not finite.
        """
        out = np.empty((2, count))
        for row, name in enumerate(("drag_m2_kg", "radiation_m2_kg")):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if values.shape not in ((), (count,)):
                raise InputError(f"{name} has shape {values.shape}, there are {count} objects")
            if not np.all(np.isfinite(values) & (values >= 0.0)):
                raise InputError(f"{name} must be finite and not negative")
            out[row] = values
        return out
