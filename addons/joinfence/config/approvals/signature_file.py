"""One signature file to what it does: it approves the order, stops it, or does not count for a reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.approvals.sshsig import APPROVE, STOP, read_claims
from joinfence.config.yaml.document import read_bytes
from joinfence.config.yaml.problems import ConfigError, quote
from joinfence.engine.approvals import ApprovalFault, Fault, Signature

if TYPE_CHECKING:
    from joinfence.config.approvals.allowed_signers import AllowedSigner
    from joinfence.config.approvals.cache import SignatureCache

LARGEST: Final = 1 << 14

_REASONS: Final = {
    Fault.EDITED: "it does not match the order as it is now; sign the edited order again",
    Fault.WRONG_NAMESPACE: "the list of signers does not allow {signer} to sign with -n {namespace}",
    Fault.NOT_VERIFIED: "ssh-keygen could not be run to verify it",
}


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """How many approvals an order needs, whose signatures count, and the fingerprints of revoked keys."""

    required: int = 0
    signers: tuple[AllowedSigner, ...] = ()
    revoked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stop:
    """A signature that suspends an order, and who made it."""

    signer: str


type Found = tuple[Signature, ...] | Stop | ApprovalFault


class _DoesNotCountError(Exception):
    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


def read_signature_file(
    file: str, *, digest: bytes, order: bytes, policy: SigningPolicy, verified: SignatureCache
) -> Found:
    """Return what the signature in a file does. An approval counts under each name its key is listed with.

    `digest` is the SHA-256 of the order in use, and `order` is what the order's file holds. They differ only
    if an edit broke the file and the last good version is still in use. An approval must be of the version in
    use. A stop may be of either: an edit that breaks the file must neither lift a stop nor prevent one.
    """
    try:
        raw, signers, namespace = _read_claims(file, policy)
        versions = [digest, hashlib.sha256(order).digest()] if namespace == STOP else [digest]
        for each in signers:
            faults = [
                verified.fault_of(version, order, raw, each, namespace) for version in dict.fromkeys(versions)
            ]
            _accept(None if None in faults else faults[-1], each, namespace)
    except _DoesNotCountError as error:
        name = Path(file).name
        return ApprovalFault(error.fault, f"{name} does not count: {error}", name)
    if namespace == STOP:
        return Stop(signers[0].name)
    return tuple(_signature(file, each) for each in signers)


def _accept(fault: Fault | None, signer: AllowedSigner, namespace: str) -> None:
    if fault is not None:
        raise _DoesNotCountError(fault, _REASONS[fault].format(signer=signer.name, namespace=namespace))


def _read_claims(file: str, policy: SigningPolicy) -> tuple[bytes, tuple[AllowedSigner, ...], str]:
    """Return a signature and, not yet verified, the signers with the key it states and its namespace."""
    try:
        raw = read_bytes(Path(file), LARGEST)
    except ConfigError as error:
        raise _DoesNotCountError(Fault.UNREADABLE, f"it {error.problems[0].message}") from None
    claims = read_claims(raw)
    if claims is None:
        raise _DoesNotCountError(Fault.UNREADABLE, "it is not a signature made by ssh-keygen -Y sign")
    if claims.namespace not in {APPROVE, STOP}:
        reason = f"it was made with -n {quote(claims.namespace)}, expected -n {APPROVE}"
        raise _DoesNotCountError(Fault.WRONG_NAMESPACE, reason)
    signers = tuple(each for each in policy.signers if each.key == claims.key)
    if not signers:
        raise _DoesNotCountError(Fault.UNKNOWN_SIGNER, f"its key {claims.key} is not in the list of signers")
    if claims.key in policy.revoked:
        raise _DoesNotCountError(Fault.REVOKED, f"the key of {signers[0].name} was revoked")
    return raw, signers, claims.namespace


def _signature(file: str, signer: AllowedSigner) -> Signature:
    return Signature(
        file=Path(file).name,
        key=signer.key,
        signer=signer.name,
        role=signer.role,
        since=signer.since,
        until=signer.until,
    )
