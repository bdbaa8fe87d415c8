"""`mihari up`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, Catalogues, Certificate, Key, Mode, Satcats, StoreFolder, Threads

__all__ = ["up"]


def up(
    *,
    catalogue: Catalogues = (),
    satcat: Satcats = (),
    once: Annotated[bool, Parameter(negative="", help="Print the report and stop; do not serve.")] = False,
    at: Annotated[
        str | None,
        Parameter(
            name=("--at", "--start"),
            help="UTC moment. Default: now for fresh element sets, else their median epoch.",
        ),
    ] = None,
    hours: Annotated[float, Parameter(help="Length of the screening, h. Default: 24.")] = 24.0,
    radius_km: Annotated[float | None, Parameter(help="Radius of the screening sphere, km. Default: 5.")] = None,
    volumes: Annotated[str | None, Parameter(help="Profile of ellipsoids instead of a sphere.")] = None,
    watch: Annotated[Path | None, Parameter(help="Take in files that arrive in this folder.")] = None,
    rescreen_hours: Annotated[float, Parameter(help="Screen again this often while serving, h. Default: 8.")] = 8.0,
    host: Annotated[str, Parameter(help="Address to serve on. Default: 127.0.0.1.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to serve on; 0 picks a free one. Default: 8765.")] = 8765,
    certificate: Certificate = None,
    key: Key = None,
    mode: Mode = None,
    store: StoreFolder = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Open or make the store, build the picture, screen 24 h, report, and serve.

    An empty store is filled with a simulated world, clearly marked. With --catalogue the files are taken into
    the store first.
    """
    from mihari.app.documents import briefing_document
    from mihari.app.identity import UserFile, users_path
    from mihari.app.live import LiveNode
    from mihari.app.node import node_over, open_node
    from mihari.app.settings import store_path
    from mihari.app.up import brief
    from mihari.cli._open import audit_of, data_mode, executor_for, tls_of, users_of
    from mihari.cli._progress import progress_bar
    from mihari.cli._show import log_line, print_briefing, print_json
    from mihari.cli._volume import volume_of
    from mihari.errors import UsageError

    if rescreen_hours <= 0.0:
        raise UsageError(f"{rescreen_hours:g} h is no interval", where="--rescreen-hours", remedy="give more than 0")
    volume = volume_of(radius_km=radius_km, profile=volumes)
    executor = executor_for(threads)
    tls = tls_of(certificate, key)
    if not once:
        from mihari.server import check_exposure, check_port

        # Before the long work, so that nobody waits for a report only to learn that the port is taken.
        check_exposure(host=host, users=UserFile(users_path(store_path(store))), tls=tls)
        check_port(host=host, port=port)
    # With files of one's own the store is made by what they hold, not before.
    node = node_over(store) if catalogue else open_node(store)
    live = LiveNode(
        node,
        watch=watch,
        rescreen_s=rescreen_hours * 3600.0,
        span_s=hours * 3600.0,
        volume=volume,
        mode=data_mode(mode),
        executor=executor,
        log=log_line,
    )
    with progress_bar("screening") as progress:
        briefing = brief(
            node,
            catalogue=(*catalogue, *satcat),
            at=at,
            span_s=hours * 3600.0,
            volume=volume,
            mode=data_mode(mode),
            executor=executor,
            say=log_line,
            progress=progress,
        )
    document = briefing_document(briefing, store=str(node.folder))
    if as_json:
        print_json(document)
    else:
        print_briefing(document, names=briefing.screening.names)
    if once:
        return
    from mihari.server import serve

    live.start()
    try:
        serve(node, host=host, port=port, say=log_line, users=users_of(node), audit=audit_of(node), tls=tls)
    finally:
        live.stop()
