"""The report as one HTML page that asks nobody for anything: no script, no address, plots as inline SVG."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

from mihari.app.report._plots import LeftOut, Plot
from mihari.app.report._words import Contents, ObjectPart
from mihari.release.products import plain

__all__ = ["html_report"]

_TITLE_MOST: Final = 60
_PARAGRAPH_MOST: Final = 900
_PANEL_IN: Final = (2.75, 2.2)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_STYLE: Final = """
@page{size:A4;margin:8mm 10mm}
*{box-sizing:border-box}
body{font:12px/1.35 "Helvetica Neue",Arial,"Noto Sans",sans-serif;color:#000;background:#fff;max-width:230mm;
margin:6mm auto;padding:0 3mm;overflow-wrap:anywhere}
h1{font-size:19px;margin:0 0 1px;line-height:1.2}h2{font-size:12.5px;margin:9px 0 2px;border-bottom:1px solid #000}
p{margin:2px 0}.when{font-size:14px}.small{font-size:10.5px;color:#333}
.banner{background:#f0b429;border:1.5px solid #000;font-weight:bold;text-align:center;padding:3px;margin:0 0 4px}
.level{border:2px solid #000;padding:4px 8px;margin:6px 0;font-size:13.5px}
.level b{letter-spacing:.04em;margin-right:.5em}
.action{border-width:4px;background:#fbe3d6}.watch{border-style:dashed;background:#fff6df}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:1px 6px 1px 0;
border-bottom:.5px solid #bbb}th{font-weight:600;white-space:nowrap;font-size:10.5px}td.n{text-align:right;
white-space:nowrap;font-variant-numeric:tabular-nums;width:1%}td.k{white-space:nowrap;width:1%}td.n+td{padding-left:10px}
td.s{white-space:nowrap;width:1%;padding-right:12px}
.o table{table-layout:fixed}.o td:first-child{width:34%}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 6mm}
.plots{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:2mm 3mm;margin-top:6px}
.pair{grid-template-columns:repeat(2,minmax(0,1fr))}
figure{margin:0;break-inside:avoid}figure svg{width:100%;height:auto;display:block}
ul{margin:2px 0;padding-left:1.2em}
@media(max-width:640px){.two,.plots,.pair{grid-template-columns:minmax(0,1fr)}}
@media print{body{font-size:8.3px;margin:0;padding:0;max-width:none;line-height:1.25}
h1{font-size:14px}.when{font-size:11px}
.level{font-size:10px}h2{font-size:9.5px;margin-top:5px}.small,th{font-size:8px}
.plots,.pair{grid-template-columns:repeat(3,minmax(0,1fr))}
td,th{padding-top:0;padding-bottom:0}figure svg{max-height:46mm}
.banner,.level{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""


def html_report(contents: Contents, plots: Sequence[Plot], left_out: Sequence[LeftOut]) -> str:
    """Return the page.

    Parameters
    ----------
    contents : Contents
    plots, left_out : sequences
        What is drawn, and what the page says is not.
    """
    title = f"{_cut(contents.objects_line)}, {_text(contents.tca)}"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Close approach: {title}</title><style>{_STYLE}</style></head><body>",
        *(f'<div class="banner">{_text(each)}</div>' for each in contents.banners),
        f"<h1>Close approach: <bdi>{_objects(contents)}</bdi></h1>",
        f'<p class="when">{_text(contents.tca)} &nbsp; <span class="small">event {_text(contents.event_id)}</span></p>',
        f'<div class="level {_class(contents.level)}"><b>{_text(contents.level)}</b> '
        f"<bdi>{_text(contents.level_reason)}</bdi></div>",
        *([f"<p><b>STALE:</b> {_text(contents.stale)}</p>"] if contents.stale else []),
        "<h2>Numbers</h2>",
        _table([(_indent(name), value, note) for name, value, note in contents.numbers], number=1),
        _method_tables(contents),
        '<div class="two">',
        *(_object(each) for each in contents.objects),
        "</div>",
        _list("What is unlike an ordinary event", contents.flags),
        *(f"<p>{html.escape(plain(each, most=_PARAGRAPH_MOST))}</p>" for each in contents.notes),
        f'<div class="plots{" pair" if len(plots) in (2, 4) else ""}">',
        *(_figure(each) for each in plots),
        "</div>",
        _list("Plots left out", [each.sentence() for each in left_out]),
        f"<p><b>{_text(contents.decides)}</b></p>",
        f'<p class="small">{" ".join(_text(each) for each in contents.origin)}</p>',
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    return html.escape(plain(text))


def _cut(text: str) -> str:
    return html.escape(plain(text, most=2 * _TITLE_MOST))


def _objects(contents: Contents) -> str:
    """Both names, each cut for itself and each kept from turning the other around."""
    names = [each.title.partition(": ")[2] for each in contents.objects]
    return " and ".join(f"<bdi>{html.escape(plain(name, most=_TITLE_MOST))}</bdi>" for name in names)


def _class(level: str) -> str:
    return re.sub(r"[^a-z]+", "-", level.lower())


def _indent(name: str) -> str:
    return f"\u2003{name.strip()}" if name.startswith(" ") else name


def _table(rows: Sequence[Sequence[str]], *, number: int, heads: Sequence[str] = ()) -> str:
    head = "<tr>" + "".join(f"<th>{_text(each)}</th>" for each in heads) + "</tr>" if heads else ""
    body = []
    for row in rows:
        cells = []
        for place, cell in enumerate(row):
            kind = ' class="n"' if place == number else ' class="k"' if place == 0 and len(row) != 2 else ""
            kind = ' class="s"' if 1 < place < len(row) - 1 else kind
            # The leading space of an indented name is kept: it was put there here.
            shown = "&emsp;" + _text(cell[1:]) if cell.startswith("\u2003") else f"<bdi>{_text(cell)}</bdi>"
            cells.append(f"<td{kind}>{shown}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{head}{''.join(body)}</table>"


def _method_tables(contents: Contents) -> str:
    parts = []
    for title, rows in (
        ("Methods, covariances as the message states them", contents.methods),
        ("Methods, shared density error removed", contents.methods_removed),
    ):
        # Only sampling has an interval: an empty column is left out.
        shown = [0, 1, *([2] if any(row[2] for row in rows) else []), 3, 4]
        heads = ("", "value", "95 % interval", "trusted", "why")
        if rows:
            parts.append(f"<h2>{_text(title)}</h2>")
            picked = [[row[place] for place in shown] for row in rows]
            parts.append(_table(picked, number=1, heads=[heads[place] for place in shown]))
    return "".join(parts)


def _object(each: ObjectPart) -> str:
    reasons = "".join(f"<li>{_text(reason)}</li>" for reason in each.reasons)
    rows = [*each.rows, ("Contact", each.contact)]
    return (
        f'<section class="o"><h2><bdi>{_cut(each.title)}</bdi></h2>{_table(rows, number=-1)}'
        + (f'<ul class="small">{reasons}</ul>' if reasons else "")
        + "</section>"
    )


def _list(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    return f"<h2>{_text(title)}</h2><ul>{''.join(f'<li>{_text(each)}</li>' for each in items)}</ul>"


def _figure(plot: Plot) -> str:
    from mihari.conjunction.figures import figure_bytes, new_panel
    from mihari.picture import ImageFormat

    figure = plot.draw(panel=new_panel(width_in=_PANEL_IN[0], height_in=_PANEL_IN[1]))
    drawn = figure_bytes(figure, image=ImageFormat.SVG, name=plot.name).decode("utf-8")
    drawn = re.sub(r"<!--.*?-->", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)
    drawn = drawn.replace("<svg ", f'<svg role="img" aria-label="{_text(plot.title)}: {_text(plot.words)}" ', 1)
    return f"<figure>{drawn.strip()}</figure>"
