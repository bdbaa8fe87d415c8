"""Opens compressed files by their first bytes, within bounds."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, Protocol

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import one_line

__all__ = ["unpack"]

_BLOCK: Final = 1 << 20
_RATIO_FROM: Final = 16 << 20
_MAGIC: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"]\x00\x00", "lzma"),
    (b"BZh", "bzip2"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor behind the interface that bz2 and lzma share."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def unpack(data: bytes, *, name: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every plain file within `data`; a file that is not compressed is its own content.

    Raises
    ------
    FormatError
        Truncated or damaged, encrypted, or bigger than `limits` allow once decompressed.
    """
    yield from _unpack(data, name, limits, depth=0, size=len(data))


def _unpack(data: bytes, name: str, limits: Limits, *, depth: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Open one layer; `size` is that of the file on disk, which all layers are measured against."""
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is None:
        yield name, data
        return
    if depth >= limits.container_depth:
        raise FormatError(
            f"has archives within archives, more than {limits.container_depth} deep",
            where=name,
            remedy="unpack it first",
        )
    if kind == "zip":
        yield from _unzip(data, name, limits, depth=depth, size=size)
        return
    content = _decompress(data, kind, name, limits, size=size)
    yield from _unpack(content, name, limits, depth=depth + 1, size=size)


def _open(kind: str) -> _Decompressor:
    if kind == "gzip":
        return _Gzip()
    if kind == "xz":
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=512 << 20)
    if kind == "lzma":
        return lzma.LZMADecompressor(format=lzma.FORMAT_ALONE, memlimit=512 << 20)
    return bz2.BZ2Decompressor()


def _decompress(data: bytes, kind: str, name: str, limits: Limits, *, size: int) -> bytes:
    """Decompress one stream or several in a row."""
    parts: list[bytes] = []
    total = 0
    rest = data
    while rest:
        stream = _open(kind)
        try:
            chunk = rest
            while not stream.eof:
                block = stream.decompress(chunk, _BLOCK)
                chunk = b""
                total += len(block)
                parts.append(block)
                _require_modest(total, size, name, limits)
                if not block and not stream.eof:
                    raise FormatError(
                        f"the {kind} data end early: the file is truncated", where=name, remedy="fetch it again"
                    )
        except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            raise FormatError(f"damaged {kind} data: {error}", where=name, remedy="fetch it again") from error
        # Padding with zeros after the last stream is legal.
        rest = stream.unused_data.lstrip(b"\x00")
        if rest and not any(rest.startswith(magic) for magic, other in _MAGIC if other == kind):
            raise FormatError(f"has other bytes after its {kind} data", where=name, remedy="fetch it again")
    return b"".join(parts)


def _require_modest(total: int, compressed: int, name: str, limits: Limits) -> None:
    if total > limits.decompressed_bytes:
        raise FormatError(
            f"is larger than {limits.decompressed_bytes} bytes once decompressed", where=name, remedy="split the file"
        )
    if total > _RATIO_FROM and total > compressed * limits.decompression_ratio:
        raise FormatError(
            f"decompresses to more than {limits.decompression_ratio} times its size: refused as a decompression bomb",
            where=name,
            remedy="decompress it yourself if you trust it",
        )


def _unzip(data: bytes, name: str, limits: Limits, *, depth: int, size: int) -> Iterator[tuple[str, bytes]]:
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if not members:
                raise FormatError("the zip archive is empty", where=name, remedy="put a catalogue file into it")
            if len(members) > limits.archive_members:
                raise FormatError(
                    f"has {len(members)} files, at most {limits.archive_members} are read",
                    where=name,
                    remedy="unpack it first",
                )
            for info in members:
                where = f"{name}/{one_line(info.filename)}"
                if info.flag_bits & 0x1:
                    raise FormatError("is encrypted", where=where, remedy="decrypt it first")
                parts: list[bytes] = []
                with archive.open(info) as stream:
                    while block := stream.read(_BLOCK):
                        total += len(block)
                        _require_modest(total, size, name, limits)
                        parts.append(block)
                yield from _unpack(b"".join(parts), where, limits, depth=depth + 1, size=size)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
    ) as error:
        raise FormatError(f"damaged zip data: {one_line(str(error))}", where=name, remedy="fetch it again") from error
