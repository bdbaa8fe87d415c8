"""`mihari serve`: the API over an existing store, without a report first."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import StoreFolder

__all__ = ["serve"]


def serve(
    *,
    host: Annotated[str, Parameter(help="Address to serve on. Default: 127.0.0.1.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to serve on; 0 picks a free one. Default: 8765.")] = 8765,
    store: StoreFolder = None,
) -> None:
    """Serve the API over a store that exists."""
    from mihari.app.node import open_node
    from mihari.cli._show import log_line
    from mihari.server import check_port
    from mihari.server import serve as serve_node

    check_port(host=host, port=port)
    serve_node(open_node(store, create=False), host=host, port=port, say=log_line)
