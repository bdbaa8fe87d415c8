"""JSON for the lossless forms: read with every text kept, no key twice, bounded depth and length."""

from __future__ import annotations

import json
from typing import Any, Final

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import UnknownFormatError, shown
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
    Stray,
)

__all__ = ["FORMAT", "FORMAT_VERSION", "load_json", "read_lossless", "write_lossless"]

FORMAT: Final = "mihari-ccsds-message"
FORMAT_VERSION: Final = "1"


def load_json(text: str, *, name: str, limits: Limits) -> Any:
    """Return a JSON document in which numbers are the texts that stood there.

    Raises
    ------
    FormatError
        Not JSON, nested too deep, a key given twice, an over-long text, NaN or Infinity.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(items)
        if len(record) != len(items):
            keys = [key for key, _ in items]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise FormatError(f"has the key {shown(twice)} twice", where=name, remedy="ask the sender which counts")
        for key, value in items:
            if len(key) > limits.line_characters or (isinstance(value, str) and len(value) > limits.line_characters):
                raise FormatError(
                    f"has a text of more than {limits.line_characters} characters",
                    where=f"{name}: {key[:40]}",
                    remedy="CCSDS values are short",
                )
        return record

    def constant(text: str) -> Any:
        raise FormatError(f"has the number {text}, which JSON does not know", where=name, remedy="leave it out")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=constant)
    except RecursionError:
        raise FormatError("has brackets nested too deep", where=name, remedy="see the documented form") from None
    except json.JSONDecodeError as error:
        raise FormatError(
            f"is not JSON: {error.msg}", where=f"{name}:{error.lineno}", remedy="ask the sender for a whole file"
        ) from error


def read_lossless(document: dict[str, Any], *, name: str, limits: Limits) -> Message:
    """Turn a document of our own form back into the message.

    Raises
    ------
    FormatError
        Not of that form, or of a version of it that this reader does not know.
    """
    if document.get("format") != FORMAT:
        raise UnknownFormatError(f"is JSON, but not {FORMAT}", where=name, remedy="see docs/reference/lossless-json.md")
    if document.get("format_version") != FORMAT_VERSION:
        raise FormatError(
            f"has format_version {shown(str(document.get('format_version')))}, {FORMAT_VERSION} is known",
            where=name,
            remedy="read it with a newer Mihari",
        )
    return _message(document, _Path(name, limits))


class _Path:
    """Where in the document we are, for messages, and how deep we may still go."""

    def __init__(self, where: str, limits: Limits, depth: int = 0) -> None:
        self.where = where
        self.limits = limits
        self.depth = depth

    def below(self, part: str) -> _Path:
        if self.depth >= self.limits.nesting_depth:
            raise self.error(f"is nested more than {self.limits.nesting_depth} deep")
        return _Path(f"{self.where}/{part}", self.limits, self.depth + 1)

    def error(self, what: str) -> FormatError:
        return FormatError(what, where=self.where, remedy="see docs/reference/lossless-json.md")


def _message(document: dict[str, Any], path: _Path) -> Message:
    try:
        kind = MessageKind(document.get("kind"))
    except ValueError:
        raise path.error(f"has the kind {shown(str(document.get('kind')))}, which is not known") from None
    return Message(
        kind,
        _text(document, "version", path),
        MessageForm.JSON,
        _items(document.get("items", []), path),
        tuple(
            _message(_record(part, path), path.below(f"parts[{n}]"))
            for n, part in enumerate(_list(document.get("parts", []), path))
        ),
        attributes=_attributes(document, path),
    )


def _items(values: Any, path: _Path) -> tuple[Item, ...]:
    return tuple(_item(_record(value, path), path, n) for n, value in enumerate(_list(values, path)))


def _item(record: dict[str, Any], path: _Path, number: int) -> Item:
    if "keyword" in record and "stray" not in record:
        unit = None if record.get("unit") is None else _text(record, "unit", path)
        return Entry(
            _text(record, "keyword", path), _text(record, "value", path), unit, None, _attributes(record, path)
        )
    if "row" in record:
        values = tuple(_cell(v, path) for v in _list(record.get("values"), path))
        units = tuple(None if v is None else _cell(v, path) for v in _list(record.get("units", []), path))
        if units and len(units) != len(values):
            raise path.error(f"row {number} has {len(values)} values and {len(units)} units")
        return Row(_text(record, "row", path), values, units)
    if "comment" in record:
        return Comment(_text(record, "comment", path), None, _text(record, "label", path))
    if "block" in record:
        block = _text(record, "block", path)
        items = _items(record.get("items", []), path.below(block[:40]))
        return Block(block, items, None, _attributes(record, path))
    if "stray" in record:
        keyword = None if record.get("keyword") is None else _text(record, "keyword", path)
        return Stray(_text(record, "stray", path), _text(record, "reason", path), None, keyword)
    raise path.error(f"item {number} is no comment, keyword, row, block or stray")


def _record(value: Any, path: _Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise path.error(f"has {shown(str(value)[:80])} where a record belongs")
    return value


def _list(value: Any, path: _Path) -> list[Any]:
    if not isinstance(value, list):
        raise path.error(f"has {shown(str(value)[:80])} where a list belongs")
    return value


def _text(record: dict[str, Any], key: str, path: _Path) -> str:
    return _cell(record.get(key, ""), path)


def _cell(value: Any, path: _Path) -> str:
    if not isinstance(value, str):
        raise path.error(f"has {shown(str(value)[:80])} where a text belongs")
    if "\n" in value or "\r" in value:
        raise path.error("has a text of several lines")
    return value


def _attributes(record: dict[str, Any], path: _Path) -> Attributes:
    given = _record(record.get("attributes", {}), path)
    return tuple((key, _cell(value, path)) for key, value in given.items())


def write_lossless(message: Message) -> str:
    """Return a message in our own form, one item a line."""
    head = {"format": FORMAT, "format_version": FORMAT_VERSION}
    return _write_message(message, head, "") + "\n"


def _write_message(message: Message, head: dict[str, str], indent: str) -> str:
    fields: dict[str, Any] = {**head, "kind": message.kind.value, "version": message.version}
    if message.attributes:
        fields["attributes"] = dict(message.attributes)
    inner = indent + " "
    lines = [f"{inner}{_dump(key)}: {_dump(value)}" for key, value in fields.items()]
    lines.append(f'{inner}"items": {_write_items(message.items, inner)}')
    if message.parts:
        parts = ",\n".join(f"{inner} {_write_message(part, {}, inner + ' ')}" for part in message.parts)
        lines.append(f'{inner}"parts": [\n{parts}\n{inner}]')
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _write_items(items: tuple[Item, ...], indent: str) -> str:
    if not items:
        return "[]"
    return "[\n" + ",\n".join(f"{indent} {_write_item(item, indent + ' ')}" for item in items) + f"\n{indent}]"


def _write_item(item: Item, indent: str) -> str:
    if isinstance(item, Block):
        attributes = f', "attributes": {_dump(dict(item.attributes))}' if item.attributes else ""
        return f'{{"block": {_dump(item.name)}{attributes}, "items": {_write_items(item.items, indent)}}}'
    record: dict[str, Any]
    if isinstance(item, Entry):
        record = {"keyword": item.keyword, "value": item.value}
        if item.unit is not None:
            record["unit"] = item.unit
        if item.attributes:
            record["attributes"] = dict(item.attributes)
    elif isinstance(item, Row):
        record = {"row": item.name, "values": list(item.values)}
        if item.units:
            record["units"] = list(item.units)
    elif isinstance(item, Comment):
        record = {"comment": item.text}
        if item.label:
            record["label"] = item.label
    else:
        record = {"stray": item.text, "reason": item.reason}
        if item.keyword is not None:
            record["keyword"] = item.keyword
    return _dump(record)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
