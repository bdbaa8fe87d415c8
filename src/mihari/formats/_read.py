"""Opens files, folders and standard input, and finds out by content what they hold."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from mihari.errors import FormatError, InputError
from mihari.formats._container import unpack
from mihari.formats._limits import Limits
from mihari.formats._recognise import Content, recognise
from mihari.formats._rejections import RejectionLog, UnknownFormatError
from mihari.model.intake import ReadResult, Rejection
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects

__all__ = ["read_bytes", "read_file", "read_path"]

_STDIN: Final = "-"


def read_file(path: Path | str, *, limits: Limits | None = None) -> ReadResult:
    """Read the element sets and objects of one file, whatever its format.

    The format is recognised by content: TLE, 2LE, 3LE; OMM as KVN, XML, JSON, CSV; SATCAT as CSV or JSON; Parquet;
    each also inside gzip, xz, bzip2 or zip. One bad record never loses the good ones.

    Parameters
    ----------
    path : Path or str
    limits : Limits, optional
        How much the file may cost.

    Returns
    -------
    ReadResult
        Accepted sets in the order of the file, and every rejected record with line, field and reason.

    Raises
    ------
    InputError
        The file is missing, a directory, or not readable.
    FormatError
        Empty, damaged, too large, or of a format that is not read.
    """
    limits = limits or Limits()
    path = Path(path)
    name = str(path)
    if path.is_dir():
        raise InputError("is a directory, not a file", where=name, remedy="name a file in it")
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise FormatError(
                f"is {size} bytes long, at most {limits.file_bytes} are read", where=name, remedy="split the file"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=name, remedy="check the path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot be read: {reason}", where=name, remedy="check the path and permissions") from error
    return read_bytes(data, name=name, limits=limits)


def read_bytes(data: bytes, *, name: str, limits: Limits | None = None) -> ReadResult:
    """Read what the bytes of one file hold; see `read_file`. `name` stands in errors and rejections."""
    limits = limits or Limits()
    if not data:
        raise FormatError("is empty", where=name, remedy="fetch it again")
    digest = hashlib.sha256(data).hexdigest()
    members = list(unpack(data, name=name, limits=limits))
    is_archive = len(members) > 1
    found: list[tuple[Content, tuple[Rejection, ...]]] = []
    strangers: list[Rejection] = []
    for member, content in members:
        log = RejectionLog(member, limits)
        try:
            found.append((recognise(content, log=log, limits=limits), log.in_order()))
        except FormatError as error:
            if not is_archive:
                raise
            strangers.append(Rejection(member, None, None, error.what))
    if not found:
        raise FormatError(
            f"none of the {len(members)} files in the archive can be read; the first: {strangers[0].reason}",
            where=name,
            remedy="see the formats that are read",
        )
    elements = pl.concat([content.elements.select(*ELEMENT_SET_SCHEMA) for content, _ in found])
    objects = pl.concat([content.objects.select(*SPACE_OBJECT_SCHEMA) for content, _ in found])
    rejected = tuple(rejection for _, rejections in found for rejection in rejections)
    formats = sorted({content.format for content, _ in found})
    return ReadResult(
        file=name,
        format=" + ".join(formats),
        digest=digest,
        element_sets=ElementSets(elements.rechunk()),
        objects=SpaceObjects(objects.rechunk()),
        rejected=rejected + tuple(strangers),
    )


def read_path(path: Path | str, *, limits: Limits | None = None) -> Iterator[ReadResult]:
    """Read a file, every readable file of a folder and its subfolders in order of name, or standard input ("-").

    Files of a folder that are of no known format are passed over (README files and the like). A damaged file of a
    folder yields a result without sets and with one rejection.

    Raises
    ------
    InputError
        As `read_file`; or the folder has no file that can be read (then what is wrong with the first damaged
        one, if any).
    """
    if str(path) == _STDIN:
        limits = limits or Limits()
        data = sys.stdin.buffer.read(limits.file_bytes + 1)
        if len(data) > limits.file_bytes:
            raise FormatError(
                f"is longer than {limits.file_bytes} bytes", where="standard input", remedy="split the input"
            )
        yield read_bytes(data, name="standard input", limits=limits)
        return
    folder = Path(path)
    if not folder.is_dir():
        yield read_file(folder, limits=limits)
        return
    read = 0
    damaged: list[InputError] = []
    for file in sorted(entry for entry in folder.rglob("*") if entry.is_file() and not entry.name.startswith(".")):
        try:
            result = read_file(file, limits=limits)
        except UnknownFormatError:
            continue
        except InputError as error:
            # One damaged file of a folder is reported like a bad record; the others are not lost with it.
            damaged.append(error)
            yield ReadResult(
                file=str(file),
                format="unreadable",
                digest="",
                element_sets=ElementSets.empty(),
                objects=SpaceObjects.empty(),
                rejected=(Rejection(str(file), None, None, error.what),),
            )
            continue
        read += 1
        yield result
    if damaged and not read:
        raise damaged[0]
    if not read:
        raise InputError(
            "the directory has no file that can be read",
            where=str(folder),
            remedy="name a catalogue file or its folder",
        )
