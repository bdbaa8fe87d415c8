"""One change of what a node remembers of its exchanges: all of it is kept, or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from mihari.release.exchange._bundle import SignedHeader
from mihari.release.exchange._partner import Partner, partner_document

__all__ = ["Change", "InBundle"]


@dataclass(frozen=True, slots=True)
class InBundle:
    """A bundle that was taken, and what became of it."""

    sequence: int
    digest: str
    previous: str
    account: Mapping[str, int]


@final
class Change:
    """What one change may read and write; made by `ExchangeState.change`."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def put_partner(self, partner: Partner) -> None:
        """Enter a partner, or what is new of it."""
        text = json.dumps(partner_document(partner), sort_keys=True)
        self._base.execute("INSERT OR REPLACE INTO partners VALUES (?, ?)", (partner.node_id, text))

    def alarm(self, partner: str, kind: str, words: str, evidence: Mapping[str, Any], *, at_tai_ns: int) -> None:
        """Raise an alarm; the same alarm of the same partner is raised once until a person saw it."""
        known = self._base.execute(
            "SELECT 1 FROM alarms WHERE partner = ? AND kind = ? AND words = ? AND seen_by IS NULL",
            (partner, kind, words),
        ).fetchone()
        if known is None:
            self._base.execute(
                "INSERT INTO alarms (partner, kind, words, evidence, at_tai_ns) VALUES (?, ?, ?, ?, ?)",
                (partner, kind, words, json.dumps(evidence, sort_keys=True), at_tai_ns),
            )

    def see_alarms(self, *, by: str) -> int:
        """Note that a person saw every alarm; return how many were new to them."""
        return self._base.execute("UPDATE alarms SET seen_by = ? WHERE seen_by IS NULL", (by,)).rowcount

    def add_consent(self, digest: str, document: Mapping[str, Any]) -> None:
        """Keep a consent."""
        self._base.execute("INSERT OR IGNORE INTO consents VALUES (?, ?)", (digest, json.dumps(document)))

    def arrived(
        self, partner: str, size_bytes: int, *, at_tai_ns: int, minute_ns: int, hour_ns: int
    ) -> tuple[int, int]:
        """Count an arrival; return how many bundles came in the last minute and bytes in the last hour."""
        self._base.execute("DELETE FROM arrivals WHERE partner = ? AND at_tai_ns < ?", (partner, at_tai_ns - hour_ns))
        self._base.execute("INSERT INTO arrivals VALUES (?, ?, ?)", (partner, at_tai_ns, size_bytes))
        count = self._base.execute(
            "SELECT COUNT(*) FROM arrivals WHERE partner = ? AND at_tai_ns >= ?", (partner, at_tai_ns - minute_ns)
        ).fetchone()[0]
        total = self._base.execute("SELECT SUM(bytes) FROM arrivals WHERE partner = ?", (partner,)).fetchone()[0]
        return int(count), int(total)

    def fresh_nonce(self, partner: str, nonce: str, *, at_tai_ns: int, window_ns: int) -> bool:
        """Say whether a nonce was never used in the window, and remember it."""
        self._base.execute("DELETE FROM nonces WHERE at_tai_ns < ?", (at_tai_ns - window_ns,))
        made = self._base.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?, ?)", (partner, nonce, at_tai_ns))
        return made.rowcount == 1

    def in_bundle(self, partner: str, sequence: int) -> InBundle | None:
        """Return the bundle of that number that was taken."""
        row = self._base.execute(
            "SELECT sequence, digest, previous, account FROM in_bundles WHERE partner = ? AND sequence = ?",
            (partner, sequence),
        ).fetchone()
        return None if row is None else InBundle(row[0], row[1], row[2], json.loads(row[3]))

    def in_header(self, partner: str, sequence: int) -> dict[str, Any]:
        """Return the signed header of a bundle that was taken."""
        row = self._base.execute(
            "SELECT header FROM in_bundles WHERE partner = ? AND sequence = ?", (partner, sequence)
        ).fetchone()
        document: dict[str, Any] = json.loads(row[0])
        return document

    def take_bundle(
        self,
        partner: str,
        signed: SignedHeader,
        *,
        leaves: Sequence[bytes],
        received_tai_ns: int,
        account: Mapping[str, int],
    ) -> None:
        """Remember a bundle that was taken."""
        header = signed.header
        skew_ms = (received_tai_ns - header.written_tai_ns) // 1_000_000
        self._base.execute(
            "INSERT INTO in_bundles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                partner,
                header.sequence,
                signed.digest(),
                header.previous,
                json.dumps(signed.document()),
                b"".join(leaves),
                received_tai_ns,
                skew_ms,
                json.dumps(account),
            ),
        )

    def put_headers(self, headers: Mapping[str, SignedHeader]) -> None:
        """Keep the headers of earlier hops."""
        self._base.executemany(
            "INSERT OR IGNORE INTO headers VALUES (?, ?)",
            [(digest, json.dumps(each.document())) for digest, each in headers.items()],
        )

    def header(self, digest: str) -> SignedHeader | None:
        """Return a header by its digest: of an earlier hop, or of a bundle that was taken."""
        for query in (
            "SELECT document FROM headers WHERE digest = ?",
            "SELECT header FROM in_bundles WHERE digest = ?",
        ):
            row = self._base.execute(query, (digest,)).fetchone()
            if row is not None:
                return SignedHeader.from_document(json.loads(row[0]))
        return None

    def leaves(self, digest: str) -> list[bytes]:
        """Return the leaf hashes of a bundle that was taken."""
        row = self._base.execute("SELECT leaves FROM in_bundles WHERE digest = ?", (digest,)).fetchone()
        data: bytes = b"" if row is None else row[0]
        return [data[place : place + 32] for place in range(0, len(data), 32)]

    def known(self, record_ids: Iterable[str]) -> set[str]:
        """Return those of the records that came before."""
        return {each for each in record_ids if self.received(each) is not None}

    def received(self, record_id: str) -> tuple[str, str, int, list[dict[str, Any]]] | None:
        """Return from whom a record came first, in which bundle, at which place, and its trail."""
        row = self._base.execute(
            "SELECT partner, header, place, trail FROM received WHERE record_id = ?", (record_id,)
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2], json.loads(row[3]))

    def receive(self, rows: Sequence[tuple[str, str, str, int, str]]) -> None:
        """Remember records: name, partner, header, place, trail as JSON."""
        self._base.executemany("INSERT OR IGNORE INTO received VALUES (?, ?, ?, ?, ?)", rows)

    def identify(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Note what records speak of; return how many contradict one that came before."""
        conflicts = 0
        for identity, record_id in pairs:
            others = self._base.execute(
                "SELECT 1 FROM identities WHERE identity = ? AND record_id != ? LIMIT 1", (identity, record_id)
            ).fetchone()
            conflicts += others is not None
            self._base.execute("INSERT OR IGNORE INTO identities VALUES (?, ?)", (identity, record_id))
        return conflicts

    def quarantine(self, partner: str, sequence: int | None, reason: str, content: bytes, *, at_tai_ns: int) -> None:
        """Set something aside."""
        self._base.execute(
            "INSERT INTO quarantine (partner, sequence, reason, content, at_tai_ns) VALUES (?, ?, ?, ?, ?)",
            (partner, sequence, reason[:500], content, at_tai_ns),
        )

    def quarantined_since(self, partner: str, since_tai_ns: int) -> int:
        """Return how many things of a partner were set aside since a moment."""
        query = "SELECT COUNT(*) FROM quarantine WHERE partner = ? AND at_tai_ns >= ?"
        return int(self._base.execute(query, (partner, since_tai_ns)).fetchone()[0])

    def next_sequence(self, partner: str) -> tuple[int, str | None]:
        """Return the number of the next bundle to a partner, and the digest of the last."""
        row = self._base.execute(
            "SELECT sequence, digest FROM out_bundles WHERE partner = ? ORDER BY sequence DESC LIMIT 1", (partner,)
        ).fetchone()
        return (1, None) if row is None else (row[0] + 1, row[1])

    def put_out_bundle(self, partner: str, signed: SignedHeader, data: bytes) -> None:
        """Keep a bundle before anyone gets it: its number is never used again."""
        header = signed.header
        self._base.execute(
            "INSERT INTO out_bundles VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                partner,
                header.data_mode.value,
                header.sequence,
                signed.digest(),
                json.dumps(signed.document()),
                data,
                header.records,
            ),
        )

    def sent_root_size(self, partner: str) -> int:
        """Return how many entries the audit root in the last bundle to a partner covers; 0 without one."""
        query = "SELECT header FROM out_bundles WHERE partner = ? ORDER BY sequence DESC LIMIT 1"
        row = self._base.execute(query, (partner,)).fetchone()
        told = None if row is None else json.loads(row[0])["header"]["audit_root"]
        return 0 if told is None else int(told["signed"]["tree_size"])

    def out_bundle(self, partner: str, sequence: int) -> bytes | None:
        """Return a bundle that was made, as it was made; None where there is none or its bytes were let go."""
        query = "SELECT data FROM out_bundles WHERE partner = ? AND sequence = ?"
        row = self._base.execute(query, (partner, sequence)).fetchone()
        return None if row is None or row[0] is None else bytes(row[0])

    def out_digest(self, partner: str, sequence: int) -> str | None:
        """Return the digest of a bundle that was made."""
        query = "SELECT digest FROM out_bundles WHERE partner = ? AND sequence = ?"
        row = self._base.execute(query, (partner, sequence)).fetchone()
        return None if row is None else str(row[0])

    def wanted(self, partner: str) -> int:
        """Return the lowest number of a bundle from a partner that has not come yet."""
        query = "SELECT sequence FROM in_bundles WHERE partner = ? ORDER BY sequence"
        expected = 1
        for (sequence,) in self._base.execute(query, (partner,)):
            if sequence != expected:
                break
            expected += 1
        return expected

    def waiting(self, partner: str) -> list[int]:
        """Return the numbers of the bundles that a partner has not acknowledged."""
        query = "SELECT sequence FROM out_bundles WHERE partner = ? AND NOT acknowledged ORDER BY sequence"
        return [row[0] for row in self._base.execute(query, (partner,))]

    def acknowledge(self, partner: str, sequence: int) -> None:
        """Note that a partner has a bundle; its bytes are let go, its header stays."""
        self._base.execute(
            "UPDATE out_bundles SET acknowledged = 1, data = NULL WHERE partner = ? AND sequence = ?",
            (partner, sequence),
        )

    def cursor(self, partner: str, kind: str, data_mode: str, label: str) -> int:
        """Return the moment of learning up to which a partner was given everything of that kind and label."""
        row = self._base.execute(
            "SELECT learned_tai_ns FROM cursors WHERE partner = ? AND kind = ? AND data_mode = ? AND label = ?",
            (partner, kind, data_mode, label),
        ).fetchone()
        return -(1 << 62) if row is None else int(row[0])

    def put_cursor(self, partner: str, kind: str, data_mode: str, label: str, learned_tai_ns: int) -> None:
        """Move a cursor."""
        self._base.execute(
            "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?, ?)", (partner, kind, data_mode, label, learned_tai_ns)
        )

    def was_sent(self, partner: str, record_id: str) -> bool:
        """Say whether a record was put into a bundle to a partner."""
        query = "SELECT 1 FROM sent WHERE partner = ? AND record_id = ?"
        return self._base.execute(query, (partner, record_id)).fetchone() is not None

    def send(self, partner: str, record_ids: Iterable[str]) -> None:
        """Remember what was put into a bundle to a partner."""
        self._base.executemany("INSERT OR IGNORE INTO sent VALUES (?, ?)", [(partner, each) for each in record_ids])

    def root(self, partner: str) -> dict[str, Any] | None:
        """Return the last signed audit root of a partner that this node checked."""
        row = self._base.execute("SELECT document FROM roots WHERE partner = ?", (partner,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put_root(self, partner: str, document: Mapping[str, Any]) -> None:
        """Keep the last signed audit root of a partner."""
        self._base.execute("INSERT OR REPLACE INTO roots VALUES (?, ?)", (partner, json.dumps(document)))
