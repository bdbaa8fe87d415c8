"""Candidates as messages that others can read: OPM for the burn, OEM for the trajectory, OCM for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.app.avoid import AvoidanceAnswer
from mihari.astro.time import format_utc
from mihari.conjunction.avoidance import Candidate, Standing
from mihari.errors import InputError
from mihari.formats.ccsds import MessageForm, message_faults, parse_messages, write_message
from mihari.model.conjunction_message import ConjunctionObject
from mihari.model.provenance import DataMode

__all__ = ["candidate_messages", "write_candidates"]

Floats = NDArray[np.float64]

_THINNED: Final = 4
"""Of 200 nodes a revolution every fourth: Hermite interpolation of degree 7 is then good to millimetres."""


@dataclass(frozen=True, slots=True)
class _Arc:
    """States between two moments at which nothing burns."""

    tai_ns: NDArray[np.int64]
    position_m: Floats
    velocity_m_s: Floats


def write_candidates(
    answer: AvoidanceAnswer, folder: str | Path, *, now_tai_ns: int, most: int = 3
) -> dict[int, tuple[Path, ...]]:
    """Write the best burns into a folder, as `candidate-1.opm`, `.oem` and `.ocm` and so on.

    Every file says in a comment how far the candidate has been looked at, and whether all of it is advisory.

    Parameters
    ----------
    answer : AvoidanceAnswer
    folder : str or Path
        Made when there is none.
    now_tai_ns : int
        When the messages are made.
    most : int

    Returns
    -------
    dict
        Place among the plan's burns to the files written.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(target), remedy="name a folder") from None
    written: dict[int, tuple[Path, ...]] = {}
    for place in range(min(most, len(answer.plan.burns))):
        paths = []
        for kind, text in candidate_messages(answer, place, now_tai_ns=now_tai_ns).items():
            path = target / f"candidate-{place + 1}.{kind}"
            message = parse_messages(text.encode(), name=path.name)
            faults = message_faults(message)
            if faults:
                raise InputError(f"would not be valid: {faults[0].reason}", where=path.name)
            write_message(message, path, form=MessageForm.KVN)
            paths.append(path)
        written[place] = tuple(paths)
    return written


def candidate_messages(answer: AvoidanceAnswer, place: int, *, now_tai_ns: int) -> dict[str, str]:
    """Return one burn of the plan as text, by the kind of message: opm, oem, ocm.

    Times are UTC, states GCRF. The burn stands in radial, transverse and normal as it was commanded.

    Validation
    ----------
    tests/unit/test_app_avoidance_messages.py: read back, flown again, and judged by `message check`.
    """
    burn = answer.plan.burns[place]
    arcs = _arcs(answer, place)
    return {
        "opm": "\n".join(_opm(answer, burn, now_tai_ns)) + "\n",
        "oem": "\n".join(_oem(answer, burn, arcs, now_tai_ns)) + "\n",
        "ocm": "\n".join(_ocm(answer, burn, arcs, now_tai_ns, place)) + "\n",
    }


def _arcs(answer: AvoidanceAnswer, place: int) -> list[_Arc]:
    plan, burn = answer.plan, answer.plan.burns[place]
    row = plan.burn_rows[place]
    nodes = np.asarray(plan.flown.ephemerides.epoch_tai_ns)
    position, velocity = plan.flown.ephemerides.position_m[row], plan.flown.ephemerides.velocity_m_s[row]
    problem = plan.space.problem
    inside = (nodes >= problem.constraints.earliest_tai_ns) & (nodes <= problem.end_tai_ns)
    whole = inside & np.isfinite(position).all(axis=-1)
    start, end = _burn_span(burn)
    arcs = []
    for part in (whole & (nodes < start), whole & (nodes > end)):
        rows = np.flatnonzero(part)
        # The first and the last node stay, whatever is thinned between them.
        rows = np.unique(np.concatenate([rows[::_THINNED], rows[-1:]]))
        if rows.size >= 2:
            arcs.append(_Arc(nodes[rows], position[rows], velocity[rows]))
    return arcs


