"""Requests for information and collection requests: asked, answered step by step, and carried with the exchange."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from mihari.app.exchange_node import ExchangeNode
from mihari.errors import InputError, NotFoundError
from mihari.model.label import Audience, Label
from mihari.model.provenance import DataMode, Provenance
from mihari.model.request import (
    Priority,
    Request,
    RequestChain,
    RequestKind,
    RequestStatus,
    request_chain,
    request_document,
    request_from_document,
)
from mihari.release.exchange import EXCHANGED_KINDS
from mihari.store import REQUESTS, EmbeddedStore, StoreMode

__all__ = ["answer_request", "ask", "chain_document", "requests"]


def ask(
    node: ExchangeNode,
    *,
    request_id: str,
    to: str,
    kind: RequestKind,
    text: str,
    reason: str,
    author: str,
    mode: DataMode,
    priority: Priority = Priority.ROUTINE,
    objects: Sequence[int] = (),
    start_tai_ns: int | None = None,
    end_tai_ns: int | None = None,
    deadline_tai_ns: int | None = None,
) -> Request:
    """Propose a request to another party; it goes with the next bundle.

    Raises
    ------
    InputError
        The name is used already, or something is missing.
    """
    now = node.clock()
    request = Request(
        request_id=request_id,
        kind=kind,
        status=RequestStatus.PROPOSED,
        requester=node.party,
        addressee=to,
        written_by=node.party,
        author=author,
        text=text,
        reason=reason,
        priority=priority,
        written_tai_ns=now,
        label=Label(audience=Audience.of(node.party, to), originators=frozenset({node.party})),
        objects=tuple(objects),
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        deadline_tai_ns=deadline_tai_ns,
    )
    if any(chain.steps and chain.steps[0].request_id == request_id for chain in requests(node, mode=mode)):
        raise InputError(f"there is a request {request_id!r} already", remedy="choose another name")
    return _keep(node, request, mode)


def answer_request(
    node: ExchangeNode,
    request_id: str,
    *,
    status: RequestStatus,
    author: str,
    mode: DataMode,
    text: str = "",
    reason: str = "",
    answer_ids: Sequence[str] = (),
    start_tai_ns: int | None = None,
    end_tai_ns: int | None = None,
) -> Request:
    """Take the next step of a request.

    Raises
    ------
    NotFoundError
        There is no such request.
    InputError
        The step does not follow, is not this party's to take, or needs a reason.
    """
    chain = next(
        (each for each in requests(node, mode=mode) if each.steps and each.steps[0].request_id == request_id), None
    )
    if chain is None:
        raise NotFoundError(f"there is no request {request_id[:80]!r}", remedy="exchange request list")
    last = chain.steps[-1]
    if not last.status.may_become(status):
        raise InputError(f"{status.value} does not follow {last.status.value}", where=request_id)
    step = replace(
        chain.steps[0],
        status=status,
        written_by=node.party,
        author=author,
        text=text,
        reason=reason,
        written_tai_ns=max(node.clock(), last.written_tai_ns + 1),
        answer_ids=tuple(answer_ids),
        start_tai_ns=start_tai_ns if start_tai_ns is not None else last.start_tai_ns,
        end_tai_ns=end_tai_ns if end_tai_ns is not None else last.end_tai_ns,
        label=replace(chain.steps[0].label, originators=frozenset({node.party})),
    )
    return _keep(node, step, mode)


def requests(node: ExchangeNode, *, mode: DataMode | None = None) -> list[RequestChain]:
    """Return every request with its steps, the newest first."""
    with EmbeddedStore.open(node.folder, mode=StoreMode.READ) as store:
        frame = store.records(REQUESTS, data_mode=mode)
    by_name: dict[str, list[Request]] = {}
    for text in frame["document"]:
        request = request_from_document(json.loads(text))
        by_name.setdefault(request.request_id, []).append(request)
    chains = [request_chain(records) for records in by_name.values()]
    return sorted(chains, key=lambda chain: -max(each.written_tai_ns for each in (*chain.steps, *chain.aside)))


def chain_document(chain: RequestChain) -> dict[str, Any]:
    """Return a request with its steps as JSON."""
    return {
        "request_id": (chain.steps or chain.aside)[0].request_id,
        "status": None if chain.status is None else chain.status.value,
        "steps": [request_document(each) for each in chain.steps],
        "aside": [request_document(each) for each in chain.aside],
    }


def _keep(node: ExchangeNode, request: Request, mode: DataMode) -> Request:
    row = EXCHANGED_KINDS[REQUESTS.name].row(request_document(request))
    stamp = Provenance(
        source=request.author,
        origin=node.party,
        method="written by a person",
        data_mode=mode,
        label=str(request.label),
        licence="this node's own",
    )
    frame = pl.DataFrame([row], schema=dict(REQUESTS.schema))
    with (
        EmbeddedStore.open(node.folder, mode=StoreMode.CREATE) as store,
        store.transaction(learned_tai_ns=node.clock()) as transaction,
    ):
        transaction.append_records(REQUESTS, frame, provenance=stamp)
    node.note(
        f"request.{request.status.value.lower()}",
        actor=request.author,
        records=[request.request_id],
        requester=request.requester,
        addressee=request.addressee,
        reason=request.reason,
    )
    return request
