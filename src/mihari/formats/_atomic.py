"""Writes files whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from mihari.errors import InputError

__all__ = ["write_atomically", "write_together"]


def write_atomically(path: Path | str, data: bytes) -> None:
    """Write `data` beside `path` and rename it into place, so that nobody ever sees half a file.

    Raises
    ------
    InputError
        The path is a directory, its folder is missing or read-only, or no space is left. What was there stays.
    """
    write_together([(path, data)])


def write_together(files: Sequence[tuple[Path | str, bytes]]) -> None:
    """Write several files that belong together: all are whole on disk before the first is renamed into place.

    Raises
    ------
    InputError
        As in `write_atomically`, for any of them. Nothing was changed.
    """
    parts: list[tuple[Path, Path]] = []
    where = ""
    try:
        for path, data in files:
            where = str(path)
            target = _checked(path)
            part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
            parts.append((part, target))
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        for part, target in parts:
            where = str(target)
            part.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"cannot be written: {reason}", where=where, remedy="check permissions and free space; nothing was changed"
        ) from error
    finally:
        for part, _ in parts:
            part.unlink(missing_ok=True)


def _checked(path: Path | str) -> Path:
    target = Path(path)
    where = str(path)
    if target.is_symlink():
        target = target.resolve()
    if target.is_dir():
        raise InputError("is a directory", where=where, remedy="name a file in it")
    if not target.parent.is_dir():
        raise InputError("its folder does not exist", where=where, remedy=f"make {target.parent} first")
    if target.exists() and not target.is_file():
        raise InputError("is not a regular file", where=where, remedy="name a file")
    return target
