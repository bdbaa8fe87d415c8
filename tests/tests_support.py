"""What several test modules share: synthetic element sets and running the command."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

__all__ = ["make_tle", "run_mihari", "store_fingerprint"]


def _checksum(line: str) -> str:
    return str(sum(int(c) if c.isdigit() else c == "-" for c in line) % 10)


def make_tle(
    *,
    norad_cat_id: int,
    name: str,
    epoch: str = "24306.00000000",
    inclination_deg: float = 51.64,
    raan_deg: float = 100.0,
    eccentricity: float = 0.0007,
    arg_of_pericenter_deg: float = 50.0,
    mean_anomaly_deg: float = 310.0,
    mean_motion_rev_day: float = 15.5,
) -> str:
    """Return a made-up three-line element set that looks like the real thing."""
    one = f"1 {norad_cat_id:05d}U 24001A   {epoch}  .00010000  00000+0  18000-3 0  999"
    two = (
        f"2 {norad_cat_id:05d} {inclination_deg:8.4f} {raan_deg:8.4f} {round(eccentricity * 1e7):07d} "
        f"{arg_of_pericenter_deg:8.4f} {mean_anomaly_deg:8.4f} {mean_motion_rev_day:11.8f}    1"
    )
    return f"{name}\n{one}{_checksum(one)}\n{two}{_checksum(two)}\n"


def run_mihari(*arguments: str, timeout: float = 300.0, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a newcomer would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mihari", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        input=stdin,
        env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"},
        check=False,
    )


def store_fingerprint(folder: Path) -> dict[str, str]:
    """Return a digest of what the store holds: its segments' bytes and its manifest's rows."""
    import sqlite3

    prints = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "sqlite" not in path.name and not path.name.endswith(".lock")
    }
    for manifest in folder.glob("*.sqlite"):
        with sqlite3.connect(f"file:{manifest}?mode=ro", uri=True) as connection:
            prints[manifest.name] = hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
        connection.close()
    return prints
