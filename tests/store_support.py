"""What the store's tests share: made-up records."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from mihari.model.conjunction import CONJUNCTION_SCHEMA, CoverageStatement, ScreeningResult, Unscreened
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects

REAL = Provenance(source="made up", data_mode=DataMode.REAL, origin="nobody", licence="CC0-1.0", derived_from="seed")
SIMULATED = Provenance(source="made up", data_mode=DataMode.SIMULATED)
EXERCISE = Provenance(source="made up", data_mode=DataMode.EXERCISE)


def element_sets(ids: Any, epochs_tai_ns: Any, *, seed: int = 0, **fixed: Any) -> ElementSets:
    """Return made-up sets; numbers follow from the seed, so equal calls give equal sets."""
    rng = np.random.default_rng([seed, 5])
    n = len(ids)
    columns: dict[str, Any] = {name: rng.random(n) for name, dtype in ELEMENT_SET_SCHEMA.items() if dtype == pl.Float64}
    columns |= {
        "norad_cat_id": ids,
        "epoch_tai_ns": epochs_tai_ns,
        "object_name": [f"物体 {i}" if i % 5 else None for i in ids],
        "object_id": [f"1998-{i % 1000:03d}A" if i % 3 else None for i in ids],
        "ephemeris_type": [0 if i % 2 else None for i in range(n)],
        "classification": ["U"] * n,
        "element_set_no": [999 if i % 2 else None for i in range(n)],
        "rev_at_epoch": [i if i % 4 else None for i in range(n)],
        "creation_tai_ns": [7 * i if i % 3 else None for i in range(n)],
        "originator": [None] * n,
        "mean_motion_dot_rev_day2": [0.5 * i if i % 4 else None for i in range(n)],
    }
    columns |= {name: [value] * n for name, value in fixed.items()}
    return ElementSets(
        pl.DataFrame([pl.Series(name, columns[name], dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()])
    )


def space_objects(rows: list[dict[str, Any]]) -> SpaceObjects:
    """Return objects; fields left out are null."""
    return SpaceObjects(pl.DataFrame(rows, schema=dict(SPACE_OBJECT_SCHEMA)))


def screening(count: int, *, data_mode: DataMode = DataMode.REAL, seed: int = 0) -> ScreeningResult:
    """Return a made-up screening with `count` conjunctions."""
    rng = np.random.default_rng([seed, 7])
    columns = {
        name: pl.Series(name, rng.integers(1, 10**6, count), dtype=dtype)
        if dtype.is_integer()
        else pl.Series(name, rng.random(count) if dtype == pl.Float64 else ["minimum"] * count, dtype=dtype)
        for name, dtype in CONJUNCTION_SCHEMA.items()
    }
    coverage = CoverageStatement(
        start_tai_ns=10**18,
        end_tai_ns=10**18 + 86_400 * 10**9,
        volume={"shape": "sphere", "radius_m": 5000.0},
        objects_given=100,
        objects_screened=98,
        primaries=None,
        unscreened=(Unscreened(5, "decayed", 10**18 + 1), Unscreened(6, "eccentricity out of range")),
        stale_count=3,
        stale_after_s=1e6 / 3,
        oldest_epoch_tai_ns=1,
        newest_epoch_tai_ns=2,
        median_epoch_tai_ns=None,
        catalogue_version=f"sha256:{seed}",
        data_mode=data_mode,
        method="SGP4",
        cost={"wall_s": 0.1 + 0.2},
    )
    return ScreeningResult(coverage, pl.DataFrame(columns))
