"""A CDM as a record: the encounter and its two objects in SI units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.errors import FormatError
from mihari.formats.ccsds._check import unknown_in
from mihari.formats.ccsds._quantity import UNIT_FACTORS, Reader, frame_of, is_number
from mihari.formats.ccsds._schema import Section
from mihari.formats.ccsds._tables import structure_of
from mihari.formats.ccsds._tree import Block, Entry, Message, MessageKind
from mihari.ids import MAX_NORAD_CAT_ID
from mihari.model.conjunction_message import (
    ConjunctionMessage,
    ConjunctionObject,
    DensityConsider,
    RadiusSource,
    Texts,
)

__all__ = ["conjunction_message"]

_AXES: Final = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
_EXTENDED: Final = re.compile(r"C(DRG|SRP|THR)_(R|T|N|RDOT|TDOT|NDOT|DRG|SRP|THR)")
_FIELD: Final = re.compile(r"\s*=?\s*([A-Za-z][A-Za-z0-9 _/\-]{0,60}?)\s*[=:]\s*(\S.*?)\s*", re.ASCII)
_WITH_UNIT: Final = re.compile(r"(.*?)\s*(?:\[([^\[\]]*)\]|\b(m|km))?\s*")
_SCREENING: Final = ("SCREEN", "START_SCREEN", "STOP_SCREEN")
_RADIUS: Final = ("HBR", "HARD_BODY_RADIUS", "COMBINED_HARD_BODY_RADIUS", "COMBINED_HBR")
_OPERATOR_RADIUS: Final = ("OPERATOR_HARD_BODY_RADIUS", "OPERATOR_HBR")


def conjunction_message(message: Message, *, name: str = "message") -> ConjunctionMessage:
    """Return a CDM as a record.

    Reading is lenient: unknown keywords are kept in `unknown`, a missing covariance is None. What cannot be done
    without (TCA, miss distance, both states) must be there and be finite.

    Parameters
    ----------
    message : Message
        Of kind CDM.
    name : str
        Stands in errors.

    Raises
    ------
    FormatError
        Not a CDM, or one of the above is missing or unreadable; names line and keyword.

    References
    ----------
    CCSDS 508.0-B-1, tables 3-1 to 3-4.

    Validation
    ----------
    tests/validation/test_ccsds_conjunction.py: NASA CARA's CDMs and the quantities CARA derives from them.
    """
    if message.kind is not MessageKind.CDM:
        raise FormatError(f"is an {message.kind.value}, not a CDM", where=name, remedy="give a conjunction message")
    read = Reader(name)
    header = message.root.block("header")
    body = message.root.block("body")
    relative = body.block("relativeMetadataData") if body else None
    segments = list(message.segments())
    if len(segments) != 2:
        raise FormatError(f"has {len(segments)} objects, a conjunction has two", where=name, remedy="ask the sender")
    structure = structure_of(message.kind, message.version)
    assert structure is not None
    shape = structure.root.children["body"].children["segment"]
    one, two = (
        _object(segment, Reader(f"{name}: object {n}"), tuple(unknown_in(segment, shape, message.version)))
        for n, segment in enumerate(segments, start=1)
    )
    objects = (one, two)
    own = [c.said for block in (header, relative) if block for c in block.comments()]
    # A comment between relative data and the first object is read with that object; it may speak of the encounter.
    first_comments = [c for o in objects for c in o.comments]
    radius, source = _radius(_fields([*own, *first_comments]), objects)
    return ConjunctionMessage(
        version=message.version,
        message_id=read.text(header, "MESSAGE_ID") or "",
        creation_tai_ns=read.moment(read.need(header, "CREATION_DATE")),
        originator=read.text(header, "ORIGINATOR") or "",
        message_for=read.text(header, "MESSAGE_FOR"),
        tca_tai_ns=read.moment(read.need(relative, "TCA")),
        miss_distance_m=read.number(read.need(relative, "MISS_DISTANCE"), "m"),
        relative_speed_m_s=read.optional(relative, "RELATIVE_SPEED", "m/s"),
        relative_position_m=_relative(relative, "RELATIVE_POSITION_", "m", read),
        relative_velocity_m_s=_relative(relative, "RELATIVE_VELOCITY_", "m/s", read),
        collision_probability=read.optional(relative, "COLLISION_PROBABILITY"),
        probability_method=read.text(relative, "COLLISION_PROBABILITY_METHOD"),
        hard_body_radius_m=radius,
        hard_body_radius_source=source,
        screening=tuple(
            (e.keyword, e.value) for e in (relative.entries() if relative else ()) if e.keyword.startswith(_SCREENING)
        ),
        object_1=one,
        object_2=two,
        comments=tuple(own),
        comment_fields=_fields(own),
        unknown=_unknown_outside(message, structure.root),
        unreadable=tuple(read.unreadable),
    )


def _relative(block: Block | None, prefix: str, unit: str, read: Reader) -> NDArray[np.float64] | None:
    state = (block.block("relativeStateVector") if block else None) or block
    values = [read.optional(state, prefix + axis, unit) for axis in "RTN"]
    return None if None in values else np.array(values, dtype=np.float64)


def _unknown_outside(message: Message, root: Section) -> Texts:
    """Return the unknown keywords that stand outside the objects."""
    items = tuple(
        replace(item, items=tuple(i for i in item.items if not (isinstance(i, Block) and i.name == "segment")))
        if isinstance(item, Block)
        else item
        for item in message.items
    )
    return tuple((e.keyword, e.value) for e in unknown_in(Block("cdm", items), root, message.version))


def _object(segment: Block, read: Reader, unknown: tuple[Entry, ...]) -> ConjunctionObject:
    meta, data = segment.block("metadata"), segment.block("data")
    if meta is None or data is None:
        raise FormatError("has no metadata or no data", where=read.name, remedy="ask the sender for a whole message")
    orbit, extra, state = (data.block(n) for n in ("odParameters", "additionalParameters", "stateVector"))
    comments = tuple(c.said for c in segment.comments())
    fields = _fields(comments)
    designator = read.text(meta, "OBJECT_DESIGNATOR") or ""
    catalogue = read.text(meta, "CATALOG_NAME") or ""
    frame_entry = read.need(meta, "REF_FRAME")
    covariance, extended = _covariance(data, read)
    return ConjunctionObject(
        designator=designator,
        norad_cat_id=_number(designator, catalogue),
        catalogue_name=catalogue,
        name=read.text(meta, "OBJECT_NAME") or "",
        international_designator=read.text(meta, "INTERNATIONAL_DESIGNATOR") or "",
        object_type=read.text(meta, "OBJECT_TYPE"),
        operator_contact=read.text(meta, "OPERATOR_CONTACT_POSITION"),
        operator_organisation=read.text(meta, "OPERATOR_ORGANIZATION"),
        operator_phone=read.text(meta, "OPERATOR_PHONE"),
        operator_email=read.text(meta, "OPERATOR_EMAIL"),
        ephemeris_name=read.text(meta, "EPHEMERIS_NAME") or "",
        covariance_method=read.text(meta, "COVARIANCE_METHOD") or "",
        maneuverable=read.text(meta, "MANEUVERABLE") or "",
        orbit_center=(read.text(meta, "ORBIT_CENTER") or "EARTH").upper(),
        frame=frame_of(frame_entry.value, where=read.where(frame_entry)),
        position_m=np.array([read.number(read.need(state, k), "km") for k in ("X", "Y", "Z")]),
        velocity_m_s=np.array([read.number(read.need(state, k), "km/s") for k in ("X_DOT", "Y_DOT", "Z_DOT")]),
        covariance_rtn=covariance,
        extended_covariance=extended,
        gravity_model=read.text(meta, "GRAVITY_MODEL"),
        atmosphere_model=read.text(meta, "ATMOSPHERIC_MODEL"),
        n_body=read.text(meta, "N_BODY_PERTURBATIONS"),
        solar_radiation_pressure=read.text(meta, "SOLAR_RAD_PRESSURE"),
        earth_tides=read.text(meta, "EARTH_TIDES"),
        intrack_thrust=read.text(meta, "INTRACK_THRUST"),
        last_observation_start_tai_ns=read.optional_moment(orbit, "TIME_LASTOB_START"),
        last_observation_end_tai_ns=read.optional_moment(orbit, "TIME_LASTOB_END"),
        recommended_od_span_s=read.optional(orbit, "RECOMMENDED_OD_SPAN", "d"),
        actual_od_span_s=read.optional(orbit, "ACTUAL_OD_SPAN", "d"),
        observations_available=read.count(orbit, "OBS_AVAILABLE"),
        observations_used=read.count(orbit, "OBS_USED"),
        tracks_available=read.count(orbit, "TRACKS_AVAILABLE"),
        tracks_used=read.count(orbit, "TRACKS_USED"),
        residuals_accepted_fraction=read.optional(orbit, "RESIDUALS_ACCEPTED", "%"),
        weighted_rms=read.optional(orbit, "WEIGHTED_RMS"),
        area_pc_m2=read.optional(extra, "AREA_PC", "m**2"),
        area_drg_m2=read.optional(extra, "AREA_DRG", "m**2"),
        area_srp_m2=read.optional(extra, "AREA_SRP", "m**2"),
        mass_kg=read.optional(extra, "MASS", "kg"),
        hard_body_radius_m=read.optional(extra, "HBR", "m"),
        cd_area_over_mass_m2_kg=read.optional(extra, "CD_AREA_OVER_MASS", "m**2/kg"),
        cr_area_over_mass_m2_kg=read.optional(extra, "CR_AREA_OVER_MASS", "m**2/kg"),
        thrust_acceleration_m_s2=read.optional(extra, "THRUST_ACCELERATION", "m/s**2"),
        sedr_w_kg=read.optional(extra, "SEDR", "W/kg"),
        density=_density(data, fields),
        exclusion_volume_radius_m=_length(fields, ("EXCLUSION_VOLUME_RADIUS",)),
        operator_hard_body_radius_m=_length(fields, _OPERATOR_RADIUS),
        comments=comments,
        comment_fields=fields,
        unknown=tuple((e.keyword, e.value) for e in unknown),
        unreadable=tuple(read.unreadable),
    )


def _number(designator: str, catalogue: str) -> int | None:
    """Return the catalogue number of an object of SATCAT; other catalogues number as they like."""
    if "SATCAT" not in catalogue.upper() and catalogue.strip():
        return None
    if not re.fullmatch(r"\d{1,9}", designator, re.ASCII):
        return None
    number = int(designator)
    return number if 1 <= number <= MAX_NORAD_CAT_ID else None


def _covariance(data: Block, read: Reader) -> tuple[NDArray[np.float64] | None, tuple[tuple[str, float], ...]]:
    """Return the RTN covariance of the first block that has one, and its terms of drag, radiation and thrust."""
    for block in data.blocks("covarianceMatrix"):
        entries = {e.keyword: e for e in block.entries() if e.value}
        if "CR_R" not in entries:
            continue
        matrix = np.zeros((6, 6))
        for row, first in enumerate(_AXES):
            for column, second in enumerate(_AXES[: row + 1]):
                unit = ("m**2", "m**2/s", "m**2/s**2")[(row > 2) + (column > 2)]
                matrix[row, column] = matrix[column, row] = read.number(read.need(block, f"C{first}_{second}"), unit)
        terms = tuple(
            (keyword, read.number(entry, entry.unit or ""))
            for keyword, entry in entries.items()
            if _EXTENDED.fullmatch(keyword)
        )
        return matrix, terms
    return None, ()


def _fields(comments: Iterable[str]) -> Texts:
    """Return the comments of the form NAME = value."""
    found = []
    for comment in comments:
        match = _FIELD.fullmatch(comment)
        if match:
            found.append((re.sub(r"\W+", "_", match[1].strip()).upper(), match[2]))
    return tuple(found)


def _length(fields: Texts, names: tuple[str, ...]) -> float | None:
    """Return a length that a comment gives, m unless it says km."""
    for name, text in fields:
        if name in names:
            match = _WITH_UNIT.fullmatch(text)
            if match and is_number(match[1]):
                return float(match[1]) * UNIT_FACTORS.get((match[2] or match[3] or "m").strip(), 1.0)
    return None


def _numbers(text: str | None) -> list[float]:
    values = re.sub(r"\[[^\]]*\]", "", text or "").split()
    return [float(value) for value in values] if all(is_number(value) for value in values) else []


def _density(data: Block, fields: Texts) -> DensityConsider | None:
    """Return the density consider parameters of keywords (2.0) or comments; None unless all three are there."""
    said = dict(fields)
    texts = [
        said.get("DCP_DENSITY_FORECAST_UNCERTAINTY"),
        said.get("DCP_SENSITIVITY_VECTOR_RTN_POS"),
        said.get("DCP_SENSITIVITY_VECTOR_RTN_VEL"),
    ]
    for block in data.blocks("covarianceMatrix"):
        if block.value("DENSITY_FORECAST_UNCERTAINTY"):
            texts = [
                block.value("DENSITY_FORECAST_UNCERTAINTY"),
                block.value("DCP_SENSITIVITY_VECTOR_POSITION"),
                block.value("DCP_SENSITIVITY_VECTOR_VELOCITY"),
            ]
    uncertainty, position, velocity = (_numbers(text) for text in texts)
    if len(uncertainty) != 1 or len(position) != 3 or len(velocity) != 3:
        return None
    return DensityConsider(
        forecast_uncertainty=uncertainty[0],
        sensitivity_position_m=np.array(position),
        sensitivity_velocity_m_s=np.array(velocity),
    )


def _radius(fields: Texts, objects: tuple[ConjunctionObject, ...]) -> tuple[float | None, RadiusSource | None]:
    """Return the combined hard-body radius and where it comes from, the surest source first."""
    combined = _length(fields, _RADIUS)
    for values, source in (
        ([o.hard_body_radius_m for o in objects], RadiusSource.KEYWORD),
        ([combined], RadiusSource.COMMENT),
        ([o.operator_hard_body_radius_m for o in objects], RadiusSource.OPERATOR_COMMENT),
        ([o.exclusion_volume_radius_m for o in objects], RadiusSource.EXCLUSION_VOLUME),
    ):
        known = [value for value in values if value is not None]
        if known and len(known) == len(values):
            return sum(known), source
    return None, None
