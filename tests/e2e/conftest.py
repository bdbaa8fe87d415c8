"""A small store, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests_support import make_tle, run_mihari


@pytest.fixture(scope="session")
def small_store_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    file = folder / "small.tle"
    sets = [
        make_tle(norad_cat_id=70001, name="CASE ONE"),
        make_tle(norad_cat_id=70002, name="CASE TWO", raan_deg=140.0),
        make_tle(
            norad_cat_id=70003, name="GEO CASE", inclination_deg=0.1, mean_motion_rev_day=1.0027, eccentricity=0.0002
        ),
        make_tle(norad_cat_id=70004, name="CASE ONE NEIGHBOUR", mean_anomaly_deg=310.01),
    ]
    file.write_text("".join(sets))
    store = folder / "store"
    result = run_mihari("ingest", str(file), "--store", str(store))
    assert result.returncode == 0, result.stderr
    return store


@pytest.fixture
def small_store(small_store_original: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "small-store"
    shutil.copytree(small_store_original, copy)
    return copy
