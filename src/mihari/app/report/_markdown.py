"""The report as Markdown, with its plots as files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from mihari.app.report._plots import LeftOut, Plot
from mihari.app.report._words import Contents
from mihari.release.products import markdown_text as _text

__all__ = ["markdown_report"]


def markdown_report(contents: Contents, plots: Sequence[tuple[Plot, str]], left_out: Sequence[LeftOut]) -> str:
    """Return the text.

    Parameters
    ----------
    contents : Contents
    plots : sequence of (Plot, str)
        Each with the name of its file beside the report.
    left_out : sequence of LeftOut
    """
    lines = [f"# Close approach: {_text(contents.objects_line, most=130)}", ""]
    lines += [f"**{_text(each)}**\n" for each in contents.banners]
    lines += [f"{_text(contents.tca)}, event {_text(contents.event_id)}", ""]
    lines += [f"> **{_text(contents.level)}** {_text(contents.level_reason)}", ""]
    lines += [f"**STALE:** {_text(contents.stale)}\n"] if contents.stale else []
    lines += ["## Numbers", "", *_table(("", "value", ""), contents.numbers), ""]
    for title, rows in (
        ("Methods, covariances as the message states them", contents.methods),
        ("Methods, shared density error removed", contents.methods_removed),
    ):
        if rows:
            lines += [f"## {title}", "", *_table(("method", "value", "95 % interval", "trusted", "why"), rows), ""]
    for each in contents.objects:
        lines += [f"## {_text(each.title)}", "", *_table(("", ""), [*each.rows, ("Contact", each.contact)]), ""]
        lines += [*(f"- {_text(reason)}" for reason in each.reasons), ""] if each.reasons else []
    if contents.flags:
        lines += ["## What is unlike an ordinary event", "", *(f"- {_text(each)}" for each in contents.flags), ""]
    for words in contents.notes:
        lines += [_text(words, most=900), ""]
    if plots:
        lines += ["## Plots", ""]
        for plot, file in plots:
            lines += [f"![{_text(plot.title)}: {_text(plot.words)}]({quote(file)})", ""]
    if left_out:
        lines += ["## Plots left out", "", *(f"- {_text(each.sentence())}" for each in left_out), ""]
    lines += [f"**{_text(contents.decides)}**", "", *(_text(each) for each in contents.origin)]
    return "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]
