"""Questions to Space-Track: the whole catalogue, one object, its history, and the satellite catalogue.

Source: Space-Track, API documentation, classes gp, gp_history and satcat of the controller basicspacedata.
"""

from __future__ import annotations

from typing import Final

from mihari.app.fetch._sources import AnswerFormat, FetchRequest, Source
from mihari.errors import UsageError
from mihari.ids import check_norad_cat_id

__all__ = ["space_track_catalogue", "space_track_history", "space_track_object", "space_track_satcat"]

_QUERY: Final = "/basicspacedata/query"
_TWO_HOURS_S: Final = 7200.0
_DAY_S: Final = 86_400.0


def _request(path: str, *, what: str, file_stem: str, equal_wait_s: float) -> FetchRequest:
    return FetchRequest(
        source=Source.SPACE_TRACK,
        path=f"{_QUERY}/{path}/format/json",
        answer_format=AnswerFormat.JSON,
        what=what,
        file_stem=f"space-track-{file_stem}",
        equal_wait_s=equal_wait_s,
    )


def space_track_catalogue() -> FetchRequest:
    """Ask for the latest element set of every object on orbit with an epoch of the last 30 days."""
    return _request(
        "class/gp/decay_date/null-val/epoch/%3Enow-30/orderby/norad_cat_id",
        what="element sets of the whole catalogue",
        file_stem="gp",
        equal_wait_s=_TWO_HOURS_S,
    )


def space_track_object(norad_cat_id: int) -> FetchRequest:
    """Ask for the latest element set of one object.

    Raises
    ------
    InputError
        The number is out of range.
    """
    number = check_norad_cat_id(norad_cat_id)
    return _request(
        f"class/gp/NORAD_CAT_ID/{number}",
        what=f"element set of object {number}",
        file_stem=f"gp-{number}",
        equal_wait_s=_TWO_HOURS_S,
    )


def space_track_history(norad_cat_id: int, *, start_tai_ns: int, end_tai_ns: int) -> FetchRequest:
    """Ask for every element set of one object with an epoch in a span.

    The past does not change: keep the answer, and ask a span once. Equal questions wait a day.

    Parameters
    ----------
    norad_cat_id : int
    start_tai_ns, end_tai_ns : int
        Span of the epochs, TAI ns; asked to the second.

    Raises
    ------
    InputError
        The number is out of range.
    UsageError
        The span is empty.
    """
    from mihari.astro.time import format_utc

    number = check_norad_cat_id(norad_cat_id)
    start, end = (format_utc(moment, digits=0).removesuffix("Z") for moment in (start_tai_ns, end_tai_ns))
    if start_tai_ns >= end_tai_ns:
        raise UsageError(f"the span from {start} to {end} is empty", remedy="the start must lie before the end")
    span = f"{start}--{end}".replace("T", "%20").replace(":", "%3A")
    return _request(
        f"class/gp_history/NORAD_CAT_ID/{number}/EPOCH/{span}/orderby/EPOCH%20asc",
        what=f"element sets of object {number} from {start}Z to {end}Z",
        file_stem=f"gp-history-{number}",
        equal_wait_s=_DAY_S,
    )


def space_track_satcat() -> FetchRequest:
    """Ask for the whole satellite catalogue. Space-Track asks for at most one such question a day."""
    return _request(
        "class/satcat/CURRENT/Y/orderby/NORAD_CAT_ID",
        what="satellite catalogue (SATCAT)",
        file_stem="satcat",
        equal_wait_s=_DAY_S,
    )
