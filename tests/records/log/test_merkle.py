"""The hash tree, compared with the reference vectors of RFC 6962's implementation and with the RFC's text."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.records.log.merkle import EMPTY, Tree, consistency_proof, is_consistent, leaf_hash, node_hash

# The inputs and roots of google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The proofs of the same file, between trees of these sizes.
PROOFS = {
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


def mth(lines: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 defines it, independent of the code under test."""
    if not lines:
        return sha256(b"").digest()
    if len(lines) == 1:
        return sha256(b"\x00" + lines[0]).digest()
    k = 1
    while k * 2 < len(lines):
        k *= 2
    return sha256(b"\x01" + mth(lines[:k]) + mth(lines[k:])).digest()


def proof(m: int, lines: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF as RFC 6962 section 2.1.2 defines it."""
    if m == len(lines):
        return [] if whole else [mth(lines)]
    k = 1
    while k * 2 < len(lines):
        k *= 2
    if m <= k:
        return [*proof(m, lines[:k], whole=whole), mth(lines[k:])]
    return [*proof(m - k, lines[k:], whole=False), mth(lines[:k])]


def tree_over(lines: list[bytes]) -> Tree:
    return Tree(map(leaf_hash, lines))


def test_roots_match_the_reference_vectors() -> None:
    assert tree_over([]).root() == EMPTY == sha256(b"").digest()
    assert [tree_over(INPUTS[:size]).root().hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("sizes", "expected"), PROOFS.items(), ids=str)
def test_proofs_match_the_reference_vectors(sizes: tuple[int, int], expected: list[str]) -> None:
    old, new = sizes
    found = consistency_proof([leaf_hash(line) for line in INPUTS[:new]], old)
    assert [step.hex() for step in found] == expected
    assert is_consistent(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), found)


@given(st.lists(st.binary(max_size=20), max_size=70), st.data())
def test_roots_and_proofs_match_the_definitions_of_the_rfc(lines: list[bytes], data: st.DataObject) -> None:
    assert tree_over(lines).root() == mth(lines)
    old = data.draw(st.integers(0, len(lines)))
    found = consistency_proof([leaf_hash(line) for line in lines], old)
    assert list(found) == (proof(old, lines) if old else [])
    assert is_consistent(old, len(lines), mth(lines[:old]), mth(lines), found)


@given(st.integers(1, 40), st.data())
def test_a_proof_fails_for_any_other_tree(new: int, data: st.DataObject) -> None:
    lines = [bytes([number]) for number in range(new)]
    old = data.draw(st.integers(1, new))
    other = [*lines]
    other[data.draw(st.integers(0, old - 1))] = b"another"
    found = consistency_proof([leaf_hash(line) for line in lines], old)
    assert not is_consistent(old, new, mth(other[:old]), mth(lines), found)
    assert not is_consistent(old, new, mth(lines[:old]), mth([*lines, b"more"]), found)
    assert not is_consistent(old, new, mth(lines[:old]), mth(lines), (*found, found[0] if found else EMPTY))
    if found:
        assert not is_consistent(old, new, mth(lines[:old]), mth(lines), found[:-1])


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)], ids=["negative", "more than there are"])
def test_impossible_sizes_are_refused(old: int, new: int) -> None:
    assert not is_consistent(old, new, EMPTY, EMPTY, ())
    with pytest.raises(ValueError, match="expected a size from 0 to 3"):
        consistency_proof([EMPTY] * new, old)


def test_every_tree_extends_the_empty_tree_with_an_empty_proof() -> None:
    assert is_consistent(0, 3, EMPTY, mth(INPUTS[:3]), ())
    assert not is_consistent(0, 3, EMPTY, mth(INPUTS[:3]), (EMPTY,))
    assert not is_consistent(0, 3, mth(INPUTS[:1]), mth(INPUTS[:3]), ())


def test_a_copy_grows_independently() -> None:
    tree = tree_over(INPUTS[:3])
    copy = tree.copy()
    copy.add(leaf_hash(INPUTS[3]))
    assert (tree.size, tree.root().hex(), copy.size, copy.root().hex()) == (3, ROOTS[2], 4, ROOTS[3])


def test_leaves_and_nodes_have_different_hashes() -> None:
    hashes = [leaf_hash(line) for line in INPUTS[:2]]
    assert all(leaf_hash(a + b) != node_hash(a, b) for a, b in pairwise(hashes))
