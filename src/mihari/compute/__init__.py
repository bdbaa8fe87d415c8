"""Where work runs: in this thread, in threads, in processes. One door, `Executor`, for all of it."""

from __future__ import annotations

from mihari.compute._executor import Executor
from mihari.compute._processes import ProcessExecutor
from mihari.compute._serial import SerialExecutor
from mihari.compute._threads import ThreadExecutor

__all__ = ["Executor", "ProcessExecutor", "SerialExecutor", "ThreadExecutor"]
