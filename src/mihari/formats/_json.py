"""OMM and SATCAT as JSON: a list of records whose keys are the keywords, or a table of named columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import RejectionLog, one_line, shown

__all__ = ["read_json_table"]

_KEY_CHARACTERS: Final = 64
_COLUMNS: Final = 1000
_NAMES: Final = ("columns", "fields", "header")
_ROWS: Final = ("data", "rows", "values")
_TELLING: Final = frozenset(("NORAD_CAT_ID", "TLE_LINE1", "TLE1", "LINE1"))
"""Names of which one tells that a list of texts is a header, or that lists are columns."""


def read_json_table(text: bytes, *, log: RejectionLog, limits: Limits) -> tuple[pl.DataFrame, list[int]]:
    """Read JSON records of which every value is kept as the text that stands there.

    They come as a list of records or a single one (CelesTrak, Space-Track); as that list under `data` (Space-Track,
    asked for metadata); or without the keys in every record: `{"columns": [...], "data": [[...], ...]}`,
    `[[names], [values], ...]`, `{"NORAD_CAT_ID": [...], ...}`.

    Returns
    -------
    table : DataFrame
        Columns named by the keys in upper case.
    numbers : list of int
        Number of each row: its place in the list that holds it, from 1.

    Raises
    ------
    FormatError
        Not JSON, nested too deep, a column given twice, or columns of unequal length.
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
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, record in _records(document, log):
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


def _records(document: Any, log: RejectionLog) -> Iterator[tuple[int, Any]]:
    """Yield the records of whatever form; what is of none is yielded as it is."""
    if isinstance(document, list) and document and _is_names(document[0]) and _tells(document[0]):
        yield from _rows(document[0], enumerate(document[1:], start=2), log)
    elif isinstance(document, list):
        yield from enumerate(document, start=1)
    elif isinstance(document, dict):
        names = next((document[key] for key in _NAMES if _is_names(document.get(key))), None)
        rows = next((document[key] for key in _ROWS if isinstance(document.get(key), list)), None)
        if names is not None and rows is not None:
            yield from _rows(names, enumerate(rows, start=1), log)
        elif isinstance(document.get("data"), list) and all(isinstance(row, dict) for row in document["data"]):
            yield from enumerate(document["data"], start=1)
        elif all(isinstance(values, list) for values in document.values()) and _tells(list(document)):
            names, columns = list(document), list(document.values())
            if len(set(map(len, columns))) > 1:
                raise FormatError(
                    f"has columns of {min(map(len, columns))} to {max(map(len, columns))} values",
                    where=log.file,
                    remedy="fetch it again",
                )
            yield from _rows(names, enumerate(map(list, zip(*columns, strict=True)), start=1), log)
        else:
            yield 1, document
    else:
        yield 1, document


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)


def _tells(names: list[str]) -> bool:
    return not _TELLING.isdisjoint(name.upper() for name in names)


def _rows(names: list[str], rows: Iterator[tuple[int, Any]], log: RejectionLog) -> Iterator[tuple[int, Any]]:
    """Yield rows of values as records; what is no row, or too short or long, is rejected."""
    upper = [name.upper() for name in names]
    twice = [name for name, count in Counter(upper).items() if count > 1]
    if twice:
        raise FormatError(
            f"has the column {one_line(twice[0])} twice", where=log.file, remedy="give every column a name of its own"
        )
    for number, row in rows:
        if not isinstance(row, list):
            log.add(number, None, f"{shown(str(row)[:200])} is not a list of values")
        elif len(row) != len(names):
            log.add(number, None, f"{len(row)} values where there are {len(names)} columns")
        else:
            yield number, dict(zip(upper, row, strict=True))


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value)
