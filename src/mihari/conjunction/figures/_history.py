"""How an event developed from message to message: probability, and the parts of the miss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.conjunction.figures._style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    FigureHeading,
    dates_utc,
    draw_thresholds,
    length_unit,
    open_sheet,
    time_axis,
)
from mihari.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

__all__ = ["miss_history_figure", "probability_history_figure"]

Floats = NDArray[np.float64]

FLOOR: Final = 1.0e-10
"""Below this no threshold lies and no probability means anything."""
_WORDS: Final = "message made, UTC"


def probability_history_figure(
    heading: FigureHeading,
    *,
    creation_tai_ns: ArrayLike,
    probability: ArrayLike,
    maximum_probability: ArrayLike,
    tca_tai_ns: int | None = None,
    latest_decision_tai_ns: int | None = None,
    watch_probability: float | None = None,
    action_probability: float | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw probability and bound over the time at which the messages were made.

    Values below 1e-10 stand on the lower edge as triangles; a message without a probability is marked there too.

    Parameters
    ----------
    creation_tai_ns : (n,) int array
    probability, maximum_probability : (n,) float arrays
        NaN where there is none.
    tca_tai_ns, latest_decision_tai_ns : int, optional
    watch_probability, action_probability : float, optional
    panel : FigureBase, optional

    Raises
    ------
    InputError
        Arrays of different lengths, or none at all.
    """
    times, order = _times(creation_tai_ns)
    now, most = (np.asarray(each, dtype=np.float64) for each in (probability, maximum_probability))
    if now.shape != times.shape or most.shape != times.shape:
        raise InputError(f"{times.size} messages, {now.size} probabilities and {most.size} bounds")
    now, most = now[order], most[order]
    sheet = open_sheet(heading, title="Probability from message to message", panel=panel)
    (axes,) = sheet.axes()
    axes.set_yscale("log")
    handles = _series(axes, times, most, "^", (0, (3, 2)), PURPLE, "at most (bound)")
    handles += _series(axes, times, now, "o", "-", BLUE, "probability")
    missing = np.isnan(now)
    if missing.any():
        handles += axes.plot(
            times[missing], np.full(missing.sum(), FLOOR), "x", color=BLACK, ms=7, mew=1.6, clip_on=False,
            linestyle="none", label="no probability can be trusted",
        )  # fmt: skip
    handles += draw_thresholds(axes, watch_probability=watch_probability, action_probability=action_probability)
    known = np.concatenate((now[~missing], most[~np.isnan(most)], [action_probability or 1e-4]))
    shown = known[known > FLOOR]
    low = FLOOR
    if not missing.any() and not (known <= FLOOR).any():
        low = max(FLOOR, 10.0 ** (np.floor(np.log10(min(shown.min(), watch_probability or 1.0))) - 1.0))
    axes.set_ylim(low, min(1.0, 10.0 ** (np.ceil(np.log10(shown.max())) + 0.5)))
    handles += _moments(axes, times, tca_tai_ns, latest_decision_tai_ns)
    axes.set_ylabel("probability of collision", fontsize=sheet.text_pt)
    time_axis(axes, _WORDS, text_pt=sheet.text_pt)
    sheet.legend(handles, columns=3)
    return sheet.root


