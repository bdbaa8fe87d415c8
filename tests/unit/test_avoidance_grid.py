"""The grid: Clohessy-Wiltshire, full dynamics, execution errors, constraints, order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from avoidance_support import HOUR_NS, RADIUS_M, S, make_primary, make_problem
from mihari.astro.numerical import CIRA_72, ForceModel
from mihari.astro.relative import rtn_basis
from mihari.conjunction.avoidance import (
    ALL_DIRECTIONS,
    ALONG_TRACK,
    AvoidanceProblem,
    Encounters,
    ExecutionError,
    MissionConstraints,
    ReferenceFlight,
    Spacecraft,
    TradeSpace,
    Wait,
    burn_times,
    evaluate,
    explore,
    fly,
    fly_reference,
    weigh_waiting,
    window_nodes,
)
from mihari.errors import InputError
from numerical_support import EPOCH_TAI_NS

FORWARDS = np.array([0.0, 1.0, 0.0])


def single(problem: AvoidanceProblem, burn_tai_ns: int, direction: np.ndarray, size_m_s: float) -> TradeSpace:
    burn = np.array([burn_tai_ns])
    return evaluate(
        problem,
        fly_reference(problem, burn),
        burn_tai_ns=burn,
        direction_rtn=direction[np.newaxis],
        delta_v_m_s=np.array([size_m_s]),
    )


def head_on(hours: float = 24.0, **changes: object) -> AvoidanceProblem:
    arguments = {"hours": (hours,), "miss_rtn_m": ((30.0, 0.0, 20.0),), "crossing_deg": (180.0,), "sigma_m": (100.0,)}
    return make_problem(**{**arguments, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("revolutions", [0.5, 1.0, 3.5, 7.25])
def test_an_along_track_burn_moves_as_clohessy_and_wiltshire_say(revolutions: float) -> None:
    """R = 2 dv/n (1 - cos nt), T = dv/n (4 sin nt - 3 nt), N = 0, two bodies, circular."""
    problem = head_on()
    period_s = problem.primary.period_s
    tca = int(problem.encounters.tca_tai_ns[0])
    burn = np.array([tca - round(revolutions * period_s * 1e9)])
    reference = fly_reference(problem, burn)
    state = reference.gcrf[reference.at(burn)][0]
    velocity = rtn_basis(state[:3], state[3:]).T @ FORWARDS
    end = reference.gcrf[reference.at(np.array([tca]))][0]
    matrix = reference.between(burn, np.array([tca]))[0, 0, :3, 3:]
    moved = rtn_basis(end[:3], end[3:]) @ matrix @ velocity
    n, t = 2.0 * math.pi / period_s, revolutions * period_s
    expected = [2.0 / n * (1.0 - math.cos(n * t)), (4.0 * math.sin(n * t) - 3.0 * n * t) / n, 0.0]
    assert moved == pytest.approx(expected, abs=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("count", [0, 2, 6])
def test_half_a_revolution_ahead_the_whole_distance_is_radial(count: int) -> None:
    """A head-on secondary shows radial and normal alone: 4 dv/n further in or out, whatever N."""
    problem = head_on()
    period_s = problem.primary.period_s
    burn = int(problem.encounters.tca_tai_ns[0]) - round((count + 0.5) * period_s * 1e9)
    size = 0.05
    found = single(problem, burn, FORWARDS, size)
    rise = 4.0 * size * period_s / (2.0 * math.pi)
    # The encounter itself moves along the orbit and with it the axes, by 3 pi (N + 1/2) dv/v.
    assert found.miss_rtn_m[0, 0] == pytest.approx([30.0 - rise, 0.0, 20.0], abs=0.02 * rise)
    whole = single(problem, burn - round(0.5 * period_s * 1e9), FORWARDS, size)
    assert abs(whole.miss_rtn_m[0, 0, 0] - 30.0) < 0.02 * rise


def test_a_burn_after_the_encounter_changes_nothing() -> None:
    problem = make_problem(
        hours=(10.0, 20.0),
        miss_rtn_m=((50.0, 0.0, 0.0),) * 2,
        crossing_deg=(90.0, 90.0),
        sigma_m=(100.0, 100.0),
    )
    found = single(problem, EPOCH_TAI_NS + 12 * HOUR_NS, FORWARDS, 0.1)
    nothing = single(problem, EPOCH_TAI_NS + 12 * HOUR_NS, FORWARDS, 0.0)
    assert found.miss_rtn_m[0, 0] == pytest.approx(nothing.miss_rtn_m[0, 0], abs=1e-6)
    assert np.abs(found.miss_rtn_m[0, 1] - nothing.miss_rtn_m[0, 1]).max() > 100.0


def test_nothing_done_is_the_conjunction_as_given() -> None:
    problem = head_on()
    nothing = single(problem, EPOCH_TAI_NS, FORWARDS, 0.0)
    assert nothing.miss_rtn_m[0, 0] == pytest.approx([30.0, 0.0, 20.0], abs=1e-4)
    assert nothing.tca_delay_s[0, 0] == pytest.approx(0.0, abs=1e-7)
    record = nothing.candidate(0)
    assert record.kind.value == "do nothing"
    assert record.direction_rtn == (0.0, 0.0, 0.0)
    assert record.propellant_kg == 0.0
    assert record.total_probability == pytest.approx(record.outcomes[0].probability)


FULL = ForceModel(degree=16, density=CIRA_72, radiation=True)


def test_the_grid_against_full_dynamics(rng: np.random.Generator) -> None:
    """Three days, all directions, up to 0.2 m/s: the miss is right to 1.5 m and 0.05 % of what the burn moved.

    Measured: median 0.8 m and 0.03 %; greatest 26 m, of 97 km.
    """
    primary = make_primary(FULL)
    hours = (30.0, 50.0, 71.5)
    problem = make_problem(
        hours=hours,
        miss_rtn_m=((200.0, 0.0, 100.0),) * 3,
        crossing_deg=(75.0, 130.0, 178.0),
        sigma_m=(100.0,) * 3,
        primary=primary,
    )
    count = 40
    burns = EPOCH_TAI_NS + rng.integers(0, 29 * 3600, count) * S
    directions = ALL_DIRECTIONS[rng.integers(0, len(ALL_DIRECTIONS), count)]
    sizes = 10.0 ** rng.uniform(-2.0, math.log10(0.2), count)
    reference = fly_reference(problem, burns)
    space = evaluate(problem, reference, burn_tai_ns=burns, direction_rtn=directions, delta_v_m_s=sizes)
    flown = fly(problem, reference, space, node_tai_ns=window_nodes(problem, start_tai_ns=EPOCH_TAI_NS)[:2])
    nothing = evaluate(
        problem,
        reference,
        burn_tai_ns=burns[:1],
        direction_rtn=directions[:1],
        delta_v_m_s=np.zeros(1),
    )
    speed = space.relative_speed_m_s
    moved = np.linalg.norm(flown.space.miss_rtn_m - nothing.miss_rtn_m, axis=-1)
    # What moved the encounter in time moved the primary too.
    moved = np.hypot(moved, flown.space.tca_delay_s * speed)
    wrong = np.linalg.norm(space.miss_rtn_m - flown.space.miss_rtn_m, axis=-1)
    assert moved.max() > 50e3
    assert np.all(wrong < 1.5 + 5e-4 * moved)
    assert np.abs(space.tca_delay_s - flown.space.tca_delay_s).max() < 1e-2 * np.abs(flown.space.tca_delay_s).max()


def test_gates_model_by_sampling(rng: np.random.Generator) -> None:
    error = ExecutionError(magnitude_m_s=0.001, magnitude_share=0.03, pointing_m_s=0.002, pointing_rad=0.01)
    direction, size = np.array([[0.6, 0.8, 0.0]]), np.array([0.2])
    along = direction[0]
    across = np.array([[-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])
    draws = rng.standard_normal((200_000, 6))
    burns = (
        along * (size[0] * (1.0 + 0.03 * draws[:, :1]) + 0.001 * draws[:, 1:2])
        + (0.002 * draws[:, 2:4] + 0.01 * size[0] * draws[:, 4:6]) @ across
    )
    assert error.covariance(direction, size)[0] == pytest.approx(np.cov(burns.T), abs=3e-7)
    assert not error.covariance(direction, np.zeros(1)).any()


def test_the_execution_error_enters_the_probability() -> None:
    """An exact burn avoids better than a sloppy one of the same size."""
    burn = EPOCH_TAI_NS + round(24 * HOUR_NS - 4.5 * make_primary().period_s * 1e9)
    exact, sloppy = (
        single(head_on(execution=ExecutionError(magnitude_share=share)), burn, FORWARDS, 0.15).candidate(0)
        for share in (0.0, 0.5)
    )
    assert exact.outcomes[0].miss_distance_m == sloppy.outcomes[0].miss_distance_m
    assert exact.outcomes[0].probability < 1e-2 * sloppy.outcomes[0].probability


def test_without_a_covariance_there_is_a_volume_and_no_probability() -> None:
    problem = head_on(sigma_m=(math.nan,), miss_rtn_m=((200.0, 0.0, 0.0),))
    nothing = single(problem, EPOCH_TAI_NS, FORWARDS, 0.0)
    record = nothing.candidate(0)
    assert record.outcomes[0].probability is None
    assert record.total_probability is None
    assert record.outcomes[0].keep_out_ratio == pytest.approx(0.5)
    assert not record.is_avoiding
    burn = EPOCH_TAI_NS + round(24 * HOUR_NS - 2.5 * problem.primary.period_s * 1e9)
    away = single(problem, burn, -FORWARDS, 0.2)
    assert away.is_avoiding[0]
    # The error of the burn widens the volume: 2 % of a rise of 4 dv/n, three sigmas.
    rise = 4.0 * 0.2 * problem.primary.period_s / (2.0 * math.pi)
    assert away.keep_out_ratio[0, 0] == pytest.approx((200.0 + rise) / (400.0 + 3 * 0.02 * rise), rel=0.02)
    assert problem.encounters.advisory_reasons()
    assert not head_on().encounters.advisory_reasons()


def test_mixed_conjunctions_are_all_judged() -> None:
    problem = make_problem(
        hours=(20.0, 24.0, 30.0),
        miss_rtn_m=((30.0, 0.0, 0.0), (100.0, 0.0, 0.0), (40.0, 0.0, 0.0)),
        crossing_deg=(90.0, 120.0, 60.0),
        sigma_m=(150.0, math.nan, 150.0),
    )
    nothing = single(problem, EPOCH_TAI_NS, FORWARDS, 0.0)
    first, _, last = nothing.probability[0]
    assert nothing.total_probability[0] == pytest.approx(1.0 - (1.0 - first) * (1.0 - last), rel=1e-12)
    assert np.isnan(nothing.probability[0, 1])
    assert np.isnan(nothing.keep_out_ratio[0, [0, 2]]).all()
    assert nothing.is_avoided.tolist() == [[False, False, False]]


def test_what_a_burn_does_to_the_orbit() -> None:
    """da = 2 dv/n, dP = 3 pi a dv/(n mu) .., drift = -3 dv/a, offset -3 dv t: circular, Gauss's equations."""
    problem = head_on()
    burn = EPOCH_TAI_NS + HOUR_NS
    space = single(problem, burn, FORWARDS, 0.1)
    effect = space.candidate(0).effect
    period_s = problem.primary.period_s
    n = 2.0 * math.pi / period_s
    assert effect.semi_major_axis_change_m == pytest.approx(2.0 * 0.1 / n, rel=1e-3)
    assert effect.period_change_s == pytest.approx(
        1.5 * period_s * effect.semi_major_axis_change_m / RADIUS_M, rel=1e-3
    )
    assert effect.longitude_drift_rad_s == pytest.approx(-3.0 * 0.1 / RADIUS_M, rel=1e-3)
    elapsed_s = (problem.end_tai_ns - burn) * 1e-9
    assert effect.along_track_offset_m == pytest.approx(-3.0 * 0.1 * elapsed_s, abs=4.1 * 0.1 / n)


