"""A node with a page and a browser in front of it: for browser tests, `make shots` and the page's benchmarks."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import httpx2
import numpy as np
import polars as pl

from mihari.app.assess import assessment_request
from mihari.app.node import Node, open_node
from mihari.app.settings import DEFAULT_SCREEN_S
from mihari.app.up import fill_with_simulated_world
from mihari.astro.earth import load_earth_orientation
from mihari.astro.time import parse_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume
from mihari.exercise.world import generate_world, simulate_warnings
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.store import EmbeddedStore, StoreMode

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["HOSTILE_NAMES", "NOW_UTC", "ServedNode", "chromium_path", "fill_store", "keep_warnings", "open_browser"]

NOW_UTC: Final = "2025-03-01T12:00:00"
"""The moment that the tests' world was made at."""

HOSTILE_NAMES: Final = (
    '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">',
    "מעקב ‮EVIL‬ قمر صناعي",
    "LONG " * 60,
    "🛰️ 👩‍🚀 みはり 見張り",
    "{{constructor.constructor('window.hacked=1')()}}",
)

_CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Software WebGL has to be asked for; with the GPU process off, 2-D canvas stays on the CPU, where it is fast.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Where a Chromium lies on this machine; MIHARI_CHROMIUM names another one."""
    named = os.environ.get("MIHARI_CHROMIUM")
    return named or next((found for name in _CHROMIUMS if (found := shutil.which(name))), None)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Open a headless Chromium that draws with software WebGL."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    assert path is not None, "no Chromium: make .venv/.browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def fill_store(folder: Path, *, size: int, events: int = 6, screen_s: float = DEFAULT_SCREEN_S) -> None:
    """Make a store: a simulated world with hostile names in it, a kept screening, and assessed events."""
    now_tai_ns = parse_utc(NOW_UTC)
    node = open_node(folder, clock=lambda: now_tai_ns)
    fill_with_simulated_world(node, size=size, seed=3)
    _append_hostile(folder, now_tai_ns)
    answer = node.screen(
        start=NOW_UTC,
        span_s=screen_s,
        volume=Volume.sphere(25_000.0),
        mode=DataMode.SIMULATED,
        executor=SerialExecutor(),
    )
    node.keep_run(answer.result)
    if events:
        keep_warnings(node, size=size, events=events)


def keep_warnings(node: Node, *, size: int, events: int) -> None:
    """Keep the messages of a simulated world's closest passages, assessed."""
    now_tai_ns = node.now_tai_ns()
    warnings = simulate_warnings(
        generate_world(size=size, seed=3, epoch_tai_ns=now_tai_ns),
        start_tai_ns=now_tai_ns + 6 * 3_600_000_000_000,
        span_s=86_400.0,
        rng=np.random.default_rng(7),
        orientation=load_earth_orientation(),
        radius_m=20_000.0,
        most_events=events,
    )
    with tempfile.TemporaryDirectory() as inbox:
        for place, warning in enumerate(warnings):
            (Path(inbox) / f"{place:04d}.cdm").write_text(warning.text)
        node.keep_messages([inbox], assessment_request(data_mode=DataMode.SIMULATED))


def _append_hostile(folder: Path, now_tai_ns: int) -> None:
    count = len(HOSTILE_NAMES)
    columns = {name: pl.Series(name, [None] * count, dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series(range(999_999_990, 999_999_990 + count), dtype=pl.Int32),
        "object_name": pl.Series(HOSTILE_NAMES),
        "epoch_tai_ns": pl.Series([now_tai_ns] * count),
        "mean_motion_rev_day": pl.Series([14.0] * count),
        "eccentricity": pl.Series([1e-3] * count),
        "inclination_deg": pl.Series([70.0] * count),
        "ra_of_asc_node_deg": pl.Series(np.linspace(0.0, 300.0, count)),
        "arg_of_pericenter_deg": pl.Series([0.0] * count),
        "mean_anomaly_deg": pl.Series([0.0] * count),
        "bstar_per_earth_radius": pl.Series([1e-5] * count),
    }
    provenance = Provenance(source="hostile names", data_mode=DataMode.SIMULATED)
    frame = pl.DataFrame(columns).with_columns(source=pl.lit(provenance.source), data_mode=pl.lit("SIMULATED"))
    with (
        EmbeddedStore.open(folder, mode=StoreMode.WRITE) as store,
        store.transaction(learned_tai_ns=now_tai_ns) as transaction,
    ):
        transaction.append_element_sets(ElementSets(frame), provenance=provenance)


class ServedNode:
    """`mihari serve` over a store in a process of its own; it can be stopped and started again at one address."""

    def __init__(self, store: Path, *, said: Path | None = None) -> None:
        self.store = store
        self.said = store.with_suffix(".said") if said is None else said
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return the page's address, with its slash."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def running(self) -> bool:
        """Say whether the server was started and not stopped since."""
        return self._process is not None

    def start(self) -> Self:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "mihari", "serve", "--store", str(self.store), "--port", str(self.port)]
        with self.said.open("w") as out:
            self._process = subprocess.Popen(command, stderr=out)
        until = time.monotonic() + 60.0
        while time.monotonic() < until and self._process.poll() is None:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", self.said.read_text()):
                self.port = int(found[1])
                self._wait()
                return self
            time.sleep(0.1)
        raise AssertionError(f"the server did not start: {self.said.read_text()}")

    def _wait(self) -> None:
        until = time.monotonic() + 60.0
        while time.monotonic() < until:
            with contextlib.suppress(httpx2.TransportError):
                if httpx2.get(f"{self.address}api/v1/status", timeout=60.0).status_code < 500:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def processor_s(self) -> float:
        """Return the processor time that the server has used so far, s."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Stop the server at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
