"""How kernels are compiled: cached on disk, without the GIL, and never from stale parts.

Numba keeps a compiled function until its own file changes, although the functions and constants that it uses are
compiled into it and may stand in other files. After an update a kernel would go on working in its old form inside its
callers, without a word. So every kernel is kept under a stamp of all files that it may take code from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from numba import njit

import mihari.constants

__all__ = ["compiled", "source_stamp"]


def source_stamp(folder: Path, *, also: Iterable[str] = ()) -> str:
    """Return a digest that changes with any source file of a folder, with the constants, and with `also`."""
    assert mihari.constants.__file__ is not None
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.py")), Path(mihari.constants.__file__)):
        status = path.stat()
        digest.update(f"{path.name} {status.st_mtime_ns} {status.st_size};".encode())
    for text in also:
        digest.update(text.encode())
    return digest.hexdigest()


def compiled(
    *, stamp: str, fastmath: set[str] | None = None, inline: Literal["never", "always"] = "never"
) -> Callable[[Callable[..., Any]], Any]:
    """Compile with `numba.njit`, cached under `stamp`.

    Parameters
    ----------
    stamp : str
        What the cached code depends on, besides the function's own file; see `source_stamp`.
    fastmath : set of str, optional
        LLVM flags; none by default.
    inline : str
        "always" puts the body into its callers.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=fastmath or False, inline=inline)(
            function
        )
        index = dispatcher._cache._cache_file
        index._source_stamp = (index._source_stamp, stamp)
        return dispatcher

    return decorate