def test_constraints_are_told_in_words() -> None:
    burn = EPOCH_TAI_NS + 2 * HOUR_NS
    craft = Spacecraft(mass_kg=500.0, thrust_n=1.0, specific_impulse_s=200.0)
    # 0.2 m/s take 100 s: the forbidden time begins 40 s after the middle of the burn.
    assert craft.burn_duration_s(np.array([0.2]))[0] == pytest.approx(100.0, rel=1e-3)
    assert craft.propellant_kg(np.array([0.2]))[0] == pytest.approx(0.2 * 500.0 / (200.0 * 9.80665), rel=1e-3)
    cases = {
        "burns in a forbidden time": {"forbidden_tai_ns": ((burn + 40 * S, burn + 60 * S),)},
        "takes more velocity than allowed": {"greatest_delta_v_m_s": 0.19},
        "takes more propellant than allowed": {"greatest_propellant_kg": 0.05},
        "leaves the box of semi-major axis": {"semi_major_axis_change_m": (-100.0, 100.0)},
        "leaves the box of longitude drift": {"longitude_drift_rad_s": (-1e-8, 1e-8)},
        # Forwards means slower: by the end some 50 km behind, 0.4 degrees westwards.
        "leaves the box of longitude": {"longitude_change_rad": (-math.radians(0.1), math.inf)},
        "is too far along the track at the end": {"along_track_offset_m": 1_000.0},
        "burns before the earliest moment allowed": {"earliest_tai_ns": burn - 40 * S},
        "burns after the latest moment allowed": {"latest_tai_ns": burn + 40 * S},
    }
    for words, constraint in cases.items():
        space = single(head_on(spacecraft=craft, **constraint), burn, FORWARDS, 0.2)
        assert space.violations == ((words,),)
        assert not space.is_avoiding.any()
    assert single(head_on(spacecraft=craft), burn, FORWARDS, 0.2).violations == ((),)
    east = head_on(spacecraft=craft, longitude_change_rad=(-math.inf, math.radians(0.1)))
    assert single(east, burn, FORWARDS, 0.2).violations == ((),)
    # Doing nothing breaks nothing.
    assert single(head_on(spacecraft=craft, latest_tai_ns=burn + 40 * S), burn, FORWARDS, 0.0).violations == ((),)


