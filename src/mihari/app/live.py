"""The living node: files that arrive are taken in, and the screening runs again, while the server answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from mihari.app.node import Node
from mihari.compute import Executor
from mihari.errors import MihariError, NotFoundError
from mihari.model.provenance import DataMode

if TYPE_CHECKING:
    from mihari.conjunction.screening import Volume

__all__ = ["LiveNode"]

_POLL_S: Final = 2.0
_Stamp = tuple[int, int]


@final
class LiveNode:
    """Two loops beside the server: one watches a folder, one screens again.

    Parameters
    ----------
    node : Node
        Over a record store; the writer's lock is held only while a file or run is being stored.
    watch : Path, optional
        Folder whose files are taken in once they have stopped growing.
    rescreen_s : float
        Time between screenings, s.
    span_s, volume, mode, executor
        As in `Node.screen`.
    log : callable
        Told in one line what happened.
    """

    def __init__(
        self,
        node: Node,
        *,
        watch: Path | None,
        rescreen_s: float,
        span_s: float,
        volume: Volume,
        mode: DataMode | None,
        executor: Executor,
        log: Callable[[str], None],
    ) -> None:
        if watch is not None and not watch.is_dir():
            raise NotFoundError("is not a folder", where=f"--watch {watch}", remedy="make it or name another one")
        self._node = node
        self._watch = watch
        self._rescreen_s = rescreen_s
        self._span_s = span_s
        self._volume = volume
        self._mode = mode
        self._executor = executor
        self._log = log
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._settling: dict[Path, _Stamp] = {}
        self._done: dict[Path, _Stamp] = {}

    def start(self) -> None:
        """Start both loops."""
        loops: list[Callable[[], None]] = [self._screen_loop]
        if self._watch is not None:
            loops.append(self._watch_loop)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop both loops; a screening under way is abandoned, nothing half-done is kept."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=_POLL_S)

    def take_in_arrivals(self) -> int:
        """Look at the watched folder once and take in what has stopped growing; return how many files."""
        assert self._watch is not None
        taken = 0
        for path in sorted(self._watch.iterdir()):
            if not path.is_file() or path.name.startswith("."):
                continue
            status = path.stat()
            stamp = (status.st_size, status.st_mtime_ns)
            if self._done.get(path) == stamp:
                continue
            if self._settling.get(path) != stamp:
                self._settling[path] = stamp
                continue
            self._done[path] = stamp
            self._settling.pop(path, None)
            taken += self._take_in(path)
        return taken

    def _take_in(self, path: Path) -> int:
        try:
            summary = self._node.ingest(path)
        except MihariError as error:
            self._log(f"{path.name}: not taken in: {error.line()}")
            return 0
        self._log(
            f"{path.name}: {summary.accepted} accepted, {summary.duplicates} duplicates, "
            f"{summary.superseded} superseded, {len(summary.rejected)} rejected"
        )
        return 1

    def _watch_loop(self) -> None:
        while not self._stop.wait(_POLL_S):
            try:
                self.take_in_arrivals()
            except OSError as error:
                self._log(f"{self._watch}: {error.strerror or error}")

    def _screen_loop(self) -> None:
        while not self._stop.wait(self._rescreen_s):
            try:
                answer = self._node.screen(
                    span_s=self._span_s,
                    volume=self._volume,
                    mode=self._mode,
                    executor=self._executor,
                    progress=self._abandon_when_stopped,
                )
                if self._stop.is_set():
                    return
                run_id = self._node.keep_run(answer.result)
            except _StoppedError:
                return
            except MihariError as error:
                self._log(f"screening failed, the last one stays: {error.line()}")
            else:
                self._log(f"screened again: {answer.result.conjunctions.height:,} close approaches, run {run_id}")

    def _abandon_when_stopped(self, _fraction: float) -> None:
        if self._stop.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The node is being stopped."""
