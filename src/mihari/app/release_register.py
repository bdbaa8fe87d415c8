"""What a release takes from the asset register, the instruments and the list of what is not known, for one audience.

The register is read with the eyes of the audience: an entry that it may not see is as if it had never been written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from mihari.app.asset_register import asset_register, protection_statements
from mihari.app.release_facts import EventFacts
from mihari.app.space_events import space_event_file
from mihari.model.asset import Asset
from mihari.model.label import Label
from mihari.model.party import PartyBook
from mihari.model.space_event import SpaceEvent
from mihari.policy.access import Viewer
from mihari.policy.assets import operators_of, statements_on, unknown_fields
from mihari.policy.consultation import concerns, relevant_instruments
from mihari.policy.instruments import load_instruments
from mihari.release.products import Template
from mihari.store import EmbeddedStore, Sight, Store, StoreMode

__all__ = ["UNKNOWN", "known_operators", "not_known", "with_register"]

UNKNOWN: Final = "unknown"
_TABLES: Final = frozenset({"assets", "instruments", "unknown"})
_ABOUT: Final = {
    "owner": ("assets[].operator", "the owner", "所有者"),
    "operator": ("assets[].operator", "the operator", "運用者"),
    "registry_state": ("assets[].registry_state", "the State of registry", "登録国"),
    "responsible_state": ("assets[].responsible_state", "the responsible State", "責任国"),
    "function": ("assets[].function", "the general function", "一般的機能"),
    "launch_site": ("register[].launch_site", "the place of launch", "打上げの場所"),
    "contact": ("register[].contact", "whom to contact", "連絡先"),
}


def known_operators(
    store: Store, known: EventFacts, operators: Mapping[int, frozenset[str]]
) -> dict[int, frozenset[str]]:
    """Return who operates the objects of an event: what was given, and what the register says besides."""
    found = dict(operators)
    if known.objects:
        assets = asset_register(store, objects=known.objects, data_mode=known.data_mode)
        for number, names in operators_of(assets).items():
            found[number] = found.get(number, frozenset()) | names
    return found


def with_register(
    known: EventFacts,
    template: Template,
    *,
    folder: Path,
    viewer: Viewer,
    is_told: Callable[[Label], bool],
    book: PartyBook,
    at_tai_ns: int,
) -> EventFacts:
    """Return the facts with assets, instruments and what is not known; a product without these gets none.

    Parameters
    ----------
    known : EventFacts
    folder : Path
        Of the record store.
    viewer : Viewer
        The audience: rows that it does not see are not read.
    is_told : callable
        Whether data under a label may go on to the audience, consents counted.
    """
    if known.kind == "" or not _needs_register(template):
        return known
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        event = space_event_file(store, known.event_id, data_mode=known.data_mode).newest
    with EmbeddedStore.open(folder, mode=StoreMode.READ, sight=Sight(viewer=viewer, at_tai_ns=at_tai_ns)) as store:
        mode = known.data_mode
        assets = asset_register(store, objects=known.objects, data_mode=mode, is_told=is_told)
        statements = protection_statements(store, data_mode=mode, is_told=is_told)
    assets = tuple(each if is_told(each.label) else _named_only(each) for each in assets)
    shown = relevant_instruments(event, concerns(assets), instruments=load_instruments(), book=book)
    used = {one.statement_id: one.label for each in assets for one in statements_on(each, statements)}
    facts = {
        **known.facts,
        "assets": [_asset(each) for each in assets],
        "register": [_registered(each) for each in assets],
        "instruments": [
            {
                "name": {"en": each.instrument.name_en, "ja": each.instrument.name_ja},
                "provision": each.instrument.provision,
                "legal_nature": each.instrument.nature.value.lower(),
                "says": {"en": each.instrument.line_en, "ja": each.instrument.line_ja},
                "source_checked": each.instrument.source_checked,
                "why": {"en": each.reason_en, "ja": each.reason_ja},
            }
            for each in shown
        ],
        "unknown": [
            {"about": about, "text": {"en": en, "ja": ja}}
            for about, en, ja in (*not_known(event), *_not_known_of(assets))
        ],
    }
    return replace(known, facts=facts, terms=(*(each.label for each in assets), *used.values()))


def not_known(event: SpaceEvent) -> Sequence[tuple[str, str, str]]:
    """Return what a report leaves open: the field that it is about, and the words in English and Japanese."""
    found = []
    if not event.objects:
        found.append(("objects[].norad_cat_id", "which objects are concerned", "どの物体が関係するか"))
    if event.confidence is None:
        en, ja = "how good the sources are: no confidence was given", "情報源の確かさ: 確信度は示されていない"
        found.append(("event.confidence", en, ja))
    if event.end_tai_ns is None:
        found.append(("event.end_utc", "when it ended, or whether it did", "いつ終わったか、または終わったかどうか"))
    return found


def _not_known_of(assets: Iterable[Asset]) -> Iterable[tuple[str, str, str]]:
    for asset in assets:
        for name in unknown_fields(asset):
            about, en, ja = _ABOUT[name]
            yield about, f"{en} of {asset.asset_id}", f"{asset.asset_id} の{ja}"


def _needs_register(template: Template) -> bool:
    return any("each" in section or section.get("table") in _TABLES for section in template.sections)


def _named_only(asset: Asset) -> Asset:
    """Public data under a label that goes no further: the number stays, for the event names it."""
    return Asset(
        asset_id=asset.asset_id,
        norad_cat_id=asset.norad_cat_id,
        name=f"object {asset.norad_cat_id}",
        written_tai_ns=0,
        written_by=asset.written_by,
        label=Label(),
        data_mode=asset.data_mode,
        sources=("no public data",),
    )


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "name": asset.name,
        "norad_cat_id": asset.norad_cat_id,
        "operator": asset.operator or UNKNOWN,
        "registry_state": asset.registry_state or UNKNOWN,
        "responsible_state": asset.responsible_state or UNKNOWN,
        "function": asset.function or UNKNOWN,
    }


def _registered(asset: Asset) -> dict[str, Any]:
    """Return what the register knows for a draft; what it does not know is left to the person who completes it."""
    return {
        "name": asset.name,
        "norad_cat_id": asset.norad_cat_id,
        "object_id": asset.object_id,
        "operator": asset.operator,
        "registry_state": asset.registry_state,
        "responsible_state": asset.responsible_state,
        "launching_states": ", ".join(asset.launching_states) or None,
        "launch_utc": asset.launch_date_utc,
        "launch_site": asset.launch_site,
        "nodal_period_s": asset.nodal_period_s,
        "inclination_rad": asset.inclination_rad,
        "apogee_m": asset.apogee_m,
        "perigee_m": asset.perigee_m,
        "function": asset.function,
        "contact": asset.contact,
    }
