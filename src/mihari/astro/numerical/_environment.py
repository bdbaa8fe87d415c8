"""What changes with time alone, as short polynomials: the Earth's orientation, the Sun, the Moon, density indices.

A propagation is cut into spans of at most a day. In each span every such quantity is one polynomial in a time that runs
from -1 to 1; its coefficients are parameters of the compiled equations, so that these know no date, no table and no
series. That makes them short (no theory of nutation or the Moon inside), and good for any Earth orientation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import erfa
import numpy as np
from numpy.typing import NDArray

from mihari.astro._rotations import Moments
from mihari.astro.earth import EarthOrientation
from mihari.astro.numerical._bodies import BodyEphemeris
from mihari.astro.numerical._density import ThermosphereNetwork
from mihari.astro.numerical._model import ForceModel
from mihari.astro.time import NS_PER_DAY, utc_jd_from_tai_ns

__all__ = ["CHANNELS", "Environment", "build_environment", "channels_of"]

Floats = NDArray[np.float64]

_SIDEREAL_TURN_PER_DAY: Final = 6.300387486754831  # IERS Conventions 2010, eq. 5.15

CHANNELS: Final = {
    "pole_x": 4,
    "pole_y": 4,
    "turn": 4,
    "wobble_x": 2,
    "wobble_y": 2,
    "sun_x": 5,
    "sun_y": 5,
    "sun_z": 5,
    "moon_x": 9,
    "moon_y": 9,
    "moon_z": 9,
    "f107": 0,
    "f107_mean": 0,
    "ap": 0,
    "day_of_year": 1,
}
"""Quantities and the degree of their polynomial over a day: errors below 1e-11 rad and 10 m (the Sun: 100 m)."""


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """Polynomials over equal spans.

    Attributes
    ----------
    edge_tai_ns : int64 array, (s + 1,)
        Edges of the spans.
    coefficients : dict of str to float64 array, (s, degree + 1)
        By channel, in rising powers. The turn is an angle in rad, the bodies are in m, GCRF.
    """

    edge_tai_ns: NDArray[np.int64]
    coefficients: dict[str, Floats]

    def span_of(self, tai_ns: int, *, backwards: bool) -> int:
        """Return the span that a moment belongs to when time runs on from there."""
        place = int(np.searchsorted(self.edge_tai_ns, tai_ns, side="left" if backwards else "right")) - 1
        return min(max(place, 0), self.edge_tai_ns.size - 2)


def channels_of(model: ForceModel) -> list[str]:
    """Return the channels that a force model reads."""
    names: list[str] = []
    if model.degree > 0 or model.density is not None:
        names += ["pole_x", "pole_y", "turn"]
    if model.degree > 0 or isinstance(model.density, ThermosphereNetwork):
        names += ["wobble_x", "wobble_y"]
    if model.sun or model.radiation:
        names += ["sun_x", "sun_y", "sun_z"]
    if model.moon:
        names += ["moon_x", "moon_y", "moon_z"]
    if isinstance(model.density, ThermosphereNetwork):
        names += ["f107", "f107_mean", "ap", "day_of_year"]
    return names


def build_environment(
    model: ForceModel,
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    orientation: EarthOrientation,
    bodies: BodyEphemeris,
) -> Environment:
    """Fit the polynomials from start to end.

    Raises
    ------
    DataGapError
        The orientation or the density indices do not cover the time.

    Validation
    ----------
    tests/unit/test_numerical_environment.py: against ERFA and the series themselves.
    """
    wanted = channels_of(model)
    spans = max(1, -(-(end_tai_ns - start_tai_ns) // NS_PER_DAY))
    edge = start_tai_ns + (np.arange(spans + 1, dtype=np.int64) * max(end_tai_ns - start_tai_ns, 1)) // spans
    coefficients: dict[str, Floats] = {}
    if "turn" in wanted:
        orientation.require(np.array([start_tai_ns, end_tai_ns]))
        coefficients |= _orientation(edge, orientation)
    if "sun_x" in wanted:
        coefficients |= _vector("sun", edge, bodies.sun_gcrf_m)
    if "moon_x" in wanted:
        coefficients |= _vector("moon", edge, bodies.moon_gcrf_m)
    if isinstance(model.density, ThermosphereNetwork):
        coefficients |= _indices(edge, model.density)
    return Environment(edge, {name: coefficients[name] for name in wanted})


def _nodes(edge: NDArray[np.int64], degree: int) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Return Chebyshev nodes in (-1, 1), their moments (s, k), and what turns values at them into coefficients."""
    count = degree + 1
    x = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    half = np.diff(edge) / 2.0
    tai = edge[:-1, np.newaxis] + np.rint(half[:, np.newaxis] * (1.0 + x)).astype(np.int64)
    return x, tai, np.linalg.inv(np.vander(x, increasing=True))


