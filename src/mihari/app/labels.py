"""Labels of what the node makes itself: a screening carries those of the element sets that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.errors import InputError
from mihari.model.conjunction import ScreeningResult
from mihari.model.label import Label, parse_label
from mihari.model.orbit import ElementSets
from mihari.policy.access import joined_text, resolved_label

__all__ = ["PUBLIC_TEXT", "Operators", "expiries_of", "labelled_screening", "nobody_knows"]

PUBLIC_TEXT: Final = str(Label())

Operators = Callable[[int], frozenset[str]]
"""Gives the parties that operate the object of a catalogue number, none where nobody knows."""


def nobody_knows(norad_cat_id: int) -> frozenset[str]:
    """Return no party: what an asset register says that is not there."""
    return frozenset()


def expiries_of(labels: Iterable[str]) -> list[int]:
    """Return the moments at which one of the labels expires, TAI ns, ascending."""
    ends: set[int] = set()
    for text in labels:
        with suppress(InputError):
            end = parse_label(text).expires_tai_ns
            ends |= set() if end is None else {end}
    return sorted(ends)


def labelled_screening(result: ScreeningResult, sets: ElementSets, *, operators: Operators) -> ScreeningResult:
    """Return a screening with its labels: each row that of both its element sets, the coverage that of all.

    What was counted, left out and compared speaks of every set that was given, so the coverage is as narrow as the
    narrowest. OPERATOR is resolved object by object.

    Parameters
    ----------
    result : ScreeningResult
    sets : ElementSets
        All that the screening was given, with or without provenance; without, they are public.
    operators : callable
        See `Operators`.
    """
    frame = sets.frame
    texts = frame["label"] if "label" in frame.columns else pl.Series("label", [PUBLIC_TEXT] * frame.height)
    distinct = texts.unique().to_list()
    if not distinct or distinct == [PUBLIC_TEXT]:
        return result
    resolved = _resolved(frame["norad_cat_id"].to_list(), texts.to_list(), operators)
    kinds = list(dict.fromkeys(resolved.values()))
    places = {label: place for place, label in enumerate(kinds)}
    numbers = np.array(list(resolved), dtype=np.int64)
    place_of = np.array([places[label] for label in resolved.values()], dtype=np.int64)
    first, second = (_places(result, name, numbers, place_of) for name in ("norad_cat_id_1", "norad_cat_id_2"))
    # -1 is an object without an element set, an operator's own ephemeris: it adds nothing.
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    words = {pair: joined_text(kinds[each] for each in pair if each >= 0) for pair in pairs}
    row_texts = [words[pair] for pair in zip(first.tolist(), second.tolist(), strict=True)]
    rows = pl.Series("label", row_texts, dtype=pl.String)
    return ScreeningResult(replace(result.coverage, label=joined_text(kinds)), result.conjunctions.with_columns(rows))


def _resolved(numbers: list[int], texts: list[str | None], operators: Operators) -> Mapping[int, Label]:
    plain: dict[str | None, Label] = {}
    found: dict[int, Label] = {}
    for number, text in zip(numbers, texts, strict=True):
        if text not in plain:
            plain[text] = resolved_label(text, frozenset())
        names_operator = text is not None and "OPERATOR" in text
        found[number] = resolved_label(text, operators(number)) if names_operator else plain[text]
    return dict(sorted(found.items()))


def _places(
    result: ScreeningResult, column: str, numbers: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    asked = result.conjunctions[column].to_numpy().astype(np.int64)
    at = np.minimum(np.searchsorted(numbers, asked), numbers.size - 1)
    return np.where(numbers[at] == asked, places[at], -1)
