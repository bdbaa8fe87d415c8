"""The shapes of assessments, events, verdicts on messages and profiles, for the published OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mihari.server._models import Answer, Mode

__all__ = ["AssessmentAnswer", "Event", "EventPlots", "Events", "MessageVerdict", "Profiles"]

Level = Literal["none", "watch", "action", "not assessed"]
Rtn = tuple[float | None, float | None, float | None]
"""Radial, transverse, normal."""


class Radius(Answer):
    """The combined radius and where it comes from."""

    value_m: float
    sigma_m: float | None
    source: str
    is_default: bool


class Rung(Answer):
    """One method of the ladder: its value also when it is not trusted, and why it is or is not."""

    value: float | None
    interval: tuple[float, float] | None = Field(description="95 %.")
    trusted: bool
    reason: str


class Maximum(Answer):
    """The most that the probability can be, and for which covariances."""

    value: float | None
    covariance_scale: float | None
    meaning: str


class Geometry(Answer):
    """How the objects pass each other."""

    miss_rtn_m: Rtn
    sigma_rtn_m: Rtn | None
    approach_angle_deg: float
    plane_covariance_m2: list[list[float]] | None
    mahalanobis_distance: float | None
    altitude_km: float


class OrbitQuality(Answer):
    """Grade of the orbit determination, 0 to 1, with the reason for every failed check."""

    grade: float | None
    reasons: list[str]


class AssessedObject(Answer):
    """One of the two objects."""

    designator: str
    norad_cat_id: int | None
    name: str
    object_type: str
    state_source: str
    sigma_rtn_m: Rtn | None
    covariance_flags: list[str]
    orbit_quality: OrbitQuality
    mass_kg: float | None
    maneuverable: str
    operator: str | None
    contact: str | None
    ephemeris: str | None
    last_observation_utc: str | None
    observations_used: int | None
    tracks_used: int | None
    expected_next_tracking_utc: str | None
    expected_next_tracking_basis: str | None = Field(description="How that is known.")


class TrackedObject(AssessedObject):
    """An object of an event whose messages are kept."""

    tracking_since_update: str


class SensitivityCurves(Answer):
    """The 2-D probability over the radius, and over the deviations of both objects."""

    method: str
    radius_m: list[float]
    probability_by_radius: list[float]
    scale_1: list[float] = Field(description="Factors of the first object's deviations: rows of the table.")
    scale_2: list[float] = Field(description="Factors of the second object's deviations: columns of the table.")
    probability_by_scale: list[list[float]]
    mean_probability_over_radius: float | None


class DilutionCurve(Answer):
    """The 2-D probability over one factor of both objects' deviations."""

    method: str
    scale: list[float]
    probability: list[float]


class DensitySensitivity(Answer):
    """How far an error of the density forecast can move the probability."""

    name: str = Field(alias="class")
    greatest_probability: float | None
    at_density_error: float | None
    forecast_sigma: float | None
    basis: str


class Coordination(Answer):
    """Who can move and whom to talk to, as the message tells: information, no rule and no advice."""

    text: str
    source: str


class Outcome(Answer):
    """What a collision would leave: a model, not a measurement."""

    catastrophic: bool
    fragments_above_10_cm: float
    mass_source: str
    model: str


class Entry(Answer):
    """A field of the message that was kept and not understood."""

    name: str
    value: str


class AssessmentAnswer(Answer):
    """One assessment with what was looked at."""

    event_id: str
    message_id: str
    creation_utc: str
    data_mode: Mode
    advisory: bool = Field(description="A state is a public element set: nothing here is for manoeuvre decisions.")
    action_level: Level
    action_reason: str
    profile: str = Field(description="Name and version.")
    stale: str | None
    tca_utc: str
    miss_distance_m: float | None
    relative_speed_m_s: float | None
    hard_body_radius_m: float | None
    hard_body_radius: Radius | None
    probability: float | None = Field(description="Null where no method is trusted; action_reason says why.")
    method: str | None
    methods: dict[str, Rung]
    probability_shared_error_removed: float | None
    methods_shared_error_removed: dict[str, Rung]
    maximum_probability: float | None
    maximum: Maximum | None
    dilution: bool | None
    flags: list[str]
    geometry: Geometry
    objects: tuple[AssessedObject, AssessedObject]
    consequence: Outcome | None
    message_probability: float | None
    message_method: str | None
    latest_decision_utc: str | None
    trackings_expected_before_decision: tuple[int | None, int | None]
    sensitivity: SensitivityCurves | None
    dilution_curve: DilutionCurve | None
    density_sensitivity: DensitySensitivity | None
    coordination: Coordination | None
    not_understood: list[Entry]
    coverage: dict[str, Any]


