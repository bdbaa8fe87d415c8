"""`mihari picture`: the best state of every object at one moment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, At, Catalogues, FrameName, Mode, Satcats, StoreFolder, Threads

__all__ = ["picture"]


def picture(
    *,
    at: At = None,
    as_of: AsOf = None,
    frame: Annotated[FrameName, Parameter(help="Frame of positions and velocities. Default: GCRF.")] = FrameName.GCRF,
    out: Annotated[Path | None, Parameter(help="Table to write: FILE.csv, FILE.parquet or FILE.json.")] = None,
    plot: Annotated[Path | None, Parameter(help="Plot to write: FILE.png or FILE.svg.")] = None,
    elements: Annotated[
        Path | None,
        Parameter(help="The element sets behind it: OMM as FILE.json, .csv, .xml, .kvn or .parquet, or FILE.tle."),
    ] = None,
    catalogue: Catalogues = (),
    satcat: Satcats = (),
    store: StoreFolder = None,
    mode: Mode = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Show every object's best state: counts by regime, type and age, a table, a plot."""
    from mihari.app.documents import picture_document
    from mihari.app.export import element_set_format, picture_frame_edge, table_format, write_table
    from mihari.astro.states import Frame
    from mihari.cli._open import data_mode, executor_for, node_for
    from mihari.cli._show import print_json, print_picture
    from mihari.formats import write_element_sets
    from mihari.picture import check_plot_path, plot_picture

    # Before the work, so that nobody waits only to learn that the name does not do.
    if out is not None:
        table_format(out)
    if plot is not None:
        check_plot_path(plot)
    form = None if elements is None else element_set_format(elements)
    node = node_for(catalogue=catalogue, satcat=satcat, store=store)
    answer = node.picture(
        at=at, as_of=as_of, frame=Frame(frame.value), mode=data_mode(mode), threads=executor_for(threads).workers
    )
    document = picture_document(answer)
    if out is not None:
        write_table(picture_frame_edge(answer.picture), out)
    if plot is not None:
        plot_picture(answer.picture, plot)
    if elements is not None and form is not None:
        sets = node.element_sets(at=answer.moment.at_tai_ns, as_of=as_of, mode=data_mode(mode))
        write_element_sets(sets, elements, format=form)
    if as_json:
        print_json(document)
    else:
        print_picture(document, written=[path for path in (out, plot, elements) if path])
