"""One message, one assessment: what follows from what, and what never follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assessment_support import a_message, record_of, request, warnings_of
from mihari.astro.relative import rtn_basis
from mihari.conjunction.assessment import assess_message, event_key, match_event
from mihari.errors import InputError
from mihari.model.assessment import ActionLevel, Assessment, DecisionKind, EventRecord, StateSource
from mihari.model.conjunction_message import ConjunctionMessage
from mihari.model.provenance import DataMode


def assess(message: ConjunctionMessage, **words: object) -> Assessment:
    return assess_message(message, request(**words))


def with_second(message: ConjunctionMessage, **changes: object) -> ConjunctionMessage:
    return replace(message, object_2=replace(message.object_2, **changes))  # type: ignore[arg-type]


def test_an_ordinary_message() -> None:
    found = assess(a_message())
    assert found.probability is not None
    assert found.method == "2d"
    assert found.hard_body_radius is not None
    assert found.hard_body_radius.source == "comment HBR"
    assert not found.advisory
    assert found.maximum is not None
    assert found.maximum.value >= found.probability
    assert found.geometry.sigma_rtn_m is not None
    assert found.profile.startswith("cara ")
    assert all(each.quality.grade == 1.0 or each.quality.reasons for each in found.objects)
    assert abs(found.tca_tai_ns - a_message().tca_tai_ns) < 1_000_000
    assert found.data_mode is DataMode.SIMULATED


def test_the_miss_is_that_of_the_message() -> None:
    message = a_message()
    found = assess(message)
    assert found.geometry.miss_distance_m == pytest.approx(message.miss_distance_m, abs=1e-3)
    assert message.relative_position_m is not None
    # The message rounds its time to a millisecond: at 10 km/s that is metres along the relative velocity.
    assert found.geometry.miss_rtn_m == pytest.approx(tuple(message.relative_position_m), abs=8.0)


def test_no_radius_no_probability_unless_the_default_is_chosen() -> None:
    message = a_message(hard_body_radius_m=None, hard_body_radius_source=None)
    found = assess(message)
    assert found.probability is None
    assert found.action_level is ActionLevel.NOT_ASSESSED
    assert "no hard-body radius" in found.level_reason
    assert "no_hard_body_radius" in found.flags
    chosen = assess(message, use_default_radius=True)
    assert chosen.probability is not None
    assert "default_hard_body_radius" in chosen.flags
    assert chosen.hard_body_radius is not None
    assert chosen.hard_body_radius.is_default
    given = assess(message, hard_body_radius_m=7.0)
    assert given.hard_body_radius is not None
    assert given.hard_body_radius.value_m == 7.0


@pytest.mark.parametrize("field", ["ephemeris_name", "covariance_method", "gravity_model"])
def test_an_element_set_raises_no_action_whatever_it_claims(field: str) -> None:
    near = a_message()
    # Put both at one place with a covariance that makes a collision all but sure.
    second = replace(
        near.object_2, position_m=near.object_1.position_m + 1.0, covariance_rtn=np.diag([25.0] * 3 + [1e-4] * 3)
    )
    near = replace(near, object_2=second, object_1=replace(near.object_1, covariance_rtn=second.covariance_rtn))
    assert assess(near, hard_body_radius_m=20.0).action_level is ActionLevel.ACTION
    claimed = with_second(near, **{field: "SGP4 from a TLE"})
    found = assess(claimed, hard_body_radius_m=20.0)
    assert found.objects[1].state_source is StateSource.ELEMENT_SET
    assert found.advisory
    assert found.action_level is ActionLevel.WATCH
    assert "element set" in found.level_reason
    with pytest.raises(InputError, match="cannot rest on a public element set"):
        replace(found, action_level=ActionLevel.ACTION)


def test_each_fault_of_a_covariance_has_its_flag_and_no_probability() -> None:
    message = a_message()
    assert message.object_2.covariance_rtn is not None
    good = message.object_2.covariance_rtn
    for changed, flag in (
        (None, "object_2_covariance_missing"),
        (np.zeros((6, 6)), "object_2_covariance_zero"),
        (np.diag([4.1e15] * 3 + [1.0] * 3), "object_2_covariance_default"),
        (good * -1.0, "object_2_covariance_negative_variance"),
        (good * np.nan, "object_2_covariance_not_finite"),
    ):
        found = assess(with_second(message, covariance_rtn=changed))
        assert flag in found.flags
        assert found.probability is None
        assert found.action_level is ActionLevel.NOT_ASSESSED
        assert found.geometry.sigma_rtn_m is None


def test_a_default_covariance_is_computed_with_and_never_trusted() -> None:
    found = assess(with_second(a_message(), covariance_method="DEFAULT"))
    assert found.probability is None
    assert "object_2_covariance_is_default" in found.flags
    assert found.methods[0].value is not None
    assert not any(each.trusted for each in found.methods)


def test_only_the_method_asked_for_answers() -> None:
    found = assess(a_message(), method="2d_nc")
    assert found.method == "2d_nc"
    assert {each.name for each in found.methods} >= {"2d", "2d_nc", "3d_nc", "monte_carlo"}


def test_masses_decide_about_the_consequence() -> None:
    message = a_message()
    assert assess(with_second(message, mass_kg=None)).consequence is None
    heavy = replace(message, object_1=replace(message.object_1, mass_kg=900.0))
    found = assess(with_second(heavy, mass_kg=800.0)).consequence
    assert found is not None
    assert found.is_catastrophic
    assert found.fragments_above_10_cm == pytest.approx(0.1 * 1_700.0**0.75 * 0.1**-1.71)


def test_which_object_comes_first_changes_neither_event_nor_probability() -> None:
    message = a_message()
    turned = replace(message, object_1=message.object_2, object_2=message.object_1)
    assert event_key(turned) == event_key(message)
    assert assess(turned).probability == pytest.approx(assess(message).probability, rel=1e-9)


def test_updates_are_one_event_and_other_passages_are_not() -> None:
    keys = [event_key(a_message()), event_key(a_message(tca_tai_ns=a_message().tca_tai_ns + 5 * 10**9))]
    later = event_key(a_message(tca_tai_ns=a_message().tca_tai_ns + 2_700 * 10**9))
    known = [("first", keys[0])]
    assert match_event(keys[1], known) == "first"
    assert match_event(later, known) is None


@pytest.mark.parametrize(("author", "text"), [("", "x"), ("A. Person", " "), ("Mihari", "manoeuvre"), ("machine", "x")])
def test_the_machine_recommends_decides_and_reports_nothing(author: str, text: str) -> None:
    with pytest.raises(InputError):
        EventRecord(
            kind=DecisionKind.DECISION, event_id="e", author=author, text=text, written_tai_ns=0, message_id="m"
        )


def test_the_messages_of_the_world_are_consistent_with_their_covariances() -> None:
    """Across the relative velocity, (stated miss - true miss) is chi-square with two degrees of freedom."""
    squares = []
    for each in warnings_of(1_500, 1, 60)[::8]:
        record = record_of(each.text)
        states = [np.concatenate([side.position_m, side.velocity_m_s]) for side in record.objects]
        relative = states[1] - states[0]
        combined = np.zeros((3, 3))
        for side, state in zip(record.objects, states, strict=True):
            assert side.covariance_rtn is not None
            basis = rtn_basis(state[:3], state[3:])
            combined += basis.T @ side.covariance_rtn[:3, :3] @ basis
        along = relative[3:] / np.linalg.norm(relative[3:])
        across = np.linalg.svd(along[None, :])[2][1:]
        off = across @ (relative[:3] - each.true_miss_eme2000_m)
        squares.append(off @ np.linalg.solve(across @ combined @ across.T, off))
    assert len(squares) == 60
    # 60 draws: the median of the distribution is 1.39 and its deviation here 0.26; the mean 2 and 0.26.
    assert 0.6 < np.median(squares) < 2.2
    assert 1.2 < np.mean(squares) < 2.8
