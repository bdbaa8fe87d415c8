"""The rule of who may see a record: pure, total, and shut unless everything opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mihari.errors import InputError
from mihari.model.label import OPERATOR, Label, parse_label
from mihari.model.provenance import DataMode
from mihari.policy.access._viewer import Viewer

__all__ = ["MOST_CLAUSES", "Decision", "may_see"]

MOST_CLAUSES: Final = 16
"""A label with more lets nobody in: Cedar, which has no loops, is given this many, and both must say the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether, and why: what opens, or everything that shuts. Reasons name labels; a denied viewer is not told them."""

    allowed: bool
    reasons: tuple[str, ...]


def may_see(
    label: Label | str | None,
    viewer: Viewer,
    *,
    at_tai_ns: int,
    operators: frozenset[str] = frozenset(),
    objects: frozenset[int] = frozenset(),
    data_mode: DataMode | None = None,
) -> Decision:
    """Say whether a viewer may see a record under a label.

    Parameters
    ----------
    label : Label, str or None
        A text that is no label, or none at all, lets nobody in.
    viewer : Viewer
    at_tai_ns : int
        The moment of the decision: a label that has expired lets nobody in.
    operators : frozenset of str
        Parties that operate the objects that the record speaks of.
    objects : frozenset of int
        Catalogue numbers of these objects: a viewer that operates one of them is its operator too.
    data_mode : DataMode, optional
        Of the record, when it has one.
    """
    if not isinstance(label, Label):
        try:
            label = parse_label(label or "")
        except InputError:
            return Decision(False, ("the label cannot be read",))
    shut = tuple(_what_shuts(label, viewer, at_tai_ns, operators, objects, data_mode))
    return Decision(not shut, shut or (f"the viewer belongs to {label.audience}",))


def _what_shuts(
    label: Label,
    viewer: Viewer,
    at_tai_ns: int,
    operators: frozenset[str],
    objects: frozenset[int],
    data_mode: DataMode | None,
) -> Iterator[str]:
    names = viewer.names
    clauses = label.audience.clauses
    if len(clauses) > MOST_CLAUSES:
        yield f"the label has more than {MOST_CLAUSES} clauses"
    is_operator = bool(names & operators) or bool(viewer.operates & objects)
    for clause in sorted(clauses, key=sorted):
        if not clause & names and not (OPERATOR in clause and is_operator):
            yield f"the viewer is none of {'+'.join(sorted(clause)) or 'NOBODY'}"
    if label.expires_tai_ns is not None and at_tai_ns >= label.expires_tai_ns:
        yield "the label has expired"
    if data_mode is not None and data_mode not in viewer.data_modes:
        yield f"the viewer may not look into {data_mode.value}"
