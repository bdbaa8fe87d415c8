"""What a collision would leave behind: masses, whether it is catastrophic, how many fragments by the NASA model."""

from __future__ import annotations

from typing import Final

from mihari.astro.breakup import collision_fragment_count, is_catastrophic
from mihari.model.assessment import Consequence

__all__ = ["consequence_of"]

_COUNTED_FROM_M: Final = 0.1


def consequence_of(
    *, first_mass_kg: float | None, second_mass_kg: float | None, relative_speed_m_s: float
) -> Consequence | None:
    """Return the consequence of a collision, or None when a mass is not known: no mass is invented.

    References
    ----------
    Johnson, Krisko, Liou, Anz-Meador, Adv. Space Res. 28(9), 2001, equation 4; Hejduk et al. 2017 (consequence).

    Validation
    ----------
    tests/validation/test_breakup_model.py (the counts); tests/unit/test_assessment_quality.py.
    """
    if not first_mass_kg or not second_mass_kg or first_mass_kg < 0.0 or second_mass_kg < 0.0:
        return None
    larger, smaller = max(first_mass_kg, second_mass_kg), min(first_mass_kg, second_mass_kg)
    count = collision_fragment_count(
        _COUNTED_FROM_M, larger_mass_kg=larger, smaller_mass_kg=smaller, impact_speed_m_s=relative_speed_m_s
    )
    return Consequence(
        is_catastrophic=is_catastrophic(
            larger_mass_kg=larger, smaller_mass_kg=smaller, impact_speed_m_s=relative_speed_m_s
        ),
        fragments_above_10_cm=float(count),
        mass_source="the message",
    )
