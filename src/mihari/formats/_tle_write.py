"""Writes element sets as TLE with names (3LE), rounded to the digits that the form has."""

from __future__ import annotations

import re
from typing import Any, Final

from mihari.errors import InputError
from mihari.formats._epoch import year_day_from_tai_ns
from mihari.formats._tle_record import ALPHA5_LETTERS, checksum
from mihari.model.orbit import ElementSets

__all__ = ["MAX_TLE_NUMBER", "tle_text"]

MAX_TLE_NUMBER: Final = 339_999
"""The last number that Alpha-5 can write: Z9999."""
_DESIGNATOR: Final = re.compile(r"(19|20)(\d\d)-(\d{3})([A-Z]{1,3})", re.ASCII)


def tle_text(sets: ElementSets) -> str:
    """Return sets as lines 0, 1 and 2; sets without a name have no line 0.

    Element set numbers count modulo 10,000 and revolutions modulo 100,000, as the columns have it.

    Raises
    ------
    InputError
        A set does not fit: a catalogue number above 339,999, a year outside 1957 to 2056, a mean motion of 100 or
        more, a B* or derivative beyond its columns, a name with control characters.
    """
    frame = sets.frame
    years, days, fractions = (column.tolist() for column in year_day_from_tai_ns(frame["epoch_tai_ns"].to_numpy()))
    lines: list[str] = []
    for row, year, day, fraction in zip(frame.iter_rows(named=True), years, days, fractions, strict=True):
        number = row["norad_cat_id"]
        if number > MAX_TLE_NUMBER:
            raise _refusal(row, f"catalogue number {number} cannot be written as a TLE, which ends at {MAX_TLE_NUMBER}")
        if not 1957 <= year <= 2056:
            raise _refusal(row, f"the year {year} cannot be written as a TLE, which has two digits for it")
        name = row["object_name"]
        if name:
            if not name.isprintable():
                raise _refusal(row, f"the name {name!r:.60} has control characters")
            lines.append(f"0 {name}")
        identity = _alpha5(number)
        designator = _DESIGNATOR.fullmatch(row["object_id"] or "")
        piece = f"{designator[2]}{designator[3]}{designator[4]}" if designator else ""
        ddot, bstar = _assumed(row, "mean_motion_ddot_rev_day3"), _assumed(row, "bstar_per_earth_radius")
        line1 = (
            f"1 {identity}{_classification(row)} {piece:<8} {year % 100:02d}{day:03d}.{fraction:08d} "
            f"{_derivative(row)} {ddot} {bstar} "
            f"{(row['ephemeris_type'] or 0) % 10} {(row['element_set_no'] or 0) % 10_000:4d}"
        )
        line2 = (
            f"2 {identity} {row['inclination_deg']:8.4f} {_angle(row['ra_of_asc_node_deg'])} {_eccentricity(row)} "
            f"{_angle(row['arg_of_pericenter_deg'])} {_angle(row['mean_anomaly_deg'])} {_mean_motion(row)}"
            f"{(row['rev_at_epoch'] or 0) % 100_000:5d}"
        )
        lines += [line1 + str(checksum(line1)), line2 + str(checksum(line2))]
    return "".join(f"{line}\n" for line in lines)


def _refusal(row: dict[str, Any], what: str) -> InputError:
    return InputError(what, where=f"object {row['norad_cat_id']}", remedy="write OMM instead")


def _alpha5(number: int) -> str:
    head, rest = divmod(number, 10_000)
    return f"{number:05d}" if head < 10 else f"{ALPHA5_LETTERS[head - 10]}{rest:04d}"


def _classification(row: dict[str, Any]) -> str:
    text = row["classification"] or "U"
    return text if len(text) == 1 and text.isascii() and text.isprintable() else "U"


def _angle(angle_deg: float) -> str:
    text = f"{angle_deg % 360.0:8.4f}"
    return "  0.0000" if text == "360.0000" else text


def _eccentricity(row: dict[str, Any]) -> str:
    decimals = round(row["eccentricity"] * 10**7)
    if decimals >= 10**7:
        raise _refusal(row, f"eccentricity {row['eccentricity']} rounds to 1 in the seven digits of a TLE")
    return f"{decimals:07d}"


def _mean_motion(row: dict[str, Any]) -> str:
    text = f"{row['mean_motion_rev_day']:11.8f}"
    if len(text) > 11 or float(text) <= 0.0:
        raise _refusal(row, f"mean motion {row['mean_motion_rev_day']} rev/day does not fit the columns of a TLE")
    return text


def _derivative(row: dict[str, Any]) -> str:
    value = row["mean_motion_dot_rev_day2"] or 0.0
    text = f"{abs(value):.8f}"
    if not text.startswith("0."):
        raise _refusal(row, f"a mean motion derivative of {value} does not fit the columns of a TLE")
    return ("-" if value < 0.0 else " ") + text[1:]


def _assumed(row: dict[str, Any], name: str) -> str:
    """Write a number as mantissa with an assumed decimal point and a power of ten: -0.11606e-4 is -11606-4."""
    value = row[name] or 0.0
    mantissa, _, power = f"{abs(value):.4e}".partition("e")
    exponent = int(power) + 1
    if value == 0.0:
        return " 00000+0"
    if exponent > 9:
        raise _refusal(row, f"{name.split('_per_')[0]} {value} does not fit the columns of a TLE")
    digits = mantissa.replace(".", "")
    if exponent < -9:
        # Smaller numbers lose digits from the right, as the columns end at a power of -9.
        digits = f"{round(abs(value) * 1e14):05d}"
        exponent = -9
        if digits == "00000":
            return " 00000+0"
    sign = "-" if value < 0.0 else " "
    return f"{sign}{digits}{'-' if exponent < 0 else '+'}{abs(exponent)}"
