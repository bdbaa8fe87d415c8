"""Draw mean orbits of each kind of population at the epoch of the world."""

from __future__ import annotations

from typing import Final

import numpy as np

from mihari.constants import (
    EARTH_ROTATION_RATE_RAD_S,
    WGS72_EARTH_RADIUS_M,
    WGS72_J2,
)
from mihari.exercise.world._orbits import Floats, MeanOrbits
from mihari.exercise.world._populations import (
    Constellation,
    Eccentric,
    Population,
    Ring,
    RingMode,
    Scatter,
    Single,
    Status,
)
from mihari.exercise.world._secular import mean_motion_rad_s, secular_rates
from mihari.exercise.world._sky import sidereal_angle_rad, sun_right_ascension_rad
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = [
    "sample_constellation",
    "sample_eccentric",
    "sample_ring",
    "sample_scatter",
    "single_orbit",
    "slot_angles",
    "stationary_axis_m",
]

_CUT: Final = 3.0  # spreads
_RAYLEIGH_MEDIAN: Final = 1.1774100225154747  # sqrt(2 ln 2)
_LAPLACE_TILT_RAD: Final = 7.3 * RAD_PER_DEG
_LAPLACE_PERIOD_YEARS: Final = 53.0
_STEEP_RAD: Final = 30.0 * RAD_PER_DEG
_SUN_RATE_RAD_S: Final = TWO_PI / (365.2421897 * 86_400.0)
_LOCAL_TIMES_H: Final = np.array([10.5, 22.5, 9.5, 13.5, 6.0, 18.0, 11.0, 15.0])
_LOCAL_TIME_WEIGHTS: Final = np.array([0.27, 0.18, 0.13, 0.12, 0.1, 0.06, 0.08, 0.06])


def stationary_axis_m(eccentricity: Floats, inclination_rad: Floats) -> Floats:
    """Return the mean semi-major axis whose longitude does not drift, zonal rates included."""
    axis = np.full_like(eccentricity, 42_164_000.0)
    for _ in range(6):
        rates = secular_rates(axis, eccentricity, inclination_rad)
        rate = rates.mean_anomaly_rad_s + rates.perigee_argument_rad_s + rates.node_rad_s
        axis = axis * (1.0 + (rate / EARTH_ROTATION_RATE_RAD_S - 1.0) * 2.0 / 3.0)
    return axis


def slot_angles(
    count: int, *, planes: int, per_plane: int, phasing: int, node_span_rad: float
) -> tuple[Floats, Floats, Floats]:
    """Return plane number, node and argument of latitude of `count` evenly chosen slots of a Walker pattern.

    Walker, "Satellite constellations", J. Brit. Interplanet. Soc. 37, 1984: total/planes/phasing.
    """
    total = planes * per_plane
    slot = np.floor((np.arange(count) + 0.5) * total / count).astype(np.int64)
    plane, seat = slot % planes, slot // planes
    node = np.asarray(plane * (node_span_rad / planes), dtype=np.float64)
    latitude: Floats = TWO_PI * (seat / per_plane + plane * phasing / total)
    return plane.astype(np.float64), node, latitude