def test_moments_worth_burning_at() -> None:
    problem = head_on(latest_tai_ns=EPOCH_TAI_NS + 23 * HOUR_NS)
    period_ns = problem.primary.period_s * 1e9
    times = burn_times(problem, half_revolutions=5)
    tca = int(problem.encounters.tca_tai_ns[0])
    before = (tca - times) / period_ns
    assert times[0] == EPOCH_TAI_NS
    # 0.5 revolutions before is past the latest moment allowed.
    assert np.sort(before[1:]) == pytest.approx([1.5, 2.5, 3.5, 4.5], abs=1e-9)
    assert burn_times(problem, half_revolutions=5, per_revolution=4).size > 50
    # Conjunctions a whole revolution apart ask for nearly the same moments: one of each is kept.
    hours = 20.0 + np.arange(4) * (period_ns * 1e-9 + 3.0) / 3_600.0
    again = make_problem(
        hours=tuple(hours),
        miss_rtn_m=((100.0, 0.0, 0.0),) * 4,
        crossing_deg=(90.0,) * 4,
        sigma_m=(100.0,) * 4,
    )
    apart = np.diff(burn_times(again, half_revolutions=6)) / period_ns
    assert apart.min() > 1.0 / 60.0
    assert apart.size == 9
    closed = head_on(forbidden_tai_ns=((EPOCH_TAI_NS, EPOCH_TAI_NS + 30 * HOUR_NS),))
    with pytest.raises(InputError, match="no moment is open"):
        explore(
            closed,
            fly_reference(closed, np.zeros(0, np.int64)),
            burn_tai_ns=burn_times(closed),
            sizes_m_s=np.array([0.1]),
        )


