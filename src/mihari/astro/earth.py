"""Earth orientation: where the pole is, how far UT1 has run, and how old those values are.

The table is an argument of every conversion that needs it. `load_earth_orientation` reads the one that came with the
installed IERS data; `read_finals2000a` and `read_c04` read a file of your own; `EarthOrientation.held` holds given
values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import astropy_iers_data
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro._eop_files import EopRows, read_c04_rows, read_finals2000a_rows
from mihari.astro._interpolation import lagrange_weights
from mihari.astro._julian import JD_1970, day_and_fraction
from mihari.astro._leap_seconds import MJD_1970, NS_PER_DAY, NS_PER_S
from mihari.astro._utc import tai_ns_from_utc_day
from mihari.astro._utc_text import format_utc
from mihari.errors import DataGapError, InputError

__all__ = [
    "EarthOrientation",
    "EopInterpolation",
    "OrientationValues",
    "load_earth_orientation",
    "read_c04",
    "read_finals2000a",
    "tai_ns_from_ut1_jd",
    "ut1_jd_from_tai_ns",
]

Floats = NDArray[np.float64]

_RAD_PER_ARCSEC: Final = math.pi / 648_000.0


class EopInterpolation(Enum):
    """How values between the daily ones are found.

    LAGRANGE is the polynomial through four neighbours, which the IERS recommends. LINEAR is what astropy does; with the
    fortnightly tides in UT1 it is off by up to 50 us, 2.5 cm in low orbit and 16 cm at GEO.
    """

    LAGRANGE = "lagrange"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True, eq=False)
class OrientationValues:
    """Earth orientation at given moments; every array has the moments' shape.

    Attributes
    ----------
    ut1_tai_s : float64 array
        UT1 - TAI.
    x_pole_rad, y_pole_rad : float64 arrays
        Coordinates of the celestial intermediate pole in the ITRF.
    lod_s : float64 array
        Excess of the length of day over 86,400 s.
    dx_rad, dy_rad : float64 arrays
        Offsets of the celestial pole from IAU 2006/2000A.
    """

    ut1_tai_s: Floats
    x_pole_rad: Floats
    y_pole_rad: Floats
    lod_s: Floats
    dx_rad: Floats
    dy_rad: Floats


@dataclass(frozen=True, slots=True, eq=False)
class EarthOrientation:
    """An immutable table of Earth orientation.

    Attributes
    ----------
    node_tai_ns : int64 array, (n,)
        Moments of the rows, ascending.
    ut1_tai_s, x_pole_rad, y_pole_rad, lod_s, dx_rad, dy_rad : float64 arrays, (n,)
        As in `OrientationValues`. UT1 - TAI has no jumps at leap seconds, which is why it is what is interpolated.
    measured_until_tai_ns : int
        Moment of the last measured row; later ones are predictions.
    source : str
        Where the values come from.
    dpsi80_rad, deps80_rad : float
        Corrections to the IAU 1980 nutation, used by that model alone; see `frames.PrecessionNutation`.
    interpolation : EopInterpolation

    Notes
    -----
    Diurnal and semidiurnal tides are not added to the daily values: up to 0.07 ms in UT1 and 1 mas in the pole, which
    makes 3 cm on the ground and in low orbit.
    """

    node_tai_ns: NDArray[np.int64]
    ut1_tai_s: Floats
    x_pole_rad: Floats
    y_pole_rad: Floats
    lod_s: Floats
    dx_rad: Floats
    dy_rad: Floats
    measured_until_tai_ns: int
    source: str
    dpsi80_rad: float = 0.0
    deps80_rad: float = 0.0
    interpolation: EopInterpolation = EopInterpolation.LAGRANGE

    def __post_init__(self) -> None:
        if self.node_tai_ns.ndim != 1 or self.node_tai_ns.size < 2 or np.any(np.diff(self.node_tai_ns) <= 0):
            raise InputError("an Earth orientation table needs two rows or more, in order of time", where=self.source)
        for column in (self.node_tai_ns, *self._columns()):
            if column.shape != self.node_tai_ns.shape or not np.isfinite(column).all():
                raise InputError("an Earth orientation table has a missing value", where=self.source)
            column.setflags(write=False)

    @classmethod
    def held(
        cls,
        *,
        start_tai_ns: int,
        end_tai_ns: int,
        ut1_tai_s: float,
        x_pole_rad: float = 0.0,
        y_pole_rad: float = 0.0,
        lod_s: float = 0.0,
        dx_rad: float = 0.0,
        dy_rad: float = 0.0,
        dpsi80_rad: float = 0.0,
        deps80_rad: float = 0.0,
        source: str = "given values, held",
    ) -> EarthOrientation:
        """Return a table that holds one set of values from start to end: for worked examples and far dates."""
        return cls(
            node_tai_ns=np.array([start_tai_ns, end_tai_ns], dtype=np.int64),
            ut1_tai_s=np.full(2, ut1_tai_s),
            x_pole_rad=np.full(2, x_pole_rad),
            y_pole_rad=np.full(2, y_pole_rad),
            lod_s=np.full(2, lod_s),
            dx_rad=np.full(2, dx_rad),
            dy_rad=np.full(2, dy_rad),
            measured_until_tai_ns=end_tai_ns,
            source=source,
            dpsi80_rad=dpsi80_rad,
            deps80_rad=deps80_rad,
        )

    @property
    def start_tai_ns(self) -> int:
        """First moment covered."""
        return int(self.node_tai_ns[0])

    @property
    def end_tai_ns(self) -> int:
        """Last moment covered."""
        return int(self.node_tai_ns[-1])

    def age_s(self, at_tai_ns: int) -> float:
        """Return how long before the given moment the last measured row lies; negative when it lies after."""
        return (int(at_tai_ns) - self.measured_until_tai_ns) / NS_PER_S

    def span_text(self) -> str:
        """Return the table's span in words."""
        start, measured, end = (
            format_utc(t, digits=0) for t in (self.start_tai_ns, self.measured_until_tai_ns, self.end_tai_ns)
        )
        return f"{start} to {end}, measured until {measured}"

    def require(self, tai_ns: ArrayLike) -> None:
        """Raise DataGapError unless every moment lies inside the table."""
        tai = np.asarray(tai_ns, dtype=np.int64)
        if tai.size == 0:
            return
        first, last = int(tai.min()), int(tai.max())
        if first < self.start_tai_ns or last > self.end_tai_ns:
            outside = first if first < self.start_tai_ns else last
            raise DataGapError(
                f"{format_utc(outside)} lies outside the Earth orientation table, {self.span_text()}",
                where=self.source,
                remedy="give a table that reaches there: newer IERS data, or EarthOrientation.held",
            )

    def at(self, tai_ns: ArrayLike) -> OrientationValues:
        """Return the values at given moments.

        Raises
        ------
        DataGapError
            A moment lies outside the table.

        References
        ----------
        IERS Gazette 13, 1997: four-point Lagrange interpolation of the daily values.

        Validation
        ----------
        tests/unit/test_earth.py; tests/validation/test_frames_stk.py, test_frames_peers.py: STK's and skyfield's UT1.
        """
        tai = np.asarray(tai_ns, dtype=np.int64)
        self.require(tai)
        points = min(4 if self.interpolation is EopInterpolation.LAGRANGE else 2, self.node_tai_ns.size)
        start = np.searchsorted(self.node_tai_ns, tai, side="right") - points // 2
        start = np.clip(start, 0, self.node_tai_ns.size - points)
        origin = self.node_tai_ns[start]
        x = (tai - origin) / NS_PER_DAY
        nodes = [(self.node_tai_ns[start + k] - origin) / NS_PER_DAY for k in range(points)]
        weights = lagrange_weights(x, nodes)
        values = [
            np.asarray(sum(weight * column[start + k] for k, weight in enumerate(weights)), dtype=np.float64)
            for column in self._columns()
        ]
        return OrientationValues(*values)

    def is_predicted(self, tai_ns: ArrayLike) -> NDArray[np.bool_]:
        """Say which moments lie after the last measured row."""
        return np.asarray(np.asarray(tai_ns, dtype=np.int64) > self.measured_until_tai_ns)

    def _columns(self) -> tuple[Floats, ...]:
        return self.ut1_tai_s, self.x_pole_rad, self.y_pole_rad, self.lod_s, self.dx_rad, self.dy_rad


