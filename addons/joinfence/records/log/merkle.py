"""The hash tree of RFC 6962 (section 2.1) over a log's lines: its roots, and proofs that it only grew."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY: Final = sha256().digest()
"""The root of a tree without leaves: the hash of nothing."""

_LEAF: Final = sha256(b"\x00")  # copied and gone on with: half the time of beginning anew
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
    """A tree that only grows. It keeps one hash for each bit of its size, and no leaf."""

    __slots__ = ("_peaks", "size")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Start with leaf hashes, in order."""
        self.size = 0
        self._peaks: list[bytes] = []  # the roots of the full subtrees, largest first
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append a leaf by its hash."""
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
            node = _NODE.copy()  # node_hash, without the cost of calling it
            node.update(peak + root)
            root = node.digest()
        return root

    def copy(self) -> Tree:
        """Return a tree that grows apart from this one."""
        other = Tree()
        other.size, other._peaks = self.size, self._peaks.copy()
        return other


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return the proof that the first `old` leaf hashes are a beginning of all (RFC 6962 section 2.1.2).

    Empty for `old` of nothing or of everything. Raises ValueError for more than there are.
    """
    if not 0 <= old <= len(leaves):
        message = f"there is no tree of {old} leaves among {len(leaves)}"
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
    """Return the largest power of two smaller than a count above one."""
    return 1 << ((count - 1).bit_length() - 1)


def _root_of(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    return Tree(leaves[index] for index in range(start, end)).root()


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that the tree of `new` leaves begins with that of `old`.

    Follows RFC 9162 section 2.1.4.2, which says for the same tree how RFC 6962's proofs are checked.
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
