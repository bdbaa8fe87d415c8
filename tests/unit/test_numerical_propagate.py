"""Propagation: time both ways, lanes, partial derivatives, manoeuvres, rows that fail."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.numerical import (
    CIRA_72,
    AreaToMass,
    ExponentialAtmosphere,
    ForceModel,
    Impulse,
    NumericalStates,
    Parameter,
    PropagationStatus,
    Shadow,
    ThrustArc,
    degree_for_radius,
    propagate,
)
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.constants import SPEED_OF_LIGHT_M_S
from mihari.errors import DataGapError, FrameMismatchError, InputError
from numerical_support import EPOCH_TAI_NS, one

S = 10**9
LEO = ([-4283387.4, -4451426.8, -2967617.9], [4948.07, -957.34, -5721.17])
AIR_AND_LIGHT = AreaToMass(drag_m2_kg=0.022, radiation_m2_kg=0.013)
THIN_AIR = ExponentialAtmosphere(base_altitude_m=(0.0,), base_density_kg_m3=(1.7e-9,), scale_height_m=(64e3,))
FULL = ForceModel(degree=6, density=CIRA_72, radiation=True, relativity=True)
FIXED = ForceModel(degree=0, sun=False, moon=False)


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


def many(count: int, rng: np.random.Generator) -> StateVectors:
    """Return orbits of all sorts, each with its own epoch."""
    rows = [one(*LEO), one([42164e3, 0, 0], [0, 3074.7, 10.0]), one([7100e3, 0, 0], [0, 9500.0, 1000.0])]
    state = np.array([np.concatenate([r.position_m[0], r.velocity_m_s[0]]) for r in rows])
    chosen = state[np.arange(count) % len(rows)] * (1.0 + 1e-3 * rng.standard_normal((count, 6)))
    epochs = EPOCH_TAI_NS + rng.integers(-3600, 3600, count) * S
    return StateVectors(Frame.GCRF, epochs.astype(np.int64), chosen[:, :3].copy(), chosen[:, 3:].copy())


def state_of(flown: NumericalStates) -> np.ndarray:
    return np.concatenate([flown.states.position_m, flown.states.velocity_m_s], axis=-1)


def test_there_and_back(orientation: EarthOrientation) -> None:
    """Through eight passages of the shadow and a change of day."""
    start = one(*LEO)
    there = propagate(
        start, [EPOCH_TAI_NS + 43_200 * S], model=FULL, orientation=orientation, area_to_mass=AIR_AND_LIGHT
    )
    end = StateVectors(
        Frame.GCRF,
        np.array([EPOCH_TAI_NS + 43_200 * S]),
        there.states.position_m[:, 0],
        there.states.velocity_m_s[:, 0],
    )
    back = propagate(end, [EPOCH_TAI_NS], model=FULL, orientation=orientation, area_to_mass=AIR_AND_LIGHT)
    assert np.linalg.norm(back.states.position_m[0, 0] - start.position_m[0]) < 1e-4


def test_lanes_and_threads_do_not_matter(orientation: EarthOrientation, rng: np.random.Generator) -> None:
    states = many(11, rng)
    times = EPOCH_TAI_NS + np.array([20_000, -9_000, 0, 86_000]) * S
    keywords = {"model": FULL, "orientation": orientation, "area_to_mass": AIR_AND_LIGHT}
    together = propagate(states, times, **keywords)
    threaded = propagate(states, times, threads=2, **keywords)
    assert not together.status.any()
    assert np.array_equal(state_of(together), state_of(threaded))
    for k in (0, 5, 10):
        row = slice(k, k + 1)
        alone = StateVectors(Frame.GCRF, states.epoch_tai_ns[row], states.position_m[row], states.velocity_m_s[row])
        difference = state_of(propagate(alone, times, **keywords))[0] - state_of(together)[k]
        assert np.abs(difference[:, :3]).max() < 1e-3


def test_times_come_back_in_the_order_given(orientation: EarthOrientation) -> None:
    times = EPOCH_TAI_NS + np.array([5_000, -5_000, 0, 5_000, 60, 86_400 * 2]) * S
    flown = propagate(one(*LEO), times, model=FIXED, orientation=orientation)
    assert np.array_equal(flown.states.epoch_tai_ns[0], times)
    assert np.array_equal(flown.states.position_m[0, 2], LEO[0])
    assert np.array_equal(flown.states.position_m[0, 0], flown.states.position_m[0, 3])
    single = [propagate(one(*LEO), [t], model=FIXED, orientation=orientation).states.position_m[0, 0] for t in times]
    # Dense output between steps is as good as the steps.
    assert np.abs(flown.states.position_m[0] - single).max() < 1e-4


def test_each_object_may_have_its_own_times(orientation: EarthOrientation, rng: np.random.Generator) -> None:
    states = many(3, rng)
    times = states.epoch_tai_ns[:, np.newaxis] + np.array([[0, 7_000], [3_000, 9_000], [-100, 100_000]]) * S
    flown = propagate(states, times, model=FIXED, orientation=orientation)
    common = propagate(states, np.unique(times), model=FIXED, orientation=orientation)
    for row in range(3):
        place = np.searchsorted(np.unique(times), times[row])
        assert np.abs(flown.states.position_m[row] - common.states.position_m[row, place]).max() < 1e-4


def partial_model(**changes: object) -> ForceModel:
    keywords: dict[str, object] = {"degree": 4, "partials_degree": 4, "density": THIN_AIR, "radiation": True}
    return ForceModel(**{**keywords, **changes})  # type: ignore[arg-type]


def differences(
    start: np.ndarray, times: np.ndarray, model: ForceModel, orientation: EarthOrientation, manoeuvres: list | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return central differences by the state and by both parameters, (t, 6, 6) and (t, 6, 2)."""
    steps = np.array([5.0] * 3 + [5e-3] * 3 + [1e-3] * 2)
    columns = []
    for k, step in enumerate(steps):
        ends = []
        for sign in (1.0, -1.0):
            state, areas = start.copy(), [0.022, 0.013]
            if k < 6:
                state[k] += sign * step
            else:
                areas[k - 6] += sign * step
            flown = propagate(
                one(state[:3], state[3:]),
                times,
                model=model,
                orientation=orientation,
                area_to_mass=AreaToMass(drag_m2_kg=areas[0], radiation_m2_kg=areas[1]),
                manoeuvres=manoeuvres,
                tolerance=1e-15,
            )
            ends.append(state_of(flown)[0])
        columns.append((ends[0] - ends[1]) / (2.0 * step))
    matrix = np.stack(columns, axis=-1)
    return matrix[..., :6], matrix[..., 6:]


