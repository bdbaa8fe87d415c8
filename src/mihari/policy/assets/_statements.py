"""Protection statements beside each other: who says what of which asset, where they differ, who contributes what.

Nothing here weighs a statement. A conflict is that two parties state different things of the same asset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mihari.model.asset import Asset, ProtectionStatement, StatementStatus

__all__ = ["Conflict", "assets_without_statement", "conflicts", "contributions", "statements_on", "with_protection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Statements on one asset that differ, and in what."""

    asset_id: str
    statement_ids: tuple[str, ...]
    reason_en: str
    reason_ja: str


def statements_on(asset: Asset, statements: Iterable[ProtectionStatement]) -> tuple[ProtectionStatement, ...]:
    """Return the statements that name an asset, withdrawn ones last, by party."""
    found = [each for each in statements if asset.asset_id in each.asset_ids]
    return tuple(sorted(found, key=lambda each: (each.withdrawn, each.party, each.statement_id)))


def with_protection(asset: Asset, statements: Iterable[ProtectionStatement]) -> tuple[str, ...]:
    """Return the parties that a standing statement names as protecting an asset; declared or agreed, not disputed."""
    standing = (StatementStatus.DECLARED, StatementStatus.AGREED)
    found = {each.party for each in statements_on(asset, statements) if not each.withdrawn and each.status in standing}
    return tuple(sorted(found))


def assets_without_statement(assets: Iterable[Asset], statements: Sequence[ProtectionStatement]) -> tuple[Asset, ...]:
    """Return the assets that no standing statement names."""
    named = {name for each in statements if not each.withdrawn for name in each.asset_ids}
    return tuple(each for each in assets if each.asset_id not in named)


def conflicts(statements: Sequence[ProtectionStatement]) -> tuple[Conflict, ...]:
    """Return the assets of which parties state different things: another status, instrument or justification."""
    by_asset: dict[str, list[ProtectionStatement]] = {}
    for each in statements:
        if not each.withdrawn:
            for name in each.asset_ids:
                by_asset.setdefault(name, []).append(each)
    found = []
    for name, told in sorted(by_asset.items()):
        words: list[tuple[str, str]] = []
        if any(each.status is StatementStatus.DISPUTED for each in told):
            words.append(("a statement is disputed", "争いのある声明がある"))
        if len({each.status for each in told}) > 1:
            words.append(("statuses differ", "状態が異なる"))
        if len({each.instrument_id for each in told}) > 1:
            words.append(("instruments differ", "根拠文書が異なる"))
        if len({each.party for each in told}) > 1 and len({each.justification_en.strip() for each in told}) > 1:
            words.append(("stated justifications differ", "述べられた理由が異なる"))
        if words:
            found.append(
                Conflict(
                    asset_id=name,
                    statement_ids=tuple(sorted(each.statement_id for each in told)),
                    reason_en="; ".join(each[0] for each in words),
                    reason_ja="、".join(each[1] for each in words),
                )
            )
    return tuple(found)


def contributions(statements: Iterable[ProtectionStatement]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what each party says it contributes: pairs of statement and capability, in its own words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in statements:
        if each.capability and not each.withdrawn:
            found.setdefault(each.party, []).append((each.statement_id, each.capability))
    return {party: tuple(sorted(told)) for party, told in sorted(found.items())}
