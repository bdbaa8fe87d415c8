"""TEME states of element sets at one moment: the batch kernel for many, the reference's scalar path for a few.

Both are SGP4 after Vallado et al., AIAA 2006-6753, and agree to 1e-6 km. Loading compiled kernels takes a second, which
a question about one object should not have to wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import utc_jd_from_tai_ns
from mihari.model.orbit import ElementSets
from mihari.units import RAD_PER_DEG, TWO_PI

if TYPE_CHECKING:
    from mihari.astro.sgp4 import Sgp4Batch

__all__ = ["STATUS_OK", "batch_of", "status_texts", "teme_states"]

STATUS_OK: Final = "ok"

_SCALAR_UP_TO: Final = 8
_NOT_FINITE: Final = 7  # Sgp4Status.NOT_FINITE
_OUT_OF_RANGE: Final = 8  # Sgp4Status.OUT_OF_RANGE
_SGP4_EPOCH_JD: Final = 2_433_281.5
_MINUTES_PER_DAY: Final = 1_440.0


def batch_of(sets: ElementSets) -> Sgp4Batch:
    """Return the propagator of element sets, in their order."""
    from mihari.astro.sgp4 import Sgp4Batch

    frame = sets.frame
    return Sgp4Batch.from_mean_elements(
        epoch_tai_ns=frame["epoch_tai_ns"].to_numpy(),
        mean_motion_rev_day=frame["mean_motion_rev_day"].to_numpy(),
        eccentricity=frame["eccentricity"].to_numpy(),
        inclination_deg=frame["inclination_deg"].to_numpy(),
        ra_of_asc_node_deg=frame["ra_of_asc_node_deg"].to_numpy(),
        arg_of_pericenter_deg=frame["arg_of_pericenter_deg"].to_numpy(),
        mean_anomaly_deg=frame["mean_anomaly_deg"].to_numpy(),
        bstar_per_earth_radius=frame["bstar_per_earth_radius"].to_numpy(),
    )


def teme_states(sets: ElementSets, *, at_tai_ns: int, threads: int = 1) -> tuple[StateVectors, NDArray[np.uint8]]:
    """Return the state of every set at one moment, and the status codes.

    Parameters
    ----------
    sets : ElementSets, n rows
    at_tai_ns : int
    threads : int

    Returns
    -------
    StateVectors, TEME, (n, 3)
        NaN wherever the status is neither 0 nor 8: there SGP4 has numbers that nobody should go by.
    uint8 array, (n,)
        `mihari.astro.sgp4.Sgp4Status`.

    Validation
    ----------
    tests/unit/test_picture_build.py: both paths against each other and against the `sgp4` package.
    """
    moment = np.array([at_tai_ns], dtype=np.int64)
    if len(sets) <= _SCALAR_UP_TO:
        position_m, velocity_m_s, codes = _one_by_one(sets, at_tai_ns)
    else:
        teme = batch_of(sets).propagate(moment, threads=threads)
        assert teme.velocity_m_s is not None  # they were asked for
        position_m, velocity_m_s, codes = teme.position_m[:, 0], teme.velocity_m_s[:, 0], teme.status[:, 0]
    bad = ((codes != 0) & (codes != _OUT_OF_RANGE))[:, None]
    states = StateVectors(Frame.TEME, moment, np.where(bad, np.nan, position_m), np.where(bad, np.nan, velocity_m_s))
    return states, codes


def status_texts(codes: NDArray[np.uint8]) -> list[str]:
    """Return the words for status codes: `STATUS_OK`, or why there is no state."""
    texts = {0: STATUS_OK}
    if codes.any():
        from mihari.astro.sgp4 import Sgp4Status

        texts |= {code.value: f"no state: SGP4 error {code.value} ({code.reason})" for code in Sgp4Status if code}
        texts[_OUT_OF_RANGE] = f"doubtful state: {Sgp4Status.OUT_OF_RANGE.reason}"
    return [texts[code] for code in codes.tolist()]


def _one_by_one(
    sets: ElementSets, at_tai_ns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]:
    from sgp4.api import WGS72, Satrec
    from sgp4.model import Satrec as PlainSatrec

    states_km = np.full((len(sets), 2, 3), np.nan)
    codes = np.zeros(len(sets), dtype=np.uint8)
    for place, row in enumerate(sets.frame.iter_rows(named=True)):
        jd1, jd2 = utc_jd_from_tai_ns(row["epoch_tai_ns"])
        elements = (
            WGS72,
            "i",
            0,
            (float(jd1) - _SGP4_EPOCH_JD) + float(jd2),
            row["bstar_per_earth_radius"],
            0.0,
            0.0,
            row["eccentricity"],
            row["arg_of_pericenter_deg"] * RAD_PER_DEG,
            row["inclination_deg"] * RAD_PER_DEG,
            row["mean_anomaly_deg"] * RAD_PER_DEG,
            row["mean_motion_rev_day"] * TWO_PI / _MINUTES_PER_DAY,
            row["ra_of_asc_node_deg"] * RAD_PER_DEG,
        )
        satellite, plain = Satrec(), PlainSatrec()
        satellite.sgp4init(*elements)
        # Elapsed time, as in the batch kernel: the package's own dates are a second off after a leap second.
        minutes = (at_tai_ns - row["epoch_tai_ns"]) / 60e9
        code, *states_km[place] = satellite.sgp4_tsince(minutes)
        if not code and not np.isfinite(states_km[place]).all():
            code = _NOT_FINITE
        elif not code:
            # The compiled package keeps the drag terms to itself.
            plain.sgp4init(*elements)
            code = 0 if _has_orbit(plain, minutes) else _OUT_OF_RANGE
        codes[place] = code
    return states_km[:, 0] * 1e3, states_km[:, 1] * 1e3, codes


def _has_orbit(record: Any, minutes: float) -> bool:
    """Say whether the drag series is in its range: the rule of the batch kernel."""
    root = 1.0 - record.cc1 * minutes
    if not record.isimp:
        root -= ((record.d4 * minutes + record.d3) * minutes + record.d2) * minutes**2
    return bool(0.0 < root < np.sqrt(2.0))
