"""What a browser feels: the first picture, script per frame, memory, the list, and where the shader puts objects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from mihari.app.node import open_node
from mihari.astro.states import Frame

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page
    from tests.browser_support import ServedNode

__all__ = ["first_picture_s", "frames_ms", "list_ms", "memory_mb", "opened", "shader_errors_km"]

_READY = "() => window.mihari?.globe?.state().status === 'ready' && performance.now()"
_WHOLE = "cj=approaches"
# Every callback given to requestAnimationFrame, timed; what runs longer than 50 ms is told by the browser.
_WATCH = """
window.frames_ms = []; window.long_ms = [];
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (call) => ask((at) => {
  const begun = performance.now();
  try { call(at); } finally { window.frames_ms.push(performance.now() - begun); }
});
new PerformanceObserver((list) => list.getEntries().forEach((each) => window.long_ms.push(each.duration)))
  .observe({ type: 'longtask', buffered: true });
"""
_JUMP = """(s) => {
  const { clock } = window.mihari;
  clock.jump(Math.floor(clock.now() / 600000) * 600000 + s * 1000, 0);
}"""
_TOTAL = "() => Number(document.querySelector('.conj-list table').getAttribute('aria-rowcount')) - 1"
_SCROLL = """async ([steps, pixels]) => {
  const box = document.querySelector('.conj-list .table-box');
  const next = () => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 0));
  window.long_ms.length = 0;
  const gaps = [];
  for (let k = 0, last = performance.now(); k < steps; k += 1) {
    box.scrollTop += pixels;
    await next();
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  const rows = document.querySelectorAll('.conj-list tbody tr:not(.spacer)').length;
  return { gaps, long: [...window.long_ms], rows };
}"""


@contextmanager
def opened(browser: Browser, node: ServedNode, state: str) -> Iterator[tuple[Page, CDPSession]]:
    """Open the page in a context of its own, with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.add_init_script(_WATCH)
    page.goto(f"{node.address}#{state}")
    try:
        yield page, context.new_cdp_session(page)
    finally:
        context.close()


def _ready(page: Page) -> float:
    """Wait until the globe has drawn; return the seconds since the address was entered."""
    return float(page.wait_for_function(_READY, polling="raf").json_value()) / 1e3


def first_picture_s(browser: Browser, node: ServedNode, *, runs: int) -> list[float]:
    """Return the seconds from the address to the first drawn picture of all objects, each with an empty cache."""
    times = []
    for _ in range(runs):
        with opened(browser, node, "v=globe") as (page, _):
            times.append(_ready(page))
    return times


def frames_ms(browser: Browser, node: ServedNode, rate: int, *, span_s: float) -> tuple[list[float], list[float]]:
    """Return the script time of each frame and of each task over 50 ms, while time plays."""
    with opened(browser, node, "v=globe") as (page, _):
        _ready(page)
        page.evaluate("(rate) => window.mihari.clock.setRate(rate)", rate)
        page.wait_for_timeout(2_000)
        page.evaluate("() => { window.frames_ms.length = 0; window.long_ms.length = 0; }")
        page.wait_for_timeout(span_s * 1e3)
        return page.evaluate("() => window.frames_ms"), page.evaluate("() => window.long_ms")


def memory_mb(
    browser: Browser, node: ServedNode, *, rate: int, span_s: float, every_s: float
) -> list[tuple[float, float]]:
    """Return (seconds of real time, MB held after a forced collection) while time plays."""
    found = []
    with opened(browser, node, "v=globe") as (page, session):
        _ready(page)
        page.evaluate("(rate) => window.mihari.clock.setRate(rate)", rate)
        began = time.monotonic()
        while (passed := time.monotonic() - began) < span_s + every_s:
            session.send("HeapProfiler.collectGarbage")
            heap: dict[str, Any] = session.send("Runtime.getHeapUsage")
            # Typed arrays, which knots are, lie outside the heap.
            held = heap["usedSize"] + heap.get("backingStorageSize", 0) + heap.get("embedderHeapUsedSize", 0)
            found.append((passed, held / 1e6))
            page.wait_for_timeout(every_s * 1e3)
    return found


def list_ms(browser: Browser, node: ServedNode, *, steps: int) -> dict[str, Any]:
    """Scroll the list of all close approaches; return milliseconds of script, style and layout a step, and stutters."""
    with opened(browser, node, f"v=conjunctions&{_WHOLE}") as (page, session):
        page.wait_for_selector(".conj-list tbody tr")
        total = page.evaluate(_TOTAL)
        page.wait_for_timeout(1_000)
        session.send("Performance.enable")
        before = _metrics(session)
        told = page.evaluate(_SCROLL, [steps, 280])
        after = _metrics(session)
    spent = {
        name: (after[name] - before[name]) * 1e3 / steps
        for name in ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    }
    return {"conjunctions": total, **spent, "gap_ms": told["gaps"], "long_ms": told["long"], "rows": told["rows"]}


def _metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def shader_errors_km(browser: Browser, node: ServedNode, *, moments: int, most: int = 100_000) -> np.ndarray:
    """Return the distances of the shader's positions from SGP4's, at moments spread over a step between two knots."""
    found = []
    with opened(browser, node, "v=globe") as (page, _), open_node(node.store, create=False) as own:
        _ready(page)
        page.evaluate("() => window.mihari.clock.setRate(0)")
        for place in range(moments):
            page.evaluate(_JUMP, 600.0 * (1 + place) / (1 + moments))
            page.wait_for_function(
                "() => { const s = window.mihari.globe.state(); return s.shownUtc === s.wantedUtc; }"
            )
            at = page.evaluate("() => window.mihari.globe.state().shownUtc")
            states = own.picture(at=at, frame=Frame.GCRF).picture.states
            truth = states.select("x_m", "y_m", "z_m").to_numpy() / 1e3
            for first in range(0, min(len(truth), most), 4_096):
                rows = list(range(first, min(first + 4_096, len(truth), most)))
                drawn = page.evaluate("(rows) => window.mihari.globe.shaderPositions(rows)", rows)
                both = [(place, row) for place, row in zip(rows, drawn, strict=True) if row is not None]
                drawn_km = np.array([row for _, row in both])
                found.append(np.linalg.norm(drawn_km - truth[[place for place, _ in both]], axis=1))
    errors = np.concatenate(found)
    return errors[np.isfinite(errors)]
