"""The kernels of this package: compiled under a stamp of all its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from mihari.astro.compiled import compiled, source_stamp

__all__ = ["kernel"]

_STAMP: Final = source_stamp(Path(__file__).parent)


def kernel(
    *, fastmath: set[str] | None = None, inline: Literal["never", "always"] = "never"
) -> Callable[[Callable[..., Any]], Any]:
    """Compile a kernel of this package; see `compiled`."""
    return compiled(stamp=_STAMP, fastmath=fastmath, inline=inline)
