"""One two-line element set, read with the patience that practice demands; the fast reader hands odd ones here.

Columns are those of Hoots and Roehrich, Spacetrack Report No. 3 (1980), as CelesTrak documents them; Alpha-5 is
Space-Track's extension of the catalogue number to 339,999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mihari.formats._rejections import shown

__all__ = [
    "ALPHA5_LETTERS",
    "TleFault",
    "TleRecord",
    "catalogue_number_from_tle",
    "checksum",
    "designator_from_tle",
    "full_year",
    "parse_tle_record",
]

ALPHA5_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""First characters of numbers from 100,000 on: A is 10, Z is 33; I and O are left out."""

_WEIGHT: Final = bytes(c - 48 if 48 <= c < 58 else int(c == 45) for c in range(256))
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_ASSUMED: Final = re.compile(r"([+-]?)\s*\.?(\d{1,5})\s*([+-]?)(\d)", re.ASCII)
_DESIGNATOR: Final = re.compile(r"(\d\d)(\d{3})([A-Z]{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class TleRecord:
    """The fields of one set in the units of `ELEMENT_SET_SCHEMA`; the epoch as year, day and 1e-8 day."""

    norad_cat_id: int
    object_id: str | None
    year: int
    day_of_year: int
    fraction_1e8: int
    mean_motion_rev_day: float
    eccentricity: float
    inclination_deg: float
    ra_of_asc_node_deg: float
    arg_of_pericenter_deg: float
    mean_anomaly_deg: float
    bstar_per_earth_radius: float
    mean_motion_dot_rev_day2: float
    mean_motion_ddot_rev_day3: float
    ephemeris_type: int | None
    classification: str | None
    element_set_no: int | None
    rev_at_epoch: int | None


class TleFault(Exception):  # noqa: N818 - never leaves the package
    """Why a set cannot be read: which of its two lines, which field, and the reason."""

    def __init__(self, line: int, field: str | None, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.field = field
        self.reason = reason


def checksum(line: str) -> int:
    """Return the sum of the digits in the first 68 columns, a minus counted as one, modulo ten."""
    return sum(line[:68].encode("ascii", "replace").translate(_WEIGHT)) % 10


def full_year(two_digits: int) -> int:
    """Return the year that a TLE means: 57 to 99 are 1957 to 1999."""
    return two_digits + (1900 if two_digits >= 57 else 2000)


def designator_from_tle(text: str) -> str | None:
    """Return 98067A as 1998-067A, or None when it does not read so."""
    match = _DESIGNATOR.fullmatch(text.strip())
    return f"{full_year(int(match[1]))}-{match[2]}{match[3]}" if match else None


def parse_tle_record(line1: str, line2: str) -> TleRecord:
    """Read one set.

    Raises
    ------
    TleFault
        A line is cut short, a checksum is wrong, the numbers of the lines differ, or a field is no number.
    """
    for number, line in ((1, line1), (2, line2)):
        if len(line) >= 7 and not line[2:7].strip():
            raise TleFault(number, "NORAD_CAT_ID", "there is no catalogue number")
    for number, line, needed in ((1, line1, 61), (2, line2, 63)):
        if len(line.rstrip()) < needed:
            raise TleFault(
                number, None, f"line {number} has {len(line.rstrip())} columns, at least {needed} are needed"
            )
        printed = line[68:69]
        # Some makers leave the checksum out; a checksum that is there must be right.
        if printed.strip() and (not ("0" <= printed <= "9") or checksum(line) != int(printed)):
            raise TleFault(number, "CHECKSUM", f"column 69 has {shown(printed)}, the line adds up to {checksum(line)}")
    norad_cat_id = _catalogue_number(line1[2:7], 1)
    if _catalogue_number(line2[2:7], 2) != norad_cat_id:
        raise TleFault(
            2, "NORAD_CAT_ID", f"line 1 has {shown(line1[2:7].strip())}, line 2 has {shown(line2[2:7].strip())}"
        )
    year, day_of_year, fraction_1e8 = _epoch(line1[18:32])
    return TleRecord(
        norad_cat_id=norad_cat_id,
        object_id=designator_from_tle(line1[9:17]),
        year=year,
        day_of_year=day_of_year,
        fraction_1e8=fraction_1e8,
        mean_motion_rev_day=_decimal(line2[52:63], 2, "MEAN_MOTION"),
        eccentricity=_eccentricity(line2[26:33]),
        inclination_deg=_decimal(line2[8:16], 2, "INCLINATION"),
        ra_of_asc_node_deg=_decimal(line2[17:25], 2, "RA_OF_ASC_NODE"),
        arg_of_pericenter_deg=_decimal(line2[34:42], 2, "ARG_OF_PERICENTER"),
        mean_anomaly_deg=_decimal(line2[43:51], 2, "MEAN_ANOMALY"),
        bstar_per_earth_radius=_assumed_decimal(line1[53:61], "BSTAR"),
        mean_motion_dot_rev_day2=_optional_decimal(line1[33:43], "MEAN_MOTION_DOT"),
        mean_motion_ddot_rev_day3=_optional_assumed(line1[44:52], "MEAN_MOTION_DDOT"),
        ephemeris_type=_whole(line1[62:63], 1, "EPHEMERIS_TYPE"),
        classification=line1[7:8].strip() or None,
        element_set_no=_whole(line1[64:68], 1, "ELEMENT_SET_NO"),
        rev_at_epoch=_whole(line2[63:68], 2, "REV_AT_EPOCH"),
    )


def catalogue_number_from_tle(line: str) -> int | None:
    """Return the catalogue number that an element line carries, None when there is none."""
    try:
        return _catalogue_number(line[2:7], 1)
    except TleFault:
        return None


def _catalogue_number(columns: str, line: int) -> int:
    text = columns.strip()
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) == 5 and text[0] in ALPHA5_LETTERS and text[1:].isascii() and text[1:].isdigit():
        return (ALPHA5_LETTERS.index(text[0]) + 10) * 10_000 + int(text[1:])
    raise TleFault(line, "NORAD_CAT_ID", f"{shown(text)} is not a catalogue number, not even in Alpha-5")


def _epoch(columns: str) -> tuple[int, int, int]:
    year = columns[:2].strip()
    day, _, fraction = columns[2:].strip().partition(".")
    plain = all(part.isascii() and part.isdigit() for part in (year, day)) and (
        not fraction or (fraction.isascii() and fraction.isdigit())
    )
    if not plain:
        raise TleFault(1, "EPOCH", f"{shown(columns)} is not YYDDD.DDDDDDDD")
    full = full_year(int(year))
    length = 366 if full % 4 == 0 else 365  # right from 1957 to 2056
    if not 1 <= int(day) <= length:
        raise TleFault(1, "EPOCH", f"{full} has no day {int(day)}")
    return full, int(day), int(fraction.ljust(8, "0")[:8])


def _decimal(columns: str, line: int, field: str) -> float:
    text = columns.strip()
    if not _DECIMAL.fullmatch(text):
        raise TleFault(line, field, f"{shown(text)} is not a number" if text else "is blank")
    return float(text)


def _optional_decimal(columns: str, field: str) -> float:
    return _decimal(columns, 1, field) if columns.strip() else float("nan")


def _eccentricity(columns: str) -> float:
    text = columns.strip().removeprefix(".")
    if not (text.isascii() and text.isdigit()):
        raise TleFault(2, "ECCENTRICITY", f"{shown(columns)} is not the decimals of a number below 1")
    # A leading blank stands for a zero: the decimals are right-justified.
    return int(text) / 10**7 if not columns.strip().startswith(".") else float("." + text)


def _assumed_decimal(columns: str, field: str) -> float:
    """Read a number with an assumed decimal point and a power of ten: -11606-4 is -0.11606e-4."""
    text = columns.strip()
    match = _ASSUMED.fullmatch(text)
    if match is None:
        raise TleFault(1, field, f"{shown(text)} is not a number like -11606-4" if text else "is blank")
    return float(f"{match[1]}.{match[2]}e{match[3]}{match[4]}")


def _optional_assumed(columns: str, field: str) -> float:
    return _assumed_decimal(columns, field) if columns.strip() else float("nan")


def _whole(columns: str, line: int, field: str) -> int | None:
    text = columns.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise TleFault(line, field, f"{shown(text)} is not a whole number")
    return int(text)
