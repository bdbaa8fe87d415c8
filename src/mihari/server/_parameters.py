"""Query parameters that several routes share."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from fastapi import Query

from mihari.astro.states import Frame
from mihari.model.provenance import DataMode

__all__ = ["AsOf", "At", "FrameName", "FrameQuery", "Limit", "ModeQuery", "Offset", "TableFormat"]


class FrameName(Enum):
    """The frames that positions can be asked in; the others hang on an object."""

    GCRF = Frame.GCRF.value
    ITRF = Frame.ITRF.value
    TEME = Frame.TEME.value
    EME2000 = Frame.EME2000.value
    TOD = Frame.TOD.value
    MOD = Frame.MOD.value


class TableFormat(Enum):
    """How a table is sent."""

    JSON = "json"
    CSV = "csv"


UTC_PATTERN: Final = r"^\d{4}-(\d{2}-\d{2}|\d{3})([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?)?(Z|\+00:00)?$"
"""ISO 8601 with calendar date or day of year; whether there is such a date is asked later."""

At = Annotated[
    str | None,
    Query(pattern=UTC_PATTERN, description="UTC. Default: now for fresh element sets, else their median epoch."),
]
AsOf = Annotated[
    str | None, Query(pattern=UTC_PATTERN, description="UTC: answer with what was known then. Default: now.")
]
FrameQuery = Annotated[FrameName, Query(description="Frame of position and velocity.")]
ModeQuery = Annotated[
    DataMode | None, Query(description="Data mode; they never mix. Default: REAL once there is any, else the other.")
]
Limit = Annotated[int, Query(ge=1, le=1_000_000, description="Rows on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="Rows to leave out before the page.")]
