"""Read the populations from the package's data file, which speaks kilometres and degrees, into typed rows in SI."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from typing import Any, Final

from mihari.astro.breakup import BreakupCause, ParentKind
from mihari.errors import InputError
from mihari.model.space_object import ObjectType
from mihari.units import RAD_PER_DEG, TWO_PI

__all__ = [
    "Cloud",
    "Constellation",
    "Eccentric",
    "Population",
    "Populations",
    "Ring",
    "RingMode",
    "Scatter",
    "Single",
    "Status",
    "load_populations",
    "parse_populations",
]

Pair = tuple[float, float]


class Status(Enum):
    """Whether the objects are looked after, left alone, or about to fall."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    REENTERING = "reentering"


class RingMode(Enum):
    """Kept in a slot of the geostationary ring, or left to the Sun and Moon."""

    SLOT = "slot"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What every population has: a name without the mark, an owner, a weight, sizes and where it is known from."""

    name: str
    owner: str
    source: str
    kind: ObjectType = ObjectType.PAYLOAD
    count: int = 1
    status: Status = Status.ACTIVE
    area_to_mass_m2_kg: float = 0.015
    rcs_m2: float = 3.0

    @property
    def stem(self) -> str:
        """The name with the catalogue's word for its kind; unique among the populations."""
        return self.name + {ObjectType.DEBRIS: " DEB", ObjectType.ROCKET_BODY: " R/B"}.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Population):
    """One object; geosynchronous when `central_longitude_rad` is given, else by height; or docked to another."""

    number: int
    docked_to: int | None = None
    altitude_m: float = 0.0
    eccentricity: float = 0.0
    inclination_rad: float = 0.0
    perigee_argument_rad: float = 0.0
    central_longitude_rad: float | None = None
    node_longitude_offset_rad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Constellation(Population):
    """A Walker shell with a share of its satellites on the way up or down."""

    altitude_m: float
    inclination_rad: float
    planes: int
    per_plane: int
    phasing: int
    eccentricity: float = 0.00014
    node_span_rad: float = TWO_PI
    plane_altitude_step_m: float = 0.0
    layer_step_m: float = 8_000.0
    seat_spread_rad: float = 0.15 * RAD_PER_DEG
    raising: float = 0.0
    raising_altitude_m: Pair = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter(Population):
    """A cluster in height and inclination; `inclination_rad` is None for sun-synchronous orbits."""

    altitude_m: Pair
    inclination_rad: Pair | None
    eccentricity_median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Population):
    """Part of the geostationary ring: kept in slots, or drifting under Sun and Moon."""

    mode: RingMode
    offset_m: Pair
    eccentricity_median: float
    inclined_rad: Pair = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eccentric(Population):
    """Orbits with a perigee and an apogee of their own."""

    perigee_m: Pair
    apogee_m: Pair
    inclination_rad: Pair
    perigee_argument_rad: float | None = None


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


_ENUMS: Final[Mapping[str, Any]] = {
    "kind": ObjectType,
    "status": Status,
    "mode": RingMode,
    "cause": BreakupCause,
    "parent_kind": ParentKind,
}


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
        clouds=rows("cloud", lambda **row: Cloud(kind=ObjectType.DEBRIS, status=Status.INACTIVE, **row)),
    )


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn enums' texts into enums, parents into metres and radians, and so every key of the edge units."""
    typed: dict[str, Any] = {}
    for name, value in row.items():
        if name in _ENUMS:
            typed[name] = _ENUMS[name](value)
        elif name == "parents":
            typed[name] = tuple((height * 1e3, e, tilt * RAD_PER_DEG, weight) for height, e, tilt, weight in value)
        elif name == "inclination_deg" and value == "sun-synchronous":
            typed["inclination_rad"] = None
        else:
            stem, factor, unit = name, 1.0, ""
            for edge, inner, size in (("_km", "_m", 1e3), ("_deg", "_rad", RAD_PER_DEG)):
                if name.endswith(edge):
                    stem, factor, unit = name.removesuffix(edge), size, inner
            if isinstance(value, list):
                low, high = value
                typed[stem + unit] = (low * factor, high * factor)
            else:
                typed[stem + unit] = value * factor if unit else value
    return typed
