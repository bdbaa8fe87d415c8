"""Rotation matrices between celestial and Earth-fixed axes. All are (*n, 3, 3), turn columns, and come from ERFA.

All roads lead to the terrestrial intermediate axes (TIRS): z along the celestial intermediate pole, turning with the
Earth. Each function turns one frame into the next one on its way there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import erfa
import numpy as np
from numpy.typing import NDArray

from mihari.astro._interpolation import through_grid
from mihari.astro._julian import JD_1970
from mihari.astro._leap_seconds import NS_PER_DAY
from mihari.astro.earth import EarthOrientation, OrientationValues
from mihari.constants import EARTH_ROTATION_RATE_RAD_S

__all__ = [
    "SERIES_OF",
    "Moments",
    "eme2000_to_gcrf",
    "eme2000_to_mod_1976",
    "gcrf_to_tirs",
    "itrf_to_tirs",
    "mod_to_gcrf_2006",
    "mod_to_tod_1980",
    "rotation_rate_rad_s",
    "teme_to_tirs",
    "tod_to_gcrf_2006",
    "tod_to_tirs_1980",
]

Floats = NDArray[np.float64]

_TT_TAI_NS: Final = 32_184_000_000


class Moments:
    """Moments with the time scales and Earth orientation that the matrices share, each worked out once."""

    def __init__(self, tai_ns: NDArray[np.int64], orientation: EarthOrientation) -> None:
        day, ns = np.divmod(tai_ns, NS_PER_DAY)
        self.orientation = orientation
        self.day_jd: Floats = np.asarray(day + JD_1970)
        self.tt_days: Floats = np.asarray((ns + _TT_TAI_NS) / NS_PER_DAY)
        self.tai_ns = tai_ns
        self._tai_s_of_day: Floats = np.asarray(ns * 1e-9)
        self._values: OrientationValues | None = None
        self._series: dict[Callable[..., Any], Floats] = {}

    def part(self, rows: slice) -> Moments:
        """Return some of the moments, with what was worked out for all of them."""
        part = Moments(self.tai_ns[rows], self.orientation)
        part._series = {function: values[:, rows] for function, values in self._series.items()}
        return part

    @property
    def values(self) -> OrientationValues:
        """Earth orientation, looked up when first asked for: purely celestial rotations need none."""
        if self._values is None:
            self._values = self.orientation.at(self.tai_ns)
        return self._values

    @property
    def ut1_days(self) -> Floats:
        """UT1 days since 0h of the TAI day."""
        return (self._tai_s_of_day + self.values.ut1_tai_s) / 86_400.0

    def series(self, function: Callable[..., tuple[Floats, ...]]) -> Floats:
        """Evaluate a series of ERFA that takes TT, over a grid when that pays; (k, *n)."""
        if function not in self._series:
            days = np.asarray((self.day_jd - erfa.DJ00) + self.tt_days)
            values = through_grid(lambda d: np.array(function(erfa.DJ00, d)), days.reshape(-1))
            self._series[function] = values.reshape(values.shape[0], *days.shape)
        return self._series[function]

    def tio_locator_rad(self) -> Floats:
        """Return s', the position of the terrestrial intermediate origin."""
        return np.asarray(erfa.sp00(self.day_jd, self.tt_days))


def eme2000_to_gcrf(moments: Moments) -> Floats:
    """Return the frame bias of IAU 2000 undone, a constant."""
    bias, _, _ = erfa.bp00(erfa.DJ00, 0.0)
    return _transposed(bias)


def mod_to_gcrf_2006(moments: Moments) -> Floats:
    """Return bias and IAU 2006 precession, undone."""
    return _transposed(erfa.pmat06(moments.day_jd, moments.tt_days))


