"""SATCAT and Parquet."""

from __future__ import annotations

import io
import json

import numpy as np
import polars as pl
import pytest

from formats_support import LINE1, LINE2, checked, element_sets, omm_record, tle_lines
from mihari.errors import FormatError
from mihari.formats import read_bytes
from mihari.model.intake import ReadResult
from mihari.model.orbit import ELEMENT_SET_SCHEMA

CELESTRAK = """OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,LAUNCH_SITE,\
DECAY_DATE,PERIOD,INCLINATION,APOGEE,PERIGEE,RCS,DATA_STATUS_CODE,ORBIT_CENTER,ORBIT_TYPE
EXAMPLE R/B,1957-001A,1,R/B,D,CIS,1957-10-04,TYMSC,1957-12-01,96.19,65.10,938,214,20.4200,,EA,IMP
EXAMPLE 2,1957-001B,2,PAY,+,JPN,1957-10-04,TYMSC,,96.10,65.00,945,227,,,EA,ORB
EXAMPLE DEB,1957-001C,3,DEB,,TBD,1957-10-04,TYMSC,,96.10,65.00,945,227,0.0100,,EA,ORB
OBJECT D,1957-001D,999100101,UNK,,TBD,1957-10-04,TYMSC,,,,,,N/A,,EA,ORB
"""


def parquet(columns: dict[str, object] | pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(columns).write_parquet(stream)
    return stream.getvalue()


def read(data: bytes | str) -> ReadResult:
    return read_bytes(data if isinstance(data, bytes) else data.encode(), name="f")


def test_celestrak_satcat() -> None:
    result = read(CELESTRAK)
    assert (result.format, len(result.element_sets), result.rejected) == ("SATCAT CSV", 0, ())
    frame = result.objects.frame
    assert frame["norad_cat_id"].to_list() == [1, 2, 3, 999100101]
    assert frame["object_type"].to_list() == ["ROCKET BODY", "PAYLOAD", "DEBRIS", "UNKNOWN"]
    assert frame["owner"].to_list() == ["CIS", "JPN", "TBD", "TBD"]
    assert frame["rcs_m2"].to_list() == [20.42, None, 0.01, None]
    assert frame["ops_status"].to_list() == ["D", "+", None, None]
    assert frame["decay_date_utc"].to_list() == ["1957-12-01", None, None, None]


def test_space_track_satcat() -> None:
    record = {
        "INTLDES": "1957-001B", "NORAD_CAT_ID": "2", "OBJECT_TYPE": "PAYLOAD", "SATNAME": "EXAMPLE 2",
        "COUNTRY": "JPN", "LAUNCH": "1957-10-04", "DECAY": None, "RCSVALUE": "0", "RCS_SIZE": "LARGE",
        "OBJECT_NAME": "EXAMPLE 2", "OBJECT_ID": "1957-001B", "CURRENT": "Y",
    }  # fmt: skip
    result = read(json.dumps([record, record | {"NORAD_CAT_ID": "3", "OBJECT_TYPE": "TBA"}]))
    row = result.objects.frame.row(0, named=True)
    assert result.format == "SATCAT JSON"
    assert row == {
        "norad_cat_id": 2, "object_name": "EXAMPLE 2", "object_id": "1957-001B", "object_type": "PAYLOAD",
        "owner": "JPN", "ops_status": None, "launch_date_utc": "1957-10-04", "decay_date_utc": None,
        "rcs_m2": None, "size": "LARGE",
    }  # fmt: skip
    assert result.objects.frame["object_type"].to_list() == ["PAYLOAD", "UNKNOWN"]


@pytest.mark.parametrize("number", ["", "x", "0", "1234567890", "-1"])
def test_satcat_rows_without_a_number_are_refused(number: str) -> None:
    result = read(CELESTRAK.replace(",2,PAY", f",{number},PAY"))
    assert len(result.objects) == 3
    assert [(r.line, r.field) for r in result.rejected] == [(3, "NORAD_CAT_ID")]


def test_omm_rows_that_say_more_of_the_object() -> None:
    result = read(
        json.dumps([omm_record(OBJECT_TYPE="DEBRIS", RCS_SIZE="SMALL", COUNTRY_CODE="US", LAUNCH_DATE="2001-01-01")])
    )
    row = result.objects.frame.row(0, named=True)
    assert (row["object_type"], row["size"], row["owner"], row["launch_date_utc"]) == (
        "DEBRIS",
        "SMALL",
        "US",
        "2001-01-01",
    )
    assert len(read(json.dumps([omm_record()])).objects) == 0


def initial(**changes: object) -> dict[str, list[object]]:
    """Columns of SGP4-initial values that are those of the sample's lines."""
    row: dict[str, object] = {
        "norad_id": 25544,
        "cospar_id": "1998-067A",
        "name": "EXAMPLE",
        "epoch_jd1": 2459192.5,
        "epoch_jd2": 0.91719907,
        "n0": 15.49181153 / (1440.0 / (2 * np.pi)),
        "e0": 0.0002035,
        "i0": np.deg2rad(51.6466),
        "node0": np.deg2rad(223.1809),
        "omega0": np.deg2rad(133.1415),
        "m0": np.deg2rad(346.4744),
        "bstar": 0.29621e-4,
        "tle_line1": checked(LINE1),
        "tle_line2": checked(LINE2),
        "rcs": 400.0,
        "ops_code": "+",
    }
    return {key: [value] for key, value in (row | changes).items()}


def test_sgp4_initial_columns_equal_the_lines_they_came_from() -> None:
    result = read(parquet(initial()))
    assert (result.format, result.rejected) == ("Parquet (SGP4 initial)", ())
    expected = read(tle_lines(name="EXAMPLE")).element_sets.frame
    assert result.element_sets.frame.equals(expected)
    assert result.objects.frame.select("rcs_m2", "ops_status", "object_type").row(0) == (400.0, "+", None)


def test_rows_without_lines_are_read_from_their_columns() -> None:
    one, two = initial(), initial(tle_line1=None, tle_line2=None, epoch_jd1=2459192.0, epoch_jd2=0.5 + 0.91719907)
    result = read(parquet({key: one[key] + two[key] for key in one}))
    assert result.rejected == ()
    frame = result.element_sets.frame
    assert frame["epoch_tai_ns"].n_unique() == 1
    assert frame["element_set_no"].to_list() == [999, None]
    assert frame["mean_motion_dot_rev_day2"].to_list() == [0.00001264, None]


def test_all_digits_of_the_columns_count() -> None:
    result = read(parquet(initial(e0=0.00020351234, tle_line1=None, tle_line2=None, i0=0.9012426471693199)))
    row = result.element_sets.frame.row(0, named=True)
    assert row["eccentricity"] == 0.00020351234
    assert np.deg2rad(row["inclination_deg"]) == pytest.approx(0.9012426471693199, rel=3e-16)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"norad_id": 25545}, "norad_id"),
        ({"epoch_jd2": 0.95}, "epoch_jd1"),
        ({"epoch_jd1": float("nan")}, "epoch_jd1"),
        ({"epoch_jd1": 2524594.5}, "epoch_jd1"),
        ({"epoch_jd1": 2488071.5, "tle_line1": None}, "EPOCH"),
        ({"epoch_jd1": 1e300}, "epoch_jd1"),
        ({"tle_line1": checked(LINE1)[:-1] + "x"}, "CHECKSUM"),
        ({"e0": 1.5}, "ECCENTRICITY"),
        ({"n0": float("inf")}, "MEAN_MOTION"),
        ({"n0": None}, "n0"),
        ({"m0": 7.0}, "MEAN_ANOMALY"),
        ({"norad_id": 10**9}, "NORAD_CAT_ID"),
    ],
)
def test_rows_that_are_refused(changes: dict[str, object], field: str) -> None:
    good, bad = initial(), initial(**changes)
    frame = pl.concat([pl.DataFrame(good), pl.DataFrame(bad)], how="vertical_relaxed")
    result = read(parquet(frame))
    assert len(result.element_sets) == 1
    assert [(r.line, r.field) for r in result.rejected] == [(2, field)]


