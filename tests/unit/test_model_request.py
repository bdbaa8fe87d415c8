"""Requests: whose step it is, what follows what, the reason for a no, and one order for every node."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from mihari.errors import FormatError, InputError
from mihari.model.label import parse_label
from mihari.model.request import (
    Priority,
    Request,
    RequestKind,
    RequestStatus,
    request_chain,
    request_document,
    request_from_document,
)

ENDS = [each for each in RequestStatus if each.is_final]


def request(status: RequestStatus = RequestStatus.PROPOSED, *, at: int = 1, **more: Any) -> Request:
    asks = status in (RequestStatus.PROPOSED, RequestStatus.CANCELLED, RequestStatus.EXPIRED)
    told: dict[str, Any] = {
        "request_id": "RFI-1",
        "kind": RequestKind.COLLECTION,
        "status": status,
        "requester": "JP",
        "addressee": "US",
        "written_by": "JP" if asks else "US",
        "author": "A. Mori",
        "text": "one pass, please",
        "reason": "a manoeuvre is suspected",
        "priority": Priority.IMMEDIATE,
        "written_tai_ns": at,
        "label": parse_label("REL:JP+US//BY:JP"),
        "objects": (25544,),
        "start_tai_ns": 10,
        "end_tai_ns": 20,
    }
    return Request(**told | more)


@pytest.mark.parametrize("status", RequestStatus)
def test_every_step_goes_through_its_document(status: RequestStatus) -> None:
    made = request(status)
    assert request_from_document(request_document(made)) == made


@pytest.mark.parametrize("end", ENDS)
def test_every_end_can_be_reached_and_nothing_follows_it(end: RequestStatus) -> None:
    way = [RequestStatus.PROPOSED, RequestStatus.ACCEPTED]
    if end in (RequestStatus.DONE, RequestStatus.FAILED):
        way.append(RequestStatus.SCHEDULED)
    steps = [request(status, at=number) for number, status in enumerate([*way, end], start=1)]
    late = request(RequestStatus.SCHEDULED, at=99)
    for order in itertools.islice(itertools.permutations([*steps, late]), 60):
        chain = request_chain(order)
        assert chain.steps == tuple(steps)
        assert chain.aside == (late,)
        assert chain.status is end
    assert not any(end.may_become(other) for other in RequestStatus)


@pytest.mark.parametrize("end", [each for each in ENDS if each is not RequestStatus.DONE])
def test_a_no_has_a_reason(end: RequestStatus) -> None:
    with pytest.raises(InputError, match="needs a reason"):
        request(end, reason=" ")
    assert request(RequestStatus.DONE, reason="").reason == ""


def test_each_side_writes_its_own_steps() -> None:
    for status in (RequestStatus.ACCEPTED, RequestStatus.REJECTED, RequestStatus.DONE):
        with pytest.raises(InputError, match="not for JP"):
            request(status, written_by="JP")
    for status in (RequestStatus.PROPOSED, RequestStatus.CANCELLED):
        with pytest.raises(InputError, match="not for US"):
            request(status, written_by="US")
    assert request(RequestStatus.EXPIRED, written_by="US").written_by == "US"
    with pytest.raises(InputError, match="not for AU"):
        request(RequestStatus.EXPIRED, written_by="AU")


def test_without_its_proposal_a_chain_waits() -> None:
    chain = request_chain([request(RequestStatus.ACCEPTED)])
    assert chain.status is None
    assert len(chain.aside) == 1


@pytest.mark.parametrize(
    "bent",
    [
        {"form": "x"},
        {"status": "PERHAPS"},
        {"objects": [0]},
        {"objects": [True]},
        {"objects": "25544"},
        {"written_utc": 5},
        {"written_utc": "soon"},
        {"label": "REL:"},
        {"text": None},
        {"answer_ids": [1]},
        {"extra": 1},
        {"start_utc": 7},
    ],
)
def test_damaged_documents_are_refused(bent: dict[str, Any]) -> None:
    with pytest.raises((FormatError, InputError)):
        request_from_document({**request_document(request()), **bent})


@pytest.mark.parametrize(
    "bent",
    [
        {"request_id": "a b"},
        {"author": " "},
        {"addressee": "JP"},
        {"text": ""},
        {"text": "x" * 5_000},
        {"end_tai_ns": 5},
        {"objects": tuple(range(1, 1_002))},
    ],
)
def test_what_makes_no_sense_is_refused(bent: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(request(), **bent)
