"""How kernels are compiled: cached on disk, without the GIL, and never from stale parts.

Numba keeps a compiled function until its own file changes, although the functions that it calls are compiled into it
and may stand in other files. An edited or updated kernel would then go on working in its old form inside its callers,
without a word. So the stamp of every kernel here covers all source files of this package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from numba import njit

__all__ = ["SOURCE_STAMP", "kernel"]


def _stamp() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        status = path.stat()
        digest.update(f"{path.name} {status.st_mtime_ns} {status.st_size};".encode())
    return digest.hexdigest()


SOURCE_STAMP: Final = _stamp()
"""Changes with any source file of this package; other packages whose kernels call ours can use it likewise."""


def kernel(*, fastmath: set[str] | None = None, stamp: str = SOURCE_STAMP) -> Callable[[Callable[..., Any]], Any]:
    """Compile with `numba.njit`, cached under `stamp`.

    Parameters
    ----------
    fastmath : set of str, optional
        LLVM flags; none by default.
    stamp : str
        What the cached code depends on, besides the function's own file.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=fastmath or False)(function)
        index = dispatcher._cache._cache_file
        index._source_stamp = (index._source_stamp, stamp)
        return dispatcher

    return decorate
