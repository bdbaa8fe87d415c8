"""Events, assets, instruments and consultations as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mihari.cli._terminal import displayable, open_console

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "print_assets",
    "print_brief",
    "print_event_file",
    "print_events_list",
    "print_instruments",
    "print_protection",
]


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


def print_assets(document: Mapping[str, Any]) -> None:
    """Print the register: what is known, what is unknown, who entered it."""
    console = open_console()
    told = displayable(document)
    for each in told["assets"]:
        _print_asset(console, each)
    coverage = told["coverage"]
    console.print(
        f"{coverage['assets']} assets, {coverage['without_statement']} without a standing protection statement "
        f"({coverage['scope']})"
    )


def _print_asset(console: Console, each: Mapping[str, Any]) -> None:
    known = [
        (
            "owner",
            each["owner"] or (f"unknown (listed as {each['owner_as_listed']})" if each["owner_as_listed"] else None),
        ),
        ("operator", each["operator"]),
        ("State of registry", each["registry_state"]),
        ("responsible State", each["responsible_state"]),
        ("function", each["function"]),
        ("relied on by", ", ".join(each["relied_on_by"]) or None),
        ("protection stated by", ", ".join(each["protecting_parties"]) or "nobody"),
        ("consent to servicing", each["servicing_consent"]),
    ]
    console.print(f"[bold]{each['asset_id']}[/]  {each['name']}  {each['object_id'] or ''}", soft_wrap=True)
    console.print("  " + "; ".join(f"{name}: {value or 'unknown'}" for name, value in known), soft_wrap=True)
    for entry in each.get("history", ())[-3:]:
        console.print(f"  entered {entry['written_utc']} by {entry['written_by']}")


def print_protection(document: Mapping[str, Any]) -> None:
    """Print protection statements beside each other."""
    console = open_console()
    told = displayable(document)
    for each in told["statements"]:
        console.print(
            f"[bold]{each['statement_id']}[/]  {each['party']} on {', '.join(each['asset_ids']) or each['group']}: "
            f"{each['status']}{' (withdrawn)' if each['withdrawn'] else ''}, by {each['instrument_id']}: "
            f"{each['justification_en']}  (entered by {each['entered_by']}, {each['source']})",
            soft_wrap=True,
        )
    for each in told["conflicts"]:
        console.print(f"differ on {each['asset_id']}: {each['reason_en']} ({', '.join(each['statement_ids'])})")
    if told["without_statement"]:
        console.print(f"without a standing statement: {', '.join(told['without_statement'])}", soft_wrap=True)
    for party, words in told["contributions"].items():
        console.print(f"{party} states that it contributes: {'; '.join(each['capability'] for each in words)}")
    console.print(told["note_en"])


def print_instruments(document: Mapping[str, Any]) -> None:
    """Print instruments, marked by their nature."""
    console = open_console()
    for each in displayable(document)["instruments"]:
        _print_instrument(console, each)
    console.print(r"\[B] binding  \[P] political  \[S] soft  \[D] domestic  \[F] fact")


def _print_instrument(console: Console, each: Mapping[str, Any]) -> None:
    checked = "source checked" if each["source_checked"] else "SOURCE NOT CHECKED"
    console.print(
        f"{each['legal_nature_en'].split(' ')[0]} [bold]{each['instrument_id']}[/] {each['name_en']} "
        f"{each['provision']} "
        f"({each['date']}; {each['parties_en']}): {each['line_en']}  ({checked}, {each['reviewer']})",
        soft_wrap=True,
    )
    for version in each["versions"]:
        console.print(f"    {each['status']}: {version['says_en']} ({version['source']})", soft_wrap=True)


def print_brief(document: Mapping[str, Any]) -> None:
    """Print the consultation brief of an event."""
    console = open_console()
    told = displayable(document)
    if told["data_mode"] != "REAL":
        console.print(f"[bold reverse] {told['data_mode']} [/] this is not the real world")
    console.print(
        f"[bold]{told['event_id']}[/]  {told['kind_en']} / {told['kind_ja']}  "
        f"{told['status_en']}, {told['standing_en']}"
    )
    console.print()
    console.print("[bold]Affected assets[/]")
    for each in told["assets"]:
        _print_asset(console, each)
    console.print()
    console.print("[bold]May be relevant[/] (no more is said by showing it)")
    for each in told["may_be_relevant"]:
        _print_instrument(console, each)
        console.print(f"    why: {each['reason_en']}", soft_wrap=True)
        for question in each["open_questions_en"]:
            console.print(f"    open: {question}", soft_wrap=True)
    console.print()
    console.print("[bold]Consultation[/]")
    for each in told["ladder"]:
        late = ", OVERDUE" if each["is_overdue"] else ""
        console.print(
            f"  {each['rung_id']}  {each['name_en']}: {each['standing']} ({each['reason_en']}); "
            f"owner {each['owner']}, due {each['due_utc']}{late}",
            soft_wrap=True,
        )
    coming = told["next_rung"]
    if coming:
        console.print(
            f"Next: [bold]{coming['rung_id']}[/], {coming['owner']}, by {coming['due_utc']}; "
            f"record {coming['record_en']}"
        )
    for each in told["intent_statements"]:
        words = "withdrawn" if each["withdrawn"] else f"holds: {each['quotation']}"
        console.print(f"Statement of {each['author']} ({each['written_utc'][:19]}Z) {words}", soft_wrap=True)
    for each in told["not_known_en"]:
        console.print(f"Not known: {each}")
    console.print(told["note_en"], soft_wrap=True)
