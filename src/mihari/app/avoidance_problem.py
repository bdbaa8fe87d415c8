"""From messages to the question of a planner: one trajectory of the primary, and every conjunction laid on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.avoidance_events import WarnedConjunction
from mihari.astro.numerical import CIRA_72, AreaToMass, ForceModel, propagate
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.conjunction.assessment import AssessmentRequest, estimate_of, has_default_covariance, radius_of, source_of
from mihari.conjunction.avoidance import AvoidanceProblem, Encounters, Goal, Primary, probability_in_plane
from mihari.conjunction.probability import BLOCKING, CovarianceFlag, ObjectEstimate, covariance_flags
from mihari.conjunction.probability import inertial_covariance as covariance_of
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MU_M3_S2
from mihari.errors import InputError, UsageError
from mihari.model.assessment import HardBodyRadius
from mihari.model.conjunction_message import ConjunctionObject
from mihari.model.provenance import DataMode

__all__ = ["LaidConjunction", "PosedProblem", "pose_problem"]

Floats = NDArray[np.float64]

_ASSUMED_AREA_TO_MASS_M2_KG: Final = 0.02
_DRAG_BELOW_M: Final = 1_500e3
_UNUSABLE: Final = BLOCKING | CovarianceFlag.NOT_POSITIVE_DEFINITE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaidConjunction:
    """One conjunction of the plan.

    Attributes
    ----------
    warned : WarnedConjunction
    secondary_id : int
        Catalogue number; below zero where there is none.
    radius : HardBodyRadius or None
        None only where the conjunction is judged by volume.
    by_volume : str
        Why there is no probability; empty where there is one.
    is_from_element_set : bool
    primary_difference_m : float
        How far the message's primary is from the trajectory that is flown.
    """

    warned: WarnedConjunction
    secondary_id: int
    radius: HardBodyRadius | None
    by_volume: str
    is_from_element_set: bool
    primary_difference_m: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedProblem:
    """What is planned, with what it was made of.

    Attributes
    ----------
    problem : AvoidanceProblem
    conjunctions : tuple of LaidConjunction
        In the order of the problem's.
    primary_covariance_gcrf, secondary_covariance_gcrf : (k, 6, 6) float64
        NaN where there is none.
    state_message_id : str
        The message whose state of the primary is flown.
    assumed : tuple of str
        What no message told and no constraint said.
    is_mass_known : bool
    data_mode : DataMode
    """

    problem: AvoidanceProblem
    conjunctions: tuple[LaidConjunction, ...]
    primary_covariance_gcrf: Floats
    secondary_covariance_gcrf: Floats
    state_message_id: str
    assumed: tuple[str, ...]
    is_mass_known: bool
    data_mode: DataMode


def pose_problem(
    warned: Sequence[WarnedConjunction],
    request: AssessmentRequest,
    constraints: AvoidanceConstraints,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
) -> PosedProblem:
    """Pose the problem of a window.

    The primary's state is that of the newest message, flown back to the start. Messages of one object differ in where
    they have it, by what its orbit was wrong at each time. So every conjunction is laid on the trajectory that is
    flown: separation and relative velocity in the primary's RTN are those of its own message, which is what the
    message's probability rests on.

    Parameters
    ----------
    warned : sequence of WarnedConjunction
        All conjunctions of the window, in order of time; at least one.
    start_tai_ns, end_tai_ns : int

    Raises
    ------
    InputError
        Messages of several data modes, or the primary does not fly that far.
    UsageError
        A conjunction with covariances has no hard-body radius.

    Validation
    ----------
    tests/unit/test_app_avoid.py.
    """
    modes = {each.data_mode for each in warned}
    if len(modes) > 1:
        names = " and ".join(sorted(mode.value for mode in modes))
        raise InputError(f"messages of {names} data together", remedy="plan on one data mode")
    newest = max(warned, key=lambda each: (each.message.creation_tai_ns, -each.message.tca_tai_ns))
    estimates = [
        tuple(
            estimate_of(each.message, which, orientation=request.orientation)
            for which in (each.primary, each.secondary)
        )
        for each in warned
    ]
    tca = np.array([each.message.tca_tai_ns for each in warned], dtype=np.int64)
    anchor = estimates[warned.index(newest)][0]
    model, area, assumed = _dynamics(newest.primary, anchor)
    moments = np.unique(np.append(tca, start_tai_ns))
    flown = propagate(
        _state(anchor, newest.message.tca_tai_ns),
        moments,
        model=model,
        orientation=request.orientation,
        area_to_mass=area,
    )
    if flown.status.any():
        raise InputError("the primary does not fly from the start to the last conjunction", where=newest.event_id)
    states = np.concatenate([flown.states.position_m[0], flown.states.velocity_m_s[0]], axis=-1)
    at_tca = states[np.searchsorted(moments, tca)]
    rows = [
        _laid(each, pair, state, request, number=-1 - k)
        for k, (each, pair, state) in enumerate(zip(warned, estimates, at_tca, strict=True))
    ]
    secondary = np.array([row[1] for row in rows])
    covariances = np.array([row[2] for row in rows])
    laid = tuple(row[0] for row in rows)
    start = states[np.searchsorted(moments, start_tai_ns)]
    craft, is_mass_known = constraints.spacecraft(message_mass_kg=newest.primary.mass_kg)
    problem = AvoidanceProblem(
        primary=Primary(
            object_id=newest.primary.norad_cat_id if newest.primary.norad_cat_id is not None else -(10**9),
            state=StateVectors(Frame.GCRF, np.array([start_tai_ns]), start[None, :3].copy(), start[None, 3:].copy()),
            model=model,
            area_to_mass=area,
            orientation=request.orientation,
        ),
        encounters=Encounters(
            secondary_id=np.array([each.secondary_id for each in laid], dtype=np.int64),
            tca_tai_ns=tca,
            secondary_position_gcrf_m=secondary[:, :3].copy(),
            secondary_velocity_gcrf_m_s=secondary[:, 3:].copy(),
            primary_covariance_gcrf_m2=covariances[:, 0, :3, :3].copy(),
            secondary_covariance_gcrf_m2=covariances[:, 1, :3, :3].copy(),
            # Where a volume judges, the radius is never read.
            hard_body_radius_m=np.array([1.0 if each.radius is None else each.radius.value_m for each in laid]),
            keep_out_m=np.tile(constraints.keep_out_m, (len(laid), 1)),
            is_from_element_set=np.array([each.is_from_element_set for each in laid]),
        ),
        end_tai_ns=end_tai_ns,
        constraints=constraints.mission(start_tai_ns=start_tai_ns, end_tai_ns=int(tca[-1])),
        spacecraft=craft,
        execution=constraints.execution,
        goal=Goal(threshold=request.profile.action_probability, share=request.profile.remediation_factor),
        probability=probability_in_plane,
    )
    return PosedProblem(
        problem=problem,
        conjunctions=laid,
        primary_covariance_gcrf=covariances[:, 0],
        secondary_covariance_gcrf=covariances[:, 1],
        state_message_id=newest.message.message_id,
        assumed=assumed,
        is_mass_known=is_mass_known,
        data_mode=modes.pop(),
    )


def _state(estimate: ObjectEstimate, tai_ns: int) -> StateVectors:
    return StateVectors(
        Frame.GCRF, np.array([tai_ns]), estimate.position_m[None, :].copy(), estimate.velocity_m_s[None, :].copy()
    )


def _dynamics(each: ConjunctionObject, estimate: ObjectEstimate) -> tuple[ForceModel, AreaToMass, tuple[str, ...]]:
    """Gravity to the degree that the perigee needs, Sun, Moon, sunlight, and drag where there is air."""
    position, velocity = estimate.position_m, estimate.velocity_m_s
    radius, square = float(np.linalg.norm(position)), float(velocity @ velocity)
    axis = 1.0 / (2.0 / radius - square / EARTH_MU_M3_S2)
    momentum = float(np.linalg.norm(np.cross(position, velocity)))
    eccentricity = float(np.sqrt(max(0.0, 1.0 - momentum**2 / EARTH_MU_M3_S2 / axis)))
    perigee = axis * (1.0 - eccentricity)
    if not (axis > 0.0 and perigee > EARTH_EQUATORIAL_RADIUS_M):
        raise InputError("the primary is on no orbit around the Earth", where=each.designator)
    has_drag = perigee < EARTH_EQUATORIAL_RADIUS_M + _DRAG_BELOW_M
    model = ForceModel.for_radius(perigee, density=CIRA_72 if has_drag else None)
    told = {"drag": each.cd_area_over_mass_m2_kg, "radiation": each.cr_area_over_mass_m2_kg}
    missing = [name for name, value in told.items() if value is None and (has_drag or name != "drag")]
    values = {name: _ASSUMED_AREA_TO_MASS_M2_KG if value is None else max(0.0, value) for name, value in told.items()}
    assumed = tuple(f"{name}: {_ASSUMED_AREA_TO_MASS_M2_KG} m2/kg, which no message tells" for name in missing)
    return model, AreaToMass(drag_m2_kg=values["drag"], radiation_m2_kg=values["radiation"]), assumed


def _laid(
    warned: WarnedConjunction,
    pair: tuple[ObjectEstimate, ...],
    flown_gcrf: Floats,
    request: AssessmentRequest,
    *,
    number: int,
) -> tuple[LaidConjunction, Floats, Floats]:
    """One conjunction on the flown primary: itself, the secondary's state (6,), covariances of both (2, 6, 6)."""
    primary, secondary = pair
    told = rtn_basis(primary.position_m, primary.velocity_m_s)
    # From the axes of the message's primary to those of the flown one: a turn of what the two are apart.
    turn = rtn_basis(flown_gcrf[:3], flown_gcrf[3:]).T @ told
    relative = secondary.state_inertial - primary.state_inertial
    state = flown_gcrf + np.concatenate([turn @ relative[:3], turn @ relative[3:]])
    reason, is_set = _by_volume(warned)
    radius = radius_of(warned.message, request)
    covariances = np.full((2, 6, 6), np.nan)
    if not reason:
        if radius is None or not radius.value_m > 0.0:
            raise UsageError(
                f"no hard-body radius is known for event {warned.event_id}",
                where="--hard-body-radius-m",
                remedy="give metres, or --default-radius for the profile's",
            )
        both = np.kron(np.eye(2), turn)
        covariances = np.array([both @ covariance_of(each) @ both.T for each in pair])
        covariances = 0.5 * (covariances + np.swapaxes(covariances, -1, -2))
    catalogued = warned.secondary.norad_cat_id
    laid = LaidConjunction(
        warned=warned,
        secondary_id=number if catalogued is None else catalogued,
        radius=None if reason else radius,
        by_volume=reason,
        is_from_element_set=is_set,
        primary_difference_m=float(np.linalg.norm(primary.position_m - flown_gcrf[:3])),
    )
    return laid, state, covariances


def _by_volume(warned: WarnedConjunction) -> tuple[str, bool]:
    """Say why a conjunction has no probability, if it has none, and whether a state is a public element set."""
    reasons = []
    is_set = False
    for words, each in (("the primary", warned.primary), ("the secondary", warned.secondary)):
        found = covariance_flags(each.covariance_rtn)
        if not source_of(each).may_act:
            is_set = True
            reasons.append(f"{words} is a public element set")
        elif has_default_covariance(each):
            reasons.append(f"the covariance of {words} is a default one")
        elif found & _UNUSABLE:
            names = ", ".join(str(f.name).lower().replace("_", " ") for f in found & _UNUSABLE)
            reasons.append(f"the covariance of {words} is {names}")
    return "; ".join(reasons), is_set
