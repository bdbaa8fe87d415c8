"""The NASA standard breakup model: how many fragments, of what size, area, mass and speed.

One event is described by four distributions: the number above a characteristic length (a power law), the
area-to-mass ratio at a given length (normal mixtures in log10 space, different for spacecraft and rocket bodies),
the area at a given length, and the ejection speed at a given area-to-mass ratio. Every function works on arrays and
takes the random generator as an argument.

Two readings of the sources matter here. The area-to-mass distribution is a *mixture* of two normals (equations 5 and
6), not a weighted sum of two normal variables; and the mass of a non-catastrophic collision enters as projectile mass
times the *square* of the impact speed in km/s, the correction that followed the paper.

References
----------
Johnson, Krisko, Liou, Anz-Meador, "NASA's new breakup model of EVOLVE 4.0", Adv. Space Res. 28(9), 2001, 1377-1384.
Krisko, "Proper implementation of the 1998 NASA breakup model", Orbital Debris Quarterly News 15(4), 2011, 4-5.
Horstman, Hesar, revision of the non-catastrophic mass term, 2020.

Validation
----------
tests/validation/test_breakup_model.py: fixed lengths against the mixtures' mean, deviation and quantiles; counts and
slopes against published cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.errors import InputError

__all__ = [
    "CATASTROPHIC_ENERGY_J_KG",
    "AreaToMassMixture",
    "BreakupCause",
    "Fragments",
    "ParentKind",
    "area_to_mass_mixture",
    "collision_fragment_count",
    "cross_section_m2",
    "draw_area_to_mass_m2_kg",
    "draw_ejection_speed_m_s",
    "draw_fragments",
    "draw_lengths_m",
    "explosion_fragment_count",
    "is_catastrophic",
    "lengths_from_uniform_m",
]

Floats = NDArray[np.float64]

CATASTROPHIC_ENERGY_J_KG: Final = 40_000.0
"""Impact energy per target mass from which a collision destroys both. Johnson et al. 2001, section 2."""

_COLLISION_SLOPE: Final = 1.71
_EXPLOSION_SLOPE: Final = 1.60
_BRIDGE_FROM_M: Final = 0.08
_BRIDGE_TO_M: Final = 0.11
_LARGE_AREA_FROM_M: Final = 0.00167
_SPEED_SIGMA: Final = 0.4


class ParentKind(Enum):
    """What broke up; decides the area-to-mass ratios of the large fragments."""

    SPACECRAFT = "spacecraft"
    ROCKET_BODY = "rocket body"


class BreakupCause(Enum):
    """Explosion or collision; decides the size slope and the ejection speeds."""

    EXPLOSION = "explosion"
    COLLISION = "collision"


@dataclass(frozen=True, slots=True)
class AreaToMassMixture:
    """Two normal components of log10(area-to-mass in m2/kg), with the weight of the first; arrays of one shape."""

    weight: Floats
    mean_first: Floats
    sigma_first: Floats
    mean_second: Floats
    sigma_second: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """Drawn fragments, columnar: row i of each array is one fragment.

    Attributes
    ----------
    length_m : (n,) characteristic length
    area_to_mass_m2_kg : (n,)
    area_m2 : (n,) mean cross-section
    mass_kg : (n,) area over area-to-mass
    ejection_velocity_m_s : (n, 3) isotropic, relative to the parent, in whatever inertial axes the parent is in
    """

    length_m: Floats
    area_to_mass_m2_kg: Floats
    area_m2: Floats
    mass_kg: Floats
    ejection_velocity_m_s: Floats

    def __len__(self) -> int:
        return int(self.length_m.size)


def is_catastrophic(*, larger_mass_kg: float, smaller_mass_kg: float, impact_speed_m_s: float) -> bool:
    """Say whether a collision destroys the larger body: at least 40 J of impact energy per gram of it."""
    return 0.5 * smaller_mass_kg * impact_speed_m_s**2 >= CATASTROPHIC_ENERGY_J_KG * larger_mass_kg * (1.0 - 1e-12)


def collision_fragment_count(
    minimum_length_m: Floats | float, *, larger_mass_kg: float, smaller_mass_kg: float, impact_speed_m_s: float
) -> Floats:
    """Return the expected number of collision fragments at or above a length.

    0.1 M^0.75 L^-1.71, with M the mass of both bodies in a catastrophic collision, and the smaller mass times the
    squared impact speed in km/s otherwise. Johnson et al. 2001, equation 4, as corrected.
    """
    masses = (larger_mass_kg, smaller_mass_kg)
    if min(masses) < 0.0 or larger_mass_kg < smaller_mass_kg or impact_speed_m_s < 0.0:
        raise InputError(
            f"masses {masses} kg and impact speed {impact_speed_m_s} m/s do not describe a collision",
            remedy="give the larger mass first; nothing may be negative",
        )
    catastrophic = is_catastrophic(
        larger_mass_kg=larger_mass_kg, smaller_mass_kg=smaller_mass_kg, impact_speed_m_s=impact_speed_m_s
    )
    effective = sum(masses) if catastrophic else smaller_mass_kg * (impact_speed_m_s / 1000.0) ** 2
    count: Floats = 0.1 * effective**0.75 * _lengths(minimum_length_m) ** -_COLLISION_SLOPE
    return count


def explosion_fragment_count(minimum_length_m: Floats | float, *, scale: float = 1.0) -> Floats:
    """Return the expected number of explosion fragments at or above a length: 6 S L^-1.6, equation 2."""
    count: Floats = 6.0 * scale * _lengths(minimum_length_m) ** -_EXPLOSION_SLOPE
    return count


def lengths_from_uniform_m(
    uniform: Floats | float, *, cause: BreakupCause, minimum_m: float, maximum_m: float = np.inf
) -> Floats:
    """Map uniform numbers in [0, 1) to characteristic lengths by the inverse of the power law, cut at both ends."""
    if not 0.0 < minimum_m < maximum_m:
        raise InputError(
            f"lengths from {minimum_m} m to {maximum_m} m are no range", remedy="give 0 < minimum < maximum"
        )
    slope = _COLLISION_SLOPE if cause is BreakupCause.COLLISION else _EXPLOSION_SLOPE
    low, high = minimum_m**-slope, maximum_m**-slope
    lengths: Floats = (low + np.asarray(uniform, dtype=np.float64) * (high - low)) ** (-1.0 / slope)
    return lengths


def draw_lengths_m(
    rng: np.random.Generator, count: int, *, cause: BreakupCause, minimum_m: float, maximum_m: float = np.inf
) -> Floats:
    """Draw characteristic lengths; the number above L falls as L^-1.71 (collision) or L^-1.60 (explosion)."""
    return lengths_from_uniform_m(rng.random(count), cause=cause, minimum_m=minimum_m, maximum_m=maximum_m)


def cross_section_m2(length_m: Floats | float) -> Floats:
    """Return the mean cross-section of a fragment of given characteristic length, equations 8 and 9."""
    length = _lengths(length_m)
    area: Floats = np.where(length < _LARGE_AREA_FROM_M, 0.540424 * length**2, 0.556945 * length**2.0047077)
    return area


def area_to_mass_mixture(length_m: Floats | float, *, parent: ParentKind) -> AreaToMassMixture:
    """Return the mixture of log10(area-to-mass) at each length as the paper gives it, without the bridge.

    From 0.08 m down the one normal of small fragments (equation 7), as a mixture of weight one; above, the mixture of
    the parent's kind (equations 5 and 6). `draw_area_to_mass_m2_kg` blends the two between 0.08 and 0.11 m.
    """
    length = _lengths(length_m)
    large = _large_mixture(np.log10(length), parent)
    small = _small_mixture(np.log10(length))
    take = length < _BRIDGE_FROM_M
    return AreaToMassMixture(
        *(
            np.where(take, getattr(small, name), getattr(large, name))
            for name in ("weight", "mean_first", "sigma_first", "mean_second", "sigma_second")
        )
    )


def draw_area_to_mass_m2_kg(rng: np.random.Generator, length_m: Floats, *, parent: ParentKind) -> Floats:
    """Draw one area-to-mass ratio for each length.

    Between 0.08 and 0.11 m the paper leaves a gap. A fragment there comes from the large distribution with a
    probability that grows linearly with log length from 0 to 1, else from the small one.
    """
    length = _lengths(length_m)
    log_length = np.log10(length)
    share = (log_length - np.log10(_BRIDGE_FROM_M)) / np.log10(_BRIDGE_TO_M / _BRIDGE_FROM_M)
    chosen = np.where(rng.random(length.shape) < share, 1, 0)
    small, large = _small_mixture(log_length), _large_mixture(log_length, parent)
    first = rng.random(length.shape) < np.where(chosen == 1, large.weight, 1.0)
    mean = np.where(chosen == 1, np.where(first, large.mean_first, large.mean_second), small.mean_first)
    sigma = np.where(chosen == 1, np.where(first, large.sigma_first, large.sigma_second), small.sigma_first)
    drawn: Floats = 10.0 ** (mean + sigma * rng.standard_normal(length.shape))
    return drawn


def draw_ejection_speed_m_s(rng: np.random.Generator, area_to_mass_m2_kg: Floats, *, cause: BreakupCause) -> Floats:
    """Draw ejection speeds: log-normal, spread 0.4, centred on 0.9 x + 2.9 (collision) or 0.2 x + 1.85 (explosion).

    x is log10 of the area-to-mass ratio in m2/kg. Johnson et al. 2001, equations 11 and 12.
    """
    ratio = np.log10(np.asarray(area_to_mass_m2_kg, dtype=np.float64))
    centre = 0.9 * ratio + 2.9 if cause is BreakupCause.COLLISION else 0.2 * ratio + 1.85
    speed: Floats = 10.0 ** (centre + _SPEED_SIGMA * rng.standard_normal(ratio.shape))
    return speed


def draw_fragments(
    rng: np.random.Generator,
    count: int,
    *,
    parent: ParentKind,
    cause: BreakupCause,
    minimum_length_m: float,
    maximum_length_m: float,
    maximum_mass_kg: float = np.inf,
) -> Fragments:
    """Draw fragments of one body, isotropic in direction.

    The draws are independent, so their total mass is not the parent's: a few large pieces carry most of it. A piece
    heavier than `maximum_mass_kg` gets that mass, with its area kept, so no fragment outweighs its parent.
    """
    length = draw_lengths_m(rng, count, cause=cause, minimum_m=minimum_length_m, maximum_m=maximum_length_m)
    ratio = draw_area_to_mass_m2_kg(rng, length, parent=parent)
    area = cross_section_m2(length)
    ratio = np.maximum(ratio, area / maximum_mass_kg)
    speed = draw_ejection_speed_m_s(rng, ratio, cause=cause)
    direction = rng.standard_normal((count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return Fragments(
        length_m=length,
        area_to_mass_m2_kg=ratio,
        area_m2=area,
        mass_kg=area / ratio,
        ejection_velocity_m_s=speed[:, None] * direction,
    )


def _lengths(length_m: Floats | float) -> Floats:
    length = np.asarray(length_m, dtype=np.float64)
    if not np.all(length > 0.0):
        raise InputError("characteristic lengths must be positive", remedy="give metres above zero")
    return length


def _ramp(x: Floats, *, start: float, end: float, low: float, high: float) -> Floats:
    """Straight line from (start, low) to (end, high), constant outside."""
    line: Floats = np.interp(x, (start, end), (low, high))
    return line


def _small_mixture(log_length: Floats) -> AreaToMassMixture:
    mean = _ramp(log_length, start=-1.75, end=-1.25, low=-0.3, high=-1.0)
    sigma = np.where(log_length <= -3.5, 0.2, 0.2 + 0.1333 * (log_length + 3.5))
    return AreaToMassMixture(np.ones_like(mean), mean, sigma, mean, sigma)


def _large_spacecraft(x: Floats) -> AreaToMassMixture:
    return AreaToMassMixture(
        weight=np.clip(np.where(x <= -1.95, 0.0, 0.3 + 0.4 * (x + 1.2)), 0.0, 1.0),
        mean_first=np.where(x <= -1.1, -0.6, np.where(x >= 0.0, -0.95, -0.6 - 0.318 * (x + 1.1))),
        sigma_first=np.where(x <= -1.3, 0.1, np.where(x >= -0.3, 0.3, 0.1 + 0.2 * (x + 1.3))),
        mean_second=np.where(x <= -0.7, -1.2, np.where(x >= -0.1, -2.0, -1.2 - 1.333 * (x + 0.7))),
        sigma_second=np.where(x <= -0.5, 0.5, np.where(x >= -0.3, 0.3, 0.5 - (x + 0.5))),
    )


def _large_rocket_body(x: Floats) -> AreaToMassMixture:
    return AreaToMassMixture(
        weight=np.where(x <= -1.4, 1.0, np.where(x >= 0.0, 0.5, 1.0 - 0.3571 * (x + 1.4))),
        mean_first=np.where(x <= -0.5, -0.45, np.where(x >= 0.0, -0.9, -0.45 - 0.9 * (x + 0.5))),
        sigma_first=np.full_like(x, 0.55),
        mean_second=np.full_like(x, -0.9),
        sigma_second=np.where(x <= -1.0, 0.28, np.where(x >= 0.1, 0.1, 0.28 - 0.1636 * (x + 1.0))),
    )


_LARGE: Final[dict[ParentKind, Callable[[Floats], AreaToMassMixture]]] = {
    ParentKind.SPACECRAFT: _large_spacecraft,
    ParentKind.ROCKET_BODY: _large_rocket_body,
}


def _large_mixture(log_length: Floats, parent: ParentKind) -> AreaToMassMixture:
    return _LARGE[parent](log_length)
