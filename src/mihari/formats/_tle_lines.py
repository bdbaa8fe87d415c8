"""Finds element sets among lines of text: which line 1 goes with which line 2 and which name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.formats._limits import Limits
from mihari.formats._rejections import RejectionLog, shown

__all__ = ["LINE_PAD", "TextLines", "TlePairs", "find_pairs", "split_lines"]

LINE_PAD: Final = 80
"""Blanks after the last byte, so that columns of the last line can be taken without a look at its length."""
_ELEMENT_LINE_CHARACTERS: Final = 40
_NAME_CHARACTERS: Final = 200
_LF, _CR, _TAB, _SPACE, _HASH = 10, 13, 9, 32, 35


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines of a file that are neither blank nor comments: where they start and end, and their numbers from 1."""

    text: bytes
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    number: NDArray[np.int64]

    def line(self, index: int) -> str:
        """Return one line without surrounding blanks."""
        return self.text[self.start[index] : self.end[index]].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class TlePairs:
    """Indices into `TextLines` of the two lines of each set, and of its name or -1."""

    line1: NDArray[np.int64]
    line2: NDArray[np.int64]
    name: NDArray[np.int64]


def split_lines(text: bytes) -> TextLines:
    """Split UTF-8 text with any line ends; `text` gets `LINE_PAD` blanks at its end."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    buffer = np.frombuffer(text, dtype=np.uint8)
    breaks = np.flatnonzero(buffer == _LF)
    start = np.concatenate(([0], breaks + 1))
    end = np.concatenate((breaks, [buffer.size]))
    number = np.arange(1, start.size + 1)
    start, end = _strip(buffer, start, end)
    keep = end > start
    keep[keep] = buffer[start[keep]] != _HASH
    return TextLines(text + b" " * LINE_PAD, start[keep], end[keep], number[keep])


def _strip(
    buffer: NDArray[np.uint8], start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Move the ends of lines inwards over blanks, all lines at once, one blank a pass."""
    is_blank = np.zeros(256, dtype=np.bool_)
    is_blank[[_SPACE, _TAB, 0x0B, 0x0C]] = True
    start, end = start.copy(), end.copy()
    for edge, step, offset in ((end, -1, -1), (start, 1, 0)):
        open_rows = np.flatnonzero(end > start)
        while open_rows.size:
            open_rows = open_rows[is_blank[buffer[edge[open_rows] + offset]]]
            edge[open_rows] += step
            open_rows = open_rows[end[open_rows] > start[open_rows]]
    return start, end


def find_pairs(lines: TextLines, *, log: RejectionLog, limits: Limits) -> TlePairs:
    """Pair the lines; what has no partner is noted as rejected.

    A run of element lines that goes 1, 2, 1, 2 … pairs as it stands; others (a line lost, lines swapped) are walked
    line by line, and catalogue numbers decide.
    """
    buffer = np.frombuffer(lines.text, dtype=np.uint8)
    length = lines.end - lines.start
    first, second = buffer[lines.start], buffer[lines.start + 1]
    is_element = (length >= _ELEMENT_LINE_CHARACTERS) & (second == _SPACE) & ((first == 49) | (first == 50))
    is_element &= length <= limits.line_characters
    kind = np.where(is_element, first - 48, 0).astype(np.int8)
    kinds = np.concatenate(([0], kind, [0]))
    is_pair_start = (kinds[1:-1] == 1) & (kinds[2:] == 2)
    # Element lines that are not in a 1-2 couple make their whole run irregular.
    coupled = is_pair_start.copy()
    coupled[1:] |= is_pair_start[:-1]
    stray = (kind > 0) & ~coupled
    if stray.any():
        run = np.cumsum(np.diff(np.concatenate(([0], (kind > 0).astype(np.int8)))) == 1)
        irregular = np.isin(run, np.unique(run[stray])) & (kind > 0)
        is_pair_start &= ~irregular
        extra = _walk_runs(lines, kind, run, irregular, log)
        line1 = np.sort(np.concatenate((np.flatnonzero(is_pair_start), np.array(extra, dtype=np.int64))))
    else:
        line1 = np.flatnonzero(is_pair_start)
    is_name = (kinds[:-2][line1] == 0) & (line1 > 0)
    name = np.where(is_name, line1 - 1, -1)
    _note_stray_text(lines, kinds, length, name, log, limits)
    too_long = is_name & (length[name] > _NAME_CHARACTERS)
    name[too_long] = -1
    return TlePairs(line1, line1 + 1, name)


def _walk_runs(
    lines: TextLines, kind: NDArray[np.int8], run: NDArray[np.int64], irregular: NDArray[np.bool_], log: RejectionLog
) -> list[int]:
    """Pair the element lines of irregular runs one by one; return the indices of their lines 1."""
    rows = np.flatnonzero(irregular)
    found: list[int] = []
    for members in np.split(rows, np.flatnonzero(np.diff(run[rows])) + 1):
        at = 0
        # A run that begins with a line 2 and ends with a line 1 has its lines swapped throughout.
        swapped = kind[members[0]] == 2 and kind[members[-1]] == 1
        while at < members.size:
            row = int(members[at])
            following = int(kind[members[at + 1]]) if at + 1 < members.size else 0
            number = int(lines.number[row])
            if kind[row] == 1 and following == 2 and not swapped:
                found.append(row)
                at += 2
            elif kind[row] == 2 and following == 1 and swapped:
                log.add(number, None, "lines 1 and 2 are swapped")
                at += 2
            else:
                have, lack = (1, 2) if kind[row] == 1 else (2, 1)
                log.add(number, None, f"line {have} of an element set without its line {lack}")
                at += 1
    return found


def _note_stray_text(
    lines: TextLines,
    kinds: NDArray[np.int8],
    length: NDArray[np.int64],
    name: NDArray[np.int64],
    log: RejectionLog,
    limits: Limits,
) -> None:
    """Reject lines that are neither elements nor the name of any; a name before a lost line is not told twice."""
    is_stray = (kinds[1:-1] == 0) & (kinds[2:] == 0)
    for row in np.flatnonzero(is_stray).tolist():
        if length[row] > limits.line_characters:
            reason = f"a line of {length[row]} characters; the longest that is read has {limits.line_characters}"
        else:
            reason = f"{shown(lines.line(row))} is neither an element line nor the name before one"
        log.add(int(lines.number[row]), None, reason)
    for row in np.flatnonzero(name >= 0).tolist():
        if length[name[row]] > _NAME_CHARACTERS:
            log.add(int(lines.number[name[row]]), "OBJECT_NAME", f"longer than {_NAME_CHARACTERS} characters")
