"""The append-only log of a node in a folder: one line for each thing done, in the order in which it was done.

::

    audit/log.jsonl        the lines
    audit/roots.jsonl      signed roots, with the signatures of witnesses
    audit/torn/            ends of lines that a crash cut off, byte for byte; each is told by an entry of the log
    audit/lock             held while a line is written

A line is durable before `append` returns. Whoever is killed while writing leaves at most a line without its end: the
next writer sets the bytes aside and says so in the log; readers never take it for a line.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, final

from mihari.errors import FormatError, InputError, StoreError
from mihari.release.audit._lines import GENESIS, MOST_BYTES, LogLine, make_line, read_line
from mihari.release.audit._merkle import consistency_path, inclusion_path, tree_root

__all__ = ["LOG_NAME", "ROOTS_NAME", "TORN_KIND", "AuditLog"]

LOG_NAME: Final = "log.jsonl"
ROOTS_NAME: Final = "roots.jsonl"
TORN_KIND: Final = "audit.torn-line"
_BLOCK: Final = 1 << 16


@final
class AuditLog:
    """An audit log over a folder, which is made when the first entry is written.

    Objects may be shared by threads and folders by processes. Reading takes no lock: a line is there or it is not.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / LOG_NAME
        self._leaves: tuple[bytes, ...] = ()
        self._read_bytes = 0

    def append(self, entry: Mapping[str, Any]) -> int:
        """Write one entry and return its index; see `append_many`."""
        return self.append_many((entry,))[0]

    def append_many(self, entries: Sequence[Mapping[str, Any]]) -> range:
        """Write entries in one stroke of the disk and return their indexes.

        Each has a `kind` and `at_utc`; the rest is free, of texts, integers, truth values, lists and objects. Fields
        that questions are answered from: `actor`, `records`, `parties`, `policy_version`, `decision`.

        Raises
        ------
        InputError
            An entry cannot be written; none was.
        StoreError
            The disk refused, or the end of the log is not a line of it.
        """
        with self._locked() as descriptor:
            told = self._mend(descriptor)
            index, previous = self._last(descriptor)
            lines: list[LogLine] = []
            for entry in (*told, *entries):
                line = make_line(index, previous, entry)
                lines.append(line)
                index, previous = index + 1, line.leaf
            _write_all(descriptor, b"".join(line.text() + b"\n" for line in lines), where=self.path)
            self._settle()
        return range(index - len(entries), index)

    def lines(self) -> Iterator[LogLine]:
        """Return every line, oldest first; the unfinished end of a line is not one.

        Raises
        ------
        FormatError
            A line is not what was written.
        """
        for number, data in enumerate(self._raw_lines(), start=1):
            try:
                yield read_line(data)
            except FormatError as error:
                raise FormatError(f"line {number} {error.what}", where=str(self.path), remedy="audit verify") from None

    def __len__(self) -> int:
        return len(self.leaves())

    def torn_bytes(self) -> int:
        """Return how many bytes stand behind the last whole line."""
        if not self.path.exists():
            return 0
        data = self.path.read_bytes()
        return len(data) - (data.rfind(b"\n") + 1)

    def leaves(self) -> tuple[bytes, ...]:
        """Return the leaf hash of every line as the lines state it."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._read_bytes:
            self._leaves, self._read_bytes = (), 0
        if size > self._read_bytes:
            leaves, start = list(self._leaves), self._read_bytes
            with self.path.open("rb") as stream:
                stream.seek(start)
                for data in stream:
                    if not data.endswith(b"\n"):
                        break
                    leaves.append(bytes.fromhex(read_line(data[:-1]).leaf))
                    start += len(data)
            self._leaves, self._read_bytes = tuple(leaves), start
        return self._leaves

    def root(self) -> bytes:
        """Return the Merkle root over all lines, 32 bytes."""
        return tree_root(self.leaves())

    def inclusion_proof(self, index: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that line `index` is in the log, of its first `size` lines or of all."""
        return inclusion_path(index, self._first(size))

    def consistency_proof(self, old_size: int, new_size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the log of `old_size` lines is the beginning of that of `new_size`, or of all."""
        return consistency_path(old_size, self._first(new_size))

    def _first(self, size: int | None) -> tuple[bytes, ...]:
        leaves = self.leaves()
        if size is None:
            return leaves
        if not 0 <= size <= len(leaves):
            raise InputError(f"the log has {len(leaves)} entries, not {size}")
        return leaves[:size]

    def _raw_lines(self) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for data in stream:
                if data.endswith(b"\n"):
                    yield data[:-1]

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                if is_new:
                    _fsync_folder(self.folder)
                yield descriptor
            finally:
                os.close(descriptor)
        finally:
            os.close(lock)

    def _mend(self, descriptor: int) -> list[dict[str, Any]]:
        """Set the unfinished end of a line aside and return the entries that tell of every one not yet told."""
        size = os.fstat(descriptor).st_size
        tail = _after_last_newline(descriptor, size)
        if tail:
            from hashlib import sha256

            digest = sha256(tail).hexdigest()
            torn = self.folder / "torn"
            torn.mkdir(exist_ok=True)
            aside = torn / f"{size - len(tail)}-{digest[:16]}.bin"
            with aside.open("wb") as stream:
                stream.write(tail)
                stream.flush()
                os.fsync(stream.fileno())
            _fsync_folder(torn)
            # Only now: killed before this, the next writer finds the same end and the same name.
            os.ftruncate(descriptor, size - len(tail))
            os.fsync(descriptor)
        return [_torn_entry(path) for path in self._untold()]

    def _untold(self) -> list[Path]:
        torn = self.folder / "torn"
        return sorted(torn.glob("*.bin")) if torn.is_dir() else []

    def _settle(self) -> None:
        for path in self._untold():
            path.rename(path.with_suffix(".told"))

    def _last(self, descriptor: int) -> tuple[int, str]:
        """Return the next index and the leaf hash of the last line."""
        size = os.fstat(descriptor).st_size
        if size == 0:
            return 0, GENESIS
        data = _after_last_newline(descriptor, size - 1)
        try:
            line = read_line(data)
        except FormatError as error:
            raise StoreError(
                f"the last line of the audit log {error.what}; nothing is written behind it",
                where=str(self.path),
                remedy="run audit verify, keep the file, and begin a new log beside it",
            ) from error
        return line.index + 1, line.leaf


def _torn_entry(path: Path) -> dict[str, Any]:
    from hashlib import sha256

    data = path.read_bytes()
    # The log has no clock: when the line was torn nobody knows.
    return {
        "kind": TORN_KIND,
        "at_utc": "unknown",
        "bytes": len(data),
        "sha256": sha256(data).hexdigest(),
        "kept_as": path.with_suffix(".told").name,
    }


def _after_last_newline(descriptor: int, end: int) -> bytes:
    """Return what stands between the last newline before `end` and `end`."""
    data, start = b"", end
    while start > 0 and b"\n" not in data:
        if len(data) > MOST_BYTES:
            raise StoreError("the end of the audit log is no line", remedy="run audit verify")
        step = min(_BLOCK, start)
        start -= step
        data = os.pread(descriptor, step, start) + data
    return data[data.rfind(b"\n") + 1 :]


def _write_all(descriptor: int, data: bytes, *, where: Path) -> None:
    before = os.fstat(descriptor).st_size
    try:
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except OSError as error:
        os.ftruncate(descriptor, before)
        raise StoreError(
            f"the audit log cannot be written: {error.strerror or error}",
            where=str(where),
            remedy="free space; what needed the entry was not done",
        ) from error


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
