"""The parties that the product knows, from its data file or from a node's own."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mihari.errors import InputError
from mihari.model.party import Party, PartyBook, PartyKind

__all__ = ["load_parties"]


def load_parties(path: Path | None = None) -> PartyBook:
    """Return the packaged book of parties, with a node's own from a file of the same form after it.

    Raises
    ------
    InputError
        The file is not of that form, or a party stands twice.
    """
    packaged = _packaged()
    if path is None:
        return packaged
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        own = [_party(each) for each in told["parties"]]
        version = str(told["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"no file of parties: {error}", where=str(path), remedy="see docs/how-to/access.md") from error
    return PartyBook.of([*packaged.parties.values(), *own], version=f"{packaged.version}+{version}")


@cache
def _packaged() -> PartyBook:
    told = json.loads(files("mihari.policy.access").joinpath("data/parties.json").read_text(encoding="utf-8"))
    return PartyBook.of([_party(each) for each in told["parties"]], version=told["version"])


def _party(told: dict[str, Any]) -> Party:
    unknown = told.keys() - {"party_id", "name_en", "name_ja", "kind", "member_of", "source"}
    if unknown:
        raise InputError(f"a party has no {', '.join(sorted(unknown))}", where=str(told.get("party_id")))
    return Party(
        party_id=told["party_id"],
        name_en=told["name_en"],
        name_ja=told["name_ja"],
        kind=PartyKind(told["kind"]),
        member_of=frozenset(told.get("member_of", ())),
        source=told.get("source", ""),
    )
