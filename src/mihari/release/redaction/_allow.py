"""Redaction by allow-list: what is not named for a product and an audience does not leave."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import FormatError, NotFoundError

__all__ = ["AllowList", "AudienceClass", "allow_list", "field_paths", "redact"]

_FORMAT: Final = 1


class AudienceClass(Enum):
    """What an audience is to the data, which decides its list.

    OWN_OBJECT is the operator of an object that the event is about. TEAR_LINE is any audience that the label does not
    name, where the originator itself decides to tell it something.
    """

    OWN_OBJECT = "own_object"
    PARTNER = "partner"
    OPERATOR = "operator"
    PUBLIC = "public"
    TEAR_LINE = "tear_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowList:
    """The fields of a product that each class of audience gets.

    Attributes
    ----------
    product, version : str
    allowed : mapping of AudienceClass to frozenset of str
        Paths such as `event.pieces_tracked` or `objects[].name`; each names one value, never all that lies under it.
    """

    product: str
    version: str
    allowed: Mapping[AudienceClass, frozenset[str]]

    def withheld(self, audience: AudienceClass) -> tuple[str, ...]:
        """Return what the product has and this audience does not get: the same whatever the event is."""
        every: frozenset[str] = frozenset().union(*self.allowed.values())
        return tuple(sorted(every - self.allowed[audience]))


@cache
def _lists() -> dict[str, AllowList]:
    told = json.loads(files("mihari.release.redaction").joinpath("data/allow-lists.json").read_text(encoding="utf-8"))
    if told.get("format") != _FORMAT:
        raise FormatError("is no file of allow-lists", where="allow-lists.json")
    groups = {name: frozenset(paths) for name, paths in told["groups"].items()}

    def paths(named: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(groups[each[1:]] if each.startswith("@") else {each} for each in named))

    return {
        product: AllowList(
            product=product,
            version=str(told["version"]),
            allowed={each: paths(lists.get(each.value, ())) for each in AudienceClass},
        )
        for product, lists in told["products"].items()
    }


def allow_list(product: str) -> AllowList:
    """Return the allow-list of a product; a product without one cannot be released."""
    try:
        return _lists()[product]
    except KeyError:
        known = ", ".join(sorted(_lists()))
        raise NotFoundError(f"there is no allow-list for {product!r}", remedy=f"products are {known}") from None


def redact(facts: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """Return the facts that a list allows, and nothing else: no empty place tells that something stood there.

    Parameters
    ----------
    facts : mapping
        Of values, lists and mappings.
    allowed : frozenset of str
        Paths of single values; `[]` stands for every member of a list. A list is kept member by member, and a member
        of which nothing is left is gone with its place.
    """
    kept = _kept(facts, "", allowed)
    return kept if isinstance(kept, dict) else {}


def field_paths(facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths of all values in the facts, as allow-lists write them."""
    return frozenset(_paths(facts, ""))


def _kept(value: Any, path: str, allowed: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        found = {name: _kept(each, f"{path}.{name}" if path else name, allowed) for name, each in value.items()}
        return {name: each for name, each in found.items() if each is not None} or None
    if isinstance(value, list | tuple):
        members = [_kept(each, f"{path}[]", allowed) for each in value]
        return [each for each in members if each is not None] or None
    return value if path in allowed else None


def _paths(value: Any, path: str) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _paths(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _paths(each, f"{path}[]")
    else:
        yield path
