"""The desk where releases are drafted, approved, published together, corrected and withdrawn."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from mihari.app.clock import Clock, system_clock_tai_ns
from mihari.app.release_content import audience_viewer, content_for, withdrawal_content
from mihari.app.release_facts import EventFacts, event_facts, statistics_facts
from mihari.app.release_keys import KeyFolder
from mihari.app.release_messages import with_message
from mihari.app.release_outbox import deliver
from mihari.app.release_states import ReleaseState, consents_of, states_of
from mihari.app.settings import store_path
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.model.label import Audience, Label
from mihari.model.party import PUBLIC_PARTY, PartyBook
from mihari.model.provenance import DataMode, Provenance
from mihari.model.release import Approval, Release, ReleaseStep, release_document
from mihari.policy.access import load_parties, may_see
from mihari.release.audit import AuditLog
from mihari.release.products import product_template
from mihari.release.redaction import degrade_covariance
from mihari.release.signing import SigningKey, content_sha256, signed_release_document
from mihari.store import RELEASE_STEPS, EmbeddedStore, StoreMode

__all__ = ["DEFAULT_LIFE_S", "Readiness", "ReleaseDesk", "open_desk"]

DEFAULT_LIFE_S: Final = 7 * 86_400
_NS: Final = 1_000_000_000
_METHOD: Final = "release desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """A party's go or no-go for the moment of a group."""

    party: str
    person: str
    is_go: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDesk:
    """What the node does with releases; every step is a record, and is told to the audit log.

    Attributes
    ----------
    folder : Path
        Of the record store; keys, outbox and audit log lie in it.
    clock : Clock
    chance : callable
        Gives the names of releases, which tell nothing.
    book : PartyBook
    operators : mapping of int to frozenset of str
        Who operates which object.
    """

    folder: Path
    clock: Clock = system_clock_tai_ns
    chance: Callable[[], str] = field(default=lambda: secrets.token_hex(8))
    book: PartyBook = field(default_factory=load_parties)
    operators: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def keys(self) -> KeyFolder:
        """The keys of the node."""
        return KeyFolder(self.folder / "keys")

    def new_keys(self, party: str, *, validity_s: int) -> SigningKey:
        """Make the node's keys, and its store where there is none yet: keys lie in it."""
        with EmbeddedStore.open(self.folder, mode=StoreMode.CREATE):
            return self.keys.new(party, now_tai_ns=self.clock(), validity_s=validity_s)

    def draft(
        self,
        event_id: str,
        *,
        audiences: Sequence[str],
        product: str,
        by: str,
        reason: str = "",
        mode: DataMode | None = None,
        embargo_tai_ns: int | None = None,
        needs: Sequence[str] = (),
        life_s: int = DEFAULT_LIFE_S,
        supersedes: Mapping[str, str] | None = None,
    ) -> list[ReleaseState]:
        """Draft a product for one or several audiences: one group, released at one moment or not at all.

        Parameters
        ----------
        event_id : str
            Of a reported event or a close approach; `week:2026-11-23` for statistics.
        audiences : sequence of str
            Parties, groups or PUBLIC; each gets a release of its own.
        by : str
            A person.
        embargo_tai_ns : int, optional
            Not released before it.
        needs : sequence of str
            Parties whose go is needed.
        life_s : int
            After it a release says that it is stale.
        supersedes : mapping, optional
            By audience, the release that is replaced.
        """
        template = product_template(product)
        _person(by)
        if not audiences:
            raise UsageError("a release has an audience", where="--audience")
        now = self.clock()
        own = self.keys.own_party()
        group_id = f"G-{self.chance()}"
        drafts: list[tuple[Release, EventFacts, str]] = []
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            consents = consents_of(self._steps(store), event_id)
            for audience in dict.fromkeys(audiences):
                known = with_message(
                    self._facts(store, event_id, audience, mode),
                    product,
                    store=store,
                    recipient=audience,
                    operates=frozenset(number for number, names in self.operators.items() if audience in names),
                    secret=self.keys.secret(),
                )
                made = content_for(
                    known,
                    template,
                    audience=audience,
                    book=self.book,
                    own_party=own,
                    operators=self.operators,
                    reference=self.keys.alias(event_id, audience=audience),
                    at_tai_ns=now,
                    consents=consents.get(audience, frozenset()),
                    degraded=self._degrade(audience, known),
                )
                release = Release(
                    release_id=f"R-{self.chance()}",
                    content=made.content,
                    label=made.label,
                    audience=audience,
                    reason=reason or "for the safety of space flight",
                    redactions=made.redactions,
                    policy_version=made.policy_version,
                    data_mode=known.data_mode,
                    supersedes=None if supersedes is None else supersedes.get(audience),
                )
                drafts.append((release, known, made.alarm))
            rows = []
            for release, _, alarm in drafts:
                document = _draft_document(release, embargo_tai_ns=embargo_tai_ns, needs=needs, life_s=life_s)
                step = _Row(release.release_id, group_id, event_id, product, release.audience, release.data_mode)
                rows.append(step.of(ReleaseStep.DRAFTED, by=by, document=document))
                if alarm:
                    rows.append(step.of(ReleaseStep.ALARM, by="mihari", document={"words": alarm}))
            self._write(store, rows, now, own)
            return self._chosen(store, group_id)

    def approve(self, name: str, *, by: str, role: str = "", words: str = "") -> list[ReleaseState]:
        """Approve a draft, or every draft of a group, as it stands.

        Raises
        ------
        InputError
            It is published already, or this person approved it before.
        """
        _person(by)
        now = self.clock()
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            rows = []
            for state in self._chosen(store, name):
                if state.published is not None or state.template.draft_only:
                    what = "a draft for people" if state.template.draft_only else "published already"
                    raise InputError(f"is {what}", where=state.release_id, remedy="correct or withdraw it")
                if any(each.person == by for each in state.approvals):
                    raise InputError(f"{by} approved it already", where=state.release_id, remedy="another person may")
                document = {
                    "role": role,
                    "words": words,
                    "content_sha256": content_sha256(state.draft.content),
                }
                rows.append(_Row.like(state).of(ReleaseStep.APPROVED, by=by, document=document))
            self._write(store, rows, now, self.keys.own_party())
            return self._chosen(store, name)

    def ready(self, group_id: str, readiness: Readiness) -> list[ReleaseState]:
        """Keep a party's go or no-go; the last one of each party counts."""
        _person(readiness.person)
        now = self.clock()
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            states = self._chosen(store, group_id)
            step = ReleaseStep.READY if readiness.is_go else ReleaseStep.NO_GO
            rows = [
                _Row.like(state).of(step, by=readiness.person, document={"party": readiness.party})
                for state in states
                if state.published is None
            ]
            if not rows:
                raise InputError("is published already", where=group_id)
            self._write(store, rows, now, self.keys.own_party())
            return self._chosen(store, group_id)

    def consent(self, event_id: str, *, originator: str, audience: str, by: str, mode: DataMode) -> None:
        """Record that an originator consents to its data of an event going to an audience."""
        _person(by)
        row = _Row("C-" + self.chance(), "", event_id, "", audience, mode)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            made = row.of(ReleaseStep.CONSENTED, by=by, document={"originator": originator})
            self._write(store, [made], self.clock(), self.keys.own_party())

    def publish(self, name: str, *, by: str) -> list[ReleaseState]:
        """Publish a group at one moment: all of it or nothing, whatever happens in between.

        All releases are signed before the one transaction in which they become visible; files for recipients are
        written after it, and again by the next command if that was interrupted.

        Raises
        ------
        InputError
            An approval or a go is missing, somebody says no-go, or the embargo stands: each with its name.
        """
        _person(by)
        now = self.clock()
        key = self.keys.signing_key(now_tai_ns=now)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            every = self._states(store)
            group = self._chosen(store, name)[0].group_id
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
                rows += self._published(state, release, key=key, by=by, now=now, every=every)
            self._write(store, rows, now, key.party)
        deliver(self)
        with EmbeddedStore.open(self.folder, mode=StoreMode.READ) as store:
            return self._chosen(store, group)

    def withdraw(self, release_id: str, *, by: str, reason: str) -> ReleaseState:
        """Take a release back, at once: everyone who had it gets the withdrawal, sealed and signed as it was.

        One person can do it, for what is wrong should not wait for a second one; it says who.
        """
        _person(by)
        if not reason.strip():
            raise InputError("a withdrawal says why", where="--reason")
        now = self.clock()
        key = self.keys.signing_key(now_tai_ns=now)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            every = self._states(store)
            old = _one(every, release_id)
            if old.published is None:
                raise InputError("was never published", where=release_id, remedy="leave the draft")
            if old.withdrawn_by:
                raise InputError(f"was withdrawn already, by {old.withdrawn_by}", where=release_id)
            template = old.template
            content = withdrawal_content(old.draft.content, template, data_mode=old.data_mode)
            release = replace(
                old.draft,
                release_id=f"R-{self.chance()}",
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
            self._publish_new(store, old, release, key=key, by=by, now=now, every=every)
        deliver(self)
        return self.find(release.release_id)

    def publish_again(self, release_id: str, *, by: str) -> ReleaseState:
        """Sign a release that stands anew, with today's key: the same content and approvals, for the same people."""
        _person(by)
        now = self.clock()
        key = self.keys.signing_key(now_tai_ns=now)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            every = self._states(store)
            old = _one(every, release_id)
            if old.status != "PUBLISHED":
                raise InputError("does not stand", where=release_id, remedy="only what stands is signed again")
            release = replace(
                old.draft,
                release_id=f"R-{self.chance()}",
                approvals=old.approvals or old.draft.approvals,
                supersedes=release_id,
                released_tai_ns=now,
                expires_tai_ns=now + old.life_s * _NS,
            )
            self._publish_new(store, old, release, key=key, by=by, now=now, every=every)
        deliver(self)
        return self.find(release.release_id)

    def correct(self, release_id: str, *, by: str, reason: str) -> list[ReleaseState]:
        """Draft the correction of a release from what is known now: it replaces the old one for all who had it."""
        old = self.find(release_id)
        if old.published is None:
            raise InputError("was never published", where=release_id, remedy="draft it anew")
        if old.withdrawn_by or old.superseded_by:
            raise InputError("no longer stands", where=release_id, remedy="correct the one that replaced it")
        return self.draft(
            old.event_id,
            audiences=[old.audience],
            product=old.product,
            by=by,
            reason=reason,
            mode=old.data_mode,
            life_s=old.life_s,
            supersedes={old.audience: release_id},
        )

    def hear(self, release_id: str, *, by: str) -> ReleaseState:
        """Keep that a person has heard the alarms of a release."""
        _person(by)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            state = _one(self._states(store), release_id)
            row = _Row.like(state).of(ReleaseStep.HEARD, by=by, document={})
            self._write(store, [row], self.clock(), self.keys.own_party())
        return self.find(release_id)

    def states(self) -> list[ReleaseState]:
        """Return every release with what became of it, oldest first."""
        with EmbeddedStore.open(self.folder, mode=StoreMode.READ) as store:
            return self._states(store)

    def find(self, release_id: str) -> ReleaseState:
        """Return one release."""
        return _one(self.states(), release_id)

    def bulletin(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return what the public was told, newest first, signed as it was published."""
        public = [each for each in self.states() if each.published is not None and each.audience == PUBLIC_PARTY]
        public.sort(key=lambda each: (each.published or {})["released_utc"], reverse=True)
        return [each.published for each in public[:limit] if each.published is not None]

    def _publish_new(
        self,
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
        group_id = f"G-{self.chance()}"
        new = replace(old, release_id=release.release_id, group_id=group_id, draft=release, published=None)
        document = _draft_document(release, embargo_tai_ns=None, needs=(), life_s=old.life_s)
        row = _Row.like(new).of(ReleaseStep.DRAFTED, by=by, document=document)
        rows = self._published(new, release, key=key, by=by, now=now, every=every)
        self._write(store, [row, *rows], now, key.party)

    def _published(
        self,
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
        logged = replace(release, log_index=self._audit().append(entry))
        document = signed_release_document(logged, key=key, signed_tai_ns=now)
        step = _Row.like(state)
        rows = [step.of(ReleaseStep.PUBLISHED, by=by, document=document)]
        for recipient in self._recipients(release, own_party=key.party, every=every):
            rows.append(step.of(ReleaseStep.SENT, by=by, document={"recipient": recipient, "channel": "outbox"}))
        return rows

    def _recipients(self, release: Release, *, own_party: str, every: Sequence[ReleaseState]) -> list[str]:
        """Everyone of the audience, and everyone who had what this one replaces or takes back."""
        audience = release.audience
        members = frozenset() if audience == PUBLIC_PARTY else self.book.members_of(audience)
        named = set(members or {audience})
        earlier = {release.supersedes, release.withdraws} - {None}
        for state in every:
            if state.release_id in earlier:
                named.update(state.recipients)
        return sorted(named - {own_party})

    def _degrade(self, audience: str, known: EventFacts) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        def degrade(orbit: Mapping[str, Any]) -> Mapping[str, Any]:
            import numpy as np

            from mihari.astro.states import Frame

            shared = degrade_covariance(
                float(orbit["sigma_m"]) ** 2 * np.eye(3),
                frame=Frame.RTN,
                norad_cat_id=int(orbit["norad_cat_id"] or 0),
                recipient=audience,
                epoch_tai_ns=parse_utc(str(known.facts["conjunction"]["tca_utc"])),
                secret=self.keys.secret(),
            )
            return {**orbit, "sigma_m": round(float(np.sqrt(shared.matrix[0, 0])), 3), "degraded": True}

        return degrade

    def _facts(self, store: EmbeddedStore, event_id: str, audience: str, mode: DataMode | None) -> EventFacts:
        if event_id.startswith("week:"):
            now = self.clock()
            viewer = audience_viewer(audience, book=self.book)

            def is_told(label: str) -> bool:
                return may_see(label, viewer, at_tai_ns=now).allowed

            return statistics_facts(store, event_id, data_mode=mode, is_told=is_told)
        return event_facts(store, event_id, data_mode=mode)

    def _steps(self, store: EmbeddedStore) -> list[pl.DataFrame]:
        return [store.records(RELEASE_STEPS, data_mode=mode) for mode in store.data_modes(kind=RELEASE_STEPS)]

    def _states(self, store: EmbeddedStore) -> list[ReleaseState]:
        return states_of(self._steps(store))

    def _chosen(self, store: EmbeddedStore, name: str) -> list[ReleaseState]:
        found = [each for each in self._states(store) if name in (each.release_id, each.group_id)]
        if not found:
            raise NotFoundError(f"there is no release or group {name[:80]!r}", remedy="mihari release list")
        return found

    def _audit(self) -> AuditLog:
        return AuditLog(self.folder / "audit")

    def _write(self, store: EmbeddedStore, rows: Iterable[dict[str, Any]], now: int, own_party: str) -> None:
        given = list(rows)
        by_mode: dict[str, list[dict[str, Any]]] = {}
        for row in given:
            by_mode.setdefault(row["mode"], []).append({k: v for k, v in row.items() if k != "mode"})
        label = str(Label(audience=Audience.of(own_party), originators=frozenset({own_party})))
        # What people do is logged before it counts; what went out is logged again once it is out.
        after = [row for row in given if row["step"] in _OUT]
        self._audit().append_many([_entry(row, now) for row in given if row["step"] not in _OUT])
        with store.transaction(learned_tai_ns=now) as transaction:
            for mode, members in by_mode.items():
                frame = pl.DataFrame(
                    [{**each, "written_tai_ns": now} for each in members], schema=dict(RELEASE_STEPS.schema)
                )
                stamp = Provenance(
                    source=own_party, data_mode=DataMode(mode), method=_METHOD, label=label, licence="this node's own"
                )
                transaction.append_records(RELEASE_STEPS, frame, provenance=stamp)
        self._audit().append_many([_entry(row, now) for row in after])


_OUT: Final = frozenset({ReleaseStep.PUBLISHED.value, ReleaseStep.SENT.value})
_TOLD: Final = frozenset({"channel", "party", "originator", "words", "content_sha256"})


def _entry(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return a step as the audit log keeps it."""
    told = json.loads(row["document"])
    return {
        "kind": f"release.{row['step'].lower().replace('_', '-')}",
        "at_utc": format_utc(now, digits=3),
        "actor": row["written_by"],
        "records": [row["release_id"]],
        "parties": [told.get("recipient", row["audience"])],
        "event_id": row["event_id"],
        "data_mode": row["mode"],
        **{name: value for name, value in told.items() if name in _TOLD},
    }


def open_desk(store: str | Path | None = None, *, clock: Clock = system_clock_tai_ns) -> ReleaseDesk:
    """Return the desk over a record store: by default the usual one."""
    return ReleaseDesk(folder=store_path(store), clock=clock)


@dataclass(frozen=True, slots=True)
class _Row:
    """What all steps of one release have in common."""

    release_id: str
    group_id: str
    event_id: str
    product: str
    audience: str
    data_mode: DataMode

    @classmethod
    def like(cls, state: ReleaseState) -> _Row:
        return cls(state.release_id, state.group_id, state.event_id, state.product, state.audience, state.data_mode)

    def of(self, step: ReleaseStep, *, by: str, document: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "release_id": self.release_id,
            "group_id": self.group_id,
            "step": step.value,
            "event_id": self.event_id,
            "product": self.product,
            "audience": self.audience,
            "written_by": by,
            "document": json.dumps(document, ensure_ascii=False, allow_nan=False),
            "mode": self.data_mode.value,
        }


def _draft_document(
    release: Release, *, embargo_tai_ns: int | None, needs: Sequence[str], life_s: int
) -> dict[str, Any]:
    return {
        "release": release_document(release),
        "embargo_utc": None if embargo_tai_ns is None else format_utc(embargo_tai_ns, digits=3),
        "needs": list(dict.fromkeys(needs)),
        "life_s": life_s,
    }


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


def _one(states: Iterable[ReleaseState], release_id: str) -> ReleaseState:
    for state in states:
        if state.release_id == release_id:
            return state
    raise NotFoundError(f"there is no release {release_id[:80]!r}", remedy="mihari release list")


def _person(name: str) -> None:
    from mihari.model.space_event import MACHINE_NAMES

    if not name.strip() or name.strip().lower() in MACHINE_NAMES:
        raise InputError("a person does this, under a name", where="--by", remedy="give a name")
