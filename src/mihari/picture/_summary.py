"""Counts of a picture: by regime and type, by type, by age of the element sets, and what has no state."""

from __future__ import annotations

from typing import Final

import polars as pl

from mihari.model.space_object import ObjectType
from mihari.picture._picture import Picture
from mihari.picture._propagation import STATUS_OK
from mihari.picture._regime import Regime

__all__ = ["AGE_BANDS", "count_by_age", "count_by_regime", "count_by_type", "count_without_state"]

_DAY_S: Final = 86_400.0
AGE_BANDS: Final = (
    ("after the moment", float("-inf"), 0.0),
    ("below 12 h", 0.0, 0.5 * _DAY_S),
    ("12 h to 1 d", 0.5 * _DAY_S, _DAY_S),
    ("1 to 3 d", _DAY_S, 3 * _DAY_S),
    ("3 to 7 d", 3 * _DAY_S, 7 * _DAY_S),
    ("7 to 30 d", 7 * _DAY_S, 30 * _DAY_S),
    ("above 30 d", 30 * _DAY_S, float("inf")),
)
"""Name, from (inclusive) and to (exclusive), s. Sets whose epoch is after the moment come first."""


def count_by_regime(picture: Picture) -> pl.DataFrame:
    """Return one row per regime that occurs: `regime`, `objects`, one column per object type, `without_state`."""
    names = [regime.value for regime in Regime]
    counted = picture.states.group_by("regime").agg(
        pl.len().cast(pl.Int64).alias("objects"),
        *((pl.col("object_type") == kind.value).sum().cast(pl.Int64).alias(kind.value) for kind in ObjectType),
        (pl.col("status") != STATUS_OK).sum().cast(pl.Int64).alias("without_state"),
    )
    return _in_order(counted, "regime", names)


def count_by_type(picture: Picture) -> pl.DataFrame:
    """Return one row per object type that occurs: `object_type`, `objects`, `inferred` (guessed from the name)."""
    counted = picture.states.group_by("object_type").agg(
        pl.len().cast(pl.Int64).alias("objects"), pl.col("object_type_inferred").sum().cast(pl.Int64).alias("inferred")
    )
    return _in_order(counted, "object_type", [kind.value for kind in ObjectType])


def count_by_age(picture: Picture) -> pl.DataFrame:
    """Return one row per age band, empty ones too: `age`, `objects`, `extrapolated`."""
    age, extrapolated = picture.states["age_s"], picture.states["extrapolated"]
    rows = []
    for name, from_s, to_s in AGE_BANDS:
        inside = (age >= from_s) & (age < to_s)
        rows.append((name, int(inside.sum()), int((inside & extrapolated).sum())))
    return pl.DataFrame(rows, schema={"age": pl.String, "objects": pl.Int64, "extrapolated": pl.Int64}, orient="row")


def count_without_state(picture: Picture) -> pl.DataFrame:
    """Return one row per reason why objects have no state, the most frequent first: `status`, `objects`."""
    missing = picture.states.filter(pl.col("status") != STATUS_OK)
    counted = missing.group_by("status").agg(pl.len().cast(pl.Int64).alias("objects"))
    return counted.sort(["objects", "status"], descending=[True, False])


def _in_order(counted: pl.DataFrame, column: str, order: list[str]) -> pl.DataFrame:
    place = pl.col(column).replace_strict({name: place for place, name in enumerate(order)}, return_dtype=pl.Int32)
    return counted.sort(place)
