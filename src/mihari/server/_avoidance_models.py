"""The shapes of the question for a trade space and of its answer."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mihari.server._models import Answer, Mode
from mihari.server._parameters import UtcText

__all__ = ["AvoidanceProgress", "AvoidanceRequest"]

Cells = list[list[float | None]]


class AvoidanceRequest(BaseModel):
    """Which event, which of its objects may move, and what limits it."""

    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(min_length=1, max_length=300)
    primary: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Catalogue number or designator. Default: the first object whose message says it can manoeuvre.",
    )
    maximum_delta_v_m_s: float | None = Field(default=None, gt=0.0, le=50.0)
    start_utc: UtcText | None = Field(
        default=None,
        description="From when burns may be made. Default: now; for a past event when it was last told of.",
    )
    latest_utc: UtcText | None = Field(default=None, description="Until when burns may be made.")
    hard_body_radius_m: float | None = Field(default=None, gt=0.0, lt=1e5)
    profile: str | None = Field(default=None, max_length=40, description="A shipped one. Default: the event's.")
    mode: Mode | None = None


class Grid(Answer):
    """Burns along the track: a row for each moment, a column for each size, below zero backwards."""

    burn_utc: list[str]
    delta_v_m_s: list[float]
    total_probability: Cells = Field(description="Of all conjunctions of the object together, after the burn.")
    miss_distance_m: Cells = Field(description="The least of all conjunctions.")
    avoided: list[list[bool | None]]
    broken: list[list[list[int] | None]] = Field(description="Places in constraints_broken.")
    constraints_broken: list[str]
    across_track: int = Field(description="Burns in other directions, which were looked at and are not in the grid.")


class TradeSpaceAnswer(Answer):
    """A plan, as `mihari avoid --json` gives it, with its grid."""

    event_id: str
    primary: dict[str, Any]
    data_mode: Mode
    advisory: bool
    advisory_reasons: list[str]
    window: dict[str, Any]
    goal: dict[str, Any]
    recommended: int
    conjunctions: list[dict[str, Any]]
    candidates: list[dict[str, Any]] = Field(description="Burns, best first, then doing nothing, then waiting.")
    trade_space: dict[str, Any]
    rescreening: dict[str, Any]
    execution_error: dict[str, Any]
    constraints: dict[str, Any]
    dynamics: str
    coverage: dict[str, Any]
    decision: str
    grid: Grid


class AvoidanceProgress(Answer):
    """How far the work is, and the answer once it is done."""

    done: bool
    fraction: float = Field(ge=0.0, le=1.0)
    answer: TradeSpaceAnswer | None
