"""Names that others write into catalogues are text everywhere: seen, searched, exported, never run."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from browser_support import HOSTILE_NAMES

from .conftest import OpenPage
from .rooms import STILL, WORDS, app, open_twin, wait_filled

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EN = WORDS["en"]
FIRST = 999_999_990
NUMBERS = tuple(range(FIRST, FIRST + len(HOSTILE_NAMES)))


def shown(name: str) -> str:
    """A name as HTML shows it: spaces that follow each other are one, those at the ends none."""
    return " ".join(name.split())


def nothing_ran(page: Page) -> None:
    assert page.evaluate(
        "[window.hacked ?? null, document.querySelectorAll('main script, main img, aside img').length]"
    ) == [
        None,
        0,
    ]


def is_isolated(place: Locator) -> None:
    """A name that is written from right to left must not turn what stands around it."""
    assert place.locator("bdi").first.evaluate("each => getComputedStyle(each).unicodeBidi") == "isolate"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_name_is_text_in_search_card_and_table(open_page: OpenPage, number: int) -> None:
    name = HOSTILE_NAMES[number - FIRST]
    page = wait_filled(open_page(f"v=watch&lang=en&{STILL}"), "watch")
    page.wait_for_function("() => document.querySelector('header .pill').innerText.includes('old')")
    page.get_by_role("combobox", name=EN["search.label"]).fill(str(number))
    option = page.get_by_role("option").first
    option.wait_for()
    assert shown(option.locator(".name").text_content() or "") == shown(name)
    is_isolated(option)
    option.click()
    card = page.get_by_test_id("object-card")
    heading = card.locator("h2")
    card.locator(".facts").nth(1).wait_for()
    assert shown(heading.text_content() or "") == shown(name)
    is_isolated(heading)
    box = heading.bounding_box()
    assert box is not None
    assert box["height"] < 60
    card.get_by_role("button", name=EN["object.watch"]).click()
    cell = page.locator(".watch-table tbody tr[aria-rowindex] td").nth(1)
    cell.wait_for()
    assert shown(cell.text_content() or "") == shown(name)
    is_isolated(cell)
    for tab in ("orbit", "approaches", "history", "source"):
        card.get_by_role("tab", name=EN[f"object.tab.{tab}"], exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert page.locator("aside.side").evaluate("each => each.scrollWidth <= each.clientWidth")
    nothing_ran(page)


def test_search_finds_hostile_names_by_their_letters(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&{STILL}"), "health")
    page.wait_for_function("() => document.querySelector('header .pill').innerText.includes('old')")
    field = page.get_by_role("combobox", name=EN["search.label"])
    for text, name in (
        ("<script>", HOSTILE_NAMES[0]),
        ("קב", HOSTILE_NAMES[1]),
        ("みはり", HOSTILE_NAMES[3]),
        ("{{", HOSTILE_NAMES[4]),
    ):
        field.fill(text)
        page.get_by_role("option").first.wait_for()
        assert shown(page.get_by_role("option").first.locator(".name").text_content() or "") == shown(name)
    field.fill("<img src=x onerror=window.hacked=1>" * 20)
    page.get_by_text("No object:").wait_for()
    nothing_ran(page)


def test_exports_hold_every_name_whole_and_no_formula(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}"), "globe")
    table = open_twin(page)
    table.get_by_label(EN["globe.inview"]).uncheck()
    page.wait_for_function(
        "() => document.querySelector('.globe-sheet table')?.getAttribute('aria-rowcount') === '2006'"
    )
    with page.expect_download() as taken:
        table.get_by_role("button", name="CSV").click()
    raw = taken.value.path().read_bytes().decode()
    assert raw.count("\r\n") == len(raw.splitlines()) == 2006
    rows = {int(row["norad_cat_id"]): row for row in csv.DictReader(io.StringIO(raw, newline=""), strict=True)}
    assert len(rows) == 2005
    assert [rows[number]["name"] for number in NUMBERS] == list(HOSTILE_NAMES)
    assert {row["data_mode"] for row in rows.values()} == {"SIMULATED"}
    with page.expect_download() as taken:
        table.get_by_role("button", name="JSON").click()
    told = json.loads(taken.value.path().read_text())
    assert {row["name"] for row in told["rows"]} >= set(HOSTILE_NAMES)
    assert (told["data_mode"], told["note"]) == ("SIMULATED", "not real data")
    nothing_ran(page)


def test_hostile_words_in_the_address_are_text(open_page: OpenPage) -> None:
    evil = '<img src=x onerror="window.hacked=1">'
    keys = {"ev": evil, "f": f"owner:{evil},type:{evil}", "lang": "en", "v": "conjunctions", "sel": "999999990"}
    page = open_page(
        "&".join(f"{key}={quote(value)}" for key, value in keys.items()) + f"&{STILL}", allowed="status of 4"
    )
    # The node's refusal quotes the name that it does not know.
    page.locator(".state.error").filter(has_text="onerror").first.wait_for()
    app(page, "state.set({ view: 'globe' })")
    wait_filled(page, "globe")
    nothing_ran(page)
