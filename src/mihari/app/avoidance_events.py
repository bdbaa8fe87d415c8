"""The conjunctions of one object that messages tell of: out of files or the store, the newest message of each event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mihari.app.assess import read_conjunction_messages
from mihari.app.events import events_table
from mihari.conjunction.assessment import EventKey, data_mode_of, event_key, match_event, name_in_events
from mihari.errors import FormatError, InputError, NotFoundError, UsageError
from mihari.formats.ccsds import conjunction_message, parse_messages
from mihari.model.conjunction_message import ConjunctionMessage, ConjunctionObject
from mihari.model.intake import Rejection
from mihari.model.provenance import DataMode
from mihari.store import CONJUNCTION_MESSAGES, EmbeddedStore

__all__ = ["KnownMessages", "WarnedConjunction", "messages_of_files", "messages_of_store"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WarnedConjunction:
    """One conjunction of the primary, as the message that counts tells it.

    Attributes
    ----------
    event_id : str
    message : ConjunctionMessage
    primary, secondary : ConjunctionObject
        Of the message.
    data_mode : DataMode
    stale : str
        Why the message is no longer what one should go by; empty while it stands.
    """

    event_id: str
    message: ConjunctionMessage
    primary: ConjunctionObject
    secondary: ConjunctionObject
    data_mode: DataMode
    stale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A message that is not read yet, or is."""

    event_id: str
    creation_tai_ns: int
    tca_tai_ns: int
    data_mode: DataMode
    source: str | ConjunctionMessage
    stale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessages:
    """Every message that speaks of the primary.

    Attributes
    ----------
    primary : str
        As it is called in events.
    told : tuple
    rejected : tuple of Rejection
        What could not be read, when it came from files.
    others : int
        Messages that do not speak of the primary.
    """

    primary: str
    told: tuple[_Told, ...]
    rejected: tuple[Rejection, ...] = ()
    others: int = 0

    def newest_of(self, event_id: str) -> tuple[int, int]:
        """Return creation and closest approach of the newest message of an event.

        Raises
        ------
        NotFoundError
            No message about the primary belongs to it.
        """
        found = [each for each in self.told if each.event_id == event_id]
        if not found:
            raise NotFoundError(
                f"no message about {self.primary} belongs to event {event_id!r}", remedy="mihari assess lists events"
            )
        newest = max(found, key=lambda each: each.creation_tai_ns)
        return newest.creation_tai_ns, newest.tca_tai_ns

    def between(self, start_tai_ns: int, end_tai_ns: int, *, known_tai_ns: int) -> tuple[WarnedConjunction, ...]:
        """Return the conjunctions of a window in order of time, each from its newest message made by `known_tai_ns`.

        Raises
        ------
        FormatError
            A kept message can no longer be read.
        """
        newest: dict[str, _Told] = {}
        for each in self.told:
            held = newest.get(each.event_id)
            if each.creation_tai_ns <= known_tai_ns and (held is None or each.creation_tai_ns > held.creation_tai_ns):
                newest[each.event_id] = each
        inside = [each for each in newest.values() if start_tai_ns < each.tca_tai_ns <= end_tai_ns]
        return tuple(self._warned(each) for each in sorted(inside, key=lambda each: (each.tca_tai_ns, each.event_id)))

    def _warned(self, told: _Told) -> WarnedConjunction:
        message = told.source
        if isinstance(message, str):
            message = conjunction_message(parse_messages(message.encode(), name=told.event_id), name=told.event_id)
        first, second = message.objects
        if name_in_events(first) != self.primary:
            first, second = second, first
        return WarnedConjunction(
            event_id=told.event_id,
            message=message,
            primary=first,
            secondary=second,
            data_mode=data_mode_of(message, otherwise=told.data_mode),
            stale=told.stale,
        )


def messages_of_files(paths: Sequence[str | Path], *, primary: str, data_mode: DataMode) -> KnownMessages:
    """Return the messages of files and folders that speak of the primary.

    Raises
    ------
    FormatError
        Not one conjunction message could be read.
    InputError
        None of them speaks of the primary.
    """
    read, rejected = read_conjunction_messages(paths)
    if not read:
        first = rejected[0].text() if rejected else "no files were given"
        raise FormatError(first, remedy="give conjunction data messages; mihari message check says more")
    known: list[tuple[str, EventKey]] = []
    told = []
    for _, _, record in read:
        key = event_key(record)
        if primary not in (key.first, key.second):
            continue
        event_id = match_event(key, known) or key.event_id
        known.append((event_id, key))
        told.append(
            _Told(
                event_id=event_id,
                creation_tai_ns=record.creation_tai_ns,
                tca_tai_ns=record.tca_tai_ns,
                data_mode=data_mode,
                source=record,
            )
        )
    if not told:
        raise InputError(
            f"none of {len(read)} messages speaks of object {primary}",
            where="--primary",
            remedy=f"they speak of {_some(name for *_, r in read for name in map(name_in_events, r.objects))}",
        )
    return KnownMessages(primary=primary, told=tuple(told), rejected=tuple(rejected), others=len(read) - len(told))


def messages_of_store(
    store: EmbeddedStore, *, primary: str, event_id: str, as_of_tai_ns: int | None, data_mode: DataMode | None
) -> KnownMessages:
    """Return the kept messages that speak of the primary, with what makes their events stale.

    Raises
    ------
    NotFoundError
        There is no such event.
    UsageError
        The primary is neither of its objects.
    """
    columns = ("event_id", "creation_tai_ns", "tca_tai_ns", "designator_1", "designator_2", "text")
    modes = store.data_modes(kind=CONJUNCTION_MESSAGES, as_of_tai_ns=as_of_tai_ns)
    for mode in modes if data_mode is None else (data_mode,):
        rows = store.records(CONJUNCTION_MESSAGES, as_of_tai_ns=as_of_tai_ns, data_mode=mode, columns=columns)
        asked = rows.filter(pl.col("event_id") == event_id)
        if asked.height:
            break
    else:
        raise NotFoundError(f"there is no event {event_id!r}", where="EVENT", remedy="mihari assess lists them")
    pair = asked.row(0, named=True)
    if primary not in (pair["designator_1"], pair["designator_2"]):
        raise UsageError(
            f"object {primary} is none of event {event_id}",
            where="--primary",
            remedy=f"give {pair['designator_1']} or {pair['designator_2']}",
        )
    table = events_table(store, as_of_tai_ns=as_of_tai_ns, data_mode=mode)
    stale = dict(table.select("event_id", "stale").iter_rows())
    mine = rows.filter((pl.col("designator_1") == primary) | (pl.col("designator_2") == primary))
    told = [
        _Told(
            event_id=row["event_id"],
            creation_tai_ns=row["creation_tai_ns"],
            tca_tai_ns=row["tca_tai_ns"],
            data_mode=mode,
            source=row["text"],
            stale=stale.get(row["event_id"], ""),
        )
        for row in mine.iter_rows(named=True)
    ]
    return KnownMessages(primary=primary, told=tuple(told), others=rows.height - len(told))


def _some(names: Iterable[str], most: int = 6) -> str:
    every = sorted(set(names), key=lambda text: (len(text), text))
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
