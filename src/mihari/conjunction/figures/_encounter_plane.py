"""The plane across the relative velocity: where the second object may be, and the circle that it must not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.figures._style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    RED,
    FigureHeading,
    Sheet,
    length_unit,
    open_sheet,
)
from mihari.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

__all__ = ["encounter_plane_figure"]

_SIGMAS: Final = ((1, "-", 0.22), (2, (0, (6, 2)), 0.12), (3, (0, (1.5, 1.5)), 0.06))
_SMALL: Final = 0.02
"""Share of the view below which the circle cannot be read and a close-up is drawn."""


def encounter_plane_figure(
    heading: FigureHeading,
    *,
    miss_distance_m: float,
    plane_covariance_m2: ArrayLike,
    hard_body_radius_m: float | None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw 1, 2 and 3 sigma of the relative position, the miss and the hard-body radius, all to one scale.

    The first object stands at the origin with the combined radius about it; the ellipses are about the second one. The
    probability is the share of the bell inside the circle. Where the circle is too small to be seen, a close-up at its
    own scale stands beside.

    Parameters
    ----------
    miss_distance_m : float
        Along the first axis.
    plane_covariance_m2 : (2, 2) float array
        Combined, first axis along the miss.
    hard_body_radius_m : float or None
        None: no circle, and the legend says so.
    panel : FigureBase, optional
        A part of a page to draw into.

    Raises
    ------
    InputError
        The covariance is not a finite (2, 2) array.

    Validation
    ----------
    tests/unit/test_figures_event.py: circle and ellipses read back from the axes.
    """
    covariance = np.asarray(plane_covariance_m2, dtype=np.float64)
    if covariance.shape != (2, 2) or not np.isfinite(covariance).all():
        raise InputError("the covariance of an encounter plane is a finite (2, 2) array")
    sheet = open_sheet(heading, title="Encounter plane", panel=panel)
    radius_m = hard_body_radius_m or 0.0
    reach = 3.0 * np.sqrt(np.maximum(np.diag(covariance), 0.0))
    second = np.array((miss_distance_m, 0.0))
    low, high = np.minimum(second - reach, -radius_m), np.maximum(second + reach, radius_m)
    extent_m = float((high - low).max())
    closer = hard_body_radius_m is not None and radius_m < _SMALL * extent_m
    places = sheet.axes(columns=2 if closer else 1)
    shape = 1.0 if closer else 1.75
    handles = _draw(places[0], sheet, miss_distance_m, covariance, hard_body_radius_m, _widened((low, high), shape))
    if closer:
        box = _widened(_close_up(miss_distance_m, radius_m), shape)
        _draw(places[1], sheet, miss_distance_m, covariance, hard_body_radius_m, box)
        places[1].set_title("close-up", fontsize=sheet.text_pt, loc="left", color=GREY)
        places[0].set_title("3 sigma", fontsize=sheet.text_pt, loc="left", color=GREY)
    if hard_body_radius_m is None:
        from matplotlib.lines import Line2D

        handles.append(Line2D([], [], linestyle="none", label="no hard-body radius is known"))
    sheet.legend(handles, columns=3)
    return sheet.root


_Box = tuple[NDArray[np.float64], NDArray[np.float64]]


def _widened(box: _Box, shape: float) -> _Box:
    """Give a box a margin and a width of `shape` times its height, about the same middle."""
    low, high = box
    middle, size = (low + high) / 2.0, 1.08 * (high - low)
    height = max(float(size[1]), float(size[0]) / shape)
    half = np.array((height * shape, height)) / 2.0
    return middle - half, middle + half


def _close_up(miss_m: float, radius_m: float) -> _Box:
    """The circle, and the second object too where both fit."""
    if miss_m <= 25.0 * radius_m:
        return np.array((-2.0 * radius_m, -radius_m)), np.array((max(miss_m, radius_m) + radius_m, radius_m))
    return np.array((-4.0, -6.0)) * radius_m, np.array((8.0, 6.0)) * radius_m


def _draw(
    axes: Axes,
    sheet: Sheet,
    miss_m: float,
    covariance_m2: NDArray[np.float64],
    radius_m: float | None,
    box: _Box,
) -> list[Any]:
    from matplotlib.patches import Circle, Ellipse

    low, high = box
    unit_m, unit = length_unit(float((high - low).max()))
    values, vectors = np.linalg.eigh(covariance_m2)
    deviations = np.sqrt(np.maximum(values, 0.0)) / unit_m
    angle_deg = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    handles: list[Any] = []
    for count, style, alpha in reversed(_SIGMAS):
        axes.add_patch(
            Ellipse(
                (miss_m / unit_m, 0.0),
                2.0 * count * float(deviations[1]),
                2.0 * count * float(deviations[0]),
                angle=angle_deg,
                facecolor=(*_rgb(BLUE), alpha),
                edgecolor=BLUE,
                linestyle=style,
                linewidth=1.3,
                gid=f"sigma-{count}",
                label=f"{count} sigma",
            )
        )
    handles += list(axes.patches)[::-1]
    # A line that ends at the edge of a close-up, and a head where the second object is in view.
    axes.plot([0.0, miss_m / unit_m], [0.0, 0.0], "-", color=BLACK, lw=1.2, gid="miss")
    if low[0] < miss_m < high[0]:
        look = {"arrowstyle": "-|>", "color": BLACK, "lw": 1.2, "shrinkA": 0, "shrinkB": 2}
        axes.annotate("", (miss_m / unit_m, 0.0), (0.0, 0.0), arrowprops=look)
    if radius_m is not None:
        circle = Circle(
            (0.0, 0.0),
            radius_m / unit_m,
            facecolor=(*_rgb(ORANGE), 0.45),
            edgecolor=RED,
            linewidth=1.4,
            hatch="////",
            gid="hard-body",
            label=f"hard-body radius {radius_m:,.4g} m, to scale",
            zorder=3,
        )
        axes.add_patch(circle)
        handles.append(circle)
    first = axes.plot([0.0], [0.0], "+", color=BLACK, ms=8, mew=1.5, label="first object", zorder=4)
    miss = f"second object, miss {miss_m:,.4g} m" if miss_m < 1e4 else f"second object, miss {miss_m / 1e3:,.4g} km"
    second = axes.plot([miss_m / unit_m], [0.0], "D", color=BLACK, mfc="white", ms=5, label=miss, zorder=4)
    axes.set_xlim(low[0] / unit_m, high[0] / unit_m)
    axes.set_ylim(low[1] / unit_m, high[1] / unit_m)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel(f"along the miss, {unit}", fontsize=sheet.text_pt)
    axes.set_ylabel(f"across the miss, {unit}", fontsize=sheet.text_pt)
    axes.locator_params(nbins=6)
    return [*handles, *first, *second]


def _rgb(colour: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return red, green, blue
