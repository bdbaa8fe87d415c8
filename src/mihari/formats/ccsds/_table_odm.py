"""Orbit parameter, mean-elements and ephemeris messages: CCSDS 502.0-B-1, -B-2 (with corrigenda) and -B-3."""

from __future__ import annotations

from typing import Final

from mihari.formats.ccsds._schema import RowShape, Section, Structure, fields

__all__ = ["COVARIANCE_KEYWORDS", "ODM_HEADER", "OEM", "OMM", "OPM"]

ODM_HEADER: Final = fields("""
O CLASSIFICATION text 3.0+
M CREATION_DATE date
M ORIGINATOR text
O MESSAGE_ID text 3.0+
""")
_STATE: Final = fields("""
M EPOCH date
M X num km
M Y num km
M Z num km
M X_DOT num km/s
M Y_DOT num km/s
M Z_DOT num km/s
""")
_AXES: Final = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE_KEYWORDS: Final = tuple(
    f"C{first}_{second}" for row, first in enumerate(_AXES) for second in _AXES[: row + 1]
)
"""The 21 elements of a lower triangle in the order of the books."""
_ELEMENTS: Final = "\n".join(
    f"M {keyword} num {('km**2', 'km**2/s', 'km**2/s**2')[keyword.count('DOT')]}" for keyword in COVARIANCE_KEYWORDS
)
_COVARIANCE: Final = fields("O COV_REF_FRAME text\n" + _ELEMENTS)
_OEM_COVARIANCE: Final = fields("M EPOCH date\nO COV_REF_FRAME text\n" + _ELEMENTS)
_SPACECRAFT: Final = """
{need} MASS num kg
{need} SOLAR_RAD_AREA num m**2
{need} SOLAR_RAD_COEFF num
{need} DRAG_AREA num m**2
{need} DRAG_COEFF num
"""
_USER: Final = Section(
    "userDefinedParameters", (), "?", "502.0-B-2 tables 3-3, 4-3", is_open=True, is_ordered=False, since="2.0"
)

_OPM_METADATA: Final = fields("""
M OBJECT_NAME text
M OBJECT_ID text
M CENTER_NAME text
M REF_FRAME text
C REF_FRAME_EPOCH date 2.0+
M TIME_SYSTEM text
""")
_KEPLERIAN: Final = fields("""
M SEMI_MAJOR_AXIS num km
M ECCENTRICITY num
M INCLINATION num deg
M RA_OF_ASC_NODE num deg
M ARG_OF_PERICENTER num deg
C TRUE_ANOMALY num deg
C MEAN_ANOMALY num deg
M GM num km**3/s**2
""")
_MANEUVER: Final = fields("""
M MAN_EPOCH_IGNITION date
O MAN_DURATION num s
O MAN_DELTA_MASS num kg
M MAN_REF_FRAME text
M MAN_DV_1 num km/s
M MAN_DV_2 num km/s
M MAN_DV_3 num km/s
""")


def _opm(versions: tuple[str, ...], spacecraft: str) -> Structure:
    data = Section(
        "data",
        (
            Section("stateVector", _STATE, "1", "502.0-B table 3-3"),
            Section("keplerianElements", _KEPLERIAN, "?", "502.0-B table 3-3"),
            Section("spacecraftParameters", fields(_SPACECRAFT.format(need=spacecraft)), "?", "502.0-B table 3-3"),
            Section("covarianceMatrix", _COVARIANCE, "?", "502.0-B-2 table 3-3", since="2.0"),
            Section("maneuverParameters", _MANEUVER, "*", "502.0-B table 3-3", openers=("MAN_EPOCH_IGNITION",)),
            _USER,
        ),
    )
    segment = Section("segment", (Section("metadata", _OPM_METADATA, "1", "502.0-B table 3-2"), data))
    root = Section("opm", (Section("header", ODM_HEADER, "1", "502.0-B table 3-1"), Section("body", (segment,))))
    return Structure("OPM", versions, root)