def load_earth_orientation() -> EarthOrientation:
    """Read the Earth orientation that came with the installed IERS data.

    Final values (EOP 20 C04, from 1962-01-01) as far as they go, then finals2000A: rapid service values and a year of
    predictions. Each call reads the files, about 0.1 s: call once and pass the table on.
    """
    final = read_c04_rows(Path(astropy_iers_data.IERS_B_FILE))
    rapid = read_finals2000a_rows(Path(astropy_iers_data.IERS_A_FILE), after_mjd=int(final.mjd[-1]))
    return _from_rows(final, rapid, source="packaged IERS data: EOP 20 C04, then finals2000A")


def read_finals2000a(path: Path, *, interpolation: EopInterpolation = EopInterpolation.LAGRANGE) -> EarthOrientation:
    """Read a file finals2000A of the IERS, plain or `.xz`."""
    return _from_rows(read_finals2000a_rows(path), source=str(path), interpolation=interpolation)


def read_c04(path: Path, *, interpolation: EopInterpolation = EopInterpolation.LAGRANGE) -> EarthOrientation:
    """Read a file EOP 20 C04 of the IERS, plain or `.xz`."""
    return _from_rows(read_c04_rows(path), source=str(path), interpolation=interpolation)


def _from_rows(
    *parts: EopRows, source: str, interpolation: EopInterpolation = EopInterpolation.LAGRANGE
) -> EarthOrientation:
    def joined(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    day = joined("mjd").astype(np.int64) - MJD_1970
    node_tai_ns = tai_ns_from_utc_day(day, 0)
    ut1_tai = joined("ut1_utc_s") - (node_tai_ns - day * NS_PER_DAY) / NS_PER_S
    # The excess length of day is the rate of TAI - UT1. The files leave it blank in the predictions.
    rate = -np.gradient(ut1_tai, node_tai_ns / NS_PER_DAY)
    lod = joined("lod_s")
    predicted = np.concatenate([part.is_predicted for part in parts])
    return EarthOrientation(
        node_tai_ns=node_tai_ns,
        ut1_tai_s=ut1_tai,
        x_pole_rad=joined("x_pole_arcsec") * _RAD_PER_ARCSEC,
        y_pole_rad=joined("y_pole_arcsec") * _RAD_PER_ARCSEC,
        lod_s=np.where(np.isfinite(lod), lod, rate),
        dx_rad=_last_held(joined("dx_arcsec")) * _RAD_PER_ARCSEC,
        dy_rad=_last_held(joined("dy_arcsec")) * _RAD_PER_ARCSEC,
        measured_until_tai_ns=int(node_tai_ns[~predicted][-1] if not predicted.all() else node_tai_ns[0]),
        source=source,
        interpolation=interpolation,
    )


def _last_held(values: Floats) -> Floats:
    """Hold the last known celestial pole offset (0.2 mas, 7 mm in low orbit) where predictions have ended."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size == 0:
        return np.zeros_like(values)
    return np.asarray(values[known[np.clip(np.searchsorted(known, np.arange(values.size), side="right") - 1, 0, None)]])


def ut1_jd_from_tai_ns(tai_ns: ArrayLike, *, orientation: EarthOrientation) -> tuple[Floats, Floats]:
    """Return UT1 as a two-part Julian date: 0h of the TAI day, and days since.

    Raises
    ------
    DataGapError
        A moment lies outside `orientation`.
    """
    tai = np.asarray(tai_ns, dtype=np.int64)
    day, ns = np.divmod(tai, NS_PER_DAY)
    return day + JD_1970, (ns * 1e-9 + orientation.at(tai).ut1_tai_s) / 86_400.0


def tai_ns_from_ut1_jd(jd1: ArrayLike, jd2: ArrayLike, *, orientation: EarthOrientation) -> NDArray[np.int64]:
    """Turn a two-part Julian date of UT1 into TAI nanoseconds, rounded to the nearest.

    Raises
    ------
    DataGapError
        A moment lies outside `orientation`.
    """
    day, fraction = day_and_fraction(jd1, jd2)
    ut1_ns = day * NS_PER_DAY + np.rint(fraction * NS_PER_DAY).astype(np.int64)
    tai = ut1_ns
    # UT1 loses milliseconds a day: looked up half a minute off it is wrong by microseconds, the second time by 0.1 ps.
    for _ in range(2):
        tai = ut1_ns - np.rint(orientation.at(tai).ut1_tai_s * NS_PER_S).astype(np.int64)
    return np.asarray(tai)
