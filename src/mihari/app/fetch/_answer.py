"""What came back: is it what was asked for, or what does it say instead."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from mihari.app.fetch._sources import AnswerFormat, FetchRequest
from mihari.errors import SourceError

__all__ = ["Answer", "check_body", "excerpt", "is_not_updated", "is_rate_limit", "retry_after_s"]

_ID_FIELD: Final = "NORAD_CAT_ID"
_LONGEST_WAIT_S: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer to one request. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def excerpt(body: bytes, *, length: int = 160) -> str:
    """Return the beginning of an answer as one printable line, tags left out."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", body[:8192].decode("utf-8", "replace"), flags=re.S | re.I)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def is_not_updated(answer: Answer) -> bool:
    """Say whether CelesTrak answers that its data are the ones we took last time: status 403 with these words."""
    return answer.status in (200, 403) and b"has not updated since your last successful" in b" ".join(
        answer.body[:4096].split()
    )


def is_rate_limit(answer: Answer) -> bool:
    """Say whether the answer is about asking too often. Space-Track says so in words, with status 500 or 200."""
    return answer.status == 429 or b"violated your query rate limit" in answer.body[:4096]


def retry_after_s(answer: Answer, *, otherwise_s: float) -> float:
    """Read Retry-After, in seconds or as a date beside the answer's own Date; RFC 9110, section 10.2.3.

    Without a readable one the answer is `otherwise_s`. More than a day is not believed.
    """
    text = answer.headers.get("retry-after", "").strip()
    try:
        if text.isascii() and text.isdecimal():
            wait_s = float(text)
        else:
            wait_s = (parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers["date"])).total_seconds()
    except (ValueError, TypeError, KeyError):
        return otherwise_s
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S)


def check_body(answer: Answer, request: FetchRequest) -> int:
    """Return the number of records in a 200 answer.

    Raises
    ------
    SourceError
        It is cut short, empty, an error page, or not of the format asked for.
    """
    length = answer.headers.get("content-length")
    if length and "content-encoding" not in answer.headers and length.isdecimal() and int(length) != len(answer.body):
        raise _unusable(f"the answer is cut short: {len(answer.body)} of {length} bytes came", request)
    if not answer.body.strip():
        raise _unusable("the answer is empty", request)
    if answer.body.lstrip()[:1] == b"<":
        raise _unusable(f"a web page came instead of data: {excerpt(answer.body)!r}", request)
    count = (
        _json_records(answer, request) if request.answer_format is AnswerFormat.JSON else _csv_records(answer, request)
    )
    if count == 0:
        raise SourceError(
            f"{request.source.value} answered: no record of the {request.what}", remedy="check the number or the group"
        )
    return count


def _json_records(answer: Answer, request: FetchRequest) -> int:
    first = answer.body.lstrip()[:1]
    if first not in b"[{":
        raise _unusable(f"words came instead of data: {excerpt(answer.body)!r}", request)
    try:
        records = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise _unusable("the answer is cut short or not JSON", request) from error
    if isinstance(records, dict):
        records = [records]
    for record in records[:1]:
        if not isinstance(record, dict) or _ID_FIELD not in record:
            raise _unusable(f"records without {_ID_FIELD} came: {excerpt(answer.body)!r}", request)
    return len(records)


def _csv_records(answer: Answer, request: FetchRequest) -> int:
    text = answer.body.decode("utf-8", "replace")
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    if _ID_FIELD not in header:
        raise _unusable(f"words came instead of data: {excerpt(answer.body)!r}", request)
    count, last = 0, header
    try:
        for row in rows:
            if row:
                count, last = count + 1, row
    except csv.Error as error:
        raise _unusable(f"the answer is not CSV: {error}", request) from error
    if len(last) != len(header):
        raise _unusable(f"the answer is cut short: its last row has {len(last)} of {len(header)} fields", request)
    return count


def _unusable(what: str, request: FetchRequest) -> SourceError:
    return SourceError(f"{request.source.value} gave nothing usable for the {request.what}: {what}", where=request.url)
