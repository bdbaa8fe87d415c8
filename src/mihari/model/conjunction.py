"""Close approaches, and the statement of what was looked at, without which no list of them exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.errors import InputError
from mihari.model.provenance import DataMode

__all__ = [
    "CONJUNCTION_SCHEMA",
    "ConjunctionKind",
    "CoverageStatement",
    "EphemerisCoverage",
    "ScreeningResult",
    "Unscreened",
]


class ConjunctionKind(Enum):
    """`MINIMUM`: a local minimum of range inside the volume. `EDGE`: an interval without one, cut by the window."""

    MINIMUM = "minimum"
    EDGE = "edge"


CONJUNCTION_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id_1": pl.Int32,  # ascending within a pair
    "norad_cat_id_2": pl.Int32,
    "tca_tai_ns": pl.Int64,
    "miss_distance_m": pl.Float64,
    "relative_speed_m_s": pl.Float64,
    "kind": pl.String,  # a ConjunctionKind value
    "interval_start_tai_ns": pl.Int64,  # inside the volume from ... to ..., cut by the window
    "interval_end_tai_ns": pl.Int64,
    "primary_id": pl.Int32,  # whose volume was entered, and in whose RTN frame the components are
    "radial_m": pl.Float64,  # of the other object relative to the primary
    "transverse_m": pl.Float64,
    "normal_m": pl.Float64,
    "element_set_epoch_1_tai_ns": pl.Int64,  # null for an operator's ephemeris
    "element_set_epoch_2_tai_ns": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Unscreened:
    """An object that was not screened, wholly, or from some moment on, or between two, and why."""

    norad_cat_id: int
    reason: str
    from_tai_ns: int | None = None
    until_tai_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemerisCoverage:
    """An operator's ephemeris that was screened.

    Attributes
    ----------
    norad_cat_id : int
    number_source : str
        Where the number comes from, in words.
    label : str
        What it is called in the rows: the name of its file, made unique.
    object_name, object_id, kind, originator, frame : str
        As the message says.
    creation_tai_ns : int
    spans_tai_ns : tuple of (int, int)
        When it can be used, a span for each stretch without a gap.
    interpolation : str
        Method and degree, and whether the message recommends it.
    interpolation_error_m : float, optional
        The most that the next higher (at the highest degree: lower) degree differs by midway between states; None where
        there are too few states to tell.
    states, covariances : int
        How many it has.
    digest : str
        SHA-256 over its moments and states.
    """

    norad_cat_id: int
    number_source: str
    label: str
    object_name: str
    object_id: str
    kind: str
    originator: str
    creation_tai_ns: int
    frame: str
    spans_tai_ns: tuple[tuple[int, int], ...]
    interpolation: str
    interpolation_error_m: float | None
    states: int
    covariances: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageStatement:
    """What a screening looked at, and what it did not.

    `volume` names shape and size in words and numbers; `catalogue_version` is the digest of the chosen element sets,
    "none" where ephemerides are screened among themselves; `label` is the joint of those of all that was given.
    """

    start_tai_ns: int
    end_tai_ns: int
    volume: Mapping[str, Any]
    objects_given: int
    objects_screened: int
    primaries: int | None
    unscreened: tuple[Unscreened, ...]
    stale_count: int
    stale_after_s: float
    oldest_epoch_tai_ns: int | None
    newest_epoch_tai_ns: int | None
    median_epoch_tai_ns: int | None
    catalogue_version: str
    data_mode: DataMode
    method: str
    cost: Mapping[str, float]
    ephemerides: tuple[EphemerisCoverage, ...] = ()
    label: str = "PUBLIC"


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The conjunctions of one screening with their coverage; neither exists without the other.

    A column `label` beside those of the schema says under which label each row stands; without it, the coverage's.
    """

    coverage: CoverageStatement
    conjunctions: pl.DataFrame

    def __post_init__(self) -> None:
        for name, dtype in CONJUNCTION_SCHEMA.items():
            if self.conjunctions.schema.get(name) != dtype:
                raise InputError(f"conjunctions need the column {name} as {dtype}")
