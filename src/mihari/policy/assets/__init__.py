"""The asset register: who owns, operates, registers, relies on and says to protect which object."""

from __future__ import annotations

from mihari.model.asset import Asset, ProtectionStatement, ServicingConsent, StatementStatus

__all__ = ["Asset", "ProtectionStatement", "ServicingConsent", "StatementStatus"]
