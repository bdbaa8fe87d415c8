"""Mihari: an open, integrated Space Domain Awareness node.

``open`` gives a `Node`: what is where at what time, and who comes close to whom.

>>> import mihari
>>> node = mihari.open("some/folder")  # doctest: +SKIP
>>> node.where("ISS")                  # doctest: +SKIP

Importing this package loads nothing heavy; numba, polars and the rest come in when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mihari.app.node import Node, open_node

    open = open_node  # noqa: A001

__all__ = ["Node", "__version__", "open"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("open", "Node"):
        from mihari.app import node

        return node.open_node if name == "open" else node.Node
    raise AttributeError(f"module 'mihari' has no attribute {name!r}")
