"""The desk where releases are drafted, approved, published together, corrected and withdrawn."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mihari.app import release_drafts, release_publishing
from mihari.app.clock import Clock, system_clock_tai_ns
from mihari.app.release_drafts import DEFAULT_LIFE_S
from mihari.app.release_keys import KeyFolder
from mihari.app.release_states import ReleaseState
from mihari.app.release_steps import Row, check_person, chosen_of, one_of, states_in, write_steps
from mihari.app.settings import store_path
from mihari.errors import InputError
from mihari.model.party import PUBLIC_PARTY, PartyBook
from mihari.model.provenance import DataMode
from mihari.model.release import ReleaseStep
from mihari.policy.access import load_parties
from mihari.release.signing import SigningKey, content_sha256
from mihari.store import EmbeddedStore, StoreMode

__all__ = ["DEFAULT_LIFE_S", "Readiness", "ReleaseDesk", "open_desk"]


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
        return release_drafts.draft(
            self,
            event_id,
            audiences=audiences,
            product=product,
            by=by,
            reason=reason,
            mode=mode,
            embargo_tai_ns=embargo_tai_ns,
            needs=needs,
            life_s=life_s,
            supersedes=supersedes,
        )

    def approve(self, name: str, *, by: str, role: str = "", words: str = "") -> list[ReleaseState]:
        """Approve a draft, or every draft of a group, as it stands.

        Raises
        ------
        InputError
            It is published already, or this person approved it before.
        """
        check_person(by)
        now = self.clock()
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            rows = []
            for state in chosen_of(states_in(store), name):
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
                rows.append(Row.like(state).of(ReleaseStep.APPROVED, by=by, document=document))
            write_steps(self.folder, store, rows, now_tai_ns=now, own_party=self.keys.own_party())
            return chosen_of(states_in(store), name)

    def ready(self, group_id: str, readiness: Readiness) -> list[ReleaseState]:
        """Keep a party's go or no-go; the last one of each party counts."""
        check_person(readiness.person)
        now = self.clock()
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            states = chosen_of(states_in(store), group_id)
            step = ReleaseStep.READY if readiness.is_go else ReleaseStep.NO_GO
            rows = [
                Row.like(state).of(step, by=readiness.person, document={"party": readiness.party})
                for state in states
                if state.published is None
            ]
            if not rows:
                raise InputError("is published already", where=group_id)
            write_steps(self.folder, store, rows, now_tai_ns=now, own_party=self.keys.own_party())
            return chosen_of(states_in(store), group_id)

    def consent(self, event_id: str, *, originator: str, audience: str, by: str, mode: DataMode) -> None:
        """Record that an originator consents to its data of an event going to an audience."""
        check_person(by)
        row = Row("C-" + self.chance(), "", event_id, "", audience, mode)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            made = row.of(ReleaseStep.CONSENTED, by=by, document={"originator": originator})
            write_steps(self.folder, store, [made], now_tai_ns=self.clock(), own_party=self.keys.own_party())

    def publish(self, name: str, *, by: str) -> list[ReleaseState]:
        """Publish a group at one moment: all of it or nothing, whatever happens in between.

        All releases are signed before the one transaction in which they become visible; files for recipients are
        written after it, and again by the next command if that was interrupted.

        Raises
        ------
        InputError
            An approval or a go is missing, somebody says no-go, or the embargo stands: each with its name.
        """
        return release_publishing.publish(self, name, by=by)

    def withdraw(self, release_id: str, *, by: str, reason: str) -> ReleaseState:
        """Take a release back, at once: everyone who had it gets the withdrawal, sealed and signed as it was.

        One person can do it, for what is wrong should not wait for a second one; it says who.
        """
        return release_publishing.withdraw(self, release_id, by=by, reason=reason)

    def publish_again(self, release_id: str, *, by: str) -> ReleaseState:
        """Sign a release that stands anew, with today's key: the same content and approvals, for the same people."""
        return release_publishing.publish_again(self, release_id, by=by)

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
        check_person(by)
        with EmbeddedStore.open(self.folder, mode=StoreMode.WRITE) as store:
            state = one_of(states_in(store), release_id)
            row = Row.like(state).of(ReleaseStep.HEARD, by=by, document={})
            write_steps(self.folder, store, [row], now_tai_ns=self.clock(), own_party=self.keys.own_party())
        return self.find(release_id)

    def states(self) -> list[ReleaseState]:
        """Return every release with what became of it, oldest first."""
        with EmbeddedStore.open(self.folder, mode=StoreMode.READ) as store:
            return states_in(store)

    def find(self, release_id: str) -> ReleaseState:
        """Return one release."""
        return one_of(self.states(), release_id)

    def bulletin(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return what the public was told, newest first, signed as it was published."""
        public = [each for each in self.states() if each.published is not None and each.audience == PUBLIC_PARTY]
        public.sort(key=lambda each: (each.published or {})["released_utc"], reverse=True)
        return [each.published for each in public[:limit] if each.published is not None]


def open_desk(store: str | Path | None = None, *, clock: Clock = system_clock_tai_ns) -> ReleaseDesk:
    """Return the desk over a record store: by default the usual one."""
    return ReleaseDesk(folder=store_path(store), clock=clock)
