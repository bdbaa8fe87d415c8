"""A catalogue in hand: data modes never mix, files are marked with where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihari.app.catalogue import FileCatalogue, median_epoch_tai_ns
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError, NotFoundError
from mihari.formats import ElementSetFormat, read_file, write_element_sets
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from tests_support import make_tle

_NOW = parse_utc("2024-11-03T00:00:00")


def _write(folder: Path, text: str, name: str = "catalogue.tle") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def _simulated(folder: Path, *, number: int = 900_000_001, name: str = "SOMETHING (SIM)") -> Path:
    """Write one set with a number and a name of choice; only OMM carries nine digits."""
    import polars as pl

    source = _write(folder, make_tle(norad_cat_id=70001, name="X"))
    frame = read_file(source).element_sets.frame.with_columns(
        pl.lit(number, dtype=pl.Int32).alias("norad_cat_id"), pl.lit(name).alias("object_name")
    )
    out = folder / "sim.json"
    write_element_sets(ElementSets(frame), out, format=ElementSetFormat.OMM_JSON)
    return out


def test_real_is_the_default_and_modes_do_not_mix(tmp_path: Path) -> None:
    sim = _simulated(tmp_path)
    real = _write(tmp_path, make_tle(norad_cat_id=70001, name="REAL THING"))
    both = FileCatalogue.read([real, sim], learned_tai_ns=_NOW)
    assert both.data_mode is DataMode.REAL
    assert both.sets_at(_NOW).frame["norad_cat_id"].to_list() == [70001]
    asked = FileCatalogue.read([real, sim], learned_tai_ns=_NOW, data_mode=DataMode.SIMULATED)
    assert asked.sets_at(_NOW).frame["norad_cat_id"].to_list() == [900_000_001]
    assert FileCatalogue.read([sim], learned_tai_ns=_NOW).data_mode is DataMode.SIMULATED


def test_a_high_number_alone_is_not_simulated(tmp_path: Path) -> None:
    own = _simulated(tmp_path, number=999_100_101, name="OUR OWN TRACK")
    assert FileCatalogue.read([own], learned_tai_ns=_NOW).data_mode is DataMode.REAL


def test_a_mode_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    real = _write(tmp_path, make_tle(norad_cat_id=70001, name="REAL THING"))
    with pytest.raises(InputError, match="EXERCISE"):
        FileCatalogue.read([real], learned_tai_ns=_NOW, data_mode=DataMode.EXERCISE)


def test_several_sets_of_one_object_are_kept_and_chosen_by_time(tmp_path: Path) -> None:
    text = "".join(
        make_tle(norad_cat_id=70001, name="X", epoch=epoch)
        for epoch in ("24306.50000000", "24304.00000000", "24308.00000000")
    )
    catalogue = FileCatalogue.read([_write(tmp_path, text)], learned_tai_ns=_NOW)

    def epoch_at(moment: str) -> str:
        chosen = catalogue.sets_at(parse_utc(moment)).frame
        assert chosen.height == 1
        return format_utc(chosen["epoch_tai_ns"][0], digits=0)

    assert epoch_at("2024-11-01T13:00:00") == "2024-11-01T12:00:00Z"
    assert epoch_at("2024-11-01T11:00:00") == "2024-10-30T00:00:00Z"
    assert epoch_at("2024-11-01T12:00:00") == "2024-11-01T12:00:00Z"
    assert epoch_at("2020-01-01T00:00:00") == "2024-10-30T00:00:00Z"
    assert epoch_at("2030-01-01T00:00:00") == "2024-11-03T00:00:00Z"


def test_median_epoch_of_nothing_is_an_error() -> None:
    with pytest.raises(NotFoundError, match="no element sets"):
        median_epoch_tai_ns(ElementSets.empty())
