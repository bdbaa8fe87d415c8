"""The manifest: which segments exist. A record exists from the moment its segment's row commits here."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from mihari.errors import StoreAccessError, StoreBusyError, StoreError, StoreSpaceError, StoreVersionError
from mihari.store._files import NEW_MANIFEST_PREFIX, explained, fsync_folder, move_into_place

__all__ = ["FORMAT_VERSION", "DamagedManifestError", "JournalEntry", "Manifest", "SegmentRow", "Snapshot"]

FORMAT_VERSION: Final = 1
APPLICATION_ID: Final = 0x4D484152  # "MHAR"

_TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE segment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    stem TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    data_mode TEXT NOT NULL,
    records INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    learned_min_tai_ns INTEGER NOT NULL,
    learned_max_tai_ns INTEGER NOT NULL,
    epoch_min_tai_ns INTEGER,
    epoch_max_tai_ns INTEGER,
    damaged INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    learned_tai_ns INTEGER NOT NULL,
    entry TEXT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO meta VALUES ('generation', 0), ('runs', 0);
"""
_SEGMENT_COLUMNS: Final = (
    "seq, stem, kind, data_mode, records, size_bytes, sha256, learned_min_tai_ns, learned_max_tai_ns, "
    "epoch_min_tai_ns, epoch_max_tai_ns, damaged"
)


