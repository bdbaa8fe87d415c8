"""Given an event: who is concerned, what may be relevant, which rung of consultation comes next. Nothing is sent."""

from __future__ import annotations

from mihari.policy.consultation._ladder import (
    ConsultationStep,
    Rung,
    RungState,
    StepAction,
    ladder,
    next_rung,
    rung_of,
    rung_states,
)
from mihari.policy.consultation._relevance import Concern, Relevance, concerns, relevant_instruments

__all__ = [
    "Concern",
    "ConsultationStep",
    "Relevance",
    "Rung",
    "RungState",
    "StepAction",
    "concerns",
    "ladder",
    "next_rung",
    "relevant_instruments",
    "rung_of",
    "rung_states",
]
