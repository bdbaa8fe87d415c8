"""`mihari serve`: the API over an existing store, without a report first."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import Certificate, Key, StoreFolder

__all__ = ["serve"]


def serve(
    *,
    host: Annotated[str, Parameter(help="Address to serve on. Default: 127.0.0.1.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to serve on; 0 picks a free one. Default: 8765.")] = 8765,
    certificate: Certificate = None,
    key: Key = None,
    store: StoreFolder = None,
) -> None:
    """Serve the API over a store that exists: to this machine, or, with users and TLS, to others."""
    from mihari.app.node import open_node
    from mihari.cli._open import audit_of, tls_of, users_of
    from mihari.cli._show import log_line
    from mihari.server import check_exposure, check_port
    from mihari.server import serve as serve_node

    node = open_node(store, create=False)
    users, tls = users_of(node), tls_of(certificate, key)
    check_exposure(host=host, users=users, tls=tls)
    check_port(host=host, port=port)
    serve_node(node, host=host, port=port, say=log_line, users=users, audit=audit_of(node), tls=tls)
