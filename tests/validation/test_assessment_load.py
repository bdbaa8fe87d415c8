"""Fifteen hundred messages a day for thirty days: no event is lost, none is told twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment_load import run_load


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_thirty_days_of_messages(tmp_path: Path) -> None:
    tally = run_load(tmp_path, days=30, events_a_day=188, seed=11)
    assert tally.distinct_messages >= 30 * 1_500
    assert tally.events == tally.true_events == tally.table.height
    assert tally.accepted == tally.distinct_messages == tally.table["updates"].sum()
    assert tally.duplicates == tally.duplicates_sent > 1_000
    assert tally.late > 500
