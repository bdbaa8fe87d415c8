"""Fifteen hundred messages a day for thirty days: no event is lost, none is told twice."""

from __future__ import annotations

import resource
import statistics
from pathlib import Path

import pytest

from assessment_load import run_load


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_thirty_days_of_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = run_load(tmp_path, days=30, events_a_day=188, seed=11)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with capsys.disabled():
        median_ms, worst_ms = statistics.median(tally.latency_s) * 1e3, max(tally.latency_s[1:]) * 1e3
        print(f"\n{tally.distinct_messages:,} messages, peak {peak_mib:,.0f} MiB")
        print(f"{median_ms:.0f} ms a message (median of the batches), {worst_ms:.0f} ms in the worst after the first")
    assert tally.distinct_messages >= 30 * 1_500
    assert tally.events == tally.true_events == tally.table.height
    assert tally.accepted == tally.distinct_messages == tally.table["updates"].sum()
    assert tally.duplicates == tally.duplicates_sent > 1_000
    assert tally.late > 500
