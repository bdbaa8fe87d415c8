"""The geometry of an encounter: relative state, true closest approach, the plane across it, how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.errors import InputError

__all__ = ["Encounter", "Plane", "encounter_plane", "linear_duration_s", "move_to_closest_approach"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """Closest approach of two straight lines, rows of conjunctions.

    Attributes
    ----------
    offset_s : (n,) float64
        From the given time to closest approach; NaN where the objects do not move against each other.
    relative_inertial_m : (n, 3) float64
        Second less first, at closest approach.
    relative_inertial_m_s : (n, 3) float64
    """

    offset_s: Floats
    relative_inertial_m: Floats
    relative_inertial_m_s: Floats

    @property
    def miss_distance_m(self) -> Floats:
        """Distance at closest approach, (n,)."""
        return np.asarray(np.linalg.norm(self.relative_inertial_m, axis=-1))

    @property
    def relative_speed_m_s(self) -> Floats:
        """Relative speed, (n,)."""
        return np.asarray(np.linalg.norm(self.relative_inertial_m_s, axis=-1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """What the 2-D integral needs, rows of conjunctions: the first axis points along the miss.

    Attributes
    ----------
    miss_m : (n, 2) float64
    covariance_m2 : (n, 2, 2) float64
    axes : (n, 2, 3) float64
        The two axes as rows, in the frame of the states.
    """

    miss_m: Floats
    covariance_m2: Floats
    axes: Floats


def move_to_closest_approach(relative_inertial_m: ArrayLike, relative_inertial_m_s: ArrayLike) -> Encounter:
    """Move relative states along straight lines to their true closest approach.

    A message rounds its time to a millisecond, which at orbital speed is up to 7 m of the miss.

    Parameters
    ----------
    relative_inertial_m, relative_inertial_m_s : float arrays, (..., 3)
        Second less first.
    """
    position, velocity = _vectors(relative_inertial_m), _vectors(relative_inertial_m_s)
    square = np.einsum("...i,...i->...", velocity, velocity)
    lead = np.einsum("...i,...i->...", position, velocity)
    offset = np.divide(-lead, square, out=np.full(np.broadcast(lead, square).shape, np.nan), where=square > 0.0)
    moved = position + np.where(np.isnan(offset), 0.0, offset)[..., None] * velocity
    return Encounter(offset_s=offset, relative_inertial_m=moved, relative_inertial_m_s=velocity)


def encounter_plane(encounter: Encounter, covariance_inertial_m2: ArrayLike) -> Plane:
    """Project onto the plane across the relative velocity.

    Parameters
    ----------
    encounter : Encounter
    covariance_inertial_m2 : float array, (..., 3, 3)
        Combined position covariance.

    Returns
    -------
    Plane
        NaN where there is no relative velocity.
    """
    covariance = np.asarray(covariance_inertial_m2, dtype=np.float64)
    if covariance.shape[-2:] != (3, 3):
        raise InputError(f"a position covariance is (..., 3, 3), not {covariance.shape}")
    along = _unit(encounter.relative_inertial_m_s)
    miss = encounter.relative_inertial_m
    first = miss - np.einsum("...i,...i->...", miss, along)[..., None] * along
    # No miss: any direction across will do.
    helper = np.take_along_axis(
        np.broadcast_to(np.eye(3), (*along.shape[:-1], 3, 3)),
        np.argmin(np.abs(along), axis=-1)[..., None, None],
        axis=-2,
    )[..., 0, :]
    helper = helper - np.einsum("...i,...i->...", helper, along)[..., None] * along
    length = np.linalg.norm(first, axis=-1, keepdims=True)
    first = _unit(np.where(length > 1.0e-12 * (1.0 + np.abs(miss).max(-1, keepdims=True)), first, helper))
    axes = np.stack((first, np.cross(along, first)), axis=-2)
    flat = np.einsum("...ij,...jk,...lk->...il", axes, covariance, axes)
    return Plane(miss_m=np.einsum("...ij,...j->...i", axes, miss), covariance_m2=flat, axes=axes)


def linear_duration_s(
    encounter: Encounter, covariance_inertial_m2: ArrayLike, radius_m: ArrayLike, *, gamma: float = 1.0e-16
) -> tuple[Floats, Floats]:
    """Return start and end of the straight-line encounter, from closest approach, after Coppola.

    Outside, no more than `gamma` of the probability is missed. Infinite without relative velocity.

    References
    ----------
    V. Coppola, "Evaluating the short encounter assumption of the probability of collision formula", AAS 12-248, 2012,
    eq. 5-16.

    Validation
    ----------
    tests/validation/test_probability_units.py: CARA's two cases, 5e-8.
    """
    from scipy.special import erfcinv

    covariance = np.asarray(covariance_inertial_m2, dtype=np.float64)
    radius = np.asarray(radius_m, dtype=np.float64)
    along = _unit(encounter.relative_inertial_m_s)
    plane = encounter_plane(encounter, covariance)
    eta2 = np.einsum("...i,...ij,...j->...", along, covariance, along)
    w = np.einsum("...ij,...jk,...k->...i", plane.axes, covariance, along)
    with np.errstate(invalid="ignore", divide="ignore"):
        determinant = (
            plane.covariance_m2[..., 0, 0] * plane.covariance_m2[..., 1, 1] - plane.covariance_m2[..., 0, 1] ** 2
        )
        adjugate = np.stack(
            (
                plane.covariance_m2[..., 1, 1] * w[..., 0] - plane.covariance_m2[..., 0, 1] * w[..., 1],
                plane.covariance_m2[..., 0, 0] * w[..., 1] - plane.covariance_m2[..., 0, 1] * w[..., 0],
            ),
            axis=-1,
        )
        b = adjugate / determinant[..., None]
        left = np.sqrt(np.maximum(0.0, 2.0 * (eta2 - np.einsum("...i,...i->...", b, w))))
        middle = np.einsum("...i,...i->...", b, plane.miss_m)
        square = np.einsum("...i,...i->...", b, b)
        reach = float(erfcinv(gamma)) * left
        speed = encounter.relative_speed_m_s
        start = (middle - radius * np.sqrt(1.0 + square) - reach) / speed
        end = (middle + radius * np.sqrt(square) + reach) / speed
    still = ~(speed > 0.0)
    return np.where(still, -np.inf, start), np.where(still, np.inf, end)


def _vectors(values: ArrayLike) -> Floats:
    vectors = np.asarray(values, dtype=np.float64)
    if vectors.shape[-1:] != (3,):
        raise InputError(f"vectors are (..., 3), not {vectors.shape}")
    return vectors


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.full(vectors.shape, np.nan), where=length > 0.0))
