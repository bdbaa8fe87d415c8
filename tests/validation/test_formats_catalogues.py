"""Real catalogues of 1999 to 2026: every set is read, or refused for a reason that stands in the file."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from mihari.astro.time import parse_utc
from mihari.formats import ElementSetFormat, format_element_sets, read_bytes, read_file

SAMPLE = ("19991130.tle.xz", "20050131.tle.xz", "20200302.tle.xz", "20240808.tle.xz", "active_20260822.tle.xz")
CELESTRAK_ROWS = {"active_20260709_omm.csv.xz": 15_985, "celestrak_on_orbit_20241101.csv.xz": 26_834}
PARQUET_ROWS = {
    "full_20250108_named_rcs.parquet": 27_260,
    "strack_20240705.parquet": 26_389,
    "strack_20240917.parquet": 26_905,
}
_ROW = re.compile(r"^\| (\S+) \|.*?(\d+) obj, (\d+) sets", re.MULTILINE)


def counts(shared_data: Path) -> dict[str, tuple[int, int]]:
    """Return objects and sets of each TLE file, as the provenance file states them."""
    text = (shared_data / "catalogues" / "PROVENANCE.md").read_text()
    return {name: (int(objects), int(sets)) for name, objects, sets in _ROW.findall(text)}


def check(path: Path, objects: int, sets: int) -> None:
    result = read_file(path)
    assert len(result.element_sets) + len(result.rejected) == sets
    # Two printed checksums in all the archive are wrong; their sets are the only ones refused.
    assert [rejection.field for rejection in result.rejected] in ([], ["CHECKSUM"])
    # The provenance file counts sets as objects where it did not look: one number stands twice in 20171015.
    twice = 1 if path.name == "20171015.tle.xz" else 0
    assert objects - result.element_sets.frame["norad_cat_id"].n_unique() == len(result.rejected) + twice


@pytest.mark.parametrize("name", SAMPLE)
def test_tle_catalogues_have_their_object_counts(shared_data: Path, name: str) -> None:
    known = {Path(key).name: (key, *value) for key, value in counts(shared_data).items()}
    key, objects, sets = known[name]
    check(shared_data / "catalogues" / key, objects, sets)


@pytest.mark.slow
def test_all_tle_catalogues_have_their_object_counts(shared_data: Path) -> None:
    known = counts(shared_data)
    assert len(known) > 35
    refused = []
    for name, (objects, sets) in known.items():
        check(shared_data / "catalogues" / name, objects, sets)
        refused += read_file(shared_data / "catalogues" / name).rejected
    assert sorted((Path(r.file).name, r.line) for r in refused) == [
        ("20020321.tle.xz", 24953),
        ("20050131.tle.xz", 17369),
    ]


@pytest.mark.parametrize("name", CELESTRAK_ROWS)
def test_celestrak_tables_are_read_whole(shared_data: Path, name: str) -> None:
    result = read_file(shared_data / "catalogues" / name)
    assert (len(result.element_sets), result.rejected) == (CELESTRAK_ROWS[name], ())


@pytest.mark.parametrize("form", [ElementSetFormat.OMM_XML, ElementSetFormat.OMM_KVN])
def test_a_celestrak_table_in_other_encodings_stays_what_it_is(shared_data: Path, form: ElementSetFormat) -> None:
    sets = read_file(shared_data / "catalogues" / "active_20260709_omm.csv.xz").element_sets
    result = read_bytes(format_element_sets(sets, format=form), name="f")
    assert result.rejected == ()
    assert result.element_sets.frame.equals(sets.frame)


def test_celestrak_s_own_xml_over_and_over(shared_cases: Path) -> None:
    head, opening, rest = (shared_cases / "sgp4" / "sample_omm.xml").read_text().partition("<omm ")
    message, closing, tail = rest.partition("</omm>")
    text = head + (opening + message + closing) * 500 + tail
    once = read_file(shared_cases / "sgp4" / "sample_omm.csv").element_sets.frame
    result = read_bytes(text.encode(), name="f")
    assert result.rejected == ()
    assert result.element_sets.frame.equals(pl.concat([once] * 500))


@pytest.mark.parametrize("name", PARQUET_ROWS)
def test_parquet_catalogues_are_read_whole(shared_data: Path, name: str) -> None:
    path = shared_data / "catalogues" / name
    result = read_file(path)
    assert (len(result.element_sets), result.rejected) == (PARQUET_ROWS[name], ())


def test_columns_and_lines_of_a_parquet_catalogue_agree(shared_data: Path) -> None:
    path = shared_data / "catalogues" / "strack_20240917.parquet"
    table = pl.read_parquet(path)
    from_columns = read_file(path).element_sets.frame
    text = "\n".join(
        f"{one}\n{two}" for one, two in zip(table["tle_line1"].to_list(), table["tle_line2"].to_list(), strict=True)
    )
    from_lines = read_bytes(text.encode(), name="lines").element_sets.frame
    exact = [name for name in from_lines.columns if name not in ("object_name", "bstar_per_earth_radius")]
    # The file's own bstar was made by mantissa times power of ten, which rounds twice.
    assert from_columns.select(exact).equals(from_lines.select(exact))
    difference = (from_columns["bstar_per_earth_radius"] - from_lines["bstar_per_earth_radius"]).abs()
    assert (difference <= 3e-16 * from_lines["bstar_per_earth_radius"].abs()).all()


def test_rows_without_lines_count(shared_data: Path) -> None:
    path = shared_data / "catalogues" / "full_20250108_named_rcs.parquet"
    result = read_file(path)
    frame = result.element_sets.frame
    station = frame.filter(pl.col("norad_cat_id") == 25544)
    assert station.height == 60
    assert station["object_id"].unique().to_list() == ["1998-067A"]
    assert frame.filter(pl.col("norad_cat_id") == 42738).height > 0
    sizes = result.objects.frame.filter(pl.col("norad_cat_id") == 25544)
    assert sizes["rcs_m2"].to_list() == [399.0524]


def test_the_collision_history_has_its_creation_dates(shared_data: Path) -> None:
    result = read_file(shared_data / "collision2009" / "iridium33_cosmos2251_gp_history_200811_200905.csv.xz")
    frame = result.element_sets.frame
    assert result.rejected == ()
    assert sorted(frame["norad_cat_id"].unique().to_list()) == [22675, 24946]
    assert frame["creation_tai_ns"].null_count() == 0
    known = frame.filter(pl.col("creation_tai_ns") < parse_utc("2009-02-10T16:55:59.8Z"))
    assert 0 < known.height < frame.height


def test_pseudo_lines_without_numbers_are_refused_one_by_one(shared_data: Path) -> None:
    result = read_file(shared_data / "catalogues" / "vimpel_high_orbit_2025.json.xz")
    assert len(result.element_sets) == 0
    assert len(result.rejected) == 7170
    # 108 have a number of the US catalogue, but their checksums are all zero.
    reasons = [r.field for r in result.rejected if r.reason != "there is no catalogue number"]
    assert (len(reasons), set(reasons)) == (108, {"CHECKSUM"})


@pytest.mark.parametrize(
    ("name", "objects"),
    [
        ("celestrak_satcat_202503.parquet", 62_652),
        ("spacetrack_satcat_debut_20210119.csv.gz", 47_315),
        ("spacetrack_satcat_leo_202503.csv.xz", 24_062),
    ],
)
def test_satellite_catalogues_are_read_whole(shared_data: Path, name: str, objects: int) -> None:
    result = read_file(shared_data / "satcat" / name)
    assert (len(result.objects), len(result.element_sets), result.rejected) == (objects, 0, ())
    assert result.objects.frame["object_type"].null_count() == 0