@pytest.mark.parametrize("upper", [False, True])
def test_line_columns(upper: bool) -> None:
    columns = {
        "tle_line0": ["0 EXAMPLE", None],
        "tle_line1": [checked(LINE1), None],
        "tle_line2": [checked(LINE2), "2 x"],
    }
    result = read(parquet({key.upper() if upper else key: value for key, value in columns.items()}))
    assert result.format == "Parquet (TLE lines)"
    assert result.element_sets.frame["object_name"].to_list() == ["EXAMPLE"]
    assert [r.line for r in result.rejected] == [2]


def test_omm_columns_as_numbers_and_timestamps() -> None:
    frame = pl.DataFrame([omm_record(), omm_record(NORAD_CAT_ID=5)]).with_columns(
        pl.col("EPOCH").str.to_datetime(time_unit="us")
    )
    result = read(parquet(frame))
    assert (result.format, result.rejected) == ("Parquet (OMM)", ())
    assert result.element_sets.frame["norad_cat_id"].to_list() == [999100101, 5]
    assert result.element_sets.frame.equals(
        read(json.dumps([omm_record(), omm_record(NORAD_CAT_ID=5)])).element_sets.frame
    )


def test_our_own_columns(rng: np.random.Generator) -> None:
    sets = element_sets(rng, 50)
    spoilt = sets.frame.with_columns(
        eccentricity=pl.when(pl.int_range(pl.len()) == 7).then(2.0).otherwise("eccentricity"),
        epoch_tai_ns=pl.when(pl.int_range(pl.len()) == 9).then(None).otherwise("epoch_tai_ns"),
    )
    result = read(parquet(spoilt))
    assert result.format == "Parquet (Mihari)"
    assert [r.line for r in result.rejected] == [8, 10]
    keep = [row for row in range(50) if row not in (7, 9)]
    assert result.element_sets.frame.equals(sets.frame[keep])


def test_parquet_satcat() -> None:
    frame = pl.DataFrame({"norad_cat_id": ["5", "x"], "object_type": ["PAYLOAD", "DEBRIS"], "owner": ["US", "US"]})
    result = read(parquet(frame.with_columns(pl.col("norad_cat_id").cast(pl.Categorical))))
    assert result.objects.frame["norad_cat_id"].to_list() == [5]
    assert len(result.rejected) == 1


def test_parquet_of_other_columns_is_refused() -> None:
    with pytest.raises(FormatError, match="none of the known layouts"):
        read(parquet({"a": [1], "b": [2]}))
    with pytest.raises(FormatError, match="damaged Parquet"):
        read(parquet(initial())[:-40])
    with pytest.raises(FormatError, match="twice"):
        read(parquet({"EPOCH": ["x"], "epoch": ["y"]}))
    own = {name: ["x"] for name in ELEMENT_SET_SCHEMA}
    with pytest.raises(FormatError, match="other types"):
        read(parquet(own))
