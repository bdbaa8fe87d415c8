"""Who may see what: viewers, the rule, the rule compiled for rows, and request decisions by Cedar policies."""

from __future__ import annotations

from mihari.policy.access._parties import load_parties
from mihari.policy.access._predicate import SeenLabels, row_predicate, seen_labels
from mihari.policy.access._rule import MOST_CLAUSES, Decision, may_see
from mihari.policy.access._viewer import Role, Viewer

__all__ = [
    "MOST_CLAUSES",
    "Decision",
    "Role",
    "SeenLabels",
    "Viewer",
    "load_parties",
    "may_see",
    "row_predicate",
    "seen_labels",
]
