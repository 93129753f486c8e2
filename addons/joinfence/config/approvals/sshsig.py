"""One detached signature beside an order: what it says of itself, and whether it is what it says.

What a signature is made of is read here, so that a fault has a name; that it is good is said by
`ssh-keygen -Y verify` alone. The format is OpenSSH's PROTOCOL.sshsig.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from joinfence.config.approvals.allowed_signers import fingerprint
from joinfence.config.approvals.ssh_keygen import NOT_RUN, ssh_keygen
from joinfence.engine.approvals import Fault

if TYPE_CHECKING:
    from joinfence.config.approvals.allowed_signers import Signer

APPROVE: Final = "joinfence-order"
"""The namespace of a signature that approves an order."""

STOP: Final = "joinfence-stop"
"""The namespace of a signature that stops one."""

_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_END: Final = b"-----END SSH SIGNATURE-----"
_MAGIC: Final = b"SSHSIG\0\0\0\1"


class Sealed(NamedTuple):
    """What a signature says of itself: the fingerprint of its key and its namespace."""

    key: str
    namespace: str


def read_signature(raw: bytes) -> Sealed | None:
    """Return what a signature says of itself, None for a text that is none."""
    armoured = raw.strip()
    if not (armoured.startswith(_BEGIN) and armoured.endswith(_END)):
        return None
    try:
        packed = base64.b64decode(b"".join(armoured[len(_BEGIN) : -len(_END)].split()), validate=True)
        if not packed.startswith(_MAGIC):
            return None
        key, rest = _string(packed[len(_MAGIC) :])
        namespace, _rest = _string(rest)
        return Sealed(fingerprint(key), namespace.decode())
    except ValueError:
        return None


def _string(packed: bytes) -> tuple[bytes, bytes]:
    """Return the string that data begins with and what follows. Raises ValueError."""
    length = int.from_bytes(packed[:4])
    if len(packed) < 4 + length:
        message = "cut short"
        raise ValueError(message)
    return packed[4 : 4 + length], packed[4 + length :]


def verify(order: bytes, signature: bytes, signer: Signer, namespace: str) -> Fault | None:
    """Return what is wrong with a signature of a listed key under an order's bytes, None if it is good.

    Verified is what was read and nothing that may stand in the files by now. Whether the key is valid at an
    instant is no part of it: it is asked as of an instant at which it is.
    """
    with TemporaryDirectory(prefix="joinfence-") as folder:
        signers, sealed = Path(folder, "allowed_signers"), Path(folder, "signature")
        signers.write_text(signer.line + "\n", encoding="utf-8")
        sealed.write_bytes(signature)
        named = ("-n", namespace, "-s", str(sealed))
        as_of = f"-Overify-time={_valid_instant(signer):%Y%m%d%H%M%SZ}"
        done = ssh_keygen("-Y", "verify", "-f", str(signers), "-I", signer.name, as_of, *named, given=order)
        if done.returncode == 0:
            return None
        if done.returncode == NOT_RUN:
            return Fault.NOT_VERIFIED
        if ssh_keygen("-Y", "check-novalidate", *named, given=order).returncode != 0:
            return Fault.EDITED
        return Fault.WRONG_NAMESPACE  # good, and not allowed: all else that could forbid it is sorted out


def _valid_instant(signer: Signer) -> datetime:
    if signer.since is not None:
        return signer.since
    return signer.until - timedelta(seconds=1) if signer.until is not None else datetime.now(UTC)
