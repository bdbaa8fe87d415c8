"""A primary in low orbit with made-up conjunctions, and a probability to judge them by."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erf

from mihari.astro.earth import load_earth_orientation
from mihari.astro.numerical import AreaToMass, ForceModel, propagate
from mihari.astro.relative import rtn_basis
from mihari.conjunction.avoidance import (
    AvoidanceProblem,
    Encounters,
    ExecutionError,
    Goal,
    MissionConstraints,
    Primary,
    Spacecraft,
)
from numerical_support import EPOCH_TAI_NS, one

__all__ = ["HOUR_NS", "ORIENTATION", "S", "make_primary", "make_problem", "probability_2d"]

S = 10**9
HOUR_NS = 3_600 * S
ORIENTATION = load_earth_orientation()
RADIUS_M = 7_178e3
POINT_MASS = ForceModel(degree=0, sun=False, moon=False)


def make_primary(model: ForceModel = POINT_MASS) -> Primary:
    """Return a circular orbit at 800 km, inclination 98 degrees."""
    speed = math.sqrt(model.field.mu_m3_s2 / RADIUS_M)
    inclination = math.radians(98.0)
    state = one([RADIUS_M, 0.0, 0.0], [0.0, speed * math.cos(inclination), speed * math.sin(inclination)])
    area = AreaToMass(drag_m2_kg=0.02, radiation_m2_kg=0.02)
    return Primary(object_id=1, state=state, model=model, area_to_mass=area, orientation=ORIENTATION)


def make_problem(
    *,
    hours: tuple[float, ...],
    miss_rtn_m: tuple[tuple[float, float, float], ...],
    crossing_deg: tuple[float, ...],
    sigma_m: tuple[float, ...],
    primary: Primary | None = None,
    execution: ExecutionError | None = None,
    spacecraft: Spacecraft | None = None,
    end_hours: float | None = None,
    **constraints: object,
) -> AvoidanceProblem:
    """Return conjunctions at the hours given, whose secondaries cross at an angle; a sigma of NaN: no covariance."""
    primary = primary or make_primary()
    tca = EPOCH_TAI_NS + np.rint(np.array(hours) * HOUR_NS).astype(np.int64)
    flown = propagate(
        primary.state, tca, model=primary.model, orientation=ORIENTATION, area_to_mass=primary.area_to_mass
    ).states
    position, velocity = [], []
    for k, angle in enumerate(np.radians(crossing_deg)):
        mine, speed = flown.position_m[0, k], flown.velocity_m_s[0, k]
        basis = rtn_basis(mine, speed)
        radial, along, normal = basis @ speed
        turned = np.array([radial, along * np.cos(angle), normal + along * np.sin(angle)])
        # The miss must be perpendicular to the relative velocity, else it is no closest approach.
        relative = turned - basis @ speed
        miss = np.array(miss_rtn_m[k])
        miss = miss - relative * (miss @ relative) / (relative @ relative)
        position.append(mine + basis.T @ miss)
        velocity.append(basis.T @ turned)
    count = len(hours)
    covariance = np.array([np.eye(3) * s**2 for s in sigma_m])
    end = end_hours if end_hours is not None else hours[-1] + 2.0
    defaults = {"earliest_tai_ns": EPOCH_TAI_NS, "latest_tai_ns": int(tca[-1])}
    return AvoidanceProblem(
        primary=primary,
        encounters=Encounters(
            secondary_id=np.arange(count) + 90_000,
            tca_tai_ns=tca,
            secondary_position_gcrf_m=np.array(position),
            secondary_velocity_gcrf_m_s=np.array(velocity),
            primary_covariance_gcrf_m2=covariance / 2.0,
            secondary_covariance_gcrf_m2=covariance / 2.0,
            hard_body_radius_m=np.full(count, 10.0),
            keep_out_m=np.tile([400.0, 2_000.0, 2_000.0], (count, 1)),
            is_from_element_set=np.isnan(np.array(sigma_m)),
        ),
        end_tai_ns=EPOCH_TAI_NS + round(end * HOUR_NS),
        constraints=MissionConstraints(**{**defaults, **constraints}),  # type: ignore[arg-type]
        spacecraft=spacecraft or Spacecraft(mass_kg=500.0),
        execution=execution or ExecutionError(magnitude_share=0.02, pointing_rad=0.02),
        goal=Goal(threshold=1e-4, share=0.03),
        probability=probability_2d,
    )


def probability_2d(
    miss_m: np.ndarray, speed_m_s: np.ndarray, covariance_m2: np.ndarray, radius_m: np.ndarray
) -> np.ndarray:
    """Integrate the Gaussian over the disc in the encounter plane: error functions across, Gauss-Legendre along."""
    out = np.empty(len(miss_m))
    nodes, weights = np.polynomial.legendre.leggauss(48)
    for k, (miss, speed, covariance, radius) in enumerate(zip(miss_m, speed_m_s, covariance_m2, radius_m, strict=True)):
        axis = speed / np.linalg.norm(speed)
        first = np.cross(axis, [0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0])
        first /= np.linalg.norm(first)
        plane = np.stack([first, np.cross(axis, first)])
        values, vectors = np.linalg.eigh(plane @ covariance @ plane.T)
        (x0, y0), (sx, sy) = vectors.T @ plane @ miss, np.sqrt(values)
        x = radius * nodes
        half = np.sqrt(radius**2 - x**2)
        across = erf((y0 + half) / (sy * math.sqrt(2))) - erf((y0 - half) / (sy * math.sqrt(2)))
        density = np.exp(-0.5 * ((x - x0) / sx) ** 2) / (sx * math.sqrt(2 * math.pi))
        out[k] = min(1.0, max(0.0, float(np.sum(weights * density * across) * radius / 2.0)))
    return out
