"""Read the populations from the package's data file into typed rows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from mihari.astro.breakup import BreakupCause, ParentKind
from mihari.errors import InputError
from mihari.model.space_object import ObjectType

__all__ = [
    "Cloud",
    "Constellation",
    "Eccentric",
    "Population",
    "Populations",
    "Ring",
    "Scatter",
    "Single",
    "load_populations",
    "parse_populations",
]

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What every population has: a name without the mark, an owner, a weight, sizes and where it is known from."""

    name: str
    owner: str
    source: str
    kind: ObjectType = ObjectType.PAYLOAD
    count: int = 1
    status: str = "active"
    area_to_mass_m2_kg: float = 0.015
    rcs_m2: float = 3.0

    @property
    def stem(self) -> str:
        """The name with the catalogue's word for its kind; unique among the populations."""
        return self.name + {ObjectType.DEBRIS: " DEB", ObjectType.ROCKET_BODY: " R/B"}.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Population):
    """One object; geosynchronous when `central_longitude_deg` is given, else by height; or docked to another."""

    number: int
    docked_to: int | None = None
    altitude_km: float = 0.0
    eccentricity: float = 0.0
    inclination_deg: float = 0.0
    perigee_argument_deg: float = 0.0
    central_longitude_deg: float | None = None
    node_longitude_offset_deg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Constellation(Population):
    """A Walker shell with a share of its satellites on the way up or down."""

    altitude_km: float
    inclination_deg: float
    planes: int
    per_plane: int
    phasing: int
    eccentricity: float = 0.00014
    node_span_deg: float = 360.0
    plane_altitude_step_km: float = 0.0
    layer_step_km: float = 8.0
    seat_spread_deg: float = 0.15
    raising: float = 0.0
    raising_altitude_km: Pair = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter(Population):
    """A cluster in height and inclination; `inclination_deg` is None for sun-synchronous orbits."""

    altitude_km: Pair
    inclination_deg: Pair | None
    eccentricity_median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Population):
    """Part of the geostationary ring: kept in slots, or drifting under Sun and Moon."""

    mode: str
    offset_km: Pair
    eccentricity_median: float
    inclined_deg: Pair = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eccentric(Population):
    """Orbits with a perigee and an apogee of their own."""

    perigee_km: Pair
    apogee_km: Pair
    inclination_deg: Pair
    perigee_argument_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud(Population):
    """What is left of one breakup, or of many of one kind. Parents: height, eccentricity, inclination, weight.

    `speed_factor` scales the model's ejection speeds, which are a mean over many events, to those that a cloud showed.
    """

    parents: tuple[tuple[float, float, float, float], ...]
    cause: BreakupCause
    parent_kind: ParentKind
    dates: Pair
    parent_mass_kg: float
    minimum_length_m: float
    speed_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Populations:
    """Everything the data file holds, in its order."""

    singles: tuple[Single, ...]
    constellations: tuple[Constellation, ...]
    scatters: tuple[Scatter, ...]
    rings: tuple[Ring, ...]
    eccentrics: tuple[Eccentric, ...]
    clouds: tuple[Cloud, ...]

    def sized(self) -> tuple[Population, ...]:
        """Return the populations whose counts follow the size of the world, in order."""
        return (*self.constellations, *self.scatters, *self.rings, *self.eccentrics, *self.clouds)


def load_populations() -> Populations:
    """Return the populations shipped with the package."""
    text = files("mihari.exercise.world").joinpath("populations.toml").read_text(encoding="utf-8")
    return parse_populations(text, where="populations.toml")


def parse_populations(text: str, *, where: str) -> Populations:
    """Return the populations of a TOML text; raise InputError with the row that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", where=where, remedy="mend the file") from error
    if table.get("schema") != 1:
        raise InputError(f"schema {table.get('schema')!r} is not known", where=where, remedy="write schema = 1")

    def rows(section: str, build: Any) -> tuple[Any, ...]:
        made = []
        for number, row in enumerate(table.get(section, []), start=1):
            try:
                made.append(build(**_typed(row)))
            except (TypeError, ValueError) as error:
                place = f"{where}: {section} {number} ({row.get('name', 'without a name')})"
                raise InputError(str(error), where=place, remedy="mend the row") from error
        return tuple(made)

    return Populations(
        singles=rows("single", Single),
        constellations=rows("constellation", Constellation),
        scatters=rows("scatter", Scatter),
        rings=rows("ring", Ring),
        eccentrics=rows("eccentric", Eccentric),
        clouds=rows("cloud", lambda **row: Cloud(kind=ObjectType.DEBRIS, status="inactive", **row)),
    )


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for name, kind in (("kind", ObjectType), ("cause", BreakupCause), ("parent_kind", ParentKind)):
        if name in typed:
            typed[name] = kind(typed[name])
    if typed.get("inclination_deg") == "sun-synchronous":
        typed["inclination_deg"] = None
    if "parents" in typed:
        typed["parents"] = tuple(tuple(parent) for parent in typed["parents"])
    for name, value in typed.items():
        if isinstance(value, list):
            typed[name] = (float(value[0]), float(value[1]))
    return typed
