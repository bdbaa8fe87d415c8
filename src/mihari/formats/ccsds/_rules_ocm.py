"""Rules of orbit comprehensive messages beyond their tables."""

from __future__ import annotations

from collections.abc import Iterator

from mihari.formats._rejections import shown
from mihari.formats.ccsds._ocm_types import ELEMENTS, MANOEUVRE_TIME_COLUMNS, covariance_columns, split_units
from mihari.formats.ccsds._quantity import is_number, same_unit
from mihari.formats.ccsds._rules_common import entry_of, frame_epoch_fault, leap_faults, moment_key
from mihari.formats.ccsds._tree import Block, Fault, Message, Row
from mihari.formats.ccsds._value import moment_fault

__all__ = ["ocm_faults"]


def ocm_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 502.0-B-3 section 6.2."""
    yield from leap_faults(message.root.block("header"), ("CREATION_DATE",), is_utc=True)
    for segment in message.segments():
        metadata, data = segment.block("metadata"), segment.block("data")
        is_utc = ((metadata.value("TIME_SYSTEM") if metadata else None) or "UTC").upper() == "UTC"
        yield from leap_faults(metadata, ("EPOCH_TZERO", "START_TIME", "STOP_TIME"), is_utc=is_utc)
        yield from _pairs(metadata, (("NEXT_LEAP_EPOCH", "NEXT_LEAP_TAIMUTC"),))
        if data is None:
            continue
        for block in data.blocks("traj"):
            yield from _trajectory(block, is_utc=is_utc)
        for block in data.blocks("cov"):
            yield from _covariance(block, is_utc=is_utc)
        for block in data.blocks("man"):
            yield from _manoeuvre(block, is_utc=is_utc)


def _pairs(block: Block | None, pairs: tuple[tuple[str, str], ...]) -> Iterator[Fault]:
    """Some keywords need another."""
    for keyword, needed in pairs:
        entry = entry_of(block, keyword)
        if entry is not None and entry_of(block, needed) is None:
            yield Fault(entry.line, needed, f"is missing; {keyword} needs it")


def _trajectory(block: Block, *, is_utc: bool) -> Iterator[Fault]:
    yield from frame_epoch_fault(block, "TRAJ_REF_FRAME", "TRAJ_FRAME_EPOCH")
    yield from _pairs(block, (("ORB_REVNUM", "ORB_REVNUM_BASIS"), ("INTERPOLATION", "INTERPOLATION_DEGREE")))
    kind = entry_of(block, "TRAJ_TYPE")
    elements = ELEMENTS.get((kind.value if kind else "CARTPV").upper())
    units = entry_of(block, "TRAJ_UNITS")
    if units is not None and elements is not None:
        yield from _units(units.value, elements, units.line, "TRAJ_UNITS", may_have_more=kind is None)
    width = None if elements is None or kind is None else len(elements)
    yield from _rows(block, width, is_utc=is_utc)


def _units(
    text: str, wanted: tuple[str, ...], line: int | None, keyword: str, *, may_have_more: bool = False
) -> Iterator[Fault]:
    """Units are those of the book, one for each element (table 6-4): another scale would change the numbers."""
    given = split_units(text)
    if len(given) != len(wanted) and not may_have_more:
        yield Fault(line, keyword, f"{len(given)} units for {len(wanted)} elements")
        return
    for unit, known in zip(given, wanted, strict=False):
        if not same_unit(unit, known):
            yield Fault(line, keyword, f"unit {shown(unit)}, [{known}] is meant")
            return


def _rows(block: Block, width: int | None, *, is_utc: bool) -> Iterator[Fault]:
    """Lines have a moment or seconds from EPOCH_TZERO and as many numbers as the set has elements, in order."""
    latest: dict[bool, float] = {}
    for row in block.items:
        if not isinstance(row, Row):
            continue
        if width is None and len(row.values) > 1:
            width = len(row.values) - 1
        if len(row.values) - 1 != width:
            yield Fault(row.line, None, f"{len(row.values) - 1} numbers; {width} are meant")
            continue
        yield from _row_moment(row, latest=latest, is_utc=is_utc)
        for value in row.values[1:]:
            if not is_number(value):
                yield Fault(row.line, None, f"{shown(value)} is not a finite number")


def _row_moment(row: Row, *, is_utc: bool, latest: dict[bool, float]) -> Iterator[Fault]:
    text = row.values[0]
    is_relative = is_number(text)
    moment: float | None = float(text) if is_relative else moment_key(text, is_utc=is_utc)
    reason = None if is_relative else moment_fault(text, is_utc=is_utc)
    if reason is not None or moment is None:
        yield Fault(row.line, None, reason or f"{shown(text)} is no moment")
        return
    if moment < latest.get(is_relative, moment):
        yield Fault(row.line, None, "lies before the line before")
    latest[is_relative] = moment


def _covariance(block: Block, *, is_utc: bool) -> Iterator[Fault]:
    yield from frame_epoch_fault(block, "COV_REF_FRAME", "COV_FRAME_EPOCH")
    kind = entry_of(block, "COV_TYPE")
    elements = ELEMENTS.get((kind.value if kind else "CARTPV").upper())
    ordering = (block.value("COV_ORDERING") or "LTM").upper()
    units = entry_of(block, "COV_UNITS")
    if units is not None and elements is not None:
        yield from _units(units.value, elements, units.line, "COV_UNITS")
    width = None if elements is None or kind is None else covariance_columns(len(elements), ordering)
    yield from _rows(block, width, is_utc=is_utc)


def _manoeuvre(block: Block, *, is_utc: bool) -> Iterator[Fault]:
    """Lines have one value for each column of MAN_COMPOSITION; units are given for all columns but the times."""
    yield from frame_epoch_fault(block, "MAN_REF_FRAME", "MAN_FRAME_EPOCH")
    composition = entry_of(block, "MAN_COMPOSITION")
    if composition is None:
        return
    columns = [part.strip().upper() for part in composition.value.split(",")]
    if columns[0] not in MANOEUVRE_TIME_COLUMNS:
        yield Fault(composition.line, "MAN_COMPOSITION", "begins with TIME_ABSOLUTE or TIME_RELATIVE")
    units = entry_of(block, "MAN_UNITS")
    timeless = [column for column in columns if column not in MANOEUVRE_TIME_COLUMNS]
    named = [column for column in timeless if column != "DEPLOY_ID"]
    if units is not None and len(split_units(units.value)) not in (len(timeless), len(named)):
        count = len(split_units(units.value))
        yield Fault(units.line, "MAN_UNITS", f"{count} units for {len(timeless)} columns")
    for row in block.items:
        if not isinstance(row, Row):
            continue
        if len(row.values) != len(columns):
            yield Fault(row.line, None, f"{len(row.values)} values; MAN_COMPOSITION has {len(columns)}")
            continue
        for column, value in zip(columns, row.values, strict=True):
            if column == "TIME_ABSOLUTE":
                reason = moment_fault(value, is_utc=is_utc)
                if reason is not None:
                    yield Fault(row.line, column, reason)
            elif column == "TIME_RELATIVE" and not is_number(value):
                yield Fault(row.line, column, f"{shown(value)} is not a finite number")
