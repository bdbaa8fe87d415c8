"""The keyboard alone: every control is reached in order and seen in focus, the keys do what the help says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import OpenPage
from .rooms import STILL, VIEWS, WORDS, app, wait_filled

if TYPE_CHECKING:
    from playwright.sync_api import Page

EN = WORDS["en"]
NOON_MS = 1740830400000.0
OBJECT = 900040267

# Each control that a person can see gets a number in the order of the document.
NUMBER_CONTROLS = """() => {
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]');
  let count = 0;
  for (const each of all) {
    const box = each.getBoundingClientRect();
    if (each.matches(':disabled, [tabindex="-1"]') || each.closest('dialog:not([open]), [hidden]')) continue;
    if (!each.checkVisibility() || (!box.width && !box.height)) continue;
    each.dataset.place = String(count++);
  }
  return count;
}"""
IN_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const row = getComputedStyle(at.querySelector('tr.focus') ?? at);
  const seen = [[outlineStyle, outlineWidth], [row.outlineStyle, row.outlineWidth]]
    .some(([style, width]) => style !== 'none' && parseFloat(width) >= 1);
  return { place: Number(at.dataset.place ?? -1), seen, html: at.outerHTML.slice(0, 120) };
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_tab_reaches_every_control_in_the_order_of_the_page(open_page: OpenPage, view: str) -> None:
    page = wait_filled(open_page(f"v={view}&lang=en&sel={OBJECT}&{STILL}"), view)
    page.get_by_test_id("object-card").locator(".facts").nth(1).wait_for()
    page.evaluate("document.activeElement.blur()")
    count = page.evaluate(NUMBER_CONTROLS)
    reached: list[dict[str, Any]] = []
    for _ in range(count + 5):
        page.keyboard.press("Tab")
        found = page.evaluate(IN_FOCUS)
        if found is None or (reached and found["place"] == reached[0]["place"]):
            break
        reached.append(found)
    assert [each["html"] for each in reached if not each["seen"]] == []
    places = [each["place"] for each in reached if each["place"] >= 0]
    assert places == sorted(places)
    assert set(places) == set(range(count))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("text", ["himawari-like 8", str(OBJECT), f"{OBJECT} "])
def test_search_finds_by_name_and_by_nine_digits(open_page: OpenPage, text: str) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&{STILL}"), "health")
    page.wait_for_function("() => document.querySelector('header .pill').innerText.includes('old')")
    press(page, "/")
    page.keyboard.type(text)
    page.get_by_role("option").first.wait_for()
    field = page.get_by_role("combobox", name=EN["search.label"])
    chosen = field.get_attribute("aria-activedescendant") or ""
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    press(page, "Enter")
    page.get_by_test_id("object-card").get_by_role("heading", name="HIMAWARI-LIKE 8 (SIM)").wait_for()
    assert app(page, "return state.get().selected") == OBJECT
    assert page.evaluate("document.activeElement.id") != "search"


def test_arrows_move_through_what_search_found_and_escape_leaves_the_field(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&{STILL}"), "health")
    page.wait_for_function("() => document.querySelector('header .pill').innerText.includes('old')")
    press(page, "/")
    page.keyboard.type("navigation")
    page.get_by_role("option").nth(2).wait_for()
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    options = page.get_by_role("option")
    assert [each.get_attribute("aria-selected") for each in options.all()[:3]] == ["false", "true", "false"]
    wanted = re.findall(r"\b\d{9}\b", options.nth(1).inner_text())
    press(page, "Enter")
    page.get_by_test_id("object-card").wait_for()
    assert [str(app(page, "return state.get().selected"))] == wanted
    press(page, "/", "Escape")
    assert page.evaluate("document.activeElement.id") != "search"
    assert app(page, "return state.get().selected") is not None


def test_the_keys_of_time(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&{STILL}"), "health")
    at = "return [clock.now() - given, clock.get().rate]"
    press(page, ".", ".", ",")
    assert app(page, at, NOON_MS) == [60_000, 0]
    press(page, ",", ",")
    assert app(page, at, NOON_MS) == [-60_000, 0]
    press(page, "]", "]", "]")
    assert app(page, at, 0)[1] == 60
    press(page, "[")
    assert app(page, at, 0)[1] == 10
    press(page, " ")
    assert app(page, at, 0)[1] == 0
    press(page, " ")
    assert app(page, at, 0)[1] == 1
    press(page, "[", "[")
    assert app(page, at, 0)[1] == -1
    press(page, "n")
    assert app(page, "return [clock.isLive(), clock.get().rate]") == [True, 1]


def test_the_keys_of_rooms_follow_and_escape(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&sel={OBJECT}&{STILL}"), "health")
    page.get_by_role("button", name=EN["view.audit"], exact=True).wait_for()
    for place, view in enumerate(VIEWS, start=1):
        press(page, str(place))
        assert app(page, "return state.get().view") == view
        assert page.locator("nav.rail [aria-current=page]").inner_text().splitlines()[-1] == EN[f"view.{view}"]
    press(page, "0")
    assert app(page, "return state.get().view") == VIEWS[-1]
    press(page, "f")
    assert app(page, "return state.get().follow") is True
    press(page, "f")
    assert app(page, "return state.get().follow") is False
    press(page, "o")
    assert "orbit" not in app(page, "return state.get().layers")
    press(page, "o")
    assert "orbit" in app(page, "return state.get().layers")
    press(page, "Escape")
    assert app(page, "return state.get().selected") is None
    assert page.get_by_test_id("object-card").count() == 0
    press(page, "f")
    assert app(page, "return state.get().follow") is False


def test_help_lists_the_keys_keeps_the_focus_and_gives_it_back(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&sel={OBJECT}&{STILL}"), "health")
    button = page.get_by_role("button", name=EN["header.help"])
    button.focus()
    press(page, "?")
    dialog = page.get_by_role("dialog", name=EN["help.title"])
    dialog.wait_for()
    listed = dialog.locator("kbd").all_inner_texts()
    assert {"/", "Space", "N", "F", "O", "Esc", "?"} <= set(listed)
    for _ in range(8):
        press(page, "Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    press(page, "n")
    assert app(page, "return clock.now()") == NOON_MS
    press(page, "Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == EN["header.help"]
    # Escape closed the help and nothing else.
    assert app(page, "return state.get().selected") == OBJECT


def test_single_keys_can_be_switched_off(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=health&lang=en&sel={OBJECT}&{STILL}"), "health")
    press(page, "?")
    page.get_by_label(EN["help.single"]).press(" ")
    press(page, "Escape")
    press(page, ".", "1", "n", " ", "/", "?")
    assert app(page, "return [clock.now(), state.get().view, clock.get().rate]") == [NOON_MS, "health", 0]
    assert page.evaluate("document.activeElement.id") != "search"
    assert not page.get_by_role("dialog").is_visible()


def test_keys_that_are_typed_into_a_field_do_nothing_else(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=geo&lang=en&{STILL}"), "geo")
    page.get_by_label(EN["geo.around"]).focus()
    page.keyboard.type("n1f. 135 E")
    assert app(page, "return [state.get().view, clock.now()]") == ["geo", NOON_MS]


def test_a_table_is_walked_and_chosen_from_by_keys(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=geo&lang=en&gw=135,60,table&{STILL}"), "geo")
    box = page.locator(".geo-main .table-box")
    box.focus()
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    row = page.locator(".geo-main tr.focus")
    assert row.get_attribute("aria-rowindex") == "3"
    number = row.locator("td").first.inner_text()
    press(page, "Enter")
    page.get_by_test_id("object-card").wait_for()
    assert str(app(page, "return state.get().selected")) == number
    assert page.locator(".geo-main tr.chosen").get_attribute("aria-current") == "true"
    press(page, "End")
    count = page.locator(".geo-main table").get_attribute("aria-rowcount")
    page.wait_for_function(f"() => document.querySelector('.geo-main tr.focus')?.ariaRowIndex === {json.dumps(count)}")
    # The space bar chooses here and leaves time alone.
    press(page, " ")
    assert app(page, "return clock.get().rate") == 0


def test_the_globe_turns_by_arrows_and_zooms(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}"), "globe")
    page.get_by_role("application", name=re.compile("Globe")).focus()
    camera = "() => window.mihari.globe.state().camera"
    before = page.evaluate(camera)
    press(page, "ArrowLeft", "ArrowUp", "+")
    page.wait_for_function("d => window.mihari.globe.state().camera.distanceKm < d", arg=before["distanceKm"])
    after = page.evaluate(camera)
    assert after["longitudeRad"] != before["longitudeRad"]
    assert after["latitudeRad"] != before["latitudeRad"]
