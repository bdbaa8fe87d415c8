"""The address keeps the state: every key goes in and out, a shared one opens the same view, nonsense is left out."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, quote

from .conftest import OpenPage
from .rooms import app, wait_filled

STATE = """const { hidden, ...rest } = state.get();
return { ...rest, hidden: [...hidden].sort(), ms: clock.now(), rate: clock.get().rate };"""
WHOLE = {
    "v": "geo",
    "t": "2025-03-01T15:30:00Z",
    "r": "0",
    "sel": "900040267",
    "cmp": "900025544",
    "ev": "900025544-900025575-2025-03-01T21:54:49.583240Z",
    "rp": "SIM-BREAKUP-1",
    "rl": "R-e5a249ca10bab974",
    "rc": "SIM-BREAKUP-1",
    "dk": "bulletin",
    "c": "regime",
    "f": "regime:HEO,type:DEBRIS",
    "fr": "earth",
    "ly": "coast,grid",
    "cj": "all,debris,r12",
    "gw": "140,40,table",
    "tl": "14",
    "w": "1",
    "lang": "ja",
    "th": "light",
}
NONSENSE = {
    "v": "kitchen",
    "t": "yesterday",
    "r": "1e9",
    "sel": "-5",
    "cmp": "12.5",
    "ev": "x" * 301,
    "rp": "x" * 301,
    "rl": "../R-1",
    "rc": "x" * 301,
    "dk": "Bulletin 7",
    "c": "smell",
    "f": "DEBRIS,type,1:2",
    "fr": "sideways",
    "ly": "coast;lava",
    "cj": "rNaN,everything",
    "gw": "north,7,pie",
    "tl": "-3",
    "w": "yes",
    "lang": "xx",
    "th": "plaid",
}


def address_of(keys: dict[str, str]) -> str:
    return "&".join(f"{key}={quote(value)}" for key, value in keys.items())


def test_the_documented_keys_are_those_that_are_tested() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "web-page.md").read_text(encoding="utf-8")
    table = guide.partition("## The address keeps the state")[2].partition("\n## ")[0]
    documented = {
        key for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }
    assert documented == set(WHOLE) == set(NONSENSE)


def test_every_key_goes_in_and_out_and_a_shared_address_opens_the_same_view(open_page: OpenPage) -> None:
    page = wait_filled(open_page(address_of(WHOLE)), "geo")
    # Something has to change for the address to be written anew.
    app(page, "clock.jump(clock.now() + 60000)")
    page.wait_for_function("() => location.hash.includes('15%3A31')")
    address = page.evaluate("location.hash")
    written = {key: value for key, (value,) in parse_qs(address[1:]).items()}
    assert written == {**WHOLE, "t": "2025-03-01T15:31:00Z"}
    first = app(page, STATE)
    other = wait_filled(open_page(address[1:]), "geo")
    assert app(other, STATE) == first
    rows = ".geo-main tbody tr[aria-rowindex]"
    assert other.locator(rows).all_inner_texts() == page.locator(rows).all_inner_texts()
    assert other.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_new_address_in_the_same_page_is_taken(open_page: OpenPage) -> None:
    page = wait_filled(open_page("v=health&lang=en&sel=900040267&t=2025-03-01T12:00:00Z&r=0"), "health")
    page.evaluate("location.hash = '#v=watch&lang=en&w=1&t=2025-03-02T00:00:00Z&r=0'")
    wait_filled(page, "watch")
    assert app(page, "return [state.get().selected, state.get().watchOnly, clock.now()]") == [None, True, 1740873600000]


def test_the_address_that_a_person_copies_is_the_view(open_page: OpenPage) -> None:
    page = open_page(
        "v=health&lang=en&sel=900040267&t=2025-03-01T12:00:00Z&r=0", permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("button", name="Copy").click()
    page.get_by_test_id("object-card").get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(copied.partition("#")[2]).keys() >= {"v", "sel", "t", "r"}
    assert parse_qs(copied.partition("#")[2])["sel"] == ["900040267"]


def test_nonsense_in_the_address_is_left_out(open_page: OpenPage) -> None:
    page = open_page(address_of(NONSENSE))
    page.locator("main > *").first.wait_for()
    found = app(page, STATE)
    kept = {
        "view": "globe",
        "rate": 1,
        "selected": None,
        "compared": None,
        "event": None,
        "colourBy": "type",
        "hidden": [],
        "frame": "inertial",
        "layers": "coast,night,orbit,track",
        "listFilter": "",
        "geoWindow": "",
        "timelineDays": "",
        "watchOnly": False,
        "lang": "",
        "theme": "",
    }
    assert {name: found[name] for name in kept} == kept
    # Without a moment that can be read the page begins at the catalogue's own.
    assert abs(found["ms"] - 1740788602563.0) < 600_000.0
