"""A partner: another node that this one exchanges records with, as its people entered it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from mihari.errors import FormatError, InputError

__all__ = ["Partner", "PartnerStatus", "partner_document", "partner_from_document"]

_NODE: Final = re.compile(r"^[a-z0-9][a-z0-9.-]{0,62}$")


class PartnerStatus(Enum):
    """Whether anything passes."""

    ACTIVE = "ACTIVE"
    ISOLATED = "ISOLATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another node.

    Attributes
    ----------
    node_id : str
        Small letters, digits, dots, hyphens.
    party : str
        Whose node it is: its keys are those of this party, and it is shown what this party may see.
    url : str
        Where it listens; empty for one that is reached by files only.
    status : PartnerStatus
    reason : str
        Why it is isolated, and by whom.
    sends, takes : frozenset of str
        Kinds of records that are taken from it, and given to it; empty means all.
    bundles_per_minute, bytes_per_hour : int
        What is taken from it at most.
    """

    node_id: str
    party: str
    url: str = ""
    status: PartnerStatus = PartnerStatus.ACTIVE
    reason: str = ""
    sends: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    bundles_per_minute: int = 60
    bytes_per_hour: int = 1 << 30

    def __post_init__(self) -> None:
        if not _NODE.match(self.node_id):
            raise InputError(f"{self.node_id[:80]!r} is no name of a node", remedy="small letters, digits, hyphens")
        if not self.party:
            raise InputError("a partner has a party", where=self.node_id)
        if self.url and not self.url.startswith(("http://", "https://")):
            raise InputError(f"{self.url[:80]!r} is no address", where=self.node_id, remedy="begin with https://")
        if self.bundles_per_minute < 1 or self.bytes_per_hour < 1:
            raise InputError("a limit below one lets nothing pass", where=self.node_id, remedy="isolate it instead")

    @property
    def is_isolated(self) -> bool:
        """Say whether nothing passes."""
        return self.status is PartnerStatus.ISOLATED


def partner_document(partner: Partner) -> dict[str, Any]:
    """Return a partner as JSON."""
    return {
        "node_id": partner.node_id,
        "party": partner.party,
        "url": partner.url,
        "status": partner.status.value,
        "reason": partner.reason,
        "sends": sorted(partner.sends),
        "takes": sorted(partner.takes),
        "bundles_per_minute": partner.bundles_per_minute,
        "bytes_per_hour": partner.bytes_per_hour,
    }


def partner_from_document(document: Mapping[str, Any]) -> Partner:
    """Read a partner; raise FormatError where it is none."""
    try:
        return Partner(
            node_id=str(document["node_id"]),
            party=str(document["party"]),
            url=str(document["url"]),
            status=PartnerStatus(document["status"]),
            reason=str(document["reason"]),
            sends=frozenset(document["sends"]),
            takes=frozenset(document["takes"]),
            bundles_per_minute=int(document["bundles_per_minute"]),
            bytes_per_hour=int(document["bytes_per_hour"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"is no partner: {error}") from error
