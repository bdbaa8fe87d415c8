"""The trade space of a plan as a figure: burns along the track, by time and size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from mihari.app.avoid import AvoidanceAnswer
from mihari.conjunction.figures import FigureHeading, MarkedBurn, TradeQuantity, trade_space_figure, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_trade_space", "trade_space_of"]

_LEAST: Final = 1e-30
_MARKED: Final = 4
_FEWEST_SHOWN: Final = 6


def trade_space_of(answer: AvoidanceAnswer) -> Figure:
    """Draw the trade space: total probability, or the least separation where no conjunction has one.

    Cells are hatched where a constraint is broken or a keep-out volume is not left empty. Burns across the track are
    not drawn.

    Raises
    ------
    InputError
        Fewer than two times of burns are open.
    """
    plan = answer.plan
    space, problem = plan.space, plan.space.problem
    along = np.abs(space.direction_rtn[:, 1]) > 0.999
    along &= space.delta_v_m_s <= _greatest_shown_m_s(answer)
    times, column = np.unique(space.burn_tai_ns[along], return_inverse=True)
    signed = np.round(space.delta_v_m_s[along] * np.sign(space.direction_rtn[along, 1]), 9)
    sizes, line = np.unique(signed, return_inverse=True)
    has_probability = bool(problem.encounters.has_covariance.any())
    if has_probability:
        value = np.maximum(space.total_probability[along], _LEAST)
    else:
        value = np.linalg.norm(space.miss_rtn_m[along], axis=-1).min(axis=1)
    by_volume = ~problem.encounters.has_covariance
    is_clear = space.is_avoided[along][:, by_volume].all(axis=1) if has_probability else np.ones(along.sum(), bool)
    is_open = space.is_allowed[along] & is_clear
    if is_open.any():
        value = np.where(is_open, value, np.nan)
    grid = np.full((times.size, sizes.size), np.nan)
    grid[column, line] = value
    marked = [
        MarkedBurn(burn_tai_ns=each.burn_tai_ns, delta_v_m_s=each.delta_v_m_s * each.direction_rtn[1], name=str(n))
        for n, each in enumerate(plan.burns[:_MARKED], 1)
        if abs(each.direction_rtn[1]) > 0.999
    ]
    primary = answer.posed.conjunctions[0].warned.primary
    count = problem.encounters.count
    words = f"{count} conjunction{'s' if count > 1 else ''}, {answer.event_id}"
    if not is_open.any():
        words += "; NO BURN OF THE GRID IS ALLOWED"
    return trade_space_figure(
        FigureHeading(
            subject=f"{primary.designator} {primary.name}: {words}",
            data_mode=answer.posed.data_mode,
            is_advisory=bool(problem.encounters.is_from_element_set.any()),
            footing="burns along the track, backwards below zero, by transition matrices; window "
            f"{answer.coverage['start_utc']} to {answer.coverage['end_utc']}",
        ),
        burn_tai_ns=times,
        delta_v_m_s=sizes,
        value=grid,
        quantity=TradeQuantity.TOTAL_PROBABILITY if has_probability else TradeQuantity.SEPARATION,
        # The goal holds for each conjunction: for the sum of several it is no line.
        threshold=problem.goal.probability if has_probability and count == 1 else None,
        candidates=marked,
        tca_tai_ns=answer.posed.conjunctions[0].warned.message.tca_tai_ns,
    )


def _greatest_shown_m_s(answer: AvoidanceAnswer) -> float:
    """Where all sizes avoid everything there is nothing to see: show twice what does not, and what is marked.

    Times at which no size does, as after the conjunction, say nothing about sizes.
    """
    space = answer.plan.space
    is_good = space.is_avoided.all(axis=1)
    in_time = np.isin(space.burn_tai_ns, space.burn_tai_ns[is_good])
    left = space.delta_v_m_s[in_time & ~is_good].max(initial=0.0)
    marked = max((each.delta_v_m_s for each in answer.plan.burns[:_MARKED]), default=0.0)
    sizes = np.unique(space.delta_v_m_s)
    return max(2.0 * max(float(left), marked), float(sizes[min(_FEWEST_SHOWN, sizes.size) - 1]))


def plot_trade_space(answer: AvoidanceAnswer, path: str | Path) -> None:
    """Draw the trade space into a PNG or SVG file; see `trade_space_of`."""
    write_figure(trade_space_of(answer), path)
