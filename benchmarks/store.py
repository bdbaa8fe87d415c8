"""The record store at 1, 3 and 10 million element sets: as-of answers, histories, ingest rate, disk use.

Polars answers the same question on the same Parquet segments in the same run, in two ways: one group-by over all
columns, and two passes (the winner's key from three columns, then a semi-join). All answers are compared first.
The sets are synthetic: 27,000 objects, each with an epoch about every eight hours.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.store import Compaction, EmbeddedStore, StoreMode, examine

__all__ = ["build", "run"]

OBJECTS = 27_000
SEGMENTS = 120
START_TAI_NS = 1_700_000_000_000_000_000
DAY_NS = 86_400_000_000_000
PROVENANCE = Provenance(source="synthetic", data_mode=DataMode.SIMULATED, method="benchmark", licence="CC0-1.0")


def _sets(rng: np.random.Generator, n: int, start_tai_ns: int, end_tai_ns: int) -> ElementSets:
    """Return `n` random sets of a span, names and designators as a catalogue has them."""
    ids = rng.integers(1, OBJECTS + 1, n).astype(np.int32)
    catalogue = pl.DataFrame(
        {
            "object_name": [f"OBJECT {i} DEB" if i % 3 else f"SATELLITE-{i}" for i in range(OBJECTS + 1)],
            "object_id": [f"{1960 + i % 65}-{i % 900:03d}{chr(65 + i % 26)}" for i in range(OBJECTS + 1)],
        }
    )[ids]
    columns = {
        "norad_cat_id": pl.Series(ids),
        **{name: catalogue[name] for name in catalogue.columns},
        "epoch_tai_ns": pl.Series(rng.integers(start_tai_ns // 1000, end_tai_ns // 1000, n) * 1000),
        "mean_motion_rev_day": pl.Series(rng.uniform(1, 16, n).round(8)),
        "eccentricity": pl.Series(rng.uniform(0, 0.1, n).round(7)),
        "inclination_deg": pl.Series(rng.uniform(0, 110, n).round(4)),
        "ra_of_asc_node_deg": pl.Series(rng.uniform(0, 360, n).round(4)),
        "arg_of_pericenter_deg": pl.Series(rng.uniform(0, 360, n).round(4)),
        "mean_anomaly_deg": pl.Series(rng.uniform(0, 360, n).round(4)),
        "bstar_per_earth_radius": pl.Series(rng.normal(0, 1e-4, n).round(9)),
        "mean_motion_dot_rev_day2": pl.Series(rng.normal(0, 1e-5, n).round(8)),
        "mean_motion_ddot_rev_day3": pl.Series(np.zeros(n)),
        "ephemeris_type": pl.Series(np.zeros(n, dtype=np.int8)),
        "classification": pl.Series(["U"]).new_from_index(0, n),
        "element_set_no": pl.Series(np.full(n, 999, dtype=np.int32)),
        "rev_at_epoch": pl.Series(rng.integers(0, 99_999, n).astype(np.int32)),
        "creation_tai_ns": pl.Series(np.full(n, end_tai_ns)),
        "originator": pl.Series(["18 SPCS"]).new_from_index(0, n),
    }
    return ElementSets(pl.DataFrame([columns[name].alias(name) for name in ELEMENT_SET_SCHEMA]))


def build(folder: Path, *, records: int, segments: int = SEGMENTS) -> float:
    """Fill a store segment by segment, as a node learns; return the seconds that appending alone took."""
    rng = np.random.default_rng(20090210)
    each = records // segments
    span_ns = int(DAY_NS / 3 * each / OBJECTS)
    spent_s = 0.0
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE, compaction=Compaction.never()) as store:
        for i in range(segments):
            # A tenth of a segment comes late: sets of an earlier span, learned only now.
            start = START_TAI_NS + i * span_ns
            late = _sets(rng, each // 10, max(START_TAI_NS, start - 20 * span_ns), start + span_ns)
            fresh = _sets(rng, each - each // 10, start, start + span_ns)
            batch = ElementSets(pl.concat([fresh.frame, late.frame]))
            began = time.perf_counter()
            store.append_element_sets(batch, provenance=PROVENANCE, learned_tai_ns=start + span_ns)
            spent_s += time.perf_counter() - began
    return spent_s


def _group_by(segments: Path, at_tai_ns: int, as_of_tai_ns: int) -> pl.DataFrame:
    """Answer in one pass over all columns. Equal epochs are not told apart: the synthetic sets have none."""
    epoch = pl.col("epoch_tai_ns")
    rank = pl.when(epoch <= at_tai_ns).then(epoch).otherwise(-epoch)
    scan = pl.scan_parquet(segments / "*.parquet").filter(pl.col("learned_tai_ns") <= as_of_tai_ns)
    return scan.group_by("norad_cat_id").agg(pl.all().get(rank.arg_max())).sort("norad_cat_id").collect()


def _two_passes(segments: Path, at_tai_ns: int, as_of_tai_ns: int) -> pl.DataFrame:
    """Find the best epochs from three columns, then fetch the rows by a semi-join."""
    scan = pl.scan_parquet(segments / "*.parquet").filter(pl.col("learned_tai_ns") <= as_of_tai_ns)
    epoch = pl.col("epoch_tai_ns")
    before, after = epoch.filter(epoch <= at_tai_ns).max(), epoch.filter(epoch > at_tai_ns).min()
    keys = scan.group_by("norad_cat_id").agg(pl.coalesce(before, after).alias("epoch_tai_ns")).collect()
    rows = scan.join(keys.lazy(), on=["norad_cat_id", "epoch_tai_ns"], how="semi").collect()
    return rows.sort("norad_cat_id", "learned_tai_ns").unique("norad_cat_id", keep="last", maintain_order=True)


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _moments(records: int, count: int) -> list[tuple[int, int]]:
    """Return pairs (moment asked about, moment of knowledge): the newest, then arbitrary ones."""
    end = START_TAI_NS + int(DAY_NS / 3 * (records // SEGMENTS) / OBJECTS) * SEGMENTS
    rng = np.random.default_rng(3)
    return [(end, end + DAY_NS), *((int(a), int(b)) for a, b in rng.integers(START_TAI_NS, end, (count - 1, 2)))]


def _answers(folder: Path, moments: list[tuple[int, int]]) -> tuple[list[float], float]:
    """Return the seconds of each answer, and the mean processor time of one, which a busy machine does not stretch."""
    with EmbeddedStore.open(folder, mode=StoreMode.READ, threads=2) as store:
        for at, as_of in moments:
            store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of)
        began = time.process_time()
        times = [
            _seconds(lambda at=at, as_of=as_of: store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of))
            for at, as_of in moments * 3
        ]
        return times, (time.process_time() - began) / len(times)


def _histories(folder: Path) -> list[float]:
    with EmbeddedStore.open(folder, mode=StoreMode.READ, threads=2) as store:
        store.history(1)
        return [_seconds(lambda number=number: store.history(number)) for number in range(2, OBJECTS, OBJECTS // 25)]


def _said(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds) * 1e3:7.1f} ms, worst {max(seconds) * 1e3:7.1f} ms"


_FIRST = """
import sys, time
from mihari.store import EmbeddedStore, StoreMode
began = time.perf_counter()
with EmbeddedStore.open(sys.argv[1], mode=StoreMode.READ) as store:
    opened = time.perf_counter()
    store.latest_element_sets(at_tai_ns=2**62)
    print(f"open {1e3 * (opened - began):.1f} ms, first answer {1e3 * (time.perf_counter() - opened):.0f} ms")
