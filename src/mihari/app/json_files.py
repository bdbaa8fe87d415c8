"""JSON that a person hands over: one document from a file or from standard input, of bounded size."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from mihari.errors import FormatError

__all__ = ["read_json"]

_MOST_BYTES: Final = 16 << 20


def read_json(file: str | Path) -> dict[str, Any]:
    """Return the JSON object in a file; ``-`` is standard input.

    Raises
    ------
    FormatError
        It is too long, no JSON, no object, names a member twice, or holds a number that is none.
    """
    name = str(file)
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if name == "-" else _bytes_of(Path(name))
    if len(data) > _MOST_BYTES:
        raise FormatError(f"is longer than {_MOST_BYTES >> 20} MiB", where=name)
    try:
        document = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {str(error)[:200]}", where=name) from None
    if not isinstance(document, dict):
        raise FormatError("is no JSON object", where=name, remedy="one object {...} is needed")
    return document


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(_MOST_BYTES + 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a member stands twice: {next(name for name in names if names.count(name) > 1)!r:.80}")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")
