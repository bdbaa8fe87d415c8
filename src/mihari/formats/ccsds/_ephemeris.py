"""OEM, OPM and OCM as ephemerides: states and covariances in SI units."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import FormatError
from mihari.formats._epoch import parse_epochs
from mihari.formats._rejections import shown
from mihari.formats.ccsds._check import unknown_entries
from mihari.formats.ccsds._ocm_ephemeris import ocm_segments
from mihari.formats.ccsds._quantity import Reader, frame_of, is_number
from mihari.formats.ccsds._table_odm import COVARIANCE_KEYWORDS
from mihari.formats.ccsds._tree import Block, Message, MessageKind, Row
from mihari.model.ephemeris import Ephemeris, EphemerisSegment, PlannedManoeuvre

__all__ = ["ephemeris"]

_UNITS: Final = {0: "km**2", 1: "km**2/s", 2: "km**2/s**2"}


def ephemeris(message: Message, *, name: str = "message") -> Ephemeris:
    """Return an OEM, OPM or OCM as an ephemeris.

    Parameters
    ----------
    message : Message
        Of kind OEM, OPM or OCM.
    name : str
        Stands in errors.

    Raises
    ------
    FormatError
        Another kind, a frame or a time system that is not computed with, states that are not Cartesian, or a value
        that cannot be read; names line and keyword.

    References
    ----------
    CCSDS 502.0-B-3, sections 3, 5 and 6.

    Validation
    ----------
    tests/validation/test_ccsds_ephemeris.py: Orekit's and oem's files, values as printed.
    """
    if message.kind not in (MessageKind.OEM, MessageKind.OPM, MessageKind.OCM):
        raise FormatError(
            f"is an {message.kind.value}, which has no ephemeris", where=name, remedy="give an OEM, OPM or OCM"
        )
    read = Reader(name)
    header = message.root.block("header")
    segments: list[EphemerisSegment] = []
    unused: list[tuple[str, str]] = []
    for segment in message.segments():
        if message.kind is MessageKind.OCM:
            found, aside = ocm_segments(segment, name)
            segments += found
            unused += aside
        else:
            segments.append((_oem_segment if message.kind is MessageKind.OEM else _opm_segment)(segment, name))
    return Ephemeris(
        kind=message.kind.value,
        creation_tai_ns=read.moment(read.need(header, "CREATION_DATE")),
        originator=read.text(header, "ORIGINATOR") or "",
        message_id=read.text(header, "MESSAGE_ID"),
        segments=tuple(segments),
        comments=tuple(c.said for c in header.comments()) if header else (),
        unknown=tuple((e.keyword, e.value) for e in unknown_entries(message)),
        unused=tuple(unused),
    )


def _oem_segment(segment: Block, name: str) -> EphemerisSegment:
    meta, data = segment.block("metadata"), segment.block("data")
    if meta is None or data is None:
        raise FormatError("has a segment without metadata or data", where=name, remedy="ask the sender")
    read = Reader(name, _time_system(meta, name))
    frame_entry = read.need(meta, "REF_FRAME")
    rows = [item for item in data.items if isinstance(item, Row) and item.name == "stateVector"]
    epochs = _epochs([row.values[0] if row.values else "" for row in rows], [row.line for row in rows], read)
    states, accelerations = _state_arrays(rows, read)
    start, stop = read.moment(read.need(meta, "START_TIME")), read.moment(read.need(meta, "STOP_TIME"))
    covariances = [_covariance(block, frame_entry.value, read) for block in data.blocks("covarianceMatrix")]
    useable_start = read.optional_moment(meta, "USEABLE_START_TIME")
    useable_stop = read.optional_moment(meta, "USEABLE_STOP_TIME")
    return EphemerisSegment(
        object_name=read.text(meta, "OBJECT_NAME") or "",
        object_id=read.text(meta, "OBJECT_ID") or "",
        center_name=(read.text(meta, "CENTER_NAME") or "EARTH").upper(),
        frame=frame_of(frame_entry.value, where=read.where(frame_entry)),
        frame_name=frame_entry.value,
        frame_epoch_tai_ns=read.optional_moment(meta, "REF_FRAME_EPOCH"),
        epoch_tai_ns=epochs,
        position_m=states[:, :3] * 1e3,
        velocity_m_s=states[:, 3:] * 1e3,
        acceleration_m_s2=accelerations,
        start_tai_ns=start,
        stop_tai_ns=stop,
        useable_start_tai_ns=start if useable_start is None else useable_start,
        useable_stop_tai_ns=stop if useable_stop is None else useable_stop,
        interpolation=read.text(meta, "INTERPOLATION"),
        interpolation_degree=read.count(meta, "INTERPOLATION_DEGREE"),
        covariance_epoch_tai_ns=np.array([c[0] for c in covariances], dtype=np.int64),
        covariance=np.array([c[1] for c in covariances], dtype=np.float64).reshape(-1, 6, 6),
        covariance_frame=tuple(c[2] for c in covariances),
        manoeuvres=(),
        comments=tuple(c.said for c in segment.comments()),
    )


def _opm_segment(segment: Block, name: str) -> EphemerisSegment:
    meta, data = segment.block("metadata"), segment.block("data")
    if meta is None or data is None:
        raise FormatError("has no metadata or no data", where=name, remedy="ask the sender for a whole message")
    read = Reader(name, _time_system(meta, name))
    frame_entry = read.need(meta, "REF_FRAME")
    state = data.block("stateVector")
    epoch = read.moment(read.need(state, "EPOCH"))
    position = [read.number(read.need(state, keyword), "km") for keyword in ("X", "Y", "Z")]
    velocity = [read.number(read.need(state, keyword), "km/s") for keyword in ("X_DOT", "Y_DOT", "Z_DOT")]
    covariances = [
        _covariance(block, frame_entry.value, read, epoch_tai_ns=epoch) for block in data.blocks("covarianceMatrix")
    ]
    return EphemerisSegment(
        object_name=read.text(meta, "OBJECT_NAME") or "",
        object_id=read.text(meta, "OBJECT_ID") or "",
        center_name=(read.text(meta, "CENTER_NAME") or "EARTH").upper(),
        frame=frame_of(frame_entry.value, where=read.where(frame_entry)),
        frame_name=frame_entry.value,
        frame_epoch_tai_ns=read.optional_moment(meta, "REF_FRAME_EPOCH"),
        epoch_tai_ns=np.array([epoch], dtype=np.int64),
        position_m=np.array([position]),
        velocity_m_s=np.array([velocity]),
        acceleration_m_s2=None,
        start_tai_ns=epoch,
        stop_tai_ns=epoch,
        useable_start_tai_ns=epoch,
        useable_stop_tai_ns=epoch,
        interpolation=None,
        interpolation_degree=None,
        covariance_epoch_tai_ns=np.array([c[0] for c in covariances], dtype=np.int64),
        covariance=np.array([c[1] for c in covariances], dtype=np.float64).reshape(-1, 6, 6),
        covariance_frame=tuple(c[2] for c in covariances),
        manoeuvres=tuple(_manoeuvre(block, read) for block in data.blocks("maneuverParameters")),
        comments=tuple(c.said for c in segment.comments()),
    )


def _manoeuvre(block: Block, read: Reader) -> PlannedManoeuvre:
    frame_entry = read.need(block, "MAN_REF_FRAME")
    return PlannedManoeuvre(
        ignition_tai_ns=read.moment(read.need(block, "MAN_EPOCH_IGNITION")),
        duration_s=read.optional(block, "MAN_DURATION", "s") or 0.0,
        delta_mass_kg=read.optional(block, "MAN_DELTA_MASS", "kg"),
        frame=frame_of(frame_entry.value, where=read.where(frame_entry)),
        delta_velocity_m_s=np.array([read.number(read.need(block, f"MAN_DV_{n}"), "km/s") for n in (1, 2, 3)]),
    )


def _time_system(meta: Block, name: str) -> str:
    system = (meta.value("TIME_SYSTEM") or "").upper()
    if system not in ("UTC", "TAI", "TT", "TDB", "GPS"):
        raise FormatError(
            f"time system {shown(system)} is not computed with",
            where=f"{name}: TIME_SYSTEM",
            remedy="use UTC, TAI, TT, TDB or GPS",
        )
    return system


def _epochs(texts: list[str], lines: list[int | None], read: Reader) -> NDArray[np.int64]:
    """Return many moments, at the speed of columns where they are UTC."""
    if read.scale == "UTC":
        epochs, faults = parse_epochs(texts)
        if faults:
            row = min(faults)
            raise FormatError(faults[row], where=f"{read.name}:{lines[row]}: EPOCH", remedy="ask the sender")
        return epochs
    moments = [read.moment_of(t, f"{read.name}:{line}: EPOCH") for t, line in zip(texts, lines, strict=True)]
    return np.array(moments, dtype=np.int64)


def _state_arrays(rows: list[Row], read: Reader) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return (n, 6) in km and km/s, and accelerations in m/s**2: NaN in lines without, None when no line has any."""
    states = np.empty((len(rows), 6))
    accelerations = np.full((len(rows), 3), np.nan)
    has_acceleration = False
    for index, row in enumerate(rows):
        values = row.values[1:]
        if len(values) not in (6, 9) or not all(is_number(value) for value in values):
            raise FormatError(
                f"{shown(' '.join(row.values))} is not an epoch and 6 or 9 finite numbers",
                where=f"{read.name}:{row.line}",
                remedy="ask the sender",
            )
        states[index] = [float(value) for value in values[:6]]
        if len(values) == 9:
            has_acceleration = True
            accelerations[index] = [float(value) * 1e3 for value in values[6:]]
    return states, accelerations if has_acceleration else None


def _covariance(
    block: Block, ref_frame: str, read: Reader, *, epoch_tai_ns: int | None = None
) -> tuple[int, NDArray[np.float64], Frame]:
    """Return epoch, 6 x 6 matrix in SI and frame; without COV_REF_FRAME it is that of the states."""
    matrix = np.zeros((6, 6))
    for index, keyword in enumerate(COVARIANCE_KEYWORDS):
        row = int((np.sqrt(8 * index + 1) - 1) / 2)
        column = index - row * (row + 1) // 2
        value = read.number(read.need(block, keyword), _UNITS[keyword.count("DOT")])
        matrix[row, column] = matrix[column, row] = value
    entry = read.entry(block, "COV_REF_FRAME")
    frame = frame_of(entry.value if entry else ref_frame, where=read.where(entry) if entry else read.name)
    epoch = read.moment(read.need(block, "EPOCH")) if epoch_tai_ns is None else epoch_tai_ns
    return epoch, matrix, frame
