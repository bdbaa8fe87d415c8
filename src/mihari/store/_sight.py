"""What a viewer sees of a store: rows, moments and modes as if the rest had never been there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from mihari.policy.access import SeenLabels, Viewer, row_predicate, seen_labels
from mihari.store._files import Layout
from mihari.store._index import ElementIndex
from mihari.store._kinds import ELEMENT_SETS, record_kind
from mihari.store._manifest import SegmentRow
from mihari.store._segments import labels_of, read_segment

__all__ = ["Sight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The eyes of one viewer at one moment, for one open store.

    Attributes
    ----------
    viewer : Viewer
    at_tai_ns : int
        The moment that labels are judged at.
    told : callable, optional
        Called with the name of a kind and the distinct labels of the rows that were read.
    """

    viewer: Viewer
    at_tai_ns: int
    told: Callable[[str, frozenset[str]], None] | None = None
    _labels: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _seen: dict[frozenset[str], SeenLabels] = field(default_factory=dict, repr=False)
    _described: dict[str, SegmentRow | None] = field(default_factory=dict, repr=False)

    def opens(self, layout: Layout, row: SegmentRow) -> bool:
        """Say whether a segment holds a label that the viewer sees, on some object at least."""
        if row.data_mode not in {mode.value for mode in self.viewer.data_modes}:
            return False
        seen = self._judged(self._labels_of(layout, row))
        return bool(seen.always or (seen.as_operator and self.viewer.operates and record_kind(row.kind).objects))

    def shows_all(self, layout: Layout, row: SegmentRow) -> bool:
        """Say whether the viewer sees every row of a segment that opens."""
        labels = self._labels_of(layout, row)
        return self._judged(labels).always >= labels

    def described(self, layout: Layout, row: SegmentRow) -> SegmentRow | None:
        """Return a segment that opens as if it held nothing but what the viewer sees; None when that is nothing."""
        if self.shows_all(layout, row):
            return row
        if row.stem not in self._described:
            kind = record_kind(row.kind)
            frame = self._read(layout, row, ["learned_tai_ns", *([kind.epoch] if kind.epoch else [])])
            self._described[row.stem] = _narrowed(row, frame, epoch=kind.epoch) if frame.height else None
        return self._described[row.stem]

    def read(self, layout: Layout, row: SegmentRow, columns: Sequence[str] | None) -> pl.DataFrame:
        """Read the rows of a segment that the viewer sees; the filter is pushed into the scan."""
        self.tell(row.kind, self._labels_of(layout, row))
        return read_segment(layout, row, columns) if self.shows_all(layout, row) else self._read(layout, row, columns)

    def index(self, index: ElementIndex) -> ElementIndex:
        """Return an index in which the rows that the viewer does not see are never learned."""
        self.tell(ELEMENT_SETS.name, index.labels)
        return index.seen_as(self._judged(index.labels), self.viewer.operates)

    def labels(self, layout: Layout, row: SegmentRow) -> frozenset[str]:
        """Return the distinct labels of the rows of a segment that the viewer sees."""
        labels = self._labels_of(layout, row)
        return labels if self.shows_all(layout, row) else frozenset(self._read(layout, row, ["label"])["label"])

    def tell(self, kind: str, labels: frozenset[str]) -> None:
        """Tell who listens which labels were read."""
        if self.told is not None:
            seen = self._judged(labels)
            self.told(kind, seen.always | seen.as_operator)

    def _judged(self, labels: frozenset[str]) -> SeenLabels:
        if labels not in self._seen:
            self._seen[labels] = seen_labels(labels, self.viewer, at_tai_ns=self.at_tai_ns)
        return self._seen[labels]

    def _labels_of(self, layout: Layout, row: SegmentRow) -> frozenset[str]:
        if row.stem not in self._labels:
            self._labels[row.stem] = labels_of(layout, row)
        return self._labels[row.stem]

    def _read(self, layout: Layout, row: SegmentRow, columns: Sequence[str] | None) -> pl.DataFrame:
        where = row_predicate(
            self._labels_of(layout, row),
            self.viewer,
            at_tai_ns=self.at_tai_ns,
            objects=record_kind(row.kind).objects,
        )
        return read_segment(layout, row, columns, where=where)


def _narrowed(row: SegmentRow, frame: pl.DataFrame, *, epoch: str | None) -> SegmentRow:
    learned = frame["learned_tai_ns"].to_numpy()
    epochs = np.empty(0, dtype=np.int64) if epoch is None else frame[epoch].drop_nulls().to_numpy()
    return replace(
        row,
        records=frame.height,
        size_bytes=0,
        learned_min_tai_ns=int(np.min(learned)),
        learned_max_tai_ns=int(np.max(learned)),
        epoch_min_tai_ns=int(np.min(epochs)) if epochs.size else None,
        epoch_max_tai_ns=int(np.max(epochs)) if epochs.size else None,
    )
