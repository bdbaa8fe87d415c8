"""What each kind of event must tell, as data, and whether a report does."""

from __future__ import annotations

from mihari.policy.events._check import check_event, event_faults, evidence_lines, standing_words
from mihari.policy.events._kinds import EventRule, FactRule, FactType, event_rule, status_words

__all__ = [
    "EventRule",
    "FactRule",
    "FactType",
    "check_event",
    "event_faults",
    "event_rule",
    "evidence_lines",
    "standing_words",
    "status_words",
]
