"""OMM as CCSDS defines it: the keywords, their places and units, and what a valid message must have.

References
----------
CCSDS 502.0-B-3, section 4, tables 4-1 to 4-3; 502.0-B-2 for version 2.0 messages.

Validation
----------
tests/validation/test_formats_ccsds_manifest.py: accept and reject verdicts of Orekit, oem and ndm test files.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mihari.astro.time import parse_utc
from mihari.errors import InputError
from mihari.formats._rejections import shown

__all__ = ["JUDGED_KEYWORDS", "NUMERIC", "Fault", "OmmMessage", "message_faults"]


class Fault(NamedTuple):
    """What is wrong with a message: line, keyword, reason."""

    line: int | None
    field: str | None
    reason: str


@dataclass(slots=True)
class OmmMessage:
    """Keywords of one message with their values as text, and the lines they stand on."""

    line: int
    version: str
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    last_group: int = 0

    def put(self, keyword: str, value: str, *, line: int, unit: str | None) -> None:
        """Add one keyword; what is unknown, repeated, out of place or of a wrong unit is noted."""
        if keyword == "COMMENT":
            return
        group = _group_of(keyword)
        if group is None:
            self.faults.append(Fault(line, keyword[:40], "is no keyword of an OMM"))
            return
        if keyword in self.values:
            self.faults.append(Fault(line, keyword, "is given twice"))
            return
        if group < self.last_group:
            self.faults.append(Fault(line, keyword, f"{_GROUP_NAMES[group]} after {_GROUP_NAMES[self.last_group]}"))
        self.last_group = max(group, self.last_group)
        if unit is not None and unit.replace(" ", "") not in _UNITS.get(keyword, ()):
            wanted = f"[{_UNITS[keyword][0]}]" if keyword in _UNITS else "no unit"
            self.faults.append(Fault(line, keyword, f"unit {shown(unit)}, {wanted} is meant"))
        self.values[keyword] = value
        self.lines[keyword] = line

    def states_nothing(self) -> bool:
        """Say whether there is nothing in the message: so CelesTrak answers for objects it has no elements of."""
        return not any(self.values.values()) and not self.faults

    def line_of(self, keyword: str) -> int:
        """Return the line of a keyword, or the first line of the message when it has none."""
        return self.lines.get(keyword, self.line)


_GROUP_NAMES: Final = ("the header", "metadata", "data")
_HEADER: Final = ("CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
_METADATA: Final = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "REF_FRAME_EPOCH",
    "TIME_SYSTEM",
    "MEAN_ELEMENT_THEORY",
)
_DEGREES: Final = ("deg",)
_AREA_PER_MASS: Final = ("m**2/kg",)
_POSITION2: Final = ("km**2",)
_POSITION_VELOCITY: Final = ("km**2/s",)
_VELOCITY2: Final = ("km**2/s**2",)
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "SEMI_MAJOR_AXIS": ("km",),
    "MEAN_MOTION": ("rev/day", "REV/DAY"),
    "INCLINATION": _DEGREES,
    "RA_OF_ASC_NODE": _DEGREES,
    "ARG_OF_PERICENTER": _DEGREES,
    "MEAN_ANOMALY": _DEGREES,
    "GM": ("km**3/s**2", "KM**3/S**2"),
    "MASS": ("kg",),
    "SOLAR_RAD_AREA": ("m**2",),
    "DRAG_AREA": ("m**2",),
    "BSTAR": ("1/ER",),
    "BTERM": _AREA_PER_MASS,
    "AGOM": _AREA_PER_MASS,
    "MEAN_MOTION_DOT": ("rev/day**2", "REV/DAY**2"),
    "MEAN_MOTION_DDOT": ("rev/day**3", "REV/DAY**3"),
    **{f"C{a}_{b}": _POSITION2 for a, b in ("XX", "YX", "YY", "ZX", "ZY", "ZZ")},
    **{f"C{a}_DOT_{b}": _POSITION_VELOCITY for a in "XYZ" for b in "XYZ"},
    **{f"C{a}_DOT_{b}_DOT": _VELOCITY2 for a, b in ("XX", "YX", "YY", "ZX", "ZY", "ZZ")},
}
_COVARIANCE: Final = tuple(name for name in _UNITS if re.fullmatch(r"C[XYZ](_DOT)?_[XYZ](_DOT)?", name))
_PLAIN_NUMBERS: Final = ("ECCENTRICITY", "SOLAR_RAD_COEFF", "DRAG_COEFF")
_WHOLE_NUMBERS: Final = ("EPHEMERIS_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH")
NUMERIC: Final = frozenset((*_UNITS, *_PLAIN_NUMBERS, *_WHOLE_NUMBERS))
"""Keywords whose value is a number and may be followed by a unit in brackets."""
_MOMENTS: Final = ("EPOCH", "CREATION_DATE", "REF_FRAME_EPOCH")
JUDGED_KEYWORDS: Final = frozenset((*NUMERIC, *_MOMENTS))
"""Keywords whose value `message_faults` judges. Of the theory it looks at the value, of all others at blank or not."""
_DATA: Final = frozenset((*NUMERIC, "EPOCH", "CLASSIFICATION_TYPE", "COV_REF_FRAME"))
_GROUPS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_HEADER, 0),
    **dict.fromkeys(_METADATA, 1),
    **dict.fromkeys(_DATA, 2),
}
_VERSION_3: Final = ("CLASSIFICATION", "MESSAGE_ID", "BTERM", "AGOM")
_MANDATORY: Final = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "TIME_SYSTEM",
    "MEAN_ELEMENT_THEORY",
    "EPOCH",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)
_NEEDED_BY_THEORY: Final[Mapping[str, tuple[str, ...]]] = {
    "SGP": ("MEAN_MOTION", "NORAD_CAT_ID", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"),
    "PPT3": ("MEAN_MOTION", "NORAD_CAT_ID", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"),
    "SGP4": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "SGP/SGP4": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "TLE": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "SGP4-XP": ("MEAN_MOTION", "NORAD_CAT_ID", "BTERM", "AGOM"),
}
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)


def _group_of(keyword: str) -> int | None:
    group = _GROUPS.get(keyword)
    return 2 if group is None and keyword.startswith("USER_DEFINED_") else group


def message_faults(message: OmmMessage, *, unchecked: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """Yield everything for which CCSDS would refuse the message.

    Blank CREATION_DATE and ORIGINATOR pass: CelesTrak writes them so. A message that states nothing has no faults.
    The values of the keywords in `unchecked` are left to someone else; that they are there is still looked at.
    """
    yield from message.faults
    values = {keyword: value for keyword, value in message.values.items() if value}
    if message.states_nothing():
        return
    if message.version not in ("2.0", "3.0"):
        yield Fault(message.line, "CCSDS_OMM_VERS", f"version {shown(message.version)}; 2.0 and 3.0 are defined")
    theory = values.get("MEAN_ELEMENT_THEORY", "").upper()
    needed = (*_MANDATORY, *_NEEDED_BY_THEORY.get(theory, ()))
    for keyword in needed:
        if keyword not in values:
            yield Fault(message.line_of(keyword), keyword, "is missing")
    if ("MEAN_MOTION" in values) == ("SEMI_MAJOR_AXIS" in values) and not {"MEAN_MOTION", theory} <= set(needed):
        yield Fault(message.line, "MEAN_MOTION", "one of MEAN_MOTION and SEMI_MAJOR_AXIS is needed, and not both")
    if message.version.startswith("2"):
        for keyword in _VERSION_3:
            if keyword in values:
                yield Fault(message.line_of(keyword), keyword, "came with version 3.0, the message says 2.0")
        if theory == "SGP4-XP":
            yield Fault(message.line_of("MEAN_ELEMENT_THEORY"), "MEAN_ELEMENT_THEORY", "SGP4-XP came with version 3.0")
    covariance = [keyword for keyword in _COVARIANCE if keyword in values]
    if 0 < len(covariance) < len(_COVARIANCE):
        lack = next(keyword for keyword in _COVARIANCE if keyword not in values)
        yield Fault(message.line_of(covariance[0]), lack, "is missing: a covariance needs all 21 elements")
    yield from _value_faults(message, values, unchecked)


def _value_faults(message: OmmMessage, values: Mapping[str, str], unchecked: frozenset[str]) -> Iterator[Fault]:
    for keyword, value in values.items():
        if keyword in unchecked:
            continue
        if keyword in _WHOLE_NUMBERS:
            if not _WHOLE.fullmatch(value):
                yield Fault(message.line_of(keyword), keyword, f"{shown(value)} is not a whole number")
        elif keyword in NUMERIC and not (_NUMBER.fullmatch(value) and math.isfinite(float(value))):
            yield Fault(message.line_of(keyword), keyword, f"{shown(value)} is not a finite number")
        elif keyword in _MOMENTS:
            try:
                parse_utc(value)
            except InputError as error:
                yield Fault(message.line_of(keyword), keyword, error.what)
