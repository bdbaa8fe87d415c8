"""Rules of OPM, OMM and OEM beyond their tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mihari.formats._rejections import shown
from mihari.formats.ccsds._quantity import is_number
from mihari.formats.ccsds._rules_common import (
    entry_of,
    frame_epoch_fault,
    leap_faults,
    moment_key,
    order_faults,
    range_fault,
)
from mihari.formats.ccsds._tree import Block, Entry, Fault, Message, Row
from mihari.formats.ccsds._value import moment_fault

__all__ = ["oem_faults", "oem_remarks", "omm_faults", "opm_faults"]

_NEEDED_BY_THEORY: Final = {
    "SGP": ("MEAN_MOTION", "NORAD_CAT_ID", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"),
    "PPT3": ("MEAN_MOTION", "NORAD_CAT_ID", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"),
    "SGP4": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "SGP/SGP4": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "TLE": ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR"),
    "SGP4-XP": ("MEAN_MOTION", "NORAD_CAT_ID", "BTERM", "AGOM"),
}
"""Conditional keywords of 502.0-B-3 table 4-3."""


def _is_utc(metadata: Block | None) -> bool:
    return ((metadata.value("TIME_SYSTEM") if metadata else None) or "UTC").upper() == "UTC"


def opm_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 502.0-B section 3.2."""
    yield from leap_faults(message.root.block("header"), ("CREATION_DATE",), is_utc=True)
    for segment in message.segments():
        metadata, data = segment.block("metadata"), segment.block("data")
        is_utc = _is_utc(metadata)
        yield from frame_epoch_fault(metadata, "REF_FRAME", "REF_FRAME_EPOCH")
        yield from leap_faults(metadata, ("REF_FRAME_EPOCH",), is_utc=is_utc)
        if data is None:
            continue
        yield from leap_faults(data.block("stateVector"), ("EPOCH",), is_utc=is_utc)
        for block in data.blocks("maneuverParameters"):
            yield from leap_faults(block, ("MAN_EPOCH_IGNITION",), is_utc=is_utc)
        elements = data.block("keplerianElements")
        if elements is not None and bool(elements.value("TRUE_ANOMALY")) == bool(elements.value("MEAN_ANOMALY")):
            yield Fault(elements.line, "TRUE_ANOMALY", "one of TRUE_ANOMALY and MEAN_ANOMALY is needed, and not both")
        yield from range_fault(elements, "ECCENTRICITY", 0.0, float("inf"))
        yield from range_fault(data.block("spacecraftParameters"), "MASS", 0.0, float("inf"))


def omm_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 502.0-B section 4.2."""
    yield from leap_faults(message.root.block("header"), ("CREATION_DATE",), is_utc=True)
    for segment in message.segments():
        metadata, data = segment.block("metadata"), segment.block("data")
        is_utc = _is_utc(metadata)
        yield from frame_epoch_fault(metadata, "REF_FRAME", "REF_FRAME_EPOCH")
        theory_entry = entry_of(metadata, "MEAN_ELEMENT_THEORY")
        theory = theory_entry.value.upper() if theory_entry else ""
        if theory == "SGP4-XP" and message.version < "3.0" and theory_entry is not None:
            yield Fault(theory_entry.line, "MEAN_ELEMENT_THEORY", "SGP4-XP came with version 3.0")
        if data is None:
            continue
        mean, tle = data.block("meanElements"), data.block("tleParameters")
        yield from leap_faults(mean, ("EPOCH",), is_utc=is_utc)
        needed = _NEEDED_BY_THEORY.get(theory, ())
        for keyword in needed:
            if entry_of(mean, keyword) is None and entry_of(tle, keyword) is None:
                yield Fault((tle or data).line, keyword, f"is missing; {theory} needs it")
        has_motion, has_axis = bool(entry_of(mean, "MEAN_MOTION")), bool(entry_of(mean, "SEMI_MAJOR_AXIS"))
        if has_motion == has_axis and not ("MEAN_MOTION" in needed and not has_motion):
            line = mean.line if mean else data.line
            yield Fault(line, "MEAN_MOTION", "one of MEAN_MOTION and SEMI_MAJOR_AXIS is needed, and not both")


def oem_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 502.0-B section 5.2."""
    yield from leap_faults(message.root.block("header"), ("CREATION_DATE",), is_utc=True)
    for segment in message.segments():
        metadata, data = segment.block("metadata"), segment.block("data")
        is_utc = _is_utc(metadata)
        yield from frame_epoch_fault(metadata, "REF_FRAME", "REF_FRAME_EPOCH")
        spans = ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME")
        yield from leap_faults(metadata, ("REF_FRAME_EPOCH", *spans), is_utc=is_utc)
        yield from order_faults(metadata, spans, is_utc=is_utc)
        yield from _interpolation(metadata)
        if data is not None:
            yield from _states(data, metadata, message.version, is_utc=is_utc)
            yield from _covariances(data, is_utc=is_utc)
    yield from _between_segments(message)


