"""How answers look in a terminal. Words and tables only: what they say comes from `mihari.app`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from mihari.cli._terminal import displayable, one_line, open_console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mihari.model.intake import IngestSummary
    from mihari.store import DoctorReport

__all__ = [
    "log_line",
    "print_briefing",
    "print_coverage",
    "print_doctor",
    "print_ingest",
    "print_json",
    "print_picture",
    "print_screening",
    "print_where",
]

_CLOSEST_SHOWN: Final = 15
_REASONS_SHOWN: Final = 8
_GROUPS_SHOWN: Final = 3
_TOGETHER_KM_S: Final = 0.010
_REJECTIONS_SHOWN: Final = 10
_MOMENT: Final = "closest approach"
_NAME_COLUMNS: Final = ("object", "and")
_NAME_WIDTH: Final = 26
ADVISORY: Final = (
    "Advisory, not for manoeuvre decisions: public element sets carry no covariance, and a typical error is not one."
)
OPERATORS_ALONE: Final = "No probability here: mihari assess --oem goes on with ephemerides that state covariances."


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def log_line(text: str) -> None:
    """Print one line of what is going on to standard error."""
    print(one_line(text), file=sys.stderr, flush=True)


def _table(*columns: str, numbers: Sequence[str] = (), title: str | None = None) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, show_edge=False
    )
    for name in columns:
        width = _NAME_WIDTH if name in _NAME_COLUMNS else None
        justify: Literal["left", "right"] = "right" if name in numbers else "left"
        table.add_column(
            name,
            justify=justify,
            no_wrap=name in numbers or width is not None or name == _MOMENT,
            max_width=width,
            overflow="ellipsis",
        )
    return table


def _mode_line(mode: str) -> str:
    return "" if mode == "REAL" else f"[bold reverse] {mode} [/] this is not the real world\n"


def _utc(text: str | None, *, digits: int = 0) -> str:
    """Shorten UTC text for people: 2025-01-08 03:58:00Z."""
    if text is None:
        return ""
    moment, _, fraction = text.rstrip("Z").partition(".")
    kept = f".{fraction[:digits]}" if digits else ""
    return f"{moment.replace('T', ' ')}{kept}Z"


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:+.1f} d" if value < 0 else f"{value:.1f} d"


def print_where(document: Mapping[str, Any]) -> None:
    """Print where one object is."""
    console = open_console()
    document = displayable(document)
    thing = document["object"]
    inferred = " (inferred from the name)" if document["object_type_inferred"] else ""
    facts = [
        f"{thing['norad_cat_id']}",
        thing["object_id"] or "no designator",
        f"{document['object_type']}{inferred}",
        document["owner"] or "owner unknown",
        document["regime"],
    ]
    console.print(f"{_mode_line(document['data_mode'])}[bold]{thing['name'] or 'no name'}[/]  {', '.join(facts)}")
    table = _table("", "")
    table.show_header = False
    table.add_row("at", f"{_utc(document['epoch_utc'], digits=3)}  ({document['epoch_reason']})")
    if document["status"] != "ok":
        table.add_row("state", f"[bold]{document['status']}[/]")
    else:
        place = document["geodetic"]
        table.add_row(
            "over",
            f"{abs(place['latitude_deg']):.4f}° {'N' if place['latitude_deg'] >= 0 else 'S'}, "
            f"{abs(place['longitude_deg']):.4f}° {'E' if place['longitude_deg'] >= 0 else 'W'}, "
            f"altitude {place['altitude_km']:,.3f} km (WGS-84)",
        )
        position = "  ".join(f"{value:14.6f}" for value in document["position_km"])
        velocity = "  ".join(f"{value:14.9f}" for value in document["velocity_km_s"])
        table.add_row("position", f"{position}  km  {document['frame']}")
        table.add_row("velocity", f"{velocity}  km/s")
    extrapolated = ""
    if document["extrapolated"]:
        early = document["age_days"] < 0
        extrapolated = f"; extrapolated: the moment is {'before the set' if early else 'long after the set'}"
    table.add_row(
        "element set", f"{_utc(document['element_set_epoch_utc'])}, age {_days(document['age_days'])}{extrapolated}"
    )
    table.add_row("source", f"{document['source']}, as known at {_utc(document['as_of_utc'])}")
    typical = document["uncertainty_typical"]
    table.add_row("covariance", document["covariance_note"])
    if typical is not None:
        table.add_row(
            "typical error",
            f"1σ radial {typical['radial_km']:.2f}, transverse {typical['transverse_km']:.2f}, "
            f"normal {typical['normal_km']:.2f} km; {typical['source']}",
        )
    console.print(table)


def print_picture(document: Mapping[str, Any], *, written: Sequence[Path]) -> None:
    """Print the counts of a picture."""
    console = open_console()
    document = displayable(document)
    console.print(
        f"{_mode_line(document['data_mode'])}[bold]{document['objects']:,} objects[/] at "
        f"{_utc(document['epoch_utc'])} ({document['epoch_reason']}), {document['frame']}"
    )
    _print_counts(console, document)
    for path in written:
        console.print(f"written: {displayable(str(path))}", soft_wrap=True)


def _print_counts(console: Console, document: Mapping[str, Any]) -> None:
    from mihari.model.space_object import ObjectType

    kinds = [kind.value for kind in ObjectType]
    table = _table("regime", "objects", *kinds, "no state", numbers=("objects", *kinds, "no state"))
    for row in document["by_regime"]:
        table.add_row(
            row["regime"], f"{row['objects']:,}", *(f"{row[kind]:,}" for kind in kinds), f"{row['without_state']:,}"
        )
    console.print()
    console.print(table)
    inferred = sum(row["inferred"] for row in document["by_type"])
    if inferred:
        console.print(f"  types of {inferred:,} objects are inferred from their names; --satcat FILE gives the facts")
    console.print()
    ages = _table("age of element set", "objects", "extrapolated", numbers=("objects", "extrapolated"))
    for row in document["by_age"]:
        ages.add_row(row["age"], f"{row['objects']:,}", f"{row['extrapolated']:,}")
    console.print(ages)
    missing = document["without_state"]
    if missing:
        console.print()
        reasons = _table("not propagated because", "objects", numbers=("objects",))
        _add_reasons(reasons, [(row["status"], row["objects"]) for row in missing])
        console.print(reasons)


def print_screening(
    document: Mapping[str, Any], *, names: Mapping[int, str], moment_reason: str, written: Path | None
) -> None:
    """Print the closest approaches and what was looked at."""
    console = open_console()
    coverage = displayable(document["coverage"])
    console.print(
        f"{_mode_line(coverage['data_mode'])}[bold]{len(document['conjunctions']):,} close approaches[/] from "
        f"{_utc(coverage['start_utc'])} to {_utc(coverage['end_utc'])} (start: {moment_reason})"
    )
    _print_closest(console, document, names)
    print_coverage(coverage)
    if written is not None:
        console.print(f"written: {displayable(str(written))}", soft_wrap=True)
    console.print(ADVISORY if coverage["oldest_epoch_utc"] else OPERATORS_ALONE)


def _print_closest(console: Console, document: Mapping[str, Any], names: Mapping[int, str]) -> None:
    from heapq import nsmallest

    # One row a pair, so that two docked objects do not fill the list with their own minima.
    closest_of_pair: dict[tuple[int, int], Mapping[str, Any]] = {}
    times: dict[tuple[int, int], int] = {}
    for row in document["conjunctions"]:
        pair = (row["norad_cat_id_1"], row["norad_cat_id_2"])
        times[pair] = times.get(pair, 0) + 1
        if pair not in closest_of_pair or row["miss_distance_km"] < closest_of_pair[pair]["miss_distance_km"]:
            closest_of_pair[pair] = row
    if not closest_of_pair:
        console.print("  none: see below what was looked at")
        return
    together = {pair for pair, row in closest_of_pair.items() if row["relative_speed_km_s"] < _TOGETHER_KM_S}
    console.print()
    if together:
        console.print(
            f"{len(together):,} pairs stay together (docked, in formation or of identical element sets: slower than "
            f"{_TOGETHER_KM_S * 1e3:g} m/s): {_groups(together, names)}"
        )
    passing = {pair: row for pair, row in closest_of_pair.items() if pair not in together}
    shown = nsmallest(_CLOSEST_SHOWN, passing.items(), key=lambda item: item[1]["miss_distance_km"])
    numbers = ("miss km", "km/s", "times", "ages d")
    table = _table(_MOMENT, "miss km", "km/s", "object", "and", "times", "ages d", numbers=numbers)
    for pair, row in shown:
        table.add_row(
            _utc(row["tca_utc"], digits=1).replace(" ", "\u00a0"),
            f"{row['miss_distance_km']:.3f}",
            f"{row['relative_speed_km_s']:.3f}",
            _named(pair[0], names),
            _named(pair[1], names),
            f"{times[pair]:,}",
            " ".join("eph" if row[age] is None else f"{row[age]:.1f}" for age in ("age_1_days", "age_2_days")),
        )
    console.print(table)
    console.print(
        f"  the {len(shown)} closest of {len(passing):,} pairs that pass each other, each with how many times it comes "
        "this near; ages: of the element sets then"
    )


def _groups(pairs: Iterable[tuple[int, int]], names: Mapping[int, str]) -> str:
    """Name the largest groups of objects that are together with each other."""
    group: dict[int, set[int]] = {}
    for first, second in pairs:
        joined = group.get(first, {first}) | group.get(second, {second})
        for number in joined:
            group[number] = joined
    distinct = sorted({min(members): members for members in group.values()}.items(), key=lambda item: -len(item[1]))
    words = [
        f"{_named(first, names).strip()} and {len(members) - 1} more" for first, members in distinct[:_GROUPS_SHOWN]
    ]
    rest = len(distinct) - _GROUPS_SHOWN
    return "; ".join(words) + (f"; and {rest:,} more groups" if rest > 0 else "")


def _named(number: int, names: Mapping[int, str]) -> str:
    return str(displayable(f"{number} {names.get(number, '')}"))


def _volume_words(volume: Mapping[str, Any]) -> str:
    if "radius_m" in volume:
        return f"sphere of {volume['radius_m'] / 1000.0:g} km"
    return f"{volume['shape']} of the profile {volume['name']} ({volume['source']})"


def print_coverage(coverage: Mapping[str, Any]) -> None:
    """Print what a screening looked at, and what it did not."""
    console = open_console()
    against = "all" if coverage["primaries"] is None else f"{coverage['primaries']:,} primaries"
    console.print()
    console.print(
        f"Looked at: {coverage['objects_screened']:,} of {coverage['objects_given']:,} objects, {against} against all, "
        f"{coverage['hours']:g} h, {_volume_words(coverage['volume'])}."
    )
    for each in coverage["ephemerides"]:
        _print_ephemeris(console, each)
    if coverage["oldest_epoch_utc"] is None:
        console.print(f"  no catalogue, {coverage['method']}")
    else:
        _print_sets(console, coverage)
    reasons: dict[str, int] = {}
    for each in coverage["unscreened"]:
        text = each["reason"] + (" part-way" if each["from_utc"] else "")
        reasons[text] = reasons.get(text, 0) + 1
    if reasons:
        table = _table("not looked at, wholly or from some moment on", "objects", numbers=("objects",))
        _add_reasons(table, sorted(reasons.items(), key=lambda item: -item[1]))
        console.print()
        console.print(table)


def _print_ephemeris(console: Console, each: Mapping[str, Any]) -> None:
    spans = ", ".join(f"{_utc(first)} to {_utc(last)}" for first, last in each["spans_utc"])
    error = each["interpolation_error_m"]
    told = "too few states to tell its error"
    if error is not None:
        told = "under 1 mm between states" if error < 1e-3 else f"about {error:.2g} m between states"
    console.print(
        f"  ephemeris {each['label']}: {each['norad_cat_id']} {each['object_name']} ({each['number_source']}), {spans}",
        soft_wrap=True,
    )
    console.print(
        f"    {each['frame']}, {each['states']:,} states, {each['covariances']:,} covariances, {each['interpolation']}"
        f", {told}",
        soft_wrap=True,
    )


def _print_sets(console: Console, coverage: Mapping[str, Any]) -> None:
    console.print(
        f"  element sets from {_utc(coverage['oldest_epoch_utc'])} to {_utc(coverage['newest_epoch_utc'])}, median "
        f"{_utc(coverage['median_epoch_utc'])}; {coverage['stale_count']:,} older than "
        f"{coverage['stale_after_days']:g} d at the start"
    )
    console.print(f"  catalogue {coverage['catalogue_version'][:16]}, {coverage['method']}")


def _add_reasons(table: Table, reasons: Sequence[tuple[str, int]]) -> None:
    """Add the most frequent reasons, and how many objects have another one: nothing is hidden in silence."""
    for reason, count in reasons[:_REASONS_SHOWN]:
        table.add_row(reason, f"{count:,}")
    rest = sum(count for _, count in reasons[_REASONS_SHOWN:])
    if rest:
        table.add_row(f"{len(reasons) - _REASONS_SHOWN} other reasons; --json has all", f"{rest:,}")


def print_ingest(summary: IngestSummary) -> None:
    """Print what an ingest did."""
    print(
        f"{summary.accepted:,} accepted, {summary.duplicates:,} duplicates, {summary.superseded:,} superseded, "
        f"{len(summary.rejected):,} rejected" + (f"; {summary.objects:,} objects described" if summary.objects else "")
    )
    for rejection in summary.rejected[:_REJECTIONS_SHOWN]:
        print(f"  {one_line(rejection.text())}")
    if len(summary.rejected) > _REJECTIONS_SHOWN:
        print(f"  and {len(summary.rejected) - _REJECTIONS_SHOWN:,} more; --json lists them all")


def print_doctor(report: DoctorReport, *, folder: Path) -> None:
    """Print what the doctor found."""
    print(f"{folder}: {report.records:,} records of {report.objects:,} objects")
    for text in report.mended:
        print(f"  mended: {one_line(text)}")
    for text in report.faults:
        print(f"  FAULT: {one_line(text)}")
    if not report.faults and not report.mended:
        print("  nothing wrong")


def print_briefing(document: Mapping[str, Any], *, names: Mapping[int, str]) -> None:
    """Print the report of `mihari up`."""
    console = open_console()
    # Rows of the screening hold numbers and moments; their names are made displayable one by one.
    screening = {**document["screening"], "coverage": displayable(document["screening"]["coverage"])}
    document = displayable({key: value for key, value in document.items() if key != "screening"})
    picture = document["picture"]
    console.rule("[bold]Mihari 見張り[/]  what is where, and who comes close to whom", style="dim")
    console.print(
        f"{_mode_line(picture['data_mode'])}Data mode [bold]{picture['data_mode']}[/], store {document['store']}",
        soft_wrap=True,
    )
    if document["ingest"] is not None:
        taken = document["ingest"]
        console.print(
            f"Taken in: {taken['accepted']:,} accepted, {taken['duplicates']:,} duplicates, "
            f"{taken['superseded']:,} superseded, {len(taken['rejected']):,} rejected"
            + (f"; {taken['objects']:,} objects described" if taken["objects"] else "")
        )
        for rejection in taken["rejected"][:_REASONS_SHOWN]:
            console.print(f"  {rejection['file']}:{rejection['line']}: {rejection['field']}: {rejection['reason']}")
    console.print(f"[bold]{picture['objects']:,} objects[/] at {_utc(picture['epoch_utc'])}: {picture['epoch_reason']}")
    _print_counts(console, picture)
    earth = document["earth_orientation"]
    kind = "predicted" if earth["predicted"] else "measured"
    console.print(f"  Earth orientation: {kind} at this moment, measured until {_utc(earth['measured_until_utc'])}")
    console.print()
    console.print(
        f"[bold]{len(screening['conjunctions']):,} close approaches[/] in "
        f"{screening['coverage']['hours']:g} h from {_utc(screening['coverage']['start_utc'])}"
    )
    _print_closest(console, screening, names)
    print_coverage(screening["coverage"])
    cost = screening["coverage"]["cost"]
    console.print(f"  cost: {', '.join(f'{key} {value:.3g}' for key, value in cost.items())}")
    console.print(ADVISORY)
