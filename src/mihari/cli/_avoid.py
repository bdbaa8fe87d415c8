"""`mihari avoid`: what may be done about all conjunctions of one object, and what that does to each of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, Catalogues, Mode, StoreFolder, Threads

if TYPE_CHECKING:
    from mihari.app.avoid import AvoidanceAnswer, CatalogueFinder
    from mihari.app.catalogue import Catalogue
    from mihari.app.node import Node
    from mihari.model.provenance import DataMode

__all__ = ["avoid"]


def avoid(
    event: Annotated[str | None, Parameter(help="Event of the store, as mihari assess lists them.")] = None,
    /,
    *,
    primary: Annotated[str, Parameter(help="Catalogue number of the object that may manoeuvre.")],
    constraints: Annotated[Path | None, Parameter(help="What the mission allows: a JSON file.")] = None,
    cdm: Annotated[
        tuple[str, ...],
        Parameter(negative="", allow_leading_hyphen=True, help="Conjunction message, folder or - (repeatable)."),
    ] = (),
    profile: Annotated[str, Parameter(help="Threshold profile, by name or as a .json file. Default: cara.")] = "cara",
    hard_body_radius_m: Annotated[
        float | None, Parameter(help="Combined radius of both objects, m. Default: what the messages say.")
    ] = None,
    default_radius: Annotated[
        bool, Parameter(negative="", help="Where no radius is known, take the profile's default, labelled.")
    ] = False,
    start: Annotated[
        str | None,
        Parameter(help="UTC from which burns may be made. Default: now; for a past event when it was last told of."),
    ] = None,
    hours: Annotated[
        float | None, Parameter(help="Length of the window, h. Default: until a day after the event.")
    ] = None,
    wait: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Wait for tracking until UTC, or UTC@SHARE of the covariance left (repeatable)."),
    ] = (),
    candidates: Annotated[int, Parameter(help="Burns of the grid, at least. Default: 1000.")] = 1_000,
    finalists: Annotated[int, Parameter(help="Burns flown in full dynamics. Default: 20.")] = 20,
    plot: Annotated[Path | None, Parameter(help="Draw the trade space: FILE.png or FILE.svg.")] = None,
    out: Annotated[Path | None, Parameter(help="Folder for the best candidates as OPM, OEM and OCM.")] = None,
    catalogue: Catalogues = (),
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> int:
    """Plan how to avoid all conjunctions of one object: burns, doing nothing, waiting for tracking.

    Only a burn that was flown and screened against a whole catalogue is called recommended. The decision is the
    operator's.
    """
    import os

    from mihari.app.assess import assessment_request
    from mihari.app.avoid import AvoidanceQuestion
    from mihari.app.avoid import avoid as plan
    from mihari.app.avoidance_constraints import AvoidanceConstraints, read_constraints
    from mihari.app.avoidance_documents import avoidance_document
    from mihari.app.avoidance_messages import write_candidates
    from mihari.app.avoidance_waits import read_waits
    from mihari.app.moment import moment_tai_ns
    from mihari.cli._open import data_mode, executor_for
    from mihari.cli._progress import progress_bar
    from mihari.cli._show import log_line, print_json
    from mihari.cli._show_avoidance import print_plan
    from mihari.errors import UsageError
    from mihari.picture import check_plot_path

    if plot is not None:
        check_plot_path(plot)
    if event is None and not cdm:
        raise UsageError("which event?", where="EVENT", remedy="name an event of the store, or give --cdm FILE")
    if candidates < 1 or finalists < 1:
        raise UsageError("there must be a candidate and a finalist", where="--candidates, --finalists")
    chosen = data_mode(mode)
    node, finder, now = _sources(cdm, catalogue, store, as_of)
    question = AvoidanceQuestion(
        primary=primary.strip(),
        event_id=event,
        cdm=cdm,
        request=assessment_request(
            profile=profile,
            hard_body_radius_m=hard_body_radius_m,
            use_default_radius=default_radius,
            data_mode=chosen,
        ),
        constraints=AvoidanceConstraints() if constraints is None else read_constraints(constraints),
        start_tai_ns=None if start is None else moment_tai_ns(start, option="--start"),
        span_s=None if hours is None else hours * 3600.0,
        waits=read_waits(wait, lambda text: moment_tai_ns(text, option="--wait")),
        least_candidates=candidates,
        finalists=finalists,
        as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
        mode=chosen,
    )
    executor = executor_for(threads)
    with progress_bar("planning") as progress:
        answer = plan(
            question,
            node=node,
            catalogue=finder,
            now_tai_ns=now,
            executor=executor,
            threads=threads or os.cpu_count() or 1,
            progress=progress,
        )
    files = {} if out is None else write_candidates(answer, out, now_tai_ns=now)
    drawn = plot is not None and _draw(answer, plot)
    document = avoidance_document(answer, files=files, plot=plot if drawn else None)
    if as_json:
        print_json(document)
    else:
        print_plan(document)
    if out is not None and not files:
        log_line(f"no burn could be flown: nothing was written to {out}")
    return 0


def _sources(
    cdm: tuple[str, ...], catalogue: tuple[str, ...], store: Path | None, as_of: str | None
) -> tuple[Node | None, CatalogueFinder | None, int]:
    """The store that is asked, if any, where the catalogue comes from, and the present moment."""
    from mihari.app.clock import system_clock_tai_ns
    from mihari.app.node import open_files, open_node

    # With messages in files a store is asked only when it is named.
    node = open_node(store, create=False) if not cdm or store is not None else None
    if not catalogue and node is None:
        return None, None, system_clock_tai_ns()
    source = open_files(catalogue) if catalogue else node
    assert source is not None

    def find(mode: DataMode) -> Catalogue:
        return source.catalogue(as_of=None if catalogue else as_of, mode=mode)

    return node, find, source.now_tai_ns()


def _draw(answer: AvoidanceAnswer, plot: Path) -> bool:
    """Draw the trade space; a plan is told also where there is nothing to draw."""
    from mihari.app.avoidance_plot import plot_trade_space
    from mihari.cli._show import log_line

    times = answer.plan.space.burn_tai_ns
    if (times == times[0]).all():
        log_line(f"one time of burns makes no figure: {plot} was not written")
        return False
    plot_trade_space(answer, plot)
    return True
