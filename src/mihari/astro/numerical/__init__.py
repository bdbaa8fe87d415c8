"""Numerical dynamics: gravity, Sun, Moon, drag, sunlight and thrust, integrated by heyoka.

`ForceModel` says what acts, `propagate` flies any number of objects under it, with manoeuvres and partial derivatives.
Physics on arrays: no files, no clock; Earth orientation, density indices and bodies are arguments. The frame is GCRF.
"""

from __future__ import annotations

from mihari.astro.numerical._bodies import BodyEphemeris, SeriesEphemeris
from mihari.astro.numerical._density import CIRA_72, DensitySource, ExponentialAtmosphere, ThermosphereNetwork
from mihari.astro.numerical._gravity import GravityField, degree_for_radius, egm2008
from mihari.astro.numerical._manoeuvre import Impulse, Manoeuvre, ThrustArc
from mihari.astro.numerical._model import AreaToMass, ForceModel, Parameter, Shadow
from mihari.astro.numerical._propagate import DEFAULT_TOLERANCE, NumericalStates, propagate
from mihari.astro.numerical._status import PropagationStatus

__all__ = [
    "CIRA_72",
    "DEFAULT_TOLERANCE",
    "AreaToMass",
    "BodyEphemeris",
    "DensitySource",
    "ExponentialAtmosphere",
    "ForceModel",
    "GravityField",
    "Impulse",
    "Manoeuvre",
    "NumericalStates",
    "Parameter",
    "PropagationStatus",
    "SeriesEphemeris",
    "Shadow",
    "ThermosphereNetwork",
    "ThrustArc",
    "degree_for_radius",
    "egm2008",
    "propagate",
]
