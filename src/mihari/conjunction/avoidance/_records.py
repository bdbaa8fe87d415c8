"""What a planner says of one candidate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Candidate", "CandidateKind", "EventOutcome", "Standing", "StationKeepingEffect"]

Triple = tuple[float, float, float]


class CandidateKind(Enum):
    """What a candidate is."""

    BURN = "burn"
    DO_NOTHING = "do nothing"
    WAIT = "wait for tracking"


class Standing(Enum):
    """How far a candidate has been looked at. Only the last one says "recommended"."""

    GRID = "evaluated on the grid"
    FLOWN = "flown in full dynamics"
    NOT_AVOIDING = "flown, and the goal is not met"
    NEW_CONJUNCTION = "screened, and it makes a new conjunction"
    NOT_SCREENED = "flown, but not screened to the end of the window"
    NOT_CONFIRMED = "screened, but no method of probability can be trusted after it"
    NOT_NEEDED = "passes everything, and so does doing nothing"
    RECOMMENDED = "recommended"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutcome:
    """One conjunction after a candidate.

    Attributes
    ----------
    secondary_id : int
    tca_tai_ns : int
        Closest approach after the candidate.
    miss_rtn_m : (radial, transverse, normal)
        The other object as the primary sees it.
    miss_distance_m, relative_speed_m_s : float
    probability : float or None
        None without a covariance: a probability is never made up.
    keep_out_ratio : float or None
        Separation over the keep-out volume's radius, execution error taken off; None with a covariance.
    is_avoided : bool
        Probability at most the goal, or ratio at least one.
    method : str or None
        Of the probability, where more than the given function was asked; see `confirm_by_ladder`.
    """

    secondary_id: int
    tca_tai_ns: int
    miss_rtn_m: Triple
    miss_distance_m: float
    relative_speed_m_s: float
    probability: float | None
    keep_out_ratio: float | None
    is_avoided: bool
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationKeepingEffect:
    """What a burn does to the orbit.

    Attributes
    ----------
    semi_major_axis_change_m, period_change_s : float
    longitude_drift_rad_s : float
        Change of mean motion, positive eastwards: what a geosynchronous object drifts by.
    along_track_offset_m : float
        At the end of the window, positive forwards.
    """

    semi_major_axis_change_m: float
    period_change_s: float
    longitude_drift_rad_s: float
    along_track_offset_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that may be done about the conjunctions of a window.

    Attributes
    ----------
    kind : CandidateKind
    standing : Standing
    burn_tai_ns : int
        Middle of the burn. The beginning of the window for "do nothing", the moment waited for for "wait".
    direction_rtn : (radial, transverse, normal)
        Unit vector; zeros without a burn.
    delta_v_m_s : float
    outcomes : tuple of EventOutcome
        Every conjunction of the window, in its order.
    total_probability : float or None
        That any of the conjunctions with a covariance is a collision, taken as independent. None when none has one.
    effect : StationKeepingEffect
    propellant_kg : float
    burn_duration_s : float
    violations : tuple of str
        Constraints that it breaks.
    note : str
        What else there is to say in words.
    """

    kind: CandidateKind
    standing: Standing
    burn_tai_ns: int
    direction_rtn: Triple
    delta_v_m_s: float
    outcomes: tuple[EventOutcome, ...]
    total_probability: float | None
    effect: StationKeepingEffect
    propellant_kg: float
    burn_duration_s: float
    violations: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_avoiding(self) -> bool:
        """Whether every conjunction is avoided and no constraint broken."""
        return not self.violations and all(outcome.is_avoided for outcome in self.outcomes)
