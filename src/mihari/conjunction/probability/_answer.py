"""What the ladder is given beside the estimates, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mihari.conjunction.probability._covariance import CovarianceFlag, CovarianceLimits
from mihari.conjunction.probability._maximum import Dilution
from mihari.conjunction.probability._monte_carlo import MonteCarloPlan
from mihari.conjunction.probability._number import UsageTests
from mihari.model.assessment import HardBodyRadius

__all__ = ["Cutoffs", "Effort", "LadderOptions", "LadderResult", "Method", "Rung"]


class Method(Enum):
    """The rungs, lowest first; the values are the names in documents."""

    CIRCLE = "2d"
    NC_2D = "2d_nc"
    NC_3D = "3d_nc"
    MONTE_CARLO = "monte_carlo"


class Effort(Enum):
    """How far to climb: up to the first rung that is trusted, or every rung."""

    NEEDED = "needed"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Above these values of the usage tests a rung is not trusted.

    Extended, offset and inaccurate of 2d and 2d_nc as CARA's multistep algorithm (AAS 23-398), extended and offset of
    3d_nc too. Skewed, multiple and 3d_nc's inaccurate (the change of the rate with a quarter fewer nodes) are ours.
    """

    circle: UsageTests = field(
        default_factory=lambda: UsageTests(extended=0.02, offset=0.01, inaccurate=0.02, skewed=0.02, multiple=0.01)
    )
    nc_2d: UsageTests = field(
        default_factory=lambda: UsageTests(extended=0.05, offset=0.1, inaccurate=0.1, skewed=0.02, multiple=0.01)
    )
    nc_3d: UsageTests = field(default_factory=lambda: UsageTests(extended=0.5, offset=0.75, inaccurate=0.01))


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderOptions:
    """How the ladder is climbed.

    Attributes
    ----------
    effort : Effort
    cutoffs : Cutoffs
    limits : CovarianceLimits
    window_s : tuple of float, optional
        Start and end of what is assessed, from the given time. Left out, 3-D-Nc and Monte Carlo take the segment
        between the greatest distances about closest approach. Given, the probability is of that window alone.
    monte_carlo : MonteCarloPlan, optional
        Without it Monte Carlo is not run.
    accept_repair : bool
        Lift the eigenvalues of a covariance that is not positive definite (`repaired_covariance`), trust what follows.
        Without it the values are computed and none is trusted.
    """

    effort: Effort = Effort.NEEDED
    cutoffs: Cutoffs = field(default_factory=Cutoffs)
    limits: CovarianceLimits = field(default_factory=CovarianceLimits)
    window_s: tuple[float, float] | None = None
    monte_carlo: MonteCarloPlan | None = None
    accept_repair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One method's answer.

    Attributes
    ----------
    method : Method
    value : float or None
        Given even when not trusted; None when the method gave none.
    bounds_95, bounds_99 : tuple of float, optional
        Of the sampling; deterministic methods have none.
    trusted : bool
    reason : str
        Why it is trusted or not.
    tests : mapping
        Name to value of every test that was made.
    """

    method: Method
    value: float | None
    trusted: bool
    reason: str
    tests: Mapping[str, float | bool] = field(default_factory=dict)
    bounds_95: tuple[float, float] | None = None
    bounds_99: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderResult:
    """The assessed probability of one conjunction.

    Attributes
    ----------
    probability : float or None
        Of the lowest trusted rung; None means not assessed.
    method : Method or None
    reason : str
        Why this method, or why the conjunction is not assessed.
    rungs : tuple of Rung
        Every rung that was evaluated, lowest first.
    flags_1, flags_2 : CovarianceFlag
        Of the two objects.
    repaired : bool
        An eigenvalue of the projected covariance was lifted to (1e-4 radius)^2, or a covariance repaired by request.
    shared_error_removed : bool
        Both objects had consider parameters and their common part was taken out.
    without_correction : LadderResult or None
        The same with the shared error left in, when it was taken out.
    dilution : Dilution or None
        None when no 2-D probability exists.
    maximum_probability : float or None
        Over the covariance scale of the 2-D method, and no less than `probability`; with one covariance missing, over
        the missing one (Frisbee).
    miss_distance_m, relative_speed_m_s, offset_s : float
        At the true closest approach, and its time from the given one; NaN without relative velocity.
    radius : HardBodyRadius
    """

    probability: float | None
    method: Method | None
    reason: str
    rungs: tuple[Rung, ...]
    flags_1: CovarianceFlag
    flags_2: CovarianceFlag
    repaired: bool
    shared_error_removed: bool
    without_correction: LadderResult | None
    dilution: Dilution | None
    maximum_probability: float | None
    miss_distance_m: float
    relative_speed_m_s: float
    offset_s: float
    radius: HardBodyRadius

    def rung(self, method: Method) -> Rung | None:
        """Return the rung of a method, or None when it was not evaluated."""
        return next((rung for rung in self.rungs if rung.method is method), None)

    def flag_names(self) -> list[str]:
        """Return the flags as text: object and fault, and what was done to the covariance."""
        names = [
            f"object_{number}_covariance_{flag.name.lower()}"
            for number, flags in ((1, self.flags_1), (2, self.flags_2))
            for flag in CovarianceFlag
            if flag in flags and flag.name and flag is not CovarianceFlag.NONE
        ]
        names += ["covariance_repaired"] if self.repaired else []
        return names + (["shared_error_removed"] if self.shared_error_removed else [])

    def methods(self) -> dict[str, dict[str, Any]]:
        """Return every rung as plain data: value, interval at 95 %, trusted, reason, tests."""
        return {
            rung.method.value: {
                "value": rung.value,
                "interval": None if rung.bounds_95 is None else list(rung.bounds_95),
                "trusted": rung.trusted,
                "reason": rung.reason,
                "tests": dict(rung.tests),
            }
            for rung in self.rungs
        }