class EventAssessment(AssessmentAnswer):
    """The newest assessment of an event as it was kept, with what the history adds."""

    objects: tuple[TrackedObject, TrackedObject]


class Update(Answer):
    """One update of an event."""

    message_id: str
    creation_utc: str
    tca_utc: str
    objects: tuple[str, str]
    miss_distance_m: float | None
    relative_speed_m_s: float | None
    miss_rtn_m: Rtn
    sigma_rtn_m: Rtn
    probability: float | None
    maximum_probability: float | None
    method: str | None
    action_level: Level
    profile: str
    data_mode: Mode


class EventSummary(Update):
    """An event by its newest update."""

    event_id: str
    updates: int
    stale: str | None
    norad_cat_ids: tuple[int | None, int | None]
    names: tuple[str | None, str | None] = Field(description="As the newest message tells them.")
    maneuverable: tuple[str | None, str | None]
    last_observations_utc: tuple[str | None, str | None]
    previous_probability: float | None = Field(description="Of the update before; null where there is none.")
    previous_maximum_probability: float | None


class EventsCoverage(Answer):
    """Which events are told of, and how many there are on all pages."""

    scope: str
    events: int


class Events(Answer):
    """The events, what needs a person now first."""

    events: list[EventSummary]
    coverage: EventsCoverage


class HistoryRow(Update):
    """An update and what moved it."""

    moved_by: str


class WrittenRecord(Answer):
    """What a person recommends, decided or saw happen."""

    kind: Literal["recommendation", "decision", "outcome"]
    author: str
    text: str
    written_utc: str
    message_id: str = Field(description="Of the assessment that the author had before them.")


class Event(Answer):
    """Everything that the node knows of one event."""

    event_id: str
    stale: str | None
    assessment: EventAssessment
    history: list[HistoryRow]
    records: list[WrittenRecord]


class EventPlots(Answer):
    """Which plots of an event can be drawn."""

    event_id: str
    plots: list[str]
    left_out: dict[str, str] = Field(description="Why the others cannot be drawn, by name.")


class FaultFound(Answer):
    """One fault or remark."""

    line: int | None
    keyword: str | None
    reason: str


class PartVerdict(Answer):
    """What one message turned out to be."""

    kind: str | None
    version: str | None
    valid: bool
    faults: list[FaultFound]
    remarks: list[FaultFound]
    form: str | None
    read: bool
    parts: list[PartVerdict] = Field(default=[], description="Of an NDM; left out else.")


class MessageVerdict(PartVerdict):
    """What the body turned out to be."""

    file: str = Field(description="How faults call the body, which has no name of its own.")


class DeepSpace(Answer):
    """Limits of a profile in deep space, where the miss distance alone decides."""

    miss_km: float
    horizon_days: float | None
    action_horizon_days: float | None


class ProfileShipped(Answer):
    """One threshold profile."""

    name: str
    version: str
    source: str = Field(description="Where its numbers come from.")
    note: str | None
    watch_probability: float
    action_probability: float
    remediation_factor: float
    horizon_days: float | None
    miss_km: float | None
    deep_space: DeepSpace | None
    default_hard_body_radius_m: float | None
    lead_time_hours: float
    maximum_probability_acts: bool


class Profiles(Answer):
    """The threshold profiles, and which one assesses when none is asked for."""

    default: str
    profiles: list[ProfileShipped]
