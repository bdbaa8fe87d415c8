"""Pure rules: threshold profiles, and what they make of a probability."""

from __future__ import annotations

from mihari.policy._thresholds import Judgement, ThresholdProfile, counted_probability, judge, threshold_profiles

__all__ = ["Judgement", "ThresholdProfile", "counted_probability", "judge", "threshold_profiles"]
