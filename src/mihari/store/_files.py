"""The folder of a store, and writing into it so that what is named there is whole after any crash."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mihari.errors import StoreAccessError, StoreError, StoreSpaceError

__all__ = [
    "BESIDE_RECORDS",
    "Layout",
    "explained",
    "fsync_folder",
    "move_into_place",
    "remove_quietly",
    "store_error",
    "write_durably",
]

_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ACCESS: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in a store's folder."""

    root: Path

    @property
    def manifest(self) -> Path:
        """The SQLite file that says which segments exist."""
        return self.root / "manifest.sqlite"

    @property
    def lock(self) -> Path:
        """The file that the one writer holds."""
        return self.root / "writer.lock"

    @property
    def segments(self) -> Path:
        """Immutable Parquet files."""
        return self.root / "segments"

    @property
    def indexes(self) -> Path:
        """Derived files beside the segments; may be deleted and rebuilt."""
        return self.root / "index"

    @property
    def staging(self) -> Path:
        """Files on their way; whatever lies here while nobody writes is rubbish."""
        return self.root / "staging"

    @property
    def quarantine(self) -> Path:
        """What the doctor set aside."""
        return self.root / "quarantine"

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that every store has."""
        return (self.segments, self.indexes, self.staging, self.quarantine)

    def segment(self, stem: str) -> Path:
        """Return the path of a segment."""
        return self.segments / f"{stem}.parquet"

    def index(self, stem: str) -> Path:
        """Return the path of a segment's index."""
        return self.indexes / f"{stem}.idx"

    def is_store(self) -> bool:
        """Say whether the folder has a manifest."""
        return self.manifest.is_file()

    def has_segments(self) -> bool:
        """Say whether segments lie here, with a manifest or without."""
        return self.segments.is_dir() and next(self.segments.glob("*.parquet"), None) is not None

    def may_become_store(self) -> bool:
        """Say whether a store can be made here.

        Nothing is here, or only what an interrupted making left behind, or what a node keeps beside its records.
        """
        if not self.root.exists():
            return True
        if self.has_segments():
            return False
        ours = {path.name for path in (*self.folders, self.lock)} | BESIDE_RECORDS
        return self.root.is_dir() and all(
            path.name in ours or path.name.startswith(NEW_MANIFEST_PREFIX) for path in self.root.iterdir()
        )


NEW_MANIFEST_PREFIX: Final = "manifest.new-"
BESIDE_RECORDS: Final = frozenset({"keys", "exchange", "audit"})
"""Folders that a node may have before its first record: of its keys, its partners, its log."""


def store_error(error: OSError, *, doing: str, path: Path) -> StoreError:
    """Translate an operating-system error into one that says what to do."""
    if error.errno in _NO_SPACE:
        return StoreSpaceError(
            f"no space left while {doing}; nothing of it was committed",
            where=path,
            remedy="free some space or raise the file size limit, then repeat",
        )
    if error.errno in _NO_ACCESS:
        return StoreAccessError(
            f"cannot write while {doing}: {error.strerror}",
            where=path,
            remedy="make the folder writable, or choose another with --store",
        )
    return StoreAccessError(f"{error.strerror or error} while {doing}", where=path, remedy="run mihari doctor")


@contextmanager
def explained(*, doing: str, path: Path) -> Iterator[None]:
    """Raise operating-system errors as store errors."""
    try:
        yield
    except OSError as error:
        raise store_error(error, doing=doing, path=path) from error


def write_durably(path: Path, parts: Iterable[bytes | memoryview]) -> tuple[int, str]:
    """Write a new file and wait until it is on the disk; return its size and SHA-256.

    A file that could not be written whole is removed again.
    """
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("xb", buffering=0) as file:
            for part in parts:
                view = memoryview(part).cast("B")
                digest.update(view)
                size += view.nbytes
                while view.nbytes:
                    view = view[file.write(view) :]
            os.fsync(file.fileno())
    except BaseException:
        remove_quietly(path)
        raise
    return size, digest.hexdigest()


def move_into_place(source: Path, target: Path) -> None:
    """Rename within the store; the caller syncs the folders."""
    os.replace(source, target)  # noqa: PTH105 - one name for tests to intercept


def fsync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_quietly(path: Path) -> None:
    """Remove a file of ours that is not part of the store; what cannot be removed now, the doctor removes."""
    try:
        path.unlink()
    except OSError:
        return
