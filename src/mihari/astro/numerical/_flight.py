"""One batch of objects from stop to stop: spans of the environment, ends of arcs, impulses, and the times asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.numerical._environment import Environment
from mihari.astro.numerical._equations import Layout, Scale
from mihari.astro.numerical._integrators import IntegratorKey, borrow
from mihari.astro.numerical._manoeuvre import Impulse, Manoeuvre, ThrustArc, apply_impulse, impulse_jacobian
from mihari.astro.numerical._shadow import shadow_mode
from mihari.astro.numerical._status import PropagationStatus
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M

__all__ = ["Flight", "Job"]

Floats = NDArray[np.float64]

_STEPS_PER_LEG: Final = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What is to be flown, SI, and where the answer goes."""

    initial: Floats
    epoch_tai_ns: NDArray[np.int64]
    times_tai_ns: NDArray[np.int64]
    properties: Floats
    manoeuvres: tuple[tuple[Manoeuvre, ...], ...]
    state: Floats
    partials: Floats | None
    status: NDArray[np.uint8]


@dataclass(slots=True)
class _Lane:
    """One object on its way in one direction of time."""

    row: int
    backwards: bool
    here_tai_ns: int
    stops: list[int]
    wanted: NDArray[np.int64]
    flown: int = 0

    @classmethod
    def of(cls, job: Job, environment: Environment, row: int, *, backwards: bool) -> _Lane:
        """Plan the way of an object: the times asked for on this side of its epoch, and every stop before the last."""
        epoch = int(job.epoch_tai_ns[row])
        times = job.times_tai_ns[row]
        wanted = np.flatnonzero(times < epoch) if backwards else np.flatnonzero(times >= epoch)
        wanted = wanted[np.argsort(-times[wanted] if backwards else times[wanted], kind="stable")]
        if wanted.size == 0:
            return cls(row, backwards, epoch, [], wanted)
        last = int(times[wanted[-1]])
        marks = set(environment.edge_tai_ns.tolist())
        for burn in job.manoeuvres[row]:
            marks |= {burn.at_tai_ns} if isinstance(burn, Impulse) else {burn.start_tai_ns, burn.end_tai_ns}
        low, high = (last, epoch) if backwards else (epoch, last)
        stops = sorted({m for m in marks if low < m < high} | {last}, reverse=backwards)
        return cls(row, backwards, epoch, stops, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """Flies batches of a job."""

    key: IntegratorKey
    environment: Environment
    job: Job

    def run(self, rows: NDArray[np.int64]) -> None:
        """Fly the objects at `rows`, on from their epochs and back."""
        with borrow(self.key) as (integrator, layout):
            for backwards in (False, True):
                lanes = [_Lane.of(self.job, self.environment, int(row), backwards=backwards) for row in rows]
                if any(lane.stops for lane in lanes):
                    _Batch(self, integrator, layout, lanes).fly()


class _Batch:
    """A batch in one direction. Lanes that have arrived or failed stand still in a harmless state."""

    def __init__(self, flight: Flight, integrator: Any, layout: Layout, lanes: list[_Lane]) -> None:
        self.job, self.key, self.environment = flight.job, flight.key, flight.environment
        self.integrator, self.layout, self.lanes = integrator, layout, lanes
        self.scale = Scale.of(self.key.model.field)
        self.unit: Floats = np.repeat(np.array([self.scale.length_m, self.scale.speed_m_s]), 3)
        self.columns = 6 + len(self.key.parameters)
        integrator.set_time(np.zeros(self.key.lanes))
        integrator.pars[:] = 0.0
        integrator.state[:] = self._harmless()[:, np.newaxis]
        for k in range(self.key.lanes):
            self._set_environment(k, 0)
        if self.key.thrust:
            integrator.pars[layout.places["mass"]] = 1.0
        for k, lane in enumerate(lanes):
            state = self.job.initial[lane.row]
            if not np.isfinite(state).all() or not np.any(state[:3]):
                self._fail(k, PropagationStatus.NOT_FINITE)
            elif self._is_low(state):
                self._fail(k, PropagationStatus.BELOW_FLOOR)
            else:
                integrator.state[:6, k] = state / self.unit

    def fly(self) -> None:
        """Go from stop to stop until every lane has arrived."""
        for k, lane in enumerate(self.lanes):
            if lane.stops and not lane.backwards:
                self._impulses(k, lane.here_tai_ns)
            if lane.stops and "light" in self.layout.places:
                self._set_light(k)
        while any(lane.stops for lane in self.lanes):
            goal = self.integrator.time.copy()
            for k, lane in enumerate(self.lanes):
                if lane.stops:
                    goal[k] = self._clock(lane, lane.stops[0])
                    self._set_parameters(k)
            self._leg(goal)
            for k, lane in enumerate(self.lanes):
                if lane.stops:
                    stop = lane.stops.pop(0)
                    self._arrive(k, stop)
                    lane.here_tai_ns = stop

    def _leg(self, goal: Floats) -> None:
        """Integrate every lane to its goal, keeping the times in between; lanes that fail are taken out."""
        while True:
            before = self.integrator.time.copy()
            if np.array_equal(before, goal):
                return
            output, _ = self.integrator.propagate_until(goal, max_steps=_STEPS_PER_LEG, c_output=True)
            results = [result[0] for result in self.integrator.propagate_res]
            failed = {k: status for k, outcome in enumerate(results) if (status := self._verdict(outcome, goal, k))}
            if output is not None:
                self._keep(output, before)
            for k, status in failed.items():
                self._fail(k, status)
                goal[k] = self.integrator.time[k]

    def _verdict(self, outcome: Any, goal: Floats, lane: int) -> PropagationStatus:
        import heyoka as hy

        if outcome == hy.taylor_outcome.err_nf_state or not np.isfinite(self.integrator.state[:6, lane]).all():
            return PropagationStatus.NOT_FINITE
        if outcome == hy.taylor_outcome.step_limit:
            return PropagationStatus.TOO_MANY_STEPS
        if int(outcome) < 0 and int(outcome) > -(1 << 31):
            return PropagationStatus.BELOW_FLOOR
        return PropagationStatus.OK

    def _keep(self, output: Any, before: Floats) -> None:
        """Write what the last stretch passed; a moment at a stop is written on arrival."""
        after = self.integrator.time
        picked = [self._passed(k, before[k], after[k]) for k in range(len(self.lanes))]
        most = max(chosen.size for chosen in picked)
        if not most:
            return
        # A lane with fewer moments repeats where it stands.
        clock = np.tile(np.where(np.isfinite(after), after, before), (most, 1))
        for k, chosen in enumerate(picked):
            clock[: chosen.size, k] = self._clocks(self.lanes[k], chosen)
        values = output(clock)
        for k, chosen in enumerate(picked):
            self._write(self.lanes[k].row, chosen, values[: chosen.size, :, k])

    def _passed(self, k: int, before: float, after: float) -> NDArray[np.int64]:
        lane = self.lanes[k]
        if not lane.stops or after == before or not np.isfinite(after):
            return lane.wanted[:0]
        rest = lane.wanted[lane.flown :]
        clock = self._clocks(lane, rest)
        passed = (clock >= min(before, after)) & (clock <= max(before, after))
        passed &= self.job.times_tai_ns[lane.row, rest] != lane.stops[0]
        lane.flown += int(np.count_nonzero(passed))
        return np.asarray(rest[passed])

    def _arrive(self, k: int, stop: int) -> None:
        """Fly the impulses of a stop, and write the state there. Backwards, the state after them is the one wanted."""
        lane = self.lanes[k]
        here = self._take(k, stop)
        if lane.backwards:
            self._write_here(k, here)
            if lane.stops:
                self._impulses(k, stop)
            return
        self._impulses(k, stop)
        self._write_here(k, here)

    def _take(self, k: int, stop: int) -> NDArray[np.int64]:
        lane = self.lanes[k]
        rest = lane.wanted[lane.flown :]
        here = np.asarray(rest[self.job.times_tai_ns[lane.row, rest] == stop])
        lane.flown += here.size
        return here

    def _write_here(self, k: int, chosen: NDArray[np.int64]) -> None:
        if chosen.size:
            now = np.repeat(self.integrator.state[np.newaxis, :, k], chosen.size, axis=0)
            self._write(self.lanes[k].row, chosen, now)

    def _write(self, row: int, chosen: NDArray[np.int64], values: Floats) -> None:
        self.job.state[row, chosen] = values[:, :6] * self.unit
        if self.job.partials is not None:
            self.job.partials[row, chosen] = self._partials(values[:, 6:])

    def _partials(self, values: Floats) -> Floats:
        matrix = values.reshape(values.shape[0], 6, self.columns) * self.unit[:, np.newaxis]
        matrix[..., :6] /= self.unit
        return np.asarray(matrix)

    def _impulses(self, k: int, stop: int) -> None:
        lane = self.lanes[k]
        burns = [b for b in self.job.manoeuvres[lane.row] if isinstance(b, Impulse) and b.at_tai_ns == stop]
        for burn in reversed(burns) if lane.backwards else burns:
            state = np.asarray(self.integrator.state[:6, k] * self.unit)
            after: Floats = apply_impulse(state, burn, backwards=lane.backwards)
            if self.job.partials is not None:
                jump = impulse_jacobian(after if lane.backwards else state, burn)
                if lane.backwards:
                    jump = np.asarray(np.linalg.inv(jump), dtype=np.float64)
                partials = self._partials(self.integrator.state[np.newaxis, 6:, k])[0]
                partials = jump @ partials
                partials[:, :6] *= self.unit
                self.integrator.state[6:, k] = (partials / self.unit[:, np.newaxis]).reshape(-1)
            self.integrator.state[:6, k] = after / self.unit

    def _set_parameters(self, k: int) -> None:
        """Give a lane the polynomials, properties and thrust of the stretch before it."""
        lane, pars, places = self.lanes[k], self.integrator.pars, self.layout.places
        self._set_environment(k, self.environment.span_of(lane.here_tai_ns, backwards=lane.backwards))
        for name, value in zip(("drag", "radiation"), self.job.properties[:, lane.row], strict=True):
            if name in places:
                pars[places[name], k] = value
        if not self.key.thrust:
            return
        low, high = sorted((lane.here_tai_ns, lane.stops[0]))
        for frame in self.key.thrust:
            push = np.zeros(3)
            for arc in self.job.manoeuvres[lane.row]:
                if (
                    isinstance(arc, ThrustArc)
                    and arc.frame is frame
                    and arc.start_tai_ns <= low < high <= arc.end_tai_ns
                ):
                    push += np.array(arc.acceleration_m_s2) / self.scale.acceleration_m_s2
            place = places[f"thrust_{frame.value}"]
            pars[place : place + 3, k] = push
        mass = self._mass(lane.row, low)
        flow = (mass - self._mass(lane.row, high)) / ((high - low) * 1e-9) * self.scale.time_s
        pars[places["mass"], k] = mass + flow * self._clock(lane, low)
        pars[places["mass_flow"], k] = flow

    def _set_environment(self, k: int, span: int) -> None:
        pars, places = self.integrator.pars, self.layout.places
        epoch = int(self.job.epoch_tai_ns[self.lanes[min(k, len(self.lanes) - 1)].row])
        if "middle" not in places:
            return
        first, last = (int(t) for t in self.environment.edge_tai_ns[span : span + 2])
        half = 0.5 * (last - first) * 1e-9 / self.scale.time_s
        pars[places["middle"], k] = (first - epoch) * 1e-9 / self.scale.time_s + half
        pars[places["half_inverse"], k] = 1.0 / half
        for name, table in self.environment.coefficients.items():
            pars[places[name] : places[name] + table.shape[1], k] = table[span]

    def _set_light(self, k: int) -> None:
        """Say whether a lane begins in the light; from then on the events at the shadow's edges do."""
        lane = self.lanes[k]
        span = self.environment.span_of(lane.here_tai_ns, backwards=lane.backwards)
        first, last = (int(t) for t in self.environment.edge_tai_ns[span : span + 2])
        tau = 2.0 * (lane.here_tai_ns - first) / (last - first) - 1.0
        table = self.environment.coefficients
        sun = np.array([np.polynomial.polynomial.polyval(tau, table[f"sun_{axis}"][span]) for axis in "xyz"])
        position = self.integrator.state[:3, k] * self.scale.length_m
        self.integrator.pars[self.layout.places["light"], k] = shadow_mode(position, sun)

    def _mass(self, row: int, tai_ns: int) -> float:
        """Return an object's mass over that at its epoch."""
        epoch = int(self.job.epoch_tai_ns[row])
        low, high = sorted((epoch, tai_ns))
        burnt = 0.0
        for arc in self.job.manoeuvres[row]:
            if isinstance(arc, ThrustArc):
                overlap = min(high, arc.end_tai_ns) - max(low, arc.start_tai_ns)
                burnt += arc.mass_flow_per_s * max(0, overlap) * 1e-9
        return 1.0 - burnt if tai_ns >= epoch else 1.0 + burnt

    def _fail(self, k: int, status: PropagationStatus) -> None:
        lane = self.lanes[k]
        rest = lane.wanted[lane.flown :]
        self.job.status[lane.row, rest] = status
        lane.stops.clear()
        lane.flown = lane.wanted.size
        self.integrator.state[:, k] = self._harmless()
        if not np.isfinite(self.integrator.time[k]):
            clock = self.integrator.time.copy()
            clock[k] = 0.0
            self.integrator.set_time(clock)

    def _harmless(self) -> Floats:
        state = np.zeros(6 if self.job.partials is None else 6 + 6 * self.columns)
        state[:6] = 2.0, 0.0, 0.0, 0.0, 0.7, 0.0
        if self.job.partials is not None:
            state[6:] = np.eye(6, self.columns).reshape(-1)
        return state

    def _is_low(self, state: Floats) -> bool:
        floor = EARTH_EQUATORIAL_RADIUS_M + self.key.model.floor_altitude_m
        return float(np.linalg.norm(state[:3])) <= floor

    def _clock(self, lane: _Lane, tai_ns: int) -> float:
        return (tai_ns - int(self.job.epoch_tai_ns[lane.row])) * 1e-9 / self.scale.time_s

    def _clocks(self, lane: _Lane, chosen: NDArray[np.int64]) -> Floats:
        elapsed = self.job.times_tai_ns[lane.row, chosen] - self.job.epoch_tai_ns[lane.row]
        return np.asarray(elapsed * 1e-9 / self.scale.time_s)


def _covers(arc: ThrustArc, low_tai_ns: int, high_tai_ns: int) -> bool:
    return arc.start_tai_ns <= low_tai_ns < high_tai_ns <= arc.end_tai_ns
