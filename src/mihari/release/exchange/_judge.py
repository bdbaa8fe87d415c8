"""Judges a bundle: first as a whole, then record by record; nothing is written here.

What is wrong with a bundle says who is to blame. Bytes that a partner did not sign blame nobody: whoever can reach the
node can send them. What a partner did sign blames the partner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from mihari.errors import FormatError, InputError
from mihari.ids import SIMULATED_NAME_END, SIMULATED_NORAD_FROM
from mihari.model.label import Label
from mihari.model.provenance import DataMode
from mihari.release.audit import tree_root
from mihari.release.exchange._bundle import Bundle, SignedHeader
from mihari.release.exchange._change import Change
from mihari.release.exchange._item import Item, read_item
from mihari.release.exchange._partner import Partner
from mihari.release.exchange._records import EXCHANGED_KINDS, ExchangedKind, Row, checked_label, objects_of
from mihari.release.exchange._trail import TrailCheck
from mihari.release.signing import CLOCK_SKEW_NS, Context, KeyRing, verify

__all__ = ["Judgement", "Outcome", "Taken", "judge_header", "judge_items", "judge_order"]

Admits = Callable[[Label, frozenset[int], DataMode], bool]
"""Says whether this node's own party may see a record."""

_NOT_FOR_US: Final = "the label does not let this node see it"


