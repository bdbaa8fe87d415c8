"""Export to a partner: what its party may see and did not get yet, in a signed bundle that is kept until it arrived."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from mihari.app.exchange_node import ExchangeNode
from mihari.astro.time import parse_utc
from mihari.errors import InputError, NotFoundError
from mihari.model.label import Label, parse_label
from mihari.model.provenance import DataMode
from mihari.model.release import ReleaseStep
from mihari.policy.access import Viewer, row_predicate
from mihari.release.audit import GENESIS, ROOTS_NAME, inclusion_paths, read_roots, sign_root
from mihari.release.exchange import (
    EXCHANGED_KINDS,
    BundleLimits,
    Change,
    Consent,
    ExchangedKind,
    HopStep,
    Item,
    Partner,
    SignedHeader,
    make_bundle,
    release_label,
    what_holds_back,
)
from mihari.release.signing import SigningKey
from mihari.store import RECEIVED_RELEASES, RELEASE_STEPS, EmbeddedStore, StoreMode

__all__ = ["ExportReport", "export_bundle", "export_document", "resend", "waiting"]

_SOURCE: Final = "node:"
_NO_AUDIENCE: Final = "not for its party"


@dataclass(slots=True)
class ExportReport:
    """What an export did.

    Attributes
    ----------
    partner : str
    sequence : int, optional
        None where there was nothing to send.
    accepted : int
        Records in the bundle.
    duplicates : int
        Looked at again, and sent before or come from there.
    withheld : dict
        How many stay here, by reason; the partner is not told.
    remaining : int
        Records that wait for the next bundle.
    size_bytes : int
    """

    partner: str
    sequence: int | None = None
    accepted: int = 0
    duplicates: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    remaining: int = 0
    size_bytes: int = 0


def export_document(report: ExportReport) -> dict[str, Any]:
    """Return a report as JSON: the machine contract, and more. What is withheld counts as rejected."""
    return {
        "accepted": report.accepted,
        "duplicates": report.duplicates,
        "quarantined": 0,
        "rejected": sum(report.withheld.values()),
        "partner": report.partner,
        "sequence": report.sequence,
        "withheld": dict(report.withheld),
        "remaining": report.remaining,
        "size_bytes": report.size_bytes,
    }


def export_bundle(
    node: ExchangeNode,
    partner_id: str,
    *,
    mode: DataMode | None = None,
    most: int | None = None,
    limits: BundleLimits | None = None,
) -> tuple[ExportReport, bytes | None]:
    """Make the next bundle for a partner; its bytes, or None where there is nothing to send.

    The bundle is in the node's memory before it is returned: under its number there is never another one.

    Parameters
    ----------
    mode : DataMode, optional
        Default: REAL once the store holds any, else the one that it holds.
    most : int, optional
        Records in it at most.

    Raises
    ------
    NotFoundError
        There is no such partner.
    InputError
        The partner is isolated.
    """
    limits = limits or BundleLimits()
    most = min(most or limits.records, limits.records)
    partner = node.state.partner(partner_id)
    if partner.is_isolated:
        raise InputError(f"{partner_id} is isolated: {partner.reason}", where="--partner", remedy="partners restore")
    key, now = node.signing_key(), node.clock()
    report = ExportReport(partner=partner_id)
    with EmbeddedStore.open(node.folder, mode=StoreMode.READ) as store, node.state.change() as change:
        chosen_mode = mode or store.default_data_mode()
        if chosen_mode is None:
            return report, None
        picker = _Picker(node, change, partner, report, chosen_mode, now, most, limits.bytes * 9 // 10)
        for kind in EXCHANGED_KINDS.values():
            if not partner.takes or kind.name in partner.takes:
                picker.pick(kind, _rows(store, kind, chosen_mode))
        if not picker.items:
            return report, None
        sequence, previous = change.next_sequence(partner_id)
        signed, data = make_bundle(
            picker.items,
            hops=picker.hops(),
            key=key,
            from_node=node.node_id,
            to_node=partner_id,
            to_party=partner.party,
            sequence=sequence,
            previous=previous or GENESIS,
            written_tai_ns=now,
            data_mode=chosen_mode,
            audit_root=_audit_root(node, change, partner_id, key, now),
        )
        picker.settle()
        change.put_out_bundle(partner_id, signed, data)
        report.sequence, report.accepted, report.size_bytes = sequence, len(picker.items), len(data)
        node.note(
            "exchange.exported",
            parties=[partner.party],
            partner=partner_id,
            sequence=sequence,
            bundle=signed.digest(),
            counts={"records": len(picker.items)},
            records=picker.record_ids if len(picker.record_ids) <= _MOST_NAMED else [],
            records_root=signed.header.records_root,
            policy_version=node.book.version,
        )
    return report, data


def _rows(store: EmbeddedStore, kind: ExchangedKind, mode: DataMode) -> pl.DataFrame:
    """Return what the store has of one kind; of releases also those that this node published itself."""
    rows = store.records(kind.kind, data_mode=mode)
    if kind.kind is not RECEIVED_RELEASES:
        return rows
    own = store.records(RELEASE_STEPS, data_mode=mode).filter(pl.col("step") == ReleaseStep.PUBLISHED.value)
    if own.is_empty():
        return rows
    documents = [json.loads(text) for text in own["document"]]
    made = [kind.row(document) for document in documents]
    labels = [release_label(document) for document in documents]
    frame = pl.DataFrame(made, schema=dict(kind.kind.schema)).hstack(
        own.select(name for name in rows.columns if name not in kind.kind.schema)
    )
    frame = frame.with_columns(pl.Series("label", labels, dtype=pl.String), source=pl.lit("this node"))
    return pl.concat([rows, frame.select(rows.columns)])


def _audit_root(
    node: ExchangeNode, change: Change, partner_id: str, key: SigningKey, now: int
) -> dict[str, Any] | None:
    """Return this node's newest signed root, with the proof that the log only grew since the one sent before.

    A partner that keeps it can show later that an entry was changed or taken away.
    """
    log = node.audit
    roots = [root for root in read_roots(log.folder / ROOTS_NAME) if not root.is_witness]
    if len(log) and (not roots or now - parse_utc(str(roots[-1].signed["written_utc"])) > _ROOT_AGE_NS):
        roots.append(sign_root(log, key, node_id=node.node_id, at_tai_ns=now))
    if not roots:
        return None
    old = change.sent_root_size(partner_id)
    proof = log.consistency_proof(min(old, roots[-1].tree_size), roots[-1].tree_size)
    return {**roots[-1].document(), "grown_from": old, "proof": [step.hex() for step in proof]}


_ROOT_AGE_NS: Final = 3_600_000_000_000
_MOST_NAMED: Final = 2_000
"""A log entry names so many records; of a larger bundle the root tells, and the bundle's header is kept."""


