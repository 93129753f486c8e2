"""One detached OpenSSH signature: what it claims, and whether the claims are true.

Its fields are parsed here only to say precisely why a signature does not count. Whether it is valid is
decided by `ssh-keygen -Y verify` alone. The format is described in OpenSSH's PROTOCOL.sshsig.
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
    from joinfence.config.approvals.allowed_signers import AllowedSigner

APPROVE: Final = "joinfence-order"
"""The namespace of a signature that approves an order."""

STOP: Final = "joinfence-stop"
"""The namespace of a signature that stops one."""

_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_END: Final = b"-----END SSH SIGNATURE-----"
_MAGIC: Final = b"SSHSIG\0\0\0\1"


class Claims(NamedTuple):
    """What a signature claims, unverified: the fingerprint of its key, and its namespace."""

    key: str
    namespace: str


def read_claims(raw: bytes) -> Claims | None:
    """Return what a signature claims, or None if the text is not a signature."""
    armoured = raw.strip()
    if not (armoured.startswith(_BEGIN) and armoured.endswith(_END)):
        return None
    try:
        packed = base64.b64decode(b"".join(armoured[len(_BEGIN) : -len(_END)].split()), validate=True)
        if not packed.startswith(_MAGIC):
            return None
        key, rest = _split_string(packed[len(_MAGIC) :])
        namespace, _rest = _split_string(rest)
        return Claims(fingerprint(key), namespace.decode())
    except ValueError:
        return None


def _split_string(packed: bytes) -> tuple[bytes, bytes]:
    """Return the length-prefixed string at the beginning of the data, and the rest. Raises ValueError."""
    length = int.from_bytes(packed[:4])
    if len(packed) < 4 + length:
        message = "the data ends within a string"
        raise ValueError(message)
    return packed[4 : 4 + length], packed[4 + length :]


def verify(order: bytes, signature: bytes, signer: AllowedSigner, namespace: str) -> Fault | None:
    """Return what is wrong with a listed key's signature of an order, or None if it is valid.

    ssh-keygen gets copies of what was read, because the files themselves may have changed since. It is asked
    as of a time at which the key is valid: when the key's signatures count is decided elsewhere.
    """
    with TemporaryDirectory(prefix="joinfence-") as folder:
        signers, signature_file = Path(folder, "allowed_signers"), Path(folder, "signature")
        signers.write_text(signer.line + "\n", encoding="utf-8")
        signature_file.write_bytes(signature)
        named = ("-n", namespace, "-s", str(signature_file))
        as_of = f"-Overify-time={_valid_instant(signer):%Y%m%d%H%M%SZ}"
        done = ssh_keygen("-Y", "verify", "-f", str(signers), "-I", signer.name, as_of, *named, given=order)
        if done.returncode == 0:
            return None
        if done.returncode == NOT_RUN:
            return Fault.NOT_VERIFIED
        if ssh_keygen("-Y", "check-novalidate", *named, given=order).returncode != 0:
            return Fault.EDITED
        # The signature itself is valid, and the line, the name and the time are ours: only the line's
        # `namespaces` option can have made `verify` refuse it.
        return Fault.WRONG_NAMESPACE


def _valid_instant(signer: AllowedSigner) -> datetime:
    if signer.since is not None:
        return signer.since
    return signer.until - timedelta(seconds=1) if signer.until is not None else datetime.now(UTC)
