"""The watch list and close approaches: one question for all objects, and one's own before others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2

from .conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from browser_support import ServedNode

WATCH = """async (ids) => {
  const { watch } = await import('/web/app/watch.js');
  watch.set({ ids: new Set(ids) });
}"""


def questions(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/conjunctions" in request.url and "object=" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_watch_list_asks_once_for_all_its_objects(open_page: OpenPage, world: ServedNode) -> None:
    found = httpx2.get(f"{world.address}api/v1/conjunctions", params={"limit": 200}).json()["conjunctions"]
    ids = list(dict.fromkeys(each["norad_cat_id_1"] for each in found))[:12]
    page = open_page("v=watch&lang=en")
    asked = questions(page)
    page.evaluate(WATCH, ids)
    page.locator(".watch-table tbody tr").nth(len(ids) - 1).wait_for()
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1
    text = page.locator(".watch-table").inner_text()
    for number in ids:
        nearest = min(
            (each for each in found if number in pair(each)), key=lambda each: float(each["miss_distance_km"])
        )
        assert str(number) in text
        assert str(nearest["tca_utc"])[:16].replace("T", " ") in text, number


def pair(row: dict[str, Any]) -> tuple[int, int]:
    return row["norad_cat_id_1"], row["norad_cat_id_2"]


def test_what_needs_a_person_begins_with_ones_own(open_page: OpenPage) -> None:
    page = open_page("v=conjunctions&lang=en")
    rows = page.evaluate("""async () => {
      const { shownRows, readFilter } = await import('/web/conjunctions/rows.js');
      const shared = { kind: 'approach', level: 'advisory', stale: null, tcaMs: 1, speedMS: 9000 };
      const payload = (id) => ({ id, type: 'PAYLOAD' });
      const row = (a, b, missM) => ({ ...shared, id: `${a}-${b}`, missM, first: payload(a), second: payload(b) });
      const approaches = Array.from({ length: 80 }, (_, k) => row(100 + k, 300 + k, 10 * k));
      const filter = readFilter('');
      const given = { events: [], approaches, filter, data: null, hidden: new Set(), watchOnly: false, nowMs: 0 };
      const ids = (watched) => shownRows({ ...given, watched: new Set(watched) }).rows.map((each) => each.id);
      return [ids([]), ids([170, 305])];
    }""")
    assert rows[0] == [f"{100 + k}-{300 + k}" for k in range(50)]
    assert rows[1] == ["105-305", "170-370", *(each for each in rows[0] if each != "105-305")]
