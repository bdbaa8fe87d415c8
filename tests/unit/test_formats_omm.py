"""OMM in its four encodings, well-formed and not."""

from __future__ import annotations

import json

import pytest

from formats_support import omm_record
from mihari.astro.time import format_utc
from mihari.errors import FormatError
from mihari.formats import check_omm, read_bytes
from mihari.model.intake import ReadResult

KVN = """CCSDS_OMM_VERS = 3.0
COMMENT made up
CREATION_DATE = 2024-11-01T07:00:00
ORIGINATOR = MIHARI TESTS

OBJECT_NAME = EXAMPLE [1]
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4

COMMENT elements
EPOCH = 2024-306T06:00:00.000001
MEAN_MOTION = 15.5 [rev/day]
ECCENTRICITY = .001
INCLINATION = 51.6 [deg]
RA_OF_ASC_NODE = 10
ARG_OF_PERICENTER = 20.
MEAN_ANOMALY = 30.0
GM = 398600.8 [km**3/s**2]

EPHEMERIS_TYPE = 0
CLASSIFICATION_TYPE = U
NORAD_CAT_ID = 999100101
ELEMENT_SET_NO = 0925
REV_AT_EPOCH = 12
BSTAR = -.22483E-4 [1/ER]
MEAN_MOTION_DOT = 1e-5
MEAN_MOTION_DDOT = 0
USER_DEFINED_OBJECT_TYPE = PAYLOAD
USER_DEFINED_RCS_SIZE = LARGE
USER_DEFINED_COUNTRY_CODE = JPN
"""


def kvn_to_xml(kvn: str, *, prefix: str = "") -> str:
    """Spell the message as XML, without the nesting that only people need."""
    version, *lines = [line for line in kvn.splitlines() if line]
    elements = []
    for line in lines:
        if line.startswith("COMMENT"):
            elements.append(f"<{prefix}COMMENT>{line[8:]}</{prefix}COMMENT>")
            continue
        keyword, value = (part.strip() for part in line.split("=", 1))
        unit = ""
        if value.endswith("]") and keyword != "OBJECT_NAME":
            value, unit = value[:-1].split(" [")
            unit = f' units="{unit}"'
        if keyword.startswith("USER_DEFINED_"):
            name = keyword.removeprefix("USER_DEFINED_")
            elements.append(f'<{prefix}USER_DEFINED parameter="{name}">{value}</{prefix}USER_DEFINED>')
        else:
            elements.append(f"<{prefix}{keyword}{unit}>{value}</{prefix}{keyword}>")
    number = version.split("=")[1].strip()
    body = "\n".join(elements)
    return (
        f'<{prefix}omm id="CCSDS_OMM_VERS" version="{number}"><{prefix}body><{prefix}segment><{prefix}data>\n'
        f"{body}\n</{prefix}data></{prefix}segment></{prefix}body></{prefix}omm>\n"
    )


def read(text: str | bytes) -> ReadResult:
    return read_bytes(text if isinstance(text, bytes) else text.encode(), name="f")


def reasons(result: ReadResult) -> list[tuple[int | None, str | None]]:
    return [(r.line, r.field) for r in result.rejected]


