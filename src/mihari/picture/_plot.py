"""One figure of a picture: shells and belts, the view from above the pole, counts by regime and by age.

Matplotlib's object interface with the Agg and SVG canvases only; pyplot and its global figures are not touched.
"""

from __future__ import annotations

import io
from enum import Enum
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter

from mihari.astro.time import format_utc
from mihari.constants import EARTH_EQUATORIAL_RADIUS_M
from mihari.errors import UsageError
from mihari.formats import write_atomically
from mihari.model.provenance import DataMode
from mihari.model.space_object import ObjectType
from mihari.picture._picture import Picture
from mihari.picture._propagation import STATUS_OK
from mihari.picture._summary import count_by_age, count_by_regime, count_by_type, count_without_state
from mihari.units import RAD_PER_DEG

__all__ = ["ImageFormat", "check_plot_path", "draw_picture", "plot_picture"]


class ImageFormat(Enum):
    """What `draw_picture` can make."""

    PNG = "png"
    SVG = "svg"


# Okabe and Ito's colours, which most colour-blind readers can tell apart; red is kept for alerts.
_TYPES: Final = (
    (ObjectType.PAYLOAD, "Payload", "#56b4e9"),
    (ObjectType.ROCKET_BODY, "Rocket body", "#e69f00"),
    (ObjectType.DEBRIS, "Debris", "#a8b3c2"),
    (ObjectType.UNKNOWN, "Unknown", "#cc79a7"),
)
_BACK: Final = "#0a111d"
_PANEL: Final = "#0f1929"
_DRAW_SEED: Final = 7
_LINE: Final = "#2a3a53"
_TEXT: Final = "#e6edf7"
_MUTED: Final = "#93a4bb"
_BAR: Final = "#3f7fb5"
_BAR_DIM: Final = "#31506e"
_AMBER: Final = "#f0b429"

_SIZE_IN: Final = (16.0, 9.0)
_DPI: Final = 150
_LEFT: Final = 0.068
_RIGHT: Final = 0.975
_BOTTOM: Final = 0.108
_FAR_RINGS_KM: Final = (20_200.0, 35_786.0)
_NEAR_RINGS_KM: Final = (500.0, 1_000.0, 2_000.0)
_FAR_VIEW_KM: Final = 47_000.0
_NEAR_VIEW_KM: Final = 8_700.0
_LOWEST_KM: Final = 120.0
_HIGHEST_KM: Final = 400_000.0


def draw_picture(picture: Picture, *, image: ImageFormat = ImageFormat.PNG) -> bytes:
    """Draw a picture and return the image file's bytes.

    Left: altitude at the moment against inclination. Right: positions projected on the equator of the picture's
    frame, seen from above the north pole; below, counts by regime and by age of the element set. Anything but REAL
    data carries a banner that says so.

    Parameters
    ----------
    picture : Picture
    image : ImageFormat
        In SVG the points are an embedded image, so that the file stays below a few megabytes.
    """
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI, facecolor=_BACK)
    top = _heading(figure, picture)
    states = picture.states.filter(pl.col("status") == STATUS_OK)
    _altitudes(figure.add_axes((_LEFT, _BOTTOM, 0.455, top - _BOTTOM)), states, picture)
    side = 0.199
    height = side * _SIZE_IN[0] / _SIZE_IN[1]
    far = figure.add_axes((_RIGHT - 2 * side - 0.012, top - height, side, height))
    _from_above(far, states, picture, view_km=_FAR_VIEW_KM)
    near = figure.add_axes((_RIGHT - side, top - height, side, height))
    _from_above(near, states, picture, view_km=_NEAR_VIEW_KM)
    bars = top - height - 0.085 - _BOTTOM
    _regimes(figure.add_axes((0.605, _BOTTOM, 0.125, bars)), picture)
    _ages(figure.add_axes((0.845, _BOTTOM, 0.13, bars)), picture)
    _footing(figure, picture)
    out = io.BytesIO()
    figure.savefig(
        out, format=image.value, facecolor=_BACK, metadata={"Date": None} if image is ImageFormat.SVG else None
    )
    return out.getvalue()


def check_plot_path(path: str | Path) -> ImageFormat:
    """Return the image format that a file name asks for.

    Raises
    ------
    UsageError
        Another ending than .png and .svg: asked before long work begins, so that it is not lost.
    """
    suffix = Path(path).suffix.lower()
    for image in ImageFormat:
        if suffix == f".{image.value}":
            return image
    raise UsageError(
        f"cannot tell the format of the plot from {suffix or 'no ending'}",
        where=str(path),
        remedy="end the name in .png or .svg",
    )


