"""Debris clouds: fragments of the NASA standard breakup model, thrown from a parent orbit and aged to the epoch.

The parent's elements are taken as mean elements and its state by the two-body problem; the ejection velocity is added
and the result read back the same way. The short-period difference between mean and osculating elements, some ten
kilometres in height, is common to all pieces of one parent and so shifts a cloud by less than its own width.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from mihari.astro.breakup import draw_fragments
from mihari.constants import WGS72_EARTH_RADIUS_M, WGS72_MU_M3_S2
from mihari.exercise.world._decay import age_orbits
from mihari.exercise.world._orbits import Floats, MeanOrbits, join
from mihari.exercise.world._populations import Cloud
from mihari.units import TWO_PI

__all__ = ["elements_from_state", "sample_cloud", "state_from_elements"]

_MOST_ROUNDS: Final = 12
_HIGHEST_APOGEE_M: Final = WGS72_EARTH_RADIUS_M + 9_000e3
_HIGHEST_ECCENTRICITY: Final = 0.35
_LONGEST_M: Final = 2.0


def sample_cloud(rng: np.random.Generator, cloud: Cloud, count: int, *, year: float) -> MeanOrbits:
    """Return up to `count` surviving fragments; fewer when hardly any survive or the event lies ahead.

    Rounds of `count` draws each are thrown and aged until there are enough survivors, at most twelve; pieces are kept
    in the order in which they were drawn.
    """
    kept: list[MeanOrbits] = []
    wanted = count
    for _ in range(_MOST_ROUNDS):
        if wanted == 0:
            break
        survivors = _one_round(rng, cloud, max(count, 16), year=year)
        taken = survivors.take(slice(0, wanted))
        kept.append(taken)
        wanted -= len(taken)
    return join(kept) if kept else _one_round(rng, cloud, 1, year=year).take(slice(0, 0))


def _one_round(rng: np.random.Generator, cloud: Cloud, count: int, *, year: float) -> MeanOrbits:
    parents = np.asarray(cloud.parents, dtype=np.float64)
    which = rng.choice(len(parents), size=count, p=parents[:, 3] / parents[:, 3].sum())
    first, last = cloud.dates
    birth = first + (last - first) * rng.random(count)
    # One event has one place; a class of events has as many places as pieces.
    single = first == last and len(parents) == 1
    places = rng.random((1, 3)) if single else rng.random((count, 3))
    node, perigee, anomaly = (TWO_PI * np.broadcast_to(places[:, k], (count,)) for k in range(3))
    inclination = parents[which, 2]
    position, velocity = state_from_elements(
        WGS72_EARTH_RADIUS_M + parents[which, 0], parents[which, 1], inclination, node, perigee, anomaly
    )
    fragments = draw_fragments(
        rng,
        count,
        parent=cloud.parent_kind,
        cause=cloud.cause,
        minimum_length_m=cloud.minimum_length_m,
        maximum_length_m=_LONGEST_M,
        maximum_mass_kg=0.25 * cloud.parent_mass_kg,
    )
    phase = TWO_PI * rng.random(count)
    thrown = cloud.speed_factor * fragments.ejection_velocity_m_s
    axis, e, inc, node, perigee = elements_from_state(position, velocity + thrown)
    bound = (axis > 0.0) & (e < _HIGHEST_ECCENTRICITY) & (axis * (1.0 + e) < _HIGHEST_APOGEE_M) & (birth < year)
    # Rows that left the Earth, or whose event lies ahead, go through the formulas as something harmless.
    axis, e = np.where(bound, axis, WGS72_EARTH_RADIUS_M + 1e6), np.where(bound, e, 1e-4)
    aged = age_orbits(
        axis, e, inc, area_to_mass_m2_kg=fragments.area_to_mass_m2_kg, years=np.maximum(year - birth, 0.0)
    )
    alive = np.flatnonzero(bound & ~aged.is_lost)
    return MeanOrbits(
        semi_major_axis_m=aged.semi_major_axis_m,
        eccentricity=aged.eccentricity,
        inclination_rad=inc,
        node_rad=np.mod(node + aged.node_turn_rad, TWO_PI),
        perigee_argument_rad=np.mod(perigee + aged.perigee_turn_rad, TWO_PI),
        mean_anomaly_rad=phase,
        area_to_mass_m2_kg=fragments.area_to_mass_m2_kg,
        rcs_m2=fragments.area_m2,
        birth_year=birth,
    ).take(alive)


def state_from_elements(
    axis_m: Floats,
    eccentricity: Floats,
    inclination_rad: Floats,
    node_rad: Floats,
    perigee_rad: Floats,
    true_rad: Floats,
) -> tuple[Floats, Floats]:
    """Return two-body position and velocity, (n, 3) each, from elements with the true anomaly."""
    p = axis_m * (1.0 - eccentricity**2)
    radius = p / (1.0 + eccentricity * np.cos(true_rad))
    speed = np.sqrt(WGS72_MU_M3_S2 / p)
    cn, sn = np.cos(node_rad), np.sin(node_rad)
    ci, si = np.cos(inclination_rad), np.sin(inclination_rad)
    cw, sw = np.cos(perigee_rad), np.sin(perigee_rad)
    along = np.stack([cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si], axis=-1)
    across = np.stack([-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si], axis=-1)
    cosine, sine = np.cos(true_rad), np.sin(true_rad)
    position = (radius * cosine)[:, None] * along + (radius * sine)[:, None] * across
    velocity = (-speed * sine)[:, None] * along + (speed * (eccentricity + cosine))[:, None] * across
    return position, velocity


def elements_from_state(position_m: Floats, velocity_m_s: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return semi-major axis, eccentricity, inclination, node and argument of perigee of two-body states."""
    radius = np.linalg.norm(position_m, axis=1)
    speed2 = np.einsum("ij,ij->i", velocity_m_s, velocity_m_s)
    axis = 1.0 / (2.0 / radius - speed2 / WGS72_MU_M3_S2)
    momentum = np.cross(position_m, velocity_m_s)
    vector = np.cross(velocity_m_s, momentum) / WGS72_MU_M3_S2 - position_m / radius[:, None]
    eccentricity = np.linalg.norm(vector, axis=1)
    length = np.linalg.norm(momentum, axis=1)
    inclination = np.arccos(np.clip(momentum[:, 2] / length, -1.0, 1.0))
    node = np.arctan2(momentum[:, 0], -momentum[:, 1])
    line = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=-1)
    third = np.cross(momentum / length[:, None], line)
    perigee = np.arctan2(np.einsum("ij,ij->i", vector, third), np.einsum("ij,ij->i", vector, line))
    return axis, eccentricity, inclination, node, perigee
