"""Bytes to messages: the form is known by content, which may be compressed; nothing is refused for its meaning."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from mihari.errors import FormatError, InputError
from mihari.formats._container import unpack
from mihari.formats._limits import Limits
from mihari.formats._rejections import UnknownFormatError
from mihari.formats.ccsds._encoding import decode_message
from mihari.formats.ccsds._flat_cdm import is_flat_cdm, read_flat_cdm
from mihari.formats.ccsds._json_tree import FORMAT, load_json, read_lossless
from mihari.formats.ccsds._kvn_read import is_kvn, read_kvn
from mihari.formats.ccsds._tree import Message, MessageKind
from mihari.formats.ccsds._xml_read import read_xml

__all__ = ["MESSAGE_LIMITS", "load_bytes", "parse_messages", "read_messages"]

MESSAGE_LIMITS: Final = Limits(
    file_bytes=64 << 20, decompressed_bytes=64 << 20, archive_members=1000, line_characters=32_768
)
"""A message is kept whole in memory, up to 15 times its size, so it may be less than a catalogue may."""
_READ: Final = "CCSDS messages as KVN, XML, JSON are read"


def load_bytes(path: Path | str, *, limits: Limits = MESSAGE_LIMITS) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``.

    Raises
    ------
    InputError
        Missing, a directory, not readable.
    FormatError
        Larger than `limits` allow.
    """
    name = str(path)
    too_long = FormatError(
        f"is longer than {limits.file_bytes} bytes", where=name, remedy="split it; messages are kept whole in memory"
    )
    if name == "-":
        data = sys.stdin.buffer.read(limits.file_bytes + 1)
        if len(data) > limits.file_bytes:
            raise too_long
        return data
    file = Path(path)
    try:
        if file.is_dir():
            raise InputError("is a directory, not a file", where=name, remedy="name the files in it")
        with file.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except FileNotFoundError:
        raise InputError("no such file", where=name, remedy="check the path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot be read: {reason}", where=name, remedy="check the path and permissions") from error
    if len(data) > limits.file_bytes:
        raise too_long
    return data


def read_messages(path: Path | str, *, limits: Limits = MESSAGE_LIMITS) -> Message:
    """Read the message in a file, whatever its form and compression; see `parse_messages`."""
    return parse_messages(load_bytes(path, limits=limits), name=str(path), limits=limits)


def parse_messages(data: bytes, *, name: str, limits: Limits = MESSAGE_LIMITS) -> Message:
    """Read the message that the bytes hold; several become the parts of an NDM.

    Reading is lenient: unknown keywords, comments, units, order and digits are kept as they stand. `message_faults`
    says what is wrong with them.

    Parameters
    ----------
    data : bytes
        KVN, XML, our lossless JSON or Space-Track's flat JSON of CDMs; also inside gzip, bzip2, xz, lzma or zip; UTF-8,
        UTF-16 or UCS-4.
    name : str
        Stands in errors.
    limits : Limits, optional
        How much the content may cost.

    Raises
    ------
    UnknownFormatError
        No CCSDS message.
    FormatError
        Damaged, too large, too deep, a line too long, a wrong encoding, entity declarations.
    """
    if not data:
        raise FormatError("is empty", where=name, remedy="ask the sender for it again")
    found: list[Message] = []
    for member, content in unpack(data, name=name, limits=limits):
        found += _parse(content, member, limits)
    if len(found) == 1:
        return found[0]
    form = found[0].form
    return Message(MessageKind.NDM, "", form, (), tuple(found))


def _parse(content: bytes, name: str, limits: Limits) -> list[Message]:
    text = decode_message(content, name=name)
    head = text.lstrip()[:1]
    if not head:
        raise FormatError("has nothing but blanks", where=name, remedy="ask the sender for it again")
    if head == "<":
        return [read_xml(text, name=name, limits=limits)]
    if head in "{[":
        return _parse_json(text, name, limits)
    if is_kvn(text):
        return list(read_kvn(text, name=name, limits=limits))
    raise UnknownFormatError(
        f"is no CCSDS message; it begins {text.strip()[:40].splitlines()[0]!r}", where=name, remedy=_READ
    )


def _parse_json(text: str, name: str, limits: Limits) -> list[Message]:
    document = load_json(text, name=name, limits=limits)
    if isinstance(document, dict) and "format" in document:
        return [read_lossless(document, name=name, limits=limits)]
    records = document if isinstance(document, list) else [document]
    if not records or not all(isinstance(record, dict) for record in records):
        raise UnknownFormatError("is JSON, but no list of records", where=name, remedy=_READ)
    if all(isinstance(record, dict) and record.get("format") == FORMAT for record in records):
        return [read_lossless(record, name=name, limits=limits) for record in records]
    messages = []
    for number, record in enumerate(records, start=1):
        where = name if len(records) == 1 else f"{name}: record {number}"
        if "MIN_RNG" in record and "CDM_ID" in record:
            raise UnknownFormatError(
                "is a summary of the class cdm_public, which has no states",
                where=where,
                remedy="ask for the full message",
            )
        if not is_flat_cdm(record):
            raise UnknownFormatError("is JSON without the keys of a message", where=where, remedy=_READ)
        messages.append(read_flat_cdm(record, name=where))
    return messages
