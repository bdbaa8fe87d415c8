"""Figures of a close approach: to scale, with units, in UTC, distinguishable without colour, safe from names."""

from __future__ import annotations

import io
import logging
import re
import threading
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import Circle, Ellipse

from mihari.astro.time import parse_utc
from mihari.conjunction.figures import (
    FigureHeading,
    MarkedBurn,
    TradeQuantity,
    clean_text,
    covariance_sensitivity_figure,
    dilution_figure,
    encounter_plane_figure,
    figure_bytes,
    miss_history_figure,
    new_panel,
    probability_history_figure,
    radius_sensitivity_figure,
    trade_space_figure,
    write_figure,
)
from mihari.conjunction.probability import circle_probability, sensitivity
from mihari.errors import InputError, UsageError
from mihari.model.provenance import DataMode
from mihari.picture import ImageFormat

REAL = FigureHeading(subject="25544 A and 48274 B", data_mode=DataMode.REAL, is_advisory=False)
HOUR_NS = 3600 * 10**9
START = parse_utc("2026-02-27T21:00:00Z")
TCA = parse_utc("2026-03-03T10:30:12Z")
COVARIANCE = np.array([[350.0**2, -9.0e3], [-9.0e3, 180.0**2]])


def svg(figure: Figure, name: str = "plot") -> str:
    return figure_bytes(figure, image=ImageFormat.SVG, name=name).decode()


def said(figure: Figure) -> str:
    """All texts of a figure; Matplotlib writes each as a comment before its outlines."""
    return " | ".join(re.findall(r"<!--(.*?)-->", svg(figure), re.DOTALL))


def encounter(heading: FigureHeading = REAL, **changes: Any) -> Figure:
    words = {"miss_distance_m": 430.0, "plane_covariance_m2": COVARIANCE, "hard_body_radius_m": 15.0}
    return encounter_plane_figure(heading, **{**words, **changes})


def history(**changes: Any) -> Figure:
    words: dict[str, Any] = {
        "creation_tai_ns": START + np.arange(4) * 12 * HOUR_NS,
        "probability": [2e-6, 4e-5, 3e-4, 8e-5],
        "maximum_probability": [6e-5, 9e-5, 5e-4, 1e-4],
        "tca_tai_ns": TCA,
        "latest_decision_tai_ns": TCA - 12 * HOUR_NS,
        "watch_probability": 1e-7,
        "action_probability": 1e-4,
    }
    return probability_history_figure(REAL, **{**words, **changes})


def trade(**changes: Any) -> Figure:
    words: dict[str, Any] = {
        "burn_tai_ns": START + np.arange(6) * HOUR_NS,
        "delta_v_m_s": np.linspace(0.01, 0.2, 5),
        "value": np.geomspace(1e-3, 1e-9, 30).reshape(6, 5),
        "quantity": TradeQuantity.TOTAL_PROBABILITY,
        "threshold": 3e-6,
    }
    return trade_space_figure(REAL, **{**words, **changes})


FIGURES = {
    "encounter": encounter,
    "history": history,
    "miss": lambda: miss_history_figure(
        REAL,
        creation_tai_ns=[START, START + 9 * HOUR_NS],
        miss_rtn_m=[[10.0, 14_000.0, -3.0], [12.0, 11_000.0, -4.0]],
        sigma_rtn_m=[[30.0, 9_000.0, 20.0], [8.0, 2_000.0, 9.0]],
        tca_tai_ns=TCA,
    ),
    "dilution": lambda: dilution_figure(
        REAL, scale=[0.1, 0.5, 1.0, 10.0], probability=[0.0, 1e-5, 1e-4, 1e-6], action_probability=1e-4
    ),
    "radius": lambda: radius_sensitivity_figure(
        REAL, radius_m=[5.0, 10.0, 20.0], probability=[1e-6, 4e-6, 1.6e-5], hard_body_radius_m=10.0, radius_sigma_m=2.0
    ),
    "covariances": lambda: covariance_sensitivity_figure(
        REAL, scale_1=[0.5, 1.0, 2.0], scale_2=[0.5, 1.0], probability=[[1e-5, 2e-4], [3e-4, 1e-4], [0.0, 1e-6]]
    ),
    "trade": trade,
}


