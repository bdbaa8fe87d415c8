"""Rules of conjunction data messages beyond their tables."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mihari.formats.ccsds._rules_common import entry_of, leap_faults, order_faults, range_fault
from mihari.formats.ccsds._tree import Block, Fault, Message

__all__ = ["cdm_faults"]

_MOMENTS = (
    "TCA START_SCREEN_PERIOD STOP_SCREEN_PERIOD SCREEN_ENTRY_TIME SCREEN_EXIT_TIME CREATION_DATE TIME_LASTOB_START "
    "TIME_LASTOB_END OD_EPOCH PREVIOUS_MESSAGE_EPOCH NEXT_MESSAGE_EPOCH"
).split()


def cdm_faults(message: Message) -> Iterator[Fault]:
    """Yield faults against the rules of 508.0-B-1, sections 3.3 to 3.5 and 6.2."""
    root = message.root
    body = root.block("body")
    relative = body.block("relativeMetadataData") if body else None
    yield from leap_faults(root.block("header"), ("CREATION_DATE",), is_utc=True)
    yield from leap_faults(relative, tuple(_MOMENTS), is_utc=True)
    yield from order_faults(relative, ("START_SCREEN_PERIOD", "STOP_SCREEN_PERIOD"), is_utc=True)
    yield from order_faults(relative, ("SCREEN_ENTRY_TIME", "SCREEN_EXIT_TIME"), is_utc=True)
    for keyword in ("COLLISION_PROBABILITY", "COLLISION_MAX_PROBABILITY", "SEFI_COLLISION_PROBABILITY"):
        yield from range_fault(relative, keyword, 0.0, 1.0)
    for keyword in ("MISS_DISTANCE", "RELATIVE_SPEED", "SCREEN_VOLUME_X", "SCREEN_VOLUME_Y", "SCREEN_VOLUME_Z"):
        yield from range_fault(relative, keyword, 0.0, math.inf)
    yield from _two_objects(message)
    for segment in message.segments():
        yield from _object_faults(segment, message.version)


def _two_objects(message: Message) -> Iterator[Fault]:
    """Two segments, OBJECT1 and OBJECT2 in this order (508.0-B-1 section 3.2)."""
    segments = list(message.segments())
    if len(segments) != 2:
        line = segments[-1].line if segments else message.line
        yield Fault(line, "OBJECT", f"{len(segments)} objects; a conjunction has two")
        return
    for segment, wanted in zip(segments, ("OBJECT1", "OBJECT2"), strict=True):
        entry = entry_of(segment.block("metadata"), "OBJECT")
        if entry is not None and entry.value.upper() in ("OBJECT1", "OBJECT2") and entry.value.upper() != wanted:
            yield Fault(entry.line, "OBJECT", f"{wanted} comes here")


def _object_faults(segment: Block, version: str) -> Iterator[Fault]:
    data = segment.block("data")
    if data is None:
        return
    orbit = data.block("odParameters")
    yield from leap_faults(orbit, ("TIME_LASTOB_START", "TIME_LASTOB_END", "OD_EPOCH"), is_utc=True)
    yield from order_faults(orbit, ("TIME_LASTOB_START", "TIME_LASTOB_END"), is_utc=True)
    yield from range_fault(orbit, "RESIDUALS_ACCEPTED", 0.0, 100.0)
    extra = data.block("additionalParameters")
    for keyword in ("AREA_PC", "AREA_DRG", "AREA_SRP", "MASS", "HBR"):
        yield from range_fault(extra, keyword, 0.0, math.inf)
    if version >= "2.0":
        yield from _complete_covariance(data)


def _complete_covariance(data: Block) -> Iterator[Fault]:
    """In version 2.0 the block comes several times; the RTN matrix stands whole in one of them."""
    names = [*"RTN", "RDOT", "TDOT", "NDOT"]
    wanted = [f"C{first}_{second}" for row, first in enumerate(names) for second in names[: row + 1]]
    blocks = list(data.blocks("covarianceMatrix"))
    given = [{e.keyword for e in block.entries() if e.value} for block in blocks]
    best = max(given, key=lambda keywords: len(keywords & set(wanted)), default=set())
    lack = next((keyword for keyword in wanted if keyword not in best), None)
    if blocks and lack is not None:
        yield Fault(blocks[0].line, lack, "is missing: a covariance needs all 21 elements")
