"""The audit log: an append-only hash chain with a Merkle tree over it, whose signed roots other nodes witness."""

from __future__ import annotations

from mihari.release.audit._lines import GENESIS, LogLine, read_line
from mihari.release.audit._log import LOG_NAME, ROOTS_NAME, TORN_KIND, AuditLog
from mihari.release.audit._merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    inclusion_paths,
    is_consistent,
    is_included,
    leaf_hash,
    tree_root,
)
from mihari.release.audit._roots import SignedRoot, add_witness, check_root, read_roots, sign_root, witness_root

__all__ = [
    "EMPTY_ROOT",
    "GENESIS",
    "LOG_NAME",
    "ROOTS_NAME",
    "TORN_KIND",
    "AuditLog",
    "LogLine",
    "SignedRoot",
    "add_witness",
    "check_root",
    "consistency_path",
    "inclusion_path",
    "inclusion_paths",
    "is_consistent",
    "is_included",
    "leaf_hash",
    "read_line",
    "read_roots",
    "sign_root",
    "tree_root",
    "witness_root",
]
