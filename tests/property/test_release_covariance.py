"""Covariances for others: never finer, positive definite, and no number of questions tells more than a class."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mihari.astro.states import Frame
from mihari.errors import InputError
from mihari.release.redaction import degrade_covariance

SECRET = bytes(range(32))
SEEDS = st.integers(0, 2**32 - 1)


def covariance(seed: int, size: int) -> np.ndarray:
    """A covariance of any shape: deviations from centimetres to hundreds of kilometres, correlated in any way."""
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(size, size)))
    sigma = 10.0 ** random.uniform(-2.0, 5.5, size)
    if size == 6:
        sigma[3:] *= 1e-3
    scale = np.diag(sigma)
    mixed = turn * random.uniform(0.1, 1.0, size)
    correlated = mixed @ mixed.T + 1e-6 * np.eye(size)
    unit = correlated / np.sqrt(np.outer(np.diag(correlated), np.diag(correlated)))
    made = scale @ unit @ scale
    return (made + made.T) / 2.0


def shared(matrix: np.ndarray, *, number: int = 1, recipient: str = "US", epoch: int = 0, secret: bytes = SECRET):
    return degrade_covariance(
        matrix, frame=Frame.RTN, norad_cat_id=number, recipient=recipient, epoch_tai_ns=epoch, secret=secret
    )


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.sampled_from([3, 6]))
def test_it_never_shrinks_and_stays_a_covariance(seed: int, size: int) -> None:
    given_matrix = covariance(seed, size)
    made = shared(given_matrix)
    assert made.degraded
    assert made.frame is Frame.RTN
    # In units in which it is one: rounding of large numbers hides nothing then.
    scale = 1.0 / np.sqrt(np.diag(made.matrix))
    left = np.outer(scale, scale) * (made.matrix - given_matrix)
    assert np.linalg.eigvalsh(left).min() >= 0.0
    assert np.linalg.eigvalsh(made.matrix).min() > 0.0


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.lists(st.tuples(st.text(min_size=1, max_size=5), st.integers(0, 10**18)), min_size=1, max_size=8))
def test_all_of_a_class_look_alike_to_everyone_at_all_times(seed: int, questions: list[tuple[str, int]]) -> None:
    """Whoever asks however often for whatever epoch cannot tell a covariance from another of its class."""
    first = covariance(seed, 3)
    greatest = np.sqrt(np.linalg.eigvalsh(first)[-1])
    # Another shape with the same greatest deviation.
    second = np.diag([greatest**2, (0.3 * greatest) ** 2, (0.01 * greatest) ** 2])
    assume(not _near_a_rung(greatest))
    for recipient, epoch in questions:
        one = shared(first, recipient=recipient, epoch=epoch).matrix
        other = shared(second, recipient=recipient, epoch=epoch).matrix
        assert one.tobytes() == other.tobytes()
        assert one.tobytes() == shared(first, recipient=recipient, epoch=epoch).matrix.tobytes(), "the same each time"


def _near_a_rung(sigma: float) -> bool:
    place = np.log(sigma / 100.0) / np.log(4.0)
    return bool(abs(place - round(place)) < 1e-6)


def test_the_mark_tells_copies_apart_and_nothing_else() -> None:
    matrix = np.diag([1.0e4, 4.0e4, 9.0e4])
    marks = {shared(matrix, recipient=name).matrix[0, 0] for name in ("US", "AU", "IN")}
    assert len(marks) == 3
    assert shared(matrix, number=2).matrix[0, 0] not in marks
    assert shared(matrix, secret=bytes(32)).matrix[0, 0] not in marks
    every = np.sqrt([shared(matrix, epoch=each).matrix[0, 0] for each in range(2_000)])
    assert 400.0 <= every.min() < every.max() <= 420.0
    assert np.mean(every) == pytest.approx(410.0, abs=0.5), "the mean gives the class back and no more"


@given(SEEDS, st.sampled_from([3, 6]))
@settings(max_examples=25, deadline=None)
def test_the_recipients_own_safety_data_are_never_touched(seed: int, size: int) -> None:
    matrix = covariance(seed, size)
    made = degrade_covariance(
        matrix, frame=Frame.GCRF, norad_cat_id=1, recipient="OP-T", epoch_tai_ns=0, secret=SECRET, own_safety=True
    )
    assert made.matrix.tobytes() == matrix.tobytes()
    assert not made.degraded


@pytest.mark.parametrize(
    "matrix",
    [np.eye(2), np.full((3, 3), np.nan), np.diag([1.0, 1.0, -1.0]), np.array([[1, 2, 0], [0, 1, 0], [0, 0, 1.0]])],
)
def test_what_is_no_covariance_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(InputError):
        shared(matrix)
    with pytest.raises(InputError, match="shorter"):
        shared(np.eye(3), secret=b"short")
