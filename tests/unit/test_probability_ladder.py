"""The ladder's contract: flags, trust, silence, units, and what documents need from it."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from mihari.astro.states import Frame
from mihari.conjunction.probability import (
    CovarianceFlag,
    CovarianceLimits,
    Effort,
    LadderOptions,
    Method,
    MonteCarloPlan,
    ObjectEstimate,
    SampleSpace,
    SharedError,
    clip_eigenvalues,
    covariance_flags,
    encounter_plane,
    monte_carlo_probability,
    move_to_closest_approach,
    oblate_flow,
    probability_ladder,
    sensitivity,
)
from mihari.errors import FrameMismatchError, InputError, UsageError
from mihari.model.assessment import HardBodyRadius

RADIUS = HardBodyRadius(value_m=15.0, source="test")


def covariance(scale: float = 1.0) -> np.ndarray:
    """Return an RTN covariance of a low orbit: position and velocity correlated as drift makes them."""
    matrix = np.diag(np.array([20.0, 300.0, 15.0, 0.3, 0.02, 0.02]) ** 2)
    matrix[0, 4] = matrix[4, 0] = -0.9 * 20.0 * 0.02
    matrix[1, 3] = matrix[3, 1] = -0.95 * 300.0 * 0.3
    return matrix * scale**2


def estimates(**changes: object) -> tuple[ObjectEstimate, ObjectEstimate]:
    first = ObjectEstimate(
        frame=Frame.GCRF,
        position_m=np.array([7.0e6, 0.0, 0.0]),
        velocity_m_s=np.array([0.0, 7546.0, 0.0]),
        covariance=covariance(),
    )
    second = ObjectEstimate(
        frame=Frame.GCRF,
        position_m=np.array([7.0e6 + 30.0, 40.0, 25.0]),
        velocity_m_s=np.array([5.0, 1000.0, 7470.0]),
        covariance=covariance(1.5),
    )
    return first, dataclasses.replace(second, **changes)  # type: ignore[arg-type]


def test_a_fast_encounter_is_settled_by_two_dimensions() -> None:
    result = probability_ladder(*estimates(), RADIUS)
    assert result.method is Method.CIRCLE
    assert result.probability is not None
    assert 1e-5 < result.probability < 1e-1
    assert [rung.method for rung in result.rungs] == [Method.CIRCLE, Method.NC_2D, Method.NC_3D]
    for rung in result.rungs:
        assert rung.value == pytest.approx(result.probability, rel=1e-3)
    assert result.offset_s != 0.0
    assert result.maximum_probability is not None
    assert result.maximum_probability >= result.probability
    # Serves the machine contract as plain data.
    text = json.dumps({"methods": result.methods(), "flags": result.flag_names()})
    assert set(json.loads(text)["methods"]) == {"2d", "2d_nc", "3d_nc"}
    assert all({"value", "interval", "trusted", "reason"} <= set(m) for m in result.methods().values())


def test_the_order_of_the_objects_does_not_matter() -> None:
    first, second = estimates()
    one = probability_ladder(first, second, RADIUS, options=LadderOptions(effort=Effort.ALL))
    two = probability_ladder(second, first, RADIUS, options=LadderOptions(effort=Effort.ALL))
    for a, b in zip(one.rungs, two.rungs, strict=True):
        assert a.value == pytest.approx(b.value, rel=1e-6)


def test_turned_axes_change_nothing(rng: np.random.Generator) -> None:
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    pair = estimates()
    moved = [dataclasses.replace(e, position_m=turn @ e.position_m, velocity_m_s=turn @ e.velocity_m_s) for e in pair]
    one, two = probability_ladder(*pair, RADIUS), probability_ladder(*moved, RADIUS)
    for a, b in zip(one.rungs, two.rungs, strict=True):
        assert a.value == pytest.approx(b.value, rel=1e-5)


FAULTS = {
    "missing": (None, CovarianceFlag.MISSING),
    "not finite": (np.full((6, 6), np.nan), CovarianceFlag.NOT_FINITE),
    "default": (covariance(3e5), CovarianceFlag.DEFAULT),
    "zero": (np.zeros((6, 6)), CovarianceFlag.ZERO),
    "negative": (covariance() - 2.0 * np.diag((400.0, 0, 0, 0, 0, 0)), CovarianceFlag.NEGATIVE_VARIANCE),
}


@pytest.mark.parametrize("given", FAULTS.values(), ids=FAULTS.keys())
def test_a_useless_covariance_is_flagged_and_nothing_is_claimed(
    given: tuple[np.ndarray | None, CovarianceFlag],
) -> None:
    matrix, flag = given
    assert flag in covariance_flags(matrix)
    result = probability_ladder(*estimates(covariance=matrix), RADIUS)
    assert flag in result.flags_2
    assert result.flags_1 is CovarianceFlag.NONE
    assert result.probability is None
    assert result.method is None
    assert result.rungs == ()
    assert result.reason.startswith("not assessed")
    # The bound for one unknown covariance is given, and is one.
    whole = probability_ladder(*estimates(), RADIUS)
    assert whole.probability is not None
    assert result.maximum_probability is not None
    assert result.maximum_probability > whole.probability
    assert any(name.startswith("object_2_covariance_") for name in result.flag_names())


def test_each_fault_has_its_own_flag() -> None:
    assert covariance_flags(covariance()) is CovarianceFlag.NONE
    assert covariance_flags(covariance(1e-4)) is CovarianceFlag.TOO_SMALL
    assert covariance_flags(covariance(1e3)) is CovarianceFlag.TOO_LARGE
    assert covariance_flags(covariance(1e3), limits=CovarianceLimits(most_sigma_m=1e7)) is CovarianceFlag.NONE
    bad = covariance()
    bad[0, 1] = bad[1, 0] = 1.1 * 20.0 * 300.0
    assert CovarianceFlag.NOT_POSITIVE_DEFINITE in covariance_flags(bad)
    bad = covariance()
    bad[1, 3] = bad[3, 1] = -1.1 * 300.0 * 0.3
    assert covariance_flags(bad) is CovarianceFlag.NOT_POSITIVE_DEFINITE_6
    bad = covariance()
    bad[:3, 3:] = bad[3:, :3] = 0.0
    assert covariance_flags(bad) is CovarianceFlag.NO_VELOCITY
    bad = covariance()
    bad[0, 1] = 5.0
    assert covariance_flags(bad) is CovarianceFlag.NOT_SYMMETRIC


def test_not_positive_definite_is_never_silently_trusted() -> None:
    bad = covariance()
    bad[0, 1] = bad[1, 0] = 1.1 * 20.0 * 300.0
    result = probability_ladder(*estimates(covariance=bad), RADIUS)
    assert result.probability is None
    assert result.rungs[0].value is not None
    assert "not positive definite" in result.reason
    accepted = probability_ladder(*estimates(covariance=bad), RADIUS, options=LadderOptions(accept_repair=True))
    assert accepted.probability is not None
    assert accepted.repaired
    assert accepted.probability == pytest.approx(result.rungs[0].value, rel=0.1)


def test_repair_is_by_the_stated_method() -> None:
    matrix, lifted = clip_eigenvalues(np.diag((4.0, -1.0, 1e-9)), least=1e-6)
    assert lifted == 2
    np.testing.assert_allclose(matrix, np.diag((4.0, 1e-6, 1e-6)), atol=1e-15)


def test_without_velocity_covariance_only_straight_lines_are_tested() -> None:
    plain = covariance()
    plain[:3, 3:] = plain[3:, :3] = 0.0
    result = probability_ladder(*estimates(covariance=plain), RADIUS)
    assert [rung.method for rung in result.rungs] == [Method.CIRCLE]
    assert result.rungs[0].trusted
    assert "curvature was not tested" in result.rungs[0].reason
    assert "inaccurate" not in result.rungs[0].tests


def test_no_relative_velocity() -> None:
    first, _ = estimates()
    second = dataclasses.replace(first, position_m=first.position_m + np.array([0.0, 900.0, 0.0]))
    second = dataclasses.replace(second, velocity_m_s=first.velocity_m_s)
    result = probability_ladder(first, second, RADIUS)
    assert result.rungs[0].value is None
    assert not result.rungs[0].trusted
    assert np.isnan(result.offset_s)


def test_silence_is_an_answer() -> None:
    """A leader and a follower whose encounter fills the segment: no deterministic rung holds, Monte Carlo does."""
    first, _ = estimates()
    second = dataclasses.replace(
        first,
        position_m=first.position_m + np.array([5.0, 300.0, 0.0]),
        velocity_m_s=first.velocity_m_s + np.array([0.02, -0.004, 0.01]),
    )
    silent = probability_ladder(first, second, RADIUS)
    assert silent.probability is None
    assert "Monte Carlo was not asked for" in silent.reason
    plan = MonteCarloPlan(trials=20_000)
    spoken = probability_ladder(
        first, second, RADIUS, options=LadderOptions(monte_carlo=plan), rng=np.random.default_rng(1)
    )
    assert spoken.method is Method.MONTE_CARLO
    rung = spoken.rung(Method.MONTE_CARLO)
    assert rung is not None
    assert rung.bounds_95 is not None
    assert rung.bounds_95[0] < spoken.probability < rung.bounds_95[1]  # type: ignore[operator]
    again = probability_ladder(
        first, second, RADIUS, options=LadderOptions(monte_carlo=plan), rng=np.random.default_rng(1)
    )
    assert again.probability == spoken.probability


def test_shared_errors_are_taken_out_and_shown_both_ways() -> None:
    first, second = estimates()
    error = SharedError(sigma=0.3, sensitivity=np.array([1.0, 800.0, 1.0, -0.8, 1e-3, 1e-3]))
    first, second = (dataclasses.replace(e, shared_error=error) for e in (first, second))
    result = probability_ladder(first, second, RADIUS)
    assert result.shared_error_removed
    assert result.without_correction is not None
    assert result.without_correction.probability != result.probability
    one_only = probability_ladder(first, dataclasses.replace(second, shared_error=None), RADIUS)
    assert not one_only.shared_error_removed
    assert one_only.without_correction is None


def test_wrong_input_is_refused() -> None:
    first, second = estimates()
    with pytest.raises(FrameMismatchError, match="TEME"):
        probability_ladder(first, dataclasses.replace(second, frame=Frame.TEME), RADIUS)
    with pytest.raises(FrameMismatchError, match="inertial"):
        dataclasses.replace(first, frame=Frame.ITRF)
    with pytest.raises(FrameMismatchError, match="covariance"):
        dataclasses.replace(first, covariance_frame=Frame.TEME)
    with pytest.raises(InputError, match=r"\(6, 6\)"):
        dataclasses.replace(first, covariance=np.eye(3))
    with pytest.raises(InputError, match="finite"):
        dataclasses.replace(first, position_m=np.array([np.nan, 0.0, 0.0]))
    with pytest.raises(UsageError, match="generator"):
        probability_ladder(first, second, RADIUS, options=LadderOptions(monte_carlo=MonteCarloPlan()))
    with pytest.raises(UsageError, match="source"):
        HardBodyRadius(value_m=5.0, source="")
    with pytest.raises(UsageError, match="hard-body radius"):
        HardBodyRadius(value_m=-5.0, source="x")
    with pytest.raises(InputError, match="two-body motion only"):
        monte_carlo_probability(
            first,
            second,
            15.0,
            window_s=(-10.0, 10.0),
            plan=MonteCarloPlan(trials=10),
            rng=np.random.default_rng(0),
            space=SampleSpace.ELEMENTS,
            flow=oblate_flow(),
        )


def test_radius_alone_may_decide() -> None:
    pair = estimates()
    assert probability_ladder(*pair, HardBodyRadius(value_m=0.0, source="x")).probability == 0.0
    assert probability_ladder(*pair, HardBodyRadius(value_m=np.inf, source="x")).probability == 1.0


def test_sensitivity() -> None:
    first, second = estimates()
    relative = second.state_inertial - first.state_inertial
    encounter = move_to_closest_approach(relative[:3], relative[3:])
    plane = encounter_plane(encounter, np.diag((400.0, 9e4, 225.0)))
    grid = sensitivity(plane.miss_m, plane.covariance_m2, plane.covariance_m2, 15.0, radius_sigma_m=3.0)
    middle = int(np.argmin(np.abs(grid.scale - 1.0)))
    here = int(np.argmin(np.abs(grid.radius_m - 15.0)))
    assert grid.by_radius[here] == pytest.approx(grid.by_scale[middle, middle])
    assert grid.by_radius[here] == pytest.approx(grid.by_radius_and_scale[here, middle])
    assert (np.diff(grid.by_radius) > 0.0).all()
    np.testing.assert_allclose(grid.by_scale, grid.by_scale.T, rtol=1e-9)
    # A small circle: the probability goes with the square, so the mean with radius^2 + sigma^2.
    small = sensitivity(plane.miss_m, plane.covariance_m2, plane.covariance_m2, 0.5, radius_sigma_m=0.05)
    assert small.mean_probability == pytest.approx(float(small.by_radius[here]) * (1.0 + 0.01), rel=1e-4)
    with pytest.raises(InputError):
        sensitivity(plane.miss_m, plane.covariance_m2, plane.covariance_m2, 15.0, covariance_scales=(0.0,))


def test_the_smallest_numbers_there_are_divide_by_nothing() -> None:
    """Where a value is the smallest float, half of it is zero: an event met in the load of thirty days."""
    smallest = 0
    for height_m in np.linspace(1_360.0, 1_400.0, 161):
        position = np.array([7.0e6 + height_m, 40.0, 25.0])
        result = probability_ladder(*estimates(position_m=position), RADIUS)
        smallest += any(rung.value is not None and 0.0 < rung.value < 1e-307 for rung in result.rungs)
        assert result.probability is None or 0.0 <= result.probability < 1e-290
    assert smallest > 0
