"""Release labels: who may see a record, whose it is, and what may be done with it.

An audience is a conjunction of clauses; a clause is a set of named parties or groups, and a viewer passes it by being
any of them. Joining two labels keeps every clause of both, so that no viewer who fails one of them passes the joint:
joining data never widens a release. Groups are named, never listed: who belongs to QUAD is data of `mihari.policy`
and is looked up when a decision is made. The audiences form a partial order, no ladder.

The text form stands in the `label` column of every record::

    PUBLIC
    REL:JP+US
    REL:QUAD&JP+US+OPERATOR//BY:JP//ORCON//HANDLING:LIMDIS//LICENCE:NO-REDISTRIBUTION//EXPIRES:2027-01-01T00:00:00Z
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache, reduce
from typing import Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError

__all__ = ["NOBODY", "OPERATOR", "PUBLIC", "Audience", "Label", "Redistribution", "join_labels", "parse_label"]

OPERATOR: Final = "OPERATOR"
"""Stands for the operators of the objects that a record speaks of; resolved record by record."""

_PARTY = re.compile(r"^[A-Z][A-Z0-9-]{0,62}$")
_MOST_CHARACTERS: Final = 2_000
_RESERVED: Final = frozenset({"PUBLIC", "NOBODY"})


class Redistribution(Enum):
    """What the licence of the data lets a receiver do with them; the first is the freest."""

    FREE = "FREE"
    ATTRIBUTION = "ATTRIBUTION"
    NO_REDISTRIBUTION = "NO-REDISTRIBUTION"

    @property
    def strictness(self) -> int:
        """Return 0 for the freest."""
        return list(Redistribution).index(self)


@dataclass(frozen=True, slots=True)
class Audience:
    """Clauses that a viewer must pass, each by being one of its parties; no clause is everyone.

    Attributes
    ----------
    clauses : frozenset of frozenset of str
        Irredundant: no clause contains another. The empty clause lets nobody pass.
    """

    clauses: frozenset[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        for clause in self.clauses:
            for party in clause:
                _checked_party(party)
        # A viewer who passes the smaller clause passes the larger one.
        kept = frozenset(each for each in self.clauses if not any(other < each for other in self.clauses))
        object.__setattr__(self, "clauses", kept)

    @classmethod
    def of(cls, *parties: str) -> Audience:
        """Return the audience of anyone who is one of `parties`; of none, nobody."""
        return cls(frozenset({frozenset(parties)}))

    def __and__(self, other: Audience) -> Audience:
        """Return those who belong to both."""
        return Audience(self.clauses | other.clauses)

    def resolved(self, operators: frozenset[str]) -> Audience:
        """Return the audience with OPERATOR replaced by the parties that operate the record's objects, maybe none."""
        return Audience(
            frozenset((clause - {OPERATOR}) | operators if OPERATOR in clause else clause for clause in self.clauses)
        )

    @property
    def names_operator(self) -> bool:
        """Say whether OPERATOR still has to be resolved."""
        return any(OPERATOR in clause for clause in self.clauses)

    def __le__(self, other: Audience) -> bool:
        """Say whether, whoever belongs to the groups, this audience lies within `other`."""
        return all(any(mine <= theirs for mine in self.clauses) for theirs in other.clauses)

    def __str__(self) -> str:
        if not self.clauses:
            return "PUBLIC"
        return "REL:" + "&".join(sorted("+".join(sorted(clause)) or "NOBODY" for clause in self.clauses))


