"""Publishing, withdrawing and signing again: one moment for all, and everyone who had a release hears what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mihari.app.release_content import withdrawal_content
from mihari.app.release_outbox import deliver
from mihari.app.release_states import ReleaseState
from mihari.app.release_steps import Row, check_person, chosen_of, draft_document, one_of, states_in, write_steps
from mihari.astro.time import format_utc
from mihari.errors import InputError
from mihari.model.party import PUBLIC_PARTY
from mihari.model.release import Approval, Release, ReleaseStep
from mihari.release.audit import AuditLog
from mihari.release.signing import SigningKey, content_sha256, signed_release_document
from mihari.store import EmbeddedStore, StoreMode

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["publish", "publish_again", "withdraw"]

_NS: Final = 1_000_000_000


def publish(desk: ReleaseDesk, name: str, *, by: str) -> list[ReleaseState]:
    """Publish a group at one moment: all of it or nothing, whatever happens in between.

    All releases are signed before the one transaction in which they become visible; files for recipients are
    written after it, and again by the next command if that was interrupted.

    Raises
    ------
    InputError
        An approval or a go is missing, somebody says no-go, or the embargo stands: each with its name.
    """
    check_person(by)
    now = desk.clock()
    key = desk.keys.signing_key(now_tai_ns=now)
    with EmbeddedStore.open(desk.folder, mode=StoreMode.WRITE) as store:
        every = states_in(store)
        group = chosen_of(every, name)[0].group_id
        states = [each for each in every if each.group_id == group]
        for state in states:
            _check_ready(state, now)
        rows = []
        for state in states:
            release = replace(
                state.draft,
                approvals=state.approvals,
                released_tai_ns=now,
                expires_tai_ns=now + state.life_s * _NS,
            )
            rows += _published(desk, state, release, key=key, by=by, now=now, every=every)
        write_steps(desk.folder, store, rows, now_tai_ns=now, own_party=key.party)
    deliver(desk)
    with EmbeddedStore.open(desk.folder, mode=StoreMode.READ) as store:
        return chosen_of(states_in(store), group)


def withdraw(desk: ReleaseDesk, release_id: str, *, by: str, reason: str) -> ReleaseState:
    """Take a release back, at once: everyone who had it gets the withdrawal, sealed and signed as it was.

    One person can do it, for what is wrong should not wait for a second one; it says who.
    """
    check_person(by)
    if not reason.strip():
        raise InputError("a withdrawal says why", where="--reason")
    now = desk.clock()
    key = desk.keys.signing_key(now_tai_ns=now)
    with EmbeddedStore.open(desk.folder, mode=StoreMode.WRITE) as store:
        every = states_in(store)
        old = one_of(every, release_id)
        if old.published is None:
            raise InputError("was never published", where=release_id, remedy="leave the draft")
        if old.withdrawn_by:
            raise InputError(f"was withdrawn already, by {old.withdrawn_by}", where=release_id)
        template = old.template
        content = withdrawal_content(old.draft.content, template, data_mode=old.data_mode)
        release = replace(
            old.draft,
            release_id=f"R-{desk.chance()}",
            content=content,
            reason=reason,
            supersedes=None,
            withdraws=release_id,
            approvals=(
                Approval(
                    person=by,
                    role="withdraws",
                    written_tai_ns=now,
                    content_sha256=content_sha256(content),
                    words=reason,
                ),
            ),
            released_tai_ns=now,
            expires_tai_ns=None,
        )
        _publish_new(desk, store, old, release, key=key, by=by, now=now, every=every)
    deliver(desk)
    return desk.find(release.release_id)


def publish_again(desk: ReleaseDesk, release_id: str, *, by: str) -> ReleaseState:
    """Sign a release that stands anew, with today's key: the same content and approvals, for the same people."""
    check_person(by)
    now = desk.clock()
    key = desk.keys.signing_key(now_tai_ns=now)
    with EmbeddedStore.open(desk.folder, mode=StoreMode.WRITE) as store:
        every = states_in(store)
        old = one_of(every, release_id)
        if old.status != "PUBLISHED":
            raise InputError("does not stand", where=release_id, remedy="only what stands is signed again")
        release = replace(
            old.draft,
            release_id=f"R-{desk.chance()}",
            approvals=old.approvals or old.draft.approvals,
            supersedes=release_id,
            released_tai_ns=now,
            expires_tai_ns=now + old.life_s * _NS,
        )
        _publish_new(desk, store, old, release, key=key, by=by, now=now, every=every)
    deliver(desk)
    return desk.find(release.release_id)


