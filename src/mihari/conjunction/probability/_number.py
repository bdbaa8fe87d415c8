"""The expected number of collisions by 2-D-Nc and 3-D-Nc, and what they tell about the methods below them.

The kernels work in canonical units; this module speaks SI.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.probability._circle import circle_probability
from mihari.conjunction.probability._encounter import Encounter, encounter_plane
from mihari.conjunction.probability._pair import CanonicalPair

__all__ = ["Nc2d", "Nc3d", "UsageTests", "expected_number_2d", "expected_number_3d", "rectilinear", "usage_of_circle"]

Floats = NDArray[np.float64]

HALF_SPAN: Final = 8.222082216130435
"""Half width of an encounter in sigmas of time: sqrt(2) erfcinv(1e-16)."""
SEARCH_NODES: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTests:
    """Three tests of a method; NaN where one could not be made.

    Attributes
    ----------
    extended : float
        Length of the encounter over the shorter period (3-D-Nc: over the segment).
    offset : float
        The encounter's farther end from closest approach, over the same.
    inaccurate : float
        2d: 1 - exp(-abs(ln c)), c the correction by curved orbits. 2d_nc: sphere against plane. 3d_nc: convergence.
    skewed : float
        2d, 2d_nc: how far 3-D-Nc over the same bell departs from 2-D-Nc. 3d_nc needs no bell.
    multiple : float
        2d, 2d_nc: what other peaks of the rate within the segment add, as a share. 3d_nc takes them all in.
    """

    extended: float
    offset: float
    inaccurate: float
    skewed: float = 0.0
    multiple: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nc2d:
    """Outcome of 2-D-Nc; `value` is NaN when it did not converge, and `reason` says why.

    `bell` is 3-D-Nc over the same encounter.
    """

    value: float
    sphere: float
    plane: float
    time_s: float
    sigma_s: float
    least_q: float
    speed_m_s: float
    tests: UsageTests
    reason: str
    bell: Nc3d | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nc3d:
    """Outcome of 3-D-Nc; `value` is NaN when it did not converge, and `reason` says why.

    `opens_s` to `closes_s` is where the rate counts, `window_s` what was integrated, `maxima` the number of peaks.
    """

    value: float
    opens_s: float
    closes_s: float
    peak_s: float
    window_s: tuple[float, float]
    maxima: int
    evaluations: int
    tests: UsageTests
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectilinear:
    """The straight-line encounter in Mahalanobis distance: time and width of its least, and Q there."""

    time_s: float
    sigma_s: float
    least_q: float
    speed_m_s: float


def rectilinear(relative_inertial: Floats, covariance_inertial_m2: Floats, radius_m: float) -> Rectilinear:
    """Return when the squared Mahalanobis distance of the straight relative line is least, and how wide that is.

    Parameters
    ----------
    relative_inertial : (6,) float64
        Second less first, m and m/s.
    covariance_inertial_m2 : (3, 3) float64
        Combined position covariance.
    radius_m : float
        Eigenvalues are lifted to (1e-4 radius)^2.
    """
    values, vectors = np.linalg.eigh(covariance_inertial_m2)
    values = np.maximum(values, (1.0e-4 * radius_m) ** 2)
    r, v = (relative_inertial[:3] @ vectors), (relative_inertial[3:] @ vectors)
    speed = float(np.linalg.norm(v))
    square = float((v * v / values).sum())
    if not square > 0.0:
        return Rectilinear(time_s=0.0, sigma_s=math.inf, least_q=math.nan, speed_m_s=speed)
    lead = float((r * v / values).sum())
    time = -lead / square
    least = float((r * r / values).sum()) - lead * lead / square + float(np.log(values).sum())
    return Rectilinear(time_s=time, sigma_s=1.0 / math.sqrt(square), least_q=least, speed_m_s=speed)


def expected_number_2d(
    pair: CanonicalPair, line: Rectilinear, radius_m: float, *, window_s: tuple[float, float] | None = None
) -> Nc2d:
    """Return the expected number of collisions of one isolated encounter; see `_nc2d`.

    `window_s` is where other peaks are looked for; left out, the segment between the greatest distances.
    """
    from mihari.conjunction.probability._minimum import NC2D_NO_OVERLAP, NC2D_OK
    from mihari.conjunction.probability._nc2d import NC2D_FIELDS, nc2d, other_peaks
    from mihari.conjunction.probability._nc3d import encounter_segment

    out = np.empty(len(NC2D_FIELDS))
    period = pair.period_s / pair.unit_s
    sigma = min(line.sigma_s, 0.25 * pair.period_s) / pair.unit_s
    code = nc2d(pair.rows, radius_m / pair.unit_m, line.time_s / pair.unit_s, sigma, 0.5 * period, out)
    found = dict(zip(NC2D_FIELDS, out.tolist(), strict=True))
    nothing = UsageTests(extended=math.nan, offset=math.nan, inaccurate=math.nan)
    speed = found["speed"] * pair.unit_m / pair.unit_s
    least = found["least"] + 6.0 * math.log(pair.unit_m)
    if code != NC2D_OK:
        reason = (
            "the peak of the overlap of both densities was not found"
            if code == NC2D_NO_OVERLAP
            else "the distance has no minimum in time within half a period"
        )
        return Nc2d(
            value=math.nan,
            sphere=math.nan,
            plane=math.nan,
            time_s=found["time"] * pair.unit_s,
            sigma_s=found["sigma"] * pair.unit_s,
            least_q=math.nan,
            speed_m_s=math.nan,
            tests=nothing,
            reason=reason,
            bell=None,
        )
    plane = _plane(found, radius_m / pair.unit_m)
    sphere = min(found["sphere"], math.inf)
    # The sphere's quadrature gives up before the plane does when the radius dwarfs a sigma.
    usable = sphere <= 1.0 and found["doubt"] <= 1.0e-3
    value = sphere if usable or math.isnan(plane) else plane
    if math.isnan(found["mean"]):
        middle, width = found["time"], found["sigma"]
    else:
        middle, width = found["mean"], found["deviation"]
    if window_s is None:
        low, high = encounter_segment(pair.rows, line.time_s / pair.unit_s if math.isfinite(line.sigma_s) else 0.0)
    else:
        low, high = window_s[0] / pair.unit_s, window_s[1] / pair.unit_s
    bell = expected_number_3d(pair, line, radius_m, whole=False)
    half = HALF_SPAN * max(width, found["sigma"])
    elsewhere = other_peaks(pair.rows, radius_m / pair.unit_m, middle, half, low, high, SEARCH_NODES)
    tests = UsageTests(
        extended=2.0 * HALF_SPAN * width / period,
        offset=(abs(middle) + HALF_SPAN * width) / period,
        inaccurate=_difference(sphere, plane),
        skewed=_difference(bell.value, value),
        multiple=elsewhere / value if value > 0.0 else (0.0 if elsewhere == 0.0 else math.inf),
    )
    return Nc2d(
        value=min(value, 1.0),
        sphere=sphere,
        plane=plane,
        time_s=found["time"] * pair.unit_s,
        sigma_s=found["sigma"] * pair.unit_s,
        least_q=least,
        speed_m_s=speed,
        tests=tests,
        reason="",
        bell=bell,
    )


def _plane(found: dict[str, float], radius: float) -> float:
    covariance = np.array(
        [
            [found["cxx"], found["cxy"], found["cxz"]],
            [found["cxy"], found["cyy"], found["cyz"]],
            [found["cxz"], found["cyz"], found["czz"]],
        ]
    )
    encounter = Encounter(
        offset_s=np.zeros(1),
        relative_inertial_m=np.array([[found["rx"], found["ry"], found["rz"]]]),
        relative_inertial_m_s=np.array([[found["vx"], found["vy"], found["vz"]]]),
    )
    flat = encounter_plane(encounter, covariance[None])
    return float(circle_probability(flat.miss_m, flat.covariance_m2, radius).probability[0])


def _difference(one: float, other: float) -> float:
    """Return the difference over the mean: zero to two, two where one of them is unknown."""
    if math.isnan(one) or math.isnan(other):
        return 2.0
    if one == other:
        return 0.0
    # The mean of two of the smallest numbers is zero; their sum is not.
    return 2.0 * abs(one - other) / (one + other)


def usage_of_circle(line: Rectilinear, curved: Nc2d, period_s: float) -> UsageTests:
    """Return the tests of the flat 2-D method: from the curved encounter, or from the straight one where that fails.

    References
    ----------
    D. T. Hall, L. Baars, S. Casali, AAS 23-398, 2023.
    """
    if math.isnan(curved.value) or not math.isfinite(curved.sigma_s) or math.isinf(line.sigma_s):
        half = HALF_SPAN * line.sigma_s
        return UsageTests(
            extended=min(1.0, 2.0 * half / period_s),
            offset=min(1.0, (abs(line.time_s) + half) / period_s),
            inaccurate=math.nan,
        )
    half = HALF_SPAN * curved.sigma_s
    logarithm = (
        math.log(curved.sigma_s / line.sigma_s)
        + math.log(max(curved.speed_m_s, 1.0e-300) / line.speed_m_s)
        + 0.5 * (line.least_q - curved.least_q)
    )
    return UsageTests(
        extended=min(1.0, 2.0 * half / period_s),
        offset=min(1.0, (abs(curved.time_s) + half) / period_s),
        inaccurate=1.0 - math.exp(-abs(logarithm)),
        skewed=curved.tests.skewed,
        multiple=curved.tests.multiple,
    )


def expected_number_3d(
    pair: CanonicalPair,
    line: Rectilinear,
    radius_m: float,
    *,
    whole: bool,
    window_s: tuple[float, float] | None = None,
) -> Nc3d:
    """Return the expected number of collisions of an encounter segment; see `_nc3d`.

    Parameters
    ----------
    pair : CanonicalPair
    line : Rectilinear
    radius_m : float
    whole : bool
        Search the whole segment; otherwise the one bell about the least distance.
    window_s : tuple of float, optional
        Start and end, from the given time, instead of the segment between the greatest distances.
    """
    from mihari.conjunction.probability._nc3d import NC3D_FIELDS, NC3D_NO_OVERLAP, NC3D_OK, encounter_segment, nc3d

    unit = pair.unit_s
    if window_s is None:
        low, high = encounter_segment(pair.rows, line.time_s / unit if math.isfinite(line.sigma_s) else 0.0)
    else:
        low, high = window_s[0] / unit, window_s[1] / unit
    out = np.empty(len(NC3D_FIELDS))
    code = nc3d(
        pair.rows,
        radius_m / pair.unit_m,
        line.time_s / unit,
        min(line.sigma_s, 0.25 * pair.period_s) / unit,
        low,
        high,
        whole or window_s is not None,
        line.speed_m_s * unit / pair.unit_m,
        out,
    )
    found = dict(zip(NC3D_FIELDS, out.tolist(), strict=True))
    if math.isnan(found["start"]):
        extended = offset = 0.0
    else:
        extended = (found["end"] - found["start"]) / (high - low)
        offset = max(found["start"] / low if low < 0.0 else 0.0, found["end"] / high if high > 0.0 else 0.0, 0.0)
    reason = ""
    if code == NC3D_NO_OVERLAP:
        reason = "the peak of the overlap was lost where the rate counts"
    elif code != NC3D_OK:
        reason = "the integral over time did not converge"
    return Nc3d(
        value=math.nan if code == NC3D_NO_OVERLAP else min(found["number"], 1.0),
        opens_s=found["start"] * unit,
        closes_s=found["end"] * unit,
        peak_s=found["peak"] * unit,
        window_s=(low * unit, high * unit),
        maxima=int(found["maxima"]) if math.isfinite(found["maxima"]) else 0,
        evaluations=int(found["evaluations"]),
        tests=UsageTests(extended=extended, offset=offset, inaccurate=found["doubt"]),
        reason=reason,
    )
