"""Element sets: the public form of an orbit, as a columnar table.

An element set is a message of fit parameters that only SGP4 may interpret. Its numbers stay in the units of the
message (CCSDS 502.0-B-3, table 4-3: degrees, revolutions per day), so that what came in goes out unchanged and equal
sets compare equal; see docs/decisions/0002. The SGP4 wrapper turns them into radians and minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from mihari.errors import InputError

__all__ = ["ELEMENT_SET_KEY", "ELEMENT_SET_SCHEMA", "ElementSets"]

ELEMENT_SET_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "object_name": pl.String,  # null when the message has none
    "object_id": pl.String,  # international designator "1998-067A", null when unknown
    "epoch_tai_ns": pl.Int64,
    "mean_motion_rev_day": pl.Float64,  # Kozai mean motion
    "eccentricity": pl.Float64,
    "inclination_deg": pl.Float64,
    "ra_of_asc_node_deg": pl.Float64,
    "arg_of_pericenter_deg": pl.Float64,
    "mean_anomaly_deg": pl.Float64,
    "bstar_per_earth_radius": pl.Float64,
    "mean_motion_dot_rev_day2": pl.Float64,  # as printed: half the derivative
    "mean_motion_ddot_rev_day3": pl.Float64,  # as printed: a sixth of it
    "ephemeris_type": pl.Int8,
    "classification": pl.String,  # U, C, S
    "element_set_no": pl.Int32,
    "rev_at_epoch": pl.Int32,
    "creation_tai_ns": pl.Int64,  # CREATION_DATE of the message, null when it has none
    "originator": pl.String,
}

ELEMENT_SET_KEY: Final = (
    "norad_cat_id",
    "epoch_tai_ns",
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
)
"""Two sets that agree in all of these are the same set: a duplicate."""


# No slots: what follows from the table is found once, and a catalogue is asked for it with every question.
@dataclass(frozen=True)
class ElementSets:
    """A table of element sets; `frame` has at least the columns of `ELEMENT_SET_SCHEMA`, in that order.

    Provenance columns (`mihari.model.provenance`) follow when the sets come from a store.
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        given = self.frame.schema
        for name, dtype in ELEMENT_SET_SCHEMA.items():
            if name not in given:
                raise InputError(f"element sets need the column {name}")
            if given[name] != dtype:
                raise InputError(f"column {name} is {given[name]}, {dtype} is needed")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    def empty(cls) -> ElementSets:
        """Return a table without rows."""
        return cls(pl.DataFrame(schema=dict(ELEMENT_SET_SCHEMA)))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what SGP4 uses, in hexadecimal digits; the order of the rows does not matter."""
        key = self.frame.select(ELEMENT_SET_KEY).sort(ELEMENT_SET_KEY)
        digest = hashlib.sha256()
        for name in ELEMENT_SET_KEY:
            digest.update(np.ascontiguousarray(key[name].to_numpy()).tobytes())
        return digest.hexdigest()

    @cached_property
    def median_epoch_tai_ns(self) -> int | None:
        """The median epoch, the lower one of two, TAI ns; None without rows."""
        return int(self.frame["epoch_tai_ns"].sort()[(len(self) - 1) // 2]) if len(self) else None

    def latest_at(self, at_tai_ns: int) -> ElementSets:
        """Return one set per object: the last epoch at or before the moment, else the earliest after.

        Among sets of equal epoch the one learned last wins, then the one that stands last in the table.
        The rows come in ascending order of catalogue number.
        """
        frame = self.frame.with_row_index("_row")
        late = pl.col("epoch_tai_ns") > at_tai_ns
        rank = [late, pl.when(late).then(pl.col("epoch_tai_ns")).otherwise(-pl.col("epoch_tai_ns"))]
        if "learned_tai_ns" in frame.columns:
            rank.append(-pl.col("learned_tai_ns"))
        order = ["norad_cat_id", *rank, -pl.col("_row").cast(pl.Int64)]
        chosen = frame.sort(order).unique("norad_cat_id", keep="first", maintain_order=True).drop("_row")
        return ElementSets(chosen)