XML = kvn_to_xml(KVN)
SPELLINGS = {
    "kvn": KVN,
    "kvn-crlf": KVN.replace("\n", "\r\n"),
    "kvn-tight": KVN.replace(" = ", "="),
    "kvn-space-track": KVN.replace("COMMENT made up", "COMMENT   =made up"),
    "xml": XML,
    "xml-declared": '<?xml version="1.0" encoding="UTF-8"?>\n' + XML,
    "xml-ndm": f'<ndm xsi:noNamespaceSchemaLocation="x"><!-- c -->{XML}</ndm>',
    "xml-namespace": XML.replace("<omm ", '<omm xmlns="urn:ccsds:ndm" '),
    "xml-prefix": kvn_to_xml(KVN, prefix="n:").replace("<n:omm ", '<n:omm xmlns:n="urn:ccsds:ndm" '),
    "xml-cdata": XML.replace("EXAMPLE [1]", "<![CDATA[EXAMPLE [1]]]>"),
    "xml-utf16": ('<?xml version="1.0" encoding="UTF-16"?>\n' + XML).encode("utf-16"),
    "xml-utf16-bare": ('<?xml version="1.0"?>\n' + XML).encode("utf-16-be"),
    "xml-latin1": '<?xml version="1.0" encoding="ISO-8859-1"?>\n' + XML,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_message(spelling: str) -> None:
    result = read(SPELLINGS[spelling])
    assert result.rejected == ()
    row = result.element_sets.frame.row(0, named=True)
    assert format_utc(row.pop("epoch_tai_ns")) == "2024-11-01T06:00:00.000001Z"
    assert format_utc(row.pop("creation_tai_ns")) == "2024-11-01T07:00:00.000000Z"
    assert row == {
        "norad_cat_id": 999100101,
        "object_name": "EXAMPLE [1]",
        "object_id": "2024-001A",
        "mean_motion_rev_day": 15.5,
        "eccentricity": 0.001,
        "inclination_deg": 51.6,
        "ra_of_asc_node_deg": 10.0,
        "arg_of_pericenter_deg": 20.0,
        "mean_anomaly_deg": 30.0,
        "bstar_per_earth_radius": -0.22483e-4,
        "mean_motion_dot_rev_day2": 1e-5,
        "mean_motion_ddot_rev_day3": 0.0,
        "ephemeris_type": 0,
        "classification": "U",
        "element_set_no": 925,
        "rev_at_epoch": 12,
        "originator": "MIHARI TESTS",
    }
    thing = result.objects.frame.row(0, named=True)
    assert (thing["object_type"], thing["size"], thing["owner"]) == ("PAYLOAD", "LARGE", "JPN")
    assert (
        check_omm(
            SPELLINGS[spelling].encode() if isinstance(SPELLINGS[spelling], str) else SPELLINGS[spelling], name="f"
        )
        == ()
    )


@pytest.mark.parametrize("spell", [str, kvn_to_xml], ids=["kvn", "xml"])
@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("MEAN_MOTION = 15.5 [rev/day]", "MEAN_MOTION = fast", "MEAN_MOTION"),
        ("MEAN_MOTION = 15.5 [rev/day]", "MEAN_MOTION = 15.5 [rad/s]", "MEAN_MOTION"),
        ("MEAN_MOTION = 15.5 [rev/day]", "MEAN_MOTION = 1e999", "MEAN_MOTION"),
        ("MEAN_MOTION = 15.5 [rev/day]", "SEMI_MAJOR_AXIS = 6800", "MEAN_MOTION"),
        ("ECCENTRICITY = .001", "ECCENTRICITY = 1.0", "ECCENTRICITY"),
        ("ECCENTRICITY = .001", "ECCENTRICITY = nan", "ECCENTRICITY"),
        ("ECCENTRICITY = .001\n", "", "ECCENTRICITY"),
        ("EPOCH = 2024-306T06:00:00.000001", "EPOCH = 2200-001T00:00:00", "EPOCH"),
        ("EPOCH = 2024-306T06:00:00.000001", "EPOCH = 2023-366T00:00:00", "EPOCH"),
        ("NORAD_CAT_ID = 999100101", "NORAD_CAT_ID = 1234567890", "NORAD_CAT_ID"),
        ("NORAD_CAT_ID = 999100101", "NORAD_CAT_ID = 12.5", "NORAD_CAT_ID"),
        ("NORAD_CAT_ID = 999100101\n", "", "NORAD_CAT_ID"),
        ("BSTAR = -.22483E-4 [1/ER]\n", "", "BSTAR"),
        ("THEORY = SGP4", "THEORY = SGP4-XP", "BTERM"),
        ("THEORY = SGP4", "THEORY = DSST", "MEAN_ELEMENT_THEORY"),
        ("CENTER_NAME = EARTH", "CENTER_NAME = MOON", "CENTER_NAME"),
        ("REF_FRAME = TEME", "REF_FRAME = GCRF", "REF_FRAME"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "TIME_SYSTEM"),
        ("CREATION_DATE = 2024-11-01T07:00:00", "CREATION_DATE = today", "CREATION_DATE"),
        ("GM = 398600.8", "GM = big", "GM"),
        ("GM = 398600.8", "GNOME = 1", "GNOME"),
        ("REV_AT_EPOCH = 12", "REV_AT_EPOCH = 12\nREV_AT_EPOCH = 13", "REV_AT_EPOCH"),
        ("REV_AT_EPOCH = 12", "REV_AT_EPOCH = 12\nREF_FRAME_EPOCH = 2000-001T00:00:00", "REF_FRAME_EPOCH"),
        ("CCSDS_OMM_VERS = 3.0", "CCSDS_OMM_VERS = 1.0", "CCSDS_OMM_VERS"),
        ("REV_AT_EPOCH = 12", "REV_AT_EPOCH = 12\nCX_X = 1", "CY_X"),
    ],
)
def test_messages_that_are_refused(spell: type[str], old: str, new: str, field: str) -> None:
    assert old in KVN
    bad = spell(KVN.replace(old, new))
    text = bad + spell(KVN) if spell is str else f"<ndm>{bad}{spell(KVN)}</ndm>"
    result = read(text)
    assert len(result.element_sets) == 1
    assert [r.field for r in result.rejected] == [field]
    assert result.rejected[0].line is not None


