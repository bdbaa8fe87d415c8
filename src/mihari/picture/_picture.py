"""What is where at one moment: every object's best state, with what is known about it and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.geodetic import geodetic_from_itrf
from mihari.astro.states import Frame
from mihari.errors import InputError
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.model.space_object import ObjectType, SpaceObjects, infer_object_type
from mihari.picture._propagation import status_texts, teme_states
from mihari.picture._regime import MeanOrbits, classify_regimes, mean_orbits, regime_names
from mihari.picture._typical import is_extrapolated, typical_uncertainty

__all__ = [
    "PICTURE_SCHEMA",
    "Picture",
    "build_picture",
    "catalogue_version",
    "describe_objects",
    "orbits_of",
]

PICTURE_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "object_name": pl.String,
    "object_id": pl.String,
    "object_type": pl.String,  # an ObjectType value
    "object_type_inferred": pl.Boolean,  # true: guessed from the name, no satellite catalogue knows it
    "owner": pl.String,
    "regime": pl.String,  # a Regime value
    "epoch_tai_ns": pl.Int64,  # of the state
    "frame": pl.String,  # a Frame value
    "x_m": pl.Float64,  # null, as all that follows from it, where there is no state
    "y_m": pl.Float64,
    "z_m": pl.Float64,
    "vx_m_s": pl.Float64,
    "vy_m_s": pl.Float64,
    "vz_m_s": pl.Float64,
    "status": pl.String,  # STATUS_OK, or why there is no state
    "latitude_rad": pl.Float64,  # geodetic, WGS-84
    "longitude_rad": pl.Float64,
    "altitude_m": pl.Float64,
    "element_set_epoch_tai_ns": pl.Int64,
    "age_s": pl.Float64,  # state epoch minus element-set epoch
    "extrapolated": pl.Boolean,
    "typical_radial_m": pl.Float64,  # 1 sigma of public sets of this class and age, no property of this set
    "typical_transverse_m": pl.Float64,
    "typical_normal_m": pl.Float64,
    "perigee_altitude_m": pl.Float64,  # from the mean elements
    "apogee_altitude_m": pl.Float64,
    "inclination_rad": pl.Float64,
    "period_s": pl.Float64,
    "rcs_m2": pl.Float64,
    "size": pl.String,
    "source": pl.String,
    "data_mode": pl.String,
}

_UNKNOWN_SOURCE: Final = "unknown"
_STATE_COLUMNS: Final = ("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Every object's best state at one moment.

    Attributes
    ----------
    states : polars.DataFrame
        `PICTURE_SCHEMA`, one row per object in ascending order of catalogue number.
    at_tai_ns : int
    frame : Frame
        Of positions and velocities.
    data_mode : DataMode
        Of every row: modes never mix.
    catalogue_version : str
        Digest of the element sets that were used.
    """

    states: pl.DataFrame
    at_tai_ns: int
    frame: Frame
    data_mode: DataMode
    catalogue_version: str

    def __post_init__(self) -> None:
        if dict(self.states.schema) != dict(PICTURE_SCHEMA):
            raise InputError("a picture needs exactly the columns of PICTURE_SCHEMA")

    def __len__(self) -> int:
        return self.states.height


def orbits_of(sets: ElementSets) -> MeanOrbits:
    """Return shape and size of the orbits of element sets, in their order."""
    return mean_orbits(
        mean_motion_rev_day=sets.frame["mean_motion_rev_day"].to_numpy(),
        eccentricity=sets.frame["eccentricity"].to_numpy(),
        inclination_deg=sets.frame["inclination_deg"].to_numpy(),
    )


def catalogue_version(sets: ElementSets) -> str:
    """Return the digest that names a choice of element sets: SHA-256 in hexadecimal digits.

    Only what SGP4 uses counts, so the same orbits have the same version wherever they came from; the order of the
    rows does not matter. A screening's coverage statement names its catalogue by the same digest.
    """
    return sets.digest


