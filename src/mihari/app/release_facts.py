"""What the node knows of an event, as facts without language: from reports, assessments and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from mihari.app.events import event_file
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import AmbiguousError, NotFoundError
from mihari.model.label import Label
from mihari.model.provenance import DataMode
from mihari.store import ASSESSMENTS, ELEMENT_SETS, SPACE_EVENTS, SPACE_OBJECTS, Store

__all__ = ["EventFacts", "event_facts", "statistics_facts"]

_WEEK: Final = "week:"
_WEEK_NS: Final = 7 * 86_400 * 1_000_000_000
_ADDED: Final = frozenset({"summary_en", "summary_ja", "facts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What may be told of an event before redaction, and what decides on that.

    Attributes
    ----------
    event_id : str
    facts : dict
        JSON; bilingual texts are mappings by language.
    label : str
        As the record has it, readable or not.
    kind : str
        An EventKind value; empty for statistics.
    objects : frozenset of int
        Catalogue numbers.
    terms : tuple of Label
        Of data besides the event that are in the facts; the audience sees each, and the release keeps their terms.
    """

    event_id: str
    facts: dict[str, Any]
    label: str
    kind: str
    objects: frozenset[int]
    data_mode: DataMode
    terms: tuple[Label, ...] = ()


def event_facts(store: Store, event_id: str, *, data_mode: DataMode | None = None) -> EventFacts:
    """Return the facts of one event: a reported one, or a close approach with its newest assessment.

    Raises
    ------
    NotFoundError
        There is no such event.
    AmbiguousError
        Several data modes have one of that name.
    """
    modes = (data_mode,) if data_mode is not None else store.data_modes(kind=SPACE_EVENTS)
    found = [each for mode in modes if (each := _reported(store, event_id, mode)) is not None]
    if not found:
        modes = (data_mode,) if data_mode is not None else store.data_modes(kind=ASSESSMENTS)
        found = [each for mode in modes if (each := _conjunction(store, event_id, mode)) is not None]
    if not found:
        raise NotFoundError(f"there is no event {event_id[:100]!r}", remedy="mihari events list, mihari assess")
    if len(found) > 1:
        names = [each.data_mode.value for each in found]
        what = f"{event_id} is an event of {', '.join(names)}"
        raise AmbiguousError(what, candidates=names, where="--mode", remedy="say which one")
    return found[0]


def _reported(store: Store, event_id: str, mode: DataMode) -> EventFacts | None:
    rows = store.records(SPACE_EVENTS, data_mode=mode).filter(pl.col("event_id") == event_id)
    if rows.is_empty():
        return None
    row = rows.sort("written_tai_ns", "learned_tai_ns").row(-1, named=True)
    told = json.loads(row["document"])
    numbers = [int(each) for each in told["objects"]]
    event = {name: told[name] for name in told if name not in _ADDED}
    event["facts"] = told["facts"]
    event["summary"] = {"en": told["summary_en"], "ja": told["summary_ja"]} if told["summary_en"] else None
    facts = {
        "event": event,
        "objects": _objects(store, numbers, mode),
        "alternatives": [
            {"text": {"en": each["text_en"], "ja": each["text_ja"]}, "probability": each["probability"]}
            for each in told["alternatives"]
        ],
        "evidence": told["evidence"],
        "sources": [{"name": each} for each in told["sources"]],
    }
    return EventFacts(
        event_id=event_id,
        facts=facts,
        label=str(row["label"]),
        kind=str(told["kind"]),
        objects=frozenset(numbers),
        data_mode=mode,
    )


def _conjunction(store: Store, event_id: str, mode: DataMode) -> EventFacts | None:
    try:
        found = event_file(store, event_id, data_mode=mode)
    except NotFoundError:
        return None
    told = found.assessment
    numbers = [int(each["norad_cat_id"]) for each in told["objects"] if each["norad_cat_id"] is not None]
    known = {each["norad_cat_id"]: each for each in _objects(store, numbers, mode)}
    labels = store.records(ASSESSMENTS, data_mode=mode, columns=("event_id", "label")).filter(
        pl.col("event_id") == event_id
    )
    facts = {
        "event": {
            "event_id": event_id,
            "kind": "CONJUNCTION",
            "status": "NEW" if found.history.height == 1 else "UPDATED",
            "start_utc": told["tca_utc"],
            "written_utc": told["creation_utc"],
        },
        "conjunction": {
            "tca_utc": told["tca_utc"],
            "miss_distance_m": told["miss_distance_m"],
            "relative_speed_m_s": told["relative_speed_m_s"],
            "probability": told["probability"],
            "maximum_probability": told["maximum_probability"],
            "method": told["method"],
            "action_level": told["action_level"],
            "latest_decision_utc": told["latest_decision_utc"],
            "created_utc": told["creation_utc"],
            "advisory": told["advisory"],
            "orbits": [_orbit(each) for each in told["objects"] if each.get("sigma_rtn_m")],
        },
        "objects": [
            known.get(each["norad_cat_id"], {})
            | {"norad_cat_id": each["norad_cat_id"], "name": each["name"] or each["designator"]}
            for each in told["objects"]
        ],
    }
    return EventFacts(
        event_id=event_id,
        facts=facts,
        label=str(labels["label"][-1]),
        kind="CONJUNCTION",
        objects=frozenset(numbers),
        data_mode=mode,
    )


