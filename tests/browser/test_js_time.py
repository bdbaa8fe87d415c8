"""The page's own arithmetic of time, against Python's: leap seconds, rates, moments as they are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import erfa
import numpy as np
import pytest

from mihari.astro.time import parse_utc

from .conftest import CallModule

MOMENTS = (
    "1972-01-01T00:00:00",
    "1972-06-30T23:59:59",
    "1972-07-01T00:00:00",
    "1999-01-01T00:00:00",
    "2005-12-31T23:59:59.999",
    "2016-12-31T23:59:59",
    "2017-01-01T00:00:00",
    "2025-03-01T12:00:00",
    "2026-11-30T00:00:00",
)


def _ms(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000.0


@pytest.mark.parametrize("text", MOMENTS)
def test_tai_minus_utc_is_that_of_sofa(call: CallModule, text: str) -> None:
    at = datetime.fromisoformat(text)
    truth = erfa.dat(at.year, at.month, at.day, (at.hour * 3600 + at.minute * 60 + at.second) / 86400.0)
    assert call("app/time.js", "taiMinusUtc", _ms(text)) == truth


def test_every_leap_second_since_1972_is_counted(call: CallModule) -> None:
    months = [(year, month) for year in range(1972, 2027) for month in range(1, 13)]
    mine = call("app/time.js", "taiMinusUtc", [datetime(y, m, 1, tzinfo=UTC).timestamp() * 1000.0 for y, m in months])
    assert mine == [float(erfa.dat(y, m, 1, 0.0)) for y, m in months]


@pytest.mark.parametrize("first", MOMENTS)
@pytest.mark.parametrize("second", MOMENTS[-3:])
def test_elapsed_seconds_are_those_of_tai(call: CallModule, first: str, second: str) -> None:
    truth = (parse_utc(second) - parse_utc(first)) / 1e9
    found = call("app/time.js", "elapsedSeconds", _ms(first), _ms(second))
    assert found == pytest.approx(truth, abs=1e-6)
    assert call("app/time.js", "addElapsed", _ms(first), truth) == pytest.approx(_ms(second), abs=1e-3)


def test_the_moment_within_a_leap_second_is_its_end(call: CallModule) -> None:
    before = _ms("2016-12-31T23:59:59")
    assert call("app/time.js", "addElapsed", before, 1.0) in (_ms("2017-01-01T00:00:00"), before)
    assert call("app/time.js", "addElapsed", before, 2.0) == _ms("2017-01-01T00:00:00")
    assert call("app/time.js", "addElapsed", before, 3.0) == _ms("2017-01-01T00:00:01")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2025-03-01T12:00:00Z", _ms("2025-03-01T12:00:00")),
        ("2025-03-01T12:00:00", _ms("2025-03-01T12:00:00")),
        ("2025-03-01T12:00:00+09:00", _ms("2025-03-01T03:00:00")),
        ("2025-03-01T12:00:00.123456Z", _ms("2025-03-01T12:00:00.123")),
        ("2025-03-01", _ms("2025-03-01T00:00:00")),
        ("", None),
        ("soon", None),
        ("2025-13-01T00:00:00Z", None),
    ],
)
def test_utc_is_read_as_the_api_writes_it(call: CallModule, text: str, ms: float | None) -> None:
    found = call("app/time.js", "parseUtc", text)
    assert (found is None or math.isnan(found)) if ms is None else found == ms


def test_utc_is_written_to_the_digit_asked_for(call: CallModule) -> None:
    ms = _ms("2025-03-01T12:34:56.789")
    assert call("app/time.js", "utcText", ms) == "2025-03-01 12:34:56"
    assert call("app/time.js", "utcText", ms, 3) == "2025-03-01 12:34:56.789"
    assert call("app/time.js", "isoUtc", ms) == "2025-03-01T12:34:56.789Z"
    assert call("app/time.js", "utcText", None) == "–"


def test_the_earth_turns_as_sofa_says(call: CallModule) -> None:
    moments = [datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=7.3 * k) for k in range(40)]
    mine = np.array([call("app/time.js", "siderealAngle", each.timestamp() * 1000.0) for each in moments])
    days = np.array([each.timestamp() / 86400.0 for each in moments])
    truth = erfa.era00(2440587.5, days)
    assert np.abs(np.angle(np.exp(1j * (mine - truth)))).max() < 1e-7


def test_the_ladder_of_rates_passes_through_pause(call: CallModule) -> None:
    rate, seen = 1000.0, []
    for _ in range(20):
        seen.append(rate)
        rate = call("app/keys.js", "nextRate", rate, -1)
    up = [1, 10, 60, 100, 300, 600, 1000]
    ladder = [*reversed(up), 0, *(-each for each in up)]
    assert seen[: len(ladder)] == ladder
    assert set(seen[len(ladder) :]) == {-1000}
    # A rate that is no step goes on with the next step.
    assert call("app/keys.js", "nextRate", 42, 1) == 100
    assert call("app/keys.js", "nextRate", -1000, 1) == -600


def test_the_clock_runs_at_its_rate_from_where_it_was(call: CallModule, run: CallModule) -> None:
    found = run(
        """const { createClock } = await import('/web/app/clock.js');
        let wall = 1000000;
        const clock = createClock(() => wall);
        const said = [];
        const say = () => said.push([clock.now(), clock.get().rate, clock.isLive()]);
        say();
        wall += 5000; say();
        clock.setRate(60); wall += 1000; say();
        clock.setRate(-10); wall += 2000; say();
        clock.setRate(0); wall += 9000; say();
        clock.jump(5, 1); wall += 100; say();
        clock.live(); wall += 1; say();
        return said;"""
    )
    assert found == [
        [1_000_000, 1, True],
        [1_005_000, 1, True],
        [1_065_000, 60, False],
        [1_045_000, -10, False],
        [1_045_000, 0, False],
        [105, 1, False],
        [1_017_101, 1, True],
    ]
