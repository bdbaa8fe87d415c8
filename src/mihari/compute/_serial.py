"""Work in the calling thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar, final

__all__ = ["SerialExecutor"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@final
class SerialExecutor:
    """Runs every item in the calling thread, when its result is asked for."""

    @property
    def workers(self) -> int:
        """One."""
        return 1

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` for every item, in order; see `Executor.map`."""
        for item in items:
            yield function(item)

    def close(self) -> None:
        """Do nothing: there are no workers to end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
