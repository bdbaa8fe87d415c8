"""Questions to the indexes of a snapshot: the best set of every object, one object's history, what is known already."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.store._index import NEVER_TAI_NS, ElementIndex
from mihari.store._kernels import union, update_latest

__all__ = ["IndexedSegment", "Winners", "choice_span_tai_ns", "latest", "objects_of", "rows_of_object"]

FOREVER_TAI_NS: Final = NEVER_TAI_NS - 1
"""After everything that was ever learned, and before what a viewer does not see."""
_PARALLEL_FROM_RECORDS: Final = 500_000


@dataclass(frozen=True, slots=True)
class IndexedSegment:
    """A segment's index with the span of its moments of learning."""

    index: ElementIndex
    learned_min_tai_ns: int
    learned_max_tai_ns: int


@dataclass(frozen=True, slots=True)
class Winners:
    """One record per object, objects ascending: row `row[i]` of segment `segment[i]`."""

    norad_cat_id: NDArray[np.int32]
    segment: NDArray[np.int32]
    row: NDArray[np.int64]
    epoch_tai_ns: NDArray[np.int64]


def objects_of(segments: Sequence[IndexedSegment]) -> NDArray[np.int32]:
    """Return every catalogue number of the segments, ascending."""
    return reduce(union, (segment.index.ids for segment in segments), np.empty(0, dtype=np.int32))


def latest(
    segments: Sequence[IndexedSegment],
    objects: NDArray[np.int32],
    *,
    at_tai_ns: int,
    as_of_tai_ns: int | None,
    threads: int,
) -> Winners:
    """Return the best record of every object at a moment, among those learned by another.

    Each thread takes a range of objects through all segments, so that nothing has to be merged.
    """
    as_of = FOREVER_TAI_NS if as_of_tai_ns is None else as_of_tai_ns
    n = objects.size
    best_segment = np.full(n, -1, dtype=np.int32)
    best_row, best_epoch, best_learned = (np.zeros(n, dtype=np.int64) for _ in range(3))

    def run(first: int, last: int) -> None:
        for number, segment in enumerate(segments):
            if segment.learned_min_tai_ns <= as_of:
                index = segment.index
                update_latest(
                    number,
                    index.ids,
                    index.starts,
                    index.epoch_tai_ns,
                    index.batch,
                    index.batch_learned_tai_ns,
                    segment.learned_max_tai_ns,
                    at_tai_ns,
                    as_of,
                    objects,
                    first,
                    last,
                    best_segment,
                    best_row,
                    best_epoch,
                    best_learned,
                )

    if threads > 1 and sum(segment.index.records for segment in segments) >= _PARALLEL_FROM_RECORDS:
        cuts = np.linspace(0, n, threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, cuts[:-1], cuts[1:]))
    else:
        run(0, n)
    found = np.flatnonzero(best_segment >= 0)
    return Winners(objects[found], best_segment[found], best_row[found], best_epoch[found])


def choice_span_tai_ns(segments: Sequence[IndexedSegment], at_tai_ns: int) -> tuple[int, int]:
    """Return the first and the last moment around one between which no record's epoch lies: `latest` answers alike."""
    first, following = np.iinfo(np.int64).min, FOREVER_TAI_NS
    for segment in segments:
        epochs = segment.index.epoch_tai_ns
        late = epochs > at_tai_ns
        first = max(first, int(np.max(epochs, where=~late, initial=first)))
        following = min(following, int(np.min(epochs, where=late, initial=following)))
    return int(first), int(following) - (following != FOREVER_TAI_NS)


def rows_of_object(
    segments: Sequence[IndexedSegment], norad_cat_id: int, *, as_of_tai_ns: int | None
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return (segment, row) of every record of one object, by epoch, then moment of learning."""
    as_of = FOREVER_TAI_NS if as_of_tai_ns is None else as_of_tai_ns
    owner, rows, epochs, learned = [], [], [], []
    for number, segment in enumerate(segments):
        if segment.learned_min_tai_ns > as_of:
            continue
        row = segment.index.rows_of(norad_cat_id)
        moment = segment.index.batch_learned_tai_ns[segment.index.batch[row]]
        row, moment = row[moment <= as_of], moment[moment <= as_of]
        owner.append(np.full(row.size, number, dtype=np.int32))
        rows.append(row)
        epochs.append(segment.index.epoch_tai_ns[row])
        learned.append(moment)
    if not rows:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)
    order = np.lexsort((np.concatenate(learned), np.concatenate(epochs)))
    return np.concatenate(owner)[order], np.concatenate(rows)[order]
