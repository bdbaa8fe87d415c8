"""Equinoctial elements: round trip and Jacobian, and the factor of a pair."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.conjunction.probability._elements import elements_from_state, invert_6, state_from_elements
from mihari.conjunction.probability._overlap import invert_3
from mihari.conjunction.probability._pair import canonical_pair


def random_state(rng: np.random.Generator) -> np.ndarray:
    r, v = rng.normal(size=(2, 3))
    return np.r_[r / np.linalg.norm(r), v / np.linalg.norm(v) * rng.uniform(0.5, 1.25)]


def test_round_trip_and_jacobian(rng: np.random.Generator) -> None:
    unused = np.empty((6, 6))
    for _ in range(30):
        state, elements, back, jacobian = random_state(rng), np.empty(6), np.empty(6), np.empty((6, 6))
        assert elements_from_state(state, elements)
        state_from_elements(elements, 0.0, back, jacobian, True)
        np.testing.assert_allclose(back, state, atol=1e-13)
        state_from_elements(elements, 2.3, back, jacobian, True)
        for k in range(6):
            ends = []
            for sign in (1.0, -1.0):
                moved, out = elements.copy(), np.empty(6)
                moved[k] += sign * 1e-6
                state_from_elements(moved, 2.3, out, unused, False)
                ends.append(out)
            slope = (ends[0] - ends[1]) / 2e-6
            np.testing.assert_allclose(jacobian[:, k], slope, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(invert_6(jacobian) @ jacobian, np.eye(6), atol=1e-10)


def test_open_orbits_and_the_singular_inclination_are_refused() -> None:
    elements = np.empty(6)
    assert not elements_from_state(np.array([1.0, 0.0, 0.0, 0.0, 1.5, 0.0]), elements)
    assert not elements_from_state(np.array([1.0, 0.0, 0.0, 0.0, -1.0, 0.0]), elements)
    assert not elements_from_state(np.array([1.0, 0.0, 0.0, 0.5, 0.0, 0.0]), elements)


def test_clipped_inverse(rng: np.random.Generator) -> None:
    out = np.empty((3, 3))
    a = rng.normal(size=(3, 3))
    a = a @ a.T + 0.1 * np.eye(3)
    determinant, lifted = invert_3(a, 0.0, out)
    assert lifted == 0
    np.testing.assert_allclose(out @ a, np.eye(3), atol=1e-10)
    assert determinant == pytest.approx(np.linalg.det(a))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    a = turn @ np.diag((4.0, 1.0, -2.0)) @ turn.T
    determinant, lifted = invert_3(a, 0.25, out)
    assert lifted == 1
    np.testing.assert_allclose(out, turn @ np.diag((0.25, 1.0, 4.0)) @ turn.T, atol=1e-12)
    assert determinant == pytest.approx(1.0)


@pytest.mark.parametrize("pole", [1.0, -1.0])
def test_the_pair_carries_the_covariance_and_the_shared_error(pole: float, rng: np.random.Generator) -> None:
    one = np.array([7.0e6, 0.0, 1.0e3, 10.0, pole * 7.5e3, 50.0])
    two = one + np.array([100.0, -50.0, 20.0, 0.5, 0.2, -0.1])
    covariances = []
    for _ in range(2):
        a = rng.normal(size=(6, 6)) * np.r_[np.full(3, 50.0), np.full(3, 0.05)][:, None]
        covariances.append(a @ a.T)
    shared = [rng.normal(size=6) * np.r_[np.full(3, 20.0), np.full(3, 0.02)] for _ in range(2)]
    pair = canonical_pair(
        one, covariances[0], two, covariances[1], shared_1_inertial=shared[0], shared_2_inertial=shared[1]
    )
    assert pair is not None
    jacobians = []
    for place in (0, 7):
        jacobian = np.empty((6, 6))
        state_from_elements(pair.rows[place, :6].copy(), 0.0, np.empty(6), jacobian, True)
        jacobians.append(jacobian)
    factor = pair.rows[14:26]
    relative = np.hstack((-jacobians[0], jacobians[1])) @ factor
    scale = np.r_[np.full(3, pair.unit_m), np.full(3, pair.unit_m / pair.unit_s)]
    turn = np.kron(np.eye(2), pair.axes)
    got = turn.T @ ((relative @ relative.T) * np.outer(scale, scale)) @ turn
    expected = covariances[0] + covariances[1] - np.outer(*shared) - np.outer(*shared[::-1])
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
