"""The living node: files that arrive are taken in once they have stopped growing; a bad one stops nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import mihari
from mihari.app.live import LiveNode
from mihari.app.node import Node
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume
from mihari.errors import NotFoundError
from tests_support import make_tle


def _live(node: Node, watch: Path, log: list[str]) -> LiveNode:
    return LiveNode(
        node,
        watch=watch,
        rescreen_s=3600.0,
        span_s=600.0,
        volume=Volume.sphere(5000.0),
        mode=None,
        executor=SerialExecutor(),
        log=log.append,
    )


def test_arrivals_are_taken_in_when_they_stop_growing(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    node = mihari.open(tmp_path / "store")
    log: list[str] = []
    live = _live(node, inbox, log)
    file = inbox / "a.tle"
    file.write_text(make_tle(norad_cat_id=70001, name="FIRST"))
    assert live.take_in_arrivals() == 0, "seen for the first time: it may still grow"
    file.write_text(make_tle(norad_cat_id=70001, name="FIRST") + make_tle(norad_cat_id=70002, name="SECOND"))
    assert live.take_in_arrivals() == 0, "it grew"
    assert live.take_in_arrivals() == 1
    assert live.take_in_arrivals() == 0, "taken in once"
    assert "2 accepted" in log[0]
    assert len(node.picture().picture) == 2


def test_a_bad_arrival_is_named_and_stops_nothing(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    node = mihari.open(tmp_path / "store")
    log: list[str] = []
    live = _live(node, inbox, log)
    (inbox / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (inbox / "good.tle").write_text(make_tle(norad_cat_id=70001, name="FIRST"))
    live.take_in_arrivals()
    assert live.take_in_arrivals() == 1
    assert any("bad.png" in line and "not taken in" in line for line in log)
    assert len(node.picture().picture) == 1
    assert live.take_in_arrivals() == 0


def test_a_watched_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    node = mihari.open(tmp_path / "store")
    with pytest.raises(NotFoundError, match="--watch"):
        _live(node, tmp_path / "absent", [])
    shutil.rmtree(tmp_path / "store")


def test_screening_runs_again_and_is_kept(tmp_path: Path) -> None:
    import time

    node = mihari.open(tmp_path / "store")
    file = tmp_path / "two.tle"
    file.write_text(
        make_tle(norad_cat_id=70001, name="A") + make_tle(norad_cat_id=70002, name="B", mean_anomaly_deg=310.01)
    )
    node.ingest(file)
    log: list[str] = []
    live = LiveNode(
        node,
        watch=None,
        rescreen_s=0.05,
        span_s=600.0,
        volume=Volume.sphere(5000.0),
        mode=None,
        executor=SerialExecutor(),
        log=log.append,
    )
    live.start()
    until = time.monotonic() + 60.0
    while not node.runs().height and time.monotonic() < until:
        time.sleep(0.05)
    live.stop()
    assert "screened again" in log[0]
    kept = node.run(node.runs()["run_id"][0])
    assert kept.result.coverage.objects_screened == 2
