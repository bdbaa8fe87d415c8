"""What every record of the Unified Data Library has, and how its values are read: nothing guessed, units made SI."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mihari.astro.states import Frame
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError
from mihari.ids import check_norad_cat_id
from mihari.model.provenance import DataMode

__all__ = [
    "UdlSource",
    "catalogue_number",
    "frame_name",
    "frame_of",
    "header",
    "integer",
    "moment",
    "number",
    "numbers",
    "read_header",
    "told",
]

_UNCLASSIFIED: Final = "U"
_FRAMES: Final = {"J2000": Frame.EME2000, "GCRF": Frame.GCRF, "TEME": Frame.TEME, "ITRF": Frame.ITRF, "UVW": Frame.RTN}
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UdlSource:
    """Who a record is from, and of which world it speaks.

    Attributes
    ----------
    source : str
        Who gives it.
    origin : str
        Who made it; the source where the record says nothing.
    data_mode : DataMode
    """

    source: str
    origin: str
    data_mode: DataMode


def header(source: UdlSource) -> dict[str, Any]:
    """Return the members that every record needs. Only what is unclassified is written."""
    return {
        "classificationMarking": _UNCLASSIFIED,
        "dataMode": source.data_mode.value,
        "source": source.source,
        **({"origin": source.origin} if source.origin != source.source else {}),
    }


def read_header(record: Mapping[str, Any]) -> UdlSource:
    """Read the members that every record needs.

    Raises
    ------
    FormatError
        One is missing, or the record carries a marking: this software holds nothing that is not unclassified.
    """
    marking = _text(record, "classificationMarking")
    if marking != _UNCLASSIFIED:
        raise FormatError(f"is marked {marking[:40]!r}", where="classificationMarking", remedy="only U is taken")
    try:
        mode = DataMode(_text(record, "dataMode"))
    except ValueError as error:
        raise FormatError("is no data mode", where="dataMode", remedy="REAL, TEST, SIMULATED or EXERCISE") from error
    source = _text(record, "source")
    origin = record.get("origin")
    return UdlSource(source=source, origin=origin if isinstance(origin, str) and origin else source, data_mode=mode)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise FormatError("is missing or no text", where=name)
    return value


def number(record: Mapping[str, Any], name: str, *, scale: float = 1.0, needed: bool = False) -> float | None:
    """Return a number times `scale`; None where it is left out."""
    value = record.get(name)
    if value is None and not needed:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FormatError("is missing or no number", where=name)
    return float(value) * scale


def numbers(record: Mapping[str, Any], names: tuple[str, ...], *, scale: float = 1.0) -> tuple[float, ...] | None:
    """Return several numbers that belong together; None where all are left out.

    Raises
    ------
    FormatError
        Some are there and some are not.
    """
    found = [number(record, name, scale=scale) for name in names]
    known = tuple(each for each in found if each is not None)
    if not known:
        return None
    if len(known) != len(names):
        raise FormatError(f"{', '.join(names)} belong together", where=names[found.index(None)])
    return known


def integer(record: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number; None where it is left out."""
    value = record.get(name)
    if value is None:
        return None
    if type(value) is not int or abs(value) >= 1 << 31:
        raise FormatError("is no whole number", where=name)
    return value


def catalogue_number(record: Mapping[str, Any], name: str = "satNo") -> int | None:
    """Return a catalogue number; None where the object is not correlated."""
    value = integer(record, name)
    return None if value is None else check_norad_cat_id(value)


def moment(record: Mapping[str, Any], name: str, *, needed: bool = False) -> int | None:
    """Return a moment, TAI ns."""
    value = record.get(name)
    if value is None and not needed:
        return None
    if not isinstance(value, str):
        raise FormatError("is missing or no moment", where=name)
    return parse_utc(value)


def told(tai_ns: int) -> str:
    """Return a moment as the library writes it: UTC, microseconds."""
    return format_utc(tai_ns, digits=6)


def frame_of(record: Mapping[str, Any], name: str) -> Frame:
    """Return the frame that a record names; none means J2000, which is EME2000.

    Raises
    ------
    FormatError
        An Earth-fixed frame whose rotation is not defined to the last digit (EFG/TDR, ECR/ECEF), or none at all.
    """
    value = record.get(name)
    if value is None:
        return Frame.EME2000
    if not isinstance(value, str) or value not in _FRAMES:
        raise FormatError(f"{str(value)[:40]!r} is a frame that cannot be used", where=name, remedy="J2000, GCRF, TEME")
    return _FRAMES[value]


def frame_name(frame: Frame) -> str:
    """Return the name that the library gives a frame; it is always written, for silence would mean J2000."""
    for name, known in _FRAMES.items():
        if known is frame:
            return name
    raise FormatError(f"{frame.value} has no name in the library")
