"""What a message needs before it is written in a form of CCSDS: keys of a data base become comments."""

from __future__ import annotations

from dataclasses import replace

from mihari.formats.ccsds._flat_cdm import VENDOR_KEYS
from mihari.formats.ccsds._tree import Block, Comment, Entry, Item, Message, MessageKind

__all__ = ["is_given", "plain_attributes", "settled"]


def settled(message: Message) -> Message:
    """Return the message without what only flat JSON can say.

    Keys of the sender's data base (CDM_ID, ...) become comments at the head of the header; keys that flat JSON gave as
    null are left out, as CCSDS leaves out a keyword without a value.
    """
    if message.kind is MessageKind.NDM:
        return replace(message, parts=tuple(settled(part) for part in message.parts))
    if message.kind is not MessageKind.CDM:
        return message
    vendor: list[Comment] = []
    items = _without(message.items, vendor)
    if vendor:
        header = next((n for n, i in enumerate(items) if isinstance(i, Block) and i.name == "header"), None)
        if header is None:
            items = (Block("header", tuple(vendor)), *items)
        else:
            block = items[header]
            assert isinstance(block, Block)
            items = (*items[:header], replace(block, items=(*vendor, *block.items)), *items[header + 1 :])
    return replace(message, items=items)


def _without(items: tuple[Item, ...], vendor: list[Comment]) -> tuple[Item, ...]:
    kept: list[Item] = []
    for item in items:
        if isinstance(item, Block):
            kept.append(replace(item, items=_without(item.items, vendor)))
        elif isinstance(item, Entry) and item.keyword in VENDOR_KEYS:
            if item.value:
                vendor.append(Comment(f"{item.keyword} = {item.value}"))
        elif isinstance(item, Comment):
            kept.append(Comment(item.said, item.line) if item.label else item)
        elif not isinstance(item, Entry) or is_given(item):
            kept.append(item)
    return tuple(kept)


def is_given(entry: Entry) -> bool:
    """Say whether an entry is more than a null of flat JSON."""
    return bool(entry.value) or ("flat", "null") not in entry.attributes


def plain_attributes(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Return the XML attributes of an entry, less the notes on how it stood in flat JSON."""
    return tuple((key, value) for key, value in entry.attributes if not key.startswith("flat"))
