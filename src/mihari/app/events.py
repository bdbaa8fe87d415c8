"""Events as the store tells them: what needs a person now, how one event developed, what people wrote about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from mihari.astro.time import format_utc
from mihari.conjunction.assessment import next_tracking_of_history
from mihari.errors import NotFoundError
from mihari.model.assessment import ActionLevel, NextTracking
from mihari.model.provenance import DataMode
from mihari.store import ASSESSMENTS, EVENT_RECORDS, MANOEUVRES, Store

__all__ = ["EventFile", "event_file", "events_table"]

_LIST_COLUMNS = (*ASSESSMENTS.schema, "data_mode")
_LEVELS = {level.value: place for place, level in enumerate((ActionLevel.ACTION, ActionLevel.WATCH))}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """Everything that the node knows of one event.

    Attributes
    ----------
    event_id : str
    assessment : mapping
        The newest assessment as it was published.
    stale : str
        Why it is no longer what one should go by; empty while it stands.
    history : DataFrame
        One row per update, by the time the message was made, with `moved_by`.
    next_tracking : tuple of NextTracking or None
        Per object of the newest assessment, from how often its last observation moved on.
    tracking_since_update : tuple of str
        Per object, what was observed since the message before.
    records : DataFrame
        Recommendations, decisions and outcomes, oldest first.
    """

    event_id: str
    assessment: Mapping[str, Any]
    stale: str
    history: pl.DataFrame
    next_tracking: tuple[NextTracking | None, NextTracking | None]
    tracking_since_update: tuple[str, str]
    records: pl.DataFrame


def events_table(
    store: Store,
    *,
    after_tai_ns: int | None = None,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
) -> pl.DataFrame:
    """Return the newest assessment of every event, what needs a person now first.

    Parameters
    ----------
    after_tai_ns : int, optional
        Only events whose closest approach is later.
    as_of_tai_ns : int, optional
        What was known then.

    Returns
    -------
    DataFrame
        Columns of `ASSESSMENT_SCHEMA` without the document; `data_mode`; `updates`; `stale`; `previous_probability` and
        `previous_maximum_probability`, of the update before, null where there is none; `name_1`, `maneuverable_1`
        and the second object's, as the newest message tells them.
    """
    rows = store.records(ASSESSMENTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode, columns=_LIST_COLUMNS)
    moves = store.records(MANOEUVRES, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    ordered = rows.sort("creation_tai_ns", "learned_tai_ns")
    earlier = ordered.group_by("event_id", maintain_order=True).agg(
        pl.len().alias("updates"),
        pl.col("probability", "maximum_probability").slice(-2, 1).first().name.prefix("previous_"),
    )
    first = pl.col("updates") == 1
    earlier = earlier.with_columns(pl.when(~first).then(pl.col("^previous_.*$")).name.keep())
    newest = ordered.unique("event_id", keep="last", maintain_order=True).join(earlier, on="event_id")
    if after_tai_ns is not None:
        newest = newest.filter(pl.col("tca_tai_ns") > after_tai_ns)
    newest = newest.with_columns(
        pl.col("document").str.json_path_match(f"$.objects[{place}].{name}").alias(f"{name}_{place + 1}")
        for place in (0, 1)
        for name in ("name", "maneuverable")
    ).drop("document")
    stale = pl.Series("stale", [_moved(row, moves) for row in newest.iter_rows(named=True)], dtype=pl.String)
    level = pl.col("action_level").replace_strict(_LEVELS, default=len(_LEVELS), return_dtype=pl.Int8)
    most = pl.coalesce("probability", "maximum_probability").fill_null(0.0)
    return newest.with_columns(stale).sort(
        pl.col("stale") != "", level, -most, "tca_tai_ns", descending=False, maintain_order=True
    )


def _moved(row: Mapping[str, Any], moves: pl.DataFrame) -> str:
    """Say which manoeuvre makes an assessment stale."""
    numbers = [row["norad_cat_id_1"], row["norad_cat_id_2"]]
    for move in moves.iter_rows(named=True):
        if move["norad_cat_id"] in numbers and row["creation_tai_ns"] <= move["epoch_tai_ns"] <= row["tca_tai_ns"]:
            when = format_utc(move["epoch_tai_ns"], digits=0)
            return f"{move['norad_cat_id']} manoeuvres at {when} ({move['words']}), after this message was made"
    return ""


def event_file(
    store: Store, event_id: str, *, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
) -> EventFile:
    """Return one event with its history and what people wrote about it.

    Raises
    ------
    NotFoundError
        There is no such event.
    """
    rows = store.records(ASSESSMENTS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode).filter(
        pl.col("event_id") == event_id
    )
    if rows.is_empty():
        raise NotFoundError(f"there is no event {event_id!r}", where="--event", remedy="mihari assess lists them")
    history = rows.sort("creation_tai_ns", "learned_tai_ns")
    newest = history.row(-1, named=True)
    moves = store.records(MANOEUVRES, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    records = store.records(EVENT_RECORDS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    first, second = str(newest["designator_1"]), str(newest["designator_2"])
    seen = _last_observations(history)
    now = int(newest["creation_tai_ns"])
    return EventFile(
        event_id=event_id,
        assessment=json.loads(newest["document"]),
        stale=_moved(newest, moves),
        history=history.drop("document").with_columns(_moved_by(history)),
        next_tracking=(
            next_tracking_of_history(seen[first], now_tai_ns=now),
            next_tracking_of_history(seen[second], now_tai_ns=now),
        ),
        tracking_since_update=(_since_update(seen[first]), _since_update(seen[second])),
        records=records.filter(pl.col("event_id") == event_id).sort("written_tai_ns"),
    )


def _last_observations(history: pl.DataFrame) -> dict[str, list[int]]:
    """Per object, the time of its last observation in every update that tells it, oldest update first."""
    seen: dict[str, list[int]] = {}
    for row in history.iter_rows(named=True):
        for number in (1, 2):
            times = seen.setdefault(row[f"designator_{number}"], [])
            moment = row[f"last_observation_{number}_tai_ns"]
            if moment is not None:
                times.append(moment)
    return seen


def _since_update(times: Sequence[int]) -> str:
    """What was observed of one object since the message before."""
    if not times:
        return "no message tells when it was last observed"
    if len(times) == 1:
        return "first message that tells of observations"
    if times[-1] > times[-2]:
        return f"observed until {format_utc(times[-1], digits=0)}, {(times[-1] - times[-2]) / 3.6e12:.1f} h later"
    return "not observed since the message before"


def _moved_by(history: pl.DataFrame) -> pl.Series:
    """What moved each update: whose new observations, or that there were none."""
    words: list[str] = []
    before: dict[str, int] | None = None
    for row in history.iter_rows(named=True):
        seen = {
            row["designator_1"]: row["last_observation_1_tai_ns"] or 0,
            row["designator_2"]: row["last_observation_2_tai_ns"] or 0,
        }
        if before is None:
            words.append("first message")
        else:
            newer = [name for name, moment in seen.items() if moment > before.get(name, 0)]
            words.append(f"new observations of {', '.join(newer)}" if newer else "no new observations")
        before = seen
    return pl.Series("moved_by", words, dtype=pl.String)
