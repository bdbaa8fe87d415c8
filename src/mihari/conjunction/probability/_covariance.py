"""What is wrong with a covariance, and the few things that may be done about it, each by a stated method."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.relative import local_basis
from mihari.astro.states import Frame
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M
from mihari.errors import FrameMismatchError, InputError

__all__ = [
    "BLOCKING",
    "CovarianceFlag",
    "CovarianceLimits",
    "ObjectEstimate",
    "SharedError",
    "clip_eigenvalues",
    "covariance_flags",
    "inertial_covariance",
    "is_positive_definite",
    "remove_shared_error",
    "to_inertial",
]

Floats = NDArray[np.float64]


class CovarianceFlag(Flag):
    """What was found in the covariance of one object; each fault has a name of its own."""

    NONE = 0
    MISSING = auto()
    """No covariance was given."""
    NOT_FINITE = auto()
    """NaN or infinity among its terms."""
    DEFAULT = auto()
    """A position sigma of ten Earth radii: the filler of a system that knows nothing."""
    NEGATIVE_VARIANCE = auto()
    """A diagonal term below zero."""
    ZERO = auto()
    """All position variances are zero."""
    NOT_POSITIVE_DEFINITE = auto()
    """The position block has an eigenvalue at or below zero."""
    NOT_POSITIVE_DEFINITE_6 = auto()
    """The position block is sound but the whole matrix, scaled to correlations, has a negative eigenvalue."""
    TOO_SMALL = auto()
    """Every position sigma lies below what orbit determination can reach."""
    TOO_LARGE = auto()
    """A position sigma lies above what a useful orbit has."""
    NO_VELOCITY = auto()
    """Velocity variances, or all correlations of position with velocity, are zero: curvature cannot be judged."""
    NOT_SYMMETRIC = auto()
    """The two halves differ; the lower one was taken, which is the one that messages carry."""


BLOCKING: Final = (
    CovarianceFlag.MISSING
    | CovarianceFlag.NOT_FINITE
    | CovarianceFlag.DEFAULT
    | CovarianceFlag.NEGATIVE_VARIANCE
    | CovarianceFlag.ZERO
)
"""With one of these no probability is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CovarianceLimits:
    """Where a covariance is called default, too small or too large.

    The default limit is CARA's (99 % of ten Earth radii). The others are ours: no orbit determination of a catalogue
    reaches a decimetre on all axes, and beyond 100 km an orbit says nothing about an encounter.
    """

    default_sigma_m: float = 0.99 * 10.0 * EARTH_EQUATORIAL_RADIUS_M
    least_sigma_m: float = 0.05
    most_sigma_m: float = 1.0e5


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedError:
    """An object's share in an error that both objects have, such as the density forecast (consider parameter, DCP).

    Attributes
    ----------
    sigma : float
        Standard deviation of the shared parameter, a pure number.
    sensitivity : (6,) float64
        Change of position, m, and velocity, m/s, per unit of the parameter, in the frame of the covariance.
    """

    sigma: float
    sensitivity: Floats

    def __post_init__(self) -> None:
        if not (np.isfinite(self.sigma) and self.sigma >= 0.0):
            raise InputError(
                f"the sigma of a shared error is {self.sigma}", remedy="give a finite number, not negative"
            )
        vector = np.asarray(self.sensitivity, dtype=np.float64)
        if vector.shape != (6,) or not np.isfinite(vector).all():
            raise InputError("the sensitivity to a shared error needs six finite numbers")
        object.__setattr__(self, "sensitivity", vector)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEstimate:
    """State and covariance of one object at the message's time of closest approach.

    Attributes
    ----------
    frame : Frame
        Inertial: GCRF, EME2000 or TEME; the same for both objects.
    position_m, velocity_m_s : (3,) float64
    covariance : (6, 6) float64 or None
        m and m/s; None when the message has none.
    covariance_frame : Frame
        RTN (the object's own), TNW, VVLH or the inertial one.
    shared_error : SharedError, optional
    """

    frame: Frame
    position_m: Floats
    velocity_m_s: Floats
    covariance: Floats | None
    covariance_frame: Frame = Frame.RTN
    shared_error: SharedError | None = None

    def __post_init__(self) -> None:
        if self.frame in (Frame.ITRF, Frame.RTN, Frame.TNW, Frame.VVLH):
            raise FrameMismatchError(
                f"states in {self.frame.value}, an inertial frame is needed", remedy="convert to GCRF first"
            )
        if self.covariance_frame not in (self.frame, Frame.RTN, Frame.TNW, Frame.VVLH):
            raise FrameMismatchError(
                f"covariance in {self.covariance_frame.value}, states in {self.frame.value}",
                remedy="give the covariance in the frame of the states or in RTN",
            )
        for name, shape in (("position_m", (3,)), ("velocity_m_s", (3,))):
            vector = np.asarray(getattr(self, name), dtype=np.float64)
            if vector.shape != shape or not np.isfinite(vector).all():
                raise InputError(f"{name} needs three finite numbers, not {vector!r}")
            object.__setattr__(self, name, vector)
        if self.covariance is not None:
            matrix = np.asarray(self.covariance, dtype=np.float64)
            if matrix.shape != (6, 6):
                raise InputError(f"a covariance is (6, 6), not {matrix.shape}")
            object.__setattr__(self, "covariance", matrix)

    @property
    def state_inertial(self) -> Floats:
        """Position and velocity, (6,)."""
        return np.concatenate((self.position_m, self.velocity_m_s))


