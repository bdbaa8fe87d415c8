"""Between tabulated states: piecewise polynomials of Hermite and Lagrange, joined end to end where a table has breaks.

Hermite meets the positions and velocities of its nodes, Lagrange the positions alone. Each interval has its own
polynomial through the nodes around it; near the ends the nodes lie to one side. Velocities are the derivative of the
positions, so that both always fit together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame, StateVectors
from mihari.errors import FrameMismatchError, InputError

__all__ = ["HIGHEST_DEGREE", "InterpolatedCurve", "JoinedCurves"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HIGHEST_DEGREE: Final = 15
"""Above it equally spaced nodes swing between each other more than they follow the orbit."""


@dataclass(frozen=True, slots=True, eq=False)
class InterpolatedCurve:
    """Positions as polynomials, one for each interval. Build with `hermite` or `lagrange`.

    Attributes
    ----------
    frame : Frame
        Not a turning one: the derivative of a position must be its velocity.
    node_tai_ns : (t,) int64
        Ascending.
    coefficient_m : (t - 1, m, 3) float64
        Of the powers 0 to m - 1 of the place within the interval, 0 to 1.
    """

    frame: Frame
    node_tai_ns: Integers
    coefficient_m: Floats

    @classmethod
    def hermite(cls, states: StateVectors, *, degree: int = 3) -> InterpolatedCurve:
        """Return the curve through positions and velocities.

        Parameters
        ----------
        states : StateVectors
            (t, 3) at ascending epochs (t,), in a frame that does not turn.
        degree : int
            Of each polynomial: 2 k - 1 meets k nodes, an even degree is taken as the odd one above it. With fewer nodes
            than that the degree is what they allow.

        References
        ----------
        Newton's divided differences with repeated nodes: Stoer, Bulirsch, Introduction to Numerical Analysis, 3rd ed.,
        section 2.1.5.

        Validation
        ----------
        tests/unit/test_interpolate.py: polynomials, order of convergence; tests/validation/test_ephemeris_states.py:
        other programs' trajectories.
        """
        return cls._through(states, points=(degree + 2) // 2, repeated=True)

    @classmethod
    def lagrange(cls, states: StateVectors, *, degree: int = 7) -> InterpolatedCurve:
        """Return the curve through positions; velocities are not looked at and may be NaN. Otherwise as `hermite`."""
        return cls._through(states, points=degree + 1, repeated=False)

    @classmethod
    def _through(cls, states: StateVectors, *, points: int, repeated: bool) -> InterpolatedCurve:
        if states.frame in (Frame.ITRF, Frame.RTN, Frame.TNW, Frame.VVLH):
            raise FrameMismatchError(f"{states.frame.value} turns, an inertial frame is needed", remedy="convert first")
        node, position = np.asarray(states.epoch_tai_ns, dtype=np.int64), states.position_m
        if position.ndim != 2 or node.shape != position.shape[:1] or node.size < 2:
            raise InputError(f"{position.shape} states at {node.shape} epochs", remedy="give (t, 3) at (t,), 2 or more")
        if np.any(np.diff(node) <= 0):
            raise InputError("the epochs of an ephemeris must ascend")
        used = states.velocity_m_s if repeated else position
        if not (np.isfinite(position).all() and np.isfinite(used).all()):
            raise InputError("an ephemeris has a missing state", remedy="leave it out")
        most = HIGHEST_DEGREE // 2 + 1 if repeated else HIGHEST_DEGREE + 1
        points = min(max(points, 2), most, node.size)
        interval = np.arange(node.size - 1)
        first = np.clip(interval - (points // 2 - 1), 0, node.size - points)
        which = first[:, np.newaxis] + np.arange(points)
        length_s = np.diff(node) * 1e-9
        place = (node[which] - node[:-1, np.newaxis]) * 1e-9 / length_s[:, np.newaxis]
        value = position[which]
        slope = None
        if repeated:
            place, value = np.repeat(place, 2, axis=1), np.repeat(value, 2, axis=1)
            slope = np.repeat(states.velocity_m_s[which], 2, axis=1) * length_s[:, np.newaxis, np.newaxis]
        return cls(states.frame, node, _powers(place, _divided_differences(place, value, slope)))

    @property
    def start_tai_ns(self) -> int:
        """First moment."""
        return int(self.node_tai_ns[0])

    @property
    def end_tai_ns(self) -> int:
        """Last moment."""
        return int(self.node_tai_ns[-1])

    @property
    def degree(self) -> int:
        """Degree of the polynomials."""
        return int(self.coefficient_m.shape[1]) - 1

    def states(self, times_tai_ns: Integers) -> Floats:
        """Return (n, 6) positions, m, and velocities, m/s; NaN outside the nodes."""
        node = self.node_tai_ns
        left = np.clip(np.searchsorted(node, times_tai_ns, side="right") - 1, 0, node.size - 2)
        length_s = ((node[left + 1] - node[left]) * 1e-9)[:, np.newaxis]
        x = ((times_tai_ns - node[left]) * 1e-9)[:, np.newaxis] / length_s
        coefficient = self.coefficient_m[left]
        place = coefficient[:, -1].copy()
        rate = np.zeros_like(place)
        for power in range(self.degree - 1, -1, -1):
            rate = rate * x + place
            place = place * x + coefficient[:, power]
        out = np.concatenate([place, rate / length_s], axis=1)
        out[(times_tai_ns < node[0]) | (times_tai_ns > node[-1])] = np.nan
        return out


@dataclass(frozen=True, slots=True, eq=False)
class JoinedCurves:
    """Curves of one object end to end, without a gap: each holds from its limit to the next.

    A manoeuvre at a limit is a break that no polynomial crosses. At a limit the later curve holds.

    Attributes
    ----------
    limit_tai_ns : (c + 1,) int64
        Ascending; within the nodes of the curves.
    curves : tuple of InterpolatedCurve
        Of one frame.
    """

    limit_tai_ns: Integers
    curves: tuple[InterpolatedCurve, ...]
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        limits = self.limit_tai_ns
        if limits.shape != (len(self.curves) + 1,) or not self.curves or np.any(np.diff(limits) <= 0):
            raise InputError(f"{len(self.curves)} curves need one more limit, ascending, not {limits.shape}")
        frames = {curve.frame for curve in self.curves}
        if len(frames) != 1:
            raise FrameMismatchError(f"curves in {' and '.join(sorted(f.value for f in frames))} cannot be joined")
        for curve, (first, last) in zip(self.curves, pairwise(limits.tolist()), strict=True):
            if first < curve.start_tai_ns or last > curve.end_tai_ns:
                raise InputError("a curve does not reach its limits")
        object.__setattr__(self, "frame", self.curves[0].frame)

    @classmethod
    def of(cls, curve: InterpolatedCurve) -> JoinedCurves:
        """Return one curve from its first node to its last."""
        return cls(np.array([curve.start_tai_ns, curve.end_tai_ns]), (curve,))

    @property
    def start_tai_ns(self) -> int:
        """First moment."""
        return int(self.limit_tai_ns[0])

    @property
    def end_tai_ns(self) -> int:
        """Last moment."""
        return int(self.limit_tai_ns[-1])

    def states(self, times_tai_ns: Integers) -> Floats:
        """Return (n, 6) positions, m, and velocities, m/s; NaN outside the limits."""
        if len(self.curves) == 1:
            out = self.curves[0].states(times_tai_ns)
        else:
            out = np.empty((times_tai_ns.size, 6))
            which = np.searchsorted(self.limit_tai_ns[1:-1], times_tai_ns, side="right")
            for number in np.unique(which):
                rows = which == number
                out[rows] = self.curves[number].states(times_tai_ns[rows])
        out[(times_tai_ns < self.start_tai_ns) | (times_tai_ns > self.end_tai_ns)] = np.nan
        return out


def _divided_differences(place: Floats, value: Floats, slope: Floats | None) -> Floats:
    """Return Newton's coefficients (i, m, 3) for nodes (i, m), of which two may be one where there is a slope."""
    difference = value.copy()
    for order in range(1, place.shape[1]):
        gap = (place[:, order:] - place[:, :-order])[:, :, np.newaxis]
        step = difference[:, order:] - difference[:, order - 1 : -1]
        if order == 1 and slope is not None:
            same = gap == 0.0
            step = np.where(same, slope[:, 1:], step)
            gap = np.where(same, 1.0, gap)
        difference[:, order:] = step / gap
    return difference


def _powers(place: Floats, newton: Floats) -> Floats:
    """Return coefficients of powers from Newton's form."""
    count = place.shape[1]
    out = np.zeros_like(newton)
    out[:, 0] = newton[:, -1]
    for index in range(count - 2, -1, -1):
        shifted = np.zeros_like(out)
        shifted[:, 1:] = out[:, :-1]
        out = shifted - out * place[:, index, np.newaxis, np.newaxis]
        out[:, 0] += newton[:, index]
    return out
