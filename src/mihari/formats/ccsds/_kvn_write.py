"""Writes KVN: the tree as flat lines, markers where the book has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mihari.errors import FormatError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import same_unit
from mihari.formats.ccsds._schema import Section
from mihari.formats.ccsds._settle import settled
from mihari.formats.ccsds._tables import structure_of
from mihari.formats.ccsds._tree import Block, Comment, Entry, Item, Message, MessageKind, Row

__all__ = ["write_kvn"]

_KEYWORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_APART: Final = frozenset(("header", "metadata", "data", "covarianceMatrix", "maneuverParameters"))
_REMEDY: Final = "write it as json, which carries everything"
_STATE_UNITS: Final = (None, "km", "km", "km", "km/s", "km/s", "km/s", "km/s**2", "km/s**2", "km/s**2")


def write_kvn(message: Message) -> str:
    """Return a message as KVN; the messages of an NDM one after the other.

    Raises
    ------
    FormatError
        A message that is not read, or something that KVN cannot carry; names it.
    """
    if message.kind is MessageKind.NDM:
        if message.items and any(not isinstance(item, Comment) for item in message.items):
            raise FormatError("has entries of its own, which KVN cannot carry", where="NDM", remedy=_REMEDY)
        return "\n".join(write_kvn(part) for part in message.parts)
    structure = structure_of(message.kind, message.version)
    if structure is None:
        raise FormatError(f"an {message.kind.value} is not read, so it cannot be written", remedy="keep the file")
    message = settled(message)
    lines = [f"CCSDS_{message.kind.value}_VERS = {_clean(message.version)}"]
    lines += _lines(message.items, structure.root)
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(items: tuple[Item, ...], section: Section | None) -> Iterator[str]:
    wrapper: Section | None = None
    row_of: int | None = None
    for item in items:
        inside = _wrapper_of(item, section)
        if wrapper is not None and inside is not wrapper and not isinstance(item, Comment):
            yield wrapper.markers[1]  # type: ignore[misc]
            wrapper = None
        if inside is not None and inside is not wrapper:
            yield ""
            yield inside.markers[0]  # type: ignore[misc]
            wrapper = inside
        if isinstance(item, Block):
            yield from _block(item, section)
        elif isinstance(item, Entry) and section is not None and item.keyword in section.triangle:
            row = _triangle_row(section.triangle.index(item.keyword))
            if row != row_of:
                yield " ".join(_triangle(items, item, section, row))
            row_of = row
            continue
        else:
            yield from _line(item)
        row_of = None
    if wrapper is not None:
        yield wrapper.markers[1]  # type: ignore[misc]


def _wrapper_of(item: Item, section: Section | None) -> Section | None:
    """Return the pair of markers around a block that XML does not have."""
    if section is None or not isinstance(item, Block):
        return None
    for part in section.parts:
        if (
            isinstance(part, Section)
            and not part.name
            and any(isinstance(child, Section) and child.name == item.name for child in part.parts)
        ):
            return part
    return None


def _block(block: Block, section: Section | None) -> Iterator[str]:
    child = section.children.get(block.name) if section else None
    if block.name in _APART:
        yield ""
    if child is not None and child.markers:
        yield child.markers[0]
    yield from _lines(block.items, child)
    if child is not None and child.markers:
        yield child.markers[1]


def _triangle_row(index: int) -> int:
    row = 0
    while (row + 1) * (row + 2) // 2 <= index:
        row += 1
    return row


def _triangle(items: tuple[Item, ...], first: Entry, section: Section, row: int) -> Iterator[str]:
    """Yield the numbers of the triangle's row that begins with `first`."""
    begun = False
    for item in items:
        begun = begun or item is first
        if not begun:
            continue
        is_element = isinstance(item, Entry) and item.keyword in section.triangle
        if not isinstance(item, Entry) or not is_element:
            return
        if _triangle_row(section.triangle.index(item.keyword)) != row:
            return
        spec = section.own[item.keyword]
        if item.unit and not any(same_unit(item.unit, unit) for unit in spec.units):
            raise FormatError(f"unit {shown(item.unit)} of {item.keyword} cannot stand in a line", remedy=_REMEDY)
        yield _token(item.value)


def _line(item: Comment | Entry | Row | Item) -> Iterator[str]:
    if isinstance(item, Comment):
        yield f"COMMENT {_clean(item.text)}".rstrip()
    elif isinstance(item, Entry):
        if not _KEYWORD.fullmatch(item.keyword):
            raise FormatError(f"{shown(item.keyword)} is no keyword that KVN can carry", remedy=_REMEDY)
        unit = "" if item.unit is None else f" [{_clean(item.unit)}]"
        yield f"{item.keyword} = {_clean(item.value)}{unit}".rstrip()
    elif isinstance(item, Row):
        yield _row(item)
    elif not isinstance(item, Block) and item.text:
        yield _clean(item.text)


def _row(row: Row) -> str:
    if row.name == "stateVector":
        for unit, wanted in zip(row.units, _STATE_UNITS, strict=False):
            if unit and (wanted is None or not same_unit(unit, wanted)):
                raise FormatError(f"unit {shown(unit)} cannot stand in a line of states", remedy=_REMEDY)
    elif any(row.units):
        known = {"km", "km/s", "s", "hz", "deg", "dbw", "dbhz", "m", "hpa", "%", "k", "s/s", "m**2", "tecu", "hz/s"}
        wrong = next((unit for unit in row.units if unit and unit.lower() not in known), None)
        if wrong is not None:
            raise FormatError(f"unit {shown(wrong)} cannot stand in a line", remedy=_REMEDY)
    if row.name == "observation" and row.values:
        return f"{_token(row.values[0])} = {' '.join(_token(value) for value in row.values[1:])}"
    return " ".join(_token(value) for value in row.values)


def _token(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise FormatError(f"{shown(text)} cannot stand in a line of numbers", remedy=_REMEDY)
    return _clean(text)


def _clean(text: str) -> str:
    if _CONTROL.search(text):
        raise FormatError(f"{shown(text)} has control characters", remedy=_REMEDY)
    return text