def _fitted(values: Floats, solve: Floats) -> Floats:
    return np.ascontiguousarray(np.einsum("ij,...j->...i", solve, values))


def _orientation(edge: NDArray[np.int64], orientation: EarthOrientation) -> dict[str, Floats]:
    degree = CHANNELS["turn"]
    x, tai, solve = _nodes(edge, degree)
    moments = Moments(tai, orientation)
    pole_x, pole_y, locator = moments.series(erfa.xys06a)
    values = moments.values
    middle = edge[:-1] + np.diff(edge) // 2
    half_days = np.diff(edge) / 2.0 / NS_PER_DAY
    even = _SIDEREAL_TURN_PER_DAY * half_days[:, np.newaxis] * x
    turn = np.asarray(erfa.era00(moments.day_jd, moments.ut1_days)) - locator + moments.tio_locator_rad()
    at_middle = Moments(middle, orientation)
    start = np.asarray(erfa.era00(at_middle.day_jd, at_middle.ut1_days))[:, np.newaxis]
    # What is left after the even turn is small, so that it does not matter how often the angle went round.
    rest = np.mod(turn - even - start + np.pi, 2.0 * np.pi) - np.pi
    angle = _fitted(rest, solve)
    angle[:, 0] += start[:, 0]
    angle[:, 1] += _SIDEREAL_TURN_PER_DAY * half_days
    _, slow_tai, slow = _nodes(edge, CHANNELS["wobble_x"])
    wobble = orientation.at(slow_tai)
    return {
        "pole_x": _fitted(pole_x + values.dx_rad, solve),
        "pole_y": _fitted(pole_y + values.dy_rad, solve),
        "turn": angle,
        "wobble_x": _fitted(wobble.x_pole_rad, slow),
        "wobble_y": _fitted(wobble.y_pole_rad, slow),
    }


def _vector(body: str, edge: NDArray[np.int64], place: object) -> dict[str, Floats]:
    _, tai, solve = _nodes(edge, CHANNELS[f"{body}_x"])
    assert callable(place)
    position = np.asarray(place(tai.reshape(-1))).reshape(*tai.shape, 3)
    return {f"{body}_{axis}": _fitted(position[..., k], solve) for k, axis in enumerate("xyz")}


def _indices(edge: NDArray[np.int64], density: ThermosphereNetwork) -> dict[str, Floats]:
    middle = edge[:-1] + np.diff(edge) // 2
    density.indices_at(edge)  # every moment must be covered, not the middles alone
    f107, mean, ap = density.indices_at(middle).T
    jd, fraction = utc_jd_from_tai_ns(middle)
    year, _, _, _ = erfa.jd2cal(jd, fraction)
    new_year, mjd = erfa.cal2jd(year, 1, 1)
    day = (np.asarray(jd) - new_year - mjd) + fraction
    return {
        "f107": f107[:, np.newaxis],
        "f107_mean": mean[:, np.newaxis],
        "ap": ap[:, np.newaxis],
        "day_of_year": np.stack([day, np.diff(edge) / 2.0 / NS_PER_DAY], axis=-1),
    }
