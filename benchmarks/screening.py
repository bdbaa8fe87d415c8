"""Screening beside its peers: ``python -m benchmarks.screening [--quick] [--plot FILE] [CATALOGUE.parquet]``.

Times are multiples of a reference load timed in the same run: heyoka's double SGP4 over the catalogue's near-Earth
objects at 60 s nodes for 24 h, two threads. Beside ours run the prototype, when the shared folder has it, and astroz,
when it is installed; an answer is compared with ours before its time counts. Larger catalogues repeat the given one
with other nodes and mean anomalies. On a busy machine the ratio of processor time (cpu) says more than that of wall
time. Compile time is left out; objects are initialised beforehand, as for every peer.
"""

from __future__ import annotations

import importlib
import itertools
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mihari.astro.sgp4 import Sgp4Batch
from mihari.astro.time import tai_ns_from_utc_jd
from mihari.compute import ThreadExecutor
from mihari.conjunction.screening import Approaches, Sgp4Propagator, find_approaches

JD = 2460684.5
THREADS = 2
NAMES = ("n0", "e0", "i0", "node0", "omega0", "m0", "bstar")


class Catalogue(NamedTuple):
    """Elements (rad, rad/min), epochs as two-part UTC Julian dates."""

    elements: np.ndarray
    epochs: np.ndarray

    @property
    def size(self) -> int:
        return self.epochs.shape[0]


class Timing(NamedTuple):
    """Best of the runs, seconds."""

    wall_s: float
    cpu_s: float


class Row(NamedTuple):
    """One measurement."""

    objects: int
    hours: float
    radius_km: float
    who: str
    timing: Timing
    wall_loads: float
    cpu_loads: float
    events: int
    peak_mib: float