@pytest.mark.parametrize("size", [(15.0, 430.0), (20.0, 40.0), (5.0, 18_000.0), (0.5, 0.1)])
@pytest.mark.parametrize("panel_in", [None, (2.5, 2.0), (5.0, 2.0)])
def test_circle_and_ellipses_are_to_scale(size: tuple[float, float], panel_in: tuple[float, float] | None) -> None:
    """Read back in pixels: the same metres per pixel in both directions, for the circle and all ellipses."""
    radius_m, miss_m = size
    panel = None if panel_in is None else new_panel(width_in=panel_in[0], height_in=panel_in[1])
    figure = encounter(miss_distance_m=miss_m, hard_body_radius_m=radius_m, panel=panel)
    svg(figure)  # lays the figure out
    drawn_circle = False
    for axes in figure.axes:
        metres = 1e3 if ", km" in axes.get_xlabel() else 1.0
        (x0, y0), (x1, y1) = axes.transData.transform([(0.0, 0.0), (1.0, 1.0)])
        # Matplotlib leaves an aspect that is right to 0.5 %.
        assert x1 - x0 == pytest.approx(y1 - y0, rel=0.0051)
        (circle,) = [patch for patch in axes.patches if isinstance(patch, Circle)]
        assert circle.radius * metres == pytest.approx(radius_m, rel=1e-12)
        assert circle.center == (0.0, 0.0)
        box = circle.get_window_extent()
        assert box.width == pytest.approx(2.0 * radius_m / metres * (x1 - x0), rel=0.02)
        drawn_circle |= box.width > 0.03 * axes.bbox.width
        ellipses = [p for p in axes.patches if isinstance(p, Ellipse) and not isinstance(p, Circle)]
        assert sorted(p.get_gid()[-7:] for p in ellipses) == ["sigma-1", "sigma-2", "sigma-3"]
        for ellipse in ellipses:
            count = int(ellipse.get_gid()[-1])
            assert np.asarray(ellipse.center) * metres == pytest.approx((miss_m, 0.0))
            edge = ellipse.get_path().vertices[:-1]
            points = (ellipse.get_patch_transform().transform(edge) * metres) - (miss_m, 0.0)
            # Control points of the curves lie outside; those on the ellipse are at so many sigma.
            distance = np.sqrt(np.einsum("ni,ij,nj->n", points, np.linalg.inv(COVARIANCE), points))
            assert distance.min() == pytest.approx(count, rel=1e-9)
    assert drawn_circle, "in one of the views the circle can be seen"


def test_the_close_up_keeps_to_the_circle() -> None:
    figure = encounter(miss_distance_m=18_000.0, hard_body_radius_m=5.0)
    svg(figure)
    overview, close = figure.axes
    assert close.get_xlim()[1] < 100.0
    assert overview.get_xlim()[1] * 1e3 > 18_000.0 or overview.get_xlim()[1] > 18.0
    assert len(encounter(miss_distance_m=40.0, hard_body_radius_m=200.0).axes) == 1


def test_the_view_holds_three_sigma_miss_and_circle() -> None:
    figure = encounter()
    svg(figure)
    axes = figure.axes[0]
    reach = 3.0 * np.sqrt(np.diag(COVARIANCE))
    assert axes.get_xlim()[0] < min(-15.0, 430.0 - reach[0])
    assert axes.get_xlim()[1] > 430.0 + reach[0]
    assert axes.get_ylim()[0] < -reach[1]


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_unit_or_is_a_number(name: str) -> None:
    figure = FIGURES[name]()
    text = said(figure)
    for axes in figure.axes:
        words = axes.get_xlabel() + axes.get_ylabel()
        # A close-up shares the name of its second axis; sharing figures name the lowest one only.
        assert words or axes.get_title(loc="left") or not axes.xaxis.get_tick_labels()
        for label in (axes.get_xlabel(), axes.get_ylabel()):
            known = (", m", ", km", "UTC", "probability", "factor of 1 sigma", "m/s")
            assert not label or any(unit in label for unit in known), label
    assert "25544 A and 48274 B" in text


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_well_formed_repeatable_and_without_addresses(name: str) -> None:
    first = svg(FIGURES[name](), name="here")
    assert ET.fromstring(first).tag.endswith("svg")
    assert first == svg(FIGURES[name](), name="here")
    identifiers = re.findall(r'\bid="([^"]+)"', first)
    assert len(identifiers) == len(set(identifiers))
    assert all(each.startswith("here-") for each in identifiers)
    targets = set(re.findall(r'href="(?!data:)([^"]+)"', first)) | {
        f"{u}" for u in re.findall(r"url\(([^)]+)\)", first)
    }
    assert targets <= {f"#{each}" for each in identifiers}


