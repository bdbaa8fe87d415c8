"""The memory of politeness: when each source was asked, and when it may be asked again.

One SQLite file in the state folder, shared by every process of the user. A request is written down before it is made,
so that a crash in between errs on the polite side. The limits count requests in sliding windows and not in a token
bucket: a full bucket of 30 that refills at 30 a minute lets nearly 60 through within one minute.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mihari.app.fetch._sources import SOURCE_RULES, FetchRequest, Source
from mihari.errors import SourceError

if TYPE_CHECKING:
    from mihari.app.clock import Clock

__all__ = ["LastAnswer", "Ledger", "NotYetError"]

_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE request (source TEXT NOT NULL, asked_tai_ns INTEGER NOT NULL);
CREATE INDEX request_by_moment ON request (source, asked_tai_ns);
CREATE TABLE question (
    url TEXT PRIMARY KEY, asked_tai_ns INTEGER NOT NULL, ask_again_tai_ns INTEGER NOT NULL,
    etag TEXT, last_modified TEXT, file TEXT, digest TEXT, size_bytes INTEGER, records INTEGER, fetched_tai_ns INTEGER
);
CREATE TABLE pause (
    source TEXT PRIMARY KEY, set_tai_ns INTEGER NOT NULL, until_tai_ns INTEGER NOT NULL, reason TEXT NOT NULL
);
"""
_MINUTE_NS: Final = 60 * 10**9
_HOUR_NS: Final = 3600 * 10**9


