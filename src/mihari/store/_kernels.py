"""Loops over sorted keys, compiled: the winner per object of one segment, and which new sets are known.

A segment's rows are sorted by (catalogue number, epoch, moment of learning); `ids` are its distinct numbers, ascending,
and rows `starts[i]` to `starts[i + 1]` belong to `ids[i]`. All kernels release the GIL.
"""

from __future__ import annotations

from typing import Final

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["KEY_NUMBERS", "NO_TEXT", "copy_texts", "match_known", "text_size", "union", "update_latest"]

KEY_NUMBERS: Final = 7
"""How many of an element set's numbers belong to `ELEMENT_SET_KEY`, beside catalogue number and epoch."""

NO_TEXT: Final = -1
"""The code of a null string."""


@nb.njit(nogil=True, cache=True)
def update_latest(
    segment: int,
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    epoch_tai_ns: NDArray[np.int64],
    batch: NDArray[np.int32],
    batch_learned_tai_ns: NDArray[np.int64],
    learned_max_tai_ns: int,
    at_tai_ns: int,
    as_of_tai_ns: int,
    objects: NDArray[np.int32],
    first: int,
    last: int,
    best_segment: NDArray[np.int32],
    best_row: NDArray[np.int64],
    best_epoch_tai_ns: NDArray[np.int64],
    best_learned_tai_ns: NDArray[np.int64],
) -> None:
    """Let one segment compete for the objects `first` to `last`: the rule of `ElementSets.latest_at`.

    `objects` holds every number of every segment, ascending. Only when the segment's last moment of learning is after
    `as_of_tai_ns` is each row's own moment looked at. Segments must come in order of commit.
    """
    some_unknown = learned_max_tai_ns > as_of_tai_ns
    if first >= last:
        return
    i = np.searchsorted(ids, objects[first])
    g = first
    while i < ids.size:
        while g < last and objects[g] < ids[i]:
            g += 1
        if g >= last:
            return
        low, high = starts[i], starts[i + 1]
        left, right = low, high
        while left < right:
            middle = (left + right) >> 1
            if epoch_tai_ns[middle] <= at_tai_ns:
                left = middle + 1
            else:
                right = middle
        row = left - 1
        if some_unknown:
            while row >= low and batch_learned_tai_ns[batch[row]] > as_of_tai_ns:
                row -= 1
        if row < low:
            row = left
            if some_unknown:
                while row < high and batch_learned_tai_ns[batch[row]] > as_of_tai_ns:
                    row += 1
            same = row + 1
            while same < high and epoch_tai_ns[same] == epoch_tai_ns[row]:
                if not some_unknown or batch_learned_tai_ns[batch[same]] <= as_of_tai_ns:
                    row = same
                same += 1
        if low <= row < high:
            epoch = epoch_tai_ns[row]
            learned = batch_learned_tai_ns[batch[row]]
            wins = best_segment[g] < 0
            if not wins:
                rival = best_epoch_tai_ns[g]
                if epoch == rival:
                    wins = learned >= best_learned_tai_ns[g]
                elif epoch <= at_tai_ns:
                    wins = rival > at_tai_ns or epoch > rival
                else:
                    wins = rival > at_tai_ns and epoch < rival
            if wins:
                best_segment[g] = segment
                best_row[g] = row
                best_epoch_tai_ns[g] = epoch
                best_learned_tai_ns[g] = learned
        i += 1


@nb.njit(nogil=True, cache=True)
def match_known(
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    epoch_tai_ns: NDArray[np.int64],
    numbers: NDArray[np.float64],
    batch: NDArray[np.int32],
    counts: NDArray[np.bool_],
    new_ids: NDArray[np.int32],
    new_epoch_tai_ns: NDArray[np.int64],
    new_numbers: NDArray[np.float64],
    known: NDArray[np.bool_],
    newest_tai_ns: NDArray[np.int64],
) -> None:
    """Mark the new sets that stand in a segment already, and note the newest epoch known of their objects.

    Only rows of batches that count make a new set known. The new sets are sorted as a segment's rows are. Numbers are
    compared exactly; NaN equals NaN.
    """
    i = 0
    for j in range(new_ids.size):
        while i < ids.size and ids[i] < new_ids[j]:
            i += 1
        if i >= ids.size:
            return
        if ids[i] != new_ids[j]:
            continue
        low, high = starts[i], starts[i + 1]
        newest_tai_ns[j] = max(newest_tai_ns[j], epoch_tai_ns[high - 1])
        while low < high:
            middle = (low + high) >> 1
            if epoch_tai_ns[middle] < new_epoch_tai_ns[j]:
                low = middle + 1
            else:
                high = middle
        while not known[j] and low < starts[i + 1] and epoch_tai_ns[low] == new_epoch_tai_ns[j]:
            same = counts[batch[low]]
            for k in range(KEY_NUMBERS):
                a, b = numbers[low, k], new_numbers[j, k]
                if a != b and not (a != a and b != b):
                    same = False
                    break
            known[j] = same
            low += 1


@nb.njit(nogil=True, cache=True)
def union(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the numbers of two ascending arrays without repetition, ascending."""
    out = np.empty(a.size + b.size, dtype=np.int32)
    i = j = n = 0
    while i < a.size or j < b.size:
        if j == b.size or (i < a.size and a[i] <= b[j]):
            j += j < b.size and a[i] == b[j]
            out[n] = a[i]
            i += 1
        else:
            out[n] = b[j]
            j += 1
        n += 1
    return out[:n].copy()


@nb.njit(nogil=True, cache=True)
def text_size(bounds: NDArray[np.int64], codes: NDArray[np.int32]) -> int:
    """Return the bytes that `copy_texts` writes."""
    size = codes.size
    for code in codes.flat:
        if code != NO_TEXT:
            size += bounds[code + 1] - bounds[code]
    return size


@nb.njit(nogil=True, cache=True)
def copy_texts(
    bounds: NDArray[np.int64], blob: NDArray[np.uint8], codes: NDArray[np.int32], out: NDArray[np.uint8]
) -> None:
    """Write the strings of the codes one after the other, each with a zero byte behind it; nulls are empty."""
    n = 0
    for code in codes.flat:
        if code != NO_TEXT:
            for i in range(bounds[code], bounds[code + 1]):
                out[n] = blob[i]
                n += 1
        out[n] = 0
        n += 1
