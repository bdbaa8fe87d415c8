"""The rule again, compiled: from the distinct labels of a scan to an expression that is pushed into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mihari.errors import InputError
from mihari.model.label import OPERATOR, Label, parse_label
from mihari.policy.access._rule import MOST_CLAUSES
from mihari.policy.access._viewer import Viewer

if TYPE_CHECKING:
    import polars as pl

__all__ = ["SeenLabels", "row_predicate", "seen_labels"]


@dataclass(frozen=True, slots=True)
class SeenLabels:
    """The labels of a scan that a viewer sees: whatever the object, or only on records of objects it operates."""

    always: frozenset[str]
    as_operator: frozenset[str]

    @property
    def nothing(self) -> bool:
        """Say that no row of the scan can be seen."""
        return not self.always and not self.as_operator


def seen_labels(labels: Iterable[str | None], viewer: Viewer, *, at_tai_ns: int) -> SeenLabels:
    """Sort the distinct labels of a scan by whether a viewer sees their rows; each is judged once."""
    names = viewer.names
    always: set[str] = set()
    as_operator: set[str] = set()
    for text in set(labels):
        label = _parsed(text)
        if label is None or (label.expires_tai_ns is not None and label.expires_tai_ns <= at_tai_ns):
            continue
        not_by_name = [clause for clause in label.audience.clauses if clause.isdisjoint(names)]
        if len(label.audience.clauses) > MOST_CLAUSES:
            continue
        assert text is not None
        if not not_by_name:
            always.add(text)
        elif all(OPERATOR in clause for clause in not_by_name):
            as_operator.add(text)
    return SeenLabels(frozenset(always), frozenset(as_operator))


def row_predicate(
    labels: Iterable[str | None], viewer: Viewer, *, at_tai_ns: int, objects: Sequence[str] = ("norad_cat_id",)
) -> pl.Expr:
    """Return the expression that is true on the rows that a viewer may see, and on no other.

    Parameters
    ----------
    labels : iterable of str
        The distinct texts of the `label` column; a row whose label is not among them is not seen.
    viewer : Viewer
    at_tai_ns : int
        The moment of the decision.
    objects : sequence of str
        Columns with the catalogue numbers of the objects that a row speaks of; none for kinds without any.

    Returns
    -------
    polars.Expr
        Never null.
    """
    import polars as pl

    seen = seen_labels(labels, viewer, at_tai_ns=at_tai_ns)
    expression = pl.col("label").is_in(sorted(seen.always))
    if seen.as_operator and objects and viewer.operates:
        numbers = sorted(viewer.operates)
        own = pl.any_horizontal(pl.col(name).is_in(numbers).fill_null(value=False) for name in objects)
        expression = expression | (pl.col("label").is_in(sorted(seen.as_operator)) & own)
    modes = sorted(mode.value for mode in viewer.data_modes)
    return (expression & pl.col("data_mode").is_in(modes)).fill_null(value=False)


def _parsed(text: str | None) -> Label | None:
    try:
        return parse_label(text or "")
    except InputError:
        return None