class NotYetError(SourceError):
    """Politeness forbids asking now; `ask_again_tai_ns` says from when on it is allowed."""

    def __init__(self, what: str, *, ask_again_tai_ns: int, where: str | None = None) -> None:
        from mihari.astro.time import format_utc

        self.ask_again_tai_ns = ask_again_tai_ns
        # Rounded up, so that asking at the moment told is never too early.
        told = -(-ask_again_tai_ns // 10**9) * 10**9
        super().__init__(what, where=where, remedy=f"ask again from {format_utc(told, digits=0)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAnswer:
    """What the source gave last time, and how to ask whether it is still the newest."""

    etag: str | None
    last_modified: str | None
    file: Path
    digest: str
    size_bytes: int
    records: int
    fetched_tai_ns: int


class Ledger:
    """The ledger in one state folder. Safe across threads and processes."""

    def __init__(self, state_dir: Path, *, clock: Clock) -> None:
        self._path = state_dir / "fetch.sqlite"
        self._clock = clock
        try:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise SourceError(
                f"the fetch state cannot be kept: {error.strerror}",
                where=str(self._path),
                remedy="without it the sources' limits cannot be obeyed; name a folder that can be written",
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Hold the ledger for writing; yields the connection and the present moment, TAI ns."""
        try:
            with closing(sqlite3.connect(self._path, timeout=30.0, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    self._create_or_check(connection)
                    now_tai_ns = self._clock()
                    _mend_future(connection, now_tai_ns)
                    yield connection, now_tai_ns
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise SourceError(
                f"the fetch state cannot be used: {error}",
                where=str(self._path),
                remedy="without it the sources' limits cannot be obeyed; when it is damaged, delete it "
                "and wait two hours",
            ) from error

    def _create_or_check(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        elif version > _SCHEMA_VERSION:
            raise SourceError(
                "the fetch state was made by a newer version of Mihari", where=str(self._path), remedy="update Mihari"
            )

    def reserve_question(self, request: FetchRequest) -> LastAnswer | None:
        """Write down that a question is about to be put; return the last answer to it, if there is one.

        Raises
        ------
        NotYetError
            The source asked for a pause, or an equal question was put too recently.
        """
        with self._transaction() as (connection, now_tai_ns):
            self._check_pause(connection, request.source, now_tai_ns)
            row = connection.execute(
                "SELECT asked_tai_ns, ask_again_tai_ns, etag, last_modified, file, digest, size_bytes, records, "
                "fetched_tai_ns FROM question WHERE url = ?",
                (request.url,),
            ).fetchone()
            if row is not None and row[1] > now_tai_ns:
                from mihari.astro.time import format_utc

                raise NotYetError(
                    f"{request.source.value} was asked for the {request.what} at {format_utc(row[0], digits=0)}; "
                    f"equal questions wait {request.equal_wait_s / 3600:g} h",
                    ask_again_tai_ns=row[1],
                )
            connection.execute(
                "INSERT INTO question (url, asked_tai_ns, ask_again_tai_ns) VALUES (?, ?, ?) ON CONFLICT (url) "
                "DO UPDATE SET asked_tai_ns = excluded.asked_tai_ns, ask_again_tai_ns = excluded.ask_again_tai_ns",
                (request.url, now_tai_ns, now_tai_ns + round(request.equal_wait_s * 1e9)),
            )
            if row is None or row[4] is None:
                return None
            return LastAnswer(
                etag=row[2],
                last_modified=row[3],
                file=Path(row[4]),
                digest=row[5],
                size_bytes=row[6],
                records=row[7],
                fetched_tai_ns=row[8],
            )

    def take_turn(self, source: Source) -> int:
        """Write down one request to the source and return 0, or return how many ns to wait before trying again.

        Raises
        ------
        NotYetError
            The source asked for a pause.
        """
        rules = SOURCE_RULES[source]
        with self._transaction() as (connection, now_tai_ns):
            self._check_pause(connection, source, now_tai_ns)
            connection.execute("DELETE FROM request WHERE asked_tai_ns <= ?", (now_tai_ns - _HOUR_NS,))
            wait_ns = 0
            for limit, window_ns in ((rules.requests_per_minute, _MINUTE_NS), (rules.requests_per_hour, _HOUR_NS)):
                # The request that must leave the window before another may enter it.
                row = connection.execute(
                    "SELECT asked_tai_ns FROM request WHERE source = ? AND asked_tai_ns > ? "
                    "ORDER BY asked_tai_ns DESC LIMIT 1 OFFSET ?",
                    (source.value, now_tai_ns - window_ns, limit - 1),
                ).fetchone()
                if row is not None:
                    wait_ns = max(wait_ns, row[0] + window_ns - now_tai_ns)
            if wait_ns == 0:
                connection.execute("INSERT INTO request VALUES (?, ?)", (source.value, now_tai_ns))
            return wait_ns

    def set_ask_again(self, request: FetchRequest, *, wait_s: float) -> int:
        """Let an equal question be put `wait_s` after now; return that moment, TAI ns."""
        with self._transaction() as (connection, now_tai_ns):
            ask_again_tai_ns = now_tai_ns + round(wait_s * 1e9)
            connection.execute(
                "UPDATE question SET ask_again_tai_ns = ? WHERE url = ?", (ask_again_tai_ns, request.url)
            )
        return ask_again_tai_ns

    def record_answer(self, request: FetchRequest, answer: LastAnswer) -> None:
        """Keep what the source gave, for the next conditional question."""
        with self._transaction() as (connection, _):
            connection.execute(
                "UPDATE question SET etag = ?, last_modified = ?, file = ?, digest = ?, size_bytes = ?, records = ?, "
                "fetched_tai_ns = ? WHERE url = ?",
                (
                    answer.etag,
                    answer.last_modified,
                    str(answer.file),
                    answer.digest,
                    answer.size_bytes,
                    answer.records,
                    answer.fetched_tai_ns,
                    request.url,
                ),
            )

    def pause(self, source: Source, *, wait_s: float, reason: str) -> int:
        """Leave the whole source alone for `wait_s`; return the end of the pause, TAI ns."""
        with self._transaction() as (connection, now_tai_ns):
            until_tai_ns = now_tai_ns + round(wait_s * 1e9)
            connection.execute(
                "INSERT INTO pause VALUES (?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET "
                "set_tai_ns = excluded.set_tai_ns, until_tai_ns = max(until_tai_ns, excluded.until_tai_ns), "
                "reason = excluded.reason",
                (source.value, now_tai_ns, until_tai_ns, reason),
            )
        return until_tai_ns

    @staticmethod
    def _check_pause(connection: sqlite3.Connection, source: Source, now_tai_ns: int) -> None:
        row = connection.execute("SELECT until_tai_ns, reason FROM pause WHERE source = ?", (source.value,)).fetchone()
        if row is not None and row[0] > now_tai_ns:
            raise NotYetError(f"{source.value} is left alone for now: {row[1]}", ask_again_tai_ns=row[0])


def _mend_future(connection: sqlite3.Connection, now_tai_ns: int) -> None:
    """Treat what lies in the future as happening now: the clock was set back; limits hold, nobody is locked out."""
    connection.execute("UPDATE request SET asked_tai_ns = ?1 WHERE asked_tai_ns > ?1", (now_tai_ns,))
    connection.execute(
        "UPDATE question SET ask_again_tai_ns = ask_again_tai_ns - asked_tai_ns + ?1, asked_tai_ns = ?1 "
        "WHERE asked_tai_ns > ?1",
        (now_tai_ns,),
    )
    connection.execute(
        "UPDATE pause SET until_tai_ns = until_tai_ns - set_tai_ns + ?1, set_tai_ns = ?1 WHERE set_tai_ns > ?1",
        (now_tai_ns,),
    )
