"""The politeness ledger: limits in every sliding window, over restarts, processes and a clock set back."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.app.fetch import NotYetError, Source, celestrak_group
from mihari.app.fetch._ledger import Ledger
from mihari.errors import SourceError

S_NS = 10**9
START_TAI_NS = 1_800_000_000 * S_NS


@settings(max_examples=8, deadline=None)
@given(waits_s=st.lists(st.floats(0.0, 40.0), min_size=320, max_size=360), scale=st.sampled_from([0.01, 0.2, 1.0]))
def test_no_window_ever_holds_more_than_the_limit(tmp_path_factory, waits_s: list[float], scale: float) -> None:
    now = START_TAI_NS
    folder = tmp_path_factory.mktemp("ledger")
    granted: list[int] = []
    ledger = Ledger(folder, clock=lambda: now)
    for wait_s in waits_s:
        now += round(wait_s * scale * S_NS)
        while wait_ns := ledger.take_turn(Source.CELESTRAK):
            now += wait_ns
        granted.append(now)
    for window_s, limit in ((60, 30), (3600, 300)):
        for first, later in zip(granted, granted[limit:], strict=False):
            assert later - first >= window_s * S_NS


def test_the_wait_told_is_exact(tmp_path: Path) -> None:
    now = START_TAI_NS
    for _ in range(30):
        assert Ledger(tmp_path, clock=lambda: now).take_turn(Source.CELESTRAK) == 0
    now += 17 * S_NS
    assert Ledger(tmp_path, clock=lambda: now).take_turn(Source.CELESTRAK) == 43 * S_NS
    assert Ledger(tmp_path, clock=lambda: now).take_turn(Source.SPACE_TRACK) == 0
    now += 43 * S_NS
    assert Ledger(tmp_path, clock=lambda: now).take_turn(Source.CELESTRAK) == 0


def _take_turns(folder: str, tries: int, granted) -> None:  # runs in another process
    ledger = Ledger(Path(folder), clock=lambda: START_TAI_NS)
    mine = sum(ledger.take_turn(Source.CELESTRAK) == 0 for _ in range(tries))
    with granted.get_lock():
        granted.value += mine


def test_processes_share_one_limit(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    granted = context.Value("i", 0)
    workers = [context.Process(target=_take_turns, args=(str(tmp_path), 20, granted)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert granted.value == 30


def test_a_question_is_written_down_before_it_is_put(tmp_path: Path) -> None:
    request = celestrak_group("active")
    Ledger(tmp_path, clock=lambda: START_TAI_NS).reserve_question(request)
    # ... the process is killed here, and another one comes.
    with pytest.raises(NotYetError) as caught:
        Ledger(tmp_path, clock=lambda: START_TAI_NS + S_NS).reserve_question(request)
    assert caught.value.ask_again_tai_ns == START_TAI_NS + 7200 * S_NS


def test_a_clock_set_back_neither_opens_the_gate_nor_locks_us_out(tmp_path: Path) -> None:
    request = celestrak_group("active")
    year_ns = 365 * 86_400 * S_NS
    ahead = Ledger(tmp_path, clock=lambda: START_TAI_NS + year_ns)
    ahead.reserve_question(request)
    ahead.pause(Source.SPACE_TRACK, wait_s=100.0, reason="it said so")
    for _ in range(30):
        ahead.take_turn(Source.CELESTRAK)

    now = START_TAI_NS
    ledger = Ledger(tmp_path, clock=lambda: now)
    with pytest.raises(NotYetError) as caught:
        ledger.reserve_question(request)
    assert caught.value.ask_again_tai_ns == START_TAI_NS + 7200 * S_NS
    assert ledger.take_turn(Source.CELESTRAK) == 60 * S_NS
    with pytest.raises(NotYetError):
        ledger.take_turn(Source.SPACE_TRACK)
    now += 7200 * S_NS
    ledger.reserve_question(request)
    assert ledger.take_turn(Source.CELESTRAK) == 0
    assert ledger.take_turn(Source.SPACE_TRACK) == 0


def test_a_pause_is_never_shortened(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, clock=lambda: START_TAI_NS)
    ledger.pause(Source.CELESTRAK, wait_s=7200.0, reason="it refused")
    ledger.pause(Source.CELESTRAK, wait_s=10.0, reason="it was busy")
    with pytest.raises(NotYetError) as caught:
        ledger.take_turn(Source.CELESTRAK)
    assert caught.value.ask_again_tai_ns == START_TAI_NS + 7200 * S_NS


def test_the_moment_told_is_never_too_early(tmp_path: Path) -> None:
    told = str(NotYetError("x", ask_again_tai_ns=START_TAI_NS + 1))
    exact = str(NotYetError("x", ask_again_tai_ns=START_TAI_NS + S_NS))
    assert told == exact


def test_a_damaged_ledger_stops_the_asking(tmp_path: Path) -> None:
    (tmp_path / "fetch.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(SourceError, match="wait two hours"):
        Ledger(tmp_path, clock=lambda: START_TAI_NS).take_turn(Source.CELESTRAK)


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, clock=lambda: START_TAI_NS)
    ledger.take_turn(Source.CELESTRAK)
    with sqlite3.connect(tmp_path / "fetch.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SourceError, match="newer version"):
        ledger.take_turn(Source.CELESTRAK)


def test_a_state_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(SourceError, match="the fetch state cannot be kept"):
        Ledger(tmp_path / "state", clock=time.time_ns)