def sample_constellation(rng: np.random.Generator, population: Constellation, count: int) -> MeanOrbits:
    """Fill the shell's slots evenly, put a share between the raising heights, add shells when it is full."""
    capacity = population.planes * population.per_plane
    raising = round(population.raising * count)
    kept = count - raising
    layers = max(1, -(-kept // capacity))
    turn = TWO_PI * rng.random()
    axis, node, latitude = [], [], []
    left = kept
    for layer in range(layers):
        here = left // (layers - layer)
        left -= here
        plane, layer_node, layer_latitude = slot_angles(
            here,
            planes=population.planes,
            per_plane=population.per_plane,
            phasing=population.phasing,
            node_span_rad=population.node_span_rad,
        )
        step = (layer + 1) // 2 * (1 if layer % 2 else -1)
        height_m = (
            population.altitude_m
            + step * population.layer_step_m
            + (plane - 0.5 * (population.planes - 1)) * population.plane_altitude_step_m
        )
        axis.append(height_m + WGS72_EARTH_RADIUS_M)
        node.append(layer_node + turn + layer * TWO_PI / (population.planes * layers))
        latitude.append(layer_latitude)
    low, high = population.raising_altitude_m
    axis.append(WGS72_EARTH_RADIUS_M + low + (high - low) * rng.random(raising))
    node.append(TWO_PI * rng.random(raising))
    latitude.append(TWO_PI * rng.random(raising))
    keeping = np.arange(count) < kept
    seat = population.seat_spread_rad
    all_axis = np.concatenate(axis) + np.where(keeping, 60.0, 0.0) * rng.standard_normal(count)
    all_node = np.concatenate(node) + np.where(keeping, 0.02 * RAD_PER_DEG, 0.0) * rng.standard_normal(count)
    all_latitude = np.concatenate(latitude) + np.where(keeping, seat, 0.0) * rng.standard_normal(count)
    # The frozen orbit: perigee near 90 degrees, so that the height over a place stays the same.
    perigee = np.mod(90.0 * RAD_PER_DEG + 0.1 * rng.standard_normal(count), TWO_PI)
    eccentricity = population.eccentricity * np.exp(0.3 * rng.standard_normal(count))
    return _orbits(
        rng,
        population,
        axis=all_axis,
        eccentricity=eccentricity,
        inclination=population.inclination_rad + 0.004 * RAD_PER_DEG * rng.standard_normal(count),
        node=all_node,
        perigee=perigee,
        anomaly=all_latitude - perigee,
        size_spread=0.0,
    )


def sample_scatter(rng: np.random.Generator, population: Scatter, count: int, *, epoch_tai_ns: int) -> MeanOrbits:
    """Draw a cluster; sun-synchronous ones take the inclination of their height and a usual local time."""
    axis = WGS72_EARTH_RADIUS_M + _cut_normal(rng, population.altitude_m, count)
    eccentricity = population.eccentricity_median / _RAYLEIGH_MEDIAN * rng.rayleigh(size=count)
    eccentricity = np.minimum(eccentricity, 0.9 * (1.0 - (WGS72_EARTH_RADIUS_M + 150e3) / axis))
    if population.inclination_rad is None:
        p = axis * (1.0 - eccentricity**2)
        factor = 1.5 * WGS72_J2 * (WGS72_EARTH_RADIUS_M / p) ** 2 * mean_motion_rad_s(axis)
        inclination = np.arccos(-_SUN_RATE_RAD_S / factor)
        inclination += 0.12 * RAD_PER_DEG * rng.standard_normal(count)
        local_time_h = rng.choice(_LOCAL_TIMES_H, size=count, p=_LOCAL_TIME_WEIGHTS) + 0.5 * rng.standard_normal(count)
        node = sun_right_ascension_rad(epoch_tai_ns) + (local_time_h - 12.0) * (TWO_PI / 24.0)
        loose = rng.random(count) < (0.25 if population.status is Status.ACTIVE else 0.8)
        node = np.where(loose, TWO_PI * rng.random(count), node)
    else:
        inclination = np.abs(_cut_normal(rng, population.inclination_rad, count))
        node = TWO_PI * rng.random(count)
    return _orbits(
        rng,
        population,
        axis=axis,
        eccentricity=eccentricity,
        inclination=inclination,
        node=node,
        perigee=TWO_PI * rng.random(count),
        anomaly=TWO_PI * rng.random(count),
    )


def sample_ring(rng: np.random.Generator, population: Ring, count: int, *, epoch_tai_ns: int) -> MeanOrbits:
    """Draw part of the geostationary ring."""
    eccentricity = population.eccentricity_median / _RAYLEIGH_MEDIAN * rng.rayleigh(size=count)
    if population.mode is RingMode.SLOT:
        inclination = np.abs(_cut_normal(rng, population.inclined_rad, count))
        # Slots that gave up latitude drifted from the equator towards a node near 80 degrees.
        drifted = (inclination > 0.01) & (inclination < _STEEP_RAD)
        node = np.where(drifted, 80.0 * RAD_PER_DEG + 0.4 * rng.standard_normal(count), TWO_PI * rng.random(count))
        # Even slots, several satellites in the busy ones; a seat apart within the box.
        slots = max(1, round(0.8 * count))
        longitude = TWO_PI * (rng.permutation(slots)[np.arange(count) % slots] + 0.15 * rng.random(count)) / slots
    else:
        # Sun and Moon turn the pole of an abandoned orbit once in 53 years about one 7.3 degrees from the Earth's.
        angle = TWO_PI * np.sqrt(rng.random(count)) * 45.0 / _LAPLACE_PERIOD_YEARS
        pole_x = _LAPLACE_TILT_RAD * (1.0 - np.cos(angle)) + 0.015 * rng.standard_normal(count)
        pole_y = _LAPLACE_TILT_RAD * np.sin(angle) + 0.015 * rng.standard_normal(count)
        inclination = np.hypot(pole_x, pole_y)
        node = np.arctan2(pole_y, pole_x)
        longitude = TWO_PI * rng.random(count)
    axis = stationary_axis_m(eccentricity, inclination) + _cut_normal(rng, population.offset_m, count)
    perigee = TWO_PI * rng.random(count)
    return _orbits(
        rng,
        population,
        axis=axis,
        eccentricity=eccentricity,
        inclination=inclination,
        node=node,
        perigee=perigee,
        anomaly=longitude + sidereal_angle_rad(epoch_tai_ns) - node - perigee,
    )


def sample_eccentric(rng: np.random.Generator, population: Eccentric, count: int) -> MeanOrbits:
    """Draw orbits by perigee and apogee."""
    low, high = population.perigee_m
    perigee_m = low * (high / low) ** rng.random(count)
    apogee_m = np.abs(_cut_normal(rng, population.apogee_m, count))
    apogee_m = np.maximum(apogee_m, perigee_m + 1.2e6)
    axis = WGS72_EARTH_RADIUS_M + 0.5 * (perigee_m + apogee_m)
    inclination = np.abs(_cut_normal(rng, population.inclination_rad, count))
    argument = TWO_PI * rng.random(count)
    if population.perigee_argument_rad is not None:
        argument = population.perigee_argument_rad + 0.25 * rng.standard_normal(count)
    return _orbits(
        rng,
        population,
        axis=axis,
        eccentricity=0.5 * (apogee_m - perigee_m) / axis,
        inclination=inclination,
        node=TWO_PI * rng.random(count),
        perigee=argument,
        anomaly=TWO_PI * rng.random(count),
    )


def single_orbit(rng: np.random.Generator, single: Single, *, epoch_tai_ns: int) -> MeanOrbits:
    """Return the one orbit of a named object."""
    eccentricity = np.array([single.eccentricity])
    inclination = np.array([single.inclination_rad])
    perigee = single.perigee_argument_rad
    if single.central_longitude_rad is None:
        axis = np.array([WGS72_EARTH_RADIUS_M + single.altitude_m])
        node, anomaly = TWO_PI * rng.random(), TWO_PI * rng.random()
    else:
        # The ground track is fixed: node + perigee + anomaly - sidereal angle is the central longitude.
        axis = stationary_axis_m(eccentricity, inclination)
        node = single.node_longitude_offset_rad + 1.0
        track = single.central_longitude_rad
        anomaly = track + sidereal_angle_rad(epoch_tai_ns) - node - perigee
    return _orbits(
        rng,
        single,
        axis=axis,
        eccentricity=eccentricity,
        inclination=inclination,
        node=np.array([node]),
        perigee=np.array([perigee]),
        anomaly=np.array([anomaly]),
        size_spread=0.0,
    )


def _orbits(
    rng: np.random.Generator,
    population: Population,
    *,
    axis: Floats,
    eccentricity: Floats,
    inclination: Floats,
    node: Floats,
    perigee: Floats,
    anomaly: Floats,
    size_spread: float = 0.3,
) -> MeanOrbits:
    count = axis.size
    size = 10.0 ** (size_spread * rng.standard_normal(count))
    ratio = population.area_to_mass_m2_kg * 10.0 ** (0.5 * size_spread * rng.standard_normal(count))
    return MeanOrbits(
        semi_major_axis_m=axis,
        eccentricity=np.maximum(eccentricity, 1e-5),
        inclination_rad=inclination,
        node_rad=np.mod(node, TWO_PI),
        perigee_argument_rad=np.mod(perigee, TWO_PI),
        mean_anomaly_rad=np.mod(anomaly, TWO_PI),
        area_to_mass_m2_kg=ratio,
        rcs_m2=population.rcs_m2 * size,
        birth_year=np.full(count, np.nan),
    )


def _cut_normal(rng: np.random.Generator, centre_and_spread: tuple[float, float], count: int) -> Floats:
    centre, spread = centre_and_spread
    drawn: Floats = centre + spread * np.clip(rng.standard_normal(count), -_CUT, _CUT)
    return drawn
