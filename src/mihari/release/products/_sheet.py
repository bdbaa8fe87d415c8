"""From facts to a sheet of words and tables; every language and every form of a product is made from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mihari.errors import InputError
from mihari.release.products._templates import LANGUAGES, Template, statement, term, terms
from mihari.release.products._text import plain, plain_lines
from mihari.release.products._values import written

__all__ = ["check_same_figures", "figures_in", "sheet_texts", "sheets_of"]

_FIGURE: Final = re.compile(r"\d[\d.,:]*(?:[eE][+-]?\d+)?(?<![.,:])")
_MOST: Final = 4_000


def sheets_of(
    template: Template, facts: Mapping[str, Any], *, data_mode: str, withdraws: bool = False
) -> dict[str, Any]:
    """Return the sheets of a product, by language.

    A field that the facts lack leaves no trace; in drafts for people it stands there to be filled in.

    Raises
    ------
    InputError
        The languages do not hold the same figures, line by line: a text by a person was translated wrongly.
    """
    made = {lang: _sheet(template, facts, lang, data_mode=data_mode, withdraws=withdraws) for lang in LANGUAGES}
    check_same_figures(made["en"], made["ja"])
    return made


def _sheet(
    template: Template, facts: Mapping[str, Any], lang: str, *, data_mode: str, withdraws: bool
) -> dict[str, Any]:
    banners = [
        term("data_mode", data_mode, lang=lang),
        statement("draft_only", lang=lang) if template.draft_only else "",
    ]
    keys = (["withdrawal"] if withdraws else []) + list(template.statements)
    sections = [
        made
        for section in template.sections
        for one in _repeated(section, facts)
        if (made := _section(section, one, lang))
    ]
    return {
        "lang": lang,
        "title": template.title[lang],
        "banners": [each for each in banners if each],
        "sections": sections,
        "statements": [statement(key, lang=lang) for key in keys if key != "draft_only"],
    }


def _repeated(section: Mapping[str, Any], facts: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the facts once, or once for each member of the list that the section repeats over, as `asset`."""
    members = _found(facts, section["each"]) if "each" in section else None
    return [{**facts, "asset": member} for member in members] if members else [facts]


def _section(section: Mapping[str, Any], facts: Mapping[str, Any], lang: str) -> dict[str, Any] | None:
    labels = terms()["labels"]
    heading = labels[section["heading"]][lang]
    if "table" in section:
        members = _found(facts, section["table"])
        if not isinstance(members, list) or not members:
            return None
        used = [
            each for each in section["columns"] if any(_found(member, each["path"]) is not None for member in members)
        ]
        return {
            "heading": heading,
            "heads": [labels[each["label"]][lang] for each in used],
            "table": [[_cell(_found(member, each["path"]), each["form"], lang) for each in used] for member in members],
        }
    rows = []
    for each in section["rows"]:
        value = _found(facts, each["path"])
        text = _cell(value, each["form"], lang)
        if not text and section.get("required"):
            text = f"[{labels['to_fill'][lang]}]"
        if text:
            rows.append([labels[each["label"]][lang], text])
    return {"heading": heading, "rows": rows} if rows else None


def _cell(value: Any, form: str, lang: str) -> str:
    text = written(value, form, lang=lang)
    return plain_lines(text) if form == "lines" else plain(text, most=_MOST)


def _found(facts: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(facts, Mapping):
            return None
        facts = facts.get(name)
    return facts


def sheet_texts(sheet: Mapping[str, Any]) -> Iterable[str]:
    """Yield every text of a sheet, in order."""
    yield sheet["title"]
    yield from sheet["banners"]
    for section in sheet["sections"]:
        yield section["heading"]
        yield from section.get("heads", ())
        for row in section.get("rows", section.get("table", ())):
            yield from row
    yield from sheet["statements"]


def figures_in(text: str) -> Counter[str]:
    """Return every figure and time in a text with how often it stands there; full-width digits count as digits."""
    folded = text.translate({0xFF10 + digit: str(digit) for digit in range(10)})
    return Counter(_FIGURE.findall(folded))


def check_same_figures(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Raise InputError where two sheets of one product differ in figures or times anywhere."""
    ours, theirs = list(sheet_texts(first)), list(sheet_texts(second))
    if len(ours) != len(theirs):
        raise InputError("the languages do not have the same lines", where="product")
    for one, other in zip(ours, theirs, strict=True):
        if figures_in(one) != figures_in(other):
            raise InputError(
                f"figures differ between the languages: {one[:120]!r} and {other[:120]!r}",
                where="product",
                remedy="correct the text that a person wrote",
            )
