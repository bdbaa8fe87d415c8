"""TLE, 2LE and 3LE: what is read, what is refused, and with which words."""

from __future__ import annotations

import pytest

from formats_support import ISS, LINE1, LINE2, checked, tle_lines
from mihari.astro.time import format_utc
from mihari.errors import FormatError
from mihari.formats import Limits, read_bytes
from mihari.model.intake import ReadResult


def read(text: str | bytes) -> ReadResult:
    return read_bytes(text if isinstance(text, bytes) else text.encode(), name="f")


def test_every_field_of_a_set_is_read() -> None:
    result = read(ISS)
    assert result.format == "TLE"
    assert result.rejected == ()
    row = result.element_sets.frame.row(0, named=True)
    epoch = row.pop("epoch_tai_ns")
    assert format_utc(epoch, digits=9) == "2020-12-09T22:00:45.999648000Z"
    assert row == {
        "norad_cat_id": 25544,
        "object_name": "ISS (ZARYA)",
        "object_id": "1998-067A",
        "mean_motion_rev_day": 15.49181153,
        "eccentricity": 0.0002035,
        "inclination_deg": 51.6466,
        "ra_of_asc_node_deg": 223.1809,
        "arg_of_pericenter_deg": 133.1415,
        "mean_anomaly_deg": 346.4744,
        "bstar_per_earth_radius": 0.29621e-4,
        "mean_motion_dot_rev_day2": 0.00001264,
        "mean_motion_ddot_rev_day3": 0.0,
        "ephemeris_type": 0,
        "classification": "U",
        "element_set_no": 999,
        "rev_at_epoch": 25984,
        "creation_tai_ns": None,
        "originator": None,
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ISS, "ISS (ZARYA)"),
        (f"0 {ISS}", "ISS (ZARYA)"),
        (tle_lines(), None),
        (ISS.replace("\n", "\r\n"), "ISS (ZARYA)"),
        (ISS.replace("\n", "\r"), "ISS (ZARYA)"),
        (ISS.replace("\n", "   \n"), "ISS (ZARYA)"),
        (ISS.replace("\n", "\n\n"), "ISS (ZARYA)"),
        ("  " + ISS.replace("\n", "\n  "), "ISS (ZARYA)"),
        ("# a comment\n" + ISS, "ISS (ZARYA)"),
        ("\ufeff" + ISS, "ISS (ZARYA)"),
        (ISS.rstrip(), "ISS (ZARYA)"),
        (tle_lines(name="CAFÉ"), "CAFÉ"),
        (tle_lines(name="CAFÉ").encode("latin-1"), "CAFÉ"),
        (ISS.encode("utf-16"), "ISS (ZARYA)"),
        (tle_lines(name="1 SHORT NAME"), "1 SHORT NAME"),
    ],
)
def test_layouts_of_the_file(text: str | bytes, name: str | None) -> None:
    result = read(text)
    assert result.rejected == ()
    assert result.element_sets.frame["norad_cat_id"].to_list() == [25544]
    assert result.element_sets.frame["object_name"].to_list() == [name]


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("00005", 5),
        ("    5", 5),
        ("5    ", 5),
        ("99999", 99_999),
        ("A0000", 100_000),
        ("E8493", 148_493),
        ("H9999", 179_999),
        ("J0000", 180_000),
        ("N9999", 229_999),
        ("P0000", 230_000),
        ("Z9999", 339_999),
    ],
)
def test_catalogue_numbers(field: str, number: int) -> None:
    result = read(tle_lines(f"1 {field}{LINE1[7:]}", f"2 {field}{LINE2[7:]}"))
    assert result.element_sets.frame["norad_cat_id"].to_list() == [number]


@pytest.mark.parametrize("field", ["I0000", "O0000", "a0000", "A 000", "12 45", "-0005", "A00A0", "00000", "١2345"])
def test_catalogue_numbers_that_are_none(field: str) -> None:
    result = read(f"{checked(f'1 {field}{LINE1[7:]}')}\n{checked(f'2 {field}{LINE2[7:]}')}\n")
    assert len(result.element_sets) == 0
    assert [(r.line, r.field) for r in result.rejected] == [(1, "NORAD_CAT_ID")]


def put(line: str, column: int, text: str) -> str:
    """Replace columns, counted from 1 as the format's descriptions do."""
    return line[: column - 1] + text + line[column - 1 + len(text) :]


