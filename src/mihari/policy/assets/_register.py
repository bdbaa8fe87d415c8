"""The register filled from public data, and laid over with what people entered.

The satellite catalogue names an owner by a code of its own. That makes an owner, where the code means one party, and
nothing else: State of registry, responsible State and operator stay unknown until a person enters them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import InputError
from mihari.model.asset import Asset
from mihari.model.label import Label
from mihari.model.provenance import DataMode

__all__ = [
    "OWNER_SOURCE",
    "asset_from_catalogue",
    "asset_id_of",
    "operators_of",
    "owner_party",
    "unknown_fields",
    "with_entries",
]

OWNER_SOURCE: Final = "satellite catalogue (SATCAT)"
NO_SOURCE: Final = "no public data"
_PREFIX: Final = "NORAD-"
_FROM_PUBLIC: Final = tuple(
    "norad_cat_id object_id owner owner_as_listed launch_date_utc nodal_period_s inclination_rad apogee_m perigee_m "
    "no_longer_in_orbit".split()
)
_SHOWN_UNKNOWN: Final = (
    "owner", "operator", "registry_state", "responsible_state", "function", "launch_site", "contact"
)  # fmt: skip


def asset_id_of(norad_cat_id: int) -> str:
    """Return the register's name of a catalogued object."""
    return f"{_PREFIX}{norad_cat_id}"


def owner_party(code: str | None) -> str | None:
    """Return the party that an owner code of the satellite catalogue means; None where it means none or many."""
    return None if code is None else _codes().get(code.strip().upper())


def asset_from_catalogue(
    row: Mapping[str, Any],
    *,
    orbit: Mapping[str, float] | None,
    sources: Sequence[str],
    label: Label,
    data_mode: DataMode,
    written_tai_ns: int,
) -> Asset:
    """Return what public data say of an object.

    Parameters
    ----------
    row : mapping
        Columns of `SPACE_OBJECT_SCHEMA`; of an object that no catalogue describes, its number alone.
    orbit : mapping or None
        `nodal_period_s`, `inclination_rad`, `apogee_m`, `perigee_m` of its newest element set.
    sources : sequence of str
        Where it comes from; empty where nothing public is known.
    written_tai_ns : int
        When the node learned it.
    """
    number = int(row["norad_cat_id"])
    decayed = row.get("decay_date_utc")
    return Asset(
        asset_id=asset_id_of(number),
        norad_cat_id=number,
        name=row.get("object_name") or f"object {number}",
        object_id=row.get("object_id"),
        owner=owner_party(row.get("owner")),
        owner_as_listed=row.get("owner"),
        launch_date_utc=row.get("launch_date_utc"),
        no_longer_in_orbit=True if decayed else None,
        sources=tuple(sources) or (NO_SOURCE,),
        written_tai_ns=written_tai_ns,
        written_by="public data",
        label=label,
        data_mode=data_mode,
        **(orbit or {}),  # type: ignore[arg-type]
    )


def with_entries(public: Asset, entered: Asset | None) -> Asset:
    """Return the register's view: what a person entered stands before what public data say."""
    if entered is None:
        return public
    if entered.asset_id != public.asset_id:
        raise InputError(f"{entered.asset_id} is laid over {public.asset_id}", where="asset_id")
    taken = {name: getattr(public, name) for name in _FROM_PUBLIC if getattr(entered, name) is None}
    return replace(
        entered,
        **taken,
        sources=tuple(each for each in dict.fromkeys((*entered.sources, *public.sources)) if each != NO_SOURCE),
    )


def operators_of(assets: Iterable[Asset]) -> dict[int, frozenset[str]]:
    """Return the known operators by catalogue number; an object without one is left out."""
    found: dict[int, set[str]] = {}
    for each in assets:
        if each.norad_cat_id is not None and each.operator is not None:
            found.setdefault(each.norad_cat_id, set()).add(each.operator)
    return {number: frozenset(parties) for number, parties in found.items()}


def unknown_fields(asset: Asset) -> tuple[str, ...]:
    """Return what the register does not know of an asset, of the fields that registration and consultation need."""
    return tuple(name for name in _SHOWN_UNKNOWN if getattr(asset, name) is None)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str | None]:
    path = files("mihari.policy.assets") / "data" / "owner_codes.json"
    codes: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8"))["codes"]
    return codes
