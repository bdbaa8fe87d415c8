"""What each product says and in which words: templates and terminology as data, English and Japanese side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mihari.errors import NotFoundError

__all__ = ["LANGUAGES", "Template", "product_names", "product_template", "statement", "term", "terms"]

LANGUAGES: Final = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One product.

    Attributes
    ----------
    name : str
    title : mapping
        By language.
    kinds : tuple of str
        Kinds of events that it can be made of; none for statistics.
    sections : tuple of mapping
        Rows or a table of fields, each with its label and form.
    statements : tuple of str
        Fixed sentences, by their key in the terms.
    draft_only : bool
        A person completes and files it; it is never published.
    is_safety : bool
        The minimum safety notice, which no label stops.
    """

    name: str
    title: Mapping[str, str]
    kinds: tuple[str, ...]
    sections: tuple[Mapping[str, Any], ...]
    statements: tuple[str, ...]
    draft_only: bool
    is_safety: bool
    version: str


def _data(name: str) -> Any:
    return json.loads(files("mihari.release.products").joinpath(f"data/{name}").read_text(encoding="utf-8"))


@cache
def _templates() -> dict[str, Template]:
    told = _data("products.json")
    return {
        name: Template(
            name=name,
            title=each["title"],
            kinds=tuple(each["kinds"]),
            sections=tuple(each["sections"]),
            statements=tuple(each["statements"]),
            draft_only=bool(each.get("draft_only", False)),
            is_safety=bool(each.get("safety", False)),
            version=told["version"],
        )
        for name, each in told["products"].items()
    }


@cache
def terms() -> dict[str, Any]:
    """Return the terminology: labels, tables of values and fixed sentences, each in both languages."""
    told: dict[str, Any] = _data("terms.json")
    return told


def product_names() -> tuple[str, ...]:
    """Return the names of all products."""
    return tuple(_templates())


def product_template(name: str) -> Template:
    """Return the product of that name."""
    try:
        return _templates()[name]
    except KeyError:
        known = ", ".join(_templates())
        raise NotFoundError(
            f"there is no product {name[:80]!r}", where="--product", remedy=f"there are {known}"
        ) from None


def term(table: str, value: str, *, lang: str) -> str:
    """Return the word for a value of a closed list; one that is not in it is shown as it is."""
    entry = terms()["tables"][table].get(value)
    return str(entry[lang]) if entry else value


def statement(key: str, *, lang: str) -> str:
    """Return a fixed sentence."""
    return str(terms()["statements"][key][lang])
