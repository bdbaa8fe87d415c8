"""Routes: the audit log for those who may read it: whether it is whole, its entries, proofs, and who knew what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from mihari.app.audit import AuditDesk, line_document, verify_audit
from mihari.app.release_keys import KeyFolder
from mihari.errors import NotFoundError
from mihari.policy.access import Role
from mihari.server._node import ServedNode
from mihari.server._parameters import Limit, Offset
from mihari.server._responses import json_response
from mihari.server._roles import require_role

__all__ = ["audit_routes"]

_MOST_INDEX: Final = 2**53 - 1
Text = Annotated[str, Query(max_length=300)]


class AuditVerdict(BaseModel):
    """Whether the log is what was written."""

    valid: bool
    first_fault: dict[str, Any] | None = Field(description="where, index from zero, reason.")
    root: str | None = Field(description="Merkle root over all entries, hex.")
    entries: int
    signed_entries: int = Field(description="How many a signed root covers: of these a cut would be found.")
    signatures: str = Field(description="checked, or not checked.")
    roots: int
    witnesses: list[str] = Field(description="Other parties that signed a root.")


class AuditEntries(BaseModel):
    """Entries, oldest first."""

    entries: list[dict[str, Any]]
    total: int
    torn_bytes: int = Field(description="Behind the last line: an entry that its writer did not finish.")


class AuditProof(BaseModel):
    """An entry with its path in the Merkle tree (RFC 9162)."""

    line: dict[str, Any]
    tree_size: int
    path: list[str]
    root: str
    holds: bool
    signed_root: dict[str, Any] | None


class KnownByRow(BaseModel):
    """One way in which a party came to know a record."""

    party: str
    at_utc: str
    kind: str
    actor: str
    policy_version: str
    index: int


class KnownBy(BaseModel):
    """Who could know a record, since when, by whose act."""

    record: str
    known_by: list[KnownByRow]


def audit_routes(node: ServedNode) -> APIRouter:
    """Return the routes of the audit log; a node without a store has none."""
    router = APIRouter(tags=["audit"])

    def desk() -> AuditDesk:
        require_role(node, Role.AUDITOR, Role.ADMIN)
        if node.folder is None:
            raise NotFoundError("this node keeps no log", where="audit")
        return AuditDesk(node.folder, node.now_tai_ns)

    @router.get("/audit", response_model=AuditVerdict)
    def verdict() -> Response:
        """Check the log: every line against the one before it, every signed root against the lines."""
        mine = desk()
        if not mine.log.path.exists():
            empty = {"valid": True, "first_fault": None, "root": None, "entries": 0, "signed_entries": 0}
            return json_response({**empty, "signatures": "not checked", "roots": 0, "witnesses": []})
        ring = KeyFolder(mine.folder / "keys").ring()
        found = verify_audit(mine.log.folder, keys=ring if ring.keys else None, at_tai_ns=node.now_tai_ns())
        return json_response(found)

    @router.get("/audit/entries", response_model=AuditEntries)
    def entries(
        kind: Text = "", about: Text = "", party: Text = "", limit: Limit = 1000, offset: Offset = 0
    ) -> Response:
        """List entries by kind, by what they name, or by party."""
        mine = desk()
        found = mine.entries(kind=kind, about=about, party=party)
        rows = [line_document(line) for line in found[offset : offset + limit]]
        return json_response({"entries": rows, "total": len(found), "torn_bytes": mine.log.torn_bytes()})

    @router.get("/audit/entries/{index}/proof", response_model=AuditProof)
    def proof(index: Annotated[int, Path(ge=0, le=_MOST_INDEX, description="Number of an entry, from 0.")]) -> Response:
        """Prove that an entry is in the log, under the newest signed root that covers it."""
        return json_response(desk().proof(index))

    @router.get("/audit/who-knew", response_model=KnownBy)
    def who_knew(record: Annotated[str, Query(min_length=1, max_length=300, description="Its name.")]) -> Response:
        """Say who could know a record, event or release, since when, by whose act and under which policy."""
        return json_response({"record": record, "known_by": [asdict(each) for each in desk().who_knew(record)]})

    return router