def test_lines_of_rejections_are_those_of_the_file() -> None:
    result = read(KVN + KVN.replace("ECCENTRICITY = .001", "ECCENTRICITY = 2"))
    line = KVN.splitlines().index("ECCENTRICITY = .001") + 1 + len(KVN.splitlines())
    assert reasons(result) == [(line, "ECCENTRICITY")]


def test_kvn_lines_that_are_no_pairs_spoil_their_message_only() -> None:
    result = read(KVN.replace("REV_AT_EPOCH = 12", "REV_AT_EPOCH 12") + KVN)
    assert len(result.element_sets) == 1
    assert "not KEYWORD = value" in result.rejected[0].reason


def test_analyst_objects_without_name_and_designator_are_read() -> None:
    text = KVN.replace("OBJECT_NAME = EXAMPLE [1]", "OBJECT_NAME =").replace(
        "OBJECT_ID = 2024-001A", "OBJECT_ID = UNKNOWN"
    )
    result = read(text)
    assert result.rejected == ()
    assert result.element_sets.frame.select("object_name", "object_id").row(0) == (None, None)
    assert [r.field for r in check_omm(text.encode(), name="f")] == ["OBJECT_NAME"]


def test_xml_that_breaks_off_keeps_the_messages_before() -> None:
    result = read(f"<ndm>{XML}{XML[:300]}")
    assert len(result.element_sets) == 1
    assert "breaks" in result.rejected[0].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (XML[:300], "not well-formed XML"),
        ("<omm", "not well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]><omm>&a;</omm>', "document type or entities"),
        ('<!DOCTYPE omm SYSTEM "http://127.0.0.1/x.dtd"><omm/>', "document type or entities"),
        ("<omm>" * 40, "deep"),
        ("<omm><header><ORIGINATOR>" + "x" * 70_000, "more than 65536 characters"),
        ('<opm id="CCSDS_OPM_VERS" version="3.0"/>', "OPM message"),
        ("<catalogue/>", "root 'catalogue'"),
        ("<!DOCTYPE html><html></html>", "web page"),
        ("CCSDS_OEM_VERS = 2.0\nORIGINATOR = X\n", "OEM message"),
        ("[" * 50_000, "nested too deep"),
        ("{", "is not JSON"),
        ("[1, 2]", "no list of records"),
        ("[]", "without the keys"),
        ('[{"NORAD_CAT_ID": {"a": 1}}]', "no list of records"),
        ("No GP data found", "begins 'No GP data found'"),
    ],
)
def test_files_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read(text)
    assert "\n" not in caught.value.line()
    assert caught.value.where is not None
    assert caught.value.where.startswith("f")
    assert caught.value.remedy


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 30))
    with pytest.raises(FormatError, match="refused"):
        read(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><omm>&e29;</omm>')


def test_other_messages_of_an_ndm_are_told() -> None:
    result = read(f"<ndm><oem><body/></oem>{XML}</ndm>")
    assert len(result.element_sets) == 1
    assert "OEM message" in result.rejected[0].reason


def test_messages_without_content_are_told_and_valid() -> None:
    empty = (
        '<omm id="CCSDS_OMM_VERS" version="2.0"><header><ORIGINATOR/></header><body><segment></segment></body></omm>'
    )
    text = f"<ndm>{empty}{XML}</ndm>"
    assert [r.reason for r in read(text).rejected] == ["a message without content"]
    assert check_omm(text.encode(), name="f") == ()


TABLE_CASES = [
    ({"ECCENTRICITY": 1.0}, "ECCENTRICITY"),
    ({"ECCENTRICITY": -0.1}, "ECCENTRICITY"),
    ({"EPOCH": "2200-01-01T00:00:00"}, "EPOCH"),
    ({"EPOCH": "1956-12-31T23:59:59"}, "EPOCH"),
    ({"EPOCH": "yesterday"}, "EPOCH"),
    ({"EPOCH": None}, "EPOCH"),
    ({"NORAD_CAT_ID": 1_234_567_890}, "NORAD_CAT_ID"),
    ({"NORAD_CAT_ID": 0}, "NORAD_CAT_ID"),
    ({"NORAD_CAT_ID": -5}, "NORAD_CAT_ID"),
    ({"NORAD_CAT_ID": "A0001"}, "NORAD_CAT_ID"),
    ({"NORAD_CAT_ID": None}, "NORAD_CAT_ID"),
    ({"MEAN_MOTION": 0}, "MEAN_MOTION"),
    ({"MEAN_MOTION": -1.5}, "MEAN_MOTION"),
    ({"MEAN_MOTION": "1e999"}, "MEAN_MOTION"),
    ({"MEAN_MOTION": "NaN"}, "MEAN_MOTION"),
    ({"INCLINATION": 180.5}, "INCLINATION"),
    ({"INCLINATION": "51.6.1"}, "INCLINATION"),
    ({"RA_OF_ASC_NODE": "inf"}, "RA_OF_ASC_NODE"),
    ({"BSTAR": "-inf"}, "BSTAR"),
    ({"BSTAR": None}, "BSTAR"),
    ({"MEAN_MOTION_DOT": "inf"}, "MEAN_MOTION_DOT"),
    ({"MEAN_MOTION_DDOT": "x"}, "MEAN_MOTION_DDOT"),
    ({"REV_AT_EPOCH": -1}, "REV_AT_EPOCH"),
    ({"REV_AT_EPOCH": 2**31}, "REV_AT_EPOCH"),
    ({"EPHEMERIS_TYPE": 200}, "EPHEMERIS_TYPE"),
    ({"MEAN_ELEMENT_THEORY": "SGP4-XP"}, "MEAN_ELEMENT_THEORY"),
    ({"REF_FRAME": "EME2000"}, "REF_FRAME"),
]


def as_json(records: list[dict[str, object]]) -> str:
    return json.dumps(records)


def as_csv(records: list[dict[str, object]]) -> str:
    keys = list(dict.fromkeys(key for record in records for key in record))
    rows = [",".join("" if record.get(key) is None else str(record[key]) for key in keys) for record in records]
    return "\n".join([",".join(keys), *rows]) + "\n"


@pytest.mark.parametrize(("spell", "first"), [(as_json, 1), (as_csv, 2)], ids=["json", "csv"])
@pytest.mark.parametrize(("changes", "field"), TABLE_CASES)
def test_records_that_are_refused(spell: object, first: int, changes: dict[str, object], field: str) -> None:
    result = read(spell([omm_record(), omm_record(**changes), omm_record()]))  # type: ignore[operator]
    assert len(result.element_sets) == 2
    assert reasons(result) == [(first + 1, field)]


@pytest.mark.parametrize("spell", [as_json, as_csv], ids=["json", "csv"])
def test_optional_fields_may_be_absent(spell: object) -> None:
    optional = ("OBJECT_NAME", "OBJECT_ID", "REV_AT_EPOCH", "ELEMENT_SET_NO", "MEAN_MOTION_DOT", "CLASSIFICATION_TYPE")
    record = {key: value for key, value in omm_record().items() if key not in optional}
    result = read(spell([record, omm_record(**dict.fromkeys(optional))]))  # type: ignore[operator]
    assert result.rejected == ()
    assert result.element_sets.frame["rev_at_epoch"].to_list() == [None, None]
    assert result.element_sets.frame["object_name"].to_list() == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        as_csv([omm_record()]).replace(",", ";"),
        as_csv([omm_record()]).replace(",", "\t"),
        as_csv([omm_record()]).replace("\n", "\r\n"),
        as_csv([omm_record()]).lower(),
        as_csv([omm_record()]).replace("EXAMPLE 1", '"EXAMPLE 1"'),
        "\ufeff" + as_csv([omm_record()]),
        as_csv([omm_record()]).rstrip(),
        as_json([omm_record()]).replace(", ", ",\n  "),
        json.dumps(omm_record()),
        json.dumps([{key: str(value) for key, value in omm_record().items()}]),
    ],
)
def test_spellings_of_one_record(text: str) -> None:
    result = read(text)
    assert result.rejected == ()
    assert result.element_sets.frame["norad_cat_id"].to_list() == [999100101]
    assert result.element_sets.frame["mean_motion_rev_day"].to_list() == [15.5]


