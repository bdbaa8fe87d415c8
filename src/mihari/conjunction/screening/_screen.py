"""Screening of element sets: the answer with its coverage, neither without the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.sgp4 import OperationMode, Sgp4Batch
from mihari.compute import Executor
from mihari.conjunction.screening._approaches import Approaches
from mihari.conjunction.screening._engine import Outcome, find_approaches
from mihari.conjunction.screening._propagator import Sgp4Propagator
from mihari.conjunction.screening._volumes import Volume
from mihari.errors import UsageError
from mihari.model.conjunction import (
    CONJUNCTION_SCHEMA,
    ConjunctionKind,
    CoverageStatement,
    ScreeningResult,
    Unscreened,
)
from mihari.model.orbit import ELEMENT_SET_KEY, ElementSets
from mihari.model.provenance import DataMode

__all__ = ["STALE_AFTER_S", "catalogue_digest", "screen"]

STALE_AFTER_S = 14.0 * 86_400.0
"""Sets older than this at the window's start are counted as stale. They are screened all the same."""

_S_PER_DAY = 86_400.0
_ELEMENTS = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
)


def screen(
    sets: ElementSets,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    volume: Volume,
    executor: Executor,
    data_mode: DataMode,
    primaries: Iterable[int] | None = None,
    max_age_s: float | None = None,
    stale_after_s: float = STALE_AFTER_S,
    mode: OperationMode = OperationMode.IMPROVED,
    progress: Callable[[float], None] | None = None,
) -> ScreeningResult:
    """Find all close approaches among the objects of a catalogue.

    Every pair of objects that comes within the volume of either gives one row per local minimum of range inside it
    (`kind` minimum), with the interval that the minimum belongs to. An interval without a minimum, because the window
    or the loss of an object cuts it or because the minimum lies outside an ellipsoid, gives one row at its closest
    moment (`kind` edge). There is no lower limit on relative velocity.

    Parameters
    ----------
    sets : ElementSets
        Of several sets of one object `latest_at(start_tai_ns)` chooses, once.
    start_tai_ns, end_tai_ns : int
    volume : Volume
    executor : Executor
        Where blocks run; the answer does not depend on it.
    data_mode : DataMode
        Of the sets, for the coverage statement.
    primaries : iterable of int, optional
        Catalogue numbers: only pairs with one of them, in the volume of a primary. All on all when left out.
    max_age_s : float, optional
        Leave out objects whose set is older at the start. Without it age never excludes.
    stale_after_s : float
        Age from which sets are counted as stale.
    mode : OperationMode
        Of SGP4.
    progress : callable, optional
        Gets the fraction done.

    Returns
    -------
    ScreeningResult
        Conjunctions in order of time, and what was looked at.

    Raises
    ------
    UsageError
        The window is empty or reversed, or an age is negative.

    Validation
    ----------
    tests/validation/test_screening_truth.py: the shared truth sets; tests/validation/test_screening_brute_force.py:
    subsets of real catalogues against brute force; tests/validation/test_screening_adversarial.py.
    """
    if end_tai_ns <= start_tai_ns:
        raise UsageError("the window ends before it starts", where="screening", remedy="give an end after the start")
    if max_age_s is not None and not max_age_s >= 0.0:
        raise UsageError(
            f"a greatest age of {max_age_s / _S_PER_DAY:g} days", where="screening", remedy="give zero or more"
        )
    given = sets
    if sets.frame["norad_cat_id"].n_unique() != len(sets):
        given = sets.latest_at(start_tai_ns)
    chosen, too_old = _young_enough(given, start_tai_ns, max_age_s)
    chosen = ElementSets(_for_the_kernel(chosen.frame))
    ids = chosen.frame["norad_cat_id"].to_numpy().astype(np.int64)
    wanted = None if primaries is None else np.unique(np.fromiter(primaries, dtype=np.int64))

    elements: dict[str, Any] = {name: chosen.frame[name].to_numpy() for name in _ELEMENTS}
    batch = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=chosen.frame["epoch_tai_ns"].to_numpy(),
        mode=mode,
        **elements,
    )
    volumes = volume.of(chosen)
    outcome = find_approaches(
        Sgp4Propagator(batch),
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=volumes.semi_axes_m,
        owner=None if wanted is None else np.isin(ids, wanted),
        rank=ids,
        executor=executor,
        progress=progress,
    )
    unscreened = too_old + _lost(outcome, ids, Sgp4Propagator(batch), start_tai_ns)
    if wanted is not None:
        known = given.frame["norad_cat_id"].to_numpy()
        unscreened += [
            Unscreened(int(number), "a primary without an element set in the catalogue")
            for number in wanted[~np.isin(wanted, known)]
        ]
    epochs = given.frame["epoch_tai_ns"]
    coverage = CoverageStatement(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        volume={**volume.describe(), "objects_by_regime": dict(volumes.objects_by_regime)},
        objects_given=len(given),
        objects_screened=int(np.count_nonzero(outcome.validity.until_tai_ns >= start_tai_ns)),
        primaries=None if wanted is None else int(np.isin(ids, wanted).sum()),
        unscreened=tuple(sorted(unscreened, key=lambda entry: entry.norad_cat_id)),
        stale_count=int((start_tai_ns - epochs > stale_after_s * 1e9).sum()),
        stale_after_s=stale_after_s,
        oldest_epoch_tai_ns=_integer(epochs.min()),
        newest_epoch_tai_ns=_integer(epochs.max()),
        median_epoch_tai_ns=_integer(epochs.median()),
        catalogue_version=catalogue_digest(given),
        data_mode=data_mode,
        method=(
            f"mihari {version('mihari')}: SGP4 (WGS-72, mode {mode.value}), "
            f"{'all on all' if wanted is None else 'some on all'}, minimum of range, docs/decisions/0007"
        ),
        cost={**outcome.cost, "rows": float(outcome.approaches.count)},
    )
    return ScreeningResult(coverage, _table(outcome.approaches, chosen))


