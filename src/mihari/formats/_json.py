"""OMM and SATCAT as JSON: a list of records whose keys are the keywords."""

from __future__ import annotations

import json
from typing import Any, Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import RejectionLog, shown

__all__ = ["read_json_table"]

_KEY_CHARACTERS: Final = 64


def read_json_table(text: bytes, *, log: RejectionLog, limits: Limits) -> tuple[pl.DataFrame, list[int]]:
    """Read a JSON list of records (or one record) of which every value is kept as the text that stands there.

    Returns
    -------
    table : DataFrame
        Columns named by the keys in upper case.
    numbers : list of int
        Record number of each row, from 1.

    Raises
    ------
    FormatError
        Not JSON, nested too deep, or not a list of records.
    """
    try:
        # Numbers stay text, so that they are read once, by the same rules as in the other encodings.
        document = json.loads(text, parse_float=str, parse_int=str)
    except RecursionError:
        raise FormatError(
            "has brackets nested too deep", where=log.file, remedy="a list of records is needed"
        ) from None
    except json.JSONDecodeError as error:
        raise FormatError(
            f"is not JSON: {error.msg}", where=f"{log.file}:{error.lineno}", remedy="fetch it again"
        ) from error
    records = document if isinstance(document, list) else [document]
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            log.add(number, None, f"{shown(str(record)[:200])} is not a record with keys")
            continue
        nested = next((key for key, value in record.items() if isinstance(value, dict | list)), None)
        if nested is not None:
            log.add(number, nested[:_KEY_CHARACTERS], "has a list or a record where a value belongs")
            continue
        long = next(
            (key for key, value in record.items() if isinstance(value, str) and len(value) > limits.line_characters),
            None,
        )
        if long is not None:
            log.add(number, long[:_KEY_CHARACTERS], f"has more than {limits.line_characters} characters")
            continue
        rows.append({key.upper(): value for key, value in record.items()})
        numbers.append(number)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if len(keys) > _COLUMNS:
        raise FormatError(f"has {len(keys)} different keys", where=log.file, remedy="a list of like records is needed")
    columns = {key: [_as_text(row.get(key)) for row in rows] for key in keys}
    return pl.DataFrame(columns, schema=dict.fromkeys(keys, pl.String)), numbers


_COLUMNS: Final = 1000


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value)
