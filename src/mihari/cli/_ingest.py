"""`mihari ingest`: files into the record store."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, ModeName, StoreFolder

__all__ = ["ingest"]


def ingest(
    files: Annotated[
        tuple[str, ...],
        Parameter(
            help="Files, folders or - for standard input; the format is known by content.", allow_leading_hyphen=True
        ),
    ],
    /,
    *,
    strict: Annotated[bool, Parameter(negative="", help="Refuse everything when one record is bad.")] = False,
    source: Annotated[str | None, Parameter(help="Who gave these files. Default: the file's name.")] = None,
    mode: Annotated[
        ModeName, Parameter(help="Data mode; records marked as simulated stay so. Default: REAL.")
    ] = ModeName.REAL,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Read element sets and SATCAT files into the store, in one transaction."""
    from mihari.app.documents import ingest_document
    from mihari.app.node import node_over
    from mihari.cli._show import print_ingest, print_json
    from mihari.model.provenance import DataMode, Provenance

    node = node_over(store)
    data_mode = DataMode(mode.value)
    provenance = None if source is None else Provenance(source=source, data_mode=data_mode)
    summary = node.ingest(*files, mode=data_mode, provenance=provenance, strict=strict)
    if as_json:
        print_json(ingest_document(summary))
    else:
        print_ingest(summary)
