"""State knots for maps: every object's state each 600 s, small enough to send and exact enough to interpolate.

A map moves a hundred thousand points without asking the server for each frame: between two knots a quintic Hermite
polynomial with the two-body and J2 acceleration at both ends stays within 20 m in LEO and 0.4 km in highly eccentric
orbits. The knots are real states, nothing is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError
from mihari.model.orbit import ElementSets
from mihari.model.space_object import SpaceObjects
from mihari.picture._picture import catalogue_version, describe_objects, orbits_of
from mihari.picture._propagation import batch_of
from mihari.picture._regime import classify_regimes, regime_names
from mihari.units import RAD_PER_DEG

if TYPE_CHECKING:
    from mihari.astro.sgp4 import Sgp4Batch

__all__ = ["KNOT_EPOCH_TAI_NS", "KNOT_FRAME", "KNOT_STEP_NS", "KnotSource", "knot_time_tai_ns", "knots"]

KNOT_EPOCH_TAI_NS: Final = 1_577_836_837_000_000_000
"""2020-01-01T00:00:00 UTC: knot 0. Knots before it have negative numbers."""
KNOT_STEP_NS: Final = 600_000_000_000
KNOT_FRAME: Final = Frame.GCRF


def knot_time_tai_ns(k: int) -> int:
    """Return the moment of knot `k`: 600 k elapsed seconds after the knot epoch, TAI ns."""
    return KNOT_EPOCH_TAI_NS + k * KNOT_STEP_NS


def knots(
    batch: Sgp4Batch, k_first: int, k_last: int, *, orientation: EarthOrientation, threads: int = 1
) -> NDArray[np.float32]:
    """Return the states of every object at knots `k_first` ... `k_last`, both included.

    Parameters
    ----------
    batch : Sgp4Batch
    k_first, k_last : int
    orientation : EarthOrientation
        Must cover the moments.
    threads : int

    Returns
    -------
    float32 array, (k_last - k_first + 1, n, 6), little-endian, C order
        Position, km, and velocity, km/s, GCRF: the wire format of maps, which is why it is not SI. A row of NaN has
        no valid state.

    Raises
    ------
    InputError
        `k_last` lies before `k_first`.
    DataGapError
        A knot lies outside `orientation`.
    """
    if k_last < k_first:
        raise InputError(f"knots run from {k_first} to {k_last}: the last comes before the first")
    out = np.empty((k_last - k_first + 1, batch.size, 6), dtype="<f4")
    for place, k in enumerate(range(k_first, k_last + 1)):
        moment = np.array([knot_time_tai_ns(k)], dtype=np.int64)
        teme = batch.propagate(moment, threads=threads)
        states = StateVectors(
            Frame.TEME, moment, np.asarray(teme.position_m)[:, 0], np.asarray(teme.velocity_m_s)[:, 0]
        )
        inertial = convert(states, KNOT_FRAME, orientation=orientation)
        out[place, :, :3] = inertial.position_m * 1e-3
        out[place, :, 3:] = inertial.velocity_m_s * 1e-3
        out[place, np.asarray(teme.status)[:, 0] != 0] = np.nan
    return out


@final
@dataclass(frozen=True, slots=True)
class KnotSource:
    """One choice of element sets, ready to give knots, with what a map needs to know of each row.

    `catalogue_version` names the choice; the same version and knot number always give the same bytes.
    """

    catalogue_version: str
    sets: ElementSets
    batch: Sgp4Batch
    rows: pl.DataFrame

    @classmethod
    def of(cls, sets: ElementSets, objects: SpaceObjects | None = None) -> KnotSource:
        """Prepare a choice of element sets, one per object."""
        ordered = ElementSets(sets.frame.sort("norad_cat_id"))
        described = describe_objects(ordered, objects)
        orbits = orbits_of(ordered)
        rows = described.select(
            "norad_cat_id",
            "object_name",
            "object_id",
            "object_type",
            "object_type_inferred",
            "owner",
            pl.Series("regime", regime_names(classify_regimes(orbits)), dtype=pl.String),
            _rounded("perigee_km", orbits.perigee_altitude_m / 1e3, 1),
            _rounded("apogee_km", orbits.apogee_altitude_m / 1e3, 1),
            _rounded("inclination_deg", orbits.inclination_rad / RAD_PER_DEG, 4),
            _rounded("period_min", orbits.period_s / 60.0, 3),
            "source",
            ordered.frame["epoch_tai_ns"].alias("element_set_epoch_tai_ns"),
        )
        return cls(catalogue_version(sets), ordered, batch_of(ordered), rows)

    def knot_bytes(self, k: int, *, orientation: EarthOrientation, threads: int = 1) -> bytes:
        """Return knot `k` as it goes over the wire: n times 6 float32, little-endian."""
        return knots(self.batch, k, k, orientation=orientation, threads=threads).tobytes()


def _rounded(name: str, values: NDArray[np.float64], digits: int) -> pl.Series:
    """Round what colours and filters of a map go by; null where there is no orbit."""
    return pl.Series(name, np.round(values, digits), nan_to_null=True)
