"""Signed roots of a log, and the signatures of other nodes that witnessed them.

A root says: so many entries, this hash, at this time. Whoever holds one can show later that an entry was changed or
taken away. A witness signs a root only after a proof that the log before it is the beginning of the log now.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.astro.time import format_utc
from mihari.errors import FormatError, InputError
from mihari.release.audit._log import ROOTS_NAME, AuditLog
from mihari.release.audit._merkle import is_consistent, tree_root
from mihari.release.signing import Context, KeyRing, Verification, canonical_bytes, sign, verify

if TYPE_CHECKING:
    from mihari.release.signing import SigningKey

__all__ = ["SignedRoot", "add_witness", "check_root", "read_roots", "sign_root", "witness_root"]

_ROOT_FORM: Final = "mihari-audit-root-1"
_WITNESS_FORM: Final = "mihari-audit-witness-1"


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A root, or a witness's statement about one, with its signatures.

    Attributes
    ----------
    signed : mapping
        What is signed: node_id, tree_size, root, written_utc; of a witness the root stands under `of`.
    signatures : sequence of mapping
    """

    signed: Mapping[str, Any]
    signatures: Sequence[Mapping[str, Any]]

    @property
    def root(self) -> Mapping[str, Any]:
        """The root itself."""
        found: Mapping[str, Any] = self.signed["of"] if self.is_witness else self.signed
        return found

    @property
    def is_witness(self) -> bool:
        """Say whether a witness signed it."""
        return self.signed.get("form") == _WITNESS_FORM

    @property
    def tree_size(self) -> int:
        """How many entries it covers."""
        return int(self.root["tree_size"])

    @property
    def root_hash(self) -> bytes:
        """The Merkle root."""
        return bytes.fromhex(self.root["root"])

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"signed": dict(self.signed), "signatures": [dict(each) for each in self.signatures]}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> SignedRoot:
        """Read it; nothing is believed before `check_root`.

        Raises
        ------
        FormatError
            It is no signed root.
        """
        try:
            made = cls(document["signed"], document["signatures"])
            if made.signed["form"] not in (_ROOT_FORM, _WITNESS_FORM) or made.root["form"] != _ROOT_FORM:
                raise ValueError("form")
            if type(made.root["tree_size"]) is not int or made.tree_size < 0 or len(made.root_hash) != 32:
                raise ValueError("tree_size")
            if not isinstance(made.signed["node_id"], str) or not isinstance(made.signatures, list):
                raise ValueError("node_id")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"is no signed root: {error}") from error
        return made


def sign_root(log: AuditLog, key: SigningKey, *, node_id: str, at_tai_ns: int) -> SignedRoot:
    """Sign the root over all entries and keep it beside the log."""
    leaves = log.leaves()
    signed = {
        "form": _ROOT_FORM,
        "node_id": node_id,
        "tree_size": len(leaves),
        "root": tree_root(leaves).hex(),
        "written_utc": format_utc(at_tai_ns, digits=3),
    }
    made = SignedRoot(signed, sign(signed, key=key, context=Context.AUDIT_ROOT, signed_tai_ns=at_tai_ns))
    _keep(log.folder / ROOTS_NAME, made)
    return made


def check_root(root: SignedRoot, *, keys: KeyRing, at_tai_ns: int) -> Verification:
    """Check the signatures of a root or of a witness's statement."""
    return verify(root.signed, root.signatures, keys=keys, context=Context.AUDIT_ROOT, at_tai_ns=at_tai_ns)


def witness_root(
    root: SignedRoot,
    *,
    before: SignedRoot | None,
    proof: Sequence[bytes],
    key: SigningKey,
    node_id: str,
    at_tai_ns: int,
) -> SignedRoot:
    """Sign the root of another node, whose own signature was checked, after the proof that its log only grew.

    Parameters
    ----------
    root : SignedRoot
    before : SignedRoot, optional
        The last root of that node that this witness signed.
    proof : sequence of bytes
        From `AuditLog.consistency_proof` of the other node.

    Raises
    ------
    InputError
        The log did not only grow: the other node rewrote or cut what it had signed.
    """
    size = before.tree_size if before else 0
    if before is not None and not is_consistent(size, root.tree_size, before.root_hash, root.root_hash, proof):
        raise InputError(
            f"the log of {root.tree_size} entries does not begin with the {size} that were witnessed",
            where=str(root.root["node_id"])[:80],
            remedy="do not sign; ask the other node's people, and keep both roots",
        )
    signed = {
        "form": _WITNESS_FORM,
        "node_id": node_id,
        "of": dict(root.root),
        "grown_from": size,
        "written_utc": format_utc(at_tai_ns, digits=3),
    }
    return SignedRoot(signed, sign(signed, key=key, context=Context.AUDIT_ROOT, signed_tai_ns=at_tai_ns))


def add_witness(log: AuditLog, statement: SignedRoot) -> None:
    """Keep the statement of a witness beside the log, once it fits it.

    Raises
    ------
    InputError
        It speaks of another log, or of more entries than there are.
    """
    leaves = log.leaves()
    if statement.tree_size > len(leaves) or tree_root(leaves[: statement.tree_size]) != statement.root_hash:
        raise InputError("the statement is about another log", where=str(statement.signed["node_id"])[:80])
    _keep(log.folder / ROOTS_NAME, statement)


def read_roots(path: Path) -> tuple[SignedRoot, ...]:
    """Read a file of signed roots, oldest first; none when there is no file.

    Raises
    ------
    FormatError
        A line is no signed root.
    """
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            found.append(SignedRoot.from_document(json.loads(line)))
        except (ValueError, TypeError, FormatError) as error:
            raise FormatError(f"line {number} is no signed root", where=str(path)) from error
    return tuple(found)


def _keep(path: Path, root: SignedRoot) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, canonical_bytes(root.document()) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
