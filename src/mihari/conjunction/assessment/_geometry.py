"""Where and how two objects pass each other, from their estimates at the message's time of closest approach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.relative import rtn_basis
from mihari.conjunction.probability import (
    BLOCKING,
    ObjectEstimate,
    covariance_flags,
    encounter_plane,
    inertial_covariance,
    move_to_closest_approach,
)
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M
from mihari.model.assessment import EncounterGeometry, Pair, Vector

__all__ = ["MESSAGE_ROUNDING_S", "EncounterPlane", "geometry_of", "vector_of"]

Floats = NDArray[np.float64]

MESSAGE_ROUNDING_S: Final = 1.0
"""A message's closest approach is rounded to a millisecond. Farther off than this it is no closest approach."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncounterPlane:
    """What the 2-D integral sees of an encounter, each object's part of the covariance apart.

    Attributes
    ----------
    miss_m : (2,) float64
    covariance_1_m2, covariance_2_m2 : (2, 2) float64
    axes : (2, 3) float64
        The two axes as rows, in the frame of the states.
    """

    miss_m: Floats
    covariance_1_m2: Floats
    covariance_2_m2: Floats
    axes: Floats


def geometry_of(
    first: ObjectEstimate, second: ObjectEstimate
) -> tuple[EncounterGeometry, float, EncounterPlane | None]:
    """Return the geometry at the true closest approach, how far that is from the given time, s, and the plane.

    There is no plane where a covariance is missing or unusable, or nothing moves.
    """
    relative = second.state_inertial - first.state_inertial
    encounter = move_to_closest_approach(relative[None, :3], relative[None, 3:])
    offset_s = float(encounter.offset_s[0])
    offset_s = 0.0 if math.isnan(offset_s) else offset_s
    moved = abs(offset_s) <= MESSAGE_ROUNDING_S
    miss = encounter.relative_inertial_m[0] if moved else relative[:3]
    position = first.position_m + (first.velocity_m_s * offset_s if moved else 0.0)
    basis = rtn_basis(position, first.velocity_m_s)
    sigma: Vector | None = None
    flat: tuple[Pair, Pair] | None = None
    mahalanobis = None
    plane: EncounterPlane | None = None
    if not any(covariance_flags(each.covariance) & BLOCKING for each in (first, second)):
        apart = [inertial_covariance(each)[:3, :3] for each in (first, second)]
        combined = apart[0] + apart[1]
        sigma = vector_of(np.sqrt(np.maximum(np.diag(basis @ combined @ basis.T), 0.0)))
        if encounter.relative_speed_m_s[0] > 0.0:
            found = encounter_plane(encounter, combined[None])
            axes, whole = found.axes[0], found.covariance_m2[0]
            flat = ((float(whole[0, 0]), float(whole[0, 1])), (float(whole[1, 0]), float(whole[1, 1])))
            plane = EncounterPlane(
                miss_m=found.miss_m[0],
                covariance_1_m2=axes @ apart[0] @ axes.T,
                covariance_2_m2=axes @ apart[1] @ axes.T,
                axes=axes,
            )
        if np.linalg.eigvalsh(combined)[0] > 0.0:
            mahalanobis = math.sqrt(float(miss @ np.linalg.solve(combined, miss)))
    speeds = np.linalg.norm(first.velocity_m_s) * np.linalg.norm(second.velocity_m_s)
    cosine = float(first.velocity_m_s @ second.velocity_m_s / speeds)
    return (
        EncounterGeometry(
            miss_distance_m=float(np.linalg.norm(miss)),
            miss_rtn_m=vector_of(basis @ miss),
            sigma_rtn_m=sigma,
            relative_speed_m_s=float(np.linalg.norm(relative[3:])),
            approach_angle_rad=math.acos(max(-1.0, min(1.0, cosine))),
            plane_covariance_m2=flat,
            mahalanobis=mahalanobis,
            altitude_m=float(np.linalg.norm(position)) - EARTH_EQUATORIAL_RADIUS_M,
        ),
        offset_s,
        plane,
    )


def vector_of(values: Floats) -> Vector:
    """Return three numbers as a record keeps them."""
    return float(values[0]), float(values[1]), float(values[2])
