"""The TLE reader against the sgp4 package: the same numbers, bit for bit where both read the same text."""

from __future__ import annotations

import json
import lzma
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sgp4 import omm
from sgp4.api import Satrec

from formats_support import checked
from mihari.astro.time import utc_jd_from_tai_ns
from mihari.formats import read_bytes, read_file
from mihari.model.orbit import ElementSets

CATALOGUES = ("archive/19991130.tle.xz", "archive/20240808.tle.xz", "active_20260822.tle.xz")
RAD_PER_DEG = np.pi / 180.0
PER_DAY = 1440.0 / (2.0 * np.pi)


def reference(path: Path) -> list[Satrec]:
    with lzma.open(path, "rt", encoding="latin-1") as stream:
        lines = [line.rstrip() for line in stream]
    return [
        Satrec.twoline2rv(one, two)
        for one, two in pairwise(lines)
        if one.startswith("1 ") and two.startswith("2 ") and len(one) == 69
    ]


def column(sets: ElementSets, name: str) -> np.ndarray:
    return sets.frame[name].to_numpy()


@pytest.mark.parametrize("name", CATALOGUES)
def test_elements_are_those_of_the_reference(shared_data: Path, name: str) -> None:
    path = shared_data / "catalogues" / name
    sets = read_file(path).element_sets
    satellites = reference(path)
    assert len(sets) == len(satellites)

    def attribute(key: str) -> np.ndarray:
        return np.array([getattr(satellite, key) for satellite in satellites])

    assert np.array_equal(column(sets, "norad_cat_id"), attribute("satnum"))
    assert np.array_equal(column(sets, "eccentricity"), attribute("ecco"))
    assert np.array_equal(column(sets, "mean_motion_rev_day") / PER_DAY, attribute("no_kozai"))
    for mine, theirs in (
        ("inclination_deg", "inclo"),
        ("ra_of_asc_node_deg", "nodeo"),
        ("arg_of_pericenter_deg", "argpo"),
        ("mean_anomaly_deg", "mo"),
    ):
        assert np.array_equal(column(sets, mine) * RAD_PER_DEG, attribute(theirs)), mine
    assert np.array_equal(column(sets, "mean_motion_dot_rev_day2") / (PER_DAY * 1440.0), attribute("ndot"))
    # The reference makes B* as mantissa times power of ten, which rounds twice; ours is float(text).
    np.testing.assert_allclose(column(sets, "bstar_per_earth_radius"), attribute("bstar"), rtol=4.5e-16, atol=0.0)
    assert np.array_equal(column(sets, "rev_at_epoch"), attribute("revnum"))
    assert np.array_equal(column(sets, "element_set_no"), attribute("elnum"))
    jd1, jd2 = utc_jd_from_tai_ns(column(sets, "epoch_tai_ns"))
    difference_day = (jd1 - attribute("jdsatepoch")) + (jd2 - attribute("jdsatepochF"))
    assert np.abs(difference_day).max() * 86_400e9 < 1.0


def test_angles_are_float_of_the_text(shared_data: Path) -> None:
    path = shared_data / "catalogues" / CATALOGUES[1]
    frame = read_file(path).element_sets.frame
    with lzma.open(path, "rt", encoding="latin-1") as stream:
        lines = [line.rstrip() for line in stream if line.startswith("2 ")]
    assert frame["inclination_deg"].to_list() == [float(line[8:16]) for line in lines]
    assert frame["mean_anomaly_deg"].to_list() == [float(line[43:51]) for line in lines]
    assert frame["mean_motion_rev_day"].to_list() == [float(line[52:63]) for line in lines]


def test_the_verification_set_of_vallado(shared_cases: Path) -> None:
    result = read_file(shared_cases / "sgp4" / "SGP4-VER.TLE")
    # Three of its 33 sets were altered by hand to provoke errors, their checksums were not.
    assert len(result.element_sets) == 30
    assert {rejection.field for rejection in result.rejected} == {"CHECKSUM"}
    assert len(result.rejected) == 3


def test_format_cases(shared_cases: Path) -> None:
    cases = json.loads((shared_cases / "01_sgp4_verification.json").read_text())["tle_format"]
    asked = 0
    for case in cases:
        if "line1" not in case:
            continue
        asked += 1
        expected = case["expect"]
        lines = [case["line1"], case["line2"]]
        if "not recomputed" in case.get("note", ""):
            lines = [checked(line) for line in lines]
        result = read_bytes("\n".join(lines).encode(), name=case["id"])
        if isinstance(expected, str) and expected.startswith("reject"):
            assert len(result.element_sets) == 0, case["id"]
            assert result.rejected
            continue
        row = result.element_sets.frame.row(0, named=True)
        if isinstance(expected, dict):
            assert row["norad_cat_id"] == expected.get("satnum", row["norad_cat_id"])
            if "intldesg" in expected:
                assert row["object_id"][2:].replace("-", "") == expected["intldesg"]
        elif "bstar" in expected:
            assert row["bstar_per_earth_radius"] == -6.6561
    assert asked == 13


@pytest.mark.parametrize("name", ["sample_omm.csv", "sample_omm.xml"])
def test_omm_samples_are_read_as_by_the_reference(shared_cases: Path, name: str) -> None:
    path = shared_cases / "sgp4" / name
    (row,) = read_file(path).element_sets.frame.iter_rows(named=True)
    parse = omm.parse_csv if name.endswith("csv") else omm.parse_xml
    with path.open() as stream:
        (fields,) = parse(stream)
    satellite = Satrec()
    omm.initialize(satellite, fields)
    assert (row["norad_cat_id"], row["object_id"]) == (5, "1958-002B")
    assert row["eccentricity"] == satellite.ecco
    assert row["bstar_per_earth_radius"] == satellite.bstar
    assert row["mean_motion_rev_day"] / PER_DAY == pytest.approx(satellite.no_kozai, rel=2e-16)
    jd1, jd2 = utc_jd_from_tai_ns(row["epoch_tai_ns"])
    assert float((jd1 - satellite.jdsatepoch) + (jd2 - satellite.jdsatepochF)) * 86_400 == pytest.approx(0.0, abs=1e-5)
