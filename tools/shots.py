"""Pictures of every room of the page in both languages and both themes, and a sheet that shows them side by side.

Run by `make shots`; `ARGS="--only geo"` makes those whose name holds the word, `ARGS="--store DIR"` shows another
store.
"""

from __future__ import annotations

import argparse
import html
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import httpx2  # noqa: E402

from browser_support import ServedNode, fill_store, open_browser  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["main"]

SIZE: Final = 30_000
VIEWS = ("globe", "conjunctions", "geo", "timeline", "watch", "health", "policy", "releases", "audit")
LANGUAGES: Final = ("en", "ja")
THEMES: Final = ("dark", "light")
WIDE: Final = (1280, 800)
PHONE: Final = (360, 740)
SETTLED_MS: Final = 1_500
"""What comes after the network is quiet: plots, labels, the texture of the Earth."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to be seen: its address without language and theme, what is done there, and how large the window is."""

    name: str
    address: str
    size: tuple[int, int] = WIDE
    act: Callable[[Page], Any] | None = None


def scenes(node: ServedNode) -> list[Scene]:
    """Return what is worth a picture in a store: its rooms, and the most urgent event and closest pass that it has."""
    ask = f"{node.address}api/v1/"
    status = httpx2.get(f"{ask}status", timeout=120.0).json()
    moment = (status["latest_run"] or {}).get("start_utc") or status["catalogue"]["moment_utc"]
    at = f"&t={moment}&r=0"
    events = httpx2.get(f"{ask}events", timeout=120.0).json()["events"]
    answer = httpx2.get(f"{ask}conjunctions", params={"limit": 500}, timeout=120.0)
    passes = answer.json()["conjunctions"] if answer.status_code == 200 else []
    passing = [row for row in passes if row["relative_speed_km_s"] > 1.0]
    belt = httpx2.get(f"{ask}geo", params={"at": moment}, timeout=120.0).json()["rows"]
    found = [Scene(view, f"v={view}{at}") for view in VIEWS]
    found += [
        Scene("help", f"v=globe{at}", act=lambda page: page.keyboard.press("?")),
        Scene("search", f"v=globe{at}", act=_search),
        Scene(
            "globe-table", f"v=globe{at}", act=lambda page: page.evaluate("window.mihari.state.set({panel: 'table'})")
        ),
        Scene("phone-globe", f"v=globe{at}", PHONE),
        Scene("phone-conjunctions", f"v=conjunctions{at}", PHONE),
    ]
    if passing:
        row = passing[0]
        pair = f"&sel={row['norad_cat_id_1']}&cmp={row['norad_cat_id_2']}"
        second = "norad_cat_id_2" if row["primary_id"] == row["norad_cat_id_1"] else "norad_cat_id_1"
        event = f"&ev={row['primary_id']}-{row[second]}-{row['tca_utc']}"
        found += [
            Scene("object", f"v=globe&sel={row['primary_id']}{at}"),
            Scene("compare", f"v=globe{pair}{at}"),
            Scene("closeup", f"v=conjunctions{event}{at}", act=lambda page: _into_view(page, ".closeup")),
            Scene("phone-object", f"v=globe&sel={row['primary_id']}{at}", PHONE),
        ]
    if events:
        worst = max(events, key=lambda each: each["probability"] or 0.0)
        found += [
            Scene("event", f"v=conjunctions&ev={worst['event_id']}{at}"),
            Scene("event-whole", f"v=conjunctions&ev={worst['event_id']}{at}", (1920, 2400)),
            Scene("phone-event", f"v=conjunctions&ev={worst['event_id']}{at}", PHONE),
        ]
    if belt:
        chosen = next((row for row in belt if row["object_type"] == "PAYLOAD"), belt[0])
        found += [
            Scene("geo-days", f"v=geo&gw=135,60,time{at}"),
            Scene("geo-chosen", f"v=geo&sel={chosen['norad_cat_id']}{at}"),
        ]
    return found


def _search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("nav")
    page.wait_for_selector("#search-found [role=option]")


def _into_view(page: Page, selector: str) -> None:
    page.wait_for_selector(selector)
    page.evaluate("selector => document.querySelector(selector).scrollIntoView({ block: 'center' })", selector)


def take(browser: Browser, node: ServedNode, wanted: list[Scene], folder: Path) -> Iterator[Path]:
    """Take each scene in each language and theme; one profile for all, so that files are read once."""
    context = browser.new_context()
    for scene in wanted:
        for lang in LANGUAGES:
            for theme in THEMES:
                page = context.new_page()
                page.set_viewport_size({"width": scene.size[0], "height": scene.size[1]})
                page.goto(f"{node.address}#{scene.address}&lang={lang}&th={theme}")
                page.wait_for_selector("main > *")
                page.wait_for_load_state("networkidle")
                if scene.act:
                    scene.act(page)
                page.wait_for_timeout(SETTLED_MS)
                path = folder / f"{scene.name}-{lang}-{theme}.png"
                page.screenshot(path=path)
                page.close()
                yield path
    context.close()


def contact_sheet(paths: list[Path]) -> str:
    """Return a page of all pictures, those of one scene in a row."""
    rows: dict[str, list[Path]] = {}
    for path in paths:
        rows.setdefault(path.stem.rsplit("-", 2)[0], []).append(path)
    style = (
        "body{font:14px sans-serif;background:#888}section{display:flex;gap:8px}img{width:100%}figure{flex:1;margin:0}"
    )
    parts = [f"<!doctype html><meta charset=utf-8><title>Mihari: pictures of the page</title><style>{style}</style>"]
    for name, row in rows.items():
        parts.append(f"<h2>{html.escape(name)}</h2><section>")
        parts += [
            f'<figure><a href="{path.name}"><img loading="lazy" src="{path.name}" alt="{path.stem}"></a>'
            f"<figcaption>{path.stem}</figcaption></figure>"
            for path in row
        ]
        parts.append("</section>")
    return "\n".join(parts)


def main() -> int:
    """Make the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tools.shots", description=__doc__)
    parser.add_argument("--only", default="", help="make only pictures whose name holds this word")
    parser.add_argument("--store", type=Path, help=f"show this store; without it, {SIZE:,} simulated objects")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "shots", help="where the pictures go")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, open_browser() as browser:
        store = asked.store
        if store is None:
            print(f"making a world of {SIZE:,} objects, screening it for six hours ...", file=sys.stderr)
            store = Path(scratch) / "store"
            fill_store(store, size=SIZE, screen_s=6 * 3600.0)
        node = ServedNode(store, said=Path(scratch) / "said").start()
        try:
            wanted = [scene for scene in scenes(node) if asked.only in scene.name]
            if not wanted:
                names = ", ".join(scene.name for scene in scenes(node))
                print(f"no picture is called {asked.only!r}: there are {names}", file=sys.stderr)
                return 2
            count = len(wanted) * len(LANGUAGES) * len(THEMES)
            paths = []
            for path in take(browser, node, wanted, asked.out):
                paths.append(path)
                print(f"{len(paths)} of {count}: {path.name}", file=sys.stderr)
        finally:
            node.stop()
    sheet = asked.out / "index.html"
    every = sorted(asked.out.glob("*-*-*.png"))
    sheet.write_text(contact_sheet(every), encoding="utf-8")
    print(f"{sheet}: {len(paths)} new of {len(every)} pictures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