def catalogue_digest(sets: ElementSets) -> str:
    """Return a SHA-256 over the numbers that decide the answer, whatever the order of the rows."""
    frame = sets.frame.select(ELEMENT_SET_KEY).sort(ELEMENT_SET_KEY)
    digest = hashlib.sha256()
    for name in ELEMENT_SET_KEY:
        digest.update(np.ascontiguousarray(frame[name].to_numpy()).tobytes())
    return digest.hexdigest()


def _for_the_kernel(frame: pl.DataFrame) -> pl.DataFrame:
    """Order objects so that those which the SGP4 kernel treats alike, and which are near each other, stand together."""
    return frame.sort(pl.col("mean_motion_rev_day") < 6.4, pl.col("eccentricity"), "norad_cat_id")


def _young_enough(
    sets: ElementSets, start_tai_ns: int, max_age_s: float | None
) -> tuple[ElementSets, list[Unscreened]]:
    if max_age_s is None:
        return sets, []
    age_s = (start_tai_ns - sets.frame["epoch_tai_ns"].to_numpy()) * 1e-9
    old = age_s > max_age_s
    ids = sets.frame["norad_cat_id"].to_numpy()
    reason = f"element set is older than the {max_age_s / _S_PER_DAY:g} days asked for"
    out = [Unscreened(int(ids[k]), reason) for k in np.flatnonzero(old)]
    return ElementSets(sets.frame.filter(pl.Series(~old))), out


def _lost(outcome: Outcome, ids: NDArray[np.int64], propagator: Sgp4Propagator, start_tai_ns: int) -> list[Unscreened]:
    validity = outcome.validity
    return [
        Unscreened(
            int(ids[k]),
            propagator.reason(int(validity.status[k])),
            None if validity.until_tai_ns[k] < start_tai_ns else int(validity.until_tai_ns[k]),
        )
        for k in validity.lost
    ]


def _integer(value: Any) -> int | None:
    return None if value is None else int(value)


def _table(approaches: Approaches, sets: ElementSets) -> pl.DataFrame:
    """Return the rows as a table; catalogue numbers ascend within a pair, because they rank the objects."""
    ids = sets.frame["norad_cat_id"].to_numpy()
    epochs = sets.frame["epoch_tai_ns"].to_numpy()
    pair = approaches.pair.astype(np.int64)
    low, high = pair[:, 0], pair[:, 1]
    owner = np.where(approaches.is_second, pair[:, 1], pair[:, 0])
    kinds = np.array([ConjunctionKind.MINIMUM.value, ConjunctionKind.EDGE.value])
    frame = pl.DataFrame(
        {
            "norad_cat_id_1": ids[low],
            "norad_cat_id_2": ids[high],
            "tca_tai_ns": approaches.tca_tai_ns,
            "miss_distance_m": approaches.miss_distance_m,
            "relative_speed_m_s": approaches.relative_speed_m_s,
            "kind": kinds[approaches.is_edge.astype(int)],
            "interval_start_tai_ns": approaches.interval_start_tai_ns,
            "interval_end_tai_ns": approaches.interval_end_tai_ns,
            "primary_id": ids[owner],
            "radial_m": approaches.rtn_m[:, 0],
            "transverse_m": approaches.rtn_m[:, 1],
            "normal_m": approaches.rtn_m[:, 2],
            "element_set_epoch_1_tai_ns": epochs[low],
            "element_set_epoch_2_tai_ns": epochs[high],
        },
        schema=dict(CONJUNCTION_SCHEMA),
    )
    return frame.sort("tca_tai_ns", "norad_cat_id_1", "norad_cat_id_2")
