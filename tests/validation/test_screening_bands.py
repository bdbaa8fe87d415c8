"""Bands of height: no object leaves its band, and none within reach of a primary is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import Sgp4Propagator
from mihari.conjunction.screening._bands import objects_in_reach, radial_bands
from mihari.formats import read_file

START = parse_utc("2025-01-08T00:00:00Z")


@pytest.fixture(scope="module")
def propagator(shared_data: Path) -> Sgp4Propagator:
    frame = read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets.frame
    frame = frame.unique("norad_cat_id", maintain_order=True)
    # All deep-space and eccentric objects, and a fifth of the rest.
    odd = (pl.col("mean_motion_rev_day") < 6.4) | (pl.col("eccentricity") > 0.05)
    frame = pl.concat([frame.filter(odd), frame.filter(~odd).sample(fraction=0.2, seed=1)])
    names = ("mean_motion_rev_day", "eccentricity", "inclination_deg", "ra_of_asc_node_deg")
    names += ("arg_of_pericenter_deg", "mean_anomaly_deg", "bstar_per_earth_radius")
    columns = {name: frame[name].to_numpy() for name in names}
    return Sgp4Propagator(Sgp4Batch.from_mean_elements(epoch_tai_ns=frame["epoch_tai_ns"].to_numpy(), **columns))


@pytest.mark.parametrize(("days", "samples"), [(1.0, 400), (7.0, 1000), (0.01, 50)])
def test_objects_stay_in_their_bands(propagator: Sgp4Propagator, days: float, samples: int) -> None:
    end = START + round(days * 86_400e9)
    low, high = radial_bands(propagator, start_tai_ns=START, end_tai_ns=end)
    times = np.linspace(START, end, samples).astype(np.int64)
    spare = np.inf
    for block in np.array_split(times, -(-samples // 100)):
        position = propagator.batch.propagate(block, velocities=False).position_m
        r = np.sqrt((position**2).sum(axis=2))
        spare = min(spare, float(np.nanmin(r - low[:, None])), float(np.nanmin(high[:, None] - r)))
    # A good part of the margin is left everywhere.
    assert spare > 15e3


def test_reach_is_that_of_every_single_pair(propagator: Sgp4Propagator) -> None:
    rng = np.random.default_rng(3)
    end = START + 86_400 * 10**9
    low, high = radial_bands(propagator, start_tai_ns=START, end_tai_ns=end)
    for count in (1, 3, 40):
        owner = np.zeros(propagator.size, dtype=bool)
        owner[rng.choice(propagator.size, count, replace=False)] = True
        near = objects_in_reach(propagator, start_tai_ns=START, end_tai_ns=end, owner=owner, size_m=5e3)
        touches = (low[:, None] <= high[owner] + 5e3) & (high[:, None] >= low[owner] - 5e3)
        assert near.tolist() == np.flatnonzero(touches.any(axis=1) | owner).tolist()
