"""`mihari screen`: who comes close to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, Catalogues, Ephemerides, Mode, Satcats, StoreFolder, Threads

__all__ = ["screen"]


def screen(
    *,
    start: Annotated[
        str | None, Parameter(help="UTC start. Default: now for fresh element sets, else their median epoch.")
    ] = None,
    hours: Annotated[float, Parameter(help="Length of the window, h. Default: 24.")] = 24.0,
    radius_km: Annotated[float | None, Parameter(help="Radius of a sphere, km. Default: 5.")] = None,
    volumes: Annotated[str | None, Parameter(help="Profile of ellipsoids by regime, by name or as a file.")] = None,
    primary: Annotated[
        tuple[str, ...], Parameter(negative="", help="Screen these numbers against all: ID,ID,... (repeatable).")
    ] = (),
    primary_file: Annotated[Path | None, Parameter(help="File with one number a line, screened against all.")] = None,
    max_age_days: Annotated[
        float | None, Parameter(help="Leave out objects with older element sets. Default: none is left out.")
    ] = None,
    ephemeris: Ephemerides = (),
    same_number: Annotated[
        bool,
        Parameter(negative="", help="Pair an ephemeris with the element set and ephemerides of its own number too."),
    ] = False,
    alone: Annotated[
        bool, Parameter(negative="", help="Screen the ephemerides against each other only, without a catalogue.")
    ] = False,
    out: Annotated[Path | None, Parameter(help="Table to write: FILE.csv, FILE.parquet or FILE.json.")] = None,
    keep: Annotated[bool, Parameter(negative="", help="Keep the run in the store.")] = False,
    as_of: AsOf = None,
    catalogue: Catalogues = (),
    satcat: Satcats = (),
    store: StoreFolder = None,
    mode: Mode = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Find close approaches: all against all, or some against all, in every regime.

    With --ephemeris, operators' ephemerides are screened against the catalogue and against each other; without
    --catalogue, --store or a store in its usual place against each other alone.
    """
    from mihari.app.export import coverage_document, screening_document, screening_frame_edge, table_format, write_table
    from mihari.cli._open import data_mode, executor_for, node_for, node_for_ephemerides
    from mihari.cli._primaries import read_primaries
    from mihari.cli._progress import progress_bar
    from mihari.cli._show import print_json, print_screening
    from mihari.cli._volume import volume_of

    if out is not None:
        table_format(out)
    volume = volume_of(radius_km=radius_km, profile=volumes)
    primaries = read_primaries(primary, primary_file)
    if ephemeris:
        node, alone = node_for_ephemerides(catalogue=catalogue, satcat=satcat, store=store, alone=alone)
    else:
        node = node_for(catalogue=catalogue, satcat=satcat, store=store)
    with progress_bar("screening") as progress:
        answer = node.screen(
            start=start,
            span_s=hours * 3600.0,
            volume=volume,
            primaries=primaries,
            max_age_s=None if max_age_days is None else max_age_days * 86_400.0,
            ephemerides=ephemeris,
            same_number=same_number,
            alone=alone,
            as_of=as_of,
            mode=data_mode(mode),
            executor=executor_for(threads),
            progress=progress,
        )
    result = answer.result
    if out is not None:
        coverage = coverage_document(result.coverage)
        write_table(screening_frame_edge(result), out, metadata={"coverage": coverage}, rows_name="conjunctions")
    if keep:
        node.keep_run(result)
    document = screening_document(result)
    if as_json:
        print_json(document)
    else:
        print_screening(document, names=answer.names, moment_reason=answer.moment.reason, written=out)
