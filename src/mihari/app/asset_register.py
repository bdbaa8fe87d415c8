"""The asset register of a node: public data laid under what people entered, with history and protection statements."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl

from mihari.app.policy_records import keep_policy_record, newest_records, policy_records
from mihari.astro.time import format_utc
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2
from mihari.errors import InputError, NotFoundError
from mihari.model.asset import (
    Asset,
    ProtectionStatement,
    asset_document,
    asset_from_document,
    statement_document,
    statement_from_document,
)
from mihari.model.label import Label, join_labels, parse_label
from mihari.model.policy_record import PolicyRecordKind, check_person
from mihari.model.provenance import DataMode
from mihari.picture import mean_orbits
from mihari.policy.assets import (
    OWNER_SOURCE,
    asset_from_catalogue,
    asset_id_of,
    conflicts,
    contributions,
    statements_on,
    unknown_fields,
    with_entries,
    with_protection,
)
from mihari.policy.instruments import load_instruments
from mihari.policy.language import check_texts
from mihari.store import EmbeddedStore, Store

__all__ = [
    "asset_register",
    "asset_register_document",
    "enter_asset",
    "enter_protection_statement",
    "protection_document",
    "protection_statements",
    "withdraw_protection_statement",
]

_REMEDY: Final = "say what is stated, and put a party's own words into quotation"
_NOT_ENTERED: Final = frozenset({"written_utc", "written_by", "supersedes", "protecting_parties"})


def asset_register(
    store: Store,
    *,
    objects: Iterable[int] | None = None,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
    is_told: Callable[[Label], bool] | None = None,
) -> tuple[Asset, ...]:
    """Return the register: asked objects, also those of which nothing is known, or everything that people entered.

    Parameters
    ----------
    objects : iterable of int, optional
        Catalogue numbers. Default: the assets that somebody entered or that a protection statement names.
    is_told : callable, optional
        Entries and statements whose label it does not let through are as if they had never been written.
    """
    mode = data_mode or store.default_data_mode(as_of_tai_ns=as_of_tai_ns) or DataMode.REAL
    entered = {
        name: asset_from_document(each.document)
        for name, each in newest_records(
            store, PolicyRecordKind.ASSET, as_of_tai_ns=as_of_tai_ns, data_mode=mode, is_told=is_told
        ).items()
    }
    statements = protection_statements(store, as_of_tai_ns=as_of_tai_ns, data_mode=mode, is_told=is_told)
    if objects is None:
        named = {name for each in statements for name in each.asset_ids} | set(entered)
        numbers = {each.norad_cat_id for each in entered.values() if each.norad_cat_id is not None}
        numbers |= {int(name.removeprefix("NORAD-")) for name in named if name.removeprefix("NORAD-").isdigit()}
        alone = [each for name, each in entered.items() if each.norad_cat_id is None]
    else:
        numbers, alone = set(objects), []
    public = _public_assets(store, numbers, as_of_tai_ns=as_of_tai_ns, mode=mode)
    found = [with_entries(each, entered.get(each.asset_id)) for each in public]
    found += alone
    return tuple(
        replace(each, protecting_parties=with_protection(each, statements))
        for each in sorted(found, key=lambda one: (one.norad_cat_id is None, one.norad_cat_id or 0, one.asset_id))
    )


def enter_asset(
    store: EmbeddedStore,
    document: Mapping[str, Any],
    *,
    written_by: str,
    label: Label,
    data_mode: DataMode,
    now_tai_ns: int,
) -> Asset:
    """Keep what a named person enters about an asset; members left out stay as they were entered before.

    Raises
    ------
    InputError
        No person, a member that cannot be entered, or a text that says what none may.
    """
    author = check_person(written_by, where="--by")
    for name in document:
        if name in _NOT_ENTERED:
            raise InputError("is not entered here", where=str(name), remedy="protection statements have their own door")
    number = document.get("norad_cat_id")
    asset_id = document.get("asset_id") or (asset_id_of(number) if isinstance(number, int) else None)
    if not isinstance(asset_id, str):
        raise InputError("names no asset", where="asset_id", remedy="give asset_id or norad_cat_id")
    if asset_id.removeprefix("NORAD-").isdigit():
        number = int(asset_id.removeprefix("NORAD-"))
    known = policy_records(store, PolicyRecordKind.ASSET, subject_id=asset_id, data_mode=data_mode)
    before = dict(known[-1].document) if known else {}
    merged = {
        **before,
        **document,
        "asset_id": asset_id,
        "norad_cat_id": number,
        "written_utc": format_utc(now_tai_ns, digits=9),
        "written_by": author,
        "label": str(label),
        "data_mode": data_mode.value,
        "supersedes": known[-1].record_id if known else "",
    }
    merged.setdefault("name", asset_id)
    merged["sources"] = list(dict.fromkeys([*before.get("sources", []), *document.get("sources", []), author]))
    asset = asset_from_document(merged)
    check_texts({"note": asset.note, "function": asset.function or ""}, remedy=_REMEDY)
    keep_policy_record(
        store,
        kind=PolicyRecordKind.ASSET,
        subject_id=asset_id,
        document=asset_document(asset),
        written_by=author,
        label=label,
        data_mode=data_mode,
        now_tai_ns=now_tai_ns,
    )
    return asset


def protection_statements(
    store: Store,
    *,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
    is_told: Callable[[Label], bool] | None = None,
) -> tuple[ProtectionStatement, ...]:
    """Return the newest version of every protection statement, withdrawn ones too."""
    found = newest_records(
        store,
        PolicyRecordKind.PROTECTION_STATEMENT,
        as_of_tai_ns=as_of_tai_ns,
        data_mode=data_mode,
        is_told=is_told,
    )
    return tuple(statement_from_document(each.document) for _, each in sorted(found.items()))


def enter_protection_statement(
    store: EmbeddedStore,
    document: Mapping[str, Any],
    *,
    written_by: str,
    label: Label,
    data_mode: DataMode,
    now_tai_ns: int,
) -> ProtectionStatement:
    """Keep what a named person enters of what a party states; a statement of the same id supersedes.

    Raises
    ------
    NotFoundError
        The instrument is not in the data.
    """
    author = check_person(written_by, where="--by")
    known = policy_records(
        store,
        PolicyRecordKind.PROTECTION_STATEMENT,
        subject_id=str(document.get("statement_id")),
        data_mode=data_mode,
    )
    statement = statement_from_document(
        {
            **document,
            "entered_by": author,
            "written_utc": format_utc(now_tai_ns, digits=9),
            "label": str(label),
            "data_mode": data_mode.value,
            "supersedes": known[-1].record_id if known else "",
        }
    )
    load_instruments().get(statement.instrument_id)
    check_texts(
        {
            "justification_en": statement.justification_en,
            "justification_ja": statement.justification_ja,
            "capability": statement.capability,
            "group": statement.group,
        },
        remedy=_REMEDY,
    )
    keep_policy_record(
        store,
        kind=PolicyRecordKind.PROTECTION_STATEMENT,
        subject_id=statement.statement_id,
        document=statement_document(statement),
        written_by=author,
        label=label,
        data_mode=data_mode,
        now_tai_ns=now_tai_ns,
    )
    return statement


def withdraw_protection_statement(
    store: EmbeddedStore, statement_id: str, *, written_by: str, data_mode: DataMode, now_tai_ns: int
) -> ProtectionStatement:
    """Mark a statement as withdrawn; it stays visible.

    Raises
    ------
    NotFoundError
        There is no such statement.
    """
    known = policy_records(store, PolicyRecordKind.PROTECTION_STATEMENT, subject_id=statement_id, data_mode=data_mode)
    if not known:
        raise NotFoundError(f"there is no statement {statement_id!r}", where="--withdraw")
    told = {
        name: value
        for name, value in known[-1].document.items()
        if name not in ("entered_by", "written_utc", "label", "data_mode", "supersedes")
    }
    return enter_protection_statement(
        store,
        {**told, "withdrawn": True},
        written_by=written_by,
        label=known[-1].label,
        data_mode=data_mode,
        now_tai_ns=now_tai_ns,
    )


def asset_register_document(
    store: Store,
    *,
    objects: Iterable[int] | None = None,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
) -> dict[str, Any]:
    """Return the register with what is unknown, the history of entries, and the statements on each asset."""
    assets = asset_register(store, objects=objects, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    statements = protection_statements(store, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    history: dict[str, list[dict[str, str]]] = {}
    for each in policy_records(store, PolicyRecordKind.ASSET, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode):
        written = format_utc(each.written_tai_ns, digits=3)
        history.setdefault(each.subject_id, []).append(
            {"written_utc": written, "written_by": each.written_by, "record_id": each.record_id}
        )
    return {
        "assets": [
            {
                **asset_document(each),
                "unknown": list(unknown_fields(each)),
                "history": history.get(each.asset_id, []),
                "statements": [one.statement_id for one in statements_on(each, statements)],
            }
            for each in assets
        ],
        "coverage": {
            "scope": "assets asked for" if objects is not None else "assets that people entered or statements name",
            "assets": len(assets),
            "without_statement": sum(not each.protecting_parties for each in assets),
        },
    }


def protection_document(
    store: Store, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
) -> dict[str, Any]:
    """Return all statements beside each other: by asset, in conflict, assets without one, who contributes what."""
    statements = protection_statements(store, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    assets = asset_register(store, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    return {
        "statements": [statement_document(each) for each in statements],
        "by_asset": {each.asset_id: [one.statement_id for one in statements_on(each, statements)] for each in assets},
        "without_statement": [each.asset_id for each in assets if not each.protecting_parties],
        "conflicts": [
            {
                "asset_id": each.asset_id,
                "statement_ids": list(each.statement_ids),
                "reason_en": each.reason_en,
                "reason_ja": each.reason_ja,
            }
            for each in conflicts(statements)
        ],
        "contributions": {
            party: [{"statement_id": name, "capability": words} for name, words in told]
            for party, told in contributions(statements).items()
        },
        "note_en": "Statements are the parties' own; this node weighs none of them.",
        "note_ja": "声明は各当事者のものであり、本ノードはその当否を判断しない。",
    }


def _public_assets(store: Store, numbers: set[int], *, as_of_tai_ns: int | None, mode: DataMode) -> list[Asset]:
    """What the satellite catalogue and the element sets say of some objects; their label is the sources' joint one."""
    if not numbers:
        return []
    wanted = pl.Series(sorted(numbers), dtype=pl.Int32)
    described = store.objects(as_of_tai_ns=as_of_tai_ns, data_mode=mode).frame
    rows = {
        row["norad_cat_id"]: row
        for row in described.filter(pl.col("norad_cat_id").is_in(wanted.implode())).iter_rows(named=True)
    }
    found = []
    for number in wanted:
        sets = store.history(number, as_of_tai_ns=as_of_tai_ns, data_mode=mode).frame
        newest = sets.row(-1, named=True) if sets.height else None
        row = dict(rows.get(number, {"norad_cat_id": number}))
        labels = []
        sources = [OWNER_SOURCE] if number in rows else []
        if newest is not None:
            row["object_name"] = row.get("object_name") or newest["object_name"]
            row["object_id"] = row.get("object_id") or newest["object_id"]
            labels.append(parse_label(newest["label"]))
            sources.append(f"element set of {newest['source']}")
        found.append(
            asset_from_catalogue(
                row,
                orbit=None if newest is None else _orbit(newest),
                sources=sources,
                label=join_labels(labels) if not any(each.audience.names_operator for each in labels) else labels[0],
                data_mode=mode,
                written_tai_ns=0 if newest is None else newest["learned_tai_ns"],
            )
        )
    return found


def _orbit(row: Mapping[str, Any]) -> dict[str, float]:
    """Basic orbital parameters as registration asks for them; the nodal period counts the turn of the perigee by J2."""
    orbit = mean_orbits(
        mean_motion_rev_day=np.array([row["mean_motion_rev_day"]]),
        eccentricity=np.array([row["eccentricity"]]),
        inclination_deg=np.array([row["inclination_deg"]]),
    )
    axis_m, shape = float(orbit.semi_major_axis_m[0]), float(orbit.eccentricity[0])
    tilt_rad, period_s = float(orbit.inclination_rad[0]), float(orbit.period_s[0])
    if not math.isfinite(period_s):
        return {}
    width_m = axis_m * (1.0 - shape**2)
    turn = 0.75 * EARTH_J2 * (EARTH_EQUATORIAL_RADIUS_M / width_m) ** 2 * (5.0 * math.cos(tilt_rad) ** 2 - 1.0)
    return {
        "nodal_period_s": period_s / (1.0 + turn),
        "inclination_rad": tilt_rad,
        "apogee_m": float(orbit.apogee_altitude_m[0]),
        "perigee_m": float(orbit.perigee_altitude_m[0]),
    }
