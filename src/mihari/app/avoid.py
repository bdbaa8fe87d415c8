"""The use case of avoidance: what may be done about every conjunction of one object, flown, screened, and told."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.avoidance_events import KnownMessages, messages_of_files, messages_of_store
from mihari.app.avoidance_problem import PosedProblem, pose_problem
from mihari.app.avoidance_waits import WaitFor, waits_of
from mihari.astro.time import format_utc
from mihari.compute import Executor
from mihari.conjunction.assessment import AssessmentRequest
from mihari.conjunction.avoidance import AvoidancePlan, Catalogue, burn_times, confirm_by_ladder, plan_avoidance
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.model.provenance import DataMode
from mihari.picture import batch_of

if TYPE_CHECKING:
    from mihari.app.catalogue import Catalogue as CatalogueSource
    from mihari.app.node import Node

__all__ = ["AvoidanceAnswer", "AvoidanceQuestion", "avoid"]

_DAY_NS: Final = 86_400 * 10**9
_LONGEST_S: Final = 14 * 86_400.0
_NO_LIMIT: Final = 2**62
_GREATEST_DELTA_V_M_S: Final = 1.0
_SMALLEST_SHARE: Final = 1.0 / 200.0
_FEWEST_SIZES: Final = 12

CatalogueFinder = Callable[[DataMode], "CatalogueSource"]
"""Gives the catalogue of a data mode; NotFoundError where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidanceQuestion:
    """What is asked.

    Attributes
    ----------
    primary : str
        Catalogue number, or designator where the messages give no number.
    event_id : str, optional
        The event that is meant to be avoided; the window reaches a day beyond it. Needed with a store.
    cdm : tuple of paths
        Messages in files, instead of those of the store.
    request : AssessmentRequest
        Profile, radii, Earth orientation and data mode.
    constraints : AvoidanceConstraints
    start_tai_ns : int, optional
        From when burns may be made. Default: now; for an event that is past, when its newest message was made.
    span_s : float, optional
        Length of the window. Default: until a day after the event.
    waits : tuple of WaitFor
        Default: the next tracking of the secondary that can be expected, and the last moment of a decision.
    least_candidates, finalists : int
        Size of the grid at least; how many of it are flown.
    as_of_tai_ns : int, optional
        What the store knew then.
    mode : DataMode, optional
        Of the store's messages. Default: that of the event. Files say it in `request`.
    """

    primary: str
    request: AssessmentRequest
    event_id: str | None = None
    cdm: tuple[str | Path, ...] = ()
    constraints: AvoidanceConstraints = field(default_factory=AvoidanceConstraints)
    start_tai_ns: int | None = None
    span_s: float | None = None
    waits: tuple[WaitFor, ...] = ()
    least_candidates: int = 1_000
    finalists: int = 20
    as_of_tai_ns: int | None = None
    mode: DataMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AvoidanceAnswer:
    """A plan with everything that it rests on.

    Attributes
    ----------
    plan : AvoidancePlan
    posed : PosedProblem
    question : AvoidanceQuestion
    event_id : str
        The one asked about, or the first.
    start_reason : str
    wait_words : tuple of str
        Per wait of the plan: where its figures come from.
    not_screened : str
        Why there was no catalogue; empty where there was.
    catalogue : mapping
        Its facts: sets, median epoch, version.
    advisory : tuple of str
        Why all of it is advisory; empty where it is not.
    coverage : mapping
        What was looked at and what was not.
    """

    plan: AvoidancePlan
    posed: PosedProblem
    question: AvoidanceQuestion
    event_id: str
    start_reason: str
    wait_words: tuple[str, ...]
    not_screened: str
    catalogue: dict[str, Any]
    advisory: tuple[str, ...]
    coverage: dict[str, Any]


