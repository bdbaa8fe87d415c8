"""Conjunction data message: CCSDS 508.0-B-1 with its two corrigenda, tables 3-1 to 3-4; version 2.0 as drafted.

Keywords marked 2.0+ are those of the draft of the next issue (508.0-P-1.1), which makers already send as version 2.0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mihari.formats.ccsds._schema import Need, Section, Structure, fields

__all__ = ["CDM"]

_HEADER: Final = fields("""
M CREATION_DATE date
M ORIGINATOR text
O MESSAGE_FOR text
M MESSAGE_ID text
O CLASSIFICATION text 2.0+
""")
_RELATIVE_STATE: Final = fields("""
O RELATIVE_POSITION_R num m
O RELATIVE_POSITION_T num m
O RELATIVE_POSITION_N num m
O RELATIVE_VELOCITY_R num m/s
O RELATIVE_VELOCITY_T num m/s
O RELATIVE_VELOCITY_N num m/s
""")
_RELATIVE_FIRST: Final = fields("""
O CONJUNCTION_ID text 2.0+
M TCA date
M MISS_DISTANCE num m
O MAHALANOBIS_DISTANCE num 2.0+
O RELATIVE_SPEED num m/s
O APPROACH_ANGLE num deg 2.0+
""")
_RELATIVE_REST: Final = fields("""
O START_SCREEN_PERIOD date
O STOP_SCREEN_PERIOD date
O SCREEN_TYPE enum:SHAPE|PC|PC_MAX 2.0+
O SCREEN_VOLUME_FRAME enum:RTN|TVN
O SCREEN_VOLUME_SHAPE enum:ELLIPSOID|BOX|SPHERE
O SCREEN_VOLUME_RADIUS num m 2.0+
O SCREEN_VOLUME_X num m
O SCREEN_VOLUME_Y num m
O SCREEN_VOLUME_Z num m
O SCREEN_ENTRY_TIME date
O SCREEN_EXIT_TIME date
O SCREEN_PC_THRESHOLD num 2.0+
O COLLISION_PERCENTILE nums 2.0+
O COLLISION_PROBABILITY num
O COLLISION_PROBABILITY_METHOD text
O COLLISION_MAX_PROBABILITY num 2.0+
O COLLISION_MAX_PC_METHOD text 2.0+
O SEFI_COLLISION_PROBABILITY num 2.0+
O SEFI_COLLISION_PROBABILITY_METHOD text 2.0+
O SEFI_FRAGMENTATION_MODEL text 2.0+
O PREVIOUS_MESSAGE_ID text 2.0+
O PREVIOUS_MESSAGE_EPOCH date 2.0+
O NEXT_MESSAGE_EPOCH date 2.0+
""")
_METADATA: Final = fields("""
M OBJECT enum:OBJECT1|OBJECT2
M OBJECT_DESIGNATOR text
M CATALOG_NAME text
M OBJECT_NAME text
M INTERNATIONAL_DESIGNATOR text
O OBJECT_TYPE text
O OPERATOR_CONTACT_POSITION text
O OPERATOR_ORGANIZATION text
O OPERATOR_PHONE text
O OPERATOR_EMAIL text
M EPHEMERIS_NAME text
M COVARIANCE_METHOD enum:CALCULATED|DEFAULT
O COVARIANCE_SOURCE text 2.0+
O ODM_MSG_LINK text 2.0+
O ADM_MSG_LINK text 2.0+
O OBS_BEFORE_NEXT_MESSAGE enum:YES|NO 2.0+
M MANEUVERABLE enum:YES|NO|N/A
O ORBIT_CENTER text
M REF_FRAME enum:GCRF|EME2000|ITRF
O ALT_COV_TYPE enum:XYZ|CSIG3EIGVEC3 2.0+
O ALT_COV_REF_FRAME enum:GCRF|EME2000|ITRF 2.0+
O GRAVITY_MODEL text
O ATMOSPHERIC_MODEL text
O N_BODY_PERTURBATIONS text
O SOLAR_RAD_PRESSURE enum:YES|NO
O EARTH_TIDES enum:YES|NO
O INTRACK_THRUST enum:YES|NO
""")
_OD: Final = fields("""
O TIME_LASTOB_START date
O TIME_LASTOB_END date
O RECOMMENDED_OD_SPAN num d
O ACTUAL_OD_SPAN num d
O OBS_AVAILABLE count
O OBS_USED count
O TRACKS_AVAILABLE count
O TRACKS_USED count
O RESIDUALS_ACCEPTED num %
O WEIGHTED_RMS num
O OD_EPOCH date 2.0+
""")
_ADDITIONAL: Final = fields("""
O AREA_PC num m**2
O AREA_PC_MIN num m**2 2.0+
O AREA_PC_MAX num m**2 2.0+
O AREA_DRG num m**2
O AREA_SRP num m**2
O OEB_PARENT_FRAME text 2.0+
O OEB_PARENT_FRAME_EPOCH date 2.0+
O OEB_Q1 num 2.0+
O OEB_Q2 num 2.0+
O OEB_Q3 num 2.0+
O OEB_QC num 2.0+
O OEB_MAX num m 2.0+
O OEB_INT num m 2.0+
O OEB_MIN num m 2.0+
O AREA_ALONG_OEB_MAX num m**2 2.0+
O AREA_ALONG_OEB_INT num m**2 2.0+
O AREA_ALONG_OEB_MIN num m**2 2.0+
O RCS num m**2 2.0+
O RCS_MIN num m**2 2.0+
O RCS_MAX num m**2 2.0+
O VM_ABSOLUTE num 2.0+
O VM_APPARENT_MIN num 2.0+
O VM_APPARENT num 2.0+
O VM_APPARENT_MAX num 2.0+
O REFLECTANCE num 2.0+
O HBR num m 2.0+
O APOAPSIS_ALTITUDE num km 2.0+
O PERIAPSIS_ALTITUDE num km 2.0+
O INCLINATION num deg 2.0+
O COV_CONFIDENCE num 2.0+
O COV_CONFIDENCE_METHOD text 2.0+
O MASS num kg
O CD_AREA_OVER_MASS num m**2/kg
O CR_AREA_OVER_MASS num m**2/kg
O THRUST_ACCELERATION num m/s**2
O SEDR num W/kg
O MIN_DV num 2.0+
O MAX_DV num 2.0+
O LEAD_TIME_REQD_BEFORE_TCA num h 2.0+
""")
_STATE: Final = fields("""
M X num km
M Y num km
M Z num km
M X_DOT num km/s
M Y_DOT num km/s
M Z_DOT num km/s
""")
_M2, _M2_S, _M2_S2 = "m**2", "m**2/s", "m**2/s**2"


def _covariance(axes: str, need: str, since: str = "") -> str:
    """Return the table of a covariance in these axes: 6 x 6, then drag, solar radiation pressure, thrust."""
    names = [*axes, *(f"{axis}DOT" for axis in axes)]
    lines = []
    for row, first in enumerate(names):
        for column, second in enumerate(names[: row + 1]):
            unit = (_M2, _M2_S, _M2_S2)[(row > 2) + (column > 2)]
            lines.append(f"{need} C{first}_{second} num {unit} {since}")
    extra = (
        ("DRG", "m**3/kg", "m**3/(kg*s)", ("DRG",), ("m**4/kg**2",)),
        ("SRP", "m**3/kg", "m**3/(kg*s)", ("DRG", "SRP"), ("m**4/kg**2",) * 2),
        (
            "THR",
            "m**2/s**2",
            "m**2/s**3",
            ("DRG", "SRP", "THR"),
            ("m**3/(kg*s**2)", "m**3/(kg*s**2)", "m**2/s**4"),
        ),
    )
    for name, position, velocity, own, own_units in extra:
        units = (position,) * 3 + (velocity,) * 3 + own_units
        for second, unit in zip((*names, *own), units, strict=True):
            lines.append(f"O C{name}_{second} num {unit} {since}")
    return "\n".join(lines)


_RTN: Final = fields(_covariance("RTN", "M"))
_ALTERNATIVE: Final = (
    *(f for f in fields(_covariance("XYZ", "O", "2.0+")) if not f.keyword.endswith(("_DRG", "_SRP", "_THR"))),
    *fields("""
