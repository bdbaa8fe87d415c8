"""Which instruments may be relevant to an event, and why: kind and parties fit. Never more than that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mihari.model.asset import Asset
from mihari.model.party import PartyBook
from mihari.model.space_event import SpaceEvent
from mihari.policy.events import event_rule
from mihari.policy.instruments import ANY_PARTY, Instrument, InstrumentBook
from mihari.policy.language import Language

__all__ = ["Concern", "Relevance", "concerns", "relevant_instruments"]

_ROLES: tuple[tuple[str, str, str], ...] = (
    ("owner", "owner", "所有者"),
    ("operator", "operator", "運用者"),
    ("registry_state", "State of registry", "登録国"),
    ("responsible_state", "responsible State", "責任国"),
    ("relied_on_by", "relying user", "依存する者"),
    ("protecting_parties", "stated protector", "保護を表明する者"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One party's part in one affected asset."""

    party: str
    role_en: str
    role_ja: str
    asset_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """An instrument that may be relevant, and why it is shown."""

    instrument: Instrument
    reason_en: str
    reason_ja: str


def concerns(assets: Iterable[Asset]) -> tuple[Concern, ...]:
    """Return who has which part in affected assets."""
    found = []
    for asset in assets:
        for name, role_en, role_ja in _ROLES:
            value = getattr(asset, name)
            for party in (value,) if isinstance(value, str) else value or ():
                found.append(Concern(party=party, role_en=role_en, role_ja=role_ja, asset_id=asset.asset_id))
    return tuple(found)


def relevant_instruments(
    event: SpaceEvent, concerned: Iterable[Concern], *, instruments: InstrumentBook, book: PartyBook
) -> tuple[Relevance, ...]:
    """Return the instruments that may be relevant, binding ones first, each with its reason in both languages."""
    told = tuple(concerned)
    words = event_rule(event.kind).words
    found = []
    for each in instruments.of_kind(event.kind):
        kind_en = f"shown for events of kind {words[Language.EN]}"
        kind_ja = f"事象の種類「{words[Language.JA]}」について表示"
        if ANY_PARTY in each.parties:
            found.append(
                Relevance(
                    instrument=each,
                    reason_en=f"{kind_en}; parties are not listed here: look up whether those concerned are",
                    reason_ja=f"{kind_ja}。当事国の一覧はここにはない: 関係者が当事国か確認のこと",
                )
            )
            continue
        fitting = [one for one in told if book.groups_of(one.party) & each.parties]
        if fitting:
            parts_en = sorted({f"{one.party} ({one.role_en} of {one.asset_id})" for one in fitting})
            parts_ja = sorted({f"{one.party} ({one.asset_id} の{one.role_ja})" for one in fitting})
            found.append(
                Relevance(
                    instrument=each,
                    reason_en=f"{kind_en}; among its parties: {', '.join(parts_en)}",
                    reason_ja=f"{kind_ja}。当事者に含まれる: {'、'.join(parts_ja)}",
                )
            )
    return tuple(found)
