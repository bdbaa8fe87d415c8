"""Where the Sun and the Moon are, from series that need no file."""

from __future__ import annotations

import functools
import threading
from typing import Any, Final, Protocol, final

import erfa
import numpy as np
from numpy.typing import NDArray

from mihari.astro.time import tt_jd_from_tai_ns
from mihari.constants import ASTRONOMICAL_UNIT_M

__all__ = ["BodyEphemeris", "SeriesEphemeris"]

Floats = NDArray[np.float64]

_MOON_THRESHOLD: Final = 1e-7
_LOCK = threading.Lock()


class BodyEphemeris(Protocol):
    """Says where the Sun and the Moon are."""

    def sun_gcrf_m(self, tai_ns: NDArray[np.int64]) -> Floats:
        """Return the geocentric Sun, (m, 3), GCRF, at (m,) moments."""
        ...

    def moon_gcrf_m(self, tai_ns: NDArray[np.int64]) -> Floats:
        """Return the geocentric Moon, (m, 3), GCRF, at (m,) moments."""
        ...


@final
class SeriesEphemeris:
    """The Sun by ERFA's `epv00`, the Moon by ELP 2000 as heyoka carries it.

    `epv00` departs from DE405 by up to 5 km, 1900 to 2100. ELP is cut at terms of 1e-7; what that leaves out, and how
    far ERFA's `moon98` would be off, stands in docs/explanation/numerical-dynamics.md. TT is taken for TDB, 2 ms.

    References
    ----------
    Fairhead, Bretagnon, Astron. Astrophys. 229, 240, 1990, and VSOP2000 (by ERFA). Chapront-Touzé, Chapront, Astron.
    Astrophys. 190, 342, 1988.

    Validation
    ----------
    tests/validation/test_numerical_trajectories.py: GMAT's trajectories with Sun and Moon.
    """

    def sun_gcrf_m(self, tai_ns: NDArray[np.int64]) -> Floats:
        """Return the geocentric Sun, (m, 3), GCRF."""
        day, fraction = tt_jd_from_tai_ns(tai_ns)
        heliocentric, _ = erfa.epv00(day, fraction)
        return np.asarray(-ASTRONOMICAL_UNIT_M * heliocentric["p"])

    def moon_gcrf_m(self, tai_ns: NDArray[np.int64]) -> Floats:
        """Return the geocentric Moon, (m, 3), GCRF."""
        day, fraction = tt_jd_from_tai_ns(tai_ns)
        centuries = ((np.asarray(day) - erfa.DJ00) + fraction) / erfa.DJC
        with _LOCK:
            kilometres = _moon()(np.ascontiguousarray(centuries.reshape(1, -1)))
        return np.ascontiguousarray(np.asarray(kilometres).T) * 1e3


@functools.lru_cache(maxsize=1)
def _moon() -> Any:
    import heyoka

    time = heyoka.make_vars("t")
    place = heyoka.model.elp2000_cartesian_fk5(time, _MOON_THRESHOLD)
    return heyoka.cfunc(heyoka.model.rot_fk5j2000_icrs(place), [time], compact_mode=True)