def test_the_sigmas_differ_without_colour_too() -> None:
    ellipses = [p for p in encounter().axes[0].patches if isinstance(p, Ellipse) and not isinstance(p, Circle)]
    assert len({str(ellipse.get_linestyle()) for ellipse in ellipses}) == 3
    lines = [line for line in history().axes[0].lines if line.get_label()[0] != "_"]
    assert len({(str(line.get_linestyle()), line.get_marker(), str(line._dash_pattern)) for line in lines}) >= 4


def test_modes_and_advisories_are_on_the_figure_and_only_there() -> None:
    amber = np.array([0xF0, 0xB4, 0x29]) / 255.0

    def strips(mode: DataMode, *, is_advisory: bool) -> tuple[int, str]:
        figure = encounter(FigureHeading(subject="a", data_mode=mode, is_advisory=is_advisory))
        pixels = imread(io.BytesIO(figure_bytes(figure, image=ImageFormat.PNG)), format="png")[:, 8, :3]
        return int((np.abs(pixels - amber).max(axis=1) < 0.02).sum()), said(figure)

    assert strips(DataMode.REAL, is_advisory=False)[0] == 0
    simulated, words = strips(DataMode.SIMULATED, is_advisory=False)
    assert simulated > 20
    assert "SIMULATED DATA" in words
    both, words = strips(DataMode.SIMULATED, is_advisory=True)
    assert both > 1.6 * simulated
    assert "Not for manoeuvre decisions" in words


def test_the_history_shows_thresholds_bound_and_moments_in_utc() -> None:
    figure = history()
    text = said(figure)
    for words in ("act from 1.0e-04", "watch from 1.0e-07", "at most (bound)", "decide before", "closest approach"):
        assert words in text
    assert "message made, UTC" in text
    assert "2026-02-28" in text or "02-28 00:00" in text
    axes = figure.axes[0]
    low, high = axes.get_ylim()
    assert low < 1e-7
    assert high > 5e-4


def test_what_is_missing_or_tiny_in_a_history_is_shown_as_such() -> None:
    text = said(history(probability=[1e-30, np.nan, 3e-4, 0.0]))
    assert "no probability can be trusted" in text
    assert "probability: below 1e-10" in text
    assert "below" not in said(history())


def test_miss_bars_are_one_sigma() -> None:
    figure = FIGURES["miss"]()
    for axes, places, deviations in zip(
        figure.axes, ([10, 12], [14.0, 11.0], [-3, -4]), ([30, 8], [9.0, 2.0], [20, 9]), strict=True
    ):
        (bars,) = axes.containers
        segments = bars.lines[2][0].get_segments()
        for segment, place, deviation in zip(segments, places, deviations, strict=True):
            assert segment[:, 1] == pytest.approx((place - deviation, place + deviation))
    assert [axes.get_ylabel() for axes in figure.axes] == ["radial, m", "transverse, km", "normal, m"]


def test_cells_say_their_values_and_the_threshold_parts_them() -> None:
    grid = sensitivity((430.0, 0.0), COVARIANCE * 0.3, COVARIANCE * 0.7, 15.0)
    level = float(np.median(grid.by_scale))
    figure = covariance_sensitivity_figure(
        REAL, scale_1=grid.scale, scale_2=grid.scale, probability=grid.by_scale, action_probability=level
    )
    axes = figure.axes[0]
    assert len(axes.texts) == grid.by_scale.size
    at = {tuple(np.floor(t.get_position()).astype(int)): float(t.get_text()) for t in axes.texts}
    for (row, column), value in np.ndenumerate(grid.by_scale):
        assert at[(column, row)] == pytest.approx(value, rel=0.06)
    above = grid.by_scale >= level
    assert len(axes.lines) == np.diff(above, axis=0).sum() + np.diff(above, axis=1).sum() > 0
    frame = next(p for p in axes.patches if p.get_gid() == "as-stated")
    assert (grid.scale[int(frame.get_y())], grid.scale[int(frame.get_x())]) == (1.0, 1.0)


def test_the_dilution_curve_marks_its_top_and_what_is_stated() -> None:
    scale = np.geomspace(0.02, 50.0, 81)
    values = circle_probability((430.0, 0.0), scale[:, None, None] ** 2 * COVARIANCE, 15.0).probability
    figure = dilution_figure(REAL, scale=scale, probability=values, action_probability=1e-4, watch_probability=1e-7)
    axes = figure.axes[0]
    star = next(line for line in axes.lines if line.get_marker() == "*")
    assert star.get_ydata()[0] == values.max()
    assert star.get_xdata()[0] == scale[values.argmax()]
    now = next(line for line in axes.lines if line.get_marker() == "o")
    truth = float(circle_probability((430.0, 0.0), COVARIANCE, 15.0).probability)
    assert now.get_ydata()[0] == pytest.approx(truth, rel=0.01)  # between points of the curve, straight
    at_zero = dilution_figure(REAL, scale=scale, probability=values, maximum_scale=0.0, maximum_probability=1.0)
    assert "at most 1, scale to zero" in said(at_zero)
    assert not [line for line in at_zero.axes[0].lines if line.get_marker() == "*"]


