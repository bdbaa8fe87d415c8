"""SATCAT and Parquet."""

from __future__ import annotations

import io
import json
import re

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


CELESTRAK_JSON = [
    {"OBJECT_NAME": "EXAMPLE R/B", "OBJECT_ID": "1957-001A", "NORAD_CAT_ID": 1, "OBJECT_TYPE": "R/B",
     "OPS_STATUS_CODE": "D", "OWNER": "CIS", "LAUNCH_DATE": "1957-10-04", "LAUNCH_SITE": "TYMSC",
     "DECAY_DATE": "1957-12-01", "PERIOD": 96.19, "INCLINATION": 65.1, "APOGEE": 938, "PERIGEE": 214, "RCS": 20.42,
     "DATA_STATUS_CODE": "", "ORBIT_CENTER": "EA", "ORBIT_TYPE": "IMP"},
    {"OBJECT_NAME": "EXAMPLE 2", "OBJECT_ID": "1957-001B", "NORAD_CAT_ID": 2, "OBJECT_TYPE": "PAY",
     "OPS_STATUS_CODE": "+", "OWNER": "JPN", "LAUNCH_DATE": "1957-10-04", "LAUNCH_SITE": "TYMSC",
     "DECAY_DATE": "", "PERIOD": 96.1, "INCLINATION": 65, "APOGEE": 945, "PERIGEE": 227, "RCS": None,
     "DATA_STATUS_CODE": "", "ORBIT_CENTER": "EA", "ORBIT_TYPE": "ORB"},
    {"OBJECT_NAME": "EXAMPLE DEB", "OBJECT_ID": "1957-001C", "NORAD_CAT_ID": 3, "OBJECT_TYPE": "DEB",
     "OPS_STATUS_CODE": None, "OWNER": "TBD", "LAUNCH_DATE": "1957-10-04", "LAUNCH_SITE": "TYMSC",
     "DECAY_DATE": None, "PERIOD": 96.1, "INCLINATION": 65, "APOGEE": 945, "PERIGEE": 227, "RCS": 0.01,
     "DATA_STATUS_CODE": None, "ORBIT_CENTER": "EA", "ORBIT_TYPE": "ORB"},
    {"OBJECT_NAME": "OBJECT D", "OBJECT_ID": "1957-001D", "NORAD_CAT_ID": 999100101, "OBJECT_TYPE": "UNK",
     "OPS_STATUS_CODE": "", "OWNER": "TBD", "LAUNCH_DATE": "1957-10-04", "LAUNCH_SITE": "TYMSC", "DECAY_DATE": "",
     "PERIOD": None, "INCLINATION": None, "APOGEE": None, "PERIGEE": None, "RCS": None, "DATA_STATUS_CODE": "",
     "ORBIT_CENTER": "EA", "ORBIT_TYPE": "ORB"},
]  # fmt: skip
KEYS = list(CELESTRAK_JSON[0])
VALUES = [list(record.values()) for record in CELESTRAK_JSON]
COMPACT: dict[str, object] = {
    "records": CELESTRAK_JSON,
    "records of strings": [{k: "" if v is None else str(v) for k, v in record.items()} for record in CELESTRAK_JSON],
    "lower case": [{key.lower(): value for key, value in record.items()} for record in CELESTRAK_JSON],
    "columns and data": {"columns": KEYS, "data": VALUES},
    "columns, index and data": {"columns": KEYS, "index": [0, 1, 2, 3], "data": VALUES},
    "fields and rows": {"title": "SATCAT", "fields": KEYS, "rows": VALUES},
    "header and rows": [KEYS, *VALUES],
    "columns by name": {key: [record[key] for record in CELESTRAK_JSON] for key in KEYS},
    "metadata and data": {"request_metadata": {"Total": "4", "Limit": "100"}, "data": CELESTRAK_JSON},
}


@pytest.mark.parametrize("form", COMPACT)
def test_celestrak_satcat_as_json_equals_the_csv(form: str) -> None:
    result = read(json.dumps(COMPACT[form]))
    assert (result.format, len(result.element_sets), result.rejected) == ("SATCAT JSON", 0, ())
    assert result.objects.frame.equals(read(CELESTRAK).objects.frame)


