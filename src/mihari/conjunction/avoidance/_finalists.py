"""Finalists flown in full dynamics, as impulses or as arcs of the spacecraft's thrust."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.astro.numerical import Impulse, Manoeuvre, ThrustArc, propagate
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.conjunction.avoidance._geometry import closest_of_flown
from mihari.conjunction.avoidance._problem import AvoidanceProblem, judge
from mihari.conjunction.avoidance._records import Standing
from mihari.conjunction.avoidance._reference import ReferenceFlight
from mihari.conjunction.avoidance._trade_space import TradeSpace, assemble

__all__ = ["NODES_PER_REVOLUTION", "FlownCandidates", "fly", "window_nodes"]

Floats = NDArray[np.float64]

NODES_PER_REVOLUTION = 200
"""Of the ephemerides that are screened; see `CatalogueWithEphemerides`."""
_MARGIN_NS = 900 * 10**9


@dataclass(frozen=True, slots=True, eq=False)
class FlownCandidates:
    """Candidates after full dynamics.

    Attributes
    ----------
    space : TradeSpace
        Standing FLOWN; a trajectory that came down breaks a constraint that says so.
    ephemerides : StateVectors, GCRF
        (n, t, 3) at common nodes (t,) over the window and a margin. NaN after a trajectory's end.
    primary_gcrf, relative_gcrf : float64 arrays, (n, k, 6)
        The primary at its closest approaches, and the other object less the primary, m and m/s.
    """

    space: TradeSpace
    ephemerides: StateVectors
    primary_gcrf: Floats
    relative_gcrf: Floats


def window_nodes(problem: AvoidanceProblem, *, start_tai_ns: int) -> NDArray[np.int64]:
    """Return the nodes of ephemerides: even, from before the start to after the end of the window."""
    state = problem.primary.state
    radius = float(np.linalg.norm(state.position_m[0]))
    momentum = float(np.linalg.norm(np.cross(state.position_m[0], state.velocity_m_s[0])))
    # At perigee an object turns fastest; the state's own rate is a lower bound of it.
    semilatus = momentum**2 / problem.primary.model.field.mu_m3_s2
    eccentricity = math.sqrt(max(0.0, 1.0 - semilatus / problem.primary.semi_major_axis_m))
    perigee = semilatus / (1.0 + eccentricity)
    rate = momentum / min(radius, perigee) ** 2
    step_ns = int(2.0 * math.pi / NODES_PER_REVOLUTION / rate * 1e9)
    first, last = start_tai_ns - _MARGIN_NS, problem.end_tai_ns + _MARGIN_NS
    return np.arange(first, last + step_ns, step_ns, dtype=np.int64)


def fly(
    problem: AvoidanceProblem,
    reference: ReferenceFlight,
    candidates: TradeSpace,
    *,
    node_tai_ns: NDArray[np.int64],
    threads: int = 1,
) -> FlownCandidates:
    """Fly candidates, a burn of zero included, and judge every conjunction on what was flown.

    The other object moves by two-body motion from its state at closest approach, over the seconds that closest approach
    shifts. The covariance of the execution error is that of the transition matrices.

    Validation
    ----------
    tests/unit/test_avoidance_plan.py.
    """
    encounters, count = problem.encounters, candidates.count
    tca, end = encounters.tca_tai_ns, np.array([problem.end_tai_ns])
    times = np.unique(np.concatenate([node_tai_ns, tca, end]))
    primary = problem.primary
    start = StateVectors(
        Frame.GCRF,
        np.full(count, primary.epoch_tai_ns),
        np.repeat(primary.state.position_m, count, axis=0),
        np.repeat(primary.state.velocity_m_s, count, axis=0),
    )
    flown = propagate(
        start,
        times,
        model=primary.model,
        orientation=primary.orientation,
        area_to_mass=primary.area_to_mass,
        manoeuvres=[_burns(problem, candidates, row) for row in range(count)],
        threads=threads,
    )
    states = np.concatenate([flown.states.position_m, flown.states.velocity_m_s], axis=-1)
    at_tca = states[:, np.searchsorted(times, tca)]
    other = np.concatenate([encounters.secondary_position_gcrf_m, encounters.secondary_velocity_gcrf_m_s], axis=-1)
    fell = ~np.isfinite(states).all(axis=(1, 2))
    usable = np.where(np.isfinite(at_tca), at_tca, reference.gcrf[reference.at(tca)])
    miss, speed, delay, there = closest_of_flown(usable, other, tca_tai_ns=tca)
    judgement = judge(
        problem,
        primary_gcrf=there,
        miss_gcrf_m=miss,
        speed_gcrf_m_s=speed,
        execution_gcrf_m2=_execution(problem, reference, candidates),
    )
    last = reference.gcrf[reference.at(end)][0]
    change = states[:, np.searchsorted(times, end[0]), :3] - last[:3]
    along = np.einsum("j,nj->n", rtn_basis(last[:3], last[3:])[1], np.nan_to_num(change))
    space = assemble(
        problem,
        burn_tai_ns=candidates.burn_tai_ns,
        direction_rtn=candidates.direction_rtn,
        delta_v_m_s=candidates.delta_v_m_s,
        delay_s=delay,
        relative_speed_m_s=np.linalg.norm(speed, axis=-1),
        judgement=judgement,
        effects=replace(candidates.effects, along_track_offset_m=along),
        standing=Standing.FLOWN,
    )
    if fell.any():
        words = [
            (*broken, "comes down within the window") if low else broken
            for broken, low in zip(space.violations, fell, strict=True)
        ]
        space = replace(space, violations=tuple(words))
    nodes = states[:, np.searchsorted(times, node_tai_ns)]
    return FlownCandidates(
        space,
        StateVectors(Frame.GCRF, node_tai_ns, nodes[..., :3].copy(), nodes[..., 3:].copy()),
        primary_gcrf=there,
        relative_gcrf=np.concatenate([miss, speed], axis=-1),
    )


def _burns(problem: AvoidanceProblem, candidates: TradeSpace, row: int) -> tuple[Manoeuvre, ...]:
    size, middle = float(candidates.delta_v_m_s[row]), int(candidates.burn_tai_ns[row])
    if size == 0.0:
        return ()
    direction = candidates.direction_rtn[row]
    craft = problem.spacecraft
    half_ns = round(float(craft.burn_duration_s(candidates.delta_v_m_s[row])) * 0.5e9)
    if half_ns == 0:
        return (Impulse(at_tai_ns=middle, delta_v_m_s=_triple(direction * size)),)
    share = float(craft.propellant_kg(candidates.delta_v_m_s[row])) / craft.mass_kg
    return (
        ThrustArc(
            start_tai_ns=middle - half_ns,
            end_tai_ns=middle + half_ns,
            acceleration_m_s2=_triple(direction * craft.thrust_n / craft.mass_kg),
            mass_flow_per_s=share / (2.0 * half_ns * 1e-9),
        ),
    )


def _execution(problem: AvoidanceProblem, reference: ReferenceFlight, candidates: TradeSpace) -> Floats:
    moments, which = np.unique(candidates.burn_tai_ns, return_inverse=True)
    states = reference.gcrf[reference.at(moments)]
    basis = rtn_basis(states[:, :3], states[:, 3:])[which]
    direction = np.einsum("nji,nj->ni", basis, candidates.direction_rtn)
    error = problem.execution.covariance(direction, candidates.delta_v_m_s)
    response = reference.between(moments, problem.encounters.tca_tai_ns)[which][..., :3, 3:]
    return np.asarray(np.einsum("nkij,njl,nkml->nkim", response, error, response))


def _triple(vector: Floats) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
