"""Query parameters that several routes share."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

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


At = Annotated[
    str | None,
    Query(description="UTC, ISO 8601. Default: now for fresh element sets, else their median epoch.", max_length=64),
]
AsOf = Annotated[str | None, Query(description="UTC: answer with what was known then. Default: now.", max_length=64)]
FrameQuery = Annotated[FrameName, Query(description="Frame of position and velocity.")]
ModeQuery = Annotated[
    DataMode | None, Query(description="Data mode; they never mix. Default: REAL once there is any, else the other.")
]
Limit = Annotated[int, Query(ge=1, le=1_000_000, description="Rows on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="Rows to leave out before the page.")]
