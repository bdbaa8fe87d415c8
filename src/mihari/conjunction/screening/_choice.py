"""Which element sets of a catalogue are screened, and what the coverage statement says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.sgp4 import OperationMode, Sgp4Batch
from mihari.errors import UsageError
from mihari.model.conjunction import Unscreened
from mihari.model.orbit import ELEMENT_SET_KEY, ElementSets

__all__ = ["ChosenSets", "catalogue_digest"]

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


@dataclass(frozen=True, slots=True, eq=False)
class ChosenSets:
    """One set per object.

    Attributes
    ----------
    given : ElementSets
        All objects.
    sets : ElementSets
        Those that are screened, in the order of the kernel.
    too_old : list of Unscreened
    """

    given: ElementSets
    sets: ElementSets
    too_old: list[Unscreened]

    @classmethod
    def at(cls, sets: ElementSets, start_tai_ns: int, *, max_age_s: float | None = None) -> Self:
        """Choose the sets for a window's start."""
        if max_age_s is not None and not max_age_s >= 0.0:
            raise UsageError(
                f"a greatest age of {max_age_s / _S_PER_DAY:g} days", where="screening", remedy="give zero or more"
            )
        given = sets
        if sets.frame["norad_cat_id"].n_unique() != len(sets):
            given = sets.latest_at(start_tai_ns)
        young, too_old = _young_enough(given, start_tai_ns, max_age_s)
        return cls(given, ElementSets(_for_the_kernel(young.frame)), too_old)

    @property
    def norad_cat_ids(self) -> NDArray[np.int64]:
        """Numbers of the objects that are screened."""
        return self.sets.frame["norad_cat_id"].to_numpy().astype(np.int64)

    @property
    def epoch_tai_ns(self) -> NDArray[np.int64]:
        """Epochs of their sets."""
        return self.sets.frame["epoch_tai_ns"].to_numpy()

    def batch(self, mode: OperationMode) -> Sgp4Batch:
        """Return their propagator."""
        elements: dict[str, Any] = {name: self.sets.frame[name].to_numpy() for name in _ELEMENTS}
        return Sgp4Batch.from_mean_elements(epoch_tai_ns=self.epoch_tai_ns, mode=mode, **elements)

    def statement(self, start_tai_ns: int, stale_after_s: float) -> dict[str, Any]:
        """Return what the coverage statement says of ages."""
        epochs = self.given.frame["epoch_tai_ns"]
        return {
            "stale_count": int((start_tai_ns - epochs > stale_after_s * 1e9).sum()),
            "stale_after_s": stale_after_s,
            "oldest_epoch_tai_ns": _integer(epochs.min()),
            "newest_epoch_tai_ns": _integer(epochs.max()),
            "median_epoch_tai_ns": _integer(epochs.median()),
        }


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


def _integer(value: Any) -> int | None:
    return None if value is None else int(value)