def plot_picture(picture: Picture, path: str | Path) -> None:
    """Draw a picture into a file, whole or not at all; the name's ending chooses PNG or SVG.

    Raises
    ------
    UsageError
        Another ending.
    InputError
        The place cannot be written; what was there stays.
    """
    target = Path(path)
    image = check_plot_path(target)
    write_atomically(target, draw_picture(picture, image=image))


def _heading(figure: Figure, picture: Picture) -> float:
    """Write the banner and the title; return the upper edge of what is left, as a fraction."""
    top = 1.0
    if picture.data_mode is not DataMode.REAL:
        figure.add_artist(Rectangle((0, 0.966), 1, 0.034, transform=figure.transFigure, color=_AMBER, zorder=5))
        figure.text(
            0.5,
            0.982,
            f"{picture.data_mode.value} DATA: not the real sky",
            ha="center",
            va="center",
            color="#1a1300",
            fontsize=13,
            fontweight="bold",
            zorder=6,
        )
        top = 0.966
    figure.text(
        _LEFT, top - 0.052, "What is where", color=_TEXT, fontsize=23, fontweight="bold", ha="left", va="center"
    )
    moment = format_utc(picture.at_tai_ns, digits=0).replace("T", "  ").removesuffix("Z")
    figure.text(_RIGHT, top - 0.052, f"{moment} UTC", color=_TEXT, fontsize=19, ha="right", va="center")
    with_state = picture.states.filter(pl.col("status") == STATUS_OK).height
    facts = [f"{len(picture):,} objects, {with_state:,} with a state"]
    if len(picture):
        median_days = float(np.median(picture.states["age_s"].to_numpy())) / 86_400.0
        facts.append(f"median age of the element sets {median_days:.1f} d")
    facts.append(f"catalogue {picture.catalogue_version[:16]}")
    figure.text(_LEFT, top - 0.097, "   ·   ".join(facts), color=_MUTED, fontsize=11.5, ha="left", va="center")
    return top - 0.16


def _footing(figure: Figure, picture: Picture) -> None:
    sources = picture.states["source"].unique().sort().to_list()
    named = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    figure.text(
        _LEFT,
        0.026,
        f"Mihari   ·   SGP4 on element sets ({picture.data_mode.value}; source: {named}); no covariance, "
        "not for manoeuvre decisions",
        color=_MUTED,
        fontsize=9,
        ha="left",
        va="center",
    )
    missing = count_without_state(picture)
    if missing.height:
        # The codes alone: the words are in the table, and here there is room for one line.
        codes = ", ".join(f"{count:,} {_code(status)}" for status, count in missing.head(3).rows())
        text = f"{missing['objects'].sum():,} without a state: {codes}"
        figure.text(_RIGHT, 0.026, text, color=_MUTED, fontsize=9, ha="right", va="center")


def _code(status: str) -> str:
    return status.removeprefix("no state: ").partition(" (")[0]


def _panel(axes: Axes, title: str) -> None:
    axes.set_facecolor(_PANEL)
    axes.set_title(title, loc="left", color=_TEXT, fontsize=12.5, pad=9)
    for spine in axes.spines.values():
        spine.set_color(_LINE)
    axes.tick_params(colors=_MUTED, labelsize=10, length=3, which="both")
    axes.xaxis.label.set_color(_MUTED)
    axes.yaxis.label.set_color(_MUTED)


def _scatter(axes: Axes, states: pl.DataFrame, x: pl.Expr, y: pl.Expr, *, size_pt2: float, alpha: float) -> None:
    # In a shuffled order no type buries another one: a place shows the colours in the shares that are there.
    shuffled = states.sample(fraction=1.0, shuffle=True, seed=_DRAW_SEED)
    colours = {kind.value: colour for kind, _, colour in _TYPES}
    points = shuffled.select(x.alias("x"), y.alias("y"))
    axes.scatter(
        points["x"].to_numpy(),
        points["y"].to_numpy(),
        s=size_pt2,
        c=[colours[kind] for kind in shuffled["object_type"]],
        alpha=alpha,
        linewidths=0,
        rasterized=True,
    )


