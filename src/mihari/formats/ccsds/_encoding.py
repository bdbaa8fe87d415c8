"""Bytes to text: the encodings that messages come in, found by byte order mark, by XML's first characters, or UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import Final

from mihari.errors import FormatError
from mihari.formats._rejections import UnknownFormatError

__all__ = ["decode_message"]

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, the longer first: that of UTF-16 begins that of UTF-32."""
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._\-]{0,39})[\"']")
_TRUSTED: Final = ("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1", "iso-8859-15", "windows-1252")


def decode_message(data: bytes, *, name: str) -> str:
    """Return the text of a message, lines ending in line feeds.

    UTF-8, UTF-16 and UCS-4 (UTF-32) of both byte orders, with or without a mark; a mark wins over what an XML
    declaration says, and the declaration decides only among one-byte encodings.

    Raises
    ------
    FormatError
        Bytes that are not of the encoding, with the first of them.
    UnknownFormatError
        Binary data.

    References
    ----------
    Extensible Markup Language (XML) 1.0, fifth edition, appendix F.1.
    """
    encoding, skip = _encoding(data)
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start + skip) + 1
        raise FormatError(
            f"byte {error.start + skip} is not {encoding.upper()} text: {error.reason}",
            where=f"{name}:{line}",
            remedy="save it as UTF-8",
        ) from error
    if "\x00" in text:
        raise UnknownFormatError("is binary data, not text", where=name, remedy="a CCSDS message is text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    head = data[:4]
    if len(head) == 4:
        # The first character of a message is ASCII, so the zeros around it tell width and byte order.
        zeros = tuple(byte == 0 for byte in head)
        for pattern, encoding in (
            ((True, True, True, False), "utf-32-be"),
            ((False, True, True, True), "utf-32-le"),
            ((True, False, True, False), "utf-16-be"),
            ((False, True, False, True), "utf-16-le"),
        ):
            if zeros == pattern:
                return encoding, 0
    declared = _DECLARED.match(data[:300].lstrip())
    if declared and declared[1].decode().lower() in _TRUSTED:
        return declared[1].decode().lower(), 0
    return "utf-8", 0
