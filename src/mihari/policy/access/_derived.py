"""The label of what is made from several records: never wider than that of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mihari.errors import InputError
from mihari.model.label import NOBODY, Label, join_labels, parse_label
from mihari.policy.access._rule import MOST_CLAUSES

__all__ = ["joined_text", "resolved_label"]

_NOBODY: Label = Label(audience=NOBODY)


def resolved_label(text: str | None, operators: frozenset[str]) -> Label:
    """Return the label of one record with OPERATOR replaced by who operates its objects; unreadable: for nobody."""
    try:
        label = parse_label(text or "")
    except InputError:
        return _NOBODY
    return replace(label, audience=label.audience.resolved(operators)) if label.audience.names_operator else label


def joined_text(labels: Iterable[Label]) -> str:
    """Return the joint of labels as text.

    More clauses than a decision can hold would be read by nobody: it says so, and stays short.
    """
    joint = join_labels(labels)
    if len(joint.audience.clauses) > MOST_CLAUSES:
        joint = replace(joint, audience=NOBODY)
    return str(joint)
