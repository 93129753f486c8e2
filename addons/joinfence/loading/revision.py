"""The name of the content in use: other content has another."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LENGTH = 12


class TextDigests:
    """Remembers the SHA-256 of each text in use: of one with problems, that of its last good version."""

    def __init__(self) -> None:
        """Start with no text."""
        self._digests: dict[str, bytes] = {}

    def of(self, paths: Iterable[str], *, held_back: Collection[str]) -> dict[str, bytes]:
        """Return path -> SHA-256 of what is in use of each text; one that never was in use is left out.

        Texts that are `held_back` stand in the files and are not in use. Raises OSError.
        """
        in_use: dict[str, bytes] = {}
        for path in paths:
            if path not in held_back:
                self._digests[path] = hashlib.sha256(Path(path).read_bytes()).digest()
            if digest := self._digests.get(path):
                in_use[path] = digest
        return in_use


def revision(texts: Iterable[bytes], orders: int, public: Iterable[str] | None) -> str:
    """Return the name of a content: digests of texts in a fixed order, and a number that names the orders.

    `public` are the digests (hex) of what the public can read, in any order.
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text)
    digest.update(orders.to_bytes(32))
    for published in sorted(public or ()):
        digest.update(bytes.fromhex(published))
    return digest.hexdigest()[:_LENGTH]
