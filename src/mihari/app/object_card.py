"""Everything that a catalogue and the newest screening say of one object; its way; its distance from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.app.catalogue import Catalogue
from mihari.astro.earth import EarthOrientation
from mihari.astro.states import Frame
from mihari.errors import NotFoundError, UsageError
from mihari.model.orbit import ElementSets
from mihari.model.space_object import SpaceObjects
from mihari.picture import Picture, Separation, Track, build_picture, orbits_of, separation_of, track_of
from mihari.store import StoredRun

__all__ = [
    "LONGEST_SPAN_S",
    "MOST_ROWS",
    "ObjectCard",
    "ObjectTrack",
    "PairRange",
    "object_card",
    "object_track",
    "pair_range",
]

MOST_ROWS: Final = 2_000
LONGEST_SPAN_S: Final = 30 * 86_400.0
"""Public element sets say little about positions further ahead."""
_TRACK_ROWS: Final = 180
_RANGE_SPAN_S: Final = 86_400.0
_RANGE_STEP_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectCard:
    """One object.

    Attributes
    ----------
    picture : Picture
        Of this object alone, at the moment.
    elements : ElementSets
        The one set that the state is made from.
    history : ElementSets
        All sets of the object, oldest epoch first.
    facts : SpaceObjects
        What a satellite catalogue says of it, no row or one.
    run : StoredRun or None
        The newest screening; `approaches` are its conjunctions with this object, closest first.
    names : dict
        Of the objects that it comes close to, where a satellite catalogue has them.
    """

    picture: Picture
    elements: ElementSets
    history: ElementSets
    facts: SpaceObjects
    run: StoredRun | None
    approaches: pl.DataFrame
    names: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectTrack:
    """The way of one object and the element set it is made from."""

    norad_cat_id: int
    elements: ElementSets
    track: Track


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRange:
    """The distance of two objects and the element sets it is made from, in the order asked."""

    elements: ElementSets
    separation: Separation


def object_card(
    catalogue: Catalogue,
    norad_cat_id: int,
    *,
    at_tai_ns: int,
    frame: Frame,
    orientation: EarthOrientation,
    run: StoredRun | None,
) -> ObjectCard:
    """Gather what is known of one object.

    Raises
    ------
    NotFoundError
        The catalogue has no element set of that number.
    DataGapError
        The moment lies outside `orientation`.
    """
    history = catalogue.history(norad_cat_id)
    elements = _chosen(history, norad_cat_id, at_tai_ns)
    every = catalogue.objects().frame
    facts = SpaceObjects(every.filter(pl.col("norad_cat_id") == norad_cat_id))
    picture = build_picture(
        elements,
        facts,
        at_tai_ns=at_tai_ns,
        frame=frame,
        orientation=orientation,
        data_mode=catalogue.data_mode,
    )
    approaches = pl.DataFrame()
    names: dict[int, str] = {}
    if run is not None:
        pair = ("norad_cat_id_1", "norad_cat_id_2")
        found = run.result.conjunctions
        approaches = found.filter(pl.any_horizontal(pl.col(name) == norad_cat_id for name in pair))
        approaches = approaches.sort("miss_distance_m", "tca_tai_ns")
        others = pl.concat([approaches[name] for name in pair]).unique()
        known = every.filter(pl.col("norad_cat_id").is_in(others.implode()) & pl.col("object_name").is_not_null())
        names = dict(known.select("norad_cat_id", "object_name").iter_rows())
    return ObjectCard(
        picture=picture,
        elements=elements,
        history=history,
        facts=facts,
        run=run,
        approaches=approaches,
        names=names,
    )


def object_track(
    catalogue: Catalogue,
    norad_cat_id: int,
    *,
    start_tai_ns: int,
    span_s: float | None,
    step_s: float | None,
    frame: Frame,
    orientation: EarthOrientation,
) -> ObjectTrack:
    """Return the way of one object, all of it made from the element set that stands at the start.

    Parameters
    ----------
    span_s : float, optional
        Default: one revolution.
    step_s : float, optional
        Default: a 180th of the span.

    Raises
    ------
    NotFoundError
        The catalogue has no element set of that number.
    UsageError
        More than `MOST_ROWS` rows.
    DataGapError
        A moment lies outside `orientation`.
    """
    elements = _chosen(catalogue.history(norad_cat_id), norad_cat_id, start_tai_ns)
    period_s = float(orbits_of(elements).period_s[0])
    span = min(period_s, LONGEST_SPAN_S) if span_s is None else span_s
    times = _times(start_tai_ns, span, span / _TRACK_ROWS if step_s is None else step_s)
    track = track_of(elements, times_tai_ns=times, frame=frame, orientation=orientation)
    return ObjectTrack(norad_cat_id=norad_cat_id, elements=elements, track=track)


def pair_range(
    catalogue: Catalogue, first: int, second: int, *, start_tai_ns: int, span_s: float | None, step_s: float | None
) -> PairRange:
    """Return how far two objects are from each other; a day in steps of a minute unless said otherwise.

    Raises
    ------
    NotFoundError
        The catalogue lacks an element set of one of them.
    UsageError
        More than `MOST_ROWS` rows, or twice the same object.
    """
    if first == second:
        raise UsageError("an object is no distance from itself", where="other", remedy="name two objects")
    both = ElementSets(
        pl.concat([_chosen(catalogue.history(each), each, start_tai_ns).frame for each in (first, second)])
    )
    span = _RANGE_SPAN_S if span_s is None else span_s
    times = _times(start_tai_ns, span, max(_RANGE_STEP_S, span / (MOST_ROWS - 1)) if step_s is None else step_s)
    return PairRange(elements=both, separation=separation_of(both, times_tai_ns=times))


def _chosen(history: ElementSets, norad_cat_id: int, at_tai_ns: int) -> ElementSets:
    if not len(history):
        raise NotFoundError(
            f"no element set of object {norad_cat_id}",
            where="norad_cat_id",
            remedy="search with objects?query=..., or ingest one",
        )
    return history.latest_at(at_tai_ns)


def _times(start_tai_ns: int, span_s: float, step_s: float) -> NDArray[np.int64]:
    rows = int(span_s / step_s * (1.0 + 1e-12)) + 1
    if rows > MOST_ROWS:
        raise UsageError(
            f"{rows:,} rows were asked for, {MOST_ROWS:,} are the most",
            where="step_s",
            remedy="take longer steps or a shorter span",
        )
    return start_tai_ns + np.round(np.arange(rows) * (step_s * 1e9)).astype(np.int64)
