"""The neutral tree of a message: ordered entries and blocks, every value as the text that stood in the file.

One tree serves every form. Its nesting is that of the XML schemas (CCSDS 505.0-B); KVN is the same tree written flat.
Lines are for messages to people and take no part in comparison: the same message read from two forms is equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

__all__ = ["Block", "Comment", "Entry", "Fault", "Item", "Message", "MessageForm", "MessageKind", "Row", "Stray"]


class MessageKind(Enum):
    """The navigation data messages of CCSDS, and `NDM` for several in one file."""

    OPM = "OPM"
    OMM = "OMM"
    OEM = "OEM"
    OCM = "OCM"
    CDM = "CDM"
    TDM = "TDM"
    APM = "APM"
    AEM = "AEM"
    ACM = "ACM"
    RDM = "RDM"
    NDM = "NDM"


class MessageForm(Enum):
    """How a message is written: the two forms of CCSDS, our lossless JSON, and Space-Track's flat JSON of a CDM."""

    KVN = "kvn"
    XML = "xml"
    JSON = "json"
    FLAT_JSON = "flat-json"


class Fault(NamedTuple):
    """What is wrong with a message: line, keyword, reason."""

    line: int | None
    keyword: str | None
    reason: str


Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """One COMMENT. `label` is the key that it had in flat JSON, less ``COMMENT_``."""

    text: str
    line: int | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)

    @property
    def said(self) -> str:
        """The text as a person reads it: a bare value from flat JSON with its label before it."""
        is_bare = self.label and not self.label.isdigit() and not any(c in self.text for c in "=:")
        if is_bare and len(self.text.split()) <= 2:
            return f"{self.label} = {self.text}"
        return self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """A keyword with its value and unit as they stood; `attributes` are further XML attributes."""

    keyword: str
    value: str
    unit: str | None = None
    line: int | None = field(default=None, compare=False)
    attributes: Attributes = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a state, an observation, a covariance or manoeuvre line. `units` is empty or as long."""

    name: str
    values: tuple[str, ...]
    units: tuple[str | None, ...] = ()
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Stray:
    """Text that has no place in the message, kept so that nothing is lost; `reason` says why it has none."""

    text: str
    reason: str
    line: int | None = field(default=None, compare=False)
    keyword: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A named group of items in order: header, metadata, data, stateVector, ..."""

    name: str
    items: tuple[Item, ...]
    line: int | None = field(default=None, compare=False)
    attributes: Attributes = field(default=(), compare=False)

    def blocks(self, name: str) -> Iterator[Block]:
        """Yield the blocks of that name among the items."""
        return (item for item in self.items if isinstance(item, Block) and item.name == name)

    def block(self, name: str) -> Block | None:
        """Return the first block of that name, if any."""
        return next(self.blocks(name), None)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries that stand directly in the block."""
        return (item for item in self.items if isinstance(item, Entry))

    def value(self, keyword: str) -> str | None:
        """Return the text of a keyword in the block; None when it is missing or blank."""
        return next((e.value for e in self.entries() if e.keyword == keyword and e.value), None)

    def comments(self) -> Iterator[Comment]:
        """Yield every comment in the block and in those within it, in order."""
        for item in self.items:
            if isinstance(item, Comment):
                yield item
            elif isinstance(item, Block):
                yield from item.comments()


Item = Comment | Entry | Row | Stray | Block


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or with `kind` NDM a parcel of messages in `parts`.

    Attributes
    ----------
    kind : MessageKind
    version : str
        As the message claims it; empty for NDM.
    form : MessageForm
        How it was written; takes no part in comparison.
    items : tuple
        Header and body; for NDM its own comments and entries.
    parts : tuple of Message
        The messages of an NDM.
    attributes : tuple
        Attributes of the XML root, less `id` and `version`.
    """

    kind: MessageKind
    version: str
    form: MessageForm = field(compare=False)
    items: tuple[Item, ...] = ()
    parts: tuple[Message, ...] = ()
    line: int | None = field(default=None, compare=False)
    attributes: Attributes = field(default=(), compare=False)

    @property
    def root(self) -> Block:
        """All items as one block, named as the XML root is."""
        return Block(self.kind.value.lower(), self.items, self.line)

    def segments(self) -> Iterator[Block]:
        """Yield the segments of the body."""
        for body in self.root.blocks("body"):
            yield from body.blocks("segment")

    def messages(self) -> Iterator[Message]:
        """Yield the message itself, or the parts of an NDM, however deep."""
        if self.kind is not MessageKind.NDM:
            yield self
        for part in self.parts:
            yield from part.messages()
