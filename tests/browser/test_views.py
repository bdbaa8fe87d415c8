"""Every room, in both languages: it fills, it has a heading, axe finds nothing serious, nothing is clipped."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import OpenPage

VIEWS = ("globe", "conjunctions", "geo", "timeline", "watch", "health", "policy", "releases", "audit")
LANGUAGES = ("en", "ja")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(open_page: OpenPage, view: str, lang: str) -> None:
    page = open_page(f"v={view}&lang={lang}")
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")] == []
