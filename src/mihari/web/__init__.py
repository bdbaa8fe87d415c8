"""The page: plain ES modules, styles and words, served by the node. No physics here: the HTTP API has the answers."""

from __future__ import annotations

__all__: list[str] = []
