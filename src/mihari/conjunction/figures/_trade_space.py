"""When to burn and how much: what is left of the risk, or how far the objects pass, for every pair of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.figures._style import (
    BLACK,
    RED,
    FigureHeading,
    clean_text,
    dates_utc,
    length_unit,
    open_sheet,
    power_text,
    time_axis,
)
from mihari.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure, FigureBase

__all__ = ["MarkedBurn", "TradeQuantity", "trade_space_figure"]


class TradeQuantity(Enum):
    """What the colours of a trade space say."""

    TOTAL_PROBABILITY = "total probability after the burn"
    SEPARATION = "least separation after the burn"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedBurn:
    """A candidate to mark on a trade space, with a short name."""

    burn_tai_ns: int
    delta_v_m_s: float
    name: str


def trade_space_figure(
    heading: FigureHeading,
    *,
    burn_tai_ns: ArrayLike,
    delta_v_m_s: ArrayLike,
    value: ArrayLike,
    quantity: TradeQuantity,
    threshold: float | None = None,
    candidates: Sequence[MarkedBurn] = (),
    tca_tai_ns: int | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw a trade space: time of the burn across, its size up, colour for what comes of it.

    Parameters
    ----------
    burn_tai_ns : (t,) int array
        Increasing.
    delta_v_m_s : (d,) float array
        Increasing; negative against the direction, where a grid has both.
    value : (t, d) float array
        Probability, or separation in m; NaN (hatched) where a burn is not allowed.
    quantity : TradeQuantity
    threshold : float, optional
        Drawn as a line: to stay below it for a probability, above it for a separation, m.
    candidates : sequence of MarkedBurn
    tca_tai_ns : int, optional
        Drawn where it lies in the time shown.
    panel : FigureBase, optional

    Raises
    ------
    InputError
        Fewer than two times or sizes, not increasing, or a grid of another shape.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    times, sizes = np.asarray(burn_tai_ns, dtype=np.int64), np.asarray(delta_v_m_s, dtype=np.float64)
    grid = np.asarray(value, dtype=np.float64)
    if grid.shape != (times.size, sizes.size) or min(grid.shape, default=0) < 2:
        raise InputError(f"a grid of {grid.shape} for {times.size} times and {sizes.size} sizes, two or more of each")
    if not ((np.diff(times) > 0).all() and (np.diff(sizes) > 0.0).all()):
        raise InputError("times and sizes of a trade space must increase")
    if not (grid > 0.0).any():
        raise InputError("nothing above zero in the trade space")
    sheet = open_sheet(heading, title=f"Trade space: {quantity.value}", panel=panel)
    (axes,) = sheet.axes()
    axes.grid(False)
    is_probability = quantity is TradeQuantity.TOTAL_PROBABILITY
    unit_m, unit = (1.0, "") if is_probability else length_unit(float(np.nanmax(grid)))
    shown = grid.T / unit_m
    speed, speed_unit = (100.0, "cm/s") if np.abs(sizes).max() < 1.0 else (1.0, "m/s")
    x, y = dates_utc(times), sizes * speed
    top = float(np.nanmax(shown))
    low = float(np.nanmin(np.where(shown > 0.0, shown, np.nan)))
    floor = max(low, top * (1e-6 if is_probability else 1e-4))
    norm = LogNorm(floor, max(top, floor * 1.01))
    axes.set_facecolor("#e4e4e4")
    outside = axes.patch
    outside.set_hatch("xx")
    outside.set_edgecolor("#9a9a9a")
    mesh = axes.pcolormesh(
        _edges(x), _edges(y), np.clip(shown, floor, None), norm=norm, cmap="cividis_r" if is_probability else "cividis"
    )
    handles: list[Any] = []
    if threshold is not None:
        level = threshold / unit_m
        filled = np.where(np.isnan(shown), np.inf if is_probability else -np.inf, shown)
        if (filled >= level).any() and (filled < level).any():
            # Not-allowed cells are held away from the line: it runs between values that are there.
            smooth = np.ma.masked_invalid(np.log(np.maximum(shown, floor * 1e-3)))
            for colour, width in (("white", 3.6), (RED, 1.8)):
                axes.contour(
                    x, y, smooth, levels=[np.log(level)], colors=[colour], linewidths=[width], linestyles="solid"
                )
        words = f"below {power_text(threshold)}" if is_probability else f"above {level:,.4g} {unit}"
        handles.append(Line2D([], [], color=RED, lw=1.8, label=f"goal: {words}"))
    if np.isnan(shown).any():
        handles.append(
            Rectangle((0, 0), 1, 1, facecolor="#e4e4e4", edgecolor="#9a9a9a", hatch="xx", label="not allowed")
        )
    for each in candidates:
        at = float(dates_utc(each.burn_tai_ns)[0])
        axes.plot([at], [each.delta_v_m_s * speed], "o", color="white", mec=BLACK, mew=1.6, ms=8, zorder=5)
        axes.annotate(
            clean_text(each.name, most=24),
            (at, each.delta_v_m_s * speed),
            xytext=(7, 5),
            textcoords="offset points",
            fontsize=sheet.text_pt * 0.9,
            parse_math=False,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": BLACK, "linewidth": 0.6},
            zorder=6,
        )
    if candidates:
        handles.append(
            Line2D([], [], linestyle="none", marker="o", color="white", mec=BLACK, mew=1.6, ms=7, label="candidate")
        )
    first, last = _edges(x)[[0, -1]]
    if tca_tai_ns is not None and first <= (at := float(dates_utc(tca_tai_ns)[0])) <= last:
        style = (0, (8, 2, 2, 2))
        handles.append(axes.axvline(at, color=BLACK, lw=1.5, linestyle=style, label="closest approach"))
    axes.set_xlim(first, last)
    axes.set_ylabel(f"delta-v, {speed_unit}", fontsize=sheet.text_pt)
    time_axis(axes, "burn, UTC", text_pt=sheet.text_pt)
    bar = sheet.area.colorbar(mesh, ax=axes, pad=0.02, extend="min" if low < floor else "neither")
    bar.set_label(quantity.value + (f", {unit}" if unit else ""), fontsize=sheet.text_pt)
    bar.ax.tick_params(labelsize=sheet.text_pt * 0.9)
    if handles:
        sheet.legend(handles, columns=4)
    return sheet.root


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of cells about points that need not stand evenly."""
    middle = (centres[1:] + centres[:-1]) / 2.0
    return np.concatenate(([2.0 * centres[0] - middle[0]], middle, [2.0 * centres[-1] - middle[-1]]))
