"""The checker: each rule of the tables and each special rule finds its fault, by line and keyword, and only that."""

from __future__ import annotations

import pytest

from ccsds_support import CDM, KINDS, OCM, OEM, OMM, OPM, TDM, faults_of, parsed, replaced
from mihari.formats.ccsds import message_faults, message_remarks


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_made_up_messages_are_valid(kind: str) -> None:
    assert message_faults(parsed(KINDS[kind])) == ()
    assert message_remarks(parsed(KINDS[kind])) == ()


# ruff: noqa: E501
REPLACEMENTS = {
    "unknown keyword": (CDM, "ORIGINATOR = TEST", "ORIGINATOR = TEST\nFOO = 1", "FOO = 1", "FOO"),
    "user-defined in a CDM 1.0": (CDM, "ORIGINATOR", "USER_DEFINED_A = 1\nORIGINATOR", "USER_DEFINED_A", "USER_DEFINED_A"),
    "keyword of a later version": (CDM, "MASS = 250.0 [kg]", "HBR = 2.0 [m]", "HBR", "HBR"),
    "mandatory without a value": (CDM, "TCA = 2024-060T12:00:00.250", "TCA =", "TCA", "TCA"),
    "given twice": (CDM, "RELATIVE_SPEED = 14762 [m/s]", "MISS_DISTANCE = 715 [m]", "MISS_DISTANCE = 715 ", "MISS_DISTANCE"),
    "wrong unit": (CDM, "X = 7000.000100 [km]", "X = 7000.000100 [m]", "X = 7000", "X"),
    "not a number": (CDM, "X = 7000.000100", "X = 7000.0001x", "X = 7000", "X"),
    "infinite number": (CDM, "MASS = 250.0", "MASS = 1e999", "MASS", "MASS"),
    "NaN where a number must be": (CDM, "X = 7000.000100", "X = NaN", "X = NaN", "X"),
    "no such date": (CDM, "2024-060T12:00:00.250", "2024-02-30T12:00:00", "TCA", "TCA"),
    "no such day of year": (CDM, "2024-060T12:00:00.250", "2023-366T12:00:00", "TCA", "TCA"),
    "leap second on a day without": (CDM, "2024-060T12:00:00.250", "2023-12-31T23:59:60", "TCA", "TCA"),
    "date without T": (CDM, "2024-060T12:00:00.250", "2024-060 12:00:00", "TCA", "TCA"),
    "value outside its list": (CDM, "MANEUVERABLE = N/A", "MANEUVERABLE = PERHAPS", "MANEUVERABLE", "MANEUVERABLE"),
    "frame that a CDM does not have": (CDM, "REF_FRAME = EME2000", "REF_FRAME = TEME", "REF_FRAME", "REF_FRAME"),
    "probability above 1": (CDM, "4.835E-05", "1.5", "COLLISION_PROBABILITY", "COLLISION_PROBABILITY"),
    "negative miss distance": (CDM, "= 715.00", "= -715.00", "MISS_DISTANCE", "MISS_DISTANCE"),
    "last observation before the first": (CDM, "END = 2024-02-28", "END = 2024-02-26", "TIME_LASTOB_END", "TIME_LASTOB_END"),
    "objects in the wrong order": (CDM, "OBJECT = OBJECT1", "OBJECT = OBJECT2", "OBJECT = OBJECT2", "OBJECT"),
    "unknown version": (OPM, "CCSDS_OPM_VERS = 2.0", "CCSDS_OPM_VERS = 9.0", "CCSDS", "CCSDS_OPM_VERS"),
    "order of keywords": (OPM, "CREATION_DATE = 2024-02-28T18:00:00\nORIGINATOR = TEST", "ORIGINATOR = TEST\nCREATION_DATE = 2024-02-28T18:00:00", "CREATION", "CREATION_DATE"),
    "comment within a block": (OPM, "ORIGINATOR = TEST", "COMMENT late\nORIGINATOR = TEST", "COMMENT late", "COMMENT"),
    "no KEYWORD = value": (OPM, "MASS = 300.0 [kg]", "MASS 300.0", "MASS 300", None),
    "leap second in TAI": (OPM, "EPOCH = 2024-02-29T00:00:00.5", "EPOCH = 2016-12-31T23:59:60", "EPOCH =", "EPOCH"),
    "unregistered frame without epoch": (OPM, "REF_FRAME = GCRF", "REF_FRAME = ZZRF", "REF_FRAME", "REF_FRAME"),
    "SGP4 without BSTAR": (OMM, "BSTAR = .1E-3 [1/ER]\n", "", "NORAD_CAT_ID", "BSTAR"),
    "states out of order": (OEM, "2024-060T00:02:00", "2024-060T00:00:30", "2024-060T00:00:30", "EPOCH"),
    "state outside the span": (OEM, "STOP_TIME = 2024-02-29T00:02:00", "STOP_TIME = 2024-02-29T00:01:30", "2024-060T00:02:00", "EPOCH"),
    "state of five numbers": (OEM, "7000.0 0.0 0.0 0.0 7.5 0.0", "7000.0 0.0 0.0 0.0 7.5", "2024-02-29T00:00:00 7000", None),
    "degree missing": (OEM, "INTERPOLATION_DEGREE = 2\n", "", "INTERPOLATION =", "INTERPOLATION_DEGREE"),
    "degree not whole": (OEM, "DEGREE = 2", "DEGREE = 2.5", "INTERPOLATION_DEGREE", "INTERPOLATION_DEGREE"),
    "useable span turned round": (OEM, "STOP_TIME = 2024-02-29T00:02:00", "USEABLE_STOP_TIME = 2024-02-28T00:00:00\nSTOP_TIME = 2024-02-29T00:02:00", "USEABLE_STOP", "USEABLE_STOP_TIME"),
    "keyword among covariances": (OEM, "COV_REF_FRAME = RTN", "COV_REF_FRAME = RTN\nFOO = 1", "FOO", "FOO"),
    "units of another scale": (OCM, "TRAJ_TYPE = CARTPV", "TRAJ_TYPE = CARTPV\nTRAJ_UNITS = [m,m,m,m/s,m/s,m/s]", "TRAJ_UNITS", "TRAJ_UNITS"),
    "units of another count": (OCM, "TRAJ_TYPE = CARTPV", "TRAJ_TYPE = CARTPV\nTRAJ_UNITS = [km,km,km]", "TRAJ_UNITS", "TRAJ_UNITS"),
    "trajectory line too short": (OCM, "60.0 6985.5 449.4 0.0", "60.0 6985.5 449.4", "60.0 6985", None),
    "revolution without basis": (OCM, "TRAJ_TYPE = CARTPV", "ORB_REVNUM = 12\nTRAJ_TYPE = CARTPV", "ORB_REVNUM", "ORB_REVNUM_BASIS"),
    "covariance line too short": (OCM, "0 0 0 0 0 6", "0 0 0 0 6", "0.0 1 0 2", None),
    "marker without place": (OCM, "USER_START", "FOO_START", "FOO_START", "FOO_START"),
    "time system of a TDM": (TDM, "TIME_SYSTEM = UTC", "TIME_SYSTEM = ABC", "TIME_SYSTEM", "TIME_SYSTEM"),
    "unknown observable": (TDM, "ANGLE_1 =", "ANGLE_9 =", "ANGLE_9", "ANGLE_9"),
    "observable of a later version": (replaced(TDM, "2.0", "1.0"), "ANGLE_1 =", "MAG =", "MAG", "MAG"),
    "observation without a number": (TDM, "1234.50", "", "RANGE = 2024-02-29T00:00:00", "RANGE"),
    "observations out of order": (TDM, "RANGE = 2024-02-29T00:00:01", "RANGE = 2024-02-28T00:00:01", "RANGE = 2024-02-28", "RANGE"),
    "path of nobody": (TDM, "PATH = 1,2,1", "PATH = 1,3,1", "PATH", "PATH"),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_a_fault_is_found_by_line_and_keyword(name: str) -> None:
    text, old, new, piece, keyword = REPLACEMENTS[name]
    changed = replaced(text, old, new)
    found = faults_of(changed)
    assert (line_of(changed, piece), keyword) in found
    # One injury may be seen from two sides (a state outside the span is also that), never from many.
    assert len(found) <= 3, found


@pytest.mark.parametrize(
    ("text", "piece", "keyword"),
    [
        (CDM, "TCA = 2024-060T12:00:00.250\n", "TCA"),
        (CDM, "CT_T = 1.50E+02 [m**2]\n", "CT_T"),
        (CDM, "EPHEMERIS_NAME = NONE\n", "EPHEMERIS_NAME"),
        (OPM, "Y_DOT = 7.5 [km/s]\n", "Y_DOT"),
        (OPM, "OBJECT_ID = 2024-001A\n", "OBJECT_ID"),
        (OMM, "EPOCH = 2024-02-29T00:00:00.000000\n", "EPOCH"),
        (OEM, "TIME_SYSTEM = UTC\n", "TIME_SYSTEM"),
        (OCM, "EPOCH_TZERO = 2024-02-29T00:00:00\n", "EPOCH_TZERO"),
        (TDM, "PARTICIPANT_1 = STATION\n", "PARTICIPANT_1"),
    ],
)
def test_a_missing_keyword_is_named(text: str, piece: str, keyword: str) -> None:
    assert keyword in [found for _, found in faults_of(replaced(text, piece, ""))]


def test_a_missing_object_is_named() -> None:
    first = CDM[: CDM.index("OBJECT = OBJECT2")]
    assert [keyword for _, keyword in faults_of(first)] == ["OBJECT"]


def test_a_covariance_row_of_the_wrong_length_is_named() -> None:
    changed = replaced(OEM, "5.0 5.1 5.2 5.3 5.4", "5.0 5.1 5.2 5.3")
    found = faults_of(changed)
    assert (line_of(changed, "5.0 5.1"), None) in found
    assert "CY_DOT_Y_DOT" in [keyword for _, keyword in found]


def test_an_oem_without_states_has_no_covariance_either() -> None:
    start, stop = OEM.index("COMMENT three"), OEM.index("COVARIANCE_START")
    assert [reason for _, _, reason in message_faults(parsed(OEM[:start] + OEM[stop:]))] == ["has no stateVector lines"]


def test_an_oem_has_one_object_and_one_time_system() -> None:
    block = OEM[OEM.index("META_START") : OEM.index("COVARIANCE_START")]
    assert faults_of(OEM + block) == []
    for old, new, keyword in (("CASE ONE", "OTHER", "OBJECT_NAME"), ("= UTC", "= TAI", "TIME_SYSTEM")):
        assert [found for _, found in faults_of(OEM + replaced(block, old, new))] == [keyword]


def test_overlapping_useable_spans_are_a_remark() -> None:
    spans = "USEABLE_START_TIME = 2024-02-29T00:00:00\nUSEABLE_STOP_TIME = 2024-02-29T00:02:00\nSTOP_TIME"
    block = replaced(OEM[OEM.index("META_START") : OEM.index("COVARIANCE_START")], "STOP_TIME", spans)
    message = parsed(OEM[: OEM.index("META_START")] + block + block)
    assert message_faults(message) == ()
    assert [remark.keyword for remark in message_remarks(message)] == ["USEABLE_START_TIME"]


def test_accelerations_came_with_version_2() -> None:
    with_acceleration = replaced(OEM, "0.0 7.5 0.0\n", "0.0 7.5 0.0 0.001 0.0 0.0\n")
    assert faults_of(with_acceleration) == []
    first_version = with_acceleration.replace("VERS = 2.0", "VERS = 1.0")
    first_version = first_version[: first_version.index("COVARIANCE_START")]
    assert [keyword for _, keyword in faults_of(first_version)] == ["X_DDOT"]


def test_a_future_leap_second_is_let_through_at_a_months_end_only() -> None:
    line = "NEXT_LEAP_EPOCH = 2199-{}T23:59:60\nNEXT_LEAP_TAIMUTC = 38 [s]\nMETA_STOP"
    assert faults_of(replaced(OCM, "META_STOP", line.format("06-30"))) == []
    assert [k for _, k in faults_of(replaced(OCM, "META_STOP", line.format("06-29")))] == ["NEXT_LEAP_EPOCH"]


REMARKS = {
    "NaN": ("MASS = 250.0 [kg]", "MASS = NaN [kg]", "MASS"),
    "unit of another dimension": ("RELATIVE_SPEED = 14762 [m/s]", "RELATIVE_SPEED = 14762 [m]", "RELATIVE_SPEED"),
    "unfinished bracket": ("97.80 [%]", "97.80 [", "RESIDUALS_ACCEPTED"),
}


@pytest.mark.parametrize("name", REMARKS)
def test_a_remark_leaves_a_message_valid(name: str) -> None:
    old, new, keyword = REMARKS[name]
    message = parsed(replaced(CDM, old, new))
    assert message_faults(message) == ()
    assert [remark.keyword for remark in message_remarks(message)] == [keyword]


def test_faults_are_bounded() -> None:
    text = CDM + "".join(f"FOO{n} = 1\n" for n in range(5000))
    found = message_faults(parsed(text))
    assert len(found) == 1001
    assert found[0].reason.startswith("more than 1000")


def test_attitude_messages_are_recognised_and_not_read() -> None:
    message = parsed("CCSDS_APM_VERS = 1.0\nCREATION_DATE = 2024-02-29T00:00:00\n")
    assert message.kind.value == "APM"
    assert [fault.reason for fault in message_faults(message)] == ["an APM is recognised but not read"]
