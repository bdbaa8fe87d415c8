"""OMM as KVN: lines of `KEYWORD = value [unit]`; several messages may follow one another."""

from __future__ import annotations

import re
from typing import Final

from mihari.formats._limits import Limits
from mihari.formats._omm_message import NUMERIC, Fault, OmmMessage
from mihari.formats._rejections import RejectionLog, UnknownFormatError, shown

__all__ = ["kvn_message_kind", "read_kvn_messages"]

_VERSION: Final = re.compile(r"CCSDS_([A-Z]{3})_VERS\s*=\s*(\S*)")
_COMMENT: Final = re.compile(r"COMMENT(\s|=|$)")
_KEYWORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_UNIT: Final = re.compile(r"(.*?)\s*\[([^\[\]]*)\]")


def kvn_message_kind(text: bytes) -> str | None:
    """Return the message that the first line announces (OMM, OEM, ...), None when it announces none."""
    first = text.lstrip()[:200].split(b"\n", 1)[0].decode("utf-8", "replace")
    match = _VERSION.match(first)
    return match[1] if match else None


def read_kvn_messages(text: bytes, *, log: RejectionLog, limits: Limits) -> list[OmmMessage]:
    """Split the text into messages; messages other than OMM are noted as rejected.

    Raises
    ------
    UnknownFormatError
        There is not a single OMM.
    """
    messages: list[OmmMessage] = []
    message: OmmMessage | None = None
    others: list[tuple[int, str]] = []
    for number, raw in enumerate(text.decode("utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        version = _VERSION.match(line) if line.startswith("CCSDS_") else None
        if version is not None:
            message = None
            if version[1] == "OMM":
                message = OmmMessage(line=number, version=version[2])
                messages.append(message)
            else:
                others.append((number, version[1]))
            continue
        if message is not None and not (line.startswith("COMMENT") and _COMMENT.match(line)):
            _take_line(message, line, number, limits)
    if not messages:
        kind = others[0][1] if others else "unknown"
        raise UnknownFormatError(
            f"is a CCSDS {kind} message, which has no element sets", where=log.file, remedy="element sets come as OMM"
        )
    for number, kind in others:
        log.add(number, None, f"a CCSDS {kind} message, which has no element sets")
    return messages


def _take_line(message: OmmMessage, line: str, number: int, limits: Limits) -> None:
    if len(line) > limits.line_characters:
        message.faults.append(Fault(number, None, f"a line of {len(line)} characters"))
        return
    keyword, equals, value = line.partition("=")
    keyword, value, unit = keyword.rstrip(), value.lstrip(), None
    if not equals or not _KEYWORD.fullmatch(keyword):
        message.faults.append(Fault(number, None, f"{shown(line)} is not KEYWORD = value"))
        return
    if keyword in NUMERIC and value.endswith("]"):
        with_unit = _UNIT.fullmatch(value)
        if with_unit:
            value, unit = with_unit[1], with_unit[2]
    message.put(keyword, value, line=number, unit=unit)
