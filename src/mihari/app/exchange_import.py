"""Import of a bundle: judged whole, then record by record; the good is kept at one stroke, the rest with reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from mihari.app.exchange_node import ExchangeNode
from mihari.errors import InputError, NotFoundError
from mihari.model.label import Label
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SpaceObjects
from mihari.policy.access import may_see
from mihari.release.audit import SignedRoot, check_root, is_consistent
from mihari.release.exchange import (
    Bundle,
    BundleLimits,
    Change,
    Judgement,
    Outcome,
    Partner,
    PartnerStatus,
    SignedHeader,
    Taken,
    judge_header,
    judge_items,
    judge_order,
    open_bundle,
    read_header,
)
from mihari.store import (
    CONJUNCTION_MESSAGES,
    ELEMENT_SETS,
    SPACE_OBJECTS,
    EmbeddedStore,
    StoreMode,
    Transaction,
)

if TYPE_CHECKING:
    from mihari.app.keep_messages import KeptMessages

__all__ = ["ImportReport", "import_bundle", "import_document"]

_S: Final = 1_000_000_000
_DAY_NS: Final = 86_400 * _S
_MOST_QUARANTINED_A_DAY: Final = 1_000
_SAID: Final = 10


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    partner : str
    sequence : int, optional
        None where the bundle could not be read.
    accepted, duplicates, quarantined, rejected : int
        Records. A bundle that is refused as a whole rejects what its header says it holds, at least one.
    conflicts : int
        Of the accepted, how many contradict a record that was here; both are kept.
    outcome : str
    reasons : dict
        How many were set aside or rejected, by reason.
    alarms : list of str
    isolated : bool
        The partner is isolated now.
    skew_s : float, optional
        How long before its arrival the bundle says it was written.
    """

    partner: str
    sequence: int | None = None
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    rejected: int = 0
    conflicts: int = 0
    outcome: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    isolated: bool = False
    skew_s: float | None = None

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was set aside or rejected."""
        return not self.quarantined and not self.rejected

    def refuse(self, reason: str, *, records: int = 1) -> ImportReport:
        """Reject the whole; return the report."""
        self.rejected = max(records, 1)
        self.outcome = "rejected"
        self.reasons = {reason: self.rejected}
        return self


def import_document(report: ImportReport) -> dict[str, Any]:
    """Return a report as JSON: the machine contract, and more."""
    return {
        "accepted": report.accepted,
        "duplicates": report.duplicates,
        "quarantined": report.quarantined,
        "rejected": report.rejected,
        "partner": report.partner,
        "sequence": report.sequence,
        "outcome": report.outcome,
        "conflicts": report.conflicts,
        "reasons": report.reasons,
        "alarms": report.alarms,
        "isolated": report.isolated,
        "skew_s": report.skew_s,
    }


def import_bundle(
    node: ExchangeNode, data: bytes, *, partner: str | None = None, limits: BundleLimits | None = None
) -> ImportReport:
    """Take a bundle from a partner.

    Parameters
    ----------
    node : ExchangeNode
    data : bytes
    partner : str, optional
        Whose it must be. Default: whose it says it is, among the partners.
    limits : BundleLimits, optional

    Returns
    -------
    ImportReport
        Whatever the bundle is: a bad one is an answer like any other, and is in the audit log.

    Raises
    ------
    NotFoundError
        There is no partner of the name that was given.
    """
    limits = limits or BundleLimits()
    named = None if partner is None else node.state.partner(partner)
    with node.state.change() as change:
        report = _imported(node, change, data, named=named, limits=limits)
        node.note(
            "exchange.imported" if report.accepted or report.duplicates else "exchange.refused",
            partner=report.partner,
            sequence=report.sequence,
            counts={
                name: getattr(report, name)
                for name in ("accepted", "duplicates", "quarantined", "rejected", "conflicts")
            },
            reasons=dict(list(report.reasons.items())[:_SAID]),
            alarms=report.alarms[:_SAID],
        )
    return report


def _imported(
    node: ExchangeNode, change: Change, data: bytes, *, named: Partner | None, limits: BundleLimits
) -> ImportReport:
    now = node.clock()
    report = ImportReport(partner=named.node_id if named else "unknown")
    if len(data) > limits.bytes:
        if named:
            _count_arrival(change, named, len(data), now)
        return report.refuse(f"larger than {limits.bytes:,} bytes")
    try:
        signed, _ = read_header(data, limits=limits)
        partner = named or node.state.partner(signed.header.from_node)
    except (InputError, NotFoundError) as error:
        return report.refuse(error.what)
    header = signed.header
    report.partner = partner.node_id
    if partner.is_isolated:
        report.isolated = True
        return report.refuse(f"{partner.node_id} is isolated: {partner.reason}"[:300], records=header.records)
    faults = judge_header(signed, partner=partner, own_node=node.node_id, keys=node.keys.ring(), now_tai_ns=now)
    if faults:
        # Anybody may have sent this in the partner's name: it is refused, and the partner is not punished for it.
        _alarm(change, report, partner, "forged", f"a bundle that does not count: {faults[0]}", {}, now)
        return report.refuse("; ".join(faults)[:500], records=header.records)
    report.sequence, report.skew_s = header.sequence, (now - header.written_tai_ns) / _S
    if flood := _count_arrival(change, partner, len(data), now):
        _alarm(change, report, partner, "flood", flood, {}, now)
        return report.refuse(flood, records=header.records)
    outcome = judge_order(signed, change, now_tai_ns=now)
    report.outcome = outcome.value
    if outcome is Outcome.REPLAY:
        report.duplicates = header.records
        return report
    if outcome is Outcome.EQUIVOCATION:
        return _equivocation(change, report, partner, signed, now)
    if outcome is Outcome.FUTURE:
        change.quarantine(partner.node_id, header.sequence, outcome.value, data, at_tai_ns=now)
        report.quarantined = max(header.records, 1)
        report.reasons = {f"written {-report.skew_s:.0f} s in the future": report.quarantined}
        return report
    try:
        bundle = open_bundle(data, limits=limits)
        judged = judge_items(
            bundle,
            change,
            partner=partner,
            own_node=node.node_id,
            admits=_admits(node),
            keys=node.keys.ring(),
            now_tai_ns=now,
        )
    except InputError as error:
        return report.refuse(error.what, records=header.records)
    _keep(node, change, report, partner, bundle, judged, now)
    return report


def _admits(node: ExchangeNode) -> Any:
    own, now = node.viewer(node.party, node_id=node.node_id), node.clock()

    def admits(label: Label, objects: frozenset[int], mode: DataMode) -> bool:
        operators = frozenset(name for number in objects for name in node.operators.get(number, ()))
        return may_see(label, own, at_tai_ns=now, operators=operators, objects=objects, data_mode=mode).allowed

    return admits


def _count_arrival(change: Change, partner: Partner, size_bytes: int, now: int) -> str:
    count, total = change.arrived(partner.node_id, size_bytes, at_tai_ns=now, minute_ns=60 * _S, hour_ns=3_600 * _S)
    if count > partner.bundles_per_minute:
        return f"more than {partner.bundles_per_minute} bundles in a minute"
    if total > partner.bytes_per_hour:
        return f"more than {partner.bytes_per_hour:,} bytes in an hour"
    return ""


def _equivocation(
    change: Change, report: ImportReport, partner: Partner, signed: SignedHeader, now: int
) -> ImportReport:
    words = f"two different bundles under number {signed.header.sequence}"
    evidence: dict[str, Any] = {"second": signed.document()}
    if change.in_bundle(partner.node_id, signed.header.sequence) is not None:
        evidence["first"] = change.in_header(partner.node_id, signed.header.sequence)
    _alarm(change, report, partner, "equivocation", words, evidence, now)
    _isolate(change, report, partner, words)
    return report.refuse(Outcome.EQUIVOCATION.value, records=signed.header.records)


def _isolate(change: Change, report: ImportReport, partner: Partner, words: str) -> None:
    change.put_partner(replace(partner, status=PartnerStatus.ISOLATED, reason=f"{words} (this node)"))
    report.isolated = True


def _alarm(
    change: Change, report: ImportReport, partner: Partner, kind: str, words: str, evidence: Mapping[str, Any], now: int
) -> None:
    change.alarm(partner.node_id, kind, words[:500], evidence, at_tai_ns=now)
    report.alarms.append(f"{kind}: {words}"[:500])


def _keep(
    node: ExchangeNode,
    change: Change,
    report: ImportReport,
    partner: Partner,
    bundle: Bundle,
    judged: Judgement,
    now: int,
) -> None:
    report.duplicates = judged.duplicates
    report.quarantined = len(judged.quarantined)
    report.rejected = len(judged.rejected)
    reasons = Counter([reason for _, reason in judged.quarantined] + judged.rejected)
    report.reasons = dict(reasons.most_common(100))
    header = bundle.header
    if judged.rejected:
        _alarm(change, report, partner, "leak", "it sent records that this node may not see", dict(reasons), now)
    for line, reason in judged.quarantined:
        change.quarantine(partner.node_id, header.sequence, reason, line, at_tai_ns=now)
    # The store first: killed after it, the same bundle comes again and finds its records there.
    report.accepted, refused = _store(node, judged.taken, partner=partner, sequence=header.sequence, now=now)
    for reason in refused:
        change.quarantine(partner.node_id, header.sequence, reason, b"", at_tai_ns=now)
        report.reasons[reason] = report.reasons.get(reason, 0) + 1
    report.quarantined += len(refused)
    report.duplicates += len(judged.taken) - report.accepted - len(refused)
    report.conflicts = change.identify(
        (f"{taken.kind.name}:{header.data_mode.value}:{taken.kind.identity(taken.row)}", taken.record_id)
        for taken in judged.taken
    )
    digest = bundle.signed.digest()
    change.receive(
        [
            (
                taken.record_id,
                partner.node_id,
                digest,
                taken.place,
                json.dumps(
                    [
                        {"header": step.header, "index": step.index, "path": [each.hex() for each in step.path]}
                        for step in taken.item.trail
                    ]
                ),
            )
            for taken in judged.taken
        ]
    )
    used = {step.header for taken in judged.taken for step in taken.item.trail}
    change.put_headers({name: hop for name, hop in bundle.hops.items() if name in used})
    counts = {name: getattr(report, name) for name in ("accepted", "duplicates", "quarantined", "rejected")}
    change.take_bundle(partner.node_id, bundle.signed, leaves=judged.leaves, received_tai_ns=now, account=counts)
    _see_root(node, change, report, partner, header.audit_root, now)
    if change.quarantined_since(partner.node_id, now - _DAY_NS) > _MOST_QUARANTINED_A_DAY:
        words = f"more than {_MOST_QUARANTINED_A_DAY:,} records set aside in a day"
        _alarm(change, report, partner, "poison", words, dict(reasons.most_common(_SAID)), now)
        _isolate(change, report, partner, words)
    elif judged.quarantined:
        _alarm(change, report, partner, "poison", f"records set aside: {judged.quarantined[0][1]}"[:300], {}, now)


def _see_root(
    node: ExchangeNode,
    change: Change,
    report: ImportReport,
    partner: Partner,
    told: Mapping[str, Any] | None,
    now: int,
) -> None:
    """Keep the partner's newest signed audit root, once its log is shown to have only grown since the last one."""
    if told is None:
        return
    try:
        root = SignedRoot.from_document({name: told[name] for name in ("signed", "signatures") if name in told})
        checked = check_root(root, keys=node.keys.ring(), at_tai_ns=now)
        proof = [bytes.fromhex(step) for step in told.get("proof", ())]
    except (InputError, ValueError, TypeError) as error:
        _alarm(change, report, partner, "audit-root", f"its audit root cannot be read: {error}"[:300], {}, now)
        return
    if root.is_witness or not checked.valid or checked.parties != {partner.party}:
        _alarm(change, report, partner, "audit-root", "its audit root is not signed by it", dict(told), now)
        return
    known = change.root(partner.node_id)
    before = None if known is None else SignedRoot.from_document(known)
    if before is not None and root.tree_size < before.tree_size:
        return  # a late bundle: the newer root is here already
    if before is not None and told.get("grown_from") not in (before.tree_size, root.tree_size):
        return  # bundles between are missing, and with them the proof
    steps = proof if before is None or root.tree_size != before.tree_size else []
    if before is not None and not is_consistent(
        before.tree_size, root.tree_size, before.root_hash, root.root_hash, steps
    ):
        words = "its audit log does not begin with what it had signed before"
        _alarm(change, report, partner, "audit-root", words, {"before": known, "after": root.document()}, now)
        _isolate(change, report, partner, words)
        return
    change.put_root(partner.node_id, root.document())


