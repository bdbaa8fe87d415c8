"""Time scales against ERFA, the IAU's own routines."""

from __future__ import annotations

import warnings

import erfa
import numpy as np
import pytest

from mihari.astro import time


def _tai_ns_by_erfa(jd1: np.ndarray, jd2: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        tai1, tai2 = erfa.utctai(jd1, jd2)
    day = np.floor(tai1 - 2440587.5)
    rest = (tai1 - 2440587.5 - day) + tai2
    return day.astype(np.int64) * time.NS_PER_DAY + np.rint(rest * time.NS_PER_DAY).astype(np.int64)


@pytest.mark.parametrize(("start", "end"), [("1960-01-01", "1972-01-01"), ("1972-01-01", "2017-07-01")])
def test_utc_to_tai(rng: np.random.Generator, start: str, end: str) -> None:
    """ERFA carries its own table of the same steps; its floats are good to 0.02 ns, its day rates to 1 ns."""
    moments = rng.integers(time.parse_utc(start), time.parse_utc(end), 200_000)
    jd1, jd2 = time.utc_jd_from_tai_ns(moments)
    assert np.abs(_tai_ns_by_erfa(jd1, jd2) - moments).max() <= 1


def test_every_leap_second_is_that_of_erfa() -> None:
    table = time.packaged_leap_seconds()
    ours = [
        (str(np.datetime64(int(day), "D"))[:7], offset / 1e9)
        for day, offset in zip(table.first_day, table.offset_ns, strict=True)
        if day >= 730
    ]
    erfas = [(f"{row['year']}-{row['month']:02d}", row["tai_utc"]) for row in erfa.leap_seconds.get()[14:]]
    assert ours[: len(erfas)] == erfas


def test_tdb_over_the_grid_is_that_of_erfa(rng: np.random.Generator) -> None:
    """20,000 moments of ten years are interpolated, ERFA's series is evaluated at each."""
    moments = np.sort(rng.integers(time.parse_utc("2015-01-01"), time.parse_utc("2025-01-01"), 20_000))
    tt1, tt2 = time.tt_jd_from_tai_ns(moments)
    tdb1, tdb2 = time.tdb_jd_from_tai_ns(moments)
    expected_s = erfa.dtdb(tt1, tt2, 0.0, 0.0, 0.0, 0.0)
    assert np.abs(((tdb1 - tt1) + (tdb2 - tt2)) * 86_400.0 - expected_s).max() < 1e-11


def test_calendar_text_is_that_of_erfa(rng: np.random.Generator) -> None:
    moments = rng.integers(time.parse_utc("1972-01-01"), time.parse_utc("2022-01-01"), 5_000) // 1000 * 1000
    year, month, day, clock = erfa.d2dtf("UTC", 6, *time.utc_jd_from_tai_ns(moments))
    expected = [
        f"{y:04d}-{m:02d}-{d:02d}T{c['h']:02d}:{c['m']:02d}:{c['s']:02d}.{c['f']:06d}Z"
        for y, m, d, c in zip(year, month, day, clock, strict=True)
    ]
    assert time.format_utc_array(moments).tolist() == expected


def test_usno_table_of_the_drifting_years(shared_data) -> None:
    """The USNO's tai-utc.dat: offset at the start of each of its rows from 1961 to 1971."""
    rows = (shared_data / "environment" / "tai-utc.dat").read_text().splitlines()
    checked = 0
    for row in (row for row in rows if "TAI-UTC" in row):
        jd, offset = float(row.split("=JD")[1].split()[0]), row.split("TAI-UTC=")[1]
        mjd = jd - 2400000.5
        constant = float(offset.split("S")[0])
        reference = float(offset.split("MJD -")[1].split(".")[0])
        rate = float(offset.split(")")[1].replace("X", "").replace("S", ""))
        expected_s = constant + (mjd - reference) * rate
        day = int(mjd) - 40587
        assert abs((time.tai_ns_from_utc_day(day, 0) - day * time.NS_PER_DAY) / 1e9 - expected_s) < 1e-9
        checked += 1
    assert checked >= 41
