"""Probability beside its peers: ``python -m benchmarks.probability [--quick]``.

The 2-D kernel beside 64-node Gauss-Chebyshev quadrature in NumPy and SciPy (blocks that stay in cache) and beside the
same quadrature compiled with the scalar functions of the C library; all three answers are compared before their times
are. Then the ladder: messages a second, on CARA's when the shared folder has them, on made-up encounters otherwise.
Rates are per thread unless said; ratios carry over, seconds do not. Compile time is left out.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit
from scipy.special import ndtr

from mihari.astro.states import Frame
from mihari.conjunction.probability import (
    Effort,
    LadderOptions,
    MonteCarloPlan,
    ObjectEstimate,
    circle_probability,
    probability_ladder,
)
from mihari.model.assessment import HardBodyRadius

ORDER = 64


def encounters(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return misses, plane covariances and radii as messages have them."""
    rng = np.random.default_rng(1)
    s1, s2 = 10.0 ** rng.uniform(1.5, 4.0, count), 10.0 ** rng.uniform(1.0, 3.0, count)
    angle = rng.uniform(0.0, np.pi, count)
    c, s = np.cos(angle), np.sin(angle)
    covariance = np.empty((count, 2, 2))
    covariance[:, 0, 0] = (c * s1) ** 2 + (s * s2) ** 2
    covariance[:, 1, 1] = (s * s1) ** 2 + (c * s2) ** 2
    covariance[:, 0, 1] = covariance[:, 1, 0] = c * s * (s1**2 - s2**2)
    u, v = rng.normal(size=(2, count)) * 2.0 * (s1, s2)
    return np.stack((u * c - v * s, u * s + v * c), axis=-1), covariance, rng.uniform(2.0, 25.0, count)


