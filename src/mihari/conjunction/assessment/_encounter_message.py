"""Two states at closest approach as the message that a screening service would send of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame, StateVectors
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject

__all__ = ["EncounterObject", "encounter_message"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncounterObject:
    """One object at closest approach.

    Attributes
    ----------
    norad_cat_id : int
    name, international_designator : str
        Empty where not known.
    source : str
        What the state is from, as EPHEMERIS_NAME tells it: `source_of` decides by it what may follow.
    state : StateVectors, GCRF
        (3,) at closest approach.
    covariance_rtn : float64 array, (6, 6), optional
    """

    norad_cat_id: int
    name: str
    international_designator: str
    source: str
    state: StateVectors
    covariance_rtn: Floats | None


def encounter_message(
    first: EncounterObject, second: EncounterObject, *, message_id: str, creation_tai_ns: int
) -> ConjunctionMessage:
    """Return the message of this node about two states of one moment. Nothing is said that the states do not say."""
    first.state.require(Frame.GCRF)
    second.state.require(Frame.GCRF)
    relative = second.state.position_m - first.state.position_m
    return ConjunctionMessage(
        version="1.0",
        message_id=message_id,
        creation_tai_ns=creation_tai_ns,
        originator="THIS NODE",
        message_for=None,
        tca_tai_ns=int(first.state.epoch_tai_ns),
        miss_distance_m=float(np.linalg.norm(relative)),
        relative_speed_m_s=float(np.linalg.norm(second.state.velocity_m_s - first.state.velocity_m_s)),
        relative_position_m=None,
        relative_velocity_m_s=None,
        collision_probability=None,
        probability_method=None,
        hard_body_radius_m=None,
        hard_body_radius_source=None,
        screening=(),
        object_1=_object(first),
        object_2=_object(second),
        comments=(),
        comment_fields=(),
        unknown=(),
        unreadable=(),
    )


def _object(each: EncounterObject) -> ConjunctionObject:
    return ConjunctionObject(
        designator=str(each.norad_cat_id),
        norad_cat_id=each.norad_cat_id,
        catalogue_name="SATCAT",
        name=each.name,
        international_designator=each.international_designator,
        object_type=None,
        operator_contact=None,
        operator_organisation=None,
        operator_phone=None,
        operator_email=None,
        ephemeris_name=each.source,
        covariance_method="NONE" if each.covariance_rtn is None else "CALCULATED",
        maneuverable="N/A",
        orbit_center="EARTH",
        frame=Frame.GCRF,
        position_m=each.state.position_m,
        velocity_m_s=each.state.velocity_m_s,
        covariance_rtn=each.covariance_rtn,
        extended_covariance=(),
        gravity_model=None,
        atmosphere_model=None,
        n_body=None,
        solar_radiation_pressure=None,
        earth_tides=None,
        intrack_thrust=None,
        last_observation_start_tai_ns=None,
        last_observation_end_tai_ns=None,
        recommended_od_span_s=None,
        actual_od_span_s=None,
        observations_available=None,
        observations_used=None,
        tracks_available=None,
        tracks_used=None,
        residuals_accepted_fraction=None,
        weighted_rms=None,
        area_pc_m2=None,
        area_drg_m2=None,
        area_srp_m2=None,
        mass_kg=None,
        hard_body_radius_m=None,
        cd_area_over_mass_m2_kg=None,
        cr_area_over_mass_m2_kg=None,
        thrust_acceleration_m_s2=None,
        sedr_w_kg=None,
        density=None,
        exclusion_volume_radius_m=None,
        operator_hard_body_radius_m=None,
        comments=(),
        comment_fields=(),
        unknown=(),
        unreadable=(),
    )
