"""Equinoctial elements of two-body motion: from and to states, with the Jacobian from elements at epoch to a state.

Elements are (n, k, h, p, q, l): mean motion, e cos and e sin of the longitude of perigee, tan(i/2) sin and cos of the
node, mean longitude. Units are canonical (gravitational parameter one), so that the Jacobian is well conditioned.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.probability._kernel import kernel

__all__ = ["elements_from_state", "invert_6", "state_from_elements", "wrap"]

KEPLER_ITERATIONS: Final = 30


@kernel()
def wrap(angle):  # type: ignore[no-untyped-def]
    """Return an angle between -pi and pi."""
    return angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi) + 0.5)


@kernel()
def elements_from_state(x, e):  # type: ignore[no-untyped-def]
    """Fill elements from a state; False where the orbit is not an ellipse or the inclination is 180 degrees.

    References
    ----------
    R. Broucke, P. Cefola, "On the equinoctial orbit elements", Celestial Mechanics 5, 1972.

    Validation
    ----------
    tests/unit/test_probability_elements.py: round trip; the Jacobian against differences.
    """
    rx, ry, rz, vx, vy, vz = x[0], x[1], x[2], x[3], x[4], x[5]
    r = math.sqrt(rx * rx + ry * ry + rz * rz)
    if not r > 0.0:
        return False
    energy = 2.0 / r - (vx * vx + vy * vy + vz * vz)
    if not energy > 0.0:
        return False
    a = 1.0 / energy
    hx, hy, hz = ry * vz - rz * vy, rz * vx - rx * vz, rx * vy - ry * vx
    momentum = math.sqrt(hx * hx + hy * hy + hz * hz)
    if not momentum > 0.0:
        return False
    wx, wy, wz = hx / momentum, hy / momentum, hz / momentum
    if 1.0 + wz < 1.0e-12:
        return False
    p = wx / (1.0 + wz)
    q = -wy / (1.0 + wz)
    d = 1.0 + p * p + q * q
    fx, fy, fz = (1.0 - p * p + q * q) / d, 2.0 * p * q / d, -2.0 * p / d
    gx, gy, gz = 2.0 * p * q / d, (1.0 + p * p - q * q) / d, 2.0 * q / d
    ex = vy * hz - vz * hy - rx / r
    ey = vz * hx - vx * hz - ry / r
    ez = vx * hy - vy * hx - rz / r
    k = ex * fx + ey * fy + ez * fz
    h = ex * gx + ey * gy + ez * gz
    s2 = 1.0 - h * h - k * k
    if not s2 > 0.0:
        return False
    s = math.sqrt(s2)
    beta = 1.0 / (1.0 + s)
    u = rx * fx + ry * fy + rz * fz
    v = rx * gx + ry * gy + rz * gz
    cos_f = k + ((1.0 - k * k * beta) * u - h * k * beta * v) / (a * s)
    sin_f = h + ((1.0 - h * h * beta) * v - h * k * beta * u) / (a * s)
    e[0] = a**-1.5
    e[1] = k
    e[2] = h
    e[3] = p
    e[4] = q
    e[5] = math.atan2(sin_f, cos_f) - k * sin_f + h * cos_f
    return True


@kernel()
def state_from_elements(e, t, x, jacobian, with_jacobian):  # type: ignore[no-untyped-def]
    """Fill the state at time t after epoch and, if asked, its derivative by the elements at epoch.

    Parameters
    ----------
    e : (6,) float64
        Elements at epoch.
    t : float
    x : (6,) float64
        Filled.
    jacobian : (6, 6) float64
        Filled when `with_jacobian`.
    """
    n, k, h, p, q = e[0], e[1], e[2], e[3], e[4]
    longitude = wrap(e[5] + n * t)
    big_f = longitude
    for _ in range(KEPLER_ITERATIONS):
        sine = math.sin(big_f)
        cosine = math.cos(big_f)
        step = (big_f - k * sine + h * cosine - longitude) / (1.0 - k * cosine - h * sine)
        big_f -= min(max(step, -1.0), 1.0)
        if abs(step) < 1.0e-8:
            break
    sine = math.sin(big_f)
    cosine = math.cos(big_f)
    a = n ** (-2.0 / 3.0)
    s = math.sqrt(1.0 - h * h - k * k)
    beta = 1.0 / (1.0 + s)
    rho = 1.0 - k * cosine - h * sine
    u = (1.0 - h * h * beta) * cosine + h * k * beta * sine - k
    v = (1.0 - k * k * beta) * sine + h * k * beta * cosine - h
    du = h * k * beta * cosine - (1.0 - h * h * beta) * sine
    dv = (1.0 - k * k * beta) * cosine - h * k * beta * sine
    speed = n * a
    d = 1.0 + p * p + q * q
    fx, fy, fz = (1.0 - p * p + q * q) / d, 2.0 * p * q / d, -2.0 * p / d
    gx, gy, gz = 2.0 * p * q / d, (1.0 + p * p - q * q) / d, 2.0 * q / d
    px, py = a * u, a * v
    vx, vy = speed * du / rho, speed * dv / rho
    x[0] = px * fx + py * gx
    x[1] = px * fy + py * gy
    x[2] = px * fz + py * gz
    x[3] = vx * fx + vy * gx
    x[4] = vx * fy + vy * gy
    x[5] = vx * fz + vy * gz
    if not with_jacobian:
        return
    radius = a * rho
    pull = -1.0 / (n * radius * radius * radius)
    for i in range(3):
        jacobian[i, 5] = x[i + 3] / n
        jacobian[i + 3, 5] = pull * x[i]
        jacobian[i, 0] = -2.0 * x[i] / (3.0 * n) + t * jacobian[i, 5]
        jacobian[i + 3, 0] = x[i + 3] / (3.0 * n) + t * jacobian[i + 3, 5]
    # By k and h: u, v and their derivatives by F at fixed mean longitude.
    beta_k = beta * beta * k / s
    beta_h = beta * beta * h / s
    for column in range(1, 3):
        if column == 1:
            f_e = sine / rho
            hh, kk, hk = h * h * beta_k, 2.0 * k * beta + k * k * beta_k, h * beta + h * k * beta_k
            u_e, v_e = -1.0, 0.0
            rho_e = -cosine
        else:
            f_e = -cosine / rho
            hh, kk, hk = 2.0 * h * beta + h * h * beta_h, k * k * beta_h, k * beta + h * k * beta_h
            u_e, v_e = 0.0, -1.0
            rho_e = -sine
        u_e += -hh * cosine + hk * sine + du * f_e
        v_e += -kk * sine + hk * cosine + dv * f_e
        du_e = hk * cosine + hh * sine - (u + k) * f_e
        dv_e = -kk * cosine - hk * sine - (v + h) * f_e
        rho_e += (k * sine - h * cosine) * f_e
        vx_e = speed * (du_e - du * rho_e / rho) / rho
        vy_e = speed * (dv_e - dv * rho_e / rho) / rho
        jacobian[0, column] = a * (u_e * fx + v_e * gx)
        jacobian[1, column] = a * (u_e * fy + v_e * gy)
        jacobian[2, column] = a * (u_e * fz + v_e * gz)
        jacobian[3, column] = vx_e * fx + vy_e * gx
        jacobian[4, column] = vx_e * fy + vy_e * gy
        jacobian[5, column] = vx_e * fz + vy_e * gz
    for column in range(3, 5):
        if column == 3:
            fx_e, fy_e, fz_e = (-2.0 * p - 2.0 * p * fx) / d, (2.0 * q - 2.0 * p * fy) / d, (-2.0 - 2.0 * p * fz) / d
            gx_e, gy_e, gz_e = (2.0 * q - 2.0 * p * gx) / d, (2.0 * p - 2.0 * p * gy) / d, -2.0 * p * gz / d
        else:
            fx_e, fy_e, fz_e = (2.0 * q - 2.0 * q * fx) / d, (2.0 * p - 2.0 * q * fy) / d, -2.0 * q * fz / d
            gx_e, gy_e, gz_e = (2.0 * p - 2.0 * q * gx) / d, (-2.0 * q - 2.0 * q * gy) / d, (2.0 - 2.0 * q * gz) / d
        jacobian[0, column] = px * fx_e + py * gx_e
        jacobian[1, column] = px * fy_e + py * gy_e
        jacobian[2, column] = px * fz_e + py * gz_e
        jacobian[3, column] = vx * fx_e + vy * gx_e
        jacobian[4, column] = vx * fy_e + vy * gy_e
        jacobian[5, column] = vx * fz_e + vy * gz_e


@kernel()
def invert_6(matrix):  # type: ignore[no-untyped-def]
    """Return the inverse of a (6, 6) matrix by Gauss-Jordan elimination with row pivots."""
    n = 6
    left = matrix.copy()
    right = np.eye(n)
    for i in range(n):
        pivot = i
        for j in range(i + 1, n):
            if abs(left[j, i]) > abs(left[pivot, i]):
                pivot = j
        if pivot != i:
            for k in range(n):
                left[i, k], left[pivot, k] = left[pivot, k], left[i, k]
                right[i, k], right[pivot, k] = right[pivot, k], right[i, k]
        scale = 1.0 / left[i, i]
        for k in range(n):
            left[i, k] *= scale
            right[i, k] *= scale
        for j in range(n):
            if j != i and left[j, i] != 0.0:
                factor = left[j, i]
                for k in range(n):
                    left[j, k] -= factor * left[i, k]
                    right[j, k] -= factor * right[i, k]
    return right
