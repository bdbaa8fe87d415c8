"""Many orbits at once by numerical integration."""

from __future__ import annotations

import math

import numpy as np

from mihari.conjunction.probability._kernel import kernel

__all__ = ["follow"]


@kernel()
def _pull(x, mu, j2, out):  # type: ignore[no-untyped-def]
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = math.sqrt(r2)
    central = mu / (r2 * r)
    oblate = j2 / (r2 * r2 * r)
    tilt = 5.0 * x[2] * x[2] / r2
    for i in range(3):
        out[i] = x[i + 3]
    out[3] = -x[0] * (central + oblate * (1.0 - tilt))
    out[4] = -x[1] * (central + oblate * (1.0 - tilt))
    out[5] = -x[2] * (central + oblate * (3.0 - tilt))


@kernel()
def follow(states, times, step, mu, j2, out):  # type: ignore[no-untyped-def]
    """Fill states at each time, from time zero on, by Runge-Kutta of fourth order.

    Parameters
    ----------
    states : (n, 6) float64
    times : (t,) float64
        Ascending.
    step : float
        Longest step.
    mu : float
    j2 : float
        3/2 J2 mu R^2.
    out : (n, t, 6) float64
    """
    k = np.empty((4, 6))
    y = np.empty(6)
    x = np.empty(6)
    for n in range(states.shape[0]):
        for i in range(6):
            x[i] = states[n, i]
        now = 0.0
        for m in range(times.shape[0]):
            span = times[m] - now
            steps = math.ceil(abs(span) / step)
            h = span / steps if steps > 0 else 0.0
            for _ in range(steps):
                _pull(x, mu, j2, k[0])
                for i in range(6):
                    y[i] = x[i] + 0.5 * h * k[0, i]
                _pull(y, mu, j2, k[1])
                for i in range(6):
                    y[i] = x[i] + 0.5 * h * k[1, i]
                _pull(y, mu, j2, k[2])
                for i in range(6):
                    y[i] = x[i] + h * k[2, i]
                _pull(y, mu, j2, k[3])
                for i in range(6):
                    x[i] += h / 6.0 * (k[0, i] + 2.0 * (k[1, i] + k[2, i]) + k[3, i])
            now = times[m]
            for i in range(6):
                out[n, m, i] = x[i]
