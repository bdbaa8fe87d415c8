"""The linter of texts: no conclusion in law, no intent, likelihood and confidence apart, no words for computed odds.

It reads every text in both languages, since a text may hold words of the other one. It is a net, not a proof: what
it lets through is still somebody's responsibility, and what it stops can be written by a named person as a statement.

References
----------
ICD 203: likelihood and confidence never in one sentence. Phrases: data/forbidden.json.

Validation
----------
tests/unit/test_policy_language.py: case, spaces, zero-width and full-width letters, hyphens, look-alikes, negation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import InputError
from mihari.policy.language._likelihood import Language, likelihood_bins
from mihari.policy.language._normal import english_forms, japanese_form, sentences

__all__ = ["QUOTATION_FIELDS", "Finding", "check_texts", "lint_document", "lint_text"]

QUOTATION_FIELDS: Final = frozenset({"quotation", "quotation_en", "quotation_ja"})
"""Members that hold the very words of an instrument or of a party; they are shown as quotations and not linted."""

_GAP_WORDS: Final = 5
_GAP_LETTERS: Final = 12
_SHOWN: Final = 160
_MOST_TEXT: Final = 1_000_000
_KEPT_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a text must not say.

    Attributes
    ----------
    rule : str
        `legal-conclusion`, `intent`, `likelihood-outside-table`, `likelihood-with-confidence` or
        `collision-probability-in-words`.
    phrase : str
        What was found, as it was read.
    sentence : str
        Where, cut to 160 characters.
    reason : str
    where : str
        Member of a document; empty for a text.
    """

    rule: str
    phrase: str
    sentence: str
    reason: str
    where: str = ""

    def text(self) -> str:
        """Return the finding as one line."""
        return f"{self.where + ': ' if self.where else ''}{self.rule}: {self.phrase!r} ({self.reason})"


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    reason: str
    english: re.Pattern[str]
    japanese: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    forbidden: tuple[_Rule, ...]
    likelihood: _Rule
    confidence: _Rule
    collision: _Rule
    exceptions: re.Pattern[str]


def lint_text(text: str, *, lang: Language) -> list[Finding]:
    """Return what a text must not say, in the order of its sentences; none when it may be sent.

    Parameters
    ----------
    text : str
    lang : Language
        The language that it is meant to be in; phrases of both are looked for.

    Raises
    ------
    InputError
        The text is too long to be read.
    """
    if len(text) > _MOST_TEXT:
        raise InputError(f"a text of {len(text):,} characters is not read", remedy="lint its parts")
    return list(_known_texts(text, lang) if len(text) <= _KEPT_TEXT else _of_text(text, lang))


def _of_text(text: str, lang: Language) -> tuple[Finding, ...]:
    order = list(Language) if lang is Language.EN else list(reversed(Language))
    found: dict[tuple[str, str], Finding] = {}
    parts = [(sentence, False) for sentence in sentences(text)]
    # Once more as a whole: a phrase may reach over the end of a line.
    for sentence, is_whole in [*parts, (text, True)]:
        for each in _of_sentence(sentence, order, is_whole=is_whole):
            found.setdefault((each.rule, each.phrase), each)
    return tuple(found.values())


# Texts of the data are looked at again and again.
_known_texts = lru_cache(maxsize=4_096)(_of_text)


def lint_document(document: Any, *, where: str = "") -> list[Finding]:
    """Return what the texts of a JSON document must not say; members of `QUOTATION_FIELDS` are left alone.

    Members whose names end in ``_ja`` are read as Japanese first.
    """
    return list(_of_document(document, where))


def check_texts(texts: Mapping[str, str], *, remedy: str) -> None:
    """Raise InputError for the first text that says what it must not; keys say where it stands."""
    for where, text in texts.items():
        found = lint_text(text, lang=Language.JA if where.endswith("_ja") else Language.EN)
        if found:
            raise InputError(f"{found[0].phrase!r} {found[0].reason}", where=where, remedy=remedy)


