"""A CDM as Space-Track's flat JSON: one record, the objects' keywords with SAT1_ and SAT2_ before them.

Beside the keywords stand KEYWORD_UNIT, KEYWORD_FRACTION (the fraction of a second that a moment lacks), COMMENT_NAME
and a few keys of the sender's data base. All are kept; the same record comes out again.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from mihari.errors import FormatError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._draft import Draft, Seats
from mihari.formats.ccsds._schema import Section
from mihari.formats.ccsds._tables import structure_of
from mihari.formats.ccsds._tree import Attributes, Block, Comment, Entry, Item, Message, MessageForm, MessageKind, Row

__all__ = ["VENDOR_KEYS", "flat_record", "is_flat_cdm", "read_flat_cdm", "write_flat_cdm"]

VENDOR_KEYS: Final = frozenset(("CONSTELLATION", "CDM_ID", "FILENAME", "INSERT_EPOCH", "GID"))
"""Keys of Space-Track's data base that are no CDM keywords: modeldef of its class cdm."""
_VERSION: Final = "CCSDS_CDM_VERS"
_DATE: Final = re.compile(r"(\d{4}-(?:\d{2}-\d{2}|\d{3}))[ T](\d{2}:\d{2}:\d{2})(\.\d*)?(Z?)", re.ASCII)
_NAMED: Final = re.compile(r"\s*=?\s*([A-Za-z][A-Za-z0-9 _/\-]{0,60}?)\s*[=:]\s*\S", re.ASCII)
_SHORT: Final = {"APOGEE_ALTITUDE": "APOGEE", "PERIGEE_ALTITUDE": "PERIGEE"}
_OBJECTS: Final = ("SAT1_", "SAT2_")


def is_flat_cdm(record: dict[str, Any]) -> bool:
    """Say whether a JSON record is a CDM in flat form."""
    keys = {key.upper() for key in record}
    return _VERSION in keys or {"SAT1_OBJECT_DESIGNATOR", "TCA"} <= keys or {"SAT1_X", "SAT2_X"} <= keys


def read_flat_cdm(record: dict[str, Any], *, name: str) -> Message:
    """Turn one record into the message.

    Raises
    ------
    FormatError
        A value is a list or a record.
    """
    given: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, dict | list):
            raise FormatError(
                "has a list or a record where a value belongs",
                where=f"{name}: {key[:64]}",
                remedy="flat JSON is needed",
            )
        given[key.upper()] = None if value is None else _one_line(str(value) if not isinstance(value, str) else value)
    version = given.pop(_VERSION, "") or ""
    structure = structure_of(MessageKind.CDM, version)
    assert structure is not None
    body = structure.root.children["body"]
    main = Seats(structure.root, "cdm", version=version)
    objects = [Seats(body.children["segment"], "segment", version=version) for _ in _OBJECTS]
    late: list[Item | Draft] = []
    is_late = False
    for key in given:
        number = next((n for n, prefix in enumerate(_OBJECTS) if key.startswith(prefix)), None)
        is_late |= number is not None
        bare = key if number is None else key.removeprefix(_OBJECTS[number])
        item = _item(key, bare, given)
        if item is None:
            continue
        seats = main if number is None else objects[number]
        if isinstance(item, Comment):
            seats.comment(item)
        elif number is None and is_late and structure.root.seat(bare) is None:
            late.append(item)
        else:
            seats.entry(item)
    root = _joined(main.finish(), structure.root)
    holder = next((i for i in root.items if isinstance(i, Draft) and i.name == "body"), None)
    if holder is None:
        holder = Draft("body")
        root.items.append(holder)
    shape = body.children["segment"]
    holder.items += [_joined(draft, shape) for seats in objects if (draft := seats.finish()).items]
    root.items += late
    return Message(MessageKind.CDM, version, MessageForm.FLAT_JSON, root.finished())


def _joined(draft: Draft, section: Section | None) -> Draft:
    """Join blocks that came in pieces: the keys of a record have no order."""
    first: dict[str, Draft] = {}
    items: list[Item | Draft] = []
    for item in draft.items:
        if not isinstance(item, Draft):
            items.append(item)
            continue
        child = section.children.get(item.name) if section else None
        if item.name in first and (child is None or child.occurs in "1?"):
            first[item.name].items += item.items
        else:
            first[item.name] = item
            items.append(item)
    for item in items:
        if isinstance(item, Draft):
            _joined(item, section.children.get(item.name) if section else None)
    draft.items = items
    return draft


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _item(key: str, bare: str, given: dict[str, str | None]) -> Comment | Entry | None:
    """Return what one key stands for; units and fractions belong to their keyword and are nothing by themselves."""
    for ending in ("_UNIT", "_FRACTION"):
        if key.endswith(ending) and key.removesuffix(ending) in given:
            return None
    value = given[key]
    if (bare == "COMMENT" or bare.startswith("COMMENT_")) and value is not None:
        return Comment(value, None, bare.removeprefix("COMMENT").removeprefix("_"))
    text, attributes = value or "", _nulls(value)
    if f"{key}_FRACTION" in given or _DATE.fullmatch(text):
        text, attributes = _moment(
            text, given.get(f"{key}_FRACTION"), has_fraction=f"{key}_FRACTION" in given, attributes=attributes
        )
    unit = given.get(f"{key}_UNIT")
    if f"{key}_UNIT" in given and unit is None:
        attributes = (*attributes, ("flat_unit", "null"))
    return Entry(bare, text.strip(), unit, None, attributes)


