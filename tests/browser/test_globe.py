"""The globe: it draws, its shader agrees with SGP4 in Python, nothing moves for who wants that, no WebGL is no end."""

from __future__ import annotations

import numpy as np
import pytest

from browser_support import NOW_UTC, ServedNode

from .conftest import OpenPage
from .rooms import STILL, WORDS, app, ask, open_twin, row_count, shown_rows, wait_filled

EN = WORDS["en"]
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : real.call(this, kind, ...more);
};"""
# What is on the canvas is read in the frame in which it was drawn: later the browser has taken it.
PIXELS = """() => new Promise((done) => {
  const canvas = document.querySelector('.globe-canvas canvas');
  const gl = canvas.getContext('webgl2');
  window.mihari.state.set({ layers: 'coast,night,grid' });
  requestAnimationFrame(() => {
    const { drawingBufferWidth: w, drawingBufferHeight: h } = gl;
    const bytes = new Uint8Array(w * h * 4);
    gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    const colours = new Uint32Array(bytes.buffer);
    const counts = new Map();
    for (const each of colours) counts.set(each, (counts.get(each) ?? 0) + 1);
    done({ distinct: counts.size, most: Math.max(...counts.values()) / colours.length });
  });
})"""


def test_the_picture_is_not_blank(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}", query="?dpr=1"), "globe")
    page.wait_for_function("() => window.mihari.globe.stats().textures > 0")
    found = page.evaluate(PIXELS)
    assert found["distinct"] > 500
    assert found["most"] < 0.95


@pytest.mark.parametrize("moment", [f"{NOW_UTC}Z", "2025-03-01T12:04:59Z", "2025-03-02T03:17:41Z"])
def test_the_shader_puts_objects_where_sgp4_does(open_page: OpenPage, world: ServedNode, moment: str) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&t={moment}&r=0"), "globe")
    page.wait_for_function("m => window.mihari.globe.state().shownUtc?.startsWith(m)", arg=moment[:19])
    found = page.evaluate(f"window.mihari.globe.shaderPositions([...Array({2005}).keys()])")
    ids = app(page, "return [...(await import('/web/app/catalogue.js')).catalogue.get().data.ids]")
    node = {row["norad_cat_id"]: row for row in ask(world, "picture", at=moment, limit=5000, frame="GCRF")["rows"]}
    drawn = [(number, place) for number, place in zip(ids, found, strict=True) if place is not None]
    assert len(drawn) > 0.99 * len(ids)
    places = np.array([place for _, place in drawn])
    truth = np.array([[node[number][f"{axis}_km"] for axis in "xyz"] for number, _ in drawn])
    errors_km = np.linalg.norm(places - truth, axis=1)
    assert np.quantile(errors_km, 0.99) < 1.0
    assert np.median(errors_km) < 0.05


def test_nothing_turns_by_itself_where_motion_is_not_wanted(open_page: OpenPage) -> None:
    page = open_page(f"v=globe&lang=en&{STILL}", reduced_motion="reduce")
    wait_filled(page, "globe")
    frames = "window.mihari.globe.stats().frames"
    page.wait_for_timeout(500)
    before, camera = page.evaluate(frames), page.evaluate("window.mihari.globe.state().camera")
    page.wait_for_timeout(700)
    assert page.evaluate(frames) == before
    assert page.evaluate("window.mihari.globe.state().camera") == camera
    page.get_by_role("button", name=EN["view.health"]).click()
    wait_filled(page, "health")
    running = page.evaluate("document.getAnimations().filter((each) => each.playState === 'running').length")
    assert running == 0


def test_without_webgl_the_page_says_so_and_its_table_works(open_page: OpenPage, world: ServedNode) -> None:
    page = open_page(f"v=globe&lang=en&{STILL}", script=NO_WEBGL, allowed="Error creating WebGL context")
    page.get_by_role("alert").filter(has_text=EN["globe.nowebgl"]).wait_for()
    table = page.get_by_test_id("globe-table")
    assert row_count(table) == ask(world, "status")["catalogue"]["objects"]
    row = table.locator("tbody tr[aria-rowindex]").nth(3)
    number = row.locator("td").nth(1).inner_text()
    row.click()
    page.get_by_test_id("object-card").wait_for()
    assert str(app(page, "return state.get().selected")) == number
    # The filter that all rooms share holds here too.
    app(page, "state.set({ hidden: new Set(['type:DEBRIS', 'type:ROCKET BODY']) })")
    page.wait_for_function(
        "n => Number(document.querySelector('.globe-sheet table').ariaRowCount ?? 0) - 1 === n",
        arg=989,
    )
    assert {row[2].split()[-1] for row in shown_rows(table)} == {EN["globe.type.PAYLOAD"].split()[-1]}


def test_the_legend_counts_what_the_node_counts_and_hides_what_is_switched_off(
    open_page: OpenPage, world: ServedNode
) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}"), "globe")
    types = {each["object_type"]: each["objects"] for each in ask(world, "catalogue/health")["types"]}
    page.get_by_role("checkbox", name=EN["globe.type.DEBRIS"]).uncheck()
    left = sum(types.values()) - types["DEBRIS"]
    page.wait_for_function("n => window.mihari.globe.state().shown === n", arg=left)
    table = open_twin(page)
    table.get_by_label(EN["globe.inview"]).uncheck()
    page.wait_for_function(
        f"() => document.querySelector('.globe-sheet table')?.getAttribute('aria-rowcount') === '{left + 1}'"
    )