class Outcome(Enum):
    """What a bundle is, as a whole."""

    NEXT = "next"
    GAP = "bundles before it are missing"
    LATE = "late: a later one came first"
    REPLAY = "replay: it was taken before"
    EQUIVOCATION = "equivocation: two different bundles under one number"
    FUTURE = "from the future"


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that is taken: its place in the bundle, the item, its kind, and its row."""

    place: int
    item: Item
    record_id: str
    kind: ExchangedKind
    row: Row


@dataclass(slots=True)
class Judgement:
    """What becomes of the records of a bundle.

    Attributes
    ----------
    taken : list of Taken
    duplicates : int
        Known already.
    quarantined : list of (bytes, str)
        The line and why.
    rejected : list of str
        Reasons; such a record is not kept anywhere.
    leaves : list of bytes
    """

    taken: list[Taken] = field(default_factory=list)
    duplicates: int = 0
    quarantined: list[tuple[bytes, str]] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)


def judge_header(
    signed: SignedHeader, *, partner: Partner, own_node: str, keys: KeyRing, now_tai_ns: int
) -> tuple[str, ...]:
    """Say why a header is not this partner's word to this node; nothing when it is.

    Its key must count at this moment, whatever time the header states.
    """
    header = signed.header
    found = verify(
        header.document(),
        signed.signatures,
        keys=keys,
        context=Context.EXCHANGE,
        at_tai_ns=_no_earlier(signed, now_tai_ns),
    )
    if not found.valid:
        return found.reasons
    if found.parties != {partner.party} or header.from_party != partner.party:
        return (f"signed by {', '.join(sorted(found.parties))}, not by {partner.party}",)
    if header.from_node != partner.node_id:
        return (f"it comes from {header.from_node}, not from {partner.node_id}",)
    if header.to_node != own_node:
        return (f"it is for {header.to_node}, not for {own_node}",)
    if header.sequence < 1:
        return ("it has no number",)
    return ()


def _no_earlier(signed: SignedHeader, now_tai_ns: int) -> int:
    # A bundle from the future must be known for what it is, and set aside, rather than refused as unsigned.
    return max(now_tai_ns, signed.header.written_tai_ns)


def judge_order(signed: SignedHeader, change: Change, *, now_tai_ns: int) -> Outcome:
    """Say how a bundle stands to those of the same sender that came before."""
    header = signed.header
    known = change.in_bundle(header.from_node, header.sequence)
    if known is not None:
        return Outcome.REPLAY if known.digest == signed.digest() else Outcome.EQUIVOCATION
    before = change.in_bundle(header.from_node, header.sequence - 1)
    after = change.in_bundle(header.from_node, header.sequence + 1)
    if before is not None and before.digest != header.previous:
        return Outcome.EQUIVOCATION
    if after is not None and after.previous != signed.digest():
        return Outcome.EQUIVOCATION
    if header.written_tai_ns > now_tai_ns + CLOCK_SKEW_NS:
        return Outcome.FUTURE
    if before is None and header.sequence > 1:
        return Outcome.GAP
    return Outcome.NEXT if after is None else Outcome.LATE


def judge_items(
    bundle: Bundle,
    change: Change,
    *,
    partner: Partner,
    own_node: str,
    admits: Admits,
    keys: KeyRing,
    now_tai_ns: int,
) -> Judgement:
    """Judge every record of a bundle whose header counts.

    Raises
    ------
    FormatError
        The records are not those whose Merkle root was signed.
    """
    trails = TrailCheck(bundle.hops, bundle.signed, keys, now_tai_ns)
    made = Judgement()
    read: list[tuple[int, bytes, Item | None, str]] = []
    for place, line in enumerate(bundle.lines):
        try:
            item, reason = read_item(line), ""
            made.leaves.append(item.leaf)
        except InputError as error:
            item, reason = None, error.what
            made.leaves.append(b"\0" * 32)
        read.append((place, line, item, reason))
    if all(item is not None for _, _, item, _ in read) and tree_root(made.leaves).hex() != bundle.header.records_root:
        raise FormatError("the records are not those whose root was signed", where="bundle")
    seen: set[str] = set()
    for place, line, item, reason in read:
        if item is None:
            made.quarantined.append((line, reason))
            continue
        record_id = item.record_id
        came_from_here = any(
            hop.header.from_node == own_node for step in item.trail if (hop := bundle.hops.get(step.header))
        )
        if record_id in seen or change.received(record_id) is not None or came_from_here:
            made.duplicates += 1
            continue
        seen.add(record_id)
        try:
            kind, row = _row(item, bundle, partner=partner, now_tai_ns=now_tai_ns)
            label = item.label
        except InputError as error:
            made.quarantined.append((line, error.what))
            continue
        if not admits(label, objects_of(kind, row), item.data_mode):
            made.rejected.append(_NOT_FOR_US)
        elif doubt := kind.doubt(row, keys, now_tai_ns):
            made.quarantined.append((line, doubt))
        elif fault := trails.fault(item):
            made.quarantined.append((line, f"its trail: {fault}"))
        else:
            made.taken.append(Taken(place, item, record_id, kind, row))
    return made


def _row(item: Item, bundle: Bundle, *, partner: Partner, now_tai_ns: int) -> tuple[ExchangedKind, Row]:
    kind = EXCHANGED_KINDS.get(item.kind)
    if kind is None:
        raise FormatError(f"records of kind {item.kind[:40]!r} are not exchanged")
    if partner.sends and kind.name not in partner.sends:
        raise FormatError(f"records of kind {kind.name} are not taken from this partner")
    if item.content["data_mode"] != bundle.header.data_mode.value:
        raise FormatError("the record is of another data mode than its bundle")
    row = kind.row(item.content["record"])
    checked_label(kind, row, item.content["label"])
    _check_mode(row, item.data_mode)
    moment = kind.moment_tai_ns(row)
    if moment is not None and moment > now_tai_ns + CLOCK_SKEW_NS:
        raise FormatError("it says that it was made in the future")
    author = kind.author(row)
    first = bundle.hops.get(item.trail[0].header) if item.trail else bundle.signed
    if author and (first is None or first.header.from_party != author):
        raise FormatError(f"it speaks for {author[:63]}, whose node did not send it")
    return kind, row


def _check_mode(row: Mapping[str, Any], mode: DataMode) -> None:
    number, name = row.get("norad_cat_id"), row.get("object_name")
    is_simulated = isinstance(number, int) and number >= SIMULATED_NORAD_FROM
    is_marked = is_simulated and str(name or "").endswith(SIMULATED_NAME_END)
    if mode is DataMode.REAL and (is_marked or row.get("is_simulated")):
        raise FormatError("a simulated object among REAL records")
