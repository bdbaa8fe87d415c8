"""Who asks: a party with its groups, what it operates, and the roles of the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from mihari.errors import InputError
from mihari.model.label import OPERATOR
from mihari.model.party import PUBLIC_PARTY, PartyBook
from mihari.model.provenance import DataMode

__all__ = ["Role", "Viewer"]


class Role(Enum):
    """What a person does on a watch floor."""

    WATCH_OFFICER = "WATCH_OFFICER"
    ANALYST = "ANALYST"
    POLICY_ADVISER = "POLICY_ADVISER"
    RELEASE_OFFICER = "RELEASE_OFFICER"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"
    GUEST = "GUEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Someone who may or may not see a record.

    Attributes
    ----------
    party : str
        As in labels; PUBLIC for nobody in particular.
    groups : frozenset of str
        All that the party belongs to, as `PartyBook.groups_of` gives them.
    operates : frozenset of int
        Catalogue numbers of the objects that the party operates.
    roles : frozenset of Role
        They decide what a request may do, never which records are seen: labels alone decide that.
    node_id : str
        The node that asks.
    data_modes : frozenset of DataMode
        The worlds that the viewer may look into: a player sees no REAL record. Default: all.
    """

    party: str
    groups: frozenset[str] = field(default_factory=frozenset)
    operates: frozenset[int] = field(default_factory=frozenset)
    roles: frozenset[Role] = frozenset({Role.GUEST})
    node_id: str = ""
    data_modes: frozenset[DataMode] = frozenset(DataMode)

    def __post_init__(self) -> None:
        if OPERATOR in self.groups or self.party == OPERATOR:
            raise InputError(f"{OPERATOR} is no party: who operates an object is told by its number", where="viewer")

    @classmethod
    def of(
        cls,
        party: str,
        *,
        book: PartyBook,
        roles: Collection[Role] = (Role.GUEST,),
        operators: Mapping[int, Collection[str]] | None = None,
        node_id: str = "",
        data_modes: Collection[DataMode] = tuple(DataMode),
    ) -> Viewer:
        """Return a viewer of a party: groups from the book, operated objects from `operators` by catalogue number."""
        groups = book.groups_of(party)
        return cls(
            party=party,
            groups=groups,
            operates=frozenset(number for number, names in (operators or {}).items() if groups & frozenset(names)),
            roles=frozenset(roles),
            node_id=node_id,
            data_modes=frozenset(data_modes),
        )

    @classmethod
    def public(cls, *, node_id: str = "") -> Viewer:
        """Return the viewer that is nobody in particular: it sees what is public."""
        return cls(party=PUBLIC_PARTY, node_id=node_id)

    @property
    def names(self) -> frozenset[str]:
        """Every name under which the viewer passes a clause."""
        return (self.groups | {self.party}) - {PUBLIC_PARTY}
