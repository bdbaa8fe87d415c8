"""Sensitivity, density class, next tracking and who can move: each against a figure found another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assessment_support import a_message, request
from mihari.conjunction.assessment import assess_message, next_tracking_of_history
from mihari.constants import EARTH_MU_M3_S2
from mihari.model.assessment import Assessment, DensityClass
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject, DensityConsider

DAY_NS = 86_400 * 10**9


def assess(message: ConjunctionMessage) -> Assessment:
    return assess_message(message, request())


def near() -> ConjunctionMessage:
    """An event whose miss is one and a half deviations: a probability that is worth drawing."""
    message = a_message()
    mahalanobis = assess(message).geometry.mahalanobis
    assert mahalanobis is not None
    one, two = message.objects
    position_m = one.position_m + (two.position_m - one.position_m) * (1.5 / mahalanobis)
    return replace(message, object_2=replace(two, position_m=position_m))


def both(message: ConjunctionMessage, **changes: object) -> ConjunctionMessage:
    first, second = (replace(each, **changes) for each in message.objects)  # type: ignore[arg-type]
    return replace(message, object_1=first, object_2=second)


def test_the_curves_pass_through_the_answer_and_are_those_of_changed_messages() -> None:
    message = near()
    found = assess(message)
    curves = found.sensitivity
    assert curves is not None
    assert found.method == "2d"
    assert curves.probability_by_radius[curves.radius_m.index(found.hard_body_radius.value_m)] == pytest.approx(  # type: ignore[union-attr]
        found.probability, rel=1e-5, abs=0.0
    )
    middle = curves.scale.index(1.0)
    assert curves.probability_by_scale[middle][middle] == pytest.approx(found.probability, rel=1e-5, abs=0.0)
    # A message with the covariance of the second object made larger says the same as the grid.
    place = curves.scale.index(2.0)
    larger = replace(message.object_2, covariance_rtn=4.0 * message.object_2.covariance_rtn)
    wider = assess(replace(message, object_2=larger))
    assert curves.probability_by_scale[middle][place] == pytest.approx(wider.probability, rel=1e-5, abs=0.0)
    assert curves.probability_by_scale[place][middle] != pytest.approx(wider.probability, rel=1e-3, abs=0.0)
    assert found.maximum is not None
    top = max(value for value in curves.dilution_probability if value is not None)
    # 41 points: the curve's highest stays below the true maximum, and near it.
    assert 0.95 * found.maximum.value < top <= found.maximum.value * (1.0 + 1e-5)


def test_without_a_radius_or_a_covariance_there_are_no_curves() -> None:
    bare = replace(a_message(), hard_body_radius_m=None, hard_body_radius_source=None)
    assert assess(bare).sensitivity is None
    assert assess(both(a_message(), covariance_rtn=None)).sensitivity is None


def density_of(along_m: float) -> DensityConsider:
    return DensityConsider(
        forecast_uncertainty=0.2,
        sensitivity_position_m=np.array([0.0, along_m, 0.0]),
        sensitivity_velocity_m_s=np.zeros(3),
    )


def with_density(message: ConjunctionMessage, first_m: float, second_m: float) -> ConjunctionMessage:
    one = replace(message.object_1, density=density_of(first_m))
    return replace(message, object_1=one, object_2=replace(message.object_2, density=density_of(second_m)))


def test_the_density_moves_the_miss_and_the_class_says_so() -> None:
    message = near()
    still = assess(with_density(message, 0.0, 0.0)).density_sensitivity
    assert still is not None
    assert still.name is DensityClass.FLAT
    assert still.greatest_probability == pytest.approx(assess(message).probability, rel=1e-6, abs=0.0)
    # Moved so far that the objects come nearer for one sign of the error and part for the other.
    moved = assess(with_density(message, 0.0, 20_000.0)).density_sensitivity
    assert moved is not None
    assert moved.name is not DensityClass.FLAT
    assert moved.forecast_sigma == 0.2
    assert abs(moved.density_error) <= 0.6 + 1e-12
    mirrored = assess(with_density(message, 0.0, -20_000.0)).density_sensitivity
    assert mirrored is not None
    assert mirrored.density_error == pytest.approx(-moved.density_error)
    assert mirrored.greatest_probability == pytest.approx(moved.greatest_probability, rel=1e-9, abs=0.0)


def test_an_event_at_its_peak_is_called_so() -> None:
    message = near()
    # No miss in the plane: every displacement can only part them.
    at_once = replace(message.object_2, position_m=message.object_1.position_m)
    found = assess(with_density(replace(message, object_2=at_once), 0.0, 50_000.0)).density_sensitivity
    assert found is not None
    assert found.name is DensityClass.AT_PEAK
    assert found.density_error == pytest.approx(0.0, abs=1e-9)


def test_energy_lost_moves_an_object_ahead_as_the_integral_says() -> None:
    """The closed form against the sum over small steps of a circular orbit that loses energy at a constant rate."""
    axis_m, rate_w_kg, span_s = 7.0e6, 2.0e-3, 3.0 * 86_400.0
    steps = np.linspace(0.0, span_s, 200_001)
    energy = -EARTH_MU_M3_S2 / (2.0 * axis_m) - rate_w_kg * steps
    motion = np.sqrt(EARTH_MU_M3_S2 / (-EARTH_MU_M3_S2 / (2.0 * energy)) ** 3)
    angle = np.trapezoid(motion, steps) - motion[0] * span_s
    closed = 1.5 * motion[0] * axis_m**2 / EARTH_MU_M3_S2 * rate_w_kg * span_s**2
    assert closed == pytest.approx(angle * axis_m, rel=1e-2)

    message = near()
    seen = message.tca_tai_ns - 3 * DAY_NS

    def told(each: ConjunctionObject, rate: float | None) -> ConjunctionObject:
        return replace(each, density=None, sedr_w_kg=rate, last_observation_end_tai_ns=seen)

    plain = replace(message, object_1=told(message.object_1, None), object_2=told(message.object_2, None))
    assert assess(plain).density_sensitivity is None
    dragged = replace(plain, object_2=told(message.object_2, rate_w_kg))
    found = assess(dragged).density_sensitivity
    assert found is not None
    assert found.basis == "energy dissipation rate since the last observation, size of the forecast error assumed"
    # The same as consider parameters of that displacement.
    speed = np.linalg.norm(message.object_2.velocity_m_s)
    distance = np.linalg.norm(message.object_2.position_m)
    axis_2_m = 1.0 / (2.0 / distance - speed**2 / EARTH_MU_M3_S2)
    ahead_m = 1.5 * np.sqrt(axis_2_m / EARTH_MU_M3_S2) * rate_w_kg * span_s**2
    consider = replace(density_of(float(ahead_m)), forecast_uncertainty=found.forecast_sigma)
    same = assess(replace(plain, object_2=replace(told(message.object_2, None), density=consider))).density_sensitivity
    assert same is not None
    # The message's states are Earth-fixed or inertial; what differs is the semi-major axis by the frame's rotation.
    assert same.greatest_probability == pytest.approx(found.greatest_probability, rel=0.05, abs=0.0)


def test_the_next_tracking_is_as_far_as_the_last_ones_were_apart() -> None:
    message = a_message()
    seen = message.creation_tai_ns - DAY_NS // 2
    told = both(
        message,
        tracks_used=10,
        actual_od_span_s=10.0 * 86_400.0,
        last_observation_end_tai_ns=seen,
    )
    found = assess(told)
    for each in found.objects:
        assert each.next_tracking is not None
        assert each.next_tracking.expected_tai_ns == seen + DAY_NS
        assert each.next_tracking.basis == "10 tracks in the 10.0 d of its orbit determination"
    assert found.latest_decision_tai_ns is not None
    expected = max(0, (found.latest_decision_tai_ns - (seen + DAY_NS)) // DAY_NS + 1)
    assert found.trackings_before_decision == (expected, expected)
    # What is overdue was missed: the next one is to be expected after the message, never before.
    late = both(told, last_observation_end_tai_ns=message.creation_tai_ns - 5 * DAY_NS - DAY_NS // 4)
    overdue = assess(late).objects[0].next_tracking
    assert overdue is not None
    assert overdue.expected_tai_ns == message.creation_tai_ns + 3 * DAY_NS // 4
    silent = assess(both(message, tracks_used=None))
    assert silent.objects[0].next_tracking is None
    assert silent.trackings_before_decision == (None, None)


def test_the_history_of_last_observations_tells_the_interval() -> None:
    found = next_tracking_of_history([0, DAY_NS, DAY_NS, 3 * DAY_NS], now_tai_ns=3 * DAY_NS)
    assert found is not None
    assert found.interval_s == pytest.approx(1.5 * 86_400.0)
    assert found.expected_tai_ns == 3 * DAY_NS + 3 * DAY_NS // 2
    assert next_tracking_of_history([DAY_NS, DAY_NS], now_tai_ns=DAY_NS) is None


@pytest.mark.parametrize(
    ("first", "second", "words", "silent"),
    [
        ("YES", "YES", "Both ", "No rule of right of way"),
        ("YES", "NO", "is said to be unable to", None),
        ("NO", "YES", "is said to be unable to", None),
        ("YES", "N/A", "the message is silent", "No rule of right of way"),
        ("N/A", "N/A", "does not tell for certain", "No rule of right of way"),
    ],
)
def test_who_can_move_is_told_as_the_message_tells_it(first: str, second: str, words: str, silent: str | None) -> None:
    message = both(a_message(), object_type="PAYLOAD")
    message = replace(
        message,
        object_1=replace(message.object_1, maneuverable=first, operator_email="ops@one.example"),
        object_2=replace(message.object_2, maneuverable=second),
    )
    found = assess(message).coordination
    assert found is not None
    assert words in found.text
    assert ("No rule of right of way" in found.text) is (silent is not None)
    assert "ops@one.example" in found.text
    assert "B.1" in found.source


def test_nobody_who_can_move_means_nothing_to_agree() -> None:
    assert assess(both(a_message(), object_type="DEBRIS", maneuverable="N/A")).coordination is None
