"""The seam: what every executor promises, whatever runs behind it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self, TypeVar, runtime_checkable

from mihari.errors import UsageError

__all__ = ["Executor"]

Item = TypeVar("Item")
Result = TypeVar("Result")

QUEUED_PER_WORKER = 2
"""Items handed out ahead of the results: enough that no worker waits, few enough that memory stays bounded."""


@runtime_checkable
class Executor(Protocol):
    """Runs one function over many items.

    Whatever the executor, `map` yields the results in the order of the items, each as soon as it and all before it
    are there; takes the items lazily, a few ahead of the results; raises what the function raised, at that item's
    place; and, when the iteration ends early (an error, Ctrl-C, a `break`), leaves nothing running behind.
    """

    @property
    def workers(self) -> int:
        """How many items run at the same time."""
        ...

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` for every item, in order.

        Parameters
        ----------
        function : callable of one argument
            For processes it must be importable by name (not a lambda or a local function).
        items : iterable
            May be endless: it is read only as far as results are taken.

        Raises
        ------
        Exception
            Whatever `function` raised.
        """
        ...

    def close(self) -> None:
        """End the workers. Closing twice is harmless."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def checked_workers(workers: int | None) -> int:
    """Return the number of workers: the given one, or one for every core this process may use."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise UsageError(f"{workers} workers cannot do anything", where="workers", remedy="give 1 or more")
    return workers


def windowed(submit: Callable[[Item], Future[Result]], items: Iterable[Item], *, window: int) -> Iterator[Result]:
    """Yield results in order with at most `window` items handed out; cancel what waits when the iteration ends."""
    source = iter(items)
    pending: deque[Future[Result]] = deque()
    try:
        for item in source:
            pending.append(submit(item))
            if len(pending) >= window:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