def _burn_span(burn: Candidate) -> tuple[int, int]:
    half = round(burn.burn_duration_s * 0.5e9)
    return burn.burn_tai_ns - half, burn.burn_tai_ns + half


def _primary(answer: AvoidanceAnswer) -> ConjunctionObject:
    return answer.posed.conjunctions[0].warned.primary


def _comments(answer: AvoidanceAnswer, burn: Candidate) -> Iterator[str]:
    mode = answer.posed.data_mode
    if mode is not DataMode.REAL:
        yield f"{mode.value}: this message speaks of no real object"
    word = "RECOMMENDED" if burn.standing is Standing.RECOMMENDED else "NOT RECOMMENDED"
    yield f"CANDIDATE MANOEUVRE, {word}: {burn.standing.value}. The decision is the operator's"
    if answer.not_screened:
        yield "NOT SCREENED against a catalogue"
    for reason in (*answer.advisory, *burn.violations):
        yield f"ADVISORY: {reason}" if reason in answer.advisory else f"CONSTRAINT BROKEN: {reason}"
    yield f"Event {answer.event_id}; dynamics: {answer.plan.dynamics}"


def _header(answer: AvoidanceAnswer, burn: Candidate, kind: str, now_tai_ns: int) -> list[str]:
    return [
        f"CCSDS_{kind}_VERS = 3.0",
        *(f"COMMENT {_ascii(text)}" for text in _comments(answer, burn)),
        f"CREATION_DATE = {_utc(now_tai_ns)}",
        "ORIGINATOR = MIHARI",
    ]


def _object(answer: AvoidanceAnswer) -> list[str]:
    each = _primary(answer)
    return [
        f"OBJECT_NAME = {_ascii(each.name) or 'UNKNOWN'}",
        f"OBJECT_ID = {_ascii(each.international_designator) or 'UNKNOWN'}",
        "CENTER_NAME = EARTH",
        "REF_FRAME = GCRF",
        "TIME_SYSTEM = UTC",
    ]


def _opm(answer: AvoidanceAnswer, burn: Candidate, now_tai_ns: int) -> Iterator[str]:
    state = answer.plan.space.problem.primary.state
    yield from _header(answer, burn, "OPM", now_tai_ns)
    yield from _object(answer)
    yield f"EPOCH = {_utc(int(state.epoch_tai_ns[0]))}"
    for name, value in zip(("X", "Y", "Z"), state.position_m[0], strict=True):
        yield f"{name} = {value / 1e3:.9f} [km]"
    for name, value in zip(("X_DOT", "Y_DOT", "Z_DOT"), state.velocity_m_s[0], strict=True):
        yield f"{name} = {value / 1e3:.12f} [km/s]"
    known = answer.posed.is_mass_known
    if known:
        yield f"MASS = {answer.plan.space.problem.spacecraft.mass_kg:.6f} [kg]"
    yield f"MAN_EPOCH_IGNITION = {_utc(_burn_span(burn)[0])}"
    yield f"MAN_DURATION = {burn.burn_duration_s:.6f} [s]"
    if known:
        yield f"MAN_DELTA_MASS = {-burn.propellant_kg:.9f} [kg]"
    yield "MAN_REF_FRAME = RTN"
    for number, part in enumerate(burn.direction_rtn, 1):
        yield f"MAN_DV_{number} = {part * burn.delta_v_m_s / 1e3:.15f} [km/s]"


