"""Large worlds: the first picture comes, and counts, filter, search and table are right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser_support import ServedNode, fill_store

from .conftest import OpenPage
from .rooms import STILL, WORDS, ask, open_twin, row_count, wait_filled

EN = WORDS["en"]


@pytest.fixture(
    scope="module", params=[20_000, pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNode]:
    store = tmp_path_factory.mktemp("large") / "store"
    fill_store(store, size=request.param, events=0, screen_s=600.0)
    node = ServedNode(store).start()
    yield node
    node.stop()


def test_a_large_world_is_shown_counted_filtered_and_searched(open_page: OpenPage, large: ServedNode) -> None:
    page = open_page(f"v=globe&lang=en&{STILL}", query="?dpr=1&aa=0", node=large)
    page.set_default_timeout(120_000)
    wait_filled(page, "globe")
    health = ask(large, "catalogue/health")
    count = health["objects"]
    types = {each["object_type"]: each["objects"] for each in health["types"]}
    shown = "window.mihari.globe.state()"
    without_state = sum(each["objects"] for each in health["without_state"])
    assert page.evaluate(f"[{shown}.shown, {shown}.drawn]") == [count, count]
    assert page.evaluate(f"{shown}.invalid") <= without_state + count // 1000
    assert page.locator("header .wide").inner_text() == f"{count:,} objects"
    page.get_by_role("checkbox", name=EN["globe.type.DEBRIS"]).uncheck()
    left = count - types["DEBRIS"]
    page.wait_for_function(f"n => {shown}.shown === n", arg=left)
    table = open_twin(page)
    table.get_by_label(EN["globe.inview"]).uncheck()
    page.wait_for_function(
        "n => document.querySelector('.globe-sheet table')?.getAttribute('aria-rowcount') === String(n + 1)", arg=left
    )
    assert row_count(table) == left
    # Only what is in view is in the page, however many rows there are.
    assert table.locator("tbody tr[aria-rowindex]").count() < 100
    page.get_by_role("combobox", name=EN["search.label"]).fill("999999993")
    page.get_by_role("option").first.click()
    page.get_by_test_id("object-card").get_by_role("heading", name="みはり").wait_for()
