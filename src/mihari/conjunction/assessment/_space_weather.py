"""What an error of the density forecast would do to the probability: at its peak, off it, or nothing to speak of.

The upper atmosphere moves both objects along their orbits, more or less than forecast, and both by the same error. The
miss of the encounter is drawn over that error, and the probability with it.

References
----------
NASA Spacecraft Conjunction Assessment and Collision Avoidance Best Practices Handbook, NASA/SP-20230002470 (2023),
space weather trade space; Casali et al., AAS 18-272 (2018), for the sensitivity of a state to the density.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis
from mihari.conjunction.assessment._geometry import EncounterPlane
from mihari.conjunction.probability import ObjectEstimate, circle_probability
from mihari.constants import EARTH_MU_M3_S2
from mihari.model.assessment import DensityClass, DensitySensitivity, HardBodyRadius
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject

__all__ = ["density_sensitivity_of"]

Floats = NDArray[np.float64]

_ASSUMED_FORECAST_SIGMA: Final = 0.25
"""Relative error of a forecast where the message tells none; the size of what messages do tell."""
_SIGMAS: Final = np.linspace(-3.0, 3.0, 61)
_FLAT_RATIO: Final = 2.0
"""Between largest and smallest: less than a factor of two changes no level."""
_PEAK_RATIO: Final = 1.1
_NOTHING: Final = 1.0e-15


def density_sensitivity_of(
    message: ConjunctionMessage,
    estimates: tuple[ObjectEstimate, ObjectEstimate],
    plane: EncounterPlane | None,
    radius: HardBodyRadius | None,
) -> DensitySensitivity | None:
    """Return how the 2-D probability answers to an error of the density forecast, up to three sigma either way.

    None without a plane or a radius, or where neither object's message tells how the density moves it: by consider
    parameters, else by the energy it loses (SEDR) since its last observation.
    """
    if plane is None or radius is None or not 0.0 < radius.value_m < np.inf:
        return None
    shifts = [_shift(message, each, estimate) for each, estimate in zip(message.objects, estimates, strict=True)]
    if all(shift is None for shift in shifts):
        return None
    sigmas = [each.density.forecast_uncertainty for each in message.objects if each.density is not None]
    sigma = max(sigmas) if sigmas else _ASSUMED_FORECAST_SIGMA
    zero = np.zeros(3)
    first, second = (zero if shift is None else shift for shift in shifts)
    errors = _SIGMAS * sigma
    misses = plane.miss_m + errors[:, None] * (plane.axes @ (second - first))
    combined = plane.covariance_1_m2 + plane.covariance_2_m2
    values = np.nan_to_num(circle_probability(misses, combined, radius.value_m).probability)
    top, now = float(values.max()), float(values[_SIGMAS.size // 2])
    if top < _NOTHING or top <= _FLAT_RATIO * float(values.min()):
        name = DensityClass.FLAT
    elif top <= _PEAK_RATIO * now:
        name = DensityClass.AT_PEAK
    else:
        name = DensityClass.OFF_PEAK
    told = [
        "consider parameters" if each.density is not None else "energy dissipation rate since the last observation"
        for each, shift in zip(message.objects, shifts, strict=True)
        if shift is not None
    ]
    return DensitySensitivity(
        name=name,
        greatest_probability=top,
        density_error=float(errors[int(np.argmax(values))]),
        forecast_sigma=sigma,
        basis=" and ".join(dict.fromkeys(told)) + ("" if sigmas else ", size of the forecast error assumed"),
    )


def _shift(message: ConjunctionMessage, each: ConjunctionObject, estimate: ObjectEstimate) -> Floats | None:
    """Displacement at closest approach for a relative density error of one, in the frame of the state, m."""
    turn = rtn_basis(estimate.position_m, estimate.velocity_m_s)
    if each.density is not None:
        return np.asarray(turn.T @ each.density.sensitivity_position_m)
    if each.sedr_w_kg is None or each.last_observation_end_tai_ns is None:
        return None
    span_s = (message.tca_tai_ns - each.last_observation_end_tai_ns) * 1e-9
    energy = 0.5 * float(estimate.velocity_m_s @ estimate.velocity_m_s) - EARTH_MU_M3_S2 / float(
        np.linalg.norm(estimate.position_m)
    )
    if span_s <= 0.0 or energy >= 0.0:
        return None
    # Losing energy at a constant rate, the mean motion grows by 3 n a / mu of it, and the object runs ahead.
    axis_m = -0.5 * EARTH_MU_M3_S2 / energy
    motion = np.sqrt(EARTH_MU_M3_S2 / axis_m**3)
    ahead_m = 1.5 * motion * axis_m**2 / EARTH_MU_M3_S2 * each.sedr_w_kg * span_s**2
    return np.asarray(turn.T @ np.array([0.0, ahead_m, 0.0]))
