"""The geosynchronous belt: longitudes, drift, and who is near whom in longitude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.geodetic import geodetic_from_itrf
from mihari.astro.states import Frame, StateVectors
from mihari.model.orbit import ElementSets
from mihari.picture._picture import orbits_of
from mihari.picture._propagation import batch_of
from mihari.picture._regime import Regime, classify_regimes, regime_names
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = ["DRIFTING_FROM_RAD_S", "GEO_SCHEMA", "NEAR_RAD", "GeoBelt", "geo_belt", "longitude_series_rad"]

GEO_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "longitude_rad": pl.Float64,  # of the point below, -pi to pi; null, as all that follows from it, without a state
    "latitude_rad": pl.Float64,
    "altitude_m": pl.Float64,
    "drift_rad_s": pl.Float64,  # mean rate of the longitude over one revolution, east positive
    "drifting": pl.Boolean,
    "inclination_rad": pl.Float64,
    "eccentricity": pl.Float64,
    "near_0_1": pl.Int32,  # others within 0.1 degrees of longitude
    "near_0_5": pl.Int32,
    "nearest_id": pl.Int32,  # in longitude
    "nearest_rad": pl.Float64,
}

NEAR_RAD: Final = (0.1 * RAD_PER_DEG, 0.5 * RAD_PER_DEG)
"""Neighbours: half the width of a common station-keeping slot, and a few slots."""

DRIFTING_FROM_RAD_S: Final = 0.1 * RAD_PER_DEG / 86_400.0
"""A mean drift of 0.1 degrees a day leaves a slot of 0.2 degrees within two days: nobody holds station so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoBelt:
    """The belt at one moment.

    Attributes
    ----------
    objects : DataFrame
        `GEO_SCHEMA`, by catalogue number.
    sets : ElementSets
        The element sets of `objects`, in their order.
    without_state : int
        How many of them have no state at the moment.
    inclined : int
        How many objects are as high but inclined by 25 degrees or more (IGSO), and therefore not among them.
    """

    objects: pl.DataFrame
    sets: ElementSets
    without_state: int
    inclined: int


def geo_belt(sets: ElementSets, *, at_tai_ns: int, orientation: EarthOrientation) -> GeoBelt:
    """Return where the objects of the regime GEO stand, how they drift and who is near them.

    The drift is the change of longitude over one revolution of the object, centred on the moment: the daily swing of
    an eccentric or inclined orbit cancels.

    Parameters
    ----------
    sets : ElementSets
        One per object, of all regimes.
    at_tai_ns : int
    orientation : EarthOrientation
        Must cover the moment and half a revolution (at most 14 h) to either side.

    Raises
    ------
    DataGapError
        A moment lies outside `orientation`.

    Validation
    ----------
    tests/unit/test_picture_geo.py: the `sgp4` package with sidereal time, secular rates, and a search by hand.
    """
    regimes = regime_names(classify_regimes(orbits_of(sets)))
    ours = ElementSets(sets.frame.filter(pl.Series(regimes == Regime.GEO.value)).sort("norad_cat_id"))
    orbits = orbits_of(ours)
    count = len(ours)
    half_ns = np.round(orbits.period_s * 0.5e9).astype(np.int64)
    moments = np.concatenate([np.full(count, at_tai_ns), at_tai_ns - half_ns, at_tai_ns + half_ns])
    rows = np.tile(np.arange(count), 3)
    latitude, longitude, altitude = _points(ours, rows, moments, orientation=orientation)
    now, before, after = longitude.reshape(3, count)
    drift = _wrapped(after - before) / (2e-9 * half_ns)
    near, nearest, distance = _neighbours(now)
    numbers = {
        "longitude_rad": now,
        "latitude_rad": latitude[:count],
        "altitude_m": altitude[:count],
        "drift_rad_s": drift,
        "inclination_rad": orbits.inclination_rad,
        "eccentricity": orbits.eccentricity,
        "nearest_rad": distance,
    }
    identities = ours.frame["norad_cat_id"].to_numpy()
    table = pl.DataFrame({name: pl.Series(values).fill_nan(None) for name, values in numbers.items()}).with_columns(
        pl.Series("norad_cat_id", identities),
        (pl.col("drift_rad_s").abs() >= DRIFTING_FROM_RAD_S).alias("drifting"),
        pl.Series("near_0_1", near[0]),
        pl.Series("near_0_5", near[1]),
        pl.Series("nearest_id", [None if k < 0 else int(identities[k]) for k in nearest], dtype=pl.Int32),
    )
    return GeoBelt(
        objects=table.select([pl.col(name).cast(dtype) for name, dtype in GEO_SCHEMA.items()]),
        sets=ours,
        without_state=int(np.isnan(now).sum()),
        inclined=int((regimes == Regime.IGSO.value).sum()),
    )


def longitude_series_rad(
    sets: ElementSets, *, times_tai_ns: ArrayLike, orientation: EarthOrientation
) -> NDArray[np.float64]:
    """Return the longitudes of the points below at several moments, (n, t), -pi to pi, NaN without a state."""
    times = np.asarray(times_tai_ns, dtype=np.int64)
    states = batch_of(sets).propagate(times)
    assert states.velocity_m_s is not None  # they were asked for
    bad = (states.status != 0)[..., None]
    teme = StateVectors(
        Frame.TEME,
        times,
        np.where(bad, np.nan, states.position_m),
        np.where(bad, np.nan, states.velocity_m_s),
    )
    itrf = convert(teme, Frame.ITRF, orientation=orientation).position_m
    return np.arctan2(itrf[..., 1], itrf[..., 0])


def _points(
    sets: ElementSets, rows: NDArray[np.int64], moments: NDArray[np.int64], *, orientation: EarthOrientation
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    position_m, velocity_m_s, status = batch_of(sets).propagate_pairs(rows, moments)
    bad = (status != 0)[:, None]
    teme = StateVectors(Frame.TEME, moments, np.where(bad, np.nan, position_m), np.where(bad, np.nan, velocity_m_s))
    return geodetic_from_itrf(convert(teme, Frame.ITRF, orientation=orientation).position_m)


def _wrapped(angle_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    wrapped: NDArray[np.float64] = (angle_rad + np.pi) % TWO_PI - np.pi
    return wrapped


def _neighbours(
    longitude_rad: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Count the others within `NEAR_RAD` of each, (2, n), and find the nearest (-1: none) and its distance."""
    count = longitude_rad.size
    near = np.zeros((len(NEAR_RAD), count), dtype=np.int64)
    nearest = np.full(count, -1, dtype=np.int64)
    distance = np.full(count, np.nan)
    placed = np.flatnonzero(np.isfinite(longitude_rad))
    if placed.size < 2:
        return near, nearest, distance
    order = placed[np.argsort(longitude_rad[placed], kind="stable")]
    line = longitude_rad[order]
    # Once around to either side, so that the date line is no border.
    ring = np.concatenate([line - TWO_PI, line, line + TWO_PI])
    for place, reach in enumerate(NEAR_RAD):
        inside = np.searchsorted(ring, line + reach, "right") - np.searchsorted(ring, line - reach, "left")
        near[place, order] = inside - 1
    west, east = line - np.roll(line, 1), np.roll(line, -1) - line
    west[0] += TWO_PI
    east[-1] += TWO_PI
    nearest[order] = np.where(west <= east, np.roll(order, 1), np.roll(order, -1))
    distance[order] = np.minimum(west, east)
    return near, nearest, distance
