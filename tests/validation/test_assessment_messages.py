"""`mihari assess` on CARA's messages, as a person with a folder has them, against CARA's published figures.

The tolerances are those of the ladder (test_probability_cara.py); what is tried here is the whole path from file to
document: reading, radius from the comment, states moved to the true closest approach, names, levels, both ladders.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mihari.policy import ThresholdProfile
from probability_support import cara_cases
from tests_support import run_mihari

Paired = list[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def paired(shared_cases: Path) -> Paired:
    cases = {case["id"]: case for case in cara_cases(shared_cases)}
    files = [part for case in cases.values() for part in ("--cdm", str(shared_cases / case["cdm"]))]
    result = run_mihari("assess", *files, "--json")
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["coverage"]["messages"] == document["coverage"]["assessed"] == len(cases)
    assert document["coverage"]["rejected"] == []
    return [(cases[each["message_id"]], each) for each in document["assessments"]]


def test_geometry_and_2d_are_those_of_the_authority(paired: Paired) -> None:
    assert len(paired) == 27
    for case, found in paired:
        expected = case["expected"]
        assert found["hard_body_radius_m"] == case["hbr_m"]
        assert found["methods"]["2d"]["value"] == pytest.approx(expected["Pc2D"], rel=1e-6, abs=0.0), case["id"]
        assert found["miss_distance_m"] <= expected["MissDist_m"] * (1.0 + 1e-9)
        assert found["relative_speed_m_s"] == pytest.approx(expected["Vrel_mps"], rel=1e-9)
        assert found["geometry"]["approach_angle_deg"] == pytest.approx(expected["Vang_deg"], abs=1e-6)
        assert found["data_mode"] == "REAL"
        assert not found["advisory"]


def test_the_trusted_method_is_right(paired: Paired) -> None:
    """A rung that is trusted lies within 5 % of CARA's Monte Carlo interval, or the interval holds it."""
    for case, found in paired:
        low, high = case["expected"]["PcSDMCLo"], case["expected"]["PcSDMCHi"]
        assert 0.95 * low <= found["probability"] <= 1.05 * high, case["id"]
        assert found["methods"][found["method"]]["trusted"]
        # What is told as the most that it can be is never less than what it is told to be.
        assert found["maximum_probability"] >= found["probability"], case["id"]


def test_the_level_follows_from_the_larger_ladder_and_no_unknown_one_is_safe(paired: Paired) -> None:
    profile = ThresholdProfile.load("cara")
    levels = set()
    for case, found in paired:
        both = [found["probability"]]
        if found["methods_shared_error_removed"]:
            both.append(found["probability_shared_error_removed"])
        known = [value for value in both if value is not None]
        largest = max(known, default=0.0)
        if largest >= profile.action_probability:
            expected = "action"
        elif largest >= profile.watch_probability:
            expected = "watch"
        else:
            expected = "none" if len(known) == len(both) else "not assessed"
        assert found["action_level"] == expected, case["id"]
        levels.add(expected)
    assert levels == {"action", "watch"}


def test_all_methods_means_all(paired: Paired, shared_cases: Path) -> None:
    """The message on which every analytical rung fails: Monte Carlo answers, and CARA's interval overlaps ours."""
    case = next(case for case, found in paired if found["method"] == "monte_carlo")
    result = run_mihari("assess", "--cdm", str(shared_cases / case["cdm"]), "--all-methods", "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    for methods in (found["methods"], found["methods_shared_error_removed"]):
        assert set(methods) == {"2d", "2d_nc", "3d_nc", "monte_carlo"}
    told = found["methods"]["monte_carlo"]
    assert told["trusted"]
    assert found["method"] == "monte_carlo"
    low, high = told["interval"]
    assert low <= case["expected"]["PcSDMCHi"]
    assert high >= case["expected"]["PcSDMCLo"]
    assert found["action_level"] == "watch"
