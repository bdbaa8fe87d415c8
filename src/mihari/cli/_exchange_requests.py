"""`mihari exchange request`: ask another party for information or a collection, and answer step by step."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, Mode, ModeName, StoreFolder

__all__ = ["request"]

request = App(
    name="request",
    help="Requests for information and collection requests: ask, answer, list. They travel with the next bundle.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)


class KindName(Enum):
    """Kinds of requests as they are written on the command line."""

    INFORMATION = "information"
    COLLECTION = "collection"


class PriorityName(Enum):
    """Priorities as they are written on the command line."""

    FLASH = "flash"
    IMMEDIATE = "immediate"
    PRIORITY = "priority"
    ROUTINE = "routine"


class StepName(Enum):
    """Steps as they are written on the command line."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


By = Annotated[str, Parameter(help="Who writes it: a person's name.")]
Name = Annotated[str, Parameter(help="Name of the request.")]
NeededMode = Annotated[ModeName, Parameter(name="--mode", help="Data mode of the request.")]


@request.command
def ask(
    name: Name,
    /,
    *,
    to: Annotated[str, Parameter(help="The party that is asked.")],
    kind: Annotated[KindName, Parameter(help="information or collection.")],
    text: Annotated[str, Parameter(help="What is asked.")],
    reason: Annotated[str, Parameter(help="Why.")],
    by: By,
    mode: NeededMode,
    priority: Annotated[PriorityName, Parameter(help="Default: routine.")] = PriorityName.ROUTINE,
    object_: Annotated[tuple[int, ...], Parameter(name="--object", negative="", help="Catalogue number.")] = (),
    start: Annotated[str | None, Parameter(help="UTC, from when it should be looked at.")] = None,
    end: Annotated[str | None, Parameter(help="UTC, until when.")] = None,
    deadline: Annotated[str | None, Parameter(help="UTC, when a decision is made with or without an answer.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Ask another party."""
    from mihari.app.exchange_node import open_exchange
    from mihari.app.exchange_requests import ask as propose
    from mihari.app.moment import moment_tai_ns
    from mihari.cli._show import print_json
    from mihari.model.provenance import DataMode
    from mihari.model.request import Priority, RequestKind, request_document

    made = propose(
        open_exchange(store),
        request_id=name,
        to=to,
        kind=RequestKind[kind.name],
        text=text,
        reason=reason,
        author=by,
        mode=DataMode(mode.value),
        priority=Priority[priority.name],
        objects=object_,
        start_tai_ns=None if start is None else moment_tai_ns(start, option="--start"),
        end_tai_ns=None if end is None else moment_tai_ns(end, option="--end"),
        deadline_tai_ns=None if deadline is None else moment_tai_ns(deadline, option="--deadline"),
    )
    if as_json:
        print_json(request_document(made))
    return 0


@request.command
def answer(
    name: Name,
    /,
    *,
    status: Annotated[StepName, Parameter(help="The step that is taken.")],
    by: By,
    mode: NeededMode,
    text: Annotated[str, Parameter(help="What there is to say.")] = "",
    reason: Annotated[str, Parameter(help="Why not, where the request ends without what was asked.")] = "",
    record: Annotated[tuple[str, ...], Parameter(negative="", help="Record that answers it (repeatable).")] = (),
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Take the next step of a request."""
    from mihari.app.exchange_node import open_exchange
    from mihari.app.exchange_requests import answer_request
    from mihari.cli._show import print_json
    from mihari.model.provenance import DataMode
    from mihari.model.request import RequestStatus, request_document

    made = answer_request(
        open_exchange(store),
        name,
        status=RequestStatus[status.name],
        author=by,
        mode=DataMode(mode.value),
        text=text,
        reason=reason,
        answer_ids=record,
    )
    if as_json:
        print_json(request_document(made))
    return 0


@request.command(name="list")
def list_(*, mode: Mode = None, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """List requests with where they stand."""
    from mihari.app.exchange_node import open_exchange
    from mihari.app.exchange_requests import chain_document, requests
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line

    chains = requests(open_exchange(store), mode=data_mode(mode))
    if as_json:
        print_json([chain_document(each) for each in chains])
        return 0
    for each in chains:
        first, last = (each.steps or each.aside)[0], (each.steps or each.aside)[-1]
        status = each.status.value if each.status else "its proposal has not come yet"
        why = f": {last.reason}" if each.status and each.status.needs_reason else ""
        print(one_line(f"{first.request_id} {first.requester} to {first.addressee}: {status}{why} - {first.text}"))
    return 0
