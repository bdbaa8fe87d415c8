"""OMM and SATCAT as CSV: a header of keywords, a row per record."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import RejectionLog, one_line

__all__ = ["DELIMITERS", "read_csv_table", "split_header"]

DELIMITERS: Final = (",", ";", "\t")


def split_header(line: str) -> tuple[list[str], str]:
    """Return the column names of a header line in upper case, and its delimiter."""
    delimiter = max(DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        cells = [line]
    return [cell.strip().upper() for cell in cells], delimiter


def read_csv_table(text: bytes, *, log: RejectionLog, limits: Limits) -> tuple[pl.DataFrame, list[int]]:
    """Read a CSV of which every cell is kept as text; return it and the line of each row.

    Rows with too few or too many cells are rejected.
    """
    header_end = text.find(b"\n")
    header = (text if header_end < 0 else text[:header_end]).decode("utf-8").strip("\r\n")
    names, delimiter = split_header(header)
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise FormatError(
            f"has the column {one_line(repeated[0])} twice",
            where=f"{log.file}:1",
            remedy="give every column a name of its own",
        )
    body = b"" if header_end < 0 else text[header_end + 1 :]
    if b'"' in body or max(map(len, body.split(b"\n")), default=0) > limits.line_characters:
        return _read_patiently(body.decode("utf-8"), names, delimiter, log, limits)
    return _read_fast(body, names, delimiter, log)


def _read_fast(body: bytes, names: list[str], delimiter: str, log: RejectionLog) -> tuple[pl.DataFrame, list[int]]:
    """Read rows without quotes: as many delimiters as columns, or the row is rejected."""
    frame = pl.DataFrame({"line": body.decode("utf-8").split("\n")})
    frame = frame.with_row_index("number", offset=2).with_columns(pl.col("line").str.strip_chars_end("\r"))
    frame = frame.filter(pl.col("line").str.strip_chars() != "")
    counts = frame["line"].str.count_matches(delimiter, literal=True) + 1
    for number, count in zip(
        frame["number"].filter(counts != len(names)).to_list(),
        counts.filter(counts != len(names)).to_list(),
        strict=True,
    ):
        log.add(number, None, f"{count} cells where the header has {len(names)}")
    frame = frame.filter(counts == len(names))
    cells = frame["line"].str.split_exact(delimiter, len(names) - 1).struct.unnest()
    cells.columns = [name or f"_{at}" for at, name in enumerate(names)]
    return cells, frame["number"].to_list()


def _read_patiently(
    body: str, names: list[str], delimiter: str, log: RejectionLog, limits: Limits
) -> tuple[pl.DataFrame, list[int]]:
    """Read rows with quoted cells."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    previous_limit = limits.line_characters
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    while True:
        number = reader.line_num + 2
        try:
            cells = next(reader, None)
        except csv.Error as error:
            log.add(number, None, f"is not CSV: {error}")
            continue
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            log.add(number, None, f"{len(cells)} cells where the header has {len(names)}")
        elif sum(map(len, cells)) > previous_limit:
            log.add(number, None, f"a row of more than {previous_limit} characters")
        else:
            rows.append(cells)
            numbers.append(number)
    schema = {name or f"_{at}": pl.String for at, name in enumerate(names)}
    return pl.DataFrame(rows, schema=schema, orient="row"), numbers
