"""Rules of tracking data messages beyond their tables."""

from __future__ import annotations

from collections.abc import Iterator

from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import is_number
from mihari.formats.ccsds._rules_common import entry_of, leap_faults, moment_key, order_faults
from mihari.formats.ccsds._table_tdm import OBSERVABLES
from mihari.formats.ccsds._tree import Block, Fault, Message, Row
from mihari.formats.ccsds._value import moment_fault, value_fault

__all__ = ["tdm_faults"]


def tdm_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 503.0-B-2, sections 3.3 to 3.5."""
    yield from leap_faults(message.root.block("header"), ("CREATION_DATE",), is_utc=True)
    for segment in message.segments():
        metadata = segment.block("metadata")
        system = (metadata.value("TIME_SYSTEM") if metadata else None) or "UTC"
        is_utc = system.upper() == "UTC"
        yield from leap_faults(metadata, ("START_TIME", "STOP_TIME"), is_utc=is_utc)
        yield from order_faults(metadata, ("START_TIME", "STOP_TIME"), is_utc=is_utc)
        yield from _path_faults(metadata)
        for data in segment.blocks("data"):
            yield from _observations(data, message.version, is_utc=is_utc)


def _path_faults(metadata: Block | None) -> Iterator[Fault]:
    """PATH goes with SEQUENTIAL, PATH_1 and PATH_2 with SINGLE_DIFF, and names participants that are there (3.3.2)."""
    mode = entry_of(metadata, "MODE")
    if metadata is None:
        return
    if mode is not None:
        wanted = ("PATH",) if mode.value.upper() == "SEQUENTIAL" else ("PATH_1", "PATH_2")
        for keyword in wanted:
            if entry_of(metadata, keyword) is None:
                yield Fault(mode.line, keyword, f"is missing; MODE {mode.value} needs it")
    for keyword in ("PATH", "PATH_1", "PATH_2"):
        entry = entry_of(metadata, keyword)
        if entry is None:
            continue
        stations = [part.strip() for part in entry.value.split(",")]
        if len(stations) < 2 or not all(part.isdecimal() for part in stations):
            yield Fault(entry.line, keyword, f"{shown(entry.value)} is not a list of participants' numbers")
            continue
        for part in dict.fromkeys(stations):
            if entry_of(metadata, f"PARTICIPANT_{part}") is None:
                yield Fault(entry.line, keyword, f"PARTICIPANT_{part} is not given")


def _observations(data: Block, version: str, *, is_utc: bool) -> Iterator[Fault]:
    """Each line has a known keyword, a moment and a number; the moments of a keyword ascend (3.4)."""
    latest: dict[str, int] = {}
    for row in data.items:
        if isinstance(row, Block) and row.name == "observation":
            yield Fault(row.line, None, "an observation has EPOCH and one value")
        if not isinstance(row, Row) or row.name != "observation":
            continue
        keyword = row.values[0]
        spec = OBSERVABLES.get(keyword)
        if spec is None:
            yield Fault(row.line, keyword[:40], "is no observable of a TDM")
            continue
        if not spec.is_known_in(version):
            yield Fault(row.line, keyword, f"came with version {spec.since}, the message says {version}")
        if len(row.values) != 3:
            yield Fault(row.line, keyword, f"{shown(' '.join(row.values[1:]))} is not a moment and a number")
            continue
        reason = moment_fault(row.values[1], is_utc=is_utc)
        if reason is not None:
            yield Fault(row.line, keyword, reason)
            continue
        if not is_number(row.values[2]):
            yield Fault(row.line, keyword, f"{shown(row.values[2])} is not a finite number")
        elif row.units and row.units[2] is not None:
            reason = value_fault(row.values[2], row.units[2], spec)
            if reason is not None:
                yield Fault(row.line, keyword, reason)
        moment = moment_key(row.values[1], is_utc=is_utc)
        assert moment is not None
        if moment < latest.get(keyword, moment):
            yield Fault(row.line, keyword, "lies before the one of this keyword before")
        latest[keyword] = moment
