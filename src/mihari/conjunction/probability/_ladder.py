"""The ladder: every rung's value, which of them is trusted and why, or that none is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.probability._answer import (
    Effort,
    LadderOptions,
    LadderResult,
    Method,
    Rung,
)
from mihari.conjunction.probability._circle import CircleStatus, circle_probability
from mihari.conjunction.probability._covariance import (
    BLOCKING,
    CovarianceFlag,
    ObjectEstimate,
    covariance_flags,
    inertial_covariance,
    is_positive_definite,
    remove_shared_error,
    repaired_covariance,
    to_inertial,
)
from mihari.conjunction.probability._encounter import Plane, encounter_plane, move_to_closest_approach
from mihari.conjunction.probability._maximum import dilution, maximum_with_one_covariance
from mihari.conjunction.probability._monte_carlo import MonteCarloPlan, MonteCarloResult, monte_carlo
from mihari.conjunction.probability._number import (
    Nc2d,
    Nc3d,
    UsageTests,
    expected_number_2d,
    expected_number_3d,
    rectilinear,
    usage_of_circle,
)
from mihari.conjunction.probability._pair import CanonicalPair, canonical_pair
from mihari.errors import FrameMismatchError, UsageError
from mihari.model.assessment import HardBodyRadius

__all__ = ["probability_ladder"]

Floats = NDArray[np.float64]
NOT_DEFINITE: Final = CovarianceFlag.NOT_POSITIVE_DEFINITE | CovarianceFlag.NOT_POSITIVE_DEFINITE_6
TESTS: Final = ("extended", "offset", "inaccurate", "skewed", "multiple")


def probability_ladder(
    first: ObjectEstimate,
    second: ObjectEstimate,
    radius: HardBodyRadius,
    *,
    options: LadderOptions | None = None,
    rng: np.random.Generator | None = None,
) -> LadderResult:
    """Assess the probability that two objects collide in one encounter.

    Parameters
    ----------
    first, second : ObjectEstimate
        At the same moment, in one inertial frame. The message's rounding of that moment is undone: the 2-D method works
        at the true closest approach.
    radius : HardBodyRadius
    options : LadderOptions, optional
    rng : numpy.random.Generator, optional
        Needed when `options` asks for Monte Carlo.

    Returns
    -------
    LadderResult
        `probability` is None when no rung can be trusted.

    Raises
    ------
    FrameMismatchError
        The objects' states stand in two frames.
    UsageError
        Monte Carlo without a generator.

    References
    ----------
    D. T. Hall, L. Baars, S. Casali, "A multistep probability of collision algorithm", AAS 23-398, 2023.

    Validation
    ----------
    tests/validation/test_probability_cara.py: 27 messages of CARA, methods and violations.
    """
    options = options or LadderOptions()
    if first.frame is not second.frame:
        raise FrameMismatchError(
            f"the first object is in {first.frame.value}, the second in {second.frame.value}",
            remedy="convert both to one frame",
        )
    if options.monte_carlo is not None and rng is None:
        raise UsageError("Monte Carlo needs a random generator", remedy="give rng=numpy.random.default_rng(seed)")
    shared = first.shared_error is not None and second.shared_error is not None
    without = _climb(first, second, radius, options, rng, shared=False) if shared else None
    return _climb(first, second, radius, options, rng, shared=shared, without=without)


def _climb(
    first: ObjectEstimate,
    second: ObjectEstimate,
    radius: HardBodyRadius,
    options: LadderOptions,
    rng: np.random.Generator | None,
    *,
    shared: bool,
    without: LadderResult | None = None,
) -> LadderResult:
    flags_1 = covariance_flags(first.covariance, limits=options.limits)
    flags_2 = covariance_flags(second.covariance, limits=options.limits)
    relative = second.state_inertial - first.state_inertial
    encounter = move_to_closest_approach(relative[None, :3], relative[None, 3:])
    geometry = {
        "miss_distance_m": float(encounter.miss_distance_m[0]),
        "relative_speed_m_s": float(encounter.relative_speed_m_s[0]),
        "offset_s": float(encounter.offset_s[0]),
        "radius": radius,
        "flags_1": flags_1,
        "flags_2": flags_2,
    }
    bad = [(number, flags & BLOCKING) for number, flags in ((1, flags_1), (2, flags_2)) if flags & BLOCKING]
    if bad:
        words = "; ".join(f"object {number}: {_names(flags)}" for number, flags in bad)
        return LadderResult(
            probability=None,
            method=None,
            reason=f"not assessed: covariance of {words}",
            rungs=(),
            repaired=False,
            shared_error_removed=False,
            without_correction=None,
            dilution=None,
            maximum_probability=_one_sided(first, second, flags_1, flags_2, relative, radius),
            **geometry,  # type: ignore[arg-type]
        )
    one, two = inertial_covariance(first), inertial_covariance(second)
    mend = [options.accept_repair and bool(flags & NOT_DEFINITE) for flags in (flags_1, flags_2)]
    one, two = (repaired_covariance(c) if needed else c for c, needed in zip((one, two), mend, strict=True))
    combined = one + two
    shared_1 = shared_2 = None
    if shared:
        shared_1, shared_2 = _sensitivity(first), _sensitivity(second)
        combined = remove_shared_error(combined, shared_1, shared_2)
    moving = geometry["relative_speed_m_s"] > 0.0  # type: ignore[operator]
    plane = encounter_plane(encounter, combined[None, :3, :3]) if moving else None
    not_definite = bool((flags_1 | flags_2) & CovarianceFlag.NOT_POSITIVE_DEFINITE) or not is_positive_definite(
        combined[:3, :3]
    )
    curved = not bool((flags_1 | flags_2) & CovarianceFlag.NO_VELOCITY)
    pair = canonical_pair(
        first.state_inertial, one, second.state_inertial, two, shared_1_inertial=shared_1, shared_2_inertial=shared_2
    )
    climb = _Climb(options, radius.value_m, relative, combined, pair, rng, not_definite=not_definite, curved=curved)
    rungs, repaired = climb.rungs(plane)
    chosen = next((rung for rung in rungs if rung.trusted), None)
    found = None
    if plane is not None and not math.isinf(radius.value_m) and rungs[0].value is not None:
        found = dilution(plane.miss_m[0], plane.covariance_m2[0], np.zeros((2, 2)), radius.value_m)
    maxima = [] if found is None else [found.maximum_probability]
    maxima += [] if chosen is None or chosen.value is None else [chosen.value]
    return LadderResult(
        probability=None if chosen is None else chosen.value,
        method=None if chosen is None else chosen.method,
        reason=_reason(chosen, rungs, options),
        rungs=rungs,
        repaired=repaired or any(mend),
        shared_error_removed=shared,
        without_correction=without,
        dilution=found,
        maximum_probability=max(maxima, default=None),
        **geometry,  # type: ignore[arg-type]
    )


class _Climb:
    """One climb: the rungs in turn, each knowing what the ones below found."""

    def __init__(
        self,
        options: LadderOptions,
        radius: float,
        relative: Floats,
        combined: Floats,
        pair: CanonicalPair | None,
        rng: np.random.Generator | None,
        *,
        not_definite: bool,
        curved: bool,
    ) -> None:
        self.options, self.radius, self.pair, self.rng = options, radius, pair, rng
        self.line = rectilinear(relative, combined[:3, :3], radius if math.isfinite(radius) else 0.0)
        self.not_definite, self.curved = not_definite, curved
        self.fatal = not_definite and not options.accept_repair

    def rungs(self, plane: Plane | None) -> tuple[tuple[Rung, ...], bool]:
        """Return the rungs that were evaluated, and whether the plane's covariance was repaired."""
        usable = self.pair is not None and 0.0 < self.radius < math.inf
        nc = (
            expected_number_2d(self.pair, self.line, self.radius, window_s=self.options.window_s)
            if usable and self.pair and self.curved
            else None
        )
        circle, repaired = self._circle(plane, nc)
        rungs = [circle]
        if nc is None or self.pair is None:
            return tuple(rungs), repaired
        rungs.append(self._nc_2d(nc))
        below = any(rung.trusted for rung in rungs)
        everything = self.options.effort is Effort.ALL
        start, end = self.options.window_s or (None, None)
        whole = not below or self.options.window_s is not None
        if whole or everything or nc.bell is not None:
            rung, segment = self._nc_3d(self.pair, None if whole else nc.bell)
            rungs.append(rung)
            below = below or rung.trusted
            if start is None or end is None:
                start, end = segment
        if self.options.monte_carlo is not None and self.rng is not None and (everything or not below):
            if start is None or end is None:
                start, end = -0.25 * self.pair.period_s, 0.25 * self.pair.period_s
            rungs.append(self._monte_carlo(self.pair, self.options.monte_carlo, self.rng, start, end))
        return tuple(rungs), repaired

    def _judge(self, method: Method, value: float, tests: UsageTests, cut: UsageTests, *, extra: str = "") -> Rung:
        """Compare tests with cut-offs; a test that could not be made is not passed."""
        faults = [name for name in TESTS if not getattr(tests, name) <= getattr(cut, name)]
        values: dict[str, float | bool] = {name: getattr(tests, name) for name in TESTS if name}
        values["not_positive_definite"] = self.not_definite
        known = not math.isnan(value)
        reasons = [f"{name} ({getattr(tests, name):.3g} > {getattr(cut, name):g})" for name in faults]
        reasons += ["covariance not positive definite"] if self.fatal else []
        reasons += [extra] if extra else []
        return Rung(
            method=method,
            value=value if known else None,
            trusted=known and not reasons,
            reason="; ".join(reasons) or "all tests passed",
            tests=values,
        )

    def _circle(self, plane: Plane | None, nc: Nc2d | None) -> tuple[Rung, bool]:
        cut = self.options.cutoffs.circle
        if math.isinf(self.radius) or self.radius == 0.0:
            value = 1.0 if self.radius else 0.0
            return Rung(method=Method.CIRCLE, value=value, trusted=True, reason="the radius alone decides"), False
        if plane is None:
            return Rung(method=Method.CIRCLE, value=None, trusted=False, reason="no relative velocity"), False
        row = circle_probability(plane.miss_m, plane.covariance_m2, self.radius)
        value, status = float(row.probability[0]), CircleStatus(int(row.status[0]))
        repaired = status is CircleStatus.REPAIRED
        extra = "projected covariance not positive definite" if status is CircleStatus.NEGATIVE else ""
        if self.pair is None:
            return self._judge(
                Method.CIRCLE,
                value,
                UsageTests(extended=math.nan, offset=math.nan, inaccurate=math.nan),
                cut,
                extra="an orbit is open",
            ), repaired
        if nc is None:
            # Straight lines only: two tests can be made, the third says so.
            half = 8.222082216130435 * self.line.sigma_s
            tests = UsageTests(
                extended=min(1.0, 2.0 * half / self.pair.period_s),
                offset=min(1.0, (abs(self.line.time_s) + half) / self.pair.period_s),
                inaccurate=0.0,
            )
            rung = self._judge(Method.CIRCLE, value, tests, cut, extra=extra)
            told = {k: v for k, v in rung.tests.items() if k != "inaccurate"}
            reason = rung.reason.replace("all tests passed", "straight-line tests passed")
            return Rung(
                method=rung.method,
                value=rung.value,
                trusted=rung.trusted,
                reason=f"{reason}; no velocity covariance, so curvature was not tested",
                tests=told,
            ), repaired
        return self._judge(
            Method.CIRCLE, value, usage_of_circle(self.line, nc, self.pair.period_s), cut, extra=extra
        ), repaired

    def _nc_2d(self, nc: Nc2d) -> Rung:
        return self._judge(Method.NC_2D, nc.value, nc.tests, self.options.cutoffs.nc_2d, extra=nc.reason)

    def _nc_3d(self, pair: CanonicalPair, known: Nc3d | None) -> tuple[Rung, tuple[float, float]]:
        """Take what is known of the one bell, or integrate the whole segment."""
        window = self.options.window_s
        nc = known or expected_number_3d(pair, self.line, self.radius, whole=True, window_s=window)
        cut = self.options.cutoffs.nc_3d
        if window is not None:
            # The caller has said what counts; ends that cut into the encounter are meant.
            cut = UsageTests(extended=math.inf, offset=math.inf, inaccurate=cut.inaccurate)
        return self._judge(Method.NC_3D, nc.value, nc.tests, cut, extra=nc.reason), nc.window_s

    def _monte_carlo(
        self, pair: CanonicalPair, plan: MonteCarloPlan, rng: np.random.Generator, start: float, end: float
    ) -> Rung:
        result: MonteCarloResult = monte_carlo(pair, self.line, self.radius, window_s=(start, end), plan=plan, rng=rng)
        reasons = [result.reason] if result.reason else []
        reasons += ["covariance not positive definite"] if self.fatal else []
        return Rung(
            method=Method.MONTE_CARLO,
            value=result.probability,
            trusted=not reasons,
            reason="; ".join(reasons) or f"{result.hits} hits in {result.trials} trials",
            tests={"trials": float(result.trials), "hits": float(result.hits), "start_s": start, "end_s": end},
            bounds_95=result.bounds_95,
            bounds_99=result.bounds_99,
        )


