"""What all figures of an event share: colours, heading with banners, thresholds, axes in UTC, files.

Matplotlib's object interface only; it is imported when a figure is asked for. Every line has a style or marker beside
its colour, so that a colour-blind reader and a black-and-white printer lose nothing.

References
----------
M. Okabe, K. Ito, "Color Universal Design", 2008: the palette.

Validation
----------
tests/unit/test_figures_event.py.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.astro.time import format_utc
from mihari.model.provenance import DataMode

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

    from mihari.picture import ImageFormat

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "RED",
    "SKY",
    "FigureHeading",
    "Sheet",
    "clean_text",
    "dates_utc",
    "draw_thresholds",
    "figure_bytes",
    "length_unit",
    "new_panel",
    "open_sheet",
    "power_text",
    "probability_ticks",
    "time_axis",
    "write_figure",
]

BLACK: Final = "#000000"
ORANGE: Final = "#e69f00"
SKY: Final = "#56b4e9"
GREEN: Final = "#009e73"
BLUE: Final = "#0072b2"
RED: Final = "#d55e00"
PURPLE: Final = "#cc79a7"
GREY: Final = "#5f6770"

_AMBER: Final = "#f0b429"
_GRID: Final = "#d7dce2"
_SIZE_IN: Final = (8.0, 6.0)
_DPI: Final = 150
_TEXT_PT: Final = 10.0
_PANEL_PT_PER_IN: Final = 2.25
_NARROW_IN: Final = 4.0
_DAY_S: Final = 86_400
_STEPS_S: Final = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200),
    *(days * 86_400 for days in (1, 2, 5, 7, 14, 30, 91, 365, 3650)),
)
_ADVISORY: Final = "ADVISORY: a state comes from a public element set. Not for manoeuvre decisions."
_MOVING: Final = dict.fromkeys(
    (*range(32), *range(127, 160), *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF), " "
)
"""Controls, and what turns the direction of a text around or hides in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureHeading:
    """What stands around every figure of an event.

    Attributes
    ----------
    subject : str
        The objects, and what else tells the event from others.
    data_mode : DataMode
        Anything but REAL gets a banner.
    is_advisory : bool
        A state comes from a public element set: gets a banner too.
    footing : str
        Where the numbers come from, in small type.
    """

    subject: str
    data_mode: DataMode
    is_advisory: bool
    footing: str = ""

    def banners(self) -> tuple[str, ...]:
        """Return the words that must not be missed."""
        mode = () if self.data_mode is DataMode.REAL else (f"{self.data_mode.value} DATA: not the real sky",)
        return (*mode, _ADVISORY) if self.is_advisory else mode


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where one plot is drawn: an area with room for axes, and the size of its text, points."""

    area: FigureBase
    text_pt: float

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for little text."""
        return _width_in(self.area) < _NARROW_IN

    @property
    def root(self) -> Figure:
        """The whole figure."""
        from matplotlib.figure import Figure

        root = self.area.get_figure(root=True)
        assert isinstance(root, Figure)
        return root

    def axes(self, *, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
        """Return plain axes, row by row."""
        made = self.area.subplots(rows, columns, squeeze=False, **options)
        for axes in made.flat:
            axes.tick_params(labelsize=self.text_pt * 0.9, length=3, pad=2 if self.is_narrow else 3.5, which="major")
            axes.tick_params(length=2, which="minor")
            axes.grid(True, color=_GRID, linewidth=0.6)
            axes.set_axisbelow(True)
            for spine in axes.spines.values():
                spine.set_color(GREY)
                spine.set_linewidth(0.8)
        return list(made.flat)

    @property
    def mark(self) -> float:
        """Factor of sizes of markers and widths of lines."""
        return self.text_pt / _TEXT_PT

    def legend(self, handles: list[Any], *, columns: int = 3) -> None:
        """Put a legend under the plot, where it covers nothing, and fit lines to the size of the text."""
        for line in (line for axes in _axes_of(self.area) for line in axes.lines):
            line.set_linewidth(line.get_linewidth() * self.mark)
        self.area.legend(
            handles=handles,
            loc="outside lower center",
            ncols=min(columns, 2) if self.is_narrow else columns,
            fontsize=self.text_pt * 0.9,
            frameon=False,
            handlelength=2.6,
            columnspacing=1.4,
            labelspacing=0.25 if self.is_narrow else 0.5,
            borderpad=0.1 if self.is_narrow else 0.4,
            markerscale=0.8 if self.is_narrow else 1.0,
        )


def open_sheet(heading: FigureHeading, *, title: str, short: str, panel: FigureBase | None) -> Sheet:
    """Return where to draw: a figure of its own with heading and banners, or a part of somebody's page.

    Parameters
    ----------
    heading : FigureHeading
    title, short : str
        What the plot shows, on a figure of its own and on a part of a page.
    panel : FigureBase, optional
        A part of a page, which has a heading of its own: then only the title is written.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    if panel is not None:
        text_pt = min(max(_PANEL_PT_PER_IN * _width_in(panel), 5.0), _TEXT_PT)
        panel.suptitle(short, x=0.01, ha="left", fontsize=text_pt * 1.2, fontweight="bold")
        return Sheet(panel, text_pt)
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI, facecolor="white")
    top, strip = 1.0, 0.042
    for words in heading.banners():
        band = Rectangle((0, top - strip), 1, strip, transform=figure.transFigure, facecolor=_AMBER, edgecolor=BLACK)
        figure.add_artist(band)
        _say(figure, 0.5, top - strip / 2, words, size=10.5, weight="bold", ha="center")
        top -= strip
    _say(figure, 0.02, top - 0.037, title, size=14.0, weight="bold")
    _fit(figure, top - 0.078, heading.subject, sizes=(9.5, 8.5, 7.5), colour=GREY)
    top -= 0.1
    if heading.footing:
        _fit(figure, top - 0.008, heading.footing, sizes=(7.5, 6.5), colour=GREY)
        top -= 0.025
    # Down to the lower edge: a legend outside of the axes stands there, whatever the rest is given.
    room = (0.01, 0.0, 0.98, top)
    figure.set_layout_engine("constrained", rect=room)
    return Sheet(figure, _TEXT_PT)


def _axes_of(area: Any) -> list[Axes]:
    return list(area.axes)


def _width_in(area: Any) -> float:
    return float(area.bbox.width / area.get_figure(root=True).dpi)


def new_panel(*, width_in: float, height_in: float) -> Figure:
    """Return an empty part of a page, for a plot without heading and footing."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), dpi=_DPI, facecolor="white", layout="constrained")


def _say(
    figure: Figure, x: float, y: float, words: str, *, size: float, weight: str = "normal", ha: str = "left",
    colour: str = BLACK,
) -> None:  # fmt: skip
    figure.text(x, y, words, fontsize=size, fontweight=weight, ha=ha, va="center", color=colour, parse_math=False)


def _fit(figure: Figure, y: float, words: str, *, sizes: Sequence[float], colour: str) -> None:
    """Write a line across the figure in the largest size that fits; what fits in none is cut."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    room_pt = 0.96 * _SIZE_IN[0] * 72.0
    for size in sizes:
        shown = clean_text(words, most=400)
        font = FontProperties(family="DejaVu Sans", size=size)
        width_pt = float(text_to_path.get_text_width_height_descent(shown, font, ismath=False)[0])
        if width_pt <= room_pt:
            break
    else:
        shown = clean_text(words, most=max(int(len(shown) * room_pt / width_pt * 0.97), 2))
    _say(figure, 0.02, y, shown, size=size, colour=colour)


def clean_text(text: str, *, most: int, family: str = "DejaVu Sans") -> str:
    """Return a text of others as it can be drawn: one line, no controls, only glyphs of the font, not too long."""
    from matplotlib.font_manager import findfont, get_font

    known = get_font(findfont(family)).get_charmap()
    plain = " ".join(text.translate(_MOVING).split())
    shown = "".join(c if ord(c) in known else "\N{WHITE VERTICAL RECTANGLE}" for c in plain)
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def length_unit(extent_m: float) -> tuple[float, str]:
    """Return metres per unit and the unit's name: kilometres from ten on."""
    return (1.0e3, "km") if extent_m >= 1.0e4 else (1.0, "m")


def power_text(value: float) -> str:
    """Return a probability as people write it: 0.012, 3.4e-05."""
    return f"{value:.2g}" if value >= 1.0e-3 or value == 0.0 else f"{value:.1e}"


def dates_utc(tai_ns: ArrayLike) -> NDArray[np.float64]:
    """Return moments as Matplotlib counts them, days of UTC; a leap second falls on its minute's last second."""
    from matplotlib import dates

    calendar: Any = dates
    texts = [format_utc(int(each), digits=3)[:-1].replace(":60.", ":59.") for each in np.atleast_1d(np.asarray(tai_ns))]
    return np.asarray(calendar.date2num(np.array(texts, dtype="datetime64[ms]")), dtype=np.float64)


def time_axis(axes: Axes, words: str, *, sheet: Sheet) -> None:
    """Mark the horizontal axis in UTC, at full seconds, minutes, hours or days."""
    from matplotlib import dates

    calendar: Any = dates
    low, high = axes.get_xlim()
    most = 4 if sheet.is_narrow else 6
    step_s = next((step for step in _STEPS_S if (high - low) * _DAY_S <= most * step), _STEPS_S[-1])
    if step_s >= _DAY_S:
        form, known = "%Y-%m-%d", ""
    elif step_s >= 60:
        form, known = "%m-%d %H:%M", "%Y"
    else:
        form, known = "%H:%M:%S", "%Y-%m-%d"
    first = math.ceil(low * _DAY_S / step_s - 1e-6)
    axes.set_xticks(np.arange(first, math.floor(high * _DAY_S / step_s + 1e-6) + 1) * (step_s / _DAY_S))
    axes.xaxis.set_major_formatter(calendar.DateFormatter(form, tz="UTC"))
    told = f" ({calendar.num2date(low, tz='UTC'):{known}})" if known else ""
    axes.set_xlabel(f"{words}{told}", fontsize=sheet.text_pt)


def probability_ticks(axes: Axes, *, sheet: Sheet) -> None:
    """Mark a vertical axis of probabilities at powers of ten, few where there is little room."""
    from matplotlib.ticker import LogLocator

    axes.yaxis.set_major_locator(LogLocator(numticks=6 if sheet.is_narrow else 11))
    axes.set_ylabel("probability" if sheet.is_narrow else "probability of collision", fontsize=sheet.text_pt)


def draw_thresholds(axes: Axes, *, watch_probability: float | None, action_probability: float | None) -> list[Any]:
    """Draw the thresholds of a profile across; return handles for the legend."""
    handles = []
    for value, name, colour, style in (
        (action_probability, "act from", RED, (0, (7, 2))),
        (watch_probability, "watch from", ORANGE, (0, (2, 2))),
    ):
        if value is not None:
            label = f"{name} {power_text(value)}"
            handles.append(axes.axhline(value, color=colour, linestyle=style, linewidth=1.5, label=label, zorder=1.5))
    return handles


def figure_bytes(figure: Figure, *, image: ImageFormat, name: str = "plot") -> bytes:
    """Return a figure as a PNG or SVG file.

    Parameters
    ----------
    name : str
        In SVG it goes before every identifier, so that several can stand in one document. The same figure gives the
        same bytes.
    """
    out = io.BytesIO()
    if image.value == "svg":
        empty = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", metadata=empty)
        return _own_identifiers(out.getvalue().decode("utf-8"), name).encode("utf-8")
    figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
    return out.getvalue()


def _own_identifiers(text: str, name: str) -> str:
    """Number the identifiers that things are found by, which are random, and put a name before all."""
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="|url\()#([\w.:-]+)', text))
    names: dict[str, str] = {}
    for found in re.findall(r'\bid="([^"]+)"', text):
        names.setdefault(
            found,
            f"{name}-r{len(names)}"
            if found in used or re.fullmatch(r"image[0-9a-f]{6,}", found)
            else f"{name}-{found}",
        )
    text = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{names[m[1]]}"', text)
    return re.sub(r'((?:href="|url\()#)([\w.:-]+)', lambda m: m[1] + names.get(m[2], m[2]), text)


def write_figure(figure: Figure, path: str | Path) -> None:
    """Write a figure whole or not at all; the name's ending chooses PNG or SVG.

    Raises
    ------
    UsageError
        Another ending.
    InputError
        The place cannot be written; what was there stays.
    """
    from mihari.formats import write_atomically
    from mihari.picture import check_plot_path

    image = check_plot_path(path)
    write_atomically(path, figure_bytes(figure, image=image))
