"""How the node speaks: words of likelihood, and what no text of it may say."""

from __future__ import annotations

from mihari.policy.language._likelihood import (
    Language,
    LikelihoodBin,
    confidence_words,
    likelihood_bins,
    likelihood_term,
    likelihood_words,
)

__all__ = [
    "Language",
    "LikelihoodBin",
    "confidence_words",
    "likelihood_bins",
    "likelihood_term",
    "likelihood_words",
]
