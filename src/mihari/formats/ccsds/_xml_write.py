"""Writes XML in the nesting and the order of the schemas of CCSDS 505.0-B."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from mihari.errors import FormatError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._schema import USER_DEFINED, Section
from mihari.formats.ccsds._settle import plain_attributes, settled
from mihari.formats.ccsds._tables import structure_of
from mihari.formats.ccsds._tree import (
    Attributes,
    Block,
    Comment,
    Entry,
    Item,
    Message,
    MessageForm,
    MessageKind,
    Row,
)

__all__ = ["in_book_order", "write_xml"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*(?::[A-Za-z_][A-Za-z0-9_.\-]*)?", re.ASCII)
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ROOT: Final[Attributes] = (
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ("xsi:noNamespaceSchemaLocation", "http://sanaregistry.org/r/ndmxml/ndmxml-1.0-master.xsd"),
)
_REMEDY: Final = "write it as json, which carries everything"


def write_xml(message: Message) -> str:
    """Return a message, or an NDM with its messages, as XML.

    A message that was read from XML keeps its order. One from another form is written in the order of the book,
    comments at the head of their block, as the schemas have them.

    Raises
    ------
    FormatError
        A message that is not read, or something that XML cannot carry; names it.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_message(settled(message), "", is_root=True)]
    return "\n".join(lines) + "\n"


def _message(message: Message, indent: str, *, is_root: bool) -> Iterator[str]:
    name = message.kind.value.lower()
    attributes = message.attributes or (_ROOT if is_root else ())
    if message.kind is MessageKind.NDM:
        yield f"{indent}<{name}{_attributes(attributes)}>"
        for item in message.items:
            yield from _item(item, None, indent + "  ")
        for part in message.parts:
            yield from _message(part, indent + "  ", is_root=False)
        yield f"{indent}</{name}>"
        return
    structure = structure_of(message.kind, message.version)
    if structure is None:
        raise FormatError(f"an {message.kind.value} is not read, so it cannot be written", remedy="keep the file")
    own = (("id", f"CCSDS_{message.kind.value}_VERS"), ("version", message.version))
    yield f"{indent}<{name}{_attributes((*attributes, *own))}>"
    items = message.items if message.form is MessageForm.XML else in_book_order(message.items, structure.root)
    for item in items:
        yield from _item(item, structure.root, indent + "  ")
    yield f"{indent}</{name}>"


def in_book_order(items: tuple[Item, ...], section: Section | None) -> tuple[Item, ...]:
    """Return items in the order of the table, comments first; what it does not know stays behind its neighbour."""
    rank = 0
    keyed: list[tuple[int, Item]] = []
    for item in items:
        if isinstance(item, Block):
            child = section.children.get(item.name) if section else None
            item = Block(item.name, in_book_order(item.items, child), item.line, item.attributes)
        if isinstance(item, Comment):
            keyed.append((-1, item))
            continue
        if section is not None and section.is_ordered:
            name = item.keyword if isinstance(item, Entry) else getattr(item, "name", "")
            rank = section.ranks.get(name or "", rank)
        keyed.append((rank, item))
    return tuple(item for _, item in sorted(keyed, key=lambda pair: pair[0]))


def _item(item: Item, section: Section | None, indent: str) -> Iterator[str]:
    if isinstance(item, Comment):
        yield f"{indent}<COMMENT>{_text(item.text)}</COMMENT>"
    elif isinstance(item, Entry):
        yield indent + _entry(item)
    elif isinstance(item, Row):
        yield from _row(item, section, indent)
    elif isinstance(item, Block):
        child = section.children.get(item.name) if section else None
        name = _checked(item.name)
        yield f"{indent}<{name}{_attributes(item.attributes)}>"
        for inner in item.items:
            yield from _item(inner, child, indent + "  ")
        yield f"{indent}</{name}>"
    elif item.text:
        raise FormatError(f"{shown(item.text)} has no place in XML", remedy=_REMEDY)


def _entry(entry: Entry) -> str:
    name, attributes = entry.keyword, plain_attributes(entry)
    if name.startswith(USER_DEFINED):
        attributes = (("parameter", name.removeprefix(USER_DEFINED)), *attributes)
        name = "USER_DEFINED"
    if entry.unit is not None:
        attributes = (*attributes, ("units", entry.unit))
    name = _checked(name)
    if not entry.value:
        return f"<{name}{_attributes(attributes)}/>"
    return f"<{name}{_attributes(attributes)}>{_text(entry.value)}</{name}>"


def _row(row: Row, section: Section | None, indent: str) -> Iterator[str]:
    columns: tuple[str, ...] = ()
    values, units = row.values, row.units or (None,) * len(row.values)
    if row.name == "observation":
        if len(values) != 3:
            raise FormatError(f"{shown(' '.join(values))} is no observation that XML can carry", remedy=_REMEDY)
        columns, values, units = ("EPOCH", values[0]), values[1:], units[1:]
    elif section is not None and section.rows is not None and section.rows.name == row.name:
        columns = section.rows.columns
        if columns and len(values) > len(columns):
            raise FormatError(f"a line of {len(values)} values, XML has {len(columns)} elements", remedy=_REMEDY)
    elif row.name not in ("trajLine", "covLine", "manLine") or (section is not None and section.triangle):
        raise FormatError(f"{shown(' '.join(values))} has no place in XML", remedy=_REMEDY)
    if not columns:
        yield f"{indent}<{row.name}>{_text(' '.join(values))}</{row.name}>"
        return
    cells = "".join(
        f"<{_checked(column)}{_attributes((('units', unit),) if unit else ())}>{_text(value)}</{column}>"
        for column, value, unit in zip(columns, values, units, strict=False)
    )
    yield f"{indent}<{row.name}>{cells}</{row.name}>"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise FormatError(f"{shown(name)} is no name that XML can carry", remedy=_REMEDY)
    return name


def _attributes(attributes: Attributes) -> str:
    return "".join(f' {_checked(key)}="{escape(_legal(value), quote=True)}"' for key, value in attributes)


def _text(text: str) -> str:
    return escape(_legal(text), quote=False)


def _legal(text: str) -> str:
    if _ILLEGAL.search(text):
        raise FormatError(f"{shown(text)} has characters that XML does not know", remedy=_REMEDY)
    return text