OPM: Final = (_opm(("1.0",), "M"), _opm(("2.0", "3.0"), "O"))
"""In version 1.0 the spacecraft parameters were mandatory; since 2.0 they are conditional on manoeuvres (3.2.4)."""

_OMM_METADATA: Final = fields("""
M OBJECT_NAME text
M OBJECT_ID text
M CENTER_NAME text
M REF_FRAME text
C REF_FRAME_EPOCH date
M TIME_SYSTEM text
M MEAN_ELEMENT_THEORY text
""")
_MEAN: Final = fields("""
M EPOCH date
C SEMI_MAJOR_AXIS num km
C MEAN_MOTION num rev/day REV/DAY
M ECCENTRICITY num
M INCLINATION num deg
M RA_OF_ASC_NODE num deg
M ARG_OF_PERICENTER num deg
M MEAN_ANOMALY num deg
O GM num km**3/s**2 KM**3/S**2
""")
_TLE: Final = fields("""
O EPHEMERIS_TYPE int
O CLASSIFICATION_TYPE text
C NORAD_CAT_ID count
O ELEMENT_SET_NO count
O REV_AT_EPOCH count
C BSTAR num 1/ER
C BTERM num m**2/kg 3.0+
C MEAN_MOTION_DOT num rev/day**2 REV/DAY**2
C MEAN_MOTION_DDOT num rev/day**3 REV/DAY**3
C AGOM num m**2/kg 3.0+
""")
_OMM_DATA: Final = Section(
    "data",
    (
        Section("meanElements", _MEAN, "1", "502.0-B-2 table 4-3"),
        Section("spacecraftParameters", fields(_SPACECRAFT.format(need="O")), "?", "502.0-B-2 table 4-3"),
        Section("tleParameters", _TLE, "?", "502.0-B-2 table 4-3"),
        Section("covarianceMatrix", _COVARIANCE, "?", "502.0-B-2 table 4-3"),
        _USER,
    ),
)
OMM: Final = (
    Structure(
        "OMM",
        ("2.0", "3.0"),
        Section(
            "omm",
            (
                Section("header", ODM_HEADER, "1", "502.0-B-2 table 4-1"),
                Section(
                    "body",
                    (Section("segment", (Section("metadata", _OMM_METADATA, "1", "502.0-B-2 table 4-2"), _OMM_DATA)),),
                ),
            ),
        ),
    ),
)

_OEM_METADATA: Final = fields("""
M OBJECT_NAME text
M OBJECT_ID text
M CENTER_NAME text
M REF_FRAME text
C REF_FRAME_EPOCH date 2.0+
M TIME_SYSTEM text
M START_TIME date
O USEABLE_START_TIME date
O USEABLE_STOP_TIME date
M STOP_TIME date
O INTERPOLATION text
C INTERPOLATION_DEGREE count
""")
_STATE_COLUMNS: Final = ("EPOCH", *_AXES, "X_DDOT", "Y_DDOT", "Z_DDOT")
_OEM_SEGMENT: Final = Section(
    "segment",
    (
        Section("metadata", _OEM_METADATA, "1", "502.0-B table 5-3", markers=("META_START", "META_STOP")),
        Section(
            "data",
            (
                Section("stateVector", (), "*", "502.0-B section 5.2.4"),
                Section(
                    "",
                    (
                        Section(
                            "covarianceMatrix",
                            _OEM_COVARIANCE,
                            "*",
                            "502.0-B-2 section 5.2.5",
                            openers=("EPOCH",),
                            triangle=COVARIANCE_KEYWORDS,
                            since="2.0",
                        ),
                    ),
                    "?",
                    markers=("COVARIANCE_START", "COVARIANCE_STOP"),
                ),
            ),
            "1",
            "502.0-B section 5.2.4",
            rows=RowShape("stateVector", _STATE_COLUMNS, least=1),
        ),
    ),
    "+",
    openers=("META_START",),
)
OEM: Final = (
    Structure(
        "OEM",
        ("1.0", "2.0", "3.0"),
        Section("oem", (Section("header", ODM_HEADER, "1", "502.0-B table 5-2"), Section("body", (_OEM_SEGMENT,)))),
    ),
)