def build_picture(
    sets: ElementSets,
    objects: SpaceObjects | None = None,
    *,
    at_tai_ns: int,
    frame: Frame,
    orientation: EarthOrientation,
    threads: int = 1,
    data_mode: DataMode | None = None,
) -> Picture:
    """Propagate every object to one moment and say what is known of it.

    Parameters
    ----------
    sets : ElementSets
        One per object, as `ElementSets.latest_at` chooses them.
    objects : SpaceObjects, optional
        Types, owners and sizes; without a row there the type is inferred from the name and marked so.
    at_tai_ns : int
        The moment, TAI ns.
    frame : Frame
        GCRF, EME2000, MOD, TOD, TEME or ITRF.
    orientation : EarthOrientation
        Must cover the moment: the geodetic point needs it in every frame.
    threads : int
    data_mode : DataMode, optional
        Of sets that carry no such column; checked against those that do.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Several sets of one object, several data modes in one picture, or none stated.
    DataGapError
        The moment lies outside `orientation`.

    Validation
    ----------
    tests/validation/test_picture_states.py: the `sgp4` package and ERFA on a simulated world and a real catalogue.
    """
    version = catalogue_version(sets)
    sets = ElementSets(sets.frame.sort("norad_cat_id"))
    if sets.frame["norad_cat_id"].is_duplicated().any():
        raise InputError("a picture takes one element set per object", remedy="choose with ElementSets.latest_at")
    mode = _one_data_mode(sets, data_mode)
    states, codes = teme_states(sets, at_tai_ns=at_tai_ns, threads=threads)
    itrf = convert(states, Frame.ITRF, orientation=orientation)
    asked = {Frame.TEME: states, Frame.ITRF: itrf}.get(frame) or convert(states, frame, orientation=orientation)
    latitude_rad, longitude_rad, altitude_m = geodetic_from_itrf(itrf.position_m)

    orbits = orbits_of(sets)
    age_s = (at_tai_ns - sets.frame["epoch_tai_ns"].to_numpy()) / 1e9
    typical = typical_uncertainty(orbits, age_s=age_s)
    numbers: dict[str, NDArray[Any]] = {
        **dict(zip(_STATE_COLUMNS[:3], np.ascontiguousarray(asked.position_m.T), strict=True)),
        **dict(zip(_STATE_COLUMNS[3:], np.ascontiguousarray(asked.velocity_m_s.T), strict=True)),
        "latitude_rad": latitude_rad,
        "longitude_rad": longitude_rad,
        "altitude_m": altitude_m,
        "age_s": age_s,
        "typical_radial_m": typical.radial_m,
        "typical_transverse_m": typical.transverse_m,
        "typical_normal_m": typical.normal_m,
        "perigee_altitude_m": orbits.perigee_altitude_m,
        "apogee_altitude_m": orbits.apogee_altitude_m,
        "inclination_rad": orbits.inclination_rad,
        "period_s": orbits.period_s,
    }
    described = describe_objects(sets, objects)
    table = described.with_columns(
        pl.Series("regime", regime_names(classify_regimes(orbits)), dtype=pl.String),
        pl.lit(at_tai_ns, dtype=pl.Int64).alias("epoch_tai_ns"),
        pl.lit(frame.value).alias("frame"),
        *(pl.Series(name, values, nan_to_null=True) for name, values in numbers.items()),
        pl.Series("status", status_texts(codes), dtype=pl.String),
        sets.frame["epoch_tai_ns"].alias("element_set_epoch_tai_ns"),
        pl.Series("extrapolated", is_extrapolated(orbits, age_s=age_s)),
        pl.lit(mode.value).alias("data_mode"),
    )
    return Picture(
        states=table.select([pl.col(name).cast(dtype) for name, dtype in PICTURE_SCHEMA.items()]),
        at_tai_ns=at_tai_ns,
        frame=frame,
        data_mode=mode,
        catalogue_version=version,
    )


def describe_objects(sets: ElementSets, objects: SpaceObjects | None) -> pl.DataFrame:
    """Return what the objects are, one row per set in the order of the sets.

    A name or designator of the element set stands before that of the satellite catalogue; a type from the satellite
    catalogue stands before the one that the name suggests.
    """
    known = SpaceObjects.empty() if objects is None else objects
    columns = ["norad_cat_id", "object_name", "object_id", "object_type", "owner", "rcs_m2", "size"]
    facts = known.frame.select(columns).unique("norad_cat_id", keep="first")
    source = pl.col("source") if "source" in sets.frame.columns else pl.lit(None, dtype=pl.String).alias("source")
    table = sets.frame.select("norad_cat_id", "object_name", "object_id", source).join(
        facts, on="norad_cat_id", how="left", maintain_order="left", suffix="_satcat"
    )
    table = table.with_columns(
        pl.coalesce("object_name", "object_name_satcat").alias("object_name"),
        pl.coalesce("object_id", "object_id_satcat").alias("object_id"),
        pl.col("source").fill_null(_UNKNOWN_SOURCE),
        inferred=pl.col("object_type").is_null() | (pl.col("object_type") == ObjectType.UNKNOWN.value),
    )
    guesses = {name: infer_object_type(name).value for name in table.filter("inferred")["object_name"].unique()}
    guessed = pl.col("object_name").replace_strict(guesses, default=ObjectType.UNKNOWN.value, return_dtype=pl.String)
    return table.with_columns(
        pl.when("inferred").then(guessed).otherwise("object_type").alias("object_type")
    ).with_columns(
        # An unknown type is no guess: nothing was inferred.
        (pl.col("inferred") & (pl.col("object_type") != ObjectType.UNKNOWN.value)).alias("object_type_inferred")
    )


def _one_data_mode(sets: ElementSets, stated: DataMode | None) -> DataMode:
    found = sets.frame["data_mode"].unique().sort().to_list() if "data_mode" in sets.frame.columns else []
    modes = {DataMode(value) for value in found} | ({stated} if stated else set())
    if len(modes) > 1:
        raise InputError(
            f"one picture cannot mix data modes: {', '.join(sorted(mode.value for mode in modes))}",
            remedy="choose one data mode",
        )
    if not modes:
        raise InputError("the element sets do not say their data mode", remedy="state data_mode")
    return modes.pop()
