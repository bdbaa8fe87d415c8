"""The three questions: what is where, how does everything stand, and who comes close to whom.

Each takes the catalogue that it is asked of; whether that is a file or a store is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mihari.app.catalogue import Catalogue, median_epoch_tai_ns
from mihari.app.labels import Operators, labelled_screening, nobody_knows
from mihari.app.moment import Moment, choose_moment, moment_tai_ns
from mihari.astro.earth import EarthOrientation
from mihari.astro.states import Frame
from mihari.astro.time import format_utc
from mihari.compute import Executor
from mihari.errors import NotFoundError, UsageError
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.picture import Picture, build_picture, find_object

if TYPE_CHECKING:
    from mihari.conjunction.screening import Volume

__all__ = [
    "MAX_SCREEN_S",
    "check_primaries",
    "check_span",
    "moment_of",
    "picture_of",
    "screening_of",
    "where_is",
]

MAX_SCREEN_S = 30 * 86_400.0
"""Public element sets say nothing about close approaches further ahead."""


def moment_of(catalogue: Catalogue, given: str | int | None, *, now_tai_ns: int, option: str) -> Moment:
    """Choose the moment for a catalogue; see `choose_moment`."""
    if given is not None:
        return Moment(moment_tai_ns(given, option=option), "as asked")
    median = median_epoch_tai_ns(catalogue.sets_at(now_tai_ns))
    return choose_moment(None, median_epoch_tai_ns=median, now_tai_ns=now_tai_ns, option=option)


def where_is(
    catalogue: Catalogue, query: str | int, *, at_tai_ns: int, frame: Frame, orientation: EarthOrientation
) -> Picture:
    """Return the picture of the one object that `query` names.

    Raises
    ------
    NotFoundError, AmbiguousError
        None or several objects of that name.
    DataGapError
        The moment lies outside the Earth orientation table.
    """
    sets = catalogue.sets_at(at_tai_ns)
    objects = catalogue.objects()
    number = find_object(query, sets, objects).norad_cat_id
    one = ElementSets(sets.frame.filter(sets.frame["norad_cat_id"] == number))
    if not len(one):
        raise NotFoundError(f"object {number} has no element set", remedy="ingest one, or ask --as-of a later moment")
    return build_picture(one, objects, at_tai_ns=at_tai_ns, frame=frame, orientation=orientation, threads=1)


def picture_of(
    catalogue: Catalogue, *, at_tai_ns: int, frame: Frame, orientation: EarthOrientation, threads: int
) -> Picture:
    """Return the best state of every object."""
    return build_picture(
        catalogue.sets_at(at_tai_ns),
        catalogue.objects(),
        at_tai_ns=at_tai_ns,
        frame=frame,
        orientation=orientation,
        threads=threads,
    )


def screening_of(
    sets: ElementSets,
    *,
    data_mode: DataMode,
    start_tai_ns: int,
    span_s: float,
    volume: Volume,
    executor: Executor,
    primaries: Sequence[int] | None = None,
    max_age_s: float | None = None,
    progress: Callable[[float], None] | None = None,
    operators: Operators = nobody_knows,
) -> ScreeningResult:
    """Screen element sets, one per object, over a window; the result carries its coverage statement and its labels.

    Raises
    ------
    UsageError
        The window is empty or longer than `MAX_SCREEN_S`, or a primary is not in the catalogue.
    """
    # Screening's kernels take time to load, and most questions do not need them.
    from mihari.conjunction.screening import screen

    check_span(span_s)
    if primaries is not None:
        check_primaries(primaries, sets, at_tai_ns=start_tai_ns)
    found = screen(
        sets,
        start_tai_ns=start_tai_ns,
        end_tai_ns=start_tai_ns + round(span_s * 1e9),
        volume=volume,
        primaries=primaries,
        max_age_s=max_age_s,
        executor=executor,
        data_mode=data_mode,
        progress=progress,
    )
    return labelled_screening(found, sets, operators=operators)


def check_span(span_s: float) -> None:
    """Raise UsageError for a window that cannot be screened."""
    if not 0.0 < span_s <= MAX_SCREEN_S:
        raise UsageError(
            f"a window of {span_s / 3600.0:g} h cannot be screened",
            where="--hours",
            remedy=f"give more than 0 and at most {MAX_SCREEN_S / 3600.0:g}",
        )


def check_primaries(primaries: Sequence[int], sets: ElementSets, *, at_tai_ns: int) -> None:
    """Raise UsageError for primaries without an element set."""
    missing = sorted(set(primaries) - set(sets.frame["norad_cat_id"].to_list()))
    if missing:
        raise UsageError(
            f"no element set for {', '.join(map(str, missing))} at {format_utc(at_tai_ns, digits=0)}",
            where="--primary",
            remedy="leave them out or ingest their element sets",
        )
