"""Conjunction data messages for others: keywords by allow-list, no comments, covariances made coarser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihari.errors import FormatError
from mihari.formats.ccsds import Block, Entry, Item, Message, MessageKind, conjunction_message, message_faults

__all__ = ["redact_conjunction_message"]

_AXES: Final = ("R", "T", "N", "RDOT", "TDOT", "NDOT")

Degrade = Callable[[NDArray[np.float64], int | None], NDArray[np.float64]]


@cache
def _allowed() -> frozenset[str]:
    told = json.loads(files("mihari.release.redaction").joinpath("data/cdm-keywords.json").read_text(encoding="utf-8"))
    return frozenset(told["keywords"])


def redact_conjunction_message(message: Message, *, degrade: Degrade | None) -> Message:
    """Return a CDM with nothing but the keywords of the allow-list.

    Comments, what nobody knows, orbit determination and sensors' particulars are gone. Terms of drag, radiation and
    thrust go with the covariance that they belong to when it is made coarser.

    Parameters
    ----------
    message : Message
    degrade : callable, optional
        Takes the RTN covariance of an object, (6, 6) SI, and its catalogue number. None leaves covariances as they
        are: for an operator of one of the objects, whose safety data are never touched.

    Raises
    ------
    FormatError
        It is no CDM, or what is left is none.

    Validation
    ----------
    tests/unit/test_release_message.py.
    """
    if message.kind is not MessageKind.CDM:
        raise FormatError(f"is a {message.kind.value}, no CDM", where="message")
    made = message
    if degrade is not None:
        objects = conjunction_message(message).objects
        matrices = [
            None if each.covariance_rtn is None else degrade(each.covariance_rtn, each.norad_cat_id) for each in objects
        ]
        remaining = iter(matrices)
        made = replace(made, items=tuple(_coarser(item, remaining) for item in made.items))
    made = replace(made, items=_kept(made.items), parts=())
    faults = message_faults(made)
    if faults:
        raise FormatError(f"what is left is no valid message: {faults[0].reason}", where=faults[0].keyword)
    return made


def _kept(items: tuple[Item, ...]) -> tuple[Item, ...]:
    kept: list[Item] = []
    for item in items:
        if isinstance(item, Entry) and item.keyword in _allowed():
            kept.append(replace(item, attributes=()))
        elif isinstance(item, Block):
            inner = _kept(item.items)
            if inner:
                kept.append(replace(item, items=inner, attributes=()))
    return tuple(kept)


def _coarser(item: Item, matrices: object) -> Item:
    if not isinstance(item, Block):
        return item
    if item.name == "segment":
        matrix = next(matrices)  # type: ignore[call-overload]
        return replace(item, items=tuple(_with(each, matrix) for each in item.items))
    return replace(item, items=tuple(_coarser(each, matrices) for each in item.items))


def _with(item: Item, matrix: NDArray[np.float64] | None) -> Item:
    """Return an item with the covariance in the place of its own."""
    if not isinstance(item, Block):
        return item
    if item.name != "covarianceMatrix" or matrix is None:
        return replace(item, items=tuple(_with(each, matrix) for each in item.items))
    terms = {
        f"C{first}_{second}": float(matrix[row, column])
        for row, first in enumerate(_AXES)
        for column, second in enumerate(_AXES[: row + 1])
    }
    entries = [
        replace(each, value=repr(terms[each.keyword]))
        for each in item.items
        if isinstance(each, Entry) and each.keyword in terms
    ]
    return replace(item, items=tuple(entries))
