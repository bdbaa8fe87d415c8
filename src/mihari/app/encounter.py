"""Two objects around their closest approach: the second relative to the first, in double precision.

A map's 32-bit knots are good for pictures and not for close approaches; this answers what happens between two objects
that pass each other at a few hundred metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.app.catalogue import Catalogue
from mihari.app.moment import moment_tai_ns
from mihari.astro.relative import relative_states
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.picture import (
    TYPICAL_SOURCE,
    TypicalUncertainty,
    batch_of,
    catalogue_version,
    orbits_of,
    status_texts,
    typical_uncertainty,
)

if TYPE_CHECKING:
    from mihari.astro.sgp4 import Sgp4Batch

__all__ = ["LONGEST_SPAN_S", "MOST_SAMPLES", "Encounter", "encounter_document", "encounter_of"]

LONGEST_SPAN_S: Final = 86_400.0
MOST_SAMPLES: Final = 2_001
"""More than any picture or table of one approach needs."""

_DEFAULT_SPAN_S: Final = 120.0
_DEFAULT_SAMPLES: Final = 121
_FINER: Final = 40
"""Parts that a step is divided into on the way to the closest approach, again and again."""
_FINEST_NS: Final = 1_000
"""At 15 km/s an object moves 1.5 cm in this time."""
_OUT_OF_RANGE: Final = 8  # Sgp4Status.OUT_OF_RANGE: has numbers that are no orbit of that object


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """The second object as the first one sees it.

    Attributes
    ----------
    sets : ElementSets, 2 rows
        What the states are made from, first and second.
    tca_tai_ns : int
        The moment that was asked for: the middle of the window.
    relative : StateVectors, RTN of the first object at each moment, (t, 3)
        Velocities are differences of inertial ones, as in conjunction messages. NaN where an object has no state.
    status : tuple of str
        Per object: "ok", or why some of its states are missing or doubtful.
    closest : StateVectors, RTN, (1, 3)
        At the closest approach inside the window, to a microsecond.
    closest_is_edge : bool
        It stands at an end of the window: there may be a closer moment outside.
    typical : TypicalUncertainty, (2,)
        What element sets of that class and age are typically wrong by, at `tca_tai_ns`.
    data_mode : DataMode
    """

    sets: ElementSets
    tca_tai_ns: int
    relative: StateVectors
    status: tuple[str, str]
    closest: StateVectors
    closest_is_edge: bool
    typical: TypicalUncertainty
    data_mode: DataMode


def encounter_of(
    catalogue: Catalogue,
    *,
    first: int,
    second: int,
    tca: str | int,
    span_s: float | None = None,
    step_s: float | None = None,
) -> Encounter:
    """Return how two objects pass each other around a moment, from the element sets that hold then.

    Parameters
    ----------
    first, second : int
        Catalogue numbers; the first one is the origin.
    tca : str or int
        UTC text or TAI ns.
    span_s : float, optional
        Length of the window, s, half to either side. Default: 120.
    step_s : float, optional
        Default: 121 samples.

    Raises
    ------
    NotFoundError
        An object has no element set.
    UsageError
        One object twice, or a window that is empty, too long, or has too many samples.
    InputError
        Nowhere in the window do both objects have a state.

    References
    ----------
    Vallado, Crawford, Hujsak, Kelso, AIAA 2006-6753 (SGP4).

    Validation
    ----------
    tests/unit/test_app_encounter.py: the `sgp4` package, and the screening's own closest approaches.
    """
    if first == second:
        raise UsageError("an object does not meet itself", where="--second", remedy="name two objects")
    middle = moment_tai_ns(tca, option="--tca")
    span_ns, step_ns = _window(span_s, step_s)
    sets = _pair(catalogue.sets_at(middle), first, second)
    batch = batch_of(sets)
    # A step that was rounded to nanoseconds must not cost the last samples.
    half = int(span_ns / step_ns / 2.0 + 1e-4)
    times = middle + np.arange(-half, half + 1, dtype=np.int64) * step_ns
    relative, status = _relative(batch, times)
    closest, is_edge = _closest(batch, relative)
    ages_s = (middle - sets.frame["epoch_tai_ns"].to_numpy()) / 1e9
    return Encounter(
        sets=sets,
        tca_tai_ns=middle,
        relative=relative,
        status=status,
        closest=closest,
        closest_is_edge=is_edge,
        typical=typical_uncertainty(orbits_of(sets), age_s=ages_s),
        data_mode=catalogue.data_mode,
    )


def encounter_document(encounter: Encounter) -> dict[str, Any]:
    """Return an encounter in metres and UTC."""
    relative, closest = encounter.relative, encounter.closest
    samples = np.hstack([relative.position_m, relative.velocity_m_s])
    offset_s = (relative.epoch_tai_ns - encounter.tca_tai_ns) / 1e9
    at_tai_ns = int(closest.epoch_tai_ns[0])
    return {
        "tca_utc": format_utc(encounter.tca_tai_ns, digits=6),
        "data_mode": encounter.data_mode.value,
        "catalogue_version": catalogue_version(encounter.sets),
        "advisory": True,
        "frame": "RTN of the first object at each moment",
        "method": "SGP4, WGS-72, states in TEME",
        "objects": [_object(encounter, place) for place in (0, 1)],
        "closest": {
            "tca_utc": format_utc(at_tai_ns, digits=6),
            "offset_s": (at_tai_ns - encounter.tca_tai_ns) / 1e9,
            "is_edge": encounter.closest_is_edge,
            "miss_distance_m": float(np.linalg.norm(closest.position_m[0])),
            "relative_speed_m_s": float(np.linalg.norm(closest.velocity_m_s[0])),
            "miss_rtn_m": closest.position_m[0].tolist(),
            "relative_velocity_rtn_m_s": closest.velocity_m_s[0].tolist(),
        },
        "offset_s": offset_s.tolist(),
        "position_rtn_m": [_numbers(row[:3]) for row in samples],
        "velocity_rtn_m_s": [_numbers(row[3:]) for row in samples],
    }


def _object(encounter: Encounter, place: int) -> dict[str, Any]:
    row = encounter.sets.frame.row(place, named=True)
    typical = encounter.typical
    sigma_m = np.array([typical.radial_m[place], typical.transverse_m[place], typical.normal_m[place]])
    return {
        "norad_cat_id": row["norad_cat_id"],
        "name": row["object_name"],
        "element_set_epoch_utc": format_utc(row["epoch_tai_ns"]),
        "age_days": (encounter.tca_tai_ns - row["epoch_tai_ns"]) / 86_400e9,
        "status": encounter.status[place],
        "typical_sigma_rtn_m": None if np.isnan(sigma_m).any() else sigma_m.tolist(),
        "typical_source": TYPICAL_SOURCE,
    }


def _numbers(row: NDArray[np.float64]) -> list[float] | None:
    return row.tolist() if np.isfinite(row).all() else None


def _window(span_s: float | None, step_s: float | None) -> tuple[int, int]:
    span = _DEFAULT_SPAN_S if span_s is None else span_s
    if not 0.0 < span <= LONGEST_SPAN_S:
        raise UsageError(
            f"a window of {span:g} s cannot be shown",
            where="--span-s",
            remedy=f"give more than 0 and at most {LONGEST_SPAN_S:g}",
        )
    step = span / (_DEFAULT_SAMPLES - 1) if step_s is None else step_s
    span_ns, step_ns = round(span * 1e9), round(step * 1e9)
    if step_ns <= 0 or step_ns * 2 > span_ns:
        raise UsageError(f"a step of {step:g} s in a window of {span:g} s", where="--step-s", remedy="at most half")
    if span_ns / step_ns + 1.0 > MOST_SAMPLES + 1e-3:
        raise UsageError(
            f"a step of {step:g} s gives more than {MOST_SAMPLES:,} samples",
            where="--step-s",
            remedy="take a longer one",
        )
    return span_ns, step_ns


def _pair(sets: ElementSets, first: int, second: int) -> ElementSets:
    """The two element sets, first and second, whatever their numbers are."""
    rows = []
    for number in (first, second):
        found = sets.frame.filter(sets.frame["norad_cat_id"] == number)
        if found.is_empty():
            raise NotFoundError(
                f"object {number} has no element set", where="first and second", remedy="ingest one, or search objects"
            )
        rows.append(found)
    return ElementSets(rows[0].vstack(rows[1]))


def _relative(batch: Sgp4Batch, times_tai_ns: NDArray[np.int64]) -> tuple[StateVectors, tuple[str, str]]:
    states = batch.propagate(times_tai_ns)
    assert states.velocity_m_s is not None  # they were asked for
    doubtful = (states.status == _OUT_OF_RANGE)[..., None]
    position_m = np.where(doubtful, np.nan, states.position_m)
    first, second = (StateVectors(Frame.TEME, times_tai_ns, position_m[k], states.velocity_m_s[k]) for k in (0, 1))
    # The worst moment of each object speaks for it.
    words = status_texts(states.status.max(axis=1))
    return relative_states(first, second, Frame.RTN), (words[0], words[1])


def _closest(batch: Sgp4Batch, relative: StateVectors) -> tuple[StateVectors, bool]:
    """The closest approach inside the window: around the closest sample ever finer, from exact states."""
    distance = np.linalg.norm(relative.position_m, axis=1)
    if not np.isfinite(distance).any():
        raise InputError(
            "nowhere in this window do both objects have a state", where="tca", remedy="ask another moment"
        )
    times = relative.epoch_tai_ns
    place = int(np.nanargmin(distance))
    is_edge = place in (0, times.size - 1)
    while int(times[1] - times[0]) > _FINEST_NS:
        low, high = int(times[max(place - 1, 0)]), int(times[min(place + 1, times.size - 1)])
        times = np.unique(np.linspace(0, high - low, _FINER + 1).round().astype(np.int64)) + low
        relative, _ = _relative(batch, times)
        place = int(np.nanargmin(np.linalg.norm(relative.position_m, axis=1)))
    one = slice(place, place + 1)
    return StateVectors(Frame.RTN, times[one], relative.position_m[one], relative.velocity_m_s[one]), is_edge
