"""Signatures that were verified before. Verifying one takes 12 ms, and a valid signature stays valid."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from joinfence.background.private_files import open_private, write_cache
from joinfence.config.approvals.sshsig import verify
from joinfence.engine.approvals import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import AllowedSigner

MANY: Final = 100
"""With at least this many verified signatures, they are kept in the state folder."""

_NAME: Final = "approvals.verified"


class SignatureCache:
    """Verified signatures, identified by a hash over everything their validity depends on.

    That is the order's content, the signature, the line that lists the key, the signer's name and the
    namespace. A change of any of them makes it another signature, which is verified again.
    """

    def __init__(self, state: Path | None) -> None:
        """Take the state folder, or None to keep nothing on disk."""
        self._path = state / _NAME if state else None
        self._good = _read(self._path) if self._path else set()
        self._written = len(self._good)

    def fault_of(
        self, digest: bytes, order: bytes, signature: bytes, signer: AllowedSigner, namespace: str
    ) -> Fault | None:
        """Return what is wrong with a signature of an order, or None if it is valid.

        `digest` is the SHA-256 of the order, and `order` is what its file holds now. If the file has been
        edited, a signature can no longer be verified; one that was verified before still counts.
        """
        parts = (digest, signature, signer.line.encode(), signer.name.encode(), namespace.encode())
        key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
        if key in self._good:
            return None
        if hashlib.sha256(order).digest() != digest:
            return Fault.EDITED
        fault = verify(order, signature, signer, namespace)
        if fault is None:
            self._good.add(key)
        return fault

    def keep(self) -> None:
        """Write the verified signatures to the state folder, if there are MANY and any of them is new."""
        if self._path and len(self._good) > self._written and len(self._good) >= MANY:
            write_cache(self._path, (f"{each}\n".encode() for each in sorted(self._good)))
            self._written = len(self._good)


def _read(path: Path) -> set[str]:
    try:
        with open_private(path) as file:
            return set(file.read().decode("ascii").splitlines())
    except (OSError, ValueError):
        return set()
