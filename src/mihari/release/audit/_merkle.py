"""The Merkle tree of a log: what one hash says of all entries, and the short proofs that go with it.

A tree of n leaves splits at the largest power of two below n. Leaves are hashed behind 0x00, nodes behind 0x01, so
that no leaf passes for a node.

References
----------
RFC 9162 (Certificate Transparency 2.0), sections 2.1.1, 2.1.3 and 2.1.4.

Validation
----------
tests/unit/test_audit_merkle.py: the reference trees of Certificate Transparency, sizes 0 to 8, with their proofs.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from mihari.errors import InputError

__all__ = [
    "EMPTY_ROOT",
    "consistency_path",
    "inclusion_path",
    "inclusion_paths",
    "is_consistent",
    "is_included",
    "leaf_hash",
    "tree_root",
]

EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; linear in their number."""
    # A stack of complete subtrees, as in a binary counter: equal neighbours merge at once.
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        level, mark = 0, leaf
        while stack and stack[-1][0] == level:
            mark = _node(stack.pop()[1], mark)
            level += 1
        stack.append((level, mark))
    if not stack:
        return EMPTY_ROOT
    mark = stack.pop()[1]
    while stack:
        mark = _node(stack.pop()[1], mark)
    return mark


def _split(size: int) -> int:
    """Return the largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf `index` to the root, lowest first (2.1.3.1).

    Raises
    ------
    InputError
        There is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise InputError(f"entry {index} is not among the {len(leaves)} of the log")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle]))
            low = middle
    return tuple(reversed(path))


def inclusion_paths(leaves: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """Return the inclusion path of every leaf; linear in their number, times its logarithm."""
    paths: list[list[bytes]] = [[] for _ in leaves]
    level, width = list(leaves), 1
    while len(level) > 1:
        for index, path in enumerate(paths):
            sibling = index // width ^ 1
            # The last node of a level without a sibling moves up as it is.
            if sibling < len(level):
                path.append(level[sibling])
        pairs = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
        level, width = pairs + level[len(pairs) * 2 :], width * 2
    return [tuple(path) for path in paths]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether a path proves that a leaf hash stands at `index` of the tree of `size` leaves (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, mark = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            mark = _node(step, mark)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            mark = _node(mark, step)
        position, last = position >> 1, last >> 1
    return last == 0 and mark == root


def consistency_path(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return what proves that the tree of the first `old_size` leaves is the beginning of this one (2.1.4.1).

    Raises
    ------
    InputError
        The old size is not between zero and the number of leaves.
    """
    if not 0 <= old_size <= len(leaves):
        raise InputError(f"a log of {len(leaves)} entries never had {old_size}")
    if old_size in (0, len(leaves)):
        return ()
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(tree_root(leaves[low:high]))
    return tuple(reversed(path))


def is_consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that the old tree is the beginning of the new one (2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not path and old_root == new_root
    if not path:
        return False
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = _node(step, old), _node(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = _node(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