def _store(
    node: ExchangeNode, taken: Sequence[Taken], *, partner: Partner, sequence: int, now: int
) -> tuple[int, list[str]]:
    """Keep records in one transaction; return how many were new to the store, and why others could not be kept."""
    if not taken:
        return 0, []
    accepted, refused = 0, []
    groups: dict[tuple[str, str, str, str, str], list[Taken]] = {}
    for each in taken:
        content = each.item.content
        stamp = (each.kind.name, content["label"], content["origin"], content["method"], content["licence"])
        groups.setdefault(stamp, []).append(each)
    with EmbeddedStore.open(node.folder, mode=StoreMode.CREATE) as store:
        mode = taken[0].item.data_mode
        fresh = {id(each) for each in _not_in_store(store, taken, mode)}
        with store.transaction(learned_tai_ns=now) as transaction:
            for (_, label, origin, method, licence), members in groups.items():
                kind = members[0].kind.kind
                provenance = Provenance(
                    source=f"node:{partner.node_id}",
                    data_mode=mode,
                    origin=origin,
                    method=method,
                    label=label,
                    licence=licence,
                    derived_from=f"bundle:{partner.node_id}:{sequence}",
                )
                if kind is CONJUNCTION_MESSAGES:
                    kept = _keep_messages(store, transaction, members, provenance)
                    accepted += kept.accepted
                    refused += [each.reason for each in kept.batch.rejected]
                    continue
                rows = [each.row for each in members if id(each) in fresh]
                frame = pl.DataFrame(rows, schema=dict(kind.schema), orient="row")
                if kind is ELEMENT_SETS:
                    receipt = transaction.append_element_sets(ElementSets(frame), provenance=provenance)
                elif kind is SPACE_OBJECTS:
                    receipt = transaction.append_objects(SpaceObjects(frame), provenance=provenance)
                else:
                    receipt = transaction.append_records(kind, frame, provenance=provenance)
                accepted += receipt.accepted
    return accepted, refused


