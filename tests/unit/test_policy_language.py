"""Words of likelihood, and a linter under disguise: case, spacing, invisible letters, look-alikes, negation."""

from __future__ import annotations

import ast
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mihari
from mihari.errors import InputError
from mihari.model.space_event import Confidence, LikelihoodTerm
from mihari.policy.language import (
    Language,
    check_texts,
    confidence_words,
    likelihood_bins,
    likelihood_term,
    likelihood_words,
    lint_document,
    lint_text,
)

ROOT = Path(mihari.__file__).parent


@pytest.mark.parametrize(
    ("probability", "term"),
    [
        (0.01, "almost no chance"),
        (0.0499999, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (0.99, "almost certain"),
    ],
)
def test_a_bound_belongs_to_the_higher_term(probability: float, term: str) -> None:
    assert likelihood_term(probability) is LikelihoodTerm(term)


@pytest.mark.parametrize("probability", [0.0, 0.00999, 0.9901, 1.0, -1.0, float("nan"), 2e-4])
def test_outside_the_table_no_word_is_made_up(probability: float) -> None:
    with pytest.raises(InputError, match="no term"):
        likelihood_term(probability)


def test_the_bins_meet_and_every_term_has_words_in_both_languages() -> None:
    bins = likelihood_bins()
    assert [each.term for each in bins] == list(LikelihoodTerm)
    assert all(first.upper == second.lower for first, second in pairwise(bins))
    for lang in Language:
        words = [likelihood_words(term, lang=lang) for term in LikelihoodTerm]
        assert len(set(words)) == 7
        assert len({confidence_words(each, lang=lang) for each in Confidence}) == 3


def found(text: str, lang: Language = Language.EN) -> set[str]:
    return {each.rule for each in lint_text(text, lang=lang)}


CONCLUSIONS = [
    "Article V applies",
    "article 5 is invoked",
    "Art. V of the Treaty would be triggered",
    "The invocation of Article V follows",
    "Article V does not apply",
    "This was an armed attack",
    "It is not an armed attack.",
    "a violation of Article IX of the treaty",
    "an act of war",
    "It amounts to a use of force",
    "武力攻撃に該当する",
    "武力攻撃には該当しない",
    "第5条が適用される",
    "第五条は適用されない",
    "第５条を発動する",
    "国際法違反である",
]
INTENTS = [
    "a hostile satellite",
    "not hostile",
    "the enemy",
    "malicious interference",
    "deliberately tried to jam it",
    "it was intentional",
    "an attack on the satellite",
    "sabotage",
    "敵対的な行為",
    "敵対的ではない",
    "悪意がある",
    "意図的な電波妨害",
    "サイバー攻撃",
]


@pytest.mark.parametrize("text", CONCLUSIONS)
def test_conclusions_in_law_are_found(text: str) -> None:
    assert "legal-conclusion" in found(text)


@pytest.mark.parametrize("text", INTENTS)
def test_words_of_intent_are_found(text: str) -> None:
    assert "intent" in found(text)


DISGUISES = {
    "case": str.upper,
    "full-width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "zero-width": lambda text: "\u200b".join(text),
    "soft hyphen": lambda text: "\u00ad".join(text),
    "word joiner": lambda text: "\u2060".join(text),
    "hyphens": lambda text: text.replace(" ", "-"),
    "wide spaces": lambda text: text.replace(" ", "\u3000\u00a0"),
    "line ends": lambda text: text.replace(" ", "\n"),
    "underscores": lambda text: text.replace(" ", "_"),
    "emphasis": lambda text: text[:3] + "**" + text[3:5] + "**" + text[5:],
    "markup": lambda text: text[:3] + "<b>" + text[3:5] + "</b>" + text[5:],
    "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "accents": lambda text: text.replace("a", "á").replace("o", "ö").replace("e", "é"),
    "look-alikes": lambda text: text.replace("a", "а").replace("o", "о").replace("e", "е"),
    "digits": lambda text: text.replace("o", "0").replace("i", "1").replace("e", "3"),
    "together": lambda text: text.replace(" ", ""),
    "inside a word list": lambda text: f"radar, {text}; telescope",
}


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("text", ["armed attack", "hostile act"])
def test_disguises_do_not_help(name: str, text: str) -> None:
    assert found(DISGUISES[name](text)), DISGUISES[name](text)


@pytest.mark.parametrize(
    "text", ["h o s t i l e", "h.o.s.t.i.l.e", "hos-\ntile", "武 力 攻 撃", "武力・攻撃", "敵\u200b対", "第Ⅴ条の適用"]
)
def test_spaced_out_words_do_not_help(text: str) -> None:
    assert found(text, Language.JA)


@given(
    st.sampled_from(["hostile", "armed attack", "武力攻撃", "敵対"]),
    st.text(alphabet="\u200b\u200c\u200d\u2060\u00ad\ufeff", max_size=3),
    st.text(alphabet=" 。、,;:()[]", max_size=4),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_invisible_letters_anywhere_do_not_help(phrase: str, unseen: str, around: str) -> None:
    assert found(around + unseen.join(phrase) + around)


@pytest.mark.parametrize(
    "text",
    [
        "It is likely, with high confidence, that the object broke up.",
        "We assess with moderate confidence that a breakup is very unlikely.",
        "可能性が高く、確信度は高い。",
    ],
)
def test_likelihood_and_confidence_stand_apart(text: str) -> None:
    assert "likelihood-with-confidence" in found(text)


@pytest.mark.parametrize(
    "text", ["A collision is unlikely.", "The collision probability is very likely small.", "衝突する可能性が高い。"]
)
def test_collision_probabilities_are_never_words(text: str) -> None:
    assert "collision-probability-in-words" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Likelihood: likely\nConfidence: high",
        "A breakup is likely. Confidence is high.",
        "The probability of collision is 2.1e-4.",
        "Article IV: the Parties consult at the request of either.",
        "No immediate threats observed; conjunction assessments continue.",
        "The antenna has an angle of attack of 3 degrees.",
        "The photo shows ghosts, tiles and armed forces day.",
        "第4条の協議。可能性が高い。確信度は中程度。",
        "最接近距離は120 mである。意図は不明。",
        "電波干渉の報告。",
    ],
)
def test_what_may_be_said_passes(text: str) -> None:
    assert lint_text(text, lang=Language.EN) == []
    assert lint_text(text, lang=Language.JA) == []


