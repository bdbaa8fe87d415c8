"""The probability that two objects collide in one encounter: a ladder of methods that says which one can be trusted.

`probability_ladder` answers for one conjunction; the methods stand beside it. Arrays in, frozen results out: no
messages, no policy.
"""

from __future__ import annotations

from mihari.conjunction.probability._answer import (
    Cutoffs,
    Effort,
    LadderOptions,
    LadderResult,
    Method,
    Rung,
)
from mihari.conjunction.probability._circle import CircleProbabilities, CircleStatus, circle_probability
from mihari.conjunction.probability._covariance import (
    BLOCKING,
    CovarianceFlag,
    CovarianceLimits,
    ObjectEstimate,
    SharedError,
    clip_eigenvalues,
    covariance_flags,
    inertial_covariance,
    is_positive_definite,
    remove_shared_error,
    repaired_covariance,
)
from mihari.conjunction.probability._cross_checks import (
    chan_probability,
    elrod_probability,
    foster_probability,
    square_probability,
)
from mihari.conjunction.probability._encounter import (
    Encounter,
    Plane,
    encounter_plane,
    linear_duration_s,
    move_to_closest_approach,
)
from mihari.conjunction.probability._ladder import probability_ladder
from mihari.conjunction.probability._maximum import (
    Dilution,
    Scaled,
    dilution,
    maximum_with_one_covariance,
    small_circle_maximum,
)
from mihari.conjunction.probability._monte_carlo import (
    Flow,
    MonteCarloPlan,
    MonteCarloResult,
    Sampling,
    binomial_interval,
)
from mihari.conjunction.probability._number import UsageTests
from mihari.conjunction.probability._sampling import SampleSpace, monte_carlo_probability, oblate_flow
from mihari.conjunction.probability._sensitivity import SensitivityGrid, sensitivity

__all__ = [
    "BLOCKING",
    "CircleProbabilities",
    "CircleStatus",
    "CovarianceFlag",
    "CovarianceLimits",
    "Cutoffs",
    "Dilution",
    "Effort",
    "Encounter",
    "Flow",
    "LadderOptions",
    "LadderResult",
    "Method",
    "MonteCarloPlan",
    "MonteCarloResult",
    "ObjectEstimate",
    "Plane",
    "Rung",
    "SampleSpace",
    "Sampling",
    "Scaled",
    "SensitivityGrid",
    "SharedError",
    "UsageTests",
    "binomial_interval",
    "chan_probability",
    "circle_probability",
    "clip_eigenvalues",
    "covariance_flags",
    "dilution",
    "elrod_probability",
    "encounter_plane",
    "foster_probability",
    "inertial_covariance",
    "is_positive_definite",
    "linear_duration_s",
    "maximum_with_one_covariance",
    "monte_carlo_probability",
    "move_to_closest_approach",
    "oblate_flow",
    "probability_ladder",
    "remove_shared_error",
    "repaired_covariance",
    "sensitivity",
    "small_circle_maximum",
    "square_probability",
]
