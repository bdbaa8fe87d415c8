"""How the 2-D probability moves with what is known least: the radius, and the size of the covariances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.figures._style import (
    BLACK,
    BLUE,
    GREY,
    RED,
    SKY,
    FigureHeading,
    draw_thresholds,
    open_sheet,
    power_text,
)
from mihari.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

__all__ = ["covariance_sensitivity_figure", "dilution_figure", "radius_sensitivity_figure"]

Floats = NDArray[np.float64]

_DEEP: Final = 1.0e-8
"""How far below its greatest value a curve is shown, at most."""
_LEAST: Final = 1.0e-30


def dilution_figure(
    heading: FigureHeading,
    *,
    scale: ArrayLike,
    probability: ArrayLike,
    maximum_scale: float | None = None,
    maximum_probability: float | None = None,
    watch_probability: float | None = None,
    action_probability: float | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw the probability over the size of the combined covariance, its shape kept.

    Right of the greatest value the covariance dilutes: a low probability there is no evidence of safety.

    Parameters
    ----------
    scale : (n,) float array
        Factors of the deviations; 1 is as stated.
    probability : (n,) float array
    maximum_scale, maximum_probability : float, optional
        The greatest value and where it stands.
    watch_probability, action_probability : float, optional
    panel : FigureBase, optional

    Raises
    ------
    InputError
        Arrays of different lengths, fewer than two points, or no probability above zero.
    """
    scales, values = _curve(scale, probability)
    sheet = open_sheet(heading, title="Dilution: probability over the size of the covariance", panel=panel)
    (axes,) = sheet.axes()
    axes.set_xscale("log")
    axes.set_yscale("log")
    handles: list[Any] = axes.plot(scales, np.maximum(values, _LEAST), "-", color=BLUE, lw=1.8, label="2-D probability")
    peak = int(np.argmax(values)) if maximum_scale is None or maximum_scale <= 0.0 else None
    top_scale = float(scales[peak]) if peak is not None else float(maximum_scale or 0.0)
    top = float(values[peak]) if peak is not None else float(maximum_probability or values.max())
    low, high = float(scales[0]), float(scales[-1])
    if top_scale < high:
        handles.append(
            axes.axvspan(
                top_scale, high, facecolor=SKY, alpha=0.22, hatch="..", edgecolor=GREY, lw=0, label="diluted", zorder=0
            )
        )
    handles += axes.plot(
        [top_scale], [top], "*", color=RED, ms=13, mec=BLACK, label=f"at most {power_text(top)}, scale {top_scale:.3g}"
    )
    if low <= 1.0 <= high:
        now = float(np.exp(np.interp(0.0, np.log(scales), np.log(np.maximum(values, _LEAST)))))
        axes.axvline(1.0, color=BLACK, lw=1.0, linestyle=(0, (8, 2, 2, 2)))
        # A straight piece of the curve at scale 1: what the plot shows, no figure of its own.
        handles += axes.plot([1.0], [now], "o", color=BLACK, mfc="white", ms=7, mew=1.6, label="as stated, scale 1")
    handles += _probability_axis(axes, np.append(values, top), watch_probability, action_probability)
    axes.set_xlim(low, high)
    _plain_ticks(axes)
    axes.set_xlabel("factor of the deviations (1 sigma)", fontsize=sheet.text_pt)
    axes.set_ylabel("probability of collision", fontsize=sheet.text_pt)
    sheet.legend(handles)
    return sheet.root


