"""What a burn does to the orbit, and which constraints it breaks."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.avoidance._problem import AvoidanceProblem
from mihari.constants import EARTH_MU_M3_S2

__all__ = ["Effects", "find_violations", "orbit_effects"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Changes of the orbit, (n,) each; see `StationKeepingEffect`."""

    semi_major_axis_change_m: Floats
    period_change_s: Floats
    longitude_drift_rad_s: Floats
    along_track_offset_m: Floats

    def joined(self, other: Effects) -> Effects:
        """Return the rows of both."""
        return Effects(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def take(self, rows: NDArray[np.int64]) -> Effects:
        """Return some rows."""
        return Effects(
            self.semi_major_axis_change_m[rows],
            self.period_change_s[rows],
            self.longitude_drift_rad_s[rows],
            self.along_track_offset_m[rows],
        )


def orbit_effects(state_gcrf: Floats, burn_gcrf_m_s: Floats, *, along_track_offset_m: Floats) -> Effects:
    """Return the changes that burns (n, 3) make to osculating orbits (n, 6)."""
    radius = np.linalg.norm(state_gcrf[:, :3], axis=-1)
    velocity = state_gcrf[:, 3:]
    before, after = (
        1.0 / (2.0 / radius - np.sum(v * v, axis=-1) / EARTH_MU_M3_S2) for v in (velocity, velocity + burn_gcrf_m_s)
    )
    motion = [np.sqrt(EARTH_MU_M3_S2 / axis**3) for axis in (before, after)]
    return Effects(
        semi_major_axis_change_m=after - before,
        period_change_s=2.0 * np.pi * (1.0 / motion[1] - 1.0 / motion[0]),
        longitude_drift_rad_s=motion[1] - motion[0],
        along_track_offset_m=along_track_offset_m,
    )


def find_violations(
    problem: AvoidanceProblem, *, burn_tai_ns: NDArray[np.int64], delta_v_m_s: Floats, effects: Effects
) -> tuple[tuple[str, ...], ...]:
    """Return the constraints that each candidate breaks, in words; a burn is taken with its whole duration."""
    limits, craft = problem.constraints, problem.spacecraft
    half_ns = np.rint(craft.burn_duration_s(delta_v_m_s) * 0.5e9).astype(np.int64)
    start, end = burn_tai_ns - half_ns, burn_tai_ns + half_ns
    burns = delta_v_m_s > 0.0
    axis, drift, place = limits.semi_major_axis_change_m, limits.longitude_drift_rad_s, limits.longitude_change_rad
    # The sub-satellite point of a geosynchronous object moves by the angle that the object does.
    shift_rad = effects.along_track_offset_m / problem.primary.semi_major_axis_m
    checks = [
        ("burns before the earliest moment allowed", start < limits.earliest_tai_ns),
        ("burns after the latest moment allowed", end > limits.latest_tai_ns),
        ("takes more velocity than allowed", delta_v_m_s > limits.greatest_delta_v_m_s),
        ("takes more propellant than allowed", craft.propellant_kg(delta_v_m_s) > limits.greatest_propellant_kg),
        (
            "leaves the box of semi-major axis",
            (effects.semi_major_axis_change_m < axis[0]) | (effects.semi_major_axis_change_m > axis[1]),
        ),
        (
            "leaves the box of longitude drift",
            (effects.longitude_drift_rad_s < drift[0]) | (effects.longitude_drift_rad_s > drift[1]),
        ),
        ("leaves the box of longitude", (shift_rad < place[0]) | (shift_rad > place[1])),
        ("is too far along the track at the end", np.abs(effects.along_track_offset_m) > limits.along_track_offset_m),
    ]
    for first, last in limits.forbidden_tai_ns:
        checks.append(("burns in a forbidden time", (start < last) & (end >= first)))
    broken = [(words, np.asarray(mask) & burns) for words, mask in checks]
    return tuple(tuple(dict.fromkeys(words for words, mask in broken if mask[row])) for row in range(burn_tai_ns.size))
