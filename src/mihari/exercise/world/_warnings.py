"""Conjunction messages as a screening service would send them about a simulated world, with the truth behind them.

For every true close approach the service has two orbits, each wrong by an error that is drawn from the covariance it
states. Errors shrink as the closest approach comes nearer, and an update keeps most of the error of the one before,
unless the object was observed in between. So the messages are consistent by construction: their covariances are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.earth import EarthOrientation
from mihari.astro.frames import convert
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Sgp4Propagator, find_approaches
from mihari.constants import WGS72_MU_M3_S2
from mihari.errors import InputError
from mihari.exercise.world._world import World

__all__ = ["SimulatedWarning", "simulate_warnings"]

Floats = NDArray[np.float64]

_HOUR_NS: Final = 3_600 * 10**9
_LEADS_H: Final = (120.0, 96.0, 72.0, 48.0, 36.0, 24.0, 16.0, 8.0)
_KEPT: Final = 0.8  # share of an update's error that stays when the object was not observed anew
_OBSERVED: Final = 0.6  # chance that it was


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedWarning:
    """One message with its moment, and what is true.

    Attributes
    ----------
    text : str
        A CDM 1.0 in KVN, marked as simulated.
    creation_tai_ns : int
    true_tca_tai_ns : int
    true_miss_eme2000_m : (3,) float64
        The second object relative to the first, at the true closest approach.
    pair : tuple of int
        Catalogue numbers, ascending.
    """

    text: str
    creation_tai_ns: int
    true_tca_tai_ns: int
    true_miss_eme2000_m: Floats
    pair: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Side:
    """One object at the true closest approach: state, its RTN axes, how fast its orbit is lost."""

    number: int
    name: str
    designator: str
    is_debris: bool
    state: Floats
    basis: Floats
    motion_rad_s: float
    growth: float
    mass_kg: float


def simulate_warnings(
    world: World,
    *,
    start_tai_ns: int,
    span_s: float,
    rng: np.random.Generator,
    orientation: EarthOrientation,
    radius_m: float = 5_000.0,
    most_events: int | None = None,
) -> Iterator[SimulatedWarning]:
    """Send the messages about every true approach of a window, event by event.

    Parameters
    ----------
    world : World
    start_tai_ns : int
    span_s : float
        Window of the closest approaches; messages begin up to five days earlier.
    rng : numpy.random.Generator
    orientation : EarthOrientation
        Must cover the window.
    radius_m : float
        True approaches up to this distance are warned of.
    most_events : int, optional
        Take a random choice of so many.

    Raises
    ------
    InputError
        The window or the radius is empty.
    """
    if span_s <= 0.0 or radius_m <= 0.0:
        raise InputError(f"a window of {span_s} s and a radius of {radius_m} m", remedy="both must be above zero")
    truth = world.truth
    propagator = Sgp4Propagator(truth.batch())
    found = find_approaches(
        propagator,
        start_tai_ns=start_tai_ns,
        end_tai_ns=start_tai_ns + round(span_s * 1e9),
        semi_axes_m=np.full((len(truth), 3), radius_m),
        executor=SerialExecutor(),
    ).approaches
    rows = np.flatnonzero(~found.is_edge & (found.relative_speed_m_s > 100.0))
    if most_events is not None and rows.size > most_events:
        rows = np.sort(rng.choice(rows, most_events, replace=False))
    tca = found.tca_tai_ns[rows]
    pairs = found.pair[rows].astype(np.int64)
    states = [
        convert(StateVectors(Frame.TEME, tca, s[:, :3], s[:, 3:]), Frame.EME2000, orientation=orientation)
        for s in (propagator.states(pairs[:, k], tca)[0] for k in (0, 1))
    ]
    growth = rng.lognormal(0.0, 0.6, len(truth))
    frame = world.element_sets.frame
    numbers, names = frame["norad_cat_id"].to_list(), frame["object_name"].to_list()
    designators = frame["object_id"].to_list()
    for k in range(rows.size):
        sides = []
        for which in (0, 1):
            i = int(pairs[k, which])
            position, velocity = states[which].position_m[k], states[which].velocity_m_s[k]
            inverse = 2.0 / float(np.linalg.norm(position)) - float(velocity @ velocity) / WGS72_MU_M3_S2
            name = names[i] or "UNKNOWN (SIM)"
            is_debris = "DEB" in name
            sides.append(
                _Side(
                    number=numbers[i],
                    name=name,
                    designator=designators[i] or "UNKNOWN",
                    is_debris=is_debris,
                    state=np.concatenate([position, velocity]),
                    basis=rtn_basis(position, velocity),
                    motion_rad_s=float(np.sqrt(WGS72_MU_M3_S2 * inverse**3)),
                    growth=float(growth[i]) * (3.0 if is_debris else 1.0),
                    mass_kg=5.0 if is_debris else 500.0,
                )
            )
        yield from _event(sides[0], sides[1], int(tca[k]), rng)


def _event(first: _Side, second: _Side, tca_tai_ns: int, rng: np.random.Generator) -> Iterator[SimulatedWarning]:
    draws = [rng.standard_normal(6) for _ in (first, second)]
    seen_h = [lead + 6.0 for lead in (_LEADS_H[0], _LEADS_H[0])]
    lead_jitter_h = float(rng.uniform(0.0, 8.0))
    radius_m = float(np.round(rng.uniform(2.0, 12.0), 1))
    for update, base_h in enumerate(_LEADS_H):
        lead_h = base_h + lead_jitter_h
        for which in (0, 1):
            if update and rng.random() < _OBSERVED:
                seen_h[which] = lead_h + float(rng.uniform(1.0, 6.0))
                kept = 0.3
            else:
                kept = _KEPT if update else 0.0
            draws[which] = kept * draws[which] + np.sqrt(1.0 - kept**2) * rng.standard_normal(6)
        roots = [_root(side, lead_h) for side in (first, second)]
        estimates = []
        for side, root, draw in zip((first, second), roots, draws, strict=True):
            turn = np.kron(np.eye(2), side.basis.T)
            estimates.append(side.state + turn @ (root @ draw))
        creation = tca_tai_ns - round(lead_h * _HOUR_NS)
        yield SimulatedWarning(
            text=_cdm_text(
                (first, second), estimates, roots, tca_tai_ns, creation, seen_h, radius_m, number=update + 1
            ),
            creation_tai_ns=creation,
            true_tca_tai_ns=tca_tai_ns,
            true_miss_eme2000_m=second.state[:3] - first.state[:3],
            pair=(min(first.number, second.number), max(first.number, second.number)),
        )


def _root(side: _Side, lead_h: float) -> Floats:
    """A root of the covariance in RTN, (6, 6): along the track it grows with time, velocities follow positions."""
    days = lead_h / 24.0
    radial = 15.0 * side.growth * (1.0 + 0.3 * days)
    along = 40.0 * side.growth * (1.0 + 4.0 * days * days)
    normal = 12.0 * side.growth * (1.0 + 0.2 * days)
    n = side.motion_rad_s
    root = np.zeros((6, 6))
    root[0, 0], root[1, 1], root[2, 2] = radial, along, normal
    root[3, 1] = -n * along  # an object that is ahead along a circle has a turned velocity
    root[4, 0] = -n * radial
    root[3, 3], root[4, 4], root[5, 5] = 0.2 * n * radial, 0.2 * n * radial, n * normal
    return root


def _cdm_text(
    sides: tuple[_Side, _Side],
    estimates: list[Floats],
    roots: list[Floats],
    tca_tai_ns: int,
    creation_tai_ns: int,
    seen_h: list[float],
    radius_m: float,
    *,
    number: int,
) -> str:
    relative = estimates[1] - estimates[0]
    speed2 = float(relative[3:] @ relative[3:])
    shift_s = -float(relative[:3] @ relative[3:]) / speed2
    shift_s = round(shift_s * 1e3) / 1e3  # messages tell the time to a millisecond
    moved = [_carried(each, shift_s) for each in estimates]
    tca = tca_tai_ns + round(shift_s * 1e9)
    relative = moved[1] - moved[0]
    basis = rtn_basis(moved[0][:3], moved[0][3:])
    miss, rate = basis @ relative[:3], basis @ relative[3:]
    lines = [
        "CCSDS_CDM_VERS = 1.0",
        "COMMENT SIMULATED: this message speaks of a simulated world",
        f"CREATION_DATE = {format_utc(creation_tai_ns, digits=3).rstrip('Z')}",
        "ORIGINATOR = MIHARI_SIMULATED",
        f"MESSAGE_ID = SIM_{sides[0].number}_{sides[1].number}_{tca_tai_ns // 10**9}_{number}",
        f"TCA = {format_utc(tca, digits=3).rstrip('Z')}",
        f"MISS_DISTANCE = {np.linalg.norm(miss):.3f} [m]",
        f"RELATIVE_SPEED = {np.linalg.norm(rate):.3f} [m/s]",
    ]
    for name, value in zip("RTN", miss, strict=True):
        lines.append(f"RELATIVE_POSITION_{name} = {value:.3f} [m]")
    for name, value in zip("RTN", rate, strict=True):
        lines.append(f"RELATIVE_VELOCITY_{name} = {value:.6f} [m/s]")
    lines.append(f"COMMENT HBR = {radius_m:.1f} [m]")
    for place, (side, state, root) in enumerate(zip(sides, moved, roots, strict=True), 1):
        lines += _object_lines(place, side, state, root, tca_tai_ns - round(seen_h[place - 1] * _HOUR_NS))
    return "\n".join(lines) + "\n"


def _carried(state: Floats, shift_s: float) -> Floats:
    r = state[:3]
    gravity = -WGS72_MU_M3_S2 * r / float(np.linalg.norm(r)) ** 3
    return np.concatenate([r + shift_s * (state[3:] + 0.5 * shift_s * gravity), state[3:] + shift_s * gravity])


def _object_lines(place: int, side: _Side, state: Floats, root: Floats, seen_tai_ns: int) -> list[str]:
    seen = format_utc(seen_tai_ns, digits=3).rstrip("Z")
    lines = [
        f"OBJECT = OBJECT{place}",
        f"OBJECT_DESIGNATOR = {side.number}",
        "CATALOG_NAME = SATCAT",
        f"OBJECT_NAME = {side.name}",
        f"INTERNATIONAL_DESIGNATOR = {side.designator}",
        f"OBJECT_TYPE = {'DEBRIS' if side.is_debris else 'PAYLOAD'}",
        "EPHEMERIS_NAME = NONE",
        "COVARIANCE_METHOD = CALCULATED",
        f"MANEUVERABLE = {'NO' if side.is_debris else 'YES'}",
        "REF_FRAME = EME2000",
        "GRAVITY_MODEL = EGM-96: 36D 36O",
        "ATMOSPHERIC_MODEL = JBH09",
        "N_BODY_PERTURBATIONS = MOON, SUN",
        "SOLAR_RAD_PRESSURE = YES",
        "EARTH_TIDES = YES",
        f"TIME_LASTOB_START = {seen}",
        f"TIME_LASTOB_END = {seen}",
        "RECOMMENDED_OD_SPAN = 5.0 [d]",
        "ACTUAL_OD_SPAN = 5.0 [d]",
        "RESIDUALS_ACCEPTED = 98.0 [%]",
        "WEIGHTED_RMS = 1.0",
        f"MASS = {side.mass_kg:.1f} [kg]",
        "CD_AREA_OVER_MASS = 0.02 [m**2/kg]",
        "CR_AREA_OVER_MASS = 0.01 [m**2/kg]",
        "SEDR = 0.0008 [W/kg]",
    ]
    for name, value in zip(("X", "Y", "Z"), state[:3], strict=True):
        lines.append(f"{name} = {value / 1e3:.9f} [km]")
    for name, value in zip(("X_DOT", "Y_DOT", "Z_DOT"), state[3:], strict=True):
        lines.append(f"{name} = {value / 1e3:.12f} [km/s]")
    covariance = root @ root.T
    axes = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
    for i, row in enumerate(axes):
        for j, column in enumerate(axes[: i + 1]):
            unit = "m**2" if i < 3 else ("m**2/s" if j < 3 else "m**2/s**2")
            lines.append(f"C{row}_{column} = {covariance[i, j]:.12e} [{unit}]")
    return lines
