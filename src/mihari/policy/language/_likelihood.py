"""The words of likelihood: seven terms of ICD 203 as half-open bins, in English and Japanese from one table.

References
----------
ICD 203, Analytic Standards, 2015: the published ranges share their bounds (5 is in two of them), so a bound belongs to
the higher term here. Below 1 and above 99 per cent the table has no word, and none is made up.

Validation
----------
tests/unit/test_policy_language.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from mihari.errors import InputError
from mihari.model.space_event import Confidence, LikelihoodTerm

__all__ = ["Language", "LikelihoodBin", "confidence_words", "likelihood_bins", "likelihood_term", "likelihood_words"]


class Language(Enum):
    """The languages that the node writes."""

    EN = "en"
    JA = "ja"


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodBin:
    """One term with its range: from `lower`, below `upper`; the last one includes its upper bound.

    `spellings` are the words that a reader of texts should know it by, per language.
    """

    term: LikelihoodTerm
    lower: float
    upper: float
    words: dict[Language, str]
    spellings: dict[Language, tuple[str, ...]]


@lru_cache(maxsize=1)
def likelihood_bins() -> tuple[LikelihoodBin, ...]:
    """Return the table, least likely first."""
    return tuple(
        LikelihoodBin(
            term=LikelihoodTerm(row["term"]),
            lower=row["from"],
            upper=row["below"],
            words={Language.EN: row["term"], Language.JA: row["ja"]},
            spellings={
                Language.EN: (row["term"], *row["en_also"]),
                Language.JA: (row["ja"], *row["ja_also"]),
            },
        )
        for row in _table()["terms"]
    )


def likelihood_term(probability: float) -> LikelihoodTerm:
    """Return the term of a judged probability.

    Not for collision probabilities: those are computed, change by orders of magnitude, and stay numbers.

    Raises
    ------
    InputError
        Below 0.01 or above 0.99 there is no term: give the number, or say what is known.
    """
    bins = likelihood_bins()
    if not bins[0].lower <= probability <= bins[-1].upper:
        raise InputError(
            f"there is no term of likelihood for a probability of {probability:g}",
            remedy="the table reaches from 0.01 to 0.99; give the number itself",
        )
    return next((each.term for each in bins if probability < each.upper), bins[-1].term)


def likelihood_words(term: LikelihoodTerm, *, lang: Language) -> str:
    """Return a term as it is written in a language."""
    return next(each.words[lang] for each in likelihood_bins() if each.term is term)


def confidence_words(confidence: Confidence, *, lang: Language) -> str:
    """Return a confidence as it is written in a language, in a sentence of its own."""
    if lang is Language.EN:
        return f"{confidence.value} confidence"
    return str(next(row["ja"] for row in _table()["confidence"] if row["level"] == confidence.value))


@lru_cache(maxsize=1)
def _table() -> Any:
    path = files("mihari.policy.language") / "data" / "likelihood.json"
    return json.loads(path.read_text(encoding="utf-8"))
