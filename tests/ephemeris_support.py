"""Operators' ephemerides for tests: OEMs written by the formats' writer, from states of the simulated world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mihari.astro.earth import load_earth_orientation
from mihari.astro.frames import convert
from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.conjunction.screening import OperatorEphemeris, prepare_ephemeris
from mihari.formats.ccsds import (
    Block,
    Entry,
    Message,
    MessageForm,
    MessageKind,
    Row,
    ephemeris,
    message_faults,
    read_messages,
    write_message,
)

__all__ = ["ORIENTATION", "S", "Segment", "consistent_states", "oem", "prepared", "write_oem"]

S = 10**9
ORIENTATION = load_earth_orientation()
_AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
CREATION_TAI_NS = 1_730_000_000 * S


@dataclass(frozen=True)
class Segment:
    """One segment to write; covariances are (epoch, 6 x 6 in m and m/s, name of the frame or None)."""

    states: StateVectors
    frame_name: str | None = None
    interpolation: str | None = "HERMITE"
    degree: int | None = 7
    useable: tuple[int, int] | None = None
    covariances: Sequence[tuple[int, np.ndarray, str | None]] = field(default_factory=list)
    object_name: str = "CASE ONE"
    object_id: str = "2024-001A"
    center: str = "EARTH"
    frame_epoch_tai_ns: int | None = None


def _utc(moment: int) -> str:
    return format_utc(moment, digits=9).removesuffix("Z")


def _segment(segment: Segment) -> Block:
    states = segment.states
    epochs = np.asarray(states.epoch_tai_ns).tolist()
    meta = [
        Entry("OBJECT_NAME", segment.object_name),
        Entry("OBJECT_ID", segment.object_id),
        Entry("CENTER_NAME", segment.center),
        Entry("REF_FRAME", segment.frame_name or states.frame.value),
    ]
    if segment.frame_epoch_tai_ns is not None:
        meta.append(Entry("REF_FRAME_EPOCH", _utc(segment.frame_epoch_tai_ns)))
    meta += [Entry("TIME_SYSTEM", "UTC"), Entry("START_TIME", _utc(epochs[0]))]
    if segment.useable is not None:
        meta.append(Entry("USEABLE_START_TIME", _utc(segment.useable[0])))
        meta.append(Entry("USEABLE_STOP_TIME", _utc(segment.useable[1])))
    meta.append(Entry("STOP_TIME", _utc(epochs[-1])))
    if segment.interpolation is not None:
        meta.append(Entry("INTERPOLATION", segment.interpolation))
        if segment.degree is not None:
            meta.append(Entry("INTERPOLATION_DEGREE", str(segment.degree)))
    numbers = np.concatenate([states.position_m, states.velocity_m_s], axis=1) / 1e3
    rows: list[Row | Block] = [
        Row("stateVector", (_utc(epoch), *(f"{value:.15e}" for value in line)))
        for epoch, line in zip(epochs, numbers.tolist(), strict=True)
    ]
    for epoch, matrix, frame in segment.covariances:
        entries = [Entry("EPOCH", _utc(epoch))]
        if frame is not None:
            entries.append(Entry("COV_REF_FRAME", frame))
        entries += [
            Entry(f"C{first}_{second}", f"{matrix[i, j] / 1e6:.15e}")
            for i, first in enumerate(_AXES)
            for j, second in enumerate(_AXES[: i + 1])
        ]
        rows.append(Block("covarianceMatrix", tuple(entries)))
    return Block("segment", (Block("metadata", tuple(meta)), Block("data", tuple(rows))))


def oem(*segments: Segment, originator: str = "OPERATOR", strict: bool = True) -> Message:
    """Return an OEM 2.0 that the strict check finds without a fault."""
    message = Message(
        MessageKind.OEM,
        "2.0",
        MessageForm.KVN,
        (
            Block("header", (Entry("CREATION_DATE", _utc(CREATION_TAI_NS)), Entry("ORIGINATOR", originator))),
            Block("body", tuple(_segment(segment) for segment in segments)),
        ),
    )
    faults = message_faults(message)
    assert not (strict and faults), faults[:3]
    return message


def write_oem(path: Path, *segments: Segment, form: MessageForm = MessageForm.KVN, strict: bool = True) -> str:
    """Write an OEM; return its path as text."""
    write_message(oem(*segments, strict=strict), path, form=form)
    return str(path)


def prepared(path: str, *, number: int = 70_001) -> OperatorEphemeris:
    """Read an OEM back and make it ready."""
    message = ephemeris(read_messages(path), name=path)
    return prepare_ephemeris(
        message,
        message.segments,
        norad_cat_id=number,
        number_source="the test",
        label=Path(path).name,
        orientation=ORIENTATION,
    )


def consistent_states(
    batch: Sgp4Batch, row: int, node_tai_ns: np.ndarray, *, frame: Frame = Frame.TEME
) -> StateVectors:
    """States of one element set whose velocities are the derivative of the positions, as those of an integrator are.

    SGP4's own differ by centimetres a second in low orbit, which no interpolation can make good. Central differences of
    fourth order over 1 and 2 s: 1e-6 m/s.
    """
    one = batch.take(np.array([row]))

    def place(shift_s: int) -> np.ndarray:
        return one.propagate(node_tai_ns + shift_s * S).state_vectors().position_m[0]

    rate = (8.0 * (place(1) - place(-1)) - (place(2) - place(-2))) / 12.0
    return convert(StateVectors(Frame.TEME, node_tai_ns, place(0), rate), frame, orientation=ORIENTATION)
