"""The threshold profiles that this node ships with, as a document."""

from __future__ import annotations

import math
from typing import Any, Final

from mihari.policy import ThresholdProfile, threshold_profiles

__all__ = ["profiles_document"]

_DEFAULT: Final = "cara"
"""What `assessment_request` takes when nobody chooses."""


def profiles_document() -> dict[str, Any]:
    """Return every shipped profile with its version and source, in the names and units of a profile's JSON file.

    Null stands for a limit that a profile does not have.
    """
    return {"default": _DEFAULT, "profiles": [_profile(ThresholdProfile.load(name)) for name in threshold_profiles()]}


def _profile(profile: ThresholdProfile) -> dict[str, Any]:
    deep = None
    if profile.deep_miss_distance_m is not None:
        deep = {
            "miss_km": profile.deep_miss_distance_m / 1e3,
            "horizon_days": _days(profile.deep_horizon_s),
            "action_horizon_days": _days(profile.deep_action_horizon_s),
        }
    return {
        "name": profile.name,
        "version": profile.version,
        "source": profile.source,
        "note": profile.note or None,
        "watch_probability": profile.watch_probability,
        "action_probability": profile.action_probability,
        "remediation_factor": profile.remediation_factor,
        "horizon_days": _days(profile.horizon_s),
        "miss_km": profile.miss_distance_m / 1e3 if math.isfinite(profile.miss_distance_m) else None,
        "deep_space": deep,
        "default_hard_body_radius_m": profile.default_hard_body_radius_m,
        "lead_time_hours": profile.lead_time_s / 3600.0,
        "maximum_probability_acts": profile.maximum_probability_acts,
    }


def _days(span_s: float | None) -> float | None:
    return None if span_s is None or not math.isfinite(span_s) else span_s / 86_400.0
