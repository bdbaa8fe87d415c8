"""The asset register: who owns, operates, registers, relies on and says to protect which object."""

from __future__ import annotations

from mihari.model.asset import Asset, ProtectionStatement, ServicingConsent, StatementStatus
from mihari.policy.assets._register import (
    OWNER_SOURCE,
    asset_from_catalogue,
    asset_id_of,
    operators_of,
    owner_party,
    unknown_fields,
    with_entries,
)
from mihari.policy.assets._statements import (
    Conflict,
    assets_without_statement,
    conflicts,
    contributions,
    statements_on,
    with_protection,
)

__all__ = [
    "OWNER_SOURCE",
    "Asset",
    "Conflict",
    "ProtectionStatement",
    "ServicingConsent",
    "StatementStatus",
    "asset_from_catalogue",
    "asset_id_of",
    "assets_without_statement",
    "conflicts",
    "contributions",
    "operators_of",
    "owner_party",
    "statements_on",
    "unknown_fields",
    "with_entries",
    "with_protection",
]
