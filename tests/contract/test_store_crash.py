"""`kill -9` at any moment: no acknowledged record is lost, no partial one is visible, the doctor finds nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mihari.store import ELEMENT_SETS, EmbeddedStore, StoreMode, Treatment, examine
from store_crash_child import BATCH_RECORDS, COMPACTION, append_batch, batches_found

TESTS = Path(__file__).resolve().parents[1]
KILLED = -signal.SIGKILL


class Ingest:
    """An ingest in another process that can be killed and begun again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "store"
        self._acks = folder / "acks"
        self._process = subprocess.Popen(
            [sys.executable, str(TESTS / "store_crash_child.py"), str(self.folder), str(self._acks)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))},
        )

    def killed(self, first: int, *, after_s: float = 0.0, before_call: int = 0) -> None:
        """Begin at batch `first`, and kill after some time or let it kill itself before a file operation."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{first} {before_call}\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        assert self._process.stdout.readline() == "ready\n"
        if not before_call:
            time.sleep(after_s)
            os.kill(pid, signal.SIGKILL)
        assert int(self._process.stdout.readline()) == KILLED

    def acknowledged(self) -> int:
        """Return how many batches were acknowledged: they are numbered from 0."""
        numbers = [int(line) for line in self._acks.read_text().split()] if self._acks.exists() else []
        assert numbers == sorted(set(numbers))
        return numbers[-1] + 1 if numbers else 0

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[Ingest]:
    made = Ingest(tmp_path)
    yield made
    made.close()


def _verified(ingest: Ingest, *, before: int = 0) -> int:
    """Return how many batches are there, having checked that all acknowledged are, and at most one more.

    `before` batches were there before the kill, acknowledged or not.
    """
    if not (ingest.folder / "manifest.sqlite").exists():
        assert ingest.acknowledged() == 0
        return 0
    with EmbeddedStore.open(ingest.folder, mode=StoreMode.READ) as store:
        found = batches_found(store)
    assert found == list(range(len(found)))
    promised = max(before, ingest.acknowledged())
    assert promised <= len(found) <= promised + 1
    return len(found)


def _survives_the_doctor(ingest: Ingest, batches: int) -> None:
    looked = examine(ingest.folder, treatment=Treatment.EXAMINE)
    report = examine(ingest.folder, compaction=COMPACTION)
    assert report.faults == ()
    assert (report.records, report.objects) == (batches * BATCH_RECORDS, BATCH_RECORDS if batches else 0)
    assert len(looked.faults) <= len(report.mended)
    assert list((ingest.folder / "staging").iterdir()) == []
    again = examine(ingest.folder, compaction=COMPACTION)
    assert (again.faults, again.mended) == ((), ())
    assert _verified(ingest, before=batches) == batches


def _kill_at_random_moments(ingest: Ingest, *, kills: int, seed: int) -> None:
    moment = random.Random(seed)
    batches, progressed = 0, 0
    for _ in range(kills):
        ingest.killed(batches, after_s=moment.uniform(0.0, 0.4))
        before, batches = batches, _verified(ingest, before=batches)
        progressed += batches > before
    assert progressed > kills // 4, "most kills came before the first commit: they test nothing"
    _survives_the_doctor(ingest, batches)
    with EmbeddedStore.open(ingest.folder, mode=StoreMode.WRITE) as store:
        append_batch(store, batches)
        assert store.counts(ELEMENT_SETS).popitem()[1] == (batches + 1) * BATCH_RECORDS


def test_killed_at_some_random_moments(ingest: Ingest) -> None:
    _kill_at_random_moments(ingest, kills=12, seed=20090210)


@pytest.mark.slow
def test_killed_at_many_random_moments(ingest: Ingest) -> None:
    _kill_at_random_moments(ingest, kills=240, seed=1)


def test_killed_before_each_durable_operation_of_ingest_and_merge(ingest: Ingest) -> None:
    # One transaction has 17 of them, and every fourth merges four kinds of segments after it.
    batches = 0
    for call in (*range(1, 18), 25, 40, 60, 62, 64, 66, 68, 70, 75, 80, 85):
        ingest.killed(batches, before_call=call)
        batches = _verified(ingest, before=batches)
    assert batches >= 10
    _survives_the_doctor(ingest, batches)


def test_a_writer_killed_in_a_transaction_does_not_block_the_next(ingest: Ingest) -> None:
    ingest.killed(0, before_call=30)
    with EmbeddedStore.open(ingest.folder, mode=StoreMode.WRITE) as store:
        append_batch(store, ingest.acknowledged() + 1)
