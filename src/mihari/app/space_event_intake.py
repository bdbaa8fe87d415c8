"""Reports about events taken in: completed, checked, and kept once.

An update or a cancellation is a report with the same `event_id`; it supersedes the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.app.space_events import file_of
from mihari.astro.time import format_utc
from mihari.errors import InputError, NotFoundError
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_event import EventKind, EventStatus, SpaceEvent, event_document, event_from_document
from mihari.policy.events import check_event, event_rule
from mihari.policy.language import check_texts, likelihood_bins, likelihood_term
from mihari.store import SPACE_EVENTS, EmbeddedStore, Store, Transaction

__all__ = ["ReportOutcome", "ReportReceipt", "completed_report", "keep_event", "report_event"]

_CLOCK_SLACK_NS: Final = 300_000_000_000
_REMEDY: Final = "say what was measured; a named person may write intent as a statement: mihari policy statement"
_OF_WRITING: Final = ("status", "written_utc", "written_by", "supersedes", "record_id")
"""Members that say when and by whom a report was written, not what it says."""


class ReportOutcome(Enum):
    """What became of a report."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceipt:
    """What became of a report, and the report as it was kept or as it was known already."""

    outcome: ReportOutcome
    event: SpaceEvent

    def document(self) -> dict[str, Any]:
        """Return the receipt for `--json` and HTTP."""
        return {
            "outcome": self.outcome.value,
            "event_id": self.event.event_id,
            "record_id": self.event.record_id,
            "status": self.event.status.value,
            "data_mode": self.event.data_mode.value,
            "supersedes": self.event.supersedes or None,
        }


def completed_report(
    document: Mapping[str, Any], *, known: SpaceEvent | None, now_tai_ns: int, written_by: str | None
) -> SpaceEvent:
    """Return a report with what its writer left out: the moment, the writer, the status, what it supersedes.

    Parameters
    ----------
    known : SpaceEvent or None
        The newest report about the event so far.

    Raises
    ------
    InputError
        The report cannot be used, contradicts what is known of the event, or concludes what no report may.
    """
    if not isinstance(document, Mapping):
        raise InputError("is no report of an event", remedy="a JSON object is needed")
    given = {**document}
    if written_by is not None:
        given["written_by"] = written_by
    if not given.get("status"):
        given["status"] = (EventStatus.NEW if known is None else EventStatus.UPDATED).value
    if not given.get("written_utc"):
        given["written_utc"] = format_utc(now_tai_ns, digits=9)
    given["supersedes"] = "" if known is None else known.record_id
    given.pop("record_id", None)
    event = _with_likelihood(event_from_document(given))
    if event.written_tai_ns > now_tai_ns + _CLOCK_SLACK_NS:
        raise InputError("is in the future", where="written_utc", remedy="leave it out: the node's clock is taken")
    if not event_rule(event.kind).is_reported:
        raise InputError(
            "conjunctions come as messages, not as reports", where="kind", remedy="mihari assess --cdm FILE --keep"
        )
    _check_against(event, known)
    check_event(event)
    check_texts(dict(_texts(event)), remedy=_REMEDY)
    return event


def report_event(
    store: EmbeddedStore,
    document: Mapping[str, Any],
    *,
    now_tai_ns: int,
    written_by: str | None = None,
    data_mode: DataMode | None = None,
) -> ReportReceipt:
    """Take a report in; the same report twice is kept once.

    Parameters
    ----------
    document : mapping
        As `event_document` writes it; status, moment, writer and what it supersedes may be left out.
    data_mode : DataMode, optional
        Must be what the report says, where both say it.

    Raises
    ------
    InputError
        See `completed_report`.
    NotFoundError
        It cancels or closes an event that nobody reported.
    """
    given = dict(document) if isinstance(document, Mapping) else document
    if data_mode is not None and isinstance(given, dict):
        if given.get("data_mode") not in (None, data_mode.value):
            raise InputError(
                f"the report says {given['data_mode']!r:.40}, {data_mode.value} was asked for", where="data_mode"
            )
        given["data_mode"] = data_mode.value
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        # Inside the transaction no other writer comes between reading and writing.
        known = _newest(store, str(given.get("event_id", ""))) if isinstance(given, dict) else None
        event = completed_report(given, known=known, now_tai_ns=now_tai_ns, written_by=written_by)
        if known is None and event.status.is_over:
            raise NotFoundError(
                f"there is no event {event.event_id!r} to be {event.status.value.lower()}",
                where="event_id",
                remedy="mihari events list shows them",
            )
        if known is not None and _content(known) == _content(event) and known.status is _settled(event, known):
            return ReportReceipt(outcome=ReportOutcome.DUPLICATE, event=known)
        if known is not None and event.status is EventStatus.NEW:
            raise InputError(
                f"{event.event_id} is known already, with other content",
                where="status",
                remedy="leave the status out or say UPDATED; another event needs another event_id",
            )
        keep_event(transaction, event, method="reported")
    return ReportReceipt(outcome=ReportOutcome.RECORDED, event=event)


