"""The revision id: a hash of the configuration in use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LENGTH = 12


class TextDigests:
    """Remembers the SHA-256 of the version in use of each text file: the last good one."""

    def __init__(self) -> None:
        """Start with no files."""
        self._digests: dict[str, bytes] = {}

    def of(self, paths: Iterable[str], *, held_back: Collection[str]) -> dict[str, bytes]:
        """Return path -> SHA-256 of the version in use. Files that were never in use are left out.

        The current versions of files that are `held_back` are on disk but not in use. Raises OSError.
        """
        in_use: dict[str, bytes] = {}
        for path in paths:
            if path not in held_back:
                self._digests[path] = hashlib.sha256(Path(path).read_bytes()).digest()
            if digest := self._digests.get(path):
                in_use[path] = digest
        return in_use


def revision(texts: Iterable[bytes], orders: int, public: Iterable[str] | None) -> str:
    """Return the revision id of a configuration: 12 hexadecimal digits.

    `texts` are the digests of the text files, in a fixed order, and `orders` is the combined digest of all
    orders as a number. `public` holds the digests (hex) of the published orders, in any order.
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text)
    digest.update(orders.to_bytes(32))
    for published in sorted(public or ()):
        digest.update(bytes.fromhex(published))
    return digest.hexdigest()[:_LENGTH]
