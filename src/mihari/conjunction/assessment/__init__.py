"""From a close approach to an assessment that an operator can act on, with the reasons for every number."""

from __future__ import annotations

from mihari.conjunction.assessment._assess import (
    AssessmentRequest,
    assess_message,
    data_mode_of,
    is_deep_space,
    radius_of,
)
from mihari.conjunction.assessment._consequence import consequence_of
from mihari.conjunction.assessment._encounter_message import EncounterObject, encounter_message
from mihari.conjunction.assessment._ephemeris import CovarianceAt, covariance_at
from mihari.conjunction.assessment._event import EventKey, event_key, match_event, name_in_events
from mihari.conjunction.assessment._quality import grade_orbit
from mihari.conjunction.assessment._states import estimate_of, has_default_covariance, source_of
from mihari.conjunction.assessment._tracking import next_tracking_of_history, next_tracking_of_message

__all__ = [
    "AssessmentRequest",
    "CovarianceAt",
    "EncounterObject",
    "EventKey",
    "assess_message",
    "consequence_of",
    "covariance_at",
    "data_mode_of",
    "encounter_message",
    "estimate_of",
    "event_key",
    "grade_orbit",
    "has_default_covariance",
    "is_deep_space",
    "match_event",
    "name_in_events",
    "next_tracking_of_history",
    "next_tracking_of_message",
    "radius_of",
    "source_of",
]
