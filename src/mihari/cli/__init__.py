"""The terminal: a thin edge. It reads arguments, calls one use case and prints; no physics, no SQL.

Nothing here imports anything heavy at module level, so that ``mihari --help`` answers at once.
"""

from __future__ import annotations

from mihari.cli._main import main

__all__ = ["main"]