PUBLIC: Final = Audience()
NOBODY: Final = Audience.of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The release label of a record.

    Attributes
    ----------
    audience : Audience
    originators : frozenset of str
        Parties whose data are in it.
    originator_control : bool
        It goes to a third party only with the recorded consent of every originator.
    handling : frozenset of str
        Caveats for people, such as LIMDIS; they travel with the data and decide nothing.
    redistribution : Redistribution
    expires_tai_ns : int, optional
        From then on nobody may see it under this label.
    """

    audience: Audience = PUBLIC
    originators: frozenset[str] = field(default_factory=frozenset)
    originator_control: bool = False
    handling: frozenset[str] = field(default_factory=frozenset)
    redistribution: Redistribution = Redistribution.FREE
    expires_tai_ns: int | None = None

    def __post_init__(self) -> None:
        for name in (*self.originators, *self.handling):
            _checked_party(name)
        if self.originator_control and not self.originators:
            raise InputError("a label under originator control names no originator", remedy="add BY:PARTY")

    def __str__(self) -> str:
        parts = [str(self.audience)]
        if self.originators:
            parts.append("BY:" + "+".join(sorted(self.originators)))
        if self.originator_control:
            parts.append("ORCON")
        if self.handling:
            parts.append("HANDLING:" + "+".join(sorted(self.handling)))
        if self.redistribution is not Redistribution.FREE:
            parts.append(f"LICENCE:{self.redistribution.value}")
        if self.expires_tai_ns is not None:
            parts.append(f"EXPIRES:{format_utc(self.expires_tai_ns, digits=9)}")
        return "//".join(parts)


def join_labels(labels: Iterable[Label]) -> Label:
    """Return the label of what is made from all of them: never wider than any; of none, public.

    Raises
    ------
    InputError
        One of them names OPERATOR. In the joint it would mean the operators of every object in it, and so let one
        operator see what was meant for another: replace it by `Audience.resolved` first.
    """
    given = list(labels)
    for label in given:
        if label.audience.names_operator:
            raise InputError(f"{label} names {OPERATOR}", remedy="resolve it for its own record before joining")
    return reduce(_join, given, Label())


def _join(first: Label, second: Label) -> Label:
    ends = [each.expires_tai_ns for each in (first, second) if each.expires_tai_ns is not None]
    return Label(
        audience=first.audience & second.audience,
        originators=first.originators | second.originators,
        originator_control=first.originator_control or second.originator_control,
        handling=first.handling | second.handling,
        redistribution=max(first.redistribution, second.redistribution, key=lambda each: each.strictness),
        expires_tai_ns=min(ends, default=None),
    )


@lru_cache(maxsize=4_096)
def parse_label(text: str) -> Label:
    """Read a label from its text form.

    Raises
    ------
    InputError
        The text is no label; nothing is guessed, for a label that is not understood must not let anyone in.
    """
    if len(text) > _MOST_CHARACTERS:
        raise InputError(f"a label of {len(text)} characters", remedy=f"at most {_MOST_CHARACTERS} are read")
    head, *rest = text.split("//")
    words: dict[str, str] = {}
    for part in rest:
        name, _, value = part.partition(":")
        if (
            name in words
            or name not in {"BY", "ORCON", "HANDLING", "LICENCE", "EXPIRES"}
            or (name == "ORCON") == bool(value)
        ):
            raise _no_label(text, part)
        words[name] = value
    try:
        return Label(
            audience=_audience(head),
            originators=_parties(words.get("BY")),
            originator_control="ORCON" in words,
            handling=_parties(words.get("HANDLING")),
            redistribution=Redistribution(words.get("LICENCE", "FREE")),
            expires_tai_ns=parse_utc(words["EXPIRES"]) if "EXPIRES" in words else None,
        )
    except ValueError as error:
        raise _no_label(text, str(error)) from error


def _audience(text: str) -> Audience:
    if text == "PUBLIC":
        return PUBLIC
    if not text.startswith("REL:"):
        raise _no_label(text, text)
    clauses = text.removeprefix("REL:").split("&")
    return Audience(frozenset(frozenset() if clause == "NOBODY" else _parties(clause) for clause in clauses))


def _parties(text: str | None) -> frozenset[str]:
    return frozenset() if text is None else frozenset(_checked_party(party) for party in text.split("+"))


def _checked_party(name: str) -> str:
    if name in _RESERVED or not _PARTY.match(name):
        raise InputError(f"{name[:80]!r} is no party or caveat", remedy="capital letters, digits and hyphens")
    return name


def _no_label(text: str, part: str) -> InputError:
    return InputError(
        f"{text[:80]!r} is no release label: {part[:80]!r}",
        remedy="PUBLIC or REL:PARTY+PARTY, then //BY: //ORCON //HANDLING: //LICENCE: //EXPIRES:",
    )
