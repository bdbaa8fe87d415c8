from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.astro.earth import load_earth_orientation
from mihari.astro.frames import Frame, PrecessionNutation, StateVectors, convert, rotation_matrix
from mihari.astro.relative import VelocityKind, absolute_states, relative_states

STEADY = settings(deadline=None, derandomize=True)
ORIENTATION = load_earth_orientation()
EPOCHS = st.integers(ORIENTATION.start_tai_ns, ORIENTATION.end_tai_ns)
AXES = st.sampled_from([Frame.GCRF, Frame.EME2000, Frame.MOD, Frame.TOD, Frame.TEME, Frame.ITRF])
MODELS = st.sampled_from(PrecessionNutation)
VECTORS = st.tuples(*[st.floats(-1.0, 1.0)] * 3).map(np.array)


@STEADY
@given(EPOCHS, AXES, AXES, MODELS, VECTORS, VECTORS)
def test_there_and_back(epoch, source, target, model, position, velocity) -> None:
    states = StateVectors(source, np.int64(epoch), position * 5e7, velocity * 1e4)
    there = convert(states, target, orientation=ORIENTATION, model=model)
    back = convert(there, source, orientation=ORIENTATION, model=model)
    assert np.abs(back.position_m - states.position_m).max() < 1e-7
    assert np.abs(back.velocity_m_s - states.velocity_m_s).max() < 1e-10
    assert abs(np.linalg.norm(there.position_m) - np.linalg.norm(states.position_m)) < 1e-7


@STEADY
@given(EPOCHS, AXES, AXES, AXES, MODELS)
def test_a_triangle_of_frames_closes(epoch, first, second, third, model) -> None:
    product = np.eye(3)
    for source, target in ((first, second), (second, third), (third, first)):
        product = rotation_matrix(source, target, epoch_tai_ns=epoch, orientation=ORIENTATION, model=model) @ product
    assert np.abs(product - np.eye(3)).max() < 5e-15


@STEADY
@given(EPOCHS, VECTORS, VECTORS)
def test_energy_of_a_point_fixed_to_the_earth_does_not_depend_on_the_road(epoch, position, velocity) -> None:
    """TEME and GCRF are both inertial: the speed is the same whichever way an ITRF state goes."""
    states = StateVectors(Frame.ITRF, np.int64(epoch), position * 5e7, velocity * 1e4)
    speeds = [
        np.linalg.norm(convert(states, frame, orientation=ORIENTATION).velocity_m_s)
        for frame in (Frame.GCRF, Frame.TEME, Frame.TOD)
    ]
    assert max(speeds) - min(speeds) < 1e-9


@STEADY
@given(
    st.sampled_from([Frame.RTN, Frame.TNW, Frame.VVLH]),
    st.sampled_from(VelocityKind),
    *[st.tuples(*[st.floats(0.1, 1.0)] * 3).map(np.array)] * 2,
    VECTORS,
    VECTORS,
)
def test_relative_and_back(frame, kind, position, velocity, other_position, other_velocity) -> None:
    velocity = velocity * np.array([1.0, -1.0, 0.5])
    reference = StateVectors(Frame.GCRF, np.int64(0), position * 1e7, velocity * 1e4)
    other = StateVectors(Frame.GCRF, np.int64(0), other_position * 1e7, other_velocity * 1e4)
    back = absolute_states(reference, relative_states(reference, other, frame, velocity_kind=kind), velocity_kind=kind)
    assert np.abs(back.position_m - other.position_m).max() < 1e-7
    assert np.abs(back.velocity_m_s - other.velocity_m_s).max() < 1e-9
