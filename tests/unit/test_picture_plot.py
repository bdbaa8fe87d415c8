"""The plot: real image files, a banner whenever the data are not real, and plain words for a wrong name."""

from __future__ import annotations

import io
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.image import imread

from mihari.astro.states import Frame
from mihari.astro.time import parse_utc
from mihari.errors import InputError, UsageError
from mihari.model.provenance import DataMode
from mihari.picture import PICTURE_SCHEMA, ImageFormat, Picture, draw_picture, plot_picture

AT = parse_utc("2025-03-01T12:00:00")
AMBER = np.array([0xF0, 0xB4, 0x29]) / 255.0


def made(mode: DataMode, count: int = 40) -> Picture:
    rng = np.random.default_rng(5)
    angle = rng.uniform(0, 2 * np.pi, count)
    columns = {name: pl.Series(name, [None] * count, dtype=dtype) for name, dtype in PICTURE_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series(range(1, count + 1), dtype=pl.Int32),
        "object_type": pl.Series(["PAYLOAD", "DEBRIS", "ROCKET BODY", "UNKNOWN"] * (count // 4), dtype=pl.String),
        "object_type_inferred": pl.Series([True, False] * (count // 2)),
        "regime": pl.Series(["LEO", "GEO"] * (count // 2), dtype=pl.String),
        "frame": pl.Series(["GCRF"] * count),
        "x_m": pl.Series(7e6 * np.cos(angle)),
        "y_m": pl.Series(7e6 * np.sin(angle)),
        "z_m": pl.Series(np.zeros(count)),
        "altitude_m": pl.Series(np.full(count, 622e3)),
        "inclination_rad": pl.Series(rng.uniform(0, 2, count)),
        "status": pl.Series(
            ["ok"] * (count - 1) + ["no state: SGP4 error 6 (decayed)"] if count else [], dtype=pl.String
        ),
        "age_s": pl.Series(rng.uniform(0, 1e6, count)),
        "extrapolated": pl.Series([False] * count, dtype=pl.Boolean),
        "source": pl.Series(["made up"] * count, dtype=pl.String),
        "data_mode": pl.Series([mode.value] * count, dtype=pl.String),
    }
    states = pl.DataFrame({name: columns[name] for name in PICTURE_SCHEMA}).cast(dict(PICTURE_SCHEMA))
    return Picture(states=states, at_tai_ns=AT, frame=Frame.GCRF, data_mode=mode, catalogue_version="0" * 16)


@pytest.mark.parametrize("mode", [DataMode.REAL, DataMode.SIMULATED])
def test_only_real_data_go_without_a_banner(mode: DataMode) -> None:
    pixels = imread(io.BytesIO(draw_picture(made(mode))), format="png")[:, :, :3]
    corner = pixels[5, 5]
    assert (np.abs(corner - AMBER).max() < 0.02) == (mode is not DataMode.REAL)


def test_points_and_titles_are_drawn() -> None:
    pixels = imread(io.BytesIO(draw_picture(made(DataMode.REAL))), format="png")
    assert pixels.shape[:2] == (1350, 2400)
    empty = imread(io.BytesIO(draw_picture(made(DataMode.REAL, count=0))), format="png")
    assert np.abs(pixels - empty).max() > 0.3


def test_svg_is_well_formed_and_of_bearable_size() -> None:
    first = draw_picture(made(DataMode.SIMULATED), image=ImageFormat.SVG)
    assert ET.fromstring(first).tag.endswith("svg")
    assert len(first) < 3_000_000


def test_threads_do_not_disturb_each_other() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(draw_picture(made(DataMode.REAL)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]


def test_the_ending_chooses_and_a_wrong_one_says_so(tmp_path: Path) -> None:
    plot_picture(made(DataMode.REAL), tmp_path / "sky.PNG")
    assert (tmp_path / "sky.PNG").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        plot_picture(made(DataMode.REAL), tmp_path / "sky.gif")
    with pytest.raises(InputError, match="does not exist"):
        plot_picture(made(DataMode.REAL), tmp_path / "no such folder" / "sky.png")
    assert [path.name for path in tmp_path.iterdir()] == ["sky.PNG"]
