"""The replay of 10 February 2009: an example that must keep giving what the sets of the time give."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mihari.astro.time import parse_utc

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "collision_2009.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collision_2009", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["collision_2009"] = module
    spec.loader.exec_module(module)
    return module


def test_sets_of_the_week_before_foresee_time_but_not_miss(
    shared_data: Path, example: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shared_data / "collision2009" / "iridium33_cosmos2251_gp_history_200811_200905.csv.xz"
    forecasts = example.replay(path)
    assert len(forecasts) == 8
    collision = parse_utc(example.COLLISION_UTC)
    for forecast in forecasts:
        assert forecast.known_at_tai_ns < collision
        # Nothing of the future: every set is older than the moment it is used at.
        assert forecast.age_iridium_s * 1e9 > collision - forecast.known_at_tai_ns
        assert forecast.age_cosmos_s * 1e9 > collision - forecast.known_at_tai_ns
        assert abs(forecast.tca_tai_ns - collision) < 2e8
        assert abs(forecast.relative_speed_m_s - 11_650.0) < 10.0
        assert 50.0 < forecast.miss_distance_m < 5_000.0
    last = forecasts[-1]
    # The provenance of the data: 0.70 km at 16:55:59.8 from the last sets before the event.
    assert abs(last.miss_distance_m - 700.0) < 5.0
    assert abs(last.tca_tai_ns - collision) < 5e7
    figure = tmp_path / "collision.png"
    assert example.main([str(path), str(figure)]) == 0
    assert figure.stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert printed.count("16:55:") == 8
    # What an assessment would have said: a bound each time, and never a level that rests on it.
    assert printed.count("not assessed: no probability can be trusted") == 8
    assert "2009-02-10T16:25      at most 7.6e-05" in printed


def test_without_data_the_example_says_so(
    example: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert example.main([str(tmp_path / "nothing.csv")]) == 2
    assert "no history of element sets" in capsys.readouterr().err
