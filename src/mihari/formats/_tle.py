"""TLE, 2LE and 3LE: a column of digits at a time over all sets, and record by record only for the odd ones.

Every number is a whole number over a power of ten, and both are exact in float64, so one division gives the very
value that `float(text)` gives.

References
----------
Hoots and Roehrich, Spacetrack Report No. 3 (1980); CelesTrak, "NORAD Two-Line Element Set Format"; Space-Track's
documentation of Alpha-5.

Validation
----------
tests/validation/test_formats_tle_authority.py: the sgp4 package on the catalogues of 1999 to 2026.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.formats._elements import element_frame, keep_sound_rows
from mihari.formats._epoch import tai_ns_from_year_day
from mihari.formats._limits import Limits
from mihari.formats._rejections import RejectionLog
from mihari.formats._tle_lines import TextLines, TlePairs, find_pairs, split_lines
from mihari.formats._tle_record import ALPHA5_LETTERS, TleFault, parse_tle_record

__all__ = ["read_tle", "read_tle_lines"]

_Array = NDArray[Any]
_CHUNK: Final = 1 << 15
_WIDTH: Final = 69
_SPACE, _PLUS, _MINUS, _POINT = 32, 43, 45, 46
_LINE1_COLUMNS: Final = frozenset(
    (
        "norad_cat_id",
        "epoch_tai_ns",
        "bstar_per_earth_radius",
        "mean_motion_dot_rev_day2",
        "mean_motion_ddot_rev_day3",
    )
)
_NUMBERS: Final = (
    "norad_cat_id",
    "year",
    "day_of_year",
    "fraction_1e8",
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
    "mean_motion_dot_rev_day2",
    "mean_motion_ddot_rev_day3",
    "ephemeris_type",
    "element_set_no",
    "rev_at_epoch",
)
_FLOATS: Final = frozenset(name for name in _NUMBERS[4:13])
_MISSING: Final = -1


def read_tle(text: bytes, *, log: RejectionLog, limits: Limits) -> pl.DataFrame:
    """Read every element set of a UTF-8 text; rejected ones go to `log`.

    Returns
    -------
    DataFrame
        Columns of `ELEMENT_SET_SCHEMA`, in the order of the file.
    """
    lines = split_lines(text)
    return _read_pairs(lines, find_pairs(lines, log=log, limits=limits), log)


def read_tle_lines(line1: list[str | None], line2: list[str | None], *, log: RejectionLog) -> pl.DataFrame:
    """Read sets whose lines come in two columns of a table; `_row` says which rows were good.

    The record number (from 1) stands for the line in rejections.
    """
    text = "\n".join(f"{(a or '').strip()}\n{(b or '').strip()}" for a, b in zip(line1, line2, strict=True))
    data = text.encode("utf-8", "replace")
    buffer = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(buffer == 10)
    start = np.concatenate(([0], breaks + 1)).astype(np.int64)
    end = np.concatenate((breaks, [buffer.size])).astype(np.int64)
    number = np.repeat(np.arange(1, len(line1) + 1), 2)
    lines = TextLines(data + b" " * 80, start, end, number)
    first = np.arange(len(line1), dtype=np.int64) * 2
    return _read_pairs(lines, TlePairs(first, first + 1, np.full(first.size, -1)), log)


def _read_pairs(lines: TextLines, pairs: TlePairs, log: RejectionLog) -> pl.DataFrame:
    size = pairs.line1.size
    columns: dict[str, _Array] = {
        name: np.zeros(size, dtype=np.float64 if name in _FLOATS else np.int64) for name in _NUMBERS
    }
    columns["classification"] = np.full(size, "", dtype="U1")
    columns["object_id"] = np.full(size, "", dtype="U11")
    bad = np.zeros(size, dtype=np.bool_)
    for at in range(0, size, _CHUNK):
        part = slice(at, min(at + _CHUNK, size))
        odd = _read_columns(lines, pairs, part, columns)
        for row in (np.flatnonzero(odd) + at).tolist():
            bad[row] = not _read_odd(lines, pairs, row, columns, log)
    columns["epoch_tai_ns"] = np.zeros(size, dtype=np.int64)
    good = ~bad
    columns["epoch_tai_ns"][good] = tai_ns_from_year_day(
        columns.pop("year")[good], columns.pop("day_of_year")[good], columns.pop("fraction_1e8")[good]
    )

    def line_of(name: str, row: int) -> int:
        return int(lines.number[pairs.line1[row] if name in _LINE1_COLUMNS else pairs.line2[row]])

    sound = keep_sound_rows(columns, line_of=line_of, log=log, already_bad=bad)
    kept = np.flatnonzero(sound)
    table: dict[str, Any] = {name: values[kept] for name, values in columns.items()}
    table["object_name"] = _names(lines, pairs.name[kept])
    for name in ("ephemeris_type", "element_set_no", "rev_at_epoch"):
        table[name] = pl.Series(table[name]).replace(_MISSING, None)
    for name in ("mean_motion_dot_rev_day2", "mean_motion_ddot_rev_day3"):
        table[name] = pl.Series(table[name]).fill_nan(None)
    for name in ("object_id", "classification"):
        text = pl.Series(table[name].tolist(), dtype=pl.String)
        table[name] = text.set(text == "", None)
    return element_frame(table, size=kept.size).with_columns(_row=pl.Series(kept))


def _names(lines: TextLines, name: NDArray[np.int64]) -> pl.Series:
    text, start, end = lines.text, lines.start[name].tolist(), lines.end[name].tolist()
    names: list[str | None] = []
    for index, a, b in zip(name.tolist(), start, end, strict=True):
        if index < 0:
            names.append(None)
            continue
        line = text[a:b]
        if line[:2] == b"0 ":
            line = line[2:].lstrip()
        names.append(line.decode("utf-8") or None)
    return pl.Series(names, dtype=pl.String)


def _read_odd(lines: TextLines, pairs: TlePairs, row: int, columns: dict[str, _Array], log: RejectionLog) -> bool:
    """Read one set the patient way; return False and note why when it cannot be read."""
    index = (int(pairs.line1[row]), int(pairs.line2[row]))
    try:
        record = parse_tle_record(lines.line(index[0]), lines.line(index[1]))
    except TleFault as fault:
        log.add(int(lines.number[index[fault.line - 1]]), fault.field, fault.reason)
        return False
    for name in _NUMBERS:
        value = getattr(record, name)
        columns[name][row] = _MISSING if value is None else value
    columns["classification"][row] = record.classification or ""
    columns["object_id"][row] = record.object_id or ""
    return True


def _read_columns(lines: TextLines, pairs: TlePairs, part: slice, columns: dict[str, _Array]) -> NDArray[np.bool_]:
    """Read the sets of one chunk that stand exactly in their columns; return which do not."""
    buffer = np.frombuffer(lines.text, dtype=np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(buffer, _WIDTH)
    index1, index2 = pairs.line1[part], pairs.line2[part]
    one = np.ascontiguousarray(windows[lines.start[index1]].T)
    two = np.ascontiguousarray(windows[lines.start[index2]].T)
    reader = _Columns(one.shape[1])
    length = lines.end - lines.start
    reader.ok &= (length[index1] >= _WIDTH) & (length[index2] >= _WIDTH)
    reader.ok &= (one[0] == 49) & (two[0] == 50) & (one[2:7] == two[2:7]).all(axis=0)
    for line, blanks, points in (
        (one, (1, 8, 17, 32, 43, 52, 61, 63), (23, 34)),
        (two, _BLANKS2, (11, 20, 37, 46, 54)),
    ):
        for at in blanks:
            reader.ok &= line[at] == _SPACE
        for at in points:
            reader.ok &= line[at] == _POINT
        reader.require_checksum(line)
    columns["norad_cat_id"][part] = reader.catalogue_number(one)
    year = reader.padded(one, 18, 20)
    columns["year"][part] = year + np.where(year >= 57, 1900, 2000)
    day = reader.padded(one, 20, 23)
    columns["day_of_year"][part] = day
    leap = (columns["year"][part] % 4) == 0
    reader.ok &= (day >= 1) & (day <= 365 + leap)
    columns["fraction_1e8"][part] = reader.digits(one, 24, 32)
    columns["mean_motion_dot_rev_day2"][part] = reader.sign(one, 33) * reader.digits(one, 35, 43) / 1e8
    columns["mean_motion_ddot_rev_day3"][part] = reader.assumed(one, 44)
    columns["bstar_per_earth_radius"][part] = reader.assumed(one, 53)
    columns["ephemeris_type"][part] = reader.optional(one, 62, 63)
    columns["element_set_no"][part] = reader.optional(one, 64, 68)
    for name, at in _ANGLES:
        whole = reader.padded(two, at, at + 3)
        columns[name][part] = (whole * 10_000 + reader.digits(two, at + 4, at + 8)) / 1e4
    columns["eccentricity"][part] = reader.digits(two, 26, 33) / 1e7
    columns["mean_motion_rev_day"][part] = (reader.padded(two, 52, 54) * 100_000_000 + reader.digits(two, 55, 63)) / 1e8
    columns["rev_at_epoch"][part] = reader.optional(two, 63, 68)
    columns["classification"][part] = reader.letters(one[7:8], "U1")
    columns["object_id"][part] = reader.designator(one)
    return ~reader.ok


_BLANKS2: Final = (1, 7, 16, 25, 33, 42, 51)
_ANGLES: Final = (
    ("inclination_deg", 8),
    ("ra_of_asc_node_deg", 17),
    ("arg_of_pericenter_deg", 34),
    ("mean_anomaly_deg", 43),
)


class _Columns:
    """Reads fields from lines laid out one column per row; `ok` loses the sets that do not fit."""

    def __init__(self, size: int) -> None:
        self.ok = np.ones(size, dtype=np.bool_)

    def digits(self, line: _Array, start: int, stop: int) -> NDArray[np.int64]:
        """Return a number that fills its columns."""
        value = np.zeros(line.shape[1], dtype=np.int64)
        for at in range(start, stop):
            digit = line[at] - np.uint8(48)
            self.ok &= digit <= 9
            value *= 10
            value += digit
        return value

    def padded(self, line: _Array, start: int, stop: int) -> NDArray[np.int64]:
        """Return a number that has blanks or zeros before it, and at least one digit."""
        value = np.zeros(line.shape[1], dtype=np.int64)
        begun = np.zeros(line.shape[1], dtype=np.bool_)
        for at in range(start, stop):
            digit = line[at] - np.uint8(48)
            is_digit = digit <= 9
            self.ok &= is_digit | ((line[at] == _SPACE) & ~begun)
            begun |= is_digit
            value *= 10
            value += np.where(is_digit, digit, 0)
        self.ok &= begun
        return value

    def optional(self, line: _Array, start: int, stop: int) -> NDArray[np.int64]:
        """Return a number with blanks before it, `_MISSING` where there are only blanks."""
        blank = (line[start:stop] == _SPACE).all(axis=0)
        if not blank.any():
            return self.padded(line, start, stop)
        before = self.ok.copy()
        value = self.padded(line, start, stop)
        self.ok = np.where(blank, before, self.ok)
        return np.where(blank, _MISSING, value)

    def sign(self, line: _Array, at: int) -> NDArray[np.float64]:
        """Return -1 or 1; a blank, a zero and a plus are positive."""
        negative = line[at] == _MINUS
        self.ok &= negative | (line[at] == _SPACE) | (line[at] == _PLUS) | (line[at] == 48)
        return np.asarray(np.where(negative, -1.0, 1.0))

    def assumed(self, line: _Array, at: int) -> NDArray[np.float64]:
        """Return the eight columns of a number with an assumed decimal point: -11606-4 is -0.11606e-4."""
        mantissa = self.sign(line, at) * self.digits(line, at + 1, at + 6)
        negative = line[at + 6] == _MINUS
        self.ok &= negative | (line[at + 6] == _PLUS) | (line[at + 6] == _SPACE)
        exponent = np.where(negative, -1, 1) * self.digits(line, at + 7, at + 8) - 5
        exponent = np.clip(exponent, -14, 4)
        # Powers of ten up to 22 are exact, so each branch rounds once, as float(text) does.
        divided = mantissa / _POWERS[np.maximum(-exponent, 0)]
        return np.asarray(np.where(exponent < 0, divided, mantissa * _POWERS[np.maximum(exponent, 0)]))

    def catalogue_number(self, line: _Array) -> NDArray[np.int64]:
        """Return the number, Alpha-5 included."""
        head = _ALPHA5[line[2]]
        is_letter = head >= 0
        rest = self.padded(line, 3, 7)
        self.ok &= ~is_letter | (line[3] != _SPACE)
        first = line[2] - np.uint8(48)
        is_digit = first <= 9
        self.ok &= is_letter | (line[2] == _SPACE) | (is_digit & (line[3] != _SPACE))
        return np.asarray(rest + 10_000 * np.where(is_letter, head, np.where(is_digit, first, 0)))

    def require_checksum(self, line: _Array) -> None:
        """Drop the sets whose checksum is missing or wrong."""
        total = np.zeros(line.shape[1], dtype=np.uint16)
        for at in range(68):
            total += _WEIGHT[line[at]]
        self.ok &= (total % 10) + 48 == line[68]

    def letters(self, columns: _Array, dtype: str) -> _Array:
        """Return printable ASCII columns as text without blanks; others lose the set."""
        self.ok &= ((columns >= _SPACE) & (columns < 127)).all(axis=0)
        clean = np.where((columns > _SPACE) & (columns < 127), columns, 0).astype(np.uint32)
        return np.ascontiguousarray(clean.T).view(f"<{dtype}").reshape(-1)

    def designator(self, line: _Array) -> _Array:
        """Return 98067A as 1998-067A; empty where the columns do not read so."""
        field = line[9:17]
        digit = field[:5] - np.uint8(48)
        piece = field[5:8]
        is_letter = (piece >= 65) & (piece <= 90)
        is_blank = piece == _SPACE
        plain = (digit <= 9).all(axis=0) & is_letter[0] & (is_letter[1] | is_blank[1]) & (is_letter[2] | is_blank[2])
        plain &= ~(is_blank[1] & is_letter[2])
        out = np.zeros((11, line.shape[1]), dtype=np.uint32)
        recent = (digit[0] < 5) | ((digit[0] == 5) & (digit[1] < 7))
        out[0] = np.where(recent, ord("2"), ord("1"))
        out[1] = np.where(recent, ord("0"), ord("9"))
        out[2:4] = field[:2]
        out[4] = _MINUS
        out[5:8] = field[2:5]
        out[8:11] = np.where(is_blank, 0, piece)
        out[:, ~plain] = 0
        # Anything but blanks or a plain designator is for the patient reader.
        self.ok &= plain | (field == _SPACE).all(axis=0)
        return np.ascontiguousarray(out.T).view("<U11").reshape(-1)


_POWERS: Final = np.array([10.0**k for k in range(20)])
_WEIGHT: Final = np.zeros(256, dtype=np.uint16)
_WEIGHT[48:58] = np.arange(10)
_WEIGHT[_MINUS] = 1
_ALPHA5: Final = np.full(256, -1, dtype=np.int64)
_ALPHA5[[ord(letter) for letter in ALPHA5_LETTERS]] = np.arange(10, 34)