def test_rows_with_too_few_or_too_many_cells_are_refused() -> None:
    header, row = as_csv([omm_record()]).splitlines()
    result = read("\n".join([header, row, row + ",1", row[:20], row]))
    assert len(result.element_sets) == 2
    assert [r.line for r in result.rejected] == [3, 4]


def test_quoted_cells_may_hold_the_delimiter() -> None:
    result = read(as_csv([omm_record(OBJECT_NAME='"A, ""B"" C"'), omm_record()]))
    assert result.element_sets.frame["object_name"].to_list() == ['A, "B" C', "EXAMPLE 1"]


def test_a_column_given_twice_is_refused() -> None:
    header, row = as_csv([omm_record()]).splitlines()
    with pytest.raises(FormatError, match="column BSTAR twice"):
        read(f"{header},BSTAR\n{row},1\n")


def test_numbers_are_taken_from_the_tle_line_when_the_column_is_missing() -> None:
    record = {key: value for key, value in omm_record(TLE_LINE1="1 A0001U").items() if key != "NORAD_CAT_ID"}
    assert read(as_json([record])).element_sets.frame["norad_cat_id"].to_list() == [100001]


def test_sets_of_the_extended_theory_are_refused_by_name() -> None:
    """SGP4 would take the same numbers and be kilometres off; only the type tells."""
    import json

    record = {
        "OBJECT_NAME": "A", "OBJECT_ID": "2024-001A", "EPOCH": "2024-11-01T00:00:00", "MEAN_MOTION": 15.5,
        "ECCENTRICITY": 0.0007, "INCLINATION": 51.6, "RA_OF_ASC_NODE": 100.0, "ARG_OF_PERICENTER": 50.0,
        "MEAN_ANOMALY": 310.0, "NORAD_CAT_ID": 70002, "BSTAR": 1e-4, "EPHEMERIS_TYPE": 4,
    }  # fmt: skip
    from mihari.formats import read_bytes

    both = read_bytes(json.dumps([record, {**record, "NORAD_CAT_ID": 70003, "EPHEMERIS_TYPE": 0}]).encode(), name="x")
    assert both.element_sets.frame["norad_cat_id"].to_list() == [70003]
    assert [(each.line, each.field) for each in both.rejected] == [(1, "EPHEMERIS_TYPE")]
    assert "SGP4-XP" in both.rejected[0].reason