def _reason(chosen: Rung | None, rungs: tuple[Rung, ...], options: LadderOptions) -> str:
    if chosen is not None:
        below = rungs[: rungs.index(chosen)]
        words = "".join(f"{rung.method.value} not: {rung.reason}. " for rung in below)
        return f"{words}{chosen.method.value}: {chosen.reason}"
    words = "; ".join(f"{rung.method.value}: {rung.reason}" for rung in rungs)
    hint = "" if options.monte_carlo is not None else "; Monte Carlo was not asked for"
    return f"not assessed: {words}{hint}"


def _names(flags: CovarianceFlag) -> str:
    return ", ".join(flag.name.lower().replace("_", " ") for flag in CovarianceFlag if flag in flags and flag.name)


def _sensitivity(estimate: ObjectEstimate) -> Floats:
    assert estimate.shared_error is not None
    turn = to_inertial(
        estimate.covariance_frame, position_inertial_m=estimate.position_m, velocity_inertial_m_s=estimate.velocity_m_s
    )
    return np.asarray(turn @ (estimate.shared_error.sensitivity * estimate.shared_error.sigma))


def _one_sided(
    first: ObjectEstimate,
    second: ObjectEstimate,
    flags_1: CovarianceFlag,
    flags_2: CovarianceFlag,
    relative: Floats,
    radius: HardBodyRadius,
) -> float | None:
    """Return the bound with one covariance unknown, when the other can be used."""
    known = [e for e, flags in ((first, flags_1), (second, flags_2)) if not flags & BLOCKING]
    if len(known) != 1 or not 0.0 < radius.value_m < math.inf:
        return None
    encounter = move_to_closest_approach(relative[None, :3], relative[None, 3:])
    if not encounter.relative_speed_m_s[0] > 0.0:
        return None
    plane = encounter_plane(encounter, inertial_covariance(known[0])[None, :3, :3])
    if not is_positive_definite(plane.covariance_m2[0]):
        return None
    return maximum_with_one_covariance(plane.miss_m[0], plane.covariance_m2[0], radius.value_m)
