"""Candidate trajectories against the whole catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.states import StateVectors
from mihari.compute import Executor
from mihari.conjunction.avoidance._encounters import Encounters
from mihari.conjunction.screening import CatalogueWithEphemerides, find_approaches
from mihari.errors import InputError

__all__ = ["Catalogue", "Rescreening", "rescreen"]

Floats = NDArray[np.float64]

_SAME_PASSAGE_NS: Final = 600 * 10**9
_NO_NEARER: Final = 1e-3
"""Share of the volume below which two flights of the same trajectory differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Element sets with their catalogue numbers, (n,)."""

    sets: Sgp4Batch
    object_id: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.object_id.shape != (self.sets.size,):
            raise InputError(f"{self.object_id.shape} numbers for {self.sets.size} element sets", where="catalogue")


@dataclass(frozen=True, slots=True, eq=False)
class Rescreening:
    """What comes inside the volume of which candidate; r rows in order of time.

    Attributes
    ----------
    start_tai_ns, end_tai_ns : int
    semi_axes_m : (radial, transverse, normal)
        The volume.
    objects_screened : int
        Of the catalogue, the primary's own set left out.
    lost_id : int64 array
        Catalogue objects that could not be followed to the end.
    is_screened : bool array, (n,)
        Which candidates were followed to the end.
    candidate : int64 array, (r,)
    secondary_id, tca_tai_ns : int64 arrays, (r,)
    miss_distance_m, relative_speed_m_s : float64 arrays, (r,)
    miss_rtn_m : float64 array, (r, 3)
        The other object as the candidate sees it.
    is_known : bool array, (r,)
        One of the conjunctions that the candidate is meant for; the others are new.
    """

    start_tai_ns: int
    end_tai_ns: int
    semi_axes_m: tuple[float, float, float]
    objects_screened: int
    lost_id: NDArray[np.int64]
    is_screened: NDArray[np.bool_]
    candidate: NDArray[np.int64]
    secondary_id: NDArray[np.int64]
    tca_tai_ns: NDArray[np.int64]
    miss_distance_m: Floats
    relative_speed_m_s: Floats
    miss_rtn_m: Floats
    is_known: NDArray[np.bool_]

    def new_of(self, candidate: int) -> NDArray[np.int64]:
        """Return the rows of a candidate that are none of the conjunctions it is meant for."""
        return np.flatnonzero((self.candidate == candidate) & ~self.is_known)

    def made_by(self, candidate: int, *, without: int) -> NDArray[np.int64]:
        """Return the rows of `new_of` that another candidate, doing nothing, does not have, or has farther off.

        A passage that nobody warned of and that is there with and without a burn is not the burn's. Farther is meant in
        the measure of the volume.
        """
        rows, others = self.new_of(candidate), self.new_of(without)
        same = (self.secondary_id[rows][:, np.newaxis] == self.secondary_id[others]) & (
            np.abs(self.tca_tai_ns[rows][:, np.newaxis] - self.tca_tai_ns[others]) <= _SAME_PASSAGE_NS
        )
        ratio = np.linalg.norm(self.miss_rtn_m / np.array(self.semi_axes_m), axis=-1)
        is_no_nearer = ratio[rows][:, np.newaxis] >= ratio[others] * (1.0 - _NO_NEARER)
        return np.asarray(rows[~(same & is_no_nearer).any(axis=1)])


def rescreen(
    ephemerides: StateVectors,
    catalogue: Catalogue | None,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    semi_axes_m: tuple[float, float, float],
    primary_id: int,
    encounters: Encounters,
    orientation: EarthOrientation,
    executor: Executor,
) -> Rescreening:
    """Screen all candidates against all objects in one pass.

    Candidates are not screened against each other, nor against the primary's own element set. All of them share one
    pass of the catalogue: twenty cost little more than one.

    Parameters
    ----------
    ephemerides : StateVectors, GCRF
        (n, t, 3) at common nodes that reach beyond the window on both sides. A row with a missing state is left out
        and is not "screened".
    catalogue : Catalogue, optional
        Without one no candidate is "screened".
    semi_axes_m : (radial, transverse, normal)
        What comes inside is told. Without covariances that is all there is: the volume must be as wide as the element
        sets are wrong.
    encounters : Encounters
        A passage of one of these secondaries within ten minutes of its conjunction is known, any other is new.

    Raises
    ------
    InputError
        The nodes do not reach beyond the window.

    Validation
    ----------
    tests/unit/test_avoidance_plan.py: a planted object, against a search of its own.
    """
    node = np.asarray(ephemerides.epoch_tai_ns)
    if node.ndim != 1 or node[0] >= start_tai_ns or node[-1] <= end_tai_ns:
        raise InputError("the ephemerides do not reach beyond the window", where="rescreen")
    states = np.concatenate([ephemerides.position_m, ephemerides.velocity_m_s], axis=-1)
    whole = np.asarray(np.isfinite(states).all(axis=(1, 2)))
    rows = np.flatnonzero(whole)
    if catalogue is None or rows.size == 0:
        return _nothing(whole, start_tai_ns, end_tai_ns, semi_axes_m)
    others = np.flatnonzero(catalogue.object_id != primary_id)
    propagator = CatalogueWithEphemerides.from_gcrf(
        catalogue.sets.take(others),
        StateVectors(ephemerides.frame, node, ephemerides.position_m[rows], ephemerides.velocity_m_s[rows]),
        orientation=orientation,
    )
    is_candidate = np.arange(propagator.size) >= others.size
    outcome = find_approaches(
        propagator,
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=np.where(is_candidate[:, np.newaxis], np.array(semi_axes_m), 0.0),
        owner=is_candidate,
        between_owners=False,
        executor=executor,
    )
    found = outcome.approaches
    # A candidate stands after every element set, so it is the second of its pairs.
    number = catalogue.object_id[others][found.pair[:, 0]]
    until = outcome.validity.until_tai_ns
    lost = np.flatnonzero(until[: others.size] < end_tai_ns)
    screened = whole.copy()
    screened[rows] = until[others.size :] >= end_tai_ns
    known = (encounters.secondary_id == number[:, np.newaxis]) & (
        np.abs(encounters.tca_tai_ns - found.tca_tai_ns[:, np.newaxis]) <= _SAME_PASSAGE_NS
    )
    return Rescreening(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=semi_axes_m,
        objects_screened=int(others.size),
        lost_id=catalogue.object_id[others][lost],
        is_screened=screened,
        candidate=rows[found.pair[:, 1] - others.size],
        secondary_id=number,
        tca_tai_ns=found.tca_tai_ns,
        miss_distance_m=found.miss_distance_m,
        relative_speed_m_s=found.relative_speed_m_s,
        miss_rtn_m=found.rtn_m,
        is_known=known.any(axis=1),
    )


def _nothing(
    whole: NDArray[np.bool_], start_tai_ns: int, end_tai_ns: int, semi_axes_m: tuple[float, float, float]
) -> Rescreening:
    integers, numbers = np.zeros(0, np.int64), np.zeros(0)
    return Rescreening(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=semi_axes_m,
        objects_screened=0,
        lost_id=integers,
        is_screened=np.zeros_like(whole),
        candidate=integers,
        secondary_id=integers,
        tca_tai_ns=integers,
        miss_distance_m=numbers,
        relative_speed_m_s=numbers,
        miss_rtn_m=np.zeros((0, 3)),
        is_known=np.zeros(0, dtype=bool),
    )
