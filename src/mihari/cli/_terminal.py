"""The terminal that answers are printed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["open_console"]

_WIDTH: Final = 120


def open_console() -> Console:
    """Return the console on standard output; 120 columns wide when nobody watches."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    return console
