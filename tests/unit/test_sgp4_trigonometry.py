"""The vectorisable sine, cosine and arctangent against the C library in extended precision."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from mihari.astro.sgp4._trigonometry import FAST, arctangent2, rotate_small, sincos, sincos_reduced


@njit(fastmath=FAST)
def _sincos(x, s, c):
    for i in range(x.size):
        s[i], c[i] = sincos(x[i])


@njit(fastmath=FAST)
def _reduced(x, s, c):
    for i in range(x.size):
        s[i], c[i] = sincos_reduced(x[i])


@njit(fastmath=FAST)
def _rotated(angle, d, s, c):
    for i in range(d.size):
        s[i], c[i] = rotate_small(np.sin(angle[i]), np.cos(angle[i]), d[i])


@njit(fastmath=FAST)
def _arctangent2(y, x, out):
    for i in range(x.size):
        out[i] = arctangent2(y[i], x[i])


@pytest.mark.parametrize(
    ("kernel", "reach", "bound"),
    [(_sincos, 7.0, 2.3e-16), (_sincos, 1.0e5, 3.0e-16), (_reduced, 0.06, 2.3e-16), (_reduced, 0.12, 1.5e-14)],
)
def test_sine_and_cosine_keep_all_digits(rng, kernel, reach, bound):
    x = rng.uniform(-reach, reach, 200_000)
    s, c = np.empty_like(x), np.empty_like(x)
    kernel(x, s, c)
    wide = x.astype(np.longdouble)
    assert np.abs(s - np.sin(wide)).max() < bound
    assert np.abs(c - np.cos(wide)).max() < bound


def test_small_rotation_keeps_ten_nanometres_per_thousand_kilometres(rng):
    angle = rng.uniform(-np.pi, np.pi, 100_000)
    d = rng.uniform(-2e-3, 2e-3, 100_000)
    s, c = np.empty_like(d), np.empty_like(d)
    _rotated(angle, d, s, c)
    wide = angle.astype(np.longdouble) + d
    assert np.abs(s - np.sin(wide)).max() < 1e-15
    assert np.abs(c - np.cos(wide)).max() < 1e-15


def test_arctangent_covers_all_quadrants_and_axes(rng):
    angle = np.concatenate([rng.uniform(-np.pi, np.pi, 100_000), np.arange(-3, 5) * (np.pi / 4)])
    radius = 10.0 ** rng.uniform(-9, 3, angle.size)
    y, x = radius * np.sin(angle), radius * np.cos(angle)
    out = np.empty_like(x)
    _arctangent2(y, x, out)
    expected = np.arctan2(y.astype(np.longdouble), x.astype(np.longdouble))
    assert np.abs(out - expected).max() < 5e-16
