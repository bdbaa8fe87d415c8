"""Close approaches of the simulated world beside those of a real catalogue of the same size."""

import numpy as np
import pytest

from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume, screen
from mihari.exercise.world import generate_world
from mihari.formats import read_file
from mihari.model.provenance import DataMode

EPOCH = 1_736_294_437_000_000_000  # 2025-01-08T00:00:00 UTC
HOUR_NS = 3_600_000_000_000


def test_as_many_close_approaches_as_in_a_real_catalogue(shared_data):
    """Below 5 km in three hours, within a quarter of the real count; relative speeds alike."""
    sets = read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets.latest_at(EPOCH)
    world = generate_world(seed=1, size=len(sets), epoch_tai_ns=EPOCH)
    found = {}
    for name, chosen, mode in (
        ("real", sets, DataMode.REAL),
        ("simulated", world.element_sets, DataMode.SIMULATED),
    ):
        result = screen(
            chosen,
            start_tai_ns=EPOCH,
            end_tai_ns=EPOCH + 3 * HOUR_NS,
            volume=Volume.sphere(5_000.0),
            executor=SerialExecutor(),
            data_mode=mode,
        )
        found[name] = result.conjunctions.filter(result.conjunctions["kind"] == "minimum")
    assert len(found["real"]) > 3_000
    assert len(found["simulated"]) / len(found["real"]) == pytest.approx(1.0, abs=0.25)
    medians = {name: np.median(rows["relative_speed_m_s"].to_numpy()) for name, rows in found.items()}
    assert medians["simulated"] == pytest.approx(medians["real"], rel=0.2)