def covariance_flags(covariance: ArrayLike | None, *, limits: CovarianceLimits | None = None) -> CovarianceFlag:
    """Return what is wrong with a covariance, (6, 6), in whatever frame it stands."""
    limits = limits or CovarianceLimits()
    if covariance is None:
        return CovarianceFlag.MISSING
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.shape != (6, 6):
        raise InputError(f"a covariance is (6, 6), not {matrix.shape}")
    if not np.isfinite(matrix).all():
        return CovarianceFlag.NOT_FINITE
    found = CovarianceFlag.NONE
    if not np.allclose(matrix, matrix.T, rtol=1.0e-9, atol=1.0e-12 * float(np.abs(matrix).max())):
        found |= CovarianceFlag.NOT_SYMMETRIC
    matrix = _from_lower(matrix)
    variances = np.diag(matrix)
    if (variances < 0.0).any():
        found |= CovarianceFlag.NEGATIVE_VARIANCE
    if (variances[:3] == 0.0).all():
        return found | CovarianceFlag.ZERO
    if (variances[:3] >= limits.default_sigma_m**2).any():
        found |= CovarianceFlag.DEFAULT
    elif (variances[:3] > limits.most_sigma_m**2).any():
        found |= CovarianceFlag.TOO_LARGE
    if (variances[:3] < limits.least_sigma_m**2).all():
        found |= CovarianceFlag.TOO_SMALL
    if not is_positive_definite(matrix[:3, :3]):
        found |= CovarianceFlag.NOT_POSITIVE_DEFINITE
    if (variances[3:] == 0.0).all() or not matrix[:3, 3:].any():
        found |= CovarianceFlag.NO_VELOCITY
    elif CovarianceFlag.NOT_POSITIVE_DEFINITE not in found and (variances > 0.0).all():
        scale = 1.0 / np.sqrt(variances)
        if np.linalg.eigvalsh(matrix * np.outer(scale, scale))[0] < -1.0e-10:
            found |= CovarianceFlag.NOT_POSITIVE_DEFINITE_6
    return found


def is_positive_definite(matrix: ArrayLike) -> bool:
    """Say whether all eigenvalues lie above zero."""
    values = np.linalg.eigvalsh(np.asarray(matrix, dtype=np.float64))
    return bool(values[0] > 0.0)


def clip_eigenvalues(matrix: ArrayLike, *, least: float) -> tuple[Floats, int]:
    """Return a symmetric matrix with its eigenvalues lifted to `least`, and how many were.

    The stated repair of a covariance that is not positive definite. For positions `least` is (1e-4 radius)^2: far below
    anything that could matter to the probability, above zero.

    References
    ----------
    D. T. Hall, M. D. Hejduk, L. C. Johnson, "Remediating non-positive definite state covariances for collision
    probability estimation", AAS 17-567, 2017.
    """
    symmetric = np.asarray(matrix, dtype=np.float64)
    values, vectors = np.linalg.eigh(0.5 * (symmetric + symmetric.T))
    low = values < least
    lifted = np.where(low, least, values)
    return np.asarray((vectors * lifted) @ vectors.T), int(low.sum())


def to_inertial(frame: Frame, *, position_inertial_m: ArrayLike, velocity_inertial_m_s: ArrayLike) -> Floats:
    """Return the (6, 6) matrix that turns states and covariances of local axes into the inertial ones.

    Velocities are turned only: a message's local axes stand still at its epoch.
    """
    if frame not in (Frame.RTN, Frame.TNW, Frame.VVLH):
        return np.eye(6)
    return np.asarray(np.kron(np.eye(2), local_basis(frame, position_inertial_m, velocity_inertial_m_s).T))


def inertial_covariance(estimate: ObjectEstimate) -> Floats:
    """Return the covariance of an object in the frame of its state, symmetric.

    Raises
    ------
    InputError
        There is none.
    """
    if estimate.covariance is None:
        raise InputError("this object has no covariance")
    turn = to_inertial(
        estimate.covariance_frame, position_inertial_m=estimate.position_m, velocity_inertial_m_s=estimate.velocity_m_s
    )
    turned = turn @ _from_lower(estimate.covariance) @ turn.T
    return 0.5 * (turned + turned.T)


def _from_lower(matrix: Floats) -> Floats:
    """Return the symmetric matrix of the lower half."""
    return np.asarray(np.tril(matrix) + np.tril(matrix, -1).T)


def remove_shared_error(combined: ArrayLike, first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the combined covariance without the part of an error that both objects share.

    Parameters
    ----------
    combined : (n, n) float array
        Sum of both covariances.
    first, second : (n,) float arrays
        Sensitivities, each times its sigma, in the same frame.

    References
    ----------
    S. J. Casali, D. T. Hall, D. E. Snow, M. D. Hejduk, L. C. Johnson, B. B. Skrehart, L. G. Baars, "Effect of
    cross-correlation of orbital error on probability of collision determination", AAS 18-272, 2018, eq. 11.

    Validation
    ----------
    tests/validation/test_probability_units.py: CARA's two decorrelation cases.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    return np.asarray(combined, dtype=np.float64) - np.outer(one, two) - np.outer(two, one)
