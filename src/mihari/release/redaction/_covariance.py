"""Covariances for others: coarser than they are, never finer, and the same however often one asks."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import InputError

__all__ = ["SharedCovariance", "degrade_covariance"]

_SMALLEST_M: Final = 100.0
_SMALLEST_M_S: Final = 0.1
_STEP: Final = 4.0
"""Classes are a factor of four apart: a reader learns two bits per decade of accuracy, and nothing of its shape."""
_MARK: Final = 0.05
"""The mark by which a leaked copy can be told from another's; it depends on nothing in the covariance."""
_LARGEST: Final = 1.0e12


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCovariance:
    """A covariance as it is told to others.

    Attributes
    ----------
    matrix : ndarray, (3, 3) m² or (6, 6) m², m²/s, m²/s²
    frame : Frame
        That of the original.
    degraded : bool
        Whether it was made coarser; it is said wherever it stands.
    """

    matrix: NDArray[np.float64]
    frame: Frame
    degraded: bool


def degrade_covariance(
    matrix: NDArray[np.float64],
    *,
    frame: Frame,
    norad_cat_id: int,
    recipient: str,
    epoch_tai_ns: int,
    secret: bytes,
    own_safety: bool = False,
) -> SharedCovariance:
    """Return a covariance that tells a recipient no more than a class of size.

    The answer is isotropic: a sphere whose radius is the next of a ladder of classes above the largest deviation, times
    a mark between 1 and 1.05 from a keyed hash of (object, recipient, epoch). All covariances of a class give the same
    bytes, so that no number of queries, recipients or epochs tells more than the class; the mark is independent of the
    covariance, and averaging over it gives only the class back.

    Position and velocity are bounded apart: [[A, B], [Bᵀ, D]] never exceeds blockdiag(2 A, 2 D), because with -B it is
    a covariance too.

    Parameters
    ----------
    matrix : ndarray, (3, 3) or (6, 6)
        Symmetric and positive semidefinite, SI.
    frame : Frame
    norad_cat_id, recipient, epoch_tai_ns
        What the mark depends on.
    secret : bytes
        Of this node; at least 16.
    own_safety : bool
        The recipient operates an object of the encounter: its safety data are never touched.

    Raises
    ------
    InputError
        Not a covariance, or the secret is too short.

    Validation
    ----------
    tests/property/test_release_covariance.py.
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.shape not in ((3, 3), (6, 6)) or not np.all(np.isfinite(given)):
        raise InputError(f"a covariance of shape {given.shape}, or with terms that are no numbers", where="covariance")
    if not np.allclose(given, given.T, rtol=1e-9, atol=1e-12 * float(np.abs(given).max())):
        raise InputError("a covariance is not symmetric", where="covariance")
    if own_safety:
        return SharedCovariance(matrix=given.copy(), frame=frame, degraded=False)
    if len(secret) < 16:
        raise InputError("the secret is shorter than 16 bytes", where="secret")
    whole = given.shape == (6, 6)
    mark = 1.0 + _MARK * _fraction(secret, f"{norad_cat_id}\0{recipient}\0{epoch_tai_ns}")
    radius_m = _class_of(given[:3, :3], smallest=_SMALLEST_M, doubled=whole) * mark
    made = np.zeros_like(given)
    made[:3, :3] = radius_m**2 * np.eye(3)
    if whole:
        speed_m_s = _class_of(given[3:, 3:], smallest=_SMALLEST_M_S, doubled=True) * mark
        made[3:, 3:] = speed_m_s**2 * np.eye(3)
    return SharedCovariance(matrix=made, frame=frame, degraded=True)


def _class_of(block: NDArray[np.float64], *, smallest: float, doubled: bool) -> float:
    values = np.linalg.eigvalsh((block + block.T) / 2.0)
    most = float(values[-1])
    if values[0] < -1e-9 * max(most, 1.0):
        raise InputError("a covariance is not positive semidefinite", where="covariance")
    # A margin for what rounding does to the eigenvalues.
    sigma = math.sqrt(max(most, 0.0) * (2.0 if doubled else 1.0)) * (1.0 + 1e-9)
    if sigma > _LARGEST:
        raise InputError(f"a deviation of {sigma:.3g}", where="covariance", remedy="it says nothing: leave it out")
    rungs = max(0, math.ceil(math.log(sigma / smallest, _STEP))) if sigma > smallest else 0
    while smallest * _STEP**rungs < sigma:
        rungs += 1
    return smallest * _STEP**rungs


def _fraction(secret: bytes, message: str) -> float:
    digest = hmac.new(secret, b"mihari/covariance/1\0" + message.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:6], "big") / 2.0**48