"""


def _one(folder: Path, records: int, *, peers: bool) -> None:
    spent_s = build(folder, records=records)
    segments = folder / "segments"
    held = {part: sum(path.stat().st_size for path in (folder / part).iterdir()) for part in ("segments", "index")}
    print(f"\n{records:,} element sets of {OBJECTS:,} objects in {SEGMENTS} segments")
    print(f"  ingest          {records / spent_s:,.0f} sets a second, durable, duplicates searched for")
    each = [held[part] / records for part in ("segments", "index")]
    print(f"  on disk         {each[0]:.0f} + {each[1]:.0f} bytes a set (segment + index)")
    first = subprocess.run([sys.executable, "-c", _FIRST, str(folder)], check=True, capture_output=True, text=True)
    print(f"  new process     {first.stdout.strip()}")
    moments = _moments(records, 6)
    ours, processor_s = _answers(folder, moments)
    print(f"  latest as of    {_said(ours)}; {processor_s * 1e3:.1f} ms of processor time")
    print(f"  one history     {_said(_histories(folder))}")
    if peers:
        _compare(folder, segments, moments, statistics.median(ours))
    began = time.perf_counter()
    examine(folder)
    print(f"  doctor, merging {time.perf_counter() - began:.1f} s; then {len(list(segments.iterdir()))} segments")
    merged, processor_s = _answers(folder, moments)
    print(f"  latest as of    {_said(merged)}; {processor_s * 1e3:.1f} ms of processor time (merged)")
    print(f"  one history     {_said(_histories(folder))} (merged)")


def _compare(folder: Path, segments: Path, moments: list[tuple[int, int]], ours_s: float) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.READ, threads=2) as store:
        for name, peer in (("Polars group-by", _group_by), ("Polars 2 passes", _two_passes)):
            times = []
            for at, as_of in moments:
                began = time.perf_counter()
                theirs = peer(segments, at, as_of)
                times.append(time.perf_counter() - began)
                own = store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of).frame
                if not theirs.select(own.columns).equals(own):
                    raise AssertionError(f"{name} answers otherwise at {at} as of {as_of}")
            ratio = statistics.median(times) / ours_s
            print(f"  {name:<16}{_said(times)}: {ratio:.1f} times ours, equal answers")


def run(*, sizes: tuple[int, ...] = (1_000_000, 3_000_000, 10_000_000)) -> None:
    """Print the figures for each size; the store lies in a temporary folder."""
    for records in sizes:
        with tempfile.TemporaryDirectory(prefix="mihari-bench-") as folder:
            _one(Path(folder) / "store", records, peers=True)


if __name__ == "__main__":
    run(sizes=tuple(int(word.lstrip("-")) for word in sys.argv[1:]) or (1_000_000, 3_000_000, 10_000_000))
