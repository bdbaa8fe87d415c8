"""One suite for every Executor: order, streaming, laziness, errors, and that nothing runs on."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mihari.compute import Executor, ProcessExecutor, SerialExecutor, ThreadExecutor
from mihari.errors import UsageError


def square(number: int) -> int:
    return number * number


def slow_first(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0.0)
    return number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return number


def mark_then_sleep(folder: str) -> str:
    path = Path(folder) / f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
    path.touch()
    time.sleep(0.3)
    path.with_suffix(".done").touch()
    return str(path)


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture(params=["serial", "threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    made: Executor
    match request.param:
        case "serial":
            made = SerialExecutor()
        case "threads":
            made = ThreadExecutor(2)
        case _:
            made = ProcessExecutor(2)
    with made:
        yield made


def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    assert isinstance(executor, Executor)
    assert executor.workers in (1, 2)
    assert list(executor.map(square, range(50))) == [n * n for n in range(50)]
    assert list(executor.map(slow_first, range(6))) == list(range(6))
    assert list(executor.map(square, [])) == []


def test_items_are_taken_lazily(executor: Executor) -> None:
    taken = itertools.count()
    results = executor.map(square, taken)
    assert [next(results) for _ in range(10)] == [n * n for n in range(10)]
    results.close()  # type: ignore[attr-defined]
    assert next(taken) <= 10 + 2 * executor.workers + 1


def test_an_error_comes_at_its_place_and_the_executor_lives_on(executor: Executor) -> None:
    results = executor.map(fail_at_three, range(10))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)
    assert list(executor.map(square, range(4))) == [0, 1, 4, 9]


def test_ending_early_leaves_nothing_running(executor: Executor, tmp_path: Path) -> None:
    results = executor.map(mark_then_sleep, [str(tmp_path)] * 50)
    next(results)
    results.close()  # type: ignore[attr-defined]
    begun = len([p for p in tmp_path.iterdir() if p.suffix != ".done"])
    assert begun < 10
    finished = len(list(tmp_path.glob("*.done")))
    time.sleep(0.5)
    assert len([p for p in tmp_path.iterdir() if p.suffix != ".done"]) == begun
    assert len(list(tmp_path.glob("*.done"))) == finished


def test_closing_twice_is_harmless(executor: Executor) -> None:
    list(executor.map(square, range(3)))
    executor.close()
    executor.close()


def test_processes_are_spawned_and_a_dead_one_is_an_error() -> None:
    with ProcessExecutor(2) as executor:
        with pytest.raises(Exception, match="terminated abruptly"):
            list(executor.map(die, range(4)))
        assert list(executor.map(square, range(4))) == [0, 1, 4, 9]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("kind", [ThreadExecutor, ProcessExecutor])
def test_no_workers_is_refused(kind: type[ThreadExecutor] | type[ProcessExecutor]) -> None:
    with pytest.raises(UsageError, match="0 workers"):
        kind(0)
    assert kind().workers >= 1


SCRIPT = """
import sys, time
from mihari.compute import {name}

def work(n):
    time.sleep(0.1)
    return n

if __name__ == "__main__":
    with {name}(2) as executor:
        for result in executor.map(work, range(10_000)):
            print(result, flush=True)
"""


def _group_is_empty(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", ["ThreadExecutor", "ProcessExecutor"])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_and_death_leave_no_process(name: str, sent: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "work.py"
    script.write_text(textwrap.dedent(SCRIPT.format(name=name)))
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        # Ctrl-C reaches the whole group, as in a terminal; a kill reaches the parent alone.
        if sent is signal.SIGINT:
            os.killpg(process.pid, sent)
        else:
            process.kill()
        _, said = process.communicate(timeout=20)
        assert process.returncode != 0
        assert _group_is_empty(process.pid)
        assert said.count("Traceback") <= 1
