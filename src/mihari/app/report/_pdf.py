"""The report as one A4 page, set and drawn with Matplotlib alone."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mihari.app.report._plots import LeftOut, Plot
from mihari.app.report._words import Contents
from mihari.conjunction.figures import clean_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["pdf_report"]

_A4_IN: Final = (8.27, 11.69)
_MARGIN_IN: Final = 0.4
_BODY_IN: Final = _A4_IN[0] - 2.0 * _MARGIN_IN
_LEADING: Final = 1.24
_ROWS_IN: Final = {2: (2.4, 2.9), 3: (1.55, 2.35)}
"""Least and greatest height of a row of plots, by how many stand in it."""
_AMBER: Final = "#f0b429"
_TRIES: Final = ((7.6, 99), (7.0, 99), (6.4, 99), (5.9, 99), (5.6, 4), (5.6, 1), (5.6, 0))
"""Sizes of the text, points, and how many reasons are shown of each orbit."""
_LONGEST: Final = 260
_LONGEST_LINE: Final = 900


@dataclass(slots=True)
class _Setting:
    """Text that has been set: what stands where, and how far down it came, inches from the upper edge."""

    text_pt: float
    at_in: float = _MARGIN_IN
    texts: list[tuple[float, float, str, dict[str, Any]]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float, dict[str, Any]]] = field(default_factory=list)

    def step_in(self, scale: float = 1.0) -> float:
        """Height of a line."""
        return self.text_pt * scale * _LEADING / 72.0

    def line(self, text: str, *, scale: float = 1.0, bold: bool = False) -> None:
        """Set a paragraph across the page."""
        self.at_in += self.cell(
            text, _MARGIN_IN, _BODY_IN, top_in=self.at_in, scale=scale, bold=bold, most=_LONGEST_LINE
        )

    def cell(
        self, text: str, left_in: float, width_in: float, *, top_in: float, scale: float = 1.0, bold: bool = False,
        right: bool = False, most: int = _LONGEST,
    ) -> float:  # fmt: skip
        """Set a text into a column; return its height."""
        size = self.text_pt * scale
        lines = _wrapped(text, width_in * 72.0, size=size, bold=bold, most=most)
        step_in = self.step_in(scale)
        for k, words in enumerate(lines):
            look: dict[str, Any] = {"fontsize": size, "fontweight": "bold" if bold else "normal"}
            if right:
                look["ha"] = "right"
            x = left_in + (width_in if right else 0.0)
            self.texts.append((x, top_in + k * step_in, words, look))
        return len(lines) * step_in

    def heading(self, text: str) -> None:
        """Set a heading with a rule under it."""
        self.at_in += 0.35 * self.step_in()
        self.line(text, bold=True)
        self.boxes.append((_MARGIN_IN, self.at_in, _BODY_IN, 0.004, {"facecolor": "black", "linewidth": 0}))
        self.at_in += 0.02

    def rows(
        self,
        rows: Sequence[Sequence[str]],
        widths_in: Sequence[float],
        *,
        left_in: float = _MARGIN_IN,
        number: int = -1,
    ) -> None:
        """Set a table: one column per width, column `number` to the right."""
        gap_in = 0.08
        for row in rows:
            deepest, x = 0.0, left_in
            for place, (text, width_in) in enumerate(zip(row, widths_in, strict=True)):
                shift_in = 0.12 if place == 0 and text.startswith(" ") else 0.0
                deepest = max(
                    deepest,
                    self.cell(
                        text.strip(), x + shift_in, width_in - gap_in - shift_in, top_in=self.at_in,
                        right=place == number,
                    ),
                )  # fmt: skip
                x += width_in
            self.at_in += deepest


def pdf_report(contents: Contents, plots: Sequence[Plot], left_out: Sequence[LeftOut]) -> bytes:
    """Return the page as a PDF file.

    The text is set in the largest size at which everything fits; where the least is still too large, reasons about the
    orbits go first, then the plots, and the page says so.
    """
    from matplotlib.figure import Figure

    room_in = _A4_IN[1] - _MARGIN_IN
    for (text_pt, reasons), columns in itertools.product(_TRIES, _ROWS_IN):
        setting = _set(contents, left_out, text_pt=text_pt, reasons=reasons)
        rows = math.ceil(len(plots) / columns)
        if setting.at_in + rows * _ROWS_IN[columns][0] <= room_in:
            break
    else:
        missing = [LeftOut(each.name, each.title, "no room on the page") for each in plots]
        setting, plots = _set(contents, [*left_out, *missing], text_pt=_TRIES[-1][0], reasons=0), ()
    page = Figure(figsize=_A4_IN, facecolor="white", layout="constrained")
    if plots:
        deep_in = rows * min(_ROWS_IN[columns][1], (room_in - setting.at_in) / rows)
        _place_plots(page, plots, rows=rows, columns=columns, top_in=setting.at_in, deep_in=deep_in)
    _place_text(page, setting)
    out = io.BytesIO()
    title = clean_text(f"Close approach: {contents.objects_line}", most=150)
    page.savefig(
        out, format="pdf", metadata={"Title": title, "Creator": "Mihari", "Producer": None, "CreationDate": None}
    )
    return out.getvalue()


def _set(contents: Contents, left_out: Sequence[LeftOut], *, text_pt: float, reasons: int) -> _Setting:
    page = _Setting(text_pt)
    for words in contents.banners:
        high_in = page.step_in(1.3) + 0.03
        look = {"facecolor": _AMBER, "edgecolor": "black", "linewidth": 0.8}
        page.boxes.append((_MARGIN_IN, page.at_in, _BODY_IN, high_in, look))
        page.cell(words, _MARGIN_IN + 0.08, _BODY_IN, top_in=page.at_in + 0.03, scale=1.15, bold=True)
        page.at_in += high_in + 0.04
    names = [clean_text(each.title.partition(": ")[2], most=60) for each in contents.objects]
    page.line("Close approach: " + " and ".join(names), scale=1.6, bold=True)
    page.line(f"{contents.tca}  ·  event {contents.event_id}", scale=1.25)
    page.at_in += 0.05
    top_in = page.at_in
    told = f"{contents.level}: {contents.level_reason}" + (f"  STALE: {contents.stale}" if contents.stale else "")
    high_in = page.cell(told, _MARGIN_IN + 0.08, _BODY_IN - 0.16, top_in=top_in + 0.05, scale=1.2, bold=True) + 0.08
    page.boxes.append(
        (_MARGIN_IN, top_in, _BODY_IN, high_in, {"facecolor": "none", "edgecolor": "black", "linewidth": 1.8})
    )
    page.at_in = top_in + high_in + 0.02
    page.heading("Numbers")
    page.rows(contents.numbers, (1.5, 1.75, _BODY_IN - 3.25))
    for title, rows in (
        ("Methods, covariances as the message states them: value, 95 % interval, trusted, why", contents.methods),
        ("Methods, shared density error removed: value, 95 % interval, trusted, why", contents.methods_removed),
    ):
        if rows:
            page.heading(title)
            page.rows(rows, (1.5, 0.75, 1.3, 0.4, _BODY_IN - 3.95))
    _set_objects(page, contents, reasons=reasons)
    if contents.flags:
        page.heading("What is unlike an ordinary event")
        page.line(" ".join(contents.flags))
    page.at_in += 0.3 * page.step_in()
    if contents.consequence:
        page.line(contents.consequence)
    page.line(contents.decides, bold=True)
    if left_out:
        page.line("Plots: " + "; ".join(each.sentence() for each in left_out) + ".", scale=0.9)
    page.line(" ".join(contents.origin), scale=0.9)
    page.at_in += 0.05
    return page


def _set_objects(page: _Setting, contents: Contents, *, reasons: int) -> None:
    half_in = _BODY_IN / 2.0
    top_in, deepest_in = page.at_in, page.at_in
    for k, each in enumerate(contents.objects):
        left_in = _MARGIN_IN + k * half_in
        page.at_in = top_in + 0.35 * page.step_in()
        page.at_in += page.cell(each.title, left_in, half_in - 0.1, top_in=page.at_in, bold=True)
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


def _place_text(page: Figure, setting: _Setting) -> None:
    from matplotlib.patches import Rectangle

    wide, high = _A4_IN
    for x, y, width, height, look in setting.boxes:
        box = Rectangle((x / wide, 1.0 - (y + height) / high), width / wide, height / high, transform=page.transFigure)
        box.set(**look)
        page.add_artist(box)
    for x, y, words, look in setting.texts:
        page.text(x / wide, 1.0 - y / high, words, va="top", parse_math=False, **look)


def _place_plots(
    page: Figure, plots: Sequence[Plot], *, rows: int, columns: int, top_in: float, deep_in: float
) -> None:
    under_in = max(_A4_IN[1] - top_in - deep_in, 0.01)
    grid: Any = page.subfigures(
        3, 3, height_ratios=(top_in, deep_in, under_in), width_ratios=(_MARGIN_IN, _BODY_IN, _MARGIN_IN), wspace=0.0,
        hspace=0.0,
    )  # fmt: skip
    panels = grid[1][1].subfigures(rows, columns, squeeze=False)
    for plot, panel in zip(plots, panels.flat, strict=False):
        plot.draw(panel=panel)


def _wrapped(text: str, width_pt: float, *, size: float, bold: bool, most: int) -> list[str]:
    """Break a text into lines no wider than a width; a word that is too long is broken too."""
    lines: list[str] = []
    line = ""
    for word in clean_text(text, most=most).split(" "):
        joined = f"{line} {word}" if line else word
        if _width_pt(joined, size=size, bold=bold) <= width_pt:
            line = joined
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and _width_pt(word, size=size, bold=bold) > width_pt:
            fits = next(
                k
                for k in range(len(word) - 1, 0, -1)
                if k == 1 or _width_pt(word[:k], size=size, bold=bold) <= width_pt
            )
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line]


def _width_pt(text: str, *, size: float, bold: bool) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    # Two in a hundred more: a viewer that has to take another font should not run over the edge.
    return 1.02 * float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])
