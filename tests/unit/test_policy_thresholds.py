"""Threshold profiles, and the level they make of an event."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.errors import FormatError, InputError, NotFoundError
from mihari.model.assessment import ActionLevel, StateSource
from mihari.policy import ThresholdProfile, counted_probability, judge, threshold_profiles

SENSORS = (StateSource.SENSOR_ORBIT, StateSource.SENSOR_ORBIT)
CARA = ThresholdProfile.load("cara")


def level(profile: ThresholdProfile = CARA, **words: object) -> ActionLevel:
    given_ = {
        "probability": 1e-3,
        "maximum_probability": None,
        "miss_distance_m": 100.0,
        "lead_time_s": 86_400.0,
        "is_deep_space": False,
        "sources": SENSORS,
    }
    return judge(profile, **{**given_, **words}).level  # type: ignore[arg-type]


@pytest.mark.parametrize("name", threshold_profiles())
def test_every_shipped_profile_loads_and_says_where_it_comes_from(name: str) -> None:
    profile = ThresholdProfile.load(name)
    assert profile.name == name
    assert len(profile.source) > 20
    assert profile.remediation_factor == 0.03


def test_levels_of_cara() -> None:
    assert level(probability=1e-4) is ActionLevel.ACTION
    assert level(probability=9.9e-5) is ActionLevel.WATCH
    assert level(probability=1e-7) is ActionLevel.WATCH
    assert level(probability=9e-8) is ActionLevel.NONE
    assert level(probability=None) is ActionLevel.NOT_ASSESSED


def test_the_older_threshold_of_cara_is_higher() -> None:
    old = ThresholdProfile.load("cara-2019")
    assert level(old, probability=4.3e-4) is ActionLevel.WATCH
    assert level(old, probability=4.4e-4) is ActionLevel.ACTION


def test_sds_counts_near_events_only_and_deep_space_by_distance() -> None:
    sds = ThresholdProfile.load("sds19")
    assert level(sds) is ActionLevel.ACTION
    assert level(sds, miss_distance_m=1_001.0) is ActionLevel.NONE
    assert level(sds, lead_time_s=3.1 * 86_400.0) is ActionLevel.NONE
    deep = {"is_deep_space": True, "probability": None, "miss_distance_m": 4_999.0}
    assert level(sds, **deep) is ActionLevel.ACTION
    assert level(sds, **deep, lead_time_s=5 * 86_400.0) is ActionLevel.WATCH
    assert level(sds, **deep, lead_time_s=11 * 86_400.0) is ActionLevel.NONE


def test_the_maximum_counts_only_when_the_owner_says_so() -> None:
    assert level(probability=1e-9, maximum_probability=0.1) is ActionLevel.NONE
    wary = replace(CARA, maximum_probability_acts=True)
    assert level(wary, probability=1e-9, maximum_probability=0.1) is ActionLevel.ACTION


@given(
    probability=st.none() | st.floats(0.0, 1.0),
    maximum=st.none() | st.floats(0.0, 1.0),
    miss=st.floats(0.0, 1e6),
    deep=st.booleans(),
    profile=st.sampled_from(threshold_profiles()),
    acts=st.booleans(),
    other=st.sampled_from(StateSource),
)
def test_nothing_raises_an_action_from_an_element_set(
    probability: float | None,
    maximum: float | None,
    miss: float,
    deep: bool,
    profile: str,
    acts: bool,
    other: StateSource,
) -> None:
    found = judge(
        replace(ThresholdProfile.load(profile), maximum_probability_acts=acts),
        probability=probability,
        maximum_probability=maximum,
        miss_distance_m=miss,
        lead_time_s=3_600.0,
        is_deep_space=deep,
        sources=(StateSource.ELEMENT_SET, other),
    )
    assert found.level is not ActionLevel.ACTION


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    mine = {
        "name": "mine",
        "version": "1",
        "source": "our board",
        "watch_probability": 1e-6,
        "action_probability": 1e-5,
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**mine, "lead_time_hours": 6}))
    profile = ThresholdProfile.load(path)
    assert profile.lead_time_s == 21_600.0
    assert math.isinf(profile.horizon_s)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"action_probability": "high"}, "action_probability is 'high'"),
        ({"action_probability": 1e-9}, "no thresholds"),
        ({"acton": 1}, "'acton' is no key"),
        ({"watch_probability": None}, "watch_probability is None"),
        ({"deep_space": 3}, "deep_space is not an object"),
        ({"remediation_factor": 2.0}, "remediation factor"),
    ],
)
def test_a_wrong_profile_is_refused_in_words(tmp_path: Path, change: dict[str, object], words: str) -> None:
    mine = {"name": "mine", "version": "1", "source": "us", "watch_probability": 1e-6, "action_probability": 1e-5}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**mine, **change}))
    with pytest.raises(InputError, match=words):
        ThresholdProfile.load(path)


def test_no_such_profile_lists_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cara, cara-2019, esa, sds19"):
        ThresholdProfile.load("nasa")
    (tmp_path / "x.json").write_text("[1")
    with pytest.raises(FormatError, match="is not JSON"):
        ThresholdProfile.load(tmp_path / "x.json")


def test_one_unknown_of_two_probabilities_is_no_safety() -> None:
    watch, action = CARA.watch_probability, CARA.action_probability
    assert counted_probability(CARA, (1e-9, 1e-8)) == 1e-8
    assert counted_probability(CARA, (1e-9,)) == 1e-9
    assert counted_probability(CARA, (None, 2.79e-12)) is None
    assert counted_probability(CARA, (0.9 * watch, None)) is None
    assert counted_probability(CARA, (None, watch)) == watch
    assert counted_probability(CARA, (2.0 * action, None)) == 2.0 * action
    assert counted_probability(CARA, (None, None)) is None
