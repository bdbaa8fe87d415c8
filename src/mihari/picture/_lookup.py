"""From what a person types to one object.

The order is number, international designator, well-known name, exact name, prefix, part of a name. The first rule
that finds something decides: one object is the answer, several equal ones are an error that lists them. Case and
punctuation do not matter; "QZS-2", "qzs 2" and "ＱＺＳ２" are the same.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import polars as pl

from mihari.errors import AmbiguousError, NotFoundError, UsageError
from mihari.ids import check_norad_cat_id
from mihari.model.orbit import ElementSets
from mihari.model.space_object import SpaceObjects

__all__ = ["Match", "MatchRule", "find_object", "search_objects", "well_known_names"]


class MatchRule(Enum):
    """Which rule of the look-up found the object; earlier rules win."""

    NUMBER = "number"
    DESIGNATOR = "international designator"
    WELL_KNOWN = "well-known name"
    EXACT = "exact name"
    PREFIX = "beginning of a name"
    PART = "part of a name"


@dataclass(frozen=True, slots=True)
class Match:
    """The one object that was meant, and by which rule it was found."""

    norad_cat_id: int
    object_name: str | None
    object_id: str | None
    rule: MatchRule


_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_NUMBER: Final = re.compile(r"^\d+$")
_DESIGNATOR: Final = re.compile(r"^(\d{4}|\d{2})[- ]?(\d{3})[- ]?([A-Za-z]{0,3})$")
_FIRST_LAUNCH_YEAR: Final = 57
_LISTED: Final = 20
_SUGGESTED: Final = 3


def _plain(text: str) -> str:
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).lower())


@cache
def well_known_names() -> Mapping[str, int]:
    """Return the shipped list: plain name (lower case, letters and digits only) to catalogue number."""
    text = resources.files("mihari.picture").joinpath("_data/well_known_names.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if line and not line.startswith("#"))
    next(rows)
    return MappingProxyType({_plain(name): int(number) for number, _, names in rows for name in names.split("|")})


def find_object(query: str | int, sets: ElementSets, objects: SpaceObjects | None = None) -> Match:
    """Return the one object of `sets` that the query means.

    Parameters
    ----------
    query : str or int
        Catalogue number, international designator ("1998-067A", "98067A"), or name. Digits alone are a number and
        never a part of a name: a number that is not there must not become another object.
    sets : ElementSets
        The objects that can be found; several sets of one object are one object.
    objects : SpaceObjects, optional
        Adds the names that a satellite catalogue has for the same numbers.

    Raises
    ------
    UsageError
        The query is empty.
    InputError
        A number that no catalogue can hold, such as one of ten digits.
    AmbiguousError
        The first rule that found anything found several; `candidates` lists them.
    NotFoundError
        No rule found anything; the message suggests near names.
    """
    text = unicodedata.normalize("NFKC", str(query)).strip()
    plain = _plain(text)
    if not plain:
        raise UsageError("no object named", where=repr(query), remedy="give a name, a number or a designator")
    is_number = _NUMBER.match(text) is not None
    if is_number:
        # Most questions name a number, and need no table of all names.
        numbered = _numbered(check_norad_cat_id(int(text)), sets, objects)
        if numbered is not None:
            return numbered
    names = _name_table(sets, objects)
    for rule, found in _by_name(text, plain, names, digits_only=is_number):
        if found.height:
            return _only(text, found, rule)
    raise _not_found(text, plain, names, objects)


def _numbered(number: int, sets: ElementSets, objects: SpaceObjects | None) -> Match | None:
    """Return the object of a number; the first row that has a name or designator speaks for it."""
    columns = ["norad_cat_id", "object_name", "object_id"]
    rows = sets.frame.select(columns).filter(pl.col("norad_cat_id") == number).rows()
    if not rows:
        return None
    if objects is not None:
        rows += objects.frame.select(columns).filter(pl.col("norad_cat_id") == number).rows()
    name, designator = (next((row[k] for row in rows if row[k] is not None), None) for k in (1, 2))
    return Match(number, name, designator, MatchRule.NUMBER)


def search_objects(
    query: str, sets: ElementSets, objects: SpaceObjects | None = None, *, limit: int = 20
) -> list[Match]:
    """Return every object that a query may mean, best rule first, for a search box.

    Same rules as `find_object`, but all of them are asked and nothing is an error.
    """
    text = unicodedata.normalize("NFKC", query).strip()
    plain = _plain(text)
    if not plain:
        return []
    names = _name_table(sets, objects)
    hits: dict[int, Match] = {}
    if _NUMBER.match(text):
        starting = names.filter(pl.col("norad_cat_id").cast(pl.String).str.starts_with(plain)).sort("norad_cat_id")
        _collect(hits, starting, MatchRule.NUMBER)
    for rule, found in _by_name(text, plain, names, digits_only=False):
        _collect(hits, found, rule)
        if len(hits) >= limit:
            break
    return list(hits.values())[:limit]


def _collect(hits: dict[int, Match], found: pl.DataFrame, rule: MatchRule) -> None:
    for number, name, designator in found.select("norad_cat_id", "object_name", "object_id").iter_rows():
        hits.setdefault(number, Match(number, name, designator, rule))


def _name_table(sets: ElementSets, objects: SpaceObjects | None) -> pl.DataFrame:
    """One row per object and distinct name, with the plain form of the name and the designator."""
    columns = ["norad_cat_id", "object_name", "object_id"]
    table = sets.frame.select(columns).unique(maintain_order=True)
    if objects is not None and len(objects):
        known = objects.frame.select(columns).join(table.select("norad_cat_id").unique(), on="norad_cat_id", how="semi")
        table = pl.concat([table, known])
    # The first row of an object that has the piece of information speaks for it; later ones add other spellings.
    first = table.group_by("norad_cat_id", maintain_order=True).agg(
        pl.col("object_name").drop_nulls().first(), pl.col("object_id").drop_nulls().first()
    )
    return (
        table.select("norad_cat_id", pl.col("object_name").alias("spelling"))
        .join(first, on="norad_cat_id", how="left", maintain_order="left")
        .with_columns(plain=_plain_expression(pl.col("spelling")), designator=_plain_expression(pl.col("object_id")))
        .unique(["norad_cat_id", "plain"], maintain_order=True)
    )


def _plain_expression(column: pl.Expr) -> pl.Expr:
    return column.fill_null("").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")


def _by_name(text: str, plain: str, names: pl.DataFrame, *, digits_only: bool) -> list[tuple[MatchRule, pl.DataFrame]]:
    found: list[tuple[MatchRule, pl.DataFrame]] = []
    if not digits_only and (designator := _designator(text)) is not None:
        whole = designator[-1].isalpha()
        column = pl.col("designator")
        found.append(
            (
                MatchRule.DESIGNATOR,
                names.filter(column == designator if whole else column.str.starts_with(designator)),
            )
        )
    known = well_known_names()
    found.append((MatchRule.WELL_KNOWN, names.filter(pl.col("norad_cat_id") == known.get(plain, 0))))
    found.append((MatchRule.EXACT, names.filter(pl.col("plain") == plain)))
    # "ISS (ZARYA)" names one object twice; a catalogue may spell the second name in another way.
    before_bracket = known.get(_plain(text.partition("(")[0]), 0)
    found.append((MatchRule.WELL_KNOWN, names.filter(pl.col("norad_cat_id") == before_bracket)))
    if not digits_only:
        found.append((MatchRule.PREFIX, names.filter(pl.col("plain").str.starts_with(plain))))
        found.append((MatchRule.PART, names.filter(pl.col("plain").str.contains(plain, literal=True))))
    return found


def _designator(text: str) -> str | None:
    """Return "1998067a" for "1998-067A" and for the "98067A" of element-set lines, else None."""
    if (match := _DESIGNATOR.match(text)) is None:
        return None
    year, launch, piece = match.groups()
    if len(year) == 2:
        year = ("19" if int(year) >= _FIRST_LAUNCH_YEAR else "20") + year
    return f"{year}{launch}{piece}".lower()


def _label(number: int, name: str | None) -> str:
    return f"{number} {name}" if name else str(number)


def _only(text: str, found: pl.DataFrame, rule: MatchRule) -> Match:
    distinct = found.unique("norad_cat_id", keep="first", maintain_order=True).sort("norad_cat_id")
    if distinct.height == 1:
        number, name, designator = distinct.select("norad_cat_id", "object_name", "object_id").row(0)
        return Match(number, name, designator, rule)
    candidates = [_label(*row) for row in distinct.select("norad_cat_id", "object_name").iter_rows()]
    listed = ", ".join(candidates[:_LISTED])
    more = f" and {len(candidates) - _LISTED} more" if len(candidates) > _LISTED else ""
    raise AmbiguousError(
        f"{text!r} is the {rule.value} of {len(candidates)} objects: {listed}{more}",
        candidates=candidates,
        remedy="give the number or more of the name",
    )


def _not_found(text: str, plain: str, names: pl.DataFrame, objects: SpaceObjects | None) -> NotFoundError:
    if objects is not None and len(objects):
        numbers = [int(text)] if _NUMBER.match(text) else []
        known = well_known_names().get(plain)
        listed = objects.frame.filter(
            pl.col("norad_cat_id").is_in([*numbers, *([known] if known else [])])
            | (_plain_expression(pl.col("object_name")) == plain)
            | (_plain_expression(pl.col("object_id")) == plain)
        ).join(names.select("norad_cat_id"), on="norad_cat_id", how="anti")
        if listed.height:
            number, name, decayed = listed.select("norad_cat_id", "object_name", "decay_date_utc").row(0)
            gone = f", decayed {decayed}" if decayed else ""
            return NotFoundError(
                f"{_label(number, name)} is known{gone}, but there is no element set of it",
                remedy="ingest one, or ask for an earlier moment with as-of",
            )
    near = difflib.get_close_matches(plain, names["plain"].to_list(), n=_SUGGESTED, cutoff=0.6)
    rows = names.filter(pl.col("plain").is_in(near)).unique("norad_cat_id", keep="first", maintain_order=True)
    labels = [_label(*row) for row in rows.select("norad_cat_id", "object_name").head(_SUGGESTED).iter_rows()]
    remedy = f"did you mean {', '.join(labels)}?" if labels else "give a catalogue number, a designator or a name"
    return NotFoundError(f"no object {text!r} among {names['norad_cat_id'].n_unique()}", remedy=remedy)
