"""OMM catalogues as XML, many messages at a time.

Messages of a common build are cut out of the text, and instructions of as many lines stand for them. What is left,
the outline, goes through expat like any XML. So everything around those messages, their order, what is wrong with the
others and on which line are found by the careful reader alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._omm_builds import Build, BuildReader, Piece, build_of_marks, is_worthwhile, mark
from mihari.formats._omm_intake import Block, OmmMessages
from mihari.formats._omm_message import OmmMessage
from mihari.formats._rejections import RejectionLog
from mihari.formats._xml import CUT_OUT, MisplacedError, read_xml_messages, read_xml_outline

__all__ = ["read_xml"]

_OPENING: Final = re.compile(rb"<(?:[^\s<>/:!?]+:)?omm(?=[\s/>])")


def read_xml(text: bytes, *, log: RejectionLog, limits: Limits) -> OmmMessages:
    """Read the OMMs of an XML text in UTF-8; the answer, and every error, is that of `read_xml_messages`."""
    opening = _OPENING.search(text)
    if opening is not None and is_worthwhile(text.count(opening[0])) and _can_be_cut(text, limits):
        messages = _read_cut(text, opening[0].decode(), log, limits)
        if messages is not None:
            return messages
    return OmmMessages.one_by_one(read_xml_messages(text, log=log, limits=limits))


def _can_be_cut(text: bytes, limits: Limits) -> bool:
    """Say whether every "<" begins a tag or a comment and every character outside of tags is one that XML allows."""
    if limits.nesting_depth < 2 or b"<![CDATA[" in text or text.count(b"<?") > text.startswith(b"<?xml"):
        return False
    if not text.isascii() and (b"\xef\xbf\xbe" in text or b"\xef\xbf\xbf" in text):
        return False
    codes = np.frombuffer(text, dtype=np.uint8)
    return bool(np.isin(codes[codes < 0x20], (0x09, 0x0A, 0x0D)).all())


def _read_cut(text: bytes, opening: str, log: RejectionLog, limits: Limits) -> OmmMessages | None:
    """Read a text in columns as far as possible; None when it must be read as a whole."""
    if b"\r" in text:
        # As XML has it: every line ends in a line feed before anything else is looked at.
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    before, *parts = text.split(opening.encode())
    messages = pl.Series(parts, dtype=pl.Binary).cast(pl.String)
    reader = BuildReader("<", lambda message: _build_of(opening, message, limits))
    is_read = reader.read(messages, _are_plain(messages, text, limits))
    if not is_read.any():
        return None
    lines = messages.str.count_matches("\n", literal=True).to_numpy()
    outline = before + _outline(parts, is_read, lines, opening.encode())
    found = RejectionLog(log.file, log.limits)
    try:
        entries = read_xml_outline(outline, log=found, limits=limits)
    except MisplacedError:
        return None
    for rejection in found.in_order():
        log.add(rejection.line, rejection.field, rejection.reason)
    places = np.full(len(parts), -1, dtype=np.int64)
    singles: list[tuple[int, OmmMessage]] = []
    place = 0
    for entry in entries:
        if isinstance(entry, range):
            places[entry.start : entry.stop] = np.arange(place, place + len(entry))
            place += len(entry)
        else:
            singles.append((place, entry))
            place += 1

    def line_of(keyword: str, place: int) -> int:
        number = int(np.flatnonzero(places == place)[0])
        lines_before = before.count(b"\n") + int(lines[:number].sum())
        alone = f"<ndm>{opening}{messages[number]}</ndm>".encode()
        [found] = read_xml_messages(alone, log=RejectionLog("", limits), limits=limits)
        return lines_before + found.line_of(keyword)

    return OmmMessages(singles, [_placed(block, places) for block in reader.blocks], line_of)


def _outline(parts: list[bytes], is_cut: NDArray[np.bool_], lines: NDArray[np.uint32], opening: bytes) -> bytes:
    """Return the messages with an instruction of as many lines for each run of those that are cut out."""
    firsts = np.flatnonzero(np.diff(is_cut, prepend=~is_cut[:1])).tolist()
    found: list[bytes] = []
    for first, end in zip(firsts, [*firsts[1:], len(parts)], strict=True):
        if is_cut[first]:
            found.append(b"<?%s %d %d%s?>" % (CUT_OUT.encode(), first, end, b"\n" * int(lines[first:end].sum())))
        else:
            found += [opening + part for part in parts[first:end]]
    return b"".join(found)


def _are_plain(messages: pl.Series, text: bytes, limits: Limits) -> NDArray[np.bool_]:
    """Say which messages have no references, nothing that could end a comment or section, and no overlong text."""
    odd = messages.str.contains("&", literal=True) | messages.str.contains("]]>", literal=True)
    odd |= messages.str.len_bytes() > limits.line_characters
    if b"<!" in text:
        odd |= messages.str.contains("--", literal=True)
    return (~odd).to_numpy()


def _build_of(opening: str, message: str, limits: Limits) -> Build | None:
    pieces: list[Piece] = []
    marked: list[str] = []
    for number, piece in enumerate(message.split("<")):
        head = piece[: piece.find(">") + 1]
        pieces.append(Piece(head))
        marked.append(head + mark(number))
    build = opening + "<".join(marked).removesuffix(mark(len(pieces) - 1))
    below_root = replace(limits, nesting_depth=limits.nesting_depth - 1)
    log = RejectionLog("", limits)
    try:
        # A head that is no whole tag (">" in an attribute) leaves no XML once the mark stands behind it.
        found = read_xml_messages(build.encode(), log=log, limits=below_root)
    except FormatError:
        return None
    # XML that breaks off behind the message is in the log only.
    return build_of_marks(pieces, found[0]) if len(found) == 1 and not len(log) else None


def _placed(block: Block, places: NDArray[np.int64]) -> Block:
    """Return the block with places among the messages that expat came across: not all when the XML breaks off."""
    at = places[block.places]
    return Block(at[at >= 0], block.columns.filter(at >= 0))
