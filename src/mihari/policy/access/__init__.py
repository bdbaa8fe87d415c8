"""Who may see what: viewers, the rule, the rule compiled for rows, and request decisions by Cedar policies."""

from __future__ import annotations

from mihari.policy.access._decide import Action, DecisionRequest, RequestDecision, decide
from mihari.policy.access._derived import joined_text, resolved_label
from mihari.policy.access._parties import load_parties
from mihari.policy.access._policies import PolicySet, load_policies, policies_of
from mihari.policy.access._predicate import SeenLabels, row_predicate, seen_labels
from mihari.policy.access._rule import MOST_CLAUSES, Decision, may_see
from mihari.policy.access._viewer import Role, Viewer
from mihari.policy.access._wider import is_at_least_as_wide
from mihari.policy.access._withheld import may_count_withheld

__all__ = [
    "MOST_CLAUSES",
    "Action",
    "Decision",
    "DecisionRequest",
    "PolicySet",
    "RequestDecision",
    "Role",
    "SeenLabels",
    "Viewer",
    "decide",
    "is_at_least_as_wide",
    "joined_text",
    "load_parties",
    "load_policies",
    "may_count_withheld",
    "may_see",
    "policies_of",
    "resolved_label",
    "row_predicate",
    "seen_labels",
]
