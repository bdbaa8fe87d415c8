"""Conjunctions and manoeuvres in the shapes of the library.

The traps: a conjunction's vectors are in metres; a manoeuvre's velocity change is in kilometres a second, while its
covariance is in metres; its longitudes run from -180 to 180 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mihari.errors import FormatError
from mihari.formats.udl._common import (
    UdlSource,
    catalogue_number,
    header,
    moment,
    number,
    numbers,
    read_header,
    told,
)

__all__ = [
    "UdlConjunction",
    "UdlManoeuvre",
    "conjunction_of",
    "manoeuvre_of",
    "read_conjunction",
    "read_manoeuvre",
]

_KM: Final = 1e3
_POSITION: Final = ("relPosR", "relPosT", "relPosN")
_VELOCITY: Final = ("relVelR", "relVelT", "relVelN")
_VELOCITY_CHANGE: Final = ("deltaVelU", "deltaVelV", "deltaVelW")
Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UdlConjunction:
    """What the library says of a close approach; vectors of the second object in the first one's RTN axes."""

    source: UdlSource
    tca_tai_ns: int
    norad_cat_id_1: int | None
    norad_cat_id_2: int | None
    miss_distance_m: float | None = None
    relative_position_rtn_m: Vector | None = None
    relative_velocity_rtn_m_s: Vector | None = None
    collision_probability: float | None = None
    probability_method: str | None = None
    event_id: str | None = None
    message_id: str | None = None
    screen_start_tai_ns: int | None = None
    screen_end_tai_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UdlManoeuvre:
    """What the library says of a manoeuvre: that it happened, and apart from it what it may have been for.

    `occurrence` and `purpose_confidence` are uncertainties of the provider, 0 to 1, as it means them.
    """

    source: UdlSource
    norad_cat_id: int | None
    start_tai_ns: int
    end_tai_ns: int | None = None
    velocity_change_rtn_m_s: Vector | None = None
    occurrence: float | None = None
    purpose: str | None = None
    purpose_confidence: float | None = None
    geo_longitude_after_deg: float | None = None
    event_id: str | None = None


def conjunction_of(conjunction: UdlConjunction) -> dict[str, Any]:
    """Return a close approach as a record of `conjunction`."""
    record: dict[str, Any] = header(conjunction.source) | {"tca": told(conjunction.tca_tai_ns), "type": "CONJUNCTION"}
    optional = {
        "satNo1": conjunction.norad_cat_id_1,
        "satNo2": conjunction.norad_cat_id_2,
        "missDistance": conjunction.miss_distance_m,
        "collisionProb": conjunction.collision_probability,
        "collisionProbMethod": conjunction.probability_method,
        "eventId": conjunction.event_id,
        "messageId": conjunction.message_id,
        "screenEntryTime": _told(conjunction.screen_start_tai_ns),
        "screenExitTime": _told(conjunction.screen_end_tai_ns),
        **_named(_POSITION, conjunction.relative_position_rtn_m),
        **_named(_VELOCITY, conjunction.relative_velocity_rtn_m_s),
    }
    return record | {name: value for name, value in optional.items() if value is not None}


def read_conjunction(record: Mapping[str, Any]) -> UdlConjunction:
    """Read a record of `conjunction`.

    Raises
    ------
    FormatError
        A needed member is missing or a value cannot be.
    """
    tca = moment(record, "tca", needed=True)
    assert tca is not None
    return UdlConjunction(
        source=read_header(record),
        tca_tai_ns=tca,
        norad_cat_id_1=catalogue_number(record, "satNo1"),
        norad_cat_id_2=catalogue_number(record, "satNo2"),
        miss_distance_m=_bounded(record, "missDistance", most=float("inf")),
        relative_position_rtn_m=numbers(record, _POSITION),
        relative_velocity_rtn_m_s=numbers(record, _VELOCITY),
        collision_probability=_bounded(record, "collisionProb"),
        probability_method=_optional_text(record, "collisionProbMethod"),
        event_id=_optional_text(record, "eventId"),
        message_id=_optional_text(record, "messageId"),
        screen_start_tai_ns=moment(record, "screenEntryTime"),
        screen_end_tai_ns=moment(record, "screenExitTime"),
    )


def manoeuvre_of(manoeuvre: UdlManoeuvre) -> dict[str, Any]:
    """Return a manoeuvre as a record of `maneuver`."""
    record: dict[str, Any] = header(manoeuvre.source) | {"eventStartTime": told(manoeuvre.start_tai_ns)}
    change = manoeuvre.velocity_change_rtn_m_s
    longitude = manoeuvre.geo_longitude_after_deg
    optional = {
        "satNo": manoeuvre.norad_cat_id,
        "eventEndTime": _told(manoeuvre.end_tai_ns),
        "maneuverUnc": manoeuvre.occurrence,
        "characterization": manoeuvre.purpose,
        "characterizationUnc": manoeuvre.purpose_confidence,
        "postGeoLongitude": None if longitude is None else (longitude + 180.0) % 360.0 - 180.0,
        "eventId": manoeuvre.event_id,
        **_named(_VELOCITY_CHANGE, None if change is None else tuple(each / _KM for each in change)),
    }
    return record | {name: value for name, value in optional.items() if value is not None}


def read_manoeuvre(record: Mapping[str, Any]) -> UdlManoeuvre:
    """Read a record of `maneuver`.

    Raises
    ------
    FormatError
        A needed member is missing or a value cannot be.
    """
    start, end = moment(record, "eventStartTime", needed=True), moment(record, "eventEndTime")
    assert start is not None
    if end is not None and end < start:
        raise FormatError("is before its start", where="eventEndTime")
    longitude = number(record, "postGeoLongitude")
    if longitude is not None and not -180.0 <= longitude <= 180.0:
        raise FormatError(f"{longitude:g} is outside -180 to 180 degrees", where="postGeoLongitude")
    return UdlManoeuvre(
        source=read_header(record),
        norad_cat_id=catalogue_number(record),
        start_tai_ns=start,
        end_tai_ns=end,
        velocity_change_rtn_m_s=numbers(record, _VELOCITY_CHANGE, scale=_KM),
        occurrence=_bounded(record, "maneuverUnc"),
        purpose=_optional_text(record, "characterization"),
        purpose_confidence=_bounded(record, "characterizationUnc"),
        geo_longitude_after_deg=longitude,
        event_id=_optional_text(record, "eventId"),
    )


def _named(names: tuple[str, ...], values: Vector | None) -> dict[str, float]:
    return {} if values is None else dict(zip(names, values, strict=True))


def _told(tai_ns: int | None) -> str | None:
    return None if tai_ns is None else told(tai_ns)


def _bounded(record: Mapping[str, Any], name: str, *, most: float = 1.0) -> float | None:
    value = number(record, name)
    if value is not None and not 0.0 <= value <= most:
        raise FormatError(f"{value:g} cannot be", where=name)
    return value


def _optional_text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 1_000:
        raise FormatError("is no text", where=name)
    return value
