"""One line of the log: canonical JSON that names its place, the line before it and its own leaf hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mihari.errors import FormatError, InputError
from mihari.release.audit._merkle import leaf_hash
from mihari.release.signing import canonical_bytes

__all__ = ["GENESIS", "MOST_BYTES", "LogLine", "canonical_entry", "make_line", "read_line"]

GENESIS: Final = "0" * 64
"""Stands as the previous hash of the first line."""
MOST_BYTES: Final = 1 << 20
_KIND: Final = re.compile(r"^[a-z][a-z0-9_.-]{0,62}$")
_DEEPEST: Final = 24


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log.

    Attributes
    ----------
    index : int
        From zero.
    previous : str
        Leaf hash of the line before, hex.
    leaf : str
        Leaf hash over the canonical form of entry, index and previous, hex.
    entry : mapping
        What happened; `kind` and `at_utc` stand in each.
    """

    index: int
    previous: str
    leaf: str
    entry: Mapping[str, Any]

    def text(self) -> bytes:
        """Return the line as it stands in the file, without its end."""
        return canonical_bytes({"entry": self.entry, "index": self.index, "leaf": self.leaf, "previous": self.previous})


def canonical_entry(entry: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an entry.

    Raises
    ------
    InputError
        No kind or time, a number that is no integer, a key that is no plain name, or too deep or too long. Numbers
        with fractions go in as text, so that no two programs write them differently.
    """
    kind, moment = entry.get("kind"), entry.get("at_utc")
    if not isinstance(kind, str) or not _KIND.match(kind):
        raise InputError("an audit entry needs its kind", where="kind", remedy="small letters, digits and dots")
    if not isinstance(moment, str) or not moment:
        raise InputError("an audit entry needs its time", where="at_utc", remedy="give a UTC string")
    _check(entry, depth=0)
    data = canonical_bytes(entry)
    if len(data) > MOST_BYTES // 2:
        raise InputError(f"an audit entry of {len(data):,} bytes", remedy="log the digest of what is that long")
    return data


def make_line(index: int, previous: str, entry: Mapping[str, Any]) -> LogLine:
    """Return the line of a checked entry."""
    canonical_entry(entry)
    body = canonical_bytes({"entry": entry, "index": index, "previous": previous})
    return LogLine(index, previous, leaf_hash(body).hex(), entry)


def read_line(data: bytes) -> LogLine:
    """Read one line, without its end.

    Raises
    ------
    FormatError
        The bytes are not what this program would have written, to the last one.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise FormatError("is no JSON") from None
    if not isinstance(document, dict) or set(document) != {"entry", "index", "leaf", "previous"}:
        raise FormatError("is no line of an audit log")
    entry, index, previous = document["entry"], document["index"], document["previous"]
    if not isinstance(entry, dict) or type(index) is not int or not isinstance(previous, str):
        raise FormatError("is no line of an audit log")
    try:
        line = make_line(index, previous, entry)
    except InputError as error:
        raise FormatError(error.what) from error
    if line.leaf != document["leaf"]:
        raise FormatError("does not have the hash that it states")
    if line.text() != data:
        raise FormatError("is not in its canonical form")
    return line


def _check(value: Any, *, depth: int) -> None:
    if depth > _DEEPEST:
        raise InputError("an audit entry is nested too deep")
    if isinstance(value, Mapping):
        for key, member in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise InputError(f"{str(key)[:80]!r} is no name of a field", remedy="use ASCII names")
            _check(member, depth=depth + 1)
    elif isinstance(value, list | tuple):
        for member in value:
            _check(member, depth=depth + 1)
    elif not (value is None or isinstance(value, bool | str) or type(value) is int):
        raise InputError(f"{str(value)[:80]} cannot stand in an audit entry", remedy="write it as text")