O CSIG3EIGVEC3 nums 2.0+
O DENSITY_FORECAST_UNCERTAINTY num 2.0+
O CSCALE_FACTOR_MIN num 2.0+
O CSCALE_FACTOR num 2.0+
O CSCALE_FACTOR_MAX num 2.0+
O SCREENING_DATA_SOURCE text 2.0+
O DCP_SENSITIVITY_VECTOR_POSITION nums m 2.0+
O DCP_SENSITIVITY_VECTOR_VELOCITY nums m/s 2.0+
"""),
)


def _structure(covariance: Section, versions: tuple[str, ...], *, is_draft: bool = False) -> Structure:
    """Return the table; the order within a draft's sections is not held against anyone."""
    fixed = not is_draft
    data = Section(
        "data",
        (
            Section("odParameters", _OD, "?", "508.0-B-1 table 3-4", is_ordered=fixed),
            Section("additionalParameters", _ADDITIONAL, "?", "508.0-B-1 table 3-4", is_ordered=fixed),
            Section("stateVector", _STATE, "1", "508.0-B-1 table 3-4"),
            covariance,
            Section("userDefinedParameters", (), "?", "508.0-P-1.1", is_open=True, since="2.0"),
        ),
        "1",
        "508.0-B-1 section 3.5",
    )
    segment = Section(
        "segment",
        (Section("metadata", _METADATA, "1", "508.0-B-1 table 3-3", is_ordered=fixed), data),
        "+",
        "508.0-B-1 section 3.4",
        openers=("OBJECT",),
    )
    relative = Section(
        "relativeMetadataData",
        (*_RELATIVE_FIRST, Section("relativeStateVector", _RELATIVE_STATE, "?"), *_RELATIVE_REST),
        "1",
        "508.0-B-1 table 3-2",
        is_ordered=fixed,
    )
    root = Section(
        "cdm",
        (
            Section("header", _HEADER, "1", "508.0-B-1 table 3-1", is_ordered=fixed),
            Section("body", (relative, segment)),
        ),
    )
    return Structure("CDM", versions, root)


CDM: Final = (
    _structure(Section("covarianceMatrix", _RTN, "1", "508.0-B-1 table 3-4"), ("1.0",)),
    _structure(
        Section(
            "covarianceMatrix",
            (*(replace(f, need=Need.CONDITIONAL) for f in _RTN), *_ALTERNATIVE),
            "+",
            "508.0-P-1.1 table 3-4",
            openers=("CR_R", "CX_X", "CSIG3EIGVEC3", "DENSITY_FORECAST_UNCERTAINTY"),
            is_ordered=False,
        ),
        ("2.0",),
        is_draft=True,
    ),
)
