"""How good an orbit determination is, from what its message says of it: four groups of checks, each with a reason.

The checks and their limits are those that NASA CARA applies before it believes a covariance: force models that fit the
orbit, results of the fit, the covariance itself, the age of the last observation. A check fails when the message does
not state what it needs; the reason says so.

References
----------
Newman, Mashiku, Hejduk, Lechtenberg, AAS 19-668; CARA Analysis Tools, ODQualityAssessment, default thresholds; energy
dissipation bins: Hejduk, "Space Catalogue Accuracy Modeling Simplifications", AIAA 2008-6772.

Validation
----------
tests/unit/test_assessment_quality.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, WGS72_MU_M3_S2
from mihari.model.assessment import OrbitQuality
from mihari.model.conjunction_message import ConjunctionObject

__all__ = ["grade_orbit"]

_DAY_NS: Final = 86_400 * 10**9
_GROUP_WEIGHTS: Final = (3.0, 2.0, 2.0, 1.0)
_RESIDUALS_ACCEPTED: Final = 0.80
_SPAN_RATIO: Final = 1.5
_DEFAULT_VARIANCE_M2: Final = 4.0e15  # (ten Earth radii)², what a catalogue writes when it has none
_IN_TRACK_SHARE: Final = 0.125
_AGE_COUNTS_WITHIN_DAYS: Final = 3.0
_SEDR_BINS_W_KG: Final = (1e-7, 6e-4, 1e-3, 1.5e-3, 2e-3, 3e-3, 6e-3, 9e-3, 1.5e-2, 5e-2, math.inf)
_AGE_DAYS_BY_BIN: Final = (10.0, 10.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 3.0, 3.0, 3.0)
_WEIGHTED_RMS: Final = {"PAYLOAD": 1.5, "ROCKET BODY": 2.0, "DEBRIS": 5.0}
_AREA_TO_MASS_M2_KG: Final = {"PAYLOAD": 0.1, "ROCKET BODY": 0.2, "DEBRIS": 1.0}
_LEAST_AREA_TO_MASS_M2_KG: Final = 0.001
_DEGREE: Final = re.compile(r"(\d+)\s*D", re.IGNORECASE)


class _Models(NamedTuple):
    """What a force model must have: eccentricity and perigee height (km) from, to; degree; drag; radiation."""

    eccentricity: tuple[float, float]
    perigee_altitude_km: tuple[float, float]
    degree: int
    drag: bool
    radiation: bool


_MODELS: Final = (
    _Models((0.00, 0.25), (-1e9, 500.0), 36, True, False),
    _Models((0.00, 0.25), (500.0, 900.0), 36, True, True),
    _Models((0.00, 0.25), (900.0, 2000.0), 24, True, True),
    _Models((0.25, 1.00), (-1e9, 500.0), 36, True, False),
    _Models((0.25, 1.00), (500.0, 1000.0), 24, True, True),
    _Models((0.25, 1.00), (1000.0, 2000.0), 18, False, True),
    _Models((0.00, 1.00), (2000.0, 10_000.0), 12, False, True),
    _Models((0.00, 1.00), (10_000.0, 1e9), 8, False, True),
)

_Check = tuple[int, bool, str]


def grade_orbit(
    each: ConjunctionObject,
    *,
    position_gcrf_m: NDArray[np.float64],
    velocity_gcrf_m_s: NDArray[np.float64],
    tca_tai_ns: int,
    creation_tai_ns: int,
) -> OrbitQuality:
    """Grade one object's orbit determination.

    Parameters
    ----------
    position_gcrf_m, velocity_gcrf_m_s : (3,) float64
        The state at TCA.
    tca_tai_ns, creation_tai_ns : int

    Returns
    -------
    OrbitQuality
        Without a grade when the message says nothing of a fit: an operator's ephemeris, for instance.
    """
    if each.weighted_rms is None and each.residuals_accepted_fraction is None and each.actual_od_span_s is None:
        return OrbitQuality(grade=None, reasons=("the message says nothing of the orbit determination",))
    checks = [
        *_model_checks(each, position_gcrf_m, velocity_gcrf_m_s),
        *_fit_checks(each),
        *_covariance_checks(each, position_gcrf_m, velocity_gcrf_m_s),
        *_age_checks(each, tca_tai_ns, creation_tai_ns),
    ]
    grade = 0.0
    for group, weight in enumerate(_GROUP_WEIGHTS):
        passed = [good for where, good, _ in checks if where == group]
        grade += weight * sum(passed) / len(passed)
    reasons = tuple(reason for _, good, reason in checks if not good)
    return OrbitQuality(grade=grade / sum(_GROUP_WEIGHTS), reasons=reasons)


def _shape(position_m: NDArray[np.float64], velocity_m_s: NDArray[np.float64]) -> tuple[float, float]:
    """Semi-major axis, m, and eccentricity of the osculating ellipse."""
    r = float(np.linalg.norm(position_m))
    v2 = float(velocity_m_s @ velocity_m_s)
    vector = ((v2 - WGS72_MU_M3_S2 / r) * position_m - float(position_m @ velocity_m_s) * velocity_m_s) / WGS72_MU_M3_S2
    return 1.0 / (2.0 / r - v2 / WGS72_MU_M3_S2), float(np.linalg.norm(vector))


def _kind(each: ConjunctionObject) -> str:
    kind = (each.object_type or "").upper()
    return kind if kind in _WEIGHTED_RMS else ("ROCKET BODY" if "R/B" in each.name.upper() else "DEBRIS")


def _bin(each: ConjunctionObject) -> int | None:
    if each.sedr_w_kg is None:
        return None
    return next(k for k, top in enumerate(_SEDR_BINS_W_KG) if abs(each.sedr_w_kg) <= top)


def _says_yes(text: str | None) -> bool:
    return (text or "").strip().upper() in {"YES", "ON", "TRUE"}


def _model_checks(each: ConjunctionObject, r: NDArray[np.float64], v: NDArray[np.float64]) -> Iterator[_Check]:
    semi_major_m, eccentricity = _shape(r, v)
    perigee_km = (semi_major_m * (1.0 - eccentricity) - EARTH_EQUATORIAL_RADIUS_M) / 1e3
    wanted = next(
        (
            row
            for row in _MODELS
            if row.eccentricity[0] <= eccentricity <= row.eccentricity[1]
            and row.perigee_altitude_km[0] <= perigee_km < row.perigee_altitude_km[1]
        ),
        None,
    )
    if wanted is None:
        yield 0, False, f"eccentricity {eccentricity:.3f} and perigee {perigee_km:,.0f} km fit no force model"
        return
    degree = _DEGREE.search(each.gravity_model or "")
    has_degree = int(degree.group(1)) if degree else 0
    words = f"gravity of degree {has_degree}" if degree else "no gravity model is stated"
    yield 0, has_degree >= wanted.degree, f"{words}, {wanted.degree} is wanted"
    drag = (each.atmosphere_model or "NONE").strip().upper() != "NONE"
    yield 0, drag == wanted.drag, f"drag is {'on' if drag else 'off'} at a perigee of {perigee_km:,.0f} km"
    radiation = _says_yes(each.solar_radiation_pressure)
    yield (
        0,
        radiation == wanted.radiation,
        f"solar radiation pressure is {'on' if radiation else 'off'} at a perigee of {perigee_km:,.0f} km",
    )
    bodies = (each.n_body or "").upper()
    yield 0, "MOON" in bodies and "SUN" in bodies, "Moon and Sun are not both modelled"
    yield 0, _says_yes(each.earth_tides), "solid Earth tides are not modelled"
    most = _AREA_TO_MASS_M2_KG[_kind(each)]
    bin_ = _bin(each)
    ballistic = each.cd_area_over_mass_m2_kg
    if bin_ == 0:
        yield 0, not ballistic, f"a drag term of {ballistic} m2/kg where no energy is lost"
    else:
        ceiling = 10.0 * most if (bin_ or 0) > 1 and most == 1.0 else most
        yield 0, _is_between(ballistic, ceiling), f"drag term {_shown(ballistic)} m2/kg is outside 0.001 to {ceiling:g}"
    pressure = each.cr_area_over_mass_m2_kg
    yield 0, _is_between(pressure, most), f"radiation term {_shown(pressure)} m2/kg is outside 0.001 to {most:g}"


def _is_between(value: float | None, most: float) -> bool:
    return value is not None and _LEAST_AREA_TO_MASS_M2_KG <= abs(value) <= most


def _shown(value: float | None) -> str:
    return "(not stated)" if value is None else f"{value:g}"


def _fit_checks(each: ConjunctionObject) -> Iterator[_Check]:
    actual, recommended = each.actual_od_span_s, each.recommended_od_span_s
    if actual is None or not recommended:
        yield 1, False, "the span of the fit is not stated"
    else:
        ratio = actual / recommended
        yield 1, ratio <= _SPAN_RATIO, f"the fit spans {ratio:.2f} of the recommended time, {_SPAN_RATIO} is the limit"
    accepted = each.residuals_accepted_fraction
    yield (
        1,
        accepted is not None and accepted >= _RESIDUALS_ACCEPTED,
        "accepted residuals are not stated" if accepted is None else f"{accepted:.0%} of the residuals were accepted",
    )
    rms, limit = each.weighted_rms, _WEIGHTED_RMS[_kind(each)]
    yield 1, rms is not None and 0.0 < rms <= limit, f"weighted RMS {_shown(rms)}, {limit:g} is the limit"


def _covariance_checks(each: ConjunctionObject, r: NDArray[np.float64], v: NDArray[np.float64]) -> Iterator[_Check]:
    covariance = each.covariance_rtn
    if covariance is None:
        yield 2, False, "there is no covariance"
        return
    if not np.isfinite(covariance).all():
        yield 2, False, "the covariance holds numbers that are none"
        return
    position = covariance[:3, :3]
    variances = np.diag(position)
    yield 2, not bool((variances > _DEFAULT_VARIANCE_M2).all()), "the covariance is the default one"
    yield 2, bool((np.linalg.eigvalsh(position) > 0.0).all()), "the position covariance is not positive definite"
    semi_major_m, eccentricity = _shape(r, v)
    if not (semi_major_m > 0.0 and eccentricity < 1.0):
        yield 2, False, "the orbit is not closed"
        return
    minor_m = semi_major_m * math.sqrt(1.0 - eccentricity**2)
    both = 3.0 * (semi_major_m + minor_m)
    root = math.sqrt((3.0 * semi_major_m + minor_m) * (semi_major_m + 3.0 * minor_m))
    share = math.sqrt(max(float(variances[1]), 0.0)) / (math.pi * (both - root))  # Ramanujan's circumference
    yield 2, share < _IN_TRACK_SHARE, f"the in-track deviation is {share:.2f} of the orbit"


def _age_checks(each: ConjunctionObject, tca_tai_ns: int, creation_tai_ns: int) -> Iterator[_Check]:
    if (tca_tai_ns - creation_tai_ns) / _DAY_NS >= _AGE_COUNTS_WITHIN_DAYS:
        yield 3, True, ""
        return
    seen = each.last_observation_end_tai_ns
    if seen is None:
        yield 3, False, "the time of the last observation is not stated"
        return
    age_days = (tca_tai_ns - seen) / _DAY_NS
    limit = _AGE_DAYS_BY_BIN[_bin(each) or 0]
    yield 3, age_days < limit, f"the last observation is {age_days:.1f} days before closest approach, {limit:g} allowed"
