"""Monte Carlo: sampled pairs of orbits, each followed through the whole window, with intervals at 95 and 99 %.

Sampling is in equinoctial elements at the given time, as CARA's SDMC does, or in states or elements at an earlier
epoch. A rare event is met by importance sampling: the density is tilted towards pairs that touch, by Gaussians about
contact at a row of times, and every hit is weighted by the exact ratio of both densities, so that no bias comes in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.probability._number import Rectilinear
from mihari.conjunction.probability._pair import CanonicalPair
from mihari.errors import UsageError

__all__ = [
    "Flow",
    "MonteCarloPlan",
    "MonteCarloResult",
    "Sampling",
    "binomial_interval",
    "monte_carlo",
    "monte_carlo_of_flow",
    "sampled_result",
]

Floats = NDArray[np.float64]

DEFENSIVE: Final = 0.1  # share of the untilted density in the proposal: no weight exceeds its inverse
STEPS_PER_PERIOD: Final = 60
LEAST_HITS: Final = 10


class Sampling(Enum):
    """`AUTO` tilts when fewer than one in a hundred plain trials would hit."""

    PLAIN = "plain"
    IMPORTANCE = "importance"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarloPlan:
    """How many trials, and when to stop earlier.

    Attributes
    ----------
    trials : int
        At most so many.
    relative_half_width : float
        Stop once the half width of the 95 % interval is below this share of the probability.
    batch : int
    sampling : Sampling
    """

    trials: int = 400_000
    relative_half_width: float = 0.02
    batch: int = 20_000
    sampling: Sampling = Sampling.AUTO

    def __post_init__(self) -> None:
        if self.trials < 1 or self.batch < 1:
            raise UsageError("Monte Carlo needs at least one trial and one per batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarloResult:
    """What the trials gave.

    Attributes
    ----------
    probability : float
    interval_95, interval_99 : tuple of float
        Clopper-Pearson; of weighted hits with their effective number.
    hits, trials : int
    effective_hits : float
        (sum of weights)^2 / sum of squares; equal to `hits` without weights.
    inside_at_start : float
        Probability of being within the radius already when the window opens: not a part of `probability`.
    importance : bool
    reason : str
        Empty, or why the outcome cannot be trusted.
    """

    probability: float
    interval_95: tuple[float, float]
    interval_99: tuple[float, float]
    hits: int
    trials: int
    effective_hits: float
    inside_at_start: float
    importance: bool
    reason: str


class Flow(Protocol):
    """Any dynamics: states (n, 6), m and m/s, at the epoch to states (n, t, 6) at `time_s` after it."""

    def __call__(self, states_inertial: Floats, time_s: Floats, /) -> Floats:
        """Return the states."""
        ...


def binomial_interval(hits: float, trials: float, *, level: float) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a proportion; `hits` and `trials` may be effective numbers.

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26, 1934.
    """
    from scipy.special import betaincinv

    tail = 0.5 * (1.0 - level)
    low = float(betaincinv(hits, trials - hits + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, trials - hits, 1.0 - tail)) if hits < trials else 1.0
    return low, high


def sampled_result(
    weights: float, squares: float, hits: int, inside: float, trials: int, *, importance: bool, open_orbits: int = 0
) -> MonteCarloResult:
    """Return the result of sums over the hits: their weights, squared weights and number."""
    probability = weights / trials
    if hits:
        effective = weights * weights / squares
        pool = effective / probability
    else:
        effective, pool = 0.0, float(trials)
    reason = ""
    if effective < LEAST_HITS:
        reason = f"only {effective:.1f} effective hits in {trials} trials"
    if open_orbits > 1.0e-4 * trials:
        reason = f"{open_orbits} of {trials} sampled orbits are open"
    return MonteCarloResult(
        probability=probability,
        interval_95=binomial_interval(effective, pool, level=0.95),
        interval_99=binomial_interval(effective, pool, level=0.99),
        hits=hits,
        trials=trials,
        effective_hits=effective,
        inside_at_start=inside / trials,
        importance=importance,
        reason=reason,
    )


