"""Whether the text of a value is what its keyword asks for."""

from __future__ import annotations

import re
from typing import Final

from mihari.astro.time import parse_utc, read_clock
from mihari.errors import InputError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import is_number, same_unit
from mihari.formats.ccsds._schema import Field, ValueType

__all__ = ["is_whole", "moment_fault", "value_fault"]

_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-(?:\d{2}-\d{2}|\d{3})T\d{2}:\d{2}:\d{2}(?:\.\d*)?Z?", re.ASCII)


def is_whole(text: str) -> bool:
    """Say whether a text is a whole number."""
    return _WHOLE.fullmatch(text) is not None


def moment_fault(text: str, *, is_utc: bool = True) -> str | None:
    """Return what is wrong with a moment: calendar or day of year, T, hours, minutes, seconds, decimals, Z.

    References
    ----------
    CCSDS 301.0-B-4, ASCII time codes A and B; 502.0-B-3 section 7.5.10.
    """
    if _DATE.fullmatch(text) is None:
        return f"{shown(text)} is not a moment like 2024-02-29T12:00:00.5 or 2024-060T12:00:00.5"
    try:
        if is_utc:
            parse_utc(text)
        elif read_clock(text)[1] // 1_000_000_000 >= 86_401 or ":60" in text:
            return f"{shown(text)}: only UTC has leap seconds"
    except InputError as error:
        return error.what
    return None


def value_fault(value: str, unit: str | None, spec: Field) -> str | None:
    """Return what is wrong with a value or its unit, None when nothing is. Dates are judged by their time system too."""
    kind = spec.type
    if kind is ValueType.NUMBER:
        if not is_number(value):
            return f"{shown(value)} is not a finite number"
    elif kind is ValueType.WHOLE:
        if not is_whole(value):
            return f"{shown(value)} is not a whole number"
    elif kind is ValueType.COUNT:
        if not is_whole(value) or value.startswith("-"):
            return f"{shown(value)} is not a whole number of 0 or more"
    elif kind is ValueType.NUMBERS:
        if not all(is_number(text) for text in value.split()):
            return f"{shown(value)} is not a list of finite numbers"
    elif kind is ValueType.MOMENT:
        if not is_number(value):
            return moment_fault(value, is_utc=False) and moment_fault(value)
    elif kind is ValueType.DATE:
        return moment_fault(value, is_utc=False) and moment_fault(value)
    elif kind is ValueType.UNITS:
        if not (value.startswith("[") and value.endswith("]")):
            return f"{shown(value)} is not a list of units in brackets"
    elif spec.choices and value.upper() not in spec.choices:
        return f"{shown(value)} is none of {', '.join(spec.choices)}"
    if unit is not None and not any(same_unit(unit, known) for known in spec.units):
        wanted = f"[{spec.units[0]}] is meant" if spec.units else "none is meant"
        return f"unit {shown(unit)}, {wanted}"
    return None
