"""Many readers and one writer at a time, in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from mihari.compute import ProcessExecutor
from mihari.errors import StoreBusyError, UsageError
from mihari.store import ELEMENT_SETS, Compaction, EmbeddedStore, StoreMode
from store_support import REAL, element_sets

BATCH = 200
BATCHES = 24


def _write(folder: Path) -> int:
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE, compaction=Compaction(fan_in=3)) as store:
        for number in range(1, BATCHES + 1):
            sets = element_sets(range(1, BATCH + 1), [number] * BATCH, seed=number, element_set_no=number)
            store.append_element_sets(sets, provenance=REAL, learned_tai_ns=1000 * number)
    return 0


def _read(folder: Path) -> int:
    """Ask until the last batch is there; return how many different states were seen."""
    states = set()
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        newest = 0
        while newest < BATCHES:
            latest = store.latest_element_sets(at_tai_ns=2**62).frame
            assert latest.height in (0, BATCH)
            assert latest["element_set_no"].n_unique() <= 1
            now = latest["element_set_no"][0] if latest.height else 0
            assert now >= newest, "what was visible is not any more"
            newest = now
            as_of = 1000 * newest
            then = store.latest_element_sets(at_tai_ns=2**62, as_of_tai_ns=as_of).frame
            assert then.equals(latest)
            assert len(store.history(7, as_of_tai_ns=as_of)) == newest
            assert store.records(ELEMENT_SETS).height % BATCH == 0
            states.add(newest)
    return len(states)


def _act(what: tuple[str, Path]) -> int:
    role, folder = what
    return _write(folder) if role == "write" else _read(folder)


def test_two_readers_work_while_one_writes_and_merges(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    EmbeddedStore.open(folder, mode=StoreMode.CREATE).close()
    with ProcessExecutor(3) as executor:
        *read, _ = executor.map(_act, [("read", folder), ("read", folder), ("write", folder)])
    assert min(read) > 3, f"the readers saw {read} states: they did not work beside the writer"


def _hold(folder: Path, held: Event, release: Event) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE) as store, store.transaction(learned_tai_ns=5) as t:
        t.append_element_sets(element_sets([1], [1]), provenance=REAL)
        held.set()
        release.wait(60)


def test_a_second_writer_is_told_who_holds_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        holder = context.Process(target=_hold, args=(folder, held, release))
        holder.start()
        try:
            assert held.wait(60)
            before = time.monotonic()
            with (
                pytest.raises(StoreBusyError, match=f"process {holder.pid}"),
                store.transaction(learned_tai_ns=6, wait_s=0.2),
            ):
                raise AssertionError("two writers at once")
            assert time.monotonic() - before >= 0.2
            assert store.counts(ELEMENT_SETS) == {}
        finally:
            release.set()
            holder.join()
        assert len(store.history(1)) == 1
        store.append_element_sets(element_sets([2], [1]), provenance=REAL, learned_tai_ns=7)
        assert (folder / "writer.lock").read_text() == f"{os.getpid()}\n"


def test_two_stores_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    first = EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE)
    second = EmbeddedStore.open(tmp_path / "store", mode=StoreMode.WRITE)
    with first, second, first.transaction(learned_tai_ns=1), pytest.raises(StoreBusyError):
        second.append_element_sets(element_sets([1], [1]), provenance=REAL, learned_tai_ns=2)


def test_a_store_open_for_reading_does_not_write(tmp_path: Path) -> None:
    EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE).close()
    reader = EmbeddedStore.open(tmp_path / "store", mode=StoreMode.READ)
    with reader, pytest.raises(UsageError, match="reading only"):
        reader.append_element_sets(element_sets([1], [1]), provenance=REAL, learned_tai_ns=1)