def _nulls(value: str | None) -> Attributes:
    return (("flat", "null"),) if value is None else ()


def _moment(text: str, fraction: str | None, *, has_fraction: bool, attributes: Attributes) -> tuple[str, Attributes]:
    """Return the moment as CCSDS writes it; how it stood is kept aside.

    The fraction counts microseconds. Values below 1000 count milliseconds: the moments of a CDM have three decimals,
    so a fraction of microseconds is a multiple of 1000.
    """
    kept = attributes
    if has_fraction:
        kept = (*kept, ("flat_fraction", "null" if fraction is None else fraction))
    match = _DATE.fullmatch(text)
    if match is None:
        return text, kept
    decimals = match[3] or ""
    if not decimals and fraction and fraction.isdecimal() and int(fraction) < 1_000_000:
        count = int(fraction)
        decimals = f".{count * 1000 if count < 1000 else count:06d}" if count else ""
    moment = f"{match[1]}T{match[2]}{decimals}{match[4]}"
    return moment, kept if moment == text else (*kept, ("flat", "=" + text))


def write_flat_cdm(message: Message) -> str:
    """Return a CDM as a flat record.

    Raises
    ------
    FormatError
        Another kind of message, or a keyword that would stand twice.
    """
    return json.dumps(flat_record(message), ensure_ascii=False, indent=1) + "\n"


def flat_record(message: Message) -> dict[str, str | None]:
    """Return the keys and values of a CDM in flat form."""
    if message.kind is not MessageKind.CDM:
        raise FormatError(
            f"an {message.kind.value} has no flat JSON form", remedy="only a CDM has; write it as json, kvn or xml"
        )
    record: dict[str, str | None] = {_VERSION: message.version}
    trailing: list[Item] = []
    for item in message.items:
        if isinstance(item, Entry):
            trailing.append(item)
        elif isinstance(item, Block) and item.name == "body":
            _put_body(item, record)
        elif isinstance(item, Block):
            _put(item.items, "", record)
        elif isinstance(item, Comment):
            _put((item,), "", record)
    _put(tuple(trailing), "", record)
    return record


def _put_body(body: Block, record: dict[str, str | None]) -> None:
    number = 0
    for item in body.items:
        if isinstance(item, Block) and item.name == "segment":
            if number >= len(_OBJECTS):
                raise FormatError("has more than two objects", remedy="write it as json, kvn or xml")
            _put(item.items, _OBJECTS[number], record)
            number += 1
        else:
            _put((item,), "", record)


def _put(items: tuple[Item, ...], prefix: str, record: dict[str, str | None]) -> None:
    for item in items:
        if isinstance(item, Block):
            _put(item.items, prefix, record)
        elif isinstance(item, Comment):
            key, _, value = item.text.partition(" = ")
            if key in VENDOR_KEYS and value and not prefix and not item.label and key not in record:
                record[key] = value  # as `settled` wrote it
            else:
                record[_comment_key(item, prefix, record)] = item.text
        elif isinstance(item, Entry):
            _put_entry(item, prefix, record)
        elif isinstance(item, Row) or item.text:
            raise FormatError(
                f"{shown(' '.join(item.values) if isinstance(item, Row) else item.text)} has no place in flat JSON",
                remedy="write it as json, kvn or xml",
            )


def _put_entry(entry: Entry, prefix: str, record: dict[str, str | None]) -> None:
    key = prefix + entry.keyword
    if key in record:
        raise FormatError(f"has {key} twice, which flat JSON cannot carry", remedy="write it as json, kvn or xml")
    aside = dict(entry.attributes)
    stood = aside.get("flat")
    record[key] = (
        None if stood == "null" and not entry.value else stood[1:] if stood and stood != "null" else entry.value
    )
    if "flat_fraction" in aside:
        record[f"{key}_FRACTION"] = None if aside["flat_fraction"] == "null" else aside["flat_fraction"]
    if entry.unit is not None or "flat_unit" in aside:
        record[f"{key}_UNIT"] = entry.unit


def _comment_key(comment: Comment, prefix: str, record: dict[str, str | None]) -> str:
    label = comment.label
    if not label:
        match = _NAMED.match(comment.text)
        if match:
            label = re.sub(r"\W+", "_", match[1].strip().upper())
            label = _SHORT.get(label, label)
    base = f"{prefix}COMMENT_{label}" if label else (f"{prefix}COMMENT_1" if not comment.label else f"{prefix}COMMENT")
    key, number = base, 2
    while key in record:
        key = f"{prefix}COMMENT_{number}" if not label else f"{base}_{number}"
        number += 1
    return key
