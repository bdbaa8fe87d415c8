"""A node as other nodes know it: its name and party, its keys, its partners, and what it remembers of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

from mihari.app.clock import Clock, system_clock_tai_ns
from mihari.app.settings import store_path
from mihari.astro.time import format_utc
from mihari.errors import InputError, NotFoundError
from mihari.formats import write_atomically
from mihari.model.party import PartyBook
from mihari.policy.access import Viewer, load_parties
from mihari.release.audit import AuditLog
from mihari.release.exchange import Consent, ExchangeState, Partner, PartnerStatus, consent_from_document
from mihari.release.signing import KeyRing, SigningKey, canonical_bytes
from mihari.store import EmbeddedStore, StoreMode

__all__ = ["ExchangeNode", "Keys", "open_exchange", "set_up_exchange"]

_NODE: Final = re.compile(r"^[a-z0-9][a-z0-9.-]{0,62}$")
_NODE_FILE: Final = "node.json"


class Keys(Protocol):
    """Where a node's keys are: `mihari.app.release_keys.KeyFolder`."""

    def ring(self) -> KeyRing:
        """Return the public keys that are trusted here."""
        ...

    def signing_key(self, party: str | None = None, *, now_tai_ns: int) -> SigningKey:
        """Return the newest own key that counts now."""
        ...


@dataclass(frozen=True)
class ExchangeNode:
    """One node and everything that its exchanges need; makes nothing until something is exchanged.

    Attributes
    ----------
    folder : Path
        Of the record store; `exchange/` and `audit/` lie in it.
    node_id, party : str
    keys : Keys
    clock : Clock
    book : PartyBook
    operators : mapping of int to frozenset of str
        Who operates which object.
    """

    folder: Path
    node_id: str
    party: str
    keys: Keys
    clock: Clock = system_clock_tai_ns
    book: PartyBook = field(default_factory=load_parties)
    operators: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def state(self) -> ExchangeState:
        """What the node remembers of its exchanges."""
        return ExchangeState(self.folder / "exchange")

    @cached_property
    def audit(self) -> AuditLog:
        """The node's audit log."""
        return AuditLog(self.folder / "audit")

    def signing_key(self) -> SigningKey:
        """Return the key that the node signs with now."""
        return self.keys.signing_key(self.party, now_tai_ns=self.clock())

    def viewer(self, party: str, *, node_id: str) -> Viewer:
        """Return a party as one who looks at records."""
        return Viewer.of(party, book=self.book, operators=self.operators, node_id=node_id)

    def consents(self) -> tuple[Consent, ...]:
        """Return the consents that count now."""
        ring, now = self.keys.ring(), self.clock()
        found = []
        for document in self.state.consents():
            try:
                found.append(consent_from_document(document, keys=ring, at_tai_ns=now))
            except InputError:
                continue  # its key was revoked since: it lets nothing pass any more
        return tuple(found)

    def note(self, kind: str, **details: Any) -> int:
        """Write what was done into the audit log; return the index."""
        moment = format_utc(self.clock(), digits=3)
        return self.audit.append({"kind": kind, "at_utc": moment, "node": self.node_id, **details})

    def keep_consent(self, document: Mapping[str, Any]) -> None:
        """Keep a consent that was checked."""
        digest = sha256(canonical_bytes(document["consent"])).hexdigest()
        with self.state.change() as change:
            change.add_consent(digest, document)
        body = document["consent"]
        self.note(
            "exchange.consent-kept",
            parties=[body["recipient"]],
            originator=body["originator"],
            records=body["record_ids"],
        )

    def add_partner(self, partner: Partner, *, by: str) -> None:
        """Enter a partner, or change what is known of it; what it was isolated for is not forgotten by that.

        Raises
        ------
        InputError
            It is this node, or nobody says who entered it.
        """
        _named(by)
        if partner.node_id == self.node_id:
            raise InputError("a node is not its own partner", where=partner.node_id)
        with self.state.change() as change:
            change.put_partner(partner)
        self.note("exchange.partner", actor=by, parties=[partner.party], partner=partner.node_id, url=partner.url)

    def isolate(self, node_id: str, *, reason: str, by: str) -> Partner:
        """Let nothing pass between this node and a partner any more."""
        return self._set(node_id, PartnerStatus.ISOLATED, reason=reason, by=by)

    def restore(self, node_id: str, *, reason: str, by: str) -> Partner:
        """Let records pass again, on the word of a person."""
        return self._set(node_id, PartnerStatus.ACTIVE, reason=reason, by=by)

    def _set(self, node_id: str, status: PartnerStatus, *, reason: str, by: str) -> Partner:
        _named(by)
        if not reason.strip():
            raise InputError("say why", where="--reason")
        partner = replace(self.state.partner(node_id), status=status, reason=f"{reason} ({by})")
        with self.state.change() as change:
            change.put_partner(partner)
        self.note(f"exchange.{status.value.lower()}", actor=by, parties=[partner.party], partner=node_id, reason=reason)
        return partner


def set_up_exchange(folder: Path | str | None, *, node_id: str, party: str) -> Path:
    """Give a node its name and party, once.

    Raises
    ------
    InputError
        It has another name already: what it signed would lose its sender.
    """
    if not _NODE.match(node_id):
        raise InputError(f"{node_id[:80]!r} is no name of a node", remedy="small letters, digits, dots, hyphens")
    if party not in load_parties().parties and not re.fullmatch(r"[A-Z][A-Z0-9-]{0,62}", party):
        raise InputError(f"{party[:80]!r} is no party", remedy="capital letters, digits and hyphens")
    with EmbeddedStore.open(store_path(folder), mode=StoreMode.CREATE):
        pass
    place = store_path(folder) / "exchange"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / _NODE_FILE
    told = {"node_id": node_id, "party": party}
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != told:
            raise InputError("this node has another name already", where=str(path), remedy="keep it")
        return path
    write_atomically(path, (json.dumps(told, indent=1) + "\n").encode())
    return path


def open_exchange(
    folder: Path | str | None, *, clock: Clock = system_clock_tai_ns, keys: Keys | None = None
) -> ExchangeNode:
    """Open a node for exchange.

    Parameters
    ----------
    folder : path, optional
        Of the record store.
    keys : Keys, optional
        Default: the folder `keys` of the store.

    Raises
    ------
    NotFoundError
        The node has no name yet.
    """
    place = store_path(folder)
    path = place / "exchange" / _NODE_FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        node_id, party = str(told["node_id"]), str(told["party"])
    except FileNotFoundError as error:
        raise NotFoundError(
            "this node has no name that partners know",
            where="exchange",
            remedy="mihari exchange setup NODE --party PARTY",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"is damaged: {error}", where=_NODE_FILE, remedy="write node_id and party again") from error
    if keys is None:
        from mihari.app.release_keys import KeyFolder

        keys = KeyFolder(place / "keys")
    return ExchangeNode(folder=place, node_id=node_id, party=party, keys=keys, clock=clock)


def _named(by: str) -> None:
    if not by.strip():
        raise InputError("a person's name is needed", where="--by")
