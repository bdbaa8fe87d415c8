"""Numerical propagation of many objects, with manoeuvres and partial derivatives."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.numerical._bodies import BodyEphemeris, SeriesEphemeris
from mihari.astro.numerical._environment import build_environment
from mihari.astro.numerical._flight import Flight, Job
from mihari.astro.numerical._integrators import IntegratorKey, lanes_for
from mihari.astro.numerical._manoeuvre import Manoeuvre, ThrustArc
from mihari.astro.numerical._model import AreaToMass, ForceModel, Parameter
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError

__all__ = ["DEFAULT_TOLERANCE", "NumericalStates", "propagate"]

Floats = NDArray[np.float64]

DEFAULT_TOLERANCE: Final = 1e-13
"""Relative error per step; below a millimetre a day in low orbit."""


@dataclass(frozen=True, slots=True, eq=False)
class NumericalStates:
    """States of n objects at t times each, GCRF.

    Attributes
    ----------
    states : StateVectors
        (n, t, 3), GCRF, at epochs (n, t). NaN where the status is not zero.
    status : uint8 array, (n, t)
        `PropagationStatus`.
    transition : float64 array, (n, t, 6, 6), or None
        Partial derivatives of the state at the time by the state at the epoch; m, m/s, s and 1/s. NaN also where the
        companion motion that they belong to ended.
    sensitivity : float64 array, (n, t, 6, p), or None
        Partial derivatives by the parameters asked for, in their order; m and m/s per m2/kg.
    """

    states: StateVectors
    status: NDArray[np.uint8]
    transition: Floats | None
    sensitivity: Floats | None


def propagate(
    states: StateVectors,
    times_tai_ns: ArrayLike,
    *,
    model: ForceModel,
    orientation: EarthOrientation,
    area_to_mass: AreaToMass | None = None,
    manoeuvres: Sequence[Sequence[Manoeuvre]] | None = None,
    transition: bool = False,
    parameters: Sequence[Parameter] = (),
    bodies: BodyEphemeris | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
    threads: int = 1,
) -> NumericalStates:
    """Integrate objects from their epochs to any times, before or after.

    Parameters
    ----------
    states : StateVectors, GCRF
        (n, 3) positions, m, and velocities, m/s; epochs (n,) or one for all. A row that is not finite stays so.
    times_tai_ns : int64 array, (t,) or (n, t)
        In any order, for all objects or for each.
    model : ForceModel
    orientation : EarthOrientation
        Must cover everything from the first to the last moment if the model turns with the Earth.
    area_to_mass : AreaToMass, optional
        Needed for drag and radiation pressure.
    manoeuvres : sequence of sequences, optional
        One sequence per object. Thrust arcs of one object must not overlap. A manoeuvre between the epoch and an
        earlier time is undone. An impulse at the very epoch is flown when time runs on.
    transition : bool
        Also give partial derivatives: those of `model.companion()`, flown beside when its gravity is less.
    parameters : sequence of Parameter
        Also partial derivatives by these; needs `transition`.
    bodies : BodyEphemeris, optional
        `SeriesEphemeris` when left out.
    tolerance : float
        Relative, per step.
    threads : int
        Batches of objects run side by side.

    Returns
    -------
    NumericalStates

    Raises
    ------
    FrameMismatchError
        The states are not in GCRF.
    InputError
        Shapes do not fit, arcs overlap, or a force lacks its area over mass.
    DataGapError
        The Earth orientation or the density indices do not cover the time.

    Notes
    -----
    Taylor's method of heyoka (Biscani, Izzo, MNRAS 504, 2614, 2021), several objects in the lanes of one vector. What
    depends on time alone enters as polynomials over at most a day. Integration stops at `ForceModel.floor_altitude_m`.

    Validation
    ----------
    tests/validation/test_numerical_trajectories.py: GMAT, Orekit and STK; tests/unit/test_numerical_propagate.py: time
    reversal, partial derivatives against differences, manoeuvres, failing rows.
    """
    states.require(Frame.GCRF)
    if states.position_m.ndim != 2:
        raise InputError(f"states of shape {states.position_m.shape}", remedy="give (n, 3)")
    count = states.position_m.shape[0]
    epoch = np.broadcast_to(np.asarray(states.epoch_tai_ns, dtype=np.int64), (count,))
    times = _times(times_tai_ns, count)
    burns = _manoeuvres(manoeuvres, count)
    if parameters and not transition:
        raise InputError("partial derivatives by parameters need the transition matrices", remedy="transition=True")
    if (Parameter.DRAG in parameters and model.density is None) or (
        Parameter.RADIATION in parameters and not model.radiation
    ):
        raise InputError("partial derivatives by a parameter of a force that the model lacks", where=model.describe())
    if not 0.0 < tolerance < 1e-3:
        raise InputError(f"a tolerance of {tolerance}", remedy="give one between 0 and 1e-3")
    if area_to_mass is None and (model.density is not None or model.radiation):
        raise InputError(
            "drag and radiation pressure need each object's area over mass",
            where=model.describe(),
            remedy="give area_to_mass, zero for none",
        )
    fly = _Propagation(states, epoch, times, burns, area_to_mass, orientation, bodies, tolerance, threads)
    companion = model.companion()
    alone = transition and companion.degree == model.degree and companion.order == model.order
    job = fly(model, transition=alone, parameters=tuple(parameters) if alone else ())
    out = StateVectors(Frame.GCRF, times, job.state[..., :3].copy(), job.state[..., 3:].copy())
    if not transition:
        return NumericalStates(out, job.status, None, None)
    partials = job.partials if alone else fly(companion, transition=True, parameters=tuple(parameters)).partials
    assert partials is not None
    partials[job.status != 0] = np.nan
    sensitivity = partials[..., 6:].copy() if parameters else None
    return NumericalStates(out, job.status, partials[..., :6].copy(), sensitivity)


@dataclass(frozen=True, slots=True, eq=False)
class _Propagation:
    """What does not depend on the model."""

    states: StateVectors
    epoch_tai_ns: NDArray[np.int64]
    times_tai_ns: NDArray[np.int64]
    manoeuvres: tuple[tuple[Manoeuvre, ...], ...]
    area_to_mass: AreaToMass | None
    orientation: EarthOrientation
    bodies: BodyEphemeris | None
    tolerance: float
    threads: int

    def __call__(self, model: ForceModel, *, transition: bool, parameters: tuple[Parameter, ...]) -> Job:
        """Fly all objects under one model."""
        count, times = self.times_tai_ns.shape
        thrust = frozenset(b.frame for row in self.manoeuvres for b in row if isinstance(b, ThrustArc))
        key = IntegratorKey(model, thrust, transition, parameters, lanes_for(count), self.tolerance)
        job = Job(
            initial=np.concatenate([self.states.position_m, self.states.velocity_m_s], axis=1),
            epoch_tai_ns=self.epoch_tai_ns,
            times_tai_ns=self.times_tai_ns,
            properties=(self.area_to_mass or AreaToMass()).columns(count),
            manoeuvres=self.manoeuvres,
            state=np.full((count, times, 6), np.nan),
            partials=np.full((count, times, 6, 6 + len(parameters)), np.nan) if transition else None,
            status=np.zeros((count, times), dtype=np.uint8),
        )
        moments = np.concatenate([self.epoch_tai_ns, self.times_tai_ns.reshape(-1)])
        if moments.size == 0:
            return job
        environment = build_environment(
            model,
            start_tai_ns=int(moments.min()),
            end_tai_ns=int(moments.max()),
            orientation=self.orientation,
            bodies=SeriesEphemeris() if self.bodies is None else self.bodies,
        )
        flight = Flight(key, environment, job)
        batches = [np.arange(first, min(first + key.lanes, count)) for first in range(0, count, key.lanes)]
        if self.threads > 1 and len(batches) > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(flight.run, batches))
        else:
            for batch in batches:
                flight.run(batch)
        return job


def _times(times_tai_ns: ArrayLike, count: int) -> NDArray[np.int64]:
    times = np.asarray(times_tai_ns)
    if not (np.issubdtype(times.dtype, np.integer) or times.size == 0):
        raise InputError(f"times are {times.dtype}", remedy="give int64 TAI nanoseconds")
    if times.ndim > 2 or (times.ndim == 2 and times.shape[0] != count):
        raise InputError(f"times of shape {times.shape} for {count} objects", remedy="give (t,) or (n, t)")
    return np.array(np.broadcast_to(np.atleast_1d(times).astype(np.int64), (count, np.atleast_1d(times).shape[-1])))


def _manoeuvres(manoeuvres: Sequence[Sequence[Manoeuvre]] | None, count: int) -> tuple[tuple[Manoeuvre, ...], ...]:
    if manoeuvres is None:
        return ((),) * count
    if len(manoeuvres) != count:
        raise InputError(f"manoeuvres for {len(manoeuvres)} objects, there are {count}")
    for row in manoeuvres:
        arcs = sorted((b.start_tai_ns, b.end_tai_ns) for b in row if isinstance(b, ThrustArc))
        if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(arcs)):
            raise InputError("two thrust arcs of one object overlap", remedy="join them into one, or cut them apart")
    return tuple(tuple(row) for row in manoeuvres)