def radius_sensitivity_figure(
    heading: FigureHeading,
    *,
    radius_m: ArrayLike,
    probability: ArrayLike,
    hard_body_radius_m: float | None = None,
    radius_sigma_m: float | None = None,
    watch_probability: float | None = None,
    action_probability: float | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw the probability over the hard-body radius.

    Parameters
    ----------
    radius_m, probability : (n,) float arrays
    hard_body_radius_m : float, optional
        The one that was used.
    radius_sigma_m : float, optional
        Its deviation, drawn as a band.
    watch_probability, action_probability : float, optional
    panel : FigureBase, optional

    Raises
    ------
    InputError
        As for `dilution_figure`.
    """
    radii, values = _curve(radius_m, probability)
    sheet = open_sheet(heading, title="Probability over the hard-body radius", panel=panel)
    (axes,) = sheet.axes()
    axes.set_xscale("log")
    axes.set_yscale("log")
    handles: list[Any] = axes.plot(
        radii, np.maximum(values, _LEAST), "o-", color=BLUE, lw=1.6, ms=5, label="2-D probability"
    )
    if hard_body_radius_m is not None:
        used = f"used: {hard_body_radius_m:,.4g} m"
        handles.append(axes.axvline(hard_body_radius_m, color=BLACK, lw=1.3, linestyle=(0, (8, 2, 2, 2)), label=used))
        if radius_sigma_m:
            band = (max(hard_body_radius_m - radius_sigma_m, radii[0]), hard_body_radius_m + radius_sigma_m)
            handles.append(
                axes.axvspan(*band, facecolor=SKY, alpha=0.3, hatch="..", edgecolor=GREY, lw=0, label="1 sigma")
            )
    handles += _probability_axis(axes, values, watch_probability, action_probability)
    axes.set_xlim(float(radii[0]) / 1.1, float(radii[-1]) * 1.1)
    _plain_ticks(axes)
    axes.set_xlabel("hard-body radius, m", fontsize=sheet.text_pt)
    axes.set_ylabel("probability of collision", fontsize=sheet.text_pt)
    sheet.legend(handles)
    return sheet.root


def covariance_sensitivity_figure(
    heading: FigureHeading,
    *,
    scale_1: ArrayLike,
    scale_2: ArrayLike,
    probability: ArrayLike,
    watch_probability: float | None = None,
    action_probability: float | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw the probability over the size of both covariances, one cell per pair of factors.

    Each cell says its value; a line parts the cells from which one acts (or watches) from the others; the cell of the
    covariances as stated has a frame.

    Parameters
    ----------
    scale_1, scale_2 : (a,), (b,) float arrays
        Factors of the deviations of the first and of the second object.
    probability : (a, b) float array
    watch_probability, action_probability : float, optional
    panel : FigureBase, optional

    Raises
    ------
    InputError
        The grid has another shape.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    one, two = (np.asarray(each, dtype=np.float64) for each in (scale_1, scale_2))
    values = np.asarray(probability, dtype=np.float64)
    if values.shape != (one.size, two.size) or values.size == 0:
        raise InputError(f"a grid of {values.shape} for {one.size} and {two.size} factors")
    sheet = open_sheet(heading, title="Probability over the size of both covariances", panel=panel)
    (axes,) = sheet.axes()
    axes.grid(False)
    top = max(float(np.nanmax(values, initial=0.0)), _LEAST)
    floor = max(top * _DEEP, float(np.nanmin(np.where(values > 0.0, values, np.nan), initial=top)))
    norm = LogNorm(floor, max(top, floor * 10.0))
    mesh = axes.pcolormesh(np.clip(values, floor, None), norm=norm, cmap="cividis", edgecolors="white", linewidth=0.4)
    size = sheet.text_pt * min(0.82, 7.0 / max(two.size, one.size))
    for (row, column), value in np.ndenumerate(values):
        dark = norm(max(value, floor)) < 0.55
        axes.text(
            column + 0.5, row + 0.5, _cell(value), ha="center", va="center", fontsize=size,
            color="white" if dark else BLACK,
        )  # fmt: skip
    handles: list[Any] = []
    levels: tuple[tuple[float | None, str, Any, float], ...] = (
        (action_probability, "act from", "-", 2.4),
        (watch_probability, "watch from", (0, (2, 1.5)), 2.0),
    )
    for level, name, style, width in levels:
        if level is None:
            continue
        above = values >= level
        label = f"{name} {power_text(level)}"
        if above.any() and not above.all():
            _part_cells(axes, above, style=style, width=width)
            handles.append(Line2D([], [], color=RED, linestyle=style, lw=width, label=label))
        else:
            where = "all at or above" if above.all() else "all below"
            handles.append(Line2D([], [], linestyle="none", label=f"{where}: {label}"))
    stated = np.argwhere((np.abs(one[:, None] - 1.0) < 1e-9) & (np.abs(two[None, :] - 1.0) < 1e-9))
    for row, column in stated:
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=BLACK, lw=3.2, gid="as-stated", zorder=4))
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="white", lw=1.2, zorder=4))
        handles.append(Rectangle((0, 0), 1, 1, fill=False, edgecolor=BLACK, lw=2.0, label="as stated"))
    axes.set_xticks(np.arange(two.size) + 0.5, [f"{value:.4g}" for value in two])
    axes.set_yticks(np.arange(one.size) + 0.5, [f"{value:.4g}" for value in one])
    axes.set_xlabel("second object: factor of its deviations", fontsize=sheet.text_pt)
    axes.set_ylabel("first object: factor of its deviations", fontsize=sheet.text_pt)
    bar = sheet.area.colorbar(mesh, ax=axes, pad=0.02, extend="min" if (values < floor).any() else "neither")
    bar.set_label("probability of collision", fontsize=sheet.text_pt)
    bar.ax.tick_params(labelsize=sheet.text_pt * 0.9)
    if handles:
        sheet.legend(handles)
    return sheet.root


def _curve(places: ArrayLike, probability: ArrayLike) -> tuple[Floats, Floats]:
    where, values = np.asarray(places, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    if where.ndim != 1 or where.shape != values.shape or where.size < 2:
        raise InputError(f"a curve needs two points or more, not {where.shape} and {values.shape}")
    known = np.isfinite(values) & (where > 0.0)
    where, values = where[known], values[known]
    if where.size < 2 or not (values > 0.0).any():
        raise InputError("no probability above zero to draw")
    order = np.argsort(where)
    return where[order], values[order]


def _probability_axis(axes: Axes, values: Floats, watch: float | None, action: float | None) -> list[Any]:
    """Show the curve to eight decades below its greatest value, and the thresholds within four decades of it."""
    top = float(values.max())
    low = max(float(values[values > 0.0].min()), top * _DEEP)
    near = [level if level is not None and 1e-4 * low < level < 1e4 * top else None for level in (watch, action)]
    shown = [level for level in near if level is not None]
    axes.set_ylim(min([low, *shown]) / 2.0, min(1.5, max([top, *shown]) * 3.0))
    return draw_thresholds(axes, watch_probability=near[0], action_probability=near[1])


def _plain_ticks(axes: Axes) -> None:
    """Mark a logarithmic axis in plain numbers, a few per decade where it is short."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axes.get_xlim()
    decades = np.log10(high / low)
    steps = (1.0, 2.0, 5.0) if decades < 3.0 else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=steps, numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _cell(value: float) -> str:
    if not np.isfinite(value):
        return "none"
    return "0" if value < _LEAST else f"{value:.1e}".replace("e-0", "e-")


def _part_cells(axes: Axes, above: NDArray[np.bool_], *, style: Any, width: float) -> None:
    """Draw the edges between cells above a threshold and cells below it."""
    rows, columns = above.shape
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and above[row, column] != above[row, column + 1]:
                axes.plot([column + 1] * 2, [row, row + 1], color=RED, linestyle=style, lw=width)
            if row + 1 < rows and above[row, column] != above[row + 1, column]:
                axes.plot([column, column + 1], [row + 1] * 2, color=RED, linestyle=style, lw=width)
