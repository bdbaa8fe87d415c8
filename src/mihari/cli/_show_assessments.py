"""How assessments and events look in a terminal: first what needs a person, then the numbers and their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mihari.cli._terminal import displayable, open_console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mihari.app.keep_messages import KeptMessages

__all__ = [
    "print_assessment",
    "print_assessment_list",
    "print_assessments",
    "print_bounds",
    "print_event",
    "print_events",
    "print_kept",
]

_SHOWN: Final = 25
_WHOLE: Final = frozenset(("level", "event", "closest approach", "newest", "message made", "object", "last seen"))
_DECIDES: Final = "The decision is the operator's. Mihari recommends nothing here."
_DENSITY: Final = {
    "at peak": "Space weather: at the peak; an error of the density forecast can only lower the probability ({basis}).",
    "off peak": (
        "Space weather: off the peak; with the density {at_density_error:+.0%} off its forecast the probability is "
        "{greatest_probability:.2e} ({basis})."
    ),
    "flat": "Space weather: flat; an error of the density forecast changes the probability by less than two ({basis}).",
}
_ADVISORY: Final = "Advisory: a state comes from a public element set. Not for manoeuvre decisions."


def print_assessment(document: Mapping[str, Any]) -> None:
    """Print one assessment, whole."""
    document = displayable(document)
    console = open_console()
    _head(console, document)
    console.print(_numbers(document))
    if document["methods"]:
        console.print(_methods(document["methods"], "method, covariances as the message states them"))
    if document["methods_shared_error_removed"]:
        console.print(_methods(document["methods_shared_error_removed"], "method, shared density error removed"))
    console.print(_objects(document["objects"]))
    for number, each in enumerate(document["objects"], 1):
        if each["operator"] or each["contact"]:
            who = ", ".join(text for text in (each["operator"], each["contact"]) if text)
            console.print(f"  object {number} operator: {who}", soft_wrap=True)
        for reason in each["orbit_quality"]["reasons"]:
            console.print(f"  object {number} orbit: {reason}")
        for line in _tracking(each):
            console.print(f"  object {number} tracking: {line}")
    if document.get("coordination"):
        console.print(f"Who can move: {document['coordination']['text']}", soft_wrap=True)
    density = document.get("density_sensitivity")
    if density is not None:
        console.print(_DENSITY[density["class"]].format(**density))
    if document["flags"]:
        console.print("Flags: " + ", ".join(flag.replace("_", " ") for flag in document["flags"]))
    told = document["consequence"]
    if told is not None:
        kind = "catastrophic" if told["catastrophic"] else "not catastrophic"
        count = f"{told['fragments_above_10_cm']:,.0f} fragments above 10 cm"
        console.print(f"A collision would be {kind}: {count} ({told['model']}, a model)")
    console.print(_DECIDES)


def _tracking(each: Mapping[str, Any]) -> list[str]:
    """What is known of an object's tracking, past and to come."""
    lines = [each["tracking_since_update"]] if each.get("tracking_since_update") else []
    if each.get("expected_next_tracking_utc"):
        when = _moment(each["expected_next_tracking_utc"])
        lines.append(f"expected about {when}, an estimate from {each['expected_next_tracking_basis']}")
    return lines


def _head(console: Console, document: Mapping[str, Any]) -> None:
    first, second = (_label(each) for each in document["objects"])
    console.print(f"{document['event_id']}: {first} and {second}")
    console.print(f"{document['action_level'].upper()}: {document['action_reason']} (profile {document['profile']})")
    if document["advisory"]:
        console.print(_ADVISORY)
    if document["stale"]:
        console.print(f"STALE: {document['stale']}")
    console.print(f"Data mode {document['data_mode']}; message {document['message_id']} of {document['creation_utc']}")
    console.print("")


def _label(each: Mapping[str, Any]) -> str:
    return f"{each['designator']} {each['name']}".strip()