def _of_document(value: Any, where: str) -> Iterator[Finding]:
    if isinstance(value, str):
        lang = Language.JA if where.endswith("_ja") else Language.EN
        for each in lint_text(value, lang=lang):
            yield Finding(rule=each.rule, phrase=each.phrase, sentence=each.sentence, reason=each.reason, where=where)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in QUOTATION_FIELDS:
                yield from _of_document(member, f"{where}.{name}" if where else str(name))
    elif isinstance(value, Sequence):
        for place, member in enumerate(value):
            yield from _of_document(member, f"{where}[{place}]")


def _of_sentence(sentence: str, order: Iterable[Language], *, is_whole: bool) -> Iterator[Finding]:
    rules = _rules()
    english = {rules.exceptions.sub(" ", form) for form in english_forms(sentence)}
    japanese = japanese_form(sentence)

    def phrase_of(rule: _Rule) -> str | None:
        for lang in order:
            forms = english if lang is Language.EN else {japanese}
            pattern = rule.english if lang is Language.EN else rule.japanese
            hits = (hit for form in sorted(forms) if (hit := pattern.search(form)) is not None)
            if (hit := next(hits, None)) is not None:
                return hit[0]
        return None

    for rule in rules.forbidden:
        if (phrase := phrase_of(rule)) is not None:
            yield Finding(rule=rule.name, phrase=phrase, sentence=sentence.strip()[:_SHOWN], reason=rule.reason)
    if is_whole:  # likelihood and confidence may stand in one text, not in one sentence
        return
    likelihood = phrase_of(rules.likelihood)
    if likelihood is None:
        return
    for rule in (rules.confidence, rules.collision):
        if (phrase := phrase_of(rule)) is not None:
            told = f"{likelihood} ... {phrase}"
            yield Finding(rule=rule.name, phrase=told, sentence=sentence.strip()[:_SHOWN], reason=rule.reason)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    data = json.loads((files("mihari.policy.language") / "data" / "forbidden.json").read_text(encoding="utf-8"))
    words: dict[str, list[str]] = data["words"]
    bins = likelihood_bins()

    def rule(name: str, reason: str, english: Iterable[str], japanese: Iterable[str]) -> _Rule:
        return _Rule(name, reason, _english(english, words), _japanese(japanese))

    return _Rules(
        forbidden=tuple(
            rule(each["id"], each["reason"], each["en"], each["ja"]) for each in (*data["rules"], data["outside_table"])
        ),
        likelihood=rule(
            "likelihood",
            "",
            [spelling for each in bins for spelling in each.spellings[Language.EN]],
            [spelling for each in bins for spelling in each.spellings[Language.JA]],
        ),
        confidence=rule(
            "likelihood-with-confidence",
            "likelihood and confidence stand in sentences of their own",
            data["confidence"]["en"],
            data["confidence"]["ja"],
        ),
        collision=rule(
            "collision-probability-in-words",
            "the probability of a collision is a number, never a word of likelihood",
            data["collision"]["en"],
            data["collision"]["ja"],
        ),
        exceptions=_english(data["exceptions"]["en"], words),
    )


def _english(phrases: Iterable[str], words: Mapping[str, list[str]]) -> re.Pattern[str]:
    return re.compile("|".join(_english_phrase(phrase, words) for phrase in phrases))


def _english_phrase(phrase: str, words: Mapping[str, list[str]]) -> str:
    parts: list[str] = []
    needs_space = False
    for token in phrase.split():
        if token == "~":
            parts.append(rf"(?: [a-z0-9]+){{0,{_GAP_WORDS}}}? ")
            needs_space = True
            continue
        # Words may be written together ("armedattack"), yet a gap is told by its spaces.
        parts.append("" if not parts or needs_space else " ?")
        needs_space = False
        if token.startswith("{"):
            choices = "|".join(_word(each) for each in words[token.strip("{}")])
            parts.append(f"(?:{choices})")
        else:
            parts.append(_word(token))
    return rf"\b{''.join(parts)}\b"


def _word(text: str) -> str:
    return " ?".join(re.escape(each).replace(r"\*", "[a-z]*") for each in text.split())


def _japanese(phrases: Iterable[str]) -> re.Pattern[str]:
    gap = rf"\w{{0,{_GAP_LETTERS}}}?"
    return re.compile(
        "|".join(gap.join(re.escape(japanese_form(part)) for part in each.split("~")) for each in phrases)
    )
