"""The geosynchronous belt of a catalogue at a moment, with the longitudes of the days around it where wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.app.catalogue import Catalogue
from mihari.astro.earth import EarthOrientation
from mihari.errors import UsageError
from mihari.model.orbit import ElementSets
from mihari.picture import GeoBelt, catalogue_version, describe_objects, geo_belt, longitude_series_rad

__all__ = ["MOST_SERIES_POINTS", "GeoAnswer", "LongitudeWindow", "geo_of"]

MOST_SERIES_POINTS: Final = 150_000


@dataclass(frozen=True, slots=True)
class LongitudeWindow:
    """A part of the belt, from west to east; `west_rad` above `east_rad` crosses the date line."""

    west_rad: float
    east_rad: float

    def holds(self, longitude_rad: pl.Expr) -> pl.Expr:
        """Say which longitudes lie inside."""
        inside_of = pl.all_horizontal if self.west_rad <= self.east_rad else pl.any_horizontal
        return inside_of(longitude_rad >= self.west_rad, longitude_rad <= self.east_rad)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoAnswer:
    """The belt with what its objects are.

    Attributes
    ----------
    belt : GeoBelt
        Whole: neighbours are counted beyond the edges of a window.
    rows : DataFrame
        `belt.objects` inside the window with `object_name`, `object_type`, `owner`, `source`, `epoch_tai_ns` (of the
        element set).
    times_tai_ns : int64 array, (t,)
        Of the series; empty when none was asked for.
    series_rad : float64 array, (rows, t)
        Longitudes, each object's from the one set that stands at the moment, also before its epoch.
    catalogue_version : str
    """

    belt: GeoBelt
    rows: pl.DataFrame
    times_tai_ns: NDArray[np.int64]
    series_rad: NDArray[np.float64]
    catalogue_version: str


def geo_of(
    catalogue: Catalogue,
    *,
    at_tai_ns: int,
    reach_s: float,
    step_s: float,
    window: LongitudeWindow | None,
    orientation: EarthOrientation,
) -> GeoAnswer:
    """Return the belt at a moment.

    Parameters
    ----------
    reach_s : float
        The series runs from so long before the moment to so long after; 0 for none.
    step_s : float
        Of the series.
    window : LongitudeWindow, optional
        Only the objects whose point below lies there at the moment.

    Raises
    ------
    UsageError
        The series would have more than `MOST_SERIES_POINTS` points.
    DataGapError
        A moment lies outside `orientation`.
    """
    sets = catalogue.sets_at(at_tai_ns)
    belt = geo_belt(sets, at_tai_ns=at_tai_ns, orientation=orientation)
    told = describe_objects(belt.sets, catalogue.objects()).select(
        "norad_cat_id", "object_name", "object_type", "owner", "source"
    )
    rows = belt.objects.join(told, on="norad_cat_id", maintain_order="left").with_columns(
        belt.sets.frame["epoch_tai_ns"]
    )
    wanted = rows if window is None else rows.filter(window.holds(pl.col("longitude_rad")))
    times = np.empty(0, dtype=np.int64)
    series = np.empty((wanted.height, 0))
    if reach_s > 0:
        steps = int(reach_s / step_s * (1.0 + 1e-12))
        times = at_tai_ns + np.arange(-steps, steps + 1) * round(step_s * 1e9)
        if times.size * wanted.height > MOST_SERIES_POINTS:
            raise UsageError(
                f"{times.size * wanted.height:,} longitudes were asked for, {MOST_SERIES_POINTS:,} are the most",
                where="days",
                remedy="name a window (west_deg, east_deg), fewer days or longer steps",
            )
        ours = belt.sets.frame.filter(pl.col("norad_cat_id").is_in(wanted["norad_cat_id"].implode()))
        if len(ours):
            series = longitude_series_rad(ElementSets(ours), times_tai_ns=times, orientation=orientation)
    return GeoAnswer(
        belt=belt, rows=wanted, times_tai_ns=times, series_rad=series, catalogue_version=catalogue_version(sets)
    )
