"""The page's budget: first picture, script per frame, memory, shader, list, and the API under 50 readers.

``python -m benchmarks.page`` takes a quarter of an hour; ``--quick`` takes smaller sizes and shorter spans, ``--hour``
plays for an hour of real time, ``--only=api`` (picture, frames, memory, shader, list, api) measures one figure,
``--folder=DIR`` keeps the stores. Chromium draws with software WebGL, and node, browser and readers share the
processors: on a busy machine go by medians, and by the node's processor time for an answer.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from tests.browser_support import ServedNode, chromium_path, fill_store, open_browser

from benchmarks._browser import first_picture_s, frames_ms, list_ms, memory_mb, shader_errors_km
from benchmarks._readers import Answers, Reader, busy_intake, new_readers, quantiles_ms, read
from mihari.astro.time import parse_utc
from mihari.picture import KNOT_EPOCH_TAI_NS, KNOT_STEP_NS

__all__: list[str] = []

_LOAD = "load {:.1f} on {} processors"


def _load() -> str:
    return _LOAD.format(os.getloadavg()[0], os.cpu_count())


@contextlib.contextmanager
def _served(folder: Path, size: int, *, screen_s: float) -> Iterator[ServedNode]:
    """Serve a store of a size, made when it is not there."""
    store = folder / f"store-{size}"
    if not store.exists():
        fill_store(store, size=size, events=0, screen_s=screen_s)
    node = ServedNode(store).start()
    try:
        yield node
    finally:
        node.stop()


def _get(node: ServedNode, path: str) -> httpx2.Response:
    return httpx2.get(f"{node.address}api/v1/{path}", timeout=120.0)


def _sidecar_s(node: ServedNode) -> tuple[float, int]:
    """Return the seconds to the last byte of the compressed sidecar, not unpacked, and its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", "/api/v1/ephemeris/latest.json", headers={"Accept-Encoding": "gzip"})
    content = connection.getresponse().read()
    spent_s = time.perf_counter() - began
    connection.close()
    return spent_s, len(content)


def _pictures(folder: Path, sizes: list[int], runs: int) -> None:
    print(f"\nfirst picture, empty browser cache, and the catalogue's sidecar ({_load()})")
    print(
        f"{'objects':>8} {'picture s: median':>18} {'worst':>6} {'sidecar MB':>11} {'gzip MB':>8} "
        f"{'first s':>8} {'again ms':>9}"
    )
    for size in sizes:
        with _served(folder, size, screen_s=600.0) as node, open_browser() as browser:
            first_s, sent = _sidecar_s(node)
            again_s = statistics.median(_sidecar_s(node)[0] for _ in range(5))
            answer = _get(node, "ephemeris/latest.json")
            first_picture_s(browser, node, runs=1)
            times = first_picture_s(browser, node, runs=runs)
            print(
                f"{size:8,} {statistics.median(times):18.2f} {max(times):6.2f} {len(answer.content) / 1e6:11.1f} "
                f"{sent / 1e6:8.2f} {first_s:8.2f} {again_s * 1e3:9.1f}",
                flush=True,
            )


def _frames(node: ServedNode, span_s: float) -> None:
    with open_browser() as browser:
        print(f"\nscript per frame, {span_s:.0f} s each ({_load()})")
        for rate in (1, 60, 600):
            frames, long = frames_ms(browser, node, rate, span_s=span_s)
            median, p95, p99, most = np.quantile(frames, [0.5, 0.95, 0.99, 1.0]) if frames else [float("nan")] * 4
            print(
                f"  {rate:4} x: {len(frames):5} frames, median {median:.2f} ms, p95 {p95:.2f}, "
                f"p99 {p99:.2f}, most {most:.1f}; {len(long)} tasks over 50 ms",
                flush=True,
            )


