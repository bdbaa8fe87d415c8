"""The equations of motion as heyoka's expressions.

Everything is in the units of the gravity field: its radius is one, and so is its gravitational parameter. Positions and
velocities are then both of order one, which is what the step control of a Taylor integrator wants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from mihari.astro.numerical._atmosphere_terms import drag_acceleration
from mihari.astro.numerical._density import ThermosphereNetwork
from mihari.astro.numerical._environment import CHANNELS
from mihari.astro.numerical._gravity import GravityField
from mihari.astro.numerical._model import ForceModel, Parameter, Shadow
from mihari.astro.numerical._shadow import shadow_events, sunlit_share
from mihari.astro.states import Frame
from mihari.constants import (
    ASTRONOMICAL_UNIT_M,
    EARTH_EQUATORIAL_RADIUS_M,
    MOON_MU_M3_S2,
    SPEED_OF_LIGHT_M_S,
    SUN_MU_M3_S2,
)

_PARAMETERS: Final = {Parameter.DRAG: "drag", Parameter.RADIATION: "radiation"}

__all__ = ["Layout", "Scale", "build_equations"]


@dataclass(frozen=True, slots=True)
class Scale:
    """The units of the equations in SI."""

    length_m: float
    time_s: float

    @classmethod
    def of(cls, gravity: GravityField) -> Scale:
        """Return the scale that makes the field's radius and parameter one."""
        return cls(gravity.radius_m, float(np.sqrt(gravity.radius_m**3 / gravity.mu_m3_s2)))

    @property
    def speed_m_s(self) -> float:
        """Unit of velocity."""
        return self.length_m / self.time_s

    @property
    def acceleration_m_s2(self) -> float:
        """Unit of acceleration."""
        return self.length_m / self.time_s**2


@dataclass(slots=True)
class Layout:
    """Which parameter of the compiled equations is what; names map to the first of consecutive places."""

    places: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def take(self, name: str, width: int = 1) -> list[Any]:
        """Return the parameters of a name, allotted when first asked for."""
        import heyoka

        if name not in self.places:
            self.places[name] = self.count
            self.count += width
        return [heyoka.par[self.places[name] + k] for k in range(width)]


@dataclass(slots=True)
class _Terms:
    """Expressions that several forces share."""

    model: ForceModel
    scale: Scale
    layout: Layout
    position: list[Any]
    velocity: list[Any]
    mass: Any
    powers: list[Any] = field(default_factory=list)

    def channel(self, name: str, *, per: float = 1.0) -> Any:
        """Return a channel of the environment at the moment, divided by `per`."""
        coefficients = self.layout.take(name, CHANNELS[name] + 1)
        total = coefficients[0]
        for k, coefficient in enumerate(coefficients[1:]):
            total = total + coefficient * self.power(k)
        return total / per if per != 1.0 else total

    def power(self, k: int) -> Any:
        """Return the time within the span, which runs from -1 to 1, to the power k + 1."""
        import heyoka as hy

        if not self.powers:
            (middle,), (rate,) = self.layout.take("middle"), self.layout.take("half_inverse")
            self.powers.append((hy.time - middle) * rate)
        while len(self.powers) <= k:
            half = len(self.powers) // 2
            self.powers.append(self.powers[half] * self.powers[len(self.powers) - half - 1])
        return self.powers[k]

    def vector(self, body: str) -> list[Any]:
        """Return the place of a body."""
        return [self.channel(f"{body}_{axis}", per=self.scale.length_m) for axis in "xyz"]


def build_equations(
    model: ForceModel, *, thrust: frozenset[Frame], transition: bool, parameters: tuple[Parameter, ...]
) -> tuple[list[tuple[Any, Any]], Layout, list[Any]]:
    """Return the differential equations, the layout of their parameters, and the events: the floor, then the shadow's.

    With `transition` the 6 + p columns of partial derivatives follow the six state variables, row by row.
    """
    import heyoka as hy

    layout = Layout()
    scale = Scale.of(model.field)
    state = list(hy.make_vars("x", "y", "z", "vx", "vy", "vz"))
    position, velocity = state[:3], state[3:]
    mass: Any = 1.0
    if thrust:
        (at_zero,), (flow,) = layout.take("mass"), layout.take("mass_flow")
        mass = at_zero - flow * hy.time
    terms = _Terms(model, scale, layout, position, velocity, mass)
    rest = _perturbations(terms, thrust)
    acceleration = _sum(_gravity(terms, model.degree, model.order), rest)
    system = [*zip(position, velocity, strict=True), *zip(velocity, acceleration, strict=True)]
    if transition:
        columns = [layout.take(_PARAMETERS[parameter])[0] for parameter in parameters]
        system += _variational(state, acceleration, columns)
    floor = (EARTH_EQUATORIAL_RADIUS_M + model.floor_altitude_m) / scale.length_m
    events = [hy.t_event_batch(_dot(position, position) - floor**2)]
    if model.radiation and model.shadow is Shadow.CONICAL:
        sun = terms.vector("sun")
        to_sun = [s - p for s, p in zip(sun, position, strict=True)]
        events += shadow_events(layout.places["light"], position, to_sun, length_m=scale.length_m)
    return system, layout, events