UNITS = np.repeat([7e6, 7.5e3], 3)


def test_partial_derivatives_are_those_of_the_motion(orientation: EarthOrientation) -> None:
    """Both ways in time and through burns whose axes turn with the state; half a day, eight passages of the shadow."""
    start = np.concatenate(LEO)
    times = EPOCH_TAI_NS + np.array([-6_000, 900, 43_200]) * S
    burns = [
        [
            Impulse(at_tai_ns=EPOCH_TAI_NS + 3_000 * S, delta_v_m_s=(1.0, 40.0, -3.0)),
            Impulse(at_tai_ns=EPOCH_TAI_NS - 3_000 * S, delta_v_m_s=(0.0, 30.0, 5.0), frame=Frame.TNW),
        ]
    ]
    model = partial_model()
    flown = propagate(
        one(*LEO),
        times,
        model=model,
        orientation=orientation,
        area_to_mass=AIR_AND_LIGHT,
        manoeuvres=burns,
        transition=True,
        parameters=(Parameter.DRAG, Parameter.RADIATION),
    )
    assert flown.transition is not None
    assert flown.sensitivity is not None
    by_state, by_parameter = differences(start, times, model, orientation, burns)
    scaled = (flown.transition[0] - by_state) / UNITS[:, None] * UNITS
    assert np.abs(scaled).max() < 2e-5 * np.abs(by_state / UNITS[:, None] * UNITS).max()
    size = np.abs(by_parameter / UNITS[:, None]).max(axis=(0, 1))
    assert np.all(np.abs((flown.sensitivity[0] - by_parameter) / UNITS[:, None]).max(axis=(0, 1)) < 2e-4 * size)


