"""Work in processes of their own: for code that holds the GIL, and to keep one item's memory apart."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import TracebackType
from typing import Any, Self, TypeVar, final

from mihari.compute._executor import QUEUED_PER_WORKER, checked_workers, windowed

__all__ = ["ProcessExecutor"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@final
class ProcessExecutor:
    """Runs items in processes that are spawned, never forked: Polars and Numba hold threads, which a fork breaks.

    The processes start with the first `map` and are kept for the next. When an iteration ends early they are killed
    and the next `map` starts new ones; when this process dies, they end by themselves. A script that uses this
    executor needs the usual ``if __name__ == "__main__":``, because a spawned process imports it.

    Parameters
    ----------
    workers : int, optional
        Number of processes; one for every core this process may use when left out.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = checked_workers(workers)
        self._context = _KnowingItsChildren()
        self._pool: ProcessPoolExecutor | None = None

    @property
    def workers(self) -> int:
        """Number of processes."""
        return self._workers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` for every item, in order; see `Executor.map`."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=self._context, initializer=_begin_worker)
        pool = self._pool

        def submit(item: Item) -> Future[Result]:
            return pool.submit(function, item)

        try:
            yield from windowed(submit, items, window=QUEUED_PER_WORKER * self._workers)
        except BaseException:
            self._kill()
            raise

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
            self._context.children.clear()

    def _kill(self) -> None:
        for process in self._context.children:
            process.kill()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._kill()


class _KnowingItsChildren(SpawnContext):
    """A spawn context that keeps the processes it made, so that they can be killed."""

    def __init__(self) -> None:
        super().__init__()
        self.children: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        process = SpawnProcess(*args, **kwargs)
        self.children.append(process)
        return process


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="mihari-end-with-parent").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
