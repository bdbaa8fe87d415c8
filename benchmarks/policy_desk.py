"""The policy desk: reports taken in, the brief of an event, the register, and the linter of texts, per second."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mihari.app.asset_register import enter_asset
from mihari.app.policy_desk import brief_document
from mihari.app.space_event_documents import all_events_document
from mihari.app.space_event_intake import report_event
from mihari.astro.time import parse_utc
from mihari.model.label import Label
from mihari.model.provenance import DataMode
from mihari.policy.access import load_parties
from mihari.policy.language import Language, lint_text
from mihari.store import EmbeddedStore, StoreMode

_NOW = parse_utc("2026-12-01T00:00:00")
_EVENTS = 200
_TEXT = "The Parties consult from time to time. 締約国は随時協議する。 The miss distance is 120 m. " * 40


def _report(number: int) -> dict[str, object]:
    return {
        "event_id": f"SIM-{number}",
        "kind": "GROUND_OUTAGE",
        "data_mode": "SIMULATED",
        "label": "PUBLIC",
        "objects": [900_000_001 + number],
        "start_utc": "2026-11-30T20:10:00Z",
        "facts": {"system": "radar", "effect": "no tracks"},
        "evidence": [{"kind": "OPERATOR_STATEMENT", "text": "No tracks since 20:10 UTC.", "source": "OP-X"}],
        "sources": ["OP-X"],
        "written_by": "A. Person",
    }


def _median_s(work: Callable[[], object], *, runs: int = 7) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[runs // 2]


def main() -> int:
    book = load_parties()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedStore.open(Path(folder) / "store", mode=StoreMode.CREATE) as store,
    ):
        began = time.perf_counter()
        for number in range(_EVENTS):
            report_event(store, _report(number), now_tai_ns=_NOW + number)
        per_report_s = (time.perf_counter() - began) / _EVENTS
        enter_asset(
            store,
            {"norad_cat_id": 900_000_001, "owner": "JP", "relied_on_by": ["US"], "sources": ["benchmark"]},
            written_by="A. Person",
            label=Label(),
            data_mode=DataMode.SIMULATED,
            now_tai_ns=_NOW,
        )
        brief_s = _median_s(lambda: brief_document(store, "SIM-0", book=book, now_tai_ns=_NOW))
        list_s = _median_s(lambda: all_events_document(store, now_tai_ns=_NOW))
    # Above the length of texts whose findings are kept.
    lint_s = _median_s(lambda: lint_text(_TEXT, lang=Language.EN))
    print(f"report taken in, durably:   {per_report_s * 1e3:8.1f} ms each, {_EVENTS} events")
    print(f"list of {_EVENTS} events:         {list_s * 1e3:8.1f} ms")
    print(f"brief of one event, linted: {brief_s * 1e3:8.1f} ms")
    print(f"linter:                     {len(_TEXT) / lint_s / 1e3:8.0f} thousand characters a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