def test_partial_derivatives_of_a_companion_motion_are_good_for_days(orientation: EarthOrientation) -> None:
    """8 x 8 beside 16 x 16: 1e-3 of the displacement after a burn, for five days, and the states untouched."""
    times = EPOCH_TAI_NS + np.array([1, 5]) * 86_400 * S
    model = ForceModel(degree=16, partials_degree=8)
    assert model.companion() == ForceModel(degree=8, partials_degree=8)
    assert ForceModel(degree=4).companion().degree == 4
    flown = propagate(one(*LEO), times, model=model, orientation=orientation, transition=True)
    assert flown.transition is not None
    burn = rtn_basis(*(np.array(part) for part in LEO)).T @ np.array([0.0, 0.01, 0.0])
    ends = [
        propagate(
            one(LEO[0], np.array(LEO[1]) + sign * burn), times, model=model, orientation=orientation
        ).states.position_m[0]
        for sign in (1.0, -1.0)
    ]
    truth = (ends[0] - ends[1]) / 2.0
    wrong = np.linalg.norm(flown.transition[0, :, :3, 3:] @ burn - truth, axis=-1) / np.linalg.norm(truth, axis=-1)
    assert np.all(wrong < 1.5e-3)
    bare = propagate(one(*LEO), times, model=model, orientation=orientation)
    assert np.array_equal(bare.states.position_m, flown.states.position_m)


@pytest.mark.parametrize("frame", [Frame.RTN, Frame.TNW, Frame.GCRF])
def test_an_impulse_adds_its_velocity_once(orientation: EarthOrientation, frame: Frame) -> None:
    """The state at its moment is the one after it."""
    at = EPOCH_TAI_NS + 1_000 * S
    burn = Impulse(at_tai_ns=at, delta_v_m_s=(0.3, -2.0, 0.7), frame=frame)
    times = [at - 1, at]
    before, after = state_of(propagate(one(*LEO), times, model=FIXED, orientation=orientation, manoeuvres=[[burn]]))[0]
    change = after[3:] - before[3:]
    assert np.linalg.norm(change) == pytest.approx(math.sqrt(0.09 + 4.0 + 0.49), abs=1e-6)
    if frame is Frame.RTN:
        assert rtn_basis(before[:3], before[3:]) @ change == pytest.approx([0.3, -2.0, 0.7], abs=1e-6)
    if frame is Frame.TNW:
        assert change @ before[3:] / np.linalg.norm(before[3:]) == pytest.approx(0.3, abs=1e-6)
    if frame is Frame.GCRF:
        assert change == pytest.approx([0.3, -2.0, 0.7], abs=1e-6)


def test_manoeuvres_are_undone_backwards(orientation: EarthOrientation) -> None:
    at = EPOCH_TAI_NS + 2_000 * S
    burns = [
        Impulse(at_tai_ns=at, delta_v_m_s=(10.0, 120.0, -30.0)),
        ThrustArc(
            start_tai_ns=at + 500 * S, end_tai_ns=at + 900 * S, acceleration_m_s2=(0.0, 0.01, 0.0), mass_flow_per_s=1e-4
        ),
    ]
    late = EPOCH_TAI_NS + 5_000 * S
    keywords = {"model": partial_model(), "orientation": orientation, "area_to_mass": AIR_AND_LIGHT}
    there = propagate(one(*LEO), [late], manoeuvres=[burns], **keywords)
    # Seen from its end the object has less mass: thrust and flow per mass are greater by what was burnt.
    left = 1.0 - 400 * 1e-4
    arc = ThrustArc(
        start_tai_ns=at + 500 * S,
        end_tai_ns=at + 900 * S,
        acceleration_m_s2=(0.0, 0.01 / left, 0.0),
        mass_flow_per_s=1e-4 / left,
    )
    end = StateVectors(Frame.GCRF, np.array([late]), there.states.position_m[:, 0], there.states.velocity_m_s[:, 0])
    lighter = AreaToMass(drag_m2_kg=0.022 / left, radiation_m2_kg=0.013 / left)
    keywords["area_to_mass"] = lighter
    back = propagate(end, [EPOCH_TAI_NS, at - 1], manoeuvres=[[burns[0], arc]], **keywords)
    assert np.linalg.norm(back.states.position_m[0, 0] - LEO[0]) < 1e-3


