"""A node without element sets: the page says what there is, and the rooms that can work do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from browser_support import NOW_UTC, ServedNode, keep_warnings
from mihari.app.node import open_node
from mihari.astro.time import parse_utc

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVENTS = 2
NEEDING_ELEMENT_SETS = ("globe", "geo", "health")


@pytest.fixture(scope="module")
def messages_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNode]:
    store = tmp_path_factory.mktemp("messages") / "store"
    keep_warnings(open_node(store, clock=lambda: parse_utc(NOW_UTC)), size=2_000, events=EVENTS)
    node = ServedNode(store).start()
    yield node
    node.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # The browser writes each 404 on its console, so what is there is no sign of a fault; an exception is.
    opened = browser.new_page(locale="en-GB")
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    opened.close()
    assert faults == []


def test_messages_alone_fill_the_room_of_conjunctions(page: Page, messages_only: ServedNode) -> None:
    page.goto(f"{messages_only.address}#v=conjunctions&cj=all")
    page.locator(".conj-list [role=row], .conj tbody tr").first.wait_for()
    assert page.locator(".banner").inner_text().split("\n")[0].startswith("SIMULATED DATA")
    assert f"{EVENTS} events from messages are assessed" in page.locator(".banner").inner_text()
    assert f"{EVENTS} rows" in page.locator("main").inner_text()
    assert "Nothing has been screened yet" in page.locator("main").inner_text()


@pytest.mark.parametrize("room", NEEDING_ELEMENT_SETS)
def test_other_rooms_say_what_they_lack(page: Page, messages_only: ServedNode, room: str) -> None:
    page.goto(f"{messages_only.address}#v={room}")
    page.locator("main .state.empty").wait_for()
    assert "element sets" in page.locator("main .state.empty").inner_text()
    assert page.locator("main [role=alert]").count() == 0


def test_a_node_with_nothing_says_so(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("empty") / "store"
    open_node(store)
    node = ServedNode(store).start()
    try:
        page.goto(f"{node.address}#v=conjunctions")
        page.get_by_text("mihari up").first.wait_for()
        assert "NO DATA YET" in page.locator(".banner").inner_text()
    finally:
        node.stop()
