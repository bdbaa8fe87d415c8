"""How a plan looks in a terminal: what it is for and how far it can be trusted, then the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mihari.cli._terminal import displayable, open_console

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_plan"]

_SHOWN: Final = 12
_NOTES: Final = 8
_SHORT: Final = {
    "evaluated on the grid": "on the grid only",
    "flown, and the goal is not met": "goal not met",
    "screened, and it makes a new conjunction": "new conjunction",
    "flown, but not screened to the end of the window": "not screened",
    "screened, but no method of probability can be trusted after it": "not confirmed",
    "passes everything, and so does doing nothing": "not needed",
}
"""Standings in a column's width; `--json` has the whole words."""


def print_plan(document: Mapping[str, Any]) -> None:
    """Print a plan: conjunctions, candidates, what was screened, and who decides."""
    document = displayable(document)
    console = open_console()
    primary, window, goal = document["primary"], document["window"], document["goal"]
    console.print(f"Avoidance for {primary['designator']} {primary['name']}: {document['event_id']}")
    if document["advisory"]:
        console.print("ADVISORY, not for manoeuvre decisions:")
        for reason in document["advisory_reasons"]:
            console.print(f"  {reason}", soft_wrap=True)
    console.print(
        f"Data mode {document['data_mode']}; burns and conjunctions from {window['start_utc']} "
        f"({window['start_reason']}) to {window['end_utc']}",
        soft_wrap=True,
    )
    console.print(
        f"Goal: each conjunction at most {goal['probability']:.1e}, {goal['share']:g} of the threshold "
        f"{goal['threshold']:.0e} (profile {goal['profile']}); by volume where there is no covariance"
    )
    console.print()
    console.print(_conjunctions(document))
    console.print()
    console.print(_candidates(document))
    _say_notes(document)
    grid, screened = document["trade_space"], document["rescreening"]
    console.print()
    console.print(
        f"Looked at: {grid['candidates']:,} burns on the grid, {grid['avoiding']:,} avoid everything; the best flown "
        f"in full dynamics ({document['dynamics']}).",
        soft_wrap=True,
    )
    volume = " x ".join(f"{axis:,.0f}" for axis in screened["volume_rtn_m"])
    if screened["done"]:
        console.print(
            f"Screened against {screened['objects']:,} objects, +-{volume} m in radial, transverse, normal, until "
            f"{screened['end_utc']}; {len(screened['lost']):,} could not be followed to the end.",
            soft_wrap=True,
        )
        passages = screened["passages_without_a_burn"]
        if passages:
            names = ", ".join(sorted({str(each["norad_cat_id"]) for each in passages}))
            console.print(
                f"Without a burn, {len(passages)} passages inside this volume that no message tells of: {names}",
                soft_wrap=True,
            )
    else:
        console.print(f"NOT SCREENED, so nothing is recommended: {screened['reason']}", soft_wrap=True)
    if document["execution_error"]["default"]:
        error = document["execution_error"]
        console.print(
            f"Execution error: the default, {error['magnitude_share']:.0%} of the size and "
            f"{error['pointing_deg']:g} deg, one sigma; a constraints file says your own."
        )
    for text in primary["assumed"]:
        console.print(f"Assumed: {text}")
    outside = document["coverage"]["conjunctions_outside"]
    if outside:
        console.print(f"{outside} more conjunctions that messages tell of lie outside of the window.")
    for each in document["coverage"]["rejected"][:_NOTES]:
        console.print(f"  not read: {each['file']}: {each['reason']}")
    if document["trade_space"]["figure"]:
        console.print(f"Trade space drawn: {document['trade_space']['figure']}")
    for each in document["candidates"]:
        for path in each.get("files", ()):
            console.print(f"Written: {path}", soft_wrap=True)
    count = document["recommended"]
    words = "1 burn is" if count == 1 else f"{count} burns are"
    console.print(f"{words} recommended{_advisory(document)}. {document['decision']}")


def _advisory(document: Mapping[str, Any]) -> str:
    return " (*as advice only)" if document["advisory"] and document["recommended"] else ""


