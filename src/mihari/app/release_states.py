"""What became of each release, folded from its steps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from mihari.astro.time import format_utc, parse_utc
from mihari.model.provenance import DataMode
from mihari.model.release import Approval, Release, ReleaseStep, release_from_document
from mihari.release.products import Template, product_template

__all__ = ["ReleaseState", "consents_of", "state_document", "states_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseState:
    """One release and what became of it.

    Attributes
    ----------
    draft : Release
        As it was drafted.
    embargo_tai_ns : int, optional
    needs : tuple of str
        Parties whose go is needed.
    readiness : dict of str to bool
        The last word of each party.
    published : dict, optional
        The signed document.
    recipients : tuple of str
        Who got it: the ledger by which corrections and withdrawals find everyone.
    alarms : tuple of str
        What a person has to hear and nobody has.
    """

    release_id: str
    group_id: str
    event_id: str
    product: str
    audience: str
    data_mode: DataMode
    draft: Release
    drafted_by: str
    drafted_tai_ns: int
    life_s: int
    embargo_tai_ns: int | None = None
    needs: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    readiness: dict[str, bool] = field(default_factory=dict)
    published: dict[str, Any] | None = None
    recipients: tuple[str, ...] = ()
    superseded_by: str = ""
    withdrawn_by: str = ""
    alarms: tuple[str, ...] = ()

    @property
    def template(self) -> Template:
        """The product."""
        return product_template(self.product)

    @property
    def status(self) -> str:
        """One word: DRAFT, APPROVED, PUBLISHED, SUPERSEDED or WITHDRAWN."""
        if self.withdrawn_by:
            return "WITHDRAWN"
        if self.superseded_by:
            return "SUPERSEDED"
        if self.published is not None:
            return "PUBLISHED"
        return "APPROVED" if self.approvals else "DRAFT"

    @property
    def document(self) -> dict[str, Any]:
        """The release as it stands: signed where published, else the draft with its approvals."""
        from mihari.model.release import release_document

        if self.published is not None:
            return self.published
        return release_document(replace(self.draft, approvals=self.approvals))


def states_of(steps: Sequence[pl.DataFrame]) -> list[ReleaseState]:
    """Return every release, oldest first; one table of steps per data mode, each in the order of learning."""
    found: dict[str, ReleaseState] = {}
    for table in steps:
        for row in table.iter_rows(named=True):
            step = ReleaseStep(row["step"])
            if step is ReleaseStep.CONSENTED:
                continue
            told = json.loads(row["document"])
            if step is ReleaseStep.DRAFTED:
                found[row["release_id"]] = _drafted(row, told)
                continue
            found[row["release_id"]] = _after(found[row["release_id"]], step, row, told)
    for state in list(found.values()):
        if state.published is None:
            continue
        if (old := state.draft.supersedes) in found:
            found[old] = replace(found[old], superseded_by=state.release_id)
        if (old := state.draft.withdraws) in found:
            found[old] = replace(found[old], withdrawn_by=state.release_id)
    return sorted(found.values(), key=lambda each: each.drafted_tai_ns)


def consents_of(steps: Sequence[pl.DataFrame], event_id: str) -> dict[str, frozenset[str]]:
    """Return the originators whose consent is recorded for an event, by audience."""
    found: dict[str, frozenset[str]] = {}
    for table in steps:
        chosen = table.filter((pl.col("event_id") == event_id) & (pl.col("step") == ReleaseStep.CONSENTED.value))
        for row in chosen.iter_rows(named=True):
            originator = str(json.loads(row["document"])["originator"])
            found[row["audience"]] = found.get(row["audience"], frozenset()) | {originator}
    return found


def state_document(state: ReleaseState) -> dict[str, Any]:
    """Return a state as JSON for people's tools; the release itself is `document`."""
    return {
        "release_id": state.release_id,
        "group_id": state.group_id,
        "status": state.status,
        "product": state.product,
        "event_id": state.event_id,
        "audience": state.audience,
        "data_mode": state.data_mode.value,
        "drafted_by": state.drafted_by,
        "drafted_utc": format_utc(state.drafted_tai_ns, digits=0),
        "embargo_utc": None if state.embargo_tai_ns is None else format_utc(state.embargo_tai_ns, digits=0),
        "needs": list(state.needs),
        "readiness": dict(state.readiness),
        "approvals": [each.person for each in state.approvals],
        "recipients": list(state.recipients),
        "superseded_by": state.superseded_by or None,
        "withdrawn_by": state.withdrawn_by or None,
        "alarms": list(state.alarms),
        "release": state.document,
    }


def _drafted(row: dict[str, Any], told: dict[str, Any]) -> ReleaseState:
    embargo = told["embargo_utc"]
    return ReleaseState(
        release_id=row["release_id"],
        group_id=row["group_id"],
        event_id=row["event_id"],
        product=row["product"],
        audience=row["audience"],
        data_mode=DataMode(row["data_mode"]),
        draft=release_from_document(told["release"]),
        drafted_by=row["written_by"],
        drafted_tai_ns=row["written_tai_ns"],
        life_s=int(told["life_s"]),
        embargo_tai_ns=None if embargo is None else parse_utc(embargo),
        needs=tuple(told["needs"]),
    )


def _after(state: ReleaseState, step: ReleaseStep, row: dict[str, Any], told: dict[str, Any]) -> ReleaseState:
    if step is ReleaseStep.APPROVED:
        approval = Approval(
            person=row["written_by"],
            role=told["role"],
            written_tai_ns=row["written_tai_ns"],
            content_sha256=told["content_sha256"],
            words=told["words"],
        )
        return replace(state, approvals=(*state.approvals, approval))
    if step in (ReleaseStep.READY, ReleaseStep.NO_GO):
        return replace(state, readiness={**state.readiness, told["party"]: step is ReleaseStep.READY})
    if step is ReleaseStep.PUBLISHED:
        return replace(state, published=told)
    if step is ReleaseStep.SENT:
        return replace(state, recipients=(*state.recipients, told["recipient"]))
    if step is ReleaseStep.ALARM:
        return replace(state, alarms=(*state.alarms, told["words"]))
    return replace(state, alarms=())
