"""SGP4 and SDP4 beside their peers: ``python -m benchmarks.sgp4 [CATALOGUE.parquet]``.

Peers: heyoka's double SGP4 (near-Earth only), `sgp4.SatrecArray`, satkit, and the prototype when the shared folder has
it. All get the same element sets and the same 96 times, one minute apart; every answer is compared with python-sgp4
before its time is. The runs are interleaved; a ratio above 1 means that ours is faster. On one thread the clock is the
processor time of the process, which a busy machine does not spoil. SatrecArray and satkit use one thread whatever is
asked.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.time import tai_ns_from_utc_jd

TIMES = 96
RUNS = 7
JD = 2460684.5
PEER_OBJECTS = 2000  # the slow peers' share: their rate does not depend on the number


class Row(NamedTuple):
    """One comparison; rates are millions of states a second, best and median of the runs."""

    name: str
    threads: int
    ours: float
    ours_median: float
    peer: str
    theirs: float
    ratio: float
    ratio_median: float
    difference_km: float


class _Catalogue(NamedTuple):
    batch: Sgp4Batch
    elements: np.ndarray  # n, e, i, node, perigee, anomaly (rad, rad/min), bstar
    epochs: np.ndarray  # (n, 2) UTC Julian date in two parts


def _shared() -> Path:
    return Path(os.environ.get("MIHARI_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def _read(path: Path) -> _Catalogue:
    import polars as pl

    order = pl.col("epoch_jd1") + pl.col("epoch_jd2")
    table = pl.read_parquet(path).sort(order).unique("norad_id", keep="last").sort("norad_id")
    names = ("n0", "e0", "i0", "node0", "omega0", "m0", "bstar")
    return _catalogue(
        np.column_stack([table[name].to_numpy() for name in names]), table.select("epoch_jd1", "epoch_jd2").to_numpy()
    )


def _synthetic(objects: int = 20_000) -> _Catalogue:
    """Return made-up elements in the proportions of the public catalogue, when there is no file."""
    rng = np.random.default_rng(1)
    deep = np.arange(objects) % 7 == 0
    motion = np.where(deep, rng.choice([1.0027, 2.0057, 2.3], objects), rng.uniform(12.5, 15.8, objects))
    eccentricity = np.where(motion > 2.2, rng.exponential(0.004, objects), rng.uniform(0.0, 0.7, objects))
    inclination = rng.uniform(0.0, 1.8, objects)
    angles = rng.uniform(0.0, 2.0 * np.pi, (objects, 3))
    elements = np.column_stack([motion * (np.pi / 720.0), eccentricity, inclination, angles, np.full(objects, 1e-4)])
    return _catalogue(elements, np.column_stack([np.full(objects, JD), rng.uniform(-2.0, 0.0, objects)]))


def _catalogue(elements: np.ndarray, epochs: np.ndarray) -> _Catalogue:
    n, e, i, node, perigee, anomaly, bstar = elements.T
    batch = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=tai_ns_from_utc_jd(epochs[:, 0], epochs[:, 1]),
        mean_motion_rev_day=n * (720.0 / np.pi),
        eccentricity=e,
        inclination_deg=np.degrees(i),
        ra_of_asc_node_deg=np.degrees(node),
        arg_of_pericenter_deg=np.degrees(perigee),
        mean_anomaly_deg=np.degrees(anomaly),
        bstar_per_earth_radius=bstar,
    )
    return _Catalogue(batch, elements, epochs)


def _part(whole: _Catalogue, index: np.ndarray) -> _Catalogue:
    return _Catalogue(whole.batch.take(index), whole.elements[index], whole.epochs[index])


def _minutes() -> np.ndarray:
    return np.arange(TIMES) * 1.0


def _records(part: _Catalogue) -> list[Any]:
    from sgp4.api import WGS72, Satrec, accelerated

    assert accelerated, "the compiled sgp4 package is the peer, not its Python fallback"
    records = []
    for (n, e, i, node, perigee, anomaly, bstar), (jd1, jd2) in zip(
        part.elements.tolist(), part.epochs.tolist(), strict=True
    ):
        record = Satrec()
        record.sgp4init(WGS72, "i", 1, (jd1 - 2433281.5) + jd2, bstar, 0.0, 0.0, e, perigee, i, anomaly, n, node)
        records.append(record)
    return records


Call = Callable[[], Any]


def _ours(part: _Catalogue, planes: int, threads: int) -> tuple[Call, Callable[[], np.ndarray]]:
    times = int(tai_ns_from_utc_jd(JD, 0.0)) + np.arange(TIMES, dtype=np.int64) * 60_000_000_000
    out = np.empty((part.batch.size, planes, TIMES))
    status = np.empty((part.batch.size, TIMES), dtype=np.uint8)
    return (
        lambda: part.batch.planes(times, out=out, status=status, threads=threads),
        lambda: out[:, :3].transpose(0, 2, 1) / 1e3,
    )


def _package(part: _Catalogue) -> tuple[Call, Callable[[], np.ndarray]]:
    from sgp4.api import SatrecArray

    array = SatrecArray(_records(part))
    days, fractions = np.full(TIMES, JD), _minutes() / 1440.0
    return lambda: array.sgp4(days, fractions), lambda: array.sgp4(days, fractions)[1]


def _heyoka(part: _Catalogue) -> tuple[Call, Callable[[], np.ndarray]]:
    import heyoka as hy

    n, e, i, node, perigee, anomaly, bstar = part.elements.T
    data = np.array([n, e, i, node, perigee, anomaly, bstar, part.epochs[:, 0], part.epochs[:, 1]])
    propagator = hy.model.sgp4_propagator(np.ascontiguousarray(data))
    since = ((JD - part.epochs[:, 0]) - part.epochs[:, 1]) * 1440.0
    grid = since[None, :] + _minutes()[:, None]
    out = np.empty((TIMES, 7, part.batch.size))
    return lambda: propagator(grid, out=out), lambda: out[:, :3].transpose(2, 0, 1)


def _satkit(part: _Catalogue) -> tuple[Call, Callable[[], np.ndarray]]:
    import satkit
    from sgp4.exporter import export_tle

    # It gives a list for two lines too.
    sets = [satkit.TLE.from_lines(list(export_tle(record)))[0] for record in _records(part)]
    start = satkit.time.from_jd(JD, satkit.timescale.UTC)
    times = [start + satkit.duration.from_minutes(float(minutes)) for minutes in _minutes()]

    def call() -> np.ndarray:
        return np.stack([satkit.sgp4(one, times)[0] for one in sets])

    return call, lambda: call() / 1e3


def _prototype(part: _Catalogue) -> tuple[Call, Callable[[], np.ndarray]]:
    folder = _shared() / "design" / "prototypes"
    if not (folder / "sgp4_numba.py").is_file():
        raise ImportError(f"no prototype in {folder}")
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    kernel = importlib.import_module("sgp4_numba").Near(_records(part), JD)
    out = np.empty((part.batch.size, 6, TIMES))
    return lambda: kernel(_minutes(), out), lambda: out[:, :3].transpose(0, 2, 1)


def _interleaved(calls: list[Call], sizes: list[int], threads: int) -> np.ndarray:
    """Million states a second of each call in each of the runs, turn by turn."""
    clock = time.process_time if threads == 1 else time.perf_counter
    rates = np.empty((RUNS, len(calls)))
    for call in calls:
        call()
    for run_number in range(RUNS):
        for k, call in enumerate(calls):
            start = clock()
            call()
            rates[run_number, k] = sizes[k] * TIMES / (clock() - start) / 1e6
    return rates


def _compare(name: str, part: _Catalogue, planes: int, threads: int, peers: dict[str, Any]) -> list[Row]:
    few = np.linspace(0, part.batch.size - 1, min(PEER_OBJECTS, part.batch.size)).astype(int)
    small = _part(part, few)
    truth = _package(small)[1]()
    ours, positions = _ours(part, planes, threads)
    ours()
    calls, sizes, names, differences = [ours], [part.batch.size], ["ours"], [_difference(positions()[few], truth)]
    for peer, (build, whole) in peers.items():
        try:
            call, answer = build(part if whole else small)
        except ImportError as error:
            print(f"{name}: {peer} left out, {error}", file=sys.stderr)
            continue
        call()
        calls.append(call)
        sizes.append(part.batch.size if whole else small.batch.size)
        names.append(peer)
        differences.append(_difference(answer()[few] if whole else answer(), truth))
    rates = _interleaved(calls, sizes, threads)
    best, median = rates.max(axis=0), np.median(rates, axis=0)
    own = Row(name, threads, best[0], median[0], "python-sgp4's numbers", best[0], 1.0, 1.0, differences[0])
    return [own] + [
        Row(
            name,
            threads,
            best[0],
            median[0],
            names[k],
            best[k],
            best[0] / best[k],
            median[0] / median[k],
            differences[k],
        )
        for k in range(1, len(calls))
    ]


def _difference(position_km: np.ndarray, truth_km: np.ndarray) -> float:
    """Largest distance, where both have a number."""
    return float(np.nanmax(np.linalg.norm(position_km - truth_km, axis=2)))


def run(path: Path | None = None) -> list[Row]:
    """Time everything; rows in the order printed."""
    if path is None:
        path = _shared() / "data" / "catalogues" / "full_20250108_named_rcs.parquet"
    whole = _read(path) if path.is_file() else _synthetic()
    deep = whole.batch.is_deep
    # Peers answer failed objects in ways of their own: compare those that propagate.
    good = whole.batch.init_status == 0
    near_part, deep_part = _part(whole, np.flatnonzero(~deep & good)), _part(whole, np.flatnonzero(deep & good))
    rows = []
    for threads in sorted({1, os.cpu_count() or 1}):
        states = {"sgp4.SatrecArray": (_package, False)}
        if _heyoka_threads(threads):
            states["heyoka"] = (_heyoka, True)
        if threads == 1:
            states |= {"prototype": (_prototype, True), "satkit": (_satkit, False)}
        rows += _compare("near, position + velocity", near_part, 6, threads, states)
        rows += _compare("near, position", near_part, 3, threads, {"sgp4.SatrecArray": (_package, False)})
        slow = {"sgp4.SatrecArray": (_package, False)}
        rows += _compare(
            "deep, position + velocity",
            deep_part,
            6,
            threads,
            slow | ({"satkit": (_satkit, False)} if threads == 1 else {}),
        )
        rows += _compare("deep, position", deep_part, 3, threads, slow)
    return rows


def _heyoka_threads(threads: int) -> bool:
    """Keep heyoka to so many threads; tell whether it can be had."""
    try:
        import heyoka as hy
    except ImportError:
        return False
    hy.set_nthreads(threads)
    return True


def main() -> int:
    path = next((Path(word) for word in sys.argv[1:] if not word.startswith("-")), None)
    print(f"{TIMES} times a minute apart, best (median) of {RUNS} interleaved runs; ratio above 1: ours is faster")
    print(f"{'work':28}{'threads':>8}{'ours M/s':>17}  {'peer':24}{'M/s':>8}{'ratio':>16}{'max km':>10}")
    for row in run(path):
        rates = f"{row.ours:.1f} ({row.ours_median:.1f})"
        ratios = f"{row.ratio:.2f} ({row.ratio_median:.2f})"
        print(
            f"{row.name:28}{row.threads:>8}{rates:>17}  {row.peer:24}{row.theirs:>8.1f}{ratios:>16}"
            f"{row.difference_km:>10.1e}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