def _numbers(document: Mapping[str, Any]) -> Table:
    table = _table(("", "left"), ("value", "right"), ("", "left"))
    geometry = document["geometry"]
    table.add_row("closest approach", document["tca_utc"].replace("T", " "), "UTC, true minimum")
    table.add_row("miss distance", f"{document['miss_distance_m']:,.1f} m", "")
    sigma = geometry["sigma_rtn_m"] or [None] * 3
    for name, value, one in zip(("radial", "transverse", "normal"), geometry["miss_rtn_m"], sigma, strict=True):
        table.add_row(f"  {name}", f"{value:,.1f} m", "no covariance" if one is None else f"1 sigma {one:,.1f} m")
    table.add_row(
        "relative speed", f"{document['relative_speed_m_s']:,.1f} m/s", f"{geometry['approach_angle_deg']:.1f} deg"
    )
    radius = document["hard_body_radius"]
    table.add_row(
        "hard-body radius",
        "not known" if radius is None else f"{radius['value_m']:g} m",
        "" if radius is None else radius["source"] + (" (default)" if radius["is_default"] else ""),
    )
    table.add_row("probability", _probability(document["probability"]), document["method"] or "no method is trusted")
    if document["methods_shared_error_removed"]:
        table.add_row("  shared error removed", _probability(document["probability_shared_error_removed"]), "")
    maximum = document["maximum"]
    if maximum is not None:
        diluted = "; DILUTED: better orbits may raise the probability" if document["dilution"] else ""
        table.add_row("at most", _probability(maximum["value"]), maximum["meaning"] + diluted)
    if document["message_probability"] is not None:
        table.add_row(
            "the message says", _probability(document["message_probability"]), document["message_method"] or ""
        )
    if document["latest_decision_utc"]:
        expected = [count for count in document["trackings_expected_before_decision"] if count is not None]
        more = f"; about {sum(expected)} trackings may come before" if expected else ""
        table.add_row("decide before", _moment(document["latest_decision_utc"]), f"by the profile's lead time{more}")
    return table


def _moment(text: str | None) -> str:
    """UTC to the second, as people read it."""
    return "" if text is None else text.replace("T", " ").rstrip("Z").partition(".")[0] + "Z"


def _probability(value: float | None) -> str:
    return "not assessed" if value is None else f"{value:.3e}"


def _methods(methods: Mapping[str, Any], title: str) -> Table:
    table = _table((title, "left"), ("value", "right"), ("95 % interval", "left"), ("trusted", "left"), ("why", "left"))
    for name, each in methods.items():
        interval = "" if each["interval"] is None else f"{each['interval'][0]:.2e} to {each['interval'][1]:.2e}"
        value = "none" if each["value"] is None else f"{each['value']:.3e}"
        table.add_row(name, value, interval, "yes" if each["trusted"] else "no", each["reason"])
    return table