@pytest.mark.parametrize(
    ("line", "column", "text", "name", "value"),
    [
        (1, 54, "-66561+1", "bstar_per_earth_radius", -6.6561),
        (1, 54, "+41072-3", "bstar_per_earth_radius", 0.41072e-3),
        (1, 54, "000000+0", "bstar_per_earth_radius", 0.0),
        (1, 54, " 12345 0", "bstar_per_earth_radius", 0.12345),
        (1, 54, "-11606-9", "bstar_per_earth_radius", -0.11606e-9),
        (1, 54, " 1234 -3", "bstar_per_earth_radius", 0.1234e-3),
        (1, 45, "-12345-6", "mean_motion_ddot_rev_day3", -0.12345e-6),
        (1, 45, "        ", "mean_motion_ddot_rev_day3", None),
        (1, 34, "+.00000680", "mean_motion_dot_rev_day2", 0.0000068),
        (1, 34, "-.00000084", "mean_motion_dot_rev_day2", -0.00000084),
        (1, 34, "0.00000084", "mean_motion_dot_rev_day2", 0.00000084),
        (1, 34, "          ", "mean_motion_dot_rev_day2", None),
        (1, 10, "        ", "object_id", None),
        (1, 10, "13066AE ", "object_id", "2013-066AE"),
        (1, 10, "57001ABC", "object_id", "1957-001ABC"),
        (1, 10, "56999A  ", "object_id", "2056-999A"),
        (1, 10, "XX-1    ", "object_id", None),
        (1, 8, " ", "classification", None),
        (1, 63, " ", "ephemeris_type", None),
        (1, 65, "    ", "element_set_no", None),
        (1, 65, "0925", "element_set_no", 925),
        (2, 9, "034.2584", "inclination_deg", 34.2584),
        (2, 9, "  0.0001", "inclination_deg", 0.0001),
        (2, 9, "180.0000", "inclination_deg", 180.0),
        (2, 9, "   .2584", "inclination_deg", 0.2584),
        (2, 18, "360.0000", "ra_of_asc_node_deg", 360.0),
        (2, 27, "0000000", "eccentricity", 0.0),
        (2, 27, "     12", "eccentricity", 0.0000012),
        (2, 53, "05.43468279", "mean_motion_rev_day", 5.43468279),
        (2, 53, " 0.00001000", "mean_motion_rev_day", 0.00001),
        (2, 64, "     ", "rev_at_epoch", None),
        (2, 64, "    7", "rev_at_epoch", 7),
    ],
)
def test_ways_to_print_a_field(line: int, column: int, text: str, name: str, value: object) -> None:
    lines = [LINE1, LINE2]
    lines[line - 1] = put(lines[line - 1], column, text)
    result = read(tle_lines(*lines))
    assert result.rejected == ()
    assert result.element_sets.frame[name].to_list() == [value]


@pytest.mark.parametrize(
    ("line", "column", "text", "field"),
    [
        (1, 54, " 12x45-4", "BSTAR"),
        (1, 54, "        ", "BSTAR"),
        (1, 19, "2036791719907", "EPOCH"),
        (1, 19, "20367.91719907", "EPOCH"),
        (1, 19, "20000.91719907", "EPOCH"),
        (1, 19, "21366.91719907", "EPOCH"),
        (1, 19, "2x344.91719907", "EPOCH"),
        (1, 34, " .0000x264", "MEAN_MOTION_DOT"),
        (1, 45, " 0000x-0", "MEAN_MOTION_DDOT"),
        (1, 65, "9x9 ", "ELEMENT_SET_NO"),
        (2, 9, " -4.2682", "INCLINATION"),
        (2, 9, "180.0001", "INCLINATION"),
        (2, 9, "        ", "INCLINATION"),
        (2, 18, "400.0000", "RA_OF_ASC_NODE"),
        (2, 27, "00x2035", "ECCENTRICITY"),
        (2, 27, "-000001", "ECCENTRICITY"),
        (2, 35, "     nan", "ARG_OF_PERICENTER"),
        (2, 44, "1e3     ", "MEAN_ANOMALY"),
        (2, 53, " 0.00000000", "MEAN_MOTION"),
        (2, 53, "-5.43468279", "MEAN_MOTION"),
        (2, 53, "        inf", "MEAN_MOTION"),
        (2, 64, "12x45", "REV_AT_EPOCH"),
        (2, 3, "25545", "NORAD_CAT_ID"),
    ],
)
def test_fields_that_are_refused(line: int, column: int, text: str, field: str) -> None:
    lines = [LINE1, LINE2]
    lines[line - 1] = put(lines[line - 1], column, text)
    result = read(ISS + tle_lines(*lines, name="BAD") + ISS)
    assert len(result.element_sets) == 2
    assert [(r.file, r.line, r.field) for r in result.rejected] == [("f", 4 + line, field)]


def test_a_wrong_checksum_names_line_and_both_sums() -> None:
    lines = ISS.splitlines()
    lines[2] = lines[2][:-1] + str((int(lines[2][-1]) + 1) % 10)
    (rejection,) = read("\n".join(lines)).rejected
    assert (rejection.line, rejection.field) == (3, "CHECKSUM")
    assert lines[2][-1] in rejection.reason


