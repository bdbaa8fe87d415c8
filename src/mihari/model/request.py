"""What one party asks of another: information, or a collection by a sensor; and every step of the answer.

A request is a chain of records under one id. The first proposes; each later one is a step by the side that may take
it, with a reason where it ends without what was asked. Nothing is overwritten: where two steps contradict each other,
both are kept, and the one that was written first counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.model.label import Label, parse_label

__all__ = [
    "REQUEST_SCHEMA",
    "Priority",
    "Request",
    "RequestChain",
    "RequestKind",
    "RequestStatus",
    "request_chain",
    "request_document",
    "request_from_document",
]

_FORM: Final = "mihari-request-1"
_NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{0,79}$")
_LONGEST_TEXT: Final = 4_000
_MOST_OBJECTS: Final = 1_000

REQUEST_SCHEMA: Final[Mapping[str, Any]] = {
    "request_id": pl.String,
    "status": pl.String,  # a RequestStatus value
    "written_tai_ns": pl.Int64,
    "requester": pl.String,
    "addressee": pl.String,
    "kind": pl.String,  # a RequestKind value
    "document": pl.String,  # canonical JSON of `request_document`
}


class RequestKind(Enum):
    """What is asked for."""

    INFORMATION = "INFORMATION"
    COLLECTION = "COLLECTION"


class Priority(Enum):
    """How soon, in the words of the Unified Data Library; the first is the most urgent."""

    FLASH = "FLASH"
    IMMEDIATE = "IMMEDIATE"
    PRIORITY = "PRIORITY"
    ROUTINE = "ROUTINE"


class RequestStatus(Enum):
    """Where a request stands."""

    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    SCHEDULED = "SCHEDULED"
    DONE = "DONE"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Say whether nothing comes after it."""
        return not _NEXT[self]

    @property
    def needs_reason(self) -> bool:
        """Say whether it must be explained: everything that ends without what was asked."""
        return self.is_final and self is not RequestStatus.DONE

    def may_become(self, status: RequestStatus) -> bool:
        """Say whether a step leads from here to there."""
        return status in _NEXT[self]

    def may_be_set_by(self, party: str, *, requester: str, addressee: str) -> bool:
        """Say whose step it is: who asks proposes and cancels, who is asked answers, either notes that time ran out."""
        if self is RequestStatus.EXPIRED:
            return party in (requester, addressee)
        asks = self in (RequestStatus.PROPOSED, RequestStatus.CANCELLED)
        return party == (requester if asks else addressee)


