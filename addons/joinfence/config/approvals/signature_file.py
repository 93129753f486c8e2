"""One file with a signature beside an order to what it does: approve, stop, or nothing for a reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.approvals.sshsig import APPROVE, STOP, read_signature
from joinfence.config.yaml.document import read_bytes
from joinfence.config.yaml.problems import ConfigError, quote
from joinfence.engine.approvals import ApprovalFault, Fault, Signature

if TYPE_CHECKING:
    from joinfence.config.approvals.allowed_signers import Signer
    from joinfence.config.approvals.cache import Verified

LARGEST: Final = 1 << 14

_WHY: Final = {
    Fault.EDITED: "it is not of the order as it stands; sign again what was edited",
    Fault.WRONG_NAMESPACE: "the list of signers does not let {signer} sign with -n {namespace}",
    Fault.NOT_VERIFIED: "ssh-keygen could not be run to verify it",
}


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """How many approvals an order needs, whose count, and the fingerprints of keys that were revoked."""

    required: int = 0
    signers: tuple[Signer, ...] = ()
    revoked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stop:
    """A signature that suspends an order, and whose."""

    signer: str


type Found = tuple[Signature, ...] | Stop | ApprovalFault


class _DoesNotCountError(Exception):
    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


def read_signature_file(
    file: str, *, digest: bytes, order: bytes, policy: SigningPolicy, verified: Verified
) -> Found:
    """Return what the signature in a file does; one that approves does so under each name of its key.

    `digest` is the SHA-256 of the order in use and `order` what its file holds, which is the same unless an
    edit broke it. Approved is the one in use; a signature under either stops it.
    """
    try:
        raw, named, namespace = _claimed(file, policy)
        signed = hashlib.sha256(order).digest() if namespace == STOP else digest
        for each in named:
            _accept(verified.fault_of(signed, order, raw, each, namespace), each, namespace)
    except _DoesNotCountError as error:
        name = Path(file).name
        return ApprovalFault(error.fault, f"{name} does not count: {error}", name)
    if namespace == STOP:
        return Stop(named[0].name)
    return tuple(_signature(file, each) for each in named)


def _accept(fault: Fault | None, signer: Signer, namespace: str) -> None:
    if fault is not None:
        raise _DoesNotCountError(fault, _WHY[fault].format(signer=signer.name, namespace=namespace))


def _claimed(file: str, policy: SigningPolicy) -> tuple[bytes, tuple[Signer, ...], str]:
    """Return a signature, the signers whose key it says it is by, and its namespace, not yet verified."""
    try:
        raw = read_bytes(Path(file), LARGEST)
    except ConfigError as error:
        raise _DoesNotCountError(Fault.UNREADABLE, f"it {error.problems[0].message}") from None
    sealed = read_signature(raw)
    if sealed is None:
        raise _DoesNotCountError(Fault.UNREADABLE, "it is no signature as ssh-keygen -Y sign makes them")
    if sealed.namespace not in {APPROVE, STOP}:
        why = f"it was made with -n {quote(sealed.namespace)}, expected -n {APPROVE}"
        raise _DoesNotCountError(Fault.WRONG_NAMESPACE, why)
    named = tuple(each for each in policy.signers if each.key == sealed.key)
    if not named:
        raise _DoesNotCountError(Fault.UNKNOWN_SIGNER, f"its key {sealed.key} is not in the list of signers")
    if sealed.key in policy.revoked:
        raise _DoesNotCountError(Fault.REVOKED, f"the key of {named[0].name} was revoked")
    return raw, named, sealed.namespace


def _signature(file: str, signer: Signer) -> Signature:
    return Signature(
        file=Path(file).name,
        key=signer.key,
        signer=signer.name,
        role=signer.role,
        since=signer.since,
        until=signer.until,
    )
