"""From the messages of a file to element sets: those that CCSDS would accept and SGP4 can use, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.formats._omm_message import Fault, OmmMessage, message_faults
from mihari.formats._omm_table import READ_KEYWORDS, read_omm_table
from mihari.formats._rejections import RejectionLog

__all__ = ["Block", "OmmMessages", "is_usable", "read_omm_messages"]

_PLACE = "_place"
_USER = "USER_DEFINED_"


@dataclass(frozen=True, slots=True)
class Block:
    """Usable messages that are built alike, as columns.

    Attributes
    ----------
    places : int64 array
        Where each stands among the messages of the file.
    columns : DataFrame
        Texts of the keywords, named by them; a row per place.
    """

    places: NDArray[np.int64]
    columns: pl.DataFrame


@dataclass(frozen=True, slots=True)
class OmmMessages:
    """The messages of one file.

    Attributes
    ----------
    singles : list
        Messages that were read one by one, not judged yet, each with its place.
    blocks : list of Block
        Messages that were read many at a time.
    line_of : callable
        Line of a keyword of the message at a place of a block.
    """

    singles: list[tuple[int, OmmMessage]]
    blocks: list[Block]
    line_of: Callable[[str, int], int]

    @classmethod
    def one_by_one(cls, messages: list[OmmMessage]) -> OmmMessages:
        """Return messages of which none was read in a block."""
        return cls(list(enumerate(messages)), [], lambda keyword, place: messages[place].line_of(keyword))


def is_usable(message: OmmMessage) -> bool:
    """Say whether the message states something and has no fault; the values of `READ_KEYWORDS` are not looked at."""
    return not message.states_nothing() and _first_fault(message) is None


def read_omm_messages(messages: OmmMessages, *, log: RejectionLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Turn messages into element sets and objects; what is refused is noted with its line.

    Returns
    -------
    element sets, objects : DataFrame
        As `read_omm_table`.
    """
    good: dict[int, OmmMessage] = {}
    for place, message in messages.singles:
        if message.states_nothing():
            log.add(message.line, None, "a message without content")
            continue
        fault = _first_fault(message)
        if fault is None:
            good[place] = message
        else:
            log.add(fault.line, fault.field, fault.reason)
    table, places = _in_one_table(good, messages.blocks)

    def line_of(keyword: str, row: int) -> int:
        place = places[row]
        return good[place].line_of(keyword) if place in good else messages.line_of(keyword, place)

    return read_omm_table(table, line_of=line_of, log=log)


def _in_one_table(good: dict[int, OmmMessage], blocks: list[Block]) -> tuple[pl.DataFrame, list[int]]:
    """Return keywords as columns of text, and the place of each row."""
    keywords = list(dict.fromkeys(keyword for message in good.values() for keyword in message.values))
    columns: dict[str, list[str | None]] = {
        keyword: [message.values.get(keyword) for message in good.values()] for keyword in keywords
    }
    singles = pl.DataFrame(columns, schema=dict.fromkeys(keywords, pl.String))
    singles = singles.with_columns(pl.Series(_PLACE, list(good), dtype=pl.Int64))
    frames = [block.columns.with_columns(pl.Series(_PLACE, block.places)) for block in blocks]
    table = pl.concat([singles, *frames], how="diagonal").sort(_PLACE)
    places = table[_PLACE].to_list()
    table = table.drop(_PLACE)
    # A keyword of CCSDS stands above the maker's own of the same name.
    shadowed = [name for name in table.columns if name.startswith(_USER) and name.removeprefix(_USER) in table.columns]
    return table.drop(shadowed).rename(lambda name: name.removeprefix(_USER)), places


def _first_fault(message: OmmMessage) -> Fault | None:
    faults = message_faults(message, unchecked=READ_KEYWORDS)
    return next((fault for fault in faults if not _is_tolerated(fault)), None)


def _is_tolerated(fault: Fault) -> bool:
    """Say whether practice lives with it: analyst objects have no designator, some makers write no name."""
    return fault.reason == "is missing" and fault.field in ("OBJECT_ID", "OBJECT_NAME")
