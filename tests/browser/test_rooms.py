"""Every room, in both languages, shows what the API says in the same minute."""

from __future__ import annotations

import re

import pytest

from browser_support import NOW_UTC, ServedNode
from mihari.policy.language import Language, lint_text

from .conftest import OpenPage
from .rooms import LANGUAGES, STILL, WORDS, app, ask, open_twin, row_count, shown_rows, wait_filled

AT = f"{NOW_UTC}Z"


def _number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_globe_and_its_table_hold_every_object_where_the_node_says(
    open_page: OpenPage, world: ServedNode, lang: str
) -> None:
    page = wait_filled(open_page(f"v=globe&lang={lang}&{STILL}"), "globe")
    node = {row["norad_cat_id"]: row for row in ask(world, "picture", at=AT, limit=5000)["rows"]}
    summary = WORDS[lang]["globe.summary"]
    told = re.sub(r"\\\{\w+\\\}", lambda m: r"([\d,]+)" if m[0][2:4] in ("sh", "of") else ".+", re.escape(summary))
    page.wait_for_function("() => window.mihari.globe.state().shown === 2005")
    found = re.search(told, page.get_by_test_id("globe-summary").inner_text())
    assert found is not None
    assert {_number(part) for part in found.groups()} == {len(node)}
    table = open_twin(page, lang)
    table.get_by_label(WORDS[lang]["globe.inview"]).uncheck()
    page.wait_for_function(
        "() => document.querySelector('.globe-sheet table')?.getAttribute('aria-rowcount') === '2006'"
    )
    assert row_count(table) == len(node)
    rows = shown_rows(table)
    assert len(rows) > 10
    for _, number, _, _, _, latitude, longitude, altitude, _ in rows:
        there = node[int(number)]
        assert abs(_number(latitude) - there["latitude_deg"]) < 0.02
        assert abs((_number(longitude) - there["longitude_deg"] + 180.0) % 360.0 - 180.0) < 0.05
        assert abs(_number(altitude) - there["altitude_km"]) < 2.0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_conjunctions_are_the_events_and_the_screening(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    page = wait_filled(open_page(f"v=conjunctions&lang={lang}&cj=all,debris&{STILL}"), "conjunctions")
    events = ask(world, "events")["events"]
    screened = ask(world, "conjunctions", limit=1)
    total = len(events) + screened["total"]
    assert events
    page.wait_for_function(
        f"() => document.querySelector('.conj-list table')?.getAttribute('aria-rowcount') === '{total + 1}'"
    )
    page.locator(".conj-list thead button").filter(has_text=WORDS[lang]["conj.col.miss"]).click()
    (closest,) = screened["conjunctions"]
    first = shown_rows(page.locator(".conj-list"))[0]
    assert f"{closest['miss_distance_km']:,.3f}" in first
    assert closest["tca_utc"][:19].replace("T", " ") in first


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_belt_holds_who_stands_in_its_window(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    page = wait_filled(open_page(f"v=geo&lang={lang}&gw=135,60,table&{STILL}"), "geo")
    rows = ask(world, "geo", at=AT)["rows"]
    here = {
        row["norad_cat_id"]: row for row in rows if abs((row["longitude_deg"] - 135.0 + 180.0) % 360.0 - 180.0) <= 30.0
    }
    table = page.locator(".geo-main")
    assert row_count(table) == len(here) > 5
    for number, name, *_ in shown_rows(table):
        assert here[int(number)]["object_name"] == name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_timeline_lists_events_screening_and_intakes(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    page = wait_filled(open_page(f"v=timeline&lang={lang}&tl=3&{STILL}"), "timeline")
    health = ask(world, "catalogue/health")
    # The span reaches from 9/7 of a day before the moment to 12/7 after it: all that this world knows.
    lanes = page.get_by_test_id("timeline-lanes")
    for lane, count in (
        ("event", len(ask(world, "events")["events"])),
        ("run", len(health["runs"])),
        ("intake", len(health["intakes"])),
    ):
        name = WORDS[lang][f"timeline.lane.{lane}"]
        said = lanes.get_by_role("group").filter(has_text=name).get_attribute("aria-label") or ""
        assert re.search(rf"(?<!\d){count}(?!\d)", said), (lane, said)
    kinds = {row[1].split(maxsplit=1)[1] for row in shown_rows(page.locator(".timeline-table"))}
    assert kinds <= {WORDS[lang][key] for key in WORDS[lang] if key.startswith("timeline.lane.")}
    assert row_count(page.locator(".timeline-table")) > len(kinds) > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_watch_list_says_what_comes_closest(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    closest = ask(world, "conjunctions", limit=1)["conjunctions"][0]
    page = wait_filled(open_page(f"v=watch&lang={lang}&{STILL}"), "watch")
    page.get_by_label(WORDS[lang]["watch.add"]).fill(str(closest["norad_cat_id_1"]))
    page.keyboard.press("Enter")
    row = page.locator(".watch-table tbody tr[aria-rowindex]")
    row.get_by_text(f"{closest['miss_distance_km'] * 1000:,.0f} m", exact=True).wait_for()
    assert str(closest["norad_cat_id_1"]) in row.inner_text()
    assert app(page, "return JSON.parse(localStorage.getItem('mihari.watch'))") == [closest["norad_cat_id_1"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_health_shows_the_ages_and_what_is_wrong(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    page = wait_filled(open_page(f"v=health&lang={lang}&{STILL}"), "health")
    health = ask(world, "catalogue/health")
    findings = page.get_by_test_id("health-findings").locator("li")
    assert findings.count() == len(health["findings"]) > 0
    for words in (each["words"] for each in health["findings"]):
        # The page has its own words for what the node finds.
        assert words not in page.get_by_test_id("health-findings").inner_text() or lang == "en"
    ages = page.locator(".health-card").filter(has_text=WORDS[lang]["health.ages"]).first.locator("table tbody tr")
    found = [int(_number(re.findall(r"[\d,]+", row)[-1])) for row in ages.all_inner_texts() if row.strip()]
    assert sum(found) >= health["objects"]
    assert str(health["screening"]["conjunctions"]) in page.locator(".health-grid").inner_text().replace(",", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_brief_shows_every_instrument_with_its_nature_and_whether_it_was_checked(
    open_page: OpenPage, world: ServedNode, lang: str
) -> None:
    page = wait_filled(open_page(f"v=policy&lang={lang}&{STILL}"), "policy")
    brief = ask(world, "policy/brief", event="SIM-BREAKUP-1")
    told = brief["may_be_relevant"]
    assert page.locator(".instrument").count() == len(told) > 10
    unchecked = page.locator(".instrument .badge").get_by_text(WORDS[lang]["policy.source.unchecked"])
    assert unchecked.count() == sum(not each["source_checked"] for each in told) > 0
    styles = page.locator(".instrument").evaluate_all(
        "all => all.map(each => [each.className, getComputedStyle(each).borderInlineStartStyle])"
    )
    # Each nature has a line of its own.
    assert len({style for _, style in styles}) == len({name for name, _ in styles}) > 2
    assert page.get_by_test_id("brief").get_by_text(brief["next_rung"][f"name_{lang}"]).first.is_visible()
    page.get_by_role("button", name=WORDS[lang]["policy.part.statements"]).click()
    page.locator(".statement").nth(1).wait_for()
    conflict = ask(world, "policy/protection")["conflicts"][0][f"reason_{lang}"]
    assert page.get_by_text(conflict).is_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_release_shows_what_two_audiences_get_and_not_more(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    rows = ask(world, "releases")["releases"]
    public = next(each for each in rows if each["audience"] == "PUBLIC" and each["product"] == "breakup-notice")
    page = wait_filled(open_page(f"v=releases&lang={lang}&rl={public['release_id']}&{STILL}"), "releases")
    sheets = page.locator(".sheet")
    assert "radar K" not in sheets.nth(0).inner_text()
    assert "radar K" in sheets.nth(1).inner_text()
    found = ask(world, f"releases/{public['release_id']}")
    told = page.get_by_test_id("release").inner_text()
    assert all(each["key_id"] in told for each in found["verification"]["signatures"])
    assert WORDS[lang]["releases.valid" if found["verification"]["valid"] else "releases.invalid"] in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_audit_says_who_could_know(open_page: OpenPage, world: ServedNode, lang: str) -> None:
    page = wait_filled(open_page(f"v=audit&lang={lang}&rc=SIM-BREAKUP-1&{STILL}"), "audit")
    knew = ask(world, "audit/who-knew", record="SIM-BREAKUP-1")["known_by"]
    page.locator(".plain-grid tbody tr").first.wait_for()
    assert page.locator(".plain-grid tbody tr").count() == len(knew) > 2
    assert WORDS[lang]["audit.whole"] in page.get_by_test_id("audit-verdict").inner_text()


def test_a_room_without_data_is_not_offered(open_page: OpenPage) -> None:
    hide = """const asked = window.fetch; window.fetch = (url, ...more) => /[/](bulletin|releases)[?]/.test(url)
      ? Promise.resolve(new Response('{"releases": [], "total": 0}')) : asked(url, ...more);"""
    page = wait_filled(open_page(f"v=health&lang=en&{STILL}", script=hide), "health")
    page.get_by_role("button", name=WORDS["en"]["view.policy"], exact=True).wait_for()
    assert page.get_by_role("button", name=WORDS["en"]["view.releases"], exact=True).count() == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_the_page_concludes_what_no_text_may(lang: str) -> None:
    assert [(key, text) for key, text in WORDS[lang].items() if lint_text(text, lang=Language(lang))] == []