def _keep_messages(
    store: EmbeddedStore, transaction: Transaction, taken: Sequence[Taken], provenance: Provenance
) -> KeptMessages:
    """Keep messages with this node's own assessments: what the sender made of them does not count here."""
    from mihari.app.assess import assessment_request
    from mihari.app.keep_messages import keep_read
    from mihari.formats.ccsds import conjunction_message, parse_messages

    read = []
    for each in taken:
        message = parse_messages(each.row["text"].encode("utf-8"), name=provenance.source)
        read.append((message, provenance.source, conjunction_message(message, name=provenance.source)))
    request = assessment_request(data_mode=provenance.data_mode)
    return keep_read(store, transaction, read, request, provenance=provenance)


def _not_in_store(store: EmbeddedStore, taken: Iterable[Taken], mode: DataMode) -> list[Taken]:
    """Leave out documents that the store has: element sets and objects it knows again by itself."""
    known: dict[str, set[str]] = {}
    fresh = []
    for each in taken:
        kind = each.kind.kind
        if kind in (ELEMENT_SETS, SPACE_OBJECTS, CONJUNCTION_MESSAGES):
            fresh.append(each)
            continue
        name = "record_id" if "record_id" in kind.schema else "document"
        if kind.name not in known:
            known[kind.name] = set(store.records(kind, data_mode=mode, columns=(name,))[name])
        if each.row[name] not in known[kind.name]:
            fresh.append(each)
    return fresh
