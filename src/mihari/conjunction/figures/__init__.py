"""Figures of a close approach: one function per kind of plot, from plain numbers to a Matplotlib figure.

Colours that colour-blind readers can tell apart, with line styles and markers beside them; units on every axis; times
in UTC. Data that are not REAL and states from element sets get a banner. Matplotlib loads when a figure is drawn.
"""

from __future__ import annotations

from mihari.conjunction.figures._encounter_plane import encounter_plane_figure
from mihari.conjunction.figures._history import miss_history_figure, probability_history_figure
from mihari.conjunction.figures._sensitivity import (
    covariance_sensitivity_figure,
    dilution_figure,
    radius_sensitivity_figure,
)
from mihari.conjunction.figures._style import FigureHeading, clean_text, figure_bytes, new_panel, write_figure
from mihari.conjunction.figures._trade_space import MarkedBurn, TradeQuantity, trade_space_figure

__all__ = [
    "FigureHeading",
    "MarkedBurn",
    "TradeQuantity",
    "clean_text",
    "covariance_sensitivity_figure",
    "dilution_figure",
    "encounter_plane_figure",
    "figure_bytes",
    "miss_history_figure",
    "new_panel",
    "probability_history_figure",
    "radius_sensitivity_figure",
    "trade_space_figure",
    "write_figure",
]
