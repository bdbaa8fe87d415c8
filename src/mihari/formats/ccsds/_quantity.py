"""Texts of a message to numbers in SI and moments in TAI; each error names the keyword and its line."""

from __future__ import annotations

import math
import re
from typing import Final

from mihari.astro.states import Frame
from mihari.astro.time import TimeScale, parse_time, parse_utc
from mihari.errors import FormatError, InputError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._tree import Block, Entry

__all__ = ["FRAMES", "UNIT_FACTORS", "Reader", "frame_of", "is_number", "same_unit"]

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
UNIT_FACTORS: Final = {
    "": 1.0,
    "m": 1.0,
    "km": 1e3,
    "m/s": 1.0,
    "km/s": 1e3,
    "m/s**2": 1.0,
    "km/s**2": 1e3,
    "m**2": 1.0,
    "km**2": 1e6,
    "km**2/s": 1e6,
    "km**2/s**2": 1e6,
    "m**2/s": 1.0,
    "m**2/s**2": 1.0,
    "kg": 1.0,
    "s": 1.0,
    "d": 86_400.0,
    "%": 0.01,
    "m**2/kg": 1.0,
    "W/kg": 1.0,
    "m/sec": 1.0,
}
"""Factors to SI of the units of the books."""
FRAMES: Final = {
    "GCRF": Frame.GCRF,
    "ICRF": Frame.GCRF,
    "EME2000": Frame.EME2000,
    "J2000": Frame.EME2000,
    "ITRF": Frame.ITRF,
    "TEME": Frame.TEME,
    "TEMEOFDATE": Frame.TEME,
    "TOD": Frame.TOD,
    "TOD_EARTH": Frame.TOD,
    "MOD": Frame.MOD,
    "MOD_EARTH": Frame.MOD,
    "RTN": Frame.RTN,
    "RSW": Frame.RTN,
    "QSW": Frame.RTN,
    "RIC": Frame.RTN,
    "RTN_INERTIAL": Frame.RTN,
    "RSW_INERTIAL": Frame.RTN,
    "QSW_INERTIAL": Frame.RTN,
    "TNW": Frame.TNW,
    "TNW_INERTIAL": Frame.TNW,
}
"""Names of the books and what they are taken as; ITRF and ICRF also with a year or a number behind."""
_REALISATION: Final = re.compile(r"(ITRF|ICRF)[ _-]?\d{1,4}")


def is_number(text: str) -> bool:
    """Say whether a text is a finite number as CCSDS writes it."""
    return _NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def same_unit(given: str, wanted: str) -> bool:
    """Say whether two units are the same but for blanks and capitals."""
    return given.replace(" ", "").lower() == wanted.lower()


def frame_of(name: str, *, where: str) -> Frame:
    """Return the frame that a name stands for.

    Raises
    ------
    FormatError
        A frame that is not computed with here.
    """
    key = name.strip().upper()
    match = _REALISATION.fullmatch(key)
    frame = FRAMES.get(match[1] if match else key)
    if frame is None:
        raise FormatError(
            f"frame {shown(name)} is not computed with", where=where, remedy="use GCRF, EME2000, ITRF, TEME, TOD or MOD"
        )
    return frame


class Reader:
    """Reads values of one message; `name` and the time scale stand behind every value."""

    def __init__(self, name: str, time_system: str = "UTC") -> None:
        self.name = name
        self.scale = time_system
        self.unreadable: list[tuple[str, str]] = []

    def where(self, entry: Entry) -> str:
        """Return file, line and keyword of an entry."""
        return f"{self.name}:{entry.line}: {entry.keyword}" if entry.line else f"{self.name}: {entry.keyword}"

    def entry(self, block: Block | None, keyword: str) -> Entry | None:
        """Return the entry of a keyword that has a value."""
        if block is None:
            return None
        return next((e for e in block.entries() if e.keyword == keyword and e.value), None)

    def text(self, block: Block | None, keyword: str) -> str | None:
        """Return the text of a keyword, if any."""
        entry = self.entry(block, keyword)
        return None if entry is None else entry.value

    def need(self, block: Block | None, keyword: str) -> Entry:
        """Return the entry of a keyword that must be there."""
        entry = self.entry(block, keyword)
        if entry is None:
            raise FormatError(f"{keyword} is missing", where=self.name, remedy="ask the sender for a whole message")
        return entry

    def number(self, entry: Entry, unit: str) -> float:
        """Return the value in SI; `unit` is the one that the book gives it."""
        if not is_number(entry.value):
            raise FormatError(
                f"{shown(entry.value)} is not a finite number", where=self.where(entry), remedy="ask the sender"
            )
        given = unit
        if entry.unit and not same_unit(entry.unit, unit):
            known = next((known for known in UNIT_FACTORS if known and same_unit(entry.unit, known)), "?")
            if not _like(known, unit):
                # A unit of another dimension cannot scale the value: the book's own holds (see `practice_remark`).
                self.unreadable.append((entry.keyword, f"unit {shown(entry.unit)}, taken as [{unit}]"))
            else:
                given = known
        return float(entry.value) * UNIT_FACTORS.get(given, 1.0)

    def optional(self, block: Block | None, keyword: str, unit: str = "") -> float | None:
        """Return the value of a keyword in SI; None when there is none, or none that can be read, which is noted."""
        entry = self.entry(block, keyword)
        if entry is None:
            return None
        try:
            return self.number(entry, unit)
        except FormatError as error:
            self.unreadable.append((keyword, error.what))
            return None

    def count(self, block: Block | None, keyword: str) -> int | None:
        """Return a whole number; None when there is none, or none that can be read, which is noted."""
        value = self.optional(block, keyword)
        if value is not None and value != int(value):
            self.unreadable.append((keyword, f"{value} is not a whole number"))
            return None
        return None if value is None else int(value)

    def moment(self, entry: Entry, *, scale: str | None = None) -> int:
        """Return the moment as TAI nanoseconds."""
        return self.moment_of(entry.value, self.where(entry), scale=scale)

    def moment_of(self, text: str, where: str, *, scale: str | None = None) -> int:
        """Return the moment that a text gives in the message's time scale, as TAI nanoseconds."""
        system = (scale or self.scale).upper()
        try:
            if system == "UTC":
                return parse_utc(text)
            return parse_time(text.removesuffix("Z"), scale=TimeScale(system))
        except InputError as error:
            raise FormatError(error.what, where=where, remedy=error.remedy) from error
        except ValueError:
            raise FormatError(
                f"time system {shown(system)} is not computed with",
                where=where,
                remedy="use UTC, TAI, TT, TDB or GPS",
            ) from None

    def optional_moment(self, block: Block | None, keyword: str, *, scale: str | None = None) -> int | None:
        """Return the moment of a keyword; None when there is none, or none that can be read, which is noted."""
        entry = self.entry(block, keyword)
        if entry is None:
            return None
        try:
            return self.moment(entry, scale=scale)
        except FormatError as error:
            self.unreadable.append((keyword, error.what))
            return None


def _like(one: str, other: str) -> bool:
    """Say whether two units differ by the prefix kilo only."""
    return one.replace("km", "m") == other.replace("km", "m")
