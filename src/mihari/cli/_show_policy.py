"""Events, assets, instruments and consultations as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.cli._terminal import displayable, open_console

__all__ = ["print_event_file", "print_events_list"]


def print_events_list(document: Mapping[str, Any]) -> None:
    """Print the list of events, one line each."""
    console = open_console()
    told = displayable(document)
    if not told["events"]:
        console.print("no events")
    for row in told["events"]:
        marks = [f"[bold reverse] {row['data_mode']} [/]"] if row["data_mode"] != "REAL" else []
        marks += ["update overdue"] if row["is_overdue"] else []
        marks += [f"{row['conflicts'] + 1} reports contradict each other"] if row["conflicts"] else []
        console.print(
            f"{row['start_utc'][:19]}Z  {row['kind']:<13} {row['status']:<9} [bold]{row['event_id']}[/]  "
            f"{row['summary_en'] or 'objects ' + ', '.join(str(each) for each in row['objects'])}"
            + (f"  ({'; '.join(marks)})" if marks else ""),
            soft_wrap=True,
        )
    coverage = told["coverage"]
    console.print(f"{coverage['reported']} reported, {coverage['conjunctions']} conjunctions ({coverage['scope']})")


def print_event_file(document: Mapping[str, Any]) -> None:
    """Print one event: what the newest report says, then the reports before."""
    console = open_console()
    told = displayable(document)
    newest = told["newest"]
    if told["data_mode"] != "REAL":
        console.print(f"[bold reverse] {told['data_mode']} [/] this is not the real world")
    console.print(f"[bold]{told['event_id']}[/]  {told['kind']}  {told['status']}  label {told['label']}")
    console.print(
        f"  {newest['start_utc']} to {newest['end_utc'] or 'open'}; objects {newest['objects'] or 'none named'}"
    )
    for text in (newest["summary_en"], newest["summary_ja"]):
        if text:
            console.print(f"  {text}", soft_wrap=True)
    for name, value in newest["facts"].items():
        console.print(f"  {name}: {value}", soft_wrap=True)
    for each in newest["evidence"]:
        console.print(f"  evidence, {each['kind']} of {each['source']}: {each['text']}", soft_wrap=True)
    for each in newest["alternatives"]:
        console.print(f"  {each['probability']:.2f}  {each['text_en']} / {each['text_ja']}", soft_wrap=True)
    if newest["likelihood"]:
        console.print(f"  likelihood of the first: {newest['likelihood']}")
    if newest["confidence"]:
        console.print(f"  confidence: {newest['confidence']} {newest['confidence_basis']}", soft_wrap=True)
    console.print(f"  next update: {newest['next_update_utc'] or 'none announced'}")
    for each in told["reports"]:
        mark = "stands" if each["record_id"] in told["heads"] else "superseded"
        console.print(f"  {each['written_utc'][:19]}Z {each['status']} by {each['written_by']}: {mark}", soft_wrap=True)
