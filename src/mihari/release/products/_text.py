"""Texts of others made harmless: what moves, hides or turns text around is taken out."""

from __future__ import annotations

import html
import re
from typing import Final

__all__ = ["html_text", "markdown_text", "plain", "plain_lines"]

_CONTROLS: Final = dict.fromkeys(
    (
        *range(9),
        *range(11, 32),
        *range(127, 160),
        *range(0x200E, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    ),
    "\ufffd",
)
_MOST: Final = 400
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


def plain(text: str, *, most: int = _MOST) -> str:
    """Return a text of others on one line, without what moves or turns it around, cut where it is too long."""
    shown = " ".join(text.translate(_CONTROLS).split())
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def plain_lines(text: str) -> str:
    """Return a text of several lines, each as `plain` but neither joined nor cut."""
    return "\n".join(line.translate(_CONTROLS).rstrip() for line in text.split("\n"))


def html_text(text: str, *, most: int = _MOST) -> str:
    """Return a text that is nothing but text in HTML."""
    return html.escape(plain(text, most=most))


def markdown_text(text: str, *, most: int = _MOST) -> str:
    """Return a text that is nothing but text in Markdown, and in the HTML that Markdown lets through."""
    shown = plain(text, most=most)
    # Hyphens and brackets inside of words are harmless, and a report is also read as it stands.
    marked = _SPECIAL.sub(lambda m: m[1] if m[1] in "-+().!" and m.start() else f"\\{m[1]}", shown)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace("\\>", "&gt;")
