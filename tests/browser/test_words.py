"""Every room, in both languages: no key of the word lists is seen, no text cut off, no page wider than its window."""

from __future__ import annotations

import re

import pytest

from .conftest import OpenPage
from .rooms import LANGUAGES, STILL, VIEWS, WORDS, app, wait_filled

WIDTHS_PX = (2560, 1280, 360)
KEYS = frozenset(WORDS["en"]) | {key.rpartition(".")[0] for key in WORDS["en"] if key.endswith((".one", ".other"))}

ALL_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.nodeType === 3) found.push(node.data.trim());
    else for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'aria-roledescription'])
      if (node.hasAttribute(name)) found.push(node.getAttribute(name).trim());
  }
  return found.filter(Boolean);
}"""

# A text is cut off where a box that hides what overflows ends before the text does, unless it says so by an ellipsis
# or the whole stands in a title; what can be scrolled to is not cut off.
CUT_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const unseen = '.unseen, .globe-labels, svg, option, [hidden], dialog:not([open])';
    if (!text.data.trim() || text.parentElement.closest(unseen)) continue;
    range.selectNodeContents(text);
    const place = range.getBoundingClientRect();
    if (!place.width) continue;
    for (let box = text.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (/auto|scroll/.test(style.overflowX)) break;
      if (style.display === 'inline' || !/hidden|clip/.test(style.overflowX)) continue;
      const edge = box.getBoundingClientRect();
      if (place.right <= edge.right + 1 && place.left >= edge.left - 1) continue;
      if (style.textOverflow === 'ellipsis' || box.closest('[title]')?.title) break;
      found.push(`${text.data.trim().slice(0, 60)} | ${box.tagName}.${box.className}`);
      break;
    }
  }
  return found;
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_words_are_whole_and_the_page_fits_its_window(open_page: OpenPage, view: str, lang: str) -> None:
    page = open_page(f"v={view}&lang={lang}&cj=all&{STILL}", width=WIDTHS_PX[0], height=1000)
    wait_filled(page, view)
    for width in WIDTHS_PX:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} px"
        if width == 1280:
            assert page.evaluate(CUT_TEXTS) == []
    texts = page.evaluate(ALL_TEXTS)
    assert [text for text in texts if text in KEYS] == []
    assert [
        text for text in texts if re.search(r"(?<!\{)\{\w+\}", text) or re.search(r"\b(undefined|NaN|null)\b", text)
    ] == []
    assert len(texts) > 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_chosen_stands_whole_beside_every_room(open_page: OpenPage, lang: str) -> None:
    page = wait_filled(open_page(f"v=conjunctions&lang={lang}&sel=900025544&{STILL}"), "conjunctions")
    page.locator(".conj-list tbody tr[aria-rowindex]").first.click()
    page.locator(".conj-event .card").nth(2).wait_for()
    page.get_by_test_id("object-card").locator(".facts").first.wait_for()
    assert page.evaluate(CUT_TEXTS) == []
    assert [text for text in page.evaluate(ALL_TEXTS) if text in KEYS] == []


def test_the_language_changes_without_a_new_page_and_keeps_what_is_chosen(open_page: OpenPage) -> None:
    asked = f"v=conjunctions&sel=900025544&cmp=900025575&cj=all&f=type:DEBRIS&w=0&c=age&lang=en&{STILL}"
    page = wait_filled(open_page(asked), "conjunctions")
    page.evaluate("window.sameDocument = true")
    kept = "const { hidden, lang, ...rest } = state.get(); return { ...rest, hidden: [...hidden], ms: clock.now() };"
    before = app(page, kept)
    assert (before["selected"], before["compared"], before["hidden"]) == (900025544, 900025575, ["type:DEBRIS"])
    page.get_by_role("button", name="日本語").click()
    page.get_by_role("button", name=WORDS["ja"]["view.geo"]).wait_for()
    assert page.evaluate("[document.documentElement.lang, window.sameDocument]") == ["ja", True]
    assert app(page, kept) == before
    assert page.get_by_role("button", name="日本語").get_attribute("aria-pressed") == "true"
    page.wait_for_function("() => location.hash.includes('lang=ja')")


def test_the_node_is_understood_in_japanese(open_page: OpenPage) -> None:
    page = open_page("v=health&lang=ja")
    said = page.evaluate(
        """async (texts) => {
            const { said } = await import('/web/app/said.js');
            return texts.map(said);
        }""",
        [
            "probability 3.10e-05 >= 1e-07; not more than watched: a state is a public element set",
            "element set is older than the 14 days asked for",
            "something that no file knows",
        ],
    )
    assert said[0]["text"].startswith("衝突確率 3.10e-05 ≥ 1e-07、")
    assert said[1]["text"] == "軌道要素が指定の 14 日より古い"
    assert said[2] == {"text": "something that no file knows", "lang": "en"}
