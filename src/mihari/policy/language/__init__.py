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
from mihari.policy.language._lint import QUOTATION_FIELDS, Finding, check_texts, lint_document, lint_text

__all__ = [
    "QUOTATION_FIELDS",
    "Finding",
    "Language",
    "LikelihoodBin",
    "check_texts",
    "confidence_words",
    "likelihood_bins",
    "likelihood_term",
    "likelihood_words",
    "lint_document",
    "lint_text",
]