def test_one_record_of_a_satcat() -> None:
    assert read(json.dumps(CELESTRAK_JSON[1])).objects.frame.equals(read(CELESTRAK).objects.frame[1:2])


@pytest.mark.parametrize(
    ("form", "number"), [("columns and data", 2), ("fields and rows", 2), ("header and rows", 3), ("records", 2)]
)
def test_rows_that_do_not_fit_are_refused_alone(form: str, number: int) -> None:
    document = json.loads(json.dumps(COMPACT[form]))
    rows = document if isinstance(document, list) else document.get("data", document.get("rows"))
    at = number - 1
    for spoilt in ([1, 2], "x", None, [{}] * len(KEYS)):
        rows[at] = spoilt
        result = read(json.dumps(document))
        assert [r.line for r in result.rejected] == [number]
        assert result.objects.frame["norad_cat_id"].to_list() == [1, 3, 999100101]


def test_element_sets_as_columns() -> None:
    records = [omm_record(), omm_record(NORAD_CAT_ID=5, ECCENTRICITY=1.5), omm_record(NORAD_CAT_ID=6)]
    document = {"columns": list(records[0]), "data": [list(record.values()) for record in records]}
    result = read(json.dumps(document))
    assert result.format == "OMM JSON"
    assert result.element_sets.frame.equals(read(json.dumps(records)).element_sets.frame)
    assert [(r.line, r.field) for r in result.rejected] == [(2, "ECCENTRICITY")]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([{"n": "EXAMPLE", "c": 5, "i": "1958-002B", "o": "US", "ld": "1958-03-17"}], "it has 'N', 'C', 'I', 'O', ..."),
        ([{"error": "You've violated your query rate limit"}], "it has 'ERROR'"),
        ({"columns": ["a", "b"], "data": [[1, 2]]}, "it has 'A', 'B'"),
        ({"columns": KEYS, "data": {"0": VALUES[0]}}, "no list of records"),
        ({"columns": KEYS, "values": []}, "it has no keys"),
        ([VALUES[0], VALUES[1]], "no list of records"),
        ({"columns": [*KEYS, "rcs"], "data": VALUES}, "column RCS twice"),
        ({"NORAD_CAT_ID": [1, 2], "OWNER": ["US"]}, "columns of 1 to 2 values"),
        ({"satellites": CELESTRAK_JSON}, "no list of records"),
        (5, "begins '5'"),
    ],
)
def test_json_of_other_forms_is_refused_in_one_line(document: object, words: str) -> None:
    with pytest.raises(FormatError, match=re.escape(words)) as caught:
        read(json.dumps(document))
    assert "\n" not in caught.value.line()


def test_space_track_satcat_by_its_older_names_alone() -> None:
    record = {
        "INTLDES": "1957-001B", "NORAD_CAT_ID": "2", "OBJECT_TYPE": "PAYLOAD", "SATNAME": "EXAMPLE 2",
        "DEBUT": "2002-01-13 00:00:00", "COUNTRY": "JPN", "LAUNCH": "1957-10-04", "SITE": "TTMTR",
        "DECAY": "1958-01-03", "PERIOD": "96.10", "COMMENT": None, "RCSVALUE": "4.5", "RCS_SIZE": "MEDIUM",
    }  # fmt: skip
    expected = {
        "norad_cat_id": 2, "object_name": "EXAMPLE 2", "object_id": "1957-001B", "object_type": "PAYLOAD",
        "owner": "JPN", "ops_status": None, "launch_date_utc": "1957-10-04", "decay_date_utc": "1958-01-03",
        "rcs_m2": 4.5, "size": "MEDIUM",
    }  # fmt: skip
    assert read(json.dumps([record])).objects.frame.row(0, named=True) == expected
    # A blank in the newer column does not hide what the older one says.
    assert (
        read(json.dumps([record | {"OBJECT_NAME": "", "OBJECT_ID": " "}])).objects.frame.row(0, named=True) == expected
    )


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
