"""Where a record comes from, who may use it, and when the node learned it.

The columns of `PROVENANCE_SCHEMA` stand on every record of every kind from the first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

__all__ = ["PROVENANCE_SCHEMA", "DataMode", "Provenance"]


class DataMode(Enum):
    """Whether a record speaks of the world or of a game. Modes never mix in one default answer."""

    REAL = "REAL"
    TEST = "TEST"
    SIMULATED = "SIMULATED"
    EXERCISE = "EXERCISE"


PROVENANCE_SCHEMA: Final[Mapping[str, Any]] = {
    "learned_tai_ns": pl.Int64,  # when this node learned it; set by the store at commit
    "source": pl.String,  # who gave it to us: "celestrak", "file:active.tle"
    "origin": pl.String,  # who made it, when known: "18 SPCS"
    "method": pl.String,  # how it was made: "SGP4 mean elements", "simulated world"
    "data_mode": pl.String,  # a DataMode value
    "label": pl.String,  # release label: "PUBLIC", ...
    "licence": pl.String,  # licence or redistribution rule
    "derived_from": pl.String,  # lineage: digest of the file and record, or ids of parents
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What one batch of records has in common."""

    source: str
    data_mode: DataMode
    origin: str = "unknown"
    method: str = "as received"
    label: str = "PUBLIC"
    licence: str = "unknown: do not redistribute"
    derived_from: str = ""
