"""Setting text on pages with Matplotlib: paragraphs, headings and tables, measured before they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mihari.conjunction.figures import clean_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["A4_IN", "BODY_IN", "LATIN_FAMILY", "MARGIN_IN", "PageSetting", "japanese_family", "place_text"]

A4_IN: Final = (8.27, 11.69)
MARGIN_IN: Final = 0.4
BODY_IN: Final = A4_IN[0] - 2.0 * MARGIN_IN
LATIN_FAMILY: Final = "DejaVu Sans"
_LEADING: Final = 1.24
_LONGEST: Final = 260
_LONGEST_LINE: Final = 900
_JAPANESE: Final = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
)


@dataclass(slots=True)
class PageSetting:
    """Text that has been set: what stands where, and how far down it came, inches from the upper edge.

    Attributes
    ----------
    text_pt : float
        Size of the text.
    family : str
        The font that everything is set in.
    """

    text_pt: float
    family: str = LATIN_FAMILY
    at_in: float = MARGIN_IN
    texts: list[tuple[float, float, str, dict[str, Any]]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float, dict[str, Any]]] = field(default_factory=list)

    def step_in(self, scale: float = 1.0) -> float:
        """Height of a line."""
        return self.text_pt * scale * _LEADING / 72.0

    def line(self, text: str, *, scale: float = 1.0, bold: bool = False) -> None:
        """Set a paragraph across the page."""
        self.at_in += self.cell(text, MARGIN_IN, BODY_IN, top_in=self.at_in, scale=scale, bold=bold, most=_LONGEST_LINE)

    def cell(
        self, text: str, left_in: float, width_in: float, *, top_in: float, scale: float = 1.0, bold: bool = False,
        right: bool = False, most: int = _LONGEST,
    ) -> float:  # fmt: skip
        """Set a text into a column; return its height."""
        size = self.text_pt * scale
        lines = _wrapped(text, width_in * 72.0, size=size, bold=bold, most=most, family=self.family)
        step_in = self.step_in(scale)
        for k, words in enumerate(lines):
            look: dict[str, Any] = {"fontsize": size, "fontweight": "bold" if bold else "normal"}
            if self.family != LATIN_FAMILY:
                look["family"] = self.family
            if right:
                look["ha"] = "right"
            x = left_in + (width_in if right else 0.0)
            self.texts.append((x, top_in + k * step_in, words, look))
        return len(lines) * step_in

    def heading(self, text: str) -> None:
        """Set a heading with a rule under it."""
        self.at_in += 0.35 * self.step_in()
        self.line(text, bold=True)
        self.boxes.append((MARGIN_IN, self.at_in, BODY_IN, 0.004, {"facecolor": "black", "linewidth": 0}))
        self.at_in += 0.02

    def rows(
        self,
        rows: Sequence[Sequence[str]],
        widths_in: Sequence[float],
        *,
        left_in: float = MARGIN_IN,
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


def japanese_family() -> str | None:
    """Return a font of this machine that has Japanese letters, or None: no font is shipped."""
    from matplotlib import font_manager

    there = {each.name for each in font_manager.fontManager.ttflist}
    return next((name for name in _JAPANESE if name in there), None)


def place_text(page: Figure, setting: PageSetting) -> None:
    """Draw what has been set."""
    from matplotlib.patches import Rectangle

    wide, high = A4_IN
    for x, y, width, height, look in setting.boxes:
        box = Rectangle((x / wide, 1.0 - (y + height) / high), width / wide, height / high, transform=page.transFigure)
        box.set(**look)
        page.add_artist(box)
    for x, y, words, look in setting.texts:
        page.text(x / wide, 1.0 - y / high, words, va="top", parse_math=False, **look)


def _wrapped(text: str, width_pt: float, *, size: float, bold: bool, most: int, family: str) -> list[str]:
    """Break a text into lines no wider than a width; a word that is too long is broken too."""
    lines: list[str] = []
    line = ""
    for word in clean_text(text, most=most, family=family).split(" "):
        joined = f"{line} {word}" if line else word
        if _width_pt(joined, size=size, bold=bold, family=family) <= width_pt:
            line = joined
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and _width_pt(word, size=size, bold=bold, family=family) > width_pt:
            fits = next(
                k
                for k in range(len(word) - 1, 0, -1)
                if k == 1 or _width_pt(word[:k], size=size, bold=bold, family=family) <= width_pt
            )
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line]


def _width_pt(text: str, *, size: float, bold: bool, family: str) -> float:
    """Width by the advances of the letters, two in a hundred more: a viewer may have to take another font."""
    weight = "bold" if bold else "normal"
    return 1.02 * size * sum(_advance(letter, weight, family) for letter in text)


@cache
def _advance(letter: str, weight: str, family: str) -> float:
    """Advance of a letter at size 1."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=family, weight=weight, size=1.0)
    with_it, without = (
        text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] for text in (f"n{letter}n", "nn")
    )
    return max(float(with_it - without), 0.0)
