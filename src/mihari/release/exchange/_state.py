"""What a node remembers of its exchanges: partners, bundles both ways, what was set aside, alarms.

An SQLite file beside the record store; its transactions make each import and each export happen whole or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from mihari.errors import NotFoundError, StoreBusyError, StoreError
from mihari.release.exchange._change import Change
from mihari.release.exchange._partner import Partner, partner_from_document

__all__ = ["Alarm", "ExchangeState", "Quarantined"]

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS partners (node_id TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS out_bundles (
    partner TEXT, data_mode TEXT, sequence INTEGER, digest TEXT, header TEXT, data BLOB, records INTEGER,
    acknowledged INTEGER DEFAULT 0, PRIMARY KEY (partner, sequence));
CREATE TABLE IF NOT EXISTS in_bundles (
    partner TEXT, sequence INTEGER, digest TEXT, previous TEXT, header TEXT, leaves BLOB, received_tai_ns INTEGER,
    skew_ms INTEGER, account TEXT, PRIMARY KEY (partner, sequence));
CREATE TABLE IF NOT EXISTS headers (digest TEXT PRIMARY KEY, document TEXT);
CREATE TABLE IF NOT EXISTS cursors (
    partner TEXT, kind TEXT, data_mode TEXT, label TEXT, learned_tai_ns INTEGER,
    PRIMARY KEY (partner, kind, data_mode, label));
CREATE TABLE IF NOT EXISTS sent (partner TEXT, record_id TEXT, PRIMARY KEY (partner, record_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (
    record_id TEXT PRIMARY KEY, partner TEXT, header TEXT, place INTEGER, trail TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identities (identity TEXT, record_id TEXT, PRIMARY KEY (identity, record_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY, partner TEXT, sequence INTEGER, reason TEXT, content BLOB, at_tai_ns INTEGER);
CREATE TABLE IF NOT EXISTS alarms (
    id INTEGER PRIMARY KEY, partner TEXT, kind TEXT, words TEXT, evidence TEXT, at_tai_ns INTEGER, seen_by TEXT);
CREATE TABLE IF NOT EXISTS consents (digest TEXT PRIMARY KEY, document TEXT);
CREATE TABLE IF NOT EXISTS arrivals (partner TEXT, at_tai_ns INTEGER, bytes INTEGER);
CREATE INDEX IF NOT EXISTS arrivals_by_partner ON arrivals (partner, at_tai_ns);
CREATE TABLE IF NOT EXISTS nonces (partner TEXT, nonce TEXT, at_tai_ns INTEGER, PRIMARY KEY (partner, nonce));
CREATE TABLE IF NOT EXISTS roots (partner TEXT PRIMARY KEY, document TEXT);
"""
_BUSY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something that was set aside: from whom, why, and the bytes."""

    number: int
    partner: str
    sequence: int | None
    reason: str
    content: bytes
    at_tai_ns: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must see."""

    number: int
    partner: str
    kind: str
    words: str
    evidence: Mapping[str, Any]
    at_tai_ns: int
    seen_by: str | None


@final
class ExchangeState:
    """The memory of one node's exchanges, in one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._path = folder / "state.sqlite"
        with self._open() as base:
            base.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
        try:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=FULL")
            yield base
        except sqlite3.OperationalError as error:
            kind = StoreBusyError if "locked" in str(error) else StoreError
            raise kind(f"the exchange's memory: {error}", where=str(self._path), remedy="try again") from error
        finally:
            base.close()

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Begin a change; it is kept when the block ends without an error, and only one is made at a time."""
        with self._open() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield Change(base)
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")

    def partners(self) -> tuple[Partner, ...]:
        """Return every partner, by name."""
        with self._open() as base:
            rows = base.execute("SELECT document FROM partners ORDER BY node_id").fetchall()
        return tuple(partner_from_document(json.loads(text)) for (text,) in rows)

    def partner(self, node_id: str) -> Partner:
        """Return one partner, else raise NotFoundError."""
        for each in self.partners():
            if each.node_id == node_id:
                return each
        raise NotFoundError(
            f"there is no partner {node_id[:80]!r}", where="--partner", remedy="mihari exchange partners add"
        )

    def alarms(self) -> tuple[Alarm, ...]:
        """Return every alarm, oldest first."""
        with self._open() as base:
            rows = base.execute("SELECT * FROM alarms ORDER BY id").fetchall()
        return tuple(Alarm(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6]) for row in rows)

    def quarantined(self, *, partner: str | None = None) -> tuple[Quarantined, ...]:
        """Return what was set aside, oldest first."""
        with self._open() as base:
            rows = base.execute("SELECT * FROM quarantine ORDER BY id").fetchall()
        found = (Quarantined(*row) for row in rows)
        return tuple(each for each in found if partner is None or each.partner == partner)

    def conflicts(self) -> tuple[tuple[str, int], ...]:
        """Return what records contradict each other about, and how many there are; all of them are kept."""
        with self._open() as base:
            query = "SELECT identity, COUNT(*) FROM identities GROUP BY identity HAVING COUNT(*) > 1 ORDER BY identity"
            return tuple(base.execute(query).fetchall())

    def consents(self) -> tuple[dict[str, Any], ...]:
        """Return the signed consents that were given to this node."""
        with self._open() as base:
            return tuple(json.loads(text) for (text,) in base.execute("SELECT document FROM consents"))

    def account(self, partner: str) -> dict[str, Any]:
        """Return what passed between this node and a partner."""
        with self._open() as base:
            made = base.execute(
                "SELECT COUNT(*), COALESCE(MAX(sequence), 0), COALESCE(SUM(records), 0),"
                " COALESCE(SUM(NOT acknowledged), 0) FROM out_bundles WHERE partner = ?",
                (partner,),
            ).fetchone()
            taken = base.execute(
                "SELECT sequence, skew_ms, account FROM in_bundles WHERE partner = ? ORDER BY sequence", (partner,)
            ).fetchall()
        sequences = {row[0] for row in taken}
        last = max(sequences, default=0)
        totals: dict[str, int] = {}
        for _, _, text in taken:
            for name, count in json.loads(text).items():
                totals[name] = totals.get(name, 0) + count
        return {
            "sent_bundles": made[0],
            "sent_records": made[2],
            "not_acknowledged": made[3],
            "received_bundles": len(taken),
            "received": totals,
            "missing_sequences": [each for each in range(1, last) if each not in sequences][:100],
            "last_skew_s": taken[-1][1] / 1_000 if taken else None,
        }
