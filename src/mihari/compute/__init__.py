"""Where work runs: in this thread, in threads, in processes, by the one door `Executor`; and that it runs once."""

from __future__ import annotations

from mihari.compute._executor import Executor
from mihari.compute._memory import AnswerMemory
from mihari.compute._processes import ProcessExecutor
from mihari.compute._serial import SerialExecutor
from mihari.compute._threads import ThreadExecutor

__all__ = ["AnswerMemory", "Executor", "ProcessExecutor", "SerialExecutor", "ThreadExecutor"]