def principal(miss: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return |miss| and sigmas along the principal axes, the major one first."""
    half = 0.5 * (covariance[:, 0, 0] - covariance[:, 1, 1])
    spread = np.hypot(half, covariance[:, 0, 1])
    large = 0.5 * (covariance[:, 0, 0] + covariance[:, 1, 1]) + spread
    determinant = covariance[:, 0, 0] * covariance[:, 1, 1] - covariance[:, 0, 1] ** 2
    angle = 0.5 * np.arctan2(covariance[:, 0, 1], half)
    c, s = np.cos(angle), np.sin(angle)
    u, v = miss[:, 0] * c + miss[:, 1] * s, miss[:, 1] * c - miss[:, 0] * s
    return np.abs(u), np.abs(v), np.sqrt(large), np.sqrt(determinant / large)


def with_numpy(miss: np.ndarray, covariance: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Gauss-Chebyshev quadrature in NumPy and SciPy."""
    k = np.arange(1, ORDER + 1)
    node = np.cos(k * np.pi / (ORDER + 1))
    weight = np.sin(k * np.pi / (ORDER + 1)) * np.pi / (ORDER + 1)
    across = np.sqrt(1.0 - node**2)
    out = np.empty(radius.size)
    for low in range(0, radius.size, 256):
        part = slice(low, low + 256)
        u, v, s1, s2 = (x[:, None] for x in principal(miss[part], covariance[part]))
        r = radius[part, None]
        half = r * across
        value = np.exp(-0.5 * ((u + r * node) / s1) ** 2) * (ndtr((half - v) / s2) - ndtr((-half - v) / s2))
        out[part] = (value @ weight) * radius[part] / (s1[:, 0] * math.sqrt(2.0 * math.pi))
    return out


@njit(nogil=True)
def scalar_rows(u, v, s1, s2, radius, node, weight, out):  # type: ignore[no-untyped-def]
    """The same, row by row, with exp and erf of the C library."""
    root = math.sqrt(2.0)
    for i in range(u.shape[0]):
        total = 0.0
        for k in range(node.shape[0]):
            half = radius[i] * math.sqrt(1.0 - node[k] * node[k])
            x = (u[i] + radius[i] * node[k]) / s1[i]
            low, high = (-half - v[i]) / (root * s2[i]), (half - v[i]) / (root * s2[i])
            total += weight[k] * math.exp(-0.5 * x * x) * 0.5 * (math.erf(high) - math.erf(low))
        out[i] = total * radius[i] / (s1[i] * math.sqrt(2.0 * math.pi))


def with_scalars(miss: np.ndarray, covariance: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Call the scalar kernel."""
    k = np.arange(1, ORDER + 1)
    node = np.cos(k * np.pi / (ORDER + 1))
    weight = np.sin(k * np.pi / (ORDER + 1)) * np.pi / (ORDER + 1)
    out = np.empty(radius.size)
    scalar_rows(*principal(miss, covariance), radius, node, weight, out)
    return out


def best(call: Callable[[], object], runs: int = 5) -> float:
    """Return the least processor time of the runs, s: on a busy machine it says more than the wall clock."""
    call()
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def best_wall(call: Callable[[], object], runs: int = 5) -> float:
    """Return the least wall time of the runs, s."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def circles(count: int) -> None:
    """Compare the three ways to the 2-D probability."""
    miss, covariance, radius = encounters(count)
    few = slice(0, count // 10)
    ours = circle_probability(miss, covariance, radius).probability
    for name, call in (("NumPy + SciPy", with_numpy), ("scalar libm", with_scalars)):
        theirs = call(miss[few], covariance[few], radius[few])
        worth = theirs > 1e-9
        print(f"  {name}: largest relative difference {np.abs(ours[few][worth] / theirs[worth] - 1.0).max():.1e}")
    slow = best(lambda: with_numpy(miss[few], covariance[few], radius[few]), 3) * 10
    scalar = best(lambda: with_scalars(miss[few], covariance[few], radius[few]), 3) * 10
    fast = best(lambda: circle_probability(miss, covariance, radius))
    both = best_wall(lambda: circle_probability(miss, covariance, radius, threads=2))
    print(f"  NumPy + SciPy quadrature, 64 nodes   {count / slow / 1e6:7.2f} M/s")
    print(f"  scalar libm quadrature, 64 nodes     {count / scalar / 1e6:7.2f} M/s  {slow / scalar:5.1f} x")
    print(f"  ours, positive series                {count / fast / 1e6:7.2f} M/s  {slow / fast:5.1f} x NumPy + SciPy")
    print(f"  ours, two threads, wall clock        {count / both / 1e6:7.2f} M/s")


def messages() -> list[tuple[ObjectEstimate, ObjectEstimate, HardBodyRadius]]:
    """Return CARA's messages, or made-up encounters of low orbits."""
    folder = Path(os.environ.get("MIHARI_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "cases"
    if (folder / "pc_cara_cdm.json").is_file():
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
        from probability_support import cara_cases, estimates_of

        return [
            (*estimates_of(folder / case["cdm"]), HardBodyRadius(value_m=case["hbr_m"], source="message"))
            for case in cara_cases(folder)
        ]
    rng = np.random.default_rng(2)
    made = []
    for _ in range(27):
        tilt = rng.uniform(0.2, 2.9)
        shape = np.diag(
            np.r_[rng.uniform(5.0, 50.0), rng.uniform(50.0, 2e3), rng.uniform(5.0, 50.0), 1.0, 0.03, 0.03] ** 2
        )
        first = ObjectEstimate(
            frame=Frame.GCRF,
            position_m=np.array([7.0e6, 0.0, 0.0]),
            velocity_m_s=np.array([0.0, 7546.0, 0.0]),
            covariance=shape,
        )
        second = ObjectEstimate(
            frame=Frame.GCRF,
            position_m=np.array([7.0e6, 0.0, 0.0]) + rng.normal(size=3) * 80.0,
            velocity_m_s=7546.0 * np.array([0.0, math.cos(tilt), math.sin(tilt)]),
            covariance=shape * 4.0,
        )
        made.append((first, second, HardBodyRadius(value_m=15.0, source="made up")))
    return made


def ladders() -> None:
    """Time the ladder without and with Monte Carlo."""
    given = messages()
    for name, options in (
        ("up to the first rung that holds", LadderOptions()),
        ("every deterministic rung", LadderOptions(effort=Effort.ALL)),
    ):
        spent = best(lambda o=options: [probability_ladder(*m, options=o) for m in given], 3)
        print(f"  {name}: {spent / len(given) * 1e3:.2f} ms a message, 1,500 in {1500 * spent / len(given):.1f} s")
    options = LadderOptions(effort=Effort.ALL, monte_carlo=MonteCarloPlan(trials=20_000))
    rng = np.random.default_rng(3)
    spent = best(lambda: [probability_ladder(*m, options=options, rng=rng) for m in given[:8]], 1)
    print(f"  with 20,000 trials of Monte Carlo as well: {spent / 8 * 1e3:.0f} ms a message")


def authorities() -> None:
    """Print how far we are from CARA's published figures and from the methods that Orekit's test data hold.

    On one message CARA's 2-D-Nc settles at no minimum, and CARA's own tests reject it: the largest difference is that.
    """
    folder = Path(os.environ.get("MIHARI_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "cases"
    if not (folder / "pc_cara_cdm.json").is_file():
        print("  no shared cases here: set MIHARI_SHARED")
        return
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from probability_support import armellin_planes, cara_cases, estimates_of

    options = LadderOptions(effort=Effort.ALL)
    found: dict[str, list[float]] = {"Pc2D": [], "Nc2D": [], "Nc3D": []}
    for case in cara_cases(folder):
        radius = HardBodyRadius(value_m=case["hbr_m"], source="message")
        methods = probability_ladder(*estimates_of(folder / case["cdm"]), radius, options=options).methods()
        for theirs, ours in (("Pc2D", "2d"), ("Nc2D", "2d_nc"), ("Nc3D", "3d_nc")):
            value, expected = methods[ours]["value"], case["expected"][theirs]
            if expected > 1e-12:
                found[theirs].append(abs(value / expected - 1.0))
    for name, errors in found.items():
        errors.sort()
        spread = f"median {np.median(errors):.1e}  largest but one {errors[-2]:.1e}  largest {errors[-1]:.1e}"
        print(f"  CARA {name:<6} {len(errors):>5} messages from 1e-12 on  {spread}")
    miss_m, covariance_m2, radius_m, expected = armellin_planes(folder)
    got = circle_probability(miss_m, covariance_m2, radius_m).probability
    for name, words in (("Pc", "Alfano's sum"), ("Pc_approx", "Alfriend's constant density")):
        error = np.abs(got / expected[name] - 1.0)
        spread = f"median {np.median(error):.1e}  largest {error.max():.1e}"
        print(f"  Orekit's data, {words}: {error.size} encounters  {spread}")


def main() -> None:
    quick = "--quick" in sys.argv
    print("2-D probability")
    circles(100_000 if quick else 400_000)
    print("ladder")
    ladders()
    print("beside the authorities, relative")
    authorities()


if __name__ == "__main__":
    main()
