"""Turns the bytes of a Parquet file into a table, in a process of its own.

Polars' decoder trusts run lengths inside the pages: a few damaged bytes make it ask for exabytes of memory, and the
process that asks is aborted. So the decoder runs in a child, bounded in memory and time; what dies is the child.
See docs/decisions/0005-reading-by-content.md.
"""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Final

import polars as pl

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import one_line

__all__ = ["load_parquet"]

_SECONDS: Final = 60.0
_SECONDS_PER_BYTE: Final = 1e-6
_OWN_BYTES: Final = 6 << 30
"""Address space that Python and Polars reserve before there are any data."""
_TOO_MANY_ROWS: Final = 3
_DAMAGED: Final = 4
_CHILD: Final = """
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
except (ImportError, ValueError, OSError):
    pass
import polars as pl
data = sys.stdin.buffer.read()
try:
    rows = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
    if rows > int(sys.argv[1]):
        sys.stderr.write(f"\\n{rows}")
        sys.exit(3)
    table = pl.read_parquet(io.BytesIO(data))
    table.write_ipc(sys.stdout.buffer)
except (Exception, pl.exceptions.PanicException) as error:
    lines = str(error).splitlines() or [type(error).__name__]
    sys.stderr.write("\\n" + lines[0])
    sys.exit(4)
"""


def load_parquet(data: bytes, *, name: str, limits: Limits) -> pl.DataFrame:
    """Decode a Parquet file.

    Raises
    ------
    FormatError
        Damaged, or larger than `limits` allow.
    """
    # A row of the narrowest layout takes far more than eight bytes once it is in memory.
    rows = limits.decompressed_bytes // 8
    memory = limits.decompressed_bytes + 2 * len(data) + _OWN_BYTES
    command = [sys.executable, "-I", "-c", _CHILD, str(rows), str(memory)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, check=False, timeout=_SECONDS + _SECONDS_PER_BYTE * len(data)
        )
    except subprocess.TimeoutExpired:
        raise FormatError("damaged Parquet data: decoding does not end", where=name, remedy="fetch it again") from None
    reason = done.stderr.decode("utf-8", "replace").splitlines()[-1:] or ["the decoder broke off"]
    if done.returncode == _TOO_MANY_ROWS:
        raise FormatError(f"has {reason[0]} rows, at most {rows} are read", where=name, remedy="split the file")
    if done.returncode == _DAMAGED:
        raise FormatError(f"damaged Parquet data: {one_line(reason[0])}", where=name, remedy="fetch it again")
    if done.returncode != 0:
        raise FormatError("damaged Parquet data: the decoder broke on them", where=name, remedy="fetch it again")
    return pl.read_ipc(io.BytesIO(done.stdout))
