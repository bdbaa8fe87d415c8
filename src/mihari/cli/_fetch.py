"""`mihari fetch`: ask a public source, politely, and take its answer into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, StoreFolder

if TYPE_CHECKING:
    from mihari.app.fetch import FetchRequest

__all__ = ["fetch"]

fetch = App(
    name="fetch",
    help="""Ask a public source for orbital data, politely, and take its answer into the store.

    Never more than 30 requests a minute and 300 an hour, two hours between equal questions; the limits hold over
    restarts. Credentials come from MIHARI_SPACETRACK_USER and MIHARI_SPACETRACK_PASSWORD or the keyring.""",
)

KeepOnly = Annotated[bool, Parameter(name="--no-ingest", negative="", help="Only keep the file, do not ingest it.")]
Inbox = Annotated[Path | None, Parameter(help="Folder for the files. Default: inbox in the user state folder.")]


@fetch.command(name="celestrak")
def _celestrak(
    *,
    group: Annotated[str, Parameter(help="Group of objects, as CelesTrak names it. Default: active.")] = "active",
    object_id: Annotated[int | None, Parameter(name="--object", help="Only this catalogue number.")] = None,
    satcat: Annotated[bool, Parameter(negative="", help="The satellite catalogue: types, owners, sizes.")] = False,
    inbox: Inbox = None,
    no_ingest: KeepOnly = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask CelesTrak for a group of element sets, one object, or the SATCAT."""
    from mihari.app.fetch import celestrak_group, celestrak_object, celestrak_satcat

    if satcat:
        request = celestrak_satcat()
    elif object_id is not None:
        request = celestrak_object(object_id)
    else:
        request = celestrak_group(group)
    _run(request, inbox=inbox, keep_only=no_ingest, store=store, as_json=as_json)


@fetch.command(name="space-track")
def _space_track(
    *,
    object_id: Annotated[int | None, Parameter(name="--object", help="Only this catalogue number.")] = None,
    history: Annotated[int | None, Parameter(help="Every element set of this number, in a span of epochs.")] = None,
    first: Annotated[str | None, Parameter(name="--from", help="UTC start of the span of --history.")] = None,
    last: Annotated[str | None, Parameter(name="--to", help="UTC end of the span of --history.")] = None,
    satcat: Annotated[bool, Parameter(negative="", help="The satellite catalogue: types, owners, sizes.")] = False,
    inbox: Inbox = None,
    no_ingest: KeepOnly = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask Space-Track for the newest set of every object, one object, a history, or the SATCAT."""
    from mihari.app.fetch import space_track_catalogue, space_track_history, space_track_object, space_track_satcat
    from mihari.app.moment import moment_tai_ns
    from mihari.errors import UsageError

    if satcat:
        request = space_track_satcat()
    elif history is not None:
        if first is None or last is None:
            raise UsageError("--history needs a span", remedy="give --from and --to; the past is asked for once")
        span = {
            "start_tai_ns": moment_tai_ns(first, option="--from"),
            "end_tai_ns": moment_tai_ns(last, option="--to"),
        }
        request = space_track_history(history, **span)
    elif object_id is not None:
        request = space_track_object(object_id)
    else:
        request = space_track_catalogue()
    _run(request, inbox=inbox, keep_only=no_ingest, store=store, as_json=as_json)


def _run(request: FetchRequest, *, inbox: Path | None, keep_only: bool, store: Path | None, as_json: bool) -> None:
    from mihari.app.documents import fetch_document
    from mihari.app.fetch import fetch as ask
    from mihari.app.node import open_node
    from mihari.app.settings import fetch_state_path
    from mihari.cli._show import print_ingest, print_json

    report = ask(request, state_dir=fetch_state_path(), inbox=inbox)
    summary = None
    if not keep_only:
        summary = open_node(store).ingest(report.file.path, provenance=report.file.provenance())
    if as_json:
        print_json(fetch_document(report, summary))
        return
    print(report.text())
    if summary is not None:
        print_ingest(summary)