def _between_segments(message: Message) -> Iterator[Fault]:
    """An OEM is of one object (5.1), and its time system remains fixed (table 5-3)."""
    first: dict[str, str] = {}
    for segment in message.segments():
        metadata = segment.block("metadata")
        for keyword in ("OBJECT_NAME", "OBJECT_ID", "TIME_SYSTEM"):
            entry = entry_of(metadata, keyword)
            if entry is not None and first.setdefault(keyword, entry.value) != entry.value:
                yield Fault(
                    entry.line, keyword, f"{shown(entry.value)} after {shown(first[keyword])}; one message has one"
                )


def oem_remarks(message: Message) -> Iterator[Fault]:
    """Yield useable spans that overlap: table 5-3 has the later block begin at the earlier one's end or after."""
    until: int | None = None
    for segment in message.segments():
        metadata = segment.block("metadata")
        is_utc = _is_utc(metadata)
        start = entry_of(metadata, "USEABLE_START_TIME")
        begins = _moment(start, is_utc=is_utc)
        if start is not None and begins is not None and until is not None and begins < until:
            yield Fault(start.line, "USEABLE_START_TIME", "lies before USEABLE_STOP_TIME of the block before")
        ends = _moment(entry_of(metadata, "USEABLE_STOP_TIME"), is_utc=is_utc)
        until = ends if ends is not None else until


def _interpolation(metadata: Block | None) -> Iterator[Fault]:
    """A method needs its degree (table 5-3)."""
    method = entry_of(metadata, "INTERPOLATION")
    if method is not None and entry_of(metadata, "INTERPOLATION_DEGREE") is None:
        yield Fault(method.line, "INTERPOLATION_DEGREE", "is missing; INTERPOLATION needs it")


def _states(data: Block, metadata: Block | None, version: str, *, is_utc: bool) -> Iterator[Fault]:
    """States have an epoch and six numbers, or nine since 2.0, in order of time, inside the span (5.2.4)."""
    start, stop = (_moment(entry_of(metadata, k), is_utc=is_utc) for k in ("START_TIME", "STOP_TIME"))
    latest: int | None = None
    for row in data.items:
        if not isinstance(row, Row) or row.name != "stateVector":
            continue
        if len(row.values) not in (7, 10):
            yield Fault(row.line, None, f"a state of {len(row.values) - 1} numbers; 6 or 9 are meant")
            continue
        if len(row.values) == 10 and version < "2.0":
            yield Fault(row.line, "X_DDOT", f"accelerations came with version 2.0, the message says {version}")
        yield from _numbers(row)
        reason = moment_fault(row.values[0], is_utc=is_utc)
        if reason is not None:
            yield Fault(row.line, "EPOCH", reason)
            continue
        moment = moment_key(row.values[0], is_utc=is_utc)
        assert moment is not None
        if latest is not None and moment < latest:
            yield Fault(row.line, "EPOCH", "lies before that of the line before")
        latest = moment
        if (start is not None and moment < start) or (stop is not None and moment > stop):
            yield Fault(row.line, "EPOCH", "lies outside START_TIME to STOP_TIME")


def _numbers(row: Row) -> Iterator[Fault]:
    for value in row.values[1:]:
        if not is_number(value):
            yield Fault(row.line, None, f"{shown(value)} is not a finite number")


def _covariances(data: Block, *, is_utc: bool) -> Iterator[Fault]:
    """Matrices come in order of time, each row with as many numbers as its index (5.2.5)."""
    latest: int | None = None
    for block in data.blocks("covarianceMatrix"):
        for item in block.items:
            if isinstance(item, Row):
                yield Fault(item.line, None, f"a row of {len(item.values)} numbers does not fit the lower triangle")
        entry = entry_of(block, "EPOCH")
        yield from leap_faults(block, ("EPOCH",), is_utc=is_utc)
        moment = _moment(entry, is_utc=is_utc)
        if moment is not None and latest is not None and moment < latest:
            yield Fault(entry.line if entry else block.line, "EPOCH", "lies before that of the matrix before")
        latest = moment if moment is not None else latest


def _moment(entry: Entry | None, *, is_utc: bool) -> int | None:
    return None if entry is None else moment_key(entry.value, is_utc=is_utc)
