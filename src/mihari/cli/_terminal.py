"""The terminal that answers are printed on, and what data may do there: be read, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["displayable", "one_line", "open_console"]

_WIDTH: Final = 120
_CONTROLS: Final = dict.fromkeys(
    (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"
)
"""Control characters would move the cursor, ring the bell or turn the text around."""


def open_console() -> Console:
    """Return the console on standard output; 120 columns wide when nobody watches."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    return console


def one_line(text: str) -> str:
    """Return text without control characters."""
    return text.translate(_CONTROLS)


def displayable(value: Any) -> Any:
    """Return a document whose texts are only texts: no control characters, no markup of the console."""
    from rich.markup import escape

    if isinstance(value, str):
        return escape(one_line(value))
    if isinstance(value, Mapping):
        return {key: displayable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [displayable(member) for member in value]
    return value
