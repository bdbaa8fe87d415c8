"""Tracking data message: CCSDS 503.0-B-1 and -B-2, tables 3-2, 3-3 and 3-5."""

from __future__ import annotations

from typing import Final

from mihari.formats.ccsds._schema import RowShape, Section, Structure, fields

__all__ = ["OBSERVABLES", "TDM"]

_HEADER: Final = fields("""
M CREATION_DATE date
M ORIGINATOR text
O MESSAGE_ID text 2.0+
""")


def _numbered(line: str, count: int = 5) -> str:
    """Return a line of the table for each participant."""
    return "\n".join(line.replace("_n", f"_{n}", 1) for n in range(1, count + 1))


_METADATA: Final = fields(f"""
O TRACK_ID text 2.0+
O DATA_TYPES text 2.0+
M TIME_SYSTEM enum:UTC|TAI|GPS|SCLK|GMST|MET|MRT|TCB|TCG|TDB|TT|UT1
O START_TIME date
O STOP_TIME date
M PARTICIPANT_1 text
O PARTICIPANT_2 text
O PARTICIPANT_3 text
O PARTICIPANT_4 text
O PARTICIPANT_5 text
C MODE enum:SEQUENTIAL|SINGLE_DIFF
C PATH text
C PATH_1 text
C PATH_2 text
{_numbered("O EPHEMERIS_NAME_n text 2.0+")}
O TRANSMIT_BAND text
O RECEIVE_BAND text
O TURNAROUND_NUMERATOR int
O TURNAROUND_DENOMINATOR int
O TIMETAG_REF enum:TRANSMIT|RECEIVE
O INTEGRATION_INTERVAL num s
O INTEGRATION_REF enum:START|MIDDLE|END
O FREQ_OFFSET num Hz
O RANGE_MODE enum:COHERENT|CONSTANT|ONE_WAY
O RANGE_MODULUS num
O RANGE_UNITS enum:KM|S|RU
O ANGLE_TYPE enum:AZEL|RADEC|XEYN|XSYE
O REFERENCE_FRAME text
O INTERPOLATION text 2.0+
C INTERPOLATION_DEGREE count 2.0+
O DOPPLER_COUNT_BIAS num Hz 2.0+
O DOPPLER_COUNT_SCALE num 2.0+
O DOPPLER_COUNT_ROLLOVER enum:YES|NO 2.0+
{_numbered("O TRANSMIT_DELAY_n num s")}
{_numbered("O RECEIVE_DELAY_n num s")}
O DATA_QUALITY enum:RAW|VALIDATED|DEGRADED
O CORRECTION_ANGLE_1 num deg
O CORRECTION_ANGLE_2 num deg
O CORRECTION_DOPPLER num km/s
O CORRECTION_MAG num 2.0+
O CORRECTION_RANGE num km s RU
O CORRECTION_RCS num m**2 2.0+
O CORRECTION_RECEIVE num Hz
O CORRECTION_TRANSMIT num Hz
O CORRECTION_ABERRATION_YEARLY num deg 2.0+
O CORRECTION_ABERRATION_DIURNAL num deg 2.0+
O CORRECTIONS_APPLIED enum:YES|NO
""")
OBSERVABLES: Final = {
    spec.keyword: spec
    for spec in fields(f"""
O ANGLE_1 num deg
O ANGLE_2 num deg
O CARRIER_POWER num dBW
O CLOCK_BIAS num s
O CLOCK_DRIFT num s/s
O DOPPLER_COUNT num 2.0+
O DOPPLER_INSTANTANEOUS num km/s
O DOPPLER_INTEGRATED num km/s
O DOR num s
O MAG num 2.0+
O PC_N0 num dBHz
O PR_N0 num dBHz
O PRESSURE num hPa
O RANGE num km s RU
O RCS num m**2 2.0+
O RECEIVE_FREQ num Hz
{_numbered("O RECEIVE_FREQ_n num Hz")}
{_numbered("O RECEIVE_PHASE_CT_n num 2.0+")}
O RHUMIDITY num %
O STEC num TECU
O TEMPERATURE num K
{_numbered("O TRANSMIT_FREQ_n num Hz")}
{_numbered("O TRANSMIT_FREQ_RATE_n num Hz/s")}
{_numbered("O TRANSMIT_PHASE_CT_n num 2.0+")}
O TROPO_DRY num m
O TROPO_WET num m
O VLBI_DELAY num s
""")
}
"""Data keywords of table 3-5."""
_SEGMENT: Final = Section(
    "segment",
    (
        Section(
            "metadata",
            _METADATA,
            "1",
            "503.0-B-2 table 3-3",
            markers=("META_START", "META_STOP"),
            is_ordered=False,
        ),
        Section(
            "data",
            (Section("observation", (), "*", "503.0-B-2 table 3-5"),),
            "1",
            "503.0-B-2 section 3.4",
            markers=("DATA_START", "DATA_STOP"),
            rows=RowShape("observation", ("EPOCH",), least=1),
            is_ordered=False,
        ),
    ),
    "+",
    openers=("META_START",),
)
TDM: Final = (
    Structure(
        "TDM",
        ("1.0", "2.0"),
        Section("tdm", (Section("header", _HEADER, "1", "503.0-B-2 table 3-2"), Section("body", (_SEGMENT,)))),
    ),
)