def _publish_new(
    desk: ReleaseDesk,
    store: EmbeddedStore,
    old: ReleaseState,
    release: Release,
    *,
    key: SigningKey,
    by: str,
    now: int,
    every: Sequence[ReleaseState],
) -> None:
    """Draft and publish in one stroke what follows from a published release."""
    group_id = f"G-{desk.chance()}"
    new = replace(old, release_id=release.release_id, group_id=group_id, draft=release, published=None)
    document = draft_document(release, embargo_tai_ns=None, needs=(), life_s=old.life_s)
    row = Row.like(new).of(ReleaseStep.DRAFTED, by=by, document=document)
    rows = _published(desk, new, release, key=key, by=by, now=now, every=every)
    write_steps(desk.folder, store, [row, *rows], now_tai_ns=now, own_party=key.party)


def _published(
    desk: ReleaseDesk,
    state: ReleaseState,
    release: Release,
    *,
    key: SigningKey,
    by: str,
    now: int,
    every: Sequence[ReleaseState],
) -> list[dict[str, Any]]:
    entry = {
        "kind": "release.publishing",
        "at_utc": format_utc(now, digits=3),
        "actor": by,
        "records": [release.release_id],
        "parties": [release.audience],
        "policy_version": release.policy_version,
        "group_id": state.group_id,
        "event_id": state.event_id,
        "content_sha256": content_sha256(release.content),
        "data_mode": release.data_mode.value,
        "withdraws": release.withdraws or "",
        "supersedes": release.supersedes or "",
    }
    logged = replace(release, log_index=AuditLog(desk.folder / "audit").append(entry))
    document = signed_release_document(logged, key=key, signed_tai_ns=now)
    step = Row.like(state)
    rows = [step.of(ReleaseStep.PUBLISHED, by=by, document=document)]
    for recipient in _recipients(desk, release, own_party=key.party, every=every):
        rows.append(step.of(ReleaseStep.SENT, by=by, document={"recipient": recipient, "channel": "outbox"}))
    return rows


def _recipients(desk: ReleaseDesk, release: Release, *, own_party: str, every: Sequence[ReleaseState]) -> list[str]:
    """Everyone of the audience, and everyone who had what this one replaces or takes back."""
    audience = release.audience
    members = frozenset() if audience == PUBLIC_PARTY else desk.book.members_of(audience)
    named = set(members or {audience})
    earlier = {release.supersedes, release.withdraws} - {None}
    for state in every:
        if state.release_id in earlier:
            named.update(state.recipients)
    return sorted(named - {own_party})


def _check_ready(state: ReleaseState, now: int) -> None:
    where = f"{state.release_id} for {state.audience}"
    if state.published is not None:
        raise InputError("is published already", where=where, remedy="correct or withdraw it")
    if state.template.draft_only:
        raise InputError("is a draft for people and is never published", where=where)
    if not state.approvals:
        raise InputError("nobody approved it", where=where, remedy=f"mihari release approve {state.group_id} --by NAME")
    if state.embargo_tai_ns is not None and now < state.embargo_tai_ns:
        raise InputError(f"is under embargo until {format_utc(state.embargo_tai_ns, digits=0)}", where=where)
    for party, is_go in state.readiness.items():
        if not is_go:
            raise InputError(f"{party} says no-go", where=where, remedy="wait for its go")
    missing = [party for party in state.needs if party not in state.readiness]
    if missing:
        raise InputError(f"{', '.join(missing)} did not say go", where=where, remedy="mihari release ready")
