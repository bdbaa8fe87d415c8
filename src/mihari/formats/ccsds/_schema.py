"""What a structure table is: fields and sections in the order of the books, with the places of KVN's markers.

The tables themselves are texts, one keyword a line, so that they can be held against the book:
``need KEYWORD type [unit ...]``. Need is M (mandatory), O (optional) or C (conditional: a named rule decides). Type is
one of `ValueType`, `enum:A|B` for a closed list, with a trailing ``2.0+`` or ``2.0-`` where a keyword came or went
with a version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

__all__ = ["USER_DEFINED", "Field", "Need", "Part", "RowShape", "Section", "Structure", "ValueType", "fields"]

USER_DEFINED: Final = "USER_DEFINED_"


class Need(Enum):
    """Whether a keyword must be there."""

    MANDATORY = "M"
    OPTIONAL = "O"
    CONDITIONAL = "C"


class ValueType(Enum):
    """What the text of a value must read as."""

    TEXT = "text"
    NUMBER = "num"
    WHOLE = "int"
    COUNT = "count"  # a whole number, not negative
    DATE = "date"
    MOMENT = "moment"  # a date, or seconds from EPOCH_TZERO
    NUMBERS = "nums"
    UNITS = "units"
    ENUM = "enum"


@dataclass(frozen=True, slots=True)
class Field:
    """One keyword of a table. `choices` are upper case; `units` the texts that may stand behind the value."""

    keyword: str
    need: Need
    type: ValueType
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def is_known_in(self, version: str) -> bool:
        """Say whether the keyword exists in that version."""
        return (not self.since or version >= self.since) and (not self.until or version <= self.until)


@dataclass(frozen=True, slots=True)
class RowShape:
    """Lines of numbers in a section: their name, and the XML elements of their columns (none: one text element)."""

    name: str
    columns: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True)
class Section:
    """A block of a message.

    Attributes
    ----------
    name : str
        XML element. Empty: a pair of KVN markers that XML does not have.
    parts : tuple of Field or Section
        In the order of the book.
    occurs : str
        ``1``, ``?``, ``*`` or ``+``.
    book : str
        Where the book defines it.
    markers : tuple of str
        KVN lines that begin and end it, if any.
    openers : tuple of str
        Keywords, or the marker, that begin the next one of its kind in KVN.
    rows : RowShape, optional
    is_open : bool
        Whether USER_DEFINED_ keywords may stand in it.
    is_ordered : bool
        Whether the order of the parts is fixed.
    triangle : tuple of str
        Keywords that KVN writes as a lower triangle, one row a line.
    since : str
        Version from which it exists.
    """

    name: str
    parts: tuple[Part, ...] = ()
    occurs: str = "1"
    book: str = ""
    markers: tuple[str, str] | tuple[()] = ()
    openers: tuple[str, ...] = ()
    rows: RowShape | None = None
    is_open: bool = False
    is_ordered: bool = True
    triangle: tuple[str, ...] = ()
    since: str = ""
    own: Mapping[str, Field] = field(init=False, repr=False, compare=False)
    children: Mapping[str, Section] = field(init=False, repr=False, compare=False)
    ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)
    seats: Mapping[str, tuple[Section, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the parts: own keywords, child blocks, their order, and where a keyword sits below."""
        own: dict[str, Field] = {}
        children: dict[str, Section] = {}
        ranks: dict[str, int] = {}
        seats: dict[str, tuple[Section, ...]] = {}
        for rank, part in enumerate(self.parts):
            if isinstance(part, Field):
                own[part.keyword] = part
                ranks[part.keyword] = rank
                seats.setdefault(part.keyword, ())
                continue
            for child in (part,) if part.name else [p for p in part.parts if isinstance(p, Section)]:
                children[child.name] = child
                ranks[child.name] = rank
            if not part.markers:
                for keyword, path in part.seats.items():
                    seats.setdefault(keyword, (part, *path))
        if self.is_open:
            seats.setdefault(USER_DEFINED, ())
        if self.rows is not None:
            ranks.setdefault(self.rows.name, len(self.parts))
        for name, value in (("own", own), ("children", children), ("ranks", ranks), ("seats", seats)):
            object.__setattr__(self, name, value)

    def seat(self, keyword: str) -> tuple[Section, ...] | None:
        """Return the sections to open below this one to reach the keyword; None when it has no place here."""
        path = self.seats.get(keyword)
        if path is None and keyword.startswith(USER_DEFINED):
            path = self.seats.get(USER_DEFINED)
        return path


Part = Field | Section


@dataclass(frozen=True, slots=True)
class Structure:
    """The table of one message kind: its root section, by version where the nesting differs, and legal versions."""

    kind: str
    versions: tuple[str, ...]
    root: Section


def fields(table: str) -> tuple[Field, ...]:
    """Read a table of keywords; see the module's docstring."""
    return tuple(_field(line.split()) for line in table.strip().splitlines())


def _field(words: list[str]) -> Field:
    need, keyword, kind, *rest = words
    since = next((w.removesuffix("+") for w in rest if w.endswith("+") and w[0].isdigit()), "")
    until = next((w.removesuffix("-") for w in rest if w.endswith("-") and w[0].isdigit()), "")
    units = tuple(w for w in rest if not (w[0].isdigit() and w[-1] in "+-" and "." in w and "/" not in w))
    choices: tuple[str, ...] = ()
    if kind.startswith("enum:"):
        choices = tuple(kind.removeprefix("enum:").replace("~", " ").split("|"))
        kind = "enum"
    return Field(keyword, Need(need), ValueType(kind), units, choices, since, until)
