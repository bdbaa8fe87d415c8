"""How fast nodes exchange: records a second out and in, catching up after 72 hours apart, and the audit log's cost."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import import_bundle
from mihari.release.audit import AuditLog, is_included
from mihari_verify.audit import verify_log

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from exchange_support import HOUR, START, World, element_sets, learn

_CATALOGUE = 30_000
_HOURS = 72


def catalogue(folder: Path) -> None:
    """A whole catalogue to a partner, and from there to a third node, with its trail."""
    world = World(folder)
    for name, party in (("east", "JP"), ("west", "US"), ("south", "AU")):
        world.add(name, party)
    world.befriend(("east", "west"), ("west", "south"))
    learn(world.nodes["east"], element_sets(list(range(900_000_001, 900_000_001 + _CATALOGUE))))
    for giver, taker, words in (("east", "west", "own records"), ("west", "south", "records of another, with trail")):
        start = time.perf_counter()
        report, data = export_bundle(world.nodes[giver], taker)
        made = time.perf_counter() - start
        assert data is not None
        start = time.perf_counter()
        taken = import_bundle(world.nodes[taker], data)
        took = time.perf_counter() - start
        assert taken.accepted == report.accepted
        plain = time.perf_counter()
        (folder / "plain").write_bytes(data)
        plain = time.perf_counter() - plain
        print(
            f"{words}: {report.accepted:,} records, {len(data) / report.accepted:,.0f} bytes each; "
            f"out {report.accepted / made:,.0f} a second, in {report.accepted / took:,.0f} a second "
            f"(writing the file alone {plain:.2f} s)"
        )
        if report.remaining:
            print(f"  {report.remaining:,} wait for a second bundle")
    start = time.perf_counter()
    again = import_bundle(world.nodes["south"], data)
    print(f"the same bundle again, known by its number: {(time.perf_counter() - start) * 1e3:.0f} ms")
    assert again.duplicates == report.accepted


def recovery(folder: Path) -> None:
    """Two nodes that were apart for 72 hours, each learning every hour, come to the same."""
    world = World(folder)
    world.add("east", "JP")
    world.add("west", "US")
    world.befriend(("east", "west"))
    for hour in range(_HOURS):
        world.clock.now_tai_ns = START + hour * HOUR
        for place, name in enumerate(("east", "west")):
            first = 900_000_001 + (place * _HOURS + hour) * 40
            learn(world.nodes[name], element_sets(list(range(first, first + 40))))
    world.clock.now_tai_ns = START + _HOURS * HOUR
    start = time.perf_counter()
    counts = [world.carry("east", "west"), world.carry("west", "east")]
    took = time.perf_counter() - start
    total = sum(each.accepted for each in counts if each)
    print(f"after {_HOURS} h apart: {total:,} records both ways in {took:.1f} s, {total / took:,.0f} a second")


def audit(folder: Path) -> None:
    """Appending, proving and checking."""
    log = AuditLog(folder / "audit")
    entry = {"kind": "access.read", "at_utc": "2026-12-01T00:00:00Z", "actor": "A. Person", "records": ["r" * 64]}
    times = []
    for _ in range(300):
        start = time.perf_counter()
        log.append(entry)
        times.append(time.perf_counter() - start)
    quantiles = statistics.quantiles(times, n=100)
    print(f"append, durable: p50 {quantiles[49] * 1e3:.2f} ms, p99 {quantiles[98] * 1e3:.2f} ms")
    many = 50_000
    start = time.perf_counter()
    log.append_many([entry] * many)
    print(f"append together: {many / (time.perf_counter() - start):,.0f} entries a second")
    start = time.perf_counter()
    leaves, root = log.leaves(), log.root()
    print(f"root over {len(leaves):,} entries: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    path = log.inclusion_proof(12_345)
    print(f"inclusion proof: {(time.perf_counter() - start) * 1e3:.0f} ms, {len(path)} hashes")
    assert is_included(leaves[12_345], 12_345, len(leaves), path, root)
    start = time.perf_counter()
    assert verify_log(log.folder)["valid"]
    print(
        f"checked by the program that stands alone: {len(leaves) / (time.perf_counter() - start):,.0f} entries a second"
    )


def main() -> None:
    for part in (catalogue, recovery, audit):
        with tempfile.TemporaryDirectory() as place:
            part(Path(place))


if __name__ == "__main__":
    main()
