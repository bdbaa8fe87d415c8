"""Writers: what they refuse, and files that are whole or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sgp4 import omm
from sgp4.api import Satrec

from formats_support import ISS, LINE1, element_sets, tle_lines
from mihari.errors import InputError
from mihari.formats import (
    ElementSetFormat,
    check_omm,
    format_element_sets,
    read_bytes,
    read_file,
    write_atomically,
    write_element_sets,
)
from mihari.model.orbit import ElementSets

OMM_FORMATS = [form for form in ElementSetFormat if form is not ElementSetFormat.TLE]


def one(**changes: object) -> ElementSets:
    """Return the sample with some columns changed."""
    frame = read_bytes(ISS.encode(), name="f").element_sets.frame
    return ElementSets(
        frame.with_columns(pl.lit(value).cast(frame.schema[name]).alias(name) for name, value in changes.items())
    )


def test_tle_is_written_as_it_came() -> None:
    text = tle_lines(LINE1.replace("00000-0", "00000+0"), name="0 ISS (ZARYA)")
    assert format_element_sets(one(), format=ElementSetFormat.TLE).decode() == text


@pytest.mark.parametrize("form", OMM_FORMATS)
def test_nine_digit_numbers_pass_unchanged(form: ElementSetFormat, tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_element_sets(one(norad_cat_id=999100101), path, format=form)
    assert read_file(path).element_sets.frame["norad_cat_id"].to_list() == [999100101]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"norad_cat_id": 999100101}, "999100101 cannot be written as a TLE, which ends at 339999"),
        ({"norad_cat_id": 340000}, "340000 cannot be written as a TLE"),
        ({"epoch_tai_ns": 2_900_000_000_000_000_000}, "the year 2061"),
        ({"mean_motion_rev_day": 100.0}, "mean motion"),
        ({"mean_motion_rev_day": 1e-12}, "mean motion"),
        ({"mean_motion_dot_rev_day2": 1.5}, "derivative"),
        ({"bstar_per_earth_radius": 1e10}, "bstar"),
        ({"eccentricity": 0.99999999}, "rounds to 1"),
        ({"object_name": "A\nB"}, "control characters"),
    ],
)
def test_what_does_not_fit_a_tle_is_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = tmp_path / "out.tle"
    with pytest.raises(InputError, match=words) as caught:
        write_element_sets(one(**changes), path, format=ElementSetFormat.TLE)
    assert caught.value.remedy == "write OMM instead"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [1, 99_999, 100_000, 179_999, 180_000, 339_999])
def test_alpha5_is_written_as_the_reference_reads_it(number: int) -> None:
    _, line1, line2 = format_element_sets(one(norad_cat_id=number), format=ElementSetFormat.TLE).decode().splitlines()
    assert Satrec.twoline2rv(line1, line2).satnum == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, " 00000+0"),
        (-0.66561e1, "-66561+1"),
        (0.12345e-9, " 12345-9"),
        (0.12345e-10, " 01234-9"),
        (1e-30, " 00000+0"),
        (0.5, " 50000+0"),
        (0.999999, " 10000+1"),
        (-1e-5, "-10000-4"),
    ],
)
def test_numbers_with_an_assumed_point(value: float, text: str) -> None:
    lines = format_element_sets(one(bstar_per_earth_radius=value), format=ElementSetFormat.TLE).decode().splitlines()
    assert lines[1][53:61] == text


@pytest.mark.parametrize("form", [form for form in OMM_FORMATS if form is not ElementSetFormat.PARQUET])
def test_control_characters_are_refused(form: ElementSetFormat) -> None:
    with pytest.raises(InputError, match="control characters"):
        format_element_sets(one(object_name="A\nECCENTRICITY = 0"), format=form)


def test_omm_is_read_by_the_reference_package(tmp_path: Path) -> None:
    sets = one()
    for form, parse in ((ElementSetFormat.OMM_CSV, omm.parse_csv), (ElementSetFormat.OMM_XML, omm.parse_xml)):
        path = tmp_path / form.value
        write_element_sets(sets, path, format=form)
        with path.open() as stream:
            (fields,) = parse(stream)
        satellite = Satrec()
        omm.initialize(satellite, fields)
        row = sets.frame.row(0, named=True)
        assert satellite.satnum == 25544
        assert satellite.ecco == row["eccentricity"]
        assert satellite.bstar == row["bstar_per_earth_radius"]


def test_omm_messages_are_valid(rng: np.random.Generator) -> None:
    sets = element_sets(rng, 40)
    for form in (ElementSetFormat.OMM_KVN, ElementSetFormat.OMM_XML):
        assert check_omm(format_element_sets(sets, format=form), name="f") == ()


def test_json_has_numbers_and_nulls() -> None:
    (record,) = json.loads(format_element_sets(one(object_name=None), format=ElementSetFormat.OMM_JSON))
    assert record["NORAD_CAT_ID"] == 25544
    assert record["EPOCH"] == "2020-12-09T22:00:45.999648"
    assert record["OBJECT_NAME"] is None
    assert record["MEAN_ELEMENT_THEORY"] == "SGP4"


@pytest.mark.parametrize("form", ElementSetFormat)
def test_no_sets_make_a_file_without_sets(form: ElementSetFormat) -> None:
    data = format_element_sets(ElementSets.empty(), format=form)
    if form in (ElementSetFormat.OMM_CSV, ElementSetFormat.PARQUET, ElementSetFormat.PARQUET_OMM):
        assert len(read_bytes(data, name="f").element_sets) == 0
    else:
        assert b"25544" not in data


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.json"
    path.write_text("before")

    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(InputError, match="No space left on device"):
        write_element_sets(one(), path, format=ElementSetFormat.OMM_JSON)

    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_element_sets(one(), path, format=ElementSetFormat.OMM_JSON)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        write_atomically(tmp_path, b"x")
    with pytest.raises(InputError, match="folder does not exist"):
        write_atomically(tmp_path / "a" / "b", b"x")
    with pytest.raises(InputError, match="not a regular file"):
        write_atomically("/dev/null", b"x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        write_atomically(tmp_path / "x", b"x")
    tmp_path.chmod(0o700)


def test_links_and_permissions_stay(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    write_atomically(tmp_path / "fresh", b"x")
    plain = tmp_path / "plain"
    plain.write_bytes(b"x")
    assert (tmp_path / "fresh").stat().st_mode == plain.stat().st_mode
