"""One fetch: one question, one file or one clear reason why not."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mihari.app.fetch._answer import Answer, check_body, excerpt, is_not_updated, is_rate_limit, retry_after_s
from mihari.app.fetch._client import NoAnswerError, PoliteClient
from mihari.app.fetch._credentials import Credentials, find_credentials
from mihari.app.fetch._inbox import check_inbox, is_still_there, save
from mihari.app.fetch._ledger import LastAnswer, Ledger
from mihari.app.fetch._report import FetchedFile, FetchOutcome, FetchReport
from mihari.app.fetch._session import Session
from mihari.app.fetch._sources import SOURCE_RULES, FetchRequest
from mihari.errors import SourceError

if TYPE_CHECKING:
    import httpx2

    from mihari.app.clock import Clock

__all__ = ["fetch"]

_BACKOFF_S: Final = (2.0, 6.0)
"""Waits before the second and the third try."""
_FAILED_WAIT_S: Final = 900.0
"""Before an equal question, when the source was reached and gave nothing usable."""
_REFUSED_WAIT_S: Final = 7200.0
"""Before any question to a source that refused us: going on is how an address ends up behind a firewall."""
_RATE_LIMIT_WAIT_S: Final = 3600.0
"""When the source says "too often" and not for how long."""


def fetch(
    request: FetchRequest,
    *,
    state_dir: Path | str,
    inbox: Path | str | None = None,
    credentials: Callable[[], Credentials] = find_credentials,
    transport: httpx2.BaseTransport | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], None] = time.sleep,
    patience_s: float = 90.0,
) -> FetchReport:
    """Put one question to a source and keep its answer as one file.

    Parameters
    ----------
    request : FetchRequest
        What is asked; see `celestrak_group`, `space_track_catalogue` and their neighbours.
    state_dir : path
        Folder that remembers the limits, the last answers and the session. Use one per user, whatever the store.
    inbox : path, optional
        Folder for the file; by default `inbox` inside `state_dir`.
    credentials : callable
        Gives user and password; called only for a source that wants a login.
    transport : httpx2.BaseTransport, optional
        Instead of the network, for tests.
    clock : callable, optional
        Gives the present moment, TAI ns; by default the system's.
    sleep : callable
        Waits for some seconds.
    patience_s : float
        Longest wait for a free turn under the source's limits, s.

    Returns
    -------
    FetchReport
        What was asked, what was answered, when, how much, and when the same may be asked again.

    Raises
    ------
    NotYetError
        Politeness forbids asking now; says from when on it is allowed. Nothing was asked.
    SourceError
        The source refused, failed, or gave something else than data; nothing is left in the inbox.
    """
    if clock is None:
        from mihari.app.clock import system_clock_tai_ns

        clock = system_clock_tai_ns
    state_dir = Path(state_dir)
    inbox = state_dir / "inbox" if inbox is None else Path(inbox)
    check_inbox(inbox)
    ledger = Ledger(state_dir, clock=clock)
    known = credentials() if SOURCE_RULES[request.source].needs_login else None
    last = ledger.reserve_question(request)
    if last is not None and not is_still_there(last):
        last = None
    client = PoliteClient(
        request.source, ledger=ledger, clock=clock, sleep=sleep, transport=transport, patience_s=patience_s
    )
    with closing(client):
        try:
            answer = _ask_with_retries(request, last, client, known, state_dir, ledger, clock, sleep)
        except NoAnswerError as error:
            # A request that never arrived is no question; one that may have arrived is.
            ledger.set_ask_again(request, wait_s=_FAILED_WAIT_S if error.reached else 0.0)
            raise
        except SourceError:
            # No turn was free, or the login failed: the question itself was not put.
            ledger.set_ask_again(request, wait_s=0.0)
            raise
        fetched_tai_ns = clock()
        if answer.status == 304 or is_not_updated(answer):
            return _unchanged(request, last, client, ledger)
        if answer.status != 200 or is_rate_limit(answer):
            raise _refusal(answer, request, ledger)
        try:
            records = check_body(answer, request)
        except SourceError:
            ledger.set_ask_again(request, wait_s=_FAILED_WAIT_S)
            raise
        digest = sha256(answer.body).hexdigest()
        if last is not None and last.digest == digest:
            return _unchanged(request, last, client, ledger)
        path = save(answer.body, request, inbox=inbox, fetched_tai_ns=fetched_tai_ns)
        received = LastAnswer(
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            file=path.absolute(),
            digest=digest,
            size_bytes=len(answer.body),
            records=records,
            fetched_tai_ns=fetched_tai_ns,
        )
        ledger.record_answer(request, received)
        return FetchReport(
            request=request,
            outcome=FetchOutcome.RECEIVED,
            file=_file(received, request),
            exchanges=tuple(client.exchanges),
            ask_again_tai_ns=ledger.set_ask_again(request, wait_s=request.equal_wait_s),
        )


def _ask_with_retries(
    request: FetchRequest,
    last: LastAnswer | None,
    client: PoliteClient,
    known: Credentials | None,
    state_dir: Path,
    ledger: Ledger,
    clock: Clock,
    sleep: Callable[[float], None],
) -> Answer:
    """Put the question, up to three times where the source allows it; every try takes a turn of its own."""
    session = None
    kept = False
    if known is not None:
        session = Session(client, request.source, credentials=known, state_dir=state_dir, ledger=ledger, clock=clock)
        kept = session.open()
    headers: dict[str, str] = {}
    if last is not None and last.etag:
        headers["If-None-Match"] = last.etag
    if last is not None and last.last_modified:
        headers["If-Modified-Since"] = last.last_modified
    retried = SOURCE_RULES[request.source].retried_statuses
    waits = list(_BACKOFF_S)
    while True:
        try:
            answer = client.get(request.url, headers=headers)
        except NoAnswerError:
            if not waits:
                raise
            sleep(waits.pop(0))
            continue
        if answer.status == 401 and session is not None:
            session.forget()
            if kept:
                session.log_in()
                kept = False
                continue
        if answer.status not in retried or is_rate_limit(answer) or "retry-after" in answer.headers or not waits:
            return answer
        sleep(waits.pop(0))


def _refusal(answer: Answer, request: FetchRequest, ledger: Ledger) -> SourceError:
    """Return the error for an answer other than 200, after writing down how long to leave the source alone."""
    from mihari.astro.time import format_utc

    name, status = request.source.value, answer.status
    said = f": {excerpt(answer.body)!r}" if answer.body.strip() else ""
    if is_rate_limit(answer):
        wait_s, what = retry_after_s(answer, otherwise_s=_RATE_LIMIT_WAIT_S), f"{name} says that it was asked too often"
        until_tai_ns = ledger.pause(request.source, wait_s=wait_s, reason="it said that it was asked too often")
    elif status in (401, 403):
        what = f"{name} refuses to answer (status {status})"
        until_tai_ns = ledger.pause(request.source, wait_s=_REFUSED_WAIT_S, reason=f"it refused with status {status}")
    elif status >= 500 and "retry-after" in answer.headers:
        what = f"{name} cannot answer now (status {status})"
        wait_s = retry_after_s(answer, otherwise_s=_FAILED_WAIT_S)
        until_tai_ns = ledger.pause(request.source, wait_s=wait_s, reason=f"it answered status {status}")
    elif status >= 500:
        what = f"{name} failed (status {status})"
        until_tai_ns = ledger.set_ask_again(request, wait_s=_FAILED_WAIT_S)
    elif 300 <= status < 400:
        what = f"{name} points to another address, {answer.headers.get('location', 'which it does not name')!r}"
        until_tai_ns = ledger.set_ask_again(request, wait_s=request.equal_wait_s)
    elif status == 404:
        what = f"{name} knows no {request.what}"
        until_tai_ns = ledger.set_ask_again(request, wait_s=request.equal_wait_s)
    else:
        what = f"{name} answered with status {status}"
        until_tai_ns = ledger.set_ask_again(request, wait_s=request.equal_wait_s)
    return SourceError(
        f"{what}{said}", where=request.url, remedy=f"it is not asked again before {format_utc(until_tai_ns, digits=0)}"
    )


def _unchanged(request: FetchRequest, last: LastAnswer | None, client: PoliteClient, ledger: Ledger) -> FetchReport:
    ask_again_tai_ns = ledger.set_ask_again(request, wait_s=request.equal_wait_s)
    if last is None:
        from mihari.astro.time import format_utc

        raise SourceError(
            f"{request.source.value} has nothing newer than what it gave to this address before, and no copy of that "
            "lies in the inbox",
            where=request.url,
            remedy=f"put the file back, or ask again from {format_utc(ask_again_tai_ns, digits=0)}",
        )
    return FetchReport(
        request=request,
        outcome=FetchOutcome.UNCHANGED,
        file=_file(last, request),
        exchanges=tuple(client.exchanges),
        ask_again_tai_ns=ask_again_tai_ns,
    )


def _file(answer: LastAnswer, request: FetchRequest) -> FetchedFile:
    return FetchedFile(
        path=answer.file,
        source=request.source,
        url=request.url,
        fetched_tai_ns=answer.fetched_tai_ns,
        size_bytes=answer.size_bytes,
        records=answer.records,
        digest=answer.digest,
    )