def explored(problem: AvoidanceProblem, sizes: list[float]) -> tuple[TradeSpace, ReferenceFlight]:
    times = burn_times(problem)
    reference = fly_reference(problem, times)
    return explore(problem, reference, burn_tai_ns=times, sizes_m_s=np.array(sizes)), reference


def test_along_track_first_then_all_directions() -> None:
    easy, _ = explored(head_on(), [0.01, 0.05, 0.2])
    assert np.unique(easy.direction_rtn, axis=0).shape == ALONG_TRACK.shape
    assert easy.is_avoiding.any()
    hopeless, _ = explored(head_on(), [1e-5])
    assert np.unique(hopeless.direction_rtn, axis=0).shape == ALL_DIRECTIONS.shape
    assert not hopeless.is_avoiding.any()
    assert np.linalg.norm(ALL_DIRECTIONS, axis=1) == pytest.approx(np.ones(26))
    assert np.unique(ALL_DIRECTIONS.round(9), axis=0).shape == (26, 3)


def test_the_best_come_first_and_differ() -> None:
    space, _ = explored(head_on(greatest_delta_v_m_s=0.4), [0.02, 0.05, 0.1, 0.2, 0.3, 0.5])
    order = space.ranking()
    good = space.is_avoiding[order]
    assert good[: np.count_nonzero(good)].all()
    sizes = space.delta_v_m_s[order[: np.count_nonzero(good)]]
    assert np.all(np.diff(sizes) >= 0.0)
    chosen = space.finalists(10)
    assert chosen.size == 10
    assert space.is_avoiding[chosen].all()
    # Of one moment and direction the smallest sufficient burn comes first; the others only when moments run out.
    keys = {(int(space.burn_tai_ns[k]), space.direction_rtn[k].tobytes()) for k in chosen}
    assert len(keys) == 10
    assert not space.is_allowed[space.delta_v_m_s == 0.5].any()
    taken = space.take(chosen[:3])
    assert taken.candidate(1) == space.candidate(int(chosen[1]))


