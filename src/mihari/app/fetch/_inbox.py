"""The inbox folder: a file is there whole or not at all."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from mihari.app.fetch._ledger import LastAnswer
from mihari.app.fetch._sources import FetchRequest
from mihari.errors import SourceError

__all__ = ["check_inbox", "is_still_there", "save"]


def check_inbox(inbox: Path) -> None:
    """Make the folder before anything is asked: a question whose answer cannot be kept is a wasted one.

    Raises
    ------
    SourceError
        The folder cannot be made or written.
    """
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        writable = os.access(inbox, os.W_OK | os.X_OK)
        reason = None if writable else "permission denied"
    except OSError as error:
        reason = error.strerror
    if reason is not None:
        raise SourceError(f"the inbox cannot be used: {reason}", where=str(inbox), remedy="name another folder")


def save(body: bytes, request: FetchRequest, *, inbox: Path, fetched_tai_ns: int) -> Path:
    """Write an answer under its final name in one step and return its path.

    The bytes go to a hidden neighbour first and reach the disk before the name appears, so that neither a reader that
    watches the folder nor a crash ever sees part of a file.

    Raises
    ------
    SourceError
        The file cannot be written; nothing is left behind.
    """
    from mihari.astro.time import format_utc

    stamp = format_utc(fetched_tai_ns, digits=3).translate({ord(c): None for c in "-:."})
    path = inbox / f"{request.file_stem}-{stamp}.{request.answer_format.value}"
    part = inbox / f".{path.name}.{os.getpid()}.part"
    try:
        with part.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(inbox, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SourceError(
            f"the answer cannot be kept: {error.strerror}", where=str(path), remedy="make room or name another folder"
        ) from error
    return path


def is_still_there(answer: LastAnswer) -> bool:
    """Say whether the file of an earlier answer lies where it was put, byte for byte."""
    try:
        return sha256(answer.file.read_bytes()).hexdigest() == answer.digest
    except OSError:
        return False