@pytest.mark.parametrize("width", [61, 63, 64, 68])
def test_lines_without_their_last_columns(width: int) -> None:
    line1, line2 = LINE1[:width], LINE2[: max(63, width)]
    result = read(f"{line1}\n{line2}\n")
    assert result.rejected == ()
    assert result.element_sets.frame["mean_motion_rev_day"].to_list() == [15.49181153]


def test_columns_after_the_checksum_are_left_alone() -> None:
    line1, line2 = tle_lines().splitlines()
    result = read(f"{line1}\n{line2}     0.00      4320.0        360.00\n")
    assert len(result.element_sets) == 1
    assert result.rejected == ()


@pytest.mark.parametrize(
    ("order", "accepted", "reasons"),
    [
        ("12", 1, []),
        ("1212", 2, []),
        ("21", 0, ["swapped"]),
        ("2121", 0, ["swapped", "swapped"]),
        ("1", 0, ["without its line 2"]),
        ("2", 0, ["without its line 1"]),
        ("112", 1, ["without its line 2"]),
        ("122", 1, ["without its line 1"]),
        ("212", 1, ["without its line 1"]),
        ("n12n12", 2, []),
        ("n21n12", 1, ["swapped"]),
        ("n1n12", 1, ["without its line 2"]),
        ("n2n12", 1, ["without its line 1"]),
        ("nn12", 1, ["neither an element line"]),
        ("12n", 1, ["neither an element line"]),
        ("12112", 2, ["without its line 2"]),
    ],
)
def test_lost_and_swapped_lines(order: str, accepted: int, reasons: list[str]) -> None:
    line1, line2 = tle_lines().splitlines()
    text = "\n".join({"1": line1, "2": line2, "n": "NAME"}[kind] for kind in order)
    result = read(text)
    assert len(result.element_sets) == accepted
    assert len(result.rejected) == len(reasons)
    for rejection, words in zip(result.rejected, reasons, strict=True):
        assert words in rejection.reason


@pytest.mark.parametrize(
    ("epoch", "text"),
    [
        ("57001.00000000", "1957-01-01T00:00:00.000000Z"),
        ("99365.99999999", "1999-12-31T23:59:59.999136Z"),
        ("00001.50000000", "2000-01-01T12:00:00.000000Z"),
        ("00366.00000000", "2000-12-31T00:00:00.000000Z"),
        ("56366.00000000", "2056-12-31T00:00:00.000000Z"),
        ("16366.99999999", "2016-12-31T23:59:59.999136Z"),
        ("17001.00000000", "2017-01-01T00:00:00.000000Z"),
        ("68031.99999999", "1968-01-31T23:59:59.900000Z"),
        (" 5001.00000000", "2005-01-01T00:00:00.000000Z"),
        ("05  1.00000000", "2005-01-01T00:00:00.000000Z"),
    ],
)
def test_epochs(epoch: str, text: str) -> None:
    result = read(tle_lines(put(LINE1, 19, epoch)))
    assert result.rejected == ()
    assert format_utc(result.element_sets.frame["epoch_tai_ns"][0]) == text


def test_sets_without_a_number_are_each_refused_with_that_reason() -> None:
    line1 = "1      V 12104    25007.20347222 +.00000000 +00000+0 +00000-0 0 4999"
    line2 = "2       064.8350 009.7330 1627170 165.9900 359.1946 12.12185514 0001"
    (rejection,) = read(f"{line1}0\n{line2}0\n").rejected
    assert (rejection.field, rejection.reason) == ("NORAD_CAT_ID", "there is no catalogue number")


def test_a_line_without_end_is_told_and_the_rest_is_kept() -> None:
    result = read(ISS + "x" * 100_000 + "\n" + ISS)
    assert len(result.element_sets) == 2
    (rejection,) = result.rejected
    assert rejection.line == 4
    assert "100000 characters" in rejection.reason


def test_a_name_without_end_is_left_out_and_told() -> None:
    result = read(tle_lines(name="N" * 300))
    assert result.element_sets.frame["object_name"].to_list() == [None]
    assert [r.field for r in result.rejected] == ["OBJECT_NAME"]


def test_a_file_of_bad_records_is_given_up() -> None:
    with pytest.raises(FormatError, match="more than 10 bad records"):
        read_bytes(tle_lines(LINE1, LINE1).encode() * 20, name="f", limits=Limits(rejections=10))


def test_plain_and_odd_records_keep_the_order_of_the_file() -> None:
    odd = tle_lines(put(LINE1, 3, "    7"), put(LINE2, 3, "7    "))
    result = read(tle_lines() + odd + tle_lines() + odd)
    assert result.element_sets.frame["norad_cat_id"].to_list() == [25544, 7, 25544, 7]
