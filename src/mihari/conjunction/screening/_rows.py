"""Approaches as the table that a screening gives."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.conjunction.screening._approaches import Approaches
from mihari.model.conjunction import CONJUNCTION_SCHEMA, ConjunctionKind

__all__ = ["conjunction_rows"]


def conjunction_rows(
    approaches: Approaches, *, norad_cat_ids: NDArray[np.int64], epoch_tai_ns: pl.Series
) -> pl.DataFrame:
    """Return the rows as a table, in the order of the approaches.

    Parameters
    ----------
    approaches : Approaches
        Pairs in ascending order of catalogue numbers, because those rank the objects.
    norad_cat_ids : (n,) int64
    epoch_tai_ns : polars.Series of n
        Of the element sets; null where an object has none.
    """
    pair = approaches.pair.astype(np.int64)
    low, high = pair[:, 0], pair[:, 1]
    owner = np.where(approaches.is_second, pair[:, 1], pair[:, 0])
    kinds = np.array([ConjunctionKind.MINIMUM.value, ConjunctionKind.EDGE.value])
    return pl.DataFrame(
        {
            "norad_cat_id_1": norad_cat_ids[low],
            "norad_cat_id_2": norad_cat_ids[high],
            "tca_tai_ns": approaches.tca_tai_ns,
            "miss_distance_m": approaches.miss_distance_m,
            "relative_speed_m_s": approaches.relative_speed_m_s,
            "kind": kinds[approaches.is_edge.astype(int)],
            "interval_start_tai_ns": approaches.interval_start_tai_ns,
            "interval_end_tai_ns": approaches.interval_end_tai_ns,
            "primary_id": norad_cat_ids[owner],
            "radial_m": approaches.rtn_m[:, 0],
            "transverse_m": approaches.rtn_m[:, 1],
            "normal_m": approaches.rtn_m[:, 2],
            "element_set_epoch_1_tai_ns": epoch_tai_ns.gather(low),
            "element_set_epoch_2_tai_ns": epoch_tai_ns.gather(high),
        },
        schema=dict(CONJUNCTION_SCHEMA),
    )
