"""From messages to a plan: geometry as told, goal reached, a second conjunction seen, element sets advised on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from assessment_support import record_of, request
from avoidance_app_support import EVENT, SECONDARY, ask, message, moved, write
from mihari.app.avoid import AvoidanceAnswer
from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.avoidance_documents import avoidance_document
from mihari.app.avoidance_plot import plot_trade_space
from mihari.app.avoidance_waits import WaitFor, read_waits
from mihari.app.moment import moment_tai_ns
from mihari.astro.earth import load_earth_orientation
from mihari.astro.frames import convert
from mihari.astro.numerical import Impulse, propagate
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.conjunction.assessment import assess_message
from mihari.conjunction.avoidance import Candidate, Standing, evaluate, fly_reference
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.model.assessment import ActionLevel


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("messages")


@pytest.fixture(scope="module")
def answer(folder: Path) -> AvoidanceAnswer:
    return ask(write(folder, message(4), message(5)))


def test_doing_nothing_has_the_figures_of_the_message(answer: AvoidanceAnswer) -> None:
    """Flown back to the start and forth again, the geometry is what the assessment of the message says, to a metre."""
    told = assess_message(record_of(message()), request())
    assert told.probability is not None
    assert told.action_level is ActionLevel.ACTION
    (outcome,) = answer.plan.nothing.outcomes
    assert outcome.miss_distance_m == pytest.approx(told.geometry.miss_distance_m, abs=1.0)
    assert np.allclose(outcome.miss_rtn_m, told.geometry.miss_rtn_m, atol=1.0)
    assert outcome.relative_speed_m_s == pytest.approx(told.geometry.relative_speed_m_s, rel=1e-4)
    assert outcome.probability == pytest.approx(told.probability, rel=0.01)
    assert answer.plan.nothing.standing is Standing.NOT_AVOIDING
    assert answer.posed.state_message_id == record_of(message()).message_id
    assert answer.event_id == EVENT
    assert "past" in answer.start_reason
    assert answer.posed.conjunctions[0].primary_difference_m < 1e-3


def test_recommended_burns_reach_the_goal_by_the_ladder(answer: AvoidanceAnswer) -> None:
    assert answer.plan.recommended
    assert not answer.advisory
    assert answer.plan.space.count >= 1_000
    for burn in answer.plan.recommended:
        (outcome,) = burn.outcomes
        assert outcome.probability is not None
        assert outcome.probability <= 0.03 * 1e-4
        assert outcome.method in ("2d", "2d_nc", "3d_nc")
    screened = answer.plan.rescreening
    assert screened.objects_screened == 4_999
    for place, burn in enumerate(answer.plan.burns):
        if burn.standing is Standing.RECOMMENDED:
            assert screened.is_screened[answer.plan.burn_rows[place]]
            assert screened.new_of(answer.plan.burn_rows[place]).size == 0


def test_waiting_has_figures_of_its_own(answer: AvoidanceAnswer) -> None:
    (wait,) = answer.plan.waits
    assert wait.smallest_delta_v_at_once_m_s is not None
    assert wait.smallest_delta_v_m_s is not None
    assert wait.smallest_delta_v_m_s > wait.smallest_delta_v_at_once_m_s
    assert wait.candidate.outcomes[0].probability != answer.plan.nothing.outcomes[0].probability
    assert "last moment of a decision" in answer.wait_words[0]
    assert read_waits(("2026-03-02T00:00:00Z@0.25",), lambda text: moment_tai_ns(text, option="--wait")) == (
        WaitFor(until_tai_ns=moment_tai_ns("2026-03-02T00:00:00Z", option="--wait"), covariance_share=0.25),
    )
    with pytest.raises(UsageError, match="covariance share"):
        read_waits(("2026-03-02T00:00:00Z@2",), lambda text: moment_tai_ns(text, option="--wait"))


def test_without_a_catalogue_nothing_is_recommended(folder: Path) -> None:
    bare = ask(write(folder, message()), is_screened=False)
    assert not bare.plan.recommended
    assert {burn.standing for burn in bare.plan.burns} == {Standing.NOT_SCREENED}
    document = avoidance_document(bare)
    assert not any(each["recommended"] or each["rescreened"] for each in document["candidates"])
    assert "no catalogue" in document["rescreening"]["reason"]


def test_an_element_set_makes_everything_advisory_and_is_avoided_by_volume(folder: Path) -> None:
    text = message()
    first, second = text.split("OBJECT = OBJECT2")
    sets = first + "OBJECT = OBJECT2" + second.replace("EPHEMERIS_NAME = NONE", "EPHEMERIS_NAME = TLE")
    plan = ask(write(folder, sets))
    document = avoidance_document(plan)
    assert document["advisory"] is True
    assert any("element sets" in reason for reason in document["advisory_reasons"])
    (told,) = document["conjunctions"]
    assert (told["judged_by"], told["element_set"]) == ("volume", True)
    for each in document["candidates"]:
        assert each["advisory"] is True
        (event,) = each["events"]
        assert event["probability"] is None
        assert event["keep_out_ratio"] is not None
    assert plan.plan.recommended
    for burn in plan.plan.recommended:
        assert burn.outcomes[0].keep_out_ratio is not None
        assert burn.outcomes[0].keep_out_ratio >= 1.0


def planted(answer: AvoidanceAnswer, burn: Candidate, hours_after: float) -> str:
    """A message about a second conjunction that only the burn leads into: its secondary is where the burn brings us."""
    problem = answer.plan.space.problem
    at = np.array([problem.encounters.tca_tai_ns[0] + round(hours_after * 3.6e12)])
    impulse = Impulse(
        at_tai_ns=burn.burn_tai_ns,
        delta_v_m_s=tuple(part * burn.delta_v_m_s for part in burn.direction_rtn),  # type: ignore[arg-type]
    )
    primary = problem.primary
    states = []
    for burns in ((), (impulse,)):
        flown = propagate(
            primary.state,
            at,
            model=primary.model,
            orientation=primary.orientation,
            area_to_mass=primary.area_to_mass,
            manoeuvres=[burns],
        ).states
        states.append(np.concatenate([flown.position_m[0, 0], flown.velocity_m_s[0, 0]]))
    still, there = states
    basis = rtn_basis(there[:3], there[3:])
    crossing = basis.T @ np.array([0.0, -0.2, 0.98]) * np.linalg.norm(there[3:])
    other = np.concatenate([there[:3] + basis.T @ np.array([30.0, 0.0, 0.0]), crossing])
    gcrf = np.array([still, other])
    moved_states = convert(
        StateVectors(Frame.GCRF, at, gcrf[:, :3], gcrf[:, 3:]), Frame.EME2000, orientation=load_earth_orientation()
    )
    whole = np.concatenate([moved_states.position_m, moved_states.velocity_m_s], axis=-1)
    return moved(
        message(),
        number=900199999,
        tca_utc=format_utc(int(at[0]), digits=3),
        states_eme2000=(whole[0], whole[1]),
        covariance_share=0.04,
    )


def test_the_naive_burn_is_refused_for_a_second_conjunction(answer: AvoidanceAnswer, folder: Path) -> None:
    naive = answer.plan.recommended[0]
    text = planted(answer, naive, 3.0)
    both = ask(write(folder, message(), text), event_id=EVENT, span_s=36 * 3_600.0)
    assert [each.secondary_id for each in both.posed.conjunctions] == [SECONDARY, 900199999]
    # Nothing done, the second one is no danger; after the naive burn it is the greater one.
    still = both.plan.nothing.outcomes
    assert still[1].probability is not None
    assert still[1].probability <= 3e-6
    problem = both.plan.space.problem
    moment = np.array([naive.burn_tai_ns])
    after = evaluate(
        problem,
        fly_reference(problem, moment),
        burn_tai_ns=moment,
        direction_rtn=np.array([naive.direction_rtn]),
        delta_v_m_s=np.array([naive.delta_v_m_s]),
    )
    assert after.is_avoided[0].tolist() == [True, False]
    assert after.probability[0, 1] > 1e-4
    assert both.plan.recommended
    for burn in both.plan.recommended:
        assert all(o.probability is not None and o.probability <= 3e-6 for o in burn.outcomes)
        same = burn.burn_tai_ns == naive.burn_tai_ns and burn.direction_rtn == naive.direction_rtn
        assert not (same and burn.delta_v_m_s == naive.delta_v_m_s)


def test_constraints_bind(folder: Path) -> None:
    limits = AvoidanceConstraints(greatest_delta_v_m_s=0.02, semi_major_axis_change_m=(0.0, 1_000.0))
    plan = ask(write(folder, message()), constraints=limits).plan
    assert plan.recommended
    for burn in plan.recommended:
        assert burn.delta_v_m_s <= 0.02
        assert burn.effect.semi_major_axis_change_m >= 0.0
    assert plan.space.delta_v_m_s.max() == 0.02


def test_no_radius_is_an_error_and_not_a_guess(folder: Path) -> None:
    bare = re.sub(r"^COMMENT HBR.*\n", "", message(), flags=re.MULTILINE)
    with pytest.raises(UsageError, match="hard-body radius"):
        ask(write(folder, bare))


def test_what_cannot_be_asked_is_said(folder: Path) -> None:
    paths = write(folder, message())
    with pytest.raises(InputError, match="none of 1 messages speaks of object 5"):
        ask(paths, primary="5")
    with pytest.raises(NotFoundError, match="belongs to event"):
        ask(paths, event_id="1-2-20260101T0000")
    with pytest.raises(UsageError, match="before the start"):
        ask(paths, start_tai_ns=moment_tai_ns("2026-03-03T00:00:00Z", option="--start"))
    with pytest.raises(UsageError, match="cannot be planned"):
        ask(paths, span_s=30 * 86_400.0)
    with pytest.raises(InputError, match="no conjunction"):
        ask(paths, span_s=3_600.0)
    with pytest.raises(UsageError, match="which event"):
        ask(())


def test_the_trade_space_is_drawn(answer: AvoidanceAnswer, folder: Path) -> None:
    plot_trade_space(answer, folder / "space.png")
    plot_trade_space(answer, folder / "space.svg")
    assert (folder / "space.png").read_bytes().startswith(b"\x89PNG")
    text = (folder / "space.svg").read_text()
    assert "SIMULATED DATA" in text
    assert "ONEWEB" in text
