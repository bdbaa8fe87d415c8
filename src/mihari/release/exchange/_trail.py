"""Checks the trail of a record: every hop signed, each handed to the next, the same content in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mihari.release.audit import is_included
from mihari.release.exchange._bundle import SignedHeader
from mihari.release.exchange._item import Item
from mihari.release.signing import Context, KeyRing, verify

__all__ = ["TrailCheck"]


@dataclass(slots=True)
class TrailCheck:
    """Checks trails against the headers that one bundle brought; each header's signatures are checked once.

    Attributes
    ----------
    hops : mapping
        Headers of earlier hops by digest.
    last : SignedHeader
        The bundle's own header, checked already.
    keys : KeyRing
    now_tai_ns : int
        A hop's key must count now: whoever holds a stolen key may put any date on a header.
    """

    hops: Mapping[str, SignedHeader]
    last: SignedHeader
    keys: KeyRing
    now_tai_ns: int
    _judged: dict[str, str] = field(default_factory=dict)

    def fault(self, item: Item) -> str:
        """Say what is wrong with an item's trail; empty when nothing is."""
        leaf = item.leaf
        seen = {self.last.header.to_node}
        for place, step in enumerate(item.trail):
            hop = self.hops.get(step.header)
            if hop is None:
                return f"hop {place} is not in the bundle"
            if reason := self._judge(step.header, hop):
                return f"hop {place} ({hop.header.from_node[:60]}): {reason}"
            header = hop.header
            if not is_included(leaf, step.index, header.records, step.path, bytes.fromhex(header.records_root)):
                return f"hop {place} did not carry this record"
            if header.data_mode is not self.last.header.data_mode:
                return f"hop {place} carried it as {header.data_mode.value}"
            after = item.trail[place + 1] if place + 1 < len(item.trail) else None
            onward = self.last if after is None else self.hops.get(after.header)
            if onward is None or onward.header.from_node != header.to_node:
                return f"hop {place} did not hand it to the next"
            if onward.header.written_tai_ns < header.written_tai_ns:
                return f"hop {place} is later than the next"
            if header.from_node in seen:
                return f"hop {place} goes in a circle"
            seen.add(header.from_node)
        return ""

    def _judge(self, digest: str, hop: SignedHeader) -> str:
        if digest not in self._judged:
            header = hop.header
            found = verify(
                header.document(), hop.signatures, keys=self.keys, context=Context.EXCHANGE, at_tai_ns=self.now_tai_ns
            )
            if not found.valid:
                self._judged[digest] = "; ".join(found.reasons)
            elif found.parties != {header.from_party}:
                self._judged[digest] = f"not signed by {header.from_party[:63]}"
            else:
                self._judged[digest] = ""
        return self._judged[digest]
