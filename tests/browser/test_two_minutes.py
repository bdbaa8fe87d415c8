"""What docs/tutorial/two-minutes.md promises a newcomer: four questions, a few keys and clicks, answers of the node."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from browser_support import NOW_UTC, ServedNode

from .conftest import OpenPage
from .rooms import LANGUAGES, STILL, WORDS, app, ask, wait_filled

QZS_LIKE = 900_042_738


@pytest.mark.parametrize("lang", LANGUAGES)
def test_parts_of_a_name_find_an_object_and_its_card_says_where_how_old_how_sure_what_comes_closest(
    open_page: OpenPage, world: ServedNode, lang: str
) -> None:
    words = WORDS[lang]
    page = wait_filled(open_page(f"v=globe&lang={lang}&{STILL}"), "globe")
    page.keyboard.press("/")
    page.keyboard.type("qzs-2")
    page.locator("#search-found li").first.wait_for()
    page.keyboard.press("Enter")
    answers = page.locator(".answers")
    expect(answers.locator("dt")).to_have_text(
        [words[f"object.{name}"] for name in ("where", "age", "sure", "closest")]
    )
    where = ask(world, f"objects/{QZS_LIKE}/track", start=f"{NOW_UTC}Z", span_s=1, step_s=1)["rows"][0]
    latitude = f"{abs(where['latitude_deg']):.2f}° {'N' if where['latitude_deg'] >= 0 else 'S'}"
    expect(answers).to_contain_text(latitude)
    typical = ask(world, f"objects/{QZS_LIKE}", at=f"{NOW_UTC}Z")["state"]["uncertainty_typical"]
    most_km = max(typical[f"{axis}_km"] for axis in ("radial", "transverse", "normal"))
    told = re.search(r"± ([\d.]+) (k?m)", answers.inner_text())
    assert told is not None
    assert float(told[1]) * (1.0 if told[2] == "km" else 1e-3) == pytest.approx(most_km, rel=0.06)


def test_a_chosen_object_comes_into_the_picture(open_page: OpenPage) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}", reduced_motion="reduce"), "globe")
    for number in (QZS_LIKE, 900_025_544):
        app(page, "state.set({ selected: given })", number)
        label = page.locator(".globe-label.selected:not(.behind)")
        expect(label).to_be_visible()
        box, canvas = label.bounding_box(), page.locator(".globe-canvas").bounding_box()
        assert box is not None
        assert canvas is not None
        assert canvas["x"] <= box["x"]
        assert box["x"] + box["width"] <= canvas["x"] + canvas["width"] + 1
        assert canvas["y"] <= box["y"] <= canvas["y"] + canvas["height"]


def test_who_is_nearest_a_typed_longitude_is_named_however_far(open_page: OpenPage, world: ServedNode) -> None:
    page = wait_filled(open_page(f"v=geo&lang=en&{STILL}"), "geo")
    page.get_by_label(WORDS["en"]["geo.around"]).fill("135 E")
    page.keyboard.press("Enter")
    rows = [row for row in ask(world, "geo", at=f"{NOW_UTC}Z")["rows"] if row["longitude_deg"] is not None]
    by_distance = sorted(rows, key=lambda row: abs((row["longitude_deg"] - 135.0 + 180.0) % 360.0 - 180.0))
    within = sum(abs(row["longitude_deg"] - 135.0) <= 0.5 for row in rows)
    expect(page.get_by_test_id("geo-neighbours").locator("li .name")).to_have_text(
        [row["object_name"] for row in by_distance[: within + 5]]
    )


def test_the_age_of_what_is_known_goes_by_the_clock_and_leads_to_health(open_page: OpenPage, world: ServedNode) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&{STILL}"), "globe")
    median = datetime.fromisoformat(ask(world, "status")["catalogue"]["median_epoch_utc"])
    days = (datetime.now(tz=UTC) - median).total_seconds() / 86_400.0
    pill = page.locator(".pill.age")
    expect(pill).to_have_class(re.compile(r"\bold\b"))
    told = re.search(r"Data ([\d,]+) d old", pill.inner_text())
    assert told is not None
    assert float(told[1].replace(",", "")) == pytest.approx(days, abs=1.0)
    pill.click()
    wait_filled(page, "health")


@pytest.mark.parametrize("moment", [f"{NOW_UTC}Z", "2025-03-05T18:00:00Z", "2025-03-12T00:00:00Z"])
def test_what_is_grey_is_what_the_node_says_its_sets_do_not_cover(
    open_page: OpenPage, world: ServedNode, moment: str
) -> None:
    page = wait_filled(open_page(f"v=globe&lang=en&t={moment}&r=0"), "globe")
    grey = app(
        page,
        """const { catalogue, isUncovered } = await import('/web/app/catalogue.js');
        const { data } = catalogue.get();
        return [...data.ids].filter((_, row) => isUncovered(data, row, clock.now()));""",
    )
    node = ask(world, "picture", at=moment, limit=5000)["rows"]
    assert set(grey) == {row["norad_cat_id"] for row in node if row["extrapolated"]}
