"""Answers that are made once: whoever asks meanwhile waits for the same one, and the last ones are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast, final

__all__ = ["AnswerMemory"]

Answer = TypeVar("Answer")


@final
class AnswerMemory:
    """The last answers by their keys; safe to use from several threads.

    A key must name everything that the answer depends on: an answer under a key never changes. Errors are told to all
    who wait and are not kept.

    Parameters
    ----------
    most : int
        Answers kept; who was not asked for the longest leaves first.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def answer(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer under a key, made by whoever asks first.

        `make` may ask for other keys, never for its own.
        """
        with self._lock:
            promised = self._answers.get(key)
            if promised is not None:
                self._answers.move_to_end(key)
        if promised is not None:
            return cast(Answer, promised.result())
        return self._made(key, make)

    def _made(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        ours: Future[Any] = Future()
        with self._lock:
            promised = self._answers.setdefault(key, ours)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        if promised is not ours:
            return cast(Answer, promised.result())
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                if self._answers.get(key) is ours:
                    del self._answers[key]
            ours.set_exception(error)
            raise
        ours.set_result(made)
        return made
