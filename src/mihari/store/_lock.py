"""One writer at a time, across processes, and released by the system when the writer dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final, final

from mihari.errors import StoreBusyError
from mihari.store._files import explained

__all__ = ["WriterLock"]

_POLL_S: Final = 0.02


@final
class WriterLock:
    """An exclusive lock on a file that says who holds it.

    The lock belongs to this object's open file, so two stores in one process exclude each other as two processes do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait_s: float) -> None:
        """Take the lock, waiting at most `wait_s` for another writer.

        Raises
        ------
        StoreBusyError
            Another writer holds the store; the message says which process.
        StoreAccessError
            The folder cannot be written.
        """
        with explained(doing="taking the writer's lock", path=self._path):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(_POLL_S)
                    continue
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise StoreBusyError(
                    f"another writer holds the store (process {holder or 'unknown'})",
                    where=self._path.parent,
                    remedy="wait until it has finished, or stop it; readers are not affected",
                ) from None
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor = descriptor
        try:
            with explained(doing="taking the writer's lock", path=self._path):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_held(self) -> bool:
        """Say whether somebody holds the lock at this moment; needs no right to write."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False
