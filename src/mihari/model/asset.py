"""What the asset register knows of an object, and who says that it protects it: records that supersede each other.

Unknown is an answer of its own everywhere here (None), and is shown as such. Operator, State of registry and
responsible State are three different fields: treaties speak of different ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mihari.errors import InputError
from mihari.ids import check_norad_cat_id
from mihari.model._plain import from_plain, to_plain
from mihari.model.label import Label
from mihari.model.provenance import DataMode

__all__ = [
    "Asset",
    "ProtectionStatement",
    "ServicingConsent",
    "StatementStatus",
    "asset_document",
    "asset_from_document",
    "statement_document",
    "statement_from_document",
]

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")
_PARTY = re.compile(r"^[A-Z][A-Z0-9-]{0,62}$")


class ServicingConsent(Enum):
    """Whether the owner agrees that somebody approaches or services the object."""

    UNKNOWN = "UNKNOWN"
    NOT_ASKED = "NOT_ASKED"
    ASKED = "ASKED"
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class StatementStatus(Enum):
    """How a protection statement stands between those whom it concerns."""

    DECLARED = "DECLARED"
    AGREED = "AGREED"
    DISPUTED = "DISPUTED"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One object of the register as one record tells it; None is unknown.

    Attributes
    ----------
    asset_id : str
        ``NORAD-25544`` for catalogued objects; the same for every record about the asset.
    norad_cat_id : int or None
    object_id : str or None
        International designator, as the UN register has it.
    owner, operator, registry_state, launching_states, responsible_state
        Party ids as labels write them (``JP``, ``OP-JAXA``).
    owner_as_listed : str or None
        The owner in the words of the satellite catalogue, which is a code of its own.
    function : str or None
        General function, as the UN register asks for.
    relied_on_by, protecting_parties : tuple of str
        Party ids. Protecting parties stand here only where a protection statement says so.
    nodal_period_s, inclination_rad, apogee_m, perigee_m : float or None
        Basic orbital parameters as registration asks for them; altitudes above the equatorial radius.
    sources : tuple of str
        Where each of this comes from.
    written_by : str
        A person's name, or the source for what was filled from public data.
    """

    asset_id: str
    name: str
    written_tai_ns: int
    written_by: str
    label: Label
    data_mode: DataMode
    sources: tuple[str, ...]
    norad_cat_id: int | None = None
    object_id: str | None = None
    owner: str | None = None
    owner_as_listed: str | None = None
    operator: str | None = None
    registry_state: str | None = None
    launching_states: tuple[str, ...] = ()
    responsible_state: str | None = None
    function: str | None = None
    launch_date_utc: str | None = None
    launch_site: str | None = None
    nodal_period_s: float | None = None
    inclination_rad: float | None = None
    apogee_m: float | None = None
    perigee_m: float | None = None
    no_longer_in_orbit: bool | None = None
    relied_on_by: tuple[str, ...] = ()
    protecting_parties: tuple[str, ...] = ()
    servicing_consent: ServicingConsent = ServicingConsent.UNKNOWN
    contact: str | None = None
    note: str = ""
    supersedes: str = ""

    def __post_init__(self) -> None:
        _check_id(self.asset_id, "asset_id")
        if self.norad_cat_id is not None:
            check_norad_cat_id(self.norad_cat_id)
        if not self.written_by.strip() or not self.sources:
            raise InputError("an asset record needs its writer and its sources", where=self.asset_id)
        for name in ("owner", "operator", "registry_state", "responsible_state"):
            party = getattr(self, name)
            if party is not None:
                _check_party(party, name)
        for name in ("launching_states", "relied_on_by", "protecting_parties"):
            for party in getattr(self, name):
                _check_party(party, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionStatement:
    """Who says to protect which asset, by which instrument, and how they justify it; a statement, never a finding.

    Attributes
    ----------
    statement_id : str
        The same for every version of the statement.
    party : str
        Who states it; party ids as in labels.
    asset_ids : tuple of str
        The assets that it names; empty where it names a `group` only.
    instrument_id : str
        Of `mihari.policy.instruments`.
    justification_en, justification_ja : str
        As stated, in the party's words or a fair summary of them; `quotation` holds the words themselves.
    capability : str
        What the party contributes, in its words.
    entered_by : str
        A named person.
    withdrawn : bool
        The party or the person took it back; it stays visible.
    """

    statement_id: str
    party: str
    instrument_id: str
    justification_en: str
    status: StatementStatus
    source: str
    entered_by: str
    written_tai_ns: int
    label: Label
    data_mode: DataMode
    asset_ids: tuple[str, ...] = ()
    group: str = ""
    justification_ja: str = ""
    quotation: str = ""
    capability: str = ""
    withdrawn: bool = False
    supersedes: str = ""

    def __post_init__(self) -> None:
        _check_id(self.statement_id, "statement_id")
        _check_party(self.party, "party")
        for asset_id in self.asset_ids:
            _check_id(asset_id, "asset_ids")
        for name in ("instrument_id", "justification_en", "source", "entered_by"):
            if not getattr(self, name).strip():
                raise InputError("is empty", where=name, remedy="a protection statement needs it")
        if not self.asset_ids and not self.group:
            raise InputError("names no asset", where="asset_ids", remedy="name assets, or the group it speaks of")


def asset_document(asset: Asset) -> dict[str, Any]:
    """Return an asset as plain JSON data; unknown is null."""
    return to_plain(asset)


def asset_from_document(document: Mapping[str, Any]) -> Asset:
    """Read an asset from its JSON form."""
    return from_plain(Asset, document, where="asset")


def statement_document(statement: ProtectionStatement) -> dict[str, Any]:
    """Return a protection statement as plain JSON data."""
    return to_plain(statement)


def statement_from_document(document: Mapping[str, Any]) -> ProtectionStatement:
    """Read a protection statement from its JSON form."""
    return from_plain(ProtectionStatement, document, where="statement")


def _check_id(text: str, where: str) -> None:
    if not _ID.match(text):
        raise InputError(f"{text[:120]!r} is no name", where=where, remedy="letters, digits and . _ : -, at most 100")


def _check_party(text: str, where: str) -> None:
    if not _PARTY.match(text):
        raise InputError(f"{text[:80]!r} is no party", where=where, remedy="capital letters, digits and hyphens")
