"""One assessment from one conjunction message: geometry, ladder, quality, consequence, level, each with its reason."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from mihari.astro.earth import EarthOrientation
from mihari.conjunction.assessment._consequence import consequence_of
from mihari.conjunction.assessment._coordination import coordination_of
from mihari.conjunction.assessment._event import event_key
from mihari.conjunction.assessment._geometry import MESSAGE_ROUNDING_S, geometry_of, vector_of
from mihari.conjunction.assessment._quality import grade_orbit
from mihari.conjunction.assessment._sensitivity import sensitivity_of
from mihari.conjunction.assessment._space_weather import density_sensitivity_of
from mihari.conjunction.assessment._states import estimate_of, has_default_covariance, source_of
from mihari.conjunction.assessment._tracking import count_before, next_tracking_of_message
from mihari.conjunction.probability import (
    BLOCKING,
    LadderOptions,
    LadderResult,
    Method,
    ObjectEstimate,
    covariance_flags,
    dilution,
    probability_ladder,
)
from mihari.constants import EARTH_MU_M3_S2
from mihari.errors import FormatError
from mihari.ids import SIMULATED_NAME_END, SIMULATED_NORAD_FROM
from mihari.model.assessment import (
    ActionLevel,
    Assessment,
    Bound,
    EncounterGeometry,
    HardBodyRadius,
    MethodResult,
    ObjectAssessment,
    StateSource,
)
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject
from mihari.model.provenance import DataMode
from mihari.policy import ThresholdProfile, counted_probability, judge

__all__ = ["AssessmentRequest", "assess_message", "data_mode_of", "is_deep_space", "radius_of"]

_DEEP_SPACE_PERIOD_S: Final = 225.0 * 60.0
_DIRECTION_NAMES: Final = ("radial", "transverse", "normal")

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRequest:
    """How messages are assessed.

    Attributes
    ----------
    profile : ThresholdProfile
    orientation : EarthOrientation
    data_mode : DataMode
    options : LadderOptions
    method : Method, optional
        Only this rung may answer; the others are told and not used.
    hard_body_radius : HardBodyRadius, optional
        Goes before what a message says.
    use_default_radius : bool
        Where no radius is known, take the profile's labelled default.
    seed : int
        Of the samples; with the message's name it makes the same assessment of the same message every time.
    """

    profile: ThresholdProfile
    orientation: EarthOrientation
    data_mode: DataMode
    options: LadderOptions = field(default_factory=LadderOptions)
    method: Method | None = None
    hard_body_radius: HardBodyRadius | None = None
    use_default_radius: bool = False
    seed: int = 0


def radius_of(message: ConjunctionMessage, request: AssessmentRequest) -> HardBodyRadius | None:
    """Return the combined radius: as asked for, else as the message says, else the default if asked for, else none."""
    if request.hard_body_radius is not None:
        return request.hard_body_radius
    if message.hard_body_radius_m is not None and message.hard_body_radius_source is not None:
        return HardBodyRadius(value_m=message.hard_body_radius_m, source=message.hard_body_radius_source.value)
    default_m = request.profile.default_hard_body_radius_m
    if request.use_default_radius and default_m is not None:
        return HardBodyRadius(value_m=default_m, source=f"default of profile {request.profile.name}", is_default=True)
    return None


def assess_message(
    message: ConjunctionMessage,
    request: AssessmentRequest,
    *,
    event_id: str | None = None,
) -> Assessment:
    """Assess one conjunction message.

    Parameters
    ----------
    event_id : str, optional
        Of the event that the message belongs to; its own when left out.

    Returns
    -------
    Assessment
        `probability` is None where no rung of the ladder holds, a covariance is a default one, or no radius is known.

    Raises
    ------
    DataGapError
        Earth-fixed states at a time outside of the Earth orientation.
    FormatError
        Its numbers lie beyond all physics (1e308 m²) and cannot be computed with.

    Validation
    ----------
    tests/validation/test_assessment_messages.py: CARA's messages and their published figures.
    """
    try:
        # Such numbers end in an overflow, or in eigenvalues that do not converge.
        with np.errstate(over="raise"):
            return _assess(message, request, event_id=event_id)
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise FormatError(
            f"holds numbers that cannot be computed with: {error}",
            where=message.message_id,
            remedy="check its states and covariances",
        ) from error


def _assess(message: ConjunctionMessage, request: AssessmentRequest, *, event_id: str | None) -> Assessment:
    first, second = (estimate_of(message, each, orientation=request.orientation) for each in message.objects)
    radius = radius_of(message, request)
    sources = tuple(source_of(each) for each in message.objects)
    defaults = [k + 1 for k, each in enumerate(message.objects) if has_default_covariance(each)]
    corrected = _climb(first, second, radius, request.options, _generator(message, request.seed))
    # The message's own covariances come first: that is what other tools and the sender's figure rest on.
    ladder = corrected if corrected is None or corrected.without_correction is None else corrected.without_correction
    flags = _flags(message, ladder, radius, defaults, sources)
    methods, probability, method = _methods(ladder, defaults, request.method)
    removed = corrected if corrected is not None and corrected.shared_error_removed else None
    methods_removed, probability_removed, _ = _methods(removed, defaults, request.method)
    geometry, offset_s, plane = geometry_of(first, second)
    if abs(offset_s) > MESSAGE_ROUNDING_S:
        flags = (*flags, "time_is_not_closest_approach")
    maximum = _maximum(ladder, geometry, radius, sources)
    lead_time_s = (message.tca_tai_ns - message.creation_tai_ns) * 1e-9
    judgement = judge(
        request.profile,
        probability=counted_probability(
            request.profile, (probability,) if removed is None else (probability, probability_removed)
        ),
        maximum_probability=None if maximum is None else maximum.value,
        miss_distance_m=geometry.miss_distance_m,
        lead_time_s=lead_time_s,
        is_deep_space=is_deep_space(first) or is_deep_space(second),
        sources=sources,
    )
    reason = judgement.reason
    if judgement.level is ActionLevel.NOT_ASSESSED:
        reason = _why_not(ladder, radius, defaults)
    objects = (
        _object(message, message.object_1, first, sources[0]),
        _object(message, message.object_2, second, sources[1]),
    )
    latest_decision_tai_ns = message.tca_tai_ns - round(request.profile.lead_time_s * 1e9)
    moved_s = offset_s if abs(offset_s) <= MESSAGE_ROUNDING_S else 0.0
    return Assessment(
        event_id=event_id or event_key(message).event_id,
        message_id=message.message_id,
        creation_tai_ns=message.creation_tai_ns,
        objects=objects,
        data_mode=data_mode_of(message, otherwise=request.data_mode),
        advisory=not all(source.may_act for source in sources),
        tca_tai_ns=message.tca_tai_ns + round(moved_s * 1e9),
        geometry=geometry,
        hard_body_radius=radius,
        probability=probability,
        method=method,
        methods=methods,
        probability_shared_error_removed=probability_removed,
        methods_shared_error_removed=methods_removed,
        maximum=maximum,
        is_diluted=None if ladder is None or ladder.dilution is None else ladder.dilution.diluted,
        action_level=judgement.level,
        level_reason=reason,
        profile=f"{request.profile.name} {request.profile.version}",
        consequence=consequence_of(
            first_mass_kg=message.object_1.mass_kg,
            second_mass_kg=message.object_2.mass_kg,
            relative_speed_m_s=geometry.relative_speed_m_s,
        ),
        flags=flags,
        message_probability=message.collision_probability,
        message_method=message.probability_method or "",
        latest_decision_tai_ns=latest_decision_tai_ns,
        trackings_before_decision=tuple(count_before(each.next_tracking, latest_decision_tai_ns) for each in objects),
        sensitivity=sensitivity_of(plane, radius),
        density_sensitivity=density_sensitivity_of(message, (first, second), plane, radius),
        coordination=coordination_of(message.objects),
        kept=(*message.unknown, *message.comment_fields),
    )


def _generator(message: ConjunctionMessage, seed: int) -> np.random.Generator:
    name = hashlib.sha256(f"{message.originator} {message.message_id}".encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(name[:8], "big")])


def data_mode_of(message: ConjunctionMessage, *, otherwise: DataMode) -> DataMode:
    """Return SIMULATED for a message about objects of the simulated world, which carry their mark, else `otherwise`."""
    marked = all(
        (each.norad_cat_id or 0) >= SIMULATED_NORAD_FROM and each.name.strip().endswith(SIMULATED_NAME_END)
        for each in message.objects
    )
    return DataMode.SIMULATED if marked else otherwise


def _climb(
    first: ObjectEstimate,
    second: ObjectEstimate,
    radius: HardBodyRadius | None,
    options: LadderOptions,
    rng: np.random.Generator,
) -> LadderResult | None:
    if radius is None:
        return None
    return probability_ladder(first, second, radius, options=options, rng=rng)


def _methods(
    ladder: LadderResult | None, defaults: Sequence[int], only: Method | None
) -> tuple[tuple[MethodResult, ...], float | None, str | None]:
    """Rungs as records; a default covariance takes the trust from all of them."""
    if ladder is None:
        return (), None, None
    veto = f"the covariance of object {' and '.join(map(str, defaults))} is a default one" if defaults else ""
    methods = tuple(
        MethodResult(
            name=rung.method.value,
            value=rung.value,
            interval=rung.bounds_95,
            trusted=rung.trusted and not veto,
            reason=veto or rung.reason,
        )
        for rung in ladder.rungs
    )
    chosen = ladder.method if only is None else only
    rung = None if veto or chosen is None else ladder.rung(chosen)
    if rung is None or not rung.trusted:
        return methods, None, None
    return methods, rung.value, rung.method.value


def _why_not(ladder: LadderResult | None, radius: HardBodyRadius | None, defaults: Sequence[int]) -> str:
    if radius is None or ladder is None:
        return "no hard-body radius is known: give --hard-body-radius-m, or choose the profile's default"
    if defaults:
        return f"not assessed: the covariance of object {' and '.join(map(str, defaults))} is a default one"
    return ladder.reason


def _flags(
    message: ConjunctionMessage,
    ladder: LadderResult | None,
    radius: HardBodyRadius | None,
    defaults: Sequence[int],
    sources: Sequence[StateSource],
) -> tuple[str, ...]:
    flags = list(ladder.flag_names()) if ladder is not None else []
    if ladder is None:
        for number, each in enumerate(message.objects, 1):
            found = covariance_flags(each.covariance_rtn)
            flags += [f"object_{number}_covariance_{f.name.lower()}" for f in type(found) if f in found and f.name]
    flags += [f"object_{number}_covariance_is_default" for number in defaults]
    flags += [
        f"object_{number}_is_element_set"
        for number, source in enumerate(sources, 1)
        if source is StateSource.ELEMENT_SET
    ]
    if radius is None:
        flags.append("no_hard_body_radius")
    elif radius.is_default:
        flags.append("default_hard_body_radius")
    return tuple(dict.fromkeys(flags))


def is_deep_space(each: ObjectEstimate) -> bool:
    """Say whether an object takes 225 minutes or more for a revolution, or does not come back."""
    energy = (
        2.0 / float(np.linalg.norm(each.position_m)) - float(each.velocity_m_s @ each.velocity_m_s) / EARTH_MU_M3_S2
    )
    return energy <= 0.0 or 2.0 * math.pi * math.sqrt(energy**-3 / EARTH_MU_M3_S2) >= _DEEP_SPACE_PERIOD_S


def _maximum(
    ladder: LadderResult | None,
    geometry: EncounterGeometry,
    radius: HardBodyRadius | None,
    sources: Sequence[StateSource],
) -> Bound | None:
    if radius is None:
        return None
    if ladder is not None and ladder.dilution is not None:
        if (ladder.probability or 0.0) > ladder.dilution.maximum_probability:
            # The 2-D method is wrong for such an encounter, and so is its maximum.
            words = "the probability itself: the greatest one of the 2-D method, which does not hold here, is less"
            return Bound(value=ladder.probability or 0.0, scale=None, words=words)
        words = "greatest 2-D probability over all sizes of the combined covariance, its shape kept"
        return Bound(value=ladder.dilution.maximum_probability, scale=ladder.dilution.scale, words=words)
    if ladder is not None and ladder.maximum_probability is not None:
        words = "greatest 2-D probability whatever the missing covariance is (Frisbee 2015)"
        return Bound(value=ladder.maximum_probability, scale=None, words=words)
    round_ = dilution((geometry.miss_distance_m, 0.0), np.eye(2), np.zeros((2, 2)), radius.value_m)
    value = round_.maximum_probability
    return Bound(value=value, scale=None, words="greatest 2-D probability over all round covariances")


def _object(
    message: ConjunctionMessage, each: ConjunctionObject, estimate: ObjectEstimate, source: StateSource
) -> ObjectAssessment:
    sigma: Vector | None = None
    found = covariance_flags(each.covariance_rtn)
    if each.covariance_rtn is not None and not found & BLOCKING:
        sigma = vector_of(np.sqrt(np.maximum(np.diag(each.covariance_rtn)[:3], 0.0)))
    return ObjectAssessment(
        designator=each.designator,
        norad_cat_id=each.norad_cat_id,
        name=each.name,
        object_type=(each.object_type or "UNKNOWN").upper(),
        state_source=source,
        sigma_rtn_m=sigma,
        covariance_flags=tuple(flag.name.lower() for flag in type(found) if flag in found and flag.name),
        quality=grade_orbit(
            each,
            position_gcrf_m=estimate.position_m,
            velocity_gcrf_m_s=estimate.velocity_m_s,
            tca_tai_ns=message.tca_tai_ns,
            creation_tai_ns=message.creation_tai_ns,
        ),
        mass_kg=each.mass_kg,
        maneuverable=each.maneuverable,
        operator=each.operator_organisation or "",
        contact=", ".join(
            dict.fromkeys(t for t in (each.operator_contact, each.operator_phone, each.operator_email) if t)
        ),
        ephemeris=each.ephemeris_name,
        last_observation_tai_ns=each.last_observation_end_tai_ns,
        observations_used=each.observations_used,
        tracks_used=each.tracks_used,
        next_tracking=next_tracking_of_message(each, creation_tai_ns=message.creation_tai_ns),
    )