def _oem(answer: AvoidanceAnswer, burn: Candidate, arcs: list[_Arc], now_tai_ns: int) -> Iterator[str]:
    yield from _header(answer, burn, "OEM", now_tai_ns)
    for arc in arcs:
        yield "META_START"
        yield from _object(answer)
        yield f"START_TIME = {_utc(int(arc.tai_ns[0]))}"
        yield f"STOP_TIME = {_utc(int(arc.tai_ns[-1]))}"
        yield "INTERPOLATION = HERMITE"
        yield "INTERPOLATION_DEGREE = 7"
        yield "META_STOP"
        for moment, position, velocity in zip(arc.tai_ns, arc.position_m, arc.velocity_m_s, strict=True):
            yield f"{_utc(int(moment))} {_numbers(position, velocity)}"


def _ocm(answer: AvoidanceAnswer, burn: Candidate, arcs: list[_Arc], now_tai_ns: int, place: int) -> Iterator[str]:
    problem, each = answer.plan.space.problem, _primary(answer)
    zero = problem.constraints.earliest_tai_ns
    start, _ = _burn_span(burn)
    yield from _header(answer, burn, "OCM", now_tai_ns)
    yield "META_START"
    yield f"OBJECT_NAME = {_ascii(each.name) or 'UNKNOWN'}"
    if each.international_designator.strip():
        yield f"INTERNATIONAL_DESIGNATOR = {_ascii(each.international_designator)}"
    if each.catalogue_name.strip():
        yield f"CATALOG_NAME = {_ascii(each.catalogue_name)}"
    yield f"OBJECT_DESIGNATOR = {_ascii(each.designator)}"
    yield "TIME_SYSTEM = UTC"
    yield f"EPOCH_TZERO = {_utc(zero)}"
    yield "META_STOP"
    for number, arc in enumerate(arcs, 1):
        yield "TRAJ_START"
        yield f"TRAJ_ID = CANDIDATE_{place + 1}_ARC_{number}"
        yield "TRAJ_BASIS = CANDIDATE"
        yield "INTERPOLATION = HERMITE"
        yield "INTERPOLATION_DEGREE = 7"
        yield "CENTER_NAME = EARTH"
        yield "TRAJ_REF_FRAME = GCRF"
        yield "TRAJ_TYPE = CARTPV"
        yield "TRAJ_UNITS = [km,km,km,km/s,km/s,km/s]"
        for moment, position, velocity in zip(arc.tai_ns, arc.position_m, arc.velocity_m_s, strict=True):
            yield f"{(int(moment) - zero) * 1e-9:.6f} {_numbers(position, velocity)}"
        yield "TRAJ_STOP"
    if answer.posed.is_mass_known:
        yield from ("PHYS_START", f"WET_MASS = {problem.spacecraft.mass_kg:.6f} [kg]", "PHYS_STOP")
    yield "MAN_START"
    yield f"MAN_ID = CANDIDATE_{place + 1}"
    yield "MAN_BASIS = CANDIDATE"
    yield "MAN_DEVICE_ID = UNKNOWN"
    yield "MAN_PURPOSE = COLA"
    yield "MAN_REF_FRAME = RSW_ROTATING"
    yield "MAN_COMPOSITION = TIME_RELATIVE, MAN_DURA, DV_X, DV_Y, DV_Z"
    yield "MAN_UNITS = [s, km/s, km/s, km/s]"
    parts = " ".join(f"{part * burn.delta_v_m_s / 1e3:.15f}" for part in burn.direction_rtn)
    yield f"{(start - zero) * 1e-9:.6f} {burn.burn_duration_s:.6f} {parts}"
    yield "MAN_STOP"


def _numbers(position_m: Floats, velocity_m_s: Floats) -> str:
    return " ".join([*(f"{value / 1e3:.9f}" for value in position_m), *(f"{v / 1e3:.12f}" for v in velocity_m_s)])


def _utc(tai_ns: int) -> str:
    return format_utc(tai_ns, digits=6).rstrip("Z")


def _ascii(text: str) -> str:
    """Return text as KVN carries it: one line of printable ASCII."""
    return " ".join("".join(c if c.isascii() and c.isprintable() else "?" for c in text).split())
