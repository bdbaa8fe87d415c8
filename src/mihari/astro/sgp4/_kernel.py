"""The kernels of this package: compiled under a stamp of all its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from mihari.astro.compiled import compiled, source_stamp

__all__ = ["SOURCE_STAMP", "kernel"]

SOURCE_STAMP: Final = source_stamp(Path(__file__).parent)
"""Changes with any source file of this package; other packages whose kernels call ours add it to their own stamp."""


def kernel(*, fastmath: set[str] | None = None, stamp: str = SOURCE_STAMP) -> Callable[[Callable[..., Any]], Any]:
    """Compile a kernel of this package, or with another `stamp` one that calls ours; see `compiled`."""
    return compiled(stamp=stamp, fastmath=fastmath)
