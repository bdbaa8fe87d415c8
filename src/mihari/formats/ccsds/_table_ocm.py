"""Orbit comprehensive message: CCSDS 502.0-B-3 section 6, tables 6-2 to 6-11."""

from __future__ import annotations

from typing import Final

from mihari.formats.ccsds._schema import RowShape, Section, Structure, fields
from mihari.formats.ccsds._table_odm import ODM_HEADER

__all__ = ["OCM"]

_METADATA: Final = fields("""
O OBJECT_NAME text
O INTERNATIONAL_DESIGNATOR text
O CATALOG_NAME text
O OBJECT_DESIGNATOR text
O ALTERNATE_NAMES text
O ORIGINATOR_POC text
O ORIGINATOR_POSITION text
O ORIGINATOR_PHONE text
O ORIGINATOR_EMAIL text
O ORIGINATOR_ADDRESS text
O TECH_ORG text
O TECH_POC text
O TECH_POSITION text
O TECH_PHONE text
O TECH_EMAIL text
O TECH_ADDRESS text
O PREVIOUS_MESSAGE_ID text
O NEXT_MESSAGE_ID text
O ADM_MSG_LINK text
O CDM_MSG_LINK text
O PRM_MSG_LINK text
O RDM_MSG_LINK text
O TDM_MSG_LINK text
O OPERATOR text
O OWNER text
O COUNTRY text
O CONSTELLATION text
O OBJECT_TYPE text
C TIME_SYSTEM text
M EPOCH_TZERO date
O OPS_STATUS text
O ORBIT_CATEGORY text
O OCM_DATA_ELEMENTS text
C SCLK_OFFSET_AT_EPOCH num s
C SCLK_SEC_PER_SI_SEC num s
O PREVIOUS_MESSAGE_EPOCH moment
O NEXT_MESSAGE_EPOCH moment
O START_TIME moment
O STOP_TIME moment
O TIME_SPAN num d
O TAIMUTC_AT_TZERO num s
O NEXT_LEAP_EPOCH moment
C NEXT_LEAP_TAIMUTC num s
O UT1MUTC_AT_TZERO num s
O EOP_SOURCE text
O INTERP_METHOD_EOP text
O CELESTIAL_SOURCE text
""")
"""TIME_SYSTEM is UTC where it is left out, as every keyword with a default in the book."""
_TRAJ: Final = fields("""
O TRAJ_ID text
O TRAJ_PREV_ID text
O TRAJ_NEXT_ID text
O TRAJ_BASIS text
O TRAJ_BASIS_ID text
O INTERPOLATION text
C INTERPOLATION_DEGREE count
O PROPAGATOR text
C CENTER_NAME text
C TRAJ_REF_FRAME text
C TRAJ_FRAME_EPOCH moment
O USEABLE_START_TIME moment
O USEABLE_STOP_TIME moment
O ORB_REVNUM num
C ORB_REVNUM_BASIS enum:0|1
C TRAJ_TYPE text
C ORB_AVERAGING text
O TRAJ_UNITS units
""")
_PHYS: Final = fields("""
O MANUFACTURER text
O BUS_MODEL text
O DOCKED_WITH text
O DRAG_CONST_AREA num m**2
O DRAG_COEFF_NOM num
O DRAG_UNCERTAINTY num %
O INITIAL_WET_MASS num kg
O WET_MASS num kg
O DRY_MASS num kg
O OEB_PARENT_FRAME text
C OEB_PARENT_FRAME_EPOCH moment
O OEB_Q1 num
O OEB_Q2 num
O OEB_Q3 num
O OEB_QC num
O OEB_MAX num m
O OEB_INT num m
O OEB_MIN num m
O AREA_ALONG_OEB_MAX num m**2
O AREA_ALONG_OEB_INT num m**2
O AREA_ALONG_OEB_MIN num m**2
O AREA_MIN_FOR_PC num m**2
O AREA_MAX_FOR_PC num m**2
O AREA_TYP_FOR_PC num m**2
O RCS num m**2
O RCS_MIN num m**2
O RCS_MAX num m**2
O SRP_CONST_AREA num m**2
O SOLAR_RAD_COEFF num
O SOLAR_RAD_UNCERTAINTY num %
O VM_ABSOLUTE num
O VM_APPARENT_MIN num
O VM_APPARENT num
O VM_APPARENT_MAX num
O REFLECTANCE num
O ATT_CONTROL_MODE text
O ATT_ACTUATOR_TYPE text
O ATT_KNOWLEDGE num deg
O ATT_CONTROL num deg
O ATT_POINTING num deg
O AVG_MANEUVER_FREQ num #/yr
O MAX_THRUST num N
O DV_BOL num km/s
O DV_REMAINING num km/s
O IXX num kg*m**2
O IYY num kg*m**2
O IZZ num kg*m**2
O IXY num kg*m**2
O IXZ num kg*m**2
O IYZ num kg*m**2
""")
_COV: Final = fields("""
O COV_ID text
O COV_PREV_ID text
O COV_NEXT_ID text
O COV_BASIS text
O COV_BASIS_ID text
C COV_REF_FRAME text
C COV_FRAME_EPOCH moment
O COV_SCALE_MIN num
O COV_SCALE_MAX num
O COV_CONFIDENCE num %
C COV_TYPE text
C COV_ORDERING enum:LTM|UTM|FULL|LTMWCC|UTMWCC
O COV_UNITS units
""")
_MAN: Final = fields("""
M MAN_ID text
O MAN_PREV_ID text
O MAN_NEXT_ID text
O MAN_BASIS text
O MAN_BASIS_ID text
M MAN_DEVICE_ID text
O MAN_PREV_EPOCH moment
O MAN_NEXT_EPOCH moment
O MAN_PURPOSE text
O MAN_PRED_SOURCE text
C MAN_REF_FRAME text
C MAN_FRAME_EPOCH moment
O GRAV_ASSIST_NAME text
C DC_TYPE enum:CONTINUOUS|TIME|TIME_AND_ANGLE
C DC_WIN_OPEN moment
C DC_WIN_CLOSE moment
O DC_MIN_CYCLES count
O DC_MAX_CYCLES count
C DC_EXEC_START moment
C DC_EXEC_STOP moment
C DC_REF_TIME moment
C DC_TIME_PULSE_DURATION num s
C DC_TIME_PULSE_PERIOD num s
C DC_REF_DIR nums
C DC_BODY_FRAME text
C DC_BODY_TRIGGER nums
C DC_PA_START_ANGLE num deg
C DC_PA_STOP_ANGLE num deg
M MAN_COMPOSITION text
O MAN_UNITS units
""")
_PERT: Final = fields("""
O ATMOSPHERIC_MODEL text
O GRAVITY_MODEL text
O EQUATORIAL_RADIUS num km
O GM num km**3/s**2
O N_BODY_PERTURBATIONS text
O CENTRAL_BODY_ROTATION num deg/s
O OBLATE_FLATTENING num
O OCEAN_TIDES_MODEL text
O SOLID_TIDES_MODEL text
O REDUCTION_THEORY text
O ALBEDO_MODEL text
O ALBEDO_GRID_SIZE count
O SHADOW_MODEL text
O SHADOW_BODIES text
O SRP_MODEL text
O SW_DATA_SOURCE text
O SW_DATA_EPOCH moment
O SW_INTERP_METHOD text
O FIXED_GEOMAG_KP num nT
O FIXED_GEOMAG_AP num nT
O FIXED_GEOMAG_DST num nT
O FIXED_F10P7 num SFU
O FIXED_F10P7_MEAN num SFU
O FIXED_M10P7 num SFU
O FIXED_M10P7_MEAN num SFU
O FIXED_S10P7 num SFU
O FIXED_S10P7_MEAN num SFU
O FIXED_Y10P7 num SFU
O FIXED_Y10P7_MEAN num SFU
""")
_OD: Final = fields("""
M OD_ID text
O OD_PREV_ID text
M OD_METHOD text
M OD_EPOCH moment
O DAYS_SINCE_FIRST_OBS num d
O DAYS_SINCE_LAST_OBS num d
O RECOMMENDED_OD_SPAN num d
O ACTUAL_OD_SPAN num d
O OBS_AVAILABLE count
O OBS_USED count
O TRACKS_AVAILABLE count
O TRACKS_USED count
O MAXIMUM_OBS_GAP num d
O OD_EPOCH_EIGMAJ num m
O OD_EPOCH_EIGINT num m
O OD_EPOCH_EIGMIN num m
O OD_MAX_PRED_EIGMAJ num m
O OD_MIN_PRED_EIGMIN num m
O OD_CONFIDENCE num %
O GDOP num
O SOLVE_N count
O SOLVE_STATES text
O CONSIDER_N count
O CONSIDER_PARAMS text
O SEDR num W/kg
O SENSORS_N count
O SENSORS text
O WEIGHTED_RMS num
O DATA_TYPES text
""")


