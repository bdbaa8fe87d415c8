"""Screening of element sets: the answer with its coverage, neither without the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from mihari.astro.sgp4 import OperationMode
from mihari.compute import Executor
from mihari.conjunction.screening._choice import ChosenSets, catalogue_digest
from mihari.conjunction.screening._engine import Outcome, find_approaches
from mihari.conjunction.screening._propagator import Sgp4Propagator
from mihari.conjunction.screening._rows import conjunction_rows
from mihari.conjunction.screening._volumes import Volume
from mihari.errors import UsageError
from mihari.model.conjunction import CoverageStatement, ScreeningResult, Unscreened
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode

__all__ = ["STALE_AFTER_S", "screen"]

STALE_AFTER_S = 14.0 * 86_400.0
"""Sets older than this at the window's start are counted as stale. They are screened all the same."""


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
    chosen = ChosenSets.at(sets, start_tai_ns, max_age_s=max_age_s)
    given, ids = chosen.given, chosen.norad_cat_ids
    wanted = None if primaries is None else np.unique(np.fromiter(primaries, dtype=np.int64))
    propagator = Sgp4Propagator(chosen.batch(mode))
    volumes = volume.of(chosen.sets)
    outcome = find_approaches(
        propagator,
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        semi_axes_m=volumes.semi_axes_m,
        owner=None if wanted is None else np.isin(ids, wanted),
        rank=ids,
        executor=executor,
        progress=progress,
    )
    unscreened = chosen.too_old + _lost(outcome, ids, propagator, start_tai_ns)
    if wanted is not None:
        known = given.frame["norad_cat_id"].to_numpy()
        unscreened += [
            Unscreened(int(number), "a primary without an element set in the catalogue")
            for number in wanted[~np.isin(wanted, known)]
        ]
    coverage = CoverageStatement(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        volume={**volume.describe(), "objects_by_regime": dict(volumes.objects_by_regime)},
        objects_given=len(given),
        objects_screened=int(np.count_nonzero(outcome.validity.until_tai_ns >= start_tai_ns)),
        primaries=None if wanted is None else int(np.isin(ids, wanted).sum()),
        unscreened=tuple(sorted(unscreened, key=lambda entry: entry.norad_cat_id)),
        **chosen.statement(start_tai_ns, stale_after_s),
        catalogue_version=catalogue_digest(given),
        data_mode=data_mode,
        method=(
            f"mihari {version('mihari')}: SGP4 (WGS-72, mode {mode.value}), "
            f"{'all on all' if wanted is None else 'some on all'}, minimum of range, docs/decisions/0007"
        ),
        cost={**outcome.cost, "rows": float(outcome.approaches.count)},
    )
    rows = conjunction_rows(outcome.approaches, norad_cat_ids=ids, epoch_tai_ns=chosen.sets.frame["epoch_tai_ns"])
    return ScreeningResult(coverage, rows.sort("tca_tai_ns", "norad_cat_id_1", "norad_cat_id_2"))


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
