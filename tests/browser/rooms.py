"""The rooms as the tests know them: when one is filled, its table, its words, and the moment of the world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2

from browser_support import NOW_UTC, ServedNode

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = [
    "LANGUAGES",
    "STILL",
    "VIEWS",
    "WEB",
    "WORDS",
    "app",
    "ask",
    "open_twin",
    "row_count",
    "shown_rows",
    "wait_filled",
]

WEB: Final = Path(__file__).resolve().parents[2] / "src" / "mihari" / "web"
LANGUAGES: Final = ("en", "ja")
WORDS: Final[dict[str, dict[str, str]]] = {
    lang: json.loads((WEB / "lang" / f"{lang}.json").read_text(encoding="utf-8")) for lang in LANGUAGES
}
VIEWS: Final = ("globe", "conjunctions", "geo", "timeline", "watch", "health", "policy", "releases", "audit")
STILL: Final = f"t={NOW_UTC}Z&r=0"
"""Time stands still at the moment of the world, so that pictures cost nothing and answers stay the same."""

_FILLED: Final = {
    "globe": "() => window.mihari?.globe?.state().status === 'ready'",
    "conjunctions": "() => document.querySelector('.conj-list tbody tr[aria-rowindex]')",
    "geo": "() => document.querySelector('[data-testid=geo-strip]')",
    "timeline": "() => document.querySelector('.timeline-table tbody tr[aria-rowindex]')",
    "watch": "() => document.querySelector('.watch-tools')",
    "health": "() => document.querySelector('[data-testid=health-findings]')",
    "policy": "() => document.querySelector('[data-testid=brief] .instrument')",
    "releases": "() => document.querySelectorAll('[data-testid=release] .sheet').length > 1",
    "audit": "() => document.querySelector('.audit-entries tbody tr[aria-rowindex]')",
}


def wait_filled(page: Page, view: str) -> Page:
    """Wait until a room shows what it is for."""
    page.wait_for_function(_FILLED[view], polling=50)
    return page


def ask(node: ServedNode, path: str, **query: Any) -> Any:
    """Ask the node what the page asks it."""
    answer = httpx2.get(f"{node.address}api/v1/{path}", params=query, timeout=60.0)
    assert answer.status_code == 200, answer.text
    return answer.json()


def open_twin(page: Page, lang: str = "en") -> Locator:
    """Open the table twin of the globe."""
    page.get_by_role("button", name=WORDS[lang]["globe.astable"], exact=True).click()
    return page.get_by_test_id("globe-table")


def row_count(table: Locator) -> int:
    """How many rows a table has by what it tells assistive software, of which only those in view are in the page."""
    table.locator("table[aria-rowcount]").wait_for()
    return int(table.locator("table").get_attribute("aria-rowcount") or 0) - 1


def shown_rows(table: Locator) -> list[list[str]]:
    """The cells of the rows that are in the page."""
    return table.locator("tbody tr[aria-rowindex]").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )


def app(page: Page, script: str, argument: Any = None) -> Any:
    """Evaluate with the page's state and clock: `script` is the body of an async function of (state, clock, given)."""
    return page.evaluate(f"async (given) => {{ const {{ state, clock }} = window.mihari; {script} }}", argument)
