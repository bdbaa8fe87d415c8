"""The whole plan: finalists flown, screened, and a planted object that only one of them meets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import least_squares

from avoidance_support import HOUR_NS, ORIENTATION, S, make_primary, make_problem
from mihari.astro.frames import gcrf_to_teme
from mihari.astro.numerical import CIRA_72, ForceModel
from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.states import Frame, StateVectors
from mihari.compute import SerialExecutor
from mihari.conjunction.avoidance import (
    AvoidancePlan,
    AvoidanceProblem,
    Catalogue,
    Rescreening,
    Spacecraft,
    Standing,
    Wait,
    burn_times,
    evaluate,
    fly,
    fly_reference,
    plan_avoidance,
    rescreen,
    window_nodes,
)
from mihari.errors import InputError
from numerical_support import EPOCH_TAI_NS

AXES = (500.0, 2_000.0, 2_000.0)
SIZES = np.array([0.02, 0.05, 0.1, 0.2])
MODEL = ForceModel(degree=8, density=CIRA_72, radiation=True)


def batch(elements: np.ndarray, epoch_tai_ns: int) -> Sgp4Batch:
    """Return element sets from rows of motion (rev/day), eccentricity and four angles (deg)."""
    return Sgp4Batch.from_mean_elements(
        epoch_tai_ns=np.full(len(elements), epoch_tai_ns),
        mean_motion_rev_day=elements[:, 0],
        eccentricity=elements[:, 1],
        inclination_deg=elements[:, 2],
        ra_of_asc_node_deg=elements[:, 3],
        arg_of_pericenter_deg=elements[:, 4],
        mean_anomaly_deg=elements[:, 5],
        bstar_per_earth_radius=np.zeros(len(elements)),
    )


def set_through(states: StateVectors, moment: int) -> np.ndarray:
    """Return mean elements under which SGP4 passes through one GCRF state."""
    teme = gcrf_to_teme(states, orientation=ORIENTATION)
    goal = np.concatenate([teme.position_m[0], teme.velocity_m_s[0]])
    position, velocity = goal[:3], goal[3:]
    momentum = np.cross(position, velocity)
    inclination = math.degrees(math.acos(momentum[2] / np.linalg.norm(momentum)))
    node = math.degrees(math.atan2(momentum[0], -momentum[1])) % 360.0
    axis = 1.0 / (2.0 / np.linalg.norm(position) - velocity @ velocity / 3.986008e14)
    along = np.array([math.cos(math.radians(node)), math.sin(math.radians(node)), 0.0])
    latitude = math.degrees(
        math.atan2(np.cross(momentum, along) @ position / np.linalg.norm(momentum), along @ position)
    )
    motion = math.sqrt(3.986008e14 / axis**3) * 86_400.0 / (2.0 * math.pi)

    def miss(x: np.ndarray) -> np.ndarray:
        # Eccentricity and perigee as e cos w, e sin w; the last angle is the mean argument of latitude.
        e, w = math.hypot(x[1], x[2]), math.degrees(math.atan2(x[2], x[1]))
        row = np.array([[x[0], e, x[3], x[4] % 360.0, w % 360.0, (x[5] - w) % 360.0]])
        out = batch(row, moment).propagate(np.array([moment])).state_vectors()
        found = np.concatenate([out.position_m[0, 0], out.velocity_m_s[0, 0]])
        return (found - goal) / np.repeat([1.0, 1e-3], 3)

    start = np.array([motion, 1e-3, 0.0, inclination, node, latitude])
    found = least_squares(miss, start, x_scale=[1e-3, 1e-4, 1e-4, 1e-2, 1e-2, 1e-2], xtol=1e-15, ftol=1e-15).x
    assert np.linalg.norm(miss(found)[:3]) < 1.0
    e, w = math.hypot(found[1], found[2]), math.degrees(math.atan2(found[2], found[1]))
    return np.array([found[0], e, found[3], found[4] % 360.0, w % 360.0, (found[5] - w) % 360.0])


@pytest.fixture(scope="module")
def problem() -> AvoidanceProblem:
    return make_problem(
        hours=(20.0, 26.0),
        miss_rtn_m=((40.0, 0.0, 60.0), (-80.0, 0.0, 100.0)),
        crossing_deg=(100.0, 150.0),
        sigma_m=(120.0, 150.0),
        primary=make_primary(MODEL),
        end_hours=40.0,
    )


@pytest.fixture(scope="module")
def background() -> np.ndarray:
    """Objects of the same heights that come near nobody for long."""
    rng = np.random.default_rng(11)
    rows = np.zeros((120, 6))
    rows[:, 0] = rng.uniform(14.0, 14.6, 120)
    rows[:, 1] = rng.uniform(0.0, 0.002, 120)
    rows[:, 2] = rng.uniform(30.0, 130.0, 120)
    rows[:, 3:] = rng.uniform(0.0, 360.0, (120, 3))
    return rows


def plan(problem: AvoidanceProblem, rows: np.ndarray, **changes: object) -> AvoidancePlan:
    catalogue = Catalogue(batch(rows, EPOCH_TAI_NS), np.arange(len(rows)) + 1_000)
    arguments = {"sizes_m_s": SIZES, "rescreen_axes_m": AXES, "executor": SerialExecutor(), "finalists": 8}
    return plan_avoidance(problem, catalogue, **{**arguments, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clean(problem: AvoidanceProblem, background: np.ndarray) -> AvoidancePlan:
    waits = (Wait(until_tai_ns=EPOCH_TAI_NS + 12 * HOUR_NS, covariance_share=0.3),)
    return plan(problem, background, waits=waits)


def test_burns_that_pass_everything_are_recommended(problem: AvoidanceProblem, clean: AvoidancePlan) -> None:
    assert clean.recommended
    assert clean.burns[: len(clean.recommended)] == clean.recommended
    for burn in clean.recommended:
        assert burn.is_avoiding
        assert all(o.probability is not None and o.probability <= 3e-6 for o in burn.outcomes)
    assert clean.nothing.standing is Standing.NOT_AVOIDING
    assert clean.nothing.delta_v_m_s == 0.0
    assert max(o.probability or 0.0 for o in clean.nothing.outcomes) > 1e-4
    assert clean.rescreening.objects_screened == 120
    assert clean.rescreening.is_screened.all()
    assert len(clean.waits) == 1
    assert not clean.is_advisory
    assert "EGM2008 8x8" in clean.dynamics
    # The grid met what was flown.
    for burn in clean.burns:
        row = np.flatnonzero(
            (clean.space.burn_tai_ns == burn.burn_tai_ns)
            & (clean.space.delta_v_m_s == burn.delta_v_m_s)
            & np.all(clean.space.direction_rtn == burn.direction_rtn, axis=1)
        )
        grid = clean.space.candidate(int(row[0]))
        for ours, flown in zip(grid.outcomes, burn.outcomes, strict=True):
            assert np.linalg.norm(np.subtract(ours.miss_rtn_m, flown.miss_rtn_m)) < 5.0 + 0.005 * flown.miss_distance_m


def test_a_planted_object_takes_the_word_away(
    problem: AvoidanceProblem, background: np.ndarray, clean: AvoidancePlan
) -> None:
    """It crosses the path of the best burn 10 hours after the last conjunction, and of no other that is far from it."""
    best = clean.recommended[0]
    moment = EPOCH_TAI_NS + 36 * HOUR_NS
    times = np.array([best.burn_tai_ns])
    reference = fly_reference(problem, times)
    space = evaluate(
        problem,
        reference,
        burn_tai_ns=times,
        direction_rtn=np.array([best.direction_rtn]),
        delta_v_m_s=np.array([best.delta_v_m_s]),
    )
    path = fly(problem, reference, space, node_tai_ns=np.array([moment - S, moment])).ephemerides
    position, velocity = path.position_m[0, 1], path.velocity_m_s[0, 1]
    up = position / np.linalg.norm(position)
    across = np.cross(up, velocity)
    crossing = StateVectors(
        Frame.GCRF, np.array([moment]), (position + 100.0 * up)[np.newaxis], (0.7 * across + 0.7 * velocity)[np.newaxis]
    )
    planted = set_through(crossing, moment)
    # Both in one batch: the background's sets are of another epoch, so the planted one is brought to it by its angles.
    sets = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=np.append(np.full(len(background), EPOCH_TAI_NS), moment),
        **{
            name: np.append(background[:, k], planted[k])
            for k, name in enumerate(
                "mean_motion_rev_day eccentricity inclination_deg ra_of_asc_node_deg arg_of_pericenter_deg "
                "mean_anomaly_deg".split()
            )
        },
        bstar_per_earth_radius=np.zeros(len(background) + 1),
    )
    catalogue = Catalogue(sets, np.append(np.arange(len(background)) + 1_000, 77_777))
    found = plan_avoidance(
        problem, catalogue, sizes_m_s=SIZES, rescreen_axes_m=AXES, executor=SerialExecutor(), finalists=8
    )
    caught = [burn for burn in found.burns if burn.standing is Standing.NEW_CONJUNCTION]
    assert best.burn_tai_ns in [burn.burn_tai_ns for burn in caught]
    assert all("77777" in burn.note for burn in caught)
    (row,) = (
        k
        for k, burn in enumerate(caught)
        if (burn.burn_tai_ns, burn.delta_v_m_s, burn.direction_rtn)
        == (best.burn_tai_ns, best.delta_v_m_s, best.direction_rtn)
    )
    assert caught[row].is_avoiding
    assert 77_777 in found.rescreening.secondary_id
    nearest = found.rescreening.miss_distance_m[found.rescreening.secondary_id == 77_777].min()
    assert nearest == pytest.approx(100.0, abs=30.0)
    # Doing nothing leads past it at a distance: it is a conjunction of the burn's making.
    assert found.rescreening.new_of(0).size == 0
    assert found.recommended
    assert best not in found.recommended
    assert found.is_advisory


def test_a_known_conjunction_is_not_new(problem: AvoidanceProblem) -> None:
    """The secondaries themselves, as element sets: seen, and known."""
    encounters = problem.encounters
    rows = [
        set_through(
            StateVectors(
                Frame.GCRF,
                encounters.tca_tai_ns[k : k + 1],
                encounters.secondary_position_gcrf_m[k : k + 1],
                encounters.secondary_velocity_gcrf_m_s[k : k + 1],
            ),
            int(encounters.tca_tai_ns[k]),
        )
        for k in range(2)
    ]
    elements = np.array(rows)
    sets = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=encounters.tca_tai_ns,
        mean_motion_rev_day=elements[:, 0],
        eccentricity=elements[:, 1],
        inclination_deg=elements[:, 2],
        ra_of_asc_node_deg=elements[:, 3],
        arg_of_pericenter_deg=elements[:, 4],
        mean_anomaly_deg=elements[:, 5],
        bstar_per_earth_radius=np.zeros(2),
    )
    reference = fly_reference(problem, np.zeros(0, np.int64))
    nothing = evaluate(
        problem,
        reference,
        burn_tai_ns=np.array([EPOCH_TAI_NS]),
        direction_rtn=np.array([[0.0, 1.0, 0.0]]),
        delta_v_m_s=np.zeros(1),
    )
    flown = fly(problem, reference, nothing, node_tai_ns=window_nodes(problem, start_tai_ns=EPOCH_TAI_NS))
    keywords = {
        "start_tai_ns": EPOCH_TAI_NS,
        "end_tai_ns": problem.end_tai_ns,
        "semi_axes_m": AXES,
        "encounters": encounters,
        "orientation": ORIENTATION,
        "executor": SerialExecutor(),
    }
    found = rescreen(
        flown.ephemerides, Catalogue(sets, encounters.secondary_id), primary_id=problem.primary.object_id, **keywords
    )
    assert found.is_known.sum() >= 2
    known = found.is_known
    assert set(found.secondary_id[known].tolist()) == set(encounters.secondary_id.tolist())
    expected = np.linalg.norm(flown.space.miss_rtn_m[0], axis=-1)
    nearest = [found.miss_distance_m[known & (found.secondary_id == n)].min() for n in encounters.secondary_id]
    assert nearest == pytest.approx(expected, abs=5.0)
    # The primary's own element set is left out.
    alone = rescreen(flown.ephemerides, Catalogue(sets, np.array([1, 2])), primary_id=1, **keywords)
    assert alone.objects_screened == 1
    assert 1 not in alone.secondary_id
    with pytest.raises(InputError, match="beyond the window"):
        rescreen(
            StateVectors(
                Frame.GCRF,
                flown.ephemerides.epoch_tai_ns[50:],
                flown.ephemerides.position_m[:, 50:],
                flown.ephemerides.velocity_m_s[:, 50:],
            ),
            Catalogue(sets, encounters.secondary_id),
            primary_id=1,
            **keywords,
        )


def test_a_long_burn_is_flown_as_an_arc(problem: AvoidanceProblem) -> None:
    """0.1 m/s in 500 s, half a minute of arc: nearly an impulse, and not quite."""
    times = burn_times(problem)[2:3]
    misses = []
    for thrust_n in (math.inf, 0.1):
        weak = make_problem(
            hours=(20.0, 26.0),
            miss_rtn_m=((40.0, 0.0, 60.0), (-80.0, 0.0, 100.0)),
            crossing_deg=(100.0, 150.0),
            sigma_m=(120.0, 150.0),
            primary=make_primary(MODEL),
            spacecraft=Spacecraft(mass_kg=500.0, thrust_n=thrust_n),
            end_hours=40.0,
        )
        reference = fly_reference(weak, times)
        space = evaluate(
            weak,
            reference,
            burn_tai_ns=times,
            direction_rtn=np.array([[0.0, 1.0, 0.0]]),
            delta_v_m_s=np.array([0.1]),
        )
        misses.append(fly(weak, reference, space, node_tai_ns=times + np.array([0, S])).space.miss_rtn_m[0])
    difference = np.linalg.norm(misses[0] - misses[1], axis=-1)
    assert np.all(difference > 0.1)
    assert np.all(difference < 0.05 * np.linalg.norm(misses[0], axis=-1))


def test_element_sets_make_it_advisory(background: np.ndarray) -> None:
    """No covariance, no probability anywhere, and the plan says why it must not be acted on."""
    bare = make_problem(
        hours=(20.0,),
        miss_rtn_m=((100.0, 0.0, 200.0),),
        crossing_deg=(100.0,),
        sigma_m=(math.nan,),
        primary=make_primary(MODEL),
    )
    found = plan(bare, background, finalists=4)
    assert found.is_advisory
    assert any("element sets" in reason for reason in found.advisory)
    assert all(o.probability is None for burn in (found.nothing, *found.burns) for o in burn.outcomes)
    assert all(burn.total_probability is None for burn in found.burns)
    assert found.recommended


def test_a_trajectory_that_is_not_screened_is_not_recommended(
    problem: AvoidanceProblem, background: np.ndarray
) -> None:
    times = burn_times(problem)[:2]
    reference = fly_reference(problem, times)
    space = evaluate(
        problem,
        reference,
        burn_tai_ns=times,
        direction_rtn=np.array([[0.0, 1.0, 0.0]] * 2),
        delta_v_m_s=np.array([0.1, 0.1]),
    )
    flown = fly(problem, reference, space, node_tai_ns=window_nodes(problem, start_tai_ns=EPOCH_TAI_NS))
    flown.ephemerides.position_m[1, 40:] = np.nan
    found = rescreen(
        flown.ephemerides,
        Catalogue(batch(background, EPOCH_TAI_NS), np.arange(len(background))),
        start_tai_ns=EPOCH_TAI_NS,
        end_tai_ns=problem.end_tai_ns,
        semi_axes_m=AXES,
        primary_id=-1,
        encounters=problem.encounters,
        orientation=ORIENTATION,
        executor=SerialExecutor(),
    )
    assert found.is_screened.tolist() == [True, False]
    assert not np.any(found.candidate == 1)


def test_a_passage_that_is_there_without_a_burn_is_not_the_burns() -> None:
    """Row 0 does nothing. Candidate 1: the same passage, farther; another, nearer; one at another time; a known one."""
    hour = EPOCH_TAI_NS + np.array([1, 2, 1, 2, 5, 1]) * HOUR_NS
    miss = np.array(
        [
            [100.0, 0.0, 0.0],
            [0.0, 900.0, 0.0],
            [100.0, 500.0, 0.0],
            [0.0, 800.0, 0.0],
            [200.0, 0.0, 0.0],
            [9.0, 0.0, 0.0],
        ]
    )
    found = Rescreening(
        start_tai_ns=EPOCH_TAI_NS,
        end_tai_ns=EPOCH_TAI_NS + 9 * HOUR_NS,
        semi_axes_m=AXES,
        objects_screened=3,
        lost_id=np.zeros(0, np.int64),
        is_screened=np.ones(2, bool),
        candidate=np.array([0, 0, 1, 1, 1, 1]),
        secondary_id=np.array([7, 8, 7, 8, 7, 9]),
        tca_tai_ns=hour + np.array([0, 0, 2, 2, 0, 0]) * S,
        miss_distance_m=np.linalg.norm(miss, axis=-1),
        relative_speed_m_s=np.full(6, 7e3),
        miss_rtn_m=miss,
        is_known=np.array([False, False, False, False, False, True]),
    )
    assert found.new_of(1).tolist() == [2, 3, 4]
    assert found.made_by(1, without=0).tolist() == [3, 4]
    assert found.made_by(0, without=0).tolist() == []
