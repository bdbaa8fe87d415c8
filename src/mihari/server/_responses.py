"""How answers are sent: JSON with all digits, tables straight from the columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from fastapi import Response

__all__ = ["CSV_RESPONSE", "json_response", "json_with_rows", "rows_written", "text_response", "written_response"]

CSV_RESPONSE: Final[dict[str, Any]] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
"""Answers are of a moment; a cache must not pass yesterday's on as today's."""


def json_response(document: Mapping[str, Any]) -> Response:
    """Return a document as JSON."""
    return written_response(json.dumps(document, ensure_ascii=False, allow_nan=False).encode())


def json_with_rows(head: Mapping[str, Any], name: str, rows: pl.DataFrame) -> Response:
    """Return a document whose last member is a table; see `rows_written`."""
    return written_response(rows_written(head, name, rows))


def rows_written(head: Mapping[str, Any], name: str, rows: pl.DataFrame) -> bytes:
    """Write a document whose last member is a table, from the columns without a Python object per cell."""
    opening = json.dumps(dict(head), ensure_ascii=False, allow_nan=False)[:-1]
    return f"{opening}, {json.dumps(name)}: {rows.write_json()}}}".encode()


def written_response(body: bytes) -> Response:
    """Return JSON that is written already."""
    return Response(body, media_type="application/json", headers=_NOT_KEPT)


def text_response(text: str, *, media_type: str) -> Response:
    """Return plain text of a media type."""
    return Response(text.encode(), media_type=media_type, headers=_NOT_KEPT)
