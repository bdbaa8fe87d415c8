"""The shapes of the answers, for the published OpenAPI document; tests hold the answers to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mihari.server._parameters import UtcText

__all__ = [
    "Answer",
    "CatalogueStatus",
    "Conjunctions",
    "EncounterAnswer",
    "EphemerisSidecar",
    "Health",
    "Mode",
    "Objects",
    "PicturePage",
    "RunList",
    "Screening",
    "ScreeningRequest",
    "Status",
    "Where",
]

Vector = list[float]
Mode = Literal["REAL", "TEST", "SIMULATED", "EXERCISE"]


class Answer(BaseModel):
    """An answer has the members that are published, and no others."""

    model_config = ConfigDict(extra="forbid")


class ObjectName(Answer):
    """Which object is meant."""

    norad_cat_id: int
    name: str | None
    object_id: str | None = Field(description="International designator.")


class Geodetic(Answer):
    """The point above WGS-84."""

    latitude_deg: float
    longitude_deg: float
    altitude_km: float


class TypicalError(Answer):
    """How wrong public element sets of that class and age are known to be; no property of this set."""

    radial_km: float
    transverse_km: float
    normal_km: float
    sigma: int
    typical: bool
    source: str


class Where(Answer):
    """Where one object is, and what is known of that knowledge."""

    object: ObjectName
    object_type: str
    object_type_inferred: bool = Field(description="Guessed from the name: no satellite catalogue knows it.")
    owner: str | None
    epoch_utc: str
    epoch_reason: str | None
    frame: str
    position_km: Vector | None = Field(description="Null where there is no state; see status.")
    velocity_km_s: Vector | None
    geodetic: Geodetic | None
    regime: str
    element_set_epoch_utc: str
    age_days: float
    source: str
    data_mode: Mode
    as_of_utc: str
    covariance: None
    covariance_note: str
    uncertainty_typical: TypicalError | None
    extrapolated: bool
    status: str


class PicturePage(Answer):
    """Every object's best state, one page of rows."""

    epoch_utc: str
    epoch_reason: str
    as_of_utc: str
    frame: str
    data_mode: Mode
    catalogue_version: str
    counts: dict[str, Any]
    total: int = Field(description="Rows that fit the question, on all pages.")
    offset: int
    next: str | None = Field(description="Where the next page of this very picture is.")
    rows: list[dict[str, Any]]


class Found(Answer):
    """One hit of a search."""

    norad_cat_id: int
    name: str | None
    object_id: str | None
    found_by: str


class Objects(Answer):
    """What a search found, best rule first."""

    data_mode: Mode
    objects: list[Found]


class Run(Answer):
    """One kept screening."""

    run_id: int
    learned_utc: str
    start_utc: str
    end_utc: str
    conjunctions: int
    data_mode: Mode


class RunList(Answer):
    """The kept screenings, newest first."""

    runs: list[Run]


class Screening(Answer):
    """A screening: what was looked at, and what was found. Neither comes without the other."""

    coverage: dict[str, Any]
    conjunctions: list[dict[str, Any]]


class Conjunctions(Screening):
    """One page of the conjunctions of a kept screening, closest first, with its coverage."""

    run: Run
    total: int
    offset: int
    hard_body_radius_m: float | None
    maximum_probability_meaning: str | None = Field(description="Of each row's maximum_probability; null without one.")


class EncounterObject(Answer):
    """One of the two, and how old and how good what is known of it is."""

    norad_cat_id: int
    name: str | None
    element_set_epoch_utc: str
    age_days: float
    status: str = Field(description='"ok", or why some of its states are missing.')
    typical_sigma_rtn_m: Vector | None = Field(
        description="Typical of such element sets, 1 sigma; no property of this."
    )
    typical_source: str


class Closest(Answer):
    """The closest approach inside the window, by these element sets."""

    tca_utc: str
    offset_s: float
    is_edge: bool = Field(description="It stands at an end of the window: there may be a closer moment outside.")
    miss_distance_m: float
    relative_speed_m_s: float
    miss_rtn_m: Vector
    relative_velocity_rtn_m_s: Vector


class EncounterAnswer(Answer):
    """The second object relative to the first around a moment, in double precision."""

    tca_utc: str
    data_mode: Mode
    catalogue_version: str = Field(description="Of the two element sets.")
    advisory: bool
    frame: str
    method: str
    objects: tuple[EncounterObject, EncounterObject]
    closest: Closest
    offset_s: list[float] = Field(description="Of each sample from tca_utc.")
    position_rtn_m: list[Vector | None] = Field(description="Null where an object has no state.")
    velocity_rtn_m_s: list[Vector | None] = Field(description="Differences of inertial velocities, in these axes.")


class ScreeningRequest(BaseModel):
    """What to screen now. The answer is not kept."""

    model_config = ConfigDict(extra="forbid")

    start: UtcText | None = Field(default=None, description="UTC; default now, or the catalogue's own time.")
    hours: float = Field(default=24.0, gt=0.0, le=168.0)
    radius_km: float = Field(default=5.0, gt=0.0, le=100.0)
    primaries: list[int] | None = Field(default=None, min_length=1, max_length=1000)
    max_age_days: float | None = Field(default=None, gt=0.0, le=36_500.0)
    mode: Mode | None = None


class CatalogueStatus(Answer):
    """What answers are made from at present."""

    data_mode: Mode
    catalogue_version: str
    objects: int
    oldest_epoch_utc: str
    median_epoch_utc: str
    newest_epoch_utc: str
    moment_utc: str
    moment_reason: str


class Health(Answer):
    """That the server answers."""

    name: str
    version: str
    now_utc: str


class Status(Answer):
    """How the node is."""

    name: str
    version: str
    now_utc: str
    earth_orientation: str = Field(description="What the Earth orientation table covers.")
    catalogue: CatalogueStatus | None
    catalogue_note: str | None = Field(description="Why there is no catalogue.")
    runs: int
    latest_run: Run | None
    latest_coverage: dict[str, Any] | None


class EphemerisSidecar(Answer):
    """How to read the state knots of one catalogue version, and what each row is."""

    catalogue_version: str
    data_mode: Mode
    frame: str
    knot_epoch_utc: str
    knot_step_s: float
    count: int
    layout: str
    knot_path: str
    norad_cat_id: list[int]
    object_name: list[str | None]
    object_id: list[str | None]
    object_type: list[str]
    object_type_inferred: list[bool]
    owner: list[str | None]
    regime: list[str]
    perigee_km: list[float | None] = Field(description="Height above the equatorial radius, from the mean elements.")
    apogee_km: list[float | None]
    inclination_deg: list[float | None]
    period_min: list[float | None]
    source: list[str]
    element_set_epoch_utc: list[str]
