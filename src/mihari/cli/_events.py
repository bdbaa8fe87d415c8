"""`mihari events`: what happened, as it was reported, beside the conjunctions that messages tell of."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, AsOf, Mode, StoreFolder

__all__ = ["events", "list_events", "report", "show"]

events = App(
    name="events",
    help="Report events (breakup, re-entry, interference, ...), list them beside conjunctions, show one whole.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)


class KindName(Enum):
    """Kinds of events as they are written on the command line."""

    CONJUNCTION = "CONJUNCTION"
    BREAKUP = "BREAKUP"
    INTERFERENCE = "INTERFERENCE"
    REENTRY = "REENTRY"
    MANOEUVRE = "MANOEUVRE"
    PROXIMITY = "PROXIMITY"
    LAUNCH = "LAUNCH"
    SPACE_WEATHER = "SPACE_WEATHER"
    GROUND_OUTAGE = "GROUND_OUTAGE"
    CYBER_OUTAGE = "CYBER_OUTAGE"


@events.command
def report(
    file: Annotated[str, Parameter(help="JSON file of one report, or -.", allow_leading_hyphen=True)],
    /,
    *,
    by: Annotated[str | None, Parameter(help="Who reports: a person's or an operator's name.")] = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Take in a report: a new event, an update of one, or its cancellation. The same report twice is kept once.

    An update carries the event_id of the report before and supersedes it. docs/how-to/policy-desk shows the form.
    """
    from mihari.app.json_files import read_json
    from mihari.app.node import node_over
    from mihari.app.space_event_intake import report_event
    from mihari.cli._open import data_mode
    from mihari.cli._show import log_line, print_json
    from mihari.store import StoreMode

    document = read_json(file)
    node = node_over(store)
    with node.open_store(StoreMode.CREATE) as opened:
        receipt = report_event(opened, document, now_tai_ns=node.now_tai_ns(), written_by=by, data_mode=data_mode(mode))
    if as_json:
        print_json(receipt.document())
    else:
        log_line(f"{receipt.event.event_id} {receipt.event.status.value}: {receipt.outcome.value}")
    return 0


@events.command(name="list")
def list_events(
    *,
    kind: Annotated[
        tuple[KindName, ...], Parameter(negative="", help="Only this kind (repeatable). Default: all.")
    ] = (),
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """List reported events and conjunctions, the one that began last first."""
    from mihari.app.moment import moment_tai_ns
    from mihari.app.node import open_node
    from mihari.app.space_event_documents import all_events_document
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.cli._show_policy import print_events_list
    from mihari.model.space_event import EventKind
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        document = all_events_document(
            opened,
            now_tai_ns=node.now_tai_ns(),
            as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
            data_mode=data_mode(mode),
            kinds=[EventKind(each.value) for each in kind],
        )
    if as_json:
        print_json(document)
    else:
        print_events_list(document)
    return 0


@events.command
def show(
    event: Annotated[str, Parameter(help="Name of the event, as list gives it.")],
    /,
    *,
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Show one event with every report about it; reports that contradict each other stand side by side."""
    from mihari.app.moment import moment_tai_ns
    from mihari.app.node import open_node
    from mihari.app.space_event_documents import space_event_file_document
    from mihari.app.space_events import space_event_file
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.cli._show_policy import print_event_file
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        file = space_event_file(
            opened,
            event,
            as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
            data_mode=data_mode(mode),
        )
        document = space_event_file_document(file, now_tai_ns=node.now_tai_ns())
    if as_json:
        print_json(document)
    else:
        print_event_file(document)
    return 0
