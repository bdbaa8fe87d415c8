"""Avoidance planning: what may be done about all conjunctions of one object at once, and what that does.

`plan_avoidance` explores burn time, direction and size by transition matrices, flies the best in full dynamics and
screens them against the whole catalogue; nothing is called recommended before that. Arrays in, frozen records out. The
decision is the operator's.
"""

from __future__ import annotations

from mihari.conjunction.avoidance._confirmation import confirm_by_ladder, probability_in_plane
from mihari.conjunction.avoidance._constraints import ExecutionError, Goal, MissionConstraints, Spacecraft
from mihari.conjunction.avoidance._effects import Effects
from mihari.conjunction.avoidance._encounters import Encounters
from mihari.conjunction.avoidance._finalists import FlownCandidates, fly, window_nodes
from mihari.conjunction.avoidance._plan import (
    AvoidancePlan,
    Wait,
    WaitOption,
    fly_reference,
    plan_avoidance,
    weigh_waiting,
)
from mihari.conjunction.avoidance._problem import AvoidanceProblem, ProbabilityFunction
from mihari.conjunction.avoidance._records import (
    Candidate,
    CandidateKind,
    EventOutcome,
    Standing,
    StationKeepingEffect,
)
from mihari.conjunction.avoidance._reference import Primary, ReferenceFlight
from mihari.conjunction.avoidance._rescreen import Catalogue, Rescreening, rescreen
from mihari.conjunction.avoidance._trade_space import (
    ALL_DIRECTIONS,
    ALONG_TRACK,
    TradeSpace,
    burn_times,
    evaluate,
    explore,
)

__all__ = [
    "ALL_DIRECTIONS",
    "ALONG_TRACK",
    "AvoidancePlan",
    "AvoidanceProblem",
    "Candidate",
    "CandidateKind",
    "Catalogue",
    "Effects",
    "Encounters",
    "EventOutcome",
    "ExecutionError",
    "FlownCandidates",
    "Goal",
    "MissionConstraints",
    "Primary",
    "ProbabilityFunction",
    "ReferenceFlight",
    "Rescreening",
    "Spacecraft",
    "Standing",
    "StationKeepingEffect",
    "TradeSpace",
    "Wait",
    "WaitOption",
    "burn_times",
    "confirm_by_ladder",
    "evaluate",
    "explore",
    "fly",
    "fly_reference",
    "plan_avoidance",
    "probability_in_plane",
    "rescreen",
    "weigh_waiting",
    "window_nodes",
]