def test_quotations_are_left_alone_and_nothing_else_is() -> None:
    words = "an armed attack against either Party"
    assert lint_document({"a": [{"quotation_en": words, "quotation": words}]}) == []
    hits = lint_document({"a": [{"line_en": words}]})
    assert {each.where for each in hits} == {"a[0].line_en"}


def test_a_refusal_names_place_and_phrase() -> None:
    with pytest.raises(InputError, match=r"summary_en.*hostile") as told:
        check_texts({"summary_en": "A hostile act."}, remedy="say what was measured")
    assert "say what was measured" in told.value.line()


def data_files() -> list[Path]:
    kept = [path for path in ROOT.rglob("*.json") if path.name != "forbidden.json" and "vendor" not in path.parts]
    assert len(kept) > 15
    return kept


@pytest.mark.parametrize("path", data_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_data_file_says_what_it_must_not(path: Path) -> None:
    told = [each for each in lint_document(json.loads(path.read_text(encoding="utf-8"))) if each.rule in STRICT]
    assert [each.text() for each in told] == []


STRICT = ("legal-conclusion", "intent", "likelihood-with-confidence")


def spoken(source: str) -> list[str]:
    """Return the texts in a module that can reach a reader: all strings but documentation."""
    tree = ast.parse(source)
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    silent |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in silent
        and " " in node.value
    ]


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).with_suffix("").as_posix()
)
def test_no_text_in_the_source_says_what_it_must_not(path: Path) -> None:
    text = "\n\n".join(spoken(path.read_text(encoding="utf-8")))
    assert [each.text() for each in lint_text(text[:400_000], lang=Language.EN) if each.rule in STRICT] == []


def test_the_walk_would_notice() -> None:
    assert found("\n\n".join(spoken('def f():\n    """Article V applies."""\n    return "a hostile act"'))) == {
        "intent"
    }


@pytest.mark.parametrize("path", sorted((ROOT / "web").rglob("*.js")), ids=lambda path: path.name)
def test_no_text_of_the_page_says_what_it_must_not(path: Path) -> None:
    if "vendor" in path.parts:
        return
    hits = lint_text(path.read_text(encoding="utf-8"), lang=Language.EN)
    assert [each.text() for each in hits if each.rule in ("legal-conclusion",)] == []
