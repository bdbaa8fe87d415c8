"""Tells formats apart by their content and hands the content to its reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._csv import read_csv_table, split_header
from mihari.formats._limits import Limits
from mihari.formats._omm_table import is_omm_table, read_omm_table
from mihari.formats._parquet import read_parquet
from mihari.formats._rejections import RejectionLog
from mihari.formats._satcat import is_satcat_table, read_satcat_table
from mihari.formats._tle import read_tle
from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.model.space_object import SPACE_OBJECT_SCHEMA

__all__ = ["Content", "UnknownFormatError", "recognise"]

_READ: Final = "TLE, OMM (KVN, XML, JSON, CSV), SATCAT (CSV, JSON) and Parquet are read, also compressed"
_BINARY: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"ARROW1", "an Arrow file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
)
_TLE_LINE: Final = re.compile(rb"^[ \t]*[12] [^\n]{38}", re.MULTILINE)
_KVN_VERSION: Final = re.compile(rb"^\s*CCSDS_([A-Z]{3})_VERS\s*=", re.MULTILINE)


class UnknownFormatError(FormatError):
    """The content is of no format that is read."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one plain file holds: element sets and objects as tables."""

    format: str
    elements: pl.DataFrame
    objects: pl.DataFrame


def recognise(data: bytes, *, log: RejectionLog, limits: Limits) -> Content:
    """Find out what `data` is and read it.

    Raises
    ------
    UnknownFormatError
        Nothing that is read.
    FormatError
        Of a known format but damaged.
    """
    if data[:4] == b"PAR1":
        return Content(*read_parquet(data, log=log, limits=limits))
    text = _as_utf8(data, log.file)
    head = text.lstrip()[:1]
    if not head:
        raise FormatError("has nothing but blanks", where=log.file, remedy="fetch it again")
    header = _header(text)
    if header is not None:
        return _read_csv(text, log, limits, header)
    if _TLE_LINE.search(text):
        return Content("TLE", read_tle(text, log=log, limits=limits), _no_objects())
    raise UnknownFormatError("is of no format that is read", where=log.file, remedy=_READ)


def _no_objects() -> pl.DataFrame:
    return pl.DataFrame(schema=dict(SPACE_OBJECT_SCHEMA))


def _as_utf8(data: bytes, name: str) -> bytes:
    """Return text as UTF-8 without byte order mark; refuse what is no text."""
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise UnknownFormatError(f"is {what}", where=name, remedy=_READ)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        encoding = "utf-16" if data[0] > 0x7F else ("utf-16-le" if data[0] else "utf-16-be")
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError as error:
            raise FormatError(f"damaged UTF-16 text: {error.reason}", where=name, remedy="save it as UTF-8") from error
    if b"\x00" in data:
        raise UnknownFormatError("is binary data, not text", where=name, remedy=_READ)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1").encode()
    return data


def _header(text: bytes) -> list[str] | None:
    """Return the column names when the first line is the header of an OMM or SATCAT table."""
    first = text[: text.find(b"\n") if b"\n" in text[:65_536] else min(len(text), 65_536)]
    line = first.decode("utf-8", "replace").strip("\r\n")
    names, _ = split_header(line)
    return names if is_omm_table(names) or is_satcat_table(names) else None


def _read_csv(text: bytes, log: RejectionLog, limits: Limits, header: list[str]) -> Content:
    table, numbers = read_csv_table(text, log=log, limits=limits)

    def line_of(_keyword: str, row: int) -> int:
        return numbers[row]

    if is_omm_table(header):
        return Content("OMM CSV", *read_omm_table(table, line_of=line_of, log=log))
    objects = read_satcat_table(table, line_of=line_of, log=log)
    return Content("SATCAT CSV", pl.DataFrame(schema=dict(ELEMENT_SET_SCHEMA)), objects)