class DamagedManifestError(StoreAccessError):
    """The manifest cannot be trusted; the doctor makes it again from the segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """One segment as the manifest knows it. `seq` is 0 until it is committed."""

    seq: int = 0
    stem: str
    kind: str
    data_mode: str
    records: int
    size_bytes: int
    sha256: str
    learned_min_tai_ns: int
    learned_max_tai_ns: int
    epoch_min_tai_ns: int | None
    epoch_max_tai_ns: int | None
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What happened, as one line of the journal; `detail` is plain JSON data."""

    entry: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The segments that existed at one moment, in the order of their commit, damaged ones included."""

    generation: int
    last_learned_tai_ns: int | None
    segments: tuple[SegmentRow, ...]


@final
class Manifest:
    """An open manifest. Safe to use from several threads of one process."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self._path = path
        self._connection = connection
        self._writable = writable
        self._lock = threading.RLock()
        self.commit_in_doubt = False
        """True only after a COMMIT whose outcome is unknown: files that it names must then stay."""

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty manifest; it appears under its name only when it is whole."""
        new = path.with_name(f"{NEW_MANIFEST_PREFIX}{os.getpid()}")
        with explained(doing="making the manifest", path=path):
            new.unlink(missing_ok=True)
        try:
            connection = sqlite3.connect(new, isolation_level=None)
            try:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(f"BEGIN;{_TABLES}COMMIT;")
                connection.execute("PRAGMA journal_mode = WAL")
            finally:
                connection.close()
        except sqlite3.Error as error:
            new.unlink(missing_ok=True)
            raise _explained(error, path) from error
        with explained(doing="making the manifest", path=path):
            move_into_place(new, path)
            fsync_folder(path.parent)

    @classmethod
    def open(cls, path: Path, *, writable: bool) -> Manifest:
        """Open a manifest.

        Raises
        ------
        StoreAccessError
            It is not a manifest, or damaged, or cannot be read.
        StoreVersionError
            A newer version of Mihari made it.
        """
        try:
            connection = _connect(path, writable=writable)
        except sqlite3.Error as error:
            raise _explained(error, path) from error
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if application == 0 and path.stat().st_size == 0:
                raise DamagedManifestError("the manifest is empty", where=path, remedy="run mihari doctor")
            if application != APPLICATION_ID:
                raise StoreAccessError(
                    "the manifest is not one of Mihari's", where=path, remedy="choose another folder with --store"
                )
            if version > FORMAT_VERSION:
                raise StoreVersionError(
                    f"the store has format {version}, this Mihari knows formats up to {FORMAT_VERSION}",
                    where=path.parent,
                    remedy="update Mihari, or choose another folder with --store",
                )
            if writable:
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
        except sqlite3.Error as error:
            connection.close()
            raise _explained(error, path) from error
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, writable=writable)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def generation(self) -> int:
        """Return the number of commits so far; cheap."""
        return self._meta("generation") or 0

    def runs(self) -> int:
        """Return how many screening runs were ever saved."""
        return self._meta("runs") or 0

    def last_learned_tai_ns(self) -> int | None:
        """Return the moment of learning of the newest records."""
        return self._meta("last_learned_tai_ns")

    def snapshot(self) -> Snapshot:
        """Return the segments of this moment."""
        try:
            with self._lock:
                self._connection.execute("BEGIN")
                try:
                    generation, last = self._meta("generation"), self._meta("last_learned_tai_ns")
                    rows = self._connection.execute(f"SELECT {_SEGMENT_COLUMNS} FROM segment ORDER BY seq").fetchall()
                finally:
                    self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _explained(error, self._path) from error
        names = _SEGMENT_COLUMNS.split(", ")
        segments = (dict(zip(names, row, strict=True)) for row in rows)
        return Snapshot(
            generation or 0, last, tuple(SegmentRow(**{**s, "damaged": bool(s["damaged"])}) for s in segments)
        )

    def journal(self) -> list[tuple[int, int, str, str]]:
        """Return (seq, learned_tai_ns, entry, detail as JSON), oldest first."""
        try:
            with self._lock:
                return self._connection.execute(
                    "SELECT seq, learned_tai_ns, entry, detail FROM journal ORDER BY seq"
                ).fetchall()
        except sqlite3.Error as error:
            raise _explained(error, self._path) from error

    def integrity_faults(self) -> list[str]:
        """Return what SQLite finds wrong with the file."""
        try:
            with self._lock:
                said = [str(text) for (text,) in self._connection.execute("PRAGMA integrity_check")]
        except sqlite3.Error as error:
            return [str(error)]
        return [] if said == ["ok"] else said

    def commit(
        self,
        *,
        learned_tai_ns: int,
        new: Iterable[SegmentRow] = (),
        retired: Iterable[str] = (),
        damaged: Iterable[str] = (),
        repaired: Iterable[str] = (),
        journal: Iterable[JournalEntry] = (),
        runs: int = 0,
        learned: bool = True,
    ) -> None:
        """Make new segments visible and retired ones invisible, at one stroke and durably.

        The caller holds the writer's lock, and the segments' files are whole and synced under their final names.
        """
        self.commit_in_doubt = False
        with self._lock:
            try:
                execute = self._connection.execute
                execute("BEGIN IMMEDIATE")
                for row in new:
                    execute(
                        f"INSERT INTO segment ({_SEGMENT_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                        (
                            row.stem,
                            row.kind,
                            row.data_mode,
                            row.records,
                            row.size_bytes,
                            row.sha256,
                            row.learned_min_tai_ns,
                            row.learned_max_tai_ns,
                            row.epoch_min_tai_ns,
                            row.epoch_max_tai_ns,
                        ),
                    )
                for stem in retired:
                    execute("DELETE FROM segment WHERE stem = ?", (stem,))
                for stem in damaged:
                    execute("UPDATE segment SET damaged = 1 WHERE stem = ?", (stem,))
                for stem in repaired:
                    execute("UPDATE segment SET damaged = 0 WHERE stem = ?", (stem,))
                for entry in journal:
                    execute(
                        "INSERT INTO journal (learned_tai_ns, entry, detail) VALUES (?, ?, ?)",
                        (learned_tai_ns, entry.entry, json.dumps(entry.detail, ensure_ascii=False)),
                    )
                execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
                execute("UPDATE meta SET value = value + ? WHERE key = 'runs'", (runs,))
                if learned:
                    execute("INSERT OR REPLACE INTO meta VALUES ('last_learned_tai_ns', ?)", (learned_tai_ns,))
                self.commit_in_doubt = True
                execute("COMMIT")
                self.commit_in_doubt = False
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                failure = _explained(error, self._path)
                if isinstance(failure, StoreSpaceError):
                    self.commit_in_doubt = False  # the commit record itself was not written
                raise failure from error
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                    self.commit_in_doubt = False
                raise

    def _meta(self, key: str) -> int | None:
        try:
            with self._lock:
                row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise _explained(error, self._path) from error
        return None if row is None else int(row[0])


def _connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    if writable:
        return sqlite3.connect(f"{uri}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=30.0)
    connection = sqlite3.connect(
        f"{uri}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=30.0
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A WAL file needs a companion that a read-only folder cannot hold. Without a log beside it nobody writes,
        # and the file can be read as it lies.
        connection.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None, check_same_thread=False)
    return connection


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name == "SQLITE_FULL" or name.startswith(
        ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE")
    ):
        return StoreSpaceError(
            "no space left while writing the manifest; nothing was committed",
            where=path,
            remedy="free some space or raise the file size limit, then repeat",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return StoreAccessError(
            f"the manifest cannot be opened or written: {error}",
            where=path,
            remedy="check the folder's permissions",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(f"the manifest is in use: {error}", where=path, remedy="try again")
    if name.startswith("SQLITE_IOERR"):
        return StoreAccessError(f"the manifest cannot be read: {error}", where=path, remedy="check the disk")
    return DamagedManifestError(f"the manifest is damaged: {error}", where=path, remedy="run mihari doctor")
