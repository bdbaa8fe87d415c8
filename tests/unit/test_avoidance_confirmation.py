"""Probabilities of a plan: against an integration of our own, and the ladder's word before anything is recommended."""

from __future__ import annotations

import numpy as np
import pytest

from avoidance_support import make_problem, probability_2d
from mihari.astro.sgp4 import Sgp4Batch
from mihari.compute import SerialExecutor
from mihari.conjunction.avoidance import (
    AvoidancePlan,
    AvoidanceProblem,
    Catalogue,
    Standing,
    confirm_by_ladder,
    plan_avoidance,
    probability_in_plane,
)
from mihari.errors import InputError
from numerical_support import EPOCH_TAI_NS

SIZES = np.geomspace(0.006, 0.03, 12)


def plan_of(problem: AvoidanceProblem) -> AvoidancePlan:
    far = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=np.array([EPOCH_TAI_NS]),
        mean_motion_rev_day=np.array([1.0]),
        eccentricity=np.array([0.001]),
        inclination_deg=np.array([0.1]),
        ra_of_asc_node_deg=np.array([10.0]),
        arg_of_pericenter_deg=np.array([20.0]),
        mean_anomaly_deg=np.array([30.0]),
        bstar_per_earth_radius=np.zeros(1),
    )
    return plan_avoidance(
        problem,
        Catalogue(far, np.array([77])),
        sizes_m_s=SIZES,
        rescreen_axes_m=(400.0, 2_000.0, 2_000.0),
        executor=SerialExecutor(),
        half_revolutions=3,
        finalists=3,
    )


@pytest.fixture(scope="module")
def plan() -> AvoidancePlan:
    return plan_of(
        make_problem(
            hours=(8.0,), miss_rtn_m=((40.0, 0.0, 60.0),), crossing_deg=(100.0,), sigma_m=(60.0,), end_hours=9.0
        )
    )


def whole(problem: AvoidanceProblem, factor: float = 1.0) -> np.ndarray:
    """Positions as the problem has them for one object, velocities that an orbit of such a sigma would have."""
    position = problem.encounters.primary_covariance_gcrf_m2
    out = np.zeros((len(position), 6, 6))
    out[:, :3, :3] = position * factor
    out[:, 3:, 3:] = position * factor * 1e-6
    out[:, :3, 3:] = out[:, 3:, :3] = position * factor * 1e-4
    return out


def test_the_plane_against_an_integration_of_our_own() -> None:
    """600 random encounters; 2e-5: 48 nodes of Gauss and Legendre have the area of a disc 5e-6 too large."""
    rng = np.random.default_rng(4)
    count = 600
    root = rng.normal(size=(count, 3, 3)) * 100.0
    covariance = root @ np.swapaxes(root, -1, -2) + np.eye(3) * 50.0**2
    miss, speed = rng.normal(size=(count, 3)) * 250.0, rng.normal(size=(count, 3)) * 7e3
    radius = rng.uniform(2.0, 20.0, count)
    ours = probability_2d(miss, speed, covariance, radius)
    assert np.allclose(probability_in_plane(miss, speed, covariance, radius), ours, rtol=2e-5, atol=1e-14)
    assert ours.max() > 1e-3


def test_a_short_encounter_is_confirmed(plan: AvoidancePlan) -> None:
    assert plan.recommended
    both = whole(plan.space.problem)
    confirmed = confirm_by_ladder(plan, primary_covariance_gcrf=both, secondary_covariance_gcrf=both)
    assert len(confirmed.recommended) == len(plan.recommended)
    for before, after in zip(plan.recommended, confirmed.recommended, strict=True):
        assert after.outcomes[0].method in ("2d", "2d_nc")
        assert before.outcomes[0].probability is not None
        assert before.outcomes[0].probability > 1e-12
        assert after.outcomes[0].probability == pytest.approx(before.outcomes[0].probability, rel=0.02)
        assert after.total_probability == pytest.approx(after.outcomes[0].probability, rel=1e-9)


def test_the_ladder_takes_the_word_away(plan: AvoidancePlan) -> None:
    """With covariances a thousand times as large the goal is missed, and it is the ladder that says so."""
    large = whole(plan.space.problem, 1e3)
    refused = confirm_by_ladder(plan, primary_covariance_gcrf=large, secondary_covariance_gcrf=large)
    assert not refused.recommended
    assert any(burn.standing is Standing.NOT_AVOIDING and "above the goal" in burn.note for burn in refused.burns)
    assert {burn.burn_tai_ns for burn in refused.burns} == {burn.burn_tai_ns for burn in plan.burns}
    for burn, row in zip(refused.burns, refused.burn_rows, strict=True):
        assert plan.flown.space.burn_tai_ns[row] == burn.burn_tai_ns
        assert plan.flown.space.delta_v_m_s[row] == burn.delta_v_m_s


def test_what_no_rung_trusts_is_not_recommended(plan: AvoidancePlan) -> None:
    both = whole(plan.space.problem)
    bent = both.copy()
    bent[:, 0, 0] = -1e8  # too much for the execution error to make good
    doubted = confirm_by_ladder(plan, primary_covariance_gcrf=bent, secondary_covariance_gcrf=both)
    assert not doubted.recommended
    assert any(burn.standing is Standing.NOT_CONFIRMED and "90000" in burn.note for burn in doubted.burns)


def test_no_burn_is_recommended_where_doing_nothing_is_enough() -> None:
    problem = make_problem(
        hours=(8.0,), miss_rtn_m=((3_000.0, 0.0, 0.0),), crossing_deg=(100.0,), sigma_m=(60.0,), end_hours=9.0
    )
    both = whole(problem)
    calm = confirm_by_ladder(plan_of(problem), primary_covariance_gcrf=both, secondary_covariance_gcrf=both)
    assert calm.nothing.standing is Standing.RECOMMENDED
    assert not calm.recommended
    assert any(burn.standing is Standing.NOT_NEEDED for burn in calm.burns)


def test_covariances_of_another_shape_are_refused(plan: AvoidancePlan) -> None:
    both = whole(plan.space.problem)
    with pytest.raises(InputError, match=r"primary covariances have shape \(1, 3, 3\)"):
        confirm_by_ladder(plan, primary_covariance_gcrf=both[:, :3, :3], secondary_covariance_gcrf=both)
