"""KVN: lines of `KEYWORD = value [unit]` and lines of numbers between markers (CCSDS 502.0-B-3 section 7.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import UnknownFormatError, shown
from mihari.formats.ccsds._draft import Seats
from mihari.formats.ccsds._schema import Field, Section, ValueType
from mihari.formats.ccsds._tables import structure_of
from mihari.formats.ccsds._tree import Comment, Entry, Message, MessageForm, MessageKind, Row, Stray

__all__ = ["is_kvn", "read_kvn", "split_unit"]

_VERSION: Final = re.compile(r"CCSDS_([A-Z]{3})_VERS\s*=\s*(.*)")
_KEYWORD_LINE: Final = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)", re.ASCII)
_MARKER: Final = re.compile(r"[A-Z]+(?:_[A-Z]+)*_(?:START|STOP)")
_COMMENT: Final = re.compile(r"COMMENT(?=[\s=]|$)[ \t]?(.*)")
_UNIT: Final = re.compile(r"(.*?)\s*\[([^\[\]]*)\]")
_NUMBERS: Final = re.compile(r"[+-]?[\d.][\d.eE+\-\s]*", re.ASCII)
_HEAD_LINES: Final = 50
_NUMERIC: Final = frozenset((ValueType.NUMBER, ValueType.WHOLE, ValueType.COUNT, ValueType.NUMBERS))


def is_kvn(text: str) -> bool:
    """Say whether a CCSDS version line stands among the first lines of the text."""
    head = text[:65_536].lstrip()
    lines = head.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    return any(line.lstrip().startswith("CCSDS_") and "=" in line for line in lines)


def read_kvn(text: str, *, name: str, limits: Limits) -> tuple[Message, ...]:
    """Read the messages that a KVN text holds, one after the other.

    Nothing is refused for its content: what has no place is kept as `Stray`.

    Raises
    ------
    FormatError
        A line is longer than `limits` allow, or no message begins.
    """
    messages: list[Message] = []
    before: list[Stray] = []
    reader: _Reader | None = None
    for number, line in _lines(text, name, limits):
        match = _VERSION.fullmatch(line) if line.startswith("CCSDS_") else None
        if match is not None:
            kind = _kind(match[1], f"{name}:{number}")
            if reader is not None:
                messages.append(reader.message())
            reader = _Reader(kind, match[2].strip(), number)
            for stray in before:
                reader.seats.stray(stray)
            before.clear()
        elif reader is not None:
            reader.take(line, number)
        else:
            before.append(Stray(line, "stands before the line with the version", number, _keyword_of(line)))
    if reader is None:
        raise UnknownFormatError(
            "has no line CCSDS_..._VERS with a known message",
            where=name,
            remedy="CDM, OEM, OPM, OMM, OCM, TDM are read",
        )
    messages.append(reader.message())
    return tuple(messages)


def _lines(text: str, name: str, limits: Limits) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(text.split("\n"), start=1):
        if len(raw) > limits.line_characters:
            raise FormatError(
                f"a line of {len(raw)} characters; at most {limits.line_characters} are read",
                where=f"{name}:{number}",
                remedy="CCSDS lines are short",
            )
        line = raw.strip(" \t\r")
        if line:
            yield number, line


def _kind(name: str, where: str) -> MessageKind:
    try:
        return MessageKind(name)
    except ValueError:
        raise UnknownFormatError(
            f"a message of kind {name} is not known", where=where, remedy="CDM, OEM, OPM, OMM, OCM, TDM are read"
        ) from None


def _keyword_of(line: str) -> str | None:
    match = _KEYWORD_LINE.fullmatch(line)
    return match[1] if match else ("COMMENT" if _COMMENT.match(line) else None)


def split_unit(value: str, spec: Field | None) -> tuple[str, str | None]:
    """Take `[unit]` off the end of a number; texts keep their brackets."""
    if value.endswith("[") and _NUMBERS.fullmatch(value[:-1].rstrip()):
        return value[:-1].rstrip(), ""  # a unit of which only the bracket is left
    if not value.endswith("]"):
        return value, None
    match = _UNIT.fullmatch(value)
    if match is None or (spec is not None and spec.type not in _NUMERIC):
        return value, None
    if spec is None and not _NUMBERS.fullmatch(match[1]):
        return value, None
    return match[1], match[2]


class _Reader:
    """Seats the lines of one message."""

    def __init__(self, kind: MessageKind, version: str, line: int) -> None:
        self.kind = kind
        self.version = version
        self.line = line
        structure = structure_of(kind, version)
        name = kind.value.lower()
        self.seats = Seats(structure.root if structure else Section(name), name, version=version)
        self._is_read = structure is not None
        self._triangle_rows = 0
        self._triangle_of: object = None

    def message(self) -> Message:
        self._require_closed(self.line, "in this message")
        root = self.seats.finish()
        return Message(self.kind, self.version, MessageForm.KVN, root.finished(), line=self.line)

    def take(self, line: str, number: int) -> None:
        if not self._is_read:
            return
        comment = _COMMENT.fullmatch(line) if line.startswith("COMMENT") else None
        if comment is not None:
            self.seats.comment(Comment(comment[1], number))
            return
        if _MARKER.fullmatch(line):
            self._marker(line, number)
            return
        match = _KEYWORD_LINE.fullmatch(line)
        if match is not None:
            self._keyword(match[1], match[2], number)
        elif self.seats.section.triangle:
            self._triangle(line.split(), number)
        elif self.seats.takes_rows() and self.seats.shape_name() != "observation":
            self.seats.row(Row(self.seats.shape_name(), tuple(line.split()), line=number))
        else:
            self.seats.stray(Stray(line, f"{shown(line)} is not KEYWORD = value", number))

    def _marker(self, line: str, number: int) -> None:
        is_start = line.endswith("_START")
        if is_start:
            self._require_closed(number, "before this line")
        done = self.seats.open_marked(line, number) if is_start else self.seats.close_marked(line)
        if not done:
            reason = "has no place here" if is_start else f"without {line.removesuffix('STOP')}START"
            self.seats.stray(Stray(line, reason, number, line))

    def _require_closed(self, number: int, where: str) -> None:
        """Note a marker that should have come by now; no marked section lies in another."""
        stop = self.seats.unclosed()
        if stop is not None:
            self.seats.stray(Stray("", f"{stop} is missing {where}", number, stop))
            self.seats.close_marked(stop)

    def _keyword(self, keyword: str, value: str, number: int) -> None:
        section = self.seats.section
        if section.rows is not None and section.rows.name == "observation":
            self.seats.row(Row("observation", (keyword, *value.split()), line=number))
            return
        path = section.seat(keyword)
        spec = (path[-1] if path else section).own.get(keyword) if path is not None else None
        if spec is None:
            spec = self._known(keyword)
        value, unit = split_unit(value, spec)
        self.seats.entry(Entry(keyword, value, unit, number))

    def _known(self, keyword: str) -> Field | None:
        structure = structure_of(self.kind, self.version)
        path = structure.root.seat(keyword) if structure else None
        return path[-1].own.get(keyword) if path else None

    def _triangle(self, values: list[str], number: int) -> None:
        """Turn a line of a lower triangle into its keywords; one of a wrong length stays a row."""
        section, draft = self.seats.section, self.seats.innermost
        if self._triangle_of is not draft:
            self._triangle_of, self._triangle_rows = draft, 0
        row = self._triangle_rows
        self._triangle_rows += 1
        first = row * (row + 1) // 2
        names = section.triangle[first : first + row + 1]
        if len(values) == len(names) == row + 1:
            for keyword, value in zip(names, values, strict=True):
                self.seats.entry(Entry(keyword, value, None, number))
        else:
            self.seats.row_here(Row("covLine", tuple(values), line=number))
