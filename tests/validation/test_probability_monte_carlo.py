"""Monte Carlo against CARA's runs, Alfano's cases, plain against importance sampling, two-body against numerical.

Seeds are fixed; an interval at 95 % misses one time in twenty, so that of 27 up to four may miss by chance (1 in 200)
before the test fails, and at 99.9 % none may.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from mihari.conjunction.probability import (
    Effort,
    LadderOptions,
    Method,
    MonteCarloPlan,
    SampleSpace,
    Sampling,
    binomial_interval,
    monte_carlo_probability,
    oblate_flow,
    probability_ladder,
)
from mihari.model.assessment import HardBodyRadius
from probability_support import cara_cases, estimates_of, estimates_of_states, load


def overlaps(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return one[0] <= two[1] and two[0] <= one[1]


def test_cara_messages(shared_cases: Path) -> None:
    rng = np.random.default_rng(20260101)
    plan = MonteCarloPlan(trials=20_000, batch=10_000)
    options = LadderOptions(effort=Effort.ALL, monte_carlo=plan)
    missed = []
    for case in cara_cases(shared_cases):
        radius = HardBodyRadius(value_m=case["hbr_m"], source="message")
        result = probability_ladder(*estimates_of(shared_cases / case["cdm"]), radius, options=options, rng=rng)
        rung = result.rung(Method.MONTE_CARLO)
        assert rung is not None
        assert rung.bounds_95 is not None
        assert rung.bounds_99 is not None
        assert rung.bounds_99[0] < rung.bounds_95[0] < rung.value < rung.bounds_95[1] < rung.bounds_99[1]
        told = case["expected"]
        if not overlaps(rung.bounds_95, (told["PcSDMCLo"], told["PcSDMCHi"])):
            missed.append(case["id"])
        # Twice the widths: 99.9 % and more.
        assert overlaps(_wider(rung.bounds_99), (told["PcSDMCLo"], told["PcSDMCHi"])), case["id"]
        # 1e-7 and less in 20,000 trials: only importance sampling sees that.
        assert rung.tests["hits"] > 100
    assert len(missed) <= 4, missed


def _wider(interval: tuple[float, float]) -> tuple[float, float]:
    half = interval[1] - interval[0]
    return interval[0] - 0.5 * half, interval[1] + 0.5 * half


@pytest.mark.parametrize("place", ["at_tca", "at_epoch"])
@pytest.mark.parametrize("space", list(SampleSpace))
def test_alfano(shared_cases: Path, place: str, space: SampleSpace) -> None:
    """From closest approach and from epoch (up to 3.25 days before), in elements and in states: two-body, whole window.

    Alfano counts pairs that are within the radius at the window's start (`inst_prob`), CARA does not; both are checked.
    """
    for case in load(shared_cases, "03_pc_alfano2009.json")["cases"]:
        first, second = estimates_of_states(case[place])
        middle = case["tca_s_after_epoch"] if place == "at_epoch" else 0.0
        window = case["time_window_s_about_tca"]
        result = monte_carlo_probability(
            first,
            second,
            case["hbr_m"],
            window_s=(middle - window, middle + window),
            plan=MonteCarloPlan(trials=8_000, batch=8_000),
            rng=np.random.default_rng(3),
            space=space,
        )
        low, high = case["expected"]["pc_mc_cara_95ci"]
        # 48 comparisons at 99 %: half of one misses by chance, hence twice the width (four sigmas).
        assert overlaps(_wider(result.bounds_99), (low, high)), (case["id"], result)
        told = case["expected"]["inst_prob"]
        if told > 1e-3:
            sigma = np.sqrt(told * (1.0 - told) / result.trials)
            assert result.inside_share == pytest.approx(told, abs=4.0 * sigma + 1e-3)
        else:
            assert result.inside_share < 5e-3


def test_importance_sampling_is_unbiased(shared_cases: Path) -> None:
    """One event in a thousand: 60,000 plain trials and 10,000 weighted ones agree, the latter at half the width."""
    case = next(case for case in cara_cases(shared_cases) if 5e-4 < case["expected"]["PcSDMC"] < 5e-3)
    first, second = estimates_of(shared_cases / case["cdm"])
    results = [
        monte_carlo_probability(
            first,
            second,
            case["hbr_m"],
            window_s=(-20.0, 20.0),
            plan=MonteCarloPlan(trials=trials, sampling=sampling, relative_half_width=0.0),
            rng=np.random.default_rng(11),
        )
        for sampling, trials in ((Sampling.PLAIN, 60_000), (Sampling.IMPORTANCE, 10_000))
    ]
    plain, weighted = results
    assert plain.effective_hits == plain.hits
    assert weighted.importance
    assert overlaps(plain.bounds_95, weighted.bounds_95)
    widths = [(r.bounds_95[1] - r.bounds_95[0]) / r.probability for r in results]
    assert widths[1] < 0.5 * widths[0]


def test_intervals_cover_as_they_say() -> None:
    """Forty runs of one event: the 95 % interval holds the true value 33 times or more."""
    from mihari.conjunction.probability._monte_carlo import sampled_result

    rng = np.random.default_rng(3)
    truth, covered = 2e-3, 0
    for _ in range(40):
        hits = int(rng.binomial(20_000, truth))
        result = sampled_result(float(hits), float(hits), hits, 0.0, 20_000, importance=False)
        covered += result.bounds_95[0] <= truth <= result.bounds_95[1]
    # Binomial(40, 0.95) lies below 33 once in a thousand.
    assert covered >= 33


def test_clopper_pearson() -> None:
    low, high = binomial_interval(7, 100, level=0.95)
    assert binom.sf(6, 100, low) == pytest.approx(0.025, rel=1e-9)
    assert binom.cdf(7, 100, high) == pytest.approx(0.025, rel=1e-9)
    assert binomial_interval(0, 50, level=0.95)[0] == 0.0
    assert binomial_interval(0, 50, level=0.95)[1] == pytest.approx(1.0 - 0.025 ** (1 / 50))
    assert binomial_interval(50, 50, level=0.95)[1] == 1.0


def test_numerical_dynamics(shared_cases: Path) -> None:
    """An oblate Earth moves both alike: over 46 minutes the probability of a close pair stays that of two bodies.

    The flow is checked against an independent integrator, then a run from closest approach against CARA's interval.
    """
    from scipy.integrate import solve_ivp

    from mihari.constants import EARTH_MU_M3_S2, WGS72_EARTH_RADIUS_M, WGS72_J2

    def pull(_: float, x: np.ndarray) -> np.ndarray:
        r2 = x[:3] @ x[:3]
        factor = 1.5 * WGS72_J2 * WGS72_EARTH_RADIUS_M**2 / r2
        bracket = 1.0 - factor * (5.0 * x[2] ** 2 / r2 - np.array([1.0, 1.0, 3.0]))
        return np.r_[x[3:], -EARTH_MU_M3_S2 / r2**1.5 * x[:3] * bracket]

    state = np.array([7.0e6, 1.0e5, 2.0e5, -200.0, 6.0e3, 4.5e3])
    times = np.array([0.0, 900.0, 5400.0])
    got = oblate_flow()(state[None], times)[0]
    expected = solve_ivp(pull, (0.0, 5400.0), state, t_eval=times, rtol=1e-12, atol=1e-6, method="DOP853").y.T
    np.testing.assert_allclose(got[:, :3], expected[:, :3], atol=0.5)

    case: dict[str, Any] = next(
        case for case in load(shared_cases, "03_pc_alfano2009.json")["cases"] if case["id"].endswith("05")
    )
    first, second = estimates_of_states(case["at_tca"])
    result = monte_carlo_probability(
        first,
        second,
        case["hbr_m"],
        window_s=(-300.0, 300.0),
        plan=MonteCarloPlan(trials=4_000),
        rng=np.random.default_rng(5),
        space=SampleSpace.STATES,
        flow=oblate_flow(),
    )
    low, high = case["expected"]["pc_mc_cara_95ci"]
    assert overlaps(result.bounds_95, (low, high))
