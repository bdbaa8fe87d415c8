"""The shapes of answers about one object, two objects and the geosynchronous belt."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mihari.server._models import Answer, Mode, ObjectName, Vector, Where

__all__ = ["ApproachesOfObject", "Geo", "ObjectCardAnswer", "RangeAnswer", "TrackAnswer"]


class Facts(Answer):
    """What a satellite catalogue says; null where none does."""

    ops_status: str | None
    launch_date_utc: str | None
    decay_date_utc: str | None
    rcs_m2: float | None
    size: str | None


class Elements(Answer):
    """The element set that the state is made from, in the units of its message."""

    epoch_utc: str
    mean_motion_rev_day: float
    eccentricity: float
    inclination_deg: float
    ra_of_asc_node_deg: float
    arg_of_pericenter_deg: float
    mean_anomaly_deg: float
    bstar_per_earth_radius: float
    mean_motion_dot_rev_day2: float | None
    element_set_no: int | None
    rev_at_epoch: int | None
    classification: str | None
    theory: str


class Orbit(Answer):
    """Shape and size from the mean elements; heights above the equatorial radius."""

    regime: str
    perigee_km: float | None
    apogee_km: float | None
    inclination_deg: float
    period_min: float | None
    semi_major_axis_km: float | None


class HistoryRow(Answer):
    """One element set that the node knows."""

    epoch_utc: str
    learned_utc: str | None
    source: str | None
    element_set_no: int | None
    perigee_km: float | None
    apogee_km: float | None
    inclination_deg: float
    mean_motion_rev_day: float
    used: bool = Field(description="The state is made from this one.")


class ApproachesOfObject(Answer):
    """Close approaches of the newest screening, closest first, and whether the object was screened."""

    run_id: int
    start_utc: str
    end_utc: str
    volume: dict[str, Any]
    unscreened_reason: str | None = Field(description="Why the object was not screened, wholly or in part.")
    total: int
    rows: list[dict[str, Any]] = Field(description="As in conjunctions, with the other's number and name; 200 at most.")


class ObjectProvenance(Answer):
    """Where the element set comes from and who may use it."""

    source: str | None
    origin: str | None
    method: str | None
    label: str | None
    licence: str | None
    derived_from: str | None = Field(description="Digest of the file it was read from.")
    learned_utc: str | None


class ObjectCardAnswer(Answer):
    """Everything of one object."""

    object: ObjectName
    object_type: str
    object_type_inferred: bool
    owner: str | None
    facts: Facts
    state: Where
    elements: Elements
    orbit: Orbit
    covered_until_utc: str | None = Field(description="After this the state is extrapolated.")
    history: list[HistoryRow] = Field(description="Newest epoch first, the last 30.")
    history_total: int
    approaches: ApproachesOfObject | None = Field(description="Null when nothing was screened yet.")
    provenance: ObjectProvenance
    data_mode: Mode


class TrackRow(Answer):
    """One moment of the way."""

    utc: str
    position_km: Vector | None
    velocity_km_s: Vector | None
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_km: float | None


class TrackAnswer(Answer):
    """The way of one object."""

    norad_cat_id: int
    data_mode: Mode
    frame: str
    element_set_epoch_utc: str
    rows: list[TrackRow]


class ClosestRow(Answer):
    """The least of the rows."""

    utc: str
    range_km: float
    note: str


class RangeRow(Answer):
    """The distance at one moment."""

    utc: str
    range_km: float | None
    relative_speed_km_s: float | None


class RangeAnswer(Answer):
    """The distance of two objects over time."""

    norad_cat_ids: list[int]
    data_mode: Mode
    element_set_epochs_utc: list[str]
    closest: ClosestRow | None
    rows: list[RangeRow]


class GeoCounts(Answer):
    """How many there are, and how many are not among the rows."""

    geo: int
    shown: int
    without_state: int
    drifting: int
    inclined_left_out: int = Field(description="As high but inclined by 25 degrees or more (IGSO).")


class GeoRow(Answer):
    """One object of the belt; longitudes are east positive, -180 to 180."""

    norad_cat_id: int
    object_name: str | None
    object_type: str
    owner: str | None
    longitude_deg: float | None
    latitude_deg: float | None
    altitude_km: float | None
    drift_deg_day: float | None = Field(description="Mean over one revolution.")
    drifting: bool | None
    inclination_deg: float
    eccentricity: float
    age_days: float
    neighbours_0_1_deg: int = Field(description="Others within 0.1 degrees of longitude.")
    neighbours_0_5_deg: int
    nearest_norad_cat_id: int | None
    nearest_separation_deg: float | None
    source: str
    series_deg: list[float | None]


class Geo(Answer):
    """The geosynchronous belt at a moment."""

    data_mode: Mode
    catalogue_version: str
    epoch_utc: str
    epoch_reason: str
    drifting_from_deg_day: float
    counts: GeoCounts
    series_utc: list[str]
    series_note: str
    rows: list[GeoRow]
