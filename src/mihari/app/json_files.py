"""What a person hands over: one JSON document, or a text to be linted, of bounded size."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from mihari.errors import FormatError
from mihari.policy.language import Finding, Language, lint_document, lint_text

__all__ = ["json_object", "lint_file", "read_json"]

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
    return json_object(data, name=name)


def json_object(data: bytes, *, name: str) -> dict[str, Any]:
    """Return the JSON object that bytes hold; see `read_json` for what is refused."""
    if len(data) > _MOST_BYTES:
        raise FormatError(f"is longer than {_MOST_BYTES >> 20} MiB", where=name)
    try:
        document = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {str(error)[:200]}", where=name) from None
    if not isinstance(document, dict):
        raise FormatError("is no JSON object", where=name, remedy="one object {...} is needed")
    return document


def lint_file(file: str | Path, *, lang: Language) -> list[Finding]:
    """Return what a text, or the texts of a JSON document, must not say; ``-`` is standard input.

    Raises
    ------
    FormatError
        It is too long or no UTF-8.
    """
    name = str(file)
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if name == "-" else _bytes_of(Path(name))
    if len(data) > _MOST_BYTES:
        raise FormatError(f"is longer than {_MOST_BYTES >> 20} MiB", where=name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"is no UTF-8: {error.reason}", where=name) from None
    if text.lstrip().startswith(("{", "[")):
        try:
            return lint_document(json.loads(text))
        except ValueError:
            pass  # a text that only begins like JSON
    return lint_text(text, lang=lang)


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
