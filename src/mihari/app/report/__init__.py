"""What an operator gets of an event: plots, and a report on one page that can be mailed as it is.

Both are made from the assessment's document and the rows of its history; what lacks its data is left out, and the
report says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mihari.errors import InputError, NotFoundError, UsageError

if TYPE_CHECKING:
    from mihari.picture import ImageFormat
    from mihari.policy import ThresholdProfile

__all__ = [
    "ReportForm",
    "check_report_path",
    "draw_plot",
    "plot_names",
    "plots_left_out",
    "render_report",
    "write_plots",
    "write_report",
]

History = Sequence[Mapping[str, Any]]


class ReportForm(Enum):
    """What a report can be, by the ending of its file."""

    HTML = "html"
    MARKDOWN = "md"
    PDF = "pdf"


def check_report_path(path: str | Path) -> ReportForm:
    """Return the form that a file name asks for.

    Raises
    ------
    UsageError
        Another ending than .html, .md and .pdf: asked before long work begins.
    """
    suffix = Path(path).suffix.lower()
    for form in ReportForm:
        if suffix == f".{form.value}":
            return form
    raise UsageError(
        f"cannot tell the form of the report from {suffix or 'no ending'}",
        where=str(path),
        remedy="end the name in .html, .md or .pdf",
    )


def draw_plot(
    document: Mapping[str, Any],
    name: str,
    *,
    history: History = (),
    image: ImageFormat,
    profile: ThresholdProfile | None = None,
) -> bytes:
    """Return one plot of an assessment as an image file.

    Parameters
    ----------
    document : mapping
        As `assessment_document` returns it.
    name : str
        encounter-plane, probability-history, miss-history, dilution, radius-sensitivity or covariance-sensitivity.
    history : sequence of mapping
        Rows of `ASSESSMENT_SCHEMA`, one per update of the event.
    image : ImageFormat
    profile : ThresholdProfile, optional
        Where it is the one that the document names, its thresholds are drawn; else those of the shipped profile of
        that name and version; else none.

    Raises
    ------
    NotFoundError
        No plot of that name, or the assessment lacks its data.
    """
    from mihari.app.report._plots import plots_of, profile_of
    from mihari.conjunction.figures import figure_bytes

    found = plots_of(document, history, profile=profile_of(document, profile))
    for plot in found.plots:
        if plot.name == name:
            return figure_bytes(plot.draw(), image=image, name=name)
    reasons = {each.name: each.reason for each in found.left_out}
    if name in reasons:
        raise NotFoundError(f"no plot {name}: {reasons[name]}", where=str(document["event_id"]))
    known = ", ".join(sorted([*(plot.name for plot in found.plots), *reasons]))
    raise NotFoundError(f"there is no plot {name!r}", where=str(document["event_id"]), remedy=f"there are {known}")


def plot_names(document: Mapping[str, Any], *, history: History = ()) -> list[str]:
    """Return the names of the plots that an assessment has the data for, in the order in which people read them."""
    from mihari.app.report._plots import plots_of

    return [each.name for each in plots_of(document, history, profile=None).plots]


def plots_left_out(document: Mapping[str, Any], *, history: History = ()) -> dict[str, str]:
    """Return the plots that an assessment lacks the data for, by name, each with the reason."""
    from mihari.app.report._plots import plots_of

    return {each.name: each.reason for each in plots_of(document, history, profile=None).left_out}


def write_plots(
    document: Mapping[str, Any],
    folder: str | Path,
    *,
    history: History = (),
    images: Sequence[ImageFormat] | None = None,
    profile: ThresholdProfile | None = None,
) -> list[Path]:
    """Write every plot that an assessment has the data for; all of them or none.

    Parameters
    ----------
    document, history, profile
        As for `draw_plot`.
    folder : str or Path
        Made when it is not there. A file is named after its plot: encounter-plane.svg.
    images : sequence of ImageFormat, optional
        Default: SVG and PNG.

    Returns
    -------
    list of Path
        What was written; `plots_left_out` says what was not.

    Raises
    ------
    InputError
        The folder cannot be made or written.

    Validation
    ----------
    tests/unit/test_app_report.py.
    """
    from mihari.app.report._plots import plots_of, profile_of
    from mihari.conjunction.figures import figure_bytes
    from mihari.formats import write_together
    from mihari.picture import ImageFormat

    target = _folder(folder)
    files = []
    for plot in plots_of(document, history, profile=profile_of(document, profile)).plots:
        figure = plot.draw()
        for image in images or (ImageFormat.SVG, ImageFormat.PNG):
            files.append((target / f"{plot.name}.{image.value}", figure_bytes(figure, image=image, name=plot.name)))
    write_together(files)
    return [path for path, _ in files]


def write_report(
    document: Mapping[str, Any],
    path: str | Path,
    *,
    history: History = (),
    profile: ThresholdProfile | None = None,
    made_tai_ns: int | None = None,
) -> list[Path]:
    """Write the report of one assessment, whole or not at all; the name's ending chooses HTML, Markdown or PDF.

    HTML and PDF stand alone. Markdown has its plots as PNG files beside it, named after it.

    Parameters
    ----------
    document, history, profile
        As for `draw_plot`.
    path : str or Path
    made_tai_ns : int, optional
        When the report says it was made. Default: now.

    Returns
    -------
    list of Path
        The report first, then the plots beside it.

    Raises
    ------
    UsageError
        Another ending.
    InputError
        The place cannot be written; what was there stays.

    Validation
    ----------
    tests/unit/test_app_report.py.
    """
    from mihari.formats import write_together

    target = Path(path)
    form = check_report_path(target)
    text, beside = render_report(
        document, form, history=history, profile=profile, made_tai_ns=made_tai_ns, stem=target.stem
    )
    files = [(target, text), *((target.with_name(name), data) for name, data in beside.items())]
    write_together(files)
    return [each for each, _ in files]


def render_report(
    document: Mapping[str, Any],
    form: ReportForm,
    *,
    history: History = (),
    profile: ThresholdProfile | None = None,
    made_tai_ns: int | None = None,
    stem: str = "report",
) -> tuple[bytes, dict[str, bytes]]:
    """Return a report's bytes, and the files that belong beside it, by name: none but for Markdown.

    Parameters
    ----------
    document, history, profile, made_tai_ns
        As for `write_report`.
    form : ReportForm
    stem : str
        What the names of the files beside it begin with.
    """
    from mihari.app.clock import system_clock_tai_ns
    from mihari.app.report._plots import plots_of, profile_of
    from mihari.app.report._words import contents_of
    from mihari.astro.time import format_utc

    made = format_utc(system_clock_tai_ns() if made_tai_ns is None else made_tai_ns, digits=0)
    contents = contents_of(document, made=made)
    found = plots_of(document, history, profile=profile_of(document, profile))
    if form is ReportForm.HTML:
        from mihari.app.report._html import html_report

        return html_report(contents, found.plots, found.left_out).encode("utf-8"), {}
    if form is ReportForm.PDF:
        from mihari.app.report._pdf import pdf_report

        return pdf_report(contents, found.plots, found.left_out), {}
    from mihari.app.report._markdown import markdown_report
    from mihari.conjunction.figures import figure_bytes
    from mihari.picture import ImageFormat

    named = [(plot, f"{stem}-{plot.name}.png") for plot in found.plots]
    drawn = {name: figure_bytes(plot.draw(), image=ImageFormat.PNG) for plot, name in named}
    return markdown_report(contents, named, found.left_out).encode("utf-8"), drawn


def _folder(folder: str | Path) -> Path:
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made a folder: {error.strerror or error}", where=str(folder), remedy="name another folder"
        ) from error
    return target