def keep_event(transaction: Transaction, event: SpaceEvent, *, method: str) -> None:
    """Append one report to a transaction as it is; its label and data mode become those of the record."""
    frame = pl.DataFrame(
        {
            "event_id": [event.event_id],
            "record_id": [event.record_id],
            "kind": [event.kind.value],
            "status": [event.status.value],
            "norad_cat_ids": [list(event.objects)],
            "start_tai_ns": [event.start_tai_ns],
            "end_tai_ns": [event.end_tai_ns],
            "next_update_tai_ns": [event.next_update_tai_ns],
            "written_tai_ns": [event.written_tai_ns],
            "written_by": [event.written_by],
            "supersedes": [event.supersedes],
            "document": [json.dumps(event_document(event), ensure_ascii=False, sort_keys=True)],
        },
        schema=dict(SPACE_EVENTS.schema),
    )
    transaction.append_records(
        SPACE_EVENTS,
        frame,
        provenance=Provenance(
            source=event.written_by,
            origin=", ".join(event.sources)[:200],
            method=method,
            data_mode=event.data_mode,
            label=str(event.label),
            licence=event.label.redistribution.value,
            derived_from=event.supersedes,
        ),
    )


def _newest(store: Store, event_id: str) -> SpaceEvent | None:
    """The newest report about an event, in whatever data mode it is kept."""
    for mode in store.data_modes(kind=SPACE_EVENTS):
        rows = store.records(SPACE_EVENTS, data_mode=mode).filter(pl.col("event_id") == event_id)
        if rows.height:
            return file_of(rows).newest
    return None


def _check_against(event: SpaceEvent, known: SpaceEvent | None) -> None:
    if known is None:
        return
    if event.data_mode is not known.data_mode:
        raise InputError(
            f"{event.event_id} is {known.data_mode.value}, the report says {event.data_mode.value}",
            where="data_mode",
            remedy="data modes never mix; another event needs another event_id",
        )
    if event.kind is not known.kind:
        raise InputError(
            f"{event.event_id} is of kind {known.kind.value}, the report says {event.kind.value}",
            where="kind",
            remedy="cancel it, and report the other kind under another event_id",
        )
    if known.status is EventStatus.CANCELLED and event.status is not EventStatus.CANCELLED:
        raise InputError(
            f"{event.event_id} was cancelled", where="status", remedy="report it anew under another event_id"
        )


def _with_likelihood(event: SpaceEvent) -> SpaceEvent:
    """The term of the first alternative, where it has one; a term that says something else is refused."""
    if not event.alternatives or event.kind is EventKind.CONJUNCTION:
        return event
    first = event.alternatives[0].probability
    bins = likelihood_bins()
    term = likelihood_term(first) if bins[0].lower <= first <= bins[-1].upper else None
    if event.likelihood is not None and event.likelihood is not term:
        told = "no term" if term is None else repr(term.value)
        raise InputError(
            f"{event.likelihood.value!r} does not fit the first alternative, of probability {first:g}: {told} does",
            where="likelihood",
            remedy="leave it out: it follows from the probability",
        )
    return replace(event, likelihood=term)


def _settled(event: SpaceEvent, known: SpaceEvent) -> EventStatus:
    """The status that a repeated report would leave: an update or first report with nothing new changes none."""
    return event.status if event.status.is_over else known.status


def _content(event: SpaceEvent) -> dict[str, Any]:
    document = event_document(event)
    return {name: value for name, value in document.items() if name not in _OF_WRITING}


def _texts(event: SpaceEvent) -> Iterable[tuple[str, str]]:
    yield "summary_en", event.summary_en
    yield "summary_ja", event.summary_ja
    yield "confidence_basis", event.confidence_basis
    for place, each in enumerate(event.evidence):
        yield f"evidence[{place}].text", each.text
    for place, other in enumerate(event.alternatives):
        yield f"alternatives[{place}].text_en", other.text_en
        yield f"alternatives[{place}].text_ja", other.text_ja
    yield from _fact_texts(event.facts, "facts")


def _fact_texts(value: Any, where: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _fact_texts(member, f"{where}.{name}")
    elif isinstance(value, Sequence):
        for place, member in enumerate(value):
            yield from _fact_texts(member, f"{where}[{place}]")
