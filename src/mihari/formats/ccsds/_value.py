"""Whether the text of a value is what its keyword asks for."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from mihari.astro.time import TimeScale, packaged_leap_seconds, parse_time, parse_utc, utc_day_from_tai_ns
from mihari.errors import InputError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import is_number, same_unit
from mihari.formats.ccsds._schema import Field, Need, ValueType

__all__ = ["is_whole", "moment_fault", "practice_remark", "value_fault"]

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
        else:
            parse_time(text.removesuffix("Z"), scale=TimeScale.TAI)
    except InputError as error:
        return None if is_utc and _may_become_a_leap_second(text) else error.what
    return None


def _may_become_a_leap_second(text: str) -> bool:
    """Say whether a second 60 lies at the end of a month beyond the leap second table: nobody can know yet."""
    if ":59:60" not in text:
        return False
    day = int(utc_day_from_tai_ns(parse_utc(text.replace(":59:60", ":59:59")))[0])
    following = np.datetime64(day + 1, "D")
    is_month_end = following == following.astype("datetime64[M]").astype("datetime64[D]")
    return bool(is_month_end) and day >= packaged_leap_seconds().expires_day


def value_fault(value: str, unit: str | None, spec: Field) -> str | None:
    """Return what is wrong with a value or its unit, None when nothing is."""
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


def practice_remark(value: str, unit: str | None, spec: Field) -> str | None:
    """Return how an optional number departs from the book in a way that leaves no doubt of its meaning, if it does.

    NaN where there is no value, and a unit that no scaling could turn into the book's ([m] behind a velocity, a bracket
    without a unit): the book fixes the unit, what stands in brackets only repeats it. A unit that differs by its prefix
    would change the number; that is a fault.
    """
    if spec.need is not Need.OPTIONAL or spec.type not in (ValueType.NUMBER, ValueType.WHOLE, ValueType.COUNT):
        return None
    if value.lower() == "nan":
        return "NaN stands for no value; such a keyword is left out"
    if unit is None or not spec.units or value_fault(value, None, spec) is not None:
        return None
    bare = {known.replace("km", "m").replace(" ", "").lower() for known in spec.units}
    if unit.replace(" ", "").lower().replace("km", "m") in bare:
        return None
    return f"unit {shown(unit)} is not that of the book, [{spec.units[0]}]; the value is taken as the book has it"