def test_a_short_arc_is_an_impulse(orientation: EarthOrientation) -> None:
    """To second order in its length."""
    middle, late = EPOCH_TAI_NS + 1_000 * S, EPOCH_TAI_NS + 9_000 * S
    impulse = propagate(
        one(*LEO),
        [late],
        model=FIXED,
        orientation=orientation,
        manoeuvres=[[Impulse(at_tai_ns=middle, delta_v_m_s=(0.0, 1.0, 0.0))]],
    )
    arcs = [
        propagate(
            one(*LEO),
            [late],
            model=FIXED,
            orientation=orientation,
            manoeuvres=[
                [
                    ThrustArc(
                        start_tai_ns=middle - half * S,
                        end_tai_ns=middle + half * S,
                        acceleration_m_s2=(0.0, 0.5 / half, 0.0),
                    )
                ]
            ],
        )
        for half in (20, 40)
    ]
    misses = [float(np.linalg.norm(arc.states.position_m - impulse.states.position_m)) for arc in arcs]
    assert misses[0] < 30.0
    assert misses[1] / misses[0] == pytest.approx(4.0, rel=0.1)


def test_thrust_follows_the_rocket_equation(orientation: EarthOrientation) -> None:
    """Fixed direction, far from the Earth, most of the mass burnt in 1,000 s."""
    far = one([1e9, 0.0, 0.0], [0.0, 0.0, 0.0])
    arc = ThrustArc(
        start_tai_ns=EPOCH_TAI_NS,
        end_tai_ns=EPOCH_TAI_NS + 1_000 * S,
        acceleration_m_s2=(0.0, 2.0, 0.0),
        frame=Frame.GCRF,
        mass_flow_per_s=6e-4,
    )
    flown = propagate(far, [EPOCH_TAI_NS + 2_000 * S], model=FIXED, orientation=orientation, manoeuvres=[[arc]])
    assert flown.states.velocity_m_s[0, 0, 1] == pytest.approx(2.0 / 6e-4 * math.log(1.0 / 0.4), rel=1e-6)


def test_relativity_turns_the_perigee(orientation: EarthOrientation) -> None:
    """6 pi GM / (c^2 a (1 - e^2)) per revolution. Vallado, 4th ed., eq. 8-49."""
    start = one([7100e3, 0, 0], [0, 9500.0, 1000.0])
    mu = FIXED.field.mu_m3_s2
    axis = 1.0 / (2.0 / 7100e3 - (9500.0**2 + 1000.0**2) / mu)
    eccentricity = 1.0 - 7100e3 / axis
    period = 2.0 * math.pi * math.sqrt(axis**3 / mu)
    model = ForceModel(degree=0, sun=False, moon=False, relativity=True)
    revolutions = 50
    flown = state_of(
        propagate(start, [EPOCH_TAI_NS + round(revolutions * period * 1e9)], model=model, orientation=orientation)
    )[0, 0]
    position, velocity = flown[:3], flown[3:]
    apsides = np.cross(velocity, np.cross(position, velocity)) / mu - position / np.linalg.norm(position)
    turned = math.atan2(math.hypot(apsides[1], apsides[2]), apsides[0])
    expected = revolutions * 6.0 * math.pi * mu / (SPEED_OF_LIGHT_M_S**2 * axis * (1.0 - eccentricity**2))
    assert turned == pytest.approx(expected, rel=0.01)


def test_the_shadow_counts(orientation: EarthOrientation) -> None:
    times = [EPOCH_TAI_NS + 43_200 * S]
    shaded, lit = (
        propagate(
            one(*LEO),
            times,
            model=ForceModel(degree=0, radiation=True, shadow=shadow),
            orientation=orientation,
            area_to_mass=AreaToMass(radiation_m2_kg=0.02),
        ).states.position_m
        for shadow in (Shadow.CONICAL, Shadow.NONE)
    )
    assert 0.1 < np.linalg.norm(shaded - lit) < 1_000.0


def test_rows_fail_alone(orientation: EarthOrientation, rng: np.random.Generator) -> None:
    states = many(6, rng)
    position, velocity = states.position_m.copy(), states.velocity_m_s.copy()
    position[1] = np.nan
    position[2], velocity[2] = [6.9e6, 0, 0], [0, 6_500.0, 0]  # perigee in the ground
    position[4] = [6.4e6, 0, 0]  # begins below the floor
    broken = StateVectors(Frame.GCRF, states.epoch_tai_ns, position, velocity)
    times = EPOCH_TAI_NS + np.array([-40_000, 0, 100, 20_000]) * S
    keywords = {"model": FULL, "orientation": orientation, "area_to_mass": AIR_AND_LIGHT}
    flown = propagate(broken, times, **keywords)
    assert np.all(flown.status[1] == PropagationStatus.NOT_FINITE)
    assert np.all(flown.status[4] == PropagationStatus.BELOW_FLOOR)
    assert flown.status[2, 3] == PropagationStatus.BELOW_FLOOR
    assert flown.status[2, 0] == PropagationStatus.BELOW_FLOOR
    good = [0, 3, 5]
    assert not flown.status[good].any()
    assert np.array_equal(np.isnan(flown.states.position_m[..., 0]), flown.status != 0)
    whole = propagate(states, times, **keywords)
    assert np.abs(state_of(flown)[good] - state_of(whole)[good]).max() < 1e-3