def _block(name: str, table: tuple[object, ...], occurs: str, book: str, rows: str = "") -> Section:
    marker = name.upper()
    return Section(
        name,
        table,  # type: ignore[arg-type]
        occurs,
        f"502.0-B-3 table {book}",
        markers=(f"{marker}_START", f"{marker}_STOP"),
        rows=RowShape(rows) if rows else None,
    )


_DATA: Final = Section(
    "data",
    (
        _block("traj", _TRAJ, "*", "6-4", "trajLine"),
        _block("phys", _PHYS, "?", "6-5"),
        _block("cov", _COV, "*", "6-6", "covLine"),
        _block("man", _MAN, "*", "6-7", "manLine"),
        _block("pert", _PERT, "?", "6-10"),
        _block("od", _OD, "?", "6-11"),
        Section("user", (), "?", "502.0-B-3 table 6-12", ("USER_START", "USER_STOP"), is_open=True, is_ordered=False),
    ),
    "?",
)
_SEGMENT: Final = Section(
    "segment",
    (Section("metadata", _METADATA, "1", "502.0-B-3 table 6-3", markers=("META_START", "META_STOP")), _DATA),
)
OCM: Final = (
    Structure(
        "OCM",
        ("3.0",),
        Section("ocm", (Section("header", ODM_HEADER, "1", "502.0-B-3 table 6-2"), Section("body", (_SEGMENT,)))),
    ),
)