def avoid(
    question: AvoidanceQuestion,
    *,
    node: Node | None,
    catalogue: CatalogueFinder | None,
    now_tai_ns: int,
    executor: Executor,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> AvoidanceAnswer:
    """Plan the avoidance of all conjunctions of an object in a window.

    Parameters
    ----------
    question : AvoidanceQuestion
    node : Node, optional
        Its store holds the messages; not needed when they are in files.
    catalogue : callable, optional
        Gives what candidates are screened against. Without it nothing is recommended.
    now_tai_ns : int
    executor : Executor
        Of the screening.
    threads : int
        Of the flights.
    progress : callable, optional

    Raises
    ------
    UsageError
        Neither files nor an event; the event lies outside of the window; a radius or a mass is missing.
    NotFoundError
        No such event.
    InputError
        Nothing lies in the window, no time is left for a burn, or messages and catalogue are of two data modes.

    Validation
    ----------
    tests/unit/test_app_avoid.py; tests/e2e/test_cli_avoid.py.
    """
    known = _known(question, node)
    event_id, start, end, reason = _window(question, known, now_tai_ns)
    # A plan for an event that is past rests on what was known then; what a person chooses is known.
    is_chosen = question.event_id is None or question.start_tai_ns is not None
    warned = known.between(start, end, known_tai_ns=_NO_LIMIT if is_chosen else start)
    if not warned:
        raise InputError(
            f"no conjunction of {question.primary} between {_utc(start)} and {_utc(end)}",
            remedy="give --start and --hours",
        )
    if question.event_id is not None and event_id not in {each.event_id for each in warned}:
        raise UsageError(f"event {event_id} lies outside of the window", where="--hours", remedy="give a longer one")
    posed = pose_problem(warned, question.request, question.constraints, start_tai_ns=start, end_tai_ns=end)
    source, why, facts = _catalogue(catalogue, posed.data_mode, start)
    waits, words = waits_of(
        question.waits,
        posed,
        event_id=event_id,
        start_tai_ns=start,
        lead_time_s=question.request.profile.lead_time_s,
    )
    plan = plan_avoidance(
        posed.problem,
        source,
        sizes_m_s=_sizes_m_s(question, posed),
        rescreen_axes_m=question.constraints.screening_m,
        executor=executor,
        finalists=question.finalists,
        waits=waits,
        threads=threads,
        progress=progress,
    )
    plan = confirm_by_ladder(
        plan,
        primary_covariance_gcrf=posed.primary_covariance_gcrf,
        secondary_covariance_gcrf=posed.secondary_covariance_gcrf,
        options=replace(question.request.options, monte_carlo=None),
    )
    stale = tuple(f"{each.event_id} is stale: {each.stale}" for each in warned if each.stale)
    return AvoidanceAnswer(
        plan=plan,
        posed=posed,
        question=question,
        event_id=event_id,
        start_reason=reason,
        wait_words=words,
        not_screened=why,
        catalogue=facts,
        advisory=(*posed.problem.encounters.advisory_reasons(), *stale),
        coverage=_coverage(known, posed, start=start, end=end),
    )


def _known(question: AvoidanceQuestion, node: Node | None) -> KnownMessages:
    if question.cdm:
        return messages_of_files(question.cdm, primary=question.primary, data_mode=question.request.data_mode)
    if question.event_id is None or node is None or node.folder is None:
        raise UsageError("which event?", where="EVENT", remedy="name an event of the store, or give --cdm FILE")
    with node.reader() as store:
        return messages_of_store(
            store,
            primary=question.primary,
            event_id=question.event_id,
            as_of_tai_ns=question.as_of_tai_ns,
            data_mode=question.mode,
        )


def _window(question: AvoidanceQuestion, known: KnownMessages, now_tai_ns: int) -> tuple[str, int, int, str]:
    """The event asked about, start and end of the window, and why it starts then."""
    if question.event_id is not None:
        event_id = question.event_id
        creation, tca = known.newest_of(event_id)
        last = tca
    else:
        first = min(known.told, key=lambda each: each.tca_tai_ns)
        event_id = first.event_id
        # The newest message that leaves time before the event.
        made = [each.creation_tai_ns for each in known.told if each.creation_tai_ns < first.tca_tai_ns]
        creation, tca = max(made, default=first.creation_tai_ns), first.tca_tai_ns
        last = max(each.tca_tai_ns for each in known.told)
    if question.start_tai_ns is not None:
        start, reason = question.start_tai_ns, "as asked"
    elif now_tai_ns < tca:
        start, reason = now_tai_ns, "now"
    else:
        start, reason = creation, f"the event is past ({_utc(tca)}): planned as when its newest message was made"
    if tca <= start:
        raise UsageError(
            f"closest approach at {_utc(tca)} is before the start at {_utc(start)}",
            where="--start",
            remedy="give an earlier start",
        )
    end = last + _DAY_NS if question.span_s is None else start + round(question.span_s * 1e9)
    if not 0.0 < (end - start) * 1e-9 <= _LONGEST_S:
        raise UsageError(
            f"a window of {(end - start) / 3.6e12:,.0f} h cannot be planned",
            where="--hours",
            remedy=f"give more than 0 and at most {_LONGEST_S / 3600.0:g}",
        )
    return event_id, start, end, reason


def _catalogue(
    find: CatalogueFinder | None, mode: DataMode, at_tai_ns: int
) -> tuple[Catalogue | None, str, dict[str, Any]]:
    if find is None:
        return None, "no catalogue was given: --catalogue FILE, or a store with element sets", {}
    try:
        source = find(mode)
    except NotFoundError as error:
        return None, error.public_line(), {}
    sets = source.sets_at(at_tai_ns)
    if not len(sets):
        return None, "the catalogue has no element sets", {}
    epochs = sets.frame["epoch_tai_ns"].sort()
    facts = {
        "element_sets": len(sets),
        "oldest_epoch_utc": _utc(int(epochs[0])),
        "median_epoch_utc": _utc(int(epochs[(len(sets) - 1) // 2])),
        "newest_epoch_utc": _utc(int(epochs[-1])),
    }
    return Catalogue(batch_of(sets), sets.frame["norad_cat_id"].to_numpy().astype("int64")), "", facts


def _sizes_m_s(question: AvoidanceQuestion, posed: PosedProblem) -> Any:
    """Sizes of burns, evenly in their logarithm: as many as make the grid along the track as large as was asked."""
    import numpy as np

    limit = question.constraints.greatest_delta_v_m_s
    greatest = limit if math.isfinite(limit) else _GREATEST_DELTA_V_M_S
    times = max(1, burn_times(posed.problem).size)
    count = max(_FEWEST_SIZES, math.ceil(question.least_candidates / (2 * times)))
    # The last size is the limit itself, not a rounding above it.
    return np.minimum(np.geomspace(greatest * _SMALLEST_SHARE, greatest, count), greatest)


def _coverage(known: KnownMessages, posed: PosedProblem, *, start: int, end: int) -> dict[str, Any]:
    events = {each.event_id for each in known.told}
    return {
        "start_utc": _utc(start),
        "end_utc": _utc(end),
        "conjunctions": len(posed.conjunctions),
        "conjunctions_outside": len(events) - len(posed.conjunctions),
        "messages_about_others": known.others,
        "rejected": [
            {"file": each.file, "line": each.line, "field": each.field, "reason": each.reason}
            for each in known.rejected
        ],
        "scope": "conjunctions of the primary that messages tell of, and what the screening of candidates finds",
    }


def _utc(tai_ns: int) -> str:
    return format_utc(tai_ns, digits=0)