def tod_to_gcrf_2006(moments: Moments) -> Floats:
    """Return bias, IAU 2006 precession and IAU 2000A nutation undone, the observed pole offsets put into the nutation.

    The offsets become angles as in the SOFA cookbook "Earth Attitude", section 5.4.
    """
    day_jd, tt_days = moments.day_jd, moments.tt_days
    dpsi, deps = moments.series(erfa.nut06a)
    precession = erfa.pmat06(day_jd, tt_days)
    mean_obliquity = erfa.obl06(day_jd, tt_days)
    uncorrected = erfa.rxr(erfa.numat(mean_obliquity, dpsi, deps), precession)
    offset_gcrf = np.zeros((*np.shape(dpsi), 3))
    offset_gcrf[..., 0] = moments.values.dx_rad
    offset_gcrf[..., 1] = moments.values.dy_rad
    offset = erfa.rxp(uncorrected, offset_gcrf)
    nutation = erfa.numat(mean_obliquity, dpsi + offset[..., 0] / np.sin(mean_obliquity), deps + offset[..., 1])
    return _transposed(erfa.rxr(nutation, precession))


def gcrf_to_tirs(moments: Moments) -> Floats:
    """Return the IAU 2006/2000A celestial-to-intermediate matrix, turned by the Earth rotation angle."""
    x, y, s = moments.series(erfa.xys06a)
    celestial = erfa.c2ixys(x + moments.values.dx_rad, y + moments.values.dy_rad, s)
    return np.asarray(erfa.rz(erfa.era00(moments.day_jd, moments.ut1_days), celestial))


def teme_to_tirs(moments: Moments) -> Floats:
    """Return the turn by Greenwich mean sidereal time 1982, less the terrestrial origin's s'.

    The pseudo-Earth-fixed axes that SGP4's authors turn into the ITRF by polar motion alone are TIRS but for s'.
    """
    return _about_z(erfa.gmst82(moments.day_jd, moments.ut1_days) - moments.tio_locator_rad())


def tod_to_tirs_1980(moments: Moments) -> Floats:
    """Return the turn by Greenwich apparent sidereal time of the IAU 1982/1994 model, less s'.

    The equation of the equinoxes takes the corrected nutation in longitude, as Vallado's does.
    """
    mean = erfa.gmst82(moments.day_jd, moments.ut1_days)
    dpsi, _ = moments.series(erfa.nut80)
    equinox = (dpsi + moments.orientation.dpsi80_rad) * np.cos(erfa.obl80(moments.day_jd, moments.tt_days))
    # IAU 1994: two terms in the longitude of the Moon's node. `eqeq94` would work out the nutation once more.
    node = erfa.faom03(((moments.day_jd - erfa.DJ00) + moments.tt_days) / erfa.DJC)
    equinox += erfa.DAS2R * (0.00264 * np.sin(node) + 0.000063 * np.sin(2.0 * node))
    return _about_z(mean + equinox - moments.tio_locator_rad())


def mod_to_tod_1980(moments: Moments) -> Floats:
    """Return IAU 1980 nutation with the orientation's corrections."""
    dpsi, deps = moments.series(erfa.nut80)
    return np.asarray(
        erfa.numat(
            erfa.obl80(moments.day_jd, moments.tt_days),
            dpsi + moments.orientation.dpsi80_rad,
            deps + moments.orientation.deps80_rad,
        )
    )


def eme2000_to_mod_1976(moments: Moments) -> Floats:
    """Return IAU 1976 precession since J2000.0."""
    return np.asarray(erfa.pmat76(moments.day_jd, moments.tt_days))


def itrf_to_tirs(moments: Moments) -> Floats:
    """Return polar motion and the terrestrial origin's s', undone."""
    values = moments.values
    return _transposed(erfa.pom00(values.x_pole_rad, values.y_pole_rad, moments.tio_locator_rad()))


def rotation_rate_rad_s(moments: Moments) -> Floats:
    """Return the Earth's rate about the intermediate pole, slowed by the excess length of day."""
    return EARTH_ROTATION_RATE_RAD_S * (1.0 - moments.values.lod_s / 86_400.0)


def _about_z(angle_rad: Floats) -> Floats:
    return np.asarray(erfa.rz(angle_rad, np.eye(3)))


def _transposed(matrix: Floats) -> Floats:
    return np.asarray(np.swapaxes(matrix, -1, -2))


SERIES_OF: Final[dict[Callable[[Moments], Floats], Callable[..., tuple[Floats, ...]]]] = {
    gcrf_to_tirs: erfa.xys06a,
    tod_to_gcrf_2006: erfa.nut06a,
    mod_to_tod_1980: erfa.nut80,
    tod_to_tirs_1980: erfa.nut80,
}
"""Which dear series each step takes, so that it can be worked out over all epochs before they are cut into parts."""