def monte_carlo(
    pair: CanonicalPair,
    line: Rectilinear,
    radius_m: float,
    *,
    start_s: float,
    end_s: float,
    plan: MonteCarloPlan,
    rng: np.random.Generator,
) -> MonteCarloResult:
    """Sample pairs in equinoctial elements and follow them by two-body motion from `start_s` to `end_s`.

    Parameters
    ----------
    pair : CanonicalPair
        Elements and covariances at the origin of time.
    line : Rectilinear
        First guess of when the rate peaks, for the proposal.
    radius_m : float
    start_s, end_s : float
        Window; trials that begin inside the radius do not count as hits unless they enter again.
    plan : MonteCarloPlan
    rng : numpy.random.Generator

    References
    ----------
    D. T. Hall, S. J. Casali, L. C. Johnson, B. B. Skrehart, L. G. Baars, "High fidelity collision probabilities
    estimated using brute force Monte Carlo simulations", AAS 18-244, 2018; T. Hesterberg, "Weighted average importance
    sampling and defensive mixture distributions", Technometrics 37(2), 1995.

    Validation
    ----------
    tests/validation/test_probability_monte_carlo.py: CARA's SDMC intervals, Alfano's cases.
    """
    from mihari.conjunction.probability._hits import HIT, INSIDE, OPEN, hits_of_elements, tilt
    from mihari.conjunction.probability._proposal import build_proposal

    unit = pair.unit_s
    start, end, radius = start_s / unit, end_s / unit, radius_m / pair.unit_m
    steps = max(2, math.ceil((end - start) / (pair.period_s / unit) * STEPS_PER_PERIOD))
    mean = np.concatenate((pair.rows[0, :6], pair.rows[7, :6]))
    factor = pair.rows[14:26]
    proposal = None
    if plan.sampling is not Sampling.PLAIN:
        proposal = build_proposal(pair, line, radius, start, end)
        if proposal is not None and plan.sampling is Sampling.AUTO and proposal.rough_probability > 0.01:
            proposal = None
    sums = np.zeros(2)
    hits = trials = opened = 0
    inside = 0.0
    while trials < plan.trials:
        size = min(plan.batch, plan.trials - trials)
        offsets = rng.standard_normal((size, 12)) @ factor.T
        weights = np.ones(size)
        if proposal is not None:
            offsets = proposal.shift(offsets, rng, share=1.0 - DEFENSIVE)
            favour = np.empty(size)
            tilt(offsets, proposal.maps, proposal.means, proposal.precisions, proposal.logs, favour)
            weights = 1.0 / (DEFENSIVE + (1.0 - DEFENSIVE) * favour)
        code, distance = np.empty(size, dtype=np.uint8), np.empty(size)
        hits_of_elements(np.ascontiguousarray(mean + offsets), start, end, steps, radius, code, distance)
        hit = code == HIT
        sums += (weights[hit].sum(), (weights[hit] ** 2).sum())
        inside += float(weights[code == INSIDE].sum())
        hits += int(hit.sum())
        opened += int((code == OPEN).sum())
        trials += size
        if hits and _narrow(sums, trials, plan.relative_half_width):
            break
    return sampled_result(
        float(sums[0]), float(sums[1]), hits, inside, trials, importance=proposal is not None, open_orbits=opened
    )


def monte_carlo_of_flow(
    states_1_inertial: Floats,
    states_2_inertial: Floats,
    radius_m: float,
    *,
    start_s: float,
    end_s: float,
    step_s: float,
    flow: Flow,
    block: int = 2_000,
) -> MonteCarloResult:
    """Follow given samples of both objects' states by any dynamics and count those that meet.

    Parameters
    ----------
    states_1_inertial, states_2_inertial : (n, 6) float64
        Samples at the epoch, m and m/s.
    radius_m : float
    start_s, end_s : float
        Window, from the epoch.
    step_s : float
        Between nodes; a cubic Hermite polynomial of the relative state fills in (10 s in low orbit: below 1 mm).
    flow : Flow
    block : int
        Samples that are propagated at once.
    """
    from mihari.conjunction.probability._hits import HIT, INSIDE, OPEN, hits_of_nodes

    size = states_1_inertial.shape[0]
    times = np.linspace(start_s, end_s, max(2, math.ceil((end_s - start_s) / step_s) + 1))
    code, distance = np.empty(size, dtype=np.uint8), np.empty(size)
    for low in range(0, size, block):
        part = slice(low, min(low + block, size))
        relative = flow(states_2_inertial[part], times) - flow(states_1_inertial[part], times)
        hits_of_nodes(np.ascontiguousarray(relative), times[1] - times[0], radius_m, code[part], distance[part])
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


def _narrow(sums: Floats, trials: int, target: float) -> bool:
    effective = float(sums[0] ** 2 / sums[1])
    if effective < 100.0:
        return False
    return 1.96 / math.sqrt(effective) < target
