"""Every object of real catalogues, 1999 to 2026, over a fortnight, against the compiled `sgp4` package.

The default run takes a sample of every file; `-m slow` takes every object of every file and prints the quantiles.
"""

from __future__ import annotations

import csv
import io
import itertools
import lzma

import numpy as np
import polars as pl
import pytest
from sgp4.api import WGS72, Satrec

from mihari.astro.sgp4 import Sgp4Batch, Sgp4Status
from mihari.astro.sgp4 import _layout as lay
from mihari.astro.time import tai_ns_from_utc_jd, utc_jd_from_tai_ns

POSITION_KM = 1e-6
VELOCITY_KM_S = 1e-9
QUANTILES = (50.0, 90.0, 99.0, 99.9, 100.0)
DAY_NS = 86_400 * 10**9
FIELDS = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",
)


def _from_lines(line1, line2):
    """Elements as printed, and the package's record of the same two lines."""
    record = Satrec.twoline2rv(line1, line2, WGS72)
    elements = (
        float(line2[52:63]),
        float("0." + line2[26:33].replace(" ", "0")),
        float(line2[8:16]),
        float(line2[17:25]),
        float(line2[34:42]),
        float(line2[43:51]),
        record.bstar,
    )
    return elements, (record.jdsatepoch, record.jdsatepochF), record


def _from_elements(elements, jd1, jd2):
    record = Satrec()
    n, e, i, node, perigee, anomaly, bstar = elements
    angle = np.pi / 180.0
    epoch_days = (jd1 + jd2) - 2433281.5  # as the package's own reader of element sets hands it on
    record.sgp4init(
        WGS72, "i", 1, epoch_days, bstar, 0.0, 0.0, e, perigee * angle, i * angle, anomaly * angle,
        n / (1440.0 / (2.0 * np.pi)), node * angle,
    )  # fmt: skip
    return elements, (jd1, jd2), record


def _from_text(path, every):
    with lzma.open(path, "rt", encoding="latin-1") as stream:
        lines = [line.rstrip("\r\n") for line in stream]
    pairs = [
        (first, second)
        for first, second in itertools.pairwise(lines)
        if first.startswith("1 ") and second.startswith("2 ") and len(first) >= 68 and len(second) >= 68
    ]
    return [_from_lines(*pair) for pair in pairs[::every]]


def _from_csv(path, every):
    columns = "MEAN_MOTION ECCENTRICITY INCLINATION RA_OF_ASC_NODE ARG_OF_PERICENTER MEAN_ANOMALY BSTAR".split()
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(io.StringIO(stream.read())))[::every]
    moments = np.array([row["EPOCH"].rstrip("Z") for row in rows], dtype="datetime64[us]")
    days = moments.astype("datetime64[D]")
    fraction = (moments - days).astype(np.int64) / 86_400e6
    jd1 = days.astype(np.int64) + 2440587.5
    return [
        _from_elements(tuple(float(row[name]) for name in columns), float(a), float(b))
        for row, a, b in zip(rows, jd1, fraction, strict=True)
    ]


def _from_parquet(path, every):
    table = pl.read_parquet(path)
    if "n0" in table.columns:
        table = table.gather_every(every)
        degrees = [np.degrees(table[name].to_numpy()) for name in ("i0", "node0", "omega0", "m0")]
        columns = [
            table["n0"].to_numpy() * (720.0 / np.pi),
            table["e0"].to_numpy(),
            *degrees,
            table["bstar"].to_numpy(),
        ]
        epochs = zip(table["epoch_jd1"].to_list(), table["epoch_jd2"].to_list(), strict=True)
        return [
            _from_elements(tuple(map(float, row)), *epoch)
            for row, epoch in zip(np.column_stack(columns), epochs, strict=True)
        ]
    names = {name.lower(): name for name in table.columns}
    lines = table.select(names["tle_line1"], names["tle_line2"]).drop_nulls().gather_every(every)
    return [_from_lines(*pair) for pair in lines.rows()]


def _read(path, every):
    if path.suffix == ".parquet":
        return _from_parquet(path, every)
    if path.name.endswith(".csv.xz"):
        return _from_csv(path, every)
    return _from_text(path, every)


