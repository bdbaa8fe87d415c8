"""Generate the simulated world: populations drawn, truth kept, element sets published, everything marked."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.errors import UsageError
from mihari.exercise.world._clouds import sample_cloud
from mihari.exercise.world._orbits import Floats, MeanOrbits, join
from mihari.exercise.world._populations import (
    Cloud,
    Constellation,
    Eccentric,
    Population,
    Populations,
    Ring,
    Scatter,
    Status,
    load_populations,
)
from mihari.exercise.world._publish import Care, MeanElements, bstar_of, draw_ages_s, elements_at_own_epoch, with_errors
from mihari.exercise.world._samplers import (
    sample_constellation,
    sample_eccentric,
    sample_ring,
    sample_scatter,
    single_orbit,
)
from mihari.exercise.world._sky import decimal_year
from mihari.exercise.world._truth import TRUTH_SCHEMA, WorldTruth
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, ObjectType, SpaceObjects

__all__ = [
    "DEFAULT_SIZE",
    "FIRST_SERIAL_NUMBER",
    "LARGEST_SIZE",
    "NAME_MARK",
    "SMALLEST_SIZE",
    "WORLD_VERSION",
    "World",
    "generate_world",
]

WORLD_VERSION: Final = 1
"""Raised whenever the same seed, size and epoch would give other numbers."""
DEFAULT_SIZE: Final = 30_000
SMALLEST_SIZE: Final = 1_000
LARGEST_SIZE: Final = 300_000
NAME_MARK: Final = " (SIM)"
FIRST_SERIAL_NUMBER: Final = 900_100_001
"""Numbers of the populations count up from here; the named single objects lie below."""

_ORIGINATOR: Final = "MIHARI SIM"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A simulated world. `objects`, `truth` and the latest set of each object stand in one order, by number.

    Attributes
    ----------
    seed, size, epoch_tai_ns : int
        What it was generated from; with `version` they fix every number.
    version : int
        Version of the generator.
    element_sets : ElementSets
        What a catalogue of this world would publish: one set for each object, with errors and an age.
    objects : SpaceObjects
        What a satellite catalogue of this world would say.
    truth : WorldTruth
        How every object really moves.
    provenance : Provenance
        SIMULATED; for both tables.
    """

    seed: int
    size: int
    epoch_tai_ns: int
    version: int
    element_sets: ElementSets
    objects: SpaceObjects
    truth: WorldTruth
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One population as drawn; `numbers` is None where serial numbers are given out."""

    population: Population
    orbits: MeanOrbits
    numbers: tuple[int, ...] | None = None


def generate_world(
    *, seed: int, size: int = DEFAULT_SIZE, epoch_tai_ns: int, populations: Populations | None = None
) -> World:
    """Generate the simulated world.

    Every population draws from a random stream of its own (PCG64, seeded with the seed and the population's name), so
    that a change of one does not move the others.

    Parameters
    ----------
    seed : int
        Not negative.
    size : int
        Number of objects, 1,000 to 300,000.
    epoch_tai_ns : int
        The moment at which the world is laid out; the published sets are up to a few days older, some weeks.
    populations : Populations, optional
        Those shipped with the package when left out.

    Returns
    -------
    World
        The same numbers for the same arguments and version of the generator.

    Raises
    ------
    UsageError
        Seed or size out of range.

    Validation
    ----------
    tests/validation/test_world_realism.py: distributions and close approaches beside a real catalogue.
    """
    if seed < 0:
        raise UsageError(f"seed {seed} is negative", where="seed", remedy="give zero or more")
    if not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise UsageError(
            f"a world of {size} objects cannot be made", where="size", remedy=f"{SMALLEST_SIZE} to {LARGEST_SIZE}"
        )
    known = load_populations() if populations is None else populations
    drawn = _draw_singles(known, seed=seed, epoch_tai_ns=epoch_tai_ns)
    drawn += _draw_sized(known, seed=seed, count=size - len(drawn), epoch_tai_ns=epoch_tai_ns)
    orbits = join([d.orbits for d in drawn])
    names, columns = _describe(drawn)
    rng = _stream(seed, "element sets")
    truth, falling = _true_elements(rng, columns, orbits, epoch_tai_ns=epoch_tai_ns)
    published = with_errors(
        rng,
        truth,
        semi_major_axis_m=orbits.semi_major_axis_m,
        is_debris=columns["object_type"].to_numpy() == ObjectType.DEBRIS.value,
    )
    numbers = columns["norad_cat_id"]
    described = columns.with_columns(object_name=pl.Series(names), rcs_m2=pl.Series(_three_digits(orbits.rcs_m2)))
    return World(
        seed=seed,
        size=size,
        epoch_tai_ns=epoch_tai_ns,
        version=WORLD_VERSION,
        element_sets=_element_sets(numbers, names, published, rng, epoch_tai_ns=epoch_tai_ns),
        objects=_objects(described),
        truth=WorldTruth(_truth_frame(columns, truth, orbits, falling)),
        provenance=Provenance(
            source="simulated world",
            data_mode=DataMode.SIMULATED,
            origin="mihari",
            method=f"simulated world seed={seed} size={size} version={WORLD_VERSION}",
            licence="Apache-2.0 (generated)",
        ),
    )


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def _draw_singles(known: Populations, *, seed: int, epoch_tai_ns: int) -> list[_Drawn]:
    drawn: dict[int, _Drawn] = {}
    for single in known.singles:
        rng = _stream(seed, single.name)
        if single.docked_to is None:
            orbits = single_orbit(rng, single, epoch_tai_ns=epoch_tai_ns)
        else:
            host = drawn[single.docked_to].orbits
            orbits = replace(host, rcs_m2=np.array([single.rcs_m2]))
        drawn[single.number] = _Drawn(single, orbits, (single.number,))
    return [drawn[number] for number in sorted(drawn)]


def _draw_sized(known: Populations, *, seed: int, count: int, epoch_tai_ns: int) -> list[_Drawn]:
    """Draw the populations that grow with the world; what clouds lack of their share, the last cloud makes good."""
    sized = known.sized()
    shares = _apportion([p.count for p in sized], count)
    year = decimal_year(epoch_tai_ns)
    drawn = []
    lacking = 0
    for population, share in zip(sized, shares, strict=True):
        wanted = share + (lacking if population is sized[-1] else 0)
        orbits = _draw(population, wanted, seed=seed, epoch_tai_ns=epoch_tai_ns, year=year)
        lacking += wanted - len(orbits)
        drawn.append(_Drawn(population, orbits))
    if sum(len(d.orbits) for d in drawn) != count:
        raise UsageError(
            f"only {count - lacking} of {count} objects survive to {year:.1f}",
            where="epoch",
            remedy="give an epoch after the events of the populations",
        )
    return drawn


def _draw(population: Population, count: int, *, seed: int, epoch_tai_ns: int, year: float) -> MeanOrbits:
    rng = _stream(seed, population.stem)
    match population:
        case Constellation():
            return sample_constellation(rng, population, count)
        case Scatter():
            return sample_scatter(rng, population, count, epoch_tai_ns=epoch_tai_ns)
        case Ring():
            return sample_ring(rng, population, count, epoch_tai_ns=epoch_tai_ns)
        case Eccentric():
            return sample_eccentric(rng, population, count)
        case Cloud():
            return sample_cloud(rng, population, count, year=year)
        case _:
            raise TypeError(f"no sampler for {type(population).__name__}")


def _apportion(weights: Sequence[int], count: int) -> list[int]:
    """Share `count` by weight, largest remainders first, so that the sum is exact."""
    exact = np.asarray(weights, dtype=np.float64) * (count / sum(weights))
    shares = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: count - int(shares.sum())]] += 1
    return [int(share) for share in shares]


def _describe(drawn: list[_Drawn]) -> tuple[list[str], pl.DataFrame]:
    """Return names and one row of facts per object, in the order of the orbits."""
    names: list[str] = []
    numbers: list[int] = []
    serial = FIRST_SERIAL_NUMBER
    for part in drawn:
        population, count = part.population, len(part.orbits)
        if part.numbers is not None:
            names.append(population.name + NAME_MARK)
            numbers += part.numbers
            continue
        stem = population.stem
        names += [f"{stem} {n}{NAME_MARK}" for n in range(1, count + 1)]
        numbers += range(serial, serial + count)
        serial += count
    counts = [len(part.orbits) for part in drawn]
    index = np.repeat(np.arange(len(drawn)), counts)
    facts = pl.DataFrame(
        {
            "population": [d.population.stem for d in drawn],
            "object_type": [d.population.kind.value for d in drawn],
            "owner": [d.population.owner for d in drawn],
            "status": [d.population.status.value for d in drawn],
        }
    )[index]
    return names, facts.with_columns(norad_cat_id=pl.Series(numbers, dtype=pl.Int32))


def _true_elements(
    rng: np.random.Generator, columns: pl.DataFrame, orbits: MeanOrbits, *, epoch_tai_ns: int
) -> tuple[MeanElements, NDArray[np.bool_]]:
    status = columns["status"].to_numpy()
    debris = columns["object_type"].to_numpy() == ObjectType.DEBRIS.value
    falling = status == Status.REENTERING.value
    ages = {care: draw_ages_s(rng, len(orbits), care) for care in Care}
    age = np.where(
        debris, ages[Care.DEBRIS], np.where(status == Status.ACTIVE.value, ages[Care.ACTIVE], ages[Care.INACTIVE])
    )
    age = np.where(falling, np.minimum(age, 0.25 * 86_400.0), age)
    bstar = bstar_of(orbits, may_fall=falling)
    return elements_at_own_epoch(orbits, bstar, epoch_tai_ns=epoch_tai_ns, age_s=age), falling


def _element_columns(elements: MeanElements) -> dict[str, Floats | NDArray[np.int64]]:
    return {
        "epoch_tai_ns": elements.epoch_tai_ns,
        "mean_motion_rev_day": elements.mean_motion_rev_day,
        "eccentricity": elements.eccentricity,
        "inclination_deg": elements.inclination_deg,
        "ra_of_asc_node_deg": elements.ra_of_asc_node_deg,
        "arg_of_pericenter_deg": elements.arg_of_pericenter_deg,
        "mean_anomaly_deg": elements.mean_anomaly_deg,
        "bstar_per_earth_radius": elements.bstar_per_earth_radius,
    }


def _element_sets(
    numbers: pl.Series,
    names: list[str],
    published: MeanElements,
    rng: np.random.Generator,
    *,
    epoch_tai_ns: int,
) -> ElementSets:
    count = len(names)
    # A set appears some hours after its epoch, and never after the moment of the world.
    delay_ns = np.round(rng.uniform(0.5, 8.0, count) * 3600.0).astype(np.int64) * 1_000_000_000
    delay_ns = np.minimum(delay_ns, (epoch_tai_ns - published.epoch_tai_ns) // 2)
    frame = pl.DataFrame(
        {
            "norad_cat_id": numbers,
            "object_name": names,
            **_element_columns(published),
            "element_set_no": np.full(count, 999, dtype=np.int32),
            "creation_tai_ns": published.epoch_tai_ns + delay_ns,
        }
    ).with_columns(
        object_id=pl.lit(None, dtype=pl.String),
        mean_motion_dot_rev_day2=pl.lit(0.0),
        mean_motion_ddot_rev_day3=pl.lit(0.0),
        ephemeris_type=pl.lit(0, dtype=pl.Int8),
        classification=pl.lit("U"),
        rev_at_epoch=pl.lit(None, dtype=pl.Int32),
        originator=pl.lit(_ORIGINATOR),
    )
    return ElementSets(frame.select(pl.col(name).cast(dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()))


def _objects(described: pl.DataFrame) -> SpaceObjects:
    frame = described.with_columns(
        object_id=pl.lit(None, dtype=pl.String),
        ops_status=pl.when(pl.col("status") == Status.ACTIVE.value).then(pl.lit("+")).otherwise(pl.lit("-")),
        launch_date_utc=pl.lit(None, dtype=pl.String),
        decay_date_utc=pl.lit(None, dtype=pl.String),
        size=pl.when(pl.col("rcs_m2") < 0.1)
        .then(pl.lit("SMALL"))
        .when(pl.col("rcs_m2") < 1.0)
        .then(pl.lit("MEDIUM"))
        .otherwise(pl.lit("LARGE")),
    )
    return SpaceObjects(frame.select(pl.col(name).cast(dtype) for name, dtype in SPACE_OBJECT_SCHEMA.items()))


def _truth_frame(
    columns: pl.DataFrame, truth: MeanElements, orbits: MeanOrbits, falling: NDArray[np.bool_]
) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "norad_cat_id": columns["norad_cat_id"],
            "population": columns["population"],
            **_element_columns(truth),
            "area_to_mass_m2_kg": orbits.area_to_mass_m2_kg,
            "birth_year": orbits.birth_year,
            "is_reentering": falling,
        }
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in TRUTH_SCHEMA.items())


def _three_digits(area_m2: Floats) -> Floats:
    scale = 10.0 ** (2 - np.floor(np.log10(area_m2)))
    rounded: Floats = np.round(area_m2 * scale) / scale
    return rounded
