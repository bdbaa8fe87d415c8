"""Work in threads of this process: for kernels that release the GIL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self, TypeVar, final

from mihari.compute._executor import QUEUED_PER_WORKER, checked_workers, windowed

__all__ = ["ThreadExecutor"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@final
class ThreadExecutor:
    """Runs items in threads; worth it where the function spends its time in code that releases the GIL.

    A thread cannot be stopped from outside, so when the iteration ends early the items already begun are waited for.

    Parameters
    ----------
    workers : int, optional
        Number of threads; one for every core this process may use when left out.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = checked_workers(workers)
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="mihari-compute")

    @property
    def workers(self) -> int:
        """Number of threads."""
        return self._workers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` for every item, in order; see `Executor.map`."""
        begun: set[Future[Result]] = set()

        def submit(item: Item) -> Future[Result]:
            future = self._pool.submit(function, item)
            begun.add(future)
            future.add_done_callback(begun.discard)
            return future

        try:
            yield from windowed(submit, items, window=QUEUED_PER_WORKER * self._workers)
        finally:
            wait(list(begun))

    def close(self) -> None:
        """Wait for what runs and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