def _memory(node: ServedNode, span_s: float) -> None:
    with open_browser() as browser:
        found = np.array(memory_mb(browser, node, rate=600, span_s=span_s, every_s=max(2.0, span_s / 30)))
    # The first samples are of a page that still fills its caches.
    steady = found[len(found) // 3 :]
    slope = np.polyfit(steady[:, 0] / 3_600.0, steady[:, 1], 1)[0]
    print(f"\nmemory at 600 x, {span_s / 60:.0f} min of real and {span_s / 6:.0f} h of simulated time ({_load()})")
    print(
        f"  first {found[0, 1]:.1f} MB, then {steady[:, 1].min():.1f} to {steady[:, 1].max():.1f} MB; "
        f"slope {slope:+.1f} MB an hour of real time"
    )


def _shader(node: ServedNode, moments: int) -> None:
    with open_browser() as browser:
        errors = shader_errors_km(browser, node, moments=moments)
    p50, p99, most = np.quantile(errors, [0.5, 0.99, 1.0])
    print(f"\nshader against SGP4, {errors.size:,} positions at {moments} moments between knots")
    print(f"  median {p50 * 1e3:.1f} m, p99 {p99 * 1e3:.0f} m, most {most:.2f} km", flush=True)


def _list(node: ServedNode, steps: int) -> None:
    with open_browser() as browser:
        found = list_ms(browser, node, steps=steps)
    gap = np.quantile(found["gap_ms"], [0.5, 0.95, 1.0])
    print(f"\nlist of {found['conjunctions']:,} conjunctions, {steps} steps of ten rows ({_load()})")
    print(
        f"  a step: script {found['ScriptDuration']:.2f} ms, layout {found['LayoutDuration']:.2f}, "
        f"style {found['RecalcStyleDuration']:.2f}; {found['rows']} rows in the page"
    )
    print(
        f"  frame to frame: median {gap[0]:.1f} ms, p95 {gap[1]:.1f}, most {gap[2]:.0f}; "
        f"{len(found['long_ms'])} tasks over 50 ms"
    )


def _told(name: str, answers: Answers, span_s: float) -> None:
    every = [each for seconds in answers.seconds.values() for each in seconds]
    rows = {"all": every, **dict(sorted(answers.seconds.items()))}
    print(
        f"  {name}: {len(every) / span_s:.0f} answers a second, "
        f"{len(answers.refused)} refused {answers.refused[:2] or ''}"
    )
    for kind, seconds in rows.items():
        p50, p95, p99, most = quantiles_ms(seconds)
        print(
            f"    {kind:24} {len(seconds):6} p50 {p50:7.1f} p95 {p95:7.1f} p99 {p99:7.1f} most {most:7.0f} ms",
            flush=True,
        )


def _api(node: ServedNode, span_s: float) -> None:
    status = _get(node, "status").json()
    sidecar = _get(node, "ephemeris/latest.json").json()
    knot = (parse_utc(status["catalogue"]["moment_utc"]) - KNOT_EPOCH_TAI_NS) // KNOT_STEP_NS
    with busy_intake(node.store, every_s=3_600.0):
        pass  # compiles what an intake needs, so that it is not compiled while readers wait
    print(
        f"\nthe API over {sidecar['count']:,} objects, while a whole new catalogue is taken in again and again "
        f"({_load()})"
    )
    for count, pause_s in ((1, 1.0), (10, 1.0), (50, 1.0), (50, 0.0)):
        sidecar = _get(node, "ephemeris/latest.json").json()
        readers = new_readers(node.port, count, sidecar, knot)
        read(readers[:1], span_s=2.0, pause_s=0.0)
        before_s = node.processor_s()
        with busy_intake(node.store, every_s=10.0) as took:
            answers = read(readers, span_s=span_s, pause_s=pause_s)
        each_ms = (node.processor_s() - before_s) * 1e3 / sum(map(len, answers.seconds.values()))
        said = f"a pause of {pause_s:g} s" if pause_s else "no pause"
        _told(f"{count} readers, {said}, {len(took)} intakes, {each_ms:.1f} ms of processor an answer", answers, span_s)
    _wire(node, _get(node, "ephemeris/latest.json").json(), knot, span_s / 2)


def _wire(node: ServedNode, sidecar: dict[str, Any], knot: int, span_s: float) -> None:
    """Compare knots with files of the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for each in range(knot, knot + 4):
            content = _get(node, f"ephemeris/{sidecar['catalogue_version']}/{each}.f32").content
            assert len(content) == sidecar["count"] * 24, "no knot"
            (Path(folder) / f"{each}.f32").write_bytes(content)
        files = subprocess.Popen(
            [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert files.stdout is not None
            port = int(files.stdout.readline().split(b" port ")[1].split()[0])
            for name, at, path in (
                ("ours", node.port, "/api/v1/ephemeris/{0}/{1}.f32"),
                ("http.server", port, "/{1}.f32"),
            ):
                readers = new_readers(at, 50, sidecar, knot)
                asked = functools.partial(_ask_knot, path=path)
                _told(
                    f"knots alone, 50 readers, no pause, {name}",
                    read(readers, span_s=span_s, pause_s=0.0, ask=asked, kinds={"knot": 1}),
                    span_s,
                )
        finally:
            files.kill()
            files.wait()


def _ask_knot(reader: Reader, kind: str, answers: Answers, *, path: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(http.client.IncompleteRead):
        status, _, _ = reader.ask(path.format(reader.version, reader.knot + reader.choose.randrange(4)))
        answers.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        if status != 200:
            answers.refused.append(str(status))


def main() -> int:
    options = sys.argv[1:]
    if chromium_path() is None:
        print("no Chromium on this machine: make browser", file=sys.stderr)
        return 1
    quick = "--quick" in options
    only = {each.removeprefix("--only=") for each in options if each.startswith("--only=")}
    wanted = only or {"picture", "frames", "memory", "shader", "list", "api"}
    size = 20_000 if quick else 100_000
    kept = [each.removeprefix("--folder=") for each in options if each.startswith("--folder=")]
    folder = Path(kept[0]) if kept else Path(tempfile.mkdtemp(prefix="mihari-bench-page-"))
    try:
        if "picture" in wanted:
            _pictures(folder, [size] if quick else [10_000, 30_000, size], runs=3 if quick else 7)
        if wanted & {"frames", "memory", "shader"}:
            with _served(folder, size, screen_s=600.0) as node:
                if "frames" in wanted:
                    _frames(node, 5.0 if quick else 15.0)
                if "memory" in wanted:
                    _memory(node, 3_600.0 if "--hour" in options else 20.0 if quick else 120.0)
                if "shader" in wanted:
                    _shader(node, 2 if quick else 4)
        if wanted & {"list", "api"}:
            # A day at 25 km: 30,000 conjunctions and more.
            with _served(folder, 30_000, screen_s=14_400.0) as node:
                if "list" in wanted:
                    _list(node, 100 if quick else 600)
                if "api" in wanted:
                    _api(node, 10.0 if quick else 40.0)
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
