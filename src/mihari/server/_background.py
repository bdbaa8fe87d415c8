"""Work that takes longer than a question may wait: the same question is asked again until it is done."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, final

from fastapi import HTTPException

__all__ = ["BackgroundWork", "Progress", "Work"]

_RETRY_AFTER_S: Final = 10
_KEPT: Final = 8

Work = Callable[[Callable[[float], None]], dict[str, Any]]
"""Is given whom to tell the fraction done; returns a document."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is; the document once it is done."""

    fraction: float
    document: dict[str, Any] | None


@dataclass(slots=True)
class _Piece:
    future: Future[dict[str, Any]]
    begun_tai_ns: int
    fraction: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, fraction: float) -> None:
        with self.lock:
            self.fraction = max(self.fraction, min(1.0, fraction))


@final
class BackgroundWork:
    """One piece of work at a time, few more waiting, and the last few answers for a while.

    The same question is worked on once however often it is asked. A failure is told once and then forgotten.

    Parameters
    ----------
    waiting : int
        Pieces that may wait while one is worked on.
    kept_ns : int
        So long an answer stays, from when it was asked for first.
    of : str
        What is worked on, for those who are told to ask again.
    """

    def __init__(self, *, waiting: int, kept_ns: int, of: str) -> None:
        self._of = of
        self._waiting = waiting
        self._kept_ns = kept_ns
        self._lock = threading.Lock()
        self._pieces: OrderedDict[Hashable, _Piece] = OrderedDict()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="mihari-background")

    def ask(self, question: Hashable, prepare: Callable[[], Work], *, now_tai_ns: int) -> Progress:
        """Begin the work, or tell how far it is; only what is begun is prepared.

        Raises
        ------
        HTTPException
            503 with Retry-After when too many pieces wait already.
        Exception
            What preparing or the work raised.
        """
        with self._lock:
            self._forget(now_tai_ns)
            piece = self._pieces.get(question)
            if piece is None:
                piece = self._begin(question, prepare, now_tai_ns)
            if not piece.future.done():
                return Progress(piece.fraction, None)
            if piece.future.exception() is not None:
                del self._pieces[question]
        return Progress(1.0, piece.future.result())

    def _begin(self, question: Hashable, prepare: Callable[[], Work], now_tai_ns: int) -> _Piece:
        if sum(not each.future.done() for each in self._pieces.values()) > self._waiting:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"the node works on as many {self._of} as it takes at once; ask again",
                headers={"Retry-After": str(_RETRY_AFTER_S)},
            )
        work = prepare()
        piece = _Piece(Future(), now_tai_ns)
        piece.future = self._threads.submit(work, piece.tell)
        self._pieces[question] = piece
        return piece

    def _forget(self, now_tai_ns: int) -> None:
        done = [key for key, each in self._pieces.items() if each.future.done()]
        for place, key in enumerate(done):
            if len(done) - place > _KEPT or now_tai_ns - self._pieces[key].begun_tai_ns > self._kept_ns:
                del self._pieces[key]
