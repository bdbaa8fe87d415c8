"""Work on what is posted: apart from the threads that answer everything else, few at once, few more waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Final, TypeVar, final

from fastapi import HTTPException, Request

from mihari.server._bodies import read_body

__all__ = ["BoundedWork"]

Result = TypeVar("Result")

_RETRY_AFTER_S: Final = 5


@final
class BoundedWork:
    """A bounded number of threads and of places; who finds no place is told at once to ask again.

    A place is taken before the body is read and given back when the work has ended, so that the bodies in memory are
    bounded as well as the work.

    Parameters
    ----------
    workers : int
        Threads.
    places : int
        Requests that are read, wait or are worked on at once.
    """

    def __init__(self, *, workers: int, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="mihari-posted")

    async def on_body(self, request: Request, work: Callable[[bytes], Result]) -> Result:
        """Read the body of a request and work on it in a thread.

        Raises
        ------
        HTTPException
            503 with Retry-After when every place is taken; 408 and 413 as `read_body` says.
        UsageError
            The body is empty or a form.
        """
        if not self._places.acquire(blocking=False):
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "as many messages as this node takes at once are being worked on; ask again",
                headers={"Retry-After": str(_RETRY_AFTER_S)},
            )
        try:
            body = await read_body(request)
            working = self._threads.submit(work, body)
        except BaseException:
            self._places.release()
            raise
        # The place is free when the work ends, not when whoever asked has gone away.
        working.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(working)