def _objects(objects: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(
        ("object", "left"), ("state", "left"), ("1 sigma R/T/N m", "right"), ("last seen", "left"), ("orbit", "right"),
        ("manoeuvres", "left"),
    )  # fmt: skip
    for each in objects:
        sigma = each["sigma_rtn_m"]
        grade = each["orbit_quality"]["grade"]
        table.add_row(
            _label(each),
            each["state_source"],
            "none" if sigma is None else " / ".join(f"{value:,.0f}" for value in sigma),
            _moment(each["last_observation_utc"]) or "not stated",
            "not graded" if grade is None else f"{grade:.2f}",
            each["maneuverable"],
        )
    return table


def print_assessments(documents: Sequence[Mapping[str, Any]], *, coverage: Mapping[str, Any]) -> None:
    """Print several assessments, those that need a person first."""
    print_assessment_list(documents)
    coverage = displayable(coverage)
    console = open_console()
    console.print(
        f"Looked at: {coverage['messages']} messages, {coverage['assessed']} read, "
        f"{coverage['not_assessed']} without a probability that can be trusted."
    )
    for each in coverage["rejected"][:10]:
        place = each["file"] if each["line"] is None else f"{each['file']}, message {each['line']}"
        console.print(f"  not read: {place}: {each['reason']}")
    if len(coverage["rejected"]) > 10:
        console.print(f"  ... and {len(coverage['rejected']) - 10} more not read")
    console.print(_DECIDES)


def print_assessment_list(documents: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each assessment, in their order."""
    documents = displayable(list(documents))
    console = open_console()
    table = _table(
        ("level", "left"), ("event", "left"), ("closest approach", "left"), ("miss m", "right"), ("m/s", "right"),
        ("probability", "right"), ("method", "left"), ("at most", "right"), ("", "left"),
    )  # fmt: skip
    for each in documents[:_SHOWN]:
        table.add_row(
            each["action_level"],
            each["event_id"],
            _moment(each["tca_utc"]),
            f"{each['miss_distance_m']:,.0f}",
            f"{each['relative_speed_m_s']:,.0f}",
            "" if each["probability"] is None else f"{each['probability']:.2e}",
            each["method"] or "",
            "" if each["maximum_probability"] is None else f"{each['maximum_probability']:.2e}",
            "stale" if each.get("stale") else ("advisory" if each["advisory"] else ""),
        )
    console.print(table)
    if len(documents) > _SHOWN:
        console.print(f"... and {len(documents) - _SHOWN} more; --json has all")


def print_kept(kept: KeptMessages) -> None:
    """Print what keeping did."""
    open_console().print(
        f"Kept: {kept.accepted} messages ({kept.late} late), {kept.events} new events, {kept.duplicates} duplicates."
    )


def print_bounds(document: Mapping[str, Any]) -> None:
    """Print close approaches of a screening with their bounds."""
    document = displayable(document)
    console = open_console()
    table = _table(
        ("level", "left"), ("objects", "left"), ("closest approach", "left"), ("miss m", "right"), ("m/s", "right"),
        ("at most", "right"),
    )  # fmt: skip
    rows = document["assessments"]
    for each in rows[:_SHOWN]:
        bound = each["maximum_probability"]
        table.add_row(
            each["action_level"],
            " and ".join(str(one["norad_cat_id"]) for one in each["objects"]),
            _moment(each["tca_utc"]),
            f"{each['miss_distance_m']:,.0f}",
            f"{each['relative_speed_m_s']:,.0f}",
            "" if bound is None else f"{bound:.2e}",
        )
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"... and {len(rows) - _SHOWN} more; --json has all")
    if document["hard_body_radius_source"] is None:
        console.print("No bound: no hard-body radius is known; give --hard-body-radius-m or --default-radius.")
    else:
        console.print(
            f"At most: {document['maximum_probability_meaning']}. Radius: {document['hard_body_radius_source']}."
        )
    seen = document["coverage"]
    console.print(
        f"Screened: {seen['objects_screened']:,} of {seen['objects_given']:,} objects, data mode {seen['data_mode']}."
    )
    console.print(_ADVISORY)


def print_events(document: Mapping[str, Any]) -> None:
    """Print the events that the store knows, what needs a person now first."""
    document = displayable(document)
    console = open_console()
    rows = document["events"]
    if not rows:
        console.print("No events: no conjunction messages were kept. Keep some with: mihari assess --cdm FILE --keep")
        return
    table = _table(
        ("level", "left"), ("event", "left"), ("closest approach", "left"), ("miss m", "right"),
        ("probability", "right"), ("at most", "right"), ("updates", "right"), ("newest", "left"), ("", "left"),
    )  # fmt: skip
    for each in rows[:_SHOWN]:
        table.add_row(
            each["action_level"],
            each["event_id"],
            _moment(each["tca_utc"]),
            f"{each['miss_distance_m']:,.0f}",
            "" if each["probability"] is None else f"{each['probability']:.2e}",
            "" if each["maximum_probability"] is None else f"{each['maximum_probability']:.2e}",
            str(each["updates"]),
            _moment(each["creation_utc"])[:16] + "Z",
            "stale" if each["stale"] else "",
        )
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"... and {len(rows) - _SHOWN} more; --json has all")
    console.print(f"{len(rows)} events that kept messages tell of; what nobody sent a message about is not among them.")


def print_event(document: Mapping[str, Any]) -> None:
    """Print one event: its newest assessment, how it came there, and what people wrote."""
    raw, document = document, displayable(document)
    newest = dict(raw["assessment"])
    newest["stale"] = raw["stale"] or newest.get("stale")
    print_assessment(newest)
    console = open_console()
    table = _table(
        ("message made", "left"), ("miss m", "right"), ("R m", "right"), ("T m", "right"), ("N m", "right"),
        ("probability", "right"), ("at most", "right"), ("level", "left"), ("moved by", "left"),
    )  # fmt: skip
    for each in document["history"]:
        table.add_row(
            _moment(each["creation_utc"]),
            f"{each['miss_distance_m']:,.0f}",
            *(f"{value:,.0f}" for value in each["miss_rtn_m"]),
            "" if each["probability"] is None else f"{each['probability']:.2e}",
            "" if each["maximum_probability"] is None else f"{each['maximum_probability']:.2e}",
            each["action_level"],
            each["moved_by"],
        )
    console.print(table)
    for each in document["records"]:
        console.print(
            f"{each['written_utc']} {each['kind']} by {each['author']} (on {each['message_id']}): {each['text']}",
            markup=False,
        )


def _table(*columns: tuple[str, str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, side in columns:
        table.add_column(
            name,
            justify="right" if side == "right" else "left",
            no_wrap=side == "right" or name in _WHOLE,
            overflow="fold",
        )
    return table
