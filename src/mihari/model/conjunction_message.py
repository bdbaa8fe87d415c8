"""What a conjunction data message says, in SI units: the encounter and its two objects, nothing left out.

Values are as the sender gave them: an all-zero covariance stays all zero, a probability of 0 stays 0. Whether they can
be trusted is for the assessment to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import InputError

__all__ = ["ConjunctionMessage", "ConjunctionObject", "DensityConsider", "RadiusSource", "Texts"]

Texts = tuple[tuple[str, str], ...]
"""Pairs of name and value, in the order of the message."""


class RadiusSource(Enum):
    """Where a combined hard-body radius comes from."""

    KEYWORD = "sum of the HBR keywords of both objects"
    COMMENT = "comment HBR"
    OPERATOR_COMMENT = "sum of the operators' hard-body radii in comments"
    EXCLUSION_VOLUME = "sum of the exclusion volume radii in comments"


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityConsider:
    """Density consider parameters of one object, which say how the covariances of both are correlated.

    Attributes
    ----------
    forecast_uncertainty : float
        Relative one-sigma error of the forecast density.
    sensitivity_position_m, sensitivity_velocity_m_s : float64 arrays, (3,)
        Change of the state at TCA for that error, in the object's own RTN axes.
    frame : Frame
        Always RTN.

    References
    ----------
    Casali, Hall, Snow, Hejduk, Johnson, Skrehart, Baars, AAS 18-272 (2018).
    """

    forecast_uncertainty: float
    sensitivity_position_m: NDArray[np.float64]
    sensitivity_velocity_m_s: NDArray[np.float64]
    frame: Frame = Frame.RTN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConjunctionObject:
    """One object of a conjunction at TCA.

    Attributes
    ----------
    designator : str
        OBJECT_DESIGNATOR as text; `norad_cat_id` is its number where the catalogue is that of SATCAT.
    frame : Frame
        Of position and velocity.
    position_m, velocity_m_s : float64 arrays, (3,)
    covariance_rtn : float64 array, (6, 6), or None
        In the object's own RTN axes, m and m/s; None when the message has none. All zero is kept as given.
    extended_covariance : tuple of (str, float)
        Terms of drag, solar radiation pressure and thrust as CDRG_R, ...; in the units of the message, which are SI.
    residuals_accepted_fraction : float, optional
        0 to 1.
    density : DensityConsider, optional
        From keywords of version 2.0 or the comments that CARA and 19 SDS write.
    exclusion_volume_radius_m, operator_hard_body_radius_m : float, optional
        From comments.
    comments : tuple of str
        Every comment of the object, in order.
    comment_fields : tuple of (str, str)
        Comments of the form NAME = value, name in capitals with underscores.
    unknown : tuple of (str, str)
        Keywords that the message's version does not define.
    unreadable : tuple of (str, str)
        Optional keywords whose value or unit could not be read as the book has it, and what was done: no value, or
        the book's unit.
    """

    designator: str
    norad_cat_id: int | None
    catalogue_name: str
    name: str
    international_designator: str
    object_type: str | None
    operator_contact: str | None
    operator_organisation: str | None
    operator_phone: str | None
    operator_email: str | None
    ephemeris_name: str
    covariance_method: str
    maneuverable: str
    orbit_center: str
    frame: Frame
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64]
    covariance_rtn: NDArray[np.float64] | None
    extended_covariance: tuple[tuple[str, float], ...]
    gravity_model: str | None
    atmosphere_model: str | None
    n_body: str | None
    solar_radiation_pressure: str | None
    earth_tides: str | None
    intrack_thrust: str | None
    last_observation_start_tai_ns: int | None
    last_observation_end_tai_ns: int | None
    recommended_od_span_s: float | None
    actual_od_span_s: float | None
    observations_available: int | None
    observations_used: int | None
    tracks_available: int | None
    tracks_used: int | None
    residuals_accepted_fraction: float | None
    weighted_rms: float | None
    area_pc_m2: float | None
    area_drg_m2: float | None
    area_srp_m2: float | None
    mass_kg: float | None
    hard_body_radius_m: float | None
    cd_area_over_mass_m2_kg: float | None
    cr_area_over_mass_m2_kg: float | None
    thrust_acceleration_m_s2: float | None
    sedr_w_kg: float | None
    density: DensityConsider | None
    exclusion_volume_radius_m: float | None
    operator_hard_body_radius_m: float | None
    comments: tuple[str, ...]
    comment_fields: Texts
    unknown: Texts
    unreadable: Texts

    def __post_init__(self) -> None:
        if self.position_m.shape != (3,) or self.velocity_m_s.shape != (3,):
            raise InputError(
                f"position {self.position_m.shape} and velocity {self.velocity_m_s.shape} must both be (3,)"
            )
        if self.covariance_rtn is not None and self.covariance_rtn.shape != (6, 6):
            raise InputError(f"covariance {self.covariance_rtn.shape} must be (6, 6)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConjunctionMessage:
    """One conjunction data message.

    Attributes
    ----------
    version : str
        Of the CDM.
    hard_body_radius_m : float, optional
        Combined radius of both objects, with `hard_body_radius_source`; None when the message has none.
    relative_position_m, relative_velocity_m_s : float64 arrays, (3,), optional
        Object 2 relative to object 1 in RTN of object 1, as the sender rounded them.
    relative_frame : Frame
        Always RTN.
    screening : tuple of (str, str)
        Every screening field, keyword and text.
    comments, comment_fields, unknown, unreadable
        Of header and relative data; those of the objects stand with them.
    """

    version: str
    message_id: str
    creation_tai_ns: int
    originator: str
    message_for: str | None
    tca_tai_ns: int
    miss_distance_m: float
    relative_speed_m_s: float | None
    relative_position_m: NDArray[np.float64] | None
    relative_velocity_m_s: NDArray[np.float64] | None
    relative_frame: Frame = Frame.RTN
    collision_probability: float | None
    probability_method: str | None
    hard_body_radius_m: float | None
    hard_body_radius_source: RadiusSource | None
    screening: Texts
    object_1: ConjunctionObject
    object_2: ConjunctionObject
    comments: tuple[str, ...]
    comment_fields: Texts
    unknown: Texts
    unreadable: Texts

    @property
    def objects(self) -> tuple[ConjunctionObject, ConjunctionObject]:
        """Both objects, in the order of the message."""
        return self.object_1, self.object_2
