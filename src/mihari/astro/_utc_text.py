"""UTC as text: ISO 8601, calendar or day of year, one moment or a million."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro._leap_seconds import NS_PER_DAY, NS_PER_S, days_from_civil, packaged_leap_seconds
from mihari.astro._utc import (
    END_DAY,
    FIRST_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    tai_ns_from_utc_day,
    tai_ns_from_utc_day_scalar,
    utc_day_from_tai_ns,
    utc_day_from_tai_ns_scalar,
)
from mihari.errors import InputError, UsageError

__all__ = [
    "format_utc",
    "format_utc_array",
    "parse_utc",
    "parse_utc_array",
    "read_clock",
    "unit_ns",
    "write_clock",
]

_TEXT: Final = re.compile(
    r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d*))?)?)?"
    r"(?:Z|\+00:00)?",
    re.ASCII | re.IGNORECASE,
)
_REMEDY: Final = "write it as 2024-02-29T12:00:00.5Z or 2024-060T12:00:00.5Z"
_CHUNK: Final = 1 << 15
# Days since 1970 of the first of each month from January 1678 to January 2262: month lengths without a calendar.
_MONTH_START: Final = np.arange("1678-01", "2262-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
_MONTH_START.setflags(write=False)


def parse_utc(text: str) -> int:
    """Read one moment of UTC.

    Parameters
    ----------
    text : str
        ISO 8601, calendar (``2016-12-31T23:59:60.5Z``) or day of year (``2016-366T23:59:60.5``); the Z may be
        missing, the T may be a space, seconds or the whole time of day may be left out. More than nine decimals are
        rounded to the nearest nanosecond.

    Returns
    -------
    int
        TAI nanoseconds since 1970-01-01T00:00:00 TAI.

    Raises
    ------
    InputError
        Not such a text, no such date or time (a leap second on a day without one), or outside 1678 to 2261.
    """
    day, ns_of_day, is_rounded_up = read_clock(text)
    tai_ns = tai_ns_from_utc_day_scalar(day, ns_of_day)
    if tai_ns is None and is_rounded_up:
        tai_ns = tai_ns_from_utc_day_scalar(day + 1, 0)
    if tai_ns is None:
        reason = "that UTC day has no leap second" if ns_of_day >= NS_PER_DAY else "no such time of day"
        raise InputError(f"'{text}': {reason}", remedy=_REMEDY)
    return tai_ns


def read_clock(text: str) -> tuple[int, int, bool]:
    """Read calendar and clock: days since 1970, nanoseconds of the day, whether decimals were rounded up to a second.

    A second 60 is let through at 23:59 only; whether the day has it is for the caller to say.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise InputError(f"'{text}' is not a moment of time", remedy=_REMEDY)
    year_text, month_text, day_text, day_of_year_text, hour_text, minute_text, second_text, fraction_text = (
        match.groups()
    )
    year = int(year_text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(f"'{text}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}", remedy=_REMEDY)
    if day_of_year_text is None:
        month, number = int(month_text), int(day_text)
        known = 1 <= month <= 12
        first = days_from_civil(year, month, 1) if known else 0
        length = days_from_civil(year + month // 12, month % 12 + 1, 1) - first if known else 0
    else:
        number = int(day_of_year_text)
        first = days_from_civil(year, 1, 1)
        length = days_from_civil(year + 1, 1, 1) - first
    if not 1 <= number <= length:
        raise InputError(f"'{text}' has no such date", remedy=_REMEDY)
    hour, minute, second = int(hour_text or 0), int(minute_text or 0), int(second_text or 0)
    fraction_ns = _fraction_ns(fraction_text or "")
    if hour > 23 or minute > 59 or second > (60 if (hour, minute) == (23, 59) else 59):
        raise InputError(f"'{text}': no such time of day", remedy=_REMEDY)
    ns_of_day = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction_ns
    return first + number - 1, ns_of_day, fraction_ns == NS_PER_S


def _fraction_ns(digits: str) -> int:
    """Round decimals of a second to nanoseconds, half up."""
    if len(digits) <= 9:
        return int(digits.ljust(9, "0"))
    return int(digits[:9]) + (digits[9] >= "5")


def format_utc(tai_ns: int, *, digits: int = 6) -> str:
    """Write one moment as ISO 8601 UTC that ends in Z, rounded to `digits` decimals of a second (0 to 9).

    A moment inside a leap second is written 23:59:60; such texts sort as the moments do.
    """
    unit = unit_ns(digits)
    day, ns = utc_day_from_tai_ns_scalar(int(tai_ns))
    ns = (ns + unit // 2) // unit * unit
    if ns >= NS_PER_DAY - NS_PER_S and tai_ns_from_utc_day_scalar(day, ns) is None:
        day, ns = day + 1, 0
    return f"{write_clock(day, ns, digits=digits)}Z"


def write_clock(day: int, ns: int, *, digits: int) -> str:
    """Write days since 1970 and nanoseconds of the day, which are already rounded."""
    seconds, fraction = divmod(ns, NS_PER_S)
    minutes = min(seconds // 60, 1439)
    date = np.datetime64(day, "D")
    tail = f".{fraction:09d}"[: digits + 1] if digits else ""
    return f"{date}T{minutes // 60:02d}:{minutes % 60:02d}:{seconds - 60 * minutes:02d}{tail}"


def unit_ns(digits: int) -> int:
    """Return the nanoseconds that the last of so many decimals of a second stands for."""
    if not 0 <= digits <= 9:
        raise UsageError(f"{digits} decimals of a second are not to be had", remedy="0 to 9")
    return int(10 ** (9 - digits))


def parse_utc_array(texts: Sequence[str] | NDArray[Any]) -> NDArray[np.int64]:
    """Read many moments of UTC; the same texts as `parse_utc`, about a million a second.

    Returns
    -------
    int64 array, shape of `texts`
        TAI nanoseconds.

    Raises
    ------
    InputError
        As `parse_utc`, with the position of the first bad text.
    """
    given = np.asarray(texts)
    if given.size == 0:
        return np.zeros(given.shape, dtype=np.int64)
    out = np.empty(given.size, dtype=np.int64)
    flat = given.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        part = flat[start : start + _CHUNK]
        day, ns, is_read = _read_columns(part)
        out[start : start + _CHUNK][is_read] = tai_ns_from_utc_day(day[is_read], ns[is_read])
        for index in np.flatnonzero(~is_read):
            text = part[index]
            try:
                out[start + index] = parse_utc(text.decode("latin-1") if isinstance(text, bytes) else str(text))
            except InputError as error:
                raise InputError(error.what, where=f"item {start + index}", remedy=error.remedy) from None
    return out.reshape(given.shape)


def _read_columns(texts: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Read texts of the two plain layouts column by column; the third array says which rows were such."""
    size = texts.size
    if texts.dtype.kind not in "US":
        none = np.zeros(size, dtype=np.int64)
        return none, none, np.zeros(size, dtype=np.bool_)
    code = np.uint32 if texts.dtype.kind == "U" else np.uint8
    codes: NDArray[Any] = np.ascontiguousarray(texts).view(code).reshape(size, -1)
    # Anything beyond ASCII becomes 255, which is neither a digit nor a mark.
    table = np.minimum(codes, 255).astype(np.uint8).T
    columns = np.full((max(40, table.shape[0] + 1), size), 0, dtype=np.uint8)
    columns[: table.shape[0]] = table
    is_calendar = columns[7] == ord("-")
    if is_calendar.all():
        return _read_layout(columns, _read_calendar, date_width=10)
    day, ns, is_read = _read_layout(columns, _read_day_of_year, date_width=8)
    if is_calendar.any():
        day_c, ns_c, is_read_c = _read_layout(columns, _read_calendar, date_width=10)
        day, ns = np.where(is_calendar, day_c, day), np.where(is_calendar, ns_c, ns)
        is_read = np.where(is_calendar, is_read_c, is_read)
    return day, ns, is_read


_Date = Callable[[NDArray[np.uint8]], tuple[NDArray[np.int64], NDArray[np.bool_]]]


def _read_layout(
    columns: NDArray[np.uint8], read_date: _Date, *, date_width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Read `<date>Thh:mm:ss[.f][Z]` with up to nine decimals, one text per column of `columns`."""
    day, is_read = read_date(columns)
    clock = columns[date_width:]
    is_read &= ((clock[0] == ord("T")) | (clock[0] == ord(" "))) & (clock[3] == ord(":")) & (clock[6] == ord(":"))
    hour, minute, second = (_number(clock[at : at + 2], is_read) for at in (1, 4, 7))
    is_read &= (hour <= 23) & (minute <= 59) & (second <= 59)
    is_open = clock[9] == ord(".")
    is_read &= is_open | _is_end(clock[9])
    fraction_ns = np.zeros(day.shape, dtype=np.int64)
    at = 10
    while at < 19 and is_open.any():
        digit = clock[at] - np.uint8(48)
        is_digit = is_open & (digit <= 9)
        fraction_ns += np.where(is_digit, digit, 0) * np.int64(10 ** (18 - at))
        is_read &= is_digit | np.where(is_open, _is_end(clock[at]), clock[at] == 0)
        is_open = is_digit
        at += 1
    is_read &= np.where(is_open, _is_end(clock[at]), clock[at] == 0) & ~clock[at + 1 :].any(axis=0)
    ns = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction_ns
    # Leap seconds and, while UTC was steered in fractions, the last second of a day go the careful way.
    is_read &= (day >= FIRST_DAY) & (day < END_DAY) & ((day > 730) | (ns < NS_PER_DAY - NS_PER_S))
    return day, ns, is_read


def _read_calendar(columns: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    is_read = (columns[4] == ord("-")) & (columns[7] == ord("-"))
    year, month, day = (_number(columns[a:b], is_read) for a, b in ((0, 4), (5, 7), (8, 10)))
    index = (year - FIRST_YEAR) * 12 + month - 1
    is_read &= (index >= 0) & (index < _MONTH_START.size - 1) & (month >= 1) & (month <= 12)
    index[~is_read] = 0
    first = _MONTH_START[index]
    is_read &= (day >= 1) & (day <= _MONTH_START[index + 1] - first)
    return first + day - 1, is_read


def _read_day_of_year(columns: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    is_read = columns[4] == ord("-")
    year, day = (_number(columns[a:b], is_read) for a, b in ((0, 4), (5, 8)))
    index = (year - FIRST_YEAR) * 12
    is_read &= (index >= 0) & (index < _MONTH_START.size - 1)
    index[~is_read] = 0
    first = _MONTH_START[index]
    is_read &= (day >= 1) & (day <= _MONTH_START[index + 12] - first)
    return first + day - 1, is_read


def _number(columns: NDArray[np.uint8], is_read: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number that a few digit columns make; clear `is_read` where a digit is none."""
    value = np.zeros(columns.shape[1], dtype=np.int64)
    for column in columns:
        digit = column - np.uint8(48)
        is_read &= digit <= 9
        value *= 10
        value += digit
    return value


def _is_end(column: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((column == 0) | (column == ord("Z")))


def format_utc_array(tai_ns: ArrayLike, *, digits: int = 6) -> NDArray[np.str_]:
    """Write many moments as `format_utc` does.

    Returns
    -------
    str array, shape of `tai_ns`
    """
    unit = unit_ns(digits)
    tai = np.asarray(tai_ns, dtype=np.int64)
    width = 21 + digits if digits else 20
    codes = np.empty((tai.size, width), dtype=np.uint32)
    flat = tai.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        _write_columns(flat[start : start + _CHUNK], codes[start : start + _CHUNK], unit, digits)
    return codes.view(f"<U{width}").reshape(tai.shape)


def _write_columns(tai: NDArray[np.int64], codes: NDArray[np.uint32], unit: int, digits: int) -> None:
    day, ns = utc_day_from_tai_ns(tai)
    ns = (ns + unit // 2) // unit * unit
    late = np.flatnonzero(ns >= NS_PER_DAY - NS_PER_S)
    over = late[ns[late] >= packaged_leap_seconds().day_length_ns(day[late])]
    day[over] += 1
    ns[over] = 0
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    month_count = months.astype(np.int64)
    seconds, fraction = np.divmod(ns, NS_PER_S)
    minutes = np.minimum(seconds // 60, 1439)
    fields = (
        (0, 4, month_count // 12 + 1970),
        (5, 2, month_count % 12 + 1),
        (8, 2, day - months.astype("datetime64[D]").astype(np.int64) + 1),
        (11, 2, minutes // 60),
        (14, 2, minutes % 60),
        (17, 2, seconds - 60 * minutes),
        (20, digits, fraction // unit),
    )
    codes[:] = np.frombuffer("0000-00-00T00:00:00.000000000Z"[: codes.shape[1]].encode(), dtype=np.uint8)
    codes[:, -1] = ord("Z")
    for at, count, value in fields:
        rest = value.astype(np.int32)
        for column in range(at + count - 1, at - 1, -1):
            shorter = rest // 10
            codes[:, column] = rest - shorter * 10 + 48
            rest = shorter
