"""The trade space on an event's page: asked for by a button, with its progress, as a chart and as a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from mihari.server._avoidance_models import AvoidanceProgress

from .conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from browser_support import ServedNode

SIZES = [-0.1, 0.01, 0.1]


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """Made up, and of the published form: two moments, three sizes, one cell of each kind."""
    outcome = {"event_id": event["event_id"], "miss_distance_m": 5_000.0}
    burn = {
        "kind": "burn",
        "burn_utc": "2025-03-02T01:00:00.000Z",
        "direction_rtn": [0.0, 1.0, 0.0],
        "delta_v_m_s": 0.1,
        "events": [outcome],
        "recommended": True,
        "standing": "recommended",
        "violations": [],
        "note": "",
        "total_probability": 1e-7,
    }
    nothing = burn | {"kind": "do nothing", "burn_utc": None, "direction_rtn": None, "delta_v_m_s": 0.0}
    nothing |= {"recommended": False, "standing": "flown, and the goal is not met", "total_probability": 3e-4}
    return {
        "event_id": event["event_id"],
        "primary": {"assumed": []},
        "data_mode": "SIMULATED",
        "advisory": False,
        "advisory_reasons": [],
        "window": {"start_utc": "2025-03-02T00:00:00Z", "end_utc": "2025-03-03T00:00:00Z", "start_reason": "now"},
        "goal": {"profile": "cara 1", "threshold": 1e-4, "probability": 3e-6},
        "recommended": 1,
        "conjunctions": [{"event_id": event["event_id"], "tca_utc": event["tca_utc"]}],
        "candidates": [burn, nothing],
        "trade_space": {},
        "rescreening": {"done": True, "reason": None, "objects": 1_999, "passages_without_a_burn": []},
        "execution_error": {"default": True, "magnitude_share": 0.02, "pointing_deg": 1.0},
        "constraints": {},
        "dynamics": "",
        "coverage": {},
        "decision": "The decision is the operator's.",
        "grid": {
            "burn_utc": ["2025-03-02T01:00:00Z", "2025-03-02T03:00:00Z"],
            "delta_v_m_s": SIZES,
            "total_probability": [[1e-7, 2e-4, 1e-7], [2e-7, 5e-5, None]],
            "miss_distance_m": [[5e3, 600.0, 5e3], [4e3, 800.0, None]],
            "avoided": [[True, False, True], [True, False, None]],
            "broken": [[[0], [], []], [[], [], None]],
            "constraints_broken": ["takes more velocity than allowed"],
            "across_track": 0,
        },
    }


@pytest.mark.parametrize(("lang", "words"), [("en", "Takes more velocity than allowed"), ("ja", "Δv 上限を超過")])
def test_it_is_asked_for_and_told_in_chart_and_table(
    open_page: OpenPage, world: ServedNode, lang: str, words: str
) -> None:
    events = httpx2.get(f"{world.address}api/v1/events").json()["events"]
    event = next(each for each in events if "YES" in each["maneuverable"])
    asked: list[dict[str, Any]] = []

    def reply(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or ""))
        done = len(asked) > 1
        document = {"done": done, "fraction": 1.0 if done else 0.4, "answer": answer(event) if done else None}
        AvoidanceProgress.model_validate(document)
        route.fulfill(json=document)

    page = open_page(f"v=conjunctions&cj=events&ev={event['event_id']}&lang={lang}")
    page.route("**/api/v1/avoidance", reply)
    card = page.locator("section.card:has(.trade-tools)")
    card.get_by_role("button").first.click()
    # The bar begins at nothing, and is there for as long as the node works.
    card.locator("progress[value='0.4']").wait_for()
    card.locator(".trade-view").wait_for()
    assert [each["event_id"] for each in asked] == [event["event_id"]] * 2
    assert card.locator("circle.mark").count() == 2
    assert [card.locator(f".mark.{left}").count() for left in ("near", "action", "broken")] == [1, 1, 1]
    card.locator("details summary").last.click()
    table = card.locator(".closeup-table table")
    assert table.locator("tbody tr").count() == 5
    assert words in table.inner_text()
    assert "1,999" in card.inner_text()


def test_an_event_that_nobody_can_avoid_has_no_button(open_page: OpenPage, world: ServedNode) -> None:
    events = httpx2.get(f"{world.address}api/v1/events").json()["events"]
    event = next(each for each in events if each["maneuverable"] == ["NO", "NO"])
    page = open_page(f"v=conjunctions&cj=events&ev={event['event_id']}&lang=en")
    page.get_by_text("No trade space: neither object can manoeuvre").wait_for()
    assert page.locator(".trade-tools").count() == 0
