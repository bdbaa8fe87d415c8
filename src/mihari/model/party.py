"""Parties and groups: the names that labels speak of, and who belongs to whom.

A label names a group and never lists it; what the group holds is looked up here when a decision is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from mihari.errors import InputError

__all__ = ["PUBLIC_PARTY", "Party", "PartyBook", "PartyKind"]

PUBLIC_PARTY: Final = "PUBLIC"
"""The party of whoever is nobody in particular; no label can name it, so it passes no clause."""

_PARTY_ID: Final = re.compile(r"[A-Z][A-Z0-9-]{0,62}")
_NO_PARTY: Final = frozenset({"OPERATOR", "NOBODY"})
"""Words with a meaning of their own in a label: a party called so would pass clauses that were not meant for it."""


class PartyKind(Enum):
    """What a party is."""

    STATE = "STATE"
    ORGANISATION = "ORGANISATION"
    OPERATOR = "OPERATOR"
    FORUM = "FORUM"
    PUBLIC = "PUBLIC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party or group.

    Attributes
    ----------
    party_id : str
        As it stands in labels: "JP", "OP-JAXA".
    name_en, name_ja : str
    kind : PartyKind
    member_of : frozenset of str
        Groups that it belongs to itself; groups of groups follow from the book.
    source : str
        Where the membership is stated; empty for what a node enters about itself.
    """

    party_id: str
    name_en: str
    name_ja: str
    kind: PartyKind
    member_of: frozenset[str] = field(default_factory=frozenset)
    source: str = ""

    def __post_init__(self) -> None:
        for name in (self.party_id, *self.member_of):
            if not _PARTY_ID.fullmatch(name) or name in _NO_PARTY:
                raise InputError(f"{name[:80]!r} is no party", remedy="capital letters, digits and hyphens")
        if (self.party_id == PUBLIC_PARTY) != (self.kind is PartyKind.PUBLIC) or PUBLIC_PARTY in self.member_of:
            raise InputError(f"{PUBLIC_PARTY} is the public and nothing else", where=self.party_id)


@dataclass(frozen=True, slots=True)
class PartyBook:
    """All parties that a node knows.

    Attributes
    ----------
    parties : mapping
        By party id.
    version : str
        Of the data; stands in decisions.
    """

    parties: Mapping[str, Party]
    version: str

    def __post_init__(self) -> None:
        for party_id, party in self.parties.items():
            if party_id != party.party_id:
                raise InputError(f"{party.party_id} stands under {party_id}", where="party book")
            for group in party.member_of:
                if group not in self.parties:
                    raise InputError(f"{party_id} is a member of {group}, which is not there", where="party book")

    @classmethod
    def of(cls, parties: Iterable[Party], *, version: str) -> PartyBook:
        """Return a book of parties, none of which may stand twice."""
        found: dict[str, Party] = {}
        for party in parties:
            if party.party_id in found:
                raise InputError(f"{party.party_id} stands twice", where="party book")
            found[party.party_id] = party
        return cls(found, version)

    def groups_of(self, party_id: str) -> frozenset[str]:
        """Return a party itself with its groups and their groups; a party that is not in the book is alone."""
        found: set[str] = set()
        waiting = [party_id]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                known = self.parties.get(name)
                waiting.extend(known.member_of if known else ())
        return frozenset(found)

    def members_of(self, group_id: str) -> frozenset[str]:
        """Return every other party that belongs to a group, directly or through another group."""
        return frozenset(each for each in self.parties if each != group_id and group_id in self.groups_of(each))
