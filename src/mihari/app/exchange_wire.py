"""Exchange over HTTP: signed questions and receipts, and the client that speaks to a partner's node.

A pull asks for one bundle by its number and says which have arrived; a push brings one. Both are signed, so that the
wire need not be trusted; it should be encrypted all the same, for labels are no secret-keeping.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import ImportReport, import_bundle, import_document
from mihari.app.exchange_node import ExchangeNode
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError, NotFoundError, SourceError
from mihari.release.exchange import BundleLimits, Partner
from mihari.release.signing import CLOCK_SKEW_NS, Context, sign, verify

if TYPE_CHECKING:
    import httpx2

__all__ = ["SyncReport", "answer_pull", "answer_push", "sync"]

_PULL: Final = "mihari-pull-1"
_RECEIPT: Final = "mihari-receipt-1"
_PULL_FIELDS: Final = frozenset({"form", "from_node", "to_node", "want", "written_utc", "nonce"})
_RECEIPT_FIELDS: Final = frozenset({"form", "from_node", "to_node", "sequence", "bundle", "taken", "written_utc"})
_MOST_ROUNDS: Final = 10_000
_CONNECT_S: Final = 10.0
_READ_S: Final = 120.0


@dataclass(slots=True)
class SyncReport:
    """What a synchronisation did: bundles and records both ways, what was not taken there, and imports here."""

    partner: str
    pushed_bundles: int = 0
    pushed_records: int = 0
    pulled_bundles: int = 0
    refused_there: list[str] = field(default_factory=list)
    imports: list[ImportReport] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Say whether everything was taken on both sides."""
        return not self.refused_there and all(each.is_clean for each in self.imports)

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("accepted", "duplicates", "quarantined", "rejected")
        totals = {name: sum(getattr(each, name) for each in self.imports) for name in names}
        return {
            **totals,
            "partner": self.partner,
            "pushed_bundles": self.pushed_bundles,
            "pushed_records": self.pushed_records,
            "pulled_bundles": self.pulled_bundles,
            "refused_there": self.refused_there,
            "imports": [import_document(each) for each in self.imports],
        }


def answer_push(node: ExchangeNode, data: bytes) -> dict[str, Any]:
    """Take a bundle that a partner brings; return the report with a signed receipt."""
    report = import_bundle(node, data)
    document = import_document(report)
    if report.sequence is None or report.partner == "unknown":
        return {**document, "receipt": None, "signatures": []}
    # Only who signed the bundle knows its digest beforehand; a receipt names it.
    with node.state.change() as change:
        taken = change.in_bundle(report.partner, report.sequence)
    receipt = {
        "form": _RECEIPT,
        "from_node": node.node_id,
        "to_node": report.partner,
        "sequence": report.sequence,
        "bundle": "" if taken is None else taken.digest,
        "taken": taken is not None,
        "written_utc": format_utc(node.clock(), digits=3),
    }
    signatures = sign(receipt, key=node.signing_key(), context=Context.EXCHANGE, signed_tai_ns=node.clock())
    return {**document, "receipt": receipt, "signatures": signatures}


def answer_pull(node: ExchangeNode, document: Mapping[str, Any]) -> bytes | None:
    """Return the bundle that a partner asks for; None where there is nothing new for it.

    Raises
    ------
    InputError
        The question is not signed by a partner that is not isolated, is old, or was put before. Whoever asks is not
        told which.
    """
    question, signatures = document.get("pull"), document.get("signatures")
    if not isinstance(question, dict) or set(question) != _PULL_FIELDS or question["form"] != _PULL:
        raise FormatError("is no question for a bundle", where="body")
    if not isinstance(signatures, list) or any(not isinstance(each, dict) for each in signatures):
        raise FormatError("is no question for a bundle", where="body")
    want, nonce = question["want"], question["nonce"]
    if type(want) is not int or not 0 < want < 1 << 53 or not isinstance(nonce, str) or not 16 <= len(nonce) <= 64:
        raise FormatError("is no question for a bundle", where="body")
    partner = _asker(node, question, signatures)
    now = node.clock()
    with node.state.change() as change:
        if not change.fresh_nonce(partner.node_id, nonce, at_tai_ns=now, window_ns=4 * CLOCK_SKEW_NS):
            raise _refused(node, "a question that was put before", partner=partner.node_id)
        for sequence in change.waiting(partner.node_id):
            if sequence < want:
                change.acknowledge(partner.node_id, sequence)
        data = change.out_bundle(partner.node_id, want)
        following, _ = change.next_sequence(partner.node_id)
    if data is None and want == following:
        _, data = export_bundle(node, partner.node_id)
    return data


def _asker(node: ExchangeNode, question: Mapping[str, Any], signatures: list[Mapping[str, Any]]) -> Partner:
    now = node.clock()
    try:
        partner = node.state.partner(str(question["from_node"]))
        written = parse_utc(str(question["written_utc"]))
    except (NotFoundError, InputError) as error:
        raise _refused(node, error.what, partner="unknown") from error
    found = verify(question, signatures, keys=node.keys.ring(), context=Context.EXCHANGE, at_tai_ns=now)
    if not found.valid or found.parties != {partner.party} or question["to_node"] != node.node_id:
        raise _refused(node, "; ".join(found.reasons) or "not for this node", partner=partner.node_id)
    if abs(written - now) > CLOCK_SKEW_NS:
        raise _refused(node, f"written {(written - now) / 1e9:.0f} s from now", partner=partner.node_id)
    if partner.is_isolated:
        raise _refused(node, "isolated", partner=partner.node_id)
    return partner