def _perturbations(terms: _Terms, thrust: frozenset[Frame]) -> list[Any]:
    model, scale = terms.model, terms.scale
    zero: list[Any] = [0.0, 0.0, 0.0]
    mu = model.field.mu_m3_s2
    sun = terms.vector("sun") if model.sun or model.radiation else zero
    total = zero
    if model.sun:
        total = _sum(total, _third_body(terms.position, sun, SUN_MU_M3_S2 / mu))
    if model.moon:
        total = _sum(total, _third_body(terms.position, terms.vector("moon"), MOON_MU_M3_S2 / mu))
    if model.radiation:
        total = _sum(total, _radiation(terms, sun, terms.layout.take("radiation")[0]))
    if model.density is not None:
        orientation = [terms.channel("pole_x"), terms.channel("pole_y")]
        turn_rate = terms.layout.take("turn", CHANNELS["turn"] + 1)[1] * terms.layout.take("half_inverse")[0]
        network: dict[str, Any] = {}
        if isinstance(model.density, ThermosphereNetwork):
            network = {name: terms.channel(name) for name in ("f107", "f107_mean", "ap", "day_of_year")}
        fixed = _earth_fixed(terms)[0] if network else None
        total = _sum(
            total,
            drag_acceleration(
                model.density,
                terms.position,
                terms.velocity,
                pole=orientation,
                turn_term=turn_rate,
                area_term=terms.layout.take("drag")[0] / terms.mass,
                length_m=scale.length_m,
                fixed=fixed,
                indices=network,
            ),
        )
    if model.relativity:
        total = _sum(total, _relativity(terms.position, terms.velocity, (SPEED_OF_LIGHT_M_S / scale.speed_m_s) ** 2))
    if thrust:
        total = _sum(total, _thrust(terms, thrust))
    return total


def _earth_fixed(terms: _Terms) -> tuple[list[Any], Any]:
    """Return the position in the ITRF, and a function that turns Earth-fixed vectors back to the GCRF."""
    import heyoka as hy

    x, y = terms.channel("pole_x"), terms.channel("pole_y")
    z = hy.sqrt(1.0 - x * x - y * y)
    a = 1.0 / (1.0 + z)
    rows = [[1.0 - a * x * x, -a * x * y, -x], [-a * x * y, 1.0 - a * y * y, -y], [x, y, z]]
    turn = terms.channel("turn")
    c, s = hy.cos(turn), hy.sin(turn)
    xp, yp = terms.channel("wobble_x"), terms.channel("wobble_y")

    def forth(vector: list[Any]) -> list[Any]:
        u = [_dot(row, vector) for row in rows]
        u = [c * u[0] + s * u[1], c * u[1] - s * u[0], u[2]]
        # Polar motion to first order: the square of 2e-6 rad is nothing.
        return [u[0] + xp * u[2], u[1] - yp * u[2], u[2] - xp * u[0] + yp * u[1]]

    def back(vector: list[Any]) -> list[Any]:
        u = [vector[0] - xp * vector[2], vector[1] + yp * vector[2], vector[2] + xp * vector[0] - yp * vector[1]]
        u = [c * u[0] - s * u[1], s * u[0] + c * u[1], u[2]]
        return [_dot([row[k] for row in rows], u) for k in range(3)]

    return forth(terms.position), back


