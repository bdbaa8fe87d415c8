"""From a message to two estimates in one inertial frame, and what kind of knowledge each of them is."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.states import Frame, StateVectors
from mihari.conjunction.probability import ObjectEstimate, SharedError
from mihari.model.assessment import StateSource
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject

__all__ = ["estimate_of", "has_default_covariance", "source_of"]

_ELEMENT_SET: Final = re.compile(r"\b(TLE|SGP4|SGP|GP|ELSET|ELEMENT SET)\b", re.IGNORECASE)


def source_of(each: ConjunctionObject) -> StateSource:
    """Return what an object's state comes from, as its message tells.

    A state without a covariance of its own that names element sets is one; an ephemeris by name is an operator's.
    """
    told = " ".join((each.ephemeris_name, each.covariance_method, each.gravity_model or "", each.catalogue_name))
    if _ELEMENT_SET.search(told):
        return StateSource.ELEMENT_SET
    if each.ephemeris_name.strip().upper() not in {"", "NONE", "N/A"}:
        return StateSource.OPERATOR_EPHEMERIS
    return StateSource.SENSOR_ORBIT


def has_default_covariance(each: ConjunctionObject) -> bool:
    """Say whether the message itself calls the covariance a default one."""
    return each.covariance_method.strip().upper() == "DEFAULT"


def estimate_of(
    message: ConjunctionMessage, each: ConjunctionObject, *, orientation: EarthOrientation
) -> ObjectEstimate:
    """Return one object at the message's time of closest approach, GCRF.

    Parameters
    ----------
    orientation : EarthOrientation
        Must cover the time when the state is Earth-fixed.

    Raises
    ------
    DataGapError
        The time is outside of `orientation`.
    """
    states = StateVectors(
        each.frame, np.array([message.tca_tai_ns]), each.position_m[None, :], each.velocity_m_s[None, :]
    )
    inertial = states if each.frame is Frame.GCRF else convert(states, Frame.GCRF, orientation=orientation)
    density = each.density
    shared = None
    if density is not None:
        shared = SharedError(
            sigma=density.forecast_uncertainty,
            sensitivity=np.concatenate([density.sensitivity_position_m, density.sensitivity_velocity_m_s]),
        )
    return ObjectEstimate(
        frame=Frame.GCRF,
        position_m=inertial.position_m[0],
        velocity_m_s=inertial.velocity_m_s[0],
        covariance=each.covariance_rtn,
        covariance_frame=Frame.RTN,
        shared_error=shared,
    )
