"""Numerical dynamics: ``python -m benchmarks.numerical [--quick]``.

What gravity of a given degree leaves out in a day, against a field of much higher degree, and what it costs; and eight
objects in the lanes of one vector beside the same eight one by one.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.numerical import ForceModel, propagate
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import parse_utc

EPOCH = parse_utc("2023-01-01T00:00:00Z")
DAY_NS = 86_400 * 10**9
CASES = (
    # altitude km, inclination deg, degrees, degree of the field that stands for truth
    (400, 70.0, (12, 24, 36, 48, 60), 80),
    (800, 70.0, (8, 16, 24, 36, 48), 70),
    (1_400, 70.0, (8, 16, 20, 24, 36), 50),
    (8_000, 70.0, (6, 10, 12, 16), 30),
    (20_200, 70.0, (4, 6, 8, 10), 20),
    (35_786, 3.0, (2, 4, 6, 8), 16),
)


def circular(altitude_km: float, inclination_deg: float) -> StateVectors:
    """Return eight circular orbits, nodes and places spread evenly."""
    radius, inclination = 6_378_137.0 + 1e3 * altitude_km, np.radians(inclination_deg)
    speed = np.sqrt(3.986004418e14 / radius)
    turn, node = np.radians(45.0 * np.arange(8)), np.radians(45.0 * np.arange(8) + 10.0)
    along = np.stack([np.cos(node), np.sin(node), np.zeros(8)], axis=-1)
    up = np.stack(
        [-np.sin(node) * np.cos(inclination), np.cos(node) * np.cos(inclination), np.full(8, np.sin(inclination))],
        axis=-1,
    )
    position = radius * (np.cos(turn)[:, None] * along + np.sin(turn)[:, None] * up)
    velocity = speed * (-np.sin(turn)[:, None] * along + np.cos(turn)[:, None] * up)
    return StateVectors(Frame.GCRF, np.full(8, EPOCH), position, velocity)


def a_day(states: StateVectors, degree: int, orientation: EarthOrientation) -> tuple[np.ndarray, float]:
    """Fly a day; return the end positions, (n, 3), and processor seconds per object, compiling left out."""
    model = ForceModel(degree=degree, sun=False, moon=False)

    def fly(until_tai_ns: int) -> np.ndarray:
        flown = propagate(states, [until_tai_ns], model=model, orientation=orientation, tolerance=1e-12)
        return flown.states.position_m[:, 0]

    fly(EPOCH + 10**9)
    began = time.process_time()
    end = fly(EPOCH + DAY_NS)
    return end, (time.process_time() - began) / len(end)


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    orientation = load_earth_orientation()
    print("altitude km  degree  against   median m  greatest m  cpu ms per object and day")
    for altitude, inclination, degrees, top in CASES[-3:] if quick else CASES:
        states = circular(altitude, inclination)
        truth, _ = a_day(states, top, orientation)
        for degree in degrees:
            end, cost = a_day(states, degree, orientation)
            wrong = np.linalg.norm(end - truth, axis=-1)
            print(
                f"{altitude:11,}  {degree:6}  {top:7}  {np.median(wrong):9.2f}  {wrong.max():10.2f}  {cost * 1e3:8.1f}",
                flush=True,
            )
    states = circular(800, 98.0)
    _, together = a_day(states, 24, orientation)
    first = StateVectors(Frame.GCRF, states.epoch_tai_ns[:1], states.position_m[:1], states.velocity_m_s[:1])
    _, alone = a_day(first, 24, orientation)
    print(f"one by one over eight in a vector, 24 x 24: {alone / together:.1f} times the processor time")


if __name__ == "__main__":
    main()
