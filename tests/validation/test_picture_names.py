"""The shipped list of well-known names against a satellite catalogue."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import polars as pl


def test_numbers_and_designators_are_those_of_the_satellite_catalogue(shared_data: Path) -> None:
    catalogue = pl.read_parquet(shared_data / "satcat" / "celestrak_satcat_202503.parquet").select(
        pl.col("norad_cat_id", "object_id").cast(pl.String)
    )
    known = dict(catalogue.iter_rows())
    text = resources.files("mihari.picture").joinpath("_data/well_known_names.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))[1:]
    wrong = [row for row in rows if row[0] in known and known[row[0]] != row[1]]
    assert not wrong
    assert sum(row[0] in known for row in rows) >= 100
