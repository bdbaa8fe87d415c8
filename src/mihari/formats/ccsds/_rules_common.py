"""Rules that several messages share: order of moments, leap seconds by time system, frames that need an epoch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mihari.astro.time import TimeScale, parse_time, parse_utc
from mihari.errors import InputError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import is_number
from mihari.formats.ccsds._tree import Block, Entry, Fault
from mihari.formats.ccsds._value import moment_fault

__all__ = ["entry_of", "frame_epoch_fault", "leap_faults", "moment_key", "order_faults", "range_fault"]

_REGISTERED: Final = frozenset(
    "ALIGN_CB ALIGN_EARTH B1950 CIRS DTRFYYYY EFG EME2000 FIXED_CB FIXED_EARTH GCRF GRC GTOD ICRF ITRF J2000 MCI MOD "
    "MOD_CB MOD_EARTH MOD_MOON MOE_CB MOE_EARTH MOON_ME MOON_MEIAUE MOON_PAXXX TDR TEME TEMEOFDATE TEMEOFEPOCH TIRS "
    "TOD TOD_CB TOD_EARTH TOD_MOON TOE_CB TOE_EARTH TOE_MOON TRUE_ECLIPTIC UVW_GO_INERTIAL WGS84 CIO LTP PEF RTN RSW "
    "QSW RIC TNW NTW PQW SEZ ENU NED NSW VVLH VNC LVLH UVW EQW IJK".split()
)
"""Frames of 502.0-B-2 annex A and of the SANA registries that 502.0-B-3 refers to."""
_FAMILIES: Final = re.compile(
    r"(ITRF|ICRF|GCRF|WGS|DTRF|GTRF|EME|B)[ _-]?\d{0,4}|(IAU|FIXED|ALIGN|MOD|MOE|TOD|TOE|MCI|RTN|RSW|QSW|TNW|NTW|LVLH"
    r"|VVLH|VNC|PQW|SEZ|EQW|NSW|RIC|UVW|TOR|MOON)[ _-].+"
)


def entry_of(block: Block | None, keyword: str) -> Entry | None:
    """Return the entry of a keyword that has a value."""
    if block is None:
        return None
    return next((e for e in block.entries() if e.keyword == keyword and e.value), None)


def moment_key(text: str, *, is_utc: bool) -> int | None:
    """Return a number by which moments of one time system can be ordered, None for what is no moment."""
    try:
        return parse_utc(text) if is_utc else parse_time(text.removesuffix("Z"), scale=TimeScale.TAI)
    except InputError:
        return None


def order_faults(block: Block | None, keywords: tuple[str, ...], *, is_utc: bool) -> Iterator[Fault]:
    """Yield a fault for each moment that lies before one that should not be later."""
    latest: int | None = None
    before = ""
    for keyword in keywords:
        entry = entry_of(block, keyword)
        key = None if entry is None else moment_key(entry.value, is_utc=is_utc)
        if entry is None or key is None:
            continue
        if latest is not None and key < latest:
            yield Fault(entry.line, keyword, f"lies before {before}")
        else:
            latest, before = key, keyword


def leap_faults(block: Block | None, keywords: tuple[str, ...], *, is_utc: bool) -> Iterator[Fault]:
    """Yield moments that their time system does not have; the table has checked how they are written."""
    for keyword in keywords:
        entry = entry_of(block, keyword)
        if entry is not None and not is_number(entry.value):
            reason = moment_fault(entry.value, is_utc=is_utc)
            other = moment_fault(entry.value, is_utc=not is_utc)
            if reason is not None and other is None:
                yield Fault(entry.line, keyword, reason)


def frame_epoch_fault(block: Block | None, keyword: str, epoch_keyword: str) -> Iterator[Fault]:
    """Yield a fault for a frame of no register that does not state its epoch.

    The epoch may be left out where it is intrinsic to the definition of the frame (502.0-B-2 tables 3-2, 5-3); a frame
    that no register defines has no such definition.
    """
    entry = entry_of(block, keyword)
    if entry is None or entry_of(block, epoch_keyword) is not None:
        return
    name = entry.value.upper()
    if name not in _REGISTERED and not _FAMILIES.fullmatch(name):
        yield Fault(entry.line, keyword, f"{shown(entry.value)} is in no register, and {epoch_keyword} is missing")


def range_fault(block: Block | None, keyword: str, low: float, high: float) -> Iterator[Fault]:
    """Yield a fault for a number outside its range."""
    entry = entry_of(block, keyword)
    if entry is not None and is_number(entry.value) and not low <= float(entry.value) <= high:
        yield Fault(entry.line, keyword, f"{shown(entry.value)} lies outside {low:g} to {high:g}")
