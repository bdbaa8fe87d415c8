"""One record on its way between nodes, and the trail of signed hops that it came along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from mihari.errors import FormatError, InputError
from mihari.model.label import Label, parse_label
from mihari.model.provenance import DataMode
from mihari.release.audit import leaf_hash
from mihari.release.signing import canonical_bytes

__all__ = ["HopStep", "Item", "item_line", "read_item"]

_CONTENT: Final = frozenset({"kind", "record", "label", "data_mode", "origin", "method", "licence"})
_LONGEST: Final = 2_000
_MOST_HOPS: Final = 8
_LONGEST_PATH: Final = 32


@dataclass(frozen=True, slots=True)
class HopStep:
    """Where a record stood in the bundle of one hop: the digest of the hop's header, its place, and the Merkle path."""

    header: str
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Item:
    """A record with what every hop must leave as it is.

    Attributes
    ----------
    content : mapping
        kind, record, label, data_mode, origin, method, licence.
    trail : tuple of HopStep
        Earlier hops, the first node's first; empty for a record of the sender's own.
    """

    content: Mapping[str, Any]
    trail: tuple[HopStep, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of record."""
        return str(self.content["kind"])

    @property
    def label(self) -> Label:
        """The release label."""
        return parse_label(self.content["label"])

    @property
    def data_mode(self) -> DataMode:
        """The data mode."""
        return DataMode(self.content["data_mode"])

    @cached_property
    def canonical(self) -> bytes:
        """The bytes of the content that are hashed: the same at every node that holds the record."""
        return canonical_bytes(self.content)

    @cached_property
    def leaf(self) -> bytes:
        """The leaf hash of the content."""
        return leaf_hash(self.canonical)

    @property
    def record_id(self) -> str:
        """The name of the record between nodes: its leaf hash."""
        return self.leaf.hex()


def item_line(item: Item) -> bytes:
    """Return the line of a bundle that carries an item, in canonical form."""
    trail = [
        {"header": step.header, "index": step.index, "path": [each.hex() for each in step.path]} for step in item.trail
    ]
    told = canonical_bytes({"trail": trail})
    return b'{"item":' + item.canonical + b"," + told[1:]


def read_item(line: bytes) -> Item:
    """Read a line of a bundle; what the record says is checked elsewhere.

    Raises
    ------
    FormatError
        It is no item, or not written as an item is written.
    """
    try:
        document = json.loads(line)
        content, steps = document["item"], document["trail"]
        if set(document) != {"item", "trail"} or not isinstance(content, dict) or set(content) != _CONTENT:
            raise FormatError("is no item of a bundle")
        if not isinstance(content["record"], dict):
            raise FormatError("the record is no object")
        for name in _CONTENT - {"record"}:
            if not isinstance(content[name], str) or len(content[name]) > _LONGEST:
                raise FormatError(f"{name} is no text, or too long")
        item = Item(content, tuple(_step(each) for each in _bounded(steps, _MOST_HOPS)))
        if item_line(item) != line:
            raise FormatError("is not in canonical form")
    except (FormatError, InputError):
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("is no item of a bundle") from error
    return item


def _step(document: Any) -> HopStep:
    path = tuple(bytes.fromhex(each) for each in _bounded(document["path"], _LONGEST_PATH))
    index, header = document["index"], document["header"]
    if type(index) is not int or index < 0 or not isinstance(header, str) or any(len(each) != 32 for each in path):
        raise FormatError("is no step of a trail")
    return HopStep(header, index, path)


def _bounded(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise FormatError(f"is no list of at most {most}")
    return value