def test_waiting_has_figures_of_its_own() -> None:
    """The nearer the conjunction the greater the burn, and a smaller covariance may end the alarm by itself."""
    problem = head_on(miss_rtn_m=((700.0, 0.0, 300.0),), sigma_m=(250.0,))
    space, reference = explored(problem, [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
    tca = int(problem.encounters.tca_tai_ns[0])
    late = Wait(until_tai_ns=tca - round(0.7 * problem.primary.period_s * 1e9), covariance_share=0.1)
    option = weigh_waiting(problem, reference, space, late)
    assert option.candidate.kind.value == "wait for tracking"
    assert option.candidate.burn_tai_ns == late.until_tai_ns
    assert option.smallest_delta_v_at_once_m_s is not None
    assert option.smallest_delta_v_m_s is not None
    assert option.smallest_delta_v_m_s >= option.smallest_delta_v_at_once_m_s
    now = single(problem, EPOCH_TAI_NS, FORWARDS, 0.0).candidate(0)
    assert not now.outcomes[0].is_avoided
    assert option.candidate.outcomes[0].probability < now.outcomes[0].probability
    assert option.candidate.outcomes[0].is_avoided
    gone = weigh_waiting(problem, reference, space, Wait(until_tai_ns=tca, covariance_share=1.0))
    assert gone.smallest_delta_v_m_s is None
    assert "no burn" in gone.candidate.note


def test_what_makes_no_sense_is_refused() -> None:
    problem = head_on()
    with pytest.raises(InputError, match="positive definite"):
        head_on(sigma_m=(0.0,))
    with pytest.raises(InputError, match="before the primary's state"):
        head_on(earliest_tai_ns=EPOCH_TAI_NS - 1)
    with pytest.raises(InputError, match="ends before its last conjunction"):
        head_on(end_hours=20.0)
    with pytest.raises(InputError, match="hold the present orbit"):
        MissionConstraints(earliest_tai_ns=0, latest_tai_ns=1, semi_major_axis_change_m=(1.0, 2.0))
    with pytest.raises(InputError, match="not flown to"):
        fly_reference(problem, np.zeros(0, np.int64)).at(np.array([EPOCH_TAI_NS + 5]))
    fields = {name: getattr(problem.encounters, name) for name in Encounters.__slots__}
    with pytest.raises(InputError, match="keep_out_m has shape"):
        Encounters(**{**fields, "keep_out_m": np.ones(3)})