def miss_history_figure(
    heading: FigureHeading,
    *,
    creation_tai_ns: ArrayLike,
    miss_rtn_m: ArrayLike,
    sigma_rtn_m: ArrayLike,
    tca_tai_ns: int | None = None,
    latest_decision_tai_ns: int | None = None,
    panel: FigureBase | None = None,
) -> Figure:
    """Draw radial, transverse and normal miss with 1 sigma over the time at which the messages were made.

    Parameters
    ----------
    creation_tai_ns : (n,) int array
    miss_rtn_m : (n, 3) float array
        Second object less first, in the first one's frame.
    sigma_rtn_m : (n, 3) float array
        NaN without a covariance: then there is no bar.
    tca_tai_ns, latest_decision_tai_ns : int, optional
    panel : FigureBase, optional

    Raises
    ------
    InputError
        Arrays of other shapes.
    """
    times, order = _times(creation_tai_ns)
    miss, sigma = (np.asarray(each, dtype=np.float64) for each in (miss_rtn_m, sigma_rtn_m))
    if miss.shape != (times.size, 3) or sigma.shape != miss.shape:
        raise InputError(f"{times.size} messages, misses {miss.shape} and deviations {sigma.shape}")
    miss, sigma = miss[order], sigma[order]
    sheet = open_sheet(heading, title="Miss from message to message, 1 sigma", panel=panel)
    rows = sheet.axes(rows=3, sharex=True)
    handles: list[Any] = []
    for k, (axes, name, colour, mark) in enumerate(
        zip(rows, ("radial", "transverse", "normal"), (BLUE, GREEN, PURPLE), "osD", strict=True)
    ):
        extent_m = float(np.nanmax(np.abs(miss[:, k]) + np.nan_to_num(sigma[:, k])))
        unit_m, unit = length_unit(extent_m)
        axes.axhline(0.0, color=GREY, linewidth=0.9)
        axes.errorbar(
            times, miss[:, k] / unit_m, yerr=_bars(sigma[:, k] / unit_m), color=colour, ecolor=colour, fmt=mark,
            linestyle=":", linewidth=1.0, elinewidth=1.4, capsize=3, ms=4.5, mfc="white", mew=1.3,
        )  # fmt: skip
        axes.set_ylabel(f"{name}, {unit}", fontsize=sheet.text_pt)
        axes.locator_params(axis="y", nbins=4)
        handles = _moments(axes, times, tca_tai_ns, latest_decision_tai_ns)
    sheet.area.align_ylabels(rows)
    time_axis(rows[-1], _WORDS, text_pt=sheet.text_pt)
    if np.isnan(sigma).any():
        from matplotlib.lines import Line2D

        handles.append(Line2D([], [], linestyle="none", label="no bar: no covariance"))
    if handles:
        sheet.legend(handles, columns=3)
    return sheet.root


def _times(creation_tai_ns: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    creation = np.asarray(creation_tai_ns, dtype=np.int64)
    if creation.ndim != 1 or creation.size == 0:
        raise InputError("a history needs messages", remedy="leave the figure out where there are none")
    order = np.argsort(creation, kind="stable")
    return dates_utc(creation[order]), order


def _bars(sigma: Floats) -> Floats | None:
    return None if np.isnan(sigma).all() else np.nan_to_num(sigma)


def _series(axes: Axes, times: Floats, values: Floats, mark: str, style: Any, colour: str, name: str) -> list[Any]:
    known = ~np.isnan(values)
    if not known.any():
        return []
    shown = np.maximum(values, FLOOR)
    line = axes.plot(times[known], shown[known], marker=mark, linestyle=style, color=colour, ms=5.5, lw=1.5, label=name)
    low = known & (values < FLOOR)
    if low.any():
        line += axes.plot(
            times[low], np.full(low.sum(), FLOOR), "v", color=colour, mfc="white", ms=8, clip_on=False,
            linestyle="none", label=f"{name}: below {FLOOR:g}",
        )  # fmt: skip
    return line


def _moments(axes: Axes, times: Floats, tca_tai_ns: int | None, latest_tai_ns: int | None) -> list[Any]:
    """Draw closest approach and the last useful moment; the axis ends just after the last thing on it."""
    handles, ends = [], [float(times[0]), float(times[-1])]
    for moment, name, colour, style in (
        (latest_tai_ns, "decide before", GREEN, (0, (1, 1))),
        (tca_tai_ns, "closest approach", BLACK, (0, (8, 2, 2, 2))),
    ):
        if moment is not None:
            at = float(dates_utc(moment)[0])
            handles.append(axes.axvline(at, color=colour, linestyle=style, linewidth=1.5, label=name))
            ends.append(at)
    room = 0.04 * (max(ends) - min(ends)) or 0.02
    axes.set_xlim(min(ends) - room, max(ends) + room)
    return handles