class _Picker:
    """Chooses what goes into one bundle."""

    def __init__(
        self,
        node: ExchangeNode,
        change: Change,
        partner: Partner,
        report: ExportReport,
        mode: DataMode,
        now: int,
        most: int,
        most_bytes: int,
    ) -> None:
        self._node, self._change, self._partner, self._report = node, change, partner, report
        self._mode, self._now, self._most, self._most_bytes = mode, now, most, most_bytes
        self._viewer: Viewer = node.viewer(partner.party, node_id=partner.node_id)
        self._consents: tuple[Consent, ...] = node.consents()
        self._paths: dict[str, list[tuple[bytes, ...]]] = {}
        self._cursors: list[tuple[str, str, int]] = []
        self._bytes = 0
        self._identities: list[tuple[str, str]] = []
        self.items: list[Item] = []
        self.record_ids: list[str] = []
        self._headers: dict[str, SignedHeader] = {}

    def pick(self, kind: ExchangedKind, rows: pl.DataFrame) -> None:
        """Take what may go of one kind, oldest knowledge first."""
        if rows.is_empty():
            return
        labels = rows["label"].unique().to_list()
        # A label that names operators lets a partner see rows of one object each; others stay here.
        objects = kind.objects if kind.objects == ("norad_cat_id",) else ()
        visible = rows.filter(row_predicate(labels, self._viewer, at_tai_ns=self._now, objects=objects))
        if rows.height > visible.height:
            self._report.withheld[_NO_AUDIENCE] += rows.height - visible.height
        for text in sorted(visible["label"].unique().to_list()):
            self._pick_label(kind, text, visible.filter(pl.col("label") == text))

    def _pick_label(self, kind: ExchangedKind, text: str, rows: pl.DataFrame) -> None:
        label = parse_label(text)
        # Whether such a record may go can change while the record does not.
        changes = label.originator_control or label.audience.names_operator
        start = -(1 << 62) if changes else self._change.cursor(self._partner.node_id, kind.name, self._mode.value, text)
        fresh = rows.filter(pl.col("learned_tai_ns") > start).sort("learned_tai_ns", maintain_order=True)
        # Records of one moment may be parted by a bundle: the cursor stands before that moment until all have gone.
        reached, is_full = start, False
        for learned_tai_ns, row in _in_order(kind, fresh):
            if not is_full and (len(self.items) >= self._most or self._bytes >= self._most_bytes):
                is_full, reached = True, learned_tai_ns - 1
            if is_full:
                self._report.remaining += 1
                continue
            self._consider(kind, label, row)
            reached = learned_tai_ns
        if not changes and reached > start:
            self._cursors.append((kind.name, text, reached))

    def _consider(self, kind: ExchangedKind, label: Label, row: dict[str, Any]) -> None:
        item = Item(
            {
                "kind": kind.name,
                "record": row["record"],
                "label": row["label"],
                "data_mode": self._mode.value,
                "origin": row["origin"],
                "method": row["method"],
                "licence": row["licence"],
            }
        )
        record_id = item.record_id
        if self._change.was_sent(self._partner.node_id, record_id):
            self._report.duplicates += 1
            return
        held = what_holds_back(
            label,
            record_id,
            licence=row["licence"],
            own_party=self._node.party,
            recipient=self._partner.party,
            consents=self._consents,
            at_tai_ns=self._now,
        )
        if held:
            self._report.withheld[held] += 1
            return
        if row["source"].startswith(_SOURCE):
            trail = self._trail(record_id)
            if trail is None:
                self._report.withheld["its trail is not known"] += 1
                return
            if any(self._headers[step.header].header.from_node == self._partner.node_id for step in trail):
                self._report.duplicates += 1
                return
            item = Item(item.content, trail)
        else:
            identity = kind.identity(kind.row(row["record"]))
            self._identities.append((f"{kind.name}:{self._mode.value}:{identity}", record_id))
        self.items.append(item)
        self.record_ids.append(record_id)
        self._bytes += _about(item)

    def _trail(self, record_id: str) -> tuple[HopStep, ...] | None:
        """Return the way that a record of another node came: what it brought, and the bundle that brought it."""
        found = self._change.received(record_id)
        if found is None:
            return None
        _, digest, place, earlier = found
        if digest not in self._paths:
            self._paths[digest] = inclusion_paths(self._change.leaves(digest))
        steps = [
            HopStep(each["header"], each["index"], tuple(bytes.fromhex(text) for text in each["path"]))
            for each in earlier
        ]
        steps.append(HopStep(digest, place, self._paths[digest][place]))
        for step in steps:
            if step.header not in self._headers:
                header = self._change.header(step.header)
                if header is None:
                    return None
                self._headers[step.header] = header
        return tuple(steps)

    def hops(self) -> list[SignedHeader]:
        """Return the headers that the trails of what was chosen name, and no other."""
        used = dict.fromkeys(step.header for item in self.items for step in item.trail)
        return [self._headers[digest] for digest in used]

    def settle(self) -> None:
        """Remember what was chosen."""
        for kind, label, learned_tai_ns in self._cursors:
            self._change.put_cursor(self._partner.node_id, kind, self._mode.value, label, learned_tai_ns)
        self._change.send(self._partner.node_id, self.record_ids)
        self._change.identify(self._identities)


def _in_order(kind: ExchangedKind, rows: pl.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    records = kind.records(rows)
    names = ("learned_tai_ns", "label", "source", "origin", "method", "licence")
    for record, values in zip(records, rows.select(names).iter_rows(), strict=True):
        yield values[0], {"record": record, **dict(zip(names, values, strict=True))}


def _about(item: Item) -> int:
    """Return about how long the line of an item is."""
    return 400 + sum(100 + 70 * len(step.path) for step in item.trail) + len(str(item.content["record"]))


def resend(node: ExchangeNode, partner_id: str, sequence: int) -> bytes:
    """Return a bundle that was made before, as it was made.

    Raises
    ------
    NotFoundError
        It was never made, or the partner has it and its bytes were let go.
    """
    with node.state.change() as change:
        data = change.out_bundle(partner_id, sequence)
    if data is None:
        raise NotFoundError(f"there is no bundle {sequence} for {partner_id} any more", where="--again")
    return data


def waiting(node: ExchangeNode, partner_id: str) -> Sequence[int]:
    """Return the numbers of the bundles that a partner has not acknowledged."""
    with node.state.change() as change:
        return change.waiting(partner_id)
