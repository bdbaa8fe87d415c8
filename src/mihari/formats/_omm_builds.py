"""Messages that are built alike, read a column at a time.

A catalogue in XML or KVN is one message many times over: the same tags or keywords, other values between them. A
message is cut into pieces, each of which begins with a *head* (a tag, `KEYWORD =`) and goes on with a *gap* (a value,
blanks, a comment). The heads of a message are its *build*. What a message may be is the careful reader's business
alone: it reads each build once, with a mark in every gap, and where the marks come out tells which gap holds which
keyword. Messages of that build differ in their gaps only, so they are read as columns. Whatever is of no common
build, or has in a gap what could mean more than its characters say, is left to the careful reader.

Validation
----------
tests/property/test_formats_builds.py: equal answers of both ways on thousands of damaged catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.formats._omm_intake import Block, is_usable
from mihari.formats._omm_message import JUDGED_KEYWORDS, OmmMessage
from mihari.formats._omm_table import READ_KEYWORDS

__all__ = ["Build", "BuildReader", "Gap", "Piece", "build_of_marks", "is_worthwhile", "mark"]

_LEAST: Final = 32
"""Messages that are worth a look at their columns; fewer are read faster one by one."""
_CHUNK: Final = 8192
_TRIES: Final = 4
_MOST_BUILDS: Final = 16
_MOST_PIECES: Final = 512
_JUDGED_ELSEWHERE: Final = JUDGED_KEYWORDS - READ_KEYWORDS


class Gap(Enum):
    """What may stand behind a head."""

    VALUE = "anything: it is a value, or nobody reads it"
    VALUE_WITHOUT_UNIT = "a value that does not end in brackets, which might be a unit"
    BLANK = "blanks"


@dataclass(frozen=True, slots=True)
class Piece:
    """What the pieces of like messages have in common: how they begin and end, and what may stand between."""

    head: str
    tail: str = ""
    gap: Gap = Gap.VALUE


@dataclass(frozen=True, slots=True)
class Build:
    """What like messages have in common; `piece_of` says which piece holds a keyword, None of one that is empty."""

    pieces: Sequence[Piece]
    piece_of: Mapping[str, int | None]
    version: str


def is_worthwhile(messages: int) -> bool:
    """Say whether so many messages may be read in columns."""
    return messages >= _LEAST


def mark(piece: int) -> str:
    """Return the text that stands in a gap while the careful reader reads a build."""
    return f"~{piece}~"


def build_of_marks(pieces: Sequence[Piece], message: OmmMessage) -> Build | None:
    """Return the build of a message that was read with marks in its gaps; None if it cannot be read in columns."""
    if message.faults or _JUDGED_ELSEWHERE & message.values.keys():
        return None
    at = {mark(piece): piece for piece in range(len(pieces))}
    if any(value and value not in at for value in message.values.values()):
        return None
    return Build(pieces, {keyword: at.get(value) for keyword, value in message.values.items()}, message.version)


class BuildReader:
    """Reads messages of common builds.

    Parameters
    ----------
    separator : str
        One character; every head but the first of a message stands behind one.
    build_of : callable
        Finds the build of a message; None when it has none that can be read in columns.
    """

    def __init__(self, separator: str, build_of: Callable[[str], Build | None]) -> None:
        self.blocks: list[Block] = []
        self._separator = separator
        self._build_of = build_of
        self._builds: dict[int, list[Build]] = {}

    def read(self, messages: pl.Series, may_be_read: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Add what can be read in columns to `blocks`, with the rows of `messages` as places; say which rows those are.

        Parameters
        ----------
        messages : Series of String
        may_be_read : bool array
            False for messages that something else speaks against.
        """
        is_read = np.zeros(len(messages), dtype=np.bool_)
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            separators = chunk.str.count_matches(self._separator, literal=True).to_numpy()
            may_be = may_be_read[start : start + _CHUNK]
            for count in np.unique(separators[may_be]).tolist():
                rows = np.flatnonzero(may_be & (separators == count))
                if len(rows) >= _LEAST and count < _MOST_PIECES:
                    for block in self._read_like(chunk.gather(rows), rows + start, count):
                        self.blocks.append(block)
                        is_read[block.places] = True
        return is_read

    def _read_like(self, messages: pl.Series, places: NDArray[np.int64], separators: int) -> Iterator[Block]:
        """Yield blocks of messages with equally many pieces."""
        pieces = messages.str.split_exact(self._separator, separators).struct.unnest()
        left = np.arange(len(messages))
        builds = self._builds.setdefault(separators, [])
        untried = list(builds)
        tries = 0
        while len(left) >= _LEAST:
            if untried:
                build = untried.pop(0)
            elif tries < _TRIES and len(builds) < _MOST_BUILDS:
                found = self._build_of(messages[int(left[tries * (len(left) - 1) // _TRIES])])
                tries += 1
                if found is None:
                    continue
                build = found
                builds.append(build)
            else:
                return
            of_build, columns = _columns(pieces[left] if len(left) < pieces.height else pieces, build)
            for rows in _usable(columns, build.version):
                yield Block(places[left[of_build][rows]], columns[rows])
            left = left[~of_build]


def _columns(pieces: pl.DataFrame, build: Build) -> tuple[NDArray[np.bool_], pl.DataFrame]:
    """Say which messages are of a build, and return their keywords as columns."""
    fits: list[pl.Expr] = []
    gaps: list[pl.Expr] = []
    for name, piece in zip(pieces.columns, build.pieces, strict=True):
        gap = pl.col(name).str.strip_prefix(piece.head).str.strip_chars()
        fits.append(pl.col(name).str.starts_with(piece.head))
        if piece.tail:
            fits.append(gap.str.ends_with(piece.tail))
            gap = gap.str.strip_suffix(piece.tail).str.strip_chars()
        elif piece.gap is Gap.VALUE_WITHOUT_UNIT:
            fits.append(~gap.str.ends_with("]"))
        elif piece.gap is Gap.BLANK:
            fits.append(gap == "")
        gaps.append(gap)
    fit = pieces.select(pl.all_horizontal(fits)).to_series()
    fitting = pieces if fit.all() else pieces.filter(fit)
    columns = {keyword: pl.lit("") if piece is None else gaps[piece] for keyword, piece in build.piece_of.items()}
    return fit.to_numpy(), fitting.with_columns(**columns).select(*columns)


def _usable(columns: pl.DataFrame, version: str) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of usable messages.

    Whether a message is usable hangs on its theory and on which values are blank, apart from the values that are
    judged later, all together. So one message stands for all that are equal in these.
    """
    if not columns.height:
        return
    blank = columns.select(pl.all() == "")
    varying = [name for name in blank.columns if blank[name].any() and not blank[name].all()]
    theory = (
        columns["MEAN_ELEMENT_THEORY"]
        if "MEAN_ELEMENT_THEORY" in columns.columns
        else pl.Series([""]).new_from_index(0, columns.height)
    )
    kinds = blank.with_columns(theory.alias("theory")).with_row_index("row")
    groups = kinds.group_by("theory", *varying, maintain_order=True).agg("row")["row"]
    for rows in (group.to_numpy() for group in groups):
        example = columns.row(int(rows[0]), named=True)
        if len(rows) >= _LEAST and is_usable(OmmMessage(line=0, version=version, values=example)):
            yield rows
