"""A browser and a served node, once for all tests; every page keeps to its origin and ends without an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from browser_support import ServedNode, chromium_path, fill_store, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

OpenPage = Callable[..., "Page"]
CallModule = Callable[..., Any]
NO_ANSWER = "Failed to load resource: net::ERR_"
"""What Chromium itself says when a server is away; tests that take it away say so."""
EMPTY_HANDED = "if (!sessionStorage.begun) { localStorage.clear(); sessionStorage.begun = 1; }"
"""A page begins without what an earlier one kept, and keeps what it has when it is loaded again."""


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


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for the pages of most tests: what one has read the next has at hand, as with a person's browser."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@dataclass
class Watched:
    """A page, what it said as an error, and what it asked of other origins."""

    page: Page
    allowed: str
    said: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def listen(self, origin: str) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._look(request.url, origin))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not (self.allowed and self.allowed in message.text):
            self.said.append(message.text)

    def _look(self, url: str, origin: str) -> None:
        if not url.startswith((origin, f"blob:{origin}", "data:")):
            self.elsewhere.append(url)


@pytest.fixture
def open_page(browser: Browser, shared_context: BrowserContext, world: ServedNode) -> Iterator[OpenPage]:
    """Open the page at a state of its address.

    What it says on the console as an error (a break of its policy is one) fails the test, and so does a request that
    leaves its origin. `allowed` is a part of errors that the test is about; `context` are options of a profile of
    its own.
    """
    opened: list[Watched] = []
    own: list[BrowserContext] = []

    def open_one(
        state: str = "",
        *,
        query: str = "",
        node: ServedNode = world,
        width: int = 1280,
        height: int = 800,
        script: str = "",
        allowed: str = "",
        **context: object,
    ) -> Page:
        if context:
            own.append(browser.new_context(locale="en-GB", **context))  # type: ignore[arg-type]
        page = (own[-1] if context else shared_context).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(20_000)
        opened.append(Watched(page, allowed))
        opened[-1].listen(node.address.rstrip("/"))
        page.add_init_script(EMPTY_HANDED + script)
        page.goto(f"{node.address}{query}#{state}")
        page.wait_for_selector("main")
        return page

    yield open_one
    for each in opened:
        each.page.close()
    for context in own:
        context.close()
    assert [line for each in opened for line in each.said] == []
    assert [url for each in opened for url in each.elsewhere] == []


@pytest.fixture(scope="session")
def module_page(shared_context: BrowserContext, world: ServedNode) -> Iterator[Page]:
    """A page for tests of single modules, which the browser has because the room of health needs them."""
    page = shared_context.new_page()
    page.goto(f"{world.address}#v=health&lang=en&t=2025-03-01T12:00:00Z&r=0")
    page.wait_for_selector("main")
    yield page
    page.close()


@pytest.fixture
def run(module_page: Page) -> CallModule:
    """Run the body of an async function in the browser; it may import modules and gets what is `given`."""

    def ran(body: str, given: object = None) -> Any:
        return module_page.evaluate(f"async (given) => {{ {body} }}", given)

    return ran


@pytest.fixture
def call(run: CallModule) -> CallModule:
    """Call a function of a module by name; a list as its one argument means one call for each."""

    def called(module: str, name: str, *arguments: object) -> Any:
        many = len(arguments) == 1 and isinstance(arguments[0], list)
        return run(
            """const found = (await import(given.module))[given.name];
            return given.many ? given.arguments[0].map((each) => found(each)) : found(...given.arguments);""",
            {"module": f"/web/{module}", "name": name, "arguments": list(arguments), "many": many},
        )

    return called
