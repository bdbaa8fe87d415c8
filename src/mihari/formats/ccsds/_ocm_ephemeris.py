"""Trajectories and covariances of an OCM as segments of an ephemeris."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import FormatError
from mihari.formats._rejections import shown
from mihari.formats.ccsds._ocm_types import ELEMENTS, covariance_columns, split_units
from mihari.formats.ccsds._quantity import UNIT_FACTORS, Reader, frame_of, is_number
from mihari.formats.ccsds._tree import Block, Entry, Row
from mihari.model.ephemeris import EphemerisSegment

__all__ = ["ocm_segments"]

_CARTESIAN: Final = ("CARTP", "CARTPV", "CARTPVA")
_Covariance = tuple[int, NDArray[np.float64], Frame]


def ocm_segments(segment: Block, name: str) -> tuple[list[EphemerisSegment], list[tuple[str, str]]]:
    """Return one segment for each Cartesian trajectory, and what was left aside with the reason.

    Covariances go with the trajectory whose span holds their epoch, else with the first.

    Raises
    ------
    FormatError
        No trajectory can be used; the message says why.
    """
    meta, data = segment.block("metadata"), segment.block("data")
    if meta is None or data is None:
        raise FormatError("has no metadata or no data", where=name, remedy="ask the sender for a whole message")
    system = (meta.value("TIME_SYSTEM") or "UTC").upper()
    read = Reader(name, system)
    zero = read.moment(read.need(meta, "EPOCH_TZERO"))
    unused: list[tuple[str, str]] = []
    covariances: list[_Covariance] = []
    for block in data.blocks("cov"):
        try:
            covariances += _covariances(block, read, zero)
        except FormatError as error:
            unused.append((block.value("COV_ID") or "cov", error.line()))
    found: list[EphemerisSegment] = []
    for block in data.blocks("traj"):
        try:
            found.append(_segment(block, meta, read, zero))
        except FormatError as error:
            unused.append((block.value("TRAJ_ID") or "traj", error.line()))
    if not found:
        why = "; ".join(reason for _, reason in unused) or "it has none"
        raise FormatError(f"no trajectory can be used: {why}", where=name, remedy="ask for Cartesian states")
    unused += [
        (block.value("MAN_ID") or "man", "manoeuvre lines of an OCM are not taken") for block in data.blocks("man")
    ]
    return _with_covariances(found, covariances), unused


def _segment(block: Block, meta: Block, read: Reader, zero: int) -> EphemerisSegment:
    kind = (block.value("TRAJ_TYPE") or "CARTPV").upper()
    if kind not in _CARTESIAN:
        raise FormatError(f"elements {shown(kind)} are not Cartesian", where=read.name, remedy="ask for CARTPV")
    frame_name = block.value("TRAJ_REF_FRAME") or "ICRF"
    rows = [item for item in block.items if isinstance(item, Row)]
    if not rows:
        raise FormatError("has no lines", where=read.name, remedy="ask the sender")
    epochs = np.array([_moment(row, read, zero) for row in rows], dtype=np.int64)
    factors = _factors(block, "TRAJ_UNITS", ELEMENTS[kind], read)
    values = np.full((len(rows), 9), np.nan)
    for index, row in enumerate(rows):
        values[index, : len(factors)] = _numbers(row, factors, read)
    start, stop = int(epochs[0]), int(epochs[-1])
    useable_start = _optional(block, "USEABLE_START_TIME", read, zero)
    useable_stop = _optional(block, "USEABLE_STOP_TIME", read, zero)
    return EphemerisSegment(
        object_name=meta.value("OBJECT_NAME") or "",
        object_id=meta.value("INTERNATIONAL_DESIGNATOR") or meta.value("OBJECT_DESIGNATOR") or "",
        center_name=(block.value("CENTER_NAME") or "EARTH").upper(),
        frame=frame_of(frame_name, where=f"{read.name}: TRAJ_REF_FRAME"),
        frame_name=frame_name,
        frame_epoch_tai_ns=_optional(block, "TRAJ_FRAME_EPOCH", read, zero),
        epoch_tai_ns=epochs,
        position_m=values[:, :3].copy(),
        velocity_m_s=values[:, 3:6].copy(),
        acceleration_m_s2=values[:, 6:].copy() if kind == "CARTPVA" else None,
        start_tai_ns=start,
        stop_tai_ns=stop,
        useable_start_tai_ns=start if useable_start is None else useable_start,
        useable_stop_tai_ns=stop if useable_stop is None else useable_stop,
        interpolation=block.value("INTERPOLATION"),
        interpolation_degree=read.count(block, "INTERPOLATION_DEGREE"),
        covariance_epoch_tai_ns=np.empty(0, dtype=np.int64),
        covariance=np.empty((0, 6, 6)),
        covariance_frame=(),
        manoeuvres=(),
        comments=tuple(c.said for c in block.comments()),
    )


def _with_covariances(found: list[EphemerisSegment], covariances: list[_Covariance]) -> list[EphemerisSegment]:
    from dataclasses import replace

    chosen: list[list[_Covariance]] = [[] for _ in found]
    for covariance in covariances:
        inside = (n for n, s in enumerate(found) if s.start_tai_ns <= covariance[0] <= s.stop_tai_ns)
        chosen[next(inside, 0)].append(covariance)
    return [
        replace(
            segment,
            covariance_epoch_tai_ns=np.array([c[0] for c in own], dtype=np.int64),
            covariance=np.array([c[1] for c in own], dtype=np.float64).reshape(-1, 6, 6),
            covariance_frame=tuple(c[2] for c in own),
        )
        for segment, own in zip(found, chosen, strict=True)
    ]


def _covariances(block: Block, read: Reader, zero: int) -> list[_Covariance]:
    kind = (block.value("COV_TYPE") or "CARTPV").upper()
    if kind != "CARTPV":
        raise FormatError(f"a covariance of {shown(kind)} is not used", where=read.name, remedy="ask for CARTPV")
    ordering = (block.value("COV_ORDERING") or "LTM").upper()
    frame = frame_of(block.value("COV_REF_FRAME") or "TNW_INERTIAL", where=f"{read.name}: COV_REF_FRAME")
    factors = _factors(block, "COV_UNITS", ELEMENTS[kind], read)
    found = []
    for row in block.items:
        if isinstance(row, Row):
            numbers = _numbers(row, [1.0] * covariance_columns(6, ordering), read)
            matrix = _matrix(numbers, ordering) * np.outer(factors, factors)
            found.append((_moment(row, read, zero), matrix, frame))
    return found


def _matrix(numbers: list[float], ordering: str) -> NDArray[np.float64]:
    """Return the symmetric matrix of a line. LTMWCC and UTMWCC hold correlations in the other triangle (table 6-6)."""
    matrix = np.zeros((6, 6))
    if ordering in ("LTM", "UTM"):
        rows, columns = np.tril_indices(6) if ordering == "LTM" else np.triu_indices(6)
        matrix[rows, columns] = matrix[columns, rows] = numbers
        return matrix
    full = np.array(numbers).reshape(6, 6)
    if ordering == "FULL":
        return full
    half = np.tril(full) if ordering == "LTMWCC" else np.triu(full)
    return np.asarray(half + half.T - np.diag(np.diag(half)))


def _factors(block: Block, keyword: str, wanted: tuple[str, ...], read: Reader) -> list[float]:
    text = block.value(keyword)
    units = split_units(text) if text else list(wanted)
    if len(units) != len(wanted) or any(unit not in UNIT_FACTORS for unit in units):
        raise FormatError(f"units {shown(text or '')} are not those of {len(wanted)} elements", where=read.name)
    return [UNIT_FACTORS[unit] for unit in units]


def _numbers(row: Row, factors: list[float], read: Reader) -> list[float]:
    texts = row.values[1:]
    if len(texts) != len(factors) or not all(is_number(text) for text in texts):
        raise FormatError(
            f"{shown(' '.join(row.values))} is not a moment and {len(factors)} finite numbers",
            where=f"{read.name}:{row.line}",
            remedy="ask the sender",
        )
    return [float(text) * factor for text, factor in zip(texts, factors, strict=True)]


def _moment(row: Row, read: Reader, zero: int) -> int:
    return _at(row.values[0] if row.values else "", f"{read.name}:{row.line}", read, zero)


def _at(text: str, where: str, read: Reader, zero: int) -> int:
    """Return a moment that is either absolute or seconds from EPOCH_TZERO."""
    if is_number(text):
        return zero + round(float(text) * 1e9)
    return read.moment_of(text, where)


def _optional(block: Block, keyword: str, read: Reader, zero: int) -> int | None:
    entry: Entry | None = read.entry(block, keyword)
    return None if entry is None else _at(entry.value, read.where(entry), read, zero)
