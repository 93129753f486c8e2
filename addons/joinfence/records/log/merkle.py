"""The hash tree of RFC 6962 (section 2.1) over the lines of a log: its root, and proofs that it only grew."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY: Final = sha256().digest()
"""The root of a tree without leaves: the hash of the empty string."""

# Hash objects that have hashed the prefix. Copying them takes half the time of hashing it each time.
_LEAF: Final = sha256(b"\x00")
_NODE: Final = sha256(b"\x01")


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over 0x00 and the line."""
    leaf = _LEAF.copy()
    leaf.update(line)
    return leaf.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 over 0x01 and its two children."""
    node = _NODE.copy()
    node.update(left + right)
    return node.digest()


class Tree:
    """A tree to which leaves can be appended.

    It keeps no leaves, only the roots of the full subtrees that it consists of. There is one for each bit set
    in its size: a tree of 13 leaves consists of full subtrees of 8, 4 and 1 leaves.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Create a tree of leaf hashes, in order."""
        self.size = 0
        self._peaks: list[bytes] = []  # the roots of the full subtrees, largest first
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append a leaf, given its hash.

        Equal subtrees merge as digits carry in binary addition: while the lowest bit of the size is set, the
        smallest subtree is as large as the one being added.
        """
        peaks, carry = self._peaks, self.size
        while carry & 1:
            leaf = node_hash(peaks.pop(), leaf)
            carry >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far (MTH of RFC 6962 section 2.1)."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            node = _NODE.copy()  # as in node_hash, without the cost of a call
            node.update(peak + root)
            root = node.digest()
        return root

    def copy(self) -> Tree:
        """Return a copy that can grow independently."""
        other = Tree()
        other.size, other._peaks = self.size, self._peaks.copy()
        return other


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of all leaf hashes extends that of the first `old` (RFC 6962, 2.1.2).

    It is empty if `old` is 0 or the number of leaves. Raises ValueError if `old` is larger.
    """
    if not 0 <= old <= len(leaves):
        message = f"expected a size from 0 to {len(leaves)}, found {old}"
        raise ValueError(message)
    return tuple(_subproof(leaves, 0, len(leaves), old, whole=True)) if old else ()


def _subproof(leaves: Sequence[bytes], start: int, end: int, old: int, *, whole: bool) -> list[bytes]:
    if old == end - start:
        return [] if whole else [_root_of(leaves, start, end)]
    split = _split(end - start)
    if old <= split:
        proof = _subproof(leaves, start, start + split, old, whole=whole)
        return [*proof, _root_of(leaves, start + split, end)]
    proof = _subproof(leaves, start + split, end, old - split, whole=False)
    return [*proof, _root_of(leaves, start, start + split)]


def _split(count: int) -> int:
    """Return the largest power of two smaller than a count, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _root_of(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    return Tree(leaves[index] for index in range(start, end)).root()


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the tree of `new` leaves extends the tree of `old` leaves.

    The algorithm is that of RFC 9162 section 2.1.4.2, which describes how to verify the proofs of RFC 6962.
    """
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    first_root = second_root = path[0]
    for step in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            first_root, second_root = node_hash(step, first_root), node_hash(step, second_root)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            second_root = node_hash(second_root, step)
        first, second = first >> 1, second >> 1
    return second == 0 and first_root == old_root and second_root == new_root