def test_decay_ends_at_the_floor(orientation: EarthOrientation) -> None:
    low = one([6_378_137 + 160e3, 0, 0], [0, 7_809.0, 0])
    times = EPOCH_TAI_NS + np.arange(0, 86_400, 60) * S
    flown = propagate(
        low,
        times,
        model=ForceModel(degree=2, density=CIRA_72),
        orientation=orientation,
        area_to_mass=AreaToMass(drag_m2_kg=0.02),
    )
    height = np.linalg.norm(flown.states.position_m[0], axis=-1) - 6_378_137.0
    last = int(np.flatnonzero(flown.status[0] == 0)[-1])
    assert 3_600 < 60 * last < 80_000
    assert np.all(flown.status[0, last + 1 :] == PropagationStatus.BELOW_FLOOR)
    assert 80e3 < height[last] < 95e3
    assert PropagationStatus.BELOW_FLOOR.reason


def test_what_cannot_be_flown_is_refused(orientation: EarthOrientation) -> None:
    start = one(*LEO)
    with pytest.raises(FrameMismatchError, match="GCRF is needed"):
        propagate(
            StateVectors(Frame.TEME, start.epoch_tai_ns, start.position_m, start.velocity_m_s),
            [EPOCH_TAI_NS],
            model=FIXED,
            orientation=orientation,
        )
    with pytest.raises(InputError, match="area over mass"):
        propagate(start, [EPOCH_TAI_NS], model=FULL, orientation=orientation)
    arcs = [ThrustArc(start_tai_ns=k * S, end_tai_ns=(k + 2) * S, acceleration_m_s2=(0.0, 0.0, 0.0)) for k in (0, 1)]
    with pytest.raises(InputError, match="overlap"):
        propagate(start, [EPOCH_TAI_NS], model=FIXED, orientation=orientation, manoeuvres=[arcs])
    with pytest.raises(InputError, match="int64"):
        propagate(start, [1.5], model=FIXED, orientation=orientation)
    with pytest.raises(InputError, match="lacks"):
        propagate(
            start,
            [EPOCH_TAI_NS],
            model=FIXED,
            orientation=orientation,
            transition=True,
            parameters=(Parameter.DRAG,),
        )
    with pytest.raises(DataGapError):
        propagate(start, [EPOCH_TAI_NS + 10**18], model=FULL, orientation=orientation, area_to_mass=AIR_AND_LIGHT)
    with pytest.raises(FrameMismatchError, match="ITRF"):
        Impulse(at_tai_ns=0, delta_v_m_s=(0.0, 0.0, 0.0), frame=Frame.ITRF)
    with pytest.raises(InputError, match="order"):
        ForceModel(degree=2, order=3)
    with pytest.raises(InputError, match="ends at degree"):
        ForceModel(degree=1_000)


def test_no_objects_and_no_times(orientation: EarthOrientation) -> None:
    none = StateVectors(Frame.GCRF, np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3)))
    assert propagate(none, [EPOCH_TAI_NS], model=FIXED, orientation=orientation).states.position_m.shape == (0, 1, 3)
    flown = propagate(one(*LEO), np.zeros(0, np.int64), model=FULL, orientation=orientation, area_to_mass=AIR_AND_LIGHT)
    assert flown.states.position_m.shape == (1, 0, 3)


def test_degree_falls_with_height() -> None:
    degrees = [degree_for_radius(r) for r in (6.7e6, 7.2e6, 8e6, 1.2e7, 2.6e7, 4.2e7)]
    assert degrees == sorted(degrees, reverse=True)
    assert len(set(degrees)) == len(degrees)
    with pytest.raises(InputError):
        degree_for_radius(-1.0)
