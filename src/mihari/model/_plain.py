"""Frozen records as plain JSON data and back, by their declared types; moments become UTC text."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError
from mihari.model.label import Label, parse_label

__all__ = ["from_plain", "to_plain"]

Record = TypeVar("Record")
_MOMENT = "_tai_ns"


def to_plain(record: Any) -> dict[str, Any]:
    """Return a record's fields; ``written_tai_ns`` stands as ``written_utc``, to the nanosecond."""
    document: dict[str, Any] = {}
    for each in fields(record):
        value = getattr(record, each.name)
        if each.name.endswith(_MOMENT):
            name = each.name.removesuffix(_MOMENT) + "_utc"
            document[name] = None if value is None else format_utc(value, digits=9)
        else:
            document[each.name] = _plain(value)
    return document


def from_plain(kind: type[Record], document: Mapping[str, Any], *, where: str) -> Record:
    """Read a record from its JSON form.

    Raises
    ------
    InputError
        A member is unknown, missing, or of another type.
    """
    if not isinstance(document, Mapping):
        raise InputError(f"is no {where}", where=where, remedy="a JSON object is needed")
    hints = get_type_hints(kind)
    names: dict[str, str] = {}
    needed: list[str] = []
    for each in fields(kind):  # type: ignore[arg-type]
        told = each.name.removesuffix(_MOMENT) + "_utc" if each.name.endswith(_MOMENT) else each.name
        names[told] = each.name
        if each.default is MISSING and each.default_factory is MISSING:
            needed.append(told)
    for told in document:
        if told not in names:
            raise InputError(f"{told!r:.80} is no member", where=where, remedy=f"members are {', '.join(names)}")
    for told in needed:
        if document.get(told) is None:
            raise InputError("is missing", where=f"{where}.{told}")
    found: dict[str, Any] = {}
    for told, value in document.items():
        name = names[told]
        if value is None and told not in needed:
            continue
        place = f"{where}.{told}"
        found[name] = _moment(value, place) if name.endswith(_MOMENT) else _read(hints[name], value, place)
    return kind(**found)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Label):
        return str(value)
    if isinstance(value, tuple | frozenset):
        return [_plain(each) for each in (sorted(value) if isinstance(value, frozenset) else value)]
    return value


def _moment(value: Any, where: str) -> int:
    if not isinstance(value, str):
        raise InputError(f"{value!r:.80} is no UTC text", where=where)
    try:
        return parse_utc(value)
    except InputError as error:
        raise InputError(error.what, where=where, remedy="write it like 2026-01-02T03:04:05Z") from None


def _read(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise InputError("is no list", where=where)
        return tuple(_read(get_args(hint)[0], each, where) for each in value)
    if hint is Label:
        return parse_label(_read(str, value, where))
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            known = ", ".join(str(each.value) for each in hint)
            raise InputError(f"{value!r:.80} is unknown", where=where, remedy=f"one of {known}") from None
    fits = isinstance(value, int | float) if hint is float else isinstance(value, hint)
    if not fits or (isinstance(value, bool) and hint is not bool):
        raise InputError(f"{value!r:.80} is not {hint.__name__}", where=where)
    if isinstance(value, str) and len(value) > 8_000:
        raise InputError("is too long", where=where, remedy="at most 8,000 characters")
    return float(value) if hint is float else value
