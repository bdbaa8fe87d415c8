"""CARA's unit values: duration, maxima, one covariance missing, cross-correlation, repair, 2-D against 3-D."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mihari.astro.states import Frame
from mihari.conjunction.probability import (
    CovarianceFlag,
    Effort,
    Encounter,
    LadderOptions,
    Method,
    ObjectEstimate,
    dilution,
    linear_duration_s,
    maximum_with_one_covariance,
    probability_ladder,
    remove_shared_error,
    small_circle_maximum,
)
from mihari.model.assessment import HardBodyRadius
from probability_support import estimates_of, load, planes_of


@pytest.fixture(scope="module")
def units(shared_cases: Path) -> dict[str, Any]:
    return load(shared_cases, "03_pc_cara_unit.json")


def test_duration(units: dict[str, Any]) -> None:
    for case in units["conjunction_duration"]:
        relative = np.r_[case["r2"], case["v2"]] - np.r_[case["r1"], case["v1"]]
        encounter = Encounter(
            offset_s=np.zeros(1), relative_inertial_m=relative[None, :3], relative_inertial_m_s=relative[None, 3:]
        )
        covariance = np.array(case["C1"]) + np.array(case["C2"])
        start, end = linear_duration_s(encounter, covariance[None], case["hbr"], gamma=case["gamma"])
        assert start[0] == pytest.approx(case["expected_tau0"], rel=case["rel_tol"])
        assert end[0] == pytest.approx(case["expected_tau1"], rel=case["rel_tol"])


def test_dilution(units: dict[str, Any], shared_cases: Path) -> None:
    done = 0
    for case in units["cdm_cases"]:
        if not case["id"].startswith("dilution") or not (shared_cases / case["cdm"]).is_file():
            continue
        miss, one, two = planes_of(*estimates_of(shared_cases / case["cdm"]))
        found = dilution(miss, one, two, case["hbr_m"])
        # 0.999 stands for one: the miss lies within the radius, and the limit of no covariance is certainty.
        assert found.maximum_probability == pytest.approx(case["expected_max_pc"], rel=case["rel_tol"]), case["id"]
        assert found.diluted
        done += 1
    if not done:
        pytest.skip("none of the dilution messages is here")


def test_the_maximum_of_a_small_circle_has_its_closed_form() -> None:
    miss, covariance = np.array([300.0, -150.0]), np.array([[9e4, 1e4], [1e4, 4e4]])
    found = dilution(miss, covariance, np.zeros((2, 2)), 1.0)
    assert found.maximum_probability == pytest.approx(float(small_circle_maximum(miss, covariance, 1.0)), rel=1e-4)
    square = float(miss @ np.linalg.solve(covariance, miss))
    assert found.scale == pytest.approx(np.sqrt(square / 2.0), rel=2e-3)


def test_one_covariance_missing(units: dict[str, Any], shared_cases: Path) -> None:
    done = 0
    for case in units["cdm_cases"]:
        if "expected_max_pc_primary_cov_missing" not in case or not (shared_cases / case["cdm"]).is_file():
            continue
        miss, one, two = planes_of(*estimates_of(shared_cases / case["cdm"]))
        for known, key in (
            (two, "expected_max_pc_primary_cov_missing"),
            (one, "expected_max_pc_secondary_cov_missing"),
        ):
            got = maximum_with_one_covariance(miss, known, case["hbr_m"], equal_area_square=True)
            # CARA allows 1e-2 and prints five digits; 1e-3 holds for all.
            assert got == pytest.approx(case[key], rel=1e-3), (case["id"], key)
        done += 1
    if not done:
        pytest.skip("none of the single-covariance messages is here")


def test_the_bound_with_one_missing_is_a_bound(units: dict[str, Any], shared_cases: Path) -> None:
    done = 0
    for case in units["cdm_cases"]:
        if "expected_lower_bound_pc" not in case or not (shared_cases / case["cdm"]).is_file():
            continue
        miss, one, two = planes_of(*estimates_of(shared_cases / case["cdm"]))
        for known in (one, two):
            assert maximum_with_one_covariance(miss, known, case["hbr_m"]) >= case["expected_lower_bound_pc"]
        done += 1
    if not done:
        pytest.skip("none of the messages is here")


def test_shared_error(units: dict[str, Any], shared_cases: Path) -> None:
    done = 0
    for case in units["cdm_cases"]:
        if not case["id"].startswith("covxcorr") or not (shared_cases / case["cdm"]).is_file():
            continue
        first, second = estimates_of(shared_cases / case["cdm"], shared=True)
        result = probability_ladder(first, second, HardBodyRadius(value_m=case["hbr_m"], source="case"))
        rung = result.rung(Method.CIRCLE)
        assert rung is not None
        assert rung.value == pytest.approx(case["expected_pc"], rel=case["rel_tol"]), case["id"]
        assert result.shared_error_removed
        # Shown without, too.
        assert result.without_correction is not None
        plain = result.without_correction.rung(Method.CIRCLE)
        assert plain is not None
        # Not against `pc2d_plain_check`: it turns ITRF states without the Earth's rotation (8 % off on the second).
        assert plain.value is not None
        assert rung.value < plain.value
        assert not result.without_correction.shared_error_removed
        done += 1
    if not done:
        pytest.skip("none of the decorrelation messages is here")


def test_shared_error_formula(units: dict[str, Any]) -> None:
    case = next(case for case in units["state_cases"] if case["id"] == "covxcorr-inputs")
    given = case["covXcorr"]
    first, second = np.array(given["Gvecp"]), np.array(given["Gvecs"])
    combined = np.array(case["C1"]) + np.array(case["C2"])
    got = remove_shared_error(combined, first * given["sigp"], second * given["sigs"])
    product = given["sigp"] * given["sigs"]
    np.testing.assert_allclose(got, combined - product * (np.outer(second, first) + np.outer(first, second)))
    # The two errors have one sign: what they share makes the relative error smaller.
    assert np.trace(got[:3, :3]) < np.trace(combined[:3, :3])


def test_two_and_three_dimensions(units: dict[str, Any], shared_cases: Path) -> None:
    case = next(case for case in units["state_cases"] if case["id"] == "2d-vs-3d-similar")
    first, second = (
        ObjectEstimate(
            frame=Frame.GCRF,
            position_m=np.array(case[f"r{k}"]),
            velocity_m_s=np.array(case[f"v{k}"]),
            covariance=np.array(case[f"C{k}"]),
            covariance_frame=Frame.GCRF,
        )
        for k in (1, 2)
    )
    options = LadderOptions(effort=Effort.ALL)
    result = probability_ladder(first, second, HardBodyRadius(value_m=case["hbr"], source="case"), options=options)
    assert result.rung(Method.CIRCLE).value == pytest.approx(case["expected_pc"], rel=1e-6)  # type: ignore[union-attr]
    assert result.rung(Method.NC_3D).value == pytest.approx(  # type: ignore[union-attr]
        case["expected_pc3d"], rel=case["rel_tol"]
    )


def test_fifteen_orders_apart(units: dict[str, Any], shared_cases: Path) -> None:
    case = next(case for case in units["cdm_cases"] if case["id"] == "2d-3d-disagree-15-orders")
    if not (shared_cases / case["cdm"]).is_file():
        pytest.skip("the message is not here")
    result = probability_ladder(
        *estimates_of(shared_cases / case["cdm"]), HardBodyRadius(value_m=case["hbr_m"], source="case")
    )
    circle = result.rung(Method.CIRCLE)
    assert circle is not None
    assert circle.value == pytest.approx(case["expected_pc2d"], rel=1e-3)
    assert not circle.trusted
    number = result.rung(Method.NC_3D)
    assert number is not None
    assert number.value == pytest.approx(case["expected_pc3d"], rel=case["rel_tol"])


def test_not_positive_definite(units: dict[str, Any], shared_cases: Path) -> None:
    case = next(case for case in units["cdm_cases"] if case["id"] == "npd-cdm")
    if not (shared_cases / case["cdm"]).is_file():
        pytest.skip("the message is not here")
    first, second = estimates_of(shared_cases / case["cdm"])
    radius = HardBodyRadius(value_m=case["hbr_m"], source="case")
    result = probability_ladder(first, second, radius)
    assert CovarianceFlag.NOT_POSITIVE_DEFINITE in result.flags_1 | result.flags_2
    assert result.rung(Method.CIRCLE).value == pytest.approx(0.0, abs=1e-10)  # type: ignore[union-attr]
    # Never silently computed: the value is there, the trust is not.
    assert result.probability is None
    assert "not positive definite" in result.reason
