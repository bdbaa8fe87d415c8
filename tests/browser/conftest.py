"""A browser and a served node, once for all tests; every page ends with no error on its console."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from browser_support import ServedNode, chromium_path, fill_store, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium_path() is None:
        reason = "no Chromium on this machine: apt-get install chromium, or name one in MIHARI_CHROMIUM"
        # Where nobody looks at what was skipped, it counts as failed.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNode]:
    """2,000 simulated objects and five with hostile names, a kept screening, six assessed events."""
    store = tmp_path_factory.mktemp("page") / "store"
    fill_store(store, size=2_000)
    node = ServedNode(store).start()
    yield node
    node.stop()


@pytest.fixture
def open_page(browser: Browser, world: ServedNode) -> Iterator[OpenPage]:
    """Open the page at a state of its address; what it says on the console as an error fails the test."""
    pages: list[tuple[Page, list[str]]] = []

    def opened(
        state: str = "", *, query: str = "", node: ServedNode = world, width: int = 1280, height: int = 800
    ) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        pages.append((page, said))
        page.goto(f"{node.address}{query}#{state}")
        page.wait_for_selector("main")
        return page

    yield opened
    errors = [line for _, said in pages for line in said]
    for page, _ in pages:
        page.close()
    assert errors == []
