"""The plan: explore, fly, screen, and only then recommend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.compute import Executor
from mihari.conjunction.avoidance._finalists import FlownCandidates, fly, window_nodes
from mihari.conjunction.avoidance._problem import AvoidanceProblem
from mihari.conjunction.avoidance._records import Candidate, CandidateKind, Standing
from mihari.conjunction.avoidance._reference import ReferenceFlight
from mihari.conjunction.avoidance._rescreen import Catalogue, Rescreening, rescreen
from mihari.conjunction.avoidance._trade_space import TradeSpace, burn_times, evaluate, explore
from mihari.errors import InputError

__all__ = ["AvoidancePlan", "Wait", "WaitOption", "fly_reference", "plan_avoidance", "weigh_waiting"]

Floats = NDArray[np.float64]

_SHARES: Final = (0.2, 0.3, 0.6)
"""Of the work, roughly: the reference is flown, the grid evaluated, the finalists flown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Tracking that may be waited for.

    Attributes
    ----------
    until_tai_ns : int
        When its result is at hand and a burn could follow.
    covariance_share : float
        What is expected to be left of the combined covariance: 0.25 halves every sigma.
    """

    until_tai_ns: int
    covariance_share: float

    def __post_init__(self) -> None:
        if not 0.0 < self.covariance_share <= 1.0:
            raise InputError(f"a covariance share of {self.covariance_share}", where="wait", remedy="above 0, up to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitOption:
    """What waiting costs and may gain.

    Attributes
    ----------
    candidate : Candidate
        Nothing done, the covariance smaller, the miss as it is now: its outcomes say what would then be known.
    smallest_delta_v_m_s : float or None
        Smallest burn of the grid that still avoids everything if begun after the wait; None when none does.
    smallest_delta_v_at_once_m_s : float or None
        The same without waiting.
    """

    candidate: Candidate
    smallest_delta_v_m_s: float | None
    smallest_delta_v_at_once_m_s: float | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AvoidancePlan:
    """The answer. The decision is the operator's.

    Attributes
    ----------
    nothing : Candidate
        Doing nothing, flown and screened like the others.
    waits : tuple of WaitOption
    burns : tuple of Candidate
        Finalists, best first. Those that may be taken say RECOMMENDED, the others say why not.
    space : TradeSpace
        The whole grid.
    rescreening : Rescreening
        Row 0 is doing nothing, the finalists follow in the order in which they were flown.
    flown : FlownCandidates
        The same rows.
    burn_rows : tuple of int
        Row of each of `burns` there.
    reference : ReferenceFlight
    advisory : tuple of str
        Why all of this is advisory only; empty when it is not.
    dynamics : str
        The force model.
    """

    nothing: Candidate
    waits: tuple[WaitOption, ...]
    burns: tuple[Candidate, ...]
    space: TradeSpace
    rescreening: Rescreening
    flown: FlownCandidates
    burn_rows: tuple[int, ...]
    reference: ReferenceFlight
    advisory: tuple[str, ...]
    dynamics: str

    @property
    def is_advisory(self) -> bool:
        """Whether this must not be acted on as it stands."""
        return bool(self.advisory)

    @property
    def recommended(self) -> tuple[Candidate, ...]:
        """The burns that avoid every conjunction, keep all constraints and make no new conjunction."""
        return tuple(burn for burn in self.burns if burn.standing is Standing.RECOMMENDED)


def fly_reference(problem: AvoidanceProblem, burn_tai_ns: NDArray[np.int64]) -> ReferenceFlight:
    """Fly the primary to every burn time, every conjunction, the earliest burn and the end of the window."""
    ends = [problem.constraints.earliest_tai_ns, problem.end_tai_ns]
    times = np.concatenate([burn_tai_ns, problem.encounters.tca_tai_ns, np.array(ends, dtype=np.int64)])
    return ReferenceFlight.fly(problem.primary, times)


def plan_avoidance(
    problem: AvoidanceProblem,
    catalogue: Catalogue | None,
    *,
    sizes_m_s: Floats,
    rescreen_axes_m: tuple[float, float, float],
    executor: Executor,
    half_revolutions: int = 12,
    per_revolution: int = 0,
    finalists: int = 20,
    waits: Sequence[Wait] = (),
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> AvoidancePlan:
    """Plan the avoidance of all conjunctions of a window at once.

    The grid of burn time, direction and size is evaluated by transition matrices; the best are flown in full dynamics;
    what was flown is screened against the whole catalogue. Only what passes all three is recommended.

    Parameters
    ----------
    problem : AvoidanceProblem
    catalogue : Catalogue
        Element sets of everything; the primary's own is left out by its number. None: nothing is screened, and so
        nothing is recommended.
    sizes_m_s : (s,) float64
        Sizes of burns to try.
    rescreen_axes_m : (radial, transverse, normal)
        Volume that must stay empty of objects that are none of the conjunctions.
    executor : Executor
        Runs the screening.
    half_revolutions, per_revolution : int
        See `burn_times`.
    finalists : int
    waits : sequence of Wait
    threads : int
        Of the flights.
    progress : callable, optional
        Gets the fraction done.

    Raises
    ------
    InputError
        No moment is open for a burn, or the primary does not last to the end.

    References
    ----------
    NASA Spacecraft Conjunction Assessment and Collision Avoidance Best Practices Handbook, 2023: every candidate is
    screened before it is executed; goal 1.5 orders of magnitude below the threshold.

    Validation
    ----------
    tests/unit/test_avoidance_plan.py.
    """
    tell = progress or (lambda _: None)
    times = burn_times(problem, half_revolutions=half_revolutions, per_revolution=per_revolution)
    reference = fly_reference(problem, times)
    tell(_SHARES[0])
    space = explore(problem, reference, burn_tai_ns=times, sizes_m_s=sizes_m_s)
    start = problem.constraints.earliest_tai_ns
    still = _doing_nothing(problem, reference)
    chosen = space.take(space.finalists(finalists))
    nodes = window_nodes(problem, start_tai_ns=start)
    tell(_SHARES[1])
    flown = fly(problem, reference, _joined(still, chosen), node_tai_ns=nodes, threads=threads)
    tell(_SHARES[2])
    screened = rescreen(
        flown.ephemerides,
        catalogue,
        start_tai_ns=start,
        end_tai_ns=problem.end_tai_ns,
        semi_axes_m=rescreen_axes_m,
        primary_id=problem.primary.object_id,
        encounters=problem.encounters,
        orientation=problem.primary.orientation,
        executor=executor,
    )
    tell(1.0)
    judged = [_judged(flown, screened, row) for row in range(flown.space.count)]
    order = [int(row) for row in flown.space.ranking() if row != 0]
    order.sort(key=lambda row: judged[row].standing is not Standing.RECOMMENDED)
    advisory = problem.encounters.advisory_reasons()
    if screened.candidate[~screened.is_known].size:
        advisory += ("new conjunctions are found on public element sets, by volume",)
    return AvoidancePlan(
        nothing=judged[0],
        waits=tuple(weigh_waiting(problem, reference, space, wait) for wait in waits),
        burns=tuple(judged[row] for row in order),
        space=space,
        rescreening=screened,
        flown=flown,
        burn_rows=tuple(order),
        reference=reference,
        advisory=advisory,
        dynamics=problem.primary.model.describe(),
    )


def weigh_waiting(problem: AvoidanceProblem, reference: ReferenceFlight, space: TradeSpace, wait: Wait) -> WaitOption:
    """Say what is expected to be known after a wait, and what burn would still be possible."""
    encounters = problem.encounters
    smaller = replace(
        encounters,
        primary_covariance_gcrf_m2=encounters.primary_covariance_gcrf_m2 * wait.covariance_share,
        secondary_covariance_gcrf_m2=encounters.secondary_covariance_gcrf_m2 * wait.covariance_share,
    )
    then = _doing_nothing(replace(problem, encounters=smaller), reference)
    good = space.is_avoiding
    late = good & (space.burn_tai_ns >= wait.until_tai_ns)
    now, still = (float(space.delta_v_m_s[m].min()) if m.any() else None for m in (good, late))
    words = "no burn of the grid suffices after it" if still is None else f"{still:g} m/s still suffices after it"
    candidate = replace(
        then.candidate(0, note=f"if the miss stays as it is; {words}"),
        kind=CandidateKind.WAIT,
        burn_tai_ns=wait.until_tai_ns,
    )
    return WaitOption(candidate=candidate, smallest_delta_v_m_s=still, smallest_delta_v_at_once_m_s=now)


def _doing_nothing(problem: AvoidanceProblem, reference: ReferenceFlight) -> TradeSpace:
    return evaluate(
        problem,
        reference,
        burn_tai_ns=np.array([problem.constraints.earliest_tai_ns]),
        direction_rtn=np.array([[0.0, 1.0, 0.0]]),
        delta_v_m_s=np.zeros(1),
    )


def _joined(first: TradeSpace, second: TradeSpace) -> TradeSpace:
    """Return candidates that are yet to be flown, one after the other; only what was commanded is read of them."""
    return replace(
        second,
        burn_tai_ns=np.concatenate([first.burn_tai_ns, second.burn_tai_ns]),
        direction_rtn=np.concatenate([first.direction_rtn, second.direction_rtn]),
        delta_v_m_s=np.concatenate([first.delta_v_m_s, second.delta_v_m_s]),
        effects=first.effects.joined(second.effects),
    )


def _judged(flown: FlownCandidates, screened: Rescreening, row: int) -> Candidate:
    inside = screened.new_of(row)
    new = inside if row == 0 else screened.made_by(row, without=0)
    words = []
    if new.size:
        words.append(f"{_passages(new.size)} inside the volume, none of the conjunctions: {_named(screened, new)}")
    kept = np.setdiff1d(inside, new)
    if kept.size:
        words.append(f"{_passages(kept.size)} inside the volume, no nearer than without: {_named(screened, kept)}")
    note = "; ".join(words)
    if not bool(screened.is_screened[row]):
        standing = Standing.NOT_SCREENED
    elif not bool(flown.space.is_avoiding[row]):
        standing = Standing.NOT_AVOIDING
    elif new.size:
        standing = Standing.NEW_CONJUNCTION
    else:
        standing = Standing.RECOMMENDED
    return flown.space.candidate(row, standing=standing, note=note)


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"


def _named(screened: Rescreening, rows: NDArray[np.int64]) -> str:
    return ", ".join(str(number) for number in np.unique(screened.secondary_id[rows]).tolist())
