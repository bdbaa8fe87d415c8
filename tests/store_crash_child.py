"""An ingest to be killed: appends numbered batches and acknowledges each, as long as it lives.

``python store_crash_child.py STORE ACKS`` waits for lines ``FIRST CALL`` on standard input. For each it forks a child
that appends the batches FIRST, FIRST + 1, ... and writes their numbers to ACKS; the fork happens before Polars has any
thread. With CALL > 0 the child kills itself just before its CALL-th durable file operation, else somebody else does.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mihari.model.orbit import ElementSets
from mihari.store import CONJUNCTIONS, ELEMENT_SETS, Compaction, EmbeddedStore, StoreMode
from mihari.store._kernels import match_known
from store_support import REAL, element_sets, screening, space_objects

BATCH_RECORDS = 150
CONJUNCTIONS_EACH = 3
COMPACTION = Compaction(fan_in=4)


def append_batch(store: EmbeddedStore, number: int) -> None:
    """Append one batch of every kind in one transaction: element sets in two parts, an object, a run."""
    sets = element_sets(range(1, BATCH_RECORDS + 1), [number] * BATCH_RECORDS, seed=number, element_set_no=number).frame
    with store.transaction(learned_tai_ns=1000 * number) as t:
        t.append_element_sets(ElementSets(sets[: BATCH_RECORDS // 2]), provenance=REAL)
        t.append_element_sets(ElementSets(sets[BATCH_RECORDS // 2 :]), provenance=REAL)
        t.append_objects(space_objects([{"norad_cat_id": number + 1, "object_name": "N"}]), provenance=REAL)
        t.save_run(screening(CONJUNCTIONS_EACH, seed=number))


def batches_found(store: EmbeddedStore) -> list[int]:
    """Return the numbers of the batches that are there; raise AssertionError when one is there in part."""
    counted = store.records(ELEMENT_SETS).group_by("element_set_no").len().sort("element_set_no")
    numbers = counted["element_set_no"].to_list()
    assert set(counted["len"]) <= {BATCH_RECORDS}, counted
    assert store.objects().frame["norad_cat_id"].to_list() == [number + 1 for number in numbers]
    assert store.runs()["coverage_json"].str.json_path_match("$.catalogue_version").to_list() == [
        f"sha256:{number}" for number in numbers
    ]
    runs = store.records(CONJUNCTIONS).group_by("run_id").len()
    assert runs.height == len(numbers)
    assert set(runs["len"]) <= {CONJUNCTIONS_EACH}
    newest = store.latest_element_sets(at_tai_ns=2**62).frame
    assert newest["element_set_no"].to_list() == [max(numbers)] * BATCH_RECORDS if numbers else not newest.height
    return numbers


def _die_before_call(number: int) -> None:
    calls = itertools.count(1)

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args)

        return call

    os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)


def _say(word: object) -> None:
    os.write(1, f"{word}\n".encode())  # one write: child and parent share the pipe


def _load_kernels() -> None:
    """Load compiled code before the fork, so that a child spends its short life on writing."""
    ids, epochs = np.array([1], dtype=np.int32), np.array([1])
    starts, numbers = np.array([0, 1]), np.zeros((1, 9))
    match_known(
        ids,
        starts,
        epochs,
        numbers,
        np.zeros(1, np.int32),
        np.ones(1, np.bool_),
        ids,
        epochs,
        numbers[:, :7].copy(),
        np.zeros(1, np.bool_),
        epochs.copy(),
    )


def _ingest(folder: Path, acks: int, first: int, call: int) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE, compaction=COMPACTION) as store:
        if call:
            _die_before_call(call)
        _say("ready")
        for number in itertools.count(first):
            append_batch(store, number)
            os.write(acks, f"{number}\n".encode())


def main() -> None:
    folder, acks = Path(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    _load_kernels()
    for line in sys.stdin:
        first, call = map(int, line.split())
        pid = os.fork()
        if not pid:
            try:
                _say(os.getpid())
                _ingest(folder, acks, first, call)
            finally:
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
