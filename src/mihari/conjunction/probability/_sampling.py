"""Monte Carlo of two estimates: from closest approach or from an earlier epoch, by two-body motion or any other."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.probability._covariance import (
    ObjectEstimate,
    inertial_covariance,
    remove_shared_error,
    to_inertial,
)
from mihari.conjunction.probability._monte_carlo import (
    STEPS_PER_PERIOD,
    Flow,
    MonteCarloPlan,
    MonteCarloResult,
    monte_carlo,
    monte_carlo_of_flow,
    sampled_result,
)
from mihari.conjunction.probability._number import Rectilinear, rectilinear
from mihari.conjunction.probability._pair import canonical_pair, covariance_factor
from mihari.constants import EARTH_MU_M3_S2, WGS72_EARTH_RADIUS_M, WGS72_J2
from mihari.errors import FrameMismatchError, InputError

__all__ = ["SampleSpace", "monte_carlo_probability", "oblate_flow"]

Floats = NDArray[np.float64]


class SampleSpace(Enum):
    """In which quantities the given covariance is Gaussian: equinoctial elements, or states."""

    ELEMENTS = "elements"
    STATES = "states"


def monte_carlo_probability(
    first: ObjectEstimate,
    second: ObjectEstimate,
    radius_m: float,
    *,
    start_s: float,
    end_s: float,
    plan: MonteCarloPlan,
    rng: np.random.Generator,
    space: SampleSpace = SampleSpace.ELEMENTS,
    flow: Flow | None = None,
    step_s: float = 10.0,
) -> MonteCarloResult:
    """Return the probability that sampled pairs enter the radius between `start_s` and `end_s` after the estimates.

    Parameters
    ----------
    first, second : ObjectEstimate
        At one moment: closest approach, or any epoch before it.
    radius_m : float
    start_s, end_s : float
        Window, from that moment.
    plan : MonteCarloPlan
        Importance sampling is possible in elements with two-body motion; elsewhere all trials are plain.
    rng : numpy.random.Generator
    space : SampleSpace
    flow : Flow, optional
        Dynamics; two-body when left out.
    step_s : float
        Of the nodes at which `flow` is asked.

    Validation
    ----------
    tests/validation/test_probability_monte_carlo.py: CARA's and Alfano's runs, from closest approach and from epoch.
    """
    if first.frame is not second.frame:
        raise FrameMismatchError(
            f"objects in {first.frame.value} and {second.frame.value}", remedy="convert to one frame"
        )
    if not start_s < end_s:
        raise InputError(f"a window from {start_s} s to {end_s} s is empty")
    one, two = inertial_covariance(first), inertial_covariance(second)
    shared_1, shared_2 = _shared(first), _shared(second)
    both = shared_1 is not None and shared_2 is not None
    if space is SampleSpace.ELEMENTS and flow is None:
        pair = canonical_pair(
            first.state_inertial,
            one,
            second.state_inertial,
            two,
            shared_1_inertial=shared_1 if both else None,
            shared_2_inertial=shared_2 if both else None,
        )
        if pair is None:
            raise InputError("an orbit is open", remedy="sample states and give a flow")
        line = _first_guess(first, second, one + two, shared_1, shared_2, radius_m, start_s, end_s)
        return monte_carlo(pair, line, radius_m, start_s=start_s, end_s=end_s, plan=plan, rng=rng)
    joint = np.zeros((12, 12))
    joint[:6, :6], joint[6:, 6:] = one, two
    if both:
        joint[:6, 6:] = np.outer(shared_1, shared_2)  # type: ignore[arg-type]
        joint[6:, :6] = joint[:6, 6:].T
    mean = np.concatenate((first.state_inertial, second.state_inertial))
    states = _samples(mean, joint, plan.trials, rng, space)
    if flow is None:
        return _two_body(states, radius_m, start_s, end_s)
    return monte_carlo_of_flow(
        states[:, :6], states[:, 6:], radius_m, start_s=start_s, end_s=end_s, step_s=step_s, flow=flow
    )


def oblate_flow(*, step_s: float = 10.0) -> Flow:
    """Return numerical dynamics about an oblate Earth: central attraction and J2, Runge-Kutta of fourth order.

    Parameters
    ----------
    step_s : float
        At most so long; 10 s keeps low orbits to about a centimetre per revolution, and far less of the difference.
    """
    from mihari.conjunction.probability._flow import follow

    def flow(states_inertial: Floats, time_s: Floats, /) -> Floats:
        out = np.empty((states_inertial.shape[0], time_s.size, 6))
        follow(
            np.ascontiguousarray(states_inertial),
            np.ascontiguousarray(time_s),
            step_s,
            EARTH_MU_M3_S2,
            1.5 * WGS72_J2 * EARTH_MU_M3_S2 * WGS72_EARTH_RADIUS_M**2,
            out,
        )
        return out

    return flow


def _samples(mean: Floats, joint: Floats, size: int, rng: np.random.Generator, space: SampleSpace) -> Floats:
    if space is SampleSpace.STATES:
        return np.asarray(mean + rng.standard_normal((size, 12)) @ covariance_factor(joint).T)
    raise InputError(
        "samples in elements are followed by two-body motion only", remedy="sample states, or leave flow out"
    )


def _two_body(states: Floats, radius_m: float, start_s: float, end_s: float) -> MonteCarloResult:
    from mihari.conjunction.probability._hits import HIT, INSIDE, OPEN, elements_of_states, hits_of_elements

    unit = float(np.linalg.norm(states[0, :3]))
    moment = math.sqrt(unit**3 / EARTH_MU_M3_S2)
    scale = np.tile(np.r_[np.full(3, 1.0 / unit), np.full(3, moment / unit)], 2)
    size = states.shape[0]
    turned = states * scale
    # Elements fail only at an inclination of 180 degrees: turn the axes when the orbits run backwards.
    if np.cross(states[0, :3], states[0, 3:6])[2] < 0.0:
        turned = turned * np.tile([1.0, -1.0, -1.0], 4)
    elements, code, distance = np.empty((size, 12)), np.empty(size, dtype=np.uint8), np.empty(size)
    elements_of_states(np.ascontiguousarray(turned), elements)
    motion = max(float(np.median(elements[:, 0])), float(np.median(elements[:, 6])), 1.0e-9)
    start, end = start_s / moment, end_s / moment
    steps = max(2, math.ceil((end - start) * motion / (2.0 * math.pi) * STEPS_PER_PERIOD))
    hits_of_elements(elements, start, end, steps, radius_m / unit, code, distance)
    hits = int((code == HIT).sum())
    return sampled_result(
        float(hits),
        float(hits),
        hits,
        float((code == INSIDE).sum()),
        size,
        importance=False,
        open_orbits=int((code == OPEN).sum()),
    )


def _shared(estimate: ObjectEstimate) -> Floats | None:
    if estimate.shared_error is None:
        return None
    turn = to_inertial(
        estimate.covariance_frame, position_inertial_m=estimate.position_m, velocity_inertial_m_s=estimate.velocity_m_s
    )
    return np.asarray(turn @ (estimate.shared_error.sensitivity * estimate.shared_error.sigma))


def _first_guess(
    first: ObjectEstimate,
    second: ObjectEstimate,
    combined: Floats,
    shared_1: Floats | None,
    shared_2: Floats | None,
    radius_m: float,
    start_s: float,
    end_s: float,
) -> Rectilinear:
    """Return the straight-line encounter when the window holds the given moment, else the middle of the window."""
    if shared_1 is not None and shared_2 is not None:
        combined = remove_shared_error(combined, shared_1, shared_2)
    line = rectilinear(second.state_inertial - first.state_inertial, combined[:3, :3], radius_m)
    if start_s <= line.time_s <= end_s and math.isfinite(line.sigma_s):
        return line
    return Rectilinear(
        time_s=0.5 * (start_s + end_s),
        sigma_s=0.02 * (end_s - start_s),
        least_distance=line.least_distance,
        speed_m_s=line.speed_m_s,
    )