def _errors(sets, rng):
    """Largest errors of each object, km and km/s, how many codes differ, how many states are doubtful.

    A state is doubtful where the reference says 0 although its drag series has left its range.
    """
    elements = np.array([one[0] for one in sets])
    epochs = tai_ns_from_utc_jd(np.array([one[1][0] for one in sets]), np.array([one[1][1] for one in sets]))
    batch = Sgp4Batch.from_mean_elements(epoch_tai_ns=epochs, **dict(zip(FIELDS, elements.T, strict=True)))
    # Five bursts of eight moments within a day: dense enough for the vector kernels, a fortnight wide.
    bursts = np.sort(rng.integers(0, 20 * 3600 * 10**9, (5, 8)), axis=1)
    times = (
        int(np.median(epochs)) + (np.array([[-7.0], [-3.5], [-0.4], [2.9], [6.1]]) * DAY_NS).astype(np.int64) + bursts
    )
    times = times.ravel()
    states = batch.propagate(times, threads=2)
    worst = np.zeros((len(sets), 2))
    differing = 0
    roots = _drag_roots(batch, (times - epochs[:, None]) / 60e9)
    is_none = (states.status == Sgp4Status.OUT_OF_RANGE) & ~((roots > 0.0) & (roots < np.sqrt(2.0)))
    for k, (_, _, record) in enumerate(sets):
        for j, minutes in enumerate((times - epochs[k]) / 60e9):
            code, r, v = record.sgp4_tsince(minutes)
            differing += code != (0 if is_none[k, j] else states.status[k, j])
            if code == 0:
                size = np.linalg.norm(r)
                error = np.linalg.norm(states.position_m[k, j] / 1e3 - r)
                # Runaways beyond 1e8 km have no digit left for the millimetre.
                worst[k, 0] = max(worst[k, 0], error if size < 1e8 else error * 1e8 / size)
                worst[k, 1] = max(worst[k, 1], np.linalg.norm(states.velocity_m_s[k, j] / 1e3 - v))
    return worst, batch.is_deep, differing, int(is_none.sum())


def _drag_roots(batch, minutes):
    """Root of the semi-major axis over its first value, (n, t)."""
    c1, d2, d3, d4 = (batch.tables.near[:, column, None] for column in (lay.CC1, lay.D2, lay.D3, lay.D4))
    return 1.0 - minutes * (c1 + minutes * (d2 + minutes * (d3 + minutes * d4)))


def _table(worst, is_deep):
    lines = []
    for name, rows in (("near-Earth", worst[~is_deep]), ("deep space", worst[is_deep])):
        for unit, column in (("km", 0), ("km/s", 1)):
            values = "  ".join(f"{value:.1e}" for value in np.percentile(rows[:, column], QUANTILES))
            lines.append(f"{name:12}{len(rows):9d} objects  {unit:5} quantiles 50 90 99 99.9 100 %: {values}")
    return "\n".join(lines)


def _catalogues(folder, pattern):
    files = sorted(path for path in folder.rglob("*") if path.name.endswith(pattern) and "vimpel" not in path.name)
    assert files, f"no {pattern} under {folder}"
    return files


@pytest.mark.parametrize(("pattern", "every"), [(".tle.xz", 300), (".3le.xz", 23), (".csv.xz", 100), (".parquet", 100)])
def test_a_sample_of_every_catalogue(shared_data, rng, pattern, every):
    results = [_errors(_read(path, every), rng) for path in _catalogues(shared_data / "catalogues", pattern)]
    worst = np.concatenate([result[0] for result in results])
    is_deep = np.concatenate([result[1] for result in results])
    assert [result[2] for result in results] == [0] * len(results)
    assert worst[:, 0].max() < POSITION_KM, _table(worst, is_deep)
    assert worst[:, 1].max() < VELOCITY_KM_S, _table(worst, is_deep)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_object_of_every_catalogue(shared_data, rng, capsys):
    everything, deep, differing, none = [], [], 0, 0
    for pattern in (".tle.xz", ".3le.xz", ".csv.xz", ".parquet"):
        for path in _catalogues(shared_data / "catalogues", pattern):
            worst, is_deep, codes, without = _errors(_read(path, 1), rng)
            everything.append(worst)
            deep.append(is_deep)
            differing += codes
            none += without
    worst, is_deep = np.concatenate(everything), np.concatenate(deep)
    with capsys.disabled():
        print(f"\n{differing} differing codes, {none} doubtful states\n{_table(worst, is_deep)}")
    assert differing == 0
    assert worst[:, 0].max() < POSITION_KM
    assert worst[:, 1].max() < VELOCITY_KM_S


def test_minutes_are_elapsed_seconds_across_a_leap_second():
    """2016-12-31 23:59:60 lies between: half a day of UTC is 43,201 s, and the object moves on for all of them."""
    jd1, jd2 = np.array([2457753.5]), np.array([0.75])
    elements, _, record = _from_elements((15.5, 0.001, 51.6, 10.0, 20.0, 30.0, 1e-4), 2457753.5, 0.75)
    epoch = tai_ns_from_utc_jd(jd1, jd2)
    batch = Sgp4Batch.from_mean_elements(epoch_tai_ns=epoch, **dict(zip(FIELDS, elements, strict=True)))
    later = tai_ns_from_utc_jd(np.array([2457754.5]), np.array([0.25]))
    elapsed_s = int((later - epoch)[0]) / 1e9
    # UTC's fraction of the long day counts 86,401 s: a quarter of it is 21,600.25 s.
    assert elapsed_s == pytest.approx(21_600.25 + 21_600.0, abs=1e-6)
    _, r, _ = record.sgp4_tsince(elapsed_s / 60.0)
    assert np.abs(batch.propagate(later).position_m[0, 0] / 1e3 - r).max() < 1e-6
    assert utc_jd_from_tai_ns(later)[0][0] == 2457754.5