def _refused(node: ExchangeNode, reason: str, *, partner: str) -> InputError:
    node.note("exchange.pull-refused", partner=partner, reason=reason[:300])
    return InputError("the question does not count here", where="body", remedy="ask this node's people")


def sync(
    node: ExchangeNode,
    partner_id: str,
    *,
    url: str | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> SyncReport:
    """Bring a partner everything that waits for it, then fetch everything that waits there.

    Parameters
    ----------
    url : str, optional
        Where the partner's node listens. Default: as it was entered.
    transport : httpx2.BaseTransport, optional
        For tests.

    Raises
    ------
    SourceError
        The partner does not answer, or not as a node does. What passed before it has passed.
    """
    import httpx2

    partner = node.state.partner(partner_id)
    base = (url or partner.url).rstrip("/")
    if not base:
        raise InputError(f"{partner_id} has no address", where="--url", remedy="give its URL, or exchange by files")
    report = SyncReport(partner_id)
    timeout = httpx2.Timeout(_READ_S, connect=_CONNECT_S)
    with httpx2.Client(transport=transport, timeout=timeout, follow_redirects=False) as client:
        try:
            _push(node, partner, client, base, report)
            _pull(node, partner, client, base, report)
        except httpx2.HTTPError as error:
            what = f"{partner_id} does not answer: {type(error).__name__}"
            raise SourceError(what, where=base, remedy="what passed has passed; try again") from error
    return report


def _push(node: ExchangeNode, partner: Partner, client: httpx2.Client, base: str, report: SyncReport) -> None:
    for _ in range(_MOST_ROUNDS):
        with node.state.change() as change:
            waiting = change.waiting(partner.node_id)
            data = change.out_bundle(partner.node_id, waiting[0]) if waiting else None
        sequence = waiting[0] if waiting else None
        if data is None:
            made, data = export_bundle(node, partner.node_id)
            sequence = made.sequence
        if data is None or sequence is None:
            return
        answer = client.post(f"{base}/api/v1/exchange/bundles", content=data, headers=_BYTES)
        told = _json(answer, base)
        if not _is_taken(node, partner, told, sequence):
            reasons = told.get("reasons")
            report.refused_there.append(str(reasons or told.get("detail") or answer.status_code)[:300])
            return
        with node.state.change() as change:
            change.acknowledge(partner.node_id, sequence)
        report.pushed_bundles += 1
        report.pushed_records += int(told.get("accepted", 0)) + int(told.get("duplicates", 0))
        if told.get("quarantined") or told.get("rejected"):
            report.refused_there.append(str(told.get("reasons"))[:300])


def _is_taken(node: ExchangeNode, partner: Partner, told: Mapping[str, Any], sequence: int) -> bool:
    """Say whether the partner signed that it has the bundle."""
    receipt, signatures = told.get("receipt"), told.get("signatures")
    if not isinstance(receipt, dict) or set(receipt) != _RECEIPT_FIELDS or not isinstance(signatures, list):
        return False
    found = verify(receipt, signatures, keys=node.keys.ring(), context=Context.EXCHANGE, at_tai_ns=node.clock())
    with node.state.change() as change:
        own = change.out_digest(partner.node_id, sequence)
    return (
        found.valid
        and found.parties == {partner.party}
        and receipt["form"] == _RECEIPT
        and (receipt["from_node"], receipt["to_node"]) == (partner.node_id, node.node_id)
        and (receipt["sequence"], receipt["bundle"], receipt["taken"]) == (sequence, own, True)
    )


def _pull(node: ExchangeNode, partner: Partner, client: httpx2.Client, base: str, report: SyncReport) -> None:
    for _ in range(_MOST_ROUNDS):
        with node.state.change() as change:
            want = change.wanted(partner.node_id)
        question = {
            "form": _PULL,
            "from_node": node.node_id,
            "to_node": partner.node_id,
            "want": want,
            "written_utc": format_utc(node.clock(), digits=3),
            "nonce": secrets.token_hex(16),
        }
        signatures = sign(question, key=node.signing_key(), context=Context.EXCHANGE, signed_tai_ns=node.clock())
        body = json.dumps({"pull": question, "signatures": signatures}).encode()
        limit = BundleLimits().bytes
        with client.stream("POST", f"{base}/api/v1/exchange/pull", content=body, headers=_BYTES) as answer:
            data = b""
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > limit:
                    break
        if answer.status_code == 204:
            return
        if answer.status_code != 200:
            report.refused_there.append(f"asked for bundle {want}: answer {answer.status_code}")
            return
        made = import_bundle(node, data, partner=partner.node_id)
        report.imports.append(made)
        report.pulled_bundles += 1
        with node.state.change() as change:
            if change.wanted(partner.node_id) == want:
                return  # it was not taken: the same would come again


_BYTES: Final = {"Content-Type": "application/octet-stream"}


def _json(answer: httpx2.Response, base: str) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as error:
        raise SourceError(f"no answer of a node: {answer.status_code}", where=base) from error
    return told if isinstance(told, dict) else {}