def _altitudes(axes: Axes, states: pl.DataFrame, picture: Picture) -> None:
    _panel(axes, "Altitude against inclination")
    axes.set_yscale("log")
    axes.set_ylim(_LOWEST_KM, _HIGHEST_KM)
    axes.set_xlim(-2, 150)
    axes.set_xticks(range(0, 151, 30))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}°"))
    ticks = [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000]
    axes.set_yticks(ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(color=_LINE, linewidth=0.5, alpha=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("inclination of the mean orbit", fontsize=10.5)
    axes.set_ylabel("altitude above WGS-84, km", fontsize=10.5)
    _scatter(
        axes, states, pl.col("inclination_rad") / RAD_PER_DEG, pl.col("altitude_m") / 1e3, size_pt2=2.6, alpha=0.55
    )
    for altitude_km, name in ((2_000.0, "LEO below 2,000 km"), (35_786.0, "geosynchronous")):
        axes.axhline(altitude_km, color=_MUTED, linewidth=0.7, linestyle=(0, (4, 4)), alpha=0.8)
        axes.text(148.5, altitude_km * 1.06, name, color=_MUTED, fontsize=9, ha="right", va="bottom")
    counts = {kind: (count, guessed) for kind, count, guessed in count_by_type(picture).rows()}
    handles = []
    for kind, name, colour in _TYPES:
        if kind.value not in counts:
            continue
        count, guessed = counts[kind.value]
        label = f"{name}  {count:,}" + (f"  ({guessed:,} by name)" if guessed else "")
        handles.append(axes.scatter([], [], s=42, color=colour, label=label))
    legend = axes.legend(
        handles=handles, loc="center right", fontsize=10, facecolor=_PANEL, edgecolor=_LINE, framealpha=0.92
    )
    for text in legend.get_texts():
        text.set_color(_TEXT)


def _from_above(axes: Axes, states: pl.DataFrame, picture: Picture, *, view_km: float) -> None:
    """Draw positions projected on the equator; the near view leaves out what the Earth hides."""
    near = view_km == _NEAR_VIEW_KM
    _panel(axes, "Low Earth orbit from above" if near else "From above the north pole")
    axes.set_xlim(-view_km, view_km)
    axes.set_ylim(-view_km, view_km)
    axes.set_xticks([])
    axes.set_yticks([])
    radius_km = EARTH_EQUATORIAL_RADIUS_M / 1e3
    for altitude_km in _NEAR_RINGS_KM if near else _FAR_RINGS_KM:
        axes.add_patch(Circle((0, 0), radius_km + altitude_km, fill=False, edgecolor=_LINE, linewidth=0.8, zorder=0))
    axes.add_patch(Circle((0, 0), radius_km, facecolor="#16304f", edgecolor="#4d7fb0", linewidth=0.8, zorder=0.5))
    x_km, y_km = pl.col("x_m") / 1e3, pl.col("y_m") / 1e3
    if near:
        low = (pl.col("x_m") ** 2 + pl.col("y_m") ** 2 + pl.col("z_m") ** 2).sqrt() < (radius_km + 2_000.0) * 1e3
        hidden = (pl.col("z_m") < 0) & ((x_km**2 + y_km**2).sqrt() < radius_km)
        states = states.filter(low & ~hidden)
        note = f"{picture.frame.value}; below 2,000 km, in front of the Earth"
    else:
        outside = states.filter((x_km.abs() > view_km) | (y_km.abs() > view_km)).height
        note = f"{picture.frame.value}, x right, y up" + (f"; {outside:,} further out" if outside else "")
    _scatter(axes, states, x_km, y_km, size_pt2=1.4 if near else 1.6, alpha=0.6)
    axes.text(0.5, -0.03, note, transform=axes.transAxes, color=_MUTED, fontsize=9, ha="center", va="top")


def _bars(axes: Axes, names: list[str], counts: list[int], colours: list[str]) -> None:
    places = np.arange(len(names))[::-1]
    axes.barh(places, counts, color=colours, height=0.68)
    axes.set_yticks(places, names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlim(0, max([*counts, 1]) * 1.32)
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_facecolor("none")
    axes.tick_params(length=0)
    for place, count in zip(places, counts, strict=True):
        axes.text(
            count + max([*counts, 1]) * 0.025, place, f"{count:,}", color=_TEXT, fontsize=9.5, ha="left", va="center"
        )


def _regimes(axes: Axes, picture: Picture) -> None:
    table = count_by_regime(picture)
    _panel(axes, "Regime")
    names: list[Any] = table["regime"].to_list()
    _bars(axes, names, table["objects"].to_list(), [_BAR] * len(names))


def _ages(axes: Axes, picture: Picture) -> None:
    table = count_by_age(picture)
    _panel(axes, "Age of the element set")
    names: list[Any] = table["age"].to_list()
    dim = [_BAR_DIM if name == "after the moment" else _BAR for name in names]
    _bars(axes, names, table["objects"].to_list(), dim)
