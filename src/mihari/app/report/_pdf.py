"""The report as one A4 page, set and drawn with Matplotlib alone."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from mihari.app.report._plots import LeftOut, Plot
from mihari.app.report._words import Contents
from mihari.conjunction.figures import clean_text
from mihari.release.products import A4_IN, BODY_IN, MARGIN_IN, PageSetting, place_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["pdf_report"]

_ROWS_IN: Final = {2: (2.4, 2.9), 3: (1.55, 2.35)}
"""Least and greatest height of a row of plots, by how many stand in it."""
_AMBER: Final = "#f0b429"
_TRIES: Final = ((7.6, 99), (7.0, 99), (6.4, 99), (5.9, 99), (5.6, 4), (5.6, 1), (5.6, 0))
"""Sizes of the text, points, and how many reasons are shown of each orbit."""
_TITLE_MOST: Final = 130


def pdf_report(contents: Contents, plots: Sequence[Plot], left_out: Sequence[LeftOut]) -> bytes:
    """Return the page as a PDF file.

    The text is set in the largest size at which everything fits; where the least is still too large, reasons about the
    orbits go first, then the plots, and the page says so.
    """
    from matplotlib.figure import Figure

    room_in = A4_IN[1] - MARGIN_IN
    settings = (_set(contents, left_out, text_pt=text_pt, reasons=reasons) for text_pt, reasons in _TRIES)
    for setting, columns in ((each, columns) for each in settings for columns in _ROWS_IN):
        rows = math.ceil(len(plots) / columns)
        if setting.at_in + rows * _ROWS_IN[columns][0] <= room_in:
            break
    else:
        missing = [LeftOut(each.name, each.title, "no room on the page") for each in plots]
        setting, plots = _set(contents, [*left_out, *missing], text_pt=_TRIES[-1][0], reasons=0), ()
    page = Figure(figsize=A4_IN, facecolor="white", layout="constrained")
    if plots:
        deep_in = rows * min(_ROWS_IN[columns][1], (room_in - setting.at_in) / rows)
        _place_plots(page, plots, rows=rows, columns=columns, top_in=setting.at_in, deep_in=deep_in)
    place_text(page, setting)
    out = io.BytesIO()
    title = clean_text(f"Close approach: {contents.objects_line}", most=150)
    page.savefig(
        out, format="pdf", metadata={"Title": title, "Creator": "Mihari", "Producer": None, "CreationDate": None}
    )
    return out.getvalue()


def _set(contents: Contents, left_out: Sequence[LeftOut], *, text_pt: float, reasons: int) -> PageSetting:
    page = PageSetting(text_pt)
    for words in contents.banners:
        high_in = page.step_in(1.3) + 0.03
        look = {"facecolor": _AMBER, "edgecolor": "black", "linewidth": 0.8}
        page.boxes.append((MARGIN_IN, page.at_in, BODY_IN, high_in, look))
        page.cell(words, MARGIN_IN + 0.08, BODY_IN, top_in=page.at_in + 0.03, scale=1.15, bold=True)
        page.at_in += high_in + 0.05
    page.at_in += 0.04 if contents.banners else 0.0
    names = [clean_text(each.title.partition(": ")[2], most=60) for each in contents.objects]
    page.line("Close approach: " + " and ".join(names), scale=1.6, bold=True)
    page.line(f"{contents.tca}  ·  event {contents.event_id}", scale=1.25)
    page.at_in += 0.05
    top_in = page.at_in
    told = f"{contents.level}: {contents.level_reason}" + (f"  STALE: {contents.stale}" if contents.stale else "")
    high_in = page.cell(told, MARGIN_IN + 0.08, BODY_IN - 0.16, top_in=top_in + 0.05, scale=1.2, bold=True) + 0.08
    page.boxes.append(
        (MARGIN_IN, top_in, BODY_IN, high_in, {"facecolor": "none", "edgecolor": "black", "linewidth": 1.8})
    )
    page.at_in = top_in + high_in + 0.02
    page.heading("Numbers")
    page.rows(contents.numbers, (1.5, 1.75, BODY_IN - 3.25))
    for title, rows in (
        ("Methods, covariances as the message states them: value, 95 % interval, trusted, why", contents.methods),
        ("Methods, shared density error removed: value, 95 % interval, trusted, why", contents.methods_removed),
    ):
        if rows:
            page.heading(title)
            page.rows(rows, (1.5, 0.75, 1.3, 0.4, BODY_IN - 3.95))
    _set_objects(page, contents, reasons=reasons)
    if contents.flags:
        page.heading("What is unlike an ordinary event")
        page.line(" ".join(contents.flags))
    page.at_in += 0.3 * page.step_in()
    for words in contents.notes:
        page.line(words)
    page.line(contents.decides, bold=True)
    if left_out:
        page.line("Plots: " + "; ".join(each.sentence() for each in left_out) + ".", scale=0.9)
    page.line(" ".join(contents.origin), scale=0.9)
    page.at_in += 0.05
    return page


def _set_objects(page: PageSetting, contents: Contents, *, reasons: int) -> None:
    half_in = BODY_IN / 2.0
    top_in, deepest_in = page.at_in, page.at_in
    for k, each in enumerate(contents.objects):
        left_in = MARGIN_IN + k * half_in
        page.at_in = top_in + 0.35 * page.step_in()
        page.at_in += page.cell(each.title, left_in, half_in - 0.1, top_in=page.at_in, bold=True, most=_TITLE_MOST)
        page.boxes.append((left_in, page.at_in, half_in - 0.1, 0.004, {"facecolor": "black", "linewidth": 0}))
        page.at_in += 0.02
        page.rows([*each.rows, ("Contact", each.contact)], (1.5, half_in - 1.55), left_in=left_in)
        shown = list(each.reasons[:reasons])
        if len(shown) < len(each.reasons):
            shown.append(
                f"{len(each.reasons) - len(shown)} reasons for the orbit's grade are not shown here: see --json"
            )
        page.rows([(f"· {words}",) for words in shown], (half_in - 0.02,), left_in=left_in)
        deepest_in = max(deepest_in, page.at_in)
    page.at_in = deepest_in


def _place_plots(
    page: Figure, plots: Sequence[Plot], *, rows: int, columns: int, top_in: float, deep_in: float
) -> None:
    under_in = max(A4_IN[1] - top_in - deep_in, 0.01)
    grid: Any = page.subfigures(
        3, 3, height_ratios=(top_in, deep_in, under_in), width_ratios=(MARGIN_IN, BODY_IN, MARGIN_IN), wspace=0.0,
        hspace=0.0,
    )  # fmt: skip
    panels = grid[1][1].subfigures(rows, columns, squeeze=False)
    for plot, panel in zip(plots, panels.flat, strict=False):
        plot.draw(panel=panel)
