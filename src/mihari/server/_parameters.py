"""Query parameters that several routes share."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Final

from fastapi import Query
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mihari.astro.states import Frame
from mihari.model.provenance import DataMode

__all__ = ["AsOf", "At", "FrameName", "FrameQuery", "Limit", "ModeQuery", "Offset", "TableFormat", "UtcText", "spelt"]


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


_UTC_PATTERN: Final = r"^\d{4}-(\d{2}-\d{2}|\d{3})([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?)?(Z|\+00:00)?$"
"""ISO 8601 with calendar date or day of year; whether there is such a date is asked later."""


def spelt(pattern: str, *, kind: str, what: str, remedy: str) -> Callable[[str], str]:
    """Return a validator that says in words what a regular expression would only show."""
    form = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if form.fullmatch(text) is None:
            raise PydanticCustomError(kind, what, {"remedy": remedy})
        return text

    return check


_utc = spelt(
    _UTC_PATTERN, kind="no_utc", what="this is not a UTC time", remedy="write it like 2025-01-08T03:58:00 or 2025-01-08"
)
UtcText = Annotated[str, AfterValidator(_utc), WithJsonSchema({"type": "string", "pattern": _UTC_PATTERN})]
"""The pattern is published for machines; people are told in words."""

At = Annotated[UtcText | None, Query(description="UTC. Default: now for fresh element sets, else their median epoch.")]
AsOf = Annotated[UtcText | None, Query(description="UTC: answer with what was known then. Default: now.")]
FrameQuery = Annotated[FrameName, Query(description="Frame of position and velocity.")]
ModeQuery = Annotated[
    DataMode | None, Query(description="Data mode; they never mix. Default: REAL once there is any, else the other.")
]
Limit = Annotated[int, Query(ge=1, le=1_000_000, description="Rows on a page.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="Rows to leave out before the page.")]
