"""Which signatures were verified before: each takes 12 ms, and what was good once is good for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from joinfence.background.private_files import keep, open_kept
from joinfence.config.approvals.sshsig import verify
from joinfence.engine.approvals import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import Signer

MANY: Final = 100
"""From so many verified signatures on they are kept in the state folder."""

_NAME: Final = "approvals.verified"


class Verified:
    """Verified signatures by content: the order, the signature, the line that lists the key."""

    def __init__(self, state: Path | None) -> None:
        """Take the state folder, None to keep nothing."""
        self._path = state / _NAME if state else None
        self._good = _read(self._path) if self._path else set()
        self._written = len(self._good)

    def fault_of(
        self, digest: bytes, order: bytes, signature: bytes, signer: Signer, namespace: str
    ) -> Fault | None:
        """Return what is wrong with a signature under the order whose content has the SHA-256 `digest`.

        `order` is what its file holds by now: a signature that was not verified in time cannot be any more.
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
        """Put what was verified into the state folder, if it is much and more than is there."""
        if self._path and len(self._good) > self._written and len(self._good) >= MANY:
            keep(self._path, (f"{each}\n".encode() for each in sorted(self._good)))
            self._written = len(self._good)


def _read(path: Path) -> set[str]:
    try:
        with open_kept(path) as file:
            return set(file.read().decode("ascii").splitlines())
    except (OSError, ValueError):
        return set()
