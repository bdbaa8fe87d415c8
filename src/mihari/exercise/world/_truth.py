"""The known truth of a simulated world: noiseless mean elements, and the motion that SGP4 makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.states import StateVectors
from mihari.errors import InputError

__all__ = ["TRUTH_SCHEMA", "WorldTruth"]

TRUTH_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "population": pl.String,  # name of the row in the data file
    "epoch_tai_ns": pl.Int64,  # the same as that of the published set
    "mean_motion_rev_day": pl.Float64,
    "eccentricity": pl.Float64,
    "inclination_deg": pl.Float64,
    "ra_of_asc_node_deg": pl.Float64,
    "arg_of_pericenter_deg": pl.Float64,
    "mean_anomaly_deg": pl.Float64,
    "bstar_per_earth_radius": pl.Float64,
    "area_to_mass_m2_kg": pl.Float64,
    "birth_year": pl.Float64,  # decimal year of the event that made a fragment, NaN for others
    "is_reentering": pl.Boolean,  # may fall within days; everything else stays up for ten days at least
}


@dataclass(frozen=True, slots=True)
class WorldTruth:
    """How every object of a simulated world really moves; `frame` has the columns of `TRUTH_SCHEMA`, one row each."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        for name, dtype in TRUTH_SCHEMA.items():
            if self.frame.schema.get(name) != dtype:
                raise InputError(f"the truth needs the column {name} as {dtype}")

    def __len__(self) -> int:
        return self.frame.height

    def batch(self, index: NDArray[np.int64] | None = None) -> Sgp4Batch:
        """Return the propagator of all objects, or of the rows of `index`."""
        rows = self.frame if index is None else self.frame[index]
        return Sgp4Batch.from_mean_elements(
            epoch_tai_ns=rows["epoch_tai_ns"].to_numpy(),
            mean_motion_rev_day=rows["mean_motion_rev_day"].to_numpy(),
            eccentricity=rows["eccentricity"].to_numpy(),
            inclination_deg=rows["inclination_deg"].to_numpy(),
            ra_of_asc_node_deg=rows["ra_of_asc_node_deg"].to_numpy(),
            arg_of_pericenter_deg=rows["arg_of_pericenter_deg"].to_numpy(),
            mean_anomaly_deg=rows["mean_anomaly_deg"].to_numpy(),
            bstar_per_earth_radius=rows["bstar_per_earth_radius"].to_numpy(),
        )

    def states(self, index: NDArray[np.int64], times_tai_ns: NDArray[np.int64]) -> StateVectors:
        """Return true states of the rows of `index` at every time.

        Parameters
        ----------
        index : (n,) int64
            Rows of the truth, which are those of the world's objects.
        times_tai_ns : (t,) int64

        Returns
        -------
        StateVectors, TEME
            (n, t, 3); NaN where the object has fallen.
        """
        return self.batch(index).propagate(times_tai_ns).state_vectors()
