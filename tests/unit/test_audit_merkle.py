"""The Merkle tree against the reference trees of Certificate Transparency (RFC 6962, RFC 9162)."""

from __future__ import annotations

import pytest

from mihari.errors import InputError
from mihari.release.audit import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    inclusion_paths,
    is_consistent,
    is_included,
    leaf_hash,
    tree_root,
)

# Test data of google/certificate-transparency (merkle_tree_test.cc): inputs, roots of the first n, and proofs.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(index: int, size: int) -> None:
    assert [step.hex() for step in inclusion_path(index, LEAVES[:size])] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(old: int, new: int) -> None:
    assert [step.hex() for step in consistency_path(old, LEAVES[:new])] == CONSISTENCY[old, new]


def many(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def test_every_inclusion_proof_holds_and_none_holds_elsewhere() -> None:
    for size in range(1, 34):
        leaves = many(size)
        root = tree_root(leaves)
        paths = inclusion_paths(leaves)
        for index in range(size):
            path = inclusion_path(index, leaves)
            assert paths[index] == path
            assert is_included(leaves[index], index, size, path, root)
            for other in range(size):
                assert is_included(leaves[index], other, size, path, root) == (other == index)
            assert not is_included(leaves[index], index, size, (*path, root), root)
            assert not path or not is_included(leaves[index], index, size, path[:-1], root)
            for place, step in enumerate(path):
                bent = (*path[:place], bytes([step[0] ^ 1]) + step[1:], *path[place + 1 :])
                assert not is_included(leaves[index], index, size, bent, root)


def test_every_consistency_proof_holds_and_no_bent_one() -> None:
    for size in range(1, 34):
        leaves = many(size)
        root = tree_root(leaves)
        for old in range(size + 1):
            path, old_root = consistency_path(old, leaves), tree_root(leaves[:old])
            assert is_consistent(old, size, old_root, root, path)
            assert not is_consistent(old, size, old_root, root, (*path, root))
            if 0 < old < size:
                assert not is_consistent(old, size, root, root, path)
                assert not is_consistent(old, size, old_root, old_root, path)
                assert not is_consistent(old, size, old_root, root, path[:-1])
                for place, step in enumerate(path):
                    bent = (*path[:place], bytes([step[0] ^ 1]) + step[1:], *path[place + 1 :])
                    assert not is_consistent(old, size, old_root, root, bent)


def test_what_is_not_there_has_no_proof() -> None:
    with pytest.raises(InputError):
        inclusion_path(8, LEAVES)
    with pytest.raises(InputError):
        consistency_path(9, LEAVES)
    assert not is_included(LEAVES[0], 0, 0, (), EMPTY_ROOT)
    assert not is_consistent(9, 8, EMPTY_ROOT, EMPTY_ROOT, ())
