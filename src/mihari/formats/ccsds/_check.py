"""Holds a message against its structure table: what is missing, unknown, repeated, out of order, or no proper value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mihari.formats._rejections import shown
from mihari.formats.ccsds._flat_cdm import VENDOR_KEYS
from mihari.formats.ccsds._rules import special_faults, special_remarks
from mihari.formats.ccsds._schema import USER_DEFINED, Field, Need, Section
from mihari.formats.ccsds._tables import READ_KINDS, known_versions, structure_of
from mihari.formats.ccsds._tree import Block, Comment, Entry, Fault, Message, MessageForm, MessageKind, Row, Stray
from mihari.formats.ccsds._value import practice_remark, value_fault

__all__ = ["message_faults", "message_remarks", "unknown_entries", "unknown_in"]

_MAX_FAULTS: Final = 1000
"""A message with more is no message; the rest would only cost memory."""
_MAY_BE_BLANK: Final = {(MessageKind.OMM, "CREATION_DATE"), (MessageKind.OMM, "ORIGINATOR")}
"""CelesTrak writes them so in every OMM, and 502.0-B-2 says of them only that the keyword must be there."""


def message_faults(message: Message) -> tuple[Fault, ...]:
    """Return everything for which the book of its version would refuse the message, in order of lines.

    Strict: an unknown keyword is a fault. An NDM has no faults of its own but those of its parts, which are judged one
    by one. Messages that are not read (attitude, re-entry) have one fault that says so.

    References
    ----------
    CCSDS 502.0-B-3, 503.0-B-2, 505.0-B-3, 508.0-B-1; each table names its section.

    Validation
    ----------
    tests/validation/test_ccsds_verdicts.py: accept and reject verdicts of Orekit, oem, ndm, CARA and kessler files.
    """
    found: list[Fault] = []
    for fault in _faults(message):
        if len(found) >= _MAX_FAULTS:
            found.append(Fault(None, None, f"more than {_MAX_FAULTS} faults; the rest is not listed"))
            break
        found.append(fault)
    return tuple(sorted(found, key=lambda fault: fault.line or 0))


def _faults(message: Message) -> Iterator[Fault]:
    kind = message.kind
    if kind is MessageKind.NDM:
        for item in message.items:
            if isinstance(item, Stray):
                yield Fault(item.line, item.keyword, item.reason)
            elif isinstance(item, Block) or (isinstance(item, Entry) and item.keyword != "MESSAGE_ID"):
                name = item.name if isinstance(item, Block) else item.keyword
                yield Fault(item.line, name[:40], "has no place in an NDM")
        if not message.parts:
            yield Fault(message.line, None, "an NDM without a message")
        return
    version_keyword = f"CCSDS_{kind.value}_VERS"
    if kind not in READ_KINDS:
        yield Fault(message.line, version_keyword, f"an {kind.value} is recognised but not read")
        return
    if message.version not in known_versions(kind):
        known = " and ".join(known_versions(kind))
        yield Fault(message.line, version_keyword, f"version {shown(message.version)}; {known} are defined")
    structure = structure_of(kind, message.version)
    assert structure is not None
    if kind is MessageKind.OMM and _states_nothing(message):
        return
    yield from _Checker(message).block(message.root, structure.root)
    yield from special_faults(message)


def _states_nothing(message: Message) -> bool:
    """Say whether there is no value at all: so CelesTrak answers for objects that it has no elements of."""

    def values(block: Block) -> Iterator[str]:
        for item in block.items:
            if isinstance(item, Entry):
                yield item.value
            elif isinstance(item, Block):
                yield from values(item)
            elif not isinstance(item, Comment):
                yield "x"

    return not any(values(message.root))


class _Checker:
    """Walks blocks and sections side by side."""

    def __init__(self, message: Message) -> None:
        self._kind = message.kind
        self._version = message.version
        self._is_flat = message.form is MessageForm.FLAT_JSON

    def block(self, block: Block, section: Section) -> Iterator[Fault]:
        seen: dict[str, int] = {}
        last = -1
        has_begun = False
        for item in block.items:
            if isinstance(item, Comment):
                if has_begun and not self._is_flat:
                    yield Fault(item.line, "COMMENT", f"comments stand at the beginning of {section.name}")
                continue
            if isinstance(item, Stray):
                yield Fault(item.line, item.keyword, item.reason)
                continue
            has_begun = True
            name = item.keyword if isinstance(item, Entry) else item.name
            seen[name] = seen.get(name, 0) + 1
            rank = section.ranks.get(name)
            if rank is not None and section.is_ordered and not self._is_flat:
                if rank < last:
                    yield Fault(item.line, name, "stands after what it should stand before")
                last = max(rank, last)
            if isinstance(item, Entry):
                yield from self._entry(item, section, seen[name])
            elif isinstance(item, Row):
                if section.rows is None or section.rows.name != item.name:
                    yield Fault(item.line, None, f"{shown(' '.join(item.values)[:60])} has no place in {section.name}")
            else:
                yield from self._child(item, section)
        yield from self._missing(block, section, seen)

    def _entry(self, entry: Entry, section: Section, count: int) -> Iterator[Fault]:
        spec = section.own.get(entry.keyword)
        if spec is None:
            if entry.keyword.startswith(USER_DEFINED) and section.is_open:
                return
            if self._is_flat and entry.keyword in VENDOR_KEYS:
                return
            if not (self._is_flat and entry.keyword.startswith("COMMENT_")):
                yield Fault(entry.line, entry.keyword[:40], f"is no keyword of {section.name} in an {self._kind.value}")
            return
        if count > 1:
            yield Fault(entry.line, entry.keyword, "is given twice")
        if not spec.is_known_in(self._version):
            version = f"came with version {spec.since}" if spec.since else f"went after version {spec.until}"
            yield Fault(entry.line, entry.keyword, f"{version}, the message says {self._version}")
        if not entry.value:
            if spec.need is Need.MANDATORY and (self._kind, entry.keyword) not in _MAY_BE_BLANK:
                yield Fault(entry.line, entry.keyword, "has no value")
            return
        reason = value_fault(entry.value, entry.unit, spec)
        if reason is not None and practice_remark(entry.value, entry.unit, spec) is None:
            yield Fault(entry.line, entry.keyword, reason)

    def _child(self, block: Block, section: Section) -> Iterator[Fault]:
        child = section.children.get(block.name)
        if child is None:
            yield Fault(block.line, block.name[:40], f"is no part of {section.name} in an {self._kind.value}")
            return
        if child.since and self._version < child.since:
            first = next((e.keyword for e in block.entries()), block.name)
            yield Fault(block.line, first, f"came with version {child.since}, the message says {self._version}")
        yield from self.block(block, child)

    def _missing(self, block: Block, section: Section, seen: dict[str, int]) -> Iterator[Fault]:
        for spec in section.own.values():
            if spec.need is Need.MANDATORY and spec.keyword not in seen and spec.is_known_in(self._version):
                yield Fault(block.line, spec.keyword, "is missing")
        for child in section.children.values():
            count = seen.get(child.name, 0)
            if count == 0 and child.occurs in "1+" and not (child.since and self._version < child.since):
                keyword = _first_mandatory(child)
                yield Fault(block.line, keyword or child.name, "is missing")
            if count > 1 and child.occurs in "1?":
                yield Fault(block.line, child.name, f"{count} times where one is allowed")
        if section.rows is not None and seen.get(section.rows.name, 0) < section.rows.least:
            yield Fault(block.line, None, f"has no {section.rows.name} lines")


def _first_mandatory(section: Section) -> str | None:
    """Return the keyword whose absence a reader of KVN would notice first."""
    for part in section.parts:
        if isinstance(part, Field):
            if part.need is Need.MANDATORY:
                return part.keyword
        elif part.occurs in "1+":
            keyword = _first_mandatory(part)
            if keyword is not None:
                return keyword
    return None


def message_remarks(message: Message) -> tuple[Fault, ...]:
    """Return the departures from the book that practice lives with and that change no meaning; they are no faults."""
    structure = structure_of(message.kind, message.version)
    if structure is None:
        return tuple(remark for part in message.parts for remark in message_remarks(part))
    found = [*_remarks(message.root, structure.root, message.kind), *special_remarks(message)]
    return tuple(sorted(found, key=lambda fault: fault.line or 0))


def _remarks(block: Block, section: Section, kind: MessageKind) -> Iterator[Fault]:
    for item in block.items:
        if isinstance(item, Block) and item.name in section.children:
            yield from _remarks(item, section.children[item.name], kind)
        elif isinstance(item, Entry) and item.keyword in section.own:
            reason = practice_remark(item.value, item.unit, section.own[item.keyword])
            if reason is None and not item.value and (kind, item.keyword) in _MAY_BE_BLANK:
                reason = "has no value"
            if reason is not None:
                yield Fault(item.line, item.keyword, reason)


def unknown_entries(message: Message) -> tuple[Entry, ...]:
    """Return the entries that the message's version does not define: lenient reading keeps them as they stand."""
    structure = structure_of(message.kind, message.version)
    return () if structure is None else tuple(unknown_in(message.root, structure.root, message.version))


def unknown_in(block: Block, section: Section | None, version: str) -> Iterator[Entry]:
    """Yield the entries of a block, and of those within it, that the table does not define for the version."""
    for item in block.items:
        if isinstance(item, Block):
            yield from unknown_in(item, section.children.get(item.name) if section else None, version)
        elif isinstance(item, Entry):
            spec = section.own.get(item.keyword) if section else None
            if spec is None or not spec.is_known_in(version):
                yield item