_ENDS: Final = frozenset({RequestStatus.FAILED, RequestStatus.EXPIRED, RequestStatus.CANCELLED})
_NEXT: Final[Mapping[RequestStatus, frozenset[RequestStatus]]] = {
    RequestStatus.PROPOSED: frozenset(
        {RequestStatus.ACCEPTED, RequestStatus.REJECTED, RequestStatus.EXPIRED, RequestStatus.CANCELLED}
    ),
    RequestStatus.ACCEPTED: _ENDS | {RequestStatus.SCHEDULED, RequestStatus.DONE, RequestStatus.REJECTED},
    RequestStatus.SCHEDULED: _ENDS | {RequestStatus.DONE},
    RequestStatus.DONE: frozenset(),
    RequestStatus.REJECTED: frozenset(),
    RequestStatus.FAILED: frozenset(),
    RequestStatus.EXPIRED: frozenset(),
    RequestStatus.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One record of a request: the proposal, or a later step.

    Attributes
    ----------
    request_id : str
        The same in every step.
    kind : RequestKind
    status : RequestStatus
    requester, addressee : str
        Parties as in labels.
    written_by : str
        The party whose step it is.
    author : str
        The person.
    text : str
        What is asked; in a later step what there is to say.
    reason : str
        Why it is asked; in a step that ends the request without what was asked, why not.
    priority : Priority
    objects : tuple of int
        Catalogue numbers.
    start_tai_ns, end_tai_ns : int, optional
        When it should be looked at, or is scheduled to be.
    deadline_tai_ns : int, optional
        When the requester must decide, with or without an answer.
    answer_ids : tuple of str
        Records that answer it.
    label : Label
    """

    request_id: str
    kind: RequestKind
    status: RequestStatus
    requester: str
    addressee: str
    written_by: str
    author: str
    text: str
    reason: str
    priority: Priority
    written_tai_ns: int
    label: Label
    objects: tuple[int, ...] = ()
    start_tai_ns: int | None = None
    end_tai_ns: int | None = None
    deadline_tai_ns: int | None = None
    answer_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.match(self.request_id):
            raise InputError(f"{self.request_id[:80]!r} is no name of a request", remedy="letters, digits and hyphens")
        if not self.author.strip() or not self.requester or not self.addressee:
            raise InputError("a request needs who asks, who is asked, and the person who wrote it")
        if self.requester == self.addressee:
            raise InputError("a request goes to another party", where=self.request_id)
        if not self.status.may_be_set_by(self.written_by, requester=self.requester, addressee=self.addressee):
            raise InputError(f"{self.status.value} is not for {self.written_by[:63]} to say", where=self.request_id)
        if (self.status.needs_reason or self.status is RequestStatus.PROPOSED) and not self.reason.strip():
            raise InputError(f"{self.status.value} needs a reason", where=self.request_id, remedy="say why")
        if max(len(self.text), len(self.reason), len(self.author)) > _LONGEST_TEXT or len(self.objects) > _MOST_OBJECTS:
            raise InputError("a request that long is not read", where=self.request_id)
        if self.status is RequestStatus.PROPOSED and not self.text.strip():
            raise InputError("a request says what is asked", where=self.request_id)
        if None not in (self.start_tai_ns, self.end_tai_ns) and self.end_tai_ns < self.start_tai_ns:  # type: ignore[operator]
            raise InputError("its time ends before it begins", where=self.request_id)


@dataclass(frozen=True, slots=True)
class RequestChain:
    """All that is known of one request.

    Attributes
    ----------
    steps : tuple of Request
        Those that follow from each other, in the order of writing; the last says where it stands.
    aside : tuple of Request
        Steps that contradict these, or whose forerunner has not arrived yet.
    """

    steps: tuple[Request, ...]
    aside: tuple[Request, ...]

    @property
    def status(self) -> RequestStatus | None:
        """Where it stands; None while the proposal has not arrived."""
        return self.steps[-1].status if self.steps else None


def request_chain(records: Iterable[Request]) -> RequestChain:
    """Put the records of one request in order, whatever order they arrived in; every node comes to the same."""
    waiting = sorted(dict.fromkeys(records), key=lambda each: (each.written_tai_ns, str(request_document(each))))
    first = next((each for each in waiting if each.status is RequestStatus.PROPOSED), None)
    if first is None:
        return RequestChain((), tuple(waiting))
    steps, aside = [first], []
    for each in waiting:
        if each is first:
            continue
        same = (each.requester, each.addressee, each.kind) == (first.requester, first.addressee, first.kind)
        if same and steps[-1].status.may_become(each.status):
            steps.append(each)
        else:
            aside.append(each)
    return RequestChain(tuple(steps), tuple(aside))


def request_document(request: Request) -> dict[str, Any]:
    """Return a record of a request as JSON."""
    return {
        "form": _FORM,
        "request_id": request.request_id,
        "kind": request.kind.value,
        "status": request.status.value,
        "requester": request.requester,
        "addressee": request.addressee,
        "written_by": request.written_by,
        "author": request.author,
        "text": request.text,
        "reason": request.reason,
        "priority": request.priority.value,
        "written_utc": format_utc(request.written_tai_ns, digits=9),
        "objects": list(request.objects),
        "start_utc": _utc(request.start_tai_ns),
        "end_utc": _utc(request.end_tai_ns),
        "deadline_utc": _utc(request.deadline_tai_ns),
        "answer_ids": list(request.answer_ids),
        "label": str(request.label),
    }


_FIELDS: Final = frozenset(
    (
        "form request_id kind status requester addressee written_by author text reason priority written_utc objects "
        "start_utc end_utc deadline_utc answer_ids label"
    ).split()
)


def request_from_document(document: Mapping[str, Any], *, where: str = "request") -> Request:
    """Read a record of a request.

    Raises
    ------
    FormatError
        A field is missing, unknown or of another kind.
    InputError
        The step is not one that this party can take.
    """
    if document.get("form") != _FORM or set(document) != _FIELDS:
        raise FormatError("is no request of Mihari", where=where)
    texts = {name: _text(document, name, where=where) for name in ("request_id", "text", "reason", "author")}
    objects = document["objects"]
    answers = document["answer_ids"]
    if not isinstance(objects, list) or any(type(each) is not int or not 0 < each < 10**9 for each in objects):
        raise FormatError("objects are catalogue numbers", where=where)
    if not isinstance(answers, list) or any(not isinstance(each, str) for each in answers):
        raise FormatError("answer_ids are texts", where=where)
    try:
        return Request(
            kind=RequestKind(document["kind"]),
            status=RequestStatus(document["status"]),
            requester=_text(document, "requester", where=where),
            addressee=_text(document, "addressee", where=where),
            written_by=_text(document, "written_by", where=where),
            priority=Priority(document["priority"]),
            written_tai_ns=parse_utc(_text(document, "written_utc", where=where)),
            objects=tuple(objects),
            start_tai_ns=_tai_ns(document["start_utc"]),
            end_tai_ns=_tai_ns(document["end_utc"]),
            deadline_tai_ns=_tai_ns(document["deadline_utc"]),
            answer_ids=tuple(answers),
            label=parse_label(_text(document, "label", where=where)),
            **texts,
        )
    except (ValueError, TypeError) as error:
        raise FormatError(f"is a damaged request: {error}", where=where) from error


def _text(document: Mapping[str, Any], name: str, *, where: str) -> str:
    value = document[name]
    if not isinstance(value, str):
        raise FormatError(f"{name} is text", where=where)
    return value


def _utc(tai_ns: int | None) -> str | None:
    return None if tai_ns is None else format_utc(tai_ns, digits=9)


def _tai_ns(text: Any) -> int | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError("a time is text")
    return parse_utc(text)
