"""What is known of a close approach: an assessment, and apart from it what people recommend, decide and see happen.

An assessment is what the machine worked out. A recommendation, a decision and an outcome are records of their own by
their own writers; the machine writes none of them. New assessments supersede older ones and never overwrite them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.errors import InputError, UsageError
from mihari.model.provenance import DataMode

__all__ = [
    "ASSESSMENT_SCHEMA",
    "EVENT_RECORD_SCHEMA",
    "MANOEUVRE_SCHEMA",
    "MESSAGE_SCHEMA",
    "ActionLevel",
    "Assessment",
    "Bound",
    "Consequence",
    "Coordination",
    "DecisionKind",
    "DensityClass",
    "DensitySensitivity",
    "EncounterGeometry",
    "EventRecord",
    "HardBodyRadius",
    "MethodResult",
    "NextTracking",
    "ObjectAssessment",
    "OrbitQuality",
    "Pair",
    "Sensitivity",
    "StateSource",
    "Vector",
]

Vector = tuple[float, float, float]
Pair = tuple[float, float]
Curve = tuple[float | None, ...]


class StateSource(Enum):
    """Where a state comes from; it decides what may follow from it."""

    OPERATOR_EPHEMERIS = "operator ephemeris"
    SENSOR_ORBIT = "orbit from sensors, with covariance"
    ELEMENT_SET = "public element set"

    @property
    def may_act(self) -> bool:
        """Say whether an action level may rest on such a state."""
        return self is not StateSource.ELEMENT_SET


class ActionLevel(Enum):
    """What a threshold profile makes of an event. Not assessed is an answer of its own, and no safety."""

    NONE = "none"
    WATCH = "watch"
    ACTION = "action"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HardBodyRadius:
    """Combined radius of both objects, its standard deviation, and where it comes from.

    Raises
    ------
    UsageError
        A negative radius or deviation, or nothing says where the value comes from.
    """

    value_m: float
    source: str
    sigma_m: float | None = None
    is_default: bool = False

    def __post_init__(self) -> None:
        if not self.value_m >= 0.0:
            raise UsageError(f"a hard-body radius of {self.value_m} m", remedy="give a number that is not negative")
        if not self.source:
            raise UsageError("a hard-body radius needs its source", remedy="say where the value comes from")
        if self.sigma_m is not None and not self.sigma_m >= 0.0:
            raise UsageError(f"a sigma of {self.sigma_m} m of the hard-body radius", remedy="give metres from 0 on")


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One rung of the ladder: value (also when not trusted), 95 % interval, and why it is trusted or not."""

    name: str
    value: float | None
    interval: Pair | None
    trusted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitQuality:
    """Grade of an orbit determination: 0 (useless) to 1 (all checks passed), with a reason for every failed check.

    None where the message says too little to grade.
    """

    grade: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTracking:
    """When an object is likely to be tracked next: an estimate from how often it was, in words in `basis`."""

    expected_tai_ns: int
    interval_s: float
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectAssessment:
    """One object of an event, as its message describes it.

    `sigma_rtn_m` are deviations in the object's own frame, None without a covariance.
    """

    designator: str
    norad_cat_id: int | None
    name: str
    object_type: str
    state_source: StateSource
    sigma_rtn_m: Vector | None
    covariance_flags: tuple[str, ...]
    quality: OrbitQuality
    mass_kg: float | None
    maneuverable: str
    operator: str
    contact: str
    ephemeris: str
    last_observation_tai_ns: int | None
    observations_used: int | None
    tracks_used: int | None
    next_tracking: NextTracking | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterGeometry:
    """Where and how the objects pass each other at the time of closest approach.

    `miss_rtn_m` is the secondary relative to the primary in the primary's frame, `sigma_rtn_m` the deviation of that
    difference. In the encounter plane the first axis points along the miss, the second completes.
    """

    miss_distance_m: float
    miss_rtn_m: Vector
    sigma_rtn_m: Vector | None
    relative_speed_m_s: float
    approach_angle_rad: float
    plane_covariance_m2: tuple[Pair, Pair] | None
    mahalanobis: float | None
    altitude_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The most that the probability can be, for any size of a covariance of the shape that the words name."""

    value: float
    scale: float | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Trends of the 2-D probability, whatever rung answers.

    Attributes
    ----------
    radius_m, probability_by_radius : tuples of float
    scale : tuple of float
        Factors of the standard deviations.
    probability_by_scale : tuple of tuples of float
        Per factor of the first object (rows) and of the second (columns).
    dilution_scale, dilution_probability : tuples of float
        Both covariances scaled alike.
    mean_probability : float or None
        Over the distribution of the radius, where its deviation is known.
    """

    radius_m: Curve
    probability_by_radius: Curve
    scale: Curve
    probability_by_scale: tuple[Curve, ...]
    dilution_scale: Curve
    dilution_probability: Curve
    mean_probability: float | None