def _gravity(terms: _Terms, degree: int, order: int) -> list[Any]:
    import heyoka as hy

    if degree == 0:
        central = _dot(terms.position, terms.position) ** -1.5
        return [-component * central for component in terms.position]
    fixed, back = _earth_fixed(terms)
    table = terms.model.field.coefficients[: (degree + 1) * (degree + 2) // 2]
    pull = hy.model.sh_gravity_acc(
        fixed,
        [[hy.expression(float(c)), hy.expression(float(s))] for c, s in table],
        mu=hy.expression(1.0),
        a=hy.expression(1.0),
        max_degree=degree,
        max_order=order,
    )
    return list(back(pull))


def _third_body(position: list[Any], body: list[Any], mu: float) -> list[Any]:
    """Vallado, Fundamentals of Astrodynamics, 4th ed., eq. 8-34."""
    away = [b - p for b, p in zip(body, position, strict=True)]
    near, far = _dot(away, away) ** -1.5, _dot(body, body) ** -1.5
    return [mu * (d * near - b * far) for d, b in zip(away, body, strict=True)]


def _radiation(terms: _Terms, sun: list[Any], area_to_mass: Any) -> list[Any]:
    """Montenbruck, Gill, Satellite Orbits, eq. 3.75, on a sphere."""
    import heyoka as hy

    model, scale = terms.model, terms.scale
    to_sun = [s - p for s, p in zip(sun, terms.position, strict=True)]
    square = _dot(to_sun, to_sun)
    distance = hy.sqrt(square)
    pressure = model.solar_flux_w_m2 / SPEED_OF_LIGHT_M_S / scale.acceleration_m_s2
    unit = (ASTRONOMICAL_UNIT_M / scale.length_m) ** 2
    push = pressure * unit * area_to_mass / terms.mass / square / distance
    if model.shadow is Shadow.CONICAL:
        mode = terms.layout.take("light")[0]
        push = push * sunlit_share(mode, terms.position, to_sun, length_m=scale.length_m)
    return [-push * component for component in to_sun]


def _relativity(position: list[Any], velocity: list[Any], light_squared: float) -> list[Any]:
    """IERS Conventions 2010, eq. 10.12, first line, beta = gamma = 1."""
    import heyoka as hy

    square = _dot(position, position)
    radius = hy.sqrt(square)
    factor = 1.0 / (light_squared * square * radius)
    along = 4.0 / radius - _dot(velocity, velocity)
    across = 4.0 * _dot(position, velocity)
    return [factor * (along * p + across * v) for p, v in zip(position, velocity, strict=True)]


def _thrust(terms: _Terms, frames: frozenset[Frame]) -> list[Any]:
    position, velocity, layout = terms.position, terms.velocity, terms.layout
    normal = _unit(_cross(position, velocity))
    total: list[Any] = [0.0, 0.0, 0.0]
    for frame in sorted(frames, key=lambda f: f.value):
        push = layout.take(f"thrust_{frame.value}", 3)
        if frame is Frame.GCRF:
            total = _sum(total, push)
            continue
        first = _unit(position if frame is Frame.RTN else velocity)
        # RTN: R, T = N x R, N. TNW: T, N = W x T, W.
        axes = (first, _cross(normal, first), normal)
        for component, axis in zip(push, axes, strict=True):
            total = _sum(total, [component * a for a in axis])
    return [component / terms.mass for component in total]


def _variational(state: list[Any], acceleration: list[Any], parameters: list[Any]) -> list[tuple[Any, Any]]:
    """Return d(partials)/dt = A partials + B; row by row, the columns being the state and then the parameters."""
    import heyoka as hy

    columns = 6 + len(parameters)
    partials = [[hy.make_vars(f"p{row}_{column}") for column in range(columns)] for row in range(6)]
    jacobian = hy.diff_tensors(
        [hy.expression(a) if isinstance(a, float) else a for a in acceleration],
        diff_args=[*state, *parameters],
        diff_order=1,
    ).jacobian
    system = []
    for row in range(6):
        for column in range(columns):
            if row < 3:
                rate = partials[row + 3][column]
            else:
                rate = _dot([jacobian[row - 3, k] for k in range(6)], [partials[k][column] for k in range(6)])
                if column >= 6:
                    rate = rate + jacobian[row - 3, column]
            system.append((partials[row][column], rate))
    return system


def _sum(first: list[Any], second: list[Any]) -> list[Any]:
    return [a + b for a, b in zip(first, second, strict=True)]


def _dot(first: list[Any], second: list[Any]) -> Any:
    total = first[0] * second[0]
    for a, b in zip(first[1:], second[1:], strict=True):
        total = total + a * b
    return total


def _cross(a: list[Any], b: list[Any]) -> list[Any]:
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def _unit(vector: list[Any]) -> list[Any]:
    inverse = _dot(vector, vector) ** -0.5
    return [component * inverse for component in vector]
