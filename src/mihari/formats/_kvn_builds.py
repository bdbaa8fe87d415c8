"""OMM catalogues as KVN, many messages at a time: those of a common build in columns, the others line by line."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from mihari.formats._kvn import read_kvn_messages
from mihari.formats._limits import Limits
from mihari.formats._omm_builds import Build, BuildReader, Gap, Piece, build_of_marks, is_worthwhile, mark
from mihari.formats._omm_intake import OmmMessages
from mihari.formats._omm_message import NUMERIC, OmmMessage
from mihari.formats._rejections import RejectionLog

__all__ = ["read_kvn"]

_OPENING: Final = "CCSDS_OMM_VERS"
_COMMENT: Final = re.compile(r"\s*COMMENT[\s=]")
_OTHER_LINE_ENDS: Final = (b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
_OTHER_LINE_ENDS_UTF8: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")


def read_kvn(text: bytes, *, log: RejectionLog, limits: Limits) -> OmmMessages:
    """Read the OMMs of a KVN text in UTF-8; the answer, and every error, is that of `read_kvn_messages`."""
    if is_worthwhile(text.count(_OPENING.encode())) and _has_usual_line_ends(text):
        messages = _read_cut(text, log, limits)
        if messages is not None:
            return messages
    return OmmMessages.one_by_one(read_kvn_messages(text, log=log, limits=limits))


def _has_usual_line_ends(text: bytes) -> bool:
    unusual = _OTHER_LINE_ENDS if text.isascii() else (*_OTHER_LINE_ENDS, *_OTHER_LINE_ENDS_UTF8)
    return not any(end in text for end in unusual)


def _read_cut(text: bytes, log: RejectionLog, limits: Limits) -> OmmMessages | None:
    """Read a text in columns as far as possible; None when it must be read as a whole."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    before, *parts = text.split(_OPENING.encode())
    messages = pl.Series(parts, dtype=pl.Binary).cast(pl.String)
    ends_its_line = messages.str.strip_chars_end(" \t").str.ends_with("\n")
    if before.strip() or not ends_its_line[:-1].all() or not messages.str.contains(r"^[ \t]*=").all():
        return None
    reader = BuildReader("\n", lambda message: _build_of(message, limits))
    is_read = reader.read(messages, (messages.str.len_bytes() <= limits.line_characters).to_numpy())
    if not is_read.any():
        return None
    lines = messages.str.count_matches("\n", literal=True).to_numpy()
    left = np.flatnonzero(~is_read).tolist()
    singles: list[tuple[int, OmmMessage]] = []
    if left:
        outline = before + b"".join(
            b"\n" * lines[number] if cut else _OPENING.encode() + part
            for number, (cut, part) in enumerate(zip(is_read.tolist(), parts, strict=True))
        )
        singles = list(zip(left, read_kvn_messages(outline, log=log, limits=limits), strict=True))

    def line_of(keyword: str, place: int) -> int:
        lines_before = before.count(b"\n") + int(lines[:place].sum())
        alone = (_OPENING + messages[place]).encode()
        [found] = read_kvn_messages(alone, log=RejectionLog("", limits), limits=limits)
        return lines_before + found.line_of(keyword)

    return OmmMessages(singles, reader.blocks, line_of)


def _build_of(message: str, limits: Limits) -> Build | None:
    version, *lines = message.split("\n")
    pieces = [Piece(version.rstrip(), gap=Gap.BLANK)]
    marked = [version]
    values = 0
    for number, line in enumerate(lines, start=1):
        comment = _COMMENT.match(line)
        if comment is not None or not line.strip():
            pieces.append(Piece(comment[0]) if comment else Piece("", gap=Gap.BLANK))
            marked.append(line)
            continue
        keyword, equals, value = line.partition("=")
        if not equals:
            return None
        is_number = keyword.strip() in NUMERIC
        tail = (
            value[value.rindex("[") :].rstrip() if is_number and value.rstrip().endswith("]") and "[" in value else ""
        )
        pieces.append(Piece(keyword + equals, tail, Gap.VALUE_WITHOUT_UNIT if is_number else Gap.VALUE))
        marked.append(f"{keyword}={mark(number)} {tail}")
        values += 1
    build = _OPENING + "\n".join(marked)
    [found] = read_kvn_messages(build.encode(), log=RejectionLog("", limits), limits=limits)
    # Lines without a place among the values belong to another kind of message that follows.
    return build_of_marks(pieces, found) if len(found.values) == values else None
