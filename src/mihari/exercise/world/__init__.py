"""The simulated world: seeded populations with known truth and published element sets, all marked SIMULATED."""

from mihari.exercise.world._density import spatial_density_per_m3
from mihari.exercise.world._populations import Populations, load_populations, parse_populations
from mihari.exercise.world._truth import TRUTH_SCHEMA, WorldTruth
from mihari.exercise.world._warnings import SimulatedWarning, simulate_warnings
from mihari.exercise.world._world import (
    DEFAULT_SIZE,
    FIRST_SERIAL_NUMBER,
    LARGEST_SIZE,
    NAME_MARK,
    SMALLEST_SIZE,
    WORLD_VERSION,
    World,
    generate_world,
)

__all__ = [
    "DEFAULT_SIZE",
    "FIRST_SERIAL_NUMBER",
    "LARGEST_SIZE",
    "NAME_MARK",
    "SMALLEST_SIZE",
    "TRUTH_SCHEMA",
    "WORLD_VERSION",
    "Populations",
    "SimulatedWarning",
    "World",
    "WorldTruth",
    "generate_world",
    "load_populations",
    "parse_populations",
    "simulate_warnings",
    "spatial_density_per_m3",
]
