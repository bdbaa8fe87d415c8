"""Plots and reports of `mihari assess`: which events get one, what the files are called, and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mihari.app.assess import AssessmentBatch
    from mihari.app.events import EventFile
    from mihari.policy import ThresholdProfile

__all__ = ["check_report_options", "write_for_batch", "write_for_event"]


def check_report_options(*, plots: Path | None, report: Path | None, has_subject: bool) -> None:
    """Refuse what could not be written, before long work begins.

    Raises
    ------
    UsageError
        Nothing to report on, another ending than .html, .md and .pdf, or a file where the folder of plots should be.
    """
    from mihari.app.report import check_report_path
    from mihari.errors import UsageError

    if not has_subject:
        option = "--plots" if plots is not None else "--report"
        raise UsageError(f"{option} needs --cdm or --event", where=option, remedy="say which event")
    if report is not None:
        check_report_path(report)
        if not report.parent.is_dir():
            raise UsageError("its folder does not exist", where=str(report), remedy=f"make {report.parent} first")
    if plots is not None and plots.exists() and not plots.is_dir():
        raise UsageError("is a file, not a folder", where=str(plots), remedy="name a folder for --plots")


def write_for_event(event: EventFile, *, plots: Path | None, report: Path | None) -> None:
    """Write the plots and the report of an event of the store, with its history."""
    document = {**event.assessment, "stale": event.stale or event.assessment.get("stale")}
    _write(document, event.history.to_dicts(), plots=plots, report=report, profile=None)


def write_for_batch(
    batch: AssessmentBatch,
    *,
    store: Path | None,
    is_kept: bool,
    plots: Path | None,
    report: Path | None,
    profile: ThresholdProfile,
) -> None:
    """Write plots and reports of assessed messages: one of each event, from its newest message.

    Several events get a folder each, and a report each, named after the event. The history is that of the messages at
    hand; of kept ones, that of the store.
    """
    from mihari.app.node import open_node
    from mihari.cli._show import log_line

    if not batch.assessments:
        log_line("no report: no message is new; mihari assess --event reports on what was kept")
        return
    events = list(dict.fromkeys(each.event_id for each in batch.assessments))
    several = len(events) > 1
    if several:
        log_line(f"{len(events)} events: one report or folder each, named after the event")
    taken: set[str] = set()
    for event_id in events:
        mine = [each for each in batch.assessments if each.event_id == event_id]
        name = _file_name(event_id, taken) if several else ""
        places = {
            "plots": plots / name if plots is not None and name else plots,
            "report": report.with_name(f"{report.stem}-{name}{report.suffix}")
            if report is not None and name
            else report,
        }
        if is_kept:
            with open_node(store, create=False) as node:
                write_for_event(node.event(event_id, mode=mine[0].data_mode), **places)
        else:
            document, history = _newest(batch, event_id)
            _write(document, history, **places, profile=profile)


def _newest(batch: AssessmentBatch, event_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The newest assessment of an event as a document, and all of them as rows of its history."""
    from mihari.app.assessment_documents import assessment_document
    from mihari.app.keep_messages import assessment_frame

    mine = sorted((a for a in batch.assessments if a.event_id == event_id), key=lambda a: a.creation_tai_ns)
    coverage = batch.coverage()
    return assessment_document(mine[-1], coverage=coverage), assessment_frame(mine, coverage=coverage).to_dicts()


def _file_name(event_id: str, taken: set[str]) -> str:
    """Return a name for files: letters, digits and hyphens of the event's own, unlike all before."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", event_id)[:100] or "event"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain}-{number}", number + 1
    taken.add(name.casefold())
    return name


def _write(
    document: Mapping[str, Any],
    history: Sequence[Mapping[str, Any]],
    *,
    plots: Path | None,
    report: Path | None,
    profile: ThresholdProfile | None,
) -> None:
    from mihari.app.report import plots_left_out, write_plots, write_report
    from mihari.cli._show import log_line

    if plots is not None:
        written = write_plots(document, plots, history=history, profile=profile)
        log_line(f"plots: {len(written)} files in {plots}")
        for name, reason in plots_left_out(document, history=history).items():
            log_line(f"  no {name}: {reason}")
    if report is not None:
        files = write_report(document, report, history=history, profile=profile)
        log_line(f"report: {report}" + (f" and {len(files) - 1} plots beside it" if len(files) > 1 else ""))