def _shared() -> Path:
    return Path(os.environ.get("MIHARI_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def load(path: Path | None = None) -> Catalogue:
    """Read the catalogue, one set per object; made-up elements in its proportions when there is none."""
    import polars as pl

    path = path or _shared() / "data" / "catalogues" / "full_20250108_named_rcs.parquet"
    if not path.is_file():
        rng = np.random.default_rng(1)
        n = 27_000
        deep = np.arange(n) % 7 == 0
        motion = np.where(deep, rng.choice([1.0027, 2.0057, 2.3], n), rng.normal(14.8, 0.6, n).clip(12.5, 15.8))
        eccentricity = np.where(deep, rng.uniform(0.0, 0.7, n), rng.exponential(0.004, n))
        angles = rng.uniform(0.0, 2.0 * np.pi, (n, 3))
        inclination = rng.uniform(0.0, 1.8, n)
        elements = np.column_stack([motion * np.pi / 720, eccentricity, inclination, angles, np.full(n, 1e-4)])
        return Catalogue(elements, np.column_stack([np.full(n, JD), rng.uniform(-2.0, 0.0, n)]))
    order = pl.col("epoch_jd1") + pl.col("epoch_jd2")
    table = pl.read_parquet(path).sort(order).unique("norad_id", keep="last").sort("norad_id")
    return Catalogue(
        np.column_stack([table[name].to_numpy() for name in NAMES]), table.select("epoch_jd1", "epoch_jd2").to_numpy()
    )


def resize(catalogue: Catalogue, count: int) -> Catalogue:
    """Return `count` objects: a seeded choice, or the catalogue repeated with other nodes and anomalies."""
    rng = np.random.default_rng(7)
    if count <= catalogue.size:
        chosen = np.sort(rng.choice(catalogue.size, count, replace=False))
        return Catalogue(catalogue.elements[chosen], catalogue.epochs[chosen])
    times = -(-count // catalogue.size)
    elements = np.tile(catalogue.elements, (times, 1))[:count]
    epochs = np.tile(catalogue.epochs, (times, 1))[:count]
    extra = count - catalogue.size
    elements[catalogue.size :, 3] = rng.uniform(0.0, 2.0 * np.pi, extra)
    elements[catalogue.size :, 5] = rng.uniform(0.0, 2.0 * np.pi, extra)
    return Catalogue(elements, epochs)


def _cpu_s() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(call: Callable[[], Any], runs: int) -> tuple[Timing, Any]:
    """Run and return the best times and the last answer."""
    walls, cpus = [], []
    answer = None
    for _ in range(runs):
        wall, cpu = time.perf_counter(), _cpu_s()
        answer = call()
        walls.append(time.perf_counter() - wall)
        cpus.append(_cpu_s() - cpu)
    return Timing(min(walls), min(cpus)), answer


def reference_load(catalogue: Catalogue, runs: int = 5) -> Timing:
    """Time heyoka's double SGP4, near-Earth objects, 60 s nodes, 24 h, output reused; as the prototypes' run.py."""
    import heyoka as hy

    n, e, i, node, perigee, anomaly, bstar = catalogue.elements.T
    near = 2.0 * np.pi / n < 225.0
    data = np.array([n, e, i, node, perigee, anomaly, bstar, *catalogue.epochs.T])[:, near]
    propagator = hy.model.sgp4_propagator(np.ascontiguousarray(data))
    since = ((JD - catalogue.epochs[near, 0]) - catalogue.epochs[near, 1]) * 1440.0
    block = 96
    grid = since[None, :] + np.arange(block)[:, None] * 1.0
    out = np.empty((block, 7, int(near.sum())))
    propagator(grid, out=out)
    timing, _ = timed(lambda: propagator(grid, out=out), runs)
    return Timing(timing.wall_s * 1440 / block, timing.cpu_s * 1440 / block)


def prepare(catalogue: Catalogue) -> tuple[Sgp4Propagator, np.ndarray]:
    """Initialise ours, in the order in which `screen` puts objects; returns that order too."""
    motion = catalogue.elements[:, 0] * (720.0 / np.pi)
    order = np.lexsort((catalogue.elements[:, 1], motion < 6.4))
    n, e, i, node, perigee, anomaly, bstar = catalogue.elements[order].T
    batch = Sgp4Batch.from_mean_elements(
        epoch_tai_ns=tai_ns_from_utc_jd(catalogue.epochs[order, 0], catalogue.epochs[order, 1]),
        mean_motion_rev_day=n * (720.0 / np.pi),
        eccentricity=e,
        inclination_deg=np.degrees(i),
        ra_of_asc_node_deg=np.degrees(node),
        arg_of_pericenter_deg=np.degrees(perigee),
        mean_anomaly_deg=np.degrees(anomaly),
        bstar_per_earth_radius=bstar,
        threads=THREADS,
    )
    return Sgp4Propagator(batch), order


def ours(
    propagator: Sgp4Propagator, hours: float, radius_km: float, primaries: int = 0, threads: int = THREADS
) -> Approaches:
    """Screen with ours: all on all, or the first `primaries` near-circular objects on all."""
    start = int(tai_ns_from_utc_jd(JD, 0.0))
    owner = None
    if primaries:
        owner = np.zeros(propagator.size, dtype=bool)
        owner[np.linspace(0, propagator.size // 2, primaries).astype(int)] = True
    with ThreadExecutor(threads) as executor:
        return find_approaches(
            propagator,
            start_tai_ns=start,
            end_tai_ns=start + round(hours * 3600e9),
            semi_axes_m=np.full((propagator.size, 3), radius_km * 1e3),
            owner=owner,
            executor=executor,
        ).approaches


def _records(catalogue: Catalogue) -> list[Any]:
    from sgp4.api import WGS72, Satrec

    records = []
    for (n, e, i, node, perigee, anomaly, bstar), (jd1, jd2) in zip(
        catalogue.elements.tolist(), catalogue.epochs.tolist(), strict=True
    ):
        record = Satrec()
        record.sgp4init(
            WGS72, "i", len(records) + 1, (jd1 - 2433281.5) + jd2, bstar, 0.0, 0.0, e, perigee, i, anomaly, n, node
        )
        records.append(record)
    return records


def prototype(catalogue: Catalogue, hours: float, radius_km: float) -> Callable[[], set[tuple[int, int, int]]]:
    """Return the prototype's screening as a call that gives events."""
    folder = _shared() / "design" / "prototypes"
    if not (folder / "screen_numba.py").is_file():
        raise ImportError(f"no prototype in {folder}")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    module = importlib.import_module("screen_numba")
    sketch = module.Catalogue(_records(catalogue), JD)
    module.screen(sketch, 7200.0, radius_km, workers=1, verbose=False)

    def call() -> set[tuple[int, int, int]]:
        pair, t, _, _ = module.screen(sketch, hours * 3600.0, radius_km, verbose=False, workers=THREADS)
        return _keys(pair, t)

    return call


def astroz(catalogue: Catalogue, hours: float, radius_km: float) -> Callable[[], set[tuple[int, int, int]]]:
    """Return astroz's screening of the same sets, written as TLEs."""
    import datetime

    package = importlib.import_module("astroz")
    from sgp4.exporter import export_tle

    lines = [line for record in _records(catalogue) for line in export_tle(record)]
    source = package.Constellation("\n".join(lines) + "\n")
    numbers = np.asarray(source.satnums, dtype=np.int64)
    start = datetime.datetime(2025, 1, 9, tzinfo=datetime.UTC)

    def call() -> set[tuple[int, int, int]]:
        events = package.screen(source, hours * 60.0, threshold=radius_km, start_time=start)
        # astroz sorts its objects; the numbers say which is which.
        pair = np.column_stack([numbers[events.i], numbers[events.j]]) - 1
        return _keys(pair, events.time * 60.0)

    return call


def _keys(pair: np.ndarray, t_s: np.ndarray) -> set[tuple[int, int, int]]:
    low, high = pair.min(axis=1).tolist(), pair.max(axis=1).tolist()
    return set(zip(low, high, np.rint(np.asarray(t_s) / 10.0).astype(int).tolist(), strict=True))


def _our_keys(found: Approaches, order: np.ndarray) -> set[tuple[int, int, int]]:
    start = int(tai_ns_from_utc_jd(JD, 0.0))
    minima = ~found.is_edge
    return _keys(order[found.pair[minima]], (found.tca_tai_ns[minima] - start) * 1e-9)


def _unmatched(some: set[tuple[int, int, int]], others: set[tuple[int, int, int]]) -> int:
    """Events without one of the same pair within about ten seconds."""
    return sum(not any((i, j, t + d) in others for d in (-1, 0, 1)) for i, j, t in some)


def run(path: Path | None = None, *, quick: bool = False) -> list[Row]:
    """Measure and print; returns the table."""
    whole = load(path)
    reference = reference_load(whole)
    print(
        f"{whole.size} objects; reference load (heyoka, near Earth, 60 s nodes, 24 h): "
        f"{reference.wall_s:.2f} s wall, {reference.cpu_s:.2f} s cpu"
    )
    rows: list[Row] = []

    def add(objects: int, hours: float, radius_km: float, who: str, timing: Timing, events: int) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        loads = (timing.wall_s / reference.wall_s, timing.cpu_s / reference.cpu_s)
        rows.append(Row(objects, hours, radius_km, who, timing, *loads, events, peak))
        print(
            f"{objects:>7} objects {hours:>5g} h {radius_km:>4g} km  {who:<22} {timing.wall_s:8.2f} s = "
            f"{loads[0]:7.2f} loads (cpu {loads[1]:7.2f})  {events:>8} events  peak {peak:6.0f} MiB",
            flush=True,
        )

    # Objects, hours, radius, and the hours for which a peer runs beside (0: not at all).
    cases = [(27_000, 3.0, 5.0, 3.0, 1.0)] if quick else [
        (10_000, 24.0, 5.0, 0.0, 0.0),
        (27_000, 24.0, 5.0, 24.0, 3.0),
        (27_000, 24.0, 10.0, 24.0, 0.0),
        (27_000, 168.0, 5.0, 0.0, 0.0),
        (100_000, 6.0, 5.0, 6.0, 0.0),
        (100_000, 24.0, 5.0, 24.0, 0.0),
        (300_000, 24.0, 5.0, 0.0, 0.0),
    ]  # fmt: skip
    for objects, hours, radius_km, proto_hours, peer_hours in cases:
        catalogue = resize(whole, objects) if objects != 27_000 else whole
        propagator, order = prepare(catalogue)
        ours(propagator, 0.2, radius_km)
        runs = 3 if objects * hours <= 700_000 else 1
        timing, found = timed(lambda p=propagator, h=hours, r=radius_km: ours(p, h, r), runs)
        add(propagator.size, hours, radius_km, "ours", timing, found.count)
        for name, build, peer_h in (("prototype", prototype, proto_hours), ("astroz", astroz, peer_hours)):
            if not peer_h:
                continue
            try:
                call = build(catalogue, peer_h, radius_km)
            except ImportError as error:
                print(f"{name} left out: {error}", file=sys.stderr)
                continue
            theirs, events = timed(call, 1 if name == "astroz" else min(runs, 2))
            same = found
            if peer_h != hours:
                short, same = timed(lambda p=propagator, h=peer_h, r=radius_km: ours(p, h, r), runs)
                add(propagator.size, peer_h, radius_km, "ours", short, same.count)
            mine = _our_keys(same, order)
            add(propagator.size, peer_h, radius_km, name, theirs, len(events))
            print(
                f"        {_unmatched(mine, events)} of ours are not {name}'s, "
                f"{_unmatched(events, mine)} of {name}'s not ours",
                flush=True,
            )
        if objects == 27_000 and radius_km == 5.0 and hours <= 24.0:
            for count in (1, 100):
                timing, found = timed(lambda p=propagator, h=hours, c=count: ours(p, h, 5.0, c), runs)
                add(propagator.size, hours, 5.0, f"ours, {count} on all", timing, found.count)
            timing, found = timed(lambda p=propagator, h=hours: ours(p, h, 5.0, threads=1), 1)
            add(propagator.size, hours, 5.0, "ours, one thread", timing, found.count)
    _growth(rows)
    return rows


def _growth(rows: list[Row]) -> None:
    mine = [row for row in rows if row.who == "ours" and row.radius_km == 5.0]
    days = sorted({row.objects: row for row in mine if row.hours == 24.0}.values(), key=lambda row: row.objects)
    for a, b in itertools.pairwise(days):
        exponent = np.log(b.timing.cpu_s / a.timing.cpu_s) / np.log(b.objects / a.objects)
        print(f"growth exponent in objects, {a.objects} to {b.objects}: {exponent:.2f}")
    weeks = {row.hours: row for row in mine if row.objects == 27_000}
    if 24.0 in weeks and 168.0 in weeks:
        exponent = np.log(weeks[168.0].timing.cpu_s / weeks[24.0].timing.cpu_s) / np.log(7.0)
        print(f"growth exponent in time, 1 to 7 days: {exponent:.2f}")


def plot(rows: list[Row], path: Path) -> None:
    """Draw growth in objects."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5))
    for who, mark in (("ours", "o-"), ("prototype", "s--"), ("astroz", "^:")):
        points = sorted(
            {(r.objects, r.cpu_loads * 24.0 / r.hours) for r in rows if r.who == who and r.radius_km == 5.0}
        )
        if points:
            axes.loglog(*zip(*points, strict=True), mark, label=who)
    axes.set_xlabel("objects")
    axes.set_ylabel("reference loads (processor time) for 24 h")
    axes.set_title("All on all, 5 km")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    words = sys.argv[1:]
    figure = Path(words.pop(words.index("--plot") + 1)) if "--plot" in words else None
    files = [Path(word) for word in words if not word.startswith("-")]
    rows = run(files[0] if files else None, quick="--quick" in words)
    if figure is not None:
        plot(rows, figure)


if __name__ == "__main__":
    main()