def _orbit(each: Mapping[str, Any]) -> dict[str, Any]:
    sigma_m = max(float(value) for value in each["sigma_rtn_m"])
    return {"norad_cat_id": each["norad_cat_id"], "sigma_m": sigma_m, "degraded": False}


def _objects(store: Store, numbers: Iterable[int], mode: DataMode) -> list[dict[str, Any]]:
    """Name the objects; one that no catalogue names has its number only. A row has its own label under `_label`."""
    wanted = list(numbers)
    if not wanted:
        return []
    rows = store.records(SPACE_OBJECTS, data_mode=mode).filter(pl.col("norad_cat_id").is_in(wanted))
    found: dict[int, dict[str, Any]] = {}
    for row in rows.iter_rows(named=True):
        told = {
            "name": row["object_name"],
            "object_id": row["object_id"],
            "object_type": row["object_type"],
            "owner": row["owner"],
            "_label": row["label"],
        }
        kept = found.setdefault(int(row["norad_cat_id"]), {})
        kept |= {name: value for name, value in told.items() if value is not None}
    for number in wanted:
        if not found.get(number, {}).get("name"):
            sets = store.history(number, data_mode=mode)
            names = sets.frame["object_name"].drop_nulls()
            if not names.is_empty():
                found.setdefault(number, {})["name"] = names[-1]
    return [{"norad_cat_id": number, **found.get(number, {})} for number in wanted]


def statistics_facts(
    store: Store, name: str, *, data_mode: DataMode | None, is_told: Callable[[str], bool]
) -> EventFacts:
    """Return the figures of one week, counted over the records that the audience may be told of.

    Parameters
    ----------
    name : str
        `week:` and the UTC day that it begins with.
    is_told : callable
        Whether a label lets the audience in; what it does not is counted nowhere.
    """
    start_tai_ns = parse_utc(name.removeprefix(_WEEK))
    end_tai_ns = start_tai_ns + _WEEK_NS
    mode = data_mode or store.default_data_mode() or DataMode.REAL
    assessed = _told(store.records(ASSESSMENTS, data_mode=mode), is_told)
    near = assessed.filter(pl.col("tca_tai_ns").is_between(start_tai_ns, end_tai_ns, closed="left"))
    newest = near.sort("creation_tai_ns").unique("event_id", keep="last", maintain_order=True)
    levels = newest["action_level"].to_list()
    reports = _told(store.records(SPACE_EVENTS, data_mode=mode), is_told)
    within = reports.filter(pl.col("start_tai_ns").is_between(start_tai_ns, end_tai_ns, closed="left"))
    last = within.sort("written_tai_ns").unique("event_id", keep="last", maintain_order=True)
    counted = last.filter(pl.col("status") != "CANCELLED").group_by("kind").len().sort("kind")
    sets = _told(
        store.records(ELEMENT_SETS, data_mode=mode, columns=("norad_cat_id", "epoch_tai_ns", "label")), is_told
    ).filter(pl.col("epoch_tai_ns") < end_tai_ns)
    facts = {
        "statistics": {
            "start_utc": format_utc(start_tai_ns, digits=0),
            "end_utc": format_utc(end_tai_ns, digits=0),
            "catalogue_objects": sets["norad_cat_id"].n_unique(),
            "conjunction_events": newest.height,
            "conjunction_action": levels.count("action"),
            "conjunction_watch": levels.count("watch"),
            "events_by_kind": [{"kind": kind, "number": number} for kind, number in counted.iter_rows()],
        }
    }
    return EventFacts(event_id=name, facts=facts, label="PUBLIC", kind="", objects=frozenset(), data_mode=mode)


def _told(rows: pl.DataFrame, is_told: Callable[[str], bool]) -> pl.DataFrame:
    admitted = [label for label in rows["label"].unique().to_list() if is_told(label)]
    return rows.filter(pl.col("label").is_in(admitted))