def test_the_goal_of_a_trade_space_runs_where_the_values_are() -> None:
    figure = trade(candidates=[MarkedBurn(burn_tai_ns=START + 3 * HOUR_NS, delta_v_m_s=0.1, name="1 $\\foo$")])
    text = said(figure)
    for words in ("delta-v, cm/s", "burn, UTC", "goal: below 3.0e-06", "candidate", "$\\foo$"):
        assert words in text
    assert "not allowed" not in text
    value = np.geomspace(1e-3, 1e-9, 30).reshape(6, 5)
    value[2] = np.nan
    assert "not allowed" in said(trade(value=value))
    metres = trade(
        value=np.linspace(100.0, 40_000.0, 30).reshape(6, 5), quantity=TradeQuantity.SEPARATION, threshold=2e4
    )
    assert "goal: above 20 km" in said(metres)
    assert "least separation after the burn, km" in said(metres)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: encounter(plane_covariance_m2=[[1.0, np.nan], [0.0, 1.0]]),
        lambda: encounter(plane_covariance_m2=[1.0, 2.0]),
        lambda: history(creation_tai_ns=[]),
        lambda: history(probability=[1.0]),
        lambda: dilution_figure(REAL, scale=[1.0, 2.0], probability=[0.0, 0.0]),
        lambda: radius_sensitivity_figure(REAL, radius_m=[1.0], probability=[0.1]),
        lambda: covariance_sensitivity_figure(REAL, scale_1=[1.0], scale_2=[1.0], probability=[[1.0, 2.0]]),
        lambda: trade(delta_v_m_s=[0.2, 0.1, 0.3, 0.4, 0.5]),
        lambda: trade(value=np.zeros((6, 5))),
    ],
)
def test_what_cannot_be_drawn_is_refused(broken: Any) -> None:
    with pytest.raises(InputError):
        broken()


HOSTILE = (
    "<script>alert(1)</script> $\\frac{ \u202egnitset \u0645\u062b\u0627\u0644 \U0001f680\ud83d\ude80 --> " + "x" * 300
)


@pytest.mark.parametrize("image", list(ImageFormat))
def test_hostile_names_are_only_text(image: ImageFormat) -> None:
    name = HOSTILE.encode("utf-16", "surrogatepass").decode("utf-16")
    heading = FigureHeading(subject=name, data_mode=DataMode.TEST, is_advisory=True, footing=name)
    data = figure_bytes(encounter(heading), image=image)
    if image is ImageFormat.SVG:
        assert b"<script" not in data
        ET.fromstring(data)


def test_clean_text_keeps_what_can_be_read() -> None:
    assert clean_text("COSMOS 2251 DEB (Köln)", most=40) == "COSMOS 2251 DEB (Köln)"
    assert clean_text("a\nb\x00\u202ec\u200b", most=40) == "a b c"
    assert clean_text("\U0001f680 ok", most=40) == "\u25af ok"
    assert clean_text("x" * 300, most=20) == "x" * 19 + "…"


@pytest.mark.parametrize("span_h", [0.001, 0.5, 30.0, 24.0 * 40, 24.0 * 4000])
def test_times_of_any_span_are_marked_in_few_places(span_h: float) -> None:
    steps = (np.linspace(0.0, 1.0, 4) * span_h * HOUR_NS).astype(np.int64)
    figure = history(creation_tai_ns=START + steps, tca_tai_ns=None, latest_decision_tai_ns=None)
    svg(figure)
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    shown = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert 1 <= len(shown) <= 8


def test_figures_are_quiet(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for make in FIGURES.values():
            svg(make())
    assert caplog.records == []


def test_a_figure_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_figure(encounter(), tmp_path / "a.svg")
    write_figure(encounter(), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        write_figure(encounter(), tmp_path / "a.jpg")
    with pytest.raises(InputError):
        write_figure(encounter(), tmp_path / "none" / "a.png")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.png", "a.svg"]


def test_threads_do_not_disturb_each_other() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(svg(encounter()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2]
