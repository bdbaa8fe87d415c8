"""From the shell: how long a person waits for `mihari --help`, `where` and `screen`, whole processes, warm caches.

The limits are those of the design: 0.5 s, 2 s and 8 s. Python's own start and an import of NumPy stand beside them,
because a slow machine is slow for those too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_SHARED = Path(os.environ.get("MIHARI_SHARED", _ROOT.parent / "shared"))
_CATALOGUE = _SHARED / "data" / "catalogues" / "full_20250108_named_rcs.parquet"
_START = "2025-01-08T00:00:00"


def _wall_s(command: list[str], *, runs: int) -> list[float]:
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return times[1:]


def main() -> int:
    mihari = [sys.executable, "-m", "mihari"]
    cases: list[tuple[str, list[str], int]] = [
        ("python, nothing imported", [sys.executable, "-c", "pass"], 9),
        ("python, numpy imported", [sys.executable, "-c", "import numpy"], 9),
        ("mihari --help", [*mihari, "--help"], 9),
    ]
    if _CATALOGUE.exists():
        catalogue = ["--catalogue", str(_CATALOGUE)]
        out = str(_ROOT / "build" / "bench-screen.parquet")
        Path(out).parent.mkdir(exist_ok=True)
        cases += [
            ("mihari where ISS, 27,000 objects", [*mihari, "where", "ISS", *catalogue, "--at", _START], 7),
            ("mihari picture, 27,000 objects", [*mihari, "picture", *catalogue, "--at", _START], 5),
            (
                "mihari screen, 27,000 objects, 24 h, 5 km",
                [*mihari, "screen", *catalogue, "--start", _START, "--hours", "24", "--radius-km", "5", "--out", out],
                5,
            ),
        ]
    else:
        print(f"no shared catalogue at {_CATALOGUE}: only the start is timed")
    print(f"{'command':45} {'min s':>8} {'median s':>9}")
    for name, command, runs in cases:
        times = _wall_s(command, runs=runs)
        print(f"{name:45} {min(times):8.2f} {statistics.median(times):9.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
