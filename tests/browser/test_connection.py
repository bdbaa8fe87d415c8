"""A node that goes away and comes back: what is known stays with its age, and the page goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser_support import NOW_UTC, ServedNode, fill_store
from mihari.app.node import open_node
from mihari.astro.time import parse_utc
from mihari.model.provenance import DataMode

from .conftest import NO_ANSWER, OpenPage
from .rooms import STILL, WORDS, app, wait_filled

if TYPE_CHECKING:
    from playwright.sync_api import Page

EN = WORDS["en"]
AWAY = EN["banner.away"].partition("{")[0].strip()
# Elements of a real object, one line of CSV as catalogues are handed out.
NEW_OBJECT = """OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,\
RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT
NEWCOMER,2025-001A,2025-03-01T06:00:00.000000,15.5,.0005,51.6,10.0,20.0,30.0,0,U,990000001,999,1,.0001,.00001,0
"""


@pytest.fixture(scope="module")
def feedable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNode]:
    """A node of its own, to be stopped and fed."""
    store = tmp_path_factory.mktemp("connection") / "store"
    fill_store(store, size=1_000, events=0, screen_s=600.0)
    node = ServedNode(store).start()
    yield node
    node.stop()


@pytest.fixture
def small(feedable: ServedNode) -> Iterator[ServedNode]:
    yield feedable
    # A test that ends early leaves it running for the next one.
    if not feedable.running:
        feedable.start()


def banner_says_away(page: Page) -> None:
    page.get_by_role("region", name=EN["banner.label"]).get_by_role("alert").filter(has_text=AWAY).wait_for()


def test_offline_what_is_known_stays_with_its_age(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=geo&lang=en&{STILL}", allowed=NO_ANSWER, color_scheme="dark"), "geo")
    before = page.locator(".geo-counts").inner_text()
    assert page.get_by_text(AWAY).count() == 0
    page.context.set_offline(True)
    # Another moment has to be asked for.
    app(page, "clock.jump(clock.now() + 3600000)")
    banner_says_away(page)
    assert page.locator(".geo-counts").inner_text() == before
    page.locator(".state.stale").filter(has_text=EN["state.stale"].partition("{")[0].strip()).first.wait_for()
    page.context.set_offline(False)
    page.get_by_text(AWAY).wait_for(state="detached")
    page.locator(".state.stale").wait_for(state="detached")


def test_a_node_that_is_started_again_is_found_without_a_new_page(open_page: OpenPage, small: ServedNode) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}", node=small, allowed=NO_ANSWER), "globe")
    page.evaluate("window.sameDocument = true")
    small.stop()
    app(page, "clock.jump(clock.now() + 7200000)")
    banner_says_away(page)
    # The picture stays at the last moment that was whole, and says so.
    assert page.evaluate("window.mihari.globe.state().shownUtc").startswith(NOW_UTC)
    page.locator(".globe-condition").wait_for()
    small.start()
    page.wait_for_function("() => window.mihari.globe.state().shownUtc.startsWith('2025-03-01T14:00')", timeout=40_000)
    page.get_by_text(AWAY).wait_for(state="detached")
    page.locator(".globe-condition").wait_for(state="detached")
    assert page.evaluate("window.sameDocument") is True


def test_a_room_that_is_first_opened_while_the_node_is_away_fills_by_itself(
    open_page: OpenPage, small: ServedNode
) -> None:
    page = open_page(f"v=globe&lang=en&{STILL}", node=small, allowed=NO_ANSWER)
    wait_filled(page, "globe")
    small.stop()
    page.get_by_role("button", name=EN["view.health"]).click()
    page.get_by_role("alert").filter(has_text=EN["state.away"]).wait_for()
    small.start()
    page.get_by_test_id("health-findings").wait_for()
    page.get_by_text(AWAY).wait_for(state="detached")


def test_what_the_node_takes_in_appears_without_a_new_page(
    open_page: OpenPage, small: ServedNode, tmp_path: Path
) -> None:
    page = open_page(f"v=globe&lang=en&{STILL}", node=small)
    wait_filled(page, "globe")
    before = page.evaluate("window.mihari.globe.state().drawn")
    version = page.evaluate("window.mihari.globe.state().version")
    (tmp_path / "new.csv").write_text(NEW_OBJECT)
    node = open_node(small.store, clock=lambda: parse_utc(NOW_UTC) + 60_000_000_000)
    node.ingest(tmp_path / "new.csv", mode=DataMode.SIMULATED)
    # The page asks once a minute, and at once when it comes back into view.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("v => window.mihari.globe.state().version !== v", arg=version)
    page.get_by_role("combobox", name=EN["search.label"]).fill("newcomer")
    page.get_by_role("option", name="NEWCOMER").click()
    page.get_by_test_id("object-card").get_by_role("heading", name="NEWCOMER").wait_for()
    told = page.evaluate("document.querySelector('header .wide').innerText")
    assert told.replace(",", "").startswith(str(before + 1))