def _conjunctions(document: Mapping[str, Any]) -> Table:
    table = _table(
        ("conjunction", "left"), ("closest approach", "left"), ("with", "left"), ("miss m", "right"),
        ("probability", "right"), ("judged by", "left"),
    )  # fmt: skip
    nothing = next(each for each in document["candidates"] if each["kind"] == "do nothing")
    for each, outcome in zip(document["conjunctions"], nothing["events"], strict=True):
        other = each["secondary"]
        table.add_row(
            each["event_id"],
            _moment(each["tca_utc"]),
            f"{other['designator']} {other['name']}".strip(),
            f"{outcome['miss_distance_m']:,.0f}",
            "" if outcome["probability"] is None else f"{outcome['probability']:.2e}",
            each["judged_by"] + (f": {each['reason']}" if each["reason"] else "") + (" STALE" if each["stale"] else ""),
        )
    return table


def _candidates(document: Mapping[str, Any]) -> Table:
    table = _table(
        ("", "right"), ("burn", "left"), ("R/T/N", "left"), ("cm/s", "right"), ("total", "right"), ("worst", "right"),
        ("miss m", "right"), ("a m", "right"), ("track km", "right"), ("standing", "left"),
    )  # fmt: skip
    rows = document["candidates"]
    burns = [each for each in rows if each["kind"] == "burn"]
    for number, each in enumerate(burns[:_SHOWN], 1):
        table.add_row(str(number), *_row(each, document))
    for each in rows:
        if each["kind"] != "burn":
            table.add_row("", *_row(each, document))
    if len(burns) > _SHOWN:
        table.caption = f"{len(burns) - _SHOWN} more were flown; --json has all"
    return table


def _row(each: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[str, ...]:
    found = [outcome["probability"] for outcome in each["events"] if outcome["probability"] is not None]
    effect = each["station_keeping"]
    direction = each["direction_rtn"]
    is_burn = each["kind"] == "burn"
    when = each["burn_utc"].replace("T", " ")[:21] + "Z" if is_burn else each["kind"]
    if each["kind"] == "wait for tracking":
        when = f"wait, {_moment(each['wait_until_utc'])}"
    standing = _SHORT.get(each["standing"], each["standing"])
    if each["violations"] and not each["recommended"]:
        standing = "breaks a constraint"
    if each["kind"] == "wait for tracking":
        still = each["smallest_delta_v_m_s"]
        standing = "then too late" if still is None else f"then {still * 100.0:.3g} cm/s"
    elif each["recommended"]:
        standing = "RECOMMENDED*" if document["advisory"] else "RECOMMENDED"
    return (
        when,
        _direction(direction) if direction else "",
        f"{each['delta_v_m_s'] * 100.0:.3g}" if is_burn else "",
        "" if each["total_probability"] is None else f"{each['total_probability']:.1e}",
        f"{max(found):.1e}" if found else "",
        f"{min(outcome['miss_distance_m'] for outcome in each['events']):,.0f}",
        f"{effect['semi_major_axis_change_m']:+,.0f}" if is_burn else "",
        f"{effect['along_track_offset_m'] / 1e3:+,.1f}" if is_burn else "",
        standing,
    )


def _direction(direction: Sequence[float]) -> str:
    """An axis by its name, anything else by its components."""
    named = [f"{'-' if part < 0.0 else '+'}{axis}" for axis, part in zip("RTN", direction, strict=True) if part]
    return named[0] if len(named) == 1 else "/".join(f"{part:+.1f}" for part in direction)


def _say_notes(document: Mapping[str, Any]) -> None:
    console = open_console()
    burns = [each for each in document["candidates"] if each["kind"] == "burn"][:_SHOWN]
    told = [
        (number, text)
        for number, each in enumerate(burns, 1)
        for text in ([each["note"]] if each["note"] else []) + list(each["violations"])
    ]
    for number, text in told[:_NOTES]:
        console.print(f"  {number}: {text}", soft_wrap=True)
    for each in document["candidates"]:
        if each["kind"] == "wait for tracking":
            console.print(f"  wait: {each['basis']}; {each['note']}", soft_wrap=True)


def _moment(text: str) -> str:
    return text.replace("T", " ").rstrip("Z").partition(".")[0] + "Z"


def _table(*columns: tuple[str, str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, side in columns:
        table.add_column(
            name,
            justify="right" if side == "right" else "left",
            no_wrap=side == "right" or name in ("burn", "R/T/N", "closest approach", "standing", "conjunction"),
            overflow="fold",
        )
    return table
