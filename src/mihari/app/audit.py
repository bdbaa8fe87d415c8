"""The audit log as a person asks it: is it whole, who knew what when, who released what to whom under which policy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mihari.app.clock import Clock, system_clock_tai_ns
from mihari.app.settings import store_path
from mihari.errors import InputError, NotFoundError
from mihari.model.party import PartyBook
from mihari.release.audit import (
    ROOTS_NAME,
    AuditLog,
    LogLine,
    SignedRoot,
    add_witness,
    check_root,
    is_included,
    read_roots,
    sign_root,
    witness_root,
)
from mihari.release.signing import KeyRing, SigningKey, verify

__all__ = [
    "AuditDesk",
    "KnownBy",
    "line_document",
    "open_audit",
    "verify_audit",
]

_GIVES: Final = ("published", "released", "exported", "sent", "read", "decided", "consented", "withdrawn")
"""Ends of the kinds of entries after which a party may know what they name."""


@dataclass(frozen=True, slots=True)
class KnownBy:
    """One way in which a party came to know a record: when, by what act, whose, under which policy."""

    party: str
    at_utc: str
    kind: str
    actor: str
    policy_version: str
    index: int


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """The audit log of a node."""

    folder: Path
    clock: Clock = system_clock_tai_ns

    @property
    def log(self) -> AuditLog:
        """The log itself."""
        return AuditLog(self.folder / "audit")

    def entries(self, *, kind: str = "", about: str = "", party: str = "", last: int | None = None) -> list[LogLine]:
        """Return lines, oldest first: of a kind or what begins so, that name a record, that name a party."""
        found = [
            line
            for line in self.log.lines()
            if str(line.entry["kind"]).startswith(kind)
            and (not about or about in set(_texts(line.entry)))
            and (not party or party in _parties(line.entry))
        ]
        return found if last is None else found[-last:] if last else []

    def who_knew(self, record: str, *, at_utc: str | None = None, book: PartyBook | None = None) -> list[KnownBy]:
        """Return who could know a record, event or release, and since when, as the log tells it.

        Parameters
        ----------
        record : str
            The name of a record, an event, a release or a bundle.
        at_utc : str, optional
            Only what happened until then.
        book : PartyBook, optional
            Names the members of groups too.
        """
        from mihari.astro.time import parse_utc

        until = None if at_utc is None else parse_utc(at_utc)
        policies: dict[str, str] = {}  # a release states its policy once, where it is signed
        found = []
        for line in self.log.lines():
            entry = line.entry
            if "policy_version" in entry:
                policies |= dict.fromkeys(_named(entry), str(entry["policy_version"]))
            if not str(entry["kind"]).endswith(_GIVES) or record not in set(_texts(entry)):
                continue
            if entry.get("decision") in ("denied", "deny", False) or entry["at_utc"] == "unknown":
                continue
            if until is not None and parse_utc(entry["at_utc"]) > until:
                continue
            for party in _parties(entry):
                members = sorted(book.members_of(party)) if book else []
                for name in (party, *members):
                    found.append(
                        KnownBy(
                            name,
                            entry["at_utc"],
                            entry["kind"],
                            str(entry.get("actor", entry.get("by", entry.get("node", "")))),
                            next((policies[each] for each in _named(entry) if each in policies), ""),
                            line.index,
                        )
                    )
        return found

    def proof(self, index: int) -> dict[str, Any]:
        """Return a line with the proof that it is in the log, under the newest signed root that covers it.

        Raises
        ------
        NotFoundError
            There is no such line.
        """
        log = self.log
        leaves = log.leaves()
        if not 0 <= index < len(leaves):
            raise NotFoundError(f"there is no entry {index}", remedy=f"the log has {len(leaves)}")
        covering = [root for root in self.roots() if index < root.tree_size <= len(leaves) and not root.is_witness]
        size = covering[-1].tree_size if covering else len(leaves)
        path = log.inclusion_proof(index, size=size)
        line = next(each for each in log.lines() if each.index == index)
        root = AuditLog(log.folder).root() if size == len(leaves) else covering[-1].root_hash
        return {
            "line": json.loads(line.text()),
            "tree_size": size,
            "path": [step.hex() for step in path],
            "root": root.hex(),
            "holds": is_included(leaves[index], index, size, path, root),
            "signed_root": covering[-1].document() if covering else None,
        }

    def roots(self) -> tuple[SignedRoot, ...]:
        """Return the signed roots and the statements of witnesses."""
        return read_roots(self.log.folder / ROOTS_NAME)

    def sign(self, key: SigningKey, *, node_id: str) -> dict[str, Any]:
        """Sign the root over all lines; return it with the proof that the log only grew since the root before."""
        before = [root.tree_size for root in self.roots() if not root.is_witness]
        root = sign_root(self.log, key, node_id=node_id, at_tai_ns=self.clock())
        old = before[-1] if before else 0
        proof = self.log.consistency_proof(old, root.tree_size)
        return {**root.document(), "grown_from": old, "proof": [step.hex() for step in proof]}

    def witness(self, document: Mapping[str, Any], *, keys: KeyRing, key: SigningKey, node_id: str) -> dict[str, Any]:
        """Witness the root of another node, as `sign` returned it there: check it, sign it, and keep what was signed.

        Raises
        ------
        InputError
            The root does not count, is this node's own, or the other log did not only grow.
        """
        root = SignedRoot.from_document({name: document[name] for name in ("signed", "signatures") if name in document})
        checked = check_root(root, keys=keys, at_tai_ns=self.clock())
        if not checked.valid:
            raise InputError(f"the root does not count: {'; '.join(checked.reasons)}", where="root")
        if key.party in checked.parties:
            raise InputError("a party does not witness its own log", where="root", remedy="ask another node")
        kept = self.folder / "exchange" / "witnessed"
        kept.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() or c in ".-" else "_" for c in str(root.root["node_id"])[:80])
        path = kept / f"{name}.jsonl"
        earlier = read_roots(path)
        before = earlier[-1] if earlier else None
        if before is not None and before.tree_size not in (document.get("grown_from"), root.tree_size):
            raise InputError(
                f"the proof begins at {document.get('grown_from')} entries, {before.tree_size} were witnessed",
                remedy=f"audit root --since {before.tree_size} there",
            )
        proof = [bytes.fromhex(step) for step in document.get("proof", ())]
        made = witness_root(
            root,
            before=before,
            proof=() if before is not None and before.tree_size == root.tree_size else proof,
            key=key,
            node_id=node_id,
            at_tai_ns=self.clock(),
        )
        from mihari.release.signing import canonical_bytes

        with path.open("ab") as stream:
            stream.write(canonical_bytes(made.document()) + b"\n")
        return made.document()

    def add_witness(self, document: Mapping[str, Any], *, keys: KeyRing) -> None:
        """Keep what a witness signed about this log."""
        statement = SignedRoot.from_document(document)
        checked = check_root(statement, keys=keys, at_tai_ns=self.clock())
        if not checked.valid:
            raise InputError(f"the statement does not count: {'; '.join(checked.reasons)}", where="witness")
        add_witness(self.log, statement)


def open_audit(folder: Path | str | None, *, clock: Clock = system_clock_tai_ns) -> AuditDesk:
    """Return the desk of the audit log of a store."""
    return AuditDesk(store_path(folder), clock)


def verify_audit(
    path: Path | str, *, keys: KeyRing | None, at_tai_ns: int, roots: Sequence[Path | str] = ()
) -> dict[str, Any]:
    """Check a log with the program that stands alone, `mihari_verify.audit`; see there for the answer."""
    from mihari_verify.audit import verify_log

    def check(
        document: Mapping[str, Any], signatures: Sequence[Mapping[str, Any]], context: str
    ) -> tuple[Sequence[str], frozenset[str]]:
        assert keys is not None
        found = verify(document, signatures, keys=keys, context=context, at_tai_ns=at_tai_ns)
        return found.reasons, found.parties

    return verify_log(path, roots=roots, check=None if keys is None else check)


def line_document(line: LogLine) -> dict[str, Any]:
    """Return a line as JSON."""
    return {"index": line.index, "leaf": line.leaf, **line.entry}


def _parties(entry: Mapping[str, Any]) -> list[str]:
    told: list[str] = []
    for name in ("parties", "party", "audience", "audiences", "recipient", "recipients", "viewer"):
        value = entry.get(name)
        told += [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]
    return list(dict.fromkeys(told))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _each(value.values())
    elif isinstance(value, list | tuple):
        yield from _each(value)


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def _named(entry: Mapping[str, Any]) -> list[str]:
    """Return the records that an entry names."""
    return [str(each) for each in (entry.get("release_id"), *entry.get("records", ())) if each]
