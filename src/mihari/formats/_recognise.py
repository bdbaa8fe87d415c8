"""Tells formats apart by their content and hands the content to its reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._csv import read_csv_table, split_header
from mihari.formats._json import read_json_table
from mihari.formats._kvn import kvn_message_kind
from mihari.formats._kvn_builds import read_kvn
from mihari.formats._limits import Limits
from mihari.formats._omm_intake import read_omm_messages
from mihari.formats._omm_table import is_omm_table, read_omm_table
from mihari.formats._parquet import read_parquet
from mihari.formats._rejections import RejectionLog, UnknownFormatError, shown
from mihari.formats._satcat import is_satcat_table, read_satcat_table
from mihari.formats._tle import read_tle, read_tle_lines
from mihari.formats._xml_builds import read_xml
from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.model.space_object import SPACE_OBJECT_SCHEMA

__all__ = ["Content", "as_utf8", "recognise"]

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
_SHOWN_KEYS: Final = 4
_HTML: Final = re.compile(rb"\s*<(!doctype\s+html|html)", re.IGNORECASE)
_LINE_KEYS: Final = (("TLE_LINE1", "TLE_LINE2"), ("TLE1", "TLE2"), ("LINE1", "LINE2"))
_TLE_LINE: Final = re.compile(rb"^[ \t]*[12] [^\n]{38}", re.MULTILINE)


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
    text = as_utf8(data, log.file)
    head = text.lstrip()[:1]
    if not head:
        raise FormatError("has nothing but blanks", where=log.file, remedy="fetch it again")
    if _HTML.match(text):
        raise UnknownFormatError("is a web page", where=log.file, remedy="look what the source answered")
    if head == b"<":
        return Content("OMM XML", *read_omm_messages(read_xml(text, log=log, limits=limits), log=log))
    if head in b"[{":
        return _read_json(text, log, limits)
    if kvn_message_kind(text) is not None:
        return Content("OMM KVN", *read_omm_messages(read_kvn(text, log=log, limits=limits), log=log))
    header = _header(text)
    if header is not None:
        return _read_csv(text, log, limits, header)
    if _TLE_LINE.search(text):
        return Content("TLE", read_tle(text, log=log, limits=limits), _no_objects())
    begins = shown(text[:200].decode("utf-8", "replace").strip().split("\n")[0])
    raise UnknownFormatError(f"is of no format that is read; it begins {begins}", where=log.file, remedy=_READ)


def _no_objects() -> pl.DataFrame:
    return pl.DataFrame(schema=dict(SPACE_OBJECT_SCHEMA))


def as_utf8(data: bytes, name: str) -> bytes:
    """Return text as UTF-8 without byte order mark and with line feeds; refuse what is no text."""
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise UnknownFormatError(f"is {what}", where=name, remedy=_READ)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        encoding = "utf-16" if data[0] > 0x7F else ("utf-16-le" if data[0] else "utf-16-be")
        try:
            data = data.decode(encoding).encode()
        except UnicodeDecodeError as error:
            raise FormatError(f"damaged UTF-16 text: {error.reason}", where=name, remedy="save it as UTF-8") from error
    if b"\x00" in data:
        raise UnknownFormatError("is binary data, not text", where=name, remedy=_READ)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            data = data.decode("latin-1").encode()
    return data if b"\n" in data else data.replace(b"\r", b"\n")


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


def _read_json(text: bytes, log: RejectionLog, limits: Limits) -> Content:
    table, numbers = read_json_table(text, log=log, limits=limits)

    def line_of(_keyword: str, row: int) -> int:
        return numbers[row]

    no_elements = pl.DataFrame(schema=dict(ELEMENT_SET_SCHEMA))
    if is_omm_table(table.columns):
        return Content("OMM JSON", *read_omm_table(table, line_of=line_of, log=log))
    if is_satcat_table(table.columns):
        return Content("SATCAT JSON", no_elements, read_satcat_table(table, line_of=line_of, log=log))
    for first, second in _LINE_KEYS:
        if {first, second} <= set(table.columns):
            elements = read_tle_lines(table[first].to_list(), table[second].to_list(), log=log)
            return Content("TLE in JSON", elements, _no_objects())
    if len(log):
        raise UnknownFormatError(
            f"is JSON, but no list of records: {log.in_order()[0].reason}", where=log.file, remedy=_READ
        )
    keys = ", ".join(shown(key) for key in table.columns[:_SHOWN_KEYS])
    more = ", ..." if len(table.columns) > _SHOWN_KEYS else ""
    raise UnknownFormatError(
        f"is JSON without the keys of element sets or objects; it has {keys or 'no keys'}{more}",
        where=log.file,
        remedy=_READ,
    )
