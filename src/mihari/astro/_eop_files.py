"""Earth orientation files of the IERS, read column by column: finals2000A (IERS-A) and EOP C04 (IERS-B)."""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mihari.errors import FormatError, NotFoundError

__all__ = ["EopRows", "read_c04_rows", "read_finals2000a_rows"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EopRows:
    """Daily values at 0h UTC as the files give them; NaN where a file has none."""

    mjd: NDArray[np.int64]
    ut1_utc_s: Floats
    x_pole_arcsec: Floats
    y_pole_arcsec: Floats
    lod_s: Floats
    dx_arcsec: Floats
    dy_arcsec: Floats
    is_predicted: NDArray[np.bool_]


def read_finals2000a_rows(path: Path, *, after_mjd: int = 0) -> EopRows:
    """Read finals2000A: the values of Bulletin B where the file has them, else those of Bulletin A.

    Rows without a pole and UT1 are left out; the excess length of day and the celestial pole offsets end earlier.
    """
    table = _lines(path, width=187)
    mjd = _column(table, 7, 15)
    table, mjd = table[mjd > after_mjd], mjd[mjd > after_mjd]
    values = [
        _first_known(_column(table, *late), _column(table, *early))
        for late, early in (((154, 165), (58, 68)), ((134, 144), (18, 27)), ((144, 154), (37, 46)))
    ]
    dx, dy = (
        _first_known(_column(table, *late), _column(table, *early)) * 1e-3
        for late, early in (((165, 175), (97, 106)), ((175, 185), (116, 125)))
    )
    known = np.isfinite(mjd) & np.isfinite(np.array(values)).all(axis=0)
    if not known.any():
        raise FormatError("has no Earth orientation values", where=str(path), remedy="expected finals2000A")
    has_bulletin_b = np.isfinite(_column(table, 154, 165))
    return EopRows(
        mjd=mjd[known].astype(np.int64),
        ut1_utc_s=values[0][known],
        x_pole_arcsec=values[1][known],
        y_pole_arcsec=values[2][known],
        lod_s=_column(table, 79, 86)[known] * 1e-3,
        dx_arcsec=dx[known],
        dy_arcsec=dy[known],
        is_predicted=((table[:, 16] == ord("P")) | (table[:, 57] == ord("P")))[known] & ~has_bulletin_b[known],
    )


def read_c04_rows(path: Path) -> EopRows:
    """Read EOP C04 in the layout of series 20 (``eopc04.1962-now``): final values only."""
    table = _lines(path, width=219)
    table = table[table[:, 0] != ord("#")]
    spans = ((16, 26), (50, 62), (26, 38), (38, 50), (110, 122), (62, 74), (74, 86))
    mjd, ut1_utc, x_pole, y_pole, lod, dx, dy = (_column(table, *span) for span in spans)
    known = np.isfinite(np.array((mjd, ut1_utc, x_pole, y_pole))).all(axis=0)
    if not known.any():
        raise FormatError("has no Earth orientation values", where=str(path), remedy="expected EOP 20 C04")
    return EopRows(
        mjd=mjd[known].astype(np.int64),
        ut1_utc_s=ut1_utc[known],
        x_pole_arcsec=x_pole[known],
        y_pole_arcsec=y_pole[known],
        lod_s=lod[known],
        dx_arcsec=dx[known],
        dy_arcsec=dy[known],
        is_predicted=np.zeros(int(known.sum()), dtype=np.bool_),
    )


def _lines(path: Path, *, width: int) -> NDArray[np.uint8]:
    """Return the file's lines as a table of bytes, cut or filled with NUL to `width`; `.xz` is unpacked."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError("no such file", where=str(path)) from None
    if path.suffix == ".xz":
        try:
            raw = lzma.decompress(raw)
        except (lzma.LZMAError, EOFError) as error:
            raise FormatError(f"is not a whole xz file: {error}", where=str(path)) from None
    lines = np.array(raw.split(b"\n"), dtype=f"S{width}")
    return lines.view(np.uint8).reshape(lines.size, width)


def _column(table: NDArray[np.uint8], start: int, end: int) -> Floats:
    """Read a fixed-width column of numbers; blank is NaN."""
    text = np.ascontiguousarray(table[:, start:end]).view(f"S{end - start}").reshape(-1)
    stripped = np.char.strip(text)
    stripped = np.where(stripped == b"", b"nan", stripped)
    try:
        return np.asarray(stripped.astype(np.float64))
    except ValueError as error:
        raise FormatError(f"column {start + 1} to {end} holds no number: {error}") from None


def _first_known(preferred: Floats, other: Floats) -> Floats:
    return np.where(np.isfinite(preferred), preferred, other)