class DensityClass(Enum):
    """Where an event stands on the curve of its probability over the error of the density forecast."""

    AT_PEAK = "at peak"
    OFF_PEAK = "off peak"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class DensitySensitivity:
    """What an error of the density forecast, up to three sigma either way, does to the 2-D probability.

    `density_error` is the relative error at which the probability is greatest, `basis` how the displacement is known.
    """

    name: DensityClass
    greatest_probability: float
    density_error: float
    forecast_sigma: float
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """Who can move and whom to talk to, as the message tells; information, no rule and no advice."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What a collision would leave, by the NASA standard breakup model: a model, not a measurement."""

    is_catastrophic: bool
    fragments_above_10_cm: float
    mass_source: str
    model: str = "NASA standard breakup model (EVOLVE 4.0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One assessment of one event.

    Attributes
    ----------
    event_id : str
        The same for every update of the event.
    advisory : bool
        True when a state comes from public element sets: then nothing here is for manoeuvre decisions.
    tca_tai_ns : int
        The true time of closest approach; the message's own is rounded to a millisecond.
    probability : float or None
        The value of the trusted method; None when no rung holds or no radius is known.
    maximum : Bound or None
    is_diluted : bool or None
        The covariance is larger than the one that makes the probability greatest.
    probability_shared_error_removed : float or None
        The same ladder with the error that both orbits share (density forecast) taken out, where the message tells of
        one, and its rungs in `methods_shared_error_removed`. The level goes by the larger of both probabilities.
    flags : tuple of str
        Everything that makes the event unlike an ordinary one.
    latest_decision_tai_ns : int or None
        The last moment at which a decision is still useful, from the profile's lead time.
    trackings_before_decision : tuple of int or None
        Per object, how many trackings are to be expected before that; None where nothing tells.
    sensitivity : Sensitivity or None
    density_sensitivity : DensitySensitivity or None
    coordination : Coordination or None
    stale_reason : str
        Why a later fact makes this assessment old; empty while it stands.
    """

    event_id: str
    message_id: str
    creation_tai_ns: int
    objects: tuple[ObjectAssessment, ObjectAssessment]
    data_mode: DataMode
    advisory: bool
    tca_tai_ns: int
    geometry: EncounterGeometry
    hard_body_radius: HardBodyRadius | None
    probability: float | None
    method: str | None
    methods: tuple[MethodResult, ...]
    probability_shared_error_removed: float | None
    methods_shared_error_removed: tuple[MethodResult, ...]
    maximum: Bound | None
    is_diluted: bool | None
    action_level: ActionLevel
    level_reason: str
    profile: str
    consequence: Consequence | None
    flags: tuple[str, ...]
    message_probability: float | None
    message_method: str
    latest_decision_tai_ns: int | None = None
    trackings_before_decision: tuple[int | None, ...] = (None, None)
    sensitivity: Sensitivity | None = None
    density_sensitivity: DensitySensitivity | None = None
    coordination: Coordination | None = None
    stale_reason: str = ""
    kept: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        if self.action_level is ActionLevel.ACTION and not all(each.state_source.may_act for each in self.objects):
            raise InputError(
                "an action level cannot rest on a public element set",
                where=self.event_id,
                remedy="get an orbit with a covariance",
            )


class DecisionKind(Enum):
    """The three records that people write about an event."""

    RECOMMENDATION = "recommendation"
    DECISION = "decision"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """What a named person recommends, decides or reports about an event, on which assessment.

    Raises
    ------
    InputError
        No author, no text, or the author is the machine.
    """

    kind: DecisionKind
    event_id: str
    author: str
    text: str
    written_tai_ns: int
    message_id: str

    def __post_init__(self) -> None:
        if not self.author.strip() or not self.text.strip():
            raise InputError(
                f"a {self.kind.value} needs an author and a text", where=self.event_id, remedy="say who and what"
            )
        if self.author.strip().casefold() in {"mihari", "machine", "system"}:
            raise InputError(
                f"a {self.kind.value} is a person's: {self.author!r} is no person",
                where=self.event_id,
                remedy="name who is answerable",
            )


MESSAGE_SCHEMA: Final[Mapping[str, Any]] = {
    "event_id": pl.String,
    "message_id": pl.String,
    "originator": pl.String,
    "creation_tai_ns": pl.Int64,
    "tca_tai_ns": pl.Int64,
    "designator_1": pl.String,  # of the event's key, in its order
    "designator_2": pl.String,
    "is_slow": pl.Boolean,
    "digest": pl.String,  # SHA-256 of the message's text
    "text": pl.String,  # the whole message, in our lossless JSON form
}
"""A conjunction message that the node keeps. Nothing overwrites it."""

ASSESSMENT_SCHEMA: Final[Mapping[str, Any]] = {
    "event_id": pl.String,
    "message_id": pl.String,
    "creation_tai_ns": pl.Int64,
    "tca_tai_ns": pl.Int64,
    "designator_1": pl.String,  # in the order of the message
    "designator_2": pl.String,
    "norad_cat_id_1": pl.Int32,
    "norad_cat_id_2": pl.Int32,
    "miss_distance_m": pl.Float64,
    "relative_speed_m_s": pl.Float64,
    "radial_m": pl.Float64,
    "transverse_m": pl.Float64,
    "normal_m": pl.Float64,
    "radial_sigma_m": pl.Float64,
    "transverse_sigma_m": pl.Float64,
    "normal_sigma_m": pl.Float64,
    "probability": pl.Float64,
    "maximum_probability": pl.Float64,
    "probability_method": pl.String,
    "action_level": pl.String,
    "profile": pl.String,
    "last_observation_1_tai_ns": pl.Int64,
    "last_observation_2_tai_ns": pl.Int64,
    "document": pl.String,  # the assessment as JSON, as it was published
}
"""An assessment that the node keeps: what lists and histories need as columns, the whole as a document."""

EVENT_RECORD_SCHEMA: Final[Mapping[str, Any]] = {
    "event_id": pl.String,
    "kind": pl.String,  # a DecisionKind value
    "author": pl.String,
    "text": pl.String,
    "written_tai_ns": pl.Int64,
    "message_id": pl.String,  # the assessment that the author had before them
}
"""What people recommend, decide and report."""

MANOEUVRE_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "epoch_tai_ns": pl.Int64,
    "words": pl.String,  # planned or detected, and by whom
}
"""A manoeuvre that makes older messages about its object stale."""
