"""From options to a node."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mihari.app.identity import UserFile
    from mihari.app.node import Node
    from mihari.cli._options import ModeName
    from mihari.compute import Executor
    from mihari.model.provenance import DataMode

__all__ = ["audit_of", "data_mode", "executor_for", "node_for", "node_for_ephemerides", "tls_of", "users_of"]


def data_mode(mode: ModeName | None) -> DataMode | None:
    """Return the data mode that the option names."""
    from mihari.model.provenance import DataMode

    return None if mode is None else DataMode(mode.value)


def node_for(*, catalogue: tuple[str, ...], satcat: tuple[str, ...], store: Path | None) -> Node:
    """Return a node over the files given, else over the store, which must exist."""
    from mihari.app.node import open_files, open_node
    from mihari.errors import UsageError

    if catalogue:
        if store is not None:
            raise UsageError("--catalogue and --store exclude each other", remedy="ingest the catalogue first")
        return open_files(catalogue, satcat=satcat)
    if satcat:
        raise UsageError("--satcat needs --catalogue", remedy="or ingest the SATCAT file into the store")
    return open_node(store, create=False)


def node_for_ephemerides(
    *, catalogue: tuple[str, ...], satcat: tuple[str, ...], store: Path | None, alone: bool
) -> tuple[Node, bool]:
    """Return a node, and whether ephemerides are alone: asked for, or nothing is named and there is no usual store."""
    from mihari.app.node import node_over
    from mihari.app.settings import store_path
    from mihari.errors import UsageError

    named = bool(catalogue or satcat) or store is not None
    if alone and named:
        raise UsageError("--alone needs no catalogue", where="--alone", remedy="leave out --catalogue and --store")
    if not named and (alone or not store_path(None).exists()):
        return node_over(store), True
    return node_for(catalogue=catalogue, satcat=satcat, store=store), False


def users_of(node: Node) -> UserFile:
    """Return the users of a node's store."""
    from mihari.app.identity import UserFile, users_path

    assert node.folder is not None
    return UserFile(users_path(node.folder))


def audit_of(node: Node) -> Callable[[dict[str, Any]], object]:
    """Return what writes an entry into the audit log of a node's store."""
    from mihari.app.audit import open_audit

    return open_audit(node.folder).log.append


def tls_of(certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """Return certificate and key, both or none."""
    from mihari.errors import UsageError

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("TLS needs both", where="--certificate, --key")
    for file in (certificate, key):
        if not file.is_file():
            raise UsageError("is no file", where=str(file))
    return certificate, key


def executor_for(threads: int | None) -> Executor:
    """Return threads as asked, else one for each processor."""
    import os

    from mihari.compute import ThreadExecutor
    from mihari.errors import UsageError

    if threads is not None and threads < 1:
        raise UsageError(f"{threads} threads cannot work", where="--threads", remedy="give 1 or more")
    return ThreadExecutor(threads or os.cpu_count() or 1)
